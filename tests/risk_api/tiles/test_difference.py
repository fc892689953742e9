"""The difference of two runs: whose depth is larger, hatched where that is less than the runs can tell."""

import json
import shutil

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geodata import open_region
from risk_api.runs import RunStore, plan
from risk_api.runs.spec import RunSpec
from risk_api.tiles.difference import (
    FIRST_LESS,
    FIRST_MORE,
    LEAST_TOLERANCE_M,
    WITHIN,
    WITHIN_GAP,
    by_size,
    classes_of,
    counterpart,
    difference,
    hatched,
)

DEPTHS = arrays(np.float64, (4, 5), elements=st.floats(0.0, 6.0))


@pytest.fixture(scope="module")
def pair(valley, made_store, tmp_path_factory):
    """Give two finished runs that differ, in a store of their own: a preview would widen the tolerance."""
    shared = RunStore(made_store / "runs")
    store = RunStore(tmp_path_factory.mktemp("pair") / "runs")
    region = open_region(valley)
    runs = []
    for strategy in region.strategies:
        run = shared.open(plan(region, "burst", strategy).id)
        if not runs or not np.array_equal(read(runs[0]), read(run)):
            shutil.copytree(run.folder, store.folder / run.id)
            runs.append(store.open(run.id))
        if len(runs) == 2:
            return store, *runs
    raise AssertionError("the strategies of the valley make no difference")


def read(run):
    with rasterio.open(run.raster_path("depth_max_m")) as raster:
        return np.nan_to_num(raster.read(1).astype(np.float64))


def mirrored(indices):
    swapped = np.arange(256, dtype=np.uint8)
    for step in range(3):
        swapped[FIRST_LESS + step], swapped[FIRST_MORE + step] = FIRST_MORE + step, FIRST_LESS + step
    return swapped[indices]


@given(DEPTHS, DEPTHS, arrays(np.float64, (4, 5), elements=st.floats(0.1, 3.0)))
def test_the_other_way_round_is_the_mirror(first, second, tolerance):
    there, back = classes_of(first, second, tolerance), classes_of(second, first, tolerance)
    assert np.array_equal(there, mirrored(back))


@given(DEPTHS, DEPTHS, arrays(np.float64, (4, 5), elements=st.floats(0.1, 3.0)))
def test_a_class_says_how_much_and_which_way(first, second, tolerance):
    classes = classes_of(first, second, tolerance)
    change = second - first
    wet = (first >= 0.1) | (second >= 0.1)
    assert np.array_equal(classes == 0, ~wet)
    assert np.array_equal(classes == WITHIN, wet & (np.abs(change) < tolerance))
    sharp = wet & (np.abs(change) >= tolerance)
    assert (classes[sharp & (change < 0)] <= FIRST_LESS + 2).all()
    assert (classes[sharp & (change > 0)] >= FIRST_MORE).all()
    for limit, step in ((0.5, 1), (2.0, 2)):
        large = sharp & (np.abs(change) >= limit)
        assert (((classes[large] - FIRST_LESS) % 3) >= step).all()


def test_the_rank_puts_the_larger_difference_first_and_is_a_permutation():
    rank = by_size()
    assert sorted(rank) == list(range(256))
    assert rank[0] == 0
    assert rank[WITHIN] < rank[FIRST_LESS] < rank[FIRST_MORE] < rank[FIRST_LESS + 1] < rank[FIRST_MORE + 2]


def test_stripes_go_on_from_tile_to_tile():
    stripes = hatched(np.full((256, 256), WITHIN, dtype=np.uint8))
    assert set(np.unique(stripes)) == {WITHIN, WITHIN_GAP}
    for axis in (0, 1):
        both = np.concatenate([stripes, stripes], axis=axis)
        # A step down and a step left lead to the same stripe, across the edge of a tile too.
        assert np.array_equal(both[1:, :-1], both[:-1, 1:])


def test_two_runs_differ_where_their_rasters_do(pair):
    store, first, second = pair
    found = difference(store, first, second)
    change = read(second) - read(first)
    assert np.array_equal(np.isin(found.cells, range(FIRST_LESS, FIRST_MORE)), change <= -LEAST_TOLERANCE_M)
    assert (found.cells >= FIRST_MORE).sum() == (change >= LEAST_TOLERANCE_M).sum()
    assert (found.cells == WITHIN).any()
    assert set(np.unique(difference(store, first, first).cells)) == {0, WITHIN}


def test_the_tolerance_is_what_preview_and_final_differ_by(pair, tmp_path):
    """A made-up preview of one run is a metre off in one cell: there, and only there, a metre is nothing."""
    _, first, second = pair
    store = RunStore(tmp_path / "runs")
    for run in (first, second):
        shutil.copytree(run.folder, store.folder / run.id)
    plain = difference(store, first, second)
    assert plain.legend.more["tolerance"] == {
        "least_m": 0.1,
        "previews": [{"run": first.id, "pair": None}, {"run": second.id, "pair": None}],
    }
    inputs = dict(second.summary["inputs"])
    assert inputs["order"] == 2
    preview = RunSpec.of({**inputs, "order": 1, "cell_size_m": 2.0 * inputs["cell_size_m"]}).id
    folder = store.folder / preview
    shutil.copytree(second.folder, folder)
    change = read(second) - read(first)
    row, col = np.unravel_index(np.argmax(np.where(np.abs(change) < 0.9, np.abs(change), 0)), change.shape)
    assert abs(change[row, col]) >= 0.1
    with rasterio.open(folder / "depth_max_m.tif") as raster:
        depth, profile = raster.read(1), raster.profile
    depth[row, col] += 1.0
    with rasterio.open(folder / "depth_max_m.tif", "w", **profile) as raster:
        raster.write(depth, 1)
    summary = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**summary, "inputs": {**inputs, "order": 1}}))
    assert counterpart(store, second).id == preview
    with_preview = difference(store, first, second)
    changed = np.argwhere(with_preview.cells != plain.cells)
    assert changed.tolist() == [[row, col]]
    assert with_preview.cells[row, col] == WITHIN
    assert with_preview.legend.more["tolerance"]["previews"][1]["pair"] == preview


def test_a_difference_over_http_says_its_tolerance(client, pair):
    _, first, second = pair
    stem = f"/v1/runs/{first.id}/difference/{second.id}/tiles/depth"
    document = client.get(f"{stem}/tilejson.json").json()
    assert document["tolerance"]["least_m"] == 0.1
    legend = client.get(document["legend"]).json()
    assert [entry["index"] for entry in legend["classes"]] == [5, 4, 3, 1, 2, 6, 7, 8]
    address = document["tiles"][0].replace("http://testserver", "")
    answer = client.get(address.format(z=document["minzoom"], x=22, y=11))
    assert answer.status_code == 200
    assert answer.headers["cache-control"].endswith("immutable")
    assert client.get(f"{stem}/99/0/0").status_code == 404
    gone = f"/v1/runs/{first.id}/difference/{'0' * 20}/tiles/depth/tilejson.json"
    assert client.get(gone).json()["type"].endswith("unknown_run")
