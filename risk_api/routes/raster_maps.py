"""What maps kept as rasters answer with, whatever they are maps of: names of layers, rasters, contours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import BadParameter
from risk_api.i18n import Language, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import parse_numbers
from risk_api.ranges import ranged_file
from risk_api.responses import cacheable, to_json_bytes
from risk_api.serialise.features import Feature, collection_json, geometry_json

if TYPE_CHECKING:
    from pathlib import Path

    from risk_api.seismic.maps.raster_set import RasterSet
    from risk_api.service import Service

COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
KindQuery = Annotated[str, Query(description="lines (default), or bands: polygons between levels.")]
LevelsQuery = Annotated[
    str | None, Query(description="Levels with commas between; default: round ones in the map's range.")
]


def layer_title(layer: str, language: Language) -> str:
    """Return the name of a layer: the measure, and its percentile or return period."""
    measure, underscore, last = layer.rpartition("_")
    if not underscore or last == "s":
        return translate(language, "hazard.measure.vs30_m_s")
    kind = "percentile" if last.startswith("p") else "period"
    return translate(
        language,
        f"hazard.layer.{kind}",
        measure=translate(language, f"hazard.measure.{measure}"),
        number=last.removeprefix("p"),
    )


def raster_answer(request: Request, found: RasterSet, layer: str, name: str) -> Response:
    """Return a raster as Cloud Optimized GeoTIFF, `name` being what its file is called after."""
    return ranged_file(
        request,
        found.path(layer),
        media_type=COG,
        etag=f'"{found.id}-{layer}"',
        # The address does not say from what it was made, and may become another map's.
        cache_control="public, max-age=86400",
        filename=f"{name}-{layer}.tif",
    )


def contour_answer(
    request: Request,
    service: Service,
    language: Language,
    found: RasterSet,
    layer: str,
    kind: str,
    levels: str | None,
) -> Response:
    """Return contours of a layer as GeoJSON, lines or bands.

    Raises
    ------
    BadParameter
        If there is no such layer or kind, or the levels are no numbers or too many.
    """
    from geodata import Grid
    from risk_api.seismic.maps.contours import KINDS, contours, half_degrees, nice_levels

    if kind not in KINDS:
        listed = ", ".join(KINDS)
        raise BadParameter("kind", f"allowed are {listed}", KINDS, reason_key="allowed", allowed_names=listed)
    grid = Grid.read(_file(found, layer))
    asked = _levels(levels)
    low, high = float(grid.values.min()), float(grid.values.max())
    own = half_degrees(low, high) if layer.startswith("intensity") else nice_levels(low, high)
    drawn = contours(grid, asked if asked is not None else own, kind)
    title = layer_title(layer, language)
    features = [
        Feature(f"{layer}-{number}", geometry_json(_to_degrees(service, shape)), {"layer": layer, **told})
        for number, (told, shape) in enumerate(drawn)
    ]
    members = {"layer": layer, "title": title, "kind": kind, "lowest": low, "highest": high}
    body = to_json_bytes(collection_json(features, language, members))
    return cacheable(request, body, MEDIA_TYPES["geojson"], language=language)


def _file(found: RasterSet, layer: str) -> Path:
    if layer not in found.layers:
        listed = ", ".join(found.layers)
        raise BadParameter(
            "layer", f"allowed are {listed}", found.layers, reason_key="allowed", allowed_names=listed
        )
    return found.path(layer)


def _levels(text: str | None) -> list[float] | None:
    from risk_api.seismic.maps.contours import MOST_LEVELS

    given = parse_numbers("levels", text)
    if given is not None and len(given) > MOST_LEVELS:
        raise BadParameter(
            "levels", f"at most {MOST_LEVELS} are taken", reason_key="at_most", most=str(MOST_LEVELS)
        )
    return None if given is None else sorted(set(given))


def _to_degrees(service: Service, shape: Any) -> Any:
    import numpy as np
    import shapely

    return shapely.transform(shape, lambda xy: np.column_stack(service.region.to_lonlat(xy[:, 0], xy[:, 1])))
