"""``/v1/seismic/shakemap/{id}``: maps of one earthquake's shaking, as rasters and as contours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import RiskError, UnknownScenario, as_bad_request
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
from risk_api.seismic.maps.raster_set import RasterSet
from risk_api.seismic.question import QuakeRequest
from risk_api.service import LanguageDep, Service, ServiceDep
from risk_api.tiles.matrix import read_tile
from risk_api.tiles.store import TileSet

JSON: Final = MEDIA_TYPES["json"]
YEAR_S: Final = 31_536_000
#: What is drawn unless something else is asked for.
DEFAULT_LAYER: Final = "intensity_mmi_p50"

router = APIRouter(prefix="/v1/seismic/shakemap", tags=["earthquakes"], dependencies=[Strict])


@contextmanager
def _map_of(service: Service, scenario_id: str) -> Iterator[RasterSet]:
    """Lend a map; one that a newer map displaces while it is being read is as unknown as one never made."""
    from geodata.errors import LayerCorrupt
    from risk_api.seismic.scenarios import seismic_scenarios

    found: RasterSet | None = None
    try:
        found = service.shakemaps.of(scenario_id)
        yield found
    except (UnknownScenario, FileNotFoundError, LayerCorrupt) as error:
        if found is not None and found.is_kept:
            raise
        raise UnknownScenario(scenario_id, seismic_scenarios(), in_path=True) from error


@router.post(
    "",
    response_class=Response,
    status_code=201,
    responses={201: {"description": "The map is made; Location is its address", "content": {JSON: {}}}},
)
def shakemap_of_rupture(
    request: Request, service: ServiceDep, language: LanguageDep, asked: QuakeRequest
) -> Response:
    """Make maps of a rupture of one's own, or of a named earthquake with other figures."""
    try:
        rupture, named = asked.rupture()
    except RiskError as error:
        raise as_bad_request(error) from error
    map_id = service.shakemaps.of_rupture(rupture).id if named is None else named.id
    document = _document(request, service, language, map_id)
    return Response(
        to_json_bytes(document),
        status_code=201,
        media_type=JSON,
        headers={
            "Location": document["links"][0]["href"],
            "Cache-Control": "no-store",
            "Content-Language": language,
        },
    )


@router.get("/{scenario_id}", response_class=Response)
def shakemap(request: Request, service: ServiceDep, language: LanguageDep, scenario_id: str) -> Response:
    """Return what a map holds: layers with the address of each, limits of the models, lineage."""
    body = to_json_bytes(_document(request, service, language, scenario_id))
    return cacheable(request, body, JSON, language=language)


def _document(request: Request, service: Service, language: Language, map_id: str) -> dict[str, Any]:
    from risk_api.seismic.scenarios import seismic_scenarios

    with _map_of(service, map_id) as found:
        said = found.document
    scenario = seismic_scenarios().get(map_id)
    if scenario is not None:
        name, magnitude = scenario.titles[language], scenario.figures["magnitude"].value
    else:
        magnitude = float(said["inputs"]["rupture"]["magnitude"])
        shown = format_number(magnitude, language, 1)
        name = translate(language, "chain.own_earthquake", magnitude=shown)
    base = f"{request.scope.get('root_path', '')}/v1/seismic/shakemap/{map_id}"
    return {
        "id": map_id,
        "name": name,
        "map_id": found.id,
        "magnitude": magnitude,
        **{key: said[key] for key in ("crs", "bounds", "cell_size_m", "outside_model_range")},
        "layers": [
            {
                "id": layer,
                "title": layer_title(layer, language),
                "href": f"{base}/rasters/{layer}.tif",
                "contours": f"{base}/contours?layer={layer}",
                "tilejson": f"{base}/tiles/{layer}/tilejson.json",
                "type": COG,
            }
            for layer in found.layers
        ],
        "notes": [translate(language, f"hazard.map_note.{note}") for note in ("band", "ground", "near")],
        "lineage": {"software": said["software"], **said["inputs"]},
        "links": [{"rel": "self", "href": base}, {"rel": "contours", "href": f"{base}/contours"}],
    }


@router.get(
    "/{scenario_id}/rasters/{layer}.tif",
    response_class=FileResponse,
    responses={200: {"content": {COG: {}}}, 206: {"description": "The range asked for"}},
)
def raster(request: Request, service: ServiceDep, scenario_id: str, layer: str) -> Response:
    """Return a raster as Cloud Optimized GeoTIFF; byte ranges are answered, as GDAL's /vsicurl/ asks them."""
    with _map_of(service, scenario_id) as found:
        return raster_answer(request, found, layer, scenario_id)


def _tiles_of(service: Service, scenario_id: str, layer: str) -> TileSet:
    with _map_of(service, scenario_id) as found:
        return service.shakemaps.tiles(found, scenario_id, layer, layer_title)


@router.get("/{scenario_id}/tiles/{layer}/tilejson.json", response_class=Response)
def map_tilejson(
    request: Request, service: ServiceDep, language: LanguageDep, scenario_id: str, layer: str
) -> Response:
    """Return the TileJSON of a layer of a map."""
    return tilejson_answer(request, _tiles_of(service, scenario_id, layer), language)


@router.get("/{scenario_id}/tiles/{layer}/legend.json", response_class=Response)
def map_legend(request: Request, service: ServiceDep, scenario_id: str, layer: str) -> Response:
    """Return what the indices of a layer's tiles mean: colours, limits, names in three languages."""
    return legend_answer(request, _tiles_of(service, scenario_id, layer))


@router.get(
    "/{scenario_id}/tiles/{layer}/{z}/{x}/{y}",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def map_tile(
    request: Request,
    service: ServiceDep,
    scenario_id: str,
    layer: str,
    z: str,
    x: str,
    y: str,
    v: VersionQuery = None,
) -> Response:
    """Return a tile of a layer of a map: classes in a palette."""
    found = _tiles_of(service, scenario_id, layer)
    return asked_tile(request, found, read_tile(z, x, y.removesuffix(".png"), found.zooms), v)


@router.get("/{scenario_id}/contours", response_class=Response)
def contour_features(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario_id: str,
    layer: Annotated[
        str, Query(description="A layer of the map: intensity_mmi_p50, pga_g_p95 and so on.")
    ] = DEFAULT_LAYER,
    kind: KindQuery = "lines",
    levels: LevelsQuery = None,
) -> Response:
    """Return contours of a layer as GeoJSON."""
    with _map_of(service, scenario_id) as found:
        return contour_answer(request, service, language, found, layer, kind, levels)
