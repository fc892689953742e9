"""A run is whole or absent."""

import os
from pathlib import Path

import pytest

from risk_api.errors import UnknownLayer, UnknownRun
from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RunStore

RUN_ID = "0123456789abcdef0123"


def test_a_run_appears_whole(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    with store.new(RUN_ID) as folder:
        (folder / "run.json").write_text('{"districts": [], "dams": []}')
        assert not store.has(RUN_ID)
        assert store.ids() == []
    assert store.ids() == [RUN_ID]
    assert store.open(RUN_ID).districts == []


def test_a_run_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path)

    def write_and_fail() -> None:
        with store.new(RUN_ID) as folder:
            (folder / "run.json").write_text("{}")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with store.new(RUN_ID) as alive:
        here = alive.name.rsplit("-", 1)[0]
        dead = tmp_path / f"{here}-999999999"
        dead.mkdir()
        elsewhere = tmp_path / f".tmp-{RUN_ID}-ffffffff-999999999"
        elsewhere.mkdir()
        forgotten = tmp_path / f".tmp-{RUN_ID}-eeeeeeee-1"
        forgotten.mkdir()
        os.utime(forgotten, (0, 0))
        assert sorted(store.sweep()) == sorted([dead.name, forgotten.name])
        assert alive.exists()
        assert elsewhere.exists()
    assert not store.has(RUN_ID)


@pytest.mark.parametrize("name", ["../etc", "..", "", "ABCDEF0123456789", "0123", "0123456789abcdeg"])
def test_nothing_but_an_id_becomes_a_path(tmp_path: Path, name: str) -> None:
    store = RunStore(tmp_path / "runs")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "run.json").write_text("{}")
    assert not store.has(name)
    with pytest.raises(UnknownRun):
        store.open(name)


def test_unknown_layers_are_refused_with_those_there_are(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with store.new(RUN_ID) as folder:
        (folder / "run.json").write_text("{}")
    with pytest.raises(UnknownLayer) as caught:
        store.open(RUN_ID).raster_path("../run.json")
    assert "depth_max_m" in str(caught.value)


def test_a_spec_is_its_content_whatever_the_order_of_its_keys() -> None:
    first = RunSpec.of({"a": 1, "b": {"c": 2.5, "d": None}})
    second = RunSpec.of({"b": {"d": None, "c": 2.5}, "a": 1})
    other = RunSpec.of({"b": {"d": None, "c": 2.6}, "a": 1})
    assert first.id == second.id != other.id
    assert RunSpec.from_json(first.to_json()) == first
