"""From a tile set to the bytes on the wire, whichever way the request came."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from risk_api.ogc.answer import RawAnswer

if TYPE_CHECKING:
    from risk_api.tiles.matrix import Tile
    from risk_api.tiles.store import TileSet

#: A tile at an address with the version of its data never changes.
FOREVER: Final = b"public, max-age=31536000, immutable"
ASK_EACH_TIME: Final = b"no-cache"
_ACCEPT_ENCODING: Final = (b"vary", b"Accept-Encoding")


def tile_answer(found: TileSet, tile: Tile, *, fresh: bool, accept_encoding: str, held: str) -> RawAnswer:
    """Return a tile, an empty one, 204 where there is none, or 304 where the client holds it.

    Parameters
    ----------
    found : TileSet
    tile : Tile
        One that the set's zooms and the matrix have.
    fresh : bool
        Whether the address carries the version of the data.
    accept_encoding, held : str
        ``Accept-Encoding`` and ``If-None-Match`` of the request.
    """
    zipped = found.gzipped and "gzip" in accept_encoding
    etag = found.etags[zipped]
    headers = [(b"etag", etag.encode()), (b"cache-control", FOREVER if fresh else ASK_EACH_TIME)]
    if found.gzipped:
        headers.append(_ACCEPT_ENCODING)
    if held and (etag in held or held == "*"):
        return RawAnswer(304, headers)
    data = found.get(tile)
    if data is None:
        data = found.empty
    elif found.gzipped and not zipped:
        data = gzip.decompress(data)
    if data is None:
        return RawAnswer(204, headers)
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-type", found.media_type.encode()))
    headers.append((b"content-length", str(len(data)).encode()))
    return RawAnswer(200, headers, data)
