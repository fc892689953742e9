"""From shaking to what people see of it: macroseismic intensity, and back.

Three ways, never mixed in one answer: MMI after Worden et al. (2012), an MSK-64 reading as it was practised
in the former Soviet Union, and the intensity prediction of Bindi et al. (2011) for Central Asia as a check.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.measures import Measure

Floats = NDArray[np.float64]
CM_S2_PER_G: Final = 980.665


class IntensityScale(StrEnum):
    """Scales that an answer may be asked in."""

    MMI = "mmi"
    MSK_KZ = "msk_kz"


@dataclass(frozen=True)
class _Line:
    """Intensity is `a` plus `b` times log10 of the measure, cm/s2 or cm/s."""

    a: float
    b: float

    def up(self, log_y: Floats) -> Floats:
        return self.a + self.b * log_y

    def down(self, intensity: Floats) -> Floats:
        return (intensity - self.a) / self.b


@dataclass(frozen=True)
class Worden:
    """One row of Worden et al. (2012), BSSA 102(1), 204-221, table 1.

    Read from the public-domain code of the USGS, esi-utils-gmice 1.0.1, and its predecessor in ShakeMap; the
    faint line, for what hardly anybody feels, stands in that code only, after the discussion in the paper.

    Attributes
    ----------
    faint, lower, upper : lines
        Below the first bend, between the bends, above the second.
    first_bend, bend : float
        log10 of the measure at the bends.
    bend_mmi : float
        Intensity at the second bend for the way back.
    c5, c6, c7 : float
        Correction by distance and magnitude.
    sigma_mmi : float
        Standard deviation of the intensity, with the correction.
    sigma_log10 : float
        Standard deviation of log10 of the measure on the way back.
    """

    faint: _Line
    lower: _Line
    upper: _Line
    first_bend: float
    bend: float
    bend_mmi: float
    c5: float
    c6: float
    c7: float
    sigma_mmi: float
    sigma_log10: float


WORDEN_2012: Final = {
    Measure.PGA: Worden(
        _Line(1.71, 2.08),
        _Line(1.78, 1.55),
        _Line(-1.60, 3.70),
        0.14,
        1.57,
        4.22,
        -0.91,
        1.02,
        -0.17,
        0.66,
        0.35,
    ),
    Measure.PGV: Worden(
        _Line(4.62, 2.17),
        _Line(3.78, 1.47),
        _Line(2.89, 3.16),
        -1.21,
        0.53,
        4.56,
        0.90,
        0.00,
        -0.18,
        0.63,
        0.38,
    ),
    Measure.SA_03: Worden(
        _Line(1.15, 1.92),
        _Line(1.26, 1.69),
        _Line(-4.15, 4.14),
        0.44,
        2.21,
        4.99,
        -1.05,
        0.60,
        0.00,
        0.82,
        0.44,
    ),
    Measure.SA_10: Worden(
        _Line(2.71, 2.17),
        _Line(2.50, 1.51),
        _Line(0.20, 2.90),
        -0.33,
        1.65,
        4.98,
        2.27,
        -0.49,
        -0.29,
        0.75,
        0.47,
    ),
}
FAINT_MMI: Final = 2.0


def _row(measure: Measure) -> Worden:
    if measure not in WORDEN_2012:
        raise BadSeismicInput(
            "measure",
            f"there is no intensity for {measure}",
            tuple(WORDEN_2012),
            reason_key="no_intensity",
            name=measure,
        )
    return WORDEN_2012[measure]


def _correction(row: Worden, distance_km: ArrayLike | None, magnitude: float | None) -> Floats:
    if distance_km is None or magnitude is None:
        return np.zeros(())
    distance = np.clip(np.asarray(distance_km, dtype=np.float64), 10.0, 300.0)
    total: Floats = row.c5 + row.c6 * np.log10(distance) + row.c7 * np.clip(magnitude, 3.0, 7.3)
    return total


def _unit(measure: Measure) -> float:
    return 1.0 if measure is Measure.PGV else CM_S2_PER_G


def mmi_from(
    measure: Measure,
    value: ArrayLike,
    *,
    distance_km: ArrayLike | None = None,
    magnitude: float | None = None,
) -> Floats:
    """Modified Mercalli intensity of a measured or expected shaking, 1 to 10.

    Parameters
    ----------
    measure : Measure
        Any but SA(0.6), for which there is no relation.
    value : array_like
        In g, or cm/s for the velocity; above 0.
    distance_km, magnitude : optional
        With both, the correction of equation 6 is added (10 to 300 km, magnitude 3 to 7.3).

    Raises
    ------
    BadSeismicInput
        If the measure has no relation.
    """
    row = _row(measure)
    with np.errstate(divide="ignore"):
        log_y = np.log10(np.asarray(value, dtype=np.float64) * _unit(measure))
    found = np.where(log_y < row.bend, row.lower.up(log_y), row.upper.up(log_y))
    found = np.where(log_y < row.first_bend, row.faint.up(log_y), found)
    return np.clip(found + _correction(row, distance_km, magnitude), 1.0, 10.0)


def shaking_from_mmi(
    measure: Measure,
    mmi: ArrayLike,
    *,
    distance_km: ArrayLike | None = None,
    magnitude: float | None = None,
) -> Floats:
    """Shaking, g or cm/s, that goes with an intensity: `mmi_from` the other way, within 0.06 of a degree."""
    row = _row(measure)
    bare = np.asarray(mmi, dtype=np.float64) - _correction(row, distance_km, magnitude)
    log_y = np.where(bare < row.bend_mmi, row.lower.down(bare), row.upper.down(bare))
    log_y = np.where(bare < FAINT_MMI, row.faint.down(bare), log_y)
    return np.asarray(10.0**log_y / _unit(measure))


def mmi(pga_g: ArrayLike, pgv_cm_s: ArrayLike) -> Floats:
    """Modified Mercalli intensity from both peaks: the mean of the two, as ShakeMap does."""
    return 0.5 * (mmi_from(Measure.PGA, pga_g) + mmi_from(Measure.PGV, pgv_cm_s))


def msk_kz(pga_g: ArrayLike) -> Floats:
    """MSK-64 intensity as read in the former Soviet Union: VII at 0.1 g, VIII at 0.2 g, IX at 0.4 g; 1 to 12.

    A doubling of the acceleration is a degree. Standard practice, not read in a source: unverified.
    """
    with np.errstate(divide="ignore"):
        found = 7.0 + np.log2(np.asarray(pga_g, dtype=np.float64) / 0.1)
    return np.clip(found, 1.0, 12.0)


def intensity(scale: IntensityScale, pga_g: ArrayLike, pgv_cm_s: ArrayLike) -> Floats:
    """Intensity in the scale asked for."""
    return mmi(pga_g, pgv_cm_s) if scale is IntensityScale.MMI else msk_kz(pga_g)


BINDI_2011_SIGMA: Final = 0.737


def bindi_2011_msk(magnitude: ArrayLike, epicentral_km: ArrayLike, depth_km: ArrayLike) -> Floats:
    """MSK-64 intensity expected in Central Asia from magnitude and distance alone.

    Bindi et al. (2011), Soil Dynamics and Earthquake Engineering 31(7), the median of their relation with the
    epicentral distance; figures as in hazardlib, the paper not re-read. A check beside the other two.

    Parameters
    ----------
    magnitude : array_like
        Surface-wave magnitude by the authors; a moment magnitude is close from 6 on.
    epicentral_km, depth_km : array_like
        Distance from the epicentre, and depth of the source above 0 km.
    """
    depth = np.asarray(depth_km, dtype=np.float64)
    slant = np.hypot(np.asarray(epicentral_km, dtype=np.float64), depth)
    found = (
        0.898 * np.asarray(magnitude, dtype=np.float64)
        + 1.215
        - 1.809 * np.log10(slant / depth)
        - 0.003447 * (slant - depth)
    )
    return np.asarray(found)
