"""The queue of runs: order, sharing, failure, cancelling."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from risk_api.errors import UnknownJob
from risk_api.runs import jobs as jobs_module
from risk_api.runs.feeder import WarmUp, Worker
from risk_api.runs.jobs import KEPT_JOBS, JobManager, Warmth
from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RunStore
from risk_api.runs.worker import WARM_UP


class HandWorker:
    """A worker that does nothing by itself: the test takes and ends its tasks."""

    def __init__(self, manager: JobManager, number: int) -> None:
        self.manager = manager
        self.warmed = False
        self.ended: list[object] = []

    def start(self) -> None:
        pass

    def join(self) -> None:
        pass

    def end_process(self, task: object | None = None) -> None:
        self.ended.append(task)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobManager]:
    monkeypatch.setattr(jobs_module, "Worker", HandWorker)
    made = JobManager("almaty", RunStore(tmp_path))
    yield made
    made.close()


def spec(name: str) -> RunSpec:
    return RunSpec.of({"name": name})


def worker_of(manager: JobManager) -> Any:
    return manager._workers[0]


def take(manager: JobManager) -> Any:
    return manager.next_task(worker_of(manager))


def make(manager: JobManager, task: Any) -> None:
    with manager.store.new(task.spec.id) as folder:
        (folder / "run.json").write_text("{}")
    manager.finish(task, None)


def test_a_job_is_done_when_its_runs_are(manager: JobManager) -> None:
    job = manager.ensure([spec("a"), spec("b")])
    assert job.status == "accepted"
    first = take(manager)
    manager.report(first, 0.5, "half")
    assert manager.get(job.id).status == "running"
    assert manager.get(job.id).progress == pytest.approx(0.25)
    make(manager, first)
    assert manager.get(job.id).progress == pytest.approx(0.5)
    make(manager, take(manager))
    assert manager.get(job.id).status == "successful"
    assert manager.get(job.id).progress == 1.0


def test_the_same_runs_asked_again_are_the_same_job(manager: JobManager) -> None:
    job = manager.ensure([spec("a")])
    assert manager.ensure([spec("a")]).id == job.id
    assert manager.ensure([spec("a"), spec("b")]).id != job.id
    assert manager.waiting == 2


def test_what_is_there_already_is_no_work(manager: JobManager) -> None:
    manager.ensure([spec("a")])
    make(manager, take(manager))
    assert manager.ensure([spec("a")]).status == "successful"


def test_a_question_goes_before_the_background(manager: JobManager) -> None:
    manager.start_background([spec("a"), spec("b"), spec("c")])
    manager.ensure([spec("c")])
    manager.ensure([spec("d")])
    assert [take(manager).spec.id for _ in range(4)] == [spec(name).id for name in "cdab"]


def test_a_preview_goes_before_what_is_final(manager: JobManager) -> None:
    final, preview = RunSpec.of({"name": "a", "order": 2}), RunSpec.of({"name": "a", "order": 1})
    manager.start_background([RunSpec.of({"name": "b", "order": 1})])
    manager.ensure([final])
    manager.ensure([preview])
    assert [take(manager).spec.id for _ in range(2)] == [preview.id, final.id]


def test_workers_warm_up_before_the_background_and_after_a_question(manager: JobManager) -> None:
    assert manager.warmth.status == "cold"
    manager.start_background([spec("a")])
    manager.start_warming()
    manager.ensure([spec("asked")])
    assert manager.warmth.status == "warming"
    assert take(manager).spec.id == spec("asked").id
    assert isinstance(take(manager), WarmUp)
    worker_of(manager).warmed = True
    manager.warmed(None)
    assert manager.warmth.status == "warm"
    assert take(manager).spec.id == spec("a").id


def test_a_warm_up_that_fails_is_told_and_stops_nothing(manager: JobManager) -> None:
    manager.start_warming()
    assert isinstance(take(manager), WarmUp)
    worker_of(manager).warmed = True
    manager.warmed("RuntimeError: no compiler")
    assert manager.warmth == Warmth("failed", "RuntimeError: no compiler")
    manager.ensure([spec("a")])
    assert take(manager).spec.id == spec("a").id


class _Pipe:
    """The worker's end of the pipe, played by the test."""

    def __init__(self, *answers: tuple[object, ...]) -> None:
        self.answers, self.sent = list(answers), []  # type: ignore[var-annotated]

    def send(self, text: str) -> None:
        self.sent.append(text)

    def recv(self) -> tuple[object, ...]:
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("answers", "error", "warmed"),
    [
        ([("progress", 0.5, "Voellmy"), ("done",)], None, True),
        ([("failed", "RuntimeError: no compiler")], "RuntimeError: no compiler", True),
        ([], "the worker process ended before the run did", True),
    ],
)
def test_a_worker_warms_up_once_whatever_comes_of_it(
    answers: list[tuple[object, ...]], error: str | None, warmed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, pipe = Worker(None, 0), _Pipe(*answers)  # type: ignore[arg-type]
    monkeypatch.setattr(worker, "_connected", lambda: pipe)
    assert worker._run(WarmUp()) == error
    assert pipe.sent == [WARM_UP]
    assert worker.warmed is warmed


def test_a_worker_whose_process_was_ended_is_cold_again(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, pipe = Worker(None, 0), _Pipe()  # type: ignore[arg-type]
    worker.warmed = True
    monkeypatch.setattr(worker, "_connected", lambda: pipe)
    task = jobs_module._Task(spec("a"), 0, 1)
    assert worker._run(task) is not None
    assert not worker.warmed


@pytest.mark.slow
def test_a_worker_process_warms_its_kernels(tmp_path: Path) -> None:
    manager = JobManager("almaty", RunStore(tmp_path))
    try:
        manager.start_warming()
        deadline = time.monotonic() + 300.0
        while manager.warmth.status == "warming" and time.monotonic() < deadline:
            time.sleep(0.2)
        assert manager.warmth == Warmth("warm", None)
    finally:
        manager.close()


def test_a_failure_is_told_to_every_job_and_leaves_the_queue_alive(manager: JobManager) -> None:
    both = manager.ensure([spec("a"), spec("b")])
    other = manager.ensure([spec("b"), spec("c")])
    manager.finish(take(manager), "InvalidBed: broken")
    assert manager.get(both.id).status == "failed"
    assert manager.get(both.id).error == "InvalidBed: broken"
    assert manager.failure(spec("a").id)[0] == "InvalidBed: broken"  # type: ignore[index]
    for number in range(KEPT_JOBS + 5):
        # Long after, when the failed job is forgotten, its other run is still made for the job that waits.
        make(manager, _queued(manager, spec(f"more-{number}")))
    with pytest.raises(UnknownJob):
        manager.get(both.id)
    make(manager, take(manager))
    make(manager, take(manager))
    assert manager.get(other.id).status == "successful"


def _queued(manager: JobManager, one: RunSpec) -> Any:
    manager.ensure([one])
    task = manager._tasks[one.id]
    task.state = "running"
    return task


def test_cancelling_ends_the_run_that_nobody_else_waits_for(manager: JobManager) -> None:
    mine = manager.ensure([spec("a")])
    task = take(manager)
    assert manager.cancel(mine.id).status == "dismissed"
    assert worker_of(manager).ended == [task]
    assert manager.waiting == 0


def test_cancelling_leaves_a_run_that_another_job_waits_for(manager: JobManager) -> None:
    mine = manager.ensure([spec("a")])
    manager.ensure([spec("a"), spec("b")])
    take(manager)
    manager.cancel(mine.id)
    assert worker_of(manager).ended == []
    assert manager.waiting == 2


def test_a_dismissed_run_has_not_failed_and_is_made_when_it_is_asked_for_again(manager: JobManager) -> None:
    mine = manager.ensure([spec("a")])
    task = take(manager)
    manager.cancel(mine.id)
    manager.finish(task, "the worker process ended before the run did")
    assert manager.failure(spec("a").id) is None
    again = manager.ensure([spec("a")])
    manager.finish(take(manager), "a fault")
    assert manager.failure(spec("a").id) is not None
    assert manager.get(again.id).status == "failed"


def test_unknown_jobs_are_refused(manager: JobManager) -> None:
    with pytest.raises(UnknownJob):
        manager.get("nobody")


class _Process:
    def __init__(self) -> None:
        self.ended = False

    def is_alive(self) -> bool:
        return not self.ended

    def terminate(self) -> None:
        self.ended = True

    def join(self, timeout: float | None = None) -> None:
        pass


def test_a_worker_that_has_gone_on_to_another_task_is_not_ended() -> None:
    worker = Worker(None, 0)  # type: ignore[arg-type]
    process = _Process()
    worker._process = process  # type: ignore[assignment]
    first, second = object(), object()
    worker._task = second
    worker.end_process(first)
    assert not process.ended
    worker.end_process(second)
    assert process.ended


def test_closing_wakes_a_waiting_worker(manager: JobManager) -> None:
    found: list[object] = []
    ask: Callable[[], None] = lambda: found.append(take(manager))  # noqa: E731
    thread = threading.Thread(target=ask)
    thread.start()
    manager.close()
    thread.join(timeout=5.0)
    assert found == [None]


def test_a_job_that_waits_knows_what_is_made_before_it(manager: JobManager) -> None:
    first, second = manager.ensure([spec("a"), spec("b")]), manager.ensure([spec("c")])
    assert (first.runs_ahead, second.runs_ahead) == (0, 2)
    preview = manager.ensure([RunSpec.of({"name": "p", "order": 1})])
    assert [job.runs_ahead for job in manager.jobs(placed=True)] == [0, 3, 1]
    make(manager, take(manager))
    running = take(manager)
    assert manager.get(preview.id).runs_ahead is None, "it has ended"
    assert manager.get(first.id).runs_ahead is None, "it is under way"
    assert manager.get(second.id).runs_ahead == 2, "one that is being made counts as well"
    make(manager, running)
    make(manager, take(manager))
    assert manager.get(second.id).runs_ahead == 0
    assert manager.ensure([spec("c"), spec("d")]).runs_ahead == 0, "a run of one's own is nobody else's"
