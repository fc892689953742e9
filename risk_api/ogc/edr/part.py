"""EDR as a part of ``/ogc``: ``position`` and ``locations`` of what finished runs say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import UnknownCollection
from risk_api.i18n import translate
from risk_api.ogc.answer import Made
from risk_api.ogc.common import asked_collection
from risk_api.ogc.edr.formats import FORMATS, LOCATIONS
from risk_api.ogc.links import Link, link, own_links
from risk_api.ogc.part import Described, Part, Route
from risk_api.responses import to_json_bytes

if TYPE_CHECKING:
    from starlette.responses import Response

    from risk_api.features.catalogue import Collection
    from risk_api.features.crs import Crs
    from risk_api.ogc.answer import Answering
    from risk_api.ogc.call import Call, Formats
    from risk_api.ogc.edr.coverage import Site
    from risk_api.serialise.features import Feature

_SPEC: Final = "http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf"
CLASSES: Final = tuple(
    f"{_SPEC}/{name}" for name in ("core", "collections", "json", "geojson", "covjson", "oas30", "queries")
)
#: ``parameter_names`` is what OWSLib sends.
_NAMES: Final = ("parameter-name", "parameter_names")


async def _position(call: Call, answering: Answering) -> Response:
    found = await _asked(call)

    def sites(crs: Crs) -> list[Site]:
        from risk_api.ogc.edr.coverage import Site
        from risk_api.ogc.edr.places import asked_points, values_at

        points = asked_points(call.parameters.get("coords"), crs, call.service)
        return [
            Site(
                f"{place}",
                f"{point.lon:.6f}, {point.lat:.6f}",
                {"type": "Point", "coordinates": list(point.asked)},
                values_at(call.service, found, point),
            )
            for place, point in enumerate(points)
        ]

    return await _answer(call, answering, found, ("coords", "crs", *_NAMES), sites)


async def _location(call: Call, answering: Answering) -> Response:
    found = await _asked(call)

    def sites(crs: Crs) -> list[Site]:
        from risk_api.ogc.edr.coverage import Site
        from risk_api.ogc.edr.places import Point, place_of, values_at, values_in

        place = place_of(call.service, call.values["locationId"])
        if place.id in call.service.layers.layer("districts"):
            values = values_in(call.service, found, place.id)
        else:
            assert place.geometry is not None
            lon, lat = place.geometry["coordinates"][:2]
            values = values_at(call.service, found, Point((lon, lat), lon, lat))
        return [Site(place.id, place.names()[call.language], _moved(place, crs), values)]

    return await _answer(call, answering, found, ("crs", *_NAMES), sites)


async def _locations(call: Call, answering: Answering) -> Response:
    """Return the places that have a name, without values."""
    found = await _asked(call)

    def make() -> Made:
        from risk_api.features.boxes import parse_box
        from risk_api.features.crs import CRS84
        from risk_api.ogc.edr.places import named_places

        places = list(named_places(call.service).values())
        if "bbox" in call.parameters:
            ground = parse_box(call.parameters["bbox"], CRS84)
            places = [place for place in places if place.shape is not None and place.shape.intersects(ground)]
        districts = call.service.layers.layer("districts")
        features = [
            {
                "type": "Feature",
                "id": place.id,
                "geometry": place.geometry,
                "properties": {
                    "name": place.names()[call.language],
                    "kind": "district" if place.id in districts else "facility",
                    "edrqueryendpoint": f"{call.base}/collections/{found.id}/locations/{place.id}",
                },
            }
            for place in places
        ]
        links = list(own_links(call, LOCATIONS, "GeoJSON"))
        document = {"type": "FeatureCollection", "features": features, "links": links}
        return Made(to_json_bytes(document))

    return await _sent(call, answering, found, LOCATIONS, ("bbox",), make)


async def _answer(
    call: Call, answering: Answering, found: Collection, known: tuple[str, ...], sites: Any
) -> Response:
    def make() -> Made:
        from risk_api.features.crs import asked_crs, offered
        from risk_api.ogc.edr.coverage import coverage_json, feature_json
        from risk_api.ogc.edr.parameters import asked_parameters

        asked = call.parameters
        crs = asked_crs("crs", asked.get("crs"), offered(call.service.region.crs))
        parameters = asked_parameters(found, next((asked[name] for name in _NAMES if name in asked), None))
        there = sites(crs)
        headers = ((b"content-crs", f"<{crs.uri}>".encode()),)
        if call.format(FORMATS) == "CoverageJSON":
            document = coverage_json(there, parameters, crs, call.language)
        else:
            document = feature_json(there, parameters, list(own_links(call, FORMATS, "GeoJSON")))
        return Made(to_json_bytes(document), kept=False, headers=headers)

    return await _sent(call, answering, found, FORMATS, known, make)


async def _sent(
    call: Call,
    answering: Answering,
    found: Collection,
    formats: Formats,
    known: tuple[str, ...],
    make: Any,
) -> Response:
    format = call.format(formats)
    tag = answering.tag(call, f"edr{found.version}", format)
    held = answering.not_modified(call, tag)
    if held is not None:
        return held
    call.refuse_unknown(known)
    # Rasters are opened, and a layer may have to be read.
    return await answering.answer(call, tag, dict(formats)[format], make, in_thread=True)


async def _asked(call: Call) -> Collection:
    """Return the collection; one that no run stands behind has nothing to ask at a point.

    Raises
    ------
    UnknownCollection
    """
    found = await asked_collection(call)
    if found.run_id is None:
        raise UnknownCollection(found.id, in_path=True)
    return found


def _moved(place: Feature, crs: Crs) -> Mapping[str, Any]:
    """Return the geometry of a place in a system, in its axis order."""
    assert place.geometry is not None
    if crs.is_crs84:
        return place.geometry
    import json

    import shapely

    moved = shapely.transform(place.shape, crs.from_lonlat())
    document: dict[str, Any] = json.loads(shapely.to_geojson(moved))
    return document


def _collection_links(call: Call, found: Collection) -> Iterator[Link]:
    if found.run_id is None:
        return
    here = f"{call.base}/collections/{found.id}"
    for name, media in LOCATIONS:
        title = translate(call.language, "edr.locations.title")
        yield link(f"{here}/locations?f={name}", "data", media, title)


def _collection_members(call: Call, found: Collection) -> Mapping[str, Any]:
    from risk_api.ogc.edr.parameters import parameters

    if found.run_id is None:
        return {}
    here = f"{call.base}/collections/{found.id}"
    names = [name for name, _ in FORMATS]
    queries = {
        kind: {
            "link": {
                "href": f"{here}/{path}",
                "rel": "data",
                "templated": True,
                "variables": {
                    "title": translate(call.language, f"edr.{kind}.title"),
                    "query_type": kind,
                    "output_formats": names,
                    "default_output_format": names[0],
                    "crs_details": _systems(call.service.region.crs),
                },
            }
        }
        for kind, path in (("position", "position?coords={coords}"), ("locations", "locations/{locationId}"))
    }
    return {
        "data_queries": queries,
        "output_formats": names,
        "parameter_names": {
            parameter.name: parameter.described(call.language) for parameter in parameters(found)
        },
    }


def _systems(metric: str) -> list[dict[str, str]]:
    from risk_api.features.crs import offered, well_known_text

    return [{"crs": crs.uri, "wkt": well_known_text(crs.code)} for crs in offered(metric).values()]


def _described(call: Call, found: Sequence[Collection]) -> Described:
    from risk_api.ogc.edr.described import described

    return described(call, found)


PART: Final = Part(
    name="edr",
    classes=CLASSES,
    routes=(
        Route("collections/{collectionId}/position", {"GET": _position}),
        Route("collections/{collectionId}/locations", {"GET": _locations}),
        Route("collections/{collectionId}/locations/{locationId}", {"GET": _location}),
    ),
    collection_links=_collection_links,
    collection_members=_collection_members,
    described=_described,
)
