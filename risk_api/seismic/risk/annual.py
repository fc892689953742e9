"""Yearly losses by district: averages and exceedance curves, over source branches and damage branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage.assumptions import Assumptions
from risk_api.seismic.damage.curves import OF_BUILDINGS, OF_PEOPLE, Branch, Curves
from risk_api.seismic.damage.places import Places
from risk_api.seismic.damage.types import VARIANTS
from risk_api.seismic.errors import BadSeismicInput, beyond
from risk_api.seismic.hazard.branches import LogicTree
from risk_api.seismic.hazard.curves import REACH_KM
from risk_api.seismic.hazard.source_model import SourceModel
from risk_api.seismic.intensity import mmi
from risk_api.seismic.risk.events import DRAWS, SEED, events_of

Floats = NDArray[np.float64]
OUTCOMES: Final = ("deaths", "hospital", "displaced", "destroyed")
"""Dead, hurt so that a hospital is needed (severity 2 and 3), displaced; grades 4 and 5; all at home."""
LEVELS: Final = np.geomspace(0.1, 1e7, 161)
"""Losses at which exceedance is counted, 20 to a decade."""
RETURN_PERIODS_YEARS: Final = (50.0, 5000.0)


@dataclass(frozen=True)
class Risk:
    """Yearly rates of losses.

    Attributes
    ----------
    district_ids : tuple of str
        Districts; the city comes after the last.
    tree : LogicTree
        Branches of the sources.
    damage_shares : ndarray, (n_damage,)
        Shares of the damage leaves: both branches by every variant.
    damage_leaves : tuple of (Branch, str)
        What they are.
    average_by_group : ndarray, (n_groups, n_damage, n_districts + 1, n_outcomes)
        Yearly average by group of the sources, unscaled.
    exceeded_by_group : ndarray, (n_groups, n_damage, n_districts + 1, n_outcomes, n_levels)
        Yearly rate of exceeding each of `LEVELS`, unscaled.
    """

    district_ids: tuple[str, ...]
    tree: LogicTree
    damage_shares: Floats
    damage_leaves: tuple[tuple[Branch, str], ...]
    average_by_group: Floats
    exceeded_by_group: Floats

    @cached_property
    def average_by_leaf(self) -> Floats:
        """Yearly average, (n_source_branches, n_damage, n_districts + 1, n_outcomes)."""
        return np.asarray(np.tensordot(self.tree.scales, self.average_by_group, axes=1))

    @cached_property
    def exceeded_by_leaf(self) -> Floats:
        """Yearly rate of exceeding, (n_source_branches, n_damage, n_districts + 1, n_outcomes, n_levels)."""
        return np.asarray(np.tensordot(self.tree.scales, self.exceeded_by_group, axes=1))

    @cached_property
    def leaf_shares(self) -> Floats:
        """Share of every leaf, (n_source_branches, n_damage); they sum to 1."""
        return np.outer(self.tree.shares, self.damage_shares)

    def mean_average(self, branch: Branch | None = None) -> Floats:
        """Yearly average over the leaves, or those of one damage branch, (n_districts + 1, n_outcomes)."""
        shares = self._shares(branch)
        return np.asarray(np.einsum("sd,sdko->ko", shares, self.average_by_leaf))

    def mean_exceeded(self, branch: Branch | None = None) -> Floats:
        """Yearly rate of exceeding over the leaves, (n_districts + 1, n_outcomes, n_levels)."""
        shares = self._shares(branch)
        return np.asarray(np.einsum("sd,sdkol->kol", shares, self.exceeded_by_leaf))

    def average_fractile(self, percent: float) -> Floats:
        """Yearly average that so many percent of the belief do not exceed, (n_districts + 1, n_outcomes)."""
        if not 0.0 <= percent <= 100.0:
            raise beyond("percentile", percent, 0.0, 100.0)
        flat = self.average_by_leaf.reshape(-1, *self.average_by_leaf.shape[2:])
        return _fractile(flat, self.leaf_shares.ravel(), percent)

    def loss(self, return_period_years: float, exceeded: Floats | None = None) -> Floats:
        """Loss that is exceeded once in so many years on average, of the curves' shape without the levels.

        Parameters
        ----------
        return_period_years : float
            50 to 5,000.
        exceeded : ndarray, (..., n_levels), optional
            Which curves; the mean ones by default. 0 where less than a tenth is exceeded so often.
        """
        low, high = RETURN_PERIODS_YEARS
        if not low <= return_period_years <= high:
            raise beyond("return_period_years", return_period_years, low, high)
        curves = self.mean_exceeded() if exceeded is None else exceeded
        wanted = -np.log(return_period_years)
        ln_levels = np.log(LEVELS)[::-1]
        found = np.zeros(curves.shape[:-1])
        for place in np.ndindex(found.shape):
            ln_rate = np.log(np.maximum(curves[place], 1e-12))[::-1]
            if ln_rate[-1] >= wanted:
                found[place] = np.exp(np.interp(wanted, ln_rate, ln_levels))
        return found

    def loss_fractile(self, return_period_years: float, percent: float) -> Floats:
        """Loss of a return period that so many percent of the belief do not exceed."""
        flat = self.exceeded_by_leaf.reshape(-1, *self.exceeded_by_leaf.shape[2:])
        return _fractile(self.loss(return_period_years, flat), self.leaf_shares.ravel(), percent)

    def _shares(self, branch: Branch | None) -> Floats:
        if branch is None:
            return self.leaf_shares
        chosen = np.array([leaf is branch for leaf, _ in self.damage_leaves])
        mine = np.where(chosen, self.damage_shares, 0.0)
        return np.outer(self.tree.shares, mine / mine.sum())


def _fractile(values: Floats, shares: Floats, percent: float) -> Floats:
    """Value along the first axis that so much of the belief does not exceed."""
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    believed = np.cumsum(shares[order], axis=0)
    place = np.minimum((believed < percent / 100.0 - 1e-12).sum(axis=0), len(shares) - 1)
    return np.asarray(np.take_along_axis(ranked, place[None], axis=0)[0])


def annual_risk(
    sources: SourceModel,
    tree: LogicTree,
    places: Places,
    curves: Mapping[Branch, Curves],
    assumptions: Assumptions,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Risk:
    """Yearly losses of every district and of the city.

    Ruptures of each group are drawn once; branches of the tree only scale their rates. How vulnerable
    buildings are as a whole is a belief, not chance: its variants are leaves beside the two damage branches.

    Parameters
    ----------
    sources, tree
        Of the hazard.
    places : Places
        A few tens are enough: within-event residuals are alike over kilometres.
    curves : mapping
        By damage branch, of the same districts.
    assumptions : Assumptions
        Shares of branches and variants.
    draws, seed : int
        As in `events_of`.

    Raises
    ------
    BadSeismicInput
        If a place lies beyond the reach of the sources.
    """
    x, y = sources.frame.to_km(places.lon, places.lat)
    if not (np.hypot(x, y) <= REACH_KM).all():
        raise BadSeismicInput(
            "lon",
            f"the sources hold for sites within {REACH_KM:g} km of Almaty",
            reason_key="beyond_sources",
            reach=f"{REACH_KM:g}",
        )
    districts = len(places.district_ids)
    leaves = tuple((branch, variant) for branch in curves for variant in VARIANTS)
    damage_shares = np.array(
        [
            assumptions.branch_shares[branch] * assumptions.variant_shares[variant]
            for branch, variant in leaves
        ]
    )
    shape = (len(tree.groups), len(leaves), districts + 1, len(OUTCOMES))
    average, counted = np.zeros(shape), np.zeros((*shape, len(LEVELS) + 1))
    tables = {branch: _table(curve) for branch, curve in curves.items()}
    scatter = assumptions.value("intensity_scatter")
    for index, name in enumerate(tree.groups):
        if name not in tree.used:
            continue
        for events in events_of(sources.groups[name], sources, places, draws=draws, seed=seed):
            levels = {
                Branch.MACROSEISMIC: mmi(events.pga_g, events.pgv_cm_s)
                + places.increment
                + scatter * events.conversion,
                Branch.FRAGILITY: np.log(events.pga_g),
            }
            _add(events.rate_yr, levels, tables, curves, places, average[index], counted[index])
    # An event exceeds every level below its loss: the counts from each level on.
    exceeded = np.cumsum(counted[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return Risk(places.district_ids, tree, damage_shares, leaves, average, exceeded)


def _table(curves: Curves) -> Floats:
    """`OUTCOMES` by district and node, (n_districts * n_nodes, n_variants * n_outcomes)."""
    people = {name: curves.people[..., column] for column, name in enumerate(OF_PEOPLE)}
    buildings = {name: curves.buildings[..., column] for column, name in enumerate(OF_BUILDINGS)}
    outcomes = np.stack(
        [
            people["severity_4"],
            people["severity_2"] + people["severity_3"],
            people["displaced"],
            buildings["grade_4"] + buildings["grade_5"],
        ],
        axis=-1,
    )
    variants, districts, nodes, count = outcomes.shape
    return np.ascontiguousarray(outcomes.transpose(1, 2, 0, 3).reshape(districts * nodes, variants * count))


def _add(
    rate_yr: Floats,
    levels: Mapping[Branch, Floats],
    tables: Mapping[Branch, Floats],
    curves: Mapping[Branch, Curves],
    places: Places,
    average: Floats,
    counted: Floats,
) -> None:
    """Add the events' losses to the averages, and to the counts between levels."""
    if not len(rate_yr):
        return
    variants, count = len(VARIANTS), len(rate_yr)
    outcomes = variants * len(OUTCOMES)
    # Of people and of buildings, in the order of `OUTCOMES`, for each variant.
    weight = np.tile(np.stack([places.people] * 3 + [places.buildings], axis=-1), variants)
    row = np.empty((count, outcomes))
    for offset, (branch, table) in enumerate(tables.items()):
        nodes = curves[branch].nodes
        # The nearest node: steps are a twentieth of a degree and 4 %.
        node = np.rint((levels[branch] - nodes.low) / nodes.step).astype(np.int64)
        np.clip(node, 0, nodes.count - 1, out=node)
        losses = np.zeros((len(places.district_ids) + 1, count, outcomes))
        for place, district in enumerate(places.district):
            own = table[district * nodes.count : (district + 1) * nodes.count] * weight[place]
            np.take(own, node[:, place], axis=0, out=row, mode="clip")
            losses[district] += row
        losses[:-1].sum(axis=0, out=losses[-1])
        leaves = slice(offset * variants, (offset + 1) * variants)
        shape = (len(losses), variants, len(OUTCOMES))
        average[leaves] += np.einsum("e,kec->kc", rate_yr, losses).reshape(shape).transpose(1, 0, 2)
        counted[leaves] += _counts(losses, rate_yr).reshape(*shape, -1).transpose(1, 0, 2, 3)


def _counts(losses: Floats, rate_yr: Floats) -> Floats:
    """Rate of losses between levels, (n_districts + 1, n_columns, n_levels + 1).

    Parameters
    ----------
    losses : ndarray, (n_districts + 1, n_events, n_columns)
    rate_yr : ndarray, (n_events,)
    """
    rows, _, columns = losses.shape
    bins = len(LEVELS) + 1
    # The small addition keeps the logarithm defined; it is far below the lowest level.
    place = np.log(losses + 1e-9)
    place -= np.log(LEVELS[0])
    place *= 1.0 / np.log(LEVELS[1] / LEVELS[0])
    np.floor(place, out=place)
    level = np.clip(place + 1.0, 0, bins - 1).astype(np.int64)
    level += (np.arange(rows)[:, None, None] * columns + np.arange(columns)) * bins
    weights = np.broadcast_to(rate_yr[None, :, None], losses.shape)
    found = np.asarray(np.bincount(level.ravel(), weights.ravel(), rows * columns * bins), dtype=np.float64)
    return found.reshape(rows, columns, bins)
