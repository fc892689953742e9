"""The share of Processes in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from risk_api.i18n import translate
from risk_api.job_events import MEDIA_TYPE as EVENTS
from risk_api.ogc.call import Call
from risk_api.ogc.links import DOCUMENT, JSON
from risk_api.ogc.openapi import LINKS, OBJECT, get, path_parameter, problems, query_parameter, ref
from risk_api.ogc.part import Described
from risk_api.ogc.processes.catalogue import PROCESSES
from risk_api.ogc.processes.input_schemas import input_schemas
from risk_api.ogc.processes.job_list import DEFAULT_LIMIT, LARGEST_LIMIT, STATUSES, TYPES
from risk_api.ogc.processes.process import Process

_TEXT: Final = {"type": "string"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_WHOLE: Final = {"type": "integer", "minimum": 0}
_SUMMARY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "version"],
    "properties": {
        "id": _TEXT,
        "version": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "jobControlOptions": {
            "type": "array",
            "items": {"type": "string", "enum": ["sync-execute", "async-execute", "dismiss"]},
        },
        "outputTransmission": {
            "type": "array",
            "items": {"type": "string", "enum": ["value", "reference"]},
        },
        "links": LINKS,
    },
}
_SCHEMAS: Final[dict[str, Any]] = {
    "ProcessSummary": _SUMMARY,
    "ProcessList": {
        "type": "object",
        "required": ["processes", "links"],
        "properties": {
            "processes": {"type": "array", "items": {"$ref": "#/components/schemas/ProcessSummary"}},
            "links": LINKS,
        },
    },
    "Process": {
        "allOf": [
            {"$ref": "#/components/schemas/ProcessSummary"},
            {
                "type": "object",
                "properties": {name: {"type": "object", "additionalProperties": OBJECT}
                               for name in ("inputs", "outputs")},
            },
        ]
    },
    "StatusInfo": {
        "type": "object",
        "required": ["jobID", "status", "type"],
        "properties": {
            "processID": _TEXT,
            "type": {"type": "string", "enum": list(TYPES)},
            "jobID": _TEXT,
            "status": {"type": "string", "enum": list(STATUSES)},
            "message": _TEXT,
            "created": _INSTANT,
            "started": _INSTANT,
            "finished": _INSTANT,
            "updated": _INSTANT,
            "progress": {"type": "integer", "minimum": 0, "maximum": 100},
            "links": LINKS,
        },
    },
    "JobList": {
        "type": "object",
        "required": ["jobs", "links"],
        "properties": {
            "jobs": {"type": "array", "items": {"$ref": "#/components/schemas/StatusInfo"}},
            "links": LINKS,
        },
    },
    "Results": {"type": "object", "additionalProperties": {}},
}  # fmt: skip


def described(call: Call) -> Described:
    """Return the share."""
    paths: dict[str, Any] = {
        "/processes": _read(call, "list", "ProcessList", DOCUMENT, _paging(call)),
        "/jobs": _read(call, "jobs", "JobList", DOCUMENT, [*_paging(call), *_filters(call)]),
        "/jobs/{jobId}": {
            **_read(call, "job", "StatusInfo", DOCUMENT, [_job(call)]),
            "delete": _operation(
                call, "dismiss", [_job(call)], {"200": _answer(call, "process.job.title", "StatusInfo")}
            ),
        },
        "/jobs/{jobId}/results": {
            "get": _operation(
                call,
                "results",
                [_job(call)],
                {"200": _result(call, None), "204": _said(call, "process.response.reference")},
                "410",
            )
        },
        "/jobs/{jobId}/events": {
            "get": _operation(
                call,
                "link.events",
                [_job(call)],
                {
                    "200": {
                        "description": translate(call.language, "process.link.events"),
                        "content": {EVENTS: {}},
                    },
                    "204": _said(call, "process.job.title"),
                },
            )
        },
    }
    for process in PROCESSES.values():
        paths |= _process_paths(call, process)
    return Described(paths, _SCHEMAS, {})


def _process_paths(call: Call, process: Process) -> dict[str, Any]:
    title = translate(call.language, f"process.{process.id}.title")
    here = f"/processes/{process.id}"
    tag = translate(call.language, "process.list.title")
    execution = _operation(
        call,
        "execute",
        [_prefer(call)],
        {
            "200": _result(call, process),
            "201": _answer(call, "process.response.async", "StatusInfo"),
            "204": _said(call, "process.response.reference"),
        },
        "415",
        "503",
    )
    execution["operationId"] = f"{process.id}.execute"
    execution["summary"] = title
    execution["requestBody"] = {
        "required": True,
        "content": {JSON: {"schema": _execute(call, process)}},
    }
    return {
        here: get(call, f"{process.id}.process", DOCUMENT, "Process", title=title, tag=tag),
        f"{here}/execution": {"post": execution},
    }


def _execute(call: Call, process: Process) -> dict[str, Any]:
    """Return what the body of an execution may hold: the inputs that this service takes."""
    inputs = input_schemas(process, process.choices(call.service))
    needed = [name for name, described in inputs.items() if described["minOccurs"] > 0]
    values = {name: _value(described, name in process.several) for name, described in inputs.items()}
    media_types = {"type": "string", "enum": [media for _, media in process.formats]}
    output = {
        "type": "object",
        "properties": {
            "format": {"type": "object", "properties": {"mediaType": media_types}},
            "transmissionMode": {"type": "string", "enum": ["value", "reference"]},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "inputs": {
                "type": "object",
                "properties": values,
                **({"required": needed} if needed else {}),
                "additionalProperties": False,
            },
            "outputs": {
                "type": "object",
                "properties": {process.output: output},
                "additionalProperties": False,
            },
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
        },
        **({"required": ["inputs"]} if needed else {}),
        "additionalProperties": False,
    }


def _value(described: Mapping[str, Any], several: bool) -> dict[str, Any]:
    """Return an input as a body has it: as it is, or with what it is; a list where it may have several."""
    schema = described["schema"]
    qualified = {
        "type": "object",
        "required": ["value"],
        "properties": {"value": schema, "mediaType": {"type": "string", "enum": [JSON]}},
        "additionalProperties": False,
    }
    either = {"anyOf": [schema, qualified, {"$ref": "#/components/schemas/Link"}]}
    if not several:
        return either
    most = described["maxOccurs"]
    bound = {"maxItems": most} if isinstance(most, int) else {}
    return {"type": "array", "items": either, **bound}


def _read(
    call: Call, what: str, schema: str, formats: Any, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    return get(
        call,
        f"processes.{what}",
        formats,
        schema,
        title=translate(call.language, f"process.{what}.title"),
        tag=translate(call.language, "process.list.title"),
        parameters=parameters,
    )


def _operation(
    call: Call, what: str, parameters: list[dict[str, Any]], responses: Mapping[str, Any], *more: str
) -> dict[str, Any]:
    key = f"process.{what}" if "." in what else f"process.{what}.title"
    return {
        "summary": translate(call.language, key),
        "operationId": f"processes.{what}",
        "tags": [translate(call.language, "process.list.title")],
        "parameters": [*parameters, ref("lang")],
        "responses": {**responses, **problems("400", "404", *more, "500")},
    }


def _answer(call: Call, key: str, schema: str) -> dict[str, Any]:
    return {
        "description": translate(call.language, key),
        "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _said(call: Call, key: str) -> dict[str, Any]:
    return {"description": translate(call.language, key)}


def _result(call: Call, process: Process | None) -> dict[str, Any]:
    """Return a result as any of the formats that a process, or all of them, have; or in a document."""
    asked = [process] if process is not None else list(PROCESSES.values())
    kinds = {media.partition("; charset")[0] for one in asked for _, media in one.formats}
    return {
        "description": translate(call.language, "process.response.sync"),
        "content": {
            **{media: {"schema": {} if "json" in media else _TEXT} for media in sorted(kinds)},
            JSON: {"schema": {"$ref": "#/components/schemas/Results"}},
        },
    }


def _job(call: Call) -> dict[str, Any]:
    return path_parameter("jobId", translate(call.language, "process.parameter.jobId"), _TEXT)


def _prefer(call: Call) -> dict[str, Any]:
    return {
        "name": "Prefer",
        "in": "header",
        "required": False,
        "description": translate(call.language, "process.parameter.prefer"),
        "schema": _TEXT,
    }


def _paging(call: Call) -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    return [_query(call, "limit", limit), _query(call, "offset", {**_WHOLE, "default": 0})]


def _filters(call: Call) -> list[dict[str, Any]]:
    several = {"type": "array", "items": _TEXT}
    return [
        _query(call, "type", {"type": "array", "items": {"type": "string", "enum": list(TYPES)}}),
        _query(call, "processID", several),
        _query(call, "status", {"type": "array", "items": {"type": "string", "enum": list(STATUSES)}}),
        _query(call, "datetime", _TEXT),
        _query(call, "minDuration", _WHOLE),
        _query(call, "maxDuration", _WHOLE),
    ]


def _query(call: Call, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return query_parameter(name, translate(call.language, f"process.parameter.{name}"), schema)
