"""Losses of one earthquake by district: many possible shakings, read through the curves of both branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from risk_api.seismic.damage.assumptions import Assumptions
from risk_api.seismic.damage.curves import OF_BUILDINGS, OF_PEOPLE, Branch, Curves
from risk_api.seismic.damage.pager import death_rate
from risk_api.seismic.damage.places import Places
from risk_api.seismic.damage.types import VARIANTS
from risk_api.seismic.intensity import mmi, msk_kz
from risk_api.seismic.measures import Measure
from risk_api.seismic.realisations import Residuals, draw_residuals, maps_of
from risk_api.seismic.shaking import Shaking

Floats = NDArray[np.float64]
REALISATIONS: Final = 1200
SEED: Final = 1887
OUTCOMES: Final = (*OF_BUILDINGS, "destroyed", *OF_PEOPLE)
"""`destroyed` is grades 4 and 5; people hurt are those hurt if everybody is at home."""
MEASURES: Final = (Measure.PGA, Measure.PGV)
"""What the shaking has to hold, in this order."""


@dataclass(frozen=True)
class Losses:
    """Possible outcomes of one earthquake.

    Attributes
    ----------
    samples : mapping
        By branch, (n_realisations, n_districts, n_outcomes), in the order of `OUTCOMES`.
    pager_deaths : ndarray, (n_realisations, n_districts)
        Deaths by the empirical model of PAGER, a cross-check.
    district_mmi, district_msk, district_pga_g : ndarray, (n_realisations, n_districts)
        Shaking where people live, averaged over them; over buildings where nobody lives, 0 where neither is.
    """

    samples: Mapping[Branch, Floats]
    pager_deaths: Floats
    district_mmi: Floats
    district_msk: Floats
    district_pga_g: Floats


def losses(
    shaking: Shaking,
    places: Places,
    curves: Mapping[Branch, Curves],
    people: Floats,
    assumptions: Assumptions,
    *,
    count: int = REALISATIONS,
    seed: int = SEED,
    drawn: Residuals | None = None,
) -> Losses:
    """Draw possible shakings of one earthquake, and read what each does.

    Every realisation is one model, one between-event residual, a field of within-event residuals that is
    correlated in space, a field of what the shaking leaves open of the intensity, and one variant of how
    vulnerable the buildings as a whole are.

    Parameters
    ----------
    shaking : Shaking
        At the places, of PGA and PGV.
    places : Places
    curves : mapping
        By branch, of the same districts.
    people : ndarray, (n_districts,)
        People by district.
    assumptions : Assumptions
    count : int
        Realisations.
    seed : int
        The same seed gives the same answer.
    drawn : Residuals, optional
        Those of the places, the count and the seed where they are known already: `residuals_at`.
    """
    residuals = residuals_at(places, count, seed) if drawn is None else drawn
    fields = maps_of(shaking, residuals)
    pga = fields[:, shaking.measures.index(Measure.PGA)]
    pgv = fields[:, shaking.measures.index(Measure.PGV)]
    intensity = mmi(pga, pgv) + places.increment
    seen = intensity + assumptions.value("intensity_scatter") * residuals.conversion
    levels = {Branch.MACROSEISMIC: seen, Branch.FRAGILITY: np.log(pga)}
    variant = drawn_variants(assumptions, count, seed)
    samples = {branch: _read(curve, places, levels[branch], variant) for branch, curve in curves.items()}
    lived_in = np.bincount(places.district, places.people, len(people)) > 0.0
    shares = np.where(lived_in[places.district], places.people, places.buildings)
    # Sparse, not for its size: products this small are not worth waking the threads of a BLAS.
    spread = csr_matrix((shares, (places.district, np.arange(len(shares)))), shape=(len(people), len(shares)))
    return Losses(
        samples,
        (spread @ death_rate(intensity).T).T * people,
        (spread @ intensity.T).T,
        (spread @ (msk_kz(pga) + places.increment).T).T,
        (spread @ pga.T).T,
    )


def residuals_at(places: Places, count: int = REALISATIONS, seed: int = SEED) -> Residuals:
    """What the shakings of any earthquake at these places are drawn with."""
    return draw_residuals(places.lon, places.lat, MEASURES, count, seed)


def drawn_variants(assumptions: Assumptions, count: int, seed: int) -> NDArray[np.int64]:
    """Which of `VARIANTS` each realisation takes, in their shares as exactly as the count allows."""
    shares = np.array([assumptions.variant_shares[name] for name in VARIANTS])
    bounds = np.cumsum(shares)
    place = np.minimum(
        np.searchsorted(bounds, (np.arange(count) + 0.5) / count, side="left"), len(VARIANTS) - 1
    )
    # Another stream than that of the shaking, so that the two are independent.
    return np.asarray(np.random.default_rng([seed, 1]).permutation(place))


def _read(curves: Curves, places: Places, levels: Floats, variant: NDArray[np.int64]) -> Floats:
    """Outcomes of every realisation and district, (n_realisations, n_districts, n_outcomes).

    A place between two nodes counts for both, for the nearer one more: linear interpolation. Which nodes a
    district's places take is a sparse matrix with a row per realisation and district, times the curves.
    """
    nodes, districts = curves.nodes, curves.buildings.shape[1]
    order = np.argsort(places.district, kind="stable")
    district = places.district[order]
    place = np.clip((levels[:, order] - nodes.low) / nodes.step, 0.0, nodes.count - 1 - 1e-9)
    lower = place.astype(np.int32)
    above = place - lower
    lower += ((variant[:, None] * districts + district) * nodes.count).astype(np.int32)
    columns = _pairs(lower, lower + np.int32(1))
    last = np.searchsorted(district, np.arange(districts), side="right")
    ends = np.arange(len(levels))[:, None] * len(district) + last
    starts = np.concatenate([[0], 2 * ends.ravel()]).astype(np.int32)

    def read(shares: Floats, outcomes: Floats) -> Floats:
        upper = above * shares[order]
        table = outcomes.reshape(-1, outcomes.shape[-1])
        weights = _pairs(shares[order] - upper, upper)
        taken = csr_matrix((weights, columns, starts), shape=(len(starts) - 1, len(table)))
        return np.asarray(taken @ table).reshape(len(levels), districts, -1)

    built, living = read(places.buildings, curves.buildings), read(places.people, curves.people)
    destroyed = built[..., 4:5] + built[..., 5:6]
    return np.concatenate([built, destroyed, living], axis=-1)


def _pairs(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Both arrays as one flat one, an element of each in turn."""
    found = np.empty((first.size, 2), dtype=first.dtype)
    found[:, 0], found[:, 1] = first.ravel(), second.ravel()
    return found.ravel()
