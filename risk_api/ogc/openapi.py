"""The OpenAPI 3.0 document that clients read: what each collection is, what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from risk_api import __version__
from risk_api.features.catalogue import Collection
from risk_api.features.cql2 import LANGUAGES as FILTER_LANGUAGES
from risk_api.features.crs import CRS84_URI, offered
from risk_api.features.pages import DEFAULT_LIMIT, LARGEST_LIMIT
from risk_api.features.select import SCALARS
from risk_api.i18n import LANGUAGES, translate
from risk_api.ogc.call import Call, Formats
from risk_api.ogc.items import PARAMETERS
from risk_api.ogc.links import API, DOCUMENT, ITEM, ITEMS, JSON_SCHEMA
from risk_api.ogc.schemas import TYPES
from risk_api.problems import MEDIA_TYPE as PROBLEM

_OBJECT: Final = {"type": "object"}
_LINK: Final = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
_LINKS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
_FEATURE: Final = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string"},
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": _LINKS,
    },
}
_SCHEMAS: Final[dict[str, Any]] = {
    "Link": _LINK,
    "Landing": {"type": "object", "required": ["links"], "properties": {"links": _LINKS}},
    "Conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
    },
    "Collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "extent": _OBJECT,
            "itemType": {"type": "string", "default": "feature"},
            "crs": {"type": "array", "items": {"type": "string"}, "default": [CRS84_URI]},
            "storageCrs": {"type": "string"},
            "links": _LINKS,
        },
    },
    "Collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "crs": {"type": "array", "items": {"type": "string"}},
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        },
    },
    "Feature": _FEATURE,
    "Features": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "links": _LINKS,
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
        },
    },
    "JsonSchema": _OBJECT,
    "Api": _OBJECT,
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {"type": "array", "items": _OBJECT},
            "request_id": {"type": "string", "nullable": True},
        },
    },
}


def document(call: Call, found: Sequence[Collection]) -> dict[str, Any]:
    """Return the document; `found` are all collections."""
    language = call.language
    components = {**_shared(call), **_columns(call, found)}
    plain = [_ref("lang")]
    paths: dict[str, Any] = {
        "/": _path(call, "landing", DOCUMENT, "Landing", plain),
        "/conformance": _path(call, "conformance", DOCUMENT, "Conformance", plain),
        "/api": _path(call, "api", API, "Api", plain),
        "/collections": _path(call, "collections", DOCUMENT, "Collections", plain),
    }
    for collection in found:
        paths |= _collection_paths(call, collection, plain)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": translate(language, "ogc.title", region=call.service.region.names[language]),
            "description": translate(language, "ogc.description"),
            "version": __version__,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "servers": [{"url": call.base}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS, "parameters": components, "responses": _responses(call)},
    }


def _collection_paths(call: Call, found: Collection, plain: list[Any]) -> dict[str, Any]:
    here = f"/collections/{found.id}"
    columns = [_ref(_column_key(found, field.name)) for field in found.fields if field.dtype in SCALARS]
    asked = [*plain, *(_ref(name) for name in PARAMETERS), *columns]
    feature = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "description": translate(call.language, "field.id"),
        "schema": {"type": "string"},
    }
    return {
        here: _path(call, "collection", DOCUMENT, "Collection", plain, found),
        f"{here}/items": _path(call, "items", ITEMS, "Features", asked, found),
        f"{here}/items/{{featureId}}": _path(
            call, "feature", ITEM, "Feature", [feature, *plain, _ref("crs")], found
        ),
        f"{here}/queryables": _path(call, "queryables", JSON_SCHEMA, "JsonSchema", plain, found),
        f"{here}/schema": _path(call, "schema", JSON_SCHEMA, "JsonSchema", plain, found),
    }


def _path(
    call: Call,
    what: str,
    formats: Formats,
    schema: str,
    parameters: Sequence[Mapping[str, Any]],
    found: Collection | None = None,
) -> dict[str, Any]:
    title = found.titles[call.language] if found else None
    heading = translate(call.language, f"ogc.{what}.title")
    content = {
        media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}
        if "json" in media
        else {"schema": {"type": "string"}}
        if media.startswith("text/")
        else {"schema": {"type": "string", "format": "binary"}}
        for media in (media.split("; charset")[0] for _, media in formats)
    }
    format = {
        "name": "f",
        "in": "query",
        "required": False,
        "description": translate(call.language, "ogc.parameter.f"),
        "schema": {"type": "string", "enum": [name for name, _ in formats]},
        "style": "form",
        "explode": False,
    }
    return {
        "get": {
            "summary": f"{title}: {heading}" if title else heading,
            "operationId": f"{found.id}.{what}" if found else what,
            "tags": [title or translate(call.language, "ogc.collections.title")],
            "parameters": [format, *parameters],
            "responses": {
                "200": {"description": heading, "content": content},
                "304": {"description": translate(call.language, "ogc.response.304")},
                "400": {"$ref": "#/components/responses/Problem"},
                "404": {"$ref": "#/components/responses/Problem"},
                "406": {"$ref": "#/components/responses/Problem"},
                "500": {"$ref": "#/components/responses/Problem"},
            },
        }
    }


def _responses(call: Call) -> dict[str, Any]:
    return {
        "Problem": {
            "description": translate(call.language, "ogc.response.problem"),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _shared(call: Call) -> dict[str, Any]:
    systems = {"type": "string", "enum": list(offered(call.service.region.crs)), "default": CRS84_URI}
    schemas: dict[str, dict[str, Any]] = {
        "lang": {"type": "string", "enum": list(LANGUAGES)},
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
        name: _parameter(name, translate(call.language, f"ogc.parameter.{name}"), schema)
        for name, schema in schemas.items()
    }


def _columns(call: Call, found: Sequence[Collection]) -> dict[str, Any]:
    """Return a parameter per column; collections of one kind share theirs."""
    return {
        _column_key(collection, field.name): _parameter(
            field.name, field.title[call.language], TYPES[field.dtype]
        )
        for collection in found
        for field in collection.fields
        if field.dtype in SCALARS
    }


def _column_key(found: Collection, name: str) -> str:
    return f"{found.id.partition('-')[0]}.{name}"


def _parameter(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": dict(schema),
        "style": "form",
        "explode": False,
    }
