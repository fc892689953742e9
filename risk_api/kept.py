"""Answers that would be the same again: made once, then sent from memory, before a request is read.

All it takes to know an answer again is its address, its query and five headers; whoever made it says how long
it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_api.bounded import Bounded
from risk_api.encodings import WORTH_IT_BYTES, Encoding, chosen_encoding, compress, is_text

#: Under this key of a scope whoever answers leaves a function that tells whether the answer still holds.
HOLDS: Final = "selrisk.holds"
#: Answers that are kept, and bytes of all their bodies.
_KEPT: Final = 512
_BYTES: Final = 48_000_000
#: A longer body is made anew each time (and compressed quickly), a longer query is nobody's default.
_LONGEST: Final = 6_000_000
_LONGEST_QUERY: Final = 500
#: What an answer weighs besides its body.
_HEAD_BYTES: Final = 2_000
#: Headers of a request that an answer may depend on, beside its path, its query and how it may be compressed.
_DECIDING: Final = frozenset((b"host", b"accept", b"accept-language"))
#: Headers that a 304 repeats (RFC 9110, 15.4.5).
_OF_304: Final = frozenset((b"etag", b"vary", b"cache-control"))
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """An answer as it was sent.

    Attributes
    ----------
    headers : list of (bytes, bytes)
    body : bytes, optional
        None where only its tag is known: the first who asked held it already.
    etag : bytes
    route : object
        What metrics are told.
    holds : callable
        Whether it would be the same now.
    """

    headers: Headers
    body: bytes | None
    etag: bytes
    route: Any
    holds: Callable[[], bool]

    @property
    def bytes(self) -> int:
        """Return what it takes of the memory."""
        return _HEAD_BYTES + len(self.body or b"")


@dataclass(frozen=True)
class _Asked:
    """What an answer depends on, whether it holds for ever, and what the client has of it."""

    key: tuple[Any, ...]
    fixed: bool
    encoding: Encoding | None
    held: bytes


def _always() -> bool:
    return True


class Kept:
    """Sends what was made before.

    An answer is kept if it is a 200 or a 304 with a strong ETag, and either comes from a path whose answers
    never change while the service runs (layers of the region, read once at the start; comparisons and
    footprints of finished runs), or its maker left under `HOLDS` how to find out whether it is what would be
    made now. One that waits for its runs is asked anew each time, and what is wrong is refused anew.

    Parameters
    ----------
    app : ASGI application
    paths : iterable of str
        Whose answers hold for ever.
    pattern : str
        Regular expression of more such paths: those of runs, which have an id in their middle.
    below : str
        Start of the paths whose answers may say how long they hold.
    """

    def __init__(
        self, app: ASGIApp, paths: Iterable[str], pattern: str = r"(?!)", below: str = "/ogc"
    ) -> None:
        self.app = app
        self._paths = frozenset(paths)
        self._pattern = re.compile(pattern)
        self._below = below
        self._answers: Bounded[tuple[Any, ...], Answer] = Bounded(_KEPT, lambda kept: kept.bytes, _BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        asked = self._asked(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        answer = self._answers.peek(asked.key)
        if answer is None or not _serves(answer, asked.held):
            answer = await self._made(asked, scope, receive, send)
            if answer is None:
                return
            long = len(answer.body or b"") > _LONGEST
            if asked.fixed:
                answer = await _encoded(answer, asked, kept=not long)
            if not long:
                self._answers.put(asked.key, answer)
        scope["route"] = answer.route
        await _send(answer, asked.held, send)

    def _asked(self, scope: Scope) -> _Asked | None:
        """Return what an answer depends on, None where it may not be kept."""
        if scope["type"] != "http" or scope["method"] != "GET" or len(scope["query_string"]) > _LONGEST_QUERY:
            return None
        root, path = scope.get("root_path", ""), scope["path"]
        own = path.removeprefix(root)
        fixed = own in self._paths or self._pattern.fullmatch(own) is not None
        if not (fixed or own.startswith(self._below)):
            return None
        encoding, held = None, b""
        deciding = [path, scope["query_string"], scope["scheme"], root]
        for name, value in scope["headers"]:
            if name in _DECIDING:
                deciding.append((name, value))
            elif name == b"accept-encoding":
                encoding = chosen_encoding(value.decode("latin-1"))
            elif name == b"if-none-match":
                held = value
        return _Asked((encoding, *deciding), fixed, encoding, held)

    async def _made(self, asked: _Asked, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Return the answer of the application, or send it as it comes and return None."""
        inner = scope
        if asked.fixed:
            # These answers are compressed here, under a tag of their own: theirs is not what a client holds.
            headers = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]
            inner = {**scope, "headers": headers}
        start: Message | None = None
        body = b""
        passed = False

        async def take(message: Message) -> None:
            nonlocal start, body, passed
            if passed:
                await send(message)
            elif message["type"] == "http.response.start":
                start = message
                # What cannot be kept goes its way at once: it may be a stream.
                passed = not ((asked.fixed or HOLDS in inner) and _is_keepable(start))
                if passed:
                    await send(start)
            else:
                body = message.get("body", b"")
                # A long one of a fixed path is not kept either, but tagged and compressed here.
                if message.get("more_body") or (len(body) > _LONGEST and not asked.fixed):
                    passed = True
                    assert start is not None
                    await send(start)
                    await send(message)

        await self.app(inner, receive, take)
        scope["route"] = inner.get("route")
        if passed or start is None:
            return None
        return Answer(
            list(start["headers"]),
            body if start["status"] == 200 else None,
            dict(start["headers"])[b"etag"],
            scope["route"],
            inner.get(HOLDS, _always),
        )


