"""Losses of one earthquake by district: many possible shakings, read through the curves of both branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage.assumptions import Assumptions
from risk_api.seismic.damage.curves import OF_BUILDINGS, OF_PEOPLE, Branch, Curves, Nodes
from risk_api.seismic.damage.pager import death_rate
from risk_api.seismic.damage.places import Places
from risk_api.seismic.damage.types import VARIANTS
from risk_api.seismic.intensity import mmi, msk_kz
from risk_api.seismic.measures import Measure
from risk_api.seismic.realisations import realisations
from risk_api.seismic.shaking import Shaking

Floats = NDArray[np.float64]
REALISATIONS: Final = 600
SEED: Final = 1887
OUTCOMES: Final = (*OF_BUILDINGS, "destroyed", *OF_PEOPLE)
"""`destroyed` is grades 4 and 5; people hurt are those hurt if everybody is at home."""


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
) -> Losses:
    """Draw possible shakings of one earthquake, and read what each does.

    Every realisation is one model, one between-event residual, a field of within-event residuals that is
    correlated in space, and one variant of how vulnerable the buildings as a whole are.

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
    """
    fields = realisations(shaking, places.lon, places.lat, count, seed)
    pga = fields[:, shaking.measures.index(Measure.PGA)]
    pgv = fields[:, shaking.measures.index(Measure.PGV)]
    intensity = mmi(pga, pgv)
    levels = {Branch.MACROSEISMIC: intensity, Branch.FRAGILITY: np.log(pga)}
    variant = drawn_variants(assumptions, count, seed)
    samples = {branch: _read(curve, places, levels[branch], variant) for branch, curve in curves.items()}
    spread = np.zeros((len(places.district), len(people)))
    lived_in = np.bincount(places.district, places.people, len(people)) > 0.0
    shares = np.where(lived_in[places.district], places.people, places.buildings)
    spread[np.arange(len(places.district)), places.district] = shares
    return Losses(
        samples,
        (death_rate(intensity) @ spread) * people,
        intensity @ spread,
        msk_kz(pga) @ spread,
        pga @ spread,
    )


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
    count, districts = len(levels), curves.buildings.shape[1]
    standing, living = _on_nodes(levels, curves.nodes, places, districts)
    found = np.empty((count, districts, len(OUTCOMES)))
    split = len(OF_BUILDINGS)
    for index in range(len(VARIANTS)):
        rows = np.flatnonzero(variant == index)
        for district in range(districts):
            built = standing[rows, district] @ curves.buildings[index, district]
            found[rows, district, :split] = built
            found[rows, district, split] = built[:, 4] + built[:, 5]
            found[rows, district, split + 1 :] = living[rows, district] @ curves.people[index, district]
    return found


def _on_nodes(levels: Floats, nodes: Nodes, places: Places, districts: int) -> tuple[Floats, Floats]:
    """Share of each district's buildings, and people, at every node, (n_realisations, n_districts, n_nodes).

    A place between two nodes counts for both, for the nearer one more: linear interpolation.
    """
    place = np.clip((levels - nodes.low) / nodes.step, 0.0, nodes.count - 1 - 1e-9)
    lower = place.astype(np.int64)
    above = place - lower
    count = len(levels)
    start = (np.arange(count)[:, None] * districts + places.district[None, :]) * nodes.count + lower
    cells = np.concatenate([start.ravel(), start.ravel() + 1])
    size = count * districts * nodes.count
    found = []
    for weight in (places.buildings, places.people):
        upper = weight * above
        parts = np.concatenate([(weight - upper).ravel(), upper.ravel()])
        binned = np.asarray(np.bincount(cells, parts, size), dtype=np.float64)
        found.append(binned.reshape(count, districts, nodes.count))
    return found[0], found[1]
