"""A worker thread and the process it feeds."""

import multiprocessing
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol

from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RunStore
from risk_api.runs.worker import WARM_UP, work


class Task(Protocol):
    """One run to be made."""

    spec: RunSpec


class WarmUp:
    """Not a run: the worker's process has its kernels compiled, or loaded from the cache."""


class _Queue(Protocol):
    """What a worker asks of the job manager."""

    @property
    def source(self) -> str: ...
    @property
    def store(self) -> RunStore: ...
    @property
    def max_memory_mb(self) -> float: ...
    @property
    def closing(self) -> bool: ...
    def next_task(self, worker: "Worker") -> Task | WarmUp | None: ...
    def warmed(self, error: str | None) -> None: ...
    def report(self, task: Task, progress: float, message: str) -> None: ...
    def finish(self, task: Task, error: str | None) -> None: ...


class Worker:
    """A thread that feeds one process."""

    def __init__(self, queue: _Queue, number: int) -> None:
        self._queue = queue
        self._number = number
        self._thread: threading.Thread | None = None
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._task: object | None = None
        self.warmed = False
        """Whether the process has its kernels: it made a run or warmed up, or there is no use in trying."""
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            if self._thread is None and not self._queue.closing:
                self._thread = threading.Thread(
                    target=self._loop, name=f"selrisk-runs-{self._number}", daemon=True
                )
                self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(timeout=10.0)

    def end_process(self, task: object | None = None) -> None:
        """End the process, whatever it is doing; with a task, only if it is still on that one."""
        with self._lock:
            if task is not None and self._task is not task:
                return
            process = self._process
            if process is None or not process.is_alive():
                return
            process.terminate()
            process.join(timeout=5.0)
            if process.is_alive():
                process.kill()
                process.join()

    def _loop(self) -> None:
        while (task := self._queue.next_task(self)) is not None:
            with self._lock:
                self._task = task
            error = self._run(task)
            with self._lock:
                self._task = None
            if isinstance(task, WarmUp):
                self._queue.warmed(error)
            else:
                self._queue.finish(task, error)
        self._drop()

    def _run(self, task: Task | WarmUp) -> str | None:
        """Have the task made; returns why it failed, or None."""
        try:
            pipe = self._connected()
            pipe.send(WARM_UP if isinstance(task, WarmUp) else task.spec.to_json())
            while True:
                message = pipe.recv()
                if message[0] == "progress":
                    if not isinstance(task, WarmUp):
                        self._queue.report(task, message[1], message[2])
                    continue
                # A warm-up that failed would fail again; a failed run may have stopped before its kernels.
                self.warmed = self.warmed or message[0] == "done" or isinstance(task, WarmUp)
                return None if message[0] == "done" else str(message[1])
        except (EOFError, OSError):
            self._drop()
            # The process is gone with its kernels; one that died of warming up is not sent to it again.
            self.warmed = isinstance(task, WarmUp)
            return "the worker process ended before the run did"

    def _connected(self) -> Connection:
        with self._lock:
            if self._process is None or not self._process.is_alive() or self._pipe is None:
                if self._queue.closing:
                    raise EOFError
                context = multiprocessing.get_context("spawn")
                ours, theirs = context.Pipe()
                process = context.Process(
                    target=work,
                    args=(
                        theirs,
                        self._queue.source,
                        str(self._queue.store.folder),
                        self._queue.max_memory_mb,
                    ),
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
