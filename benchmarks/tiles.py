"""What a tile costs, and cutting them: processor time of one process, beside FastAPI's floor."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement, from_samples
from benchmarks.ogc import Asker, cpu_ms, floor_ms
from benchmarks.service import Service, free_port, serving
from geodata import open_region
from geodata.region import embedded_regions

SCENARIO = "aksai-lake-outburst"
STRATEGIES = ("no-dams", "both")
#: Runs of this size take seconds; a tile holds as much as one of a finer run, a zoom higher.
CELL_SIZE_M = 90.0
STORED_MS, LIVE_MS, HELD_MS = 0.4, 20.0, 0.3


@dataclass(frozen=True)
class Question:
    """A tile that is asked for again and again: of which set, budget in ms, how often a sample asks."""

    name: str
    tileset: str
    budget_ms: float
    count: int
    headers: str = ""
    held: bool = False


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


def questions(first: str, second: str) -> Sequence[Question]:
    run = f"/v1/runs/{first}/tiles"
    return (
        Question("depth, stored", f"{run}/depth", STORED_MS, 1000),
        Question("arrival, stored", f"{run}/arrival-code", STORED_MS, 1000),
        Question("hillshade, stored", "/v1/base/tiles/hillshade", STORED_MS, 1000),
        Question(
            "region as vectors, stored", "/v1/tiles/region", STORED_MS, 1000, "Accept-Encoding: gzip\r\n"
        ),
        Question("304 of depth", f"{run}/depth", HELD_MS, 1000, held=True),
        Question("difference, made live", f"/v1/runs/{first}/difference/{second}/tiles/depth", LIVE_MS, 100),
    )


def measure(folder: Path) -> Sequence[Measurement]:
    """Ask a service of its own for the busiest tile of each kind."""
    data = folder / "data"
    runs = make_runs(data)
    floor = floor_ms(folder)
    found = [_cutting(data, runs[0], folder / "cut", floor)]
    port = free_port()
    command = [sys.executable, "-c", "from risk_api.cli import main; main()", "serve", "--port", str(port)]
    env = dict(os.environ) | {
        "RISK_REGION": embedded_regions()[0], "RISK_DATA_DIR": str(data), "RISK_PRECOMPUTE": "false",
        "RISK_WARM": "false",
    }  # fmt: skip
    with serving(command, port, folder, env) as service:
        service.wait_for("/health/live", within_s=120)
        found += [_measured(service, question, floor) for question in questions(*runs)]
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
    return Measurement(
        "tiles: cutting a layer of a run", value, "ms", None, "FastAPI saying hello", floor, "ms", kept
    )


def _measured(service: Service, question: Question, floor: float) -> Measurement:
    document = json.loads(service.get(f"{question.tileset}/tilejson.json", timeout_s=300.0).body)
    path = _busiest(service, document)
    asker = Asker(service.url)
    try:
        headers = question.headers
        head, length = asker.ask(path, headers)
        if question.held:
            found = re.search(rb"etag: (\S+)", head.lower())
            assert found is not None
            headers += f"If-None-Match: {found[1].decode()}\r\n"
            head, length = asker.ask(path, headers)
        status = head.split(b" ", 2)[1].decode()
        if status != ("304" if question.held else "200"):
            raise RuntimeError(f"{path} answered {status}")
        samples = cpu_ms(service, lambda: asker.ask(path, headers), question.count)
    finally:
        asker.close()
    value, kept = from_samples(samples)
    return Measurement(
        name=f"tiles: {question.name}",
        measured=value,
        unit="ms",
        budget=question.budget_ms,
        reference="FastAPI saying hello",
        reference_measured=floor,
        reference_unit="ms",
        samples=kept,
        note="" if question.held else f"{length} bytes",
    )


def _busiest(service: Service, document: dict[str, object]) -> str:
    """Path of the tile with most bytes on a zoom in the middle of those that the set has."""
    from risk_api.tiles.matrix import mercator_bounds, tiles_over

    lowest, highest = document["minzoom"], document["maxzoom"]
    assert isinstance(lowest, int)
    assert isinstance(highest, int)
    zoom = min(10, highest)
    west, south, east, north = document["bounds"]  # type: ignore[misc]
    first_x, first_y, last_x, last_y = tiles_over(mercator_bounds((west, south, east, north)), zoom)
    template = str(document["tiles"][0]).removeprefix(service.url)  # type: ignore[index]
    paths = [
        template.format(z=zoom, x=x, y=y)
        for x in range(first_x, last_x + 1)
        for y in range(first_y, last_y + 1)
    ]
    return max(paths, key=lambda path: len(service.get(path).body))
