"""Exact steady flow: over a bump without friction, and in channels made for their depth (MacDonald)."""

from collections.abc import Callable
from math import pi

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G

Floats = NDArray[np.float64]


def bump(x_m: Floats) -> Floats:
    """Parabolic bump of 0.2 m between 8 and 12 m (Goutal & Maurel 1997)."""
    return np.maximum(0.0, 0.2 - 0.05 * (x_m - 10.0) ** 2)


def smooth_bump(x_m: Floats) -> Floats:
    """Bell of 0.2 m around 10 m, smooth everywhere."""
    return 0.2 * np.exp(-(((x_m - 10.0) / 2.0) ** 2))


def critical_depth(discharge_m2_s: float) -> float:
    """Depth of the least head for a discharge, m."""
    return float((discharge_m2_s**2 / G) ** (1.0 / 3.0))


def depth_of_head(head_m: Floats, discharge_m2_s: float, supercritical: NDArray[np.bool_]) -> Floats:
    """Depth h with h + q^2 / (2 g h^2) = head, on the branch asked for, m.

    Parameters
    ----------
    head_m : (n,) float64
        Head above the bed, m, at least 1.5 critical depths.
    discharge_m2_s : float
        q, above 0.
    supercritical : (n,) bool
        Where the shallower of the two depths is wanted.
    """
    critical = critical_depth(discharge_m2_s)
    low = np.where(supercritical, discharge_m2_s / np.sqrt(2.0 * G * head_m) * 0.5, critical)
    high = np.where(supercritical, critical, head_m)
    for _ in range(80):
        middle = 0.5 * (low + high)
        # Along each branch the head grows away from the critical depth.
        far = middle + discharge_m2_s**2 / (2.0 * G * middle**2) > head_m
        up = far == supercritical
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return 0.5 * (low + high)


def subcritical_over(bed_m: Floats, discharge_m2_s: float, outlet_depth_m: float) -> Floats:
    """Depth of subcritical flow over a bed that is 0 at the outlet, m."""
    head = outlet_depth_m + discharge_m2_s**2 / (2.0 * G * outlet_depth_m**2)
    return depth_of_head(head - bed_m, discharge_m2_s, np.zeros(bed_m.shape, dtype=bool))


def transcritical_over(
    x_m: Floats, bed_m: Floats, discharge_m2_s: float, crest: tuple[float, float]
) -> Floats:
    """Depth of flow that becomes supercritical at the crest (position, height) of a bump, m."""
    head = crest[1] + 1.5 * critical_depth(discharge_m2_s)
    return depth_of_head(
        np.maximum(head - bed_m, 1.5 * critical_depth(discharge_m2_s)), discharge_m2_s, x_m > crest[0]
    )


def jump_over(
    x_m: Floats,
    bed: Callable[[Floats], Floats],
    discharge_m2_s: float,
    crest: tuple[float, float],
    outlet_depth_m: float,
) -> tuple[Floats, float]:
    """Depth of flow that becomes supercritical at a crest and jumps back behind it, m, and where it jumps.

    The jump stands where the force h^2/2 + q^2/(g h) is the same on the two sides.
    """
    head = outlet_depth_m + discharge_m2_s**2 / (2.0 * G * outlet_depth_m**2)
    fine = np.linspace(crest[0], crest[0] + 2.0, 20_001)
    fine = fine[head - bed(fine) > 1.5 * critical_depth(discharge_m2_s)]
    above = transcritical_over(fine, bed(fine), discharge_m2_s, crest)
    below = subcritical_over(bed(fine), discharge_m2_s, outlet_depth_m)
    force = [h**2 / 2.0 + discharge_m2_s**2 / (G * h) for h in (above, below)]
    place = float(fine[np.argmin(np.abs(force[0] - force[1]))])
    before = transcritical_over(x_m, bed(x_m), discharge_m2_s, crest)
    behind = x_m > place
    after = depth_of_head(np.where(behind, head - bed(x_m), head), discharge_m2_s, np.zeros(x_m.shape, bool))
    return np.where(behind, after, before), place


def macdonald_bed(
    depth: Callable[[Floats], Floats], length_m: float, cells: int, discharge_m2_s: float, manning: float
) -> Floats:
    """Bed of a channel in which steady flow has the depth given, 0 at its end, at cell centres (cells,) m.

    MacDonald et al. 1997: dz/dx = (q^2 / (g h^3) - 1) dh/dx - n^2 q^2 / h^(10/3); the parts with h are
    integrated exactly, so that a jump of depth without loss of force keeps the bed continuous.
    """
    parts = 64
    edges = np.linspace(0.0, length_m, cells * parts + 1)
    middle = 0.5 * (edges[1:] + edges[:-1])
    loss = np.concatenate([[0.0], np.cumsum(manning**2 * discharge_m2_s**2 / depth(middle) ** (10.0 / 3.0))])
    bed = -loss * (length_m / (cells * parts))
    h = depth(edges)
    pieces = np.diff(-(discharge_m2_s**2) / (2.0 * G * h**2) - h)
    # Over a jump the head is lost, not the bed.
    pieces[np.abs(np.diff(h)) > 0.05 * h[:-1]] = 0.0
    bed += np.concatenate([[0.0], np.cumsum(pieces)])
    return np.asarray((bed - bed[-1])[parts // 2 :: parts], dtype=np.float64)


def long_subcritical(x_m: Floats) -> Floats:
    """Depth in the long channel (1000 m, q 2 m2/s, n 0.033), m."""
    return np.asarray((4.0 / G) ** (1.0 / 3.0) * (1.0 + 0.5 * np.exp(-16.0 * (x_m / 1000.0 - 0.5) ** 2)))


def periodic(x_m: Floats) -> Floats:
    """Depth in the undulating channel (5000 m, q 2 m2/s, n 0.03), m."""
    return 9.0 / 8.0 + 0.25 * np.sin(pi * x_m / 500.0)


def short_transcritical(x_m: Floats) -> Floats:
    """Depth in the short channel that becomes supercritical (100 m, q 2 m2/s, n 0.0328), m."""
    return np.asarray((4.0 / G) ** (1.0 / 3.0) * (1.0 - (x_m - 50.0) / 200.0 + (x_m - 50.0) ** 2 / 30_000.0))


def short_jump(x_m: Floats) -> Floats:
    """Depth in the short channel with a smooth transition and a jump at 200/3 m (q 2 m2/s, n 0.0328), m."""
    s = x_m / 100.0 - 2.0 / 3.0
    scale = (4.0 / G) ** (1.0 / 3.0)
    before = scale * (4.0 / 3.0 - x_m / 100.0) - 9.0 * x_m / 1000.0 * s
    after = scale * (0.674202 * s**4 + 0.674202 * s**3 - 21.7112 * s**2 + 14.492 * s + 1.4305)
    return np.asarray(np.where(s <= 0.0, before, after), dtype=np.float64)
