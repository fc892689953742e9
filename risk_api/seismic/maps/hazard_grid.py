"""Hazard on a grid of 1 km, computed once and kept: minutes of work, read in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from risk_api import __version__
from risk_api.seismic.gmm import Sites
from risk_api.seismic.hazard import almaty_sources, almaty_tree, hazard
from risk_api.seismic.hazard.curves import SITES_AT_ONCE
from risk_api.seismic.hazard.places import ROCK, SITE
from risk_api.seismic.hazard.question import DEFAULT_PERIODS
from risk_api.seismic.maps.cells import Cells
from risk_api.seismic.maps.raster_set import RasterSet, RasterSets, key_of
from risk_api.seismic.measures import MEASURES
from risk_api.seismic.region_vs30 import ROCK_M_S, RegionVs30

if TYPE_CHECKING:
    from geodata import Region

CELL_M: Final = 1000.0
VERSION: Final = 2
"""Raised whenever the same sources would give other numbers."""

#: Rasters of a grid: a measure and a return period each, and the ground.
LAYERS: Final = (
    *(f"{measure.field}_{period:g}" for period in DEFAULT_PERIODS for measure in MEASURES),
    "vs30_m_s",
)

Progress = Callable[[float, str], None]


def grid_inputs(region: Region, ground: str) -> dict[str, Any]:
    """Return what a grid is made from; its id is the hash of it."""
    return {
        "kind": "hazard",
        "version": VERSION,
        "region": {"id": region.id, "version": region.version},
        "ground": ground,
        "cell_size_m": CELL_M,
        "return_periods_years": list(DEFAULT_PERIODS),
        "branches": {branch.id: branch.share for branch in almaty_tree().branches},
        "ruptures": sum(len(almaty_sources().groups[name]) for name in almaty_tree().used),
    }


def find_grid(region: Region, sets: RasterSets, ground: str) -> RasterSet | None:
    """Return the grid of a ground, rock or site, None where it is not made."""
    return sets.find(key_of(grid_inputs(region, ground)))


def make_grid(
    region: Region, sets: RasterSets, ground: str, vs30: RegionVs30, progress: Progress
) -> RasterSet:
    """Compute the mean hazard on cells of 1 km and keep it.

    Parameters
    ----------
    region : Region
    sets : RasterSets
        Where it is kept.
    ground : {"rock", "site"}
    vs30 : RegionVs30
    progress : callable
        Told the share that is done.
    """
    cells = Cells.of(region, CELL_M, vs30)
    speed = np.full(cells.lon.size, ROCK_M_S) if ground == ROCK else cells.grid.values.ravel()
    lon, lat = cells.lon.ravel(), cells.lat.ravel()
    found = np.empty((len(DEFAULT_PERIODS), len(MEASURES), len(lon)))
    for start in range(0, len(lon), SITES_AT_ONCE):
        part = slice(start, start + SITES_AT_ONCE)
        curves = hazard(lon[part], lat[part], Sites.of(speed[part]))
        for row, period in enumerate(DEFAULT_PERIODS):
            found[row, :, part] = curves.level(period)
        progress(min(1.0, (start + SITES_AT_ONCE) / len(lon)), "")
    inputs = grid_inputs(region, ground)
    layers = {
        f"{measure.field}_{period:g}": cells.grid.like(found[row, column].reshape(cells.grid.shape))
        for row, period in enumerate(DEFAULT_PERIODS)
        for column, measure in enumerate(MEASURES)
    }
    return sets.write(
        key_of(inputs), {**layers, "vs30_m_s": _ground(cells, ground)}, _document(inputs, cells)
    )


def _ground(cells: Cells, ground: str) -> Any:
    return cells.grid if ground == SITE else cells.grid.like(np.full(cells.grid.shape, ROCK_M_S))


def _document(inputs: Mapping[str, Any], cells: Cells) -> dict[str, Any]:
    return {
        "inputs": dict(inputs),
        "crs": cells.grid.crs,
        "bounds": list(cells.grid.bounds),
        "cell_size_m": CELL_M,
        "sites": int(cells.lon.size),
        "software": f"selrisk {__version__}",
    }
