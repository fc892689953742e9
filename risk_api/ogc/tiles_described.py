"""The share of Tiles in the OpenAPI document; the ends of the operation ids are those of 20-057, table 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from risk_api.features.catalogue import Collection
from risk_api.i18n import translate
from risk_api.ogc.call import Call, Formats
from risk_api.ogc.links import DOCUMENT
from risk_api.ogc.openapi import OBJECT, get, path_parameter, query_parameter, ref
from risk_api.ogc.part import Described
from risk_api.ogc.tiles_named import MATRIX_SETS, QUAD, mapped_run
from risk_api.tiles.matrix import DEEPEST
from risk_api.tiles.run_layers import RASTER_LAYERS
from risk_api.tiles.store import PNG
from risk_api.tiles.vectors import MVT

_VECTOR: Final[Formats] = (("mvt", MVT),)
_MAP: Final[Formats] = (("png", PNG),)
_TEXT: Final = {"type": "string"}
_PLACE: Final = {"type": "integer", "minimum": 0}


def described(call: Call, found: Sequence[Collection]) -> Described:
    """Return the share; `found` are all collections."""
    maps = [collection.id for collection in found if mapped_run(collection) is not None]
    tag = translate(call.language, "tiles.ogc.tag")
    paths = {
        f"/{MATRIX_SETS}": get(
            call,
            "getTileMatrixSetsList",
            DOCUMENT,
            "TileMatrixSets",
            title=translate(call.language, "tiles.ogc.matrix_sets"),
            tag=tag,
        ),
        f"/{MATRIX_SETS}/{QUAD}": get(
            call,
            "getTileMatrixSet",
            DOCUMENT,
            "TileMatrixSet",
            title=translate(call.language, "tiles.ogc.quad"),
            tag=tag,
        ),
    }
    everything = _named(call, "collectionId", {**_TEXT, "enum": [collection.id for collection in found]})
    paths |= _resource(call, "", "dataset.vector", _VECTOR, "tiles.layer.region", [])
    paths |= _resource(call, "/map", "dataset.map", _MAP, "tiles.layer.relief", [])
    here = "/collections/{collectionId}"
    paths |= _resource(call, here, "collection.vector", _VECTOR, "tiles.ogc.vector", [everything])
    if maps:
        mapped = _named(call, "collectionId", {**_TEXT, "enum": maps})
        style = _named(call, "styleId", {**_TEXT, "enum": list(RASTER_LAYERS)})
        paths |= _resource(call, f"{here}/map", "collection.map", _MAP, "tiles.ogc.map", [mapped])
        paths |= _resource(
            call,
            f"{here}/styles/{{styleId}}/map",
            "collection.style.map",
            _MAP,
            "tiles.ogc.map",
            [mapped, style],
        )
        paths[f"{here}/styles"] = get(
            call,
            "collection.getStyles",
            DOCUMENT,
            "Styles",
            title=translate(call.language, "tiles.ogc.styles"),
            tag=tag,
            parameters=[mapped],
        )
    version = query_parameter("v", translate(call.language, "tiles.ogc.parameter.v"), _TEXT)
    names = ("TileMatrixSets", "TileMatrixSet", "TileSets", "TileSet", "Styles")
    return Described(paths, dict.fromkeys(names, OBJECT), {"v": version})


def _resource(
    call: Call, here: str, name: str, formats: Formats, title: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the paths of one resource that comes in tiles: the list, the tile set, the tiles."""
    heading = translate(call.language, title)
    tag = translate(call.language, "tiles.ogc.tag")
    place = [
        _named(call, "tileMatrix", {**_TEXT, "enum": [str(zoom) for zoom in range(DEEPEST + 1)]}),
        _named(call, "tileRow", _PLACE),
        _named(call, "tileCol", _PLACE),
    ]
    tile = get(
        call,
        f"{name}.getTile",
        formats,
        "TileSet",
        title=heading,
        tag=tag,
        parameters=[*parameters, *place, ref("v")],
    )
    tile["get"]["responses"]["204"] = {"description": translate(call.language, "tiles.ogc.nothing")}
    return {
        f"{here}/tiles": get(
            call,
            f"{name}.getTileSetsList",
            DOCUMENT,
            "TileSets",
            title=heading,
            tag=tag,
            parameters=parameters,
        ),
        f"{here}/tiles/{QUAD}": get(
            call, f"{name}.getTileSet", DOCUMENT, "TileSet", title=heading, tag=tag, parameters=parameters
        ),
        f"{here}/tiles/{QUAD}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def _named(call: Call, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return path_parameter(name, translate(call.language, f"tiles.ogc.parameter.{name}"), schema)
