"""Processes as a part of ``/ogc``: paths, links, classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from starlette.responses import Response, StreamingResponse

from risk_api.errors import (
    BadParameter,
    JobDismissed,
    NoSuchJob,
    ProcessFailed,
    ResultNotReady,
    RiskError,
    RunsMissing,
    as_bad_request,
)
from risk_api.i18n import DEFAULT_LANGUAGE, Language, translate
from risk_api.job_events import MEDIA_TYPE as EVENTS
from risk_api.job_events import job_events, told_before
from risk_api.ogc.links import DOCUMENT, HTML, JSON, Link, link, own_links
from risk_api.ogc.part import Described, Part, Route
from risk_api.ogc.processes.catalogue import PROCESSES, process_of
from risk_api.ogc.processes.prefer import preference
from risk_api.responses import to_json_bytes
from risk_api.runs.jobs import FINAL

if TYPE_CHECKING:
    from risk_api.features.catalogue import Collection
    from risk_api.ogc.answer import Answering
    from risk_api.ogc.call import Call
    from risk_api.ogc.processes.executions import Execution
    from risk_api.ogc.processes.process import Question
    from risk_api.service import Service

_SPEC: Final = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
CLASSES: Final = tuple(
    f"{_SPEC}/{name}"
    for name in ("core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss")
)
#: Asking more often tells nothing new.
_RETRY_AFTER_S: Final = 2


async def _list(call: Call, answering: Answering) -> Response:
    from risk_api.ogc.processes import documents
    from risk_api.ogc.processes.job_list import page_of

    def make(call: Call, format: str) -> dict[str, Any]:
        shown, page = page_of(call, tuple(PROCESSES.values()))
        return documents.processes(call, format, shown, list(page.links(call)))

    return await answering.document(call, "", DOCUMENT, make, known=("limit", "offset"))


async def _process(call: Call, answering: Answering) -> Response:
    from risk_api.ogc.processes import documents

    found = process_of(call.values["processId"])
    return await answering.document(
        call, "", DOCUMENT, lambda call, form: documents.process(call, form, found), in_thread=True
    )


async def _execute(call: Call, _: Answering) -> Response:
    """Begin an execution and wait for its result as long as the caller wants to."""
    from risk_api.ogc.processes.request import read_asked

    process = process_of(call.values["processId"])
    call.refuse_unknown(())
    request = call.request
    body = await request.body()
    asked = read_asked(process, body, request.headers.get("content-type", ""), call.language)
    question = await to_thread.run_sync(_ask, call.service, process.id, asked.given, call.language)
    if asked.transmission == "reference" and question.path(asked.format, call.language) is None:
        place = f"outputs.{process.output}.transmissionMode"
        raise BadParameter(place, "only value is possible here", reason_key="process.no_address")
    wanted = preference(request.headers.getlist("prefer"))
    executions = call.service.executions
    begun = await executions.start(process.id, asked, question)
    execution = await executions.ended(begun.id, wanted.wait_s)
    monitor = f"{call.base}/jobs/{execution.id}"
    applied = {"Preference-Applied": wanted.applied} if wanted.applied else {}
    if execution.status not in FINAL or (wanted.wait_s == 0.0 and wanted.applied):
        return _status(call, execution, "json", 201, {"Location": monitor, **applied})
    answer = await _results(call, execution, question)
    # What another header says of the output comes first.
    answer.headers.append("Link", f'<{monitor}>; rel="monitor"')
    answer.headers.update(applied)
    return answer


async def _jobs(call: Call, _: Answering) -> Response:
    from risk_api.ogc.processes import documents
    from risk_api.ogc.processes.job_list import PARAMETERS, matching, page_of

    format = call.format(DOCUMENT)
    call.refuse_unknown(PARAMETERS)
    found = matching(call, call.service.executions.all())
    shown, page = page_of(call, found)
    document = {
        "title": translate(call.language, "process.jobs.title"),
        "jobs": [documents.status(call, execution) for execution in shown],
        "numberMatched": page.matched,
        "links": [*own_links(call, DOCUMENT, format), *page.links(call)],
    }
    return _fresh(call, document, format)


async def _job(call: Call, _: Answering) -> Response:
    format = call.format(DOCUMENT)
    call.refuse_unknown(())
    return _status(call, _asked_for(call), format)


async def _dismiss(call: Call, _: Answering) -> Response:
    call.refuse_unknown(())
    found = _asked_for(call)
    return _status(call, await call.service.executions.dismiss(found.id), "json")


async def _job_results(call: Call, _: Answering) -> Response:
    call.refuse_unknown(())
    execution = _asked_for(call)
    if execution.status not in FINAL:
        raise ResultNotReady(headers={"Retry-After": str(_RETRY_AFTER_S)})
    return await _results(call, execution, None)


async def _events(call: Call, _: Answering) -> Response:
    """Return a job's progress as server-sent events; the data of each are its ``statusInfo``."""
    from risk_api.ogc.processes import documents

    call.refuse_unknown(())
    found = _asked_for(call)
    executions, stopping = call.service.executions, call.service.stopping
    last = call.request.headers.get("last-event-id", "")
    if found.status in FINAL and last.startswith("end"):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": "no-store", "Content-Language": call.language, "X-Accel-Buffering": "no"}
    if call.scope.get("state", {}).get("head_only", False):
        return Response(media_type=EVENTS, headers=headers)
    return StreamingResponse(
        job_events(
            lambda: executions.get(found.id),
            lambda execution: documents.status(call, execution),
            stopping.is_set,
            after=told_before(last),
        ),
        media_type=EVENTS,
        headers=headers,
    )


