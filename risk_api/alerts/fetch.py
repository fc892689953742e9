"""One document of somebody else's server: bounded in bytes and in seconds, from nowhere but there."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

if TYPE_CHECKING:
    from http.client import HTTPMessage, HTTPResponse

#: Longest document that is read, bytes, and longest wait for the whole of one, s.
MOST_BYTES: Final = 2_000_000
WAIT_S: Final = 15.0
_AT_ONCE: Final = 65_536
_PORTS: Final = {"http": 80, "https": 443}


def fetch(address: str, wait_s: float = WAIT_S) -> bytes:
    """Return what stands at an address.

    Parameters
    ----------
    address : str
        http or https. Redirects are followed on the same scheme, host and port only.
    wait_s : float
        For the whole document, however slowly it comes.

    Raises
    ------
    OSError
        If it cannot be had, is longer than 2 MB, takes longer, or is sent elsewhere.
    """
    if server_of(address) is None:
        raise OSError("not an address of the web, or one with a name and a password")
    headers = {"Accept": "application/cap+xml, application/xml", "User-Agent": "selrisk"}
    request = Request(address, headers=headers)
    opened: list[http.client.HTTPConnection] = []
    opener = build_opener(_SameOrigin(), _Http(opened), _Https(opened))
    until = time.monotonic() + wait_s
    try:
        with _cut_off(opened, wait_s), opener.open(request, timeout=wait_s) as answer:
            return _read(answer, until)
    except (http.client.InvalidURL, ValueError) as error:
        # Its text holds a part of the address, which may be a secret.
        raise OSError(type(error).__name__) from None
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from None


def server_of(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address of the web, in the one form that each has.

    None where it is no such address, or holds a name and a password, which are never sent.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


def _read(answer: HTTPResponse, until: float) -> bytes:
    body = bytearray()
    while chunk := answer.read1(_AT_ONCE):
        body += chunk
        if len(body) > MOST_BYTES:
            raise OSError(f"longer than {MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise TimeoutError("it comes too slowly")
    return bytes(body)


@contextlib.contextmanager
def _cut_off(opened: list[http.client.HTTPConnection], wait_s: float) -> Iterator[None]:
    """End connections that are still at their headers after `wait_s`: each byte of them may be in time."""

    def end() -> None:
        for connection in opened:
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(wait_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _SameOrigin(HTTPRedirectHandler):
    """Follows a redirect on the same server; a feed cannot send the service about the network."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if server_of(newurl) != server_of(req.full_url):
            raise HTTPError(req.full_url, code, "redirected to another server", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Http(HTTPHandler):
    def __init__(self, opened: list[http.client.HTTPConnection]) -> None:
        super().__init__()
        self._opened = opened

    def http_open(self, req: Request) -> HTTPResponse:
        def connection(host: str, **options: Any) -> http.client.HTTPConnection:
            self._opened.append(http.client.HTTPConnection(host, **options))
            return self._opened[-1]

        return self.do_open(connection, req)


class _Https(HTTPSHandler):
    def __init__(self, opened: list[http.client.HTTPConnection]) -> None:
        super().__init__()
        self._opened = opened

    def https_open(self, req: Request) -> HTTPResponse:
        context = ssl.create_default_context()

        def connection(host: str, **options: Any) -> http.client.HTTPConnection:
            self._opened.append(http.client.HTTPSConnection(host, context=context, **options))
            return self._opened[-1]

        return self.do_open(connection, req)
