"""``/v1/rdls``: the service's data sets as metadata of the Risk Data Library Standard."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import UnknownFeature
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.service import LanguageDep, Service, ServiceDep
from risk_api.stac.rdls import KINDS, Rdls
from risk_api.urls import service_address

router = APIRouter(prefix="/v1/rdls", tags=["catalogues"], dependencies=[Strict])


def _rdls(request: Request, service: Service, language: LanguageDep) -> Rdls:
    answers = service.answers
    made = {
        scenario: {strategy: answers.spec(scenario, strategy).id for strategy in answers.made(scenario)}
        for scenario in service.region.scenarios
    }
    earthquakes: dict[str, str] = {}
    if service.region.building_stock is not None:
        from risk_api.seismic.scenarios import seismic_scenarios

        earthquakes = {key: one.titles[language] for key, one in seismic_scenarios().items()}
    return Rdls(
        service.region,
        service_address(request, service.settings),
        language,
        {scenario: runs for scenario, runs in made.items() if runs},
        earthquakes,
    )


@router.get("", response_class=Response)
def datasets(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return the data sets there are: hazard, exposure, loss."""
    rdls = _rdls(request, service, language)
    found = [{name: rdls.dataset(kind)[name] for name in ("id", "title", "risk_data_type")} for kind in KINDS]
    return cacheable(request, to_json_bytes({"datasets": found}), MEDIA_TYPES["json"], language=language)


@router.get("/{kind}", response_class=Response)
def dataset(request: Request, service: ServiceDep, language: LanguageDep, kind: str) -> Response:
    """Return the metadata of one data set, by version 0.3 of the standard."""
    if kind not in KINDS:
        raise UnknownFeature(kind, KINDS, in_path=True)
    body = to_json_bytes(_rdls(request, service, language).dataset(kind))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)
