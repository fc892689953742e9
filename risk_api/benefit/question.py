"""What `/v1/benefit` is asked: which events, which dams, against which, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.benefit.cost import DISCOUNT_RATES, HORIZON_YEARS, economics
from risk_api.benefit.rates import size_order
from risk_api.benefit.tally import MEASURES, measure_refused
from risk_api.errors import BadParameter, UnknownScenario, UnknownScheme
from risk_api.exposure.schemes import SCHEMES
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.spec import check_strategy
from risk_api.runs.states import THEN

if TYPE_CHECKING:
    from geodata import Region

#: The reference where a region has it: neither of the dams that are judged.
DEFAULT_REFERENCE: Final = "no-dams"
#: Discount rates that one answer shows.
MOST_RATES: Final = 5


@dataclass(frozen=True)
class BenefitQuestion:
    """What strategies are worth over a set of events.

    Attributes
    ----------
    scenarios : tuple of str
        Events, no event twice.
    strategies : tuple of str
        What is judged; the reference is not among them.
    reference : str
        What it is judged against.
    measure : {"exposed", "affected"}
    scheme : str
    frequencies : tuple of (scenario, per year)
        Those that the asker gives.
    discount_rates : tuple of float
    horizon_years : float
    upkeep_share_per_year : float
        Yearly upkeep of a dam as a share of its cost.
    value_per_avoided_person : float or None
        What the asker says that one avoided exposure is worth, in the currency of the costs.
    cell_size_m : float or None
    quality : Quality
    """

    scenarios: tuple[str, ...]
    strategies: tuple[str, ...]
    reference: str
    measure: str = "exposed"
    scheme: str = "buwal"
    frequencies: tuple[tuple[str, float], ...] = ()
    discount_rates: tuple[float, ...] = DISCOUNT_RATES
    horizon_years: float = HORIZON_YEARS
    upkeep_share_per_year: float = 0.0
    value_per_avoided_person: float | None = None
    cell_size_m: float | None = None
    quality: Quality = FINAL


def benefit_question(
    region: Region,
    scenarios: Sequence[str] = (),
    strategies: Sequence[str] = (),
    reference: str | None = None,
    frequencies: Mapping[str, float] | None = None,
    **given: Any,
) -> BenefitQuestion:
    """Return the question with its defaults filled in and every name and number checked.

    Parameters
    ----------
    region : Region
    scenarios, strategies : sequence of str
        None named: every event of the region once, and all its strategies.
    reference : str, optional
        Default: ``no-dams`` where the region has it, else its first strategy.
    frequencies : mapping, optional
        Per year, by scenario.
    given
        The other fields of `BenefitQuestion`; None stands for the default.

    Raises
    ------
    UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
        By name, with what is allowed.
    """
    chosen = {key: value for key, value in given.items() if value is not None}
    events = tuple(scenarios) or distinct_events(region)
    for name in events:
        if name not in region.scenarios:
            raise UnknownScenario(name, region.scenarios)
    _refuse_one_event_twice(region, events)
    against = reference or _default_reference(region)
    judged = tuple(name for name in strategies or region.strategies if name != against)
    for strategy in (against, *judged):
        _check_strategy(region, strategy, events)
    if not judged:
        raise BadParameter(
            "strategies",
            "name at least one besides the reference",
            [name for name in region.strategies if name != against],
            reason_key="benefit.reference_only",
        )
    question = BenefitQuestion(
        events, judged, against, frequencies=tuple((frequencies or {}).items()), **chosen
    )
    if question.scheme not in SCHEMES:
        raise UnknownScheme(question.scheme, SCHEMES)
    if question.measure not in MEASURES:
        raise measure_refused()
    if len(question.discount_rates) > MOST_RATES:
        raise BadParameter(
            "discount_rates", f"at most {MOST_RATES} are shown", reason_key="at_most", most=str(MOST_RATES)
        )
    # What a ratio cannot be made of is refused before a run is.
    economics(
        1.0,
        1.0,
        discount_rates=question.discount_rates,
        horizon_years=question.horizon_years,
        upkeep_share_per_year=question.upkeep_share_per_year,
        value_per_avoided_person=question.value_per_avoided_person,
    )
    return question


def distinct_events(region: Region) -> tuple[str, ...]:
    """Return the region's scenarios without second descriptions of an event, smallest first in each river.

    Two scenarios of one day and river are one event told twice (two volumes, two ways of bulking): the first
    stands for it.
    """
    told: set[tuple[object, str]] = set()
    kept = []
    for name, scenario in region.scenarios.items():
        event = (scenario.date or name, scenario.river)
        if event not in told:
            told.add(event)
            kept.append(name)
    return tuple(size_order(region, kept))


def _refuse_one_event_twice(region: Region, events: Sequence[str]) -> None:
    told: dict[tuple[object, str], str] = {}
    for name in events:
        scenario = region.scenarios[name]
        event = (scenario.date or name, scenario.river)
        if event in told:
            raise BadParameter(
                "scenarios",
                f"{told[event]} and {name} are one event told twice: its people would be counted twice",
                reason_key="benefit.one_event",
                first=told[event],
                second=name,
            )
        told[event] = name


def _default_reference(region: Region) -> str:
    strategies = region.strategies
    return DEFAULT_REFERENCE if DEFAULT_REFERENCE in strategies else next(iter(strategies))


def _check_strategy(region: Region, strategy: str, events: Sequence[str]) -> None:
    if strategy == THEN:
        raise BadParameter(
            "strategies",
            "'then' is another set of dams for each event; name one that holds for all of them",
            tuple(region.strategies),
            reason_key="benefit.then",
        )
    for name in events:
        check_strategy(region, region.scenarios[name], strategy)
