"""The way from a question to its runs: queued once, not without end, and not over and over when they fail."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from risk_api.errors import RunFailed, RunRefused, TooManyRuns
from risk_api.i18n import translate

if TYPE_CHECKING:
    from risk_api.runs import Job, JobManager, RunSpec, RunStore

#: A failed run is not tried again for this long, however many ask for it.
FAILED_FOR: Final = timedelta(seconds=60)
#: Runs take a minute or so: asking a full queue more often is of no use.
FULL_RETRY_S: Final = 60
_UNFINISHED: Final = ("accepted", "running")
_STORAGE: Final = frozenset({"OSError", "PermissionError", "FileNotFoundError", "BlockingIOError"})


def failure_key(error: str | None) -> str:
    """Return which sentence (``error.reason.<key>``) tells a caller why a run failed.

    Parameters
    ----------
    error : str or None
        What the job holds: an exception's class and text, which is for the log only.
    """
    text = error or ""
    kind = text.partition(":")[0]
    if kind in _STORAGE:
        return "run_storage"
    if kind == "MemoryError":
        return "run_memory"
    if kind == "RunTooLarge":
        return "run_too_large"
    if text.startswith("the worker process ended"):
        return "run_stopped"
    return "run_fault"


@dataclass(frozen=True)
class Failure:
    """A run that could not be made: what the worker raised (for the log), and when."""

    run_id: str
    error: str
    at: datetime

    @property
    def key(self) -> str:
        """Which sentence (``error.reason.<key>``) tells a caller why."""
        return failure_key(self.error)


class RunQueue:
    """Takes runs that questions need and hands them to the workers.

    Parameters
    ----------
    jobs : JobManager
    store : RunStore
    most_runs : int
        Runs that may be unfinished at a time.
    """

    def __init__(self, jobs: JobManager, store: RunStore, most_runs: int) -> None:
        self._jobs = jobs
        self._store = store
        self._most = most_runs
        self._lock = threading.Lock()

    def failure(self, run_ids: Iterable[str], now: datetime | None = None) -> Failure | None:
        """Return what made one of the runs fail a moment ago, None if nothing did.

        Parameters
        ----------
        run_ids : iterable of str
            The runs that are asked for and not made; one that is being made again has not failed.
        now : datetime, optional
            UTC, aware.
        """
        earliest = (now or datetime.now(UTC)) - FAILED_FOR
        busy = self.unfinished()
        for run_id in run_ids:
            found = self._jobs.failure(run_id)
            if found is not None and run_id not in busy and found[1] >= earliest:
                return Failure(run_id, *found)
        return None

    def request(
        self, specs: Sequence[RunSpec], *, simulation: str | None = None, execution: str | None = None
    ) -> Job:
        """Return the job that makes the runs; one that makes just these already is not doubled.

        Parameters
        ----------
        specs : sequence of RunSpec
        simulation : str, optional
            Id of the simulation that they are made for.
        execution : str, optional
            Id of the execution of a process that they are made for: it has jobs of its own, which it can
            dismiss without taking them from others.

        Raises
        ------
        RunFailed, RunRefused
            If one of them has just failed and no newer job makes it.
        TooManyRuns
            If they would make the queue too long.
        """
        wanted = [spec.id for spec in specs if not self._store.has(spec.id)]
        # Counting and queueing are one step: else a crowd of requests would each see room for itself.
        with self._lock:
            failed = self.failure(wanted)
            if failed is not None:
                structlog.get_logger().error("run failed", run=failed.run_id, error=failed.error)
                left = failed.at + FAILED_FOR - datetime.now(UTC)
                refused = failed.key == "run_too_large"
                raise (RunRefused if refused else RunFailed)(
                    translate("en", f"error.reason.{failed.key}"),
                    reason_key=failed.key,
                    headers={"Retry-After": str(max(1, round(left.total_seconds())))},
                )
            queued = self.unfinished()
            if not queued.issuperset(wanted) and len(queued.union(wanted)) > self._most:
                raise TooManyRuns(
                    queued=str(len(queued)), limit=str(self._most), headers={"Retry-After": str(FULL_RETRY_S)}
                )
            return self._jobs.ensure(list(specs), simulation=simulation, execution=execution)

    def unfinished(self) -> set[str]:
        """Return the runs that wait or are being computed."""
        return {
            run_id
            for job in self._jobs.jobs()
            if job.status in _UNFINISHED
            for run_id in job.run_ids
            if not self._store.has(run_id)
        }
