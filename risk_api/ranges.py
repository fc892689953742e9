"""Files that are read in parts: byte ranges, as /vsicurl/ of GDAL and PMTiles ask them (RFC 9110, 14)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from risk_api.errors import RangeNotSatisfiable
from risk_api.responses import etag_matches

_RANGE: Final = re.compile(r"bytes=(\d+)-\d*$")


def ranged_file(
    request: Request, path: Path, *, media_type: str, etag: str, cache_control: str, filename: str
) -> Response:
    """Return a file or the range of it that was asked for; 304 where the client holds it.

    Parameters
    ----------
    request : Request
    path : Path
    media_type : str
    etag : str
        Strong and quoted: what ``If-Range`` and ``If-None-Match`` are compared with.
    cache_control : str
    filename : str
        What a browser saves it as.

    Raises
    ------
    RangeNotSatisfiable
        If the range begins behind the end.
    """
    headers = {"ETag": etag, "Cache-Control": cache_control}
    if etag_matches(request, etag):
        return Response(status_code=304, headers=headers)
    size = path.stat().st_size
    asked = request.headers.get("range", "")
    match = _RANGE.fullmatch(asked)
    if match and int(match[1]) >= size:
        raise RangeNotSatisfiable(
            range=asked[:60], size=str(size), headers={"Content-Range": f"bytes */{size}"}
        )
    return FileResponse(path, media_type=media_type, headers=headers, filename=filename)
