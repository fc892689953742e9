"""What the flow through a breach does to the fill: shear by Manning, erosion by its excess; the pipe."""

import math

import numpy as np

from dam_models.breach import Breach, Fill
from dam_models.entrainment import WATER_DENSITY_KG_M3
from dam_models.kernels.fields import GRAVITY_M_S2

GRAIN_EXCESS = 1.65
"""Density of grains over that of water, less 1."""

_ENTRANCE_LOSS = 0.5


def shear_pa(speed_m_s: float, radius_m: float, manning_n: float, solids_fraction: float) -> float:
    """Mean shear stress rho g n2 v2 / R^(1/3) of a channel of a hydraulic radius, Pa."""
    if speed_m_s <= 0.0 or radius_m <= 0.0:
        return 0.0
    density = WATER_DENSITY_KG_M3 * (1.0 + GRAIN_EXCESS * solids_fraction)
    return float(density * GRAVITY_M_S2 * (manning_n * speed_m_s) ** 2 / radius_m ** (1.0 / 3.0))


def erosion_m_s(shear: float, fill: Fill) -> float:
    """Rate at which the surface of the fill retreats, m/s."""
    return 1e-6 * fill.erodibility_cm3_n_s * max(0.0, shear - fill.critical_shear_pa)


def notch_flow(
    unit_discharge_m2_s: float, tail_depth_m: float, width_m: float, side_slope: float
) -> tuple[float, float, float]:
    """Depth, speed and hydraulic radius on the bottom of a notch, m, m/s and m.

    Critical for the discharge of a metre of its bottom, or as deep as the water below the dam stands in it.
    """
    if unit_discharge_m2_s <= 0.0:
        return 0.0, 0.0, 0.0
    depth = max((unit_discharge_m2_s**2 / GRAVITY_M_S2) ** (1.0 / 3.0), tail_depth_m)
    area = (width_m + side_slope * depth) * depth
    wetted = width_m + 2.0 * depth * math.hypot(1.0, side_slope)
    return depth, unit_discharge_m2_s / depth, area / wetted


class Pipe:
    """A round pipe through the body of a dam, as it is now.

    Parameters
    ----------
    breach : Breach
        Of the kind `piping`.
    crest_m : float
        Crest above the pipe, m.
    """

    def __init__(self, breach: Breach, crest_m: float) -> None:
        self._breach, self._crest = breach, crest_m
        self.diameter_m = breach.pipe_diameter_m

    def axis_m(self, lowest_m: float) -> float:
        """Its axis, m: where it has met the bottom it grows upwards."""
        return max(float(self._breach.pipe_elevation_m or 0.0), lowest_m + 0.5 * self.diameter_m)

    def bottom_m(self, lowest_m: float) -> float:
        """The lowest point of its section, m."""
        return self.axis_m(lowest_m) - 0.5 * self.diameter_m

    def length_m(self, lowest_m: float) -> float:
        """From one face of the body to the other along the axis, m."""
        return self._breach.fill.thickness_m(self._crest - self.axis_m(lowest_m))

    def volume_m3(self, lowest_m: float) -> float:
        """Fill that is missing, m3."""
        return 0.25 * np.pi * self.diameter_m**2 * self.length_m(lowest_m)

    def flow(self, level_m: float, tail_m: float, lowest_m: float) -> tuple[float, float]:
        """Discharge and speed between two levels, m3/s and m/s.

        While it is not full the wetted share of it passes.
        """
        head = level_m - self.bottom_m(lowest_m)
        if head <= 0.0:
            return 0.0, 0.0
        wetted = min(1.0, head / self.diameter_m)
        driving = min(max(head - 0.5 * self.diameter_m, 0.5 * head), level_m - tail_m)
        if driving <= 0.0:
            return 0.0, 0.0
        friction = GRAVITY_M_S2 * self._breach.fill.manning_n**2 * self.length_m(lowest_m)
        losses = 1.0 + _ENTRANCE_LOSS + 2.0 * friction / self.radius_m ** (4.0 / 3.0)
        speed = math.sqrt(2.0 * GRAVITY_M_S2 * driving / losses)
        return 0.25 * math.pi * self.diameter_m**2 * wetted * speed, speed

    @property
    def radius_m(self) -> float:
        """Hydraulic radius of the full pipe, m."""
        return 0.25 * self.diameter_m

    def roof_falls(self, lowest_m: float) -> bool:
        """Whether what is above it is too thin to span it."""
        cover = self._crest - self.axis_m(lowest_m) - 0.5 * self.diameter_m
        return cover < self._breach.roof_share * self.diameter_m
