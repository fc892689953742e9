"""How high a dam would have to be in a scenario: the search joined to real runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_api.benefit.decompose import WORSE_FROM_PEOPLE, minutes_gained
from risk_api.benefit.geometry import SiteGeometry, holding_between, site_geometry
from risk_api.benefit.sizing import MOST_TRIALS, Sizing, half_way, smallest_height
from risk_api.benefit.sizing_question import SizingQuestion
from risk_api.benefit.states import ABSENT, WHOLE, Planner
from risk_api.benefit.tally import MEASURES, DistrictTally, Tally
from risk_api.benefit.upstream import people_above
from risk_api.runs.changes import DamChange
from risk_api.runs.spec import RunSpec

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import Run

MakeRun = Callable[[RunSpec], "Run"]


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
    worse : bool
        Whether more people are affected, or exposed, than without the dam.
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
    worse: bool
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
        self._planner = Planner(region, question.cell_size_m, question.quality)
        self.geometry = geometry or self._measured()

    def spec(self, height_m: float) -> RunSpec:
        """Return the run with the dam at a height, 0 for none.

        A strategy of the region that is the same gives its own run, which may be made already.
        """
        asked = self.question
        if height_m > 0.0:
            # By its height: at its own it is then the dam as it is, not one of a crest some millimetres off.
            change = DamChange(state=WHOLE, height_m=height_m)
            return self._planner.changed(asked.scenario, asked.strategy, {asked.dam: change})
        return self._planner.with_states(asked.scenario, asked.strategy, {asked.dam: ABSENT})

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
            # As it is shown: a limit must not be kept by a digit that no answer has.
            lambda tally: round(tally.people("affected", asked.district), 1),
            affected_below=asked.affected_below,
            lowest_m=self.geometry.lowest_m,
            tallest_m=self.geometry.tallest_m,
            guesses_m=guesses,
            known={0.0: without},
            most_trials=MOST_TRIALS - 1,
            between=self.geometry.halving_capacity if asked.by == "capacity" else half_way,
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

    def _measured(self) -> SiteGeometry:
        values = self._planner.strategy(self.question.scenario, self.question.strategy).values
        standing = [dam for dam, state in values["dams"].items() if state["kind"] != ABSENT]
        asked, grid = self.question, self._region.terrain(values["cell_size_m"])
        geometry = site_geometry(self._region, grid, asked.dam, standing, asked.lowest_m, asked.tallest_m)
        if asked.smallest_m3 is None and asked.largest_m3 is None:
            return geometry
        return holding_between(geometry, asked.smallest_m3, asked.largest_m3)

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
            worse=any(
                tally.people(measure, asked.district) - without.people(measure, asked.district)
                >= WORSE_FROM_PEOPLE
                for measure in MEASURES
            ),
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
