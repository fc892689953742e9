"""Square cells over a region, and the ground under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.region_vs30 import RegionVs30

if TYPE_CHECKING:
    from geodata import Grid, Region

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Cells whose centres lie on the terrain of a region.

    Attributes
    ----------
    grid : Grid
        Its values are vs30, m/s.
    lon, lat : ndarray, (ny, nx)
        Centres, degrees.
    """

    grid: Grid
    lon: Floats
    lat: Floats

    @classmethod
    def of(cls, region: Region, cell_size_m: float, vs30: RegionVs30) -> Cells:
        """Cells of a size over the whole region, from its north-west corner; whole cells only."""
        from affine import Affine

        from geodata import Grid

        west, south, east, north = region.bounds
        nx = max(1, int((east - west) // cell_size_m))
        ny = max(1, int((north - south) // cell_size_m))
        x = west + (np.arange(nx) + 0.5) * cell_size_m
        y = north - (np.arange(ny) + 0.5) * cell_size_m
        lon, lat = region.to_lonlat(*(axis.ravel() for axis in np.meshgrid(x, y)))
        transform = Affine(cell_size_m, 0.0, west, 0.0, -cell_size_m, north)
        ground = Grid(vs30.at(lon, lat).reshape(ny, nx), transform, region.crs)
        return cls(ground, lon.reshape(ny, nx), lat.reshape(ny, nx))
