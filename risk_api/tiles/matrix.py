"""WebMercatorQuad: which tile is where (OGC 17-083r4, annex D: EPSG:3857, 256 pixels, row 0 in the north)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from risk_api.errors import BadParameter, TileOutside

if TYPE_CHECKING:
    from affine import Affine

#: Half of the earth's girth in EPSG:3857, m.
HALF_M: Final = math.pi * 6_378_137.0
SIZE: Final = 256
#: The deepest zoom that the tile matrix set has.
DEEPEST: Final = 24
#: Longitude and latitude that EPSG:3857 covers.
LARGEST_LATITUDE: Final = 85.05112877980659
_WHOLE: Final = re.compile(r"-?\d{1,12}")

Bounds = tuple[float, float, float, float]


class Tile(NamedTuple):
    """One tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Zooms:
    """The zooms that a tile set has."""

    lowest: int
    highest: int

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.lowest, self.highest + 1))

    def __reversed__(self) -> Iterator[int]:
        return iter(range(self.highest, self.lowest - 1, -1))


def read_tile(z: str, x: str, y: str, zooms: Zooms, names: tuple[str, str, str] = ("z", "x", "y")) -> Tile:
    """Return the tile that three texts name.

    Parameters
    ----------
    z, x, y : str
    zooms : Zooms
        Those that the tile set has.
    names : tuple of str
        What zoom, column and row are called where they were asked for.

    Raises
    ------
    BadParameter
        If one is no whole number.
    TileOutside
        If the tile is none of the matrix, or the set does not have the zoom.
    """
    for name, text in zip(names, (z, x, y), strict=True):
        if not _WHOLE.fullmatch(text):
            raise BadParameter(name, "a whole number of at least 0 is needed", reason_key="whole", least="0")
    tile = Tile(int(z), int(x), int(y))
    if not zooms.lowest <= tile.z <= zooms.highest:
        raise TileOutside(tile, zooms.lowest, zooms.highest, names[0])
    side = 1 << tile.z
    for name, place in ((names[1], tile.x), (names[2], tile.y)):
        if not 0 <= place < side:
            raise TileOutside(tile, zooms.lowest, zooms.highest, name)
    return tile


def pixel_m(zoom: int) -> float:
    """Side of a pixel at the equator, m in EPSG:3857."""
    return 2.0 * HALF_M / (SIZE << zoom)


def zoom_for(cell_size_m: float, latitude: float) -> int:
    """The lowest zoom at which a cell is at least two pixels wide, so that its edges stay where they are."""
    ground_m = pixel_m(0) * math.cos(math.radians(latitude))
    return min(DEEPEST, max(0, math.ceil(math.log2(2.0 * ground_m / cell_size_m))))


def transform_of(zoom: int, x: int, y: int) -> Affine:
    """From pixels, counted from the north-west corner of a tile, to EPSG:3857."""
    from affine import Affine

    size = pixel_m(zoom)
    return Affine(size, 0.0, x * SIZE * size - HALF_M, 0.0, -size, HALF_M - y * SIZE * size)


def tiles_over(bounds_m: Bounds, zoom: int) -> tuple[int, int, int, int]:
    """First column, first row, last column and last row of the tiles that a box in EPSG:3857 touches."""
    west, south, east, north = bounds_m
    side = SIZE * pixel_m(zoom)
    last = (1 << zoom) - 1

    def place(along_m: float) -> int:
        return min(last, max(0, math.floor(along_m / side)))

    return place(west + HALF_M), place(HALF_M - north), place(east + HALF_M), place(HALF_M - south)


def to_mercator(lon: float, lat: float) -> tuple[float, float]:
    """From CRS84 to EPSG:3857, m."""
    lat = min(LARGEST_LATITUDE, max(-LARGEST_LATITUDE, lat))
    y = math.log(math.tan(math.pi / 4.0 + math.radians(lat) / 2.0))
    return HALF_M * lon / 180.0, HALF_M * y / math.pi


def mercator_bounds(bounds_lonlat: Bounds) -> Bounds:
    """The box in EPSG:3857 of a box in CRS84."""
    west, south, east, north = bounds_lonlat
    return *to_mercator(west, south), *to_mercator(east, north)
