"""How often: a published frequency, one that is given with the question, or one counted from the record.

No frequency is published for any river of the embedded region. What can be counted is how many flows of at
least this size are on record for a river, over how many years; that gives a rate with a wide band, and the
answer calls it an assumption.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter, UnknownScenario

if TYPE_CHECKING:
    from geodata import Region, Scenario

#: Assumption of a region: over how many years large flows are on record.
RECORD_YEARS: Final = "mudflow_record_years"
#: Share of the posterior that the band of a counted rate holds.
BAND: Final = 0.9
#: A rate above this is no rare event: a figure per hundred years was given by mistake.
HIGHEST_PER_YEAR: Final = 100.0


@dataclass(frozen=True)
class Rate:
    """Frequency of exceedance of a scenario, per year, and its band.

    Attributes
    ----------
    scenario : str
    value, low, high : float
    basis : {"published", "given", "counted"}
        Where it comes from: the region, the question, or the record.
    confidence : str
        As in the region; ``assumption`` for one that is counted or given.
    source : str
    events : int or None
        Flows of at least this size on record on the same river, where it is counted.
    years : float or None
        Length of that record.
    """

    scenario: str
    value: float
    low: float
    high: float
    basis: str
    confidence: str
    source: str
    events: int | None = None
    years: float | None = None


def counted_rate(events: int, years: float, band: float = BAND) -> tuple[float, float, float]:
    """Return the rate of rare events and its band from a count: Jeffreys' prior for a Poisson process.

    The posterior of a rate after `events` in `years` is Gamma(events + 1/2, years) (Jeffreys, Theory of
    Probability, 1961, as cited, not re-read); the value is its mean.

    Parameters
    ----------
    events : int
        Events on record, at least 0.
    years : float
        Years of the record, above 0.
    band : float
        Share of the posterior between low and high, between 0 and 1.

    Returns
    -------
    value, low, high : float
        Per year.
    """
    if events < 0:
        raise BadParameter("events", f"a count is at least 0, not {events}")
    if not (math.isfinite(years) and years > 0.0):
        raise BadParameter("record_years", f"a record is longer than 0 years, not {years:g}")
    if not 0.0 < band < 1.0:
        raise BadParameter("band", f"a band holds a share between 0 and 1, not {band:g}")
    from scipy.special import gammaincinv

    shape = events + 0.5
    tails = (0.5 * (1.0 - band), 0.5 * (1.0 + band))
    low, high = (float(gammaincinv(shape, share)) / years for share in tails)
    return shape / years, low, high


def scenario_rates(
    region: Region, scenarios: Sequence[str], given: Mapping[str, float] | None = None
) -> dict[str, Rate]:
    """Return the frequency of exceedance of each scenario.

    Parameters
    ----------
    region : Region
    scenarios : sequence of str
        Ids of the region's scenarios.
    given : mapping, optional
        Frequencies of the question itself, per year; they go before all others.

    Raises
    ------
    BadParameter
        If a given frequency is not above 0, is for a scenario that is not asked about, or if there is neither
        a published one nor a record to count in.
    """
    given = given or {}
    for name, frequency in given.items():
        if name not in scenarios:
            raise BadParameter(
                "frequencies",
                f"{name} is not among the scenarios",
                list(scenarios),
                reason_key="benefit.not_asked",
                name=name[:80],
            )
        if not (math.isfinite(frequency) and 0.0 < frequency <= HIGHEST_PER_YEAR):
            raise BadParameter(
                "frequencies",
                f"the frequency of {name} has to be above 0 and at most {HIGHEST_PER_YEAR:g} a year",
                reason_key="benefit.frequency",
                scenario=name,
                most=f"{HIGHEST_PER_YEAR:g}",
            )
    return {name: _rate(region, name, given.get(name)) for name in scenarios}


def _rate(region: Region, name: str, given: float | None) -> Rate:
    if name not in region.scenarios:
        raise UnknownScenario(name, region.scenarios)
    if given is not None:
        return Rate(name, given, given, given, "given", "assumption", "given with the question")
    scenario = region.scenarios[name]
    published = scenario.annual_frequency
    if published is not None:
        return Rate(
            name,
            published.value,
            published.low,
            published.high,
            "published",
            published.confidence,
            published.source,
        )
    record = region.assumptions.get(RECORD_YEARS)
    if record is None:
        raise BadParameter(
            "frequencies",
            f"no frequency of {name} is known and the region has no record to count in;"
            " give one in frequencies",
            reason_key="benefit.no_record",
            scenario=name,
        )
    events = recorded(region, scenario)
    value, _, _ = counted_rate(events, record.value)
    _, low, _ = counted_rate(events, record.high)
    _, _, high = counted_rate(events, record.low)
    return Rate(name, value, low, high, "counted", "assumption", record.source, events, record.value)


def recorded(region: Region, scenario: Scenario) -> int:
    """Return how many dated scenarios of the same river released at least as much, each day once.

    A scenario that happened counts itself; one that is only imagined counts none that was smaller.
    """
    return len(
        {
            other.date
            for other in region.scenarios.values()
            if other.date is not None
            and other.river == scenario.river
            and _size_m3(other) >= _size_m3(scenario)
        }
    )


def _size_m3(scenario: Scenario) -> float:
    """Size of a flow: what it grew to, whether that is released or gathered on the way."""
    return float(scenario.mudflow_m3.value)


def size_order(region: Region, scenarios: Sequence[str]) -> list[str]:
    """Return scenarios from the smallest flow to the largest."""
    return sorted(scenarios, key=lambda name: (_size_m3(region.scenarios[name]), name))
