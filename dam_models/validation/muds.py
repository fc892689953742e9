"""Exact answers for muds with a yield stress: when they stop, how fast they run, what they leave behind.

Thickness is normal to the bed and speed along it.
"""

from math import pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G

Floats = NDArray[np.float64]


def stopping_thickness(yield_pa: float, density_kg_m3: float, slope_rad: float) -> float:
    """Thickness of the thickest uniform layer that a yield stress holds on a slope, m."""
    return yield_pa / (density_kg_m3 * G * sin(slope_rad))


def sheet_speed(
    thickness_m: float,
    slope_rad: float,
    yield_pa: float,
    consistency_pa_sn: float,
    flow_index: float,
    density_kg_m3: float,
) -> float:
    """Mean speed of a uniform sheet of Herschel-Bulkley mud, m/s (Huang & Garcia 1998); index 1 is Bingham.

    The profile of speed is integrated here, so that no formula of the engine is used: the rate of shear at a
    height z over the bed is ((rho g sin(t) (H - z) - yield) / consistency)^(1/index) where that is positive.
    """
    z = np.linspace(0.0, 1.0, 200_001)
    # Points crowd where the shear sets in.
    sheared = max(0.0, thickness_m - stopping_thickness(yield_pa, density_kg_m3, slope_rad))
    height = sheared * (1.0 - (1.0 - z) ** 2)
    excess = density_kg_m3 * G * sin(slope_rad) * (sheared - height)
    rate = (excess / consistency_pa_sn) ** (1.0 / flow_index)
    # The mean of u over H is the integral of rate (H - z).
    return float(np.trapezoid(rate * (thickness_m - height), height)) / thickness_m


def obrien_speed(
    thickness_m: float,
    slope_rad: float,
    yield_pa: float,
    viscosity_pa_s: float,
    manning: float,
    laminar_resistance: float,
    density_kg_m3: float,
) -> float:
    """Speed at which yield, viscous and turbulent stress together balance the weight, m/s; 0 at rest."""
    drive = density_kg_m3 * G * thickness_m * sin(slope_rad) - yield_pa
    if drive <= 0.0:
        return 0.0
    viscous = laminar_resistance * viscosity_pa_s / (8.0 * thickness_m)
    turbulent = density_kg_m3 * G * manning**2 / thickness_m ** (1.0 / 3.0)
    return 2.0 * drive / (viscous + sqrt(viscous**2 + 4.0 * turbulent * drive))


def flat_deposit(x_m: Floats, area_m2: float, yield_pa: float, density_kg_m3: float) -> Floats:
    """Depth of mud that has run out over level ground away from a wall at 0, (n,) m.

    Everywhere its surface is as steep as the yield stress can bear, h^2 = 2 yield / (rho g) (x_f - x); the
    front x_f follows from the volume per metre of width.
    """
    scale = 2.0 * yield_pa / (density_kg_m3 * G)
    return np.sqrt(scale * np.maximum(0.0, flat_front(area_m2, yield_pa, density_kg_m3) - x_m))


def flat_front(area_m2: float, yield_pa: float, density_kg_m3: float) -> float:
    """Where `flat_deposit` ends, m."""
    scale = 2.0 * yield_pa / (density_kg_m3 * G)
    return float((1.5 * area_m2) ** (2.0 / 3.0) / scale ** (1.0 / 3.0))


def round_radius(volume_m3: float, yield_pa: float, density_kg_m3: float) -> float:
    """Radius of the round deposit of mud on level ground, (225 V^2 rho g / (128 pi^2 yield))^(1/5), m."""
    return float((225.0 * volume_m3**2 * density_kg_m3 * G / (128.0 * pi**2 * yield_pa)) ** 0.2)


def round_deposit(r_m: Floats, volume_m3: float, yield_pa: float, density_kg_m3: float) -> Floats:
    """Depth of that deposit at distances from its middle, m."""
    radius = round_radius(volume_m3, yield_pa, density_kg_m3)
    return np.sqrt(2.0 * yield_pa / (density_kg_m3 * G) * np.maximum(0.0, radius - r_m))
