"""Hazard grids that could not be made: said so, logged with the reason, tried again later."""

from __future__ import annotations

import os
import time
from multiprocessing.context import SpawnProcess

import pytest
from structlog.testing import capture_logs

from geodata import open_region
from risk_api.seismic.maps import hazard_grids
from risk_api.seismic.maps.hazard_grids import GridState, HazardGrids
from risk_api.seismic.maps.raster_set import ABANDONED_AFTER_S, HAZARD_GRIDS

GRID = "/v1/seismic/hazard/grid"


def no_process(*_):
    raise BlockingIOError("no more processes")


def dies(pipe, *_):
    os._exit(7)


def until(condition):
    end = time.monotonic() + 40.0
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


@pytest.mark.parametrize(("language", "word"), [("en", "begins"), ("ru", "начнёт"), ("kk", "бастайды")])
def test_a_grid_that_failed_is_a_problem_with_a_time(client, monkeypatch, language, word):
    monkeypatch.setattr(HazardGrids, "find", lambda *_: None)
    monkeypatch.setattr(HazardGrids, "ensure", lambda _: None)
    monkeypatch.setattr(HazardGrids, "state", lambda *_: GridState("failed", retry_after_s=290))
    for path in ("pga_g_475.tif", "tiles/pga_g_475/tilejson.json", "contours"):
        told = client.get(f"{GRID}/site/{path}", headers={"Accept-Language": language})
        assert told.status_code == 503, told.text
        assert told.headers["content-type"] == "application/problem+json"
        assert told.headers["retry-after"] == "290"
        assert told.json()["type"] == "/v1/problems/hazard_grid_failed"
        assert word in told.json()["detail"]
        assert "5" in told.json()["detail"], "minutes"
    assert client.get(GRID).json()["grids"]["site"]["status"] == "failed"


def test_a_process_that_cannot_start_is_tried_again_later_and_nothing_breaks_at_the_end(
    valley, tmp_path, monkeypatch
):
    grids = HazardGrids(open_region(valley), str(valley), tmp_path)
    descriptors = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr(SpawnProcess, "start", no_process)
        with capture_logs() as logs:
            grids.ensure()
            grids.ensure()
        assert [each["reason"] for each in logs] == ["no more processes"], "not tried over and over"
        assert len(os.listdir("/proc/self/fd")) == descriptors
        assert grids.state("rock").status == "failed"
    grids.ensure()
    assert grids.state("rock").status == "failed", "too early"
    monkeypatch.setattr(hazard_grids, "FAILED_FOR_S", 0.0)
    grids.ensure()
    assert grids.state("rock").status in ("waiting", "being made")
    grids.close()


def test_closing_after_a_failed_start_is_quiet(valley, tmp_path, monkeypatch):
    monkeypatch.setattr(SpawnProcess, "start", no_process)
    grids = HazardGrids(open_region(valley), str(valley), tmp_path)
    grids.ensure()
    grids.close()


def test_a_process_that_dies_without_a_word_is_logged_with_its_exit_code(valley, tmp_path, monkeypatch):
    monkeypatch.setattr(hazard_grids, "work", dies)
    grids = HazardGrids(open_region(valley), str(valley), tmp_path)
    with capture_logs() as logs:
        grids.ensure()
        until(lambda: grids.state("site").status == "failed")
        until(lambda: bool(logs))
    (told,) = logs
    assert told["log_level"] == "error"
    assert told["exit_code"] == 7
    assert set(told["grounds"]) == {"rock", "site"}
    grids.close()


def test_what_a_dead_writer_left_is_cleared_when_grids_are_begun(valley, tmp_path):
    left = tmp_path / HAZARD_GRIDS / ".tmp-left"
    left.mkdir(parents=True)
    os.utime(left, (time.time() - ABANDONED_AFTER_S - 60.0,) * 2)
    grids = HazardGrids(open_region(valley), str(valley), tmp_path)
    grids.ensure()
    until(lambda: not left.exists())
    grids.close()
