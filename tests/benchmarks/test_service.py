from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.service import ServiceStopped, free_port, serving

BARE = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port"]

# A server whose child would outlive it, if only the server were stopped.
WITH_CHILD = """
import subprocess, time
subprocess.Popen(["sleep", "600"])
print("up", flush=True)
time.sleep(600)
"""


def test_a_started_server_answers_and_is_gone_afterwards(tmp_path: Path) -> None:
    port = free_port()
    with serving([*BARE, str(port)], port, tmp_path) as service:
        assert service.wait_for("/").body == b'{"hello":"world"}'
        assert service.get("/nothing-here").status == 404
        assert service.resident_bytes() > 1_000_000
    assert service.process.poll() is not None


def test_children_are_stopped_with_the_server(tmp_path: Path) -> None:
    with serving([sys.executable, "-c", WITH_CHILD], free_port(), tmp_path) as service:
        end = time.monotonic() + 20
        while "up" not in service.output():
            assert time.monotonic() < end
            time.sleep(0.02)
        children = service.processes()[1:]
        assert children
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_server_that_ends_early_is_reported_with_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such region')"]
    with (
        serving(command, free_port(), tmp_path) as service,
        pytest.raises(ServiceStopped, match="no such region"),
    ):
        service.wait_for("/", within_s=20)


def test_waiting_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        serving(command, free_port(), tmp_path) as service,
        pytest.raises(TimeoutError, match="did not answer 200"),
    ):
        service.wait_for("/", within_s=0.3)
