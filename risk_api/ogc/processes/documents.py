"""The documents of Processes: the list, a description, the status of a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from risk_api.i18n import is_translated, translate
from risk_api.job_events import MEDIA_TYPE as EVENTS
from risk_api.ogc.call import Call
from risk_api.ogc.links import DOCUMENT, HTML, JSON, Link, link, own_links
from risk_api.ogc.processes.catalogue import PROCESSES
from risk_api.ogc.processes.executions import Execution
from risk_api.ogc.processes.input_schemas import input_schemas
from risk_api.ogc.processes.process import Process

REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
EXECUTE: Final = f"{REL}/execute"
RESULTS: Final = f"{REL}/results"
JOB_LIST: Final = f"{REL}/job-list"
PROCESS_LIST: Final = f"{REL}/processes"


def processes(call: Call, format: str, shown: Sequence[Process], paging: Sequence[Link]) -> dict[str, Any]:
    """Return the list of processes."""
    return {
        "title": translate(call.language, "process.list.title"),
        "processes": [_summary(call, process) for process in shown],
        "numberMatched": len(PROCESSES),
        "links": [*own_links(call, DOCUMENT, format), *paging],
    }


def process(call: Call, format: str, asked: Process) -> dict[str, Any]:
    """Return a process with its inputs and its output, as 18-062r2 table 8 describes one."""
    summary = _summary(call, asked)
    choices = asked.choices(call.service)
    return {
        **summary,
        "inputs": {
            name: {**_titled(call, f"process.input.{name}", asked, name), **schema}
            for name, schema in input_schemas(asked, choices).items()
        },
        "outputs": {
            asked.output: {
                "title": translate(call.language, f"process.output.{asked.output}.title"),
                "description": translate(call.language, f"process.output.{asked.output}.text"),
                "schema": _output_schema(asked),
            }
        },
        "links": [
            *own_links(call, DOCUMENT, format),
            link(
                f"{call.base}/processes/{asked.id}/execution",
                EXECUTE,
                JSON,
                translate(call.language, "process.link.execute"),
            ),
            link(f"{call.base}/processes", "up", JSON, translate(call.language, "process.list.title")),
        ],
    }


def _summary(call: Call, asked: Process) -> dict[str, Any]:
    here = f"{call.base}/processes/{asked.id}"
    title = translate(call.language, f"process.{asked.id}.title")
    return {
        "id": asked.id,
        "version": asked.version,
        "title": title,
        "description": translate(call.language, f"process.{asked.id}.text"),
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value", "reference"],
        "links": [link(here, "self", JSON, title), link(f"{here}?f=html", "alternate", HTML, title)],
    }


def _titled(call: Call, key: str, asked: Process, name: str) -> dict[str, str]:
    """Return title and description of an input, in the language where the catalogue has them."""
    if is_translated(f"{key}.title"):
        text = (
            {"description": translate(call.language, f"{key}.text")} if is_translated(f"{key}.text") else {}
        )
        return {"title": translate(call.language, f"{key}.title"), **text}
    described = asked.inputs.model_fields[name].description
    return {"title": name, **({"description": described} if described else {})}


def _output_schema(asked: Process) -> dict[str, Any]:
    """Return what each format of the output is: an object, a text, or bytes."""
    kinds = []
    for _, media_type in asked.formats:
        plain = media_type.partition(";")[0]
        if "json" in plain:
            kinds.append({"type": "object", "contentMediaType": plain})
        elif plain.startswith("text/"):
            kinds.append({"type": "string", "contentMediaType": plain})
        else:
            kinds.append({"type": "string", "contentEncoding": "binary", "contentMediaType": plain})
    return kinds[0] if len(kinds) == 1 else {"oneOf": kinds}


def status(call: Call, execution: Execution) -> dict[str, Any]:
    """Return a job's ``statusInfo``."""
    language = call.language
    here = f"{call.base}/jobs/{execution.id}"
    links = [
        link(here, "self", JSON, translate(language, "process.job.title")),
        link(f"{here}?f=html", "alternate", HTML, translate(language, "process.job.title")),
        link(f"{here}/events", "monitor", EVENTS, translate(language, "process.link.events")),
        link(f"{call.base}/jobs", "up", JSON, translate(language, "process.jobs.title")),
    ]
    if execution.status == "successful":
        links.append(link(f"{here}/results", RESULTS, JSON, translate(language, "process.link.results")))
    message = translate(language, f"job.{execution.status}")
    if execution.failure is not None:
        message = execution.failure.reasons[language]
    document: dict[str, Any] = {
        "jobID": execution.id,
        "processID": execution.process,
        "type": "process",
        "status": execution.status,
        "message": message,
        "progress": int(100 * execution.progress),
        "created": _time(execution.created),
        "updated": _time(execution.updated),
        "links": links,
    }
    for name in ("started", "finished"):
        at = getattr(execution, name)
        if at is not None:
            document[name] = _time(at)
    return document


def _time(at: datetime) -> str:
    """Return an instant as RFC 3339 writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
