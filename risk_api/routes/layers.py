"""The ground as served: districts, gorges, rivers, lakes, events, facilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.i18n import Language
from risk_api.layers import VECTOR_LAYERS
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import BBoxQuery, LimitQuery, OffsetQuery, Strict, parse_bbox
from risk_api.responses import cacheable, to_json_bytes
from risk_api.serialise.exposure import population_members
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.files import feature_file
from risk_api.serialise.tables import feature_table
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

FORMATS = ("geojson", "csv", "gpkg", "fgb", "parquet")


def layer_router() -> APIRouter:
    """Return one router with a collection and a feature path per layer, but for dams."""
    router = APIRouter(prefix="/v1", tags=["layers"], dependencies=[Strict])
    for layer in VECTOR_LAYERS:
        # Dams have states that depend on a day: `routes.dams`.
        if layer != "dams":
            _add_layer(router, layer)
    return router


def _add_layer(router: APIRouter, layer: str) -> None:
    singular = layer.removesuffix("ies") + "y" if layer.endswith("ies") else layer.removesuffix("s")

    def collection(
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
        features = list(service.layers.layer(layer).values())
        if box is not None:
            features = [feature for feature in features if feature.touches(box)]
        page = features[offset : offset + limit]
        return collection_response(request, service, language, layer, name, page, len(features))

    def item(
        request: Request,
        service: ServiceDep,
        language: LanguageDep,
        feature_id: str,
        f: FormatQuery = None,
    ) -> Response:
        request_format(request, ("geojson",))
        document = service.layers.feature(layer, feature_id).to_json(language)
        document["links"] = [
            {"rel": "collection", "href": f"{request.scope.get('root_path', '')}/v1/{layer}"},
        ]
        return cacheable(request, to_json_bytes(document), MEDIA_TYPES["geojson"], language=language)

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


def collection_response(
    request: Request,
    service: Service,
    language: Language,
    layer: str,
    name: str,
    page: Sequence[Feature],
    matched: int,
) -> Response:
    """Return one page of a layer's features in the format `name`; `matched` is how many there are in all."""
    if name == "csv":
        body = feature_table(page, language)
    elif name == "geojson":
        body = to_json_bytes(collection_json(page, language, _members(service, layer, language, matched)))
    else:
        body = feature_file(page, name, layer)
    headers = {} if name == "geojson" else {"Content-Disposition": f'attachment; filename="{layer}.{name}"'}
    return cacheable(request, body, MEDIA_TYPES[name], language=language, headers=headers)


def _members(service: Service, layer: str, language: Language, matched: int) -> dict[str, Any]:
    from geodata.layers import FIELDS

    fields = [
        {
            "name": field.name,
            "unit": field.unit,
            "title": field.title[language],
            "description": field.description,
        }
        for field in FIELDS.get(layer, ())
    ]
    credits = [credit for credit in service.region.credits if credit["layer"] == layer]
    members: dict[str, Any] = {"numberMatched": matched, "fields": fields, "credits": credits}
    if layer == "districts":
        districts = list(service.layers.layer(layer).values())
        members["population"] = population_members(service.region, districts, language)
    return members
