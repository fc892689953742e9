"""Executions of processes: each leads its question from one step to the next until the answer is there.

An execution keeps what was asked, never the answer: that is made from finished runs whenever somebody
asks for it. So a record of some hundred bytes is all that is saved, and after a restart it goes on.

Everything here belongs to the event loop; what waits for disks or locks is handed to threads.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog
from anyio import to_thread

from risk_api.errors import (
    InternalError,
    NoSuchJob,
    RiskError,
    RunFailed,
    RunRefused,
    TooManyRuns,
    UnknownJob,
)
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.ogc.processes.request import Asked
from risk_api.problems import describe
from risk_api.run_queue import failure_key
from risk_api.runs.jobs import FINAL

if TYPE_CHECKING:
    from risk_api.ogc.processes.process import Question, Step
    from risk_api.ogc.processes.records import Records
    from risk_api.run_queue import RunQueue
    from risk_api.runs import Job, JobManager

#: Ended executions that are remembered.
KEPT: Final = 200
#: How often the runs of an execution are looked at: workers report five times a second.
POLL_S: Final = 0.2
#: A queue that is full is asked again after this long.
FULL_AGAIN_S: Final = 5.0


@dataclass(frozen=True)
class Failure:
    """Why an execution failed: an HTTP status, and a sentence in each language."""

    status: int
    reasons: Mapping[Language, str]

    @classmethod
    def of(cls, error: RiskError) -> Failure:
        """Return what can be told of an error at any time later."""
        return cls(error.status, {language: describe(error, language)[1] for language in LANGUAGES})


@dataclass(frozen=True)
class Execution:
    """One execution as it stood when it was asked for.

    Attributes
    ----------
    id, process : str
    asked : Asked
    status : str
        accepted, running, successful, failed or dismissed.
    progress : float
        0 to 1.
    message : str
        What is being done, for logs.
    created, updated : datetime
        UTC.
    started, finished : datetime or None
    failure : Failure or None
        Why it failed.
    job : str or None
        The job that makes the runs of its step.
    done, of : int
        Steps that lie behind, and how many there are at most.
    """

    id: str
    process: str
    asked: Asked
    created: datetime
    updated: datetime
    status: str = "accepted"
    progress: float = 0.0
    message: str = "waiting"
    started: datetime | None = None
    finished: datetime | None = None
    failure: Failure | None = None
    job: str | None = None
    done: int = 0
    of: int = 1


class Executions:
    """The executions of one service.

    Parameters
    ----------
    queue : RunQueue
    jobs : JobManager
    records : Records
        Where they are kept over a restart.
    most : int
        Executions that may be unfinished at a time.
    """

    def __init__(self, queue: RunQueue, jobs: JobManager, records: Records, most: int) -> None:
        self._queue = queue
        self._jobs = jobs
        self._records = records
        self._most = most
        self._held: dict[str, Execution] = {}
        self._drivers: dict[str, asyncio.Task[None]] = {}

    def load(self, ask: Callable[[Execution], Question]) -> None:
        """Take up the records of earlier services; what they had not finished goes on.

        Parameters
        ----------
        ask : callable
            Makes the question of an execution again; a `RiskError` in it ends the execution as failed.
        """
        for execution in self._records.load():
            self._held[execution.id] = execution
            if execution.status in FINAL:
                continue
            try:
                question = ask(execution)
            except RiskError as error:
                self._fail(execution.id, error)
                continue
            self._lead(execution.id, question, None)

    async def start(self, process: str, asked: Asked, question: Question) -> Execution:
        """Begin an execution.

        Raises
        ------
        TooManyRuns
            If too many are unfinished, or the queue of runs is full.
        RiskError
            If the first step is refused, as by a run that has just failed.
        """
        unfinished = sum(execution.status not in FINAL for execution in self._held.values())
        if unfinished >= self._most:
            raise TooManyRuns(queued=str(unfinished), limit=str(self._most), headers={"Retry-After": "60"})
        now = _now()
        execution = Execution(str(uuid.uuid4()), process, asked, now, now)
        step = await to_thread.run_sync(question.step)
        job = await self._request(execution.id, step) if step is not None else None
        self._held[execution.id] = execution
        if step is None or job is None:
            self._end(execution.id, "successful")
        else:
            self._begin_step(execution.id, step, job)
            # The record is there before anybody learns of the job.
            self._records.save(self._held[execution.id])
            self._lead(execution.id, question, step)
        self._forget_old()
        return self.get(execution.id)

    def get(self, execution_id: str) -> Execution:
        """Return an execution as it stands.

        Raises
        ------
        NoSuchJob
        """
        try:
            held = self._held[execution_id]
        except KeyError:
            raise NoSuchJob(execution_id, in_path=True) from None
        if held.status in FINAL or held.job is None:
            return held
        try:
            job = self._jobs.get(held.job)
        except UnknownJob:
            return held
        seen = self._seen(held, job)
        if seen != held:
            self._held[execution_id] = seen
        return seen

    def all(self) -> list[Execution]:
        """Return all executions, newest first."""
        return [self.get(execution_id) for execution_id in reversed(self._held)]

    async def ended(self, execution_id: str, within_s: float) -> Execution:
        """Return an execution once it has ended, or as it stands after `within_s` seconds."""
        driver = self._drivers.get(execution_id)
        if driver is not None and within_s > 0.0:
            await asyncio.wait({driver}, timeout=within_s)
        return self.get(execution_id)

    async def dismiss(self, execution_id: str) -> Execution:
        """Stop an execution, and the runs that nobody else waits for; one that has ended is forgotten."""
        held = self.get(execution_id)
        if held.status == "dismissed":
            return held
        if held.status in FINAL:
            del self._held[execution_id]
            self._records.remove(execution_id)
            return replace(held, status="dismissed", updated=_now())
        dismissed = self._end(execution_id, "dismissed")
        if held.job is not None:
            await self._cancel(held.job)
        return dismissed

    async def close(self) -> None:
        """Leave everything as it stands; `load` of the next service takes it up."""
        drivers = list(self._drivers.values())
        for driver in drivers:
            driver.cancel()
        await asyncio.gather(*drivers, return_exceptions=True)

    def _lead(self, execution_id: str, question: Question, step: Step | None) -> None:
        driver = asyncio.get_running_loop().create_task(self._drive(execution_id, question, step))
        self._drivers[execution_id] = driver
        driver.add_done_callback(lambda _: self._drivers.pop(execution_id, None))

    async def _drive(self, execution_id: str, question: Question, step: Step | None) -> None:
        """Go from step to step; `step` is the one whose job is there already."""
        try:
            while not self._is_ended(execution_id):
                if step is not None:
                    await self._job_ended(execution_id)
                step = await to_thread.run_sync(question.step)
                if self._is_ended(execution_id):
                    return
                if step is None:
                    self._end(execution_id, "successful")
                    return
                job = await self._request_patiently(execution_id, step)
                if self._is_ended(execution_id):
                    # Dismissed while its next runs were being asked for.
                    await self._cancel(job.id)
                    return
                self._begin_step(execution_id, step, job)
        except RiskError as error:
            self._fail(execution_id, error)
        except Exception as error:
            structlog.get_logger().error("execution failed", execution=execution_id, exc_info=error)
            self._fail(execution_id, InternalError())

    async def _job_ended(self, execution_id: str) -> None:
        """Wait for the job of the step.

        Raises
        ------
        RunFailed, RunRefused
            If it failed.
        """
        while not self._is_ended(execution_id):
            job_id = self._held[execution_id].job
            assert job_id is not None
            try:
                job = self._jobs.get(job_id)
            except UnknownJob:
                return
            if job.status == "failed":
                key = failure_key(job.error)
                kind = RunRefused if key == "run_too_large" else RunFailed
                raise kind(translate("en", f"error.reason.{key}"), reason_key=key)
            if job.status == "dismissed":
                self._end(execution_id, "dismissed")
            if job.status in FINAL:
                return
            await asyncio.sleep(POLL_S)

    async def _request_patiently(self, execution_id: str, step: Step) -> Job:
        while True:
            try:
                return await self._request(execution_id, step)
            except TooManyRuns:
                await asyncio.sleep(FULL_AGAIN_S)

    async def _request(self, execution_id: str, step: Step) -> Job:
        ask = partial(self._queue.request, step.specs, simulation=step.simulation, execution=execution_id)
        return await to_thread.run_sync(ask)

    async def _cancel(self, job_id: str) -> None:
        try:
            await to_thread.run_sync(self._jobs.cancel, job_id)
        except UnknownJob:
            return

    def _is_ended(self, execution_id: str) -> bool:
        held = self._held.get(execution_id)
        return held is None or held.status in FINAL

    def _seen(self, held: Execution, job: Job) -> Execution:
        """Return what the job of its step makes of an execution; it never goes back."""
        running = job.status != "accepted" or held.status == "running"
        progress = max(held.progress, min(1.0, (held.done + job.progress) / held.of))
        seen = replace(
            held,
            status="running" if running else "accepted",
            progress=progress,
            message=job.message,
            started=held.started or (job.updated if running else None),
        )
        return replace(seen, updated=max(held.updated, job.updated)) if seen != held else held

    def _begin_step(self, execution_id: str, step: Step, job: Job) -> None:
        held = self._held[execution_id]
        self._held[execution_id] = replace(held, job=job.id, done=step.done, of=step.of)

    def _fail(self, execution_id: str, error: RiskError) -> None:
        self._end(execution_id, "failed", error)

    def _end(self, execution_id: str, status: str, error: RiskError | None = None) -> Execution:
        now = _now()
        held = self._held[execution_id]
        ended = replace(
            held,
            status=status,
            progress=1.0 if status == "successful" else held.progress,
            message=status,
            started=held.started or now,
            finished=now,
            updated=now,
            failure=Failure.of(error) if error is not None else None,
        )
        self._held[execution_id] = ended
        self._records.save(ended)
        return ended

    def _forget_old(self) -> None:
        ended = [execution.id for execution in self._held.values() if execution.status in FINAL]
        for execution_id in ended[:-KEPT]:
            del self._held[execution_id]
            self._records.remove(execution_id)


def _now() -> datetime:
    return datetime.now(UTC)
