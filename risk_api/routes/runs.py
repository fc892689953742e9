"""``/v1/runs/{id}``: one simulation, its rasters, its footprint, its counts."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import UnknownScheme
from risk_api.footprint import footprint_features
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import LimitQuery, OffsetQuery, Strict
from risk_api.ranges import ranged_file
from risk_api.responses import cacheable, to_json_bytes
from risk_api.serialise.features import collection_json
from risk_api.serialise.plain import to_plain
from risk_api.service import LanguageDep, ServiceDep

COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
#: A raster never changes under its run's id: a client may keep it for a year. What is made from rasters
#: and counts (footprint, summary with links) can change with the software, so it is kept for a day.
YEAR_S: Final = 31_536_000
DAY_S: Final = 86_400

router = APIRouter(prefix="/v1/runs", tags=["runs"], dependencies=[Strict])


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


@router.get("", response_class=Response)
def runs(request: Request, service: ServiceDep, limit: LimitQuery = 100, offset: OffsetQuery = 0) -> Response:
    """Return the ids of the finished runs."""
    ids = service.store.ids()
    page = [
        {"id": run_id, "href": f"{_root(request)}/v1/runs/{run_id}"}
        for run_id in ids[offset : offset + limit]
    ]
    return cacheable(request, to_json_bytes({"runs": page, "numberMatched": len(ids)}), MEDIA_TYPES["json"])


@router.get("/{run_id}", response_class=Response)
def run(request: Request, service: ServiceDep, run_id: str) -> Response:
    """Return a run's inputs, versions, lineage, volume budget and counts, with links to its rasters."""
    document: dict[str, Any] = to_plain(service.store.open(run_id).summary)
    base = f"{_root(request)}/v1/runs/{run_id}"
    for name, asset in document.get("assets", {}).items():
        asset["href"] = f"{base}/rasters/{name}.tif"
    document["links"] = [
        {"rel": "self", "href": base},
        {"rel": "footprint", "href": f"{base}/footprint"},
        {"rel": "districts", "href": f"{base}/districts"},
        {"rel": "tiles", "href": f"{base}/tiles"},
    ]
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["geojson"], max_age_s=DAY_S)


@router.get(
    "/{run_id}/rasters/{layer}.tif",
    response_class=FileResponse,
    responses={200: {"content": {COG: {}}}, 206: {"description": "The range asked for"}},
)
def raster(request: Request, service: ServiceDep, run_id: str, layer: str) -> Response:
    """Return a raster as Cloud Optimized GeoTIFF; byte ranges are answered, as GDAL's /vsicurl/ asks them."""
    return ranged_file(
        request,
        service.store.open(run_id).raster_path(layer),
        media_type=COG,
        etag=f'"{run_id}-{layer}"',
        cache_control=f"public, max-age={YEAR_S}, immutable",
        filename=f"{run_id}-{layer}.tif",
    )


@router.get("/{run_id}/footprint", response_class=Response)
def footprint(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    run_id: str,
    scheme: Annotated[str, Query(description="Class scheme: buwal or arr.")] = "buwal",
    tolerance_m: Annotated[
        float, Query(ge=0, le=500, allow_inf_nan=False, description="Smooths the outlines for small maps, m.")
    ] = 0.0,
) -> Response:
    """Return the ground where the depth reached 0.1 m, a polygon per hazard class."""
    from risk_api.exposure import SCHEMES

    found = service.store.open(run_id)
    if scheme not in SCHEMES:
        raise UnknownScheme(scheme, SCHEMES)
    features = footprint_features(found, SCHEMES[scheme], language, tolerance_m)
    members = {
        "run_id": run_id,
        "scheme": scheme,
        "tolerance_m": tolerance_m,
        "lineage": to_plain(found.summary.get("lineage", {})),
    }
    body = to_json_bytes(collection_json(features, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language, max_age_s=DAY_S)


@router.get("/{run_id}/districts", response_class=Response)
def districts(request: Request, service: ServiceDep, language: LanguageDep, run_id: str) -> Response:
    """Return the run's counts per district and class, as they were made with it."""
    rows = to_plain(service.store.open(run_id).districts)
    known = service.layers.layer("districts")
    for row in rows:
        if row["district"] in known:
            row["name"] = known[row["district"]].names()[language]
    document = {"run_id": run_id, "districts": rows}
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)
