"""From a call to its answer: 304 before any work, kept bodies, compression, one set of headers for all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from anyio import to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from risk_api.bounded import Bounded
from risk_api.build_id import build_id
from risk_api.encodings import WORTH_IT_BYTES, Encoding, compress, is_text
from risk_api.kept import HOLDS
from risk_api.ogc.call import Call, Formats
from risk_api.responses import VARY, to_json_bytes

#: Bodies kept ready: documents, whole collections, and their compressed forms.
_KEPT_BODIES: Final = 96
#: Longer bodies are made again: all that are kept may take 48 MB.
_LONGEST_KEPT: Final = 500_000
_VARY: Final = VARY.encode()
_HEADERS: Final = ((b"vary", _VARY), (b"cache-control", b"no-cache"))


@dataclass(frozen=True)
class Made:
    """A body and what is said of it.

    Attributes
    ----------
    body : bytes
    kept : bool
        Whether the next who asks the same should get it ready.
    headers : tuple of (bytes, bytes)
    """

    body: bytes
    kept: bool = True
    headers: tuple[tuple[bytes, bytes], ...] = ()


class RawAnswer(Response):
    """A response whose headers are written already."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = body
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


def holds_while(call: Call, version: str, now: Callable[[], str]) -> None:
    """Let the answer to a call be sent again without asking anybody, for as long as its version is current.

    Parameters
    ----------
    now : callable
        Returns the version as it is when it is called, within some microseconds. It must not keep the call.
    """
    call.scope[HOLDS] = lambda: now() == version


@dataclass(frozen=True)
class Answering:
    """Makes answers and keeps those that are asked for again."""

    bodies: Bounded[str, Made] = field(default_factory=lambda: Bounded(_KEPT_BODIES))

    def tag(self, call: Call, version: str, format: str) -> str:
        """Return the name of a representation: equal names mean equal bytes.

        Everything that the bytes depend on is in it: the data, the address that links start with, the path,
        the query, the format, the language.
        """
        parts = (version, call.base, call.path, call.query, format, call.language)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    def not_modified(self, call: Call, tag: str) -> Response | None:
        """Return 304 if the client holds the representation, before anything of it is made.

        A tag that was never given out matches nothing, so a query that is refused is never answered by 304.
        """
        held = call.headers.get("if_none_match")
        if held is None or tag not in held:
            return None
        for candidate in (f'"{tag}-{call.encoding}"', f'"{tag}"'):
            if candidate in held:
                headers = [(b"etag", candidate.encode()), *_HEADERS]
                return RawAnswer(304, headers)
        return None

    async def answer(
        self, call: Call, tag: str, media_type: str, make: Callable[[], Made], *, in_thread: bool = False
    ) -> Response:
        """Return the representation of `tag`, made by `make` unless it is kept."""
        encoding = call.encoding if is_text(media_type) else None
        made, etag = None, f"{tag}-{encoding}"
        if encoding is not None:
            made = self.bodies.peek(etag)
        if made is None:
            made = await self._made(call, tag, make, in_thread)
            if encoding is not None and len(made.body) >= WORTH_IT_BYTES:
                made = await self._compressed(made, etag, encoding)
            else:
                etag, encoding = tag, None
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-language", call.language.encode()),
            (b"content-length", str(len(made.body)).encode()),
            (b"etag", f'"{etag}"'.encode()),
            *_HEADERS,
            *made.headers,
        ]
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
        return RawAnswer(200, headers, made.body)

    async def document(
        self,
        call: Call,
        version: str,
        formats: Formats,
        make: Callable[[Call, str], Mapping[str, Any]],
        *,
        known: tuple[str, ...] = (),
        in_thread: bool = False,
        now: Callable[[], str] | None = None,
    ) -> Response:
        """Return a document as JSON or as a page.

        Parameters
        ----------
        version : str
            Equal versions mean equal documents, for the same build and region.
        make : callable
            Makes it in a format, as what JSON has.
        known : tuple of str
            Parameters beside ``f`` and ``lang``.
        in_thread : bool
            Whether making it may read files.
        now : callable, optional
            Returns the version as it is when it is called; see `holds_while`.
        """
        if now is not None:
            holds_while(call, version, now)
        format = call.format(formats)
        tag = self.tag(call, f"{build_id()}{call.service.region.version}{version}", format)
        held = self.not_modified(call, tag)
        if held is not None:
            return held
        call.refuse_unknown(known)

        def body() -> Made:
            document = make(call, format)
            if format != "html":
                return Made(to_json_bytes(document))
            from risk_api.ogc.pages import document_page

            return Made(document_page(call, document))

        return await self.answer(call, tag, dict(formats)[format], body, in_thread=in_thread)

    async def _made(self, call: Call, tag: str, make: Callable[[], Made], in_thread: bool) -> Made:
        made = self.bodies.peek(tag)
        if made is None:
            made = await to_thread.run_sync(make, limiter=call.service.sampling) if in_thread else make()
            self._keep(tag, made)
        return made

    async def _compressed(self, made: Made, etag: str, encoding: Encoding) -> Made:
        if not made.kept:
            return replace(made, body=compress(made.body, encoding, kept=False))
        body = await to_thread.run_sync(partial(compress, made.body, encoding, kept=True))
        ready = replace(made, body=body)
        self._keep(etag, ready)
        return ready

    def _keep(self, tag: str, made: Made) -> None:
        if made.kept and len(made.body) <= _LONGEST_KEPT:
            self.bodies.put(tag, made)
