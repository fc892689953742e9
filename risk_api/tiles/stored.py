"""Tiles of sets that are open already, before the routes: finding a route would cost more than the tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from risk_api.tiles.answer import tile_answer
from risk_api.tiles.documents import ENDINGS
from risk_api.tiles.matrix import Tile

if TYPE_CHECKING:
    from risk_api.tiles.store import TileSet, TileStore

_LONGEST_PATH: Final = 300
_MOST_DIGITS: Final = 9


@dataclass(frozen=True)
class _Template:
    """What metrics call the path."""

    path: str


_TILE: Final = _Template("/v1/…/tiles/…/{z}/{x}/{y}")


@dataclass(frozen=True)
class StoredTiles:
    """Answers requests for tiles that need no second look; every other one goes on to `app`.

    A request needs one if its set is not open yet, if something in it is wrong, or if it has any parameter
    but the version: the routes cut the set, or say what is wrong and in which language.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "GET" or "/tiles/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        found = _asked(path, scope["state"]["service"].tiles)
        query: bytes = scope["query_string"]
        if found is None or (query and not _is_version(query)):
            await self.app(scope, receive, send)
            return
        tiles, tile = found
        accept_encoding = held = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accept_encoding = value
            elif name == b"if-none-match":
                held = value
        scope["route"] = _TILE
        answer = tile_answer(
            tiles,
            tile,
            fresh=query[2:] == tiles.version.encode(),
            accept_encoding=accept_encoding.decode("latin-1"),
            held=held.decode("latin-1"),
        )
        await answer(scope, receive, send)


def _is_version(query: bytes) -> bool:
    return query.startswith(b"v=") and query[2:].isalnum()


def _asked(path: str, store: TileStore) -> tuple[TileSet, Tile] | None:
    """Return the open set and the tile of a path, None where either is in doubt."""
    if len(path) > _LONGEST_PATH:
        return None
    stem, *numbers = path.rsplit("/", 3)
    found = store.at(stem)
    if found is None or not found.at_hand:
        return None
    row, dot, ending = numbers[2].partition(".")
    if dot and ending != ENDINGS[found.media_type]:
        return None
    texts = (numbers[0], numbers[1], row)
    if not all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in texts):
        return None
    tile = Tile(*map(int, texts))
    if not found.zooms.lowest <= tile.z <= found.zooms.highest or max(tile.x, tile.y) >> tile.z:
        return None
    return found, tile
