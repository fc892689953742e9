"""What the benefit of strategies is made of: per district, per event, with frequencies and their band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from risk_api.benefit.cost import Economics
from risk_api.benefit.decompose import NO_EVENTS, Decomposition
from risk_api.benefit.overload import Overload
from risk_api.benefit.question import BenefitQuestion
from risk_api.benefit.rates import Rate
from risk_api.benefit.tally import DistrictTally

if TYPE_CHECKING:
    from geodata.dams import Cost

#: Every number is worked out with the frequencies, with all of them at their low and at their high end.
ENDS: Final = ("value", "low", "high")


@dataclass(frozen=True)
class EventChange:
    """One event in one district, under the reference and under a strategy: people, and minutes gained."""

    scenario: str
    reference: float
    strategy: float
    minutes_gained: float | None
    reached: str


@dataclass(frozen=True)
class DistrictBenefit:
    """One district under one strategy.

    Attributes
    ----------
    parts : mapping
        `Decomposition` for the frequencies and both ends of their band, by `ENDS`.
    events : list of EventChange
    in_any_reference, in_any_strategy : float
        People in the footprint of at least one of the events, each counted once.
    """

    parts: Mapping[str, Decomposition]
    events: list[EventChange]
    in_any_reference: float
    in_any_strategy: float


@dataclass(frozen=True)
class Upstream:
    """People that an event reaches above a dam which the strategy adds: it gives them nothing."""

    scenario: str
    dam: str
    reference: Mapping[str, DistrictTally]
    strategy: Mapping[str, DistrictTally]


@dataclass(frozen=True)
class StrategyBenefit:
    """One strategy against the reference.

    Attributes
    ----------
    districts : mapping
        `DistrictBenefit` by district id.
    overloads : list of Overload
        Where its dams begin to overflow, at the frequencies' values.
    upstream : list of Upstream
    failing : list of str
        Dams that do not stand whole in it: what is worse than with whole ones is `excess`.
    costs : mapping
        Published cost of each dam that it adds, None where none is published, as for half a dam.
    economics : list of Economics or None
        None unless every dam it adds has a cost, in one currency.
    run_ids : mapping
        By scenario.
    """

    districts: Mapping[str, DistrictBenefit]
    overloads: list[Overload]
    upstream: list[Upstream]
    failing: list[str]
    costs: Mapping[str, Cost | None]
    economics: list[Economics] | None
    run_ids: Mapping[str, str]

    def city(self, end: str = "value") -> Decomposition:
        """Return the sum over the districts: what one loses is not set off against what another gains."""
        whole = NO_EVENTS
        for district in self.districts.values():
            whole = whole + district.parts[end]
        return replace(whole, worse_events=tuple(dict.fromkeys(whole.worse_events)))


@dataclass(frozen=True)
class Assessment:
    """The answer: rates, and each strategy against the reference."""

    question: BenefitQuestion
    rates: Mapping[str, Rate]
    strategies: Mapping[str, StrategyBenefit]
    reference_run_ids: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, Mapping[str, Any]]]
