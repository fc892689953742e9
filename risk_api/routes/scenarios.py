"""``/v1/scenarios`` and ``/v1/strategies``: what can be asked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import UnknownScenario, UnknownStrategy
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import AsOfQuery, BBoxQuery, LimitQuery, OffsetQuery, Strict, parse_bbox
from risk_api.responses import cacheable, to_json_bytes
from risk_api.runs.shaken import shaking_of_strategy
from risk_api.runs.states import day_of, day_of_strategy, state_in, strategy_on
from risk_api.serialise.exposure import strategy_name
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.plain import to_plain
from risk_api.serialise.tables import feature_table
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

router = APIRouter(prefix="/v1", dependencies=[Strict])


def scenario_feature(service: Service, scenario_id: str) -> Feature:
    """Return a scenario as the point where its flow starts, with every figure's band and source."""
    plain = to_plain(service.region.scenarios[scenario_id])
    names = {f"name_{code}": text for code, text in plain.pop("names").items()}
    lon, lat = plain.pop("lon"), plain.pop("lat")
    plain.pop("id")
    duration = service.region.scenarios[scenario_id].duration_s
    properties = {
        **names,
        **plain,
        "duration_s": duration,
        "strategies": list(service.answers.known_strategies(scenario_id)),
        "strategies_made": list(service.answers.made(scenario_id)),
    }
    return Feature(scenario_id, {"type": "Point", "coordinates": [lon, lat]}, properties)


@router.get("/scenarios", tags=["questions"], response_class=Response)
def scenarios(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    bbox: BBoxQuery = None,
    limit: LimitQuery = 1000,
    offset: OffsetQuery = 0,
    f: FormatQuery = None,
) -> Response:
    """Where a flow can start, why and with how much; past events are scenarios too."""
    name = request_format(request, ("geojson", "csv"))
    box = parse_bbox(bbox)
    features = [scenario_feature(service, key) for key in service.region.scenarios]
    if box is not None:
        features = [feature for feature in features if feature.touches(box)]
    page = features[offset : offset + limit]
    if name == "csv":
        return cacheable(request, feature_table(page, language), MEDIA_TYPES["csv"], language=language)
    members = {"numberMatched": len(features), "default": service.answers.default_scenario}
    body = to_json_bytes(collection_json(page, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


@router.get("/scenarios/{scenario_id}", tags=["questions"], response_class=Response)
def scenario(request: Request, service: ServiceDep, language: LanguageDep, scenario_id: str) -> Response:
    """Return one scenario: its figures with their bands, and what was published about its outcome."""
    if scenario_id not in service.region.scenarios:
        raise UnknownScenario(scenario_id, service.region.scenarios, in_path=True)
    body = to_json_bytes(scenario_feature(service, scenario_id).to_json(language))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


def strategy_json(service: Service, strategy_id: str, language: Language) -> dict[str, Any]:
    """Return a strategy with each dam's state in words, and who says so."""
    region = service.region
    strategy = region.strategies.get(strategy_id)
    sites = region.dam_sites
    dams = []
    for dam in strategy.states if strategy is not None else sites:
        state = state_in(region, None, strategy_id, dam)
        dams.append(
            {
                "id": dam,
                "name": sites[dam].names[language],
                "state": state.kind,
                "state_text": translate(language, f"dam_state.{state.kind}"),
                "since": state.since.isoformat() if state.since else None,
                "source": state.source,
                "said_on": state.said_on or None,
                "confidence": state.confidence,
                "figures": to_plain(state.figures()),
            }
        )
    names = {f"name_{code}": strategy_name(region, strategy_id, code) for code in LANGUAGES}
    about = "shaking.about" if shaking_of_strategy(strategy_id)[1] is not None else "strategy.on.about"
    return {
        "id": strategy_id,
        "name": strategy_name(region, strategy_id, language),
        **names,
        "description": strategy.description[language] if strategy is not None else translate(language, about),
        "dams": dams,
    }


@router.get("/strategies", tags=["questions"], response_class=Response)
def strategies(
    request: Request, service: ServiceDep, language: LanguageDep, as_of: AsOfQuery = None
) -> Response:
    """Return the named sets of dam states that can be compared; with `as_of` that of a day as well.

    A day's own is named `on:YYYY-MM-DD` and can be asked of every scenario.
    """
    days = [strategy_on(day_of(as_of, "as_of"))] if as_of is not None else []
    known = [*service.region.strategies, *days]
    document = {"strategies": [strategy_json(service, key, language) for key in known]}
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)


@router.get("/strategies/{strategy_id}", tags=["questions"], response_class=Response)
def strategy(request: Request, service: ServiceDep, language: LanguageDep, strategy_id: str) -> Response:
    """Return one set of dam states; `on:YYYY-MM-DD` is that of a day.

    `shaken:0.3:7:mid:ayusai` is the set `ayusai` after a peak ground acceleration of 0.3 g and a magnitude of
    7, at the middle of what is judged; `low` and `high` are its ends.
    """
    before, _ = shaking_of_strategy(strategy_id)
    if before not in service.region.strategies and day_of_strategy(before) is None:
        raise UnknownStrategy(strategy_id, service.region.strategies, in_path=True)
    body = to_json_bytes(strategy_json(service, strategy_id, language))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)
