"""The ground as served: districts, gorges, rivers, lakes, events, facilities.

The same tables, pages and bytes as under ``/ogc``; only what stands around the features is of ``/v1``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.features.crs import CRS84
from risk_api.features.pages import Page, page_of
from risk_api.features.select import Selection, select
from risk_api.i18n import Language
from risk_api.layers import VECTOR_LAYERS
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import BBox, BBoxQuery, LimitQuery, OffsetQuery, Strict, parse_bbox
from risk_api.responses import cacheable, to_json_bytes
from risk_api.serialise.exposure import population_members
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.features.table import FeatureTable

FORMATS: Final = ("geojson", "csv", "gpkg", "fgb", "parquet")
#: Collections that stay as they are while the service runs; dams have states that depend on the day.
FIXED_PATHS: Final = tuple(f"/v1/{layer}" for layer in VECTOR_LAYERS if layer != "dams")


def layer_router() -> APIRouter:
    """Return one router with a collection and a feature path per layer, but for dams."""
    router = APIRouter(prefix="/v1", tags=["layers"], dependencies=[Strict])
    for layer in VECTOR_LAYERS:
        # `routes.dams`.
        if layer != "dams":
            _add_layer(router, layer)
    return router


def _add_layer(router: APIRouter, layer: str) -> None:
    singular = layer.removesuffix("ies") + "y" if layer.endswith("ies") else layer.removesuffix("s")

    async def collection(
        request: Request,
        service: ServiceDep,
        language: LanguageDep,
        bbox: BBoxQuery = None,
        limit: LimitQuery = 1000,
        offset: OffsetQuery = 0,
        f: FormatQuery = None,
    ) -> Response:
        name = request_format(request, FORMATS)
        box = parse_bbox(bbox)
        table = await to_thread.run_sync(_table, service, layer)
        page = asked_page(table, box, limit, offset, language)
        if name in ("geojson", "csv"):
            return page_response(request, service, page, name, language)
        return await to_thread.run_sync(page_response, request, service, page, name, language)

    async def item(
        request: Request,
        service: ServiceDep,
        language: LanguageDep,
        feature_id: str,
        f: FormatQuery = None,
    ) -> Response:
        request_format(request, ("geojson",))
        table = await to_thread.run_sync(_table, service, layer)
        encoded = table.encoded(CRS84, language)[table.place(feature_id)]
        links = to_json_bytes([{"rel": "collection", "href": f"{_root(request)}/v1/{layer}"}])
        body = b"".join((encoded[:-1], b',"links":', links, b"}"))
        return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)

    router.add_api_route(
        f"/{layer}",
        collection,
        methods=["GET"],
        name=layer,
        summary=f"All {layer} of the region",
        response_class=Response,
    )
    router.add_api_route(
        f"/{layer}/{{feature_id}}",
        item,
        methods=["GET"],
        name=singular,
        summary=f"One {singular}",
        response_class=Response,
    )


def _table(service: Service, layer: str) -> FeatureTable:
    return service.catalogue.table(service.catalogue.get(layer))


def asked_page(table: FeatureTable, box: BBox | None, limit: int, offset: int, language: Language) -> Page:
    """Return the page of what a box meets.

    Raises
    ------
    BadParameter
        If the page would start behind the last feature.
    """
    from shapely import box as rectangle

    places = select(table, Selection(ground=rectangle(*box) if box else None), language)
    return page_of(table, places, limit, offset)


def page_response(request: Request, service: Service, page: Page, name: str, language: Language) -> Response:
    """Return one page of a layer in the format `name`."""
    layer = page.table.id
    if name == "geojson":
        body = page.geojson(CRS84, language, _members(request, service, page, language))
    else:
        body = page.csv(CRS84, language) if name == "csv" else page.file(name, CRS84)
    headers = {} if name == "geojson" else {"Content-Disposition": f'attachment; filename="{layer}.{name}"'}
    return cacheable(request, body, MEDIA_TYPES[name], language=language, headers=headers)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _members(request: Request, service: Service, page: Page, language: Language) -> dict[str, Any]:
    fields = [
        {
            "name": field.name,
            "unit": field.unit,
            "title": field.title[language],
            "description": field.description,
        }
        for field in page.table.fields
    ]
    credits = [credit for credit in service.region.credits if credit["layer"] == page.table.id]
    members: dict[str, Any] = {
        "numberMatched": page.matched,
        "numberReturned": len(page.places),
        "links": _paging(request, page),
        "fields": fields,
        "credits": credits,
    }
    if page.table.id == "districts":
        members["population"] = population_members(service.region, page.table.rows, language)
    return members


def _paging(request: Request, page: Page) -> list[dict[str, str]]:
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "offset"]
    path = f"{_root(request)}/v1/{page.table.id}"
    return [
        {"rel": rel, "href": f"{path}?{urlencode([*kept, ('offset', str(offset))])}"}
        for rel, offset in (("next", page.next_offset), ("prev", page.previous_offset))
        if offset is not None
    ]
