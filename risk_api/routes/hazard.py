"""``/v1/seismic/hazard``: how often which shaking is exceeded, by district or at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import BadParameter
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES, request_format
from risk_api.parameters import Strict, parse_lonlat, parse_numbers, parse_pairs
from risk_api.responses import cacheable, to_json_bytes
from risk_api.serialise.features import collection_json
from risk_api.service import FormatQuery, LanguageDep, Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.seismic.hazard.question import HazardQuestion

FORMATS: Final = ("geojson", "csv")

router = APIRouter(prefix="/v1/seismic", tags=["earthquakes"], dependencies=[Strict])


@router.get(
    "/hazard",
    response_class=Response,
    responses={200: {"description": "A feature per place", "content": {"application/geo+json": {}}}},
)
def hazard(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    district: Annotated[str | None, Query(description="Id of a district; default: all of them.")] = None,
    lon: Annotated[str | None, Query(description="Longitude of a point, degrees, with lat.")] = None,
    lat: Annotated[str | None, Query(description="Latitude of a point, degrees, with lon.")] = None,
    return_period: Annotated[
        str | None,
        Query(
            description=(
                "Years, 50 to 5000, with commas between; default: 50,100,225,475,975,2475,5000. Others are "
                "refused: the sources do not support them."
            )
        ),
    ] = None,
    ground: Annotated[
        str | None,
        Query(
            description="site (default): what is known of the place, a proxy; rock: 760 m/s as codes mean it."
        ),
    ] = None,
    vs30_m_s: Annotated[
        float | None, Query(allow_inf_nan=False, description="A measured or chosen vs30 in place of ground.")
    ] = None,
    weights: Annotated[
        str | None,
        Query(description="Shares of the ground-motion models that sum to 1: ASK14:0.5,CY14:0.5."),
    ] = None,
    branches: Annotated[
        str | None,
        Query(description="Shares of the logic tree's branches that sum to 1: slip-1.15:0.7,areas:0.3."),
    ] = None,
    disaggregate: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="A return period: from which earthquakes its level comes."),
    ] = None,
    measure: Annotated[
        str | None, Query(description="What is disaggregated: pga_g (default), pgv_cm_s, sa_0_3_g and so on.")
    ] = None,
    f: FormatQuery = None,
) -> Response:
    """Return hazard curves, uniform hazard spectra and levels per return period, with the belief's band."""
    from risk_api.seismic.hazard.question import hazard_question

    name = request_format(request, FORMATS)
    question = hazard_question(
        service.region,
        district,
        point_of(lon, lat),
        ground=ground,
        vs30_m_s=vs30_m_s,
        return_periods=parse_numbers("return_period", return_period),
        weights=parse_pairs("weights", weights) if weights is not None else None,
        branches=parse_pairs("branches", branches) if branches is not None else None,
        measure=measure,
        disaggregate=disaggregate,
    )
    return cacheable(request, _body(service, question, language, name), MEDIA_TYPES[name], language=language)


def point_of(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    """Return the point of a query, None where none is asked for.

    Raises
    ------
    BadParameter
        If one of the two is missing or not on the globe.
    """
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise BadParameter(missing, "lon and lat belong together", reason_key="hazard.lon_and_lat")
    return parse_lonlat(lon, lat)


def _body(service: Service, question: HazardQuestion, language: Language, name: str) -> bytes:
    from risk_api.serialise.hazard import hazard_csv, hazard_features, hazard_members

    answer = service.hazard.answer(question)
    features = hazard_features(answer, service.layers.layer("districts"))
    if name == "csv":
        return hazard_csv(features)
    return to_json_bytes(
        collection_json(features, language, hazard_members(answer, service.region, language))
    )
