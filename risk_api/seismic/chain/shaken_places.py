"""How hard an earthquake shakes the lakes and the dams of a region."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dam_models.shaking import LARGEST_PGA_G
from risk_api.seismic.errors import ModelRangeWarning
from risk_api.seismic.gmm import OutsideRange, Sites
from risk_api.seismic.measures import Measure
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.shaking import Shaking as Motion
from risk_api.seismic.shaking import shake

if TYPE_CHECKING:
    from geodata import Region

Floats = NDArray[np.float64]
QUANTILES: Final = 25
"""Equally likely accelerations that stand for the shaking at a place."""
PGA_STEP_G: Final = 0.01
"""PGA at dams is rounded to this: what is not told apart is one run."""


@dataclass(frozen=True)
class ShakenPlace:
    """Shaking of one place.

    Attributes
    ----------
    lon, lat, vs30_m_s : float
    pga_g : ndarray, (QUANTILES,)
        Equally likely values, ascending.
    p5_g, median_g, p95_g : float
    pgv_cm_s : float
        Median.
    """

    lon: float
    lat: float
    vs30_m_s: float
    pga_g: Floats
    p5_g: float
    median_g: float
    p95_g: float
    pgv_cm_s: float

    @property
    def at_dam_g(self) -> float:
        """Median, rounded, within what a dam's damage is judged for."""
        return round(min(self.median_g, LARGEST_PGA_G) / PGA_STEP_G) * PGA_STEP_G


@dataclass(frozen=True)
class ShakenRegion:
    """Places by id, and where models were asked beyond their range."""

    places: Mapping[str, ShakenPlace]
    outside: tuple[OutsideRange, ...]


def shaken_places(
    rupture: Rupture, points: Mapping[str, tuple[float, float]], vs30: RegionVs30
) -> ShakenRegion:
    """Shaking of points (longitude, latitude), on the ground that the terrain says they stand on."""
    lon, lat = (np.array([point[axis] for point in points.values()]) for axis in (0, 1))
    speed = vs30.at(lon, lat)
    with warnings.catch_warnings():
        # The marks stand in the answer.
        warnings.simplefilter("ignore", ModelRangeWarning)
        motion = shake(rupture, lon, lat, Sites.of(speed), measures=(Measure.PGA, Measure.PGV))
    middle = _values(motion, [100.0 * (number + 0.5) / QUANTILES for number in range(QUANTILES)])
    low, median, high = (motion.percentile(percent) for percent in (5.0, 50.0, 95.0))
    places = {
        name: ShakenPlace(
            float(lon[at]),
            float(lat[at]),
            float(speed[at]),
            middle[:, at],
            float(low[0, at]),
            float(median[0, at]),
            float(high[0, at]),
            float(median[1, at]),
        )
        for at, name in enumerate(points)
    }
    return ShakenRegion(places, motion.outside)


def _values(motion: Motion, percents: Sequence[float]) -> Floats:
    return np.stack([motion.percentile(percent)[0] for percent in percents])


def points_of(region: Region, mudflows: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Where the lakes burst and where the dams stand, by `lake/<mudflow>` and `dam/<dam>`."""
    lakes = {f"lake/{name}": (region.scenarios[name].lon, region.scenarios[name].lat) for name in mudflows}
    return lakes | {f"dam/{name}": (site.lon, site.lat) for name, site in region.dam_sites.items()}
