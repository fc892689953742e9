"""Questions and their answers: which runs a question needs, and the comparison once they are made."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter, RunsMissing, UnknownScenario, UnknownScheme, UnknownStrategy

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


@dataclass(frozen=True)
class Question:
    """What `/v1/exposure` was asked: one scenario, some strategies in order, a class scheme, a cell size."""

    scenario: str
    strategies: tuple[str, ...]
    scheme: str = DEFAULT_SCHEME
    cell_size_m: float | None = None


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
        self._lock = threading.Lock()
        self._kept: OrderedDict[Question, Comparison] = OrderedDict()
        self._specs: dict[tuple[str, str, float | None], RunSpec] = {}

    def question(
        self,
        scenario: str | None = None,
        strategies: Sequence[str] = (),
        scheme: str | None = None,
        cell_size_m: float | None = None,
    ) -> Question:
        """Return the question with its defaults filled in and every name checked.

        Raises
        ------
        UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
            Naming what would be allowed.
        """
        from risk_api.exposure import SCHEMES
        from risk_api.runs.spec import CELL_SIZE_RANGE_M

        scenario = scenario if scenario is not None else self.default_scenario
        if scenario not in self._region.scenarios:
            raise UnknownScenario(scenario, self._region.scenarios)
        known = self.known_strategies(scenario)
        chosen = tuple(strategies) or tuple(self._region.strategies)
        for name in chosen:
            if name not in known:
                raise UnknownStrategy(name, known)
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
        return Question(scenario, chosen, scheme, cell_size_m)

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

    def known_strategies(self, scenario: str) -> tuple[str, ...]:
        """Return the strategies that can be asked of a scenario: ``then`` where its date says which stood."""
        from risk_api.runs.spec import strategy_ids

        return strategy_ids(self._region, self._region.scenarios[scenario])

    def spec(self, scenario: str, strategy: str, cell_size_m: float | None = None) -> RunSpec:
        """Return the run that answers for one scenario and strategy."""
        from risk_api.runs import plan

        key = (scenario, strategy, cell_size_m)
        if key not in self._specs:
            self._specs[key] = plan(self._region, scenario, strategy, cell_size_m=cell_size_m)
        return self._specs[key]

    def specs(self, question: Question) -> list[RunSpec]:
        """Return the runs of a question, each once: strategies that differ elsewhere share one."""
        specs = [self.spec(question.scenario, name, question.cell_size_m) for name in question.strategies]
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
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        missing = self.missing(question)
        if missing:
            raise RunsMissing(missing)
        from risk_api.exposure import compare

        answer = compare(
            self._region,
            self._store,
            question.scenario,
            question.strategies,
            question.scheme,
            cell_size_m=question.cell_size_m,
        )
        with self._lock:
            self._kept[question] = answer
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return answer
