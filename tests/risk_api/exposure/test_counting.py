"""Counts against a toy city that can be counted by hand."""

from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine

from geodata import ExposureGrid, Grid
from risk_api.exposure.counting import Maxima, count_districts
from risk_api.exposure.path import FlowPath

CELL_M = 50.0


class Toy:
    """Two districts side by side, each 400 m x 400 m; the border runs through the middle of an exposure cell.

    Exposure cells are 100 m; the border x = 450 m halves the column from 400 to 500 m, in which either
    district has people of its own.
    """

    def district_polygons(self) -> dict[str, shapely.Polygon]:
        return {"west": shapely.box(0, 0, 450, 400), "east": shapely.box(450, 0, 900, 400)}

    def features(self, layer: str) -> list[dict[str, Any]]:
        assert layer == "facilities"
        return [
            {"geometry": {"coordinates": [25.0, 375.0]}},
            {"geometry": {"coordinates": [325.0, 375.0]}},
            {"geometry": {"coordinates": [5000.0, 5000.0]}},
        ]

    def to_metric(self, x: float, y: float) -> tuple[float, float]:
        return x, y

    def exposure_grid(self) -> ExposureGrid:
        cells = [(0, 0, "west", 100.0, 10.0), (0, 4, "west", 40.0, 4.0), (0, 4, "east", 80.0, 8.0)]
        return ExposureGrid(
            transform=Affine(100.0, 0, 0, 0, -100.0, 400.0),
            crs="EPSG:32643",
            row=np.array([cell[0] for cell in cells]),
            col=np.array([cell[1] for cell in cells]),
            district_code=np.array([0 if cell[2] == "west" else 1 for cell in cells]),
            district_ids=("west", "east"),
            people=np.array([cell[3] for cell in cells]),
            buildings=np.array([cell[4] for cell in cells]),
        )


def grid() -> Grid:
    return Grid(np.zeros((8, 18)), Affine(CELL_M, 0, 0, 0, -CELL_M, 400.0), "EPSG:32643")


def maxima(**wet: tuple[slice, float, float]) -> Maxima:
    """Depth, speed and arrival by column slices of the top row of cells."""
    depth, speed = np.zeros((8, 18)), np.zeros((8, 18))
    arrival = np.full((8, 18), np.nan)
    for columns, depth_m, time_s in wet.values():
        depth[0, columns] = depth_m
        speed[0, columns] = 2.0
        arrival[0, columns] = time_s
    return Maxima(depth, speed, depth * speed, arrival)


def count(path: FlowPath | None = None, **wet: tuple[slice, float, float]) -> dict[str, dict[str, Any]]:
    counted = count_districts(Toy(), grid(), maxima(**wet), path)  # type: ignore[arg-type]
    return {entry["district"]: entry for entry in counted}


def people(entry: dict[str, Any]) -> float:
    return float(sum(part["people"] for part in entry["schemes"]["buwal"].values()))


def test_a_quarter_of_a_cell_holds_a_quarter_of_its_people() -> None:
    found = count(one=(slice(0, 1), 2.0, 60.0))
    west = found["west"]
    assert people(west) == pytest.approx(25.0)
    assert west["schemes"]["buwal"]["strong"]["people"] == pytest.approx(25.0)
    assert west["schemes"]["buwal"]["strong"]["buildings"] == pytest.approx(2.5)
    assert west["area_m2"] == pytest.approx(CELL_M**2)
    assert (found["east"]["area_m2"], people(found["east"]), found["east"]["first_arrival_s"]) == (0, 0, None)


def test_people_of_a_border_cell_live_on_their_own_side() -> None:
    """The west half of the border cell is wet in its upper half: half of the western people, no eastern."""
    found = count(one=(slice(8, 9), 0.3, 60.0))
    assert people(found["west"]) == pytest.approx(20.0)
    assert people(found["east"]) == 0.0
    both = count(one=(slice(8, 10), 0.3, 60.0))
    assert people(both["west"]) == pytest.approx(20.0)
    assert people(both["east"]) == pytest.approx(40.0)


def test_the_first_arrival_is_the_first_and_people_are_reached_when_they_are() -> None:
    found = count(
        hills=(slice(2, 4), 1.0, 30.0), edge=(slice(0, 1), 1.0, 300.0), city=(slice(8, 9), 1.0, 900.0)
    )["west"]
    assert found["first_arrival_s"] == 30.0
    assert found["first_person_s"] == 300.0
    # 25 people at 300 s and 20 at 900 s: half of 45 is reached with the first.
    assert found["half_of_exposed_s"] == 300.0
    assert found["depth_max_m"] == 1.0


def test_ground_without_people_has_no_time_of_people() -> None:
    found = count(hills=(slice(2, 4), 1.0, 30.0))["west"]
    assert found["first_arrival_s"] == 30.0
    assert found["first_person_s"] is None
    assert found["half_of_exposed_s"] is None


def test_facilities_are_counted_where_the_flow_is() -> None:
    found = count(one=(slice(0, 1), 2.0, 60.0))["west"]["schemes"]["buwal"]
    assert [found[name]["facilities"] for name in ("strong", "medium", "weak")] == [1, 0, 0]
    elsewhere = count(one=(slice(2, 4), 2.0, 60.0))["west"]["schemes"]["buwal"]
    assert sum(part["facilities"] for part in elsewhere.values()) == 0


def test_wet_ground_is_told_apart_by_the_dams_on_the_way() -> None:
    path = FlowPath(shapely.LineString([(0, 375), (900, 375)]), {"dam": 200.0})
    found = count(path, all=(slice(0, 18), 1.0, 60.0))
    assert found["west"]["dams"]["dam"] == {"above_m2": 200.0 * CELL_M, "below_m2": 250.0 * CELL_M}
    assert found["east"]["dams"]["dam"] == {"above_m2": 0.0, "below_m2": 450.0 * CELL_M}
