"""Exact oscillations in a paraboloid (Thacker 1981), and a simple wave on level water."""

from math import cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G

Floats = NDArray[np.float64]


def paraboloid(x_m: Floats, y_m: Floats, depth_m: float, radius_m: float) -> Floats:
    """Bed whose deepest point lies `depth_m` below zero and whose zero line is a circle of `radius_m`."""
    return depth_m * ((x_m**2 + y_m**2) / radius_m**2 - 1.0)


def radial_period(depth_m: float, radius_m: float) -> float:
    """Period of `radial`, s."""
    return 2.0 * pi * radius_m / sqrt(8.0 * G * depth_m)


def planar_period(depth_m: float, radius_m: float) -> float:
    """Period of `planar`, s."""
    return 2.0 * pi * radius_m / sqrt(2.0 * G * depth_m)


def radial(
    x_m: Floats, y_m: Floats, time_s: float, depth_m: float, radius_m: float, wet_radius_m: float
) -> Floats:
    """Depth of the water that swells and sinks in a paraboloid, m, at rest whenever its radius is extreme.

    Parameters
    ----------
    x_m, y_m : float64, one shape
        Positions from the centre, m.
    time_s : float
        Time; at 0 the wet radius is `wet_radius_m`.
    depth_m, radius_m : float
        As in `paraboloid`.
    wet_radius_m : float
        Wet radius at the start, below `radius_m`.
    """
    ratio = (radius_m**2 - wet_radius_m**2) / (radius_m**2 + wet_radius_m**2)
    swing = 1.0 - ratio * cos(2.0 * pi * time_s / radial_period(depth_m, radius_m))
    square = (x_m**2 + y_m**2) / radius_m**2
    level = depth_m * (sqrt(1.0 - ratio**2) / swing - 1.0 - square * ((1.0 - ratio**2) / swing**2 - 1.0))
    return np.maximum(0.0, level - depth_m * (square - 1.0))


def planar(
    x_m: Floats, y_m: Floats, time_s: float, depth_m: float, radius_m: float, eta: float
) -> tuple[Floats, float, float]:
    """Depth (m) of a level that tilts and turns in a paraboloid, and its two speeds, the same everywhere.

    Parameters
    ----------
    x_m, y_m, time_s, depth_m, radius_m
        As in `radial`.
    eta : float
        Distance of the water's centre from the paraboloid's, m.
    """
    omega = 2.0 * pi / planar_period(depth_m, radius_m)
    turn = omega * time_s
    level = eta * depth_m / radius_m**2 * (2.0 * x_m * cos(turn) + 2.0 * y_m * sin(turn) - eta)
    depth = np.maximum(0.0, level - paraboloid(x_m, y_m, depth_m, radius_m))
    return depth, -eta * omega * sin(turn), eta * omega * cos(turn)


def simple_wave(x_m: Floats, time_s: float, depth_m: float, rise_m: float, length_m: float) -> Floats:
    """Depth of a smooth wave that runs to the right over level water, before it breaks.

    All of it obeys u = 2 (sqrt(g h) - sqrt(g h0)), so that every depth runs at 3 sqrt(g h) - 2 sqrt(g h0)
    (Stoker 1957, section 10.8).

    Parameters
    ----------
    x_m : (n,) float64
        Positions, m.
    time_s : float
        Time; at 0 the depth is h0 + rise sin^4(pi x / length) from 0 to `length_m`, h0 elsewhere.
    depth_m, rise_m, length_m : float
        h0, rise and length.
    """
    still = sqrt(G * depth_m)

    def start(at_m: Floats) -> Floats:
        return depth_m + rise_m * np.sin(pi * np.clip(at_m / length_m, 0.0, 1.0)) ** 4

    # Bisect on where each point came from, between the fastest and the slowest depth.
    left = x_m - time_s * (3.0 * sqrt(G * (depth_m + rise_m)) - 2.0 * still)
    right = x_m - time_s * still
    for _ in range(80):
        middle = 0.5 * (left + right)
        lands = middle + time_s * (3.0 * np.sqrt(G * start(middle)) - 2.0 * still)
        left, right = np.where(lands < x_m, middle, left), np.where(lands < x_m, right, middle)
    return start(0.5 * (left + right))
