"""People above a dam, and people in any of several footprints, each counted once.

A dam does nothing for those who are upstream of it; its pool may even reach them. They are counted from the
rasters of the runs, on the ground that lies above the dam on the way of the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    path = FlowPath.of(region, scenario)
    at = path.dams[dam_id]
    return _counted(region, [run], scheme_id, lambda grid, wet: _above(path, at, grid, wet))


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
    found = _counted(region, runs, scheme_id, lambda grid, wet: wet)
    return {district: tally.exposed for district, tally in found.items()}


def _counted(
    region: Region, runs: Sequence[Run], scheme_id: str, keep: Callable[[Grid, Mask], Mask]
) -> dict[str, DistrictTally]:
    from geodata import Grid

    unique = list({run.id: run for run in runs}.values())
    layers = {layer: [Grid.read(run.raster_path(layer)) for run in unique] for layer in _LAYERS}
    grid = layers["depth_max_m"][0]
    depth, speed, product = (
        np.maximum.reduce([one.values for one in layers[layer]]) for layer in _LAYERS[:3]
    )
    arrival = np.fmin.reduce([one.values for one in layers["arrival_s"]])
    kept = keep(grid, depth >= FOOTPRINT_DEPTH_M)
    maxima = Maxima(np.where(kept, depth, 0.0), speed, product, arrival)
    return {
        count["district"]: tally_of(count, SCHEMES[scheme_id])
        for count in count_districts(region, grid, maxima)
    }


def _above(path: FlowPath, at_m: float, grid: Grid, wet: Mask) -> Mask:
    """Of the wet cells those whose nearest point of the way lies above the dam."""
    rows, cols = np.nonzero(wet)
    x: Floats = np.asarray(grid.transform.c + (cols + 0.5) * grid.cell_size_m, dtype=np.float64)
    y: Floats = np.asarray(grid.transform.f - (rows + 0.5) * grid.cell_size_m, dtype=np.float64)
    kept = np.zeros_like(wet)
    above = path.along_m(x, y) <= at_m
    kept[rows[above], cols[above]] = True
    return kept
