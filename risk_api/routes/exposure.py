"""``/v1/exposure``: districts exposed, with and without the dams."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.answers import Question
from risk_api.errors import RunsMissing
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import AsOfQuery, BBoxQuery, SchemeQuery, Strict, parse_bbox, parse_list
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.serialise.exposure import exposure_csv, exposure_features, exposure_members, wide_columns
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.files import feature_file
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

FORMATS = ("geojson", "csv", "gpkg", "fgb", "parquet")

router = APIRouter(prefix="/v1", tags=["answers"], dependencies=[Strict])


@router.get(
    "/exposure",
    response_class=Response,
    responses={
        200: {"description": "One feature per district", "content": {"application/geo+json": {}}},
        202: {"description": "Runs are being made; poll the job in Location"},
        400: {"description": "The runs would need more memory or steps than the service allows"},
        500: {"description": "Making a run failed a moment ago; it is tried again after Retry-After"},
        503: {"description": "Too many runs are waiting; ask again after Retry-After"},
    },
)
def exposure(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: Annotated[str | None, Query(description="Id of a scenario; default: the default one.")] = None,
    strategies: Annotated[
        str | None,
        Query(
            description=(
                "Strategy ids with commas between; default: all. `on:YYYY-MM-DD` is the dams of that day."
            )
        ),
    ] = None,
    as_of: AsOfQuery = None,
    scheme: SchemeQuery = None,
    cell_size_m: Annotated[
        float | None,
        Query(
            allow_inf_nan=False,
            description="Cell size of the runs, m: 30, 60, 90, 120, 150 or the default of the quality.",
        ),
    ] = None,
    quality: Annotated[
        str | None,
        Query(
            description=(
                "final (default): second order, the region's own cell size. preview: first order, cells "
                "twice as large unless cell_size_m says otherwise, made before all that is final. "
                "The answer's `quality` says which it is and what that means for the numbers."
            )
        ),
    ] = None,
    bbox: BBoxQuery = None,
    f: FormatQuery = None,
) -> Response:
    """Return people, buildings, area and first arrival per district, strategy and class."""
    name = request_format(request, FORMATS)
    box = parse_bbox(bbox)
    question = service.answers.question(
        scenario,
        parse_list("strategies", strategies, ()),
        scheme,
        service.answers.http_cell_size_m(cell_size_m, quality),
        quality,
        as_of,
    )
    try:
        body = exposure_body(service, question, language, name, box)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    headers = {"Link": '</v1/glossary>; rel="help"'}
    if name != "geojson":
        headers["Content-Disposition"] = f'attachment; filename="exposure-{question.scenario}.{name}"'
    return cacheable(request, body, MEDIA_TYPES[name], language=language, headers=headers)


def exposure_body(
    service: Service,
    question: Question,
    language: Language,
    name: str,
    box: tuple[float, float, float, float] | None,
) -> bytes:
    """Return the answer in one of the formats.

    Raises
    ------
    RunsMissing
    """
    comparison = service.answers.comparison(question)
    features: list[Feature] = exposure_features(
        comparison, service.region, service.layers.layer("districts"), language
    )
    inputs = service.answers.inputs(comparison)
    members = exposure_members(comparison, service.region, features, inputs, language)
    if box is not None:
        features = [feature for feature in features if feature.touches(box)]
    if name == "csv":
        return exposure_csv(features, comparison.scheme.classes, language)
    if name == "geojson":
        return to_json_bytes(collection_json(features, language, members))
    flat = [
        Feature(
            feature.id,
            feature.geometry,
            {
                key: value
                for key, value in feature.properties.items()
                if key not in ("strategies", "differences")
            },
        )
        for feature in features
    ]
    return feature_file(flat, name, "exposure", [wide_columns(feature) for feature in features])
