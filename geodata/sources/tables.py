"""The CSV tables that a region is built from."""

import csv
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.crs import from_lonlat
from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.rivers import River

Row = Mapping[str, str]


def rows_of(path: Path, layer: str, needed: tuple[str, ...]) -> list[Row]:
    """Rows of a CSV file with a header.

    Raises
    ------
    LayerCorrupt
        If it cannot be read.
    LayerInvalid
        If a column is missing.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LayerCorrupt(layer, path.name, "", f"cannot be read as CSV: {error}") from error
    for column in needed:
        if column not in columns:
            raise LayerInvalid(layer, path.name, column, f"is missing; there are {', '.join(columns)}")
    return list(rows)


def number(row: Row, column: str, layer: str, file: str) -> float:
    """A cell as a finite number."""
    try:
        value = float(row[column])
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise LayerInvalid(layer, file, column, f"is {row[column]!r}, not a number")
    return value


def optional(row: Row, column: str) -> float | None:
    """A cell as a number, None where it is empty."""
    text = (row.get(column) or "").strip()
    return float(text) if text else None


def _grouped(rows: list[Row], column: str) -> Iterator[tuple[str, list[Row]]]:
    for key, group in groupby(rows, key=lambda row: row[column]):
        yield key, list(group)


def read_rivers(path: Path, about: Mapping[str, Any], crs: str) -> tuple[dict[str, River], dict[str, Any]]:
    """Courses from a table of vertices.

    Parameters
    ----------
    path : Path
        Columns river, chainage_km, lon, lat, bed_elevation_m, upstream_area_km2.
    about : mapping
        Per river `names`, and optionally `joins` and `mouth_km`.
    crs : str
        Metric CRS.

    Returns
    -------
    dict of str to River
    dict of str to tuple of ndarray
        Per river chainage [m] and upstream area [m2] of the table, for comparison with catchments.
    """
    needed = ("river", "chainage_km", "lon", "lat", "bed_elevation_m", "upstream_area_km2")
    rivers: dict[str, River] = {}
    areas: dict[str, Any] = {}
    for id, rows in _grouped(rows_of(path, "rivers", needed), "river"):
        if id not in about:
            raise LayerInvalid(
                "rivers", path.name, "river", f"{id!r} is not described; known are {', '.join(about)}"
            )
        column = {name: np.array([number(r, name, "rivers", path.name) for r in rows]) for name in needed[1:]}
        x, y = from_lonlat(column["lon"], column["lat"], crs)
        entry = about[id]
        mouth = entry.get("mouth_km")
        rivers[id] = River(
            id=id,
            names=dict(entry["names"]),
            xy=np.column_stack([x, y]),
            chainage_m=column["chainage_km"] * 1000.0,
            bed_elevation_m=column["bed_elevation_m"],
            joins=(str(entry["joins"]), float("nan")) if "joins" in entry else None,
            mouth_chainage_m=float(mouth) * 1000.0 if mouth is not None else None,
        )
        areas[id] = (column["chainage_km"] * 1000.0, column["upstream_area_km2"] * 1e6)
    for id, river in rivers.items():
        if river.joins is None:
            continue
        if river.joins[0] not in rivers:
            raise LayerInvalid(
                "rivers", path.name, "joins", f"of {id!r} is {river.joins[0]!r}, which is not there"
            )
        # The last vertex of a tributary lies on its receiver, give or take a pixel of the table's source.
        at = rivers[river.joins[0]].nearest(float(river.xy[-1, 0]), float(river.xy[-1, 1]))[0]
        rivers[id] = _joined(river, rivers[river.joins[0]], at)
    return rivers, areas


def _joined(river: River, receiver: River, at: float) -> River:
    from dataclasses import replace

    xy = river.xy.copy()
    xy[-1] = receiver.at(at)
    return replace(river, xy=xy, joins=(receiver.id, at))


def read_corners(path: Path) -> dict[str, shapely.MultiPolygon]:
    """District polygons in CRS84 from a table of corners: columns district, part, ring, order, lon, lat."""
    needed = ("district", "part", "ring", "order", "lon", "lat")
    out: dict[str, shapely.MultiPolygon] = {}
    for id, rows in _grouped(rows_of(path, "districts", needed), "district"):
        parts = []
        for _, part in _grouped(rows, "part"):
            rings = [
                [
                    (number(r, "lon", "districts", path.name), number(r, "lat", "districts", path.name))
                    for r in ring
                ]
                for _, ring in _grouped(part, "ring")
            ]
            parts.append(shapely.Polygon(rings[0], rings[1:]))
        out[id] = shapely.MultiPolygon(parts)
    return out
