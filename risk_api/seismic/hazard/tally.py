"""Rates of exceeding levels, summed over many ruptures without an error function for each of them.

A rupture counts at four nodes of a lattice of mean and deviation, for the nearer ones more; the probabilities
of the nodes are computed once. Between nodes that is linear interpolation: rates are at most 1 % too high
where a level is exceeded with 1 in 1,000, far less above, and levels of a return period within 0.2 %.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
MEAN_STEP: Final = 0.03
SIGMA_STEP: Final = 0.0125
SIGMA: Final = (0.3, 0.9)
"""Deviations of the lattice; what lies outside is computed one by one."""
_BELOW: Final = 5.0
"""How far below the lowest level means are told apart, in ln: further down nothing reaches it."""


class Tally:
    """Yearly rates of exceeding the levels of one measure at some sites.

    Parameters
    ----------
    ln_levels : ndarray, (n_levels,)
        Ascending.
    n_sites : int
    """

    def __init__(self, ln_levels: Floats, n_sites: int) -> None:
        self._ln_levels = ln_levels
        self._lowest = float(ln_levels[0]) - _BELOW
        self._means = int(np.ceil((float(ln_levels[-1]) - self._lowest) / MEAN_STEP)) + 1
        self._sigmas = round((SIGMA[1] - SIGMA[0]) / SIGMA_STEP) + 1
        self._sites = np.arange(n_sites) * self._means
        self._stride = n_sites * self._means
        # Deviations first: a group of ruptures takes few of them.
        self._counts = np.zeros(self._sigmas * self._stride)
        self._rest = np.zeros((n_sites, len(ln_levels)))

    def add(self, mean_ln: Floats, sigma: Floats, rate_yr: Floats) -> None:
        """Add ruptures.

        Parameters
        ----------
        mean_ln, sigma : ndarray, (n_ruptures, n_sites)
            Mean and standard deviation of ln of the measure.
        rate_yr : ndarray, (n_ruptures,)
            How often each occurs, times the share of the model.
        """
        top = self._lowest + (self._means - 1) * MEAN_STEP
        if sigma.min() < SIGMA[0] or sigma.max() > SIGMA[1] or mean_ln.max() > top:
            score = (mean_ln[..., None] - self._ln_levels) / sigma[..., None]
            self._rest += np.tensordot(rate_yr, ndtr(score), axes=1)
            return
        across, column = _between(mean_ln, self._lowest, MEAN_STEP, self._means)
        over, row = _between(sigma, SIGMA[0], SIGMA_STEP, self._sigmas)
        place = row * self._stride + (column + self._sites)
        high = rate_yr[:, None] * over
        low = rate_yr[:, None] - high
        for offset, weight in ((0, low), (self._stride, high)):
            right = weight * across
            np.add.at(self._counts, (place + offset).ravel(), (weight - right).ravel())
            np.add.at(self._counts, (place + (offset + 1)).ravel(), right.ravel())

    def rates(self) -> Floats:
        """Rates of exceeding, (n_sites, n_levels)."""
        table = _chances(self._ln_levels.tobytes(), self._lowest, self._means, self._sigmas)
        counts = self._counts.reshape(self._sigmas, -1, self._means)
        total = self._rest.copy()
        for row in np.flatnonzero(counts.any(axis=(1, 2))):
            total += counts[row] @ table[row]
        return total


def _between(values: Floats, low: float, step: float, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Node below each value, and how far on the way to the next it is, 0 to 1."""
    place = np.clip((values - low) / step, 0.0, count - 1 - 1e-9)
    node = place.astype(np.int64)
    return place - node, node


@lru_cache(maxsize=16)
def _chances(ln_levels: bytes, lowest: float, means: int, sigmas: int) -> Floats:
    """Probability of exceeding each level at every node, (n_sigmas, n_means, n_levels)."""
    levels = np.frombuffer(ln_levels, dtype=np.float64)
    mean = lowest + MEAN_STEP * np.arange(means)
    sigma = SIGMA[0] + SIGMA_STEP * np.arange(sigmas)
    return np.asarray(ndtr((mean[:, None] - levels) / sigma[:, None, None]))
