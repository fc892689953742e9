"""The pages at ``/`` and ``/dams/{id}``: for the duty officer, whole without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from risk_api.answers import Question
from risk_api.errors import BadParameter, RiskError, RunsMissing, TooManyRuns, UnknownParameter
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, language_for_errors, request_language
from risk_api.pages.assets import BUILT, map_assets
from risk_api.pages.dam_view import dam_states_view, dam_view
from risk_api.pages.duty_view import asked_pair, duty_view, with_pair
from risk_api.pages.map_view import map_view
from risk_api.pages.online import online_headers
from risk_api.pages.quake_view import quake_view
from risk_api.pages.render import render
from risk_api.pages.view import district_view, overview, page_frame, pending_view
from risk_api.problems import describe
from risk_api.responses import cacheable
from risk_api.routes.dams import asked_day
from risk_api.service import Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.exposure import Comparison

#: What the form sends; anything else is a mistake that the reader should see.
KNOWN = ("scenario", "strategies", "compare", "earthquake", "as_of", "scheme", "quality", "lang")
KNOWN_OF_DAM = ("as_of", "lang")

router = APIRouter(tags=["page"])


@router.get("/", response_class=Response, include_in_schema=False)
def page(request: Request, service: ServiceDep) -> Response:
    """Return the page: every scenario, then the districts for the chosen one."""
    return _shown(request, service, _page)


@router.get("/dams/{dam_id}", response_class=Response, include_in_schema=False)
def dam_page(request: Request, service: ServiceDep, dam_id: str) -> Response:
    """Return the page of one dam: its dated states, its figures and how much its bowl holds."""

    def show(request: Request, service: Service) -> Response:
        language = _understood(request, KNOWN_OF_DAM)
        day = asked_day(request.query_params.get("as_of") or None)
        service.layers.feature("dams", dam_id)
        context = {
            **page_frame(service, request, language, f"/dams/{dam_id}"),
            "dam": dam_view(service, dam_id, day, language),
        }
        return cacheable(
            request,
            render("dam.html", language, context),
            MEDIA_TYPES["html"],
            language=language,
            compressed=True,
        )

    return _shown(request, service, show)


def _shown(request: Request, service: Service, show: Callable[[Request, Service], Response]) -> Response:
    """Return a page, or the page that says what could not be answered."""
    try:
        return show(request, service)
    except RiskError as error:
        if error.status >= 500 and not isinstance(error, TooManyRuns):
            raise
        language = language_for_errors(request)
        context = {"detail": describe(error, language)[1], **page_frame(service, request, language)}
        body = render("error.html", language, context)
        headers = {"Content-Language": language, "Cache-Control": "no-store", **error.headers}
        return Response(body, error.status, headers, MEDIA_TYPES["html"])


def _understood(request: Request, known: Sequence[str]) -> Language:
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(name[:80], known)
    return request_language(request)


def _page(request: Request, service: Service) -> Response:
    language = _understood(request, KNOWN)
    strategies = _named(request, "strategies")
    if len(set(strategies)) != len(strategies):
        raise BadParameter("strategies", "a name stands twice in the list", reason_key="duplicate_name")
    # A form sends an empty day where none is chosen.
    as_of = request.query_params.get("as_of") or None
    asked = service.answers.question(
        request.query_params.get("scenario"),
        strategies,
        request.query_params.get("scheme"),
        quality=request.query_params.get("quality") or None,
        as_of=as_of,
    )
    pair = asked_pair(service, _named(request, "compare"), asked)
    question = with_pair(service, asked, pair)
    context = {
        **page_frame(service, request, language),
        "question": question,
        "pair": pair,
        "as_of": as_of or "",
        "scenario_name": service.region.scenarios[question.scenario].names[language],
        "overview": overview(service, question, language),
        "dam_states": dam_states_view(service, asked_day(as_of), language),
        "quake": quake_view(service, request.query_params.get("earthquake") or None, pair, language),
    }
    comparison = None
    try:
        comparison = service.answers.comparison(question)
    except RunsMissing as missing:
        context["pending"] = pending_view(service, missing.specs, language)
    else:
        context["answer"] = district_view(service, comparison, language)
    shown = _first(service, question, comparison, pair)
    if shown is not None:
        context["duty"] = duty_view(service, shown, pair, language)
    assets = map_assets()
    if assets is not None:
        job = context["pending"]["job"] if comparison is None else None
        context["map_assets"] = assets
        context["map"] = map_view(
            service,
            assets,
            question,
            shown,
            pair,
            language,
            context["root"],
            job,
            context["quake"],
        )
    body = render("page.html", language, context)
    headers = online_headers(service.settings) if assets is not None else None
    return cacheable(request, body, MEDIA_TYPES["html"], language=language, headers=headers, compressed=True)


def _first(
    service: Service, question: Question, whole: Comparison | None, pair: tuple[str, str]
) -> Comparison | None:
    """Return what the first table and the map show: they need only two strategies, so they come earlier."""
    if whole is not None:
        return whole
    try:
        return service.answers.comparison(replace(question, strategies=tuple(dict.fromkeys(pair))))
    except RunsMissing:
        return None


def _named(request: Request, field: str) -> list[str]:
    """Return the names of a list: checkboxes repeat the field, links join with commas, both are read."""
    return [name for part in request.query_params.getlist(field) for name in part.split(",") if name]


@router.get("/offline.js", response_class=Response, include_in_schema=False)
def offline(request: Request) -> Response:
    """Return the service worker: from the root, as it may only keep what lies below its own address."""
    assets = map_assets()
    if assets is None:
        raise HTTPException(404)
    body = (BUILT / assets.offline).read_bytes()
    return cacheable(request, body, "text/javascript")
