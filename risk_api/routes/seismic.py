"""``/v1/seismic/scenarios``, ``/exposure`` and ``/risk``: earthquakes, and what they do to the districts.

What computes them is imported in the handlers: whoever only starts the service shall not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import RiskError, UnknownScenario, as_bad_request
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import BBox, BBoxQuery, Strict, parse_bbox
from risk_api.responses import cacheable, to_json_bytes
from risk_api.seismic.question import QuakeRequest
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.files import feature_file
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.seismic.answers import QuakeAnswer

FORMATS = ("geojson", "csv", "gpkg", "fgb", "parquet")
DEFAULT_EARTHQUAKE = "verny-1887"

router = APIRouter(prefix="/v1/seismic", dependencies=[Strict])


@router.get("/scenarios", tags=["questions"], response_class=Response)
def scenarios(request: Request, language: LanguageDep, bbox: BBoxQuery = None) -> Response:
    """Return the earthquakes that can be asked for by name, each figure with its source or its reason."""
    from risk_api.seismic.scenarios import seismic_scenarios
    from risk_api.serialise.seismic_scenarios import scenario_feature

    box = parse_bbox(bbox)
    features = [scenario_feature(each, language) for each in seismic_scenarios().values()]
    if box is not None:
        features = [feature for feature in features if feature.touches(box)]
    members = {"numberMatched": len(features), "default": DEFAULT_EARTHQUAKE}
    body = to_json_bytes(collection_json(features, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


@router.get("/scenarios/{scenario_id}", tags=["questions"], response_class=Response)
def scenario(request: Request, language: LanguageDep, scenario_id: str) -> Response:
    """Return one earthquake."""
    from risk_api.seismic.scenarios import seismic_scenarios
    from risk_api.serialise.seismic_scenarios import scenario_feature

    known = seismic_scenarios()
    if scenario_id not in known:
        raise UnknownScenario(scenario_id, known, in_path=True)
    body = to_json_bytes(scenario_feature(known[scenario_id], language).to_json(language))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


@router.get("/exposure", tags=["answers"], response_class=Response)
def exposure(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: Annotated[
        str, Query(description="Id of an earthquake; `/v1/seismic/scenarios` lists them.")
    ] = DEFAULT_EARTHQUAKE,
    bbox: BBoxQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return damage and casualties per district for a named earthquake, by two branches, with a band."""
    name, box = request_format(request, FORMATS), parse_bbox(bbox)
    return _respond(request, service, language, service.quakes.scenario(scenario), name, box)


@router.post("/exposure", tags=["answers"], response_class=Response)
def exposure_of_rupture(
    request: Request, service: ServiceDep, language: LanguageDep, asked: QuakeRequest, f: FormatQuery = None
) -> Response:
    """Return the same for a rupture of one's own, or for a named earthquake with other figures."""
    name = request_format(request, FORMATS)
    try:
        rupture, named = asked.rupture()
    except RiskError as error:
        raise as_bad_request(error) from error
    answer = service.quakes.rupture(rupture, named)
    return _respond(request, service, language, answer, name, None)


@router.get("/risk", tags=["answers"], response_class=Response)
def risk(request: Request, service: ServiceDep, language: LanguageDep, f: FormatQuery = None) -> Response:
    """Return yearly averages and exceedance curves of casualties and destroyed buildings per district.

    The first answer takes seconds; after the start of the service it is worked out in the background.
    """
    from risk_api.serialise.seismic_risk import people_of, risk_csv, risk_features, risk_members

    name = request_format(request, ("geojson", "csv"))
    stock = service.quakes.stock
    people = people_of(stock.district_ids, stock.people.sum(axis=1))
    tables = service.quakes.annual_tables()
    features = risk_features(tables, people, service.layers.layer("districts"))
    if name == "csv":
        body = risk_csv(features, language)
        headers = {"Content-Disposition": 'attachment; filename="earthquake-risk.csv"'}
        return cacheable(request, body, MEDIA_TYPES["csv"], language=language, headers=headers)
    members = risk_members(tables, people, service.region, language)
    body = to_json_bytes(collection_json(features, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


def _respond(
    request: Request,
    service: Service,
    language: Language,
    answer: QuakeAnswer,
    name: str,
    box: BBox | None,
) -> Response:
    body = quake_body(service, language, answer, name, box)
    headers = {"Link": '</v1/glossary>; rel="help"'}
    if name != "geojson":
        headers["Content-Disposition"] = f'attachment; filename="earthquake-{answer.id}.{name}"'
    return cacheable(request, body, MEDIA_TYPES[name], language=language, headers=headers)


def quake_body(
    service: Service, language: Language, answer: QuakeAnswer, name: str, box: BBox | None
) -> bytes:
    """Return an answer in one of the formats."""
    from risk_api.serialise.quake import quake_csv, quake_features, quake_members

    features = quake_features(answer, service.layers.layer("districts"))
    members = quake_members(answer, service.quakes, service.region, features, language)
    if box is not None:
        features = [feature for feature in features if feature.touches(box)]
    if name == "geojson":
        return to_json_bytes(collection_json(features, language, members))
    if name == "csv":
        return quake_csv(features, language)
    return feature_file(
        [_plain(each) for each in features], name, "earthquake", [_wide(each) for each in features]
    )


def _plain(feature: Feature) -> Feature:
    """Return a feature with what a table can hold as it is."""
    flat = {key: value for key, value in feature.properties.items() if not isinstance(value, (dict, list))}
    return Feature(feature.id, feature.geometry, flat)


def _wide(feature: Feature) -> dict[str, float]:
    """Return the bands of both branches together, a column each."""
    from risk_api.serialise.quake import flat_outcome

    return flat_outcome(feature.properties["both"])
