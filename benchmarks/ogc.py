"""What answers of ``/ogc`` and ``/v1`` cost: processor time a request of one process, and of FastAPI's."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path

import psutil

from benchmarks.measure import Measurement, from_samples
from benchmarks.service import Service, free_port, serving
from geodata.region import embedded_regions

ITEMS = "/ogc/collections/facilities/items"
EXPOSURE = "/v1/exposure"
#: Runs are only there to be answered from; at this cell size one takes a second or two.
CELL_SIZE_M = 150
FEATURES = 1000
POINTS = 49
SAMPLES = 5
WARM_UP = 50


@dataclass(frozen=True)
class Question:
    """One request that is repeated: name, path, budget in ms, how often a sample asks, headers."""

    name: str
    path: str
    budget_ms: float | None
    count: int
    headers: str = ""
    held: bool = False


QUESTIONS = (
    Question("1000 features", f"{ITEMS}?limit=1000", 1.3, 300),
    Question("1000 features in EPSG:32643",
             f"{ITEMS}?limit=1000&crs=http://www.opengis.net/def/crs/EPSG/0/32643", 1.3, 300),
    Question("1000 features, zstd", f"{ITEMS}?limit=1000", None, 500, "Accept-Encoding: zstd\r\n"),
    Question("10 features", f"{ITEMS}?limit=10", 0.5, 800),
    Question("10 features in a box", f"{ITEMS}?limit=10&bbox=76.8,43.1,77.0,43.3", None, 800),
    Question("10 features by CQL2", f"{ITEMS}?limit=10&filter=kind='school' AND confidence='B'", None, 300),
    Question("one feature", f"{ITEMS}/place-7", None, 800),
    Question("304 of 1000 features", f"{ITEMS}?limit=1000", 0.3, 1000, held=True),
    Question("landing", "/ogc", 0.3, 1000),
)  # fmt: skip
COMPARISONS = (
    Question("exposure of a finished comparison", EXPOSURE, 0.6, 500),
    Question("exposure, zstd", EXPOSURE, None, 500, "Accept-Encoding: zstd\r\n"),
    Question("304 of exposure", EXPOSURE, None, 1000, held=True),
)  # fmt: skip


def copy_region(folder: Path) -> Path:
    """Copy the embedded region, with coarse runs."""
    import geodata

    name = embedded_regions()[0]
    shutil.copytree(Path(geodata.__file__).parent / "regions" / name, folder)
    toml = (folder / "region.toml").read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^run_cell_size_m = .*$", f"run_cell_size_m = {CELL_SIZE_M}", toml)
    (folder / "region.toml").write_text(changed, encoding="utf-8")
    return folder


def put_places(folder: Path) -> Path:
    """Put a thousand polygons of 49 points into the facilities of a region."""
    features = [_place(number) for number in range(FEATURES)]
    document = {"type": "FeatureCollection", "features": features}
    (folder / "facilities.geojson").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    toml = (folder / "region.toml").read_text(encoding="utf-8")
    head, rest = toml.split("[layers.facilities]")
    rest = re.sub(r'sha256 = "[0-9a-f]{64}"\n', "", rest, count=1)
    (folder / "region.toml").write_text(f"{head}[layers.facilities]{rest}", encoding="utf-8")
    return folder


def make_default_comparison(region_folder: Path, data: Path) -> None:
    """Make the runs that ``/v1/exposure`` is answered from where nothing else is asked."""
    from geodata import open_region
    from risk_api.answers import Answers
    from risk_api.runs import RunStore
    from risk_api.runs.make import make_run

    region = open_region(region_folder)
    store = RunStore(data / "runs")
    answers = Answers(region, store)
    for spec in answers.specs(answers.question()):
        make_run(region, spec, store)


def _place(number: int) -> dict[str, object]:
    x, y = 76.75 + 0.01 * (number % 40), 43.1 + 0.01 * (number // 40)
    corners = [
        [x + 0.004 * cos(2 * pi * k / (POINTS - 1)), y + 0.003 * sin(2 * pi * k / (POINTS - 1))]
        for k in range(POINTS - 1)
    ]
    properties = {
        "id": f"place-{number}", "name_kk": f"Орын {number}", "name_ru": f"Место {number}",
        "name_en": f"Place {number}", "kind": "school" if number % 3 else "hospital", "district": "almaly",
        "confidence": "ABC"[number % 3], "source": "made up for a benchmark", "note": f"the {number}th",
    }  # fmt: skip
    geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    return {"type": "Feature", "id": f"place-{number}", "geometry": geometry, "properties": properties}


class Asker:
    """One connection that is kept; it reads answers by their announced length and nothing else."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=30)
        self._host = f"{host}:{port}"

    def ask(self, path: str, headers: str = "") -> tuple[bytes, int]:
        """Return the head of the answer and the length of its body."""
        target = path.replace(" ", "%20")
        self._socket.sendall(f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{headers}\r\n".encode())
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._received(1 << 20)
        found = re.search(rb"content-length: (\d+)", data[:end].lower())
        length = int(found[1]) if found else 0
        left = end + 4 + length - len(data)
        while left > 0:
            left -= len(self._received(min(left, 1 << 20)))
        return data[:end], length

    def _received(self, most: int) -> bytes:
        data = self._socket.recv(most)
        if not data:
            # A server ends a connection that was idle for some seconds.
            raise ConnectionError("the server closed the connection")
        return data

    def close(self) -> None:
        self._socket.close()


def cpu_ms(service: Service, ask: Callable[[], object], count: int) -> list[float]:
    """Processor time of the server's process per request, ms; a sample asks `count` times."""
    process = psutil.Process(service.process.pid)
    for _ in range(WARM_UP):
        ask()
    samples = []
    for _ in range(SAMPLES):
        before = process.cpu_times()
        for _ in range(count):
            ask()
        after = process.cpu_times()
        samples.append((after.user + after.system - before.user - before.system) * 1000.0 / count)
    return samples


def floor_ms(folder: Path) -> float:
    """Processor time of a FastAPI application that says hello, ms a request."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port), "--no-access-log"]
    with serving(command, port, folder) as service:
        service.wait_for("/")
        asker = Asker(service.url)
        try:
            return from_samples(cpu_ms(service, lambda: asker.ask("/"), 1000))[0]
        finally:
            asker.close()


def measure(folder: Path) -> Sequence[Measurement]:
    """Ask a service for pages of a thousand polygons, and another for a comparison that is made."""
    floor = floor_ms(folder)
    places = put_places(copy_region(folder / "places"))
    city = copy_region(folder / "city")
    make_default_comparison(city, folder / "city-data")
    return [
        *_asked(QUESTIONS, places, folder / "places-data", folder, floor),
        *_asked(COMPARISONS, city, folder / "city-data", folder, floor),
    ]


def _asked(
    questions: Sequence[Question], region: Path, data: Path, folder: Path, floor: float
) -> list[Measurement]:
    port = free_port()
    serve = "from risk_api.cli import main; main()"
    command = [sys.executable, "-c", serve, "serve", "--port", str(port)]
    env = dict(os.environ) | {
        "RISK_REGION": str(region), "RISK_DATA_DIR": str(data), "RISK_PRECOMPUTE": "false",
        "RISK_WARM": "false",
    }  # fmt: skip
    with serving(command, port, folder, env) as service:
        service.wait_for(questions[0].path, within_s=120)
        asker = Asker(service.url)
        try:
            return [_measured(service, asker, question, floor) for question in questions]
        finally:
            asker.close()


def _measured(service: Service, asker: Asker, question: Question, floor: float) -> Measurement:
    headers = question.headers
    head, length = asker.ask(question.path, headers)
    if question.held:
        found = re.search(rb"etag: (\S+)", head.lower())
        assert found is not None
        headers += f"If-None-Match: {found[1].decode()}\r\n"
        head, _ = asker.ask(question.path, headers)
    status = head.split(b" ", 2)[1].decode()
    if status != ("304" if question.held else "200"):
        raise RuntimeError(f"{question.path} answered {status}")
    value, samples = from_samples(cpu_ms(service, lambda: asker.ask(question.path, headers), question.count))
    return Measurement(
        name=f"{'/v1' if question.path == EXPOSURE else '/ogc'}: {question.name}",
        measured=value,
        unit="ms",
        budget=question.budget_ms,
        reference="FastAPI saying hello",
        reference_measured=floor,
        reference_unit="ms",
        samples=samples,
        note="" if question.held else f"{length} bytes",
    )
