"""Possible maps of one earthquake's shaking, for sums over sites: neighbours are shaken alike.

What a city loses is not the sum of what each house expects at its own percentile. One draw of the
between-event residual holds for all sites, and within-event residuals of neighbours are correlated, after
Jayaram and Baker (2009), Earthquake Engineering and Structural Dynamics 38(15), for ground that comes in
clusters, as cited, not re-read.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import beyond
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.measures import PGV_KEY, Measure
from risk_api.seismic.shaking import Shaking

Floats = NDArray[np.float64]
MOST_SITES: Final = 3000
MOST_REALISATIONS: Final = 100_000
_TINY: Final = 1e-9


def correlation_range_km(measure: Measure) -> float:
    """Distance at which within-event residuals are 5 % correlated, km; for PGV that of a period of 1 s."""
    period = 1.0 if measure.key == PGV_KEY else measure.key
    return 40.7 - 15.0 * period if period < 1.0 else 22.0 + 3.7 * period


def realisations(shaking: Shaking, lon: ArrayLike, lat: ArrayLike, count: int, seed: int) -> Floats:
    """Draw possible maps: a model by its weight, one between-event residual, correlated within-event ones.

    Residuals of different measures are taken from the same draws: an assumption that makes them as alike as
    can be, while records show correlations of 0.5 to 0.9 between them.

    Parameters
    ----------
    shaking : Shaking
        Of a list of sites, (n_sites,).
    lon, lat : array_like, (n_sites,)
        The same sites, degrees; at most `MOST_SITES`.
    count : int
        How many maps, at most `MOST_REALISATIONS`.
    seed : int
        The same seed gives the same maps.

    Returns
    -------
    ndarray, (count, n_measures, n_sites)
        g or cm/s.

    Raises
    ------
    BadSeismicInput
        If there are too many sites or maps.
    """
    lons, lats = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    if len(lons) > MOST_SITES:
        raise beyond("sites", len(lons), 1, MOST_SITES)
    if not 1 <= count <= MOST_REALISATIONS:
        raise beyond("count", count, 1, MOST_REALISATIONS)
    rng = np.random.default_rng(seed)
    model = rng.choice(len(shaking.models), size=count, p=shaking.weights)
    between = rng.standard_normal((count, 1))
    raw = rng.standard_normal((count, len(lons)))
    x, y = LocalFrame(float(lons.mean()), float(lats.mean())).to_km(lons, lats)
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    found = np.empty((count, len(shaking.measures), len(lons)))
    for row, measure in enumerate(shaking.measures):
        likeness = np.exp(-3.0 * apart / correlation_range_km(measure))
        # Two sites at one place are wholly alike; the tiny addition keeps the root defined.
        root = np.linalg.cholesky(likeness + _TINY * np.eye(len(lons)))
        found[:, row] = np.exp(
            shaking.mean_ln[model, row]
            + shaking.tau[model, row] * between
            + shaking.phi[model, row] * (raw @ root.T)
        )
    return found
