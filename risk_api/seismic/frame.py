"""A flat map in kilometres around one point, on which distances of a few hundred kilometres hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LocalFrame:
    """Azimuthal equidistant map on the WGS 84 ellipsoid; x to the east, y to the north, km.

    Distances from the centre are exact. Between two points 300 km from it they are at most 0.04 % too long,
    far below what any ground-motion model knows.

    Attributes
    ----------
    lon, lat : float
        Centre, degrees.
    """

    lon: float
    lat: float

    @cached_property
    def _transformer(self) -> Transformer:
        # The same from coordinate systems takes PROJ two hundred times as long to make.
        return Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=aeqd +lat_0={float(self.lat)!r} +lon_0={float(self.lon)!r} +ellps=WGS84 +units=km"
        )

    def to_km(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Degrees to kilometres, of the same shape."""
        x, y = self._transformer.transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def to_lonlat(self, x_km: ArrayLike, y_km: ArrayLike) -> tuple[Floats, Floats]:
        """Kilometres to degrees, of the same shape."""
        lon, lat = self._transformer.transform(
            np.asarray(x_km, float), np.asarray(y_km, float), direction="INVERSE"
        )
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
