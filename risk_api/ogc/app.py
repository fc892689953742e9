"""The resources under ``/ogc`` and the way to them: one ASGI function, no framework between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from risk_api.build_id import build_id
from risk_api.errors import MethodNotAllowed, RiskError, RouteNotFound
from risk_api.features.catalogue import Collection
from risk_api.features.table import FeatureTable
from risk_api.ogc import documents, items, schemas
from risk_api.ogc.answer import Answering, Made
from risk_api.ogc.call import Call, Formats
from risk_api.ogc.links import API, DOCUMENT, ITEM, ITEMS, JSON_SCHEMA
from risk_api.problems import answer_to
from risk_api.responses import to_json_bytes

PREFIX: Final = "/ogc"
ALLOWED: Final = "GET, HEAD, OPTIONS"


@dataclass(frozen=True)
class Template:
    """What metrics call a path: its form, not the ids in it."""

    path: str


@dataclass(frozen=True)
class Ogc:
    """``/ogc`` and everything below, with and without a slash at the end; every other path goes on to `app`.

    It stands before the application's routes: a page of features costs less than finding its route would.
    """

    app: ASGIApp
    _answering: Answering = field(default_factory=Answering)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        path = _path(scope) if scope["type"] == "http" else ""
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self.app(scope, receive, send)
            return
        try:
            response = await self._respond(scope, path[len(PREFIX) :].strip("/"))
        except RiskError as error:
            response = answer_to(error, Request(scope))
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, path: str) -> Response:
        scope["route"] = Template("unmatched")
        if scope["method"] != "GET":
            raise MethodNotAllowed(method=scope["method"][:20], allowed=ALLOWED, headers={"Allow": ALLOWED})
        return await self._answer(Call.of(scope, path), path.split("/"), scope)

    async def _answer(self, call: Call, parts: list[str], scope: Scope) -> Response:
        match parts:
            case [""]:
                scope["route"] = Template(PREFIX)
                return await self._document(call, "static", DOCUMENT, documents.landing)
            case ["conformance"]:
                scope["route"] = Template(f"{PREFIX}/conformance")
                return await self._document(call, "static", DOCUMENT, documents.conformance)
            case ["api"]:
                scope["route"] = Template(f"{PREFIX}/api")
                return await self._api(call)
            case ["collections"]:
                scope["route"] = Template(f"{PREFIX}/collections")
                return await self._collections(call)
            case ["collections", name]:
                scope["route"] = Template(f"{PREFIX}/collections/{{id}}")
                found = await _collection(call, name)
                return await self._document(
                    call, found.version, DOCUMENT, lambda call, form: documents.collection(call, form, found)
                )
            case ["collections", name, "items"]:
                scope["route"] = Template(f"{PREFIX}/collections/{{id}}/items")
                return await self._items(call, await _collection(call, name))
            case ["collections", name, "items", feature_id]:
                scope["route"] = Template(f"{PREFIX}/collections/{{id}}/items/{{feature}}")
                return await self._feature(call, await _collection(call, name), feature_id)
            case ["collections", name, "queryables" | "schema" as kind]:
                scope["route"] = Template(f"{PREFIX}/collections/{{id}}/{kind}")
                found = await _collection(call, name)
                make = schemas.queryables if kind == "queryables" else schemas.schema
                return await self._document(
                    call, found.version, JSON_SCHEMA, lambda call, _: make(call, found)
                )
        raise RouteNotFound(path=f"{PREFIX}/{call.path}"[:200])

    async def _document(
        self,
        call: Call,
        version: str,
        formats: Formats,
        make: Callable[[Call, str], Mapping[str, Any]],
        *,
        in_thread: bool = False,
    ) -> Response:
        """Return a document as JSON or as a page."""
        format = call.format(formats)
        tag = self._answering.tag(call, f"{build_id()}{call.service.region.version}{version}", format)
        held = self._answering.not_modified(call, tag)
        if held is not None:
            return held
        call.refuse_unknown(())

        def body() -> Made:
            document = make(call, format)
            if format == "json":
                return Made(to_json_bytes(document))
            from risk_api.ogc.pages import document_page

            return Made(document_page(call, document))

        return await self._answering.answer(call, tag, dict(formats)[format], body, in_thread=in_thread)

    async def _collections(self, call: Call) -> Response:
        catalogue = call.service.catalogue
        return await self._document(
            call,
            _joined(catalogue.ids()),
            DOCUMENT,
            lambda call, form: documents.collections(call, form, catalogue.all()),
            in_thread=True,
        )

    async def _api(self, call: Call) -> Response:
        from risk_api.ogc.openapi import document

        catalogue = call.service.catalogue
        return await self._document(
            call,
            _joined(catalogue.ids()),
            API,
            lambda call, _: document(call, catalogue.all()),
            in_thread=True,
        )

    async def _items(self, call: Call, found: Collection) -> Response:
        format = call.format(ITEMS)
        tag = self._answering.tag(call, found.version, format)
        held = self._answering.not_modified(call, tag)
        if held is not None:
            return held
        call.refuse_unknown((*items.PARAMETERS, *items.asked_columns(found)))
        crs = items.answer_crs(call)
        table = await _table(call, found)
        shown = items.page(call, found, table)

        def body() -> Made:
            sent = items.headers(call, shown, format)
            kept = shown.is_whole
            if format == "json":
                return Made(items.geojson(call, found, shown), kept, sent)
            if format == "csv":
                return Made(shown.csv(crs, call.language), kept, sent)
            if format == "html":
                from risk_api.ogc.pages import items_page

                return Made(items_page(call, found, shown), kept, sent)
            return Made(shown.file(format, crs), kept, sent)

        return await self._answering.answer(
            call, tag, dict(ITEMS)[format], body, in_thread=format not in ("json", "csv")
        )

    async def _feature(self, call: Call, found: Collection, feature_id: str) -> Response:
        format = call.format(ITEM)
        tag = self._answering.tag(call, found.version, format)
        held = self._answering.not_modified(call, tag)
        if held is not None:
            return held
        call.refuse_unknown(("crs",))
        items.answer_crs(call)
        table = await _table(call, found)
        table.place(feature_id)

        def body() -> Made:
            sent = items.headers(call, None, format)
            if format == "json":
                return Made(items.feature(call, found, table, feature_id), kept=False, headers=sent)
            from risk_api.ogc.pages import feature_page

            return Made(feature_page(call, found, table, feature_id), kept=False, headers=sent)

        return await self._answering.answer(call, tag, dict(ITEM)[format], body)


def _path(scope: Scope) -> str:
    """Return the path below what a proxy has put before it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


def _joined(ids: Any) -> str:
    return hashlib.blake2b("\n".join(ids).encode(), digest_size=10).hexdigest()


async def _collection(call: Call, name: str) -> Collection:
    """Return a collection; a layer that nobody has read yet is read in a thread, and once."""
    catalogue = call.service.catalogue
    if catalogue.is_read(name):
        return catalogue.get(name)
    return await to_thread.run_sync(catalogue.get, name, limiter=call.service.sampling)


async def _table(call: Call, found: Collection) -> FeatureTable:
    """Return a collection's features; what has to be read from a run is read in a thread."""
    held = call.service.catalogue.held(found)
    if held is not None:
        return held
    return await to_thread.run_sync(call.service.catalogue.table, found, limiter=call.service.sampling)
