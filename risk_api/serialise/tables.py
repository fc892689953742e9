"""Rows for people and spreadsheets: CSV with the field names of the API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from risk_api.i18n import Language
from risk_api.serialise.features import Feature


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return RFC 4180 CSV in UTF-8 with a byte order mark, without which Excel garbles Cyrillic."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: cell(row.get(column)) for column in columns})
    return stream.getvalue().encode("utf-8-sig")


def cell(value: Any) -> Any:
    """Return a value as one cell: nothing for null, JSON for what has parts."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r"):
        return "'" + value  # a spreadsheet would run it as a formula
    return value


def feature_table(
    features: Sequence[Feature],
    language: Language,
    points: Sequence[Mapping[str, float]] | None = None,
) -> bytes:
    """Return the features of a layer as CSV; points get their coordinates, other geometries are left out.

    Parameters
    ----------
    points : sequence of mappings, optional
        The columns that say where a feature is, a mapping per feature; else lon and lat of points.
    """
    rows = [
        {"id": feature.id, "name": feature.names()[language], **feature.properties, **point}
        for feature, point in zip(features, points or [lonlat(feature) for feature in features], strict=True)
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["id", "name"]
    return csv_bytes(columns, rows)


def lonlat(feature: Feature) -> dict[str, float]:
    """Return the columns lon and lat of a point, nothing for any other geometry."""
    if not feature.geometry or feature.geometry["type"] != "Point":
        return {}
    lon, lat = feature.geometry["coordinates"][:2]
    return {"lon": lon, "lat": lat}
