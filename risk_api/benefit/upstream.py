"""People above a dam, and people in any of several footprints, each counted once.

A dam does nothing for those who are upstream of it; its pool may even reach them. They are counted from the
rasters of the runs, on the ground that lies above the dam on the way of the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from risk_api.benefit.tally import DistrictTally, tally_of
from risk_api.exposure.counting import Maxima, count_districts
from risk_api.exposure.path import FlowPath
from risk_api.exposure.schemes import FOOTPRINT_DEPTH_M, SCHEMES

if TYPE_CHECKING:
    from geodata import Grid, Region, Scenario
    from risk_api.runs import Run

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_LAYERS = ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s")


def people_above(
    region: Region, scenario: Scenario, dam_id: str, run: Run, scheme_id: str
) -> dict[str, DistrictTally]:
    """Return the people of each district that a run reaches on ground above a dam's axis.

    Parameters
    ----------
    region : Region
    scenario : Scenario
        The run's.
    dam_id : str
        A dam on its way, standing or not.
    run : Run
    scheme_id : str
    """
    from geodata import Grid

    path = FlowPath.of(region, scenario)
    depth, speed, product, arrival = (Grid.read(run.raster_path(layer)) for layer in _LAYERS)
    kept = _above(path, path.dams[dam_id], depth, depth.values >= FOOTPRINT_DEPTH_M)
    maxima = Maxima(np.where(kept, depth.values, 0.0), speed.values, product.values, arrival.values)
    counts = count_districts(region, depth, maxima)
    return {count["district"]: tally_of(count, SCHEMES[scheme_id]) for count in counts}


def people_in_any(region: Region, runs: Sequence[Run], scheme_id: str) -> dict[str, float]:
    """Return the people of each district in the footprint of at least one of the runs, each once.

    Runs of separate basins can reach the same streets; adding their counts would count those people twice.

    Parameters
    ----------
    region : Region
    runs : sequence of Run
        On one grid.
    scheme_id : str
    """
    from geodata import Grid

    deepest: Grid | None = None
    for run in {run.id: run for run in runs}.values():
        depth = Grid.read(run.raster_path("depth_max_m"))
        # One raster at a time: a dozen runs of a whole region would not fit a small machine.
        deepest = depth if deepest is None else depth.like(np.maximum(deepest.values, depth.values))
    if deepest is None:
        return {}
    # Who is in the footprint is a matter of depth alone; classes and times of a mixture would mean nothing.
    still = np.zeros_like(deepest.values)
    counts = count_districts(region, deepest, Maxima(deepest.values, still, still, still))
    return {count["district"]: tally_of(count, SCHEMES[scheme_id]).exposed for count in counts}


def _above(path: FlowPath, at_m: float, grid: Grid, wet: Mask) -> Mask:
    """Of the wet cells those whose nearest point of the way lies above the dam."""
    rows, cols = np.nonzero(wet)
    x: Floats = np.asarray(grid.transform.c + (cols + 0.5) * grid.cell_size_m, dtype=np.float64)
    y: Floats = np.asarray(grid.transform.f - (rows + 0.5) * grid.cell_size_m, dtype=np.float64)
    kept = np.zeros_like(wet)
    above = path.along_m(x, y) <= at_m
    kept[rows[above], cols[above]] = True
    return kept
