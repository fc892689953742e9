"""The OpenAPI document and its page, with nothing fetched from anywhere else."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from risk_api import __version__
from risk_api.errors import RouteNotFound
from risk_api.problems import MEDIA_TYPE

#: Files of the package fastapi-offline (MIT; Swagger UI inside it is Apache-2.0) that the page needs.
SWAGGER_FILES: Final = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>selrisk: requests and answers</title>
<link rel="stylesheet" href="{root}/docs/swagger-ui.css">
<script src="{root}/docs/swagger-ui-bundle.js" defer></script>
<script src="{root}/static/docs.js" defer></script>
</head>
<body>
<noscript>
<p>This page needs JavaScript. The same document as JSON: <a href="{root}/openapi.json">/openapi.json</a>.</p>
</noscript>
<div id="swagger-ui" data-document="{root}/openapi.json"></div>
</body>
</html>
"""

_DESCRIPTION: Final = (
    "Which districts a mudflow reaches, how many people and buildings, how soon, and what the dams change. "
    "Every error is a problem document (RFC 9457); an unknown query parameter is one. An answer whose runs "
    "are not made yet is 202 with the address of a job in Location."
)

_PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "request_id": {"type": ["string", "null"]},
    },
}


def build_document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: 422 replaced by the problem document that is really sent."""
    document = get_openapi(
        title="selrisk",
        version=__version__,
        description=_DESCRIPTION,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            # The docstring of a route is its one line; FastAPI makes the function's name the summary.
            operation["summary"] = operation.pop("description", operation.get("summary", ""))
            operation["responses"]["4XX"] = {"description": "What was wrong with the request", **problem}
            operation["responses"]["5XX"] = {"description": "A fault of the service", **problem}
    return document


def add_documentation(app: FastAPI) -> None:
    """Serve ``/docs`` and ``/openapi.json``."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build_document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def page(request: Request) -> Response:
        return HTMLResponse(_PAGE.format(root=request.scope.get("root_path", "")))

    @app.get("/docs/{name}", include_in_schema=False)
    async def asset(request: Request, name: str) -> Response:
        spec = find_spec("fastapi_offline")
        if name not in SWAGGER_FILES or spec is None or spec.origin is None:
            raise RouteNotFound(path=request.url.path[:200])
        file = Path(spec.origin).parent / "static" / name
        return FileResponse(
            file, media_type=SWAGGER_FILES[name], headers={"Cache-Control": "public, max-age=86400"}
        )
