"""What a tile costs, and cutting them: processor time of one process, beside FastAPI's floor."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import FLOOR, Question, floor_ms, measured, selrisk
from benchmarks.measure import Measurement, from_samples
from benchmarks.service import Service
from geodata import open_region
from geodata.region import embedded_regions

SCENARIO = "aksai-lake-outburst"
STRATEGIES = ("no-dams", "both")
#: Runs of this size take seconds; a tile holds as much as one of a finer run, a zoom higher.
CELL_SIZE_M = 90.0
STORED_MS, LIVE_MS, HELD_MS = 0.4, 20.0, 0.3


def make_runs(folder: Path) -> tuple[str, str]:
    """Make two runs that differ by their dams, and return their ids."""
    from risk_api.runs import RunStore, plan
    from risk_api.runs.make import make_run

    region = open_region(embedded_regions()[0])
    store = RunStore(folder / "runs")
    specs = [plan(region, SCENARIO, strategy, cell_size_m=CELL_SIZE_M) for strategy in STRATEGIES]
    for spec in specs:
        make_run(region, spec, store)
    return specs[0].id, specs[1].id


def questions(service: Service, first: str, second: str) -> Sequence[Question]:
    """Return what is asked: the busiest tile of each kind."""
    run = f"/v1/runs/{first}/tiles"
    depth = _busiest(service, f"{run}/depth")
    return (
        Question("depth, stored", depth, STORED_MS, 1000),
        Question("arrival, stored", _busiest(service, f"{run}/arrival-code"), STORED_MS, 1000),
        Question("hillshade, stored", _busiest(service, "/v1/base/tiles/hillshade"), STORED_MS, 1000),
        Question(
            "region as vectors, stored",
            _busiest(service, "/v1/tiles/region"),
            STORED_MS,
            1000,
            "Accept-Encoding: gzip\r\n",
        ),
        Question("304 of depth", depth, HELD_MS, 1000, held=True),
        Question(
            "difference, made live",
            _busiest(service, f"/v1/runs/{first}/difference/{second}/tiles/depth"),
            LIVE_MS,
            100,
        ),
    )


def measure(folder: Path) -> Sequence[Measurement]:
    """Ask a service of its own for the busiest tile of each kind."""
    data = folder / "data"
    runs = make_runs(data)
    floor = floor_ms(folder)
    found = [_cutting(data, runs[0], folder / "cut", floor)]
    with selrisk(embedded_regions()[0], data, folder, "/health/live") as service:
        found += measured(service, questions(service, *runs), "tiles", floor)
    return found


def _cutting(data: Path, run_id: str, folder: Path, floor: float) -> Measurement:
    """Processor time to cut one layer of a run: reading, classes, pixels of all zooms, PNGs, the archive."""
    from risk_api.layers import LayerStore
    from risk_api.runs import RunStore
    from risk_api.tiles.store import TileStore

    region = open_region(embedded_regions()[0])
    samples = []
    for layer in ("speed", "depth", "hazard-buwal", "arrival-code"):
        store = TileStore(folder, region, LayerStore(region), RunStore(data / "runs"))
        started = time.process_time()
        store.open(("run", run_id, layer))
        samples.append((time.process_time() - started) * 1000.0)
    # The first loads what the others use.
    value, kept = from_samples(samples[1:])
    return Measurement("tiles: cutting a layer of a run", value, "ms", None, FLOOR, floor, "ms", kept)


def _busiest(service: Service, tileset: str) -> tuple[str]:
    """Path of the tile with most bytes on a zoom in the middle of those that the set has."""
    from risk_api.tiles.matrix import mercator_bounds, tiles_over

    document = json.loads(service.get(f"{tileset}/tilejson.json", timeout_s=300.0).body)
    highest = document["maxzoom"]
    zoom = min(10, highest)
    west, south, east, north = document["bounds"]
    first_x, first_y, last_x, last_y = tiles_over(mercator_bounds((west, south, east, north)), zoom)
    template = str(document["tiles"][0]).removeprefix(service.url)
    paths = [
        template.format(z=zoom, x=x, y=y)
        for x in range(first_x, last_x + 1)
        for y in range(first_y, last_y + 1)
    ]
    return (max(paths, key=lambda path: len(service.get(path).body)),)
