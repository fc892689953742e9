"""What strategies are worth over a set of events, from finished runs: per district, with frequencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from risk_api.benefit.annual import Node, interpolated
from risk_api.benefit.assessment import (
    ENDS,
    Assessment,
    DistrictBenefit,
    EventChange,
    StrategyBenefit,
    Upstream,
)
from risk_api.benefit.cost import Economics, economics, latest_cost
from risk_api.benefit.decompose import NO_EVENTS, Decomposition, Event, decompose, minutes_gained
from risk_api.benefit.overload import Overload, overloads
from risk_api.benefit.question import BenefitQuestion
from risk_api.benefit.rates import Rate, scenario_rates, size_order
from risk_api.benefit.states import UNFINISHED, Planner
from risk_api.benefit.tally import DistrictTally, Tally
from risk_api.benefit.upstream import people_above, people_in_any

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import Run, RunSpec

OpenRun = Callable[["RunSpec"], "Run"]


def needed_runs(region: Region, question: BenefitQuestion, planner: Planner) -> list[RunSpec]:
    """Return the runs of a question, each once; frequencies are checked first, since a run costs minutes."""
    scenario_rates(region, question.scenarios, dict(question.frequencies))
    specs = []
    for scenario in question.scenarios:
        specs.append(planner.strategy(scenario, question.reference))
        for strategy in question.strategies:
            specs += [planner.strategy(scenario, strategy), planner.perfect(scenario, strategy)]
    return list({spec.id: spec for spec in specs}.values())


def assess(region: Region, question: BenefitQuestion, open_run: OpenRun, planner: Planner) -> Assessment:
    """Return what the strategies of a question are worth.

    Parameters
    ----------
    region : Region
    question : BenefitQuestion
    open_run : callable
        Returns the finished run of a spec, or raises.
    planner : Planner
        For the cell size and quality of the question.
    """
    rates = scenario_rates(region, question.scenarios, dict(question.frequencies))
    return _Assessor(region, question, open_run, planner, rates).answer()


class _Assessor:
    def __init__(
        self,
        region: Region,
        question: BenefitQuestion,
        open_run: OpenRun,
        planner: Planner,
        rates: Mapping[str, Rate],
    ) -> None:
        self._region = region
        self._question = question
        self._open = open_run
        self._planner = planner
        self._rates = rates
        self._tallies: dict[str, Tally] = {}
        self._above: dict[tuple[str, str], dict[str, DistrictTally]] = {}
        by_river: dict[str, list[str]] = {}
        for name in size_order(region, question.scenarios):
            by_river.setdefault(region.scenarios[name].river, []).append(name)
        self._sources = list(by_river.values())

    def answer(self) -> Assessment:
        asked, planner = self._question, self._planner
        reference = {name: planner.strategy(name, asked.reference) for name in asked.scenarios}
        in_any = self._in_any(reference)
        inputs = {asked.reference: {name: spec.values for name, spec in reference.items()}}
        found = {}
        for strategy in asked.strategies:
            specs = {name: planner.strategy(name, strategy) for name in asked.scenarios}
            inputs[strategy] = {name: spec.values for name, spec in specs.items()}
            found[strategy] = self._strategy(strategy, reference, specs, in_any)
        return Assessment(
            question=asked,
            rates=self._rates,
            strategies=found,
            reference_run_ids={name: spec.id for name, spec in reference.items()},
            inputs=inputs,
        )

    def _tally(self, spec: RunSpec) -> Tally:
        if spec.id not in self._tallies:
            self._tallies[spec.id] = Tally.of_run(self._open(spec), self._question.scheme)
        return self._tallies[spec.id]

    def _in_any(self, specs: Mapping[str, RunSpec]) -> dict[str, float]:
        runs = [self._open(spec) for spec in specs.values()]
        return people_in_any(self._region, runs, self._question.scheme)

    def _strategy(
        self,
        strategy: str,
        reference: Mapping[str, RunSpec],
        specs: Mapping[str, RunSpec],
        in_any_reference: Mapping[str, float],
    ) -> StrategyBenefit:
        asked, planner = self._question, self._planner
        perfect = {name: planner.perfect(name, strategy) for name in asked.scenarios}
        in_any = in_any_reference
        if any(specs[name].id != reference[name].id for name in specs):
            in_any = self._in_any(specs)
        added = {name: planner.added(name, asked.reference, strategy) for name in asked.scenarios}
        # The reference's own dams overflow as well: overloads of one side only are a benefit of nothing.
        sides = {"reference": reference, "strategy": specs, "perfect": perfect}
        full = {end: {side: self._overloads(of, end) for side, of in sides.items()} for end in ENDS}
        districts = {
            district: DistrictBenefit(
                parts={end: self._parts(district, end, sides, full[end]) for end in ENDS},
                events=[self._change(district, name, reference, specs) for name in asked.scenarios],
                in_any_reference=in_any_reference[district],
                in_any_strategy=in_any[district],
            )
            for district in self._region.district_polygons()
        }
        costs = {
            # What half a dam has cost is not what the whole one would.
            dam: None if UNFINISHED in kinds else latest_cost(self._region.dam_sites[dam])
            for dam, kinds in self._added_kinds(strategy, added).items()
        }
        failing = sorted(
            {
                dam
                for name in asked.scenarios
                for dam, state in planner.states(name, strategy).items()
                if perfect[name].id != specs[name].id and state["kind"] not in ("absent", "in service")
            }
        )
        answer = StrategyBenefit(
            districts=districts,
            overloads=full["value"]["strategy"],
            upstream=[
                self._upstream(name, dam, reference[name], specs[name])
                for name, dams in added.items()
                for dam in dams
            ],
            failing=failing,
            costs=costs,
            economics=None,
            run_ids={name: spec.id for name, spec in specs.items()},
        )
        return replace(answer, economics=self._economics(answer))

    def _added_kinds(self, strategy: str, added: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
        """The dams that a strategy adds, each with its kinds of state, in the order of their names."""
        kinds: dict[str, set[str]] = {}
        for name, dams in added.items():
            for dam in dams:
                kinds.setdefault(dam, set()).add(self._planner.states(name, strategy)[dam]["kind"])
        return dict(sorted(kinds.items()))

    def _curve_order(self, names: Sequence[str], end: str) -> list[tuple[str, float]]:
        """Events of one source from the most frequent to the rarest; those as frequent by their size."""
        pairs = [(name, float(getattr(self._rates[name], end))) for name in names]
        return sorted(pairs, key=lambda pair: -pair[1])

    def _overloads(self, specs: Mapping[str, RunSpec], end: str) -> list[Overload]:
        return [
            one
            for names in self._sources
            for one in overloads(
                self._curve_order(names, end), {name: self._tally(specs[name]).dams for name in names}
            )
        ]

    def _parts(
        self,
        district: str,
        end: str,
        sides: Mapping[str, Mapping[str, RunSpec]],
        full: Mapping[str, Sequence[Overload]],
    ) -> Decomposition:
        measure = self._question.measure
        whole = NO_EVENTS
        for names in self._sources:
            curve = self._curve_order(names, end)
            people = {
                side: {name: self._tally(of[name]).districts[district].of(measure) for name in names}
                for side, of in sides.items()
            }
            events = [
                Event(
                    name,
                    frequency,
                    people["reference"][name],
                    people["strategy"][name],
                    people["perfect"][name],
                )
                for name, frequency in curve
            ]
            here = {side: [one for one in found if one.held in names] for side, found in full.items()}
            # At one frequency the dam overflows first, and only then is what the overflow does.
            whole = whole + decompose([*_overload_events(here, curve, people), *events])
        return whole

    def _change(
        self, district: str, name: str, reference: Mapping[str, RunSpec], specs: Mapping[str, RunSpec]
    ) -> EventChange:
        before = self._tally(reference[name]).districts[district]
        after = self._tally(specs[name]).districts[district]
        gained, reached = minutes_gained(before.first_person_s, after.first_person_s)
        measure = self._question.measure
        return EventChange(name, before.of(measure), after.of(measure), gained, reached)

    def _upstream(self, name: str, dam: str, reference: RunSpec, spec: RunSpec) -> Upstream:
        return Upstream(
            name, dam, self._people_above(name, dam, reference), self._people_above(name, dam, spec)
        )

    def _people_above(self, name: str, dam: str, spec: RunSpec) -> dict[str, DistrictTally]:
        key = (spec.id, dam)
        if key not in self._above:
            scenario = self._region.scenarios[name]
            self._above[key] = people_above(
                self._region, scenario, dam, self._open(spec), self._question.scheme
            )
        return self._above[key]

    def _economics(self, answer: StrategyBenefit) -> list[Economics] | None:
        asked = self._question
        known = [cost for cost in answer.costs.values() if cost is not None]
        if not known or len(known) < len(answer.costs) or len({cost.currency for cost in known}) > 1:
            return None
        return economics(
            answer.city().benefit,
            sum(cost.amount for cost in known),
            discount_rates=asked.discount_rates,
            horizon_years=asked.horizon_years,
            upkeep_share_per_year=asked.upkeep_share_per_year,
            value_per_avoided_person=asked.value_per_avoided_person,
        )


def _overload_events(
    full: Mapping[str, Sequence[Overload]],
    curve: Sequence[tuple[str, float]],
    people: Mapping[str, Mapping[str, float]],
) -> list[Event]:
    """The events at which a dam of any side begins to overflow, with what each side leaves there.

    Below its own overload a side still leaves what it left in the largest event it held; at that of another
    side it leaves what its own curve says. So two sides of the same runs differ nowhere.
    """
    nodes = {
        side: [
            *(Node(one.frequency_per_year, people[side][one.held]) for one in full[side]),
            *(Node(frequency, people[side][name]) for name, frequency in curve),
        ]
        for side in full
    }
    begun = {(one.dam, one.frequency_per_year) for found in full.values() for one in found}
    return [
        Event(
            f"overload:{dam}:{frequency!r}",
            frequency,
            reference=interpolated(nodes["reference"], frequency),
            strategy=interpolated(nodes["strategy"], frequency),
            perfect=interpolated(nodes["perfect"], frequency),
            modelled=False,
        )
        for dam, frequency in sorted(begun)
    ]
