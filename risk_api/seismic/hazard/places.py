"""Where hazard is asked for: a district stands for where its people live, a point for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from risk_api.seismic.region_vs30 import ROCK_M_S, RegionVs30

if TYPE_CHECKING:
    from geodata import Region

SITE: Final = "site"
ROCK: Final = "rock"
GIVEN: Final = "given"
GROUNDS: Final = (SITE, ROCK)


@dataclass(frozen=True)
class Place:
    """A site of a hazard question.

    Attributes
    ----------
    id : str
        The district's id; "point" for a point.
    lon, lat : float
        Degrees.
    vs30_m_s : float
        Velocity that is computed with.
    vs30_basis : str
        "rock", "given", "district" (figures of its inhabited part) or "slope" (a proxy).
    vs30_low_m_s, vs30_high_m_s : float or None
        5 and 95 % of the district's area, where known.
    """

    id: str
    lon: float
    lat: float
    vs30_m_s: float
    vs30_basis: str
    vs30_low_m_s: float | None = None
    vs30_high_m_s: float | None = None


def people_centres(region: Region) -> Mapping[str, tuple[float, float]]:
    """Longitude and latitude of the mean person of every district; the middle of one without people."""
    grid = region.exposure_grid()
    x, y = grid.centres()
    found: dict[str, tuple[float, float]] = {}
    polygons = region.district_polygons()
    for code, name in enumerate(grid.district_ids):
        mine = grid.district_code == code
        people = grid.people[mine]
        if people.sum() > 0.0:
            middle = float(np.average(x[mine], weights=people)), float(np.average(y[mine], weights=people))
        else:
            point = polygons[name].representative_point()
            middle = point.x, point.y
        lon, lat = region.to_lonlat(*middle)
        found[name] = (lon, lat)
    return found


def place_of(
    name: str,
    lon: float,
    lat: float,
    ground: str | float,
    vs30: RegionVs30,
    *,
    is_district: bool,
) -> Place:
    """A place on the ground asked for: rock, a velocity, or what is known of the site."""
    if isinstance(ground, float):
        return Place(name, lon, lat, ground, GIVEN)
    if ground == ROCK:
        return Place(name, lon, lat, ROCK_M_S, ROCK)
    known = vs30.district(name) if is_district else None
    if known is not None:
        return Place(name, lon, lat, known.typical_m_s, "district", known.low_m_s, known.high_m_s)
    return Place(name, lon, lat, float(vs30.at(lon, lat)), "slope")
