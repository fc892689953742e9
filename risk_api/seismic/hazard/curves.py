"""Hazard curves: how often a year each level of shaking is exceeded, by branch of the logic tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from risk_api.seismic.distances import plane_distances
from risk_api.seismic.errors import BadSeismicInput, beyond, misfit
from risk_api.seismic.gmm import MODELS, OutsideRange, Sites
from risk_api.seismic.hazard.branches import LogicTree, almaty_tree
from risk_api.seismic.hazard.ruptures import RuptureSet
from risk_api.seismic.hazard.source_model import SourceModel, almaty_sources
from risk_api.seismic.hazard.tally import Tally
from risk_api.seismic.measures import MEASURES, Measure
from risk_api.seismic.weights import checked_weights

Floats = NDArray[np.float64]
RETURN_PERIODS_YEARS: Final = (50.0, 5000.0)
"""Beyond these the sources say nothing: a catalogue of 140 years, slip rates of some thousand."""
SPECTRUM: Final = (Measure.PGA, Measure.SA_03, Measure.SA_06, Measure.SA_10)
LEVEL_COUNT: Final = 30
REACH_KM: Final = 100.0
"""From the centre of the sources: further out the areas end too near, and their cells are too large."""
SITES_AT_ONCE: Final = 24
"""Sites computed together: what their tallies need fits 20 MB."""
_AT_ONCE: Final = 6000
"""Pairs of rupture and site of which the ground motion is computed together."""
_BANDS: Final = {
    Measure.PGA: (0.005, 4.0),
    Measure.PGV: (0.3, 600.0),
    Measure.SA_03: (0.008, 9.0),
    Measure.SA_06: (0.004, 7.0),
    Measure.SA_10: (0.002, 5.0),
}


def levels_of(measure: Measure) -> Floats:
    """Levels at which a measure's curve is computed, g or cm/s, equally spaced in the logarithm."""
    return np.geomspace(*_BANDS[measure], LEVEL_COUNT)


@dataclass(frozen=True)
class Hazard:
    """Hazard curves at sites.

    Attributes
    ----------
    measures : tuple of Measure
        What the axis before the sites counts.
    levels : ndarray, (n_measures, n_levels)
        g or cm/s.
    by_group : ndarray, (n_groups, n_measures, n_sites, n_levels)
        Yearly rate of exceeding by group of the tree, unscaled.
    tree : LogicTree
        The branches.
    outside : tuple of OutsideRange
        Where a model was asked beyond its range; the share is that of rupture and site pairs. Marked and not
        warned of: the largest magnitudes of the areas lie a little beyond two of the models as they stand.
    """

    measures: tuple[Measure, ...]
    levels: Floats
    by_group: Floats
    tree: LogicTree
    outside: tuple[OutsideRange, ...] = ()

    @cached_property
    def by_branch(self) -> Floats:
        """Yearly rate of exceeding by branch, (n_branches, n_measures, n_sites, n_levels)."""
        return np.asarray(np.tensordot(self.tree.scales, self.by_group, axes=1))

    @cached_property
    def mean(self) -> Floats:
        """Mean over the branches, (n_measures, n_sites, n_levels)."""
        return np.asarray(np.tensordot(self.tree.shares, self.by_branch, axes=1))

    def fractile(self, percent: float) -> Floats:
        """Rate that so many percent of the belief do not exceed, (n_measures, n_sites, n_levels)."""
        if not 0.0 <= percent <= 100.0:
            raise beyond("percentile", percent, 0.0, 100.0)
        order = np.argsort(self.by_branch, axis=0)
        ranked = np.take_along_axis(self.by_branch, order, axis=0)
        believed = np.cumsum(self.tree.shares[order], axis=0)
        place = np.minimum((believed < percent / 100.0 - 1e-12).sum(axis=0), len(self.tree.shares) - 1)
        return np.asarray(np.take_along_axis(ranked, place[None], axis=0)[0])

    def level(self, return_period_years: float, rates: Floats | None = None) -> Floats:
        """Shaking exceeded once in so many years on average, (n_measures, n_sites), g or cm/s.

        Parameters
        ----------
        return_period_years : float
            50 to 5,000.
        rates : ndarray, optional
            Which curves; the mean by default. Between levels the logarithms are linear; NaN where a curve
            ends before it reaches the return period.

        Raises
        ------
        BadSeismicInput
            If the sources do not support the return period.
        """
        low, high = RETURN_PERIODS_YEARS
        if not low <= return_period_years <= high:
            raise beyond("return_period_years", return_period_years, low, high)
        curves = self.mean if rates is None else rates
        wanted = -np.log(return_period_years)
        found = np.empty(curves.shape[:-1])
        for place in np.ndindex(found.shape):
            ln_rate = np.log(np.maximum(curves[place], 1e-12))
            # Ascending for the interpolation: the highest level is the rarest.
            ln_levels = np.log(self.levels[place[0]])[::-1]
            found[place] = np.exp(np.interp(wanted, ln_rate[::-1], ln_levels, left=np.nan, right=np.nan))
        return found

    def probability(self, measure: Measure, level: float, years: float) -> Floats:
        """Probability of exceeding a level at least once in so many years, (n_sites,): Poisson."""
        if measure not in self.measures:
            listed = ", ".join(self.measures)
            raise BadSeismicInput(
                "measure", f"allowed are {listed}", self.measures, reason_key="allowed", allowed_names=listed
            )
        row = self.measures.index(measure)
        low, high = float(self.levels[row, 0]), float(self.levels[row, -1])
        if not low <= level <= high:
            raise beyond("level", level, low, high)
        if not years > 0.0:
            raise BadSeismicInput("years", "a number above zero is needed", reason_key="positive")
        grid, curves = np.log(self.levels[row]), np.log(np.maximum(self.mean[row], 1e-12))
        rate = np.exp([np.interp(np.log(level), grid, curve) for curve in curves])
        return np.asarray(-np.expm1(-rate * years))

    def uniform_spectrum(self, return_period_years: float) -> tuple[tuple[float, ...], Floats]:
        """Periods, s (0 for PGA), and accelerations, g, (n_periods, n_sites), of one return period."""
        rows = [self.measures.index(measure) for measure in SPECTRUM if measure in self.measures]
        periods = tuple(self.measures[row].key for row in rows)
        return periods, self.level(return_period_years)[rows]


