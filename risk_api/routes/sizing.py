"""``/v1/sizing``: how high a dam would have to be.

A search is a chain of runs, each chosen by what the last one gave. It keeps no state in the service: asked
again, it goes the same way over the runs that are made and asks for the next one, so that a client polls one
address until the answer is there, also over a restart.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from risk_api.benefit.sizing import MOST_TRIALS
from risk_api.benefit.sizing_question import SizingQuestion, sizing_question
from risk_api.errors import RiskError, RunsMissing, as_bad_request
from risk_api.i18n import Language, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import CellQuery, QualityQuery, SchemeQuery, Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.runs import quality_of
from risk_api.serialise.sizing import sizing_document
from risk_api.service import LanguageDep, Service, ServiceDep

router = APIRouter(prefix="/v1/sizing", tags=["answers"], dependencies=[Strict])

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The smallest crest and its trade-off curve"},
    202: {"description": "A run of the search is being made; ask Location until it answers 200"},
    400: {"description": "The run would need more memory or steps than the service allows"},
    503: {"description": "Too many runs are waiting; ask again after Retry-After"},
}


class SizingRequest(BaseModel):
    """The body of ``POST /v1/sizing``: the same fields as the query of ``GET``."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    dam: str
    scenario: str
    affected_below: float
    strategy: str | None = None
    district: str | None = None
    scheme: str | None = None
    by: str | None = None
    lowest_m: float | None = None
    tallest_m: float | None = None
    smallest_m3: float | None = None
    largest_m3: float | None = None
    cost_per_m3: float | None = None
    currency: str | None = None
    cell_size_m: float | None = None
    quality: str | None = None


@router.post("", response_class=Response, responses=RESPONSES)
def start_sizing(
    request: Request, service: ServiceDep, language: LanguageDep, asked: SizingRequest
) -> Response:
    """Begin to search for the smallest crest, or capacity, that keeps the affected below a number."""
    try:
        return _answer(request, service, language, asked)
    except RiskError as error:
        raise as_bad_request(error) from error


@router.get("", response_class=Response, responses=RESPONSES)
def sizing(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    dam: Annotated[str, Query(description="Id of a dam on the scenario's way.")],
    scenario: Annotated[str, Query(description="Id of a scenario.")],
    affected_below: Annotated[
        float,
        Query(
            allow_inf_nan=False,
            description="People in a class of at least medium intensity: the answer has fewer.",
        ),
    ],
    strategy: Annotated[
        str | None, Query(description="What else stands; default: the first strategy with this dam.")
    ] = None,
    district: Annotated[str | None, Query(description="Count one district; default: all.")] = None,
    scheme: SchemeQuery = None,
    by: Annotated[
        str | None, Query(description="height (default) or capacity: what the answer is about.")
    ] = None,
    lowest_m: Annotated[
        float | None, Query(allow_inf_nan=False, description="Lowest height above the river bed, m.")
    ] = None,
    tallest_m: Annotated[
        float | None, Query(allow_inf_nan=False, description="Tallest height above the river bed, m.")
    ] = None,
    smallest_m3: Annotated[
        float | None, Query(allow_inf_nan=False, description="By capacity: the smallest to look at, m3.")
    ] = None,
    largest_m3: Annotated[
        float | None, Query(allow_inf_nan=False, description="By capacity: the largest to look at, m3.")
    ] = None,
    cost_per_m3: Annotated[
        float | None, Query(allow_inf_nan=False, description="Cost of a cubic metre of capacity.")
    ] = None,
    currency: Annotated[str | None, Query(max_length=12, description="Of that cost; default KZT.")] = None,
    cell_size_m: CellQuery = None,
    quality: QualityQuery = None,
) -> Response:
    """Return the smallest crest, or capacity, that keeps the affected below a number, and its curve."""
    asked = SizingRequest(
        dam=dam,
        scenario=scenario,
        affected_below=affected_below,
        strategy=strategy,
        district=district,
        scheme=scheme,
        by=by,
        lowest_m=lowest_m,
        tallest_m=tallest_m,
        smallest_m3=smallest_m3,
        largest_m3=largest_m3,
        cost_per_m3=cost_per_m3,
        currency=currency,
        cell_size_m=cell_size_m,
        quality=quality,
    )
    return _answer(request, service, language, asked)


def _answer(request: Request, service: Service, language: Language, asked: SizingRequest) -> Response:
    question = _question(service, asked)
    root_path = request.scope.get("root_path", "")
    given = asked.model_dump(exclude_none=True)
    address = f"{root_path}/v1/sizing?{urlencode({**given, 'lang': language})}"
    try:
        answer = service.benefits.sizing(question)
    except RunsMissing as missing:
        made = service.benefits.sizing_runs_made(question)
        members = {
            "search": {"runs_made": made, "runs_at_most": MOST_TRIALS},
            "detail": translate(language, "sizing.searching", made=made, most=MOST_TRIALS),
        }
        return accepted(request, service, missing.specs, language, members=members, location=address)
    body = to_json_bytes(sizing_document(answer, service.region, language))
    headers = {"Content-Location": address}
    return cacheable(request, body, MEDIA_TYPES["json"], language=language, headers=headers)


def _question(service: Service, asked: SizingRequest) -> SizingQuestion:
    given = asked.model_dump(exclude={"dam", "scenario", "affected_below", "cell_size_m", "quality"})
    return sizing_question(
        service.region,
        asked.scenario,
        asked.dam,
        asked.affected_below,
        cell_size_m=service.answers.http_cell_size_m(asked.cell_size_m, asked.quality),
        quality=quality_of(asked.quality),
        **given,
    )
