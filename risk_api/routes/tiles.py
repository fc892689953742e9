"""Tiles of runs, of the difference of two, of the region and of its ground; TileJSON and legends."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import BadParameter, UnknownLayer
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.ranges import ranged_file
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.served_tiles import (
    VersionQuery,
    asked_tile,
    legend_answer,
    service_base,
    tilejson_answer,
)
from risk_api.service import LanguageDep, Service, ServiceDep, asked_language
from risk_api.tiles.archive import PMTILES
from risk_api.tiles.documents import ENDINGS, listed
from risk_api.tiles.matrix import read_tile
from risk_api.tiles.store import Key, TileSet

_PNG: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"image/png": {}}}}
_MVT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/vnd.mapbox-vector-tile": {}}},
    204: {"description": "Nothing lies here"},
}
_ANY: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {**_PNG[200]["content"], **_MVT[200]["content"]}},
    204: _MVT[204],
}

router = APIRouter(prefix="/v1", tags=["tiles"], dependencies=[Strict, Depends(asked_language)])


async def _open(service: Service, key: Key) -> TileSet:
    """Return a tile set; one that has to be cut first is cut in a thread."""
    found = service.tiles.held(key)
    return found if found is not None else await to_thread.run_sync(service.tiles.open, key)


async def _tile(
    request: Request, service: Service, key: Key, z: str, x: str, y: str, v: str | None
) -> Response:
    found = await _open(service, key)
    row, dot, ending = y.partition(".")
    if dot and ending != ENDINGS[found.media_type]:
        allowed = ENDINGS[found.media_type]
        raise BadParameter(
            "y", f"allowed are {allowed}", [allowed], reason_key="allowed", allowed_names=allowed
        )
    answer = partial(asked_tile, request, found, read_tile(z, x, row, found.zooms), v)
    # A tile that has to be drawn is drawn aside, so that others do not wait for it.
    return answer() if found.at_hand else await to_thread.run_sync(answer)


async def _tilejson(request: Request, service: Service, key: Key, language: Any) -> Response:
    return tilejson_answer(request, await _open(service, key), language)


async def _legend(request: Request, service: Service, key: Key) -> Response:
    return legend_answer(request, await _open(service, key))


@router.get("/runs/{run_id}/tiles", response_class=Response)
def run_tilesets(request: Request, service: ServiceDep, run_id: str) -> Response:
    """Return the tile sets of a run, each with its TileJSON and legend."""
    from risk_api.tiles.run_layers import FOOTPRINT, RASTER_LAYERS, layer_titles

    service.store.open(run_id)
    document = listed(run_id, RASTER_LAYERS, FOOTPRINT, service_base(request), layer_titles)
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"])


@router.get("/runs/{run_id}/tiles/{layer}/tilejson.json", response_class=Response)
async def run_tilejson(
    request: Request, service: ServiceDep, language: LanguageDep, run_id: str, layer: str
) -> Response:
    """Return the TileJSON of a layer of a run."""
    return await _tilejson(request, service, ("run", run_id, layer), language)


@router.get("/runs/{run_id}/tiles/{layer}/legend.json", response_class=Response)
async def run_legend(request: Request, service: ServiceDep, run_id: str, layer: str) -> Response:
    """Return what the indices of a raster layer mean: colours, limits, names in three languages."""
    from risk_api.tiles.run_layers import RASTER_LAYERS

    if layer not in RASTER_LAYERS:
        raise UnknownLayer(layer, RASTER_LAYERS, in_path=True)
    return await _legend(request, service, ("run", run_id, layer))


@router.get("/runs/{run_id}/tiles/{layer}/{z}/{x}/{y}", response_class=Response, responses=_ANY)
async def run_tile(
    request: Request,
    service: ServiceDep,
    run_id: str,
    layer: str,
    z: str,
    x: str,
    y: str,
    v: VersionQuery = None,
) -> Response:
    """Return a tile of a run: classes in a palette, or the footprint as vectors."""
    return await _tile(request, service, ("run", run_id, layer), z, x, y, v)


@router.get("/runs/{run_id}/difference/{other_id}/tiles/depth/tilejson.json", response_class=Response)
async def difference_tilejson(
    request: Request, service: ServiceDep, language: LanguageDep, run_id: str, other_id: str
) -> Response:
    """Return the TileJSON of the difference of two runs, the second minus the first."""
    return await _tilejson(request, service, ("difference", run_id, other_id), language)


@router.get("/runs/{run_id}/difference/{other_id}/tiles/depth/legend.json", response_class=Response)
async def difference_legend(request: Request, service: ServiceDep, run_id: str, other_id: str) -> Response:
    """Return the classes of a difference, and the tolerance below which it is hatched."""
    return await _legend(request, service, ("difference", run_id, other_id))


@router.get(
    "/runs/{run_id}/difference/{other_id}/tiles/depth/{z}/{x}/{y}", response_class=Response, responses=_PNG
)
async def difference_tile(
    request: Request,
    service: ServiceDep,
    run_id: str,
    other_id: str,
    z: str,
    x: str,
    y: str,
    v: VersionQuery = None,
) -> Response:
    """Return a tile of the depth of the second run minus that of the first, hatched within the tolerance."""
    return await _tile(request, service, ("difference", run_id, other_id), z, x, y, v)


@router.get("/tiles/region/tilejson.json", response_class=Response)
async def region_tilejson(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return the TileJSON of the region's layers."""
    return await _tilejson(request, service, ("region",), language)


@router.get("/tiles/region.pmtiles", response_class=FileResponse, responses={200: {"content": {PMTILES: {}}}})
async def region_archive(request: Request, service: ServiceDep) -> Response:
    """Return the region's vector tiles as one PMTiles file; byte ranges are answered."""
    found = await _open(service, ("region",))
    assert found.file is not None
    return ranged_file(
        request,
        found.file,
        media_type=PMTILES,
        etag=f'"{found.version}"',
        cache_control="no-cache",
        filename=f"{service.region.id}.pmtiles",
    )


@router.get("/tiles/region/{z}/{x}/{y}", response_class=Response, responses=_MVT)
async def region_tile(
    request: Request, service: ServiceDep, z: str, x: str, y: str, v: VersionQuery = None
) -> Response:
    """Return a vector tile of the region's layers."""
    return await _tile(request, service, ("region",), z, x, y, v)


@router.get("/base/tiles/{layer}/tilejson.json", response_class=Response)
async def base_tilejson(request: Request, service: ServiceDep, language: LanguageDep, layer: str) -> Response:
    """Return the TileJSON of a picture of the ground: hillshade, or relief with rivers."""
    return await _tilejson(request, service, ("base", layer), language)


@router.get("/base/tiles/{layer}/{z}/{x}/{y}", response_class=Response, responses=_PNG)
async def base_tile(
    request: Request, service: ServiceDep, layer: str, z: str, x: str, y: str, v: VersionQuery = None
) -> Response:
    """Return a tile of a picture of the ground."""
    return await _tile(request, service, ("base", layer), z, x, y, v)
