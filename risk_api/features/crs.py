"""Coordinate reference systems as they are asked for by URI, each with its own order of axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadParameter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CRS84_URI: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
#: Digits after the point: 0.1 m in degrees at this latitude, 1 cm in metres; no source of a region is finer.
DEGREE_DECIMALS: Final = 6
METRE_DECIMALS: Final = 2


@dataclass(frozen=True)
class Crs:
    """One system that features can be asked in.

    Attributes
    ----------
    code : str
        As pyproj names it: ``OGC:CRS84``, ``EPSG:4326``.
    northing_first : bool
        Whether its authority puts latitude or northing before longitude or easting.
    decimals : int
        Digits after the point.
    """

    code: str
    northing_first: bool
    decimals: int

    @property
    def uri(self) -> str:
        """Return the name by which a client asks for it."""
        authority, number = self.code.split(":")
        return CRS84_URI if number == "CRS84" else f"http://www.opengis.net/def/crs/{authority}/0/{number}"

    @property
    def in_degrees(self) -> bool:
        """Whether its numbers are degrees."""
        return self.decimals == DEGREE_DECIMALS

    @property
    def is_crs84(self) -> bool:
        """Whether coordinates are longitude and latitude already."""
        return self.code == "OGC:CRS84"

    def from_lonlat(self) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """Return a function of (n, 2) or (n, 3) longitudes and latitudes to coordinates in axis order."""
        return self._ordered(_transformer("OGC:CRS84", self.code), after=True)

    def easting_first(self) -> Crs:
        """Return the same system with easting or longitude first, as geometries are compared in."""
        return replace(self, northing_first=False)

    def to_lonlat(self) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """Return a function of (n, 2) or (n, 3) coordinates in axis order to longitudes and latitudes."""
        return self._ordered(_transformer(self.code, "OGC:CRS84"), after=False)

    def _ordered(self, transformer: Any, *, after: bool) -> Callable[[Any], Any]:
        import numpy as np

        swap = self.northing_first

        def apply(xyz: Any) -> Any:
            x, y = (xyz[:, 1], xyz[:, 0]) if swap and not after else (xyz[:, 0], xyz[:, 1])
            x, y = transformer.transform(x, y)
            pair = (y, x) if swap and after else (x, y)
            return np.column_stack((*pair, *(xyz[:, axis] for axis in range(2, xyz.shape[1]))))

        return apply


CRS84: Final = Crs("OGC:CRS84", northing_first=False, decimals=DEGREE_DECIMALS)


@cache
def _transformer(source: str, target: str) -> Any:
    from pyproj import Transformer

    # Easting first on both sides; the authority's own order is made by `Crs`, where a reader can see it.
    return Transformer.from_crs(source, target, always_xy=True)


@cache
def offered(metric: str) -> Mapping[str, Crs]:
    """Return the systems offered, by URI: CRS84 first, then GPS, web maps and the region's own metres.

    Parameters
    ----------
    metric : str
        The region's metric system as ``EPSG:<number>``; one that is named otherwise is not offered.
    """
    systems = [
        CRS84,
        Crs("EPSG:4326", northing_first=True, decimals=DEGREE_DECIMALS),
        Crs("EPSG:3857", northing_first=False, decimals=METRE_DECIMALS),
    ]
    if metric.startswith("EPSG:") and metric not in {crs.code for crs in systems}:
        systems.append(Crs(metric, _northing_first(metric), METRE_DECIMALS))
    return {crs.uri: crs for crs in systems}


@cache
def well_known_text(code: str) -> str:
    """Return a system as WKT 2, by its code."""
    from pyproj import CRS

    return str(CRS.from_user_input(code).to_wkt())


def _northing_first(code: str) -> bool:
    from pyproj import CRS

    return CRS.from_user_input(code).axis_info[0].direction in ("north", "south")


def asked_crs(field: str, uri: str | None, systems: Mapping[str, Crs]) -> Crs:
    """Return the system of a query's URI, CRS84 where none is given.

    Raises
    ------
    BadParameter
        Naming those that are offered.
    """
    if uri is None:
        return CRS84
    if uri not in systems:
        names: Sequence[str] = tuple(systems)
        listed = ", ".join(names)
        raise BadParameter(field, f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed)
    return systems[uri]
