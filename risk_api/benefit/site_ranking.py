"""Which of several dams first, over a set of events: the sites' benefits from runs with every set of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from risk_api.benefit.annual import Node, expected_annual
from risk_api.benefit.assess import OpenRun
from risk_api.benefit.cost import latest_cost
from risk_api.benefit.overload import overloads
from risk_api.benefit.question import BenefitQuestion
from risk_api.benefit.ranking import Ranking, check_sites, rank
from risk_api.benefit.rates import Rate, scenario_rates, size_order
from risk_api.benefit.states import ABSENT, WHOLE, Planner
from risk_api.benefit.tally import Tally
from risk_api.errors import UnknownDam

if TYPE_CHECKING:
    from geodata import Region
    from geodata.dams import Cost
    from risk_api.runs import RunSpec


@dataclass(frozen=True)
class RankingQuestion:
    """Which of `dams` first.

    Attributes
    ----------
    dams : tuple of str
    over : BenefitQuestion
        The events, their frequencies and the measure; its reference says what else stands.
    by : {"benefit", "cost"}
    """

    dams: tuple[str, ...]
    over: BenefitQuestion
    by: str = "benefit"


@dataclass(frozen=True)
class RankingAnswer:
    """The order, with what it is made of.

    Attributes
    ----------
    question : RankingQuestion
    ranking : Ranking
        Benefits are exposures of a person avoided per year.
    rates : mapping
    costs : mapping
        Published cost of each dam, None where none is.
    expected : float
        Exposure per year where none of the dams stands.
    met : mapping
        Events whose flow meets each dam.
    run_ids : mapping
        By set of dams (ids with a plus between, ``-`` for none) and event.
    """

    question: RankingQuestion
    ranking: Ranking
    rates: Mapping[str, Rate]
    costs: Mapping[str, Cost | None]
    expected: float
    met: Mapping[str, list[str]]
    run_ids: Mapping[str, Mapping[str, str]]


def ranking_question(
    region: Region, dams: Sequence[str], over: BenefitQuestion, by: str = "benefit"
) -> RankingQuestion:
    """Return the question with its dams filled in and checked.

    Parameters
    ----------
    region : Region
    dams : sequence of str
        None named: all that some strategy of the region leaves out and another one has.
    over : BenefitQuestion
    by : {"benefit", "cost"}

    Raises
    ------
    UnknownDam, BadParameter
    """
    for dam in dams:
        if dam not in region.dam_sites:
            raise UnknownDam(dam, region.dam_sites)
    chosen = tuple(dams) or tuple(
        dam
        for dam in region.dam_sites
        if _kinds(region, dam, over.reference) == ABSENT
        and any(_kinds(region, dam, name) == WHOLE for name in region.strategies)
    )
    costs = {dam: cost.amount for dam in chosen if (cost := latest_cost(region.dam_sites[dam])) is not None}
    check_sites(chosen, costs, by)
    return RankingQuestion(chosen, over, by)


def _kinds(region: Region, dam: str, strategy: str) -> str:
    known = region.strategies.get(strategy)
    return ABSENT if known is None else known.states.get(dam, ABSENT)


def ranking_runs(region: Region, question: RankingQuestion) -> list[RunSpec]:
    """Return the runs of a ranking, each once: a set of dams that no flow tells apart shares them."""
    over = question.over
    scenario_rates(region, over.scenarios, dict(over.frequencies))
    planner = Planner(region, over.cell_size_m, over.quality)
    specs = [
        _spec(planner, over, scenario, question.dams, chosen)
        for chosen in _sets(question.dams)
        for scenario in over.scenarios
    ]
    return list({spec.id: spec for spec in specs}.values())


def rank_sites(region: Region, question: RankingQuestion, open_run: OpenRun) -> RankingAnswer:
    """Return the order in which the dams do most, from finished runs.

    Parameters
    ----------
    region : Region
    question : RankingQuestion
    open_run : callable
        Returns the finished run of a spec, or raises.
    """
    over = question.over
    rates = scenario_rates(region, over.scenarios, dict(over.frequencies))
    planner = Planner(region, over.cell_size_m, over.quality)
    tallies: dict[str, Tally] = {}
    run_ids: dict[str, dict[str, str]] = {}

    def exposure(chosen: frozenset[str]) -> float:
        """Expected annual exposure where these stand: a curve for each river, added up."""
        of_set = run_ids.setdefault("+".join(sorted(chosen)) or "-", {})
        by_river: dict[str, dict[str, Tally]] = {}
        for name in size_order(region, over.scenarios):
            spec = _spec(planner, over, name, question.dams, chosen)
            of_set[name] = spec.id
            if spec.id not in tallies:
                tallies[spec.id] = Tally.of_run(open_run(spec), over.scheme)
            by_river.setdefault(region.scenarios[name].river, {})[name] = tallies[spec.id]
        return sum(_expected(found, rates, over.measure) for found in by_river.values())

    none = exposure(frozenset())
    costs = {dam: latest_cost(region.dam_sites[dam]) for dam in question.dams}
    known = {dam: cost.amount for dam, cost in costs.items() if cost is not None}
    currencies = {cost.currency for cost in costs.values() if cost is not None}
    ranking = rank(
        question.dams,
        lambda chosen: none - exposure(chosen),
        known if len(currencies) <= 1 else {},
        by=question.by,
    )
    met = {
        dam: [name for name in over.scenarios if dam in planner.states(name, over.reference)]
        for dam in question.dams
    }
    return RankingAnswer(question, ranking, rates, costs, none, met, run_ids)


def _expected(found: Mapping[str, Tally], rates: Mapping[str, Rate], measure: str) -> float:
    """Expected annual exposure to the events of one river; it is level up to where a dam overflows."""
    curve = sorted(((name, rates[name].value) for name in found), key=lambda pair: -pair[1])
    people = {name: tally.people(measure) for name, tally in found.items()}
    full = overloads(curve, {name: tally.dams for name, tally in found.items()})
    nodes = [
        *(Node(one.frequency_per_year, people[one.held]) for one in full),
        *(Node(frequency, people[name]) for name, frequency in curve),
    ]
    return expected_annual(nodes).value


def _spec(
    planner: Planner, over: BenefitQuestion, scenario: str, dams: Sequence[str], chosen: frozenset[str]
) -> RunSpec:
    kinds = {dam: WHOLE if dam in chosen else ABSENT for dam in dams}
    return planner.with_states(scenario, over.reference, kinds)


def _sets(dams: Sequence[str]) -> Iterator[frozenset[str]]:
    sizes: Iterator[Any] = chain.from_iterable(combinations(dams, size) for size in range(len(dams) + 1))
    return (frozenset(chosen) for chosen in sizes)
