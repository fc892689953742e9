"""What must hold between the layers of a region before any answer is given from it."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import shapely

from geodata.crs import from_lonlat
from geodata.dams import DamSite
from geodata.errors import LayerInvalid
from geodata.region_file import LayerFile
from geodata.rivers import River
from geodata.scenarios import Scenario

CLOGGING = ("clogging_largest_share", "clogging_solids_m3_per_m2")
"""Assumptions that say how openings clog."""

# Digitised borders overlap by slivers; more than this of the smaller district is a mistake.
OVERLAP_SHARE = 0.01


def metric(geometry: Mapping[str, Any], crs: str) -> shapely.Geometry:
    """A GeoJSON geometry in the region's metric CRS."""
    shape = shapely.geometry.shape(geometry)
    return shapely.transform(shape, lambda xy: np.column_stack(from_lonlat(xy[:, 0], xy[:, 1], crs)))


def check_districts(layer: LayerFile, features: list[dict[str, Any]], crs: str) -> None:
    """Districts have people or none, an area, and overlap by no more than slivers.

    Raises
    ------
    LayerInvalid
    """
    if not features:
        raise LayerInvalid(layer.name, layer.path.name, "", "holds no district")
    shapes = {}
    for feature in features:
        if feature["geometry"] is None:
            raise LayerInvalid(layer.name, layer.path.name, "geometry", f"{feature['id']!r} has none")
        for field in ("population", "buildings"):
            value = feature["properties"].get(field)
            if value is not None and value < 0:
                raise LayerInvalid(
                    layer.name,
                    layer.path.name,
                    field,
                    f"is {value} in {feature['id']!r}; people are 0 or more",
                )
        shapes[feature["id"]] = metric(feature["geometry"], crs)
    for (one, a), (other, b) in combinations(shapes.items(), 2):
        if not a.intersects(b):
            continue
        overlap = float(a.intersection(b).area)
        share = overlap / min(float(a.area), float(b.area))
        if share > OVERLAP_SHARE:
            raise LayerInvalid(
                layer.name,
                layer.path.name,
                "geometry",
                f"{one!r} and {other!r} overlap by {overlap:.0f} m2, {share:.1%} of the smaller; "
                f"allowed are slivers of {OVERLAP_SHARE:.0%}",
            )


def check_rivers(layer: LayerFile, rivers: Mapping[str, River]) -> None:
    """Every river that another joins is there."""
    for river in rivers.values():
        if river.joins is not None and river.joins[0] not in rivers:
            raise LayerInvalid(
                layer.name, layer.path.name, "joins",
                f"{river.id!r} joins {river.joins[0]!r}, which is not one of {', '.join(rivers)}",
            )  # fmt: skip


def check_dams(
    layer: LayerFile, dams: Mapping[str, DamSite], rivers: Mapping[str, River], crs: str, cell_size_m: float
) -> None:
    """Every dam stands in a river that is there, and no two on one cell of the region's own runs."""
    for dam in dams.values():
        if dam.river not in rivers:
            raise LayerInvalid(
                layer.name, layer.path.name, "river",
                f"{dam.id!r} stands in {dam.river!r}, which is not one of {', '.join(rivers)}",
            )  # fmt: skip
    for one, other in combinations(dams.values(), 2):
        if one.river != other.river:
            continue
        apart = abs(_chainage_m(one, rivers, crs) - _chainage_m(other, rivers, crs))
        if apart < cell_size_m:
            raise LayerInvalid(
                layer.name, layer.path.name, "chainage_m",
                f"{one.id!r} and {other.id!r} stand on one cell: {apart:.0f} m apart along {one.river!r}, "
                f"with cells of {cell_size_m:g} m",
            )  # fmt: skip


def check_clogging(layer: LayerFile, dams: Mapping[str, DamSite], assumptions: Mapping[str, Any]) -> None:
    """A region with openings that clog says how."""
    clogging = [dam.id for dam in dams.values() if any(opening.clogs for opening in dam.openings)]
    missing = [id for id in CLOGGING if id not in assumptions]
    if clogging and missing:
        raise LayerInvalid(
            layer.name, layer.path.name, f"{clogging[0]}.openings",
            f"clog, which needs the assumptions {' and '.join(missing)}",
        )  # fmt: skip


def _chainage_m(dam: DamSite, rivers: Mapping[str, River], crs: str) -> float:
    if dam.chainage_m is not None:
        return dam.chainage_m
    x, y = from_lonlat(dam.lon, dam.lat, crs)
    return rivers[dam.river].nearest(float(x), float(y))[0]


def check_scenarios(
    layer: LayerFile,
    scenarios: Mapping[str, Scenario],
    rivers: Mapping[str, River],
    bounds: tuple[float, float, float, float],
    crs: str,
) -> None:
    """Every scenario starts in a known river, on the terrain."""
    west, south, east, north = bounds
    for scenario in scenarios.values():
        if scenario.river not in rivers:
            raise LayerInvalid(
                layer.name, layer.path.name, f"{scenario.id}.river",
                f"{scenario.river!r} is not one of {', '.join(rivers)}",
            )  # fmt: skip
        x, y = from_lonlat(scenario.lon, scenario.lat, crs)
        if not (west < float(x) < east and south < float(y) < north):
            raise LayerInvalid(
                layer.name, layer.path.name, f"{scenario.id}.lon",
                f"({scenario.lon}, {scenario.lat}) lies outside the terrain: x {west:.0f} to {east:.0f}, "
                f"y {south:.0f} to {north:.0f} in {crs}, the release at ({float(x):.0f}, {float(y):.0f})",
            )  # fmt: skip
