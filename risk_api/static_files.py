"""Files of the pages: sent compressed, and kept for a year where their address has their hash."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from risk_api.encodings import WORTH_IT_BYTES, Encoding, chosen_encoding, compress, is_text
from risk_api.headers import by_preference
from risk_api.responses import etag_matches, strong_etag

STATIC: Final = Path(__file__).parent / "web" / "static"
#: Names below it carry the hash of their content.
HASHED_FOLDER: Final = "map/"
PAGE_STYLE: Final = "page.css"
_FOREVER: Final = "public, max-age=31536000, immutable"
#: Compressed at the build, smallest first: encoding and suffix.
_READY: Final = (("br", ".br"), ("gzip", ".gz"))


def _accepted(scope: Scope) -> str:
    accepted: bytes = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    return accepted.decode("latin-1")


@lru_cache(1)
def page_style_version() -> str:
    """Return the hash of the style sheet of the pages, which its address carries."""
    return hashlib.sha256((STATIC / PAGE_STYLE).read_bytes()).hexdigest()[:10]


def page_style_address(root: str) -> str:
    """Return where pages find their style sheet, below the service's root path."""
    return f"{root}/static/{PAGE_STYLE}?v={page_style_version()}"


@lru_cache(16)
def _compressed_here(path: str, _modified: float, encoding: Encoding) -> bytes:
    return compress(Path(path).read_bytes(), encoding, kept=True)


class PageFiles(StaticFiles):
    """Serve ``/static``."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed where that was done before and the client reads it."""
        bundled = path.startswith(HASHED_FOLDER) and not path.endswith(".json")
        response = self._ready(path, scope) if bundled else await self._on_the_way(path, scope)
        response = response or await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            named = path == PAGE_STYLE and scope["query_string"] == f"v={page_style_version()}".encode()
            response.headers["Cache-Control"] = _FOREVER if bundled or named else "no-cache"
        return response

    async def _on_the_way(self, path: str, scope: Scope) -> Response | None:
        """Return a text of the project compressed, None where the client reads it only as it is."""
        encoding = chosen_encoding(_accepted(scope))
        full_path, found = self.lookup_path(path)
        media_type = mimetypes.guess_type(path)[0] or ""
        if encoding is None or found is None or not stat.S_ISREG(found.st_mode) or not is_text(media_type):
            return None
        if found.st_size < WORTH_IT_BYTES or scope["method"] not in ("GET", "HEAD"):
            return None
        body = await to_thread.run_sync(partial(_compressed_here, full_path, found.st_mtime, encoding))
        headers = {"Content-Encoding": encoding, "Vary": "Accept-Encoding", "ETag": strong_etag(body)}
        if etag_matches(Request(scope), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=media_type)

    def _ready(self, path: str, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        names = by_preference(_accepted(scope))
        for encoding, suffix in _READY:
            full_path, found = self.lookup_path(path + suffix) if encoding in names else ("", None)
            if found is not None and stat.S_ISREG(found.st_mode):
                response = self.file_response(full_path, os.stat(full_path), scope)
                response.headers["Content-Encoding"] = encoding
                response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
                response.headers["Vary"] = "Accept-Encoding"
                return response
        return None
