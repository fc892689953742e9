"""Compressed bodies: the codecs of pyarrow, which is here anyway, loaded when the first body wants one."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Final, Literal

from risk_api.headers import by_preference

Encoding = Literal["zstd", "br", "gzip"]
#: Best first: the quickest to read at the smallest size.
ENCODINGS: Final[tuple[Encoding, ...]] = ("zstd", "br", "gzip")
#: A body shorter than this fits two packets anyway.
WORTH_IT_BYTES: Final = 2000
#: Levels for a body that is kept, and for one that is sent once.
_KEPT_LEVEL: Final[dict[Encoding, int]] = {"zstd": 15, "br": 9, "gzip": 9}
_LIVE_LEVEL: Final[dict[Encoding, int]] = {"zstd": 3, "br": 3, "gzip": 1}


@lru_cache(256)
def chosen_encoding(accept_encoding: str | None) -> Encoding | None:
    """Return the best encoding that a client reads, None where it names none (RFC 9110, 12.5.3)."""
    names = by_preference(accept_encoding)
    return next((encoding for encoding in ENCODINGS if encoding in names), None)


def compress(body: bytes, encoding: Encoding, *, kept: bool) -> bytes:
    """Return a body compressed: well where it is `kept` for the next who asks, quickly where it is not."""
    level = (_KEPT_LEVEL if kept else _LIVE_LEVEL)[encoding]
    if encoding == "gzip":
        return gzip.compress(body, level, mtime=0)
    from pyarrow import Codec

    codec = Codec("brotli" if encoding == "br" else encoding, compression_level=level)
    compressed: bytes = codec.compress(body, asbytes=True)
    return compressed


def is_text(media_type: str) -> bool:
    """Whether compressing it makes it smaller: files for GIS are dense, or compressed inside."""
    return "json" in media_type or media_type.startswith("text/")
