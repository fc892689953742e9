"""Strangers cannot queue without end, nor have a failing run tried over and over, nor read a path."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from risk_api.errors import BadParameter, RunFailed, TooManyRuns
from risk_api.run_queue import FAILED_FOR, RunQueue, failure_key

RAISED = "OSError: [Errno 28] No space left on device: '/secret/path/depth_max_m.tif'"


@dataclass(frozen=True)
class Spec:
    id: str


@dataclass(frozen=True)
class Job:
    status: str
    run_ids: tuple


class Jobs:
    """A manager that queues and never makes anything."""

    def __init__(self):
        self.known, self.failures = [], {}

    def jobs(self):
        return self.known[::-1]

    def failure(self, run_id):
        return self.failures.get(run_id)

    def ensure(self, specs, *, simulation=None, execution=None):
        self.known.append(Job("accepted", tuple(spec.id for spec in specs)))
        return self.known[-1]


class Store:
    def has(self, run_id):
        return run_id == "made"


def specs(*names):
    return [Spec(name) for name in names]


def test_the_queue_takes_runs_up_to_its_bound_and_no_more():
    jobs = Jobs()
    queue = RunQueue(jobs, Store(), 3)
    queue.request(specs("a", "b"))
    queue.request(specs("c", "made"))
    with pytest.raises(TooManyRuns) as caught:
        queue.request(specs("d"))
    assert caught.value.status == 503
    assert int(caught.value.headers["Retry-After"]) > 0
    # Who asks for what is queued already adds nothing.
    queue.request(specs("a", "c"))
    assert queue.unfinished() == {"a", "b", "c"}


def test_finished_and_dismissed_jobs_take_no_room():
    jobs = Jobs()
    jobs.known = [Job("successful", ("a",)), Job("failed", ("b",)), Job("dismissed", ("c",))]
    RunQueue(jobs, Store(), 1).request(specs("d"))
    assert jobs.known[-1].run_ids == ("d",)


def test_a_failed_run_is_not_queued_again_for_a_while_and_then_it_is():
    jobs = Jobs()
    queue = RunQueue(jobs, Store(), 9)
    jobs.failures["a"] = (RAISED, datetime.now(UTC))
    with pytest.raises(RunFailed) as caught:
        queue.request(specs("b", "a"))
    assert jobs.known == []
    assert 1 <= int(caught.value.headers["Retry-After"]) <= FAILED_FOR.total_seconds()
    assert "/secret" not in str(caught.value)
    jobs.failures["a"] = (RAISED, datetime.now(UTC) - FAILED_FOR - timedelta(seconds=1))
    assert queue.request(specs("b", "a")).run_ids == ("b", "a")


def test_a_run_that_is_being_made_again_has_not_failed():
    jobs = Jobs()
    queue = RunQueue(jobs, Store(), 9)
    jobs.failures["a"] = (RAISED, datetime.now(UTC))
    jobs.known = [Job("running", ("a",))]
    assert queue.failure(["a"]) is None
    jobs.known = [Job("failed", ("a",))]
    assert queue.failure(["a"]).key == "run_storage"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (RAISED, "run_storage"),
        ("MemoryError: 3 GB", "run_memory"),
        ("RunTooLarge: the run would need about 9000 MB", "run_too_large"),
        ("the worker process ended before the run did", "run_stopped"),
        ("FlowError: cell 3 at /x", "run_fault"),
        (None, "run_fault"),
        ("", "run_fault"),
    ],
)
def test_every_failure_has_a_short_reason(error, key):
    assert failure_key(error) == key


@pytest.fixture
def failing(make_client, tmp_path, monkeypatch):
    """Give a client of a service without runs, whose every run failed just now."""
    from risk_api.runs import JobManager

    monkeypatch.setattr(JobManager, "failure", lambda self, run_id: (RAISED, datetime.now(UTC)))
    with make_client(tmp_path / "data") as client:
        yield client


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_failure_is_a_problem_that_says_why_without_paths(failing, language):
    answer = failing.get("/v1/exposure", params={"scenario": "burst", "lang": language})
    assert answer.status_code == 500
    assert answer.json()["type"] == "/v1/problems/run_failed"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "/secret" not in answer.text
    assert "Errno" not in answer.text
    page = failing.get("/", params={"scenario": "burst", "lang": language})
    assert page.status_code == 200
    assert 'class="failed"' in page.text
    assert "/secret" not in page.text
    assert 'http-equiv="refresh"' not in page.text
    assert failing.get("/v1/jobs").json()["numberMatched"] == 0


def test_a_job_that_failed_tells_a_sentence(client, monkeypatch):
    from risk_api.runs import Job as RealJob
    from risk_api.runs import JobManager

    now = datetime.now(UTC)
    job = RealJob("j", "failed", 1.0, "failed", ("a",), RAISED, now, now)
    monkeypatch.setattr(JobManager, "get", lambda self, job_id: job)
    document = client.get("/v1/jobs/j", params={"lang": "en"}).json()
    assert document["error"] == "the result could not be written to disk"


@pytest.mark.slow
def test_a_run_that_is_too_large_is_refused_by_name(make_client, tmp_path):
    with make_client(tmp_path / "data", max_run_memory_mb=0.2) as client:
        query = {"scenario": "burst", "strategies": "no-dams", "lang": "en"}
        asked = client.get("/v1/exposure", params=query)
        assert asked.status_code == 202
        deadline = time.monotonic() + 120.0
        job = client.get(asked.headers["location"]).json()
        while job["status"] in ("accepted", "running") and time.monotonic() < deadline:
            time.sleep(0.2)
            job = client.get(asked.headers["location"]).json()
        assert job["status"] == "failed"
        assert "more memory or more steps" in job["error"]
        again = client.get("/v1/exposure", params=query)
        assert again.status_code == 400
        assert again.json()["type"] == "/v1/problems/run_too_large"
        assert "larger cells" in again.json()["detail"]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_full_queue_is_a_503_with_retry_after(make_client, tmp_path, language):
    # One run may wait, and every comparison needs two.
    with make_client(tmp_path / "data", max_queued_runs=1) as client:
        query = {"scenario": "burst", "lang": language}
        for path in ("/v1/exposure", "/"):
            answer = client.get(path, params=query)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["content-language"] == language
        assert client.get("/v1/exposure", params=query).json()["type"] == "/v1/problems/too_many_runs"
        assert client.get("/v1/jobs").json()["numberMatched"] == 0


@pytest.mark.parametrize("size", ["61", "10", "59.99", "200", "0", "1e9"])
def test_cell_sizes_over_http_are_a_short_list(client, size):
    answer = client.get("/v1/exposure", params={"scenario": "burst", "cell_size_m": size})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["allowed"] == ["30", "60", "90", "120", "150"]
    assert "90" in answer.json()["detail"]


def test_the_regions_own_cell_size_is_the_default_and_allowed(client, valley):
    from geodata import open_region
    from risk_api.answers import Answers

    own = client.get("/v1/exposure", params={"scenario": "burst", "cell_size_m": 60})
    assert own.status_code == 200
    assert own.json() == client.get("/v1/exposure", params={"scenario": "burst"}).json()

    class Store:
        pass

    answers = Answers(open_region(valley), Store())
    assert answers.http_cell_size_m(60.0) is None
    assert answers.http_cell_size_m(90.0) == 90.0
    with pytest.raises(BadParameter):
        answers.http_cell_size_m(61.0)


def test_what_strangers_ask_is_not_kept_without_end(valley):
    from geodata import open_region
    from risk_api.answers import KEPT_SPECS, Answers

    answers = Answers(open_region(valley), None)
    for step in range(KEPT_SPECS + 5):
        answers.spec("burst", "bar", 10.0 + step * 0.1)
    assert len(answers._specs) == KEPT_SPECS
