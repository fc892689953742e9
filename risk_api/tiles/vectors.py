"""Vector tiles by GDAL's own writer: it clips, simplifies and encodes; layers are joined here.

A vector tile is a list of layers (Mapbox Vector Tile 2.1), so that the tiles of two layers one after the
other are the tile of both.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from risk_api.tiles.archive import open_archive
from risk_api.tiles.matrix import Tile, Zooms

if TYPE_CHECKING:
    from risk_api.serialise.features import Feature

MVT: Final = "application/vnd.mapbox-vector-tile"
REGION_ZOOMS: Final = Zooms(5, 14)
_SCALARS: Final = (str, int, float, bool)
_DIMENSIONS: Final = {
    "Point": 0,
    "MultiPoint": 0,
    "LineString": 1,
    "MultiLineString": 1,
    "Polygon": 2,
    "MultiPolygon": 2,
    "GeometryCollection": 2,
}

VectorTiles = dict[Tile, bytes]
"""Uncompressed tiles."""


def cut_layer(
    name: str, features: Iterable[Feature], zooms: Zooms
) -> tuple[VectorTiles, Mapping[str, Any] | None]:
    """Return the tiles of one layer, and what TileJSON says of it; neither where nothing has a place.

    Properties that are lists or objects stay behind: a vector tile has none.
    """
    import geopandas
    import pyogrio

    placed = [feature for feature in features if feature.geometry is not None]
    if not placed:
        return {}, None
    rows = [{"id": feature.id, **_scalars(feature.properties)} for feature in placed]
    frame = geopandas.GeoDataFrame(rows, geometry=[feature.shape for feature in placed], crs="OGC:CRS84")
    with tempfile.TemporaryDirectory(prefix="selrisk-tiles-") as folder:
        path = Path(folder) / f"{name}.pmtiles"
        options = {"NAME": name, "MINZOOM": str(zooms.lowest), "MAXZOOM": str(zooms.highest)}
        pyogrio.write_dataframe(frame, path, layer=name, driver="PMTiles", dataset_options=options)
        archive = open_archive(path)
        tiles = {tile: gzip.decompress(data) for tile, data in archive.tiles().items()}
    dimension = max(_DIMENSIONS[feature.shape.geom_type] for feature in placed if feature.shape is not None)
    return tiles, {**_described(name, rows, zooms), "geometryDimension": dimension}


def _described(name: str, rows: Sequence[Mapping[str, Any]], zooms: Zooms) -> dict[str, Any]:
    fields: dict[str, str] = {}
    for row in rows:
        for key, value in row.items():
            kind = "Boolean" if isinstance(value, bool) else "String" if isinstance(value, str) else "Number"
            if value is not None:
                fields.setdefault(key, kind)
    return {"id": name, "fields": fields, "minzoom": zooms.lowest, "maxzoom": zooms.highest}


def _scalars(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in properties.items()
        if key != "id" and (value is None or isinstance(value, _SCALARS))
    }


def joined(layers: Iterable[VectorTiles]) -> VectorTiles:
    """Return the tiles of several layers as one set."""
    tiles: VectorTiles = {}
    for layer in layers:
        for tile, data in layer.items():
            tiles[tile] = tiles.get(tile, b"") + data
    return tiles


def gzipped(tiles: VectorTiles) -> VectorTiles:
    """Return the tiles as they are stored and sent; the same tiles give the same bytes."""
    return {tile: gzip.compress(data, 9, mtime=0) for tile, data in tiles.items()}


def metadata(name: str, layers: Sequence[Mapping[str, Any]], attribution: str) -> dict[str, Any]:
    """Return what the archive says of itself, as readers of PMTiles expect it."""
    document = {"name": name, "format": "pbf", "attribution": attribution, "vector_layers": list(layers)}
    checked: dict[str, Any] = json.loads(json.dumps(document))
    return checked
