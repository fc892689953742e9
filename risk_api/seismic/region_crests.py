"""How much more the crests of a region shake, where its terrain is fine enough to know."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.topography import COARSEST_TERRAIN_M, factor_on_terrain

if TYPE_CHECKING:
    from geodata import Grid, Region

Floats = NDArray[np.float64]
_CELL_M: Final = 90.0
"""Hillsides are hundreds of metres wide: finer cells would only cost time."""
_SITE_M: Final = 300.0
"""A site stands for the ground around it, not for one crest: the factor is a mean over cells of this side."""


class RegionCrests:
    """Topographic amplification of one region, read from its terrain once.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self._region = region

    @property
    def known(self) -> bool:
        """Whether the terrain shows hillsides as steep as they are: at most 100 m, measured and kept."""
        resolution_m = self._region.terrain_quality.get("resolution_m") or np.inf
        return max(float(resolution_m), self._region.run_cell_size_m) <= COARSEST_TERRAIN_M

    @cached_property
    def grid(self) -> Grid:
        """Factor on accelerations and velocities, means over cells of 300 m, 1 to 1.4.

        Raises
        ------
        BadSeismicInput
            If the terrain is coarser than 100 m.
        """
        terrain = self._region.terrain(max(_CELL_M, self._region.run_cell_size_m))
        factor = terrain.like(factor_on_terrain(terrain.values, terrain.cell_size_m))
        ny, nx = factor.shape
        side_m = min(_SITE_M, min(ny, nx) * factor.cell_size_m)
        return factor.resample(side_m)

    def at(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Factor at points, of their shape; 1 everywhere on a terrain that is too coarse to tell."""
        lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if not self.known:
            return np.ones(lons.shape)
        x, y = self._region.to_metric(lons, lats)
        found = self.grid.sample(np.asarray(x), np.asarray(y))
        return np.where(np.isnan(found), 1.0, found).reshape(lons.shape)
