"""What answers of ``/ogc`` and ``/v1`` cost: processor time a request of one process, and of FastAPI's."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from math import cos, pi, sin
from pathlib import Path

from benchmarks.asking import Question, floor_ms, measured, selrisk
from benchmarks.measure import Measurement
from geodata.region import embedded_regions

ITEMS = "/ogc/collections/facilities/items"
EXPOSURE = "/v1/exposure"
#: Runs are only there to be answered from; at this cell size one takes a second or two.
CELL_SIZE_M = 150
FEATURES = 1000
POINTS = 49
#: Pages that are asked for in turn where each is to be made: more than the service keeps.
PAGES = 600

QUESTIONS = (
    Question("1000 features", (f"{ITEMS}?limit=1000",), 1.3, 300),
    Question("1000 features in EPSG:32643",
             (f"{ITEMS}?limit=1000&crs=http://www.opengis.net/def/crs/EPSG/0/32643",), 1.3, 300),
    Question("1000 features, zstd", (f"{ITEMS}?limit=1000",), None, 500, "Accept-Encoding: zstd\r\n"),
    Question("10 features", (f"{ITEMS}?limit=10",), 0.5, 800),
    Question("10 features, another page each time",
             tuple(f"{ITEMS}?limit=10&offset={offset}" for offset in range(PAGES)), 0.5, PAGES),
    Question("10 features in a box", (f"{ITEMS}?limit=10&bbox=76.8,43.1,77.0,43.3",), None, 800),
    Question("10 features by CQL2",
             (f"{ITEMS}?limit=10&filter=kind='school' AND confidence='B'",), None, 300),
    Question("one feature", (f"{ITEMS}/place-7",), None, 800),
    Question("304 of 1000 features", (f"{ITEMS}?limit=1000",), 0.3, 1000, held=True),
    Question("landing", ("/ogc",), 0.3, 1000),
)  # fmt: skip
COMPARISONS = (
    Question("exposure of a finished comparison", (EXPOSURE,), 0.6, 500),
    Question("exposure, zstd", (EXPOSURE,), None, 500, "Accept-Encoding: zstd\r\n"),
    Question("304 of exposure", (EXPOSURE,), None, 1000, held=True),
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


def measure(folder: Path) -> Sequence[Measurement]:
    """Ask a service for pages of a thousand polygons, and another for a comparison that is made."""
    floor = floor_ms(folder)
    places = put_places(copy_region(folder / "places"))
    city = copy_region(folder / "city")
    make_default_comparison(city, folder / "city-data")
    with selrisk(str(places), folder / "places-data", folder, "/ogc") as service:
        found = measured(service, QUESTIONS, "/ogc", floor)
    with selrisk(str(city), folder / "city-data", folder, EXPOSURE) as service:
        found += measured(service, COMPARISONS, "/v1", floor)
    return found
