"""Any georeferenced raster as a source of heights."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from affine import Affine

from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.grid import FloatArray


@dataclass(frozen=True)
class SourceRaster:
    """Heights as a source gives them: NaN where it has none, in its own CRS."""

    values: FloatArray
    transform: Affine
    crs: str


def read_raster(path: Path) -> SourceRaster:
    """Read the first band of a raster.

    Raises
    ------
    LayerCorrupt
        If it cannot be read.
    LayerInvalid
        If it has no CRS.
    """
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path) as source:
            values = source.read(1, masked=True).astype(np.float64).filled(np.nan)
            if source.crs is None:
                raise LayerInvalid(
                    "terrain", path.name, "crs", "has none; a raster needs a CRS such as EPSG:4326"
                )
            return SourceRaster(values, source.transform, source.crs.to_string())
    except RasterioError as error:
        raise LayerCorrupt("terrain", path.name, "", f"cannot be read as a raster: {error}") from error


def warp_to(
    source: SourceRaster, transform: Affine, shape: tuple[int, int], crs: str, *, smooth: bool
) -> FloatArray:
    """Heights of a source on the cells of a grid; NaN where it has none.

    Parameters
    ----------
    smooth : bool
        Cubic spline, for a source much coarser than the grid, whose cells would show as facets; else
        bilinear.
    """
    from rasterio.warp import Resampling, reproject

    out = np.full(shape, np.nan)
    reproject(
        source.values,
        out,
        src_transform=source.transform,
        src_crs=source.crs,
        src_nodata=np.nan,
        dst_transform=transform,
        dst_crs=crs,
        dst_nodata=np.nan,
        resampling=Resampling.cubic_spline if smooth else Resampling.bilinear,
    )
    return out
