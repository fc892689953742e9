"""``/v1/reports``: pages of paper, workbooks, GeoPackages and bundles, from the answers' own numbers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.alerts.clock import now
from risk_api.answers import DEFAULT_SCHEME, Question
from risk_api.errors import RunsMissing
from risk_api.i18n import LANGUAGES, Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import AsOfQuery, SchemeQuery, Strict, parse_list
from risk_api.reports.bundle import MOST_DAYS, VALID_DAYS, bundle
from risk_api.reports.district_page import district_pdf
from risk_api.reports.files import FORMATS, archives, limits, scenario_file
from risk_api.reports.material import Material, material
from risk_api.responses import cacheable
from risk_api.routes.jobs import accepted
from risk_api.routes.places import district_document
from risk_api.serialise.exposure import strategy_name
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

router = APIRouter(prefix="/v1/reports", tags=["reports"], dependencies=[Strict])

StrategiesQuery = Annotated[
    str | None, Query(description="Strategy ids with commas between; default: all of the region.")
]


def _question(
    service: Service, scenario: str, strategies: str | None, as_of: str | None, scheme: str | None
) -> Question:
    return service.answers.question(
        scenario, parse_list("strategies", strategies, ()), scheme, None, None, as_of
    )


def _material(service: Service, question: Question, language: Language) -> Material:
    comparison = service.answers.comparison(question)
    return material(comparison, service.answers, service.region, service.layers, service.store, language)


@router.get(
    "/scenarios/{scenario}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, 202: {"description": "Runs are being made"}},
)
def scenario_report(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: str,
    strategies: StrategiesQuery = None,
    as_of: AsOfQuery = None,
    scheme: SchemeQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return one scenario as one A4 page, a workbook, a table or a GeoPackage."""
    name = request_format(request, FORMATS)
    question = _question(service, scenario, strategies, as_of, scheme)
    try:
        found = _material(service, question, language)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    body = scenario_file(found, service.region.crs, name)
    return _file(request, body, name, f"{scenario}-{language}.{name}", language)


@router.get("/districts/{district}", response_class=Response)
def district_report(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    district: str,
    f: FormatQuery = None,
) -> Response:
    """Return one district under every scenario as one A4 page."""
    request_format(request, ("pdf",))
    document = district_document(service, district, DEFAULT_SCHEME, language)
    names = {key: strategy_name(service.region, key, language) for key in service.region.strategies}
    # Read again as a client reads it: the page cannot know more than the answer says.
    answer = json.loads(json.dumps(document))
    body = district_pdf(answer, service.region, names, limits(language), language)
    return _file(request, body, "pdf", f"{district}-{language}.pdf", language)


@router.get(
    "/bundle", response_class=Response, responses={200: {"content": {"application/zip": {}}}, 202: {}}
)
def bundle_report(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: Annotated[str | None, Query(description="Id of a scenario; default: the default one.")] = None,
    strategies: StrategiesQuery = None,
    as_of: AsOfQuery = None,
    valid_days: Annotated[
        int, Query(ge=1, le=MOST_DAYS, description="Days after which the bundle says that it has expired.")
    ] = VALID_DAYS,
) -> Response:
    """Return a ZIP file for places without a network: pages, PDFs, tables, maps, checksums, a last day."""
    chosen = scenario if scenario is not None else service.answers.default_scenario
    question = _question(service, chosen, strategies, as_of, None)
    try:
        found = {code: _material(service, question, code) for code in LANGUAGES}
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    today = now().date()
    body = bundle(
        found,
        service.region.crs,
        today,
        today + timedelta(days=valid_days),
        archives(service.tiles, found["en"]),
    )
    return _file(request, body, "zip", f"selrisk-{chosen}.zip", language)


def _file(request: Request, body: bytes, name: str, filename: str, language: Language) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return cacheable(request, body, MEDIA_TYPES[name], language=language, headers=headers)
