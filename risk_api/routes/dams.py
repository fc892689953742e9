"""``/v1/dams``: the dams in the states of a day, and everything that is known of one of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.features.fields import layer_fields
from risk_api.features.table import FeatureTable
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import AsOfQuery, BBoxQuery, LimitQuery, OffsetQuery, Strict, parse_bbox
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.layers import FORMATS, asked_page, page_response
from risk_api.runs.shaken import Shaking
from risk_api.runs.states import day_of
from risk_api.serialise.dam_states import capacity_warnings, state_json
from risk_api.serialise.features import Feature
from risk_api.serialise.shaken import shaken_document
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep
from risk_api.what_if.planner import default_strategy

router = APIRouter(prefix="/v1", tags=["layers"], dependencies=[Strict])


def asked_day(as_of: str | None) -> date:
    """Return the day that somebody asks about: today unless named.

    Raises
    ------
    BadParameter
        If it is none, or lies before 1900 or in the future.
    """
    return day_of(as_of, "as_of") if as_of is not None else datetime.now(UTC).date()


def dam_feature(service: Service, dam_id: str, day: date, language: Language) -> Feature:
    """Return a dam's feature with its state on a day, each state in words."""
    feature = service.layers.feature("dams", dam_id)
    site = service.region.dam_sites[dam_id]
    known = {
        "as_of": day.isoformat(),
        "state": state_json(site.state_on(day), language),
        "states": [state_json(state, language) for state in site.states],
    }
    return Feature(feature.id, feature.geometry, {**feature.properties, **known})


def dam_sheet(service: Service, dam_id: str, language: Language) -> dict[str, Any]:
    """Return what stands beside the figures of one dam: its storage, and what contradicts itself."""
    storage = service.layers.dam_storage.of(dam_id)
    site = service.region.dam_sites[dam_id]
    terrain_m3 = storage.get("capacity_terrain_m3")
    warnings = capacity_warnings(service.region, site, terrain_m3, language) if terrain_m3 else []
    return {"storage": storage, "warnings": warnings}


@router.get("/dams", name="dams", summary="All dams of the region", response_class=Response)
def dams(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    bbox: BBoxQuery = None,
    limit: LimitQuery = 1000,
    offset: OffsetQuery = 0,
    as_of: AsOfQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return the dams, each with its dated states and, as `state`, that of a day (today unless named)."""
    name = request_format(request, FORMATS)
    day, box = asked_day(as_of), parse_bbox(bbox)
    features = {key: dam_feature(service, key, day, language) for key in service.layers.layer("dams")}
    fields = layer_fields("dams", (feature.properties for feature in features.values()))
    page = asked_page(FeatureTable("dams", fields, features), box, limit, offset, language)
    return page_response(request, service, page, name, language)


@router.get("/dams/{feature_id}", name="dam", summary="One dam", response_class=Response)
def dam(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    feature_id: str,
    as_of: AsOfQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return a dam: dated states with their sources, geometry, openings, costs, and its storage curve twice.

    `storage.curve` is what the terrain holds up to each level and, beside it, the same scaled to the
    published capacity. `warnings` says where published figures contradict each other.
    """
    request_format(request, ("geojson",))
    day = asked_day(as_of)
    service.layers.feature("dams", feature_id)
    document = dam_feature(service, feature_id, day, language).to_json(
        language, dam_sheet(service, feature_id, language)
    )
    root = request.scope.get("root_path", "")
    document["links"] = [
        {"rel": "collection", "href": f"{root}/v1/dams"},
        {"rel": "alternate", "type": "text/html", "href": f"{root}/dams/{feature_id}"},
    ]
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["geojson"], language=language)


@router.get("/dams/{feature_id}/shaken", summary="One dam after an earthquake", response_class=Response)
def shaken(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    feature_id: str,
    pga_g: Annotated[
        float, Query(allow_inf_nan=False, description="Peak ground acceleration at the dam, g, 0 to 1.2.")
    ],
    magnitude: Annotated[
        float, Query(allow_inf_nan=False, description="Magnitude of the earthquake, 4 to 8.5.")
    ],
    strategy: Annotated[
        str | None,
        Query(max_length=80, description="How it stood before; default: as today; on:YYYY-MM-DD is a day."),
    ] = None,
) -> Response:
    """Return a dam's settlement, damage, blocked openings and lost capacity: low, middle and high.

    Each level names the strategy under which exposure to a later flow can be asked.
    """
    service.layers.feature("dams", feature_id)
    site = service.region.dam_sites[feature_id]
    before = strategy if strategy is not None else default_strategy(service.region)
    storage = service.layers.dam_storage.of(feature_id)
    document = shaken_document(service.region, site, Shaking(pga_g, magnitude), before, storage, language)
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)
