"""Rain on a catchment, turned into a hydrograph at its outlet.

Method: the triangular unit hydrograph of the US Soil Conservation Service (NRCS, National Engineering
Handbook, Part 630, chapter 16, 2007). Losses enter as one runoff coefficient; chapter 10's curve number and
Kirpich's time of concentration are there for those who have no better figures.
"""

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidRelease, require
from dam_models.hydrograph import Hydrograph

_require = partial(require, error=InvalidRelease)

Floats = NDArray[np.float64]

LAG_SHARE = 0.6
"""Lag of the peak behind the middle of the rain, as a share of the time of concentration (NEH 630.1502)."""

BASE_OVER_RISE = 2.67
"""Base of the unit triangle over its time to peak (NEH 630.1603)."""

LONGEST_BLOCK_SHARE = 0.133
"""Rain is cut into blocks no longer than this share of the time of concentration (NEH 630.1603)."""

MOST_BLOCKS = 5000
"""Blocks of rain that are added up at most."""


def rain_hydrograph(
    catchment_area_m2: float,
    time_s: ArrayLike,
    rain_mm: ArrayLike,
    *,
    runoff_coefficient: float,
    time_of_concentration_s: float,
) -> Hydrograph:
    """Flood of water at the outlet of a catchment after rain on it.

    Every block of effective rain of duration D becomes a triangle that starts with it, peaks after
    D / 2 + 0.6 tc and lasts 2.67 times as long; the triangles add up. The volume is rain x area x runoff
    coefficient, to rounding.

    Parameters
    ----------
    catchment_area_m2 : float
        Above 0, up to 1e10 m2.
    time_s : (k + 1,) array_like
        Increasing limits of the rain's intervals, s from the start of the run, not negative.
    rain_mm : (k,) array_like
        Rain that falls in each interval, mm, not negative, above 0 in all.
    runoff_coefficient : float
        Share of the rain that runs off, above 0, up to 1.
    time_of_concentration_s : float
        Time from the farthest point to the outlet, s, 60 to 864 000.

    Raises
    ------
    InvalidRelease
        `field` names the argument.
    """
    _require(
        0.0 < catchment_area_m2 <= 1e10, "catchment_area_m2", catchment_area_m2, "above 0, up to 1e10 m2"
    )
    _require(0.0 < runoff_coefficient <= 1.0, "runoff_coefficient", runoff_coefficient, "above 0, up to 1")
    _require(
        60.0 <= time_of_concentration_s <= 864_000.0,
        "time_of_concentration_s",
        time_of_concentration_s,
        "60 to 864000 s",
    )
    limits = np.asarray(time_s, dtype=np.float64)
    rain = np.atleast_1d(np.asarray(rain_mm, dtype=np.float64))
    if limits.ndim != 1 or limits.size < 2 or limits.size != rain.size + 1 or rain.ndim != 1:
        raise InvalidRelease("time_s must hold one time more than rain_mm holds depths", field="time_s")
    if not np.isfinite(limits).all() or limits[0] < 0.0 or (np.diff(limits) <= 0.0).any():
        raise InvalidRelease("time_s must be finite, not negative and increasing", field="time_s")
    if not np.isfinite(rain).all() or (rain < 0.0).any() or rain.sum() <= 0.0:
        raise InvalidRelease("rain_mm must be finite, not negative and above 0 in all", field="rain_mm")
    starts, lengths, depths_m = _blocks(limits, rain / 1000.0, LONGEST_BLOCK_SHARE * time_of_concentration_s)
    rise = 0.5 * lengths + LAG_SHARE * time_of_concentration_s
    base = BASE_OVER_RISE * rise
    peak = 2.0 * depths_m * runoff_coefficient * catchment_area_m2 / base
    # A sum of triangles is linear between the corners of all of them: nothing is lost by sampling it there.
    times = np.unique(np.concatenate([starts, starts + rise, starts + base]))
    discharge = np.zeros_like(times)
    for start, top, end, height in zip(starts, starts + rise, starts + base, peak, strict=True):
        discharge += np.interp(times, [start, top, end], [0.0, height, 0.0])
    return Hydrograph(times, discharge)


def _blocks(limits: Floats, rain_m: Floats, longest_s: float) -> tuple[Floats, Floats, Floats]:
    """Starts, lengths and depths of blocks no longer than `longest_s`."""
    parts = np.maximum(1, np.ceil(np.diff(limits) / longest_s)).astype(np.int64)
    parts = np.where(rain_m > 0.0, parts, 0)
    if parts.sum() > MOST_BLOCKS:
        raise InvalidRelease(
            f"the rain lasts {parts.sum()} times {longest_s:.0f} s; at most {MOST_BLOCKS} are added up",
            field="time_s",
        )
    lengths = np.repeat(np.diff(limits) / np.maximum(parts, 1), parts)
    within = np.concatenate([np.arange(count) for count in parts])
    return (
        np.repeat(limits[:-1], parts) + within * lengths,
        lengths,
        np.repeat(rain_m / np.maximum(parts, 1), parts),
    )


def curve_number_runoff(rain_mm: float, curve_number: float) -> float:
    """Runoff coefficient of a whole storm by the curve number method (NEH 630, chapter 10).

    Runoff is (P - 0.2 S)^2 / (P + 0.8 S) with S = 25400 / CN - 254 mm, none while P is at most 0.2 S.

    Parameters
    ----------
    rain_mm : float
        Rain of the storm, mm, above 0.
    curve_number : float
        30 (deep sand, forest) to 100 (all runs off).

    Returns
    -------
    float
        Runoff over rain, 0 to 1.
    """
    _require(0.0 < rain_mm < math.inf, "rain_mm", rain_mm, "above 0 mm")
    _require(30.0 <= curve_number <= 100.0, "curve_number", curve_number, "30 to 100")
    retention_mm = 25_400.0 / curve_number - 254.0
    effective_mm = max(0.0, rain_mm - 0.2 * retention_mm)
    return effective_mm**2 / (rain_mm + 0.8 * retention_mm) / rain_mm


def kirpich_time_of_concentration_s(length_m: float, slope: float) -> float:
    """Time of concentration by Kirpich (1940, Civil Engineering 10: 362): 0.0195 L^0.77 S^-0.385 minutes.

    Derived from small farmland catchments of 0.004 to 0.5 km2 with slopes of 3 to 10 %: beyond them it is an
    order of magnitude.

    Parameters
    ----------
    length_m : float
        Length of the longest watercourse, m, above 0.
    slope : float
        Its mean slope, above 0, up to 2.
    """
    _require(0.0 < length_m < math.inf, "length_m", length_m, "above 0 m")
    _require(0.0 < slope <= 2.0, "slope", slope, "above 0, up to 2")
    return 60.0 * 0.0195 * float(length_m**0.77 * slope**-0.385)