def take_up(service: Service) -> None:
    """Go on with the executions that an earlier service has left unfinished."""
    service.executions.load(
        lambda execution: _ask(service, execution.process, execution.asked.given, DEFAULT_LANGUAGE)
    )


def _ask(service: Service, process_id: str, given: Mapping[str, Any], language: Language) -> Question:
    """Return the question of inputs; what is wrong with them is a bad request, whatever it is elsewhere."""
    from risk_api.ogc.processes.request import checked

    process = process_of(process_id)
    inputs = checked(process, given, language)
    try:
        return process.ask(service, inputs)
    except RiskError as error:
        raise as_bad_request(error) from error


async def _results(call: Call, execution: Execution, question: Question | None) -> Response:
    """Return the results of an execution that has ended.

    Raises
    ------
    ProcessFailed, JobDismissed
    NoSuchJob
        If the runs that they are made of are gone.
    """
    from risk_api.ogc.processes.results import results

    if execution.failure is not None:
        raise ProcessFailed(execution.failure.status, execution.failure.reasons)
    if execution.status == "dismissed":
        raise JobDismissed()

    def make() -> Response:
        asked = execution.asked
        made = question or _ask(call.service, execution.process, asked.given, call.language)
        try:
            return results(call, process_of(execution.process), asked, made)
        except RunsMissing:
            raise NoSuchJob(execution.id, in_path=True) from None

    return await to_thread.run_sync(make)


def _asked_for(call: Call) -> Execution:
    return call.service.executions.get(call.values["jobId"])


def _status(
    call: Call, execution: Execution, format: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    from risk_api.ogc.processes import documents

    wait = {} if execution.status in FINAL else {"Retry-After": str(_RETRY_AFTER_S)}
    return _fresh(call, documents.status(call, execution), format, status, {**wait, **(headers or {})})


def _fresh(
    call: Call,
    document: dict[str, Any],
    format: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a document that is another one a second later."""
    sent = {"Cache-Control": "no-store", "Content-Language": call.language, **(headers or {})}
    if format == "html":
        from risk_api.ogc.pages import document_page

        title = translate(call.language, "process.job.title")
        return Response(document_page(call, {"title": title, **document}), media_type=HTML, headers=sent)
    return Response(to_json_bytes(document), status_code=status, media_type=JSON, headers=sent)


def _landing_links(call: Call) -> Iterator[Link]:
    from risk_api.ogc.processes.documents import JOB_LIST, PROCESS_LIST

    for path, rel, key in (("processes", PROCESS_LIST, "list"), ("jobs", JOB_LIST, "jobs")):
        yield link(f"{call.base}/{path}", rel, JSON, translate(call.language, f"process.{key}.title"))


def _described(call: Call, _: Sequence[Collection]) -> Described:
    from risk_api.ogc.processes.described import described

    return described(call)


PART: Final = Part(
    name="processes",
    classes=CLASSES,
    routes=(
        Route("processes", {"GET": _list}),
        Route("processes/{processId}", {"GET": _process}),
        Route("processes/{processId}/execution", {"POST": _execute}),
        Route("jobs", {"GET": _jobs}),
        Route("jobs/{jobId}", {"GET": _job, "DELETE": _dismiss}),
        Route("jobs/{jobId}/results", {"GET": _job_results}),
        Route("jobs/{jobId}/events", {"GET": _events}),
    ),
    landing_links=_landing_links,
    described=_described,
)
