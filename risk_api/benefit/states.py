"""Runs with other states of some dams: a strategy of the region where one is the same, else a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api.runs.changes import DamChange
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.spec import RunSpec, plan
from risk_api.runs.states import state_of_kind

if TYPE_CHECKING:
    from geodata import Region

ABSENT: Final = "absent"
WHOLE: Final = "in service"
UNFINISHED: Final = "unfinished"


class Planner:
    """Plans runs of one region, each once.

    Parameters
    ----------
    region : Region
    cell_size_m : float or None
    quality : Quality
    """

    def __init__(self, region: Region, cell_size_m: float | None = None, quality: Quality = FINAL) -> None:
        self.region = region
        self._cell_size_m = cell_size_m
        self._quality = quality
        self._kept: dict[tuple[str, str], RunSpec] = {}

    def strategy(self, scenario: str, strategy: str) -> RunSpec:
        """Return the run of a scenario under a strategy."""
        key = (scenario, strategy)
        if key not in self._kept:
            self._kept[key] = self._plan(scenario, strategy, {})
        return self._kept[key]

    def with_states(self, scenario: str, strategy: str, kinds: Mapping[str, str]) -> RunSpec:
        """Return the run of a strategy in which some dams are in other states.

        Dams that the flow does not meet are passed over. A strategy of the region that puts every dam on the
        way into just these states gives its own run, which may be made already.

        Parameters
        ----------
        scenario, strategy : str
        kinds : mapping of dam id to kind of state
        """
        base = self.strategy(scenario, strategy)
        states = base.values["dams"]
        wanted = {
            dam: state_of_kind(self.region.dam_sites[dam], kind)
            for dam, kind in kinds.items()
            if dam in states and states[dam]["kind"] != kind
        }
        if not wanted:
            return base
        for other in self.region.strategies:
            spec = self.strategy(scenario, other)
            if spec.values["dams"] == {**states, **wanted}:
                return spec
        return self._plan(scenario, strategy, {dam: DamChange(state=kinds[dam]) for dam in wanted})

    def changed(self, scenario: str, strategy: str, changes: Mapping[str, DamChange]) -> RunSpec:
        """Return the run of a strategy with changed dams."""
        return self._plan(scenario, strategy, changes)

    def states(self, scenario: str, strategy: str) -> dict[str, dict[str, Any]]:
        """Return the states of the dams that a scenario's flow meets, in plain values."""
        states: dict[str, dict[str, Any]] = self.strategy(scenario, strategy).values["dams"]
        return states

    def perfect(self, scenario: str, strategy: str) -> RunSpec:
        """Return the run in which every dam of a strategy that stands is whole and works."""
        standing = {
            dam: WHOLE
            for dam, state in self.states(scenario, strategy).items()
            if state["kind"] not in (ABSENT, WHOLE)
        }
        return self.with_states(scenario, strategy, standing)

    def added(self, scenario: str, reference: str, strategy: str) -> list[str]:
        """Return the dams on the way that stand in a strategy and not in the reference."""
        before = self.states(scenario, reference)
        return [
            dam
            for dam, state in self.states(scenario, strategy).items()
            if state["kind"] != ABSENT and before[dam]["kind"] == ABSENT
        ]

    def _plan(self, scenario: str, strategy: str, changes: Mapping[str, DamChange]) -> RunSpec:
        return plan(
            self.region,
            scenario,
            strategy,
            cell_size_m=self._cell_size_m,
            quality=self._quality,
            changes=changes,
        )
