"""``/v1/benefit`` and ``/v1/ranking``: what dams are worth in a year, and which of them first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.benefit.question import BenefitQuestion, benefit_question
from risk_api.errors import RunsMissing
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import (
    CellQuery,
    QualityQuery,
    SchemeQuery,
    Strict,
    parse_list,
    parse_numbers,
    parse_pairs,
)
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.runs import quality_of
from risk_api.serialise.benefit import benefit_csv, benefit_features, benefit_members
from risk_api.serialise.features import collection_json
from risk_api.serialise.ranking import ranking_document
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

router = APIRouter(prefix="/v1", tags=["answers"], dependencies=[Strict])

RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"description": "Runs are being made; poll the job in Location"},
    400: {"description": "The runs would need more memory or steps than the service allows"},
    503: {"description": "Too many runs are waiting; ask again after Retry-After"},
}
ScenariosQuery = Annotated[
    str | None, Query(description="Events, with commas between; default: every event of the region once.")
]
FrequenciesQuery = Annotated[
    str | None,
    Query(
        description="Frequencies of exceedance, per year: scenario:0.01 with commas between. What is not "
        "given is as published, or counted from the record as a ranged assumption."
    ),
]
MeasureQuery = Annotated[str | None, Query(description="exposed (default) or affected.")]
ReferenceQuery = Annotated[
    str | None, Query(description="Strategy that the others are judged against; default: no-dams.")
]


@router.get(
    "/benefit",
    response_class=Response,
    responses={200: {"description": "One feature per district"}, **RESPONSES},
)
def benefit(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenarios: ScenariosQuery = None,
    strategies: Annotated[
        str | None, Query(description="Strategies to judge, with commas between; default: all.")
    ] = None,
    reference: ReferenceQuery = None,
    frequencies: FrequenciesQuery = None,
    measure: MeasureQuery = None,
    scheme: SchemeQuery = None,
    discount_rates: Annotated[
        str | None, Query(description="Shares per year, with commas between; default: 0.02,0.05,0.1.")
    ] = None,
    horizon_years: Annotated[
        float | None, Query(allow_inf_nan=False, description="Years that count; default: 80.")
    ] = None,
    upkeep_share_per_year: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="Yearly upkeep as a share of the cost; default: none."),
    ] = None,
    value_per_avoided_person: Annotated[
        float | None,
        Query(
            allow_inf_nan=False,
            description="What one avoided exposure is worth to the asker, in the currency of the costs; "
            "there is no default, and lives are not priced.",
        ),
    ] = None,
    cell_size_m: CellQuery = None,
    quality: QualityQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return benefit, residual, background, excess and harm per district and strategy, per year."""
    name = request_format(request, ("geojson", "csv"))
    question = asked_over(
        service,
        scenarios,
        parse_list("strategies", strategies, ()),
        reference,
        frequencies,
        measure,
        scheme,
        cell_size_m,
        quality,
        discount_rates=parse_numbers("discount_rates", discount_rates),
        horizon_years=horizon_years,
        upkeep_share_per_year=upkeep_share_per_year,
        value_per_avoided_person=value_per_avoided_person,
    )
    try:
        answer = service.benefits.benefit(question)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    features = benefit_features(answer, service.layers.layer("districts"), language)
    if name == "csv":
        headers = {"Content-Disposition": 'attachment; filename="benefit.csv"'}
        body = benefit_csv(features, language)
        return cacheable(request, body, MEDIA_TYPES["csv"], language=language, headers=headers)
    members = benefit_members(answer, service.region, language)
    body = to_json_bytes(collection_json(features, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


@router.get(
    "/ranking",
    response_class=Response,
    responses={200: {"description": "The dams in the order in which they do most"}, **RESPONSES},
)
def ranking(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    dams: Annotated[
        str | None, Query(description="Up to six dams, with commas between; default: those that are judged.")
    ] = None,
    by: Annotated[
        str, Query(description="benefit (default), or cost: benefit per published cost.")
    ] = "benefit",
    scenarios: ScenariosQuery = None,
    reference: ReferenceQuery = None,
    frequencies: FrequenciesQuery = None,
    measure: MeasureQuery = None,
    scheme: SchemeQuery = None,
    cell_size_m: CellQuery = None,
    quality: QualityQuery = None,
) -> Response:
    """Return which of several dams first: what each adds to those before it, ties and interactions."""
    from risk_api.benefit.site_ranking import ranking_question

    over = asked_over(service, scenarios, (), reference, frequencies, measure, scheme, cell_size_m, quality)
    question = ranking_question(service.region, parse_list("dams", dams, ()), over, by)
    try:
        answer = service.benefits.ranking(question)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    body = to_json_bytes(ranking_document(answer, service.region, language))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


def asked_over(
    service: Service,
    scenarios: str | None,
    strategies: tuple[str, ...],
    reference: str | None,
    frequencies: str | None,
    measure: str | None,
    scheme: str | None,
    cell_size_m: float | None,
    quality: str | None,
    **economics: float | tuple[float, ...] | None,
) -> BenefitQuestion:
    """Return the events, frequencies and measure of a request as a question."""
    return benefit_question(
        service.region,
        parse_list("scenarios", scenarios, ()),
        strategies,
        reference,
        parse_pairs("frequencies", frequencies),
        measure=measure,
        scheme=scheme,
        cell_size_m=service.answers.http_cell_size_m(cell_size_m, quality),
        quality=quality_of(quality),
        **economics,
    )
