"""Residential buildings and people by building class: what an earthquake meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from geodata.errors import LayerInvalid
from geodata.region_file import LayerFile
from geodata.sources.tables import number, rows_of
from geodata.tables import read_table

BUILDING_CLASSES = ("masonry", "rc_frame_wall", "rc_panel", "adobe", "wood", "steel_other")


@dataclass(frozen=True)
class ClassCount:
    """Buildings of one class in one district, and the people whom their source puts into them."""

    buildings: float
    people: float


BuildingStock = Mapping[str, Mapping[str, ClassCount]]


def stock_table(path: Path, district_ids: Sequence[str]) -> dict[str, dict[str, dict[str, float]]]:
    """The table of a region from the CSV of its recipe: columns d, b_<class> and p_<class>.

    Raises
    ------
    LayerInvalid
        If a column or a district is missing, or a cell is no number.
    """
    columns = [f"{kind}_{name}" for name in BUILDING_CLASSES for kind in ("b", "p")]
    rows = {row["d"]: row for row in rows_of(path, "building_stock", ("d", *columns))}
    for id in district_ids:
        if id not in rows:
            raise LayerInvalid("building_stock", path.name, "d", f"has no row for {id!r}")
    return {
        id: {
            name: {
                "buildings": number(rows[id], f"b_{name}", "building_stock", path.name),
                "people": number(rows[id], f"p_{name}", "building_stock", path.name),
            }
            for name in BUILDING_CLASSES
        }
        for id in district_ids
    }


def read_stock(layer: LayerFile, district_ids: Sequence[str]) -> BuildingStock:
    """Building stock of a region by district and class; a class left out has no building.

    Raises
    ------
    LayerCorrupt
        If the file cannot be read.
    LayerInvalid
        If a district is missing or unknown, a class unknown, or a number negative or not finite.
    """
    table = read_table(layer)
    file = layer.path.name
    for id in district_ids:
        if id not in table:
            raise LayerInvalid(layer.name, file, id, "is missing: every district needs its buildings")
    found: dict[str, dict[str, ClassCount]] = {}
    for id, classes in table.items():
        if id not in district_ids:
            raise LayerInvalid(layer.name, file, id, f"is not one of {', '.join(district_ids)}")
        if not isinstance(classes, Mapping):
            raise LayerInvalid(layer.name, file, id, "holds no table of classes")
        found[id] = {name: _count(layer, f"{id}.{name}", name, entry) for name, entry in classes.items()}
    return found


def _count(layer: LayerFile, field: str, name: str, entry: Any) -> ClassCount:
    file = layer.path.name
    if name not in BUILDING_CLASSES:
        raise LayerInvalid(layer.name, file, field, f"is not one of {', '.join(BUILDING_CLASSES)}")
    if not isinstance(entry, Mapping) or set(entry) != {"buildings", "people"}:
        raise LayerInvalid(layer.name, file, field, "needs buildings and people, and nothing else")
    values = []
    for key in ("buildings", "people"):
        value = entry[key]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise LayerInvalid(layer.name, file, f"{field}.{key}", f"is {value!r}, not a number")
        if not isfinite(value) or value < 0:
            raise LayerInvalid(layer.name, file, f"{field}.{key}", f"is {value}; counts are 0 or more")
        values.append(float(value))
    return ClassCount(*values)
