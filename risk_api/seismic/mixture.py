"""A weighted mixture of normal distributions: what several models together say of one logarithm."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from risk_api.seismic.errors import beyond

Floats = NDArray[np.float64]
_ENOUGH: Final = 1e-7
_MOST_STEPS: Final = 60


def probability_below(x: ArrayLike, mean: Floats, sigma: Floats, weights: Floats) -> Floats:
    """Share of the mixture below `x`.

    Parameters
    ----------
    x : array_like, (...)
        Where to ask.
    mean, sigma : ndarray, (n_models, ...)
        Of the components.
    weights : ndarray, (n_models,)
        Shares that sum to 1.
    """
    total = np.zeros(np.broadcast_shapes(np.shape(x), mean.shape[1:]))
    for weight, centre, spread in zip(weights, mean, sigma, strict=True):
        total += weight * ndtr((x - centre) / spread)
    return total


def quantile(probability: float, mean: Floats, sigma: Floats, weights: Floats) -> Floats:
    """Value below which a share of the mixture lies.

    Newton's method on the normal score of the share, which is nearly a straight line, held between the
    smallest and the largest quantile of the components, where the answer must be.

    Parameters
    ----------
    probability : float
        Above 0 and below 1.
    mean, sigma, weights : ndarray
        As in `probability_below`.

    Returns
    -------
    ndarray, (...)

    Raises
    ------
    BadSeismicInput
        If the probability is 0, 1 or beyond.
    """
    if not 0.0 < probability < 1.0:
        raise beyond("probability", probability, 0.0, 1.0)
    score = float(ndtri(probability))
    own = mean + score * sigma
    low, high = own.min(axis=0), own.max(axis=0)
    x = np.tensordot(weights, own, axes=1)
    for _ in range(_MOST_STEPS):
        below, density = np.zeros_like(x), np.zeros_like(x)
        for weight, centre, spread in zip(weights, mean, sigma, strict=True):
            z = (x - centre) / spread
            below += weight * ndtr(z)
            density += weight / spread * np.exp(-0.5 * z * z)
        excess = below - probability
        low, high = np.where(excess < 0.0, x, low), np.where(excess > 0.0, x, high)
        reached = ndtri(np.clip(below, 1e-300, 1.0 - 1e-16))
        # The slope of the score: density of the mixture over that of a standard normal at the score.
        step = (reached - score) * np.exp(-0.5 * reached * reached) / np.maximum(density, 1e-300)
        trial = x - step
        safe = (trial >= low) & (trial <= high)
        new = np.where(safe, trial, 0.5 * (low + high))
        moved = float(np.abs(new - x).max(initial=0.0))
        x = new
        if moved < _ENOUGH:
            break
    return x
