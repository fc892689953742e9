"""Newmark displacements of slopes: when one yields, how far it then moves, how often it fails.

Jibson (2007), Engineering Geology 91, 209-218, equations 6 and 7; Saygili and Rathje (2008), Journal of
Geotechnical and Geoenvironmental Engineering 134(6), 790-803; failure by Jibson, Harp and Michael (2000),
Engineering Geology 58, 271-289, fitted to Northridge. Coefficients as in OpenQuake's `sep`; the papers were
not re-read.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from risk_api.seismic.errors import beyond

Floats = NDArray[np.float64]
JIBSON_SIGMA_LOG10: Final = 0.454
"""Standard deviation of equation 7, in log10 of cm."""
JIBSON_MAGNITUDES: Final = (5.3, 7.6)
LEAST_RATIO: Final = 0.05
"""Smallest ratio of yield to peak acceleration that the relations were fitted to."""
MOST_FAILING: Final = 0.335
"""Share of slopes that failed where displacements were largest."""
WATER_KN_M3: Final = 9.81


def factor_of_safety(
    slope_deg: ArrayLike,
    *,
    cohesion_kpa: float,
    friction_deg: float,
    thickness_m: float,
    unit_weight_kn_m3: float,
    saturated_share: float,
) -> Floats:
    """Factor of safety of an infinite slope without shaking, of the shape of `slope_deg`.

    c'/(γ t sin α) + tan φ'/tan α − m γ_w tan φ'/(γ tan α).

    Parameters
    ----------
    slope_deg : array_like
        0 to 90; flat ground is safe without end.
    cohesion_kpa, friction_deg : float
        Of the soil: at least 0; 0 to 60.
    thickness_m, unit_weight_kn_m3 : float
        Of the slab, across the slope, above 0.
    saturated_share : float
        Share of the slab under water, 0 to 1.
    """
    for field, value, low, high in (
        ("cohesion_kpa", cohesion_kpa, 0.0, 1000.0),
        ("friction_deg", friction_deg, 0.0, 60.0),
        ("thickness_m", thickness_m, 0.01, 100.0),
        ("unit_weight_kn_m3", unit_weight_kn_m3, 5.0, 40.0),
        ("saturated_share", saturated_share, 0.0, 1.0),
    ):
        if not low <= value <= high:
            raise beyond(field, value, low, high)
    angle = np.radians(np.clip(np.asarray(slope_deg, dtype=np.float64), 1e-3, 89.9))
    friction = np.tan(np.radians(friction_deg))
    wet = saturated_share * WATER_KN_M3 / unit_weight_kn_m3
    held = cohesion_kpa / (unit_weight_kn_m3 * thickness_m * np.sin(angle))
    return np.asarray(held + (1.0 - wet) * friction / np.tan(angle))


def yield_acceleration_g(safety: ArrayLike, slope_deg: ArrayLike) -> Floats:
    """Acceleration at which a slope begins to move, g: (FS − 1) sin α, at least 1e-4."""
    angle = np.radians(np.asarray(slope_deg, dtype=np.float64))
    return np.asarray(np.maximum((np.asarray(safety, dtype=np.float64) - 1.0) * np.sin(angle), 1e-4))


def _ratio(yield_g: ArrayLike, pga_g: ArrayLike) -> Floats:
    """Yield over peak acceleration, from the smallest fitted to 1, where nothing moves."""
    peak = np.maximum(np.asarray(pga_g, dtype=np.float64), 1e-9)
    return np.asarray(np.clip(np.asarray(yield_g, dtype=np.float64) / peak, LEAST_RATIO, 1.0))


def jibson_2007_cm(yield_g: ArrayLike, pga_g: ArrayLike, magnitude: float | None = None) -> Floats:
    """Median Newmark displacement, cm; 0 where the slope does not yield.

    Parameters
    ----------
    yield_g, pga_g : array_like
        Above 0.
    magnitude : float, optional
        With it equation 7 (5.3 to 7.6; beyond, the nearest end holds), without it equation 6.
    """
    ratio = _ratio(yield_g, pga_g)
    left = np.maximum(1.0 - ratio, 1e-300)
    if magnitude is None:
        log = 0.215 + 2.341 * np.log10(left) - 1.438 * np.log10(ratio)
    else:
        held = float(np.clip(magnitude, *JIBSON_MAGNITUDES))
        log = -2.710 + 2.335 * np.log10(left) - 1.478 * np.log10(ratio) + 0.424 * held
    return np.asarray(np.where(ratio < 1.0, 10.0**log, 0.0))


def saygili_rathje_2008_cm(yield_g: ArrayLike, pga_g: ArrayLike, pgv_cm_s: ArrayLike) -> Floats:
    """Median Newmark displacement by PGA and PGV, cm; 0 where the slope does not yield."""
    r = _ratio(yield_g, pga_g)
    peak = np.maximum(np.asarray(pga_g, dtype=np.float64), 1e-9)
    velocity = np.maximum(np.asarray(pgv_cm_s, dtype=np.float64), 1e-9)
    shape = -1.56 - 4.58 * r - 20.84 * r**2 + 44.75 * r**3 - 30.50 * r**4
    return np.where(r < 1.0, np.exp(shape - 0.64 * np.log(peak) + 1.55 * np.log(velocity)), 0.0)


def failing_share(displacement_cm: ArrayLike) -> Floats:
    """Share of slopes that fail at a displacement: 0.335 [1 − exp(−0.048 D^1.565)], D in cm."""
    moved = np.maximum(np.asarray(displacement_cm, dtype=np.float64), 0.0)
    return np.asarray(MOST_FAILING * -np.expm1(-0.048 * moved**1.565))


def chance_beyond(limit_cm: float, yield_g: ArrayLike, pga_g: ArrayLike, magnitude: float) -> Floats:
    """Probability that a displacement passes a limit, by equation 7 with its scatter.

    Parameters
    ----------
    limit_cm : float
        Above 0.
    yield_g, pga_g, magnitude
        As for `jibson_2007_cm`.
    """
    if not limit_cm > 0.0:
        raise beyond("limit_cm", limit_cm, 0.0, np.inf)
    median = jibson_2007_cm(yield_g, pga_g, magnitude)
    moves = median > 0.0
    score = (np.log10(np.where(moves, median, 1.0)) - np.log10(limit_cm)) / JIBSON_SIGMA_LOG10
    return np.where(moves, ndtr(score), 0.0)
