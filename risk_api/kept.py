"""Answers of ``/v1`` that cannot change while the service runs: made once, then sent from memory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_api.bounded import Bounded
from risk_api.encodings import WORTH_IT_BYTES, Encoding, chosen_encoding, compress, is_text

#: All that are kept take at most 48 MB.
_KEPT: Final = 96
_LONGEST: Final = 500_000
_LONGEST_QUERY: Final = 500
#: Headers of a request that an answer may depend on, beside its path and query.
_DECIDING: Final = frozenset((b"host", b"accept", b"accept-language"))
#: Headers that say something of a body.
_OF_A_BODY: Final = frozenset(
    (b"content-length", b"content-type", b"content-encoding", b"content-disposition")
)
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """An answer as it was sent, its tag and the route that made it."""

    headers: Headers
    body: bytes
    etag: bytes
    route: Any


@dataclass(frozen=True)
class _Asked:
    key: tuple[Any, ...]
    encoding: Encoding | None
    held: bytes


class Kept:
    """Sends what was made before, where a path's answers depend on nothing but the question.

    That is so for the layers of the region, read once at the start, and for comparisons and footprints of
    finished runs, which never change. Only an answer 200 with a strong ETag is kept: one that waits for its
    runs is asked anew each time, and what is wrong is refused anew.

    Parameters
    ----------
    app : ASGI application
    paths : iterable of str
        Whose answers may be kept.
    pattern : str
        Regular expression of more such paths: those of runs, which have an id in their middle.
    """

    def __init__(self, app: ASGIApp, paths: Iterable[str], pattern: str = r"(?!)") -> None:
        self.app = app
        self._paths = frozenset(paths)
        self._pattern = re.compile(pattern)
        self._answers: Bounded[tuple[Any, ...], Answer] = Bounded(_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        asked = self._asked(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        answer = self._answers.peek((asked.key, asked.encoding))
        if answer is None:
            plain = self._answers.peek((asked.key, None))
            if plain is None:
                plain = await self._made(scope, receive, send)
                if plain is None:
                    return
                self._answers.put((asked.key, None), plain)
            answer = await _encoded(plain, asked.encoding)
            self._answers.put((asked.key, asked.encoding), answer)
        scope["route"] = answer.route
        await _send(answer, asked.held, send)

    def _asked(self, scope: Scope) -> _Asked | None:
        """Return what an answer depends on, None where it may not be kept."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        if scope["path"] not in self._paths and not self._pattern.fullmatch(scope["path"]):
            return None
        if len(scope["query_string"]) > _LONGEST_QUERY:
            return None
        deciding, encoding, held = [], None, b""
        for name, value in scope["headers"]:
            if name in _DECIDING:
                deciding.append((name, value))
            elif name == b"accept-encoding":
                encoding = chosen_encoding(value.decode("latin-1"))
            elif name == b"if-none-match":
                held = value
        place = (scope["path"], scope["query_string"], scope["scheme"], scope.get("root_path", ""))
        return _Asked((*place, *sorted(deciding)), encoding, held)

    async def _made(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Return the answer of the application, or send it and return None where it cannot be kept."""
        inner = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]}
        start: Message | None = None
        body = b""
        passed = False

        async def take(message: Message) -> None:
            nonlocal start, body, passed
            if passed:
                await send(message)
            elif message["type"] == "http.response.start":
                start = message
            else:
                assert start is not None
                body = message.get("body", b"")
                if message.get("more_body") or not _keepable(start, body):
                    passed = True
                    await send(start)
                    await send(message)

        await self.app(inner, receive, take)
        scope["route"] = inner.get("route")
        if passed or start is None:
            return None
        headers: Headers = list(start["headers"])
        return Answer(headers, body, dict(headers)[b"etag"], scope["route"])


def _keepable(start: Message, body: bytes) -> bool:
    etag = dict(start["headers"]).get(b"etag", b"")
    return start["status"] == 200 and etag.startswith(b'"') and len(body) <= _LONGEST


async def _encoded(answer: Answer, encoding: Encoding | None) -> Answer:
    """Return the answer with its body compressed, under a tag of its own."""
    media_type = dict(answer.headers).get(b"content-type", b"").decode("latin-1")
    if encoding is None or len(answer.body) < WORTH_IT_BYTES or not is_text(media_type):
        return answer
    body = await to_thread.run_sync(partial(compress, answer.body, encoding, kept=True))
    etag = answer.etag[:-1] + f'-{encoding}"'.encode()
    changed = (b"content-length", b"etag")
    headers = [pair for pair in answer.headers if pair[0] not in changed]
    headers += [
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag),
        (b"content-encoding", encoding.encode()),
    ]
    return replace(answer, headers=headers, body=body, etag=etag)


async def _send(answer: Answer, held: bytes, send: Send) -> None:
    """Send an answer, or 304 where the client holds it (RFC 9110, 13.1.2: weak comparison)."""
    if held and (
        held.strip() == b"*" or answer.etag in [tag.strip().removeprefix(b"W/") for tag in held.split(b",")]
    ):
        headers = [pair for pair in answer.headers if pair[0] not in _OF_A_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
