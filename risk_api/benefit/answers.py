"""Sizings and benefits from the runs of one store, each worked out once: runs never change, nor do these."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from risk_api.bounded import Bounded
from risk_api.errors import RunsMissing

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.benefit.assessment import Assessment
    from risk_api.benefit.dam_sizing import DamSizer, SizingAnswer
    from risk_api.benefit.question import BenefitQuestion
    from risk_api.benefit.site_ranking import RankingAnswer, RankingQuestion
    from risk_api.benefit.sizing_question import SizingQuestion
    from risk_api.runs import Run, RunSpec, RunStore

#: Answers kept of each kind; one is some tens of kilobytes.
KEPT: Final = 64

#: Makes runs that are missing, or raises `RunsMissing` for those who do.
Ensure = Callable[["Sequence[RunSpec]"], None]


def ask_for(missing: Sequence[RunSpec]) -> None:
    """Leave the making of runs to whoever catches.

    Raises
    ------
    RunsMissing
    """
    raise RunsMissing(missing)


class BenefitAnswers:
    """What `risk_api.benefit` answers for one region and one store.

    Parameters
    ----------
    region : Region
    store : RunStore
    ensure : callable, optional
        Called with runs that are missing; it makes them or raises. Default: it raises `RunsMissing`.
    """

    def __init__(self, region: Region, store: RunStore, ensure: Ensure = ask_for) -> None:
        self._region = region
        self._store = store
        self._ensure = ensure
        self._sizers: Bounded[SizingQuestion, DamSizer] = Bounded(KEPT)
        self._sizings: Bounded[SizingQuestion, SizingAnswer] = Bounded(KEPT)
        self._benefits: Bounded[BenefitQuestion, Assessment] = Bounded(KEPT)
        self._rankings: Bounded[RankingQuestion, RankingAnswer] = Bounded(KEPT)

    def sizing(self, question: SizingQuestion) -> SizingAnswer:
        """Return how high the dam would have to be.

        A search asks for one run after the other. Where runs are made elsewhere it stops at the first that is
        missing; asked again, it comes by the same way to the next one, so that it never needs more runs.

        Raises
        ------
        RunsMissing, BadParameter
        """
        return self._sizings.get(question, lambda: self._sizer(question).search(self._run))

    def sizing_runs_made(self, question: SizingQuestion) -> int:
        """Return how many runs of a search are made so far."""
        made = 0

        def count(spec: RunSpec) -> Run:
            nonlocal made
            if not self._store.has(spec.id):
                raise RunsMissing([spec])
            made += 1
            return self._store.open(spec.id)

        with contextlib.suppress(RunsMissing):
            self._sizer(question).search(count)
        return made

    def benefit(self, question: BenefitQuestion) -> Assessment:
        """Return what strategies are worth.

        Raises
        ------
        RunsMissing, BadParameter
        """
        return self._benefits.get(question, lambda: self._assess(question))

    def ranking(self, question: RankingQuestion) -> RankingAnswer:
        """Return which of several dams first.

        Raises
        ------
        RunsMissing, BadParameter
        """
        from risk_api.benefit.site_ranking import rank_sites, ranking_runs

        def answer() -> RankingAnswer:
            self._make(ranking_runs(self._region, question))
            return rank_sites(self._region, question, self._run)

        return self._rankings.get(question, answer)

    def _sizer(self, question: SizingQuestion) -> DamSizer:
        from risk_api.benefit.dam_sizing import DamSizer

        return self._sizers.get(question, lambda: DamSizer(self._region, question))

    def _assess(self, question: BenefitQuestion) -> Assessment:
        from risk_api.benefit.assess import assess, needed_runs
        from risk_api.benefit.states import Planner

        planner = Planner(self._region, question.cell_size_m, question.quality)
        self._make(needed_runs(self._region, question, planner))
        return assess(self._region, question, self._run, planner)

    def _make(self, specs: Sequence[RunSpec]) -> None:
        missing = [spec for spec in specs if not self._store.has(spec.id)]
        if missing:
            self._ensure(missing)

    def _run(self, spec: RunSpec) -> Run:
        self._make([spec])
        return self._store.open(spec.id)
