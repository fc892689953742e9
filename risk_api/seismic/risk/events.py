"""Possible shakings of every earthquake of the source model, each with its yearly rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage.places import Places
from risk_api.seismic.distances import plane_distances
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.gmm import MODELS
from risk_api.seismic.hazard.ruptures import RuptureSet
from risk_api.seismic.hazard.source_model import SourceModel
from risk_api.seismic.measures import Measure
from risk_api.seismic.realisations import correlation_root
from risk_api.seismic.weights import checked_weights

Floats = NDArray[np.float64]
DRAWS: Final = 4
"""Shakings of every rupture and model, in pairs of opposite residuals; an even number."""
SEED: Final = 1911
NOTHING_BELOW_G: Final = 0.03
"""A shaking that exceeds this nowhere breaks nothing: in both branches fewer than 1 in 10^6 die below it."""
_AT_ONCE: Final = 400
_DRAWN_TOGETHER: Final = 2000
"""Ruptures whose residuals are drawn together: many small products would keep a BLAS waking its threads."""
_MEASURES: Final = (Measure.PGA, Measure.PGV)


@dataclass(frozen=True)
class Events:
    """Some events of one group.

    Attributes
    ----------
    rate_yr : ndarray, (n_events,)
        How often a year, before a branch of the logic tree scales the group.
    pga_g, pgv_cm_s : ndarray, (n_events, n_places)
        Shaking.
    conversion : ndarray, (n_events, n_places)
        Standard normal: what the shaking leaves open of the intensity, alike in space as in `realisations`.
    """

    rate_yr: Floats
    pga_g: Floats
    pgv_cm_s: Floats
    conversion: Floats


def events_of(
    group: RuptureSet, sources: SourceModel, places: Places, *, draws: int = DRAWS, seed: int = SEED
) -> Iterator[Events]:
    """Yield the events of a group that can break anything, a few hundred ruptures at a time.

    Every rupture is drawn `draws` times with each ground-motion model, in pairs whose residuals are opposite,
    so that the mean of the draws is nearer the mean of the distribution than their number says. The residuals
    of PGA and PGV come from the same draws.

    Parameters
    ----------
    group : RuptureSet
    sources : SourceModel
        Whose frame the ruptures lie in.
    places : Places
    draws : int
        Even.
    seed : int
        The same seed gives the same events.
    """
    shares = checked_weights(None, MODELS)
    frame: LocalFrame = sources.frame
    x, y = frame.to_km(places.lon, places.lat)
    roots = [correlation_root(x, y, measure).T for measure in _MEASURES]
    rng, of_intensity = (np.random.default_rng([seed, *more, *group.group.encode()]) for more in ((), (2,)))
    sites = places.sites
    for first in range(0, len(group), _DRAWN_TOGETHER):
        block = group.part(slice(first, first + _DRAWN_TOGETHER))
        half = (len(shares), draws // 2, len(block))
        between = rng.standard_normal((*half, 1))
        raw = rng.standard_normal((*half, len(x)))
        within = [_times(raw, root) for root in roots]
        seen = _times(of_intensity.standard_normal((*half, len(x))), roots[_MEASURES.index(Measure.PGV)])
        for start in range(0, len(block), _AT_ONCE):
            chosen = slice(start, start + _AT_ONCE)
            part = block.part(chosen)
            paths, source = plane_distances(part.planes, x, y), part.sources()
            for index, (name, share) in enumerate(shares.items()):
                motion = MODELS[name](source, paths, sites, _MEASURES)
                fields = []
                for row, field in enumerate(within):
                    residual = motion.tau[row] * between[index, :, chosen]
                    residual = residual + motion.phi[row] * field[index, :, chosen]
                    both = np.concatenate([residual, -residual])
                    fields.append(np.exp(motion.mean_ln[row] + both).reshape(-1, len(x)))
                open_part = seen[index, :, chosen]
                conversion = np.concatenate([open_part, -open_part]).reshape(-1, len(x))
                rate = np.tile(part.rate_yr * share / draws, draws)
                felt = fields[0].max(axis=1) >= NOTHING_BELOW_G
                yield Events(rate[felt], fields[0][felt], fields[1][felt], conversion[felt])


def _times(draws: Floats, root: Floats) -> Floats:
    """Draws correlated in space, of their shape: one product of two large matrices, not many small ones."""
    return np.asarray((draws.reshape(-1, draws.shape[-1]) @ root).reshape(draws.shape))
