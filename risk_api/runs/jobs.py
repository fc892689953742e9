"""Jobs: runs that are asked for, made by worker processes, watched from the service.

The service process never computes: each worker thread owns one spawned process and speaks with it through a
pipe. A cancelled or crashed run costs its process, nothing else; the store only ever shows whole runs.
"""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from risk_api.errors import UnknownJob
from risk_api.runs.feeder import Task, WarmUp, Worker
from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RunStore

FOREGROUND, BACKGROUND = 0, 1
FINAL = frozenset({"successful", "failed", "dismissed"})
KEPT_JOBS = 200
"""Finished jobs remembered; older ones are forgotten, their runs stay."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Job:
    """A job as it stood when it was asked for.

    Attributes
    ----------
    id : str
        Name of the job.
    status : str
        accepted, running, successful, failed or dismissed.
    progress : float
        0 to 1, the mean over its runs.
    message : str
        What is being done.
    run_ids : tuple of str
        The runs it makes.
    error : str or None
        Why it failed.
    created, updated : datetime
        UTC.
    simulation : str or None
        Id of the simulation that it makes the runs of.
    execution : str or None
        Id of the execution of a process that it belongs to.
    runs_ahead : int or None
        Runs being made or queued that come before the first of its own; None once it is under way.
    """

    id: str
    status: str
    progress: float
    message: str
    run_ids: tuple[str, ...]
    error: str | None
    created: datetime
    updated: datetime
    simulation: str | None = None
    execution: str | None = None
    runs_ahead: int | None = None


@dataclass(frozen=True)
class Warmth:
    """Whether the workers have their kernels: `status` is cold, warming, warm or failed; `error` says why."""

    status: str
    error: str | None


@dataclass
class _Task:
    """One run to be made, for one job or several."""

    spec: RunSpec
    priority: int
    order: int
    preview: bool = False
    state: str = "queued"
    progress: float = 0.0
    message: str = "waiting"
    error: str | None = None
    worker: Worker | None = None
    jobs: set[str] = field(default_factory=set)

    @property
    def turn(self) -> tuple[int, bool, int]:
        """Which of several queued tasks is taken: the smallest."""
        return self.priority, not self.preview, self.order


class JobManager:
    """Queue of runs and the workers that make them.

    Parameters
    ----------
    region_source : str or Path
        What `geodata.open_region` takes.
    store : RunStore
        Where runs are kept.
    workers : int
        Number of worker processes, started when first needed.
    max_memory_mb : float
        Memory that a run may take, 10^6 bytes.
    """

    def __init__(
        self, region_source: str | Path, store: RunStore, workers: int = 1, max_memory_mb: float = 8192.0
    ) -> None:
        self._source = str(region_source)
        self._store = store
        self._max_memory_mb = max_memory_mb
        self._wake = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, _Task] = {}
        self._failures: dict[str, tuple[str, datetime]] = {}
        self._order = 0
        self._warm_when_idle = False
        self._warming_error: str | None = None
        self._closing = False
        self._workers = [Worker(self, number) for number in range(max(1, workers))]
        store.sweep()

    def ensure(
        self,
        specs: Sequence[RunSpec],
        *,
        background: bool = False,
        simulation: str | None = None,
        execution: str | None = None,
    ) -> Job:
        """A job that makes these runs; the same runs asked again while it lives give the same job.

        `simulation` and `execution` are what the runs are made for, where they are made for one.
        """
        wanted = {spec.id: spec for spec in specs}
        priority = BACKGROUND if background else FOREGROUND
        with self._wake:
            for job in self._jobs.values():
                same_runs = job.status not in FINAL and set(job.run_ids) == set(wanted)
                if same_runs and (job.simulation, job.execution) == (simulation, execution):
                    self._raise_priority(job.run_ids, priority)
                    return self._placed(job)
            now = _now()
            job = Job(
                str(uuid.uuid4()),
                "accepted",
                0.0,
                "waiting",
                tuple(wanted),
                None,
                now,
                now,
                simulation,
                execution,
            )
            self._jobs[job.id] = job
            for run_id, spec in wanted.items():
                if self._store.has(run_id):
                    continue
                task = self._tasks.get(run_id)
                if task is None:
                    self._order += 1
                    task = self._tasks[run_id] = _Task(spec, priority, self._order, spec.is_preview)
                task.priority = min(task.priority, priority)
                task.jobs.add(job.id)
            self._refresh(job.id)
            self._forget_old()
            self._wake.notify_all()
            job = self._placed(self._jobs[job.id])
        for worker in self._workers:
            worker.start()
        return job

    def start_background(self, specs: Sequence[RunSpec]) -> list[Job]:
        """A job per run, made when nothing else waits, in this order."""
        return [self.ensure([spec], background=True) for spec in specs if not self._store.has(spec.id)]

    def start_warming(self) -> None:
        """Start the workers and have their kernels compiled, or loaded, whenever no question waits."""
        with self._wake:
            self._warm_when_idle = True
            self._wake.notify_all()
        for worker in self._workers:
            worker.start()

    @property
    def warmth(self) -> Warmth:
        """How far `start_warming` has come."""
        with self._wake:
            if self._warming_error is not None:
                return Warmth("failed", self._warming_error)
            if not self._warm_when_idle:
                return Warmth("cold", None)
            return Warmth("warm" if all(one.warmed for one in self._workers) else "warming", None)

    def get(self, job_id: str) -> Job:
        """The job as it stands.

        Raises
        ------
        UnknownJob
            If there is none of that id.
        """
        with self._wake:
            try:
                return self._placed(self._jobs[job_id])
            except KeyError:
                raise UnknownJob(job_id, in_path=True) from None

    def failure(self, run_id: str) -> tuple[str, datetime] | None:
        """Why the last try to make a run failed, and when; None if it did not."""
        with self._wake:
            return self._failures.get(run_id)

    def spec(self, run_id: str) -> RunSpec | None:
        """What a run is that is queued or being made; None for any other."""
        with self._wake:
            task = self._tasks.get(run_id)
            return task.spec if task is not None else None

    @property
    def waiting(self) -> int:
        """Runs that are queued or being made."""
        with self._wake:
            return len(self._tasks)

    def jobs(self, *, placed: bool = False) -> list[Job]:
        """All jobs, newest first; with their places in the queue only where those are `placed`."""
        with self._wake:
            found = list(self._jobs.values())[::-1]
            return [self._placed(job) for job in found] if placed else found

    def cancel(self, job_id: str) -> Job:
        """Dismiss a job: runs that no other job waits for are dropped, or their process is ended."""
        job = self.get(job_id)
        if job.status in FINAL:
            return job
        doomed: list[tuple[Worker, _Task]] = []
        with self._wake:
            for run_id in job.run_ids:
                task = self._tasks.get(run_id)
                if task is None:
                    continue
                task.jobs.discard(job_id)
                if not task.jobs:
                    del self._tasks[run_id]
                    if task.worker is not None:
                        doomed.append((task.worker, task))
            job = self._set(job_id, status="dismissed", message="dismissed")
        for worker, task in doomed:
            # The worker may have taken the next task by now: only this one is ended.
            worker.end_process(task)
        self._store.sweep()
        return job

    def close(self) -> None:
        """End all workers; what they were making is left to be made again."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        for worker in self._workers:
            worker.end_process()
        for worker in self._workers:
            worker.join()
        self._store.sweep()

    # What workers call.

    def next_task(self, worker: Worker) -> Task | WarmUp | None:
        """Wait for a task; None when the manager closes.

        A question goes before warming up, which it does by itself, and warming up before the background;
        among questions a preview goes before what is final.
        """
        with self._wake:
            while not self._closing:
                queued = [task for task in self._tasks.values() if task.state == "queued"]
                task = min(queued, key=lambda one: one.turn, default=None)
                asked = task is not None and task.priority == FOREGROUND
                if self._warm_when_idle and not worker.warmed and not asked:
                    return WarmUp()
                if task is not None:
                    task.state, task.worker = "running", worker
                    self._refresh_all(task)
                    return task
                self._wake.wait()
            return None

    def warmed(self, error: str | None) -> None:
        """A worker has warmed up, or failed to."""
        with self._wake:
            if self._closing:
                return
            self._warming_error = error
        log = structlog.get_logger()
        if error is None:
            log.info("kernels warm")
        else:
            log.error("warming the kernels failed", error=error)

    def report(self, task: Task, progress: float, message: str) -> None:
        """Progress of a task."""
        assert isinstance(task, _Task)
        with self._wake:
            task.progress, task.message = progress, message
            self._refresh_all(task)

    def finish(self, task: Task, error: str | None) -> None:
        """End of a task."""
        assert isinstance(task, _Task)
        with self._wake:
            task.state = "done" if error is None else "failed"
            task.progress, task.error, task.worker = 1.0, error, None
            dismissed = self._tasks.get(task.spec.id) is not task
            if not dismissed:
                del self._tasks[task.spec.id]
            if error is None:
                self._failures.pop(task.spec.id, None)
            elif not dismissed:
                # Of a dismissed run the process was ended on purpose: whoever asks next gets it made.
                self._failures[task.spec.id] = (error, _now())
                while len(self._failures) > KEPT_JOBS:
                    del self._failures[next(iter(self._failures))]
            for job_id in sorted(task.jobs):
                if error is not None and self._jobs[job_id].status not in FINAL:
                    self._set(job_id, status="failed", message="failed", error=error)
                    self._leave_tasks(job_id)
            self._refresh_all(task)

    @property
    def source(self) -> str:
        """Region the workers open."""
        return self._source

    @property
    def store(self) -> RunStore:
        """Store the workers write to."""
        return self._store

    @property
    def max_memory_mb(self) -> float:
        """Memory that a run may take, 10^6 bytes."""
        return self._max_memory_mb

    @property
    def closing(self) -> bool:
        """Whether the manager is being closed."""
        return self._closing

    # Bookkeeping, under the lock.

    def _placed(self, job: Job) -> Job:
        """The job with its place in the queue, which changes as other jobs come and go."""
        own = [self._tasks[run_id] for run_id in job.run_ids if run_id in self._tasks]
        if job.status != "accepted" or not own:
            return job
        first = min(task.turn for task in own)
        ahead = sum(task.state == "running" or task.turn < first for task in self._tasks.values())
        return replace(job, runs_ahead=ahead)

    def _raise_priority(self, run_ids: Sequence[str], priority: int) -> None:
        for run_id in run_ids:
            if run_id in self._tasks:
                self._tasks[run_id].priority = min(self._tasks[run_id].priority, priority)

    def _refresh_all(self, task: _Task) -> None:
        for job_id in sorted(task.jobs):
            self._refresh(job_id)

    def _leave_tasks(self, job_id: str) -> None:
        """A job that has ended waits for nothing; what nobody waits for and nobody has begun is dropped."""
        for run_id in self._jobs[job_id].run_ids:
            task = self._tasks.get(run_id)
            if task is not None:
                task.jobs.discard(job_id)
                if not task.jobs and task.state == "queued":
                    del self._tasks[run_id]

    def _refresh(self, job_id: str) -> None:
        job = self._jobs.get(job_id)
        if job is None or job.status in FINAL:
            return
        tasks = [self._tasks[run_id] for run_id in job.run_ids if run_id in self._tasks]
        waiting = [task for task in tasks if job_id in task.jobs]
        if not waiting:
            self._set(job_id, status="successful", progress=1.0, message="done")
            return
        done = len(job.run_ids) - len(waiting)
        progress = (done + sum(task.progress for task in waiting)) / len(job.run_ids)
        running = [task for task in waiting if task.state == "running"]
        self._set(
            job_id,
            status="running" if running or done else "accepted",
            progress=progress,
            message=running[0].message if running else "waiting",
        )

    def _set(self, job_id: str, **values: object) -> Job:
        job = replace(self._jobs[job_id], updated=_now(), **values)  # type: ignore[arg-type]
        self._jobs[job_id] = job
        return job

    def _forget_old(self) -> None:
        finished = [job.id for job in self._jobs.values() if job.status in FINAL]
        for job_id in finished[:-KEPT_JOBS]:
            del self._jobs[job_id]
