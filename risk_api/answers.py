"""Questions and their answers: which runs a question needs, and the comparison once they are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.bounded import Bounded
from risk_api.errors import BadParameter, RunsMissing, UnknownScenario, UnknownScheme

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.exposure import Comparison
    from risk_api.runs import RunSpec, RunStore

DEFAULT_SCENARIO: Final = "aksai-lake-outburst"
DEFAULT_SCHEME: Final = "buwal"
#: Cells of a run that may be asked for over HTTP: at a few hundred bytes each they fit a small machine.
MOST_CELLS: Final = 5_000_000
#: Comparisons kept in memory; one is a few tens of kilobytes.
KEPT_ANSWERS: Final = 256
#: Planned runs kept in memory, a few kilobytes each; a region has some tens at its own cell size.
KEPT_SPECS: Final = 1024
#: Cell sizes that may be asked for over HTTP besides the region's own, m: each is another set of runs.
HTTP_CELL_SIZES_M: Final = (30.0, 60.0, 90.0, 120.0, 150.0)


@dataclass(frozen=True)
class Question:
    """What `/v1/exposure` was asked: one scenario, some strategies in order, a class scheme, how finely."""

    scenario: str
    strategies: tuple[str, ...]
    scheme: str = DEFAULT_SCHEME
    cell_size_m: float | None = None
    quality: str = "final"


@dataclass(frozen=True)
class Ending:
    """How a run ended: after `end_s` seconds of flow, at rest or by its time limit."""

    end_s: float
    at_rest: bool


class Answers:
    """Comparisons of finished runs, each worked out once: runs never change, so an answer never does.

    Parameters
    ----------
    region : Region
    store : RunStore
    """

    def __init__(self, region: Region, store: RunStore) -> None:
        self._region = region
        self._store = store
        self._kept: Bounded[Question, Comparison] = Bounded(KEPT_ANSWERS)
        self._specs: Bounded[tuple[str, str, float | None, str], RunSpec] = Bounded(KEPT_SPECS)
        self._asked: Bounded[str, str] = Bounded(KEPT_SPECS)
        self._endings: Bounded[str, Ending] = Bounded(KEPT_SPECS)

    def question(
        self,
        scenario: str | None = None,
        strategies: Sequence[str] = (),
        scheme: str | None = None,
        cell_size_m: float | None = None,
        quality: str | None = None,
        as_of: str | None = None,
    ) -> Question:
        """Return the question with its defaults filled in and every name checked.

        A day in `as_of` is one more strategy, the dams as they stood on it; alone it is the only one.

        Raises
        ------
        UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
            Naming what would be allowed.
        """
        from risk_api.exposure import SCHEMES
        from risk_api.runs import quality_of
        from risk_api.runs.quality import CELL_SIZE_RANGE_M
        from risk_api.runs.spec import check_strategy
        from risk_api.runs.states import day_of, strategy_on

        scenario = scenario if scenario is not None else self.default_scenario
        if scenario not in self._region.scenarios:
            raise UnknownScenario(scenario, self._region.scenarios)
        chosen = tuple(strategies)
        if as_of is not None:
            day = strategy_on(day_of(as_of, "as_of"))
            chosen += () if day in chosen else (day,)
        chosen = chosen or tuple(self._region.strategies)
        for name in chosen:
            check_strategy(self._region, self._region.scenarios[scenario], name)
        scheme = scheme if scheme is not None else DEFAULT_SCHEME
        if scheme not in SCHEMES:
            raise UnknownScheme(scheme, SCHEMES)
        low, high = max(CELL_SIZE_RANGE_M[0], self.finest_cell_m), CELL_SIZE_RANGE_M[1]
        if cell_size_m is not None and not low <= cell_size_m <= high:
            raise BadParameter(
                "cell_size_m",
                f"between {low:g} and {high:g} m is needed",
                reason_key="cell_size",
                low=f"{low:g}",
                high=f"{high:g}",
            )
        return Question(scenario, chosen, scheme, cell_size_m, quality_of(quality).id)

    def http_cell_size_m(self, cell_size_m: float | None, quality: str | None = None) -> float | None:
        """Return a cell size that a stranger may ask runs for, None for the default of the quality.

        Raises
        ------
        BadParameter
            Naming the few sizes there are: every other one would be a new set of runs to compute.
        """
        from risk_api.runs import quality_of

        default = quality_of(quality).cell_size_m(self._region)
        sizes = self.http_cell_sizes_m(quality)
        if cell_size_m is None or cell_size_m in sizes:
            return None if cell_size_m == default else cell_size_m
        names = [f"{size:g}" for size in sizes]
        listed = ", ".join(names)
        raise BadParameter(
            "cell_size_m", f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed
        )

    def http_cell_sizes_m(self, quality: str | None = None) -> list[float]:
        """Return the cell sizes that a stranger may ask runs of a quality for."""
        from risk_api.runs import quality_of

        own = float(self._region.run_cell_size_m)
        default = quality_of(quality).cell_size_m(self._region)
        finest = self.finest_cell_m
        return sorted({own, default, *(size for size in HTTP_CELL_SIZES_M if size >= finest)})

    @property
    def finest_cell_m(self) -> float:
        """Return the smallest cell that a run of the whole region may have, m, rounded up to 5 m."""
        west, south, east, north = self._region.bounds
        return 5.0 * math.ceil(math.sqrt((east - west) * (north - south) / MOST_CELLS) / 5.0)

    @property
    def default_scenario(self) -> str:
        """Return the scenario of the default comparison; a region without it starts with its first."""
        scenarios = self._region.scenarios
        return DEFAULT_SCENARIO if DEFAULT_SCENARIO in scenarios else next(iter(scenarios))

    def remember(self, run_id: str, strategy: str) -> None:
        """Remember by which strategy somebody asked for a run: days and earthquakes are in no list."""
        self._asked.put(run_id, strategy)

    def asked_as(self, run_id: str) -> str | None:
        """Return the strategy by which a run was asked for last, as long as it is remembered."""
        return self._asked.peek(run_id)

    def known_strategies(self, scenario: str) -> tuple[str, ...]:
        """Return the strategies that can be asked of a scenario: ``then`` where its date says which stood."""
        from risk_api.runs.spec import strategy_ids

        return strategy_ids(self._region, self._region.scenarios[scenario])

    def spec(
        self, scenario: str, strategy: str, cell_size_m: float | None = None, quality: str = "final"
    ) -> RunSpec:
        """Return the run that answers for one scenario and strategy."""
        from risk_api.runs import plan, quality_of

        return self._specs.get(
            (scenario, strategy, cell_size_m, quality),
            lambda: plan(
                self._region, scenario, strategy, cell_size_m=cell_size_m, quality=quality_of(quality)
            ),
        )

    def specs(self, question: Question) -> list[RunSpec]:
        """Return the runs of a question, each once: strategies that differ elsewhere share one."""
        specs = [
            self.spec(question.scenario, name, question.cell_size_m, question.quality)
            for name in question.strategies
        ]
        return list({spec.id: spec for spec in specs}.values())

    def missing(self, question: Question) -> list[RunSpec]:
        """Return the runs of a question that are not made yet."""
        return [spec for spec in self.specs(question) if not self._store.has(spec.id)]

    def made(self, scenario: str) -> tuple[str, ...]:
        """Return the region's strategies whose run for `scenario` is finished."""
        return tuple(
            name for name in self._region.strategies if self._store.has(self.spec(scenario, name).id)
        )

    def comparison(self, question: Question) -> Comparison:
        """Return the answer to a question.

        Raises
        ------
        RunsMissing
            With the runs to make first.
        """
        return self._kept.get(question, lambda: self._compare(question))

    def inputs(self, comparison: Comparison) -> dict[str, dict[str, Any]]:
        """Return what the run of each strategy was made from: the ``inputs`` of its ``run.json``."""
        return {
            strategy: self.spec(
                comparison.scenario.id, strategy, comparison.cell_size_m, comparison.quality.id
            ).values
            for strategy in comparison.strategies
        }

    def ending(self, run_id: str) -> Ending:
        """Return how a finished run ended."""

        def read() -> Ending:
            summary = self._store.open(run_id).summary
            return Ending(float(summary["end_s"]), bool(summary["at_rest"]))

        return self._endings.get(run_id, read)

    def _compare(self, question: Question) -> Comparison:
        missing = self.missing(question)
        if missing:
            raise RunsMissing(missing)
        from risk_api.exposure import compare
        from risk_api.runs import quality_of

        return compare(
            self._region,
            self._store,
            question.scenario,
            question.strategies,
            question.scheme,
            cell_size_m=question.cell_size_m,
            quality=quality_of(question.quality),
        )
