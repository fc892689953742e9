"""Exact dam breaks: dry, wet, rough, and over a step of the bed."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G

Floats = NDArray[np.float64]


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that changes its sign once between `low` and `high` is zero, by bisection."""
    rising = function(high) > 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if (function(middle) > 0.0) == rising:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def ritter(x_m: Floats, time_s: float, depth_m: float) -> tuple[Floats, Floats]:
    """Depth and speed of a dam break on a dry, frictionless, level bed (Ritter 1892).

    Parameters
    ----------
    x_m : (n,) float64
        Positions, 0 at the dam, m.
    time_s : float
        Time since the break, above 0 s.
    depth_m : float
        Depth behind the dam, above 0 m.
    """
    c = sqrt(G * depth_m)
    xi = np.clip(x_m / time_s, -c, 2.0 * c)
    wet = x_m < 2.0 * c * time_s
    return np.where(wet, (2.0 * c - xi) ** 2 / (9.0 * G), 0.0), np.where(wet, 2.0 / 3.0 * (xi + c), 0.0)


def stoker_state(left_m: float, right_m: float) -> tuple[float, float, float]:
    """Depth (m) and speed (m/s) between rarefaction and shock, and speed of the shock (m/s), on a wet bed.

    Stoker 1957: the speed behind the shock is that at the foot of the rarefaction.
    """

    def excess(middle: float) -> float:
        behind_shock = (middle - right_m) * sqrt(0.5 * G * (middle + right_m) / (middle * right_m))
        return 2.0 * (sqrt(G * left_m) - sqrt(G * middle)) - behind_shock

    middle = _root(excess, right_m, left_m)
    speed = 2.0 * (sqrt(G * left_m) - sqrt(G * middle))
    return middle, speed, middle * speed / (middle - right_m)


def stoker(x_m: Floats, time_s: float, left_m: float, right_m: float) -> tuple[Floats, Floats]:
    """Depth and speed of a dam break on a wet, frictionless, level bed (Stoker 1957).

    Parameters
    ----------
    x_m, time_s
        As in `ritter`.
    left_m, right_m : float
        Depths on the two sides of the dam, left_m > right_m > 0.
    """
    middle, speed, shock = stoker_state(left_m, right_m)
    c, c_middle = sqrt(G * left_m), sqrt(G * middle)
    xi = np.clip(x_m / time_s, -c, speed - c_middle)
    ahead = x_m > shock * time_s
    depth = np.where(ahead, right_m, (2.0 * c - xi) ** 2 / (9.0 * G))
    return depth, np.where(ahead, 0.0, 2.0 / 3.0 * (xi + c))


def dressler(x_m: Floats, time_s: float, depth_m: float, chezy: float) -> tuple[Floats, Floats]:
    """Depth and speed of a dam break on a dry bed with Chezy friction (Dressler 1952).

    Friction is a perturbation of first order behind the tip. The perturbed speed has a maximum; from there on
    friction rules, the speed is taken as that maximum throughout (Whitham 1955), and depth falls so that the
    slope of the surface balances friction, h^2 = h_t^2 - 2 u^2 (x - x_t) / C^2.

    Parameters
    ----------
    x_m, time_s, depth_m
        As in `ritter`.
    chezy : float
        Chezy's C, m^(1/2)/s; the friction slope is u^2 / (C^2 h).
    """
    c = sqrt(G * depth_m)
    resistance = G**2 / chezy**2 * time_s

    def corrected(at_m: Floats) -> tuple[Floats, Floats]:
        xi = np.clip(at_m / (time_s * c), -1.0, 1.999)
        root = (2.0 - xi) ** 1.5
        alpha_depth = 6.0 / (5.0 * (2.0 - xi)) - 2.0 / 3.0 + 4.0 * sqrt(3.0) / 135.0 * root
        alpha_speed = 12.0 / (2.0 - xi) - 8.0 / 3.0 + 8.0 * sqrt(3.0) / 189.0 * root
        alpha_speed = alpha_speed - 108.0 / (7.0 * (2.0 - xi) ** 2)
        depth = (2.0 / 3.0 * c - xi * c / 3.0 + resistance * alpha_depth) ** 2 / G
        return depth, 2.0 / 3.0 * c * (1.0 + xi) + resistance * alpha_speed

    fine = np.linspace(-c * time_s, 1.99 * c * time_s, 20_001)
    fine_depth, fine_speed = corrected(fine)
    tip = int(np.argmax(fine_speed))
    depth, speed = corrected(x_m)
    beyond = x_m > fine[tip]
    falling = fine_depth[tip] ** 2 - 2.0 * fine_speed[tip] ** 2 / chezy**2 * (x_m - fine[tip])
    depth = np.where(beyond, np.sqrt(np.maximum(0.0, falling)), depth)
    still = x_m <= -c * time_s
    speed = np.where(beyond, fine_speed[tip], speed)
    return np.where(still, depth_m, depth), np.where(still | (depth == 0.0), 0.0, speed)


def step_state(left_m: float, right_m: float, step_m: float) -> tuple[float, float, float]:
    """Depths before and on a rising step of the bed after a dam break there (m), and the discharge (m2/s).

    Rarefaction on the left, shock on the right, and across the step equal discharge and equal head
    z + h + u^2 / 2g (Bernetti, Titarev & Toro 2008, doi:10.1016/j.jcp.2007.11.033).
    """
    c = sqrt(G * left_m)

    def head_gap(before: float) -> float:
        speed = 2.0 * (c - sqrt(G * before))
        after = on_step(before * speed)
        return before + speed**2 / (2.0 * G) - step_m - after - (before * speed / after) ** 2 / (2.0 * G)

    def on_step(discharge: float) -> float:
        return _root(lambda h: h * _behind_shock(h, right_m) - discharge, right_m, 4.0 * left_m)

    # Subcritical before the step: the largest discharge of the rarefaction is at 4/9 of the depth.
    before = _root(head_gap, 4.0 / 9.0 * left_m, left_m)
    discharge = before * 2.0 * (c - sqrt(G * before))
    return before, on_step(discharge), discharge


def _behind_shock(depth_m: float, ahead_m: float) -> float:
    return (depth_m - ahead_m) * sqrt(0.5 * G * (depth_m + ahead_m) / (depth_m * ahead_m))


def bed_step(
    x_m: Floats, time_s: float, left_m: float, right_m: float, step_m: float
) -> tuple[Floats, Floats]:
    """Depth and speed of a dam break at a rising step of the bed.

    Parameters
    ----------
    x_m, time_s
        As in `ritter`; the step stands at the dam.
    left_m, right_m : float
        Depths above the own bed on the two sides, m.
    step_m : float
        Height of the step, above 0 m.
    """
    before, after, discharge = step_state(left_m, right_m, step_m)
    c, c_before = sqrt(G * left_m), sqrt(G * before)
    xi = np.clip(x_m / time_s, -c, discharge / before - c_before)
    shock = discharge / (after - right_m)
    wave, wave_speed = (2.0 * c - xi) ** 2 / (9.0 * G), 2.0 / 3.0 * (xi + c)
    ahead = x_m > shock * time_s
    depth = np.where(x_m < 0.0, wave, np.where(ahead, right_m, after))
    return depth, np.where(x_m < 0.0, wave_speed, np.where(ahead, 0.0, discharge / after))
