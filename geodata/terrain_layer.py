"""The terrain file of a region: any CRS, resolution, data type and nodata, brought to the metric CRS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine

from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.grid import FloatArray, Grid
from geodata.region_file import LayerFile

HEIGHTS_M = (-500.0, 9000.0)


@dataclass(frozen=True)
class TerrainHeader:
    """Where the terrain lies once it is in the metric CRS, and how fine it is."""

    transform: Affine
    shape: tuple[int, int]
    native: bool

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [m]."""
        size = self.transform.a
        ny, nx = self.shape
        return self.transform.c, self.transform.f - ny * size, self.transform.c + nx * size, self.transform.f


def read_header(layer: LayerFile, crs: str) -> TerrainHeader:
    """Read where a raster lies, without its values.

    Raises
    ------
    LayerCorrupt
        If it cannot be read.
    LayerInvalid
        If it has no CRS, or not exactly one band.
    """
    with _opened(layer) as source:
        from rasterio.warp import calculate_default_transform

        if source.crs is None:
            raise LayerInvalid(
                layer.name, layer.path.name, "crs", "has none; a raster needs a CRS such as EPSG:32643"
            )
        if source.count != 1:
            raise LayerInvalid(layer.name, layer.path.name, "bands", f"has {source.count}; a terrain has 1")
        t = source.transform
        if source.crs == crs and t.b == 0 and t.d == 0 and t.e < 0 and np.isclose(t.a, -t.e):
            return TerrainHeader(t, (source.height, source.width), True)
        transform, width, height = calculate_default_transform(
            source.crs, crs, source.width, source.height, *source.bounds
        )
        # The trimmed frame is known only once the values are: corners that warping turned outside go.
        return _trimmed(_warp(layer, source, transform, (height, width), crs), transform)[1]


def read_terrain(layer: LayerFile, crs: str) -> Grid:
    """Read a terrain as float64 metres in the metric CRS, without a gap.

    Raises
    ------
    LayerCorrupt, LayerInvalid
        As `read_header`; also if voids remain inside, or heights are not heights.
    """
    header = read_header(layer, crs)
    with _opened(layer) as source:
        if header.native:
            values = _values(layer, source)
        else:
            values = _warp(layer, source, header.transform, header.shape, crs)
    low, high = HEIGHTS_M
    voids = int(np.isnan(values).sum())
    if voids:
        raise LayerInvalid(
            layer.name, layer.path.name, "nodata",
            f"{voids} cells inside the terrain have no height; fill them first (`selrisk region build` does)",
        )  # fmt: skip
    if values.min() < low or values.max() > high:
        raise LayerInvalid(
            layer.name, layer.path.name, "height",
            f"runs from {values.min():g} to {values.max():g} m; "
            f"allowed are {low:g} to {high:g}: is nodata declared?",
        )  # fmt: skip
    return Grid(values, header.transform, crs)


def _opened(layer: LayerFile) -> Any:
    import rasterio
    from rasterio.errors import RasterioError

    try:
        return rasterio.open(Path(layer.path))
    except RasterioError as error:
        raise LayerCorrupt(layer.name, layer.path.name, "", f"cannot be read as a raster: {error}") from error


def _values(layer: LayerFile, source: Any) -> FloatArray:
    """Heights with NaN for voids; a file cut short opens well and fails only here."""
    from rasterio.errors import RasterioError

    try:
        return np.asarray(source.read(1, masked=True).astype(np.float64).filled(np.nan))
    except RasterioError as error:
        raise LayerCorrupt(
            layer.name, layer.path.name, "", f"cannot be read to its end: {error.__cause__ or error}"
        ) from error


def _warp(layer: LayerFile, source: Any, transform: Affine, shape: tuple[int, int], crs: str) -> FloatArray:
    from rasterio.warp import Resampling, reproject

    values = _values(layer, source)
    out = np.full(shape, np.nan)
    reproject(
        values, out, src_transform=source.transform, src_crs=source.crs, src_nodata=np.nan,
        dst_transform=transform, dst_crs=crs, dst_nodata=np.nan, resampling=Resampling.bilinear,
    )  # fmt: skip
    return out


def _trimmed(values: FloatArray, transform: Affine) -> tuple[FloatArray, TerrainHeader]:
    """Cut away border rows and columns until none has a gap, the worst first."""
    top, bottom, left, right = 0, values.shape[0], 0, values.shape[1]
    empty = np.isnan(values)
    while top < bottom - 1 and left < right - 1:
        sides = {
            "top": empty[top, left:right].mean(),
            "bottom": empty[bottom - 1, left:right].mean(),
            "left": empty[top:bottom, left].mean(),
            "right": empty[top:bottom, right - 1].mean(),
        }
        worst = max(sides, key=lambda side: float(sides[side]))
        if sides[worst] == 0:
            break
        top += worst == "top"
        bottom -= worst == "bottom"
        left += worst == "left"
        right -= worst == "right"
    size = transform.a
    moved = Affine(size, 0, transform.c + left * size, 0, -size, transform.f - top * size)
    cut = values[top:bottom, left:right]
    return cut, TerrainHeader(moved, (int(cut.shape[0]), int(cut.shape[1])), False)
