"""Jobs: runs that are asked for, made by worker processes, watched from the service.

The service process never computes: each worker thread owns one spawned process and speaks with it through a
pipe. A cancelled or crashed run costs its process, nothing else; the store only ever shows whole runs.
"""

import multiprocessing
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from risk_api.errors import UnknownJob
from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RunStore
from risk_api.runs.worker import work

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
    """

    id: str
    status: str
    progress: float
    message: str
    run_ids: tuple[str, ...]
    error: str | None
    created: datetime
    updated: datetime


@dataclass
class _Task:
    """One run to be made, for one job or several."""

    spec: RunSpec
    priority: int
    order: int
    state: str = "queued"
    progress: float = 0.0
    message: str = "waiting"
    error: str | None = None
    worker: "_Worker | None" = None
    jobs: set[str] = field(default_factory=set)


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
    """

    def __init__(self, region_source: str | Path, store: RunStore, workers: int = 1) -> None:
        self._source = str(region_source)
        self._store = store
        self._wake = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, _Task] = {}
        self._order = 0
        self._closing = False
        self._workers = [_Worker(self, number) for number in range(max(1, workers))]
        store.sweep()

    def ensure(self, specs: Sequence[RunSpec], *, background: bool = False) -> Job:
        """A job that makes these runs; the same runs asked again while it lives give the same job."""
        wanted = {spec.id: spec for spec in specs}
        priority = BACKGROUND if background else FOREGROUND
        with self._wake:
            for job in self._jobs.values():
                if job.status not in FINAL and set(job.run_ids) == set(wanted):
                    self._raise_priority(job.run_ids, priority)
                    return job
            now = _now()
            job = Job(str(uuid.uuid4()), "accepted", 0.0, "waiting", tuple(wanted), None, now, now)
            self._jobs[job.id] = job
            for run_id, spec in wanted.items():
                if self._store.has(run_id):
                    continue
                task = self._tasks.get(run_id)
                if task is None:
                    self._order += 1
                    task = self._tasks[run_id] = _Task(spec, priority, self._order)
                task.priority = min(task.priority, priority)
                task.jobs.add(job.id)
            self._refresh(job.id)
            self._forget_old()
            self._wake.notify_all()
            job = self._jobs[job.id]
        for worker in self._workers:
            worker.start()
        return job

    def start_background(self, specs: Sequence[RunSpec]) -> list[Job]:
        """A job per run, made when nothing else waits, in this order."""
        return [self.ensure([spec], background=True) for spec in specs if not self._store.has(spec.id)]

    def get(self, job_id: str) -> Job:
        """The job as it stands.

        Raises
        ------
        UnknownJob
            If there is none of that id.
        """
        with self._wake:
            try:
                return self._jobs[job_id]
            except KeyError:
                raise UnknownJob(job_id, in_path=True) from None

    def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        with self._wake:
            return list(self._jobs.values())[::-1]

    def cancel(self, job_id: str) -> Job:
        """Dismiss a job: runs that no other job waits for are dropped, or their process is ended."""
        job = self.get(job_id)
        if job.status in FINAL:
            return job
        doomed: list[_Worker] = []
        with self._wake:
            for run_id in job.run_ids:
                task = self._tasks.get(run_id)
                if task is None:
                    continue
                task.jobs.discard(job_id)
                if not task.jobs:
                    del self._tasks[run_id]
                    if task.worker is not None:
                        doomed.append(task.worker)
            job = self._set(job_id, status="dismissed", message="dismissed")
        for worker in doomed:
            worker.end_process()
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

    def next_task(self, worker: "_Worker") -> _Task | None:
        """Wait for a task; None when the manager closes."""
        with self._wake:
            while not self._closing:
                queued = [task for task in self._tasks.values() if task.state == "queued"]
                if queued:
                    task = min(queued, key=lambda one: (one.priority, one.order))
                    task.state, task.worker = "running", worker
                    self._refresh_all(task)
                    return task
                self._wake.wait()
            return None

    def report(self, task: _Task, progress: float, message: str) -> None:
        """Progress of a task."""
        with self._wake:
            task.progress, task.message = progress, message
            self._refresh_all(task)

    def finish(self, task: _Task, error: str | None) -> None:
        """End of a task."""
        with self._wake:
            task.state = "done" if error is None else "failed"
            task.progress, task.error, task.worker = 1.0, error, None
            if self._tasks.get(task.spec.id) is task:
                del self._tasks[task.spec.id]
            for job_id in sorted(task.jobs):
                if error is not None and self._jobs[job_id].status not in FINAL:
                    self._set(job_id, status="failed", message="failed", error=error)
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
    def closing(self) -> bool:
        """Whether the manager is being closed."""
        return self._closing

    # Bookkeeping, under the lock.

    def _raise_priority(self, run_ids: Sequence[str], priority: int) -> None:
        for run_id in run_ids:
            if run_id in self._tasks:
                self._tasks[run_id].priority = min(self._tasks[run_id].priority, priority)

    def _refresh_all(self, task: _Task) -> None:
        for job_id in sorted(task.jobs):
            self._refresh(job_id)

    def _refresh(self, job_id: str) -> None:
        job = self._jobs[job_id]
        if job.status in FINAL:
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


class _Worker:
    """A thread that feeds one process."""

    def __init__(self, manager: JobManager, number: int) -> None:
        self._manager = manager
        self._number = number
        self._thread: threading.Thread | None = None
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            if self._thread is None and not self._manager.closing:
                self._thread = threading.Thread(
                    target=self._loop, name=f"selrisk-runs-{self._number}", daemon=True
                )
                self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(timeout=10.0)

    def end_process(self) -> None:
        """End the process, whatever it is doing."""
        with self._lock:
            process = self._process
            if process is None or not process.is_alive():
                return
            process.terminate()
            process.join(timeout=5.0)
            if process.is_alive():
                process.kill()
                process.join()

    def _loop(self) -> None:
        while (task := self._manager.next_task(self)) is not None:
            self._manager.finish(task, self._run(task))
        self._drop()

    def _run(self, task: _Task) -> str | None:
        """Have the task made; returns why it failed, or None."""
        try:
            pipe = self._connected()
            pipe.send(task.spec.to_json())
            while True:
                message = pipe.recv()
                if message[0] == "progress":
                    self._manager.report(task, message[1], message[2])
                elif message[0] == "done":
                    return None
                else:
                    return str(message[1])
        except (EOFError, OSError):
            self._drop()
            return "the worker process ended before the run did"

    def _connected(self) -> Connection:
        with self._lock:
            if self._process is None or not self._process.is_alive() or self._pipe is None:
                context = multiprocessing.get_context("spawn")
                ours, theirs = context.Pipe()
                process = context.Process(
                    target=work,
                    args=(theirs, self._manager.source, str(self._manager.store.folder)),
                    name=f"selrisk-worker-{self._number}",
                    daemon=True,
                )
                process.start()
                theirs.close()
                self._process, self._pipe = process, ours
            return self._pipe

    def _drop(self) -> None:
        """Forget the process; closing the pipe tells it to end."""
        with self._lock:
            if self._pipe is not None:
                self._pipe.close()
            if self._process is not None:
                self._process.join(timeout=5.0)
            self._process = self._pipe = None
