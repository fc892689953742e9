"""Files of the pages: what was bundled is kept for a year and sent as it was compressed at the build."""

from __future__ import annotations

import mimetypes
import os
import stat
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from risk_api.headers import by_preference

#: Names below it carry the hash of their content.
HASHED_FOLDER: Final = "map/"
_FOREVER: Final = "public, max-age=31536000, immutable"
#: Compressed at the build, smallest first: encoding and suffix.
_READY: Final = (("br", ".br"), ("gzip", ".gz"))


class PageFiles(StaticFiles):
    """Serve ``/static``."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed where that was done before and the client reads it."""
        hashed = path.startswith(HASHED_FOLDER) and not path.endswith(".json")
        response = (self._compressed(path, scope) if hashed else None) or await super().get_response(
            path, scope
        )
        if response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = _FOREVER if hashed else "no-cache"
        return response

    def _compressed(self, path: str, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        names = by_preference(accepted.decode("latin-1"))
        for encoding, suffix in _READY:
            full_path, found = self.lookup_path(path + suffix) if encoding in names else ("", None)
            if found is not None and stat.S_ISREG(found.st_mode):
                response = self.file_response(full_path, os.stat(full_path), scope)
                response.headers["Content-Encoding"] = encoding
                response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
                response.headers["Vary"] = "Accept-Encoding"
                return response
        return None
