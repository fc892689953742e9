"""The ground under a site: vs30 from slope, from the figures of a district, or measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import BadSeismicInput

Floats = NDArray[np.float64]

#: Slope (m/m, of terrain averaged to 30 arc-seconds) and vs30 (m/s) in active regions: Wald and Allen
#: (2007), BSSA 97(5), 1379-1395, table 1, as cited; against the USGS grid of the region r = 0.963, median
#: ratio 1.00.
WALD_ALLEN_2007: Final = (
    (1e-4, 180.0),
    (2.2e-3, 240.0),
    (6.3e-3, 300.0),
    (0.018, 360.0),
    (0.050, 490.0),
    (0.10, 620.0),
    (0.138, 760.0),
)
#: The same for terrain of 3 to 9 arc-seconds: Allen and Wald (2009), BSSA 99(2A); standard values,
#: unverified.
ALLEN_WALD_2009: Final = (
    (3e-4, 180.0),
    (3.5e-3, 240.0),
    (0.010, 300.0),
    (0.024, 360.0),
    (0.08, 490.0),
    (0.14, 620.0),
    (0.20, 760.0),
)
LOESS_CEILING_M_S: Final = 450.0
"""Slopes of loess read as rock; the foothill benches of Almaty are not."""
COARSEST_TERRAIN_M: Final = 470.0
"""15 arc-seconds, two cells a side: medians of the districts from GEBCO at 400 m lie within 3 % of those from
SRTM3. Coarser terrain has no mean over 30 arc-seconds; there the figures of the districts hold."""
_M_PER_ARC_SECOND: Final = 30.87


def vs30_from_slope(slope: ArrayLike, table: tuple[tuple[float, float], ...] = WALD_ALLEN_2007) -> Floats:
    """Mean velocity of the upper 30 m, m/s, from the slope of the ground.

    Parameters
    ----------
    slope : array_like
        Rise over run of terrain averaged to the table's resolution, at least 0.
    table : pairs of slope and vs30
        Between them vs30 is linear in the logarithm of the slope; beyond them the end values hold.
    """
    slopes, velocities = np.array(table).T
    steep = np.log(np.maximum(np.asarray(slope, dtype=np.float64), 1e-9))
    return np.asarray(np.interp(steep, np.log(slopes), velocities))


def slope_at_30_arc_seconds(
    elevation_m: Floats, cell_size_m: float, latitude_deg: float, resolution_m: float
) -> Floats:
    """Slope of terrain averaged to 30 arc-seconds, m/m, given back on the cells that it came from.

    Parameters
    ----------
    elevation_m : ndarray, (ny, nx)
        Row 0 north; NaN where unknown.
    cell_size_m : float
        Side of the square cells, m.
    latitude_deg : float
        Of the terrain's middle: 30 arc-seconds of longitude are shorter there.
    resolution_m : float
        Of the source; its cells may have been made smaller since.

    Raises
    ------
    BadSeismicInput
        If the terrain is coarser than `COARSEST_TERRAIN_M`, or fewer than two blocks fit each way.
    """
    coarser = float(np.maximum(cell_size_m, resolution_m))  # not a number stays not a number
    if not 0.0 < coarser <= COARSEST_TERRAIN_M:
        raise BadSeismicInput(
            "resolution_m",
            f"terrain of {coarser:g} m has no slope at 30 arc-seconds",
            reason_key="terrain_too_coarse",
            cell=f"{coarser:g}",
        )
    block_y = 30.0 * _M_PER_ARC_SECOND
    block_x = block_y * float(np.cos(np.radians(latitude_deg)))
    rows, columns = max(1, round(block_y / cell_size_m)), max(1, round(block_x / cell_size_m))
    ny, nx = elevation_m.shape
    row_of, column_of = np.arange(ny) // rows, np.arange(nx) // columns
    count_y, count_x = int(row_of[-1]) + 1, int(column_of[-1]) + 1
    if min(count_y, count_x) < 2:
        raise BadSeismicInput(
            "elevation_m",
            "the terrain is smaller than two blocks of 30 arc-seconds",
            reason_key="terrain_too_small",
        )
    index = (row_of[:, None] * count_x + column_of[None, :]).ravel()
    known = np.isfinite(elevation_m).ravel()
    heights = np.bincount(index[known], elevation_m.ravel()[known], count_y * count_x)
    cells = np.bincount(index[known], minlength=count_y * count_x)
    mean = np.divide(heights, cells, out=np.full(heights.shape, np.nan), where=cells > 0)
    blocks = mean.reshape(count_y, count_x)
    # Blocks at the far edges may be cut; their centres then lie nearer.
    centre_y = np.bincount(row_of, np.arange(ny) + 0.5) / np.bincount(row_of) * cell_size_m
    centre_x = np.bincount(column_of, np.arange(nx) + 0.5) / np.bincount(column_of) * cell_size_m
    down, across = np.gradient(blocks, centre_y, centre_x)
    slope = np.hypot(down, across)
    return np.asarray(slope[row_of[:, None], column_of[None, :]])


@dataclass(frozen=True)
class DistrictGround:
    """vs30 of a district as read from a proxy over its area.

    Attributes
    ----------
    low_m_s, median_m_s, high_m_s : float
        5, 50 and 95 % of the area.
    built_up_m_s : float or None
        Where people live, if that differs from the area as a whole.
    """

    low_m_s: float
    median_m_s: float
    high_m_s: float
    built_up_m_s: float | None = None

    @property
    def typical_m_s(self) -> float:
        """What stands for the district when nothing finer is known: where people live."""
        return self.median_m_s if self.built_up_m_s is None else self.built_up_m_s


def vs30_of_districts(district_ids: NDArray[np.str_], ground: Mapping[str, DistrictGround]) -> Floats:
    """vs30 of sites by the district in which they lie, m/s.

    Raises
    ------
    BadSeismicInput
        If a site names a district without a figure.
    """
    names, back = np.unique(district_ids, return_inverse=True)
    for name in names.tolist():
        if name not in ground:
            raise BadSeismicInput(
                "district",
                f"there is no vs30 for {name!r}",
                tuple(ground),
                reason_key="no_ground",
                name=repr(name),
            )
    figures = np.array([ground[name].typical_m_s for name in names.tolist()])
    return np.asarray(figures[back].reshape(np.shape(district_ids)))


def cap_on_loess(vs30_m_s: Floats, loess: NDArray[np.bool_]) -> Floats:
    """The same ground with slopes of loess held at `LOESS_CEILING_M_S`."""
    return np.where(loess, np.minimum(vs30_m_s, LOESS_CEILING_M_S), vs30_m_s)
