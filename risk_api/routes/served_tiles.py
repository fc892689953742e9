"""What routes of tiles answer with, whatever the tiles are of: TileJSON, legends, tiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES
from risk_api.ogc.answer import RawAnswer
from risk_api.ogc.call import Call
from risk_api.responses import cacheable, to_json_bytes
from risk_api.tiles.answer import tile_answer
from risk_api.tiles.documents import tilejson
from risk_api.tiles.matrix import Tile
from risk_api.tiles.store import TileSet

VersionQuery = Annotated[
    str | None, Query(description="Data version as TileJSON has it; with it a client may keep the tile.")
]


def service_base(request: Request) -> str:
    """Return the address of the service as the client sees it: map clients want whole addresses."""
    return Call.of(request.scope, request.receive, "", {}).service_base


def tilejson_answer(request: Request, found: TileSet, language: Language) -> Response:
    """Return the TileJSON of a tile set."""
    body = to_json_bytes(tilejson(found, service_base(request), language))
    return cacheable(request, body, MEDIA_TYPES["json"], language=language)


def legend_answer(request: Request, found: TileSet) -> Response:
    """Return what the indices of a set's tiles mean: colours, limits, names in three languages."""
    return cacheable(request, to_json_bytes(found.said["legend"]), MEDIA_TYPES["json"])


def asked_tile(request: Request, found: TileSet, tile: Tile, version: str | None) -> RawAnswer:
    """Return a tile as the request's headers want it; `version` is the one that the client names."""
    return tile_answer(
        found,
        tile,
        fresh=version == found.version,
        accept_encoding=request.headers.get("accept-encoding", ""),
        held=request.headers.get("if-none-match", ""),
    )
