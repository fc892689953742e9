"""What happens around every request, as pure ASGI: no response is buffered, no task is spawned."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import getrandbits
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_api.errors import BodyTooLarge
from risk_api.logs import AccessLog, access_log
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

#: What a page on another origin may read besides the body.
EXPOSED_HEADERS: Final = (
    "Accept-Ranges",
    "Content-Crs",
    "Content-Language",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "X-Request-Id",
)
#: What a page on another origin may send besides what browsers always allow; map clients ask for ranges.
CORS_REQUEST_HEADERS: Final = (
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    "Prefer",
    "Range",
    "X-Request-Id",
)
#: POST asks for runs, as a GET of an answer that is not made yet does; nothing else is changed by it.
CORS_METHODS: Final = ("GET", "HEAD", "POST")

#: As they are sent: on every answer, so they are written once. Who may read an answer is said whether or not
#: its request came from another origin, so that a cache cannot give a page an answer that it may not read.
_CORS_HEADERS: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode()),
]
_RAW_HEADERS: Final = [
    *((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()),
    *_CORS_HEADERS,
]
_RAW_NAMES: Final = frozenset(name for name, _ in _RAW_HEADERS)

#: Characters of a query that are logged.
LONGEST_QUERY: Final = 500

#: Called after each answer with method, route template, status and seconds.
Observer = Callable[[str, str, int, float], None]


def _header(scope: Scope, wanted: bytes) -> str:
    """Return a header of a request, empty where it was not sent."""
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value, "latin-1")
    return ""


class Envelope:
    """What stands around every answer: its id, what browsers may do with it, a log line, a measurement.

    All in one, because every answer passes it: each class more between would cost as much as a log line.

    Parameters
    ----------
    app : ASGI application
    observe : callable
        Told about each answer once it has been sent.
    """

    def __init__(self, app: ASGIApp, observe: Observer) -> None:
        self.app = app
        self.observe = observe
        self._log: AccessLog | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        # The caller's own id where it is harmless.
        given = _header(scope, b"x-request-id")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        sent = 0

        async def send_around(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                message["headers"] = [
                    *headers,
                    *_around(status, headers),
                    (b"x-request-id", request_id.encode()),
                ]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_around)
        finally:
            seconds = time.perf_counter() - started
            # The template, not the path: labels must not grow with the ids that callers invent.
            self.observe(method, getattr(scope.get("route"), "path", "unmatched"), status, seconds)
            # Bound once: finding the configuration anew for every line costs more than the line.
            if self._log is None:
                self._log = access_log()
            self._log(
                method=method,
                path=scope["path"],
                query=scope["query_string"].decode("latin-1")[:LONGEST_QUERY],
                status=status,
                bytes=sent,
                duration_ms=round(seconds * 1000.0, 2),
                request_id=request_id,
            )


def _around(status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of every answer but those that this one sets itself, as a page with its policy."""
    if status == 304:
        # What browsers may do with the answer was said with it (RFC 9110, 15.4.5).
        return _CORS_HEADERS
    present = {name for name, _ in headers}
    if present.isdisjoint(_RAW_NAMES):
        return _RAW_HEADERS
    return [pair for pair in _RAW_HEADERS if pair[0] not in present]


class Preflight:
    """Answer browsers that ask before they send; that the answer itself may be read, `Envelope` says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._preflight = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=CORS_METHODS,
            allow_headers=CORS_REQUEST_HEADERS,
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        asks = scope["type"] == "http" and scope["method"] == "OPTIONS"
        await (self._preflight if asks else self.app)(scope, receive, send)


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
