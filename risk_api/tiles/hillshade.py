"""The ground as a shaded picture, for maps without any network: hillshade, and hillshade with rivers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.tiles.classes import NOTHING, Legend, from_hex, titles_of
from risk_api.tiles.matrix import (
    SIZE,
    Tile,
    Zooms,
    mercator_bounds,
    pixel_m,
    tiles_over,
    to_mercator,
    transform_of,
    zoom_for,
)
from risk_api.tiles.pixels import Bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata import Grid, Region

Floats = NDArray[np.float64]

BASE_LAYERS: Final = ("hillshade", "relief")
#: The picture is pale, so that what lies on it is what one sees.
_GREYS: Final = tuple((grey, grey, grey, 255) for grey in range(150, 251))
_RIVER: Final = from_hex("3182bd")
_RIVER_INDEX: Final = len(_GREYS) + 1
#: Light from the north-west, halfway up: what maps of mountains have been drawn with.
_AZIMUTH: Final = math.radians(315.0)
_ALTITUDE: Final = math.radians(45.0)
#: From this zoom on a river is drawn two pixels wide.
_WIDE_FROM: Final = 11


def base_legend(layer: str) -> Legend:
    """Return the palette of a base layer: it has no classes, only shades."""
    colours = (NOTHING, *_GREYS, *((_RIVER,) if layer == "relief" else ()))
    return Legend(layer, titles_of(layer), "", (), colours)


def shade(height_m: Floats, cell_m: float) -> Floats:
    """Return how much light falls on each cell, 0 to 1; NaN where a neighbour has no height.

    Slopes by the differences of Horn (1981, Hill shading and the reflectance map, as cited, not re-read),
    light as on a dull surface.

    Parameters
    ----------
    height_m : (ny, nx) float64, m
    cell_m : float
        Side of a cell on the ground, m.
    """
    padded = np.pad(height_m, 1, mode="edge")

    def beside(down: int, right: int) -> Floats:
        """Return the neighbour that way; where it has no height the ground goes on level."""
        moved = padded[1 + down : height_m.shape[0] + 1 + down, 1 + right : height_m.shape[1] + 1 + right]
        return np.where(np.isnan(moved), height_m, moved)

    nw, n, ne = beside(-1, -1), beside(-1, 0), beside(-1, 1)
    w, e = beside(0, -1), beside(0, 1)
    sw, s, se = beside(1, -1), beside(1, 0), beside(1, 1)
    east = ((ne + 2.0 * e + se) - (nw + 2.0 * w + sw)) / (8.0 * cell_m)
    north = ((nw + 2.0 * n + ne) - (sw + 2.0 * s + se)) / (8.0 * cell_m)
    # The normal of the ground is (-east, -north, 1); the light comes from azimuth and altitude.
    light = (
        math.sin(_ALTITUDE)
        - east * math.cos(_ALTITUDE) * math.sin(_AZIMUTH)
        - north * math.cos(_ALTITUDE) * math.cos(_AZIMUTH)
    ) / np.sqrt(1.0 + east**2 + north**2)
    return np.where(np.isnan(height_m), np.nan, np.clip(light, 0.0, 1.0))


def base_zooms(cell_size_m: float, latitude: float) -> Zooms:
    """Return the zooms of the base: to where a pixel is about as large as a cell of the terrain."""
    return Zooms(5, max(6, zoom_for(2.0 * cell_size_m, latitude)))


def base_tiles(region: Region, ground: Grid, layer: str, zooms: Zooms) -> Iterator[tuple[Tile, Bytes]]:
    """Yield the tiles of a base layer as indices into its palette."""
    bounds_m = mercator_bounds(region.bounds_lonlat)
    latitude = math.radians(0.5 * (region.bounds_lonlat[1] + region.bounds_lonlat[3]))
    x, y, last_x, last_y = tiles_over(bounds_m, zooms.highest)
    height = _heights(ground, zooms.highest, x, y, ((last_y - y + 1) * SIZE, (last_x - x + 1) * SIZE))
    for zoom in reversed(zooms):
        indices = _shades(shade(height, pixel_m(zoom) * math.cos(latitude)))
        if layer == "relief":
            indices = _with_rivers(region, indices, zoom, x, y)
        for row in range(0, indices.shape[0], SIZE):
            for column in range(0, indices.shape[1], SIZE):
                square = indices[row : row + SIZE, column : column + SIZE]
                if square.any():
                    yield Tile(zoom, x + column // SIZE, y + row // SIZE), square
        height, x, y = _halved(height, x, y)


def _heights(ground: Grid, zoom: int, x: int, y: int, shape: tuple[int, int]) -> Floats:
    from rasterio.warp import Resampling, reproject

    height = np.full(shape, np.nan)
    reproject(
        ground.values,
        height,
        src_transform=ground.transform,
        src_crs=ground.crs,
        src_nodata=np.nan,
        dst_transform=transform_of(zoom, x, y),
        dst_crs="EPSG:3857",
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )
    return height


def _halved(height: Floats, x: int, y: int) -> tuple[Floats, int, int]:
    """Return the heights of the next lower zoom, means of four, on whole tiles again."""
    north, west = (y % 2) * SIZE, (x % 2) * SIZE
    south, east = (-(north + height.shape[0])) % (2 * SIZE), (-(west + height.shape[1])) % (2 * SIZE)
    padded = np.pad(height, ((north, south), (west, east)), constant_values=np.nan)
    four = np.stack([padded[i::2, j::2] for i in (0, 1) for j in (0, 1)])
    known = ~np.isnan(four)
    count = known.sum(axis=0)
    total = np.where(known, four, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0), x // 2, y // 2


def _shades(light: Floats) -> Bytes:
    shades = np.round(np.nan_to_num(light) * (len(_GREYS) - 1)) + 1
    return np.where(np.isnan(light), 0, shades).astype(np.uint8)


def _with_rivers(region: Region, indices: Bytes, zoom: int, x: int, y: int) -> Bytes:
    import shapely
    from rasterio.features import rasterize

    lines = []
    for river in region.features("rivers"):
        line = shapely.force_2d(shapely.geometry.shape(river["geometry"]))
        lines.append(
            shapely.transform(line, lambda points: np.array([to_mercator(*point) for point in points]))
        )
    if zoom >= _WIDE_FROM:
        lines = [line.buffer(pixel_m(zoom)) for line in lines]
    if not lines:
        return indices
    drawn = rasterize(
        [(line, 1) for line in lines],
        out_shape=indices.shape,
        transform=transform_of(zoom, x, y),
        dtype="uint8",
    )
    return np.where((drawn == 1) & (indices > 0), np.uint8(_RIVER_INDEX), indices)
