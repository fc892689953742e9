"""Where values are asked for: points in a query, and the places that have a name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.answers import DEFAULT_SCHEME
from risk_api.errors import BadParameter, FieldError, OutsideRegion, UnknownFeature
from risk_api.features.crs import Crs
from risk_api.sampling import sample
from risk_api.serialise.features import Feature

if TYPE_CHECKING:
    from risk_api.features.catalogue import Collection
    from risk_api.service import Service

#: Points of one query; each opens the rasters of a run.
MOST_POINTS: Final = 100
_LONGEST: Final = 6000

Values = dict[str, float | str | None]


@dataclass(frozen=True)
class Point:
    """A point as it was asked for, in the axis order of its system, and where that is."""

    asked: tuple[float, float]
    lon: float
    lat: float


def asked_points(text: str | None, crs: Crs, service: Service) -> list[Point]:
    """Read ``coords``: a POINT or a MULTIPOINT in WKT, in the axis order of `crs`.

    Raises
    ------
    BadParameter
        If it is anything else.
    OutsideRegion
        If a point lies outside.
    """
    import numpy as np
    import shapely

    if text is None:
        raise BadParameter(
            "coords", "POINT(x y) or MULTIPOINT((x y), (x y)) is needed", reason_key="edr.coords"
        )
    try:
        geometry = shapely.from_wkt(text) if len(text) <= _LONGEST else None
    except shapely.errors.GEOSException:
        geometry = None
    if geometry is None or geometry.geom_type not in ("Point", "MultiPoint") or geometry.is_empty:
        raise BadParameter(
            "coords", "POINT(x y) or MULTIPOINT((x y), (x y)) is needed", reason_key="edr.coords"
        )
    xy = shapely.get_coordinates(geometry)
    if len(xy) > MOST_POINTS:
        raise BadParameter(
            "coords", f"at most {MOST_POINTS} are taken", reason_key="at_most", most=str(MOST_POINTS)
        )
    if not np.isfinite(xy).all():
        raise BadParameter("coords", "a finite number is needed", reason_key="finite")
    points = []
    for (a, b), (lon, lat) in zip(xy.tolist(), crs.to_lonlat()(xy).tolist(), strict=True):
        inside = math.isfinite(lon) and math.isfinite(lat) and service.region.contains_lonlat(lon, lat)
        if not inside:
            error = OutsideRegion(round(lon, 6), round(lat, 6), service.region.bounds_lonlat)
            error.fields = (FieldError("coords", str(error)),)
            raise error
        points.append(Point((a, b), lon, lat))
    return points


def named_places(service: Service) -> dict[str, Feature]:
    """Return the places that can be asked for by name: districts, then facilities that are points."""
    points = {
        key: feature
        for key, feature in service.layers.layer("facilities").items()
        if feature.geometry is not None and feature.geometry["type"] == "Point"
    }
    districts = service.layers.layer("districts")
    return {**districts, **{key: points[key] for key in points if key not in districts}}


def place_of(service: Service, place_id: str) -> Feature:
    """Return a named place.

    Raises
    ------
    UnknownFeature
        Naming those there are.
    """
    places = named_places(service)
    if place_id not in places:
        raise UnknownFeature(place_id, places, in_path=True)
    return places[place_id]


def values_at(service: Service, found: Collection, point: Point) -> Values:
    """Return the flow at a point, as ``/v1/locate`` tells it, and the counts of the district it lies in."""
    from risk_api.exposure import SCHEMES

    assert found.run_id is not None
    x, y = service.region.xy(point.lon, point.lat)
    said = sample(service.store.open(found.run_id), x, y, SCHEMES[DEFAULT_SCHEME])
    districts = service.layers.layer("districts")
    inside = next((key for key, one in districts.items() if one.covers(point.lon, point.lat)), None)
    counts = _counts(service, found, inside) if inside is not None else {}
    return {name: said[name] for name in ("depth_max_m", "speed_max_m_s", "arrival_s", "class")} | counts


def values_in(service: Service, found: Collection, district: str) -> Values:
    """Return the strongest that the flow is in a district, when it comes first, and the district's counts."""
    from risk_api.exposure import SCHEMES

    assert found.run_id is not None
    rows = {row["district"]: row for row in service.store.open(found.run_id).districts}
    row = rows[district]
    classes = row["schemes"][DEFAULT_SCHEME]
    reached = row["first_arrival_s"] is not None
    strongest = next(
        (name for name in SCHEMES[DEFAULT_SCHEME].classes if classes.get(name, {}).get("area_m2", 0.0) > 0.0),
        None,
    )
    flow: Values = {
        "depth_max_m": row["depth_max_m"],
        "speed_max_m_s": row["speed_max_m_s"] if reached else None,
        "arrival_s": row["first_arrival_s"],
        "class": strongest,
    }
    return flow | _counts(service, found, district)


def _counts(service: Service, found: Collection, district: str) -> Values:
    from risk_api.ogc.edr.parameters import COUNTS

    if not any(field.name == "people_exposed" for field in found.fields):
        return {}
    table = service.catalogue.table(found)
    row: Any = table.rows[table.place(district)].properties
    return {name: row[name] for name in COUNTS}
