"""Building stocks: what a region may hold, what the embedded one holds, and what each broken one is told."""

from typing import Any

import pytest

from geodata import LayerInvalid, Region, open_region
from geodata.building_stock import BUILDING_CLASSES

COUNT = {"buildings": 10, "people": 40.5}


def test_a_region_may_do_without(small: Any) -> None:
    assert open_region(small.save()).building_stock is None


def test_classes_left_out_have_no_building(small: Any) -> None:
    small.table("building_stock", {"west": {"masonry": COUNT}, "east": {}})
    stock = open_region(small.save()).building_stock
    assert stock is not None
    assert (stock["west"]["masonry"].buildings, stock["west"]["masonry"].people) == (10.0, 40.5)
    assert stock["east"] == {}


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"west": {}}, "east"),
        ({"west": {}, "east": {}, "north": {}}, "north"),
        ({"west": [], "east": {}}, "west"),
        ({"west": {"straw": COUNT}, "east": {}}, "west.straw"),
        ({"west": {"wood": {"buildings": 1}}, "east": {}}, "west.wood"),
        ({"west": {"wood": {**COUNT, "price": 1}}, "east": {}}, "west.wood"),
        ({"west": {"wood": {**COUNT, "people": -1}}, "east": {}}, "west.wood.people"),
        ({"west": {"wood": {**COUNT, "people": "many"}}, "east": {}}, "west.wood.people"),
        ({"west": {"wood": {**COUNT, "buildings": True}}, "east": {}}, "west.wood.buildings"),
        ({"west": {"wood": {**COUNT, "buildings": float("inf")}}, "east": {}}, "west.wood.buildings"),
    ],
)
def test_what_cannot_be_is_named(small: Any, table: dict[str, Any], field: str) -> None:
    small.table("building_stock", table)
    with pytest.raises(LayerInvalid) as caught:
        open_region(small.save())
    assert "building_stock" in str(caught.value)
    assert field in str(caught.value)


def test_the_embedded_stock_adds_up_to_the_districts(almaty: Region) -> None:
    stock = almaty.building_stock
    assert stock is not None
    for feature in almaty.features("districts"):
        classes = stock[feature["id"]]
        assert set(classes) == set(BUILDING_CLASSES)
        total = sum(count.buildings for count in classes.values())
        assert total == pytest.approx(feature["properties"]["buildings"], abs=2.0)
