"""``/v1/chain``: what an earthquake does to lakes and dams, and what then flows, district by district."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import RiskError, RunsMissing, as_bad_request
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import (
    CellQuery,
    QualityQuery,
    SchemeQuery,
    Strict,
    parse_list,
    parse_pairs,
)
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.seismic.question import QuakeRequest
from risk_api.serialise.features import collection_json
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

FORMATS: Final = ("geojson", "csv")

router = APIRouter(prefix="/v1/chain", tags=["earthquakes"], dependencies=[Strict])

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "One feature per district", "content": {"application/geo+json": {}}},
    202: {"description": "Runs are being made; poll the job in Location, then ask again"},
    503: {"description": "Too many runs are waiting; ask again after Retry-After"},
}


class ChainRequest(QuakeRequest):
    """The body of ``POST /v1/chain``: the query of ``GET``, earthquake and probabilities one's own.

    The earthquake is given as to ``POST /v1/seismic/exposure``; without any it is the default one.

    Attributes
    ----------
    links : mapping
        Probabilities from 0 to 1 by link, for every mudflow.
    own_links : mapping
        The same for single mudflows, by the scenario's id.
    off : list of str
        Links switched off: a trigger never happens, a gate is open, dams stay sound.
    """

    month: int = 7
    strategies: list[str] = Field(default_factory=list)
    mudflows: list[str] = Field(default_factory=list)
    links: dict[str, float] = Field(default_factory=dict)
    own_links: dict[str, dict[str, float]] = Field(default_factory=dict)
    off: list[str] = Field(default_factory=list)
    lake_state: str | None = None
    levels: list[str] = Field(default_factory=list)
    measure: str | None = None
    scheme: str | None = None
    cell_size_m: float | None = None
    quality: str | None = None


@router.post("", response_class=Response, responses=RESPONSES)
def chain_with_own_links(
    request: Request, service: ServiceDep, language: LanguageDep, asked: ChainRequest, f: FormatQuery = None
) -> Response:
    """Return the chain of an earthquake of one's own, with probabilities of one's own."""
    try:
        return _answer(request, service, language, asked)
    except RiskError as error:
        raise as_bad_request(error) from error


@router.get("", response_class=Response, responses=RESPONSES)
def chain(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: Annotated[str | None, Query(description="Id of an earthquake; default: verny-1887.")] = None,
    month: Annotated[int, Query(description="Month of the earthquake, 1 to 12: lakes burst in summer.")] = 7,
    strategies: Annotated[
        str | None,
        Query(description="Strategy ids with commas between; benefits are counted against the first."),
    ] = None,
    mudflows: Annotated[
        str | None, Query(description="Lake outbursts of the region, one a river; default: the largest.")
    ] = None,
    links: Annotated[
        str | None, Query(description="Probabilities that are set: piping:0.02,season:1.")
    ] = None,
    off: Annotated[
        str | None,
        Query(description="Links switched off, with commas between; dam_shaking leaves the dams sound."),
    ] = None,
    lake_state: Annotated[
        str | None, Query(description="unknown (default: a band), lowered, normal or high.")
    ] = None,
    levels: Annotated[
        str | None, Query(description="Harm to the dams: mid (default), or low,mid,high for a band.")
    ] = None,
    measure: Annotated[str | None, Query(description="affected (default) or exposed.")] = None,
    scheme: SchemeQuery = None,
    cell_size_m: CellQuery = None,
    quality: QualityQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return, per district, people expected and if a mudflow comes, with shaken and with sound dams."""
    asked = ChainRequest(
        scenario=scenario,
        month=month,
        strategies=list(parse_list("strategies", strategies, ())),
        mudflows=list(parse_list("mudflows", mudflows, ())),
        links=parse_pairs("links", links),
        off=list(parse_list("off", off, ())),
        lake_state=lake_state,
        levels=list(parse_list("levels", levels, ())),
        measure=measure,
        scheme=scheme,
        cell_size_m=cell_size_m,
        quality=quality,
    )
    return _answer(request, service, language, asked)


def _answer(request: Request, service: Service, language: Language, asked: ChainRequest) -> Response:
    from risk_api.runs import quality_of
    from risk_api.seismic.chain.question import DEFAULT_EARTHQUAKE, chain_question
    from risk_api.serialise.chain import chain_csv, chain_features, chain_members

    name = request_format(request, FORMATS)
    if asked.names_none:
        asked = asked.model_copy(update={"scenario": DEFAULT_EARTHQUAKE})
    rupture, named = asked.rupture()
    given = asked.model_dump(
        include={"links", "own_links", "off", "lake_state", "levels", "measure", "scheme"}
    )
    question = chain_question(
        service.region,
        None if named is None else named.id,
        asked.month,
        asked.strategies,
        asked.mudflows,
        cell_size_m=service.answers.http_cell_size_m(asked.cell_size_m, asked.quality),
        quality=quality_of(asked.quality),
        rupture=rupture if named is None else None,
        **given,
    )
    try:
        answer = service.chains.answer(question)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    features = chain_features(answer, service.layers.layer("districts"))
    if name == "csv":
        body = chain_csv(features)
    else:
        body = to_json_bytes(
            collection_json(features, language, chain_members(answer, service.region, language))
        )
    return cacheable(request, body, MEDIA_TYPES[name], language=language)
