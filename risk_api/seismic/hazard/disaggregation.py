"""Which earthquakes a hazard comes from: by magnitude, distance and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.distances import plane_distances
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.gmm import MODELS, Sites
from risk_api.seismic.hazard.branches import LogicTree, almaty_tree
from risk_api.seismic.hazard.curves import chance_above
from risk_api.seismic.hazard.source_model import SourceModel, almaty_sources
from risk_api.seismic.measures import Measure
from risk_api.seismic.weights import checked_weights

Floats = NDArray[np.float64]
MAGNITUDE_EDGES: Final = (5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5)
DISTANCE_EDGES_KM: Final = (0.0, 5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 200.0, 500.0)


@dataclass(frozen=True)
class Disaggregation:
    """Shares of the rate at which one level is exceeded at one site, mean over the branches.

    Attributes
    ----------
    rate_yr : float
        The rate itself.
    by_magnitude_and_distance : ndarray, (n_magnitudes, n_distances)
        Shares over `MAGNITUDE_EDGES` and `DISTANCE_EDGES_KM` (Rrup); they sum to 1.
    by_group : mapping
        Shares by source; they sum to 1.
    mean_magnitude, mean_distance_km : float
        Of what exceeds the level.
    """

    rate_yr: float
    by_magnitude_and_distance: Floats
    by_group: Mapping[str, float]
    mean_magnitude: float
    mean_distance_km: float


def disaggregate(
    lon: float,
    lat: float,
    site: Sites,
    measure: Measure,
    level: float,
    *,
    sources: SourceModel | None = None,
    tree: LogicTree | None = None,
    weights: Mapping[str, float] | None = None,
) -> Disaggregation:
    """Split the rate at which a level is exceeded at one site.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    site : Sites
        Its ground.
    measure, level : Measure, float
        What is exceeded, g or cm/s.
    sources, tree, weights : optional
        As for `hazard`.
    """
    model = almaty_sources() if sources is None else sources
    beliefs = almaty_tree() if tree is None else tree
    shares = checked_weights(weights, MODELS)
    if not level > 0.0:
        raise BadSeismicInput("level", "a number above zero is needed", reason_key="positive")
    x, y = model.frame.to_km([lon], [lat])
    mean_scale = dict(zip(beliefs.groups, (beliefs.shares @ beliefs.scales).tolist(), strict=True))
    ln_level = np.array([[np.log(level)]])
    table = np.zeros((len(MAGNITUDE_EDGES) - 1, len(DISTANCE_EDGES_KM) - 1))
    by_group: dict[str, float] = {}
    magnitudes = distances = 0.0
    for name in beliefs.used:
        group = model.groups[name]
        chance = chance_above(group, x, y, site, shares, (measure,), ln_level)[0, :, 0, 0]
        rate = mean_scale[name] * group.rate_yr * chance
        rrup = plane_distances(group.planes, x, y).rrup_km[:, 0]
        table += np.histogram2d(group.magnitude, rrup, (MAGNITUDE_EDGES, DISTANCE_EDGES_KM), weights=rate)[0]
        by_group[name] = float(rate.sum())
        magnitudes += float(rate @ group.magnitude)
        distances += float(rate @ rrup)
    total = sum(by_group.values())
    return Disaggregation(
        total,
        table / total,
        {name: rate / total for name, rate in by_group.items()},
        magnitudes / total,
        distances / total,
    )
