"""Maps that several threads make, read and remove at once."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import rasterio
from affine import Affine

from geodata import Grid, open_region
from risk_api.errors import UnknownScenario
from risk_api.seismic.maps.raster_set import ABANDONED_AFTER_S, RasterSet, RasterSets, key_of
from risk_api.seismic.maps.shake_maps import ShakeMaps
from risk_api.seismic.scenarios import seismic_scenario

KEY = key_of({"a": 1})


def grid(kind=Grid):
    return kind(np.arange(12.0).reshape(3, 4), Affine(100.0, 0, 0.0, 0, -100.0, 300.0), "EPSG:32643")


def both(work):
    """Run the same in two threads and return what both return."""
    with ThreadPoolExecutor(2) as threads:
        return [each.result(timeout=30.0) for each in [threads.submit(work) for _ in range(2)]]


def test_two_writers_of_one_set_leave_each_others_files_alone(tmp_path):
    together = Barrier(2, timeout=20.0)

    class Meeting(Grid):
        def write_cog(self, path, **_):
            together.wait()
            super().write_cog(path)
            together.wait()

    sets = RasterSets(tmp_path / "maps")
    layers = {"first": grid(), "second": grid(Meeting), "third": grid(Meeting)}
    for made in both(lambda: sets.write(KEY, layers, {})):
        for layer in layers:
            assert Grid.read(made.path(layer)).values == pytest.approx(grid().values)
    assert [each.name for each in (tmp_path / "maps").iterdir()] == [KEY]


def test_two_threads_never_write_into_one_file(tmp_path, monkeypatch):
    together, names, opened = Barrier(2, timeout=20.0), [], rasterio.open

    def meeting(path, *arguments, **options):
        names.append(path)
        together.wait()
        return opened(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(rasterio, "open", meeting)
        both(lambda: grid().write_cog(tmp_path / "a.tif"))
    assert len(set(names)) == 2
    assert Grid.read(tmp_path / "a.tif").values == pytest.approx(grid().values)
    assert [each.name for each in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize("own", [True, False])
def test_a_map_that_two_ask_for_is_made_once(valley, tmp_path, monkeypatch, own):
    together, made, make = Barrier(2, timeout=20.0), [], ShakeMaps._make

    def slow(self, key, *rest):
        made.append(key)
        time.sleep(0.2)
        return make(self, key, *rest)

    monkeypatch.setattr(ShakeMaps, "_make", slow)
    maps = ShakeMaps(open_region(valley), tmp_path)
    rupture = seismic_scenario("talgar").rupture(magnitude=6.1)

    def ask():
        together.wait()
        return maps.of_rupture(rupture) if own else maps.of("talgar")

    first, second = both(ask)
    assert made == [first.id] == [second.id]
    assert not maps._making, "locks are not kept"


def some_sets(folder, count):
    sets = RasterSets(folder)
    made = [sets.write(key_of({"n": number}), {"layer": grid()}, {"n": number}) for number in range(count)]
    for number, each in enumerate(made):
        os.utime(each.folder / "document.json", (1e9 + number, 1e9 + number))
    return sets, made


def test_removal_goes_on_where_others_have_removed(tmp_path):
    sets, made = some_sets(tmp_path, 5)

    def mine(each):
        if each.id == made[0].id:
            shutil.rmtree(each.folder)
        return each.document["n"] >= 0

    sets.keep_newest(2, mine)
    assert {each.name for each in tmp_path.iterdir()} == {each.id for each in made[3:]}


def test_two_that_remove_at_once_remove_what_is_too_many_once(tmp_path):
    sets, made = some_sets(tmp_path, 8)
    other, together = RasterSets(tmp_path), Barrier(2, timeout=20.0)
    waiting = iter((sets, other))

    def remove():
        chosen = next(waiting)
        together.wait()
        chosen.keep_newest(3, lambda each: each.document["n"] >= 0)

    both(remove)
    assert {each.name for each in tmp_path.iterdir()} == {each.id for each in made[5:]}


def test_what_a_dead_writer_left_is_cleared_and_a_living_ones_is_not(tmp_path):
    for name, age_s in (("dead", ABANDONED_AFTER_S + 60.0), ("living", 5.0)):
        folder = tmp_path / f".tmp-{name}"
        folder.mkdir()
        (folder / "layer.tif").write_bytes(b"half")
        os.utime(folder, (time.time() - age_s,) * 2)
    sets, made = some_sets(tmp_path, 1)
    os.utime(made[0].folder, (1e9, 1e9))
    sets.clear_abandoned()
    assert {each.name for each in tmp_path.iterdir()} == {made[0].id, ".tmp-living"}


def test_an_own_map_that_has_just_gone_is_unknown(valley, tmp_path, monkeypatch):
    maps = ShakeMaps(open_region(valley), tmp_path)
    monkeypatch.setattr(RasterSets, "find", lambda _, key: RasterSet(key, tmp_path / key))
    with pytest.raises(UnknownScenario):
        maps.of("0123456789abcdef0123")


OWN = {"scenario": "talgar", "figures": {"magnitude": 6.3}}


@pytest.mark.parametrize(
    "path", ["", "/rasters/pga_g_p50.tif", "/contours", "/tiles/pga_g_p50/tilejson.json"]
)
def test_a_map_that_goes_while_it_is_read_is_unknown(client, monkeypatch, path):
    address = client.post("/v1/seismic/shakemap", json=OWN).headers["location"]
    find = ShakeMaps.of

    def gone(self, map_id):
        found = find(self, map_id)
        shutil.rmtree(found.folder)
        return RasterSet(found.id, found.folder)

    monkeypatch.setattr(ShakeMaps, "of", gone)
    told = client.get(address + path)
    assert told.status_code == 404, told.text
    assert told.json()["type"] == "/v1/problems/unknown_scenario"
