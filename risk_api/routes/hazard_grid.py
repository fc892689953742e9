"""``/v1/seismic/hazard/grid``: hazard on cells of 1 km, where `selrisk hazard grid` has made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import UnknownLayer
from risk_api.i18n import translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.ranges import ranged_file
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.shakemap import COG, layer_title
from risk_api.service import LanguageDep, Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.seismic.maps.raster_set import RasterSet

router = APIRouter(prefix="/v1/seismic/hazard/grid", tags=["earthquakes"], dependencies=[Strict])


def _grids(service: Service) -> dict[str, RasterSet | None]:
    """Return the grid of every ground, None where it is not made."""
    from risk_api.seismic.hazard.places import GROUNDS
    from risk_api.seismic.maps.hazard_grid import find_grid
    from risk_api.seismic.maps.raster_set import HAZARD_GRIDS, RasterSets

    sets = RasterSets(service.settings.data_dir / HAZARD_GRIDS)
    return {ground: find_grid(service.region, sets, ground) for ground in GROUNDS}


@router.get("", response_class=Response)
def hazard_grid(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return which grids are made, on rock and on the place's own ground, and the address of each layer."""
    base = f"{request.scope.get('root_path', '')}/v1/seismic/hazard/grid"
    grids: dict[str, Any] = {}
    for ground, found in _grids(service).items():
        if found is None:
            grids[ground] = {
                "status": "not made",
                "detail": translate(language, "hazard.grid.not_made", ground=ground),
            }
            continue
        grids[ground] = {
            "status": "made",
            "id": found.id,
            **{key: found.document[key] for key in ("crs", "bounds", "cell_size_m")},
            "layers": [
                {
                    "id": layer,
                    "title": layer_title(layer, language),
                    "href": f"{base}/{ground}/{layer}.tif",
                    "type": COG,
                }
                for layer in found.layers
            ],
            "lineage": {"software": found.document["software"], **found.document["inputs"]},
        }
    body = to_json_bytes({"grids": grids, "note": translate(language, "hazard.grid.note")})
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


@router.get(
    "/{ground}/{layer}.tif",
    response_class=FileResponse,
    responses={200: {"content": {COG: {}}}, 206: {"description": "The range asked for"}},
)
def hazard_raster(request: Request, service: ServiceDep, ground: str, layer: str) -> Response:
    """Return a raster of a grid as Cloud Optimized GeoTIFF; byte ranges are answered."""
    grids = _grids(service)
    found = grids.get(ground)
    if found is None:
        made = [name for name, each in grids.items() if each is not None]
        raise UnknownLayer(ground, made, in_path=True)
    return ranged_file(
        request,
        found.path(layer),
        media_type=COG,
        etag=f'"{found.id}-{layer}"',
        cache_control="public, max-age=86400",
        filename=f"hazard-{ground}-{layer}.tif",
    )
