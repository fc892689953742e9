"""The second branch: log-normal fragility over PGA, and its states as grades of damage."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from risk_api.seismic.damage.hazus import BETA_THRESHOLD
from risk_api.seismic.errors import BadSeismicInput

Floats = NDArray[np.float64]


def exceedance(shaking_g: ArrayLike, medians_g: ArrayLike, beta: ArrayLike = BETA_THRESHOLD) -> Floats:
    """Probability of reaching each damage state, of the shaking's shape with the states at the end.

    Parameters
    ----------
    shaking_g : array_like
        The measure that the medians are in, g; 0 reaches no state.
    medians_g : array_like, (n_states,)
        Ascending, above 0.
    beta : array_like
        Standard deviation of the logarithm, above 0.

    Raises
    ------
    BadSeismicInput
        If the medians do not ascend, or something is not above 0.
    """
    medians = np.asarray(medians_g, dtype=np.float64)
    scatter = np.asarray(beta, dtype=np.float64)
    if not (medians > 0.0).all() or not (scatter > 0.0).all() or not (np.diff(medians) >= 0.0).all():
        raise BadSeismicInput("medians_g", "a number above zero is needed", reason_key="positive")
    with np.errstate(divide="ignore"):
        ln = np.log(np.asarray(shaking_g, dtype=np.float64))
    return np.asarray(ndtr((ln[..., None] - np.log(medians)) / scatter))


def grade_shares(reached: Floats, collapse_share: float) -> Floats:
    """Share of buildings in grades 0 to 5 from the probabilities of reaching four states.

    Slight, moderate and extensive damage are grades 1 to 3; complete damage is grade 4, and 5 for the share
    that collapses. Each row sums to 1.
    """
    # Where curves of different scatter cross, a lighter state is reached at least as often as a heavier one.
    ordered = np.flip(np.maximum.accumulate(np.flip(reached, axis=-1), axis=-1), axis=-1)
    complete = ordered[..., 3]
    return np.stack(
        [
            1.0 - ordered[..., 0],
            ordered[..., 0] - ordered[..., 1],
            ordered[..., 1] - ordered[..., 2],
            ordered[..., 2] - complete,
            complete * (1.0 - collapse_share),
            complete * collapse_share,
        ],
        axis=-1,
    )
