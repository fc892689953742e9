"""Between longitude/latitude and the region's metric CRS."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

LONLAT = "OGC:CRS84"


@lru_cache(maxsize=16)
def transformer(source: str, target: str) -> Transformer:
    """Transformer with x before y on both sides; building one costs tens of milliseconds, hence kept."""
    return Transformer.from_crs(source, target, always_xy=True)


def from_lonlat(lon: ArrayLike, lat: ArrayLike, crs: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metric x and y [m] of longitudes and latitudes [degrees, WGS 84]."""
    x, y = transformer(LONLAT, crs).transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return np.asarray(x, dtype=float), np.asarray(y, dtype=float)


def to_lonlat(x: ArrayLike, y: ArrayLike, crs: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes [degrees, WGS 84] of metric x and y [m]."""
    lon, lat = transformer(crs, LONLAT).transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
