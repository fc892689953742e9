"""How high a dam would have to be in a scenario: the search joined to real runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.benefit.decompose import minutes_gained
from risk_api.benefit.geometry import SiteGeometry, site_geometry
from risk_api.benefit.sizing import MOST_TRIALS, Sizing, smallest_height
from risk_api.benefit.tally import DistrictTally, Tally
from risk_api.benefit.upstream import people_above
from risk_api.errors import BadParameter, UnknownDam, UnknownDistrict, UnknownScheme
from risk_api.exposure.schemes import SCHEMES
from risk_api.runs.changes import DamChange
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.spec import RunSpec, check_strategy, plan, scenario_of

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import Run

#: What stands in a run where nothing is said about the dam.
_STANDS: Final = "in service"

MakeRun = Callable[[RunSpec], "Run"]


@dataclass(frozen=True)
class SizingQuestion:
    """The smallest crest of `dam` that keeps those affected by `scenario` below a number.

    Attributes
    ----------
    scenario, dam : str
    affected_below : float
        People in a class of at least medium intensity; the answer has fewer. Above 0.
    strategy : str
        What else stands.
    district : str or None
        Count this district alone; None counts all of them.
    scheme : str
        Class scheme.
    lowest_m, tallest_m : float or None
        Heights above the river bed to search; None: from 5 m to twice the dam's own.
    cost_per_m3 : float or None
        Cost of a cubic metre of capacity, in `currency`; None: the curve has no cost.
    currency : str
    cell_size_m : float or None
    quality : Quality
    """

    scenario: str
    dam: str
    affected_below: float
    strategy: str
    district: str | None = None
    scheme: str = "buwal"
    lowest_m: float | None = None
    tallest_m: float | None = None
    cost_per_m3: float | None = None
    currency: str = "KZT"
    cell_size_m: float | None = None
    quality: Quality = FINAL


@dataclass(frozen=True)
class Row:
    """One height of the trade-off curve.

    Attributes
    ----------
    height_m : float
        Crest above the river bed; 0 = no dam.
    crest_elevation_m, capacity_m3 : float or None
        Capacity by the terrain up to where the dam spills; None without a dam.
    people_affected, people_exposed : float
    inflow_m3, held_m3, passed_m3, overflow_m3 : float or None
        What the dam did with the flow: held at the end, through its openings, over its crest.
    outcome : str or None
    minutes_gained : float or None
        How much later the first person is reached than without the dam; None unless both are.
    reached : str
        both, lost (nobody is reached any more), gained, neither.
    cost : float or None
    run_id : str
    """

    height_m: float
    crest_elevation_m: float | None
    capacity_m3: float | None
    people_affected: float
    people_exposed: float
    inflow_m3: float | None
    held_m3: float | None
    passed_m3: float | None
    overflow_m3: float | None
    outcome: str | None
    minutes_gained: float | None
    reached: str
    cost: float | None
    run_id: str


@dataclass(frozen=True)
class SizingAnswer:
    """What a search found, and the runs behind it.

    Attributes
    ----------
    question : SizingQuestion
    found : Sizing
        Height, how well it is resolved, whether the affected fall with height.
    curve : list of Row
        Every height tried, no dam first.
    geometry : SiteGeometry
    arrives_m3 : float
        What passes the site where no dam stands.
    balance_height_m : float or None
        Height whose bowl holds all of that: the volume balance that the search began with.
    above : mapping
        People above the dam by district, without it and (where one was computed) with the tallest tried:
        under ``without`` and ``with``.
    reason : tuple of str and mapping, or None
        Why no height suffices: key and parameters of the sentence.
    inputs : mapping
        The ``inputs`` of each run, by height.
    """

    question: SizingQuestion
    found: Sizing[Tally]
    curve: list[Row]
    geometry: SiteGeometry
    arrives_m3: float
    balance_height_m: float | None
    above: Mapping[str, Mapping[str, DistrictTally]]
    reason: tuple[str, dict[str, str]] | None
    inputs: Mapping[float, Mapping[str, Any]]


def sizing_question(
    region: Region, scenario: str, dam: str, affected_below: float, **given: Any
) -> SizingQuestion:
    """Return the question with its defaults filled in and every name and number checked.

    Parameters
    ----------
    region : Region
    scenario, dam : str
    affected_below : float
    given
        The other fields of `SizingQuestion`; None stands for the default.

    Raises
    ------
    UnknownScenario, UnknownDam, UnknownStrategy, UnknownDistrict, UnknownScheme, BadParameter
        By name, with what is allowed; a dam that the scenario's flow never meets is refused too.
    """
    chosen = {key: value for key, value in given.items() if value is not None}
    flow = scenario_of(region, scenario)
    if dam not in region.dam_sites:
        raise UnknownDam(dam, region.dam_sites)
    met = region.dams_downstream(flow.river, *region.to_metric(flow.lon, flow.lat))
    if dam not in met:
        listed = ", ".join(met) or "-"
        raise BadParameter(
            "dam",
            f"the flow of {scenario} never meets {dam}; it meets {listed}",
            met,
            reason_key="sizing.never_met",
            scenario=scenario,
            dam=dam,
            met=listed,
        )
    strategy = chosen.pop("strategy", None) or _own_strategy(region, dam)
    check_strategy(region, flow, strategy)
    question = SizingQuestion(scenario, dam, affected_below, strategy, **chosen)
    if question.scheme not in SCHEMES:
        raise UnknownScheme(question.scheme, SCHEMES)
    districts = region.district_polygons()
    if question.district is not None and question.district not in districts:
        raise UnknownDistrict(question.district, districts)
    _above_nothing("affected_below", question.affected_below)
    for field in ("lowest_m", "tallest_m", "cost_per_m3"):
        if getattr(question, field) is not None:
            _above_nothing(field, getattr(question, field))
    if question.lowest_m is not None and question.tallest_m is not None:
        from risk_api.benefit.geometry import check_range

        check_range(question.lowest_m, question.tallest_m)
    return question


def _own_strategy(region: Region, dam: str) -> str:
    """The first strategy in which the dam stands whole: what it is judged in."""
    for strategy in region.strategies.values():
        if strategy.states.get(dam) == _STANDS:
            return strategy.id
    return next(iter(region.strategies))


def _above_nothing(field: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise BadParameter(field, f"a number above 0 is needed, not {value:g}", reason_key="above_zero")


class DamSizer:
    """The search over one dam, joined to the runs of a region.

    Parameters
    ----------
    region : Region
    question : SizingQuestion
    geometry : SiteGeometry, optional
        Where it is known already.
    """

    def __init__(
        self, region: Region, question: SizingQuestion, geometry: SiteGeometry | None = None
    ) -> None:
        self._region = region
        self.question = question
        self._base = self._plan(question.strategy, None)
        self.geometry = geometry or self._measured()

    def spec(self, height_m: float) -> RunSpec:
        """Return the run with the dam at a height, 0 for none.

        A strategy of the region that is the same gives its own run, which may be made already.
        """
        if height_m > 0.0:
            crest = round(self.geometry.crest_m(height_m), 2)
            return self._plan(self.question.strategy, DamChange(state=_STANDS, crest_elevation_m=crest))
        for strategy in self._region.strategies:
            other = self._plan(strategy, None)
            if self._without(other):
                return other
        return self._plan(self.question.strategy, DamChange(state="absent"))

    def search(self, make: MakeRun) -> SizingAnswer:
        """Search for the smallest height.

        Parameters
        ----------
        make : callable
            Returns the finished run of a spec, or raises (`RunsMissing` where it has to be made elsewhere).
        """
        asked = self.question
        inputs: dict[float, Mapping[str, Any]] = {}
        runs: dict[float, Run] = {}

        def evaluate(height_m: float) -> Tally:
            spec = self.spec(height_m)
            runs[height_m] = make(spec)
            inputs[height_m] = spec.values
            return Tally.of_run(runs[height_m], asked.scheme)

        without = evaluate(0.0)
        arrives = without.sections[f"below-{asked.dam}"]
        balance = self.geometry.height_holding(arrives)
        guesses = [self.geometry.own_height_m, *([balance] if balance is not None else [])]
        found = smallest_height(
            evaluate,
            lambda tally: tally.people("affected", asked.district),
            affected_below=asked.affected_below,
            lowest_m=self.geometry.lowest_m,
            tallest_m=self.geometry.tallest_m,
            guesses_m=guesses,
            known={0.0: without},
            most_trials=MOST_TRIALS - 1,
        )
        above = {"without": self._people_above(runs[0.0])}
        if found.tallest.height_m > 0.0:
            above["with"] = self._people_above(runs[found.tallest.height_m])
        return SizingAnswer(
            question=asked,
            found=found,
            curve=[self._row(trial.height_m, trial.outcome, without) for trial in found.trials],
            geometry=self.geometry,
            arrives_m3=arrives,
            balance_height_m=balance,
            above=above,
            reason=self._reason(found, above) if found.answer == "no height suffices" else None,
            inputs=inputs,
        )

    def _plan(self, strategy: str, change: DamChange | None) -> RunSpec:
        asked = self.question
        return plan(
            self._region,
            asked.scenario,
            strategy,
            cell_size_m=asked.cell_size_m,
            quality=asked.quality,
            changes={} if change is None else {asked.dam: change},
        )

    def _without(self, other: RunSpec) -> bool:
        """Whether a run is the base run but for the dam, which is absent there."""
        mine, theirs = self._base.values["dams"], other.values["dams"]
        if theirs[self.question.dam]["kind"] != "absent":
            return False
        return all(theirs[dam] == state for dam, state in mine.items() if dam != self.question.dam)

    def _measured(self) -> SiteGeometry:
        values = self._base.values
        standing = [dam for dam, state in values["dams"].items() if state["kind"] != "absent"]
        return site_geometry(
            self._region,
            self._region.terrain(values["cell_size_m"]),
            self.question.dam,
            standing,
            self.question.lowest_m,
            self.question.tallest_m,
        )

    def _people_above(self, run: Run) -> dict[str, DistrictTally]:
        asked = self.question
        scenario = self._region.scenarios[asked.scenario]
        return people_above(self._region, scenario, asked.dam, run, asked.scheme)

    def _row(self, height_m: float, tally: Tally, without: Tally) -> Row:
        asked = self.question
        record = tally.dams[asked.dam] if height_m > 0.0 else {}
        capacity = record.get("capacity_on_grid_m3")
        gained, reached = minutes_gained(
            without.first_person_s(asked.district), tally.first_person_s(asked.district)
        )
        return Row(
            height_m=height_m,
            crest_elevation_m=self.geometry.crest_m(height_m) if height_m > 0.0 else None,
            capacity_m3=capacity,
            people_affected=tally.people("affected", asked.district),
            people_exposed=tally.people("exposed", asked.district),
            inflow_m3=record.get("inflow_m3"),
            held_m3=record.get("stored_m3"),
            passed_m3=record.get("passed_m3"),
            overflow_m3=record.get("overflow_m3"),
            outcome=record.get("outcome"),
            minutes_gained=gained,
            reached=reached,
            cost=_cost(asked, capacity, height_m),
            run_id=tally.run_id,
        )

    def _reason(
        self, found: Sizing[Tally], above: Mapping[str, Mapping[str, DistrictTally]]
    ) -> tuple[str, dict[str, str]]:
        """Why no height suffices, from what the tallest tried leaves."""
        asked, tallest = self.question, found.tallest
        counted = [asked.district] if asked.district is not None else list(above["with"])
        upstream = sum(above["with"][district].affected for district in counted)
        record = tallest.outcome.dams[asked.dam]
        params = {"height": f"{tallest.height_m:g}", "left": f"{tallest.affected:.0f}"}
        if upstream >= asked.affected_below:
            return "above_dam", {**params, "people": f"{upstream:.0f}"}
        if record["outcome"] in ("overtopped", "unfinished overtopped"):
            return "overtopped", {**params, "volume": f"{record['overflow_m3']:.0f}"}
        if record["outcome"] == "passed":
            return "passed", {**params, "volume": f"{record['passed_m3']:.0f}"}
        return "beside", params


def _cost(question: SizingQuestion, capacity_m3: float | None, height_m: float) -> float | None:
    if question.cost_per_m3 is None:
        return None
    return question.cost_per_m3 * capacity_m3 if height_m > 0.0 and capacity_m3 is not None else 0.0
