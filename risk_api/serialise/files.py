"""Whole files for GIS: GeoPackage, FlatGeobuf, GeoParquet; their libraries are loaded when asked for."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from risk_api.errors import NotAcceptable
from risk_api.serialise.features import Feature

_DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf"}


def feature_file(
    features: Sequence[Feature],
    format: str,
    layer: str,
    extra: Sequence[Mapping[str, Any]] | None = None,
    *,
    crs: str = "OGC:CRS84",
) -> bytes:
    """Return features as one file; easting or longitude comes first in it, whatever the system.

    Parameters
    ----------
    features : sequence of Feature
    format : {"gpkg", "fgb", "parquet"}
    layer : str
        Name of the layer in the file.
    extra : sequence of mappings, optional
        Further columns, a mapping per feature; lists and objects become JSON text.
    crs : str
        System of the file, as pyproj names it.

    Raises
    ------
    NotAcceptable
        If `format` is none of these, or there is no feature to write (a FlatGeobuf cannot be empty).
    """
    if format not in ("gpkg", "fgb", "parquet"):
        raise NotAcceptable(format, ("geojson", "csv", "gpkg", "fgb", "parquet"))
    if not features:
        raise NotAcceptable(format, ("geojson", "csv"))
    import geopandas

    rows = []
    for index, feature in enumerate(features):
        row: dict[str, Any] = {"id": feature.id, **feature.properties, **(extra[index] if extra else {})}
        rows.append(
            {
                key: json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
                for key, value in row.items()
            }
        )
    frame = geopandas.GeoDataFrame(rows, geometry=[feature.shape for feature in features], crs="OGC:CRS84")
    if crs != "OGC:CRS84":
        frame = frame.to_crs(crs)
    with tempfile.TemporaryDirectory(prefix="selrisk-") as folder:
        path = Path(folder) / f"{layer}.{format}"
        if format == "parquet":
            frame.to_parquet(path)
        else:
            # A feature id that is text cannot be a GeoPackage's integer key; it stays a column.
            frame.rename(columns={"id": "id_text"} if format == "gpkg" else {}).to_file(
                path,
                driver=_DRIVERS[format],
                layer=layer,
                engine="pyogrio",
                # A FlatGeobuf's index cannot hold a feature without a place (some past events have none).
                **({"SPATIAL_INDEX": "NO"} if format == "fgb" and frame.geometry.isna().any() else {}),
            )
        return path.read_bytes()
