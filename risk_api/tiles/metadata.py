"""Tile matrix set, tileset metadata and limits as OGC Tile Matrix Set 2.0 (17-083r4) has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from risk_api.tiles.matrix import DEEPEST, HALF_M, SIZE, mercator_bounds, pixel_m, tiles_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from risk_api.tiles.matrix import Bounds, Zooms
    from risk_api.tiles.store import TileSet

MATRIX_SET: Final = "WebMercatorQuad"
MATRIX_SET_URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"
CRS_URI: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
CRS84_URI: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
#: A pixel of the standard's screen, m.
_PIXEL_ON_SCREEN_M: Final = 0.00028
#: What 17-083r4 calls the kinds of JSON schema.
_TYPES: Final = {"String": "string", "Number": "number", "Boolean": "boolean"}


def matrix_set(title: str) -> dict[str, Any]:
    """Return the definition of WebMercatorQuad; the links are added by whoever answers."""
    return {
        "id": MATRIX_SET,
        "title": title,
        "uri": MATRIX_SET_URI,
        "crs": CRS_URI,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(zoom),
                "scaleDenominator": pixel_m(zoom) / _PIXEL_ON_SCREEN_M,
                "cellSize": pixel_m(zoom),
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALF_M, HALF_M],
                "tileWidth": SIZE,
                "tileHeight": SIZE,
                "matrixWidth": 1 << zoom,
                "matrixHeight": 1 << zoom,
            }
            for zoom in range(DEEPEST + 1)
        ],
    }


def limits(bounds_lonlat: Bounds, zooms: Zooms) -> Iterator[dict[str, Any]]:
    """Yield the columns and rows that a tile set has on each of its zooms."""
    bounds_m = mercator_bounds(bounds_lonlat)
    for zoom in zooms:
        first_x, first_y, last_x, last_y = tiles_over(bounds_m, zoom)
        yield {
            "tileMatrix": str(zoom),
            "minTileRow": first_y,
            "maxTileRow": last_y,
            "minTileCol": first_x,
            "maxTileCol": last_x,
        }


def tileset(found: TileSet, title: str) -> dict[str, Any]:
    """Return the metadata of a tile set; the links are added by whoever answers."""
    west, south, east, north = (round(bound, 6) for bound in found.bounds_lonlat)
    document: dict[str, Any] = {
        "title": title,
        "dataType": "vector" if "vector_layers" in found.said else "map",
        "crs": CRS_URI,
        "tileMatrixSetId": MATRIX_SET,
        "tileMatrixSetURI": MATRIX_SET_URI,
        "tileMatrixSetLimits": list(limits(found.bounds_lonlat, found.zooms)),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84_URI},
        "attribution": found.said["attribution"],
        "version": found.version,
    }
    if document["dataType"] == "vector":
        document["layers"] = [_layer(layer) for layer in found.said["vector_layers"]]
    return document


def _layer(layer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": layer["id"],
        "dataType": "vector",
        "geometryDimension": layer["geometryDimension"],
        "minTileMatrix": str(layer["minzoom"]),
        "maxTileMatrix": str(layer["maxzoom"]),
        "propertiesSchema": {
            "type": "object",
            "properties": {name: {"type": _TYPES[kind]} for name, kind in layer["fields"].items()},
        },
    }
