"""The share of EDR in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from risk_api.features.catalogue import Collection
from risk_api.features.crs import CRS84_URI, offered
from risk_api.i18n import translate
from risk_api.ogc.call import Call
from risk_api.ogc.edr.formats import FORMATS, LOCATIONS
from risk_api.ogc.openapi import OBJECT, get, path_parameter, query_parameter, ref
from risk_api.ogc.part import Described

_TEXT = {"type": "string"}


def described(call: Call, found: Sequence[Collection]) -> Described:
    """Return the share; `found` are all collections."""
    shared = {
        "edr.coords": query_parameter("coords", translate(call.language, "edr.parameter.coords"), _TEXT)
        | {"required": True},
        "edr.crs": query_parameter(
            "crs",
            translate(call.language, "edr.parameter.crs"),
            {"type": "string", "enum": list(offered(call.service.region.crs)), "default": CRS84_URI},
        ),
        "edr.parameter-name": query_parameter(
            "parameter-name",
            translate(call.language, "edr.parameter.names"),
            {"type": "array", "items": _TEXT},
        ),
        "edr.bbox": query_parameter(
            "bbox",
            translate(call.language, "edr.parameter.bbox"),
            {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        ),
    }
    key = path_parameter("locationId", translate(call.language, "field.id"), _TEXT)
    paths: dict[str, Any] = {}
    for collection in found:
        if collection.run_id is None:
            continue
        here = f"/collections/{collection.id}"
        common = [ref("edr.crs"), ref("edr.parameter-name")]
        for path, kind, formats, asked in (
            ("position", "position", FORMATS, [ref("edr.coords"), *common]),
            ("locations", "locations", LOCATIONS, [ref("edr.bbox")]),
            ("locations/{locationId}", "location", FORMATS, [key, *common]),
        ):
            title = collection.titles[call.language]
            paths[f"{here}/{path}"] = get(
                call,
                f"{collection.id}.{kind}",
                formats,
                "Coverage" if formats is FORMATS else "Features",
                title=f"{title}: {translate(call.language, f'edr.{kind}.title')}",
                tag=title,
                parameters=asked,
            )
    return Described(paths, {"Coverage": OBJECT}, shared)
