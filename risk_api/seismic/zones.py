"""Zones of ground that somebody drew, such as a microzonation: an editable layer over what the proxies say.

The polygons of Almaty's microzonation of 2021 are not public, and what was said of them contradicts itself;
the layer is empty until somebody who has them puts them in. A zone says what the ground is, by a figure:

``vs30_m_s`` replaces the proxy's velocity; ``intensity_increment`` adds degrees to any intensity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from risk_api.seismic.errors import BadSeismicInput, beyond

Floats = NDArray[np.float64]
VS30_BAND: Final = (50.0, 3000.0)
INCREMENT_BAND: Final = (-3.0, 3.0)
MOST_ZONES: Final = 10_000


@dataclass(frozen=True)
class Zone:
    """One polygon of ground.

    Attributes
    ----------
    geometry : shapely geometry
        Polygon or polygons in degrees (CRS84).
    source : str
        Who drew it, from what.
    vs30_m_s : float or None
        Velocity inside, m/s.
    intensity_increment : float
        Degrees added inside.
    """

    geometry: BaseGeometry
    source: str
    vs30_m_s: float | None = None
    intensity_increment: float = 0.0


def read_zones(collection: Mapping[str, Any]) -> tuple[Zone, ...]:
    """Zones of a GeoJSON feature collection.

    Every feature needs a polygon, a `source`, and at least one of `vs30_m_s` and `intensity_increment`.

    Raises
    ------
    BadSeismicInput
        If something is missing or out of its band; the field is named with the feature's number.
    """
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise _refused("zones", "zones_collection", "a GeoJSON feature collection is needed")
    if len(features) > MOST_ZONES:
        raise beyond("features", len(features), 0, MOST_ZONES)
    return tuple(_zone(f"features[{index}]", feature) for index, feature in enumerate(features))


def vs30_with_zones(zones: tuple[Zone, ...], lon: ArrayLike, lat: ArrayLike, vs30_m_s: ArrayLike) -> Floats:
    """Velocities at sites with those of the zones put in; where zones overlap the later one rules."""
    found = np.array(np.broadcast_to(np.asarray(vs30_m_s, dtype=np.float64), np.shape(lon)))
    for zone in zones:
        if zone.vs30_m_s is not None:
            found[shapely.contains_xy(zone.geometry, np.asarray(lon), np.asarray(lat))] = zone.vs30_m_s
    return found


def increments(zones: tuple[Zone, ...], lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Degrees of intensity to add at sites; where zones overlap the later one rules."""
    found = np.zeros(np.shape(lon))
    for zone in zones:
        inside = shapely.contains_xy(zone.geometry, np.asarray(lon), np.asarray(lat))
        found[inside] = zone.intensity_increment
    return found


def _zone(where: str, feature: Any) -> Zone:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise _refused(where, "zone_feature", "a feature with a geometry and properties is needed")
    properties = feature["properties"]
    try:
        geometry = shape(feature["geometry"])
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        shapely.errors.ShapelyError,
    ) as error:
        raise _refused(f"{where}.geometry", "zone_polygon", "a valid polygon is needed") from error
    if geometry.geom_type not in {"Polygon", "MultiPolygon"} or geometry.is_empty or not geometry.is_valid:
        raise _refused(f"{where}.geometry", "zone_polygon", "a valid polygon is needed")
    source = properties.get("source")
    if not isinstance(source, str) or not source.strip():
        raise _refused(f"{where}.source", "zone_source", "a zone names its source")
    if "vs30_m_s" not in properties and "intensity_increment" not in properties:
        raise _refused(where, "zone_empty", "a zone needs vs30_m_s or intensity_increment")
    vs30 = _number(where, properties, "vs30_m_s", VS30_BAND)
    return Zone(
        geometry, source, vs30, _number(where, properties, "intensity_increment", INCREMENT_BAND) or 0.0
    )


def _number(where: str, properties: Mapping[str, Any], name: str, band: tuple[float, float]) -> float | None:
    value = properties.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _refused(f"{where}.{name}", "finite", "a finite number is needed")
    if not band[0] <= value <= band[1]:
        raise beyond(f"{where}.{name}", value, *band)
    return float(value)


def _refused(field: str, key: str, words: str) -> BadSeismicInput:
    return BadSeismicInput(field, words, reason_key=key)
