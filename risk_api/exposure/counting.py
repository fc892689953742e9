"""From rasters of a run to counts per district: people, buildings, facilities, area, first arrival.

A run's cells and the cells of the exposure grid need not match. Every wet cell of the run is split into small
squares; a square belongs to the exposure cell and to the district that its centre lies in. People of an
exposure cell are taken as evenly spread over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from risk_api.exposure.schemes import FOOTPRINT_DEPTH_M, SCHEMES, Scheme

if TYPE_CHECKING:
    from geodata import ExposureGrid, Grid, Region
    from risk_api.exposure.path import FlowPath

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SQUARE_M = 10.0
"""Side of the squares that wet cells are split into, m, at most."""


@dataclass(frozen=True, eq=False)
class Maxima:
    """Maxima of a run on its grid: depth (m), speed (m/s), product (m2/s), arrival (s, NaN = never)."""

    depth_m: Floats
    speed_m_s: Floats
    product_m2_s: Floats
    arrival_s: Floats


@dataclass(frozen=True, eq=False)
class _Squares:
    """Squares of the wet cells: their centres and the wet cell they belong to."""

    x: Floats
    y: Floats
    cell: Ints
    area_m2: float


def count_districts(
    region: "Region", grid: "Grid", maxima: Maxima, path: "FlowPath | None" = None
) -> list[dict[str, Any]]:
    """Counts per district, in the order of the region's districts, none left out.

    Parameters
    ----------
    region : Region
        Gives districts, people, buildings and facilities.
    grid : Grid
        Grid of the run.
    maxima : Maxima
        Results of the run, (ny, nx).
    path : FlowPath, optional
        The way of the flow: tells wet ground above a dam from wet ground below it.

    Returns
    -------
    list of dict
        `district`, `first_arrival_s` (first wet ground, None = not reached), `first_person_s` and
        `half_of_exposed_s` (when one person, and half of those exposed, have been reached; None = never),
        `area_m2`, `depth_max_m`, `speed_max_m_s`, under `dams` per dam on the way the wet area above and
        below it, and under `schemes` per scheme and class: `people`, `buildings`, `facilities`, `area_m2`.
    """
    rows, cols = np.nonzero(maxima.depth_m >= FOOTPRINT_DEPTH_M)
    squares = _split(grid, rows, cols)
    classes = {
        scheme.id: scheme.classify(
            maxima.depth_m[rows, cols], maxima.speed_m_s[rows, cols], maxima.product_m2_s[rows, cols]
        )
        for scheme in SCHEMES.values()
    }
    exposure = region.exposure_grid()
    cell_of_square = _exposure_cell(exposure, squares)
    arrival = maxima.arrival_s[rows, cols]
    along = None if path is None else path.along_m(squares.x, squares.y)
    counts = []
    for district_id, polygon in region.district_polygons().items():
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, squares.x, squares.y)
        cells = np.unique(squares.cell[inside])
        reached = cells.size > 0
        wet = _wet_cells(exposure, district_id, polygon, squares, inside, cell_of_square)
        counts.append(
            {
                "district": district_id,
                "area_m2": float(inside.sum() * squares.area_m2),
                "first_arrival_s": float(np.nanmin(arrival[cells])) if reached else None,
                **_inhabited_arrival(wet, arrival[squares.cell]),
                "dams": _sides(path, along, inside, squares.area_m2),
                "depth_max_m": float(maxima.depth_m[rows, cols][cells].max()) if reached else 0.0,
                "speed_max_m_s": float(maxima.speed_m_s[rows, cols][cells].max()) if reached else 0.0,
                "schemes": {
                    scheme.id: _by_class(scheme, classes[scheme.id], squares, inside, wet)
                    for scheme in SCHEMES.values()
                },
            }
        )
    _add_facilities(region, grid, maxima, counts)
    return counts


def _inhabited_arrival(wet: "_WetCells", arrival_of_square: Floats) -> dict[str, float | None]:
    """When the first person, and half of those exposed, have been reached."""
    people = wet.people[wet.cell] * wet.share_of_square
    arrival = arrival_of_square[wet.squares]
    order = np.argsort(arrival, kind="stable")
    reached = np.cumsum(people[order])
    times: dict[str, float | None] = {"first_person_s": None, "half_of_exposed_s": None}
    if reached.size and reached[-1] >= 1.0:
        times["first_person_s"] = float(arrival[order][np.searchsorted(reached, 1.0)])
        times["half_of_exposed_s"] = float(arrival[order][np.searchsorted(reached, 0.5 * reached[-1])])
    return times


def _sides(
    path: "FlowPath | None", along_m: Floats | None, inside: NDArray[np.bool_], area_m2: float
) -> dict[str, dict[str, float]]:
    """Wet area of a district above and below each dam on the way of the flow."""
    if path is None or along_m is None:
        return {}
    mine = along_m[inside]
    return {
        dam_id: {
            "above_m2": float((mine <= at).sum() * area_m2),
            "below_m2": float((mine > at).sum() * area_m2),
        }
        for dam_id, at in path.dams.items()
    }


def _split(grid: "Grid", rows: Ints, cols: Ints) -> _Squares:
    size = grid.cell_size_m
    per_side = max(1, int(np.ceil(size / SQUARE_M)))
    offset = (np.arange(per_side) + 0.5) / per_side
    dx, dy = (axis.ravel() for axis in np.meshgrid(offset, offset))
    x = grid.transform.c + (cols[:, None] + dx[None, :]) * size
    y = grid.transform.f - (rows[:, None] + dy[None, :]) * size
    cell = np.repeat(np.arange(rows.size), per_side**2)
    return _Squares(x.ravel(), y.ravel(), cell, (size / per_side) ** 2)


def _exposure_cell(exposure: "ExposureGrid", squares: _Squares) -> Ints:
    """Key (row * 2^32 + col) of the exposure cell of each square."""
    size = exposure.cell_size_m
    col = np.floor((squares.x - exposure.transform.c) / size).astype(np.int64)
    row = np.floor((exposure.transform.f - squares.y) / size).astype(np.int64)
    return (row << 32) + col


@dataclass(frozen=True, eq=False)
class _WetCells:
    """Exposure cells of one district that hold wet squares: who is there, and which squares lie in which."""

    people: Floats
    buildings: Floats
    squares: Ints
    cell: Ints
    share_of_square: Floats


def _wet_cells(
    exposure: "ExposureGrid",
    district_id: str,
    polygon: shapely.Geometry,
    squares: _Squares,
    inside: NDArray[np.bool_],
    cell_of_square: Ints,
) -> _WetCells:
    mine = exposure.district == district_id
    keys = (exposure.row[mine].astype(np.int64) << 32) + exposure.col[mine].astype(np.int64)
    order = np.argsort(keys)
    keys = keys[order]
    index = np.flatnonzero(inside)
    found = np.searchsorted(keys, cell_of_square[index])
    known = (found < keys.size) & (keys[np.minimum(found, keys.size - 1)] == cell_of_square[index])
    cells, cell = np.unique(found[known], return_inverse=True)
    ground = _area_inside(exposure, keys[cells], polygon)
    wet = np.bincount(cell, minlength=cells.size) * squares.area_m2
    # The people of a cell live on the part of it that lies in their district. That part is sampled by other
    # points than the squares, so that a wholly wet part may come out a little above it: never more than all.
    share = squares.area_m2 / np.maximum(ground, wet)
    return _WetCells(
        exposure.people[mine][order][cells],
        exposure.buildings[mine][order][cells],
        index[known],
        cell,
        share[cell],
    )


def _area_inside(exposure: "ExposureGrid", keys: Ints, polygon: shapely.Geometry) -> Floats:
    """Area of exposure cells inside a polygon, m2, by a hundred points each."""
    size = exposure.cell_size_m
    offset = (np.arange(10) + 0.5) / 10.0
    dx, dy = (axis.ravel() for axis in np.meshgrid(offset, offset))
    row, col = keys >> 32, keys & 0xFFFFFFFF
    x = exposure.transform.c + (col[:, None] + dx) * size
    y = exposure.transform.f - (row[:, None] + dy) * size
    return np.asarray(shapely.contains_xy(polygon, x, y).mean(axis=1) * size**2)


def _by_class(
    scheme: Scheme,
    class_of_cell: NDArray[np.int8],
    squares: _Squares,
    inside: NDArray[np.bool_],
    wet: _WetCells,
) -> dict[str, dict[str, float]]:
    class_of_square = class_of_cell[squares.cell]
    result: dict[str, dict[str, float]] = {}
    for index, name in enumerate(scheme.classes):
        chosen = class_of_square[wet.squares] == index
        share = wet.share_of_square[chosen]
        cell = wet.cell[chosen]
        result[name] = {
            "people": float((wet.people[cell] * share).sum()),
            "buildings": float((wet.buildings[cell] * share).sum()),
            "facilities": 0,
            "area_m2": float(((class_of_square == index) & inside).sum() * squares.area_m2),
        }
    return result


def _add_facilities(region: "Region", grid: "Grid", maxima: Maxima, counts: list[dict[str, Any]]) -> None:
    polygons = region.district_polygons()
    by_district: Mapping[str, dict[str, Any]] = {count["district"]: count for count in counts}
    for feature in region.features("facilities"):
        lon, lat = feature["geometry"]["coordinates"][:2]
        x, y = region.to_metric(lon, lat)
        if not grid.contains(x, y):
            continue
        row, col = grid.index_of(x, y)
        if maxima.depth_m[row, col] < FOOTPRINT_DEPTH_M:
            continue
        cell = np.s_[row : row + 1, col : col + 1]
        for district_id, polygon in polygons.items():
            if not shapely.contains_xy(polygon, x, y):
                continue
            for scheme in SCHEMES.values():
                index = scheme.classify(
                    maxima.depth_m[cell], maxima.speed_m_s[cell], maxima.product_m2_s[cell]
                )[0, 0]
                by_district[district_id]["schemes"][scheme.id][scheme.classes[index]]["facilities"] += 1
            break
