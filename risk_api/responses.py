"""Answers that a client may keep: strong ETags, 304, and the headers that go with a language."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from risk_api.encodings import chosen_encoding, compress
from risk_api.i18n import Language

#: The same for every answer of data, whatever its form: no cache may let one form grow older than another.
VARY: Final = "Accept, Accept-Encoding, Accept-Language"


#: Made once: `json.dumps` makes one anew wherever its settings are not the plain ones.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_json_bytes(document: Any) -> bytes:
    """Return compact UTF-8 JSON; NaN and infinities are refused because JSON has none (RFC 8259)."""
    return _ENCODER.encode(document).encode()


def strong_etag(body: bytes) -> str:
    """Return the strong validator of a body: equal tags mean equal bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def etag_matches(request: Request, etag: str) -> bool:
    """Whether the client already holds what `etag` stands for (RFC 9110, 13.1.2: weak comparison)."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in held.split(",")]


def cacheable(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    language: Language | None = None,
    max_age_s: int = 0,
    headers: dict[str, str] | None = None,
    compressed: bool = False,
) -> Response:
    """Return `body`, or 304 without it when the client holds the same bytes.

    Parameters
    ----------
    language : str, optional
        Language of the body; sets ``Content-Language`` and ``Vary``.
    max_age_s : int
        How long a cache may answer without asking; 0 makes it ask each time.
    compressed : bool
        Whether the body is sent compressed to those who read that; its tag is that of the compressed bytes.
    """
    encoding = chosen_encoding(request.headers.get("accept-encoding")) if compressed else None
    if encoding is not None:
        body = compress(body, encoding, kept=False)
    etag = strong_etag(body)
    sent = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={max_age_s}" if max_age_s else "no-cache",
        "Vary": VARY,
        **(headers or {}),
        **({"Content-Encoding": encoding} if encoding is not None else {}),
    }
    if language is not None:
        sent["Content-Language"] = language
    if etag_matches(request, etag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)
