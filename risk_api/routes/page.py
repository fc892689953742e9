"""The page at ``/``: one screen for the duty officer, whole without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import BadParameter, RiskError, RunsMissing, TooManyRuns, UnknownParameter
from risk_api.negotiation import MEDIA_TYPES, language_for_errors, request_language
from risk_api.pages.render import render
from risk_api.pages.view import district_view, overview, page_frame, pending_view
from risk_api.problems import describe
from risk_api.responses import cacheable
from risk_api.service import Service, ServiceDep

#: What the form sends; anything else is a mistake that the reader should see.
KNOWN = ("scenario", "strategies", "scheme", "lang")

router = APIRouter(tags=["page"])


@router.get("/", response_class=Response, include_in_schema=False)
def page(request: Request, service: ServiceDep) -> Response:
    """Return the page: every scenario, then the districts for the chosen one."""
    try:
        return _page(request, service)
    except RiskError as error:
        if error.status >= 500 and not isinstance(error, TooManyRuns):
            raise
        language = language_for_errors(request)
        context = {"detail": describe(error, language)[1], **page_frame(service, request, language)}
        body = render("error.html", language, context)
        headers = {"Content-Language": language, "Cache-Control": "no-store", **error.headers}
        return Response(body, error.status, headers, MEDIA_TYPES["html"])


def _page(request: Request, service: Service) -> Response:
    for name in request.query_params:
        if name not in KNOWN:
            raise UnknownParameter(name[:80], KNOWN)
    language = request_language(request)
    # Checkboxes repeat their name, links join with commas: both are read.
    strategies = [
        name for part in request.query_params.getlist("strategies") for name in part.split(",") if name
    ]
    if len(set(strategies)) != len(strategies):
        raise BadParameter("strategies", "a name stands twice in the list", reason_key="duplicate_name")
    question = service.answers.question(
        request.query_params.get("scenario"), strategies, request.query_params.get("scheme")
    )
    context = {
        **page_frame(service, request, language),
        "question": question,
        "overview": overview(service, question, language),
    }
    try:
        comparison = service.answers.comparison(question)
    except RunsMissing as missing:
        context["pending"] = pending_view(service, missing.specs, language)
    else:
        context["answer"] = district_view(service, comparison, language)
    return cacheable(request, render("page.html", language, context), MEDIA_TYPES["html"], language=language)
