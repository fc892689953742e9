"""Chains of one region and one store, each worked out once; nothing heavy is imported before the first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from risk_api.bounded import Bounded
from risk_api.errors import RunsMissing

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import RunStore
    from risk_api.seismic.chain.assess import ChainAnswer, ChainPlan
    from risk_api.seismic.chain.question import ChainQuestion
    from risk_api.seismic.region_vs30 import RegionVs30
    from risk_api.seismic.slopes.gorges import RegionSlopes

KEPT: Final = 64


class ChainAnswers:
    """Answers chains about one region.

    Parameters
    ----------
    region : Region
    store : RunStore
    """

    def __init__(self, region: Region, store: RunStore) -> None:
        self._region = region
        self._store = store
        self._plans: Bounded[ChainQuestion, ChainPlan] = Bounded(KEPT)
        self._answers: Bounded[ChainQuestion, ChainAnswer] = Bounded(KEPT)

    @cached_property
    def _vs30(self) -> RegionVs30:
        from risk_api.seismic.region_vs30 import RegionVs30

        return RegionVs30(self._region)

    @cached_property
    def _slopes(self) -> RegionSlopes:
        from risk_api.seismic.slopes.gorges import RegionSlopes

        return RegionSlopes(self._region, self._vs30)

    def plan(self, question: ChainQuestion) -> ChainPlan:
        """Return the shaken places and the runs that a question needs."""
        from risk_api.seismic.chain.assess import plan_chain

        return self._plans.get(question, lambda: plan_chain(self._region, question, self._vs30, self._slopes))

    def answer(self, question: ChainQuestion) -> ChainAnswer:
        """Return the chain.

        Raises
        ------
        RunsMissing
            With the runs to make first.
        """
        return self._answers.get(question, lambda: self._assess(question))

    def _assess(self, question: ChainQuestion) -> ChainAnswer:
        from risk_api.seismic.chain.assess import assess_chain

        planned = self.plan(question)
        missing = [spec for spec in planned.runs if not self._store.has(spec.id)]
        if missing:
            raise RunsMissing(missing)
        return assess_chain(self._region, question, planned, lambda spec: self._store.open(spec.id))
