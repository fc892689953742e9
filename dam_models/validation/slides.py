"""Exact flow on planes: slabs, layers that speed up, slow down and stop."""

from math import atan, cos, log, sin, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G

Floats = NDArray[np.float64]


def mangeney(
    x_m: Floats, time_s: float, depth_m: float, slope: float, mu: float, gravity_m_s2: float
) -> tuple[Floats, Floats]:
    """Depth and speed of an endless slab of Coulomb material released on a dry plane (Mangeney et al. 2000).

    Parameters
    ----------
    x_m : (n,) float64
        Distance downslope of the release's lower end, m.
    time_s : float
        Time since the release, above 0 s.
    depth_m : float
        Depth of the slab, above 0 m.
    slope, mu : float
        Tangents of slope and friction angle, slope > mu.
    gravity_m_s2 : float
        g cos(slope) for lengths along the slope and normal to it; g cos^2 for horizontal distance and
        vertical depth in the engine's equations. The two agree where surface and bed are nearly parallel.
    """
    c = sqrt(gravity_m_s2 * depth_m)
    pull = gravity_m_s2 * (slope - mu)
    shift = 0.5 * pull * time_s**2
    xi = np.clip(x_m, -c * time_s + shift, 2.0 * c * time_s + shift) / time_s
    wet = x_m < 2.0 * c * time_s + shift
    depth = np.where(wet, (2.0 * c - xi + 0.5 * pull * time_s) ** 2 / (9.0 * gravity_m_s2), 0.0)
    return depth, np.where(wet, 2.0 / 3.0 * (xi + c + pull * time_s), 0.0)


def voellmy_speed(thickness_m: float, slope: float, mu: float, xi_m_s2: float) -> float:
    """Speed along a slope at which a layer of normal thickness neither gains nor loses, m/s."""
    angle = atan(slope)
    return sqrt(xi_m_s2 * thickness_m * (sin(angle) - mu * cos(angle)))


def voellmy_from_rest(thickness_m: float, slope: float, mu: float, xi_m_s2: float, time_s: float) -> float:
    """Speed along a slope of a layer that started at rest, m/s."""
    final = voellmy_speed(thickness_m, slope, mu, xi_m_s2)
    angle = atan(slope)
    return final * tanh(G * (sin(angle) - mu * cos(angle)) * time_s / final)


def voellmy_runout(speed_m_s: float, thickness_m: float, slope: float, mu: float, xi_m_s2: float) -> float:
    """Distance along a slope gentler than mu until a layer stops, m; infinite xi means Coulomb alone."""
    angle = atan(slope)
    brake = G * (mu * cos(angle) - sin(angle))
    if xi_m_s2 == float("inf"):
        return speed_m_s**2 / (2.0 * brake)
    drag = G / (xi_m_s2 * thickness_m)
    return log(1.0 + drag * speed_m_s**2 / brake) / (2.0 * drag)


def normal_depth(discharge_m2_s: float, manning: float, slope: float) -> float:
    """Depth of uniform flow with Manning friction in a wide channel of small slope, m."""
    return float((discharge_m2_s * manning / sqrt(slope)) ** 0.6)
