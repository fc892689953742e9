"""Where people and buildings of a region stand, on a coarse grid, with the ground under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.gmm import Sites
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.seismic.site import vs30_of_districts
from risk_api.seismic.zones import vs30_with_zones

if TYPE_CHECKING:
    from geodata import Region

Floats = NDArray[np.float64]
CELL_M: Final = 2000.0
"""Side of a place, m: shaking hardly changes within, and a few hundred places cover a city."""


@dataclass(frozen=True)
class Places:
    """Places at which the shaking is computed.

    Attributes
    ----------
    district_ids : tuple of str
        Districts that `district` counts.
    lon, lat : ndarray, (n_places,)
        Where the people of a place live on average, degrees.
    vs30_m_s : ndarray, (n_places,)
        Ground.
    district : ndarray of int, (n_places,)
        A cell on a border is one place in each district.
    people, buildings : ndarray, (n_places,)
        Shares of the district's people and buildings; each sums to 1 over a district that has any.
    ground : str
        "slope" where vs30 comes from the region's terrain, "districts" where from the table of districts.
    increment : ndarray, (n_places,), or 0
        Degrees of intensity that zones of ground add.
    """

    district_ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    vs30_m_s: Floats
    district: NDArray[np.int64]
    people: Floats
    buildings: Floats
    ground: str
    increment: Floats | float = 0.0

    @property
    def sites(self) -> Sites:
        """The ground as the ground-motion models take it."""
        return Sites.of(self.vs30_m_s)


def places_of(region: Region, cell_m: float = CELL_M) -> Places:
    """Gather a region's exposure grid into places.

    Parameters
    ----------
    region : Region
    cell_m : float
        Side of a place, at least the cells of the exposure grid.
    """
    from geodata.crs import to_lonlat

    grid = region.exposure_grid()
    x, y = grid.centres()
    column, row = (np.floor(each / cell_m).astype(np.int64) for each in (x, y))
    keys = np.stack([grid.district_code, row, column])
    found, back = np.unique(keys, axis=1, return_inverse=True)
    back = back.ravel()
    count = found.shape[1]
    people, buildings = (
        np.asarray(np.bincount(back, each, count), dtype=np.float64) for each in (grid.people, grid.buildings)
    )
    # Where nobody lives there may be buildings still: cells count alike there.
    weight = grid.people + 1e-6
    total = np.bincount(back, weight, count)
    middle_x, middle_y = (np.bincount(back, weight * each, count) / total for each in (x, y))
    lon, lat = (np.asarray(each, dtype=np.float64) for each in to_lonlat(middle_x, middle_y, region.crs))
    district = found[0]
    known = RegionVs30(region)
    vs30, ground = _vs30(known, lon, lat, np.array(grid.district_ids)[district])
    return Places(
        tuple(grid.district_ids),
        lon,
        lat,
        vs30,
        district,
        _shares(people, district),
        _shares(buildings, district),
        ground,
        known.increment(lon, lat),
    )


def _shares(counts: Floats, district: NDArray[np.int64]) -> Floats:
    totals = np.bincount(district, counts)[district]
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0.0)


def _vs30(ground: RegionVs30, lon: Floats, lat: Floats, district: NDArray[np.str_]) -> tuple[Floats, str]:
    try:
        return ground.at(lon, lat), "slope"
    except BadSeismicInput:
        # Terrain too coarse or too small for its slope to say anything: the table of districts stands in.
        known = {name: ground.district(name) for name in np.unique(district).tolist()}
        table = {name: entry for name, entry in known.items() if entry is not None}
        if len(table) < len(known):
            raise
        return vs30_with_zones(ground.zones, lon, lat, vs30_of_districts(district, table)), "districts"