def _serves(answer: Answer, held: bytes) -> bool:
    """Whether a kept answer can be sent: it holds, and its body is here or not needed."""
    return answer.holds() and (answer.body is not None or _is_held(answer.etag, held))


def _is_held(etag: bytes, held: bytes) -> bool:
    """Whether the client holds what has this tag (RFC 9110, 13.1.2: weak comparison)."""
    return held.strip() == b"*" or etag in [tag.strip().removeprefix(b"W/") for tag in held.split(b",")]


def _is_keepable(start: Message) -> bool:
    etag = dict(start["headers"]).get(b"etag", b"")
    return start["status"] in (200, 304) and etag.startswith(b'"')


async def _encoded(answer: Answer, asked: _Asked, *, kept: bool) -> Answer:
    """Return the answer with its body compressed, under a tag of its own."""
    media_type = dict(answer.headers).get(b"content-type", b"").decode("latin-1")
    body, encoding = answer.body, asked.encoding
    if encoding is None or body is None or len(body) < WORTH_IT_BYTES or not is_text(media_type):
        return answer
    etag = answer.etag[:-1] + f'-{encoding}"'.encode()
    if not kept and _is_held(etag, asked.held):
        # Nobody gets this body, now or later: compressing it would be for nothing.
        tagged = [pair if pair[0] != b"etag" else (b"etag", etag) for pair in answer.headers]
        return replace(answer, headers=tagged, body=None, etag=etag)
    body = await to_thread.run_sync(partial(compress, body, encoding, kept=kept))
    changed = (b"content-length", b"etag")
    headers = [pair for pair in answer.headers if pair[0] not in changed]
    headers += [
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag),
        (b"content-encoding", encoding.encode()),
    ]
    return replace(answer, headers=headers, body=body, etag=etag)


async def _send(answer: Answer, held: bytes, send: Send) -> None:
    """Send an answer, or 304 where the client holds it."""
    body = answer.body
    if body is None or (held and _is_held(answer.etag, held)):
        headers = [pair for pair in answer.headers if pair[0] in _OF_304]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
    await send({"type": "http.response.body", "body": body})
