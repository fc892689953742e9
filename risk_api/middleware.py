"""What happens around every request, as pure ASGI: no response is buffered, no task is spawned."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_api.errors import BodyTooLarge
from risk_api.problems import problem_response

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: Nothing but this service may feed a page: no script from elsewhere, no frame around it.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: As they are sent: on every answer, so they are written once.
_RAW_SECURITY_HEADERS: Final = [
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
]

#: Characters of a query that are logged.
LONGEST_QUERY: Final = 500

#: Called after each answer with method, route template, status and seconds.
Observer = Callable[[str, str, int, float], None]


def _header(scope: Scope, wanted: bytes) -> str:
    """Return a header of a request, empty where it was not sent."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


@dataclass(frozen=True)
class RequestId:
    """Give every request an id, the caller's own where it is harmless, and return it."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = _header(scope, b"x-request-id")
        request_id = given if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        await self.app(scope, receive, send_with_id)


@dataclass
class AccessLog:
    """Write one structured line per answer and tell the metrics about it."""

    app: ASGIApp
    observe: Observer
    _logger: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        status = 500
        sent = 0

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            seconds = time.perf_counter() - started
            # The template, not the path: labels must not grow with the ids that callers invent.
            template = getattr(scope.get("route"), "path", "unmatched")
            self.observe(method, template, status, seconds)
            # Bound once: finding the configuration anew for every line costs more than the line.
            if self._logger is None:
                self._logger = structlog.get_logger("access").bind()
            self._logger.info(
                "request",
                method=method,
                path=scope["path"],
                query=scope["query_string"].decode("latin-1")[:LONGEST_QUERY],
                status=status,
                bytes=sent,
                duration_ms=round(seconds * 1000.0, 2),
                request_id=scope.get("state", {}).get("request_id"),
            )


@dataclass(frozen=True)
class SecurityHeaders:
    """Tell browsers to load nothing from elsewhere and to guess nothing."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [pair for pair in _RAW_SECURITY_HEADERS if pair[0] not in present]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, send_secured)


@dataclass(frozen=True)
class HeadAsGet:
    """Answer HEAD wherever GET is answered: the same headers, no body (GDAL asks so before it reads)."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The server compares the body with its announced length, except for a HEAD.
                scope["method"] = "HEAD"
            elif message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # In place, so that what the router finds out (the route) stays visible to the middlewares outside.
        scope["method"] = "GET"
        # For an answer that would go on for long: nobody reads it.
        scope.setdefault("state", {})["head_only"] = True
        await self.app(scope, receive, send_without_body)


@dataclass(frozen=True)
class BodyLimit:
    """Refuse a body that is too long: by its announced length before a byte is read, else while reading."""

    app: ASGIApp
    max_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = _header(scope, b"content-length") or "0"
        if not announced.isdigit() or int(announced) > self.max_bytes:
            # The rest of the body is still on the wire: the connection cannot be used again.
            error = BodyTooLarge(limit=str(self.max_bytes), headers={"Connection": "close"})
            await problem_response(error, Request(scope))(scope, receive, send)
            return
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > self.max_bytes:
                    raise BodyTooLarge(limit=str(self.max_bytes), headers={"Connection": "close"})
            return message

        await self.app(scope, receive_counted, send)
