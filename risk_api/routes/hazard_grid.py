"""``/v1/seismic/hazard/grid``: hazard on cells of 1 km, made once in the background and served as maps."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import HazardGridFailed, UnknownLayer
from risk_api.i18n import Language, format_number, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.raster_maps import (
    COG,
    KindQuery,
    LevelsQuery,
    contour_answer,
    layer_title,
    raster_answer,
)
from risk_api.routes.served_tiles import VersionQuery, asked_tile, legend_answer, tilejson_answer
from risk_api.seismic.maps.hazard_grids import PATH, GridState
from risk_api.seismic.maps.raster_set import RasterSet
from risk_api.service import LanguageDep, Service, ServiceDep
from risk_api.tiles.matrix import read_tile
from risk_api.tiles.store import TileSet

#: What is drawn unless something else is asked for.
DEFAULT_LAYER: Final = "pga_g_475"
#: Cells come in parts of a second or two.
RETRY_AFTER_S: Final = 15
NOT_YET: Final[dict[int | str, dict[str, Any]]] = {
    202: {"description": "The grid is being made; Location says how far it is"},
    503: {"description": "The grid could not be made; it is tried again after Retry-After"},
}

router = APIRouter(prefix=PATH, tags=["earthquakes"], dependencies=[Strict])


@router.get("", response_class=Response)
def hazard_grid(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return which grids are made, on rock and on the place's own ground, and the addresses of each layer."""
    from risk_api.seismic.hazard.places import GROUNDS

    base = f"{request.scope.get('root_path', '')}{PATH}"
    grids = {ground: _grid_json(service, ground, base, language) for ground in GROUNDS}
    body = to_json_bytes({"grids": grids, "note": translate(language, "hazard.grid.note")})
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


def _grid_json(service: Service, ground: str, base: str, language: Language) -> dict[str, Any]:
    found = service.hazard_grids.find(ground)
    if found is None:
        return _progress(service.hazard_grids.state(ground), ground, language)
    return {
        "status": "made",
        "progress": 1.0,
        "id": found.id,
        **{key: found.document[key] for key in ("crs", "bounds", "cell_size_m")},
        "layers": [
            {
                "id": layer,
                "title": layer_title(layer, language),
                "href": f"{base}/{ground}/{layer}.tif",
                "contours": f"{base}/{ground}/contours?layer={layer}",
                "tilejson": f"{base}/{ground}/tiles/{layer}/tilejson.json",
                "type": COG,
            }
            for layer in found.layers
        ],
        "lineage": {"software": found.document["software"], **found.document["inputs"]},
    }


def _progress(state: GridState, ground: str, language: Language) -> dict[str, Any]:
    percent = format_number(100.0 * state.progress, language)
    words = {"not made": "not_made", "failed": "failed"}.get(state.status, "being_made")
    return {
        "status": state.status,
        "progress": round(state.progress, 3),
        "detail": translate(language, f"hazard.grid.{words}", ground=ground, percent=percent),
    }


def _made(service: Service, ground: str, layer: str) -> RasterSet | None:
    """Return the grid; one that is not made is begun, and None says so.

    Raises
    ------
    UnknownLayer
        If there is no such ground, or no grid has such a layer.
    """
    from risk_api.seismic.hazard.places import GROUNDS
    from risk_api.seismic.maps.hazard_grid import LAYERS

    for name, known in ((ground, GROUNDS), (layer, LAYERS)):
        if name not in known:
            raise UnknownLayer(name, known, in_path=True)
    found = service.hazard_grids.find(ground)
    if found is None:
        service.hazard_grids.ensure()
    return found


def _not_yet(request: Request, service: Service, ground: str, language: Language) -> Response:
    """Return how far a grid is.

    Raises
    ------
    HazardGridFailed
        If it could not be made, and it is too early to try again.
    """
    state = service.hazard_grids.state(ground)
    if state.status == "failed":
        raise HazardGridFailed(
            ground=ground,
            minutes=str(math.ceil(state.retry_after_s / 60)),
            headers={"Retry-After": str(state.retry_after_s)},
        )
    location = f"{request.scope.get('root_path', '')}{PATH}"
    return Response(
        to_json_bytes(
            {**_progress(state, ground, language), "links": [{"rel": "monitor", "href": location}]}
        ),
        status_code=202,
        media_type=MEDIA_TYPES["json"],
        headers={
            "Location": location,
            "Retry-After": str(RETRY_AFTER_S),
            "Cache-Control": "no-store",
            "Content-Language": language,
        },
    )


@router.get(
    "/{ground}/contours",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}, **NOT_YET},
)
def hazard_contours(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    ground: str,
    layer: Annotated[
        str, Query(description="A layer of the grid: pga_g_475, sa_0_3_g_2475 and so on.")
    ] = DEFAULT_LAYER,
    kind: KindQuery = "lines",
    levels: LevelsQuery = None,
) -> Response:
    """Return contours of a layer as GeoJSON."""
    from risk_api.seismic.maps.hazard_grid import LAYERS

    found = _made(service, ground, layer if layer in LAYERS else DEFAULT_LAYER)
    if found is None:
        return _not_yet(request, service, ground, language)
    return contour_answer(request, service, language, found, layer, kind, levels)


@router.get(
    "/{ground}/{layer}.tif",
    response_class=FileResponse,
    responses={200: {"content": {COG: {}}}, 206: {"description": "The range asked for"}, **NOT_YET},
)
def hazard_raster(
    request: Request, service: ServiceDep, language: LanguageDep, ground: str, layer: str
) -> Response:
    """Return a raster of a grid as Cloud Optimized GeoTIFF; byte ranges are answered."""
    found = _made(service, ground, layer)
    if found is None:
        return _not_yet(request, service, ground, language)
    return raster_answer(request, found, layer, f"hazard-{ground}")


def _tiles(service: Service, ground: str, layer: str) -> TileSet | None:
    found = _made(service, ground, layer)
    return None if found is None else service.hazard_grids.tiles(found, ground, layer, layer_title)


@router.get("/{ground}/tiles/{layer}/tilejson.json", response_class=Response, responses=NOT_YET)
def hazard_tilejson(
    request: Request, service: ServiceDep, language: LanguageDep, ground: str, layer: str
) -> Response:
    """Return the TileJSON of a layer of a grid."""
    found = _tiles(service, ground, layer)
    if found is None:
        return _not_yet(request, service, ground, language)
    return tilejson_answer(request, found, language)


@router.get("/{ground}/tiles/{layer}/legend.json", response_class=Response, responses=NOT_YET)
def hazard_legend(
    request: Request, service: ServiceDep, language: LanguageDep, ground: str, layer: str
) -> Response:
    """Return what the indices of a layer's tiles mean: colours, limits, names in three languages."""
    found = _tiles(service, ground, layer)
    if found is None:
        return _not_yet(request, service, ground, language)
    return legend_answer(request, found)


@router.get(
    "/{ground}/tiles/{layer}/{z}/{x}/{y}",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **NOT_YET},
)
def hazard_tile(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    ground: str,
    layer: str,
    z: str,
    x: str,
    y: str,
    v: VersionQuery = None,
) -> Response:
    """Return a tile of a layer of a grid: classes in a palette."""
    found = _tiles(service, ground, layer)
    if found is None:
        return _not_yet(request, service, ground, language)
    return asked_tile(request, found, read_tile(z, x, y.removesuffix(".png"), found.zooms), v)
