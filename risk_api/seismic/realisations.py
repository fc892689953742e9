"""Possible maps of one earthquake's shaking, for sums over sites: neighbours are shaken alike.

What a city loses is not the sum of what each house expects at its own percentile. One draw of the
between-event residual holds for all sites, and within-event residuals of neighbours are correlated, after
Jayaram and Baker (2009), Earthquake Engineering and Structural Dynamics 38(15), for ground that comes in
clusters, as cited, not re-read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from risk_api.seismic.errors import beyond, misfit
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


@dataclass(frozen=True)
class Residuals:
    """What is drawn for the maps of any earthquake at some sites: it depends on the sites and the seed alone.

    Attributes
    ----------
    measures : tuple of Measure
        Measures that residuals are drawn for.
    model : ndarray, (count,)
        Between 0 and 1: the place in the cumulated weights that picks a model.
    between : ndarray, (count, 1)
        Standard normal, one for all sites.
    within : ndarray, (n_measures, count, n_sites)
        Standard normal, correlated in space.
    conversion : ndarray, (count, n_sites)
        Standard normal, correlated in space, independent of the others: for what a map of shaking leaves open
        of the intensity.
    """

    measures: tuple[Measure, ...]
    model: Floats
    between: Floats
    within: Floats
    conversion: Floats


def draw_residuals(
    lon: ArrayLike, lat: ArrayLike, measures: tuple[Measure, ...], count: int, seed: int
) -> Residuals:
    """Draw what the maps of any earthquake at these sites are made with.

    Residuals of different measures are taken from the same draws: an assumption that makes them as alike as
    can be, while records show correlations of 0.5 to 0.9 between them.

    Parameters
    ----------
    lon, lat : array_like, (n_sites,)
        Sites, degrees; at most `MOST_SITES`.
    measures : tuple of Measure
    count : int
        How many maps, at most `MOST_REALISATIONS`.
    seed : int
        The same seed gives the same maps.

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
    # What the whole city shares decides most of its losses: evenly spread draws, where tails are not left to
    # luck. The rest of every field is plain chance.
    model, *shared = _evenly_spread(count, 4, rng)
    between, within_mean, conversion_mean = (ndtri(each) for each in shared)
    x, y = LocalFrame(float(lons.mean()), float(lats.mean())).to_km(lons, lats)
    roots = [correlation_root(x, y, measure) for measure in measures]
    raw = _with_city_mean(rng.standard_normal((count, len(lons))), roots[0], within_mean)
    seen = correlation_root(x, y, Measure.PGV)
    apart = _with_city_mean(rng.standard_normal((count, len(lons))), seen, conversion_mean)
    within = np.stack([raw @ root.T for root in roots])
    return Residuals(measures, model, between[:, None], within, apart @ seen.T)


def _evenly_spread(count: int, dimensions: int, rng: np.random.Generator) -> Floats:
    """Points between 0 and 1 that leave no part of the cube empty, (dimensions, count).

    The additive recurrence of Roberts (2018), "The unreasonable effectiveness of quasirandom sequences", its
    steps the powers of the generalised golden ratio; begun at a random place.
    """
    ratio = 2.0
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    points = (rng.random((dimensions, 1)) + steps[:, None] * np.arange(count)) % 1.0
    return np.clip(points, 1e-12, 1.0 - 1e-12)


def _with_city_mean(raw: Floats, root: Floats, mean: Floats) -> Floats:
    """Independent normals, (count, n_sites), whose field `raw @ root.T` has a mean over the sites as given.

    `mean` is standard normal, (count,), as the part that it replaces is; the rest stays as drawn.
    """
    direction = root.sum(axis=0)
    direction /= np.linalg.norm(direction)
    return raw + np.outer(mean - raw @ direction, direction)


def correlation_root(x_km: Floats, y_km: Floats, measure: Measure) -> Floats:
    """Root of the correlation of within-event residuals at sites of a flat map, (n_sites, n_sites)."""
    apart = np.hypot(x_km[:, None] - x_km[None, :], y_km[:, None] - y_km[None, :])
    likeness = np.exp(-3.0 * apart / correlation_range_km(measure))
    # Two sites at one place are wholly alike; the tiny addition keeps the root defined.
    return np.asarray(np.linalg.cholesky(likeness + _TINY * np.eye(len(x_km))))


def maps_of(shaking: Shaking, drawn: Residuals) -> Floats:
    """Possible maps of one earthquake: a model by its weight, one between-event residual, correlated others.

    Parameters
    ----------
    shaking : Shaking
        At the sites that the residuals were drawn for, of the same measures.
    drawn : Residuals

    Returns
    -------
    ndarray, (count, n_measures, n_sites)
        g or cm/s.

    Raises
    ------
    BadSeismicInput
        If the residuals are those of other measures or of another number of sites.
    """
    if shaking.measures != drawn.measures or shaking.mean_ln.shape[2:] != drawn.within.shape[2:]:
        raise misfit("residuals")
    picked = np.searchsorted(np.cumsum(shaking.weights) / shaking.weights.sum(), drawn.model, side="right")
    found = np.empty((len(drawn.model), *shaking.mean_ln.shape[1:]))
    for row in range(len(shaking.measures)):
        field = shaking.phi[picked, row]
        field *= drawn.within[row]
        field += shaking.tau[picked, row] * drawn.between
        field += shaking.mean_ln[picked, row]
        np.exp(field, out=found[:, row])
    return found


def realisations(shaking: Shaking, lon: ArrayLike, lat: ArrayLike, count: int, seed: int) -> Floats:
    """Draw possible maps, (count, n_measures, n_sites), g or cm/s: `draw_residuals`, then `maps_of`."""
    return maps_of(shaking, draw_residuals(lon, lat, shaking.measures, count, seed))
