"""A valley small enough to be computed in a test: real region files, real engine, two districts, one dam."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from affine import Affine

CRS = "EPSG:32643"
WEST, NORTH, CELL = 650_000.0, 4_780_000.0, 60.0
NX, NY = 40, 90
MIDDLE = WEST + NX * CELL / 2


def names(kk, ru, en):
    return {"kk": kk, "ru": ru, "en": en}


def lonlat(x, y):
    from geodata.crs import to_lonlat

    lon, lat = to_lonlat(x, y, CRS)
    return float(lon), float(lat)


def feature(key, kk, ru, en, geometry, **properties):
    named = {"id": key, "name_kk": kk, "name_ru": ru, "name_en": en}
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": {**named, **properties}}


def polygon(west, south, east, north):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[list(lonlat(x, y)) for x, y in corners]]}


def figure(value, unit, low=None, high=None):
    return {"value": value, "low": low or value, "high": high or value, "unit": unit, "source": "made up"}


def write_valley(folder: Path) -> Path:
    """Write a region: a straight valley that falls to the north, a dam across it, districts at its mouth."""
    import rasterio

    from geodata import ExposureGrid

    folder.mkdir(parents=True)
    rows, cols = np.mgrid[:NY, :NX]
    x = WEST + (cols + 0.5) * CELL
    y = NORTH - (rows + 0.5) * CELL
    bed = 1000.0 + 0.06 * (y - (NORTH - NY * CELL)) * -1 + 0.25 * np.abs(x - MIDDLE) + 600.0
    with rasterio.open(
        folder / "terrain.tif", "w", driver="GTiff", width=NX, height=NY, count=1, dtype="float32",
        crs=CRS, transform=Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    ) as raster:  # fmt: skip
        raster.write(bed.astype("float32"), 1)
    south = NORTH - NY * CELL
    line = [(MIDDLE + 1.0, south + 200.0 + 100.0 * step) for step in range(51)]
    river = [[*lonlat(px, py), 1600.0 - 0.06 * (py - south)] for px, py in line]
    layers = {
        "districts": [
            feature("mouth", "Аңғар аузы", "Устье", "Mouth",
                    polygon(WEST + 300, NORTH - 2400, WEST + 2100, NORTH - 300),
                    population=1000.0, precision="lower bound", buildings=100.0, kato="1"),
            feature("ridge", "Жота", "Хребет", "Ridge",
                    polygon(WEST + 60, NORTH - 5000, WEST + 500, NORTH - 3500),
                    population=500.0, precision="exact", buildings=50.0, kato="2"),
        ],
        "rivers": [feature("torrent", "Тасқын", "Поток", "Torrent",
                           {"type": "LineString", "coordinates": river})],
        "gorges": [feature("torrent", "Шатқал", "Ущелье", "Gorge",
                           polygon(WEST + 100, south + 100, WEST + 2300, NORTH - 2400),
                           river="torrent", area_m2=1e6, dams=["bar"])],
        "lakes": [],
        "dams": [feature("bar", "Бөгет", "Плотина", "Bar",
                         {"type": "Point", "coordinates": list(lonlat(MIDDLE, NORTH - 2900))},
                         river="torrent", district="mouth", height_m=figure(25, "m"),
                         capacity_m3=figure(200_000, "m3"), crest_length_m=200.0,
                         kind="wall", position_error_m=50.0, in_terrain=False,
                         states=[{"kind": "in service", "since": "2010-01-01", "source": "made up"}],
                         opening={"area_m2": figure(0.1, "m2"), "discharge_coefficient": figure(0.6, "1"),
                                  "passes": "fluid", "why": "made up"})],
    }  # fmt: skip
    for name, features in layers.items():
        document = {"type": "FeatureCollection", "features": features}
        (folder / f"{name}.geojson").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    release = lonlat(MIDDLE, south + 900.0)
    scenario = {
        "river": "torrent", "lon": release[0], "lat": release[1], "trigger": "lake outburst",
        "water_m3": figure(5_000, "m3"), "mudflow_m3": figure(30_000, "m3", 10_000, 60_000),
        "peak_discharge_m3_s": figure(120, "m3/s"), "solids_fraction": figure(0.4, "1"),
        "published_outcome": "nothing: it is made up", "source": "made up",
    }  # fmt: skip
    scenarios = {
        "burst": {**scenario, "names": names("Жарылу", "Прорыв", "Burst")},
        "burst-2005": {
            **scenario,
            "names": names("Жарылу 2005", "Прорыв 2005", "Burst of 2005"),
            "date": "2005-07-01",
        },
    }
    strategies = {
        "no-dams": {"names": names("Бөгетсіз", "Без плотин", "No dams"),
                    "description": names("Бөгет жоқ", "Плотин нет", "No dam"), "states": {"bar": "absent"}},
        "bar": {"names": names("Бөгетпен", "С плотиной", "With the bar"),
                "description": names("Бөгет бар", "Плотина стоит", "The bar stands"),
                "states": {"bar": "in service"}},
        "same": {"names": names("Сол бөгетпен", "С той же плотиной", "The same bar"),
                 "description": names("Сол күй", "То же состояние", "The same state"),
                 "states": {"bar": "in service"}},
    }  # fmt: skip
    assumptions = {
        key: {"title": names(f"{key} шамасы", f"Величина {key}", key), "value": value, "low": low,
              "high": high, "unit": "1", "why": "made up", "source": "made up"}
        for key, value, low, high in (
            ("voellmy_mu", 0.04, 0.02, 0.08), ("voellmy_xi", 500, 200, 1000), ("manning_n", 0.06, 0.04, 0.1),
            ("passed_solids_fraction", 0.1, 0.0, 0.25), ("solids_packing_fraction", 0.65, 0.6, 0.7),
            ("hydrograph_rise_share", 0.2, 0.1, 0.4),
        )
    }  # fmt: skip
    for name, table in (("scenarios", scenarios), ("strategies", strategies), ("assumptions", assumptions)):
        (folder / f"{name}.json").write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    _write_people(folder / "exposure.parquet", ExposureGrid)
    (folder / "region.toml").write_text(_TOML, encoding="utf-8")
    return folder


def _write_people(path, kind):
    size = 100.0
    cells = []
    for code, (west, south, east, north, people, buildings) in enumerate(
        ((300, -2400, 2100, -300, 1000.0, 100.0), (60, -5000, 500, -3500, 500.0, 50.0))
    ):
        inside = [
            (row, col)
            for row in range(54)
            for col in range(24)
            if west <= (col + 0.5) * size <= east and south <= -(row + 0.5) * size <= north
        ]
        cells += [(row, col, code, people / len(inside), buildings / len(inside)) for row, col in inside]
    row, col, code, people, buildings = (np.array(column) for column in zip(*cells, strict=True))
    kind(
        Affine(size, 0, WEST, 0, -size, NORTH), CRS, row, col, ("mouth", "ridge"), code, people, buildings
    ).write(path)


_TOML = """
id = "valley"
crs = "EPSG:32643"
run_cell_size_m = 60.0
[names]
kk = "Аңғар"
ru = "Долина"
en = "Valley"
[layers.terrain]
file = "terrain.tif"
source = "made up"
licence = "CC0-1.0"
credit = "Nobody"
resolution_m = 60
date = "2026"
vertical_datum = "none"
vertical_error_m = 1
[layers.terrain.statement]
kk = "Сынақ бедері."
ru = "Рельеф для проверки."
en = "Terrain for tests."
""" + "".join(
    f'[layers.{name}]\nfile = "{name}.{suffix}"\nsource = "made up"\nlicence = "CC0-1.0"\ncredit = "Nobody"\n'
    for name, suffix in (
        ("districts", "geojson"), ("rivers", "geojson"), ("gorges", "geojson"), ("dams", "geojson"),
        ("lakes", "geojson"), ("scenarios", "json"), ("strategies", "json"), ("assumptions", "json"),
        ("exposure", "parquet"),
    )
)  # fmt: skip


@pytest.fixture(scope="session")
def valley(tmp_path_factory):
    """Give the folder of the small region."""
    return write_valley(tmp_path_factory.mktemp("region") / "valley")


@pytest.fixture(scope="session")
def made_store(valley, tmp_path_factory):
    """Give a data folder in which the runs of `burst` are made and those of `burst-2005` are not."""
    from geodata import open_region
    from risk_api.runs import RunStore, plan
    from risk_api.runs.make import make_run

    data = tmp_path_factory.mktemp("data")
    region = open_region(valley)
    store = RunStore(data / "runs")
    for strategy in region.strategies:
        make_run(region, plan(region, "burst", strategy), store)
    return data


@pytest.fixture(scope="session")
def make_client(valley):
    """Give a maker of clients: an application of its own on a data folder."""
    from starlette.testclient import TestClient

    from risk_api.app import create_app
    from risk_api.settings import Settings

    def make(data, **given):
        quiet = {"region": str(valley), "precompute": False, "warm": False, "workers": 1}
        settings = Settings(data_dir=data, **{**quiet, **given})
        return TestClient(create_app(settings), raise_server_exceptions=False)

    return make


@pytest.fixture(scope="session")
def client(made_store, make_client):
    """Give a client of a service whose default comparison is made."""
    with make_client(made_store) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Keep an operator's RISK_* variables out of the tests."""
    for name in list(os.environ):
        if name.startswith("RISK_") and name != "RISK_TEST_DATA":
            monkeypatch.delenv(name)
