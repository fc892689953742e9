"""``/v1/locate`` and ``/v1/districts/{id}/risk``: everything about one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.answers import DEFAULT_SCHEME, Question
from risk_api.cause_texts import cause_json, dam_names
from risk_api.errors import BadParameter, OutsideRegion, UnknownDistrict, UnknownScheme
from risk_api.i18n import Language, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict, parse_list, parse_lonlat
from risk_api.responses import cacheable, to_json_bytes
from risk_api.sampling import sample
from risk_api.serialise.exposure import localised, strategy_name
from risk_api.serialise.features import Feature
from risk_api.serialise.plain import to_plain
from risk_api.service import LanguageDep, Service, ServiceDep

#: What a district's answer says per scenario and strategy; it has to stay under 50 kB.
_KEPT: Final = (
    "people_exposed",
    "people_affected",
    "buildings_exposed",
    "area_m2",
    "first_arrival_s",
    "first_person_s",
    "run_id",
)

#: Runs that are looked at besides those of the scenarios.
MOST_RUNS: Final = 4

router = APIRouter(prefix="/v1", tags=["answers"], dependencies=[Strict])

SchemeQuery = Annotated[str, Query(description="Class scheme: buwal or arr.")]


def _scheme_id(scheme: str) -> str:
    from risk_api.exposure import SCHEMES

    if scheme not in SCHEMES:
        raise UnknownScheme(scheme, SCHEMES)
    return scheme


@router.get("/districts/{district_id}/risk", response_class=Response)
def district_risk(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    district_id: str,
    scheme: SchemeQuery = DEFAULT_SCHEME,
) -> Response:
    """Return everything about one district: every scenario and strategy, runs not made yet marked."""
    document = district_document(
        service, district_id, scheme, language, str(request.scope.get("root_path", ""))
    )
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)


def district_document(
    service: Service, district_id: str, scheme: str, language: Language, root_path: str = ""
) -> dict[str, Any]:
    """Return the answer about one district; reports are made from it as well.

    Raises
    ------
    UnknownDistrict, UnknownScheme
    """
    districts = service.layers.layer("districts")
    if district_id not in districts:
        raise UnknownDistrict(district_id, districts)
    # Not at the top: whoever only starts the service shall not wait for what computes earthquakes.
    from risk_api.serialise.quake_district import earthquake_part

    feature = districts[district_id]
    chosen = _scheme_id(scheme)
    return {
        "id": district_id,
        "name": feature.names()[language],
        **{key: value for key, value in feature.properties.items() if not isinstance(value, (dict, list))},
        "bbox": [round(value, 5) for value in feature.shape.bounds] if feature.shape is not None else None,
        "mudflow": {
            "scheme": chosen,
            "scenarios": [
                _scenario_part(service, key, district_id, chosen, language)
                for key in service.region.scenarios
            ],
        },
        "earthquake": earthquake_part(service.quakes, district_id, language),
        "earthquake_note": None if service.quakes.possible else translate(language, "quake.no_stock"),
        "terrain_quality": localised(to_plain(service.region.terrain_quality), language),
        "lineage": {"region": service.region.id, "region_version": service.region.version},
        "links": [
            {"rel": "self", "href": f"{root_path}/v1/districts/{district_id}/risk"},
            {"rel": "geometry", "href": f"{root_path}/v1/districts/{district_id}"},
        ],
    }


def _scenario_part(
    service: Service, scenario: str, district_id: str, scheme: str, language: Language
) -> dict[str, Any]:
    made = service.answers.made(scenario)
    missing = [name for name in service.region.strategies if name not in made]
    names = dam_names(service.region.dam_sites, language)
    strategies: dict[str, Any] = {}
    if made:
        comparison = service.answers.comparison(Question(scenario, made, scheme))
        (entry,) = (district for district in comparison.districts if district.id == district_id)
        for key, counts in entry.strategies.items():
            strategies[key] = {name: to_plain(counts.get(name)) for name in _KEPT}
            strategies[key]["cause"] = cause_json(counts["cause"], language, names)
    part: dict[str, Any] = {
        "id": scenario,
        "name": service.region.scenarios[scenario].names[language],
        "strategies": {name: strategies.get(name) for name in service.region.strategies},
    }
    if missing:
        part["missing"] = missing
        part["missing_note"] = translate(language, "answer.mudflow.missing")
    return part


@router.get("/locate", response_class=Response)
async def locate(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    lon: Annotated[str, Query(description="Longitude in degrees, CRS84.")],
    lat: Annotated[str, Query(description="Latitude in degrees, CRS84.")],
    scheme: SchemeQuery = DEFAULT_SCHEME,
    runs: Annotated[
        str | None,
        Query(description="Other runs to be looked at, with commas between: previews, drawn dams."),
    ] = None,
) -> Response:
    """Return what reaches a point, how deep and when, for every run made, and where it lies."""
    x_deg, y_deg = parse_lonlat(lon, lat)
    region = service.region
    if not region.contains_lonlat(x_deg, y_deg):
        raise OutsideRegion(x_deg, y_deg, region.bounds_lonlat)
    scheme_id = _scheme_id(scheme)
    others = _other_runs(service, runs)
    # Rasters of every run are opened: off the event loop, and by few threads however many ask.
    document = await to_thread.run_sync(
        _place, service, x_deg, y_deg, scheme_id, language, others, limiter=service.sampling
    )
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)


def _other_runs(service: Service, given: str | None) -> tuple[str, ...]:
    asked = parse_list("runs", given, ())
    if len(asked) > MOST_RUNS:
        raise BadParameter(
            "runs", f"at most {MOST_RUNS} are taken", reason_key="at_most", most=str(MOST_RUNS)
        )
    for run_id in asked:
        if not service.store.has(run_id):
            raise BadParameter(
                "runs", f"there is no finished run {run_id[:40]}", reason_key="no_run", run=run_id[:40]
            )
    return asked


def _place(
    service: Service, x_deg: float, y_deg: float, scheme_id: str, language: Language, others: Sequence[str]
) -> dict[str, Any]:
    """Return what is known about one point inside the region."""
    from risk_api.exposure import SCHEMES

    region, chosen = service.region, SCHEMES[scheme_id]
    x, y = region.xy(x_deg, y_deg)
    district = _holding(service, "districts", x_deg, y_deg)
    gorge = _holding(service, "gorges", x_deg, y_deg)
    samples: dict[str, dict[str, Any]] = {}
    scenarios: list[dict[str, Any]] = []
    for key, scenario in region.scenarios.items():
        strategies: dict[str, Any] = {}
        for name in region.strategies:
            run_id = service.answers.spec(key, name).id
            if run_id not in samples and service.store.has(run_id):
                samples[run_id] = sample(service.store.open(run_id), x, y, chosen)
            found = samples.get(run_id)
            strategies[name] = {**found, "run_id": run_id} if found is not None else None
        scenarios.append({"id": key, "name": scenario.names[language], "strategies": strategies})
    for run_id in others:
        if run_id not in samples:
            samples[run_id] = sample(service.store.open(run_id), x, y, chosen)
    missing = any(None in entry["strategies"].values() for entry in scenarios)
    return {
        "lon": x_deg,
        "lat": y_deg,
        "district": _named(district, language),
        "gorge": _named(gorge, language),
        "note": None if district else translate(language, "answer.locate.outside_districts"),
        "missing_note": translate(language, "answer.mudflow.missing") if missing else None,
        "scheme": {
            "id": chosen.id,
            "name": chosen.names[language],
            "classes": {name: chosen.class_names[name][language] for name in chosen.classes},
        },
        "strategies": {name: strategy_name(region, name, language) for name in region.strategies},
        "scenarios": scenarios,
        "runs": {run_id: {**samples[run_id], "run_id": run_id} for run_id in others},
        "terrain_quality": localised(to_plain(region.terrain_quality), language),
        "lineage": {"region": region.id, "region_version": region.version},
    }


def _holding(service: Service, layer: str, lon: float, lat: float) -> Feature | None:
    """Return the smallest feature that covers the point: a tributary's gorge lies in its river's."""
    found = [feature for feature in service.layers.layer(layer).values() if feature.covers(lon, lat)]
    return min(found, key=lambda feature: feature.shape.area if feature.shape else 0.0, default=None)


def _named(feature: Feature | None, language: Language) -> dict[str, str] | None:
    return {"id": feature.id, "name": feature.names()[language]} if feature else None
