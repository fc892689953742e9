"""The share of Features in the OpenAPI document: what each collection is, what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from risk_api.features.catalogue import Collection
from risk_api.features.cql2 import LANGUAGES as FILTER_LANGUAGES
from risk_api.features.crs import CRS84_URI, offered
from risk_api.features.pages import DEFAULT_LIMIT, LARGEST_LIMIT
from risk_api.features.select import SCALARS
from risk_api.i18n import translate
from risk_api.ogc.call import Call, Formats
from risk_api.ogc.items import PARAMETERS
from risk_api.ogc.links import ITEM, ITEMS, JSON_SCHEMA
from risk_api.ogc.openapi import LINKS, OBJECT, get, path_parameter, query_parameter, ref
from risk_api.ogc.part import Described
from risk_api.ogc.schemas import TYPES

_FEATURE: Final = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string"},
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": LINKS,
    },
}
_SCHEMAS: Final[dict[str, Any]] = {
    "Feature": _FEATURE,
    "Features": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "links": LINKS,
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
        },
    },
    "JsonSchema": OBJECT,
}


def described(call: Call, found: Sequence[Collection]) -> Described:
    """Return the share; `found` are all collections."""
    paths: dict[str, Any] = {}
    for collection in found:
        paths |= _collection_paths(call, collection)
    return Described(paths, _SCHEMAS, {**_shared(call), **_columns(call, found)})


def _collection_paths(call: Call, found: Collection) -> dict[str, Any]:
    here, title = f"/collections/{found.id}", found.titles[call.language]
    columns = [ref(_column_key(found, field.name)) for field in found.fields if field.dtype in SCALARS]
    key = path_parameter("featureId", translate(call.language, "field.id"), {"type": "string"})

    def path(what: str, formats: Formats, schema: str, *parameters: Mapping[str, Any]) -> dict[str, Any]:
        heading = f"{title}: {translate(call.language, f'ogc.{what}.title')}"
        return get(
            call, f"{found.id}.{what}", formats, schema, title=heading, tag=title, parameters=parameters
        )

    return {
        f"{here}/items": path("items", ITEMS, "Features", *(ref(name) for name in PARAMETERS), *columns),
        f"{here}/items/{{featureId}}": path("feature", ITEM, "Feature", key, ref("crs")),
        f"{here}/queryables": path("queryables", JSON_SCHEMA, "JsonSchema"),
        f"{here}/schema": path("schema", JSON_SCHEMA, "JsonSchema"),
    }


def _shared(call: Call) -> dict[str, Any]:
    systems = {"type": "string", "enum": list(offered(call.service.region.crs)), "default": CRS84_URI}
    schemas: dict[str, dict[str, Any]] = {
        "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        "offset": {"type": "integer", "minimum": 0, "default": 0},
        "bbox": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        "bbox-crs": systems,
        "datetime": {"type": "string"},
        "crs": systems,
        "filter": {"type": "string"},
        "filter-lang": {
            "type": "string",
            "enum": list(FILTER_LANGUAGES),
            "default": FILTER_LANGUAGES[0],
        },
        "filter-crs": systems,
    }
    return {
        name: query_parameter(name, translate(call.language, f"ogc.parameter.{name}"), schema)
        for name, schema in schemas.items()
    }


def _columns(call: Call, found: Sequence[Collection]) -> dict[str, Any]:
    """Return a parameter per column; collections of one kind share theirs."""
    return {
        _column_key(collection, field.name): query_parameter(
            field.name, field.title[call.language], TYPES[field.dtype]
        )
        for collection in found
        for field in collection.fields
        if field.dtype in SCALARS
    }


def _column_key(found: Collection, name: str) -> str:
    return f"{found.id.partition('-')[0]}.{name}"
