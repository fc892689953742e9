"""SRTM tiles as they are distributed (`N43E076.hgt`, zipped or not), and SRTM mosaics as GeoTIFF."""

import re
import zipfile
from pathlib import Path

import numpy as np
from affine import Affine

from geodata.errors import LayerCorrupt
from geodata.grid import FloatArray
from geodata.sources.raster import SourceRaster, read_raster

VOID = -32768


def read_srtm(path: Path) -> SourceRaster:
    """Read a tile or a mosaic; voids become NaN.

    A tile holds big-endian 16-bit heights of points on whole arc-seconds, its name says its south-west
    corner: as cells, it is padded by half a pixel on every side.

    Raises
    ------
    LayerCorrupt
        If the name gives no corner, or the size is that of no tile.
    """
    name = path.name.lower()
    if not (name.endswith(".hgt") or name.endswith(".hgt.zip")):
        source = read_raster(path)
        return SourceRaster(
            np.where(source.values == VOID, np.nan, source.values), source.transform, source.crs
        )
    match = re.match(r"([ns])(\d{2})([ew])(\d{3})", name)
    if match is None:
        raise LayerCorrupt("terrain", path.name, "name", "gives no corner; a tile is named like N43E076.hgt")
    raw = _bytes_of(path)
    side = round((len(raw) / 2) ** 0.5)
    if side not in (1201, 3601) or side * side * 2 != len(raw):
        raise LayerCorrupt(
            "terrain", path.name, "", f"has {len(raw)} bytes; a tile has 2 x 1201^2 or 2 x 3601^2"
        )
    heights = np.frombuffer(raw, dtype=">i2").reshape(side, side).astype(np.float64)
    south = int(match[2]) * (1 if match[1] == "n" else -1)
    west = int(match[4]) * (1 if match[3] == "e" else -1)
    step = 1.0 / (side - 1)
    transform = Affine(step, 0, west - step / 2, 0, -step, south + 1 + step / 2)
    return SourceRaster(np.where(heights == VOID, np.nan, heights), transform, "EPSG:4326")


def _bytes_of(path: Path) -> bytes:
    if path.suffix.lower() != ".zip":
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [member for member in archive.namelist() if member.lower().endswith(".hgt")]
            if len(inside) != 1:
                raise LayerCorrupt(
                    "terrain", path.name, "", f"holds {len(inside)} tiles; a zipped tile holds 1"
                )
            return archive.read(inside[0])
    except zipfile.BadZipFile as error:
        raise LayerCorrupt("terrain", path.name, "", f"is not a whole zip file: {error}") from error


def fill_voids(values: FloatArray, other: FloatArray | None) -> tuple[FloatArray, int]:
    """Fill gaps from another terrain, shifted to meet the heights around them; without one, by interpolation.

    The difference between the two around a gap is interpolated across it and added to the other terrain
    (delta surface, Grohman, Kroenung & Strebeck 2006, PE&RS 72:213).

    Parameters
    ----------
    values, other : ndarray, shape (ny, nx)
        On the same cells.

    Returns
    -------
    ndarray
        Without NaN as far as the neighbours or the other terrain reach.
    int
        How many cells were filled.
    """
    from rasterio.fill import fillnodata

    empty = np.isnan(values)
    count = int(empty.sum())
    if count == 0:
        return values, 0
    known = (~empty).astype(np.uint8)
    if other is None:
        start = np.where(empty, 0.0, values).astype(np.float32)
        filled = fillnodata(start, mask=known, max_search_distance=100.0)
        return np.where(empty, filled.astype(np.float64), values), count
    difference = np.where(empty | np.isnan(other), 0.0, values - other).astype(np.float32)
    delta = fillnodata(difference, mask=known, max_search_distance=100.0).astype(np.float64)
    return np.where(empty, other + delta, values), count
