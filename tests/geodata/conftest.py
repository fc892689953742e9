"""A small region on made-up ground: a plane that falls north, one river, two districts, one dam."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine

from geodata.crs import to_lonlat
from geodata.grid import Grid
from geodata.rivers import River
from geodata.toml_text import to_toml

CRS = "EPSG:32643"
X0, Y0 = 650_000.0, 4_780_000.0  # south-west corner
SIDE = 3000.0


def valley(cell_size_m: float = 30.0) -> Grid:
    """A V-shaped valley: 1000 m at the south edge, falling 0.05 northwards, sides of 0.5 from x = 1500 m."""
    n = int(SIDE / cell_size_m)
    x = (np.arange(n) + 0.5) * cell_size_m
    y = SIDE - (np.arange(n) + 0.5) * cell_size_m
    xx, yy = np.meshgrid(x, y)
    return Grid(
        1000.0 - 0.05 * yy + 0.5 * np.abs(xx - 1500.0),
        Affine(cell_size_m, 0, X0, 0, -cell_size_m, Y0 + SIDE),
        CRS,
    )


@pytest.fixture
def make_valley() -> Callable[..., Grid]:
    return valley


@pytest.fixture
def valley_river() -> River:
    """The river of the valley, from its south edge to its north edge."""
    y = np.array([10.0, 1500.0, 2990.0])
    xy = np.column_stack([np.full(3, X0 + 1500.0), Y0 + y])
    names = {"kk": "Өзен", "ru": "Река", "en": "River"}
    return River("river", names, xy, y - 10.0, 1000.0 - 0.05 * y)


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A rectangle of the metric frame as a GeoJSON polygon."""
    x = np.array([west, east, east, west, west]) + X0
    y = np.array([south, south, north, north, south]) + Y0
    lon, lat = to_lonlat(x, y, CRS)
    return {"type": "Polygon", "coordinates": [np.column_stack([lon, lat]).tolist()]}


def district(id: str, geometry: dict[str, Any], population: float = 1000.0, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"id": id, "population": population, **more},
        "geometry": geometry,
    }


def point(x: float, y: float) -> list[float]:
    lon, lat = to_lonlat(X0 + x, Y0 + y, CRS)
    return [float(lon), float(lat)]


def dam(**over: Any) -> dict[str, Any]:
    def assumed(value: float, unit: str) -> dict[str, Any]:
        return {"value": value, "low": value / 2, "high": value * 2, "unit": unit}

    properties: dict[str, Any] = {
        "id": "dam",
        "name_kk": "Бөгет",
        "name_ru": "Плотина",
        "name_en": "Dam",
        "river": "river",
        "height_m": assumed(20.0, "m"),
        "capacity_m3": assumed(100_000.0, "m3"),
        "states": [{"kind": "absent"}, {"kind": "in service", "since": "2000-01-01"}],
        "opening": {
            "area_m2": assumed(1.0, "m2"),
            "discharge_coefficient": {"value": 0.6, "low": 0.5, "high": 0.7, "unit": "1"},
            "passes": "fluid",
        },
    }
    return {
        "type": "Feature",
        "properties": {**properties, **over},
        "geometry": {"type": "Point", "coordinates": point(1500, 1500)},
    }


def scenario(**over: Any) -> dict[str, Any]:
    lon, lat = point(1500, 300)

    def figure(value: float, unit: str) -> dict[str, Any]:
        return {"value": value, "unit": unit}

    base = {
        "names": {"kk": "Сел", "ru": "Сель", "en": "Flow"},
        "river": "river",
        "lon": lon,
        "lat": lat,
        "trigger": "rain",
        "water_m3": figure(700.0, "m3"),
        "mudflow_m3": figure(1000.0, "m3"),
        "peak_discharge_m3_s": figure(10.0, "m3/s"),
        "solids_fraction": figure(0.3, "1"),
    }
    return {**base, **over}


def write_collection(path: Path, features: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


class SmallRegion:
    """Writes the small region and lets a test break one thing at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layers: dict[str, Any] = {}
        self.head: dict[str, Any] = {
            "id": "small",
            "crs": CRS,
            "names": {"kk": "Шағын", "ru": "Малый", "en": "Small"},
        }
        self.ground = valley()
        self.ground.write_cog(folder / "terrain.tif")
        self.layers["terrain"] = {"file": "terrain.tif"}
        self.districts(
            [
                district("west", square(100, 100, 1500, 2900), 1000.0),
                district("east", square(1500, 100, 2900, 2900), 500.0, buildings=50),
            ]
        )
        line = [[*point(1500, y), 1000.0 - 0.05 * y] for y in (10.0, 1500.0, 2990.0)]
        self.rivers(
            [
                {
                    "type": "Feature",
                    "properties": {"id": "river"},
                    "geometry": {"type": "LineString", "coordinates": line},
                }
            ]
        )
        self.write("dams", [dam()])
        self.table("scenarios", {"flow": scenario()})
        self.points_of_people([(500.0, 500.0, 30.0), (2000.0, 2000.0, 10.0)])

    def write(self, layer: str, features: list[dict[str, Any]]) -> None:
        write_collection(self.folder / f"{layer}.geojson", features)
        self.layers[layer] = {"file": f"{layer}.geojson"}

    def districts(self, features: list[dict[str, Any]]) -> None:
        self.write("districts", features)

    def rivers(self, features: list[dict[str, Any]]) -> None:
        self.write("rivers", features)

    def table(self, layer: str, data: dict[str, Any]) -> None:
        (self.folder / f"{layer}.json").write_text(json.dumps(data), encoding="utf-8")
        self.layers[layer] = {"file": f"{layer}.json"}

    def points_of_people(self, points: list[tuple[float, float, float]]) -> None:
        features = [
            {
                "type": "Feature",
                "properties": {"people": n},
                "geometry": {"type": "Point", "coordinates": point(x, y)},
            }
            for x, y, n in points
        ]
        write_collection(self.folder / "people.geojson", features)
        self.layers["population"] = {"file": "people.geojson"}

    def save(self) -> Path:
        text = to_toml({**self.head, "layers": self.layers})
        (self.folder / "region.toml").write_text(text, encoding="utf-8")
        return self.folder


@pytest.fixture
def small(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


@pytest.fixture
def make_district() -> Callable[..., dict[str, Any]]:
    return district


@pytest.fixture
def make_square() -> Callable[..., dict[str, Any]]:
    return square


@pytest.fixture
def make_dam() -> Callable[..., dict[str, Any]]:
    return dam


@pytest.fixture
def make_scenario() -> Callable[..., dict[str, Any]]:
    return scenario
