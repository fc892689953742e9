"""The wheel, installed into an empty environment and started from an empty folder, answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from benchmarks.service import Service, free_port, serving

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

DISTRICTS = {"alatau", "almaly", "auezov", "bostandyk", "medeu", "nauryzbay", "turksib", "zhetysu"}


def clean_environment(home: Path, **extra: str) -> dict[str, str]:
    """What a stranger's shell would give: no RISK_ settings, no Python paths, a home of its own."""
    dropped = ("RISK_", "PYTHON", "VIRTUAL_ENV", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"HOME": str(home)} | extra


@pytest.fixture(scope="module")
def service(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    empty = tmp_path_factory.mktemp("empty")
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    command = [str(installed / "selrisk"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    environment = clean_environment(home, RISK_DATA_DIR=str(home / "selrisk"))
    with serving(command, port, empty, environment) as started:
        started.wait_for("/health/live", within_s=120)
        yield started


def test_it_is_alive(service: Service) -> None:
    assert service.get("/health/live").status == 200


def test_it_answers_with_the_eight_districts(service: Service) -> None:
    answer = service.get("/v1/districts")
    assert answer.status == 200
    features = json.loads(answer.body)["features"]
    assert {feature["id"] for feature in features} == DISTRICTS
    assert all(feature["geometry"]["type"] in {"Polygon", "MultiPolygon"} for feature in features)


def test_the_page_and_the_documentation_are_in_the_wheel(service: Service) -> None:
    for path in ("/", "/docs"):
        answer = service.get(path)
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith("text/html"), path


def test_an_answer_that_is_not_made_yet_is_a_job(service: Service) -> None:
    answer = service.get("/v1/exposure?scenario=kumbelsu-1977&strategies=no-dams,both")
    assert answer.status == 202, answer.body
    assert answer.headers["location"]


def test_the_working_folder_stays_empty(service: Service) -> None:
    service.get("/v1/districts")
    assert [path.name for path in service.log.parent.iterdir()] == [service.log.name]


def test_a_stopped_server_leaves_nothing_running(installed: Path, tmp_path: Path) -> None:
    """Only the server gets the signal, as in a container; while its workers compute."""
    port = free_port()
    command = [str(installed / "selrisk"), "serve", "--port", str(port)]
    environment = clean_environment(tmp_path, RISK_DATA_DIR=str(tmp_path / "data"))
    with serving(command, port, tmp_path, environment) as service:
        service.wait_for("/health/live", within_s=120)
        service.wait_for("/v1/exposure?scenario=kumbelsu-1977&strategies=no-dams", status=202)
        known = service.processes()
        service.process.terminate()
        assert service.process.wait(30) in {0, -signal.SIGTERM}, service.output()[-4000:]
        _, alive = psutil.wait_procs(known, timeout=10)
        assert [process.pid for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not list((tmp_path / "data" / "runs").glob("*/run.json")), "ended before a run could be whole"


def test_the_command_line_tells_its_version(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "selrisk"), "--version"]
    environment = clean_environment(tmp_path)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert version("selrisk") in done.stdout
