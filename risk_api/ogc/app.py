"""The way to what is under ``/ogc``: one ASGI function before the routes, no framework between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from risk_api.errors import MethodNotAllowed, RiskError, RouteNotFound
from risk_api.ogc.answer import Answering, RawAnswer
from risk_api.ogc.call import Call
from risk_api.ogc.common import common
from risk_api.ogc.part import Part, Paths
from risk_api.ogc.parts import PARTS
from risk_api.problems import answer_to

PREFIX: Final = "/ogc"


@dataclass(frozen=True)
class Template:
    """What metrics call a path: its form, not the ids in it."""

    path: str


_UNMATCHED: Final = Template("unmatched")


class Ogc:
    """``/ogc`` and everything below, with and without a slash at the end; every other path goes on to `app`.

    It stands before the application's routes: a page of features costs less than finding its route would.

    Parameters
    ----------
    app : ASGI application
    parts : sequence of Part, optional
        What there is besides the documents that show it.
    """

    def __init__(self, app: ASGIApp, parts: Sequence[Part] = PARTS) -> None:
        self.app = app
        routes = [route for part in (common(parts), *parts) for route in part.routes]
        self._paths = Paths(routes)
        self._templates = {
            route.template: Template(f"{PREFIX}/{route.template}".rstrip("/")) for route in routes
        }
        self._answering = Answering()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        path = _path(scope) if scope["type"] == "http" else ""
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self.app(scope, receive, send)
            return
        try:
            response = await self._respond(scope, receive, path[len(PREFIX) :].strip("/"))
        except RiskError as error:
            response = answer_to(error, Request(scope))
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, path: str) -> Response:
        found = self._paths.find(path)
        if found is None:
            scope["route"] = _UNMATCHED
            raise RouteNotFound(path=f"{PREFIX}/{path}"[:200])
        route, values = found
        scope["route"] = self._templates[route.template]
        handler = route.methods.get(scope["method"])
        if handler is None:
            allowed = route.allowed
            if scope["method"] == "OPTIONS":
                return RawAnswer(204, [(b"allow", allowed.encode())])
            raise MethodNotAllowed(method=scope["method"][:20], allowed=allowed, headers={"Allow": allowed})
        return await handler(Call.of(scope, receive, path, values), self._answering)


def _path(scope: Scope) -> str:
    """Return the path below what a proxy has put before it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path
