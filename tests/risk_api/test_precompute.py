"""What is made in the background, and what is said about it."""

import time
from dataclasses import dataclass

from risk_api.precompute import Precompute


@dataclass(frozen=True)
class Spec:
    id: str


@dataclass(frozen=True)
class Job:
    status: str
    progress: float
    run_ids: tuple


class Answers:
    """Three scenarios; two of them share a run."""

    SPECS = {"default": ["a", "b"], "second": ["c"], "third": ["b", "d"]}  # noqa: RUF012

    def question(self, scenario):
        return scenario

    def specs(self, question):
        return [Spec(key) for key in self.SPECS[question]]


class Store:
    def __init__(self, made):
        self.made = set(made)

    def has(self, run_id):
        return run_id in self.made


class Jobs:
    def __init__(self, *jobs):
        self.known = list(jobs)
        self.queued = []

    def jobs(self):
        return self.known

    def start_background(self, specs):
        self.queued += [spec.id for spec in specs]


def precompute(made, *jobs):
    return Precompute(Answers(), Store(made), Jobs(*jobs), ("default", "second", "third"), True)


def test_the_default_comparison_is_queued_first_and_no_run_twice():
    background = precompute(["a"])
    background.start()
    assert background.jobs.queued == ["b", "c", "d"]


def test_nothing_is_queued_when_all_is_made():
    background = precompute("abcd")
    background.start()
    assert background.jobs.queued == []
    assert background.all_state() == {"status": "made", "runs_made": 4, "runs": 4, "progress": 1.0}


def test_progress_counts_what_is_made_and_the_share_of_what_is_running():
    background = precompute("a", Job("running", 0.5, ("b",)), Job("accepted", 0.0, ("c",)))
    assert background.default_state() == {"status": "being made", "runs_made": 1, "runs": 2, "progress": 0.75}
    assert background.all_state()["progress"] == 0.375


def test_a_job_over_several_runs_spends_its_progress_on_the_first_that_is_missing():
    # One of two runs is in the store and half of the other is done: the job stands at three quarters.
    background = precompute("a", Job("running", 0.75, ("a", "b")))
    assert background.running() == {"b": 0.5}


def test_somebody_elses_job_does_not_make_the_comparison_look_busy():
    background = precompute("a", Job("running", 0.9, ("elsewhere",)), Job("failed", 1.0, ("b",)))
    assert background.default_state()["status"] == "not made"


def test_the_first_answer_does_not_wait_for_warm_kernels(make_client, tmp_path, monkeypatch):
    from risk_api.runs import JobManager

    started = []
    monkeypatch.setattr(JobManager, "start_warming", lambda self: started.append(time.monotonic()))
    with make_client(tmp_path / "data", warm=True) as client:
        assert client.get("/health/ready").json()["kernels"] == "cold"
        answered = time.monotonic()
        deadline = answered + 10.0
        while not started and time.monotonic() < deadline:
            time.sleep(0.05)
        assert started
        assert started[0] > answered


def test_kernels_that_could_not_be_warmed_are_seen_in_the_health(make_client, tmp_path, monkeypatch):
    from risk_api.runs import JobManager

    def fail(self):
        self.warmed("OSError: /secret/cache is read-only")

    monkeypatch.setattr(JobManager, "start_warming", fail)
    with make_client(tmp_path / "data", warm=True) as client:
        deadline = time.monotonic() + 10.0
        ready = client.get("/health/ready")
        while ready.json()["kernels"] == "cold" and time.monotonic() < deadline:
            time.sleep(0.05)
            ready = client.get("/health/ready")
        assert ready.json()["kernels"] == "failed"
        assert ready.json()["status"] == "ready"
        assert "/secret" not in ready.text
