"""The OpenAPI 3.0 document that clients read: what every part of it shares, and the document itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from risk_api import __version__
from risk_api.features.crs import CRS84_URI
from risk_api.i18n import LANGUAGES, translate
from risk_api.ogc.call import Call, Formats
from risk_api.ogc.links import API, DOCUMENT
from risk_api.ogc.part import Part
from risk_api.problems import MEDIA_TYPE as PROBLEM

OBJECT: Final = {"type": "object"}
LINKS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
_LINK: Final = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
_SCHEMAS: Final[dict[str, Any]] = {
    "Link": _LINK,
    "Landing": {"type": "object", "required": ["links"], "properties": {"links": LINKS}},
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
            "extent": OBJECT,
            "itemType": {"type": "string", "default": "feature"},
            "crs": {"type": "array", "items": {"type": "string"}, "default": [CRS84_URI]},
            "storageCrs": {"type": "string"},
            "links": LINKS,
        },
    },
    "Collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": LINKS,
            "crs": {"type": "array", "items": {"type": "string"}},
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        },
    },
    "Api": OBJECT,
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {"type": "array", "items": OBJECT},
            "request_id": {"type": "string", "nullable": True},
        },
    },
}


def document(call: Call, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the document with the shares of all parts."""
    language = call.language
    found = call.service.catalogue.all()
    shares = [part.described(call, found) for part in parts]
    paths: dict[str, Any] = _own_paths(call)
    for collection in found:
        title = collection.titles[language]
        paths[f"/collections/{collection.id}"] = get(
            call,
            f"{collection.id}.collection",
            DOCUMENT,
            "Collection",
            title=f"{title}: {translate(language, 'ogc.collection.title')}",
            tag=title,
        )
    schemas, parameters = dict(_SCHEMAS), {"lang": _lang(call)}
    for share in shares:
        paths |= share.paths
        schemas |= share.schemas
        parameters |= share.parameters
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
        "components": {"schemas": schemas, "parameters": parameters, "responses": _responses(call)},
    }


def _own_paths(call: Call) -> dict[str, Any]:
    tag = translate(call.language, "ogc.collections.title")

    def path(what: str, formats: Formats, schema: str) -> dict[str, Any]:
        return get(call, what, formats, schema, title=translate(call.language, f"ogc.{what}.title"), tag=tag)

    return {
        "/": path("landing", DOCUMENT, "Landing"),
        "/conformance": path("conformance", DOCUMENT, "Conformance"),
        "/api": path("api", API, "Api"),
        "/collections": path("collections", DOCUMENT, "Collections"),
    }


def get(
    call: Call,
    operation_id: str,
    formats: Formats,
    schema: str,
    *,
    title: str,
    tag: str,
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the description of a path that is read: ``f``, ``lang`` and its own parameters, and what comes.

    Parameters
    ----------
    operation_id : str
        Different for each path.
    formats : tuple
        What the path comes in, the default first; all that is JSON has the schema.
    schema : str
        Name under ``components.schemas``.
    title, tag : str
        One line on what is answered, and the heading that it stands under.
    parameters : sequence
        Made by `query_parameter`, `path_parameter` or `ref`.
    """
    content = {
        media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}
        if "json" in media
        else {"schema": {"type": "string"}}
        if media.startswith("text/")
        else {"schema": {"type": "string", "format": "binary"}}
        for media in (media.split("; charset")[0] for _, media in formats)
    }
    names = {"type": "string", "enum": [name for name, _ in formats]}
    format = query_parameter("f", translate(call.language, "ogc.parameter.f"), names)
    return {
        "get": {
            "summary": title,
            "operationId": operation_id,
            "tags": [tag],
            "parameters": [*parameters, format, ref("lang")],
            "responses": {
                "200": {"description": title, "content": content},
                "304": {"description": translate(call.language, "ogc.response.304")},
                **problems("400", "404", "406", "500"),
            },
        }
    }


def problems(*statuses: str) -> dict[str, Any]:
    """Return the responses of an operation that are problem details."""
    return {status: {"$ref": "#/components/responses/Problem"} for status in statuses}


def ref(name: str) -> dict[str, str]:
    """Return the reference to a parameter under ``components.parameters``."""
    return {"$ref": f"#/components/parameters/{name}"}


def query_parameter(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of a parameter in the query."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": dict(schema),
        "style": "form",
        "explode": False,
    }


def path_parameter(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of a name in braces."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": dict(schema),
    }


def _responses(call: Call) -> dict[str, Any]:
    return {
        "Problem": {
            "description": translate(call.language, "ogc.response.problem"),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }


def _lang(call: Call) -> dict[str, Any]:
    languages = {"type": "string", "enum": list(LANGUAGES)}
    return query_parameter("lang", translate(call.language, "ogc.parameter.lang"), languages)
