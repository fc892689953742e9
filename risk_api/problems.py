"""Errors as the caller sees them: problem details (RFC 9457) in the language of the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from risk_api import errors
from risk_api.errors import FieldError, RiskError
from risk_api.i18n import Language, is_translated, translate
from risk_api.named_dams import drawn_name
from risk_api.negotiation import language_for_errors

MEDIA_TYPE: Final = "application/problem+json"
_METHODS: Final = frozenset(("get", "post", "put", "patch", "delete"))
#: What a body that is read here may be said to be.
_JSON: Final = re.compile(r"application/([\w.-]+\+)?json")


def type_uri(code: str) -> str:
    """Return the URI that identifies a kind of problem; it opens as ``/v1/problems/{code}``."""
    return f"/v1/problems/{code}"


def problem_classes() -> Iterator[type[RiskError]]:
    """Yield every class of the tree that a caller can meet, each once."""
    pending: list[type[RiskError]] = [RiskError]
    while pending:
        current = pending.pop(0)
        pending.extend(current.__subclasses__())
        if current not in (RiskError, errors.UnknownName, errors.RunsMissing):
            yield current


def describe(error: RiskError, language: Language) -> tuple[str, str]:
    """Return title and detail of an error in a language."""
    title = translate(language, f"error.{error.code}.title")
    return title, translate(language, f"error.{error.code}.detail", **_said(error, language))


def _said(error: RiskError, language: Language) -> dict[str, Any]:
    """Return what the sentence of an error takes, in a language."""
    params = dict(error.params)
    if isinstance(error, (errors.BadParameter, errors.RunFailed)) and error.reason_key is not None:
        named = {
            name: drawn_name(value, language) if name in ("dam", "other") else value
            for name, value in error.reason_params.items()
        }
        params["reason"] = translate(language, f"error.reason.{error.reason_key}", **named)
    if isinstance(error, errors.ProcessFailed):
        params["reason"] = error.reasons[language]
    if "allowed" in params and params["allowed"] == "-":
        params["allowed"] = translate(language, "error.none")
    return params


def problem_body(error: RiskError, language: Language, instance: str, request_id: str | None) -> bytes:
    """Return the JSON of one problem."""
    title, detail = describe(error, language)
    fields = error.fields
    if all(entry.detail in (str(error), error.params.get("reason")) for entry in fields):
        # One sentence for all of them: say it in the language of the answer, the field beside it.
        reason = _said(error, language).get("reason", detail)
        fields = tuple(FieldError(one.field, reason, one.allowed, position=one.position) for one in fields)
    fields = tuple(
        FieldError(
            entry.field, translate(language, "error.field.band", low=entry.band[0], high=entry.band[1])
        )
        if entry.band
        else entry
        for entry in fields
    )
    body: dict[str, Any] = {
        "type": error.uri or type_uri(error.code),
        "title": title,
        "status": error.status,
        "detail": detail,
        "instance": instance,
        "errors": [field.to_json() for field in fields],
        "request_id": request_id,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def problem_response(error: RiskError, request: Request) -> Response:
    """Return the answer that tells the caller about `error`."""
    language = language_for_errors(request)
    request_id = getattr(request.state, "request_id", None)
    headers = {"Cache-Control": "no-store", "Content-Language": language, **error.headers}
    body = problem_body(error, language, request.url.path, request_id)
    return Response(body, status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


def from_validation(error: RequestValidationError, language: Language) -> RiskError:
    """Turn FastAPI's list of complaints into one BadParameter that names each field."""
    fields = []
    for entry in error.errors():
        name = _place(entry["loc"])
        key = f"error.field.{entry['type']}"
        context = {
            name_: f"{value:g}" if isinstance(value, float) else str(value)
            for name_, value in entry.get("ctx", {}).items()
        }
        text = (
            translate(language, key, **context)
            if is_translated(key)
            else translate(language, "error.field.other")
        )
        expected = context.get("expected", "")
        allowed = tuple(part.strip(" '") for part in expected.replace(" or ", ",").split(",") if part)
        fields.append(FieldError(name, text, allowed))
    first = fields[0]
    problem = errors.BadParameter(first.field, first.detail, first.allowed)
    problem.fields = tuple(fields)
    return problem


def _place(loc: Sequence[str | int]) -> str:
    """Return where a complaint belongs: a query parameter's name, or the path in a body, dams[0].height_m."""
    if loc[:1] == ("body",) and (len(loc) == 1 or isinstance(loc[1], int)):
        # The body as a whole, or the character where it stops being JSON.
        return "body"
    if loc[:1] != ("body",):
        return str(loc[-1]) if loc else "body"
    name = ""
    for part in loc[1:]:
        name += f"[{part}]" if isinstance(part, int) else f".{str(part)[:80]}"
    return name.lstrip(".")


def answer_to(error: RiskError, request: Request) -> Response:
    """Return the answer to a request that ended in `error`; what is the service's own fault is logged."""
    if error.status >= 500:
        structlog.get_logger().error("request failed", detail=str(error), exc_info=error)
    return problem_response(error, request)


async def _on_risk_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RiskError)
    return answer_to(error, request)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (
        sent_as
        and not _JSON.fullmatch(sent_as)
        and any(entry["loc"] == ("body",) for entry in error.errors())
    ):
        return problem_response(errors.UnsupportedMediaType(sent_as[:80], ("application/json",)), request)
    return problem_response(from_validation(error, language_for_errors(request)), request)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem: RiskError
    if error.status_code == 405:
        methods = _with_head({(error.headers or {}).get("Allow", "GET"), *_methods_of(request)})
        if request.method == "OPTIONS":
            # Not the question of a browser before it sends, which is answered before it comes here.
            return Response(status_code=204, headers={"Allow": methods})
        problem = errors.MethodNotAllowed(
            method=request.method[:20], allowed=methods, headers={"Allow": methods}
        )
    elif error.status_code == 404:
        problem = errors.RouteNotFound(path=request.url.path[:200])
    else:
        problem = errors.BadParameter("request", str(error.detail))
        problem.status = error.status_code
    return problem_response(problem, request)


def _methods_of(request: Request) -> Iterator[str]:
    """Yield every method of a path: the router names only those of the first route that has it."""
    path = request.url.path.removeprefix(str(request.scope.get("root_path", "")))
    for template, operations in request.app.openapi()["paths"].items():
        if compile_path(template)[0].fullmatch(path):
            yield from (name.upper() for name in operations if name in _METHODS)


def _with_head(allow: Iterable[str]) -> str:
    methods = {method.strip() for names in allow for method in names.split(",")}
    methods.add("OPTIONS")
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


async def _on_exception(request: Request, error: Exception) -> Response:
    structlog.get_logger().error("unhandled exception", path=request.url.path, exc_info=error)
    return problem_response(errors.InternalError(), request)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error that leaves `app` a problem document."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Any]] = {
        RiskError: _on_risk_error,
        RequestValidationError: _on_validation_error,
        HTTPException: _on_http_exception,
        Exception: _on_exception,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