def hazard(
    lon: ArrayLike,
    lat: ArrayLike,
    sites: Sites,
    *,
    sources: SourceModel | None = None,
    tree: LogicTree | None = None,
    weights: Mapping[str, float] | None = None,
    measures: Iterable[Measure] = MEASURES,
) -> Hazard:
    """Hazard curves at sites.

    Ruptures of each group are computed once; branches only scale their rates. The scatter of every model is a
    whole normal distribution, not cut off.

    Parameters
    ----------
    lon, lat : array_like, (n_sites,)
        Degrees, within `REACH_KM` of Almaty.
    sites : Sites
        Their ground.
    sources, tree : optional
        Those of Almaty by default.
    weights : mapping, optional
        Shares of the ground-motion models; equal by default.
    measures : iterable of Measure
        Which measures.
    """
    model = almaty_sources() if sources is None else sources
    beliefs = almaty_tree() if tree is None else tree
    shares = checked_weights(weights, MODELS)
    asked = tuple(measures)
    lons, lats = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    if lons.shape != lats.shape or lons.ndim != 1:
        raise misfit("lat")
    x, y = model.frame.to_km(lons, lats)
    # Written so that not a number is refused as well.
    if not (np.hypot(x, y) <= REACH_KM).all():
        raise BadSeismicInput(
            "lon",
            f"the sources hold for sites within {REACH_KM:g} km of Almaty",
            reason_key="beyond_sources",
            reach=f"{REACH_KM:g}",
        )
    ground = sites.on(x.shape)
    marks: list[tuple[OutsideRange, int]] = []
    levels = np.stack([levels_of(measure) for measure in asked])
    found = np.zeros((len(beliefs.groups), len(asked), len(x), LEVEL_COUNT))
    for start in range(0, len(x), SITES_AT_ONCE):
        part = slice(start, start + SITES_AT_ONCE)
        here = ground.part(part)
        for index, name in enumerate(beliefs.groups):
            if name not in beliefs.used:
                continue
            group = model.groups[name]
            found[index, :, part], outside = rates_of(
                group, x[part], y[part], here, shares, asked, np.log(levels)
            )
            marks += [(mark, count * len(x[part])) for mark, count in outside]
    pairs = len(x) * sum(len(model.groups[name]) for name in beliefs.used)
    return Hazard(asked, levels, found, beliefs, _merged(marks, pairs))


def _merged(marks: list[tuple[OutsideRange, int]], pairs: int) -> tuple[OutsideRange, ...]:
    """One mark for every model and field: the furthest value, and the share of all pairs."""
    found: dict[tuple[str, str], OutsideRange] = {}
    for mark, count in marks:
        share = mark.share * count / pairs
        known = found.get((mark.model, mark.field))
        if known is not None:
            further = max(
                known, mark, key=lambda each: max(each.furthest - each.high, each.low - each.furthest)
            )
            mark, share = further, share + known.share
        found[mark.model, mark.field] = replace(mark, share=share)
    return tuple(found.values())


def rates_of(
    ruptures: RuptureSet,
    x_km: Floats,
    y_km: Floats,
    sites: Sites,
    shares: Mapping[str, float],
    measures: tuple[Measure, ...],
    ln_levels: Floats,
) -> tuple[Floats, list[tuple[OutsideRange, int]]]:
    """Yearly rate at which some ruptures exceed levels, (n_measures, n_sites, n_levels), and marks.

    The ruptures' rates times `chance_above` (see `Tally` for how near). A mark comes with the number of
    ruptures that its share is of.
    """
    tallies = [Tally(row, len(x_km)) for row in ln_levels]
    outside: list[tuple[OutsideRange, int]] = []
    step = max(1, _AT_ONCE // len(x_km))
    for start in range(0, len(ruptures), step):
        part = ruptures.part(slice(start, start + step))
        paths, source = plane_distances(part.planes, x_km, y_km), part.sources()
        for name, share in shares.items():
            motion = MODELS[name](source, paths, sites, measures)
            outside += [(mark, len(part)) for mark in motion.outside]
            sigma = motion.sigma
            for row, tally in enumerate(tallies):
                tally.add(motion.mean_ln[row], sigma[row], share * part.rate_yr)
    return np.stack([tally.rates() for tally in tallies]), outside


def chance_above(
    ruptures: RuptureSet,
    x_km: Floats,
    y_km: Floats,
    sites: Sites,
    shares: Mapping[str, float],
    measures: tuple[Measure, ...],
    ln_levels: Floats,
) -> Floats:
    """Probability that each rupture exceeds each level, (n_measures, n_ruptures, n_sites, n_levels)."""
    paths, source = plane_distances(ruptures.planes, x_km, y_km), ruptures.sources()
    total = np.zeros((len(measures), len(ruptures), len(x_km), ln_levels.shape[-1]))
    for name, share in shares.items():
        motion = MODELS[name](source, paths, sites, measures)
        spread = 1.0 / motion.sigma
        # (mean - level) / sigma: the share of the distribution above the level.
        score = (motion.mean_ln * spread)[..., None] - spread[..., None] * ln_levels[:, None, None, :]
        total += share * ndtr(score)
    return total
