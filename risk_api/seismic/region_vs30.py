"""vs30 of places of a region: what its terrain says, or what is known of a district."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.ground_table import almaty_ground
from risk_api.seismic.site import DistrictGround, slope_at_30_arc_seconds, vs30_from_slope
from risk_api.seismic.zones import Zone, increments, read_zones, vs30_with_zones

if TYPE_CHECKING:
    from geodata import Grid, Region

Floats = NDArray[np.float64]
ROCK_M_S: Final = 760.0
"""What codes and published hazard maps mean by rock."""
_CELL_M: Final = 120.0
"""Slopes are means over 900 m: finer cells would only cost time."""


class RegionVs30:
    """The ground of one region, read from its terrain once.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self._region = region

    def district(self, district_id: str) -> DistrictGround | None:
        """What is known of a district as a whole, None where nothing is."""
        return almaty_ground().get(district_id) if self._region.id == "almaty" else None

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """Zones of the region's layer `ground_zones`; none where it has no such layer.

        Raises
        ------
        LayerInvalid
            Naming the feature and what is wrong with it.
        """
        from geodata import LayerInvalid

        drawn = self._region.ground_zones
        if drawn is None:
            return ()
        try:
            return read_zones(drawn)
        except BadSeismicInput as error:
            file = self._region.file.layers["ground_zones"].path.name
            raise LayerInvalid("ground_zones", file, error.field, str(error)) from error

    def increment(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Degrees of intensity that zones add at points; 0 outside all of them."""
        return increments(self.zones, lon, lat)

    @cached_property
    def grid(self) -> Grid:
        """vs30 on cells of the region, m/s, by Wald and Allen (2007).

        Raises
        ------
        BadSeismicInput
            If the terrain is too coarse or too small for slopes over 30 arc-seconds.
        """
        terrain = self._region.terrain(max(_CELL_M, self._region.run_cell_size_m))
        quality = self._region.terrain_quality
        _, south, _, north = self._region.bounds_lonlat
        slope = slope_at_30_arc_seconds(
            terrain.values,
            terrain.cell_size_m,
            0.5 * (south + north),
            float(quality.get("resolution_m") or terrain.cell_size_m),
        )
        return terrain.like(vs30_from_slope(slope))

    def at(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """vs30 of points, m/s, of their shape: a zone's where one was drawn, else from the slope around them.

        Raises
        ------
        BadSeismicInput
            If a point lies off the terrain, or the terrain says nothing there.
        """
        grid = self.grid
        x, y = (np.atleast_1d(values) for values in self._region.to_metric(np.asarray(lon), np.asarray(lat)))
        col = np.floor((x - grid.transform.c) / grid.cell_size_m).astype(int)
        row = np.floor((grid.transform.f - y) / grid.cell_size_m).astype(int)
        inside = (row >= 0) & (row < grid.shape[0]) & (col >= 0) & (col < grid.shape[1])
        found = np.full(x.shape, np.nan)
        found[inside] = grid.values[row[inside], col[inside]]
        if np.isnan(found).any():
            raise BadSeismicInput(
                "vs30_m_s", "the terrain says nothing of the ground there", reason_key="hazard.no_ground"
            )
        return vs30_with_zones(self.zones, lon, lat, found.reshape(np.shape(lon)))
