"""How much more a crest shakes than flat ground: Eurocode 8, part 5, annex A.

The code gives one factor for all periods, for slopes steeper than 15 degrees and higher than 30 m: at least
1.2 near the top of a slope, 1.2 on ridges of 15 to 30 degrees and 1.4 on steeper ones, a fifth more where
the surface is loose, falling linearly to 1.0 at the base. Standard values, unverified. Terrain coarser than
100 m halves the real slopes: there the factor is not for use, and `factor_on_terrain` refuses.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from risk_api.seismic.errors import beyond

Floats = NDArray[np.float64]
GENTLEST_DEG: Final = 15.0
STEEP_DEG: Final = 30.0
LOWEST_M: Final = 30.0
LOOSE: Final = 1.2
COARSEST_TERRAIN_M: Final = 100.0


def topographic_factor(
    slope_deg: ArrayLike,
    relief_m: ArrayLike,
    height_share: ArrayLike,
    ridge: ArrayLike,
    loose: ArrayLike = False,
) -> Floats:
    """Factor on accelerations and velocities, 1 to 1.68.

    Parameters
    ----------
    slope_deg : array_like
        Mean slope of the hillside, degrees.
    relief_m : array_like
        Height of the hillside from base to crest, m.
    height_share : array_like
        Where on it the site stands, 0 at the base to 1 at the crest.
    ridge : array_like of bool
        Whether the crest is much narrower than its base; else it is the edge of a slope.
    loose : array_like of bool
        Whether the surface layer is loose.
    """
    slope = np.asarray(slope_deg, dtype=np.float64)
    crest = np.where(np.asarray(ridge) & (slope > STEEP_DEG), 1.4, 1.2)
    crest = crest * np.where(np.asarray(loose), LOOSE, 1.0)
    share = np.clip(np.asarray(height_share, dtype=np.float64), 0.0, 1.0)
    applies = (slope > GENTLEST_DEG) & (np.asarray(relief_m) > LOWEST_M)
    return np.where(applies, 1.0 + (crest - 1.0) * share, 1.0)


def factor_on_terrain(elevation_m: Floats, cell_size_m: float, reach_m: float = 500.0) -> Floats:
    """Factor of every cell of a terrain, from the hillside within `reach_m` of it.

    A hillside is what lies between the lowest and the highest ground within reach; its slope is the mean of
    the slopes there; a site is on a ridge where the ground falls away on both sides of it along a row, a
    column or a diagonal by at least half the relief. The reach is a choice of this project, 200 to 1000 m
    being as good.

    Parameters
    ----------
    elevation_m : ndarray, (ny, nx)
        Row 0 north, without gaps.
    cell_size_m : float
        At most 100 m.

    Raises
    ------
    BadSeismicInput
        If the terrain is coarser than 100 m.
    """
    if not 0.0 < cell_size_m <= COARSEST_TERRAIN_M:
        raise beyond("cell_size_m", cell_size_m, 0.0, COARSEST_TERRAIN_M)
    steps = max(1, round(reach_m / cell_size_m))
    size = 2 * steps + 1
    lowest = ndimage.minimum_filter(elevation_m, size=size, mode="nearest")
    highest = ndimage.maximum_filter(elevation_m, size=size, mode="nearest")
    relief = highest - lowest
    down, across = np.gradient(elevation_m, cell_size_m)
    slope = ndimage.uniform_filter(np.degrees(np.arctan(np.hypot(down, across))), size=size, mode="nearest")
    share = np.divide(elevation_m - lowest, relief, out=np.zeros_like(relief), where=relief > 0.0)
    padded = np.pad(elevation_m, steps, mode="edge")
    ny, nx = elevation_m.shape
    ridge = np.zeros(elevation_m.shape, dtype=bool)
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        sides = (
            padded[steps + sign * dy * steps :, steps + sign * dx * steps :][:ny, :nx] for sign in (-1, 1)
        )
        falls = [elevation_m - side >= 0.5 * relief for side in sides]
        ridge |= falls[0] & falls[1]
    return topographic_factor(slope, relief, share, ridge)
