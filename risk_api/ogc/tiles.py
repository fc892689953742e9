"""OGC API - Tiles 1.0 (20-057): vector tiles of each collection and of all layers, map tiles of runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread

from risk_api.errors import RouteNotFound, TileOutside, UnknownLayer
from risk_api.i18n import translate
from risk_api.ogc.common import asked_collection
from risk_api.ogc.links import DOCUMENT, JSON, Link, link, own_links
from risk_api.ogc.part import Described, Part, Route
from risk_api.ogc.tiles_named import MATRIX_SETS, QUAD, mapped_run

if TYPE_CHECKING:
    from starlette.responses import Response

    from risk_api.features.catalogue import Collection
    from risk_api.ogc.answer import Answering
    from risk_api.ogc.call import Call
    from risk_api.tiles.store import Key, TileSet

_CONF: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
_TMS: Final = "http://www.opengis.net/spec/tms/2.0/conf"
CLASSES: Final = (
    *(
        f"{_CONF}/{name}"
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "png",
            "mvt",
            "oas30",
        )
    ),
    *(f"{_TMS}/{name}" for name in ("tilematrixset", "json-tilematrixset", "json-tilesetmetadata")),
)
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
NAMES: Final = ("tileMatrix", "tileCol", "tileRow")
#: What a map of a run shows unless a style is named.
DEFAULT_STYLE: Final = "hazard-buwal"


async def _key(call: Call) -> Key:
    """Return the key of the tile set that the path is about.

    Raises
    ------
    UnknownCollection, UnknownLayer
    RouteNotFound
        If a map is asked of a collection that is none.
    """
    mapped = "map/" in f"{call.path}/"
    if "collectionId" not in call.values:
        return ("base", "relief") if mapped else ("region",)
    found = await asked_collection(call)
    if not mapped:
        return ("collection", found.id, found.version)
    from risk_api.tiles.run_layers import RASTER_LAYERS

    run_id = mapped_run(found)
    if run_id is None:
        raise RouteNotFound(path=f"/ogc/{call.path}"[:200])
    style = call.values.get("styleId", DEFAULT_STYLE)
    if style not in RASTER_LAYERS:
        raise UnknownLayer(style, RASTER_LAYERS, in_path=True)
    return ("run", run_id, style)


async def _open(call: Call) -> TileSet:
    key = await _key(call)
    held = call.service.tiles.held(key)
    return held if held is not None else await to_thread.run_sync(call.service.tiles.open, key)


async def _title(call: Call, key: Key) -> str:
    from risk_api.tiles.run_layers import layer_titles

    if key[0] == "collection":
        return (await asked_collection(call)).titles[call.language]
    return layer_titles(key[-1])[call.language]


async def _tile(call: Call, answering: Answering) -> Response:
    from risk_api.tiles.answer import tile_answer
    from risk_api.tiles.documents import ENDINGS
    from risk_api.tiles.matrix import mercator_bounds, read_tile, tiles_over

    found = await _open(call)
    call.format(((ENDINGS[found.media_type], found.media_type),))
    call.refuse_unknown(("v",))
    zoom, column, row = (call.values[name] for name in NAMES)
    tile = read_tile(zoom, column, row, found.zooms, NAMES)
    west, first, east, last = tiles_over(mercator_bounds(found.bounds_lonlat), tile.z)
    for name, place, least, most in (("tileCol", tile.x, west, east), ("tileRow", tile.y, first, last)):
        if not least <= place <= most:
            raise TileOutside(tile, found.zooms.lowest, found.zooms.highest, name)
    return tile_answer(
        found,
        tile,
        fresh=call.parameters.get("v") == found.version,
        accept_encoding=call.headers.get("accept_encoding", ""),
        held=call.headers.get("if_none_match", ""),
    )


async def _tileset(call: Call, answering: Answering) -> Response:
    from risk_api.tiles.documents import ENDINGS
    from risk_api.tiles.metadata import tileset

    found = await _open(call)
    title = await _title(call, await _key(call))
    ending = ENDINGS[found.media_type]

    def make(call: Call, form: str) -> dict[str, Any]:
        item = link(
            f"{call.address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f={ending}&v={found.version}",
            "item",
            found.media_type,
            title,
        )
        links = [*own_links(call, DOCUMENT, form), *_scheme_links(call), {**item, "templated": True}]
        return {**tileset(found, title), "links": links}

    return await answering.document(call, found.version, DOCUMENT, make)


async def _tilesets(call: Call, answering: Answering) -> Response:
    key = await _key(call)
    title = await _title(call, key)

    def make(call: Call, form: str) -> dict[str, Any]:
        from risk_api.tiles.metadata import CRS_URI, MATRIX_SET_URI

        entry = {
            "title": title,
            "dataType": "map" if "map/" in f"{call.path}/" else "vector",
            "crs": CRS_URI,
            "tileMatrixSetId": QUAD,
            "tileMatrixSetURI": MATRIX_SET_URI,
            "links": [link(f"{call.address}/{QUAD}", "self", JSON, title), *_scheme_links(call)],
        }
        return {"title": title, "links": list(own_links(call, DOCUMENT, form)), "tilesets": [entry]}

    return await answering.document(call, "/".join(key), DOCUMENT, make)


async def _styles(call: Call, answering: Answering) -> Response:
    """Answer which maps of a run there are: one a raster layer."""
    found = await asked_collection(call)
    run_id = mapped_run(found)
    if run_id is None:
        raise RouteNotFound(path=f"/ogc/{call.path}"[:200])

    def make(call: Call, form: str) -> dict[str, Any]:
        from risk_api.tiles.run_layers import RASTER_LAYERS, layer_titles

        styles = []
        for name in RASTER_LAYERS:
            title = layer_titles(name)[call.language]
            here = f"{call.address}/{name}/map/tiles"
            legend = f"{call.service_base}/v1/runs/{run_id}/tiles/{name}/legend.json"
            links = [link(here, f"{_REL}/tilesets-map", JSON, title), link(legend, "legend", JSON, title)]
            styles.append({"id": name, "title": title, "links": links})
        own = list(own_links(call, DOCUMENT, form))
        return {
            "title": found.titles[call.language],
            "default": DEFAULT_STYLE,
            "styles": styles,
            "links": own,
        }

    return await answering.document(call, found.version, DOCUMENT, make)


async def _matrix_sets(call: Call, answering: Answering) -> Response:
    def make(call: Call, form: str) -> dict[str, Any]:
        from risk_api.tiles.metadata import CRS_URI, MATRIX_SET_URI

        entry = {
            "id": QUAD,
            "title": translate(call.language, "tiles.ogc.quad"),
            "uri": MATRIX_SET_URI,
            "crs": CRS_URI,
            "links": [link(f"{call.address}/{QUAD}", "self", JSON)],
        }
        return {
            "title": translate(call.language, "tiles.ogc.matrix_sets"),
            "links": list(own_links(call, DOCUMENT, form)),
            "tileMatrixSets": [entry],
        }

    return await answering.document(call, "", DOCUMENT, make)


async def _matrix_set(call: Call, answering: Answering) -> Response:
    def make(call: Call, form: str) -> dict[str, Any]:
        from risk_api.tiles.metadata import matrix_set

        document = matrix_set(translate(call.language, "tiles.ogc.quad"))
        return {**document, "links": list(own_links(call, DOCUMENT, form))}

    return await answering.document(call, "", DOCUMENT, make)


def _scheme_links(call: Call) -> Iterator[Link]:
    title = translate(call.language, "tiles.ogc.quad")
    yield link(f"{call.base}/{MATRIX_SETS}/{QUAD}", f"{_REL}/tiling-scheme", JSON, title)


def _landing_links(call: Call) -> Iterator[Link]:
    for path, rel, key in (
        ("tiles", "tilesets-vector", "tiles.layer.region"),
        ("map/tiles", "tilesets-map", "tiles.layer.relief"),
        (MATRIX_SETS, "tiling-schemes", "tiles.ogc.matrix_sets"),
    ):
        yield link(f"{call.base}/{path}", f"{_REL}/{rel}", JSON, translate(call.language, key))


def _collection_links(call: Call, found: Collection) -> Iterator[Link]:
    here = f"{call.base}/collections/{found.id}"
    title = translate(call.language, "tiles.ogc.vector")
    yield link(f"{here}/tiles", f"{_REL}/tilesets-vector", JSON, title)
    if mapped_run(found) is not None:
        title = translate(call.language, "tiles.ogc.map")
        yield link(f"{here}/map/tiles", f"{_REL}/tilesets-map", JSON, title)
        title = translate(call.language, "tiles.ogc.styles")
        yield link(f"{here}/styles", f"{_REL}/styles", JSON, title)


def _described(call: Call, found: Sequence[Collection]) -> Described:
    from risk_api.ogc.tiles_described import described

    return described(call, found)


def _routes() -> Iterator[Route]:
    yield Route(MATRIX_SETS, {"GET": _matrix_sets})
    yield Route(f"{MATRIX_SETS}/{QUAD}", {"GET": _matrix_set})
    collection = "collections/{collectionId}"
    yield Route(f"{collection}/styles", {"GET": _styles})
    for resource in (
        "",
        "map/",
        f"{collection}/",
        f"{collection}/map/",
        f"{collection}/styles/{{styleId}}/map/",
    ):
        yield Route(f"{resource}tiles", {"GET": _tilesets})
        yield Route(f"{resource}tiles/{QUAD}", {"GET": _tileset})
        tile: Mapping[str, Any] = {"GET": _tile}
        yield Route(f"{resource}tiles/{QUAD}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", tile)


PART: Final = Part(
    name="tiles",
    classes=CLASSES,
    routes=tuple(_routes()),
    landing_links=_landing_links,
    collection_links=_collection_links,
    described=_described,
)
