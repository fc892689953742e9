"""``/v1/stac``: finished runs as a SpatioTemporal Asset Catalog; and where each comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import BadParameter
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.service import LanguageDep, Service, ServiceDep
from risk_api.stac.catalogue import Stac
from risk_api.stac.lineage import iso19115_json, prov_json
from risk_api.urls import service_address

LINEAGES = ("prov", "iso19115")

router = APIRouter(prefix="/v1", tags=["catalogues"], dependencies=[Strict])


def _stac(request: Request, service: Service, language: LanguageDep) -> Stac:
    return Stac(service.region, service_address(request, service.settings), language)


@router.get("/stac", response_class=Response)
def catalog(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return the catalogue: a link to each scenario that has a run."""
    scenarios = sorted({entry.scenario for entry in service.run_index.entries()})
    body = to_json_bytes(_stac(request, service, language).catalog(scenarios))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


@router.get("/stac/collections/{scenario_id}", response_class=Response)
def collection(request: Request, service: ServiceDep, language: LanguageDep, scenario_id: str) -> Response:
    """Return a scenario with a link to each of its runs."""
    entries = service.run_index.of_scenario(scenario_id)
    body = to_json_bytes(_stac(request, service, language).collection(scenario_id, entries))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


@router.get("/stac/collections/{scenario_id}/items/{run_id}", response_class=Response)
def item(
    request: Request, service: ServiceDep, language: LanguageDep, scenario_id: str, run_id: str
) -> Response:
    """Return a run with its rasters, their checksums and their grid."""
    run = service.run_index.run(scenario_id, run_id)
    body = to_json_bytes(_stac(request, service, language).item(scenario_id, run))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


@router.get("/runs/{run_id}/lineage", response_class=Response)
def lineage(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    run_id: str,
    f: Annotated[str, Query(description="prov (PROV-JSON, default) or iso19115.")] = "prov",
) -> Response:
    """Return where a run comes from: what it used, what made it, with which software."""
    if f not in LINEAGES:
        listed = ", ".join(LINEAGES)
        raise BadParameter("f", f"allowed are {listed}", LINEAGES, reason_key="allowed", allowed_names=listed)
    run, credits = service.store.open(run_id), service.region.credits
    if f == "prov":
        document = prov_json(run, credits, service_address(request, service.settings))
    else:
        document = iso19115_json(run, credits, language)
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)
