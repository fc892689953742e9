"""Samples of losses as bands: low, middle, high and mean, by branch and for both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.damage.losses import OUTCOMES, Losses

Floats = NDArray[np.float64]
BAND: Final = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Band:
    """5th, 50th and 95th percentile, and the mean.

    Means of districts sum to the city's mean; percentiles do not, as not every district has its bad day at
    once.
    """

    low: float
    mid: float
    high: float
    mean: float

    def times(self, factor: float) -> Band:
        """The band of something in proportion."""
        return Band(self.low * factor, self.mid * factor, self.high * factor, self.mean * factor)


def band(samples: Floats, weights: Floats | None = None) -> Band:
    """Band of samples along their first axis.

    Parameters
    ----------
    samples : ndarray, (n,)
    weights : ndarray, (n,), optional
        Shares of the samples, which sum to 1; equal by default.
    """
    if weights is None:
        low, mid, high = np.percentile(samples, BAND)
        return Band(float(low), float(mid), float(high), float(samples.mean()))
    order = np.argsort(samples)
    middle = np.cumsum(weights[order]) - 0.5 * weights[order]
    low, mid, high = np.interp(np.array(BAND) / 100.0, middle, samples[order])
    return Band(float(low), float(mid), float(high), float(weights @ samples))


Outcome = Mapping[str, Band]


@dataclass(frozen=True)
class Summary:
    """What one district, or the city, suffers.

    Attributes
    ----------
    id : str
        The district, or "city".
    people, buildings : float
        Official population, and the stock's residential buildings.
    shaking : mapping
        Bands of pga_g, mmi and msk_kz where people live; empty for the city, and where nothing stands.
    branches : mapping
        Bands of `OUTCOMES` by branch; people hurt are those hurt if everybody is at home.
    both : mapping
        Bands of the mixture of both branches by their shares.
    pager_deaths : Band
        Cross-check.
    """

    id: str
    people: float
    buildings: float
    shaking: Outcome
    branches: Mapping[Branch, Outcome]
    both: Outcome
    pager_deaths: Band


def summaries(
    found: Losses,
    district_ids: tuple[str, ...],
    people: Floats,
    buildings: Floats,
    branch_shares: Mapping[str, float],
) -> tuple[tuple[Summary, ...], Summary]:
    """Bands of every district, and of the city.

    Parameters
    ----------
    found : Losses
    district_ids : tuple of str
    people, buildings : ndarray, (n_districts,)
    branch_shares : mapping
        How much each branch is believed.
    """
    districts = tuple(
        _summary(
            name,
            float(people[index]),
            float(buildings[index]),
            _shaking(found, index),
            {branch: samples[:, index] for branch, samples in found.samples.items()},
            found.pager_deaths[:, index],
            branch_shares,
        )
        for index, name in enumerate(district_ids)
    )
    city = _summary(
        "city",
        float(people.sum()),
        float(buildings.sum()),
        {},
        {branch: samples.sum(axis=1) for branch, samples in found.samples.items()},
        found.pager_deaths.sum(axis=1),
        branch_shares,
    )
    return districts, city


def _shaking(found: Losses, index: int) -> Outcome:
    if not found.district_pga_g[:, index].any():
        return {}
    return {
        "pga_g": band(found.district_pga_g[:, index]),
        "mmi": band(found.district_mmi[:, index]),
        "msk_kz": band(found.district_msk[:, index]),
    }


def _summary(
    name: str,
    people: float,
    buildings: float,
    shaking: Outcome,
    samples: Mapping[Branch, Floats],
    pager: Floats,
    branch_shares: Mapping[str, float],
) -> Summary:
    branches = {branch: _outcome(each) for branch, each in samples.items()}
    pooled = np.concatenate(list(samples.values()))
    weights = np.concatenate(
        [np.full(len(each), branch_shares[branch] / len(each)) for branch, each in samples.items()]
    )
    both = {outcome: band(pooled[:, column], weights) for column, outcome in enumerate(OUTCOMES)}
    return Summary(name, people, buildings, shaking, branches, both, band(pager))


def _outcome(samples: Floats) -> Outcome:
    low, mid, high = np.percentile(samples, BAND, axis=0)
    mean = samples.mean(axis=0)
    return {
        outcome: Band(float(low[column]), float(mid[column]), float(high[column]), float(mean[column]))
        for column, outcome in enumerate(OUTCOMES)
    }
