"""A region: a folder with `region.toml` and its layers, opened lazily and checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from geodata import checks
from geodata.course_raster import enforce_courses
from geodata.crs import from_lonlat
from geodata.dam_placing import PlacedDam
from geodata.dam_placing import place_dam as _place_dam
from geodata.dams import DamSite
from geodata.errors import (
    DamDoesNotClose,
    DamOffCourse,
    UnknownCellSize,
    UnknownDam,
    UnknownRegion,
    UnknownRiver,
)
from geodata.exposure_grid import ExposureGrid, read_exposure
from geodata.exposure_sources import exposure_from_counts
from geodata.grid import Grid
from geodata.layers import VECTOR_LAYERS
from geodata.region_file import FILE, read_region_file
from geodata.region_layers import RegionLayers
from geodata.river_layer import rivers_of
from geodata.rivers import River
from geodata.rivers import path_downstream as _path_downstream

CELL_SIZES_M = (10.0, 500.0)
ON_COURSE_M = 2000.0


def embedded_regions() -> tuple[str, ...]:
    """Names of the regions that come with the package."""
    folder = resources.files("geodata") / "regions"
    return tuple(sorted(entry.name for entry in folder.iterdir() if (entry / FILE).is_file()))


def open_region(source: str | Path) -> "Region":
    """Open a region: an embedded one by its name, any other by its folder.

    Everything cheap is checked here (files, hashes, districts, rivers, dams, scenarios); terrain and exposure
    are read and checked at first use, or by `Region.check`.

    Parameters
    ----------
    source : str or Path
        ``"almaty"``, or a folder with a `region.toml`.

    Raises
    ------
    UnknownRegion
        If it is neither.
    RegionError
        If a layer is missing, corrupt or cannot be true; the message names layer, file and field.
    """
    name = str(source)
    if name in embedded_regions():
        folder = Path(str(resources.files("geodata") / "regions" / name))
    else:
        folder = Path(source)
        if not (folder / FILE).is_file():
            raise UnknownRegion(
                f"{name!r} is neither an embedded region ({', '.join(embedded_regions())}) "
                f"nor a folder with a {FILE}"
            )
    region = Region(read_region_file(folder))
    region.check_light()
    return region


@dataclass(frozen=True)
class Region(RegionLayers):
    """The ground of one city, from its folder. Use `open_region`."""

    @cached_property
    def rivers_by_id(self) -> Mapping[str, River]:
        """Courses by river id."""
        return rivers_of(
            self.file.layers["rivers"], self.features("rivers"), self.crs, lambda: self._stored_terrain
        )

    def course(self, river_id: str) -> River:
        """Course of a river.

        Raises
        ------
        UnknownRiver
        """
        try:
            return self.rivers_by_id[river_id]
        except KeyError:
            raise UnknownRiver(f"river {river_id!r} is not one of {', '.join(self.rivers_by_id)}") from None

    def path_downstream(self, river_id: str, x: float, y: float) -> list[tuple[str, float]]:
        """Rivers that a flow from a point [m] follows, in order, each with the chainage it enters at [m]."""
        return _path_downstream(self.rivers_by_id, river_id, self.course(river_id).nearest(x, y)[0])

    def dams_downstream(self, river_id: str, x: float, y: float) -> tuple[str, ...]:
        """Ids of the dams on the path of a flow from a point [m], in the order that it meets them."""
        ids: list[str] = []
        path = self.path_downstream(river_id, x, y)
        for i, (id, start) in enumerate(path):
            joins = self.rivers_by_id[id].joins
            end = self.rivers_by_id[id].length_m if i + 1 < len(path) and joins else float("inf")
            here = [
                (chainage, dam.id)
                for dam in self.dam_sites.values()
                if dam.river == id and start < (chainage := self.dam_chainage(dam.id)) <= end
            ]
            ids += [dam for _, dam in sorted(here)]
        return tuple(ids)

    def terrain(self, cell_size_m: float) -> Grid:
        """Conditioned bed at a cell size, river courses unbroken, without dams except those that it holds.

        Parameters
        ----------
        cell_size_m : float
            10 to 500 m. A size below the source's resolution adds cells, not knowledge.

        Raises
        ------
        UnknownCellSize
            If the size is out of range.
        """
        if not CELL_SIZES_M[0] <= cell_size_m <= CELL_SIZES_M[1]:
            low, high = CELL_SIZES_M
            raise UnknownCellSize(f"cell_size_m lies from {low:g} to {high:g}, not {cell_size_m}")
        ground = self._stored_terrain.resample(float(cell_size_m))
        return enforce_courses(ground, self.rivers_by_id)[0]

    def dam_chainage(self, dam_id: str) -> float:
        """Where a dam stands on its river [m]."""
        site = self._site(dam_id)
        if site.chainage_m is not None:
            return site.chainage_m
        x, y = from_lonlat(site.lon, site.lat, self.crs)
        return self.course(site.river).nearest(float(x), float(y))[0]

    def _site(self, dam_id: str) -> DamSite:
        try:
            return self.dam_sites[dam_id]
        except KeyError:
            raise UnknownDam(f"dam {dam_id!r} is not one of {', '.join(self.dam_sites) or 'none'}") from None

    def place_dam(self, dam_id: str, grid: Grid) -> PlacedDam:
        """Put a dam on a grid of this region: crest cells, pool, storage curve.

        Raises
        ------
        UnknownDam, DamOffCourse, DamDoesNotClose
        """
        site = self._site(dam_id)
        return _place_dam(site, self.course(site.river), grid)

    @cached_property
    def _exposure(self) -> ExposureGrid:
        ids = [feature["id"] for feature in self.features("districts")]
        entry = self._layer("exposure")
        if entry is not None:
            return read_exposure(entry, ids)
        shapes = {f["id"]: checks.metric(f["geometry"], self.crs) for f in self.features("districts")}
        return exposure_from_counts(
            self.file.layers["population"],
            self._layer("buildings"),
            shapes,
            {f["id"]: float(f["properties"]["population"]) for f in self.features("districts")},
            {f["id"]: f["properties"].get("buildings") for f in self.features("districts")},
            self.crs,
        )

    def exposure_grid(self) -> ExposureGrid:
        """People and residential buildings on a 100 m grid; district totals equal the districts' figures."""
        return self._exposure

    def check_light(self) -> None:
        """Everything that can be checked without reading the terrain or the exposure.

        Raises
        ------
        RegionError
        """
        layers = self.file.layers
        checks.check_districts(layers["districts"], self.features("districts"), self.crs)
        checks.check_rivers(layers["rivers"], self.rivers_by_id)
        if "dams" in layers:
            checks.check_dams(
                layers["dams"], self.dam_sites, self.rivers_by_id, self.crs, self.run_cell_size_m
            )
            checks.check_clogging(layers["dams"], self.dam_sites, self.assumptions)
        checks.check_scenarios(layers["scenarios"], self.scenarios, self.rivers_by_id, self.bounds, self.crs)
        _ = self.strategies, self.building_stock, self.ground_zones

    def district_polygons(self) -> dict[str, Any]:
        """Polygons of the districts in the metric CRS, by id (shapely)."""
        return {f["id"]: checks.metric(f["geometry"], self.crs) for f in self.features("districts")}

    def check(self) -> list[str]:
        """What is wrong between layers that are each in order; reads everything, the terrain included.

        Returns
        -------
        list of str
            Sums of people that differ from the districts' figures, dams that do not close their valley;
            empty for a sound region.

        Raises
        ------
        RegionError
            If a layer cannot be used at all.
        """
        self.check_light()
        found = []
        totals = self.exposure_grid().district_totals()
        for feature in self.features("districts"):
            figure, here = float(feature["properties"]["population"]), totals[feature["id"]]["people"]
            if abs(here - figure) > 1e-6 * max(figure, 1.0):
                found.append(
                    f"layer 'exposure', district {feature['id']!r}: {here:.1f} people on the grid, "
                    f"{figure:.1f} in the districts layer"
                )
        ground = self.terrain(self.run_cell_size_m)
        for id in self.dam_sites:
            try:
                self.place_dam(id, ground)
            except (DamDoesNotClose, DamOffCourse) as error:
                found.append(f"layer 'dams': {error}")
        return found

    def describe(self) -> dict[str, Any]:
        """What `region check` shows: identity, layers and their sources, counts, facts of the build."""
        return {
            "id": self.id,
            "names": dict(self.names),
            "version": self.version,
            "crs": self.crs,
            "bounds_lonlat": list(self.bounds_lonlat),
            "run_cell_size_m": self.run_cell_size_m,
            "city_population": self.city_population,
            "terrain_quality": self.terrain_quality,
            "layers": {
                name: {
                    "file": layer.path.name,
                    "bytes": layer.path.stat().st_size,
                    "source": layer.text("source"),
                    "licence": layer.text("licence"),
                    "features": len(self.features(name)) if name in VECTOR_LAYERS else None,
                }
                for name, layer in self.file.layers.items()
            },
            "dams": list(self.dam_sites),
            "scenarios": list(self.scenarios),
            "strategies": list(self.strategies),
            "report": json.loads(json.dumps(self.report)),
        }
