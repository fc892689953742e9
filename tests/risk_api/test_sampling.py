"""A point is one cell of each raster: nothing else is read, dry ground opens one raster only."""

import asyncio
import threading

import numpy as np
import pytest

from risk_api.sampling import sample


@pytest.fixture
def run(client):
    from risk_api.runs import RunStore

    answer = client.get("/v1/exposure", params={"scenario": "burst"}).json()
    run_id = answer["features"][0]["properties"]["strategies"]["no-dams"]["run_id"]
    with_store = RunStore(client.app_state["service"].settings.runs_dir)
    return with_store.open(run_id)


def test_a_point_has_the_values_of_its_cell(run):
    import rasterio

    from risk_api.exposure import SCHEMES

    layers = ("depth_max_m", "speed_max_m_s", "arrival_s")
    values = {}
    for layer in layers:
        with rasterio.open(run.raster_path(layer)) as raster:
            values[layer] = raster.read(1)
            transform = raster.transform
    row, col = np.unravel_index(np.nanargmax(values["depth_max_m"]), values["depth_max_m"].shape)
    # Off the centre, but in the cell.
    x, y = (
        transform @ (col + 0.9, row + 0.1)
        if hasattr(transform, "__matmul__")
        else transform
        * (
            col + 0.9,
            row + 0.1,
        )
    )
    found = sample(run, x, y, SCHEMES["buwal"])
    assert found["reached"]
    for layer in layers:
        assert found[layer] == values[layer][row, col]


def test_dry_ground_opens_one_raster_and_a_point_outside_is_dry(run, monkeypatch):
    import rasterio

    from risk_api.exposure import SCHEMES

    with rasterio.open(run.raster_path("depth_max_m")) as raster:
        depth = raster.read(1)
        row, col = np.argwhere(~(depth > 0))[0]
        x, y = raster.xy(row, col)
        west, north = raster.bounds.left, raster.bounds.top
    opened, real = [], rasterio.open
    monkeypatch.setattr(rasterio, "open", lambda path, *rest: opened.append(path) or real(path, *rest))
    dry = {"reached": False, "depth_max_m": 0.0, "speed_max_m_s": None, "class": None, "arrival_s": None}
    assert sample(run, x, y, SCHEMES["buwal"]) == dry
    assert len(opened) == 1
    assert sample(run, west - 1.0, north + 1.0, SCHEMES["buwal"]) == dry


def test_points_are_read_off_the_event_loop_by_few_threads(client, monkeypatch):
    from risk_api.routes import places

    seen = []

    def slow(*_):
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        seen.append(threading.get_ident())
        return {}

    monkeypatch.setattr(places, "_place", slow)
    assert client.get("/v1/locate", params={"lon": 76.85, "lat": 43.13}).status_code == 200
    assert seen
    assert client.app_state["service"].sampling.total_tokens == 2
