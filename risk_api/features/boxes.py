"""The ``bbox`` parameter in any system that is offered, as ground to be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from risk_api.errors import BadParameter
from risk_api.features.crs import Crs
from risk_api.parameters import finite

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def parse_box(text: str, crs: Crs) -> BaseGeometry:
    """Read four numbers, or six with heights, in the axis order of `crs`; return the ground, easting first.

    Heights are read and not used: no layer lies above another. A box in degrees whose west lies east of its
    east spans the antimeridian.

    Raises
    ------
    BadParameter
        If it is anything else, or lies off the map of its system.
    """
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadParameter(
            "bbox", "four numbers are needed, or six with heights", reason_key="bbox_count_ogc"
        )
    numbers = [finite("bbox", part) for part in parts]
    half = len(numbers) // 2
    (a_low, b_low), (a_high, b_high) = numbers[:2], numbers[half : half + 2]
    if half == 3 and numbers[2] > numbers[5]:
        raise _order(numbers[2], numbers[5])
    west, south, east, north = a_low, b_low, a_high, b_high
    if crs.northing_first:
        west, south, east, north = b_low, a_low, b_high, a_high
    if south > north:
        raise _order(south, north)
    if crs.in_degrees:
        _on_the_globe(west, south, east, north)
        return _lonlat_ground(west, south, east, north)
    if west > east:
        raise _order(west, east)
    from shapely import box

    return box(west, south, east, north)


def _order(low: float, high: float) -> BadParameter:
    return BadParameter(
        "bbox",
        f"{low:g} must not be greater than {high:g}",
        reason_key="bbox_order",
        low=f"{low:g}",
        high=f"{high:g}",
    )


def _on_the_globe(west: float, south: float, east: float, north: float) -> None:
    if not (-180.0 <= west <= 180.0 and -180.0 <= east <= 180.0 and south >= -90.0 and north <= 90.0):
        raise BadParameter(
            "bbox",
            "longitudes lie between -180 and 180, latitudes between -90 and 90",
            reason_key="bbox_degrees",
        )


def _lonlat_ground(west: float, south: float, east: float, north: float) -> BaseGeometry:
    from shapely import box, union_all

    if west <= east:
        return box(west, south, east, north)
    return union_all([box(west, south, 180.0, north), box(-180.0, south, east, north)])
