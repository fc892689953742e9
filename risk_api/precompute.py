"""What is made in the background from the start: the default comparison first, then every other scenario."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from risk_api.answers import Answers
    from risk_api.runs import JobManager, RunSpec, RunStore

_POLL_S: Final = 0.5


@dataclass(frozen=True)
class Precompute:
    """The runs that the first page shows, and how far they are.

    Attributes
    ----------
    answers : Answers
    store : RunStore
    jobs : JobManager
    scenarios : tuple of str
        Every scenario, the default one first.
    enabled : bool
        Whether missing runs are made without being asked for.
    """

    answers: Answers
    store: RunStore
    jobs: JobManager
    scenarios: tuple[str, ...]
    enabled: bool

    def specs(self, scenario: str) -> list[RunSpec]:
        """Return the runs of one scenario over all strategies."""
        return self.answers.specs(self.answers.question(scenario))

    def all_specs(self) -> list[RunSpec]:
        """Return the runs of every scenario, those of the default one first, each once."""
        specs = [spec for scenario in self.scenarios for spec in self.specs(scenario)]
        return list({spec.id: spec for spec in specs}.values())

    def missing(self, specs: list[RunSpec]) -> list[RunSpec]:
        """Return those that are not made yet."""
        return [spec for spec in specs if not self.store.has(spec.id)]

    def start(self) -> None:
        """Queue what is missing."""
        missing = self.missing(self.all_specs())
        if missing:
            self.jobs.start_background(missing)

    def default_state(self) -> dict[str, Any]:
        """Return how much of the default comparison is made."""
        return self._state(self.specs(self.scenarios[0]))

    def all_state(self) -> dict[str, Any]:
        """Return how much of every comparison is made."""
        return self._state(self.all_specs())

    def _state(self, specs: list[RunSpec]) -> dict[str, Any]:
        wanted = {spec.id for spec in specs}
        made = len(wanted) - len(self.missing(specs))
        busy = {run_id: progress for run_id, progress in self.running().items() if run_id in wanted}
        share = sum(busy.values())
        status = "made" if made == len(wanted) else "being made" if busy else "not made"
        return {
            "status": status,
            "runs_made": made,
            "runs": len(wanted),
            "progress": round(min(1.0, (made + share) / max(1, len(wanted))), 3),
        }

    def running(self) -> dict[str, float]:
        """Return the runs that are queued or being computed, with their progress from 0 to 1."""
        found: dict[str, float] = {}
        for job in self.jobs.jobs():
            if job.status in ("accepted", "running"):
                left = [run_id for run_id in job.run_ids if not self.store.has(run_id)]
                done = len(job.run_ids) - len(left)
                # A job's progress is over all its runs; what is above the finished ones belongs to the next.
                rest = max(0.0, job.progress * len(job.run_ids) - done)
                for position, run_id in enumerate(left):
                    found[run_id] = max(found.get(run_id, 0.0), min(1.0, rest) if position == 0 else 0.0)
        return found

    async def run(self) -> None:
        """Queue what is missing, then show how far it is."""
        if not self.enabled:
            return
        await asyncio.to_thread(self.start)
        await self.show_progress()

    async def show_progress(self) -> None:
        """Draw a bar on the terminal until everything is made; write log lines where there is no terminal."""
        if not self.missing(self.all_specs()):
            return
        if not sys.stderr.isatty():
            await self._log_progress()
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bars:
            rows = [
                (bars.add_task(title, total=1.0), state)
                for title, state in (
                    ("default comparison", self.default_state),
                    ("all scenarios", self.all_state),
                )
            ]
            while True:
                states = [await asyncio.to_thread(state) for _, state in rows]
                for (row, _), state in zip(rows, states, strict=True):
                    bars.update(row, completed=state["progress"])
                if states[-1]["status"] != "being made":
                    return
                await asyncio.sleep(_POLL_S)

    async def _log_progress(self) -> None:
        log = structlog.get_logger()
        shown = -1
        while True:
            state = await asyncio.to_thread(self.all_state)
            if state["runs_made"] != shown:
                shown = state["runs_made"]
                log.info("runs made", made=shown, of=state["runs"])
            if state["status"] != "being made":
                return
            await asyncio.sleep(_POLL_S)
