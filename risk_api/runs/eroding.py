"""What a flow can take from the gorge it runs through, and what is said of it after the run."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dam_models import ErodibleBed, FlowResult
from geodata.catchments import mouth_of
from geodata.course_raster import course_cells

if TYPE_CHECKING:
    from geodata import Grid, Region, River

Floats = NDArray[np.float64]

SLOPE_OVER_M = 500.0
"""Stretch of a river over which its slope is taken, m: below, rounded bed levels would decide."""


def erodible_of(region: "Region", grid: "Grid", values: Mapping[str, Any]) -> ErodibleBed | None:
    """The bed that a run's flow can take; None where the scenario releases the mudflow ready-made.

    Depth is limited by what lies there alone, not by the shear as well: the limit measured in the Illgraben
    (0.1 m per kPa) belongs to erosion of up to some metres, the volume per metre of gorge taken here to tens.

    Parameters
    ----------
    region : Region
    grid : Grid
        Grid of the run.
    values : mapping
        Content of a `RunSpec`.
    """
    erosion = values.get("entrainment")
    if erosion is None:
        return None
    return ErodibleBed(
        erodible_depth_m(region, grid, values["scenario"], erosion),
        critical_shear_pa=erosion["critical_shear_pa"],
        depth_per_shear_m_kpa=math.inf,
        rate_m_s=erosion["rate_m_s"],
        bed_solids=erosion["bed_solids"],
        saturation=erosion["saturation"],
        solids_cap=erosion["solids_cap"],
    )


def erodible_depth_m(
    region: "Region", grid: "Grid", scenario: Mapping[str, Any], erosion: Mapping[str, float]
) -> Floats:
    """Depth of loose bed along the flow's way, m.

    The courses from the release to the gorge's mouth, a valley floor wide, hold so many cubic metres per
    metre wherever they are steep enough. The bowls of dams hold none, whether or not a dam stands: strategies
    of one scenario start from the same bed.
    """
    depth = np.zeros(grid.shape)
    x, y = region.to_metric(scenario["lon"], scenario["lat"])
    bowls = np.zeros(grid.shape, dtype=bool)
    for dam_id in region.dams_downstream(scenario["river"], x, y):
        site = region.place_dam(dam_id, grid)
        bowls |= site.pool
        bowls[site.rows, site.cols] = True
    for river_id, start_m in region.path_downstream(scenario["river"], x, y):
        river = region.course(river_id)
        cells = course_cells(grid, river)
        steep = _slope(river, cells.chainage_m) >= erosion["slope_min"]
        inside = (cells.chainage_m >= start_m) & (cells.chainage_m <= mouth_of(river))
        chosen = steep & inside & ~bowls[cells.rows, cells.cols]
        if not chosen.any():
            continue
        # So that the volume per metre is right however many cells the course is counted in.
        length_m = float(np.gradient(cells.chainage_m)[chosen].sum())
        corridor = _widened(cells.rows[chosen], cells.cols[chosen], grid, erosion["width_m"]) & ~bowls
        volume_m3 = erosion["volume_m3_per_m"] * length_m
        depth[corridor] = volume_m3 / (int(corridor.sum()) * grid.cell_size_m**2)
    return depth


def _slope(river: "River", chainage_m: Floats) -> Floats:
    before = np.maximum(chainage_m - SLOPE_OVER_M / 2.0, river.chainage_m[0])
    after = np.minimum(chainage_m + SLOPE_OVER_M / 2.0, river.length_m)
    fall = np.interp(before, river.chainage_m, river.bed_elevation_m) - np.interp(
        after, river.chainage_m, river.bed_elevation_m
    )
    return np.asarray(fall / (after - before))


def _widened(
    rows: NDArray[np.int64], cols: NDArray[np.int64], grid: "Grid", width_m: float
) -> NDArray[np.bool_]:
    """Cells of a line and those beside it within half a width; a line is at least one cell wide."""
    reach = max(0, round((width_m / grid.cell_size_m - 1.0) / 2.0))
    inside = np.zeros(grid.shape, dtype=bool)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            r, c = rows + down, cols + right
            kept = (r >= 0) & (r < grid.shape[0]) & (c >= 0) & (c < grid.shape[1])
            inside[r[kept], c[kept]] = True
    return inside


def bulking_summary(
    water_m3: float, released_m3: float, result: FlowResult, erodible: ErodibleBed | None
) -> dict[str, Any]:
    """How water became mudflow in a run: what was released, what it grew to, what the solids cap did.

    Parameters
    ----------
    water_m3 : float
        Water of the scenario, clear of solids.
    released_m3 : float
        What was poured out: the water, or the mudflow ready-made.
    result : FlowResult
    erodible : ErodibleBed or None
        Bed of the run.
    """
    record = result.entrainment
    if record is None or erodible is None:
        return {
            "kind": "fixed",
            "water_m3": round(water_m3, 1),
            "bulked_m3": round(released_m3, 1),
            "factor": round(released_m3 / water_m3, 2),
        }
    bulked_m3 = released_m3 + record.entrained_m3
    largest_m3 = erodible.largest_mixture_m3(released_m3)
    return {
        "kind": "entrainment",
        "water_m3": round(water_m3, 1),
        "bulked_m3": round(bulked_m3, 1),
        "factor": round(bulked_m3 / water_m3, 2),
        "entrained_m3": round(record.entrained_m3, 1),
        "entrained_solids_m3": round(record.entrained_solids_m3, 1),
        "entrained_water_m3": round(record.entrained_m3 - record.entrained_solids_m3, 1),
        "largest_erosion_m": round(float(-result.bed_change_m.min()), 2),
        "largest_solids_fraction": round(record.largest_solids_fraction, 4),
        "solids_cap": erodible.solids_cap,
        "cap_bound": record.cap_bound,
        "cap_first_s": round(record.cap_first_s, 1) if record.cap_bound else None,
        "cap_bound_cells": record.cap_bound_cells,
        "eroded_cells": record.eroded_cells,
        "largest_possible_m3": round(largest_m3, 1) if math.isfinite(largest_m3) else None,
    }
