"""How much of a gorge's slopes slides in an earthquake, by two models, on the terrain of the region.

Terrain coarser than `COARSEST_M` shows slopes about half as steep as they are: what it gives is marked as not
for use, and the chain falls back on judgement.
"""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.errors import ModelRangeWarning
from risk_api.seismic.gmm import Sites
from risk_api.seismic.measures import Measure
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.shaking import shake
from risk_api.seismic.slopes.newmark import (
    factor_of_safety,
    failing_share,
    jibson_2007_cm,
    saygili_rathje_2008_cm,
    yield_acceleration_g,
)
from risk_api.seismic.slopes.nowicki_jessee import sliding_share

if TYPE_CHECKING:
    from geodata import Grid, Region

Floats = NDArray[np.float64]
Three = tuple[float, float, float]
ENDS: Final = ("least", "value", "most")
COARSEST_M: Final = 100.0
_CELLS_M: Final = (30.0, 120.0)
STEEP_DEG: Final = 25.0
NEAR_LAKE_M: Final = 1000.0
UNIT_WEIGHT_KN_M3: Final = 19.0
LEAST_SAFETY: Final = 1.1
"""What stands today stands: slopes that the soil's figures would not hold are rock, or held by more."""


@dataclass(frozen=True)
class GorgeSlopes:
    """Slopes of one gorge under one earthquake.

    Attributes
    ----------
    id : str
    steep_share : float
        Share of its ground of at least `STEEP_DEG`.
    newmark, nowicki_jessee : Three
        Share of its ground that fails or slides: fewest, what is computed with, most.
    """

    id: str
    steep_share: float
    newmark: Three
    nowicki_jessee: Three


@cache
def soil() -> Mapping[str, Mapping[str, Any]]:
    """The judged figures of the slopes, from the table beside this file."""
    return tomllib.loads(files("risk_api.seismic.slopes").joinpath("soil.toml").read_text("utf-8"))


class RegionSlopes:
    """Slopes of one region, read from its terrain once.

    Parameters
    ----------
    region : Region
    vs30 : RegionVs30
    """

    def __init__(self, region: Region, vs30: RegionVs30) -> None:
        self._region = region
        self._vs30 = vs30

    @property
    def resolution_m(self) -> float:
        """Of the terrain's source."""
        quality = self._region.terrain_quality
        return float(quality.get("resolution_m") or self._region.run_cell_size_m)

    @property
    def usable(self) -> bool:
        """Whether slopes of this terrain are what they are in the world."""
        return self.resolution_m <= COARSEST_M

    @cached_property
    def slope(self) -> Grid:
        """Slope of the terrain, degrees."""
        low, high = _CELLS_M
        terrain = self._region.terrain(float(np.clip(self.resolution_m, low, high)))
        down, across = np.gradient(terrain.values, terrain.cell_size_m)
        return terrain.like(np.degrees(np.arctan(np.hypot(down, across))))

    @cached_property
    def _masks(self) -> Mapping[str, NDArray[np.bool_]]:
        import shapely
        from rasterio.features import geometry_mask
        from shapely.geometry import shape

        grid = self.slope
        found = {}
        for feature in self._region.features("gorges"):
            metric = shapely.transform(
                shape(feature["geometry"]),
                lambda xy: np.column_stack(self._region.to_metric(xy[:, 0], xy[:, 1])),
            )
            inside = geometry_mask([metric], grid.shape, grid.transform, invert=True)
            if inside.any():
                found[str(feature["id"])] = inside
        return found

    def under(self, rupture: Rupture) -> tuple[GorgeSlopes, ...]:
        """Share of each gorge that fails under an earthquake, at the mean of the models' medians."""
        slope = self.slope.values
        pga, pgv = self._shaking(rupture)
        newmark = [self._newmark(end, slope, pga, pgv, rupture.magnitude) for end in ENDS]
        sliding = [self._sliding(end, slope, pga, pgv) for end in ENDS]
        found = []
        for name, inside in self._masks.items():
            failing = tuple(float(np.nanmean(field[inside])) for field in newmark)
            slides = tuple(float(np.nanmean(field[inside])) for field in sliding)
            steep = float((slope[inside] >= STEEP_DEG).mean())
            found.append(GorgeSlopes(name, steep, _three(failing), _three(slides)))
        return tuple(found)

    def failing_above(self, lon: float, lat: float, pga_g: Floats, magnitude: float) -> Floats | None:
        """Share of the steep ground around a lake that fails at each acceleration, (3, n), by `ENDS`.

        None where the terrain is too coarse, or no ground near the lake is steep.
        """
        if not self.usable:
            return None
        x, y = self._region.to_metric(lon, lat)
        grid = self.slope
        rows, cols = np.mgrid[: grid.shape[0], : grid.shape[1]]
        across = grid.transform.c + (cols + 0.5) * grid.cell_size_m - x
        down = grid.transform.f - (rows + 0.5) * grid.cell_size_m - y
        near = (np.hypot(across, down) <= NEAR_LAKE_M) & (grid.values >= STEEP_DEG)
        if not near.any():
            return None
        yields = [self._yield_g(end, grid.values[near]) for end in ENDS]
        return np.array(
            [
                [float(failing_share(jibson_2007_cm(each, peak, magnitude)).mean()) for peak in pga_g]
                for each in yields
            ]
        )

    def _shaking(self, rupture: Rupture) -> tuple[Floats, Floats]:
        grid = self.slope
        ny, nx = grid.shape
        x = grid.transform.c + (np.arange(nx) + 0.5) * grid.cell_size_m
        y = grid.transform.f - (np.arange(ny) + 0.5) * grid.cell_size_m
        lon, lat = self._region.to_lonlat(*(axis.ravel() for axis in np.meshgrid(x, y)))
        with warnings.catch_warnings():
            # The same marks stand in the answer for the lakes and dams.
            warnings.simplefilter("ignore", ModelRangeWarning)
            motion = shake(
                rupture, lon, lat, Sites.of(self._vs30.at(lon, lat)), measures=(Measure.PGA, Measure.PGV)
            ).mean_motion()
        return motion[0].reshape(grid.shape), motion[1].reshape(grid.shape)

    def _yield_g(self, end: str, slope_deg: Floats) -> Floats:
        figures = soil()
        safety = factor_of_safety(
            slope_deg,
            cohesion_kpa=figures["cohesion_kpa"][end],
            friction_deg=figures["friction_deg"][end],
            thickness_m=figures["thickness_m"][end],
            unit_weight_kn_m3=UNIT_WEIGHT_KN_M3,
            saturated_share=figures["saturated_share"][end],
        )
        return yield_acceleration_g(np.maximum(safety, LEAST_SAFETY), slope_deg)

    def _newmark(self, end: str, slope: Floats, pga: Floats, pgv: Floats, magnitude: float) -> Floats:
        """Mean of the shares by Jibson (2007) and by Saygili and Rathje (2008); gentle ground stays."""
        yields = self._yield_g(end, slope)
        shares = 0.5 * (
            failing_share(jibson_2007_cm(yields, pga, magnitude))
            + failing_share(saygili_rathje_2008_cm(yields, pga, pgv))
        )
        return np.where(slope >= 2.0, shares, 0.0)

    def _sliding(self, end: str, slope: Floats, pga: Floats, pgv: Floats) -> Floats:
        figures = soil()
        return sliding_share(
            pga, pgv, slope, figures["topographic_index"][end], figures["rock"][end], figures["cover"][end]
        )


def _three(values: tuple[float, ...]) -> Three:
    least, value, most = values
    return least, value, most
