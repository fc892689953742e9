"""From cells in the region's system to pixels of tiles, and from each zoom to the next lower one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.tiles.matrix import SIZE, Tile, Zooms, tiles_over, transform_of

if TYPE_CHECKING:
    from affine import Affine

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

#: Pixels between the points at which the projection is asked.
_KNOTS_EVERY: Final = 16.0


@dataclass(frozen=True, eq=False)
class Canvas:
    """Pixels of one zoom that fill whole tiles.

    Attributes
    ----------
    zoom : int
    column, row : int
        The tile in the north-west.
    indices : (ny, nx) uint8
        Multiples of 256.
    """

    zoom: int
    column: int
    row: int
    indices: Bytes

    def tile(self, x: int, y: int) -> Bytes | None:
        """Return the pixels of a tile, None off the canvas."""
        top, left = (y - self.row) * SIZE, (x - self.column) * SIZE
        if top < 0 or left < 0 or top >= self.indices.shape[0] or left >= self.indices.shape[1]:
            return None
        return self.indices[top : top + SIZE, left : left + SIZE]

    def tiles(self) -> Iterator[tuple[Tile, Bytes]]:
        """Yield every tile."""
        for y in range(self.indices.shape[0] // SIZE):
            for x in range(self.indices.shape[1] // SIZE):
                square = self.indices[y * SIZE : (y + 1) * SIZE, x * SIZE : (x + 1) * SIZE]
                yield Tile(self.zoom, self.column + x, self.row + y), square


@dataclass(frozen=True, eq=False)
class Pyramid:
    """The canvases of a tile set, one a zoom; none at all where nothing is anywhere."""

    fill: int
    canvases: dict[int, Canvas]

    def tile(self, tile: Tile) -> Bytes | None:
        """Return the pixels of a tile, None where there is nothing."""
        canvas = self.canvases.get(tile.z)
        square = None if canvas is None else canvas.tile(tile.x, tile.y)
        return None if square is None or bool((square == self.fill).all()) else square

    def tiles(self) -> Iterator[tuple[Tile, Bytes]]:
        """Yield every tile with something in it."""
        for canvas in self.canvases.values():
            for tile, square in canvas.tiles():
                if not bool((square == self.fill).all()):
                    yield tile, square


def warp(cells: Bytes, transform: Affine, crs: Any, zoom: int, fill: int) -> Canvas | None:
    """Put cells onto pixels: each takes the value of the cell that its centre lies in.

    Parameters
    ----------
    cells : (ny, nx) uint8
    transform : Affine
        From (column, row) to the system of the cells.
    crs : str or rasterio CRS
    zoom : int
    fill : int
        The index where there is nothing; beyond the cells too.

    Returns
    -------
    Canvas or None
        No larger than what is there needs; None where nothing is.
    """
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window
    from rasterio.windows import bounds as window_bounds

    rows, cols = np.nonzero(cells != fill)
    if rows.size == 0:
        return None
    top, left = rows.min(), cols.min()
    part = cells[top : rows.max() + 1, left : cols.max() + 1]
    window = Window(left, top, part.shape[1], part.shape[0])
    moved = transform @ type(transform).translation(left, top)
    box = transform_bounds(crs, "EPSG:3857", *window_bounds(window, transform), densify_pts=51)
    first_x, first_y, last_x, last_y = tiles_over(box, zoom)
    shape = ((last_y - first_y + 1) * SIZE, (last_x - first_x + 1) * SIZE)
    col, row = _cell_of_pixel(transform_of(zoom, first_x, first_y), shape, moved, crs)
    inside = (row >= 0) & (row < part.shape[0]) & (col >= 0) & (col < part.shape[1])
    indices = np.full(shape, fill, dtype=np.uint8)
    indices[inside] = part[row[inside], col[inside]]
    return Canvas(zoom, first_x, first_y, indices)


def _cell_of_pixel(
    pixels: Affine, shape: tuple[int, int], cells: Affine, crs: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return column and row of the cell that the centre of each pixel lies in.

    The projection is asked at every 16th pixel and interpolated between: over so short a way it bends by less
    than a hundred thousandth of a cell. GDAL's warper, which goes by an eighth of a pixel, puts one pixel in
    two hundred along edges on the wrong side.
    """
    from pyproj import Transformer

    across, down = _knots(shape[1]), _knots(shape[0])
    x, y = np.meshgrid(pixels.c + pixels.a * across, pixels.f + pixels.e * down)
    x, y = Transformer.from_crs("EPSG:3857", crs, always_xy=True).transform(x, y)
    col, row = (x - cells.c) / cells.a, (y - cells.f) / cells.e
    by_row, by_col = _between(down, shape[0]), _between(across, shape[1]).T
    found = (np.floor(by_row @ knots @ by_col).astype(np.int64) for knots in (col, row))
    return next(found), next(found)


def _knots(count: int) -> Floats:
    return np.arange(0.0, count + _KNOTS_EVERY, _KNOTS_EVERY)


def _between(knots: Floats, count: int) -> Floats:
    """Return the weights of the knots in the centre of each pixel."""
    at = (np.arange(count) + 0.5) / _KNOTS_EVERY
    low = np.floor(at).astype(np.int64)
    weights = np.zeros((count, knots.size))
    places = np.arange(count)
    weights[places, low] = 1.0 - (at - low)
    weights[places, low + 1] = at - low
    return weights


def coarser(canvas: Canvas, rank: Bytes) -> Canvas:
    """Return the next lower zoom: of four pixels the one that ranks highest stands for all.

    Parameters
    ----------
    canvas : Canvas
    rank : (256,) uint8
        The rank of each index; a permutation, so that no two rank alike and nothing ranks 0.
    """
    index_of = np.argsort(rank).astype(np.uint8)
    ranks = rank[canvas.indices]
    # Tiles of the lower zoom begin at even columns and rows.
    column, row = canvas.column // 2, canvas.row // 2
    west, north = (canvas.column % 2) * SIZE, (canvas.row % 2) * SIZE
    height, width = ranks.shape
    pad = ((north, (-(north + height)) % (2 * SIZE)), (west, (-(west + width)) % (2 * SIZE)))
    padded = np.pad(ranks, pad)
    highest = np.maximum(
        np.maximum(padded[::2, ::2], padded[1::2, ::2]), np.maximum(padded[::2, 1::2], padded[1::2, 1::2])
    )
    return Canvas(canvas.zoom - 1, column, row, index_of[highest])


def pyramid(finest: Canvas | None, zooms: Zooms, fill: int, rank: Bytes | None = None) -> Pyramid:
    """Return all zooms of a tile set, from its finest canvas.

    Parameters
    ----------
    finest : Canvas or None
        At the highest of `zooms`.
    zooms : Zooms
    fill : int
        Ranks 0.
    rank : (256,) uint8, optional
        As for `coarser`; the larger index ranks higher unless told otherwise.
    """
    if finest is None:
        return Pyramid(fill, {})
    order = np.arange(256, dtype=np.uint8) if rank is None else rank
    canvases = {finest.zoom: finest}
    for zoom in reversed(range(zooms.lowest, finest.zoom)):
        canvases[zoom] = coarser(canvases[zoom + 1], order)
    return Pyramid(fill, canvases)
