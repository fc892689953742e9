"""The macroseismic branch: damage grades of EMS-98 from intensity and a vulnerability index.

Lagomarsino and Giovinazzi (2006), Bulletin of Earthquake Engineering 4, 415-443, as cited, not re-read.
"""

from __future__ import annotations

from enum import StrEnum
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]
GRADES: Final = 6
"""Grades 0 (no damage) to 5 (destruction)."""
DUCTILITY_Q: Final = 2.3
BETA_T: Final = 8.0
"""Shape of the beta distribution; with 8 it scatters about as the binomial one does."""
VULNERABILITY_INDEX: Final = {"A": 0.88, "B": 0.72, "C": 0.56, "D": 0.40, "E": 0.24, "F": 0.08}
"""Most plausible index of the vulnerability classes of EMS-98."""


class GradeLaw(StrEnum):
    """How grades scatter around their mean."""

    BINOMIAL = "binomial"
    BETA = "beta"


def mean_damage_grade(intensity: ArrayLike, vulnerability_index: ArrayLike, q: float = DUCTILITY_Q) -> Floats:
    """Mean grade of damage, 0 to 5.

    Parameters
    ----------
    intensity : array_like
        Macroseismic intensity in EMS-98, which reads as MMI does; made for 5 to 12.
    vulnerability_index : array_like
        -0.02 to 1.02; broadcasts with the intensity.
    q : float
        Ductility index, above 0.
    """
    at = np.asarray(intensity, dtype=np.float64) + 6.25 * np.asarray(vulnerability_index, dtype=np.float64)
    return np.asarray(2.5 * (1.0 + np.tanh((at - 13.1) / q)))


def grade_shares(mean_grade: ArrayLike, law: GradeLaw = GradeLaw.BINOMIAL) -> Floats:
    """Share of buildings in every grade, of the mean's shape with 6 at the end; each row sums to 1."""
    mean = np.clip(np.asarray(mean_grade, dtype=np.float64), 0.0, 5.0)
    if law is GradeLaw.BINOMIAL:
        share = mean[..., None] / 5.0
        grade = np.arange(GRADES)
        ways = np.array([comb(5, k) for k in range(GRADES)], dtype=np.float64)
        return np.asarray(ways * share**grade * (1.0 - share) ** (5 - grade))
    return _beta_shares(mean)


def _beta_shares(mean: Floats) -> Floats:
    # Between 0 and 6, so that each grade has a bar of width 1; r as their equation gives it.
    r = BETA_T * (0.007 * mean**3 - 0.0525 * mean**2 + 0.2875 * mean)
    # At either end all is in one grade, where the distribution is not defined.
    inner = np.clip(r, 1e-9, BETA_T - 1e-9)
    below = betainc(inner[..., None], BETA_T - inner[..., None], np.arange(GRADES + 1) / 6.0)
    return np.asarray(np.diff(below, axis=-1))
