"""A region: a folder with `region.toml` and its layers, opened lazily and checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from geodata import checks
from geodata.course_raster import enforce_courses
from geodata.crs import from_lonlat, to_lonlat
from geodata.dam_placing import PlacedDam
from geodata.dam_placing import place_dam as _place_dam
from geodata.dams import DamSite, Strategy
from geodata.errors import (
    DamDoesNotClose,
    DamOffCourse,
    LayerInvalid,
    OutsideRegion,
    UnknownCellSize,
    UnknownDam,
    UnknownRegion,
    UnknownRiver,
)
from geodata.exposure_grid import ExposureGrid, read_exposure
from geodata.exposure_sources import exposure_from_counts
from geodata.features import Feature, read_layer
from geodata.grid import Grid
from geodata.layers import FIELDS, VECTOR_LAYERS
from geodata.region_file import FILE, LayerFile, RegionFile, read_region_file, sha256_of
from geodata.river_layer import rivers_of
from geodata.rivers import River
from geodata.rivers import path_downstream as _path_downstream
from geodata.scenarios import Scenario
from geodata.tables import read_assumptions, read_scenarios, read_strategies, read_table
from geodata.terrain_layer import TerrainHeader, read_header, read_terrain
from geodata.values import Assumption, Names

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
class Region:
    """The ground of one city, from its folder. Use `open_region`."""

    file: RegionFile

    @property
    def id(self) -> str:
        """Key of the region."""
        return str(self.file.data["id"])

    @property
    def names(self) -> Names:
        """Kazakh, Russian and English name."""
        return dict(self.file.data["names"])

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.file.folder

    @property
    def crs(self) -> str:
        """Metric CRS that everything is computed in."""
        return str(self.file.data["crs"])

    @property
    def run_cell_size_m(self) -> float:
        """Cell size of a run that asks for none [m]."""
        return float(self.file.data.get("run_cell_size_m", 60.0))

    @property
    def city_population(self) -> Mapping[str, Any] | None:
        """The city's own figure, which the districts need not sum to; nothing is scaled."""
        figure = self.file.data.get("city_population")
        return dict(figure) if figure else None

    @cached_property
    def version(self) -> str:
        """Hash over `region.toml` and the bytes of every layer."""
        digest = hashlib.sha256(self.file.toml_sha256.encode())
        for name in sorted(self.file.layers):
            layer = self.file.layers[name]
            digest.update(f"{name}:{layer.sha256 or sha256_of(layer.path)}".encode())
        return digest.hexdigest()

    def _layer(self, name: str) -> LayerFile | None:
        return self.file.layers.get(name)

    # --- terrain -------------------------------------------------------------------------------------------

    @cached_property
    def _header(self) -> TerrainHeader:
        return read_header(self.file.layers["terrain"], self.crs)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the terrain in the metric CRS [m]."""
        return self._header.bounds

    @property
    def bounds_lonlat(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the terrain in degrees; the box around the metric one."""
        west, south, east, north = self.bounds
        t = np.linspace(0, 1, 21)
        x = np.concatenate([west + t * (east - west)] * 2 + [np.full(21, west), np.full(21, east)])
        y = np.concatenate([np.full(21, south), np.full(21, north)] + [south + t * (north - south)] * 2)
        lon, lat = to_lonlat(x, y, self.crs)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def terrain_quality(self) -> dict[str, Any]:
        """Source, resolution, date, datum, error and licence of the terrain, and what it is good for."""
        entry = self.file.layers["terrain"]
        keys = (
            "source",
            "resolution_m",
            "date",
            "vertical_datum",
            "vertical_error_m",
            "licence",
            "synthetic",
        )
        quality: dict[str, Any] = {key: entry.options.get(key) for key in keys if key in entry.options}
        quality["statement"] = dict(entry.options.get("statement", {}))
        return quality

    @cached_property
    def _stored_terrain(self) -> Grid:
        return read_terrain(self.file.layers["terrain"], self.crs)

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

    # --- vector layers --------------------------------------------------------------------------------------

    @cached_property
    def _features(self) -> dict[str, list[Feature]]:
        return {}

    def features(self, layer: str) -> list[Feature]:
        """GeoJSON features of a layer in CRS84; empty for an optional layer that is not there.

        Raises
        ------
        LayerInvalid
            If there is no such kind of layer, or what it holds cannot be true.
        """
        if layer not in VECTOR_LAYERS:
            raise LayerInvalid(layer, FILE, f"layers.{layer}", f"is not one of {', '.join(VECTOR_LAYERS)}")
        if layer not in self._features:
            entry = self._layer(layer)
            self._features[layer] = read_layer(entry) if entry else []
        return self._features[layer]

    def frame(self, layer: str) -> Any:
        """A layer as GeoDataFrame in CRS84, indexed by id, with the columns of its field table."""
        import geopandas as gpd
        import shapely

        features = self.features(layer)
        columns = [field.name for field in FIELDS[layer] if field.name != "id"]
        columns += sorted({k for f in features for k in f["properties"]} - {*columns, "id"})
        geometry = [shapely.geometry.shape(f["geometry"]) if f["geometry"] else None for f in features]
        data = {name: [f["properties"].get(name) for f in features] for name in columns}
        ids = [f["id"] for f in features]
        frame = gpd.GeoDataFrame(data, geometry=geometry, crs="OGC:CRS84", index=ids)
        frame.index.name = "id"
        return frame

    @property
    def districts(self) -> Any:
        """Districts as GeoDataFrame."""
        return self.frame("districts")

    @property
    def gorges(self) -> Any:
        """Gorges as GeoDataFrame."""
        return self.frame("gorges")

    @property
    def rivers(self) -> Any:
        """Rivers as GeoDataFrame."""
        return self.frame("rivers")

    @property
    def dams(self) -> Any:
        """Dam sites as GeoDataFrame."""
        return self.frame("dams")

    @property
    def lakes(self) -> Any:
        """Lakes as GeoDataFrame."""
        return self.frame("lakes")

    @property
    def events(self) -> Any:
        """Past events as GeoDataFrame."""
        return self.frame("events")

    @property
    def facilities(self) -> Any:
        """Facilities as GeoDataFrame."""
        return self.frame("facilities")

    # --- rivers and dams ------------------------------------------------------------------------------------

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

    @cached_property
    def dam_sites(self) -> Mapping[str, DamSite]:
        """Dam sites by id."""
        entry = self._layer("dams")
        out: dict[str, DamSite] = {}
        for feature in self.features("dams"):
            assert entry is not None
            lon, lat = feature["geometry"]["coordinates"][:2]
            try:
                out[feature["id"]] = DamSite.of(feature["properties"], lon, lat)
            except KeyError as error:
                field = f"{feature['id']}.{error.args[0]}"
                raise LayerInvalid("dams", entry.path.name, field, "is missing") from error
            except (ValueError, TypeError) as error:
                raise LayerInvalid("dams", entry.path.name, str(feature["id"]), str(error)) from error
        return out

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

    # --- questions ------------------------------------------------------------------------------------------

    @cached_property
    def assumptions(self) -> Mapping[str, Assumption]:
        """Named, ranged assumptions by id."""
        entry = self._layer("assumptions")
        return read_assumptions(entry) if entry else {}

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Scenarios by id."""
        rise = self.assumptions.get("hydrograph_rise_share")
        return read_scenarios(self.file.layers["scenarios"], rise.value if rise else 0.2)

    @cached_property
    def strategies(self) -> Mapping[str, Strategy]:
        """Strategies by id."""
        entry = self._layer("strategies")
        return read_strategies(entry, self.dam_sites) if entry else {}

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """What the builder measured: carve depths, pits kept, catchments, dam fits; empty without one."""
        entry = self._layer("report")
        return read_table(entry) if entry else {}

    # --- exposure -------------------------------------------------------------------------------------------

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

    # --- about itself ---------------------------------------------------------------------------------------

    @property
    def credits(self) -> list[dict[str, str]]:
        """Whom each layer is owed to, under which licence."""
        out = []
        for name, layer in self.file.layers.items():
            text = layer.text("credit") or layer.text("source")
            if text:
                credit = {"layer": name, "text": text, "licence": layer.text("licence")}
                if layer.text("url"):
                    credit["url"] = layer.text("url")
                out.append(credit)
        return out

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
            checks.check_dams(layers["dams"], self.dam_sites, self.rivers_by_id)
        checks.check_scenarios(layers["scenarios"], self.scenarios, self.rivers_by_id, self.bounds, self.crs)
        _ = self.strategies

    def contains_lonlat(self, lon: float, lat: float) -> bool:
        """Whether a point lies on the terrain."""
        x, y = from_lonlat(lon, lat, self.crs)
        west, south, east, north = self.bounds
        return bool(west <= float(x) < east and south < float(y) <= north)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Metric point of a longitude and latitude.

        Raises
        ------
        OutsideRegion
            If it lies off the terrain or is not a number.
        """
        if not (np.isfinite(lon) and np.isfinite(lat)) or not self.contains_lonlat(lon, lat):
            west, south, east, north = self.bounds_lonlat
            raise OutsideRegion(
                f"({lon}, {lat}) lies outside region {self.id}: longitude {west:.4f} to {east:.4f}, "
                f"latitude {south:.4f} to {north:.4f}"
            )
        x, y = from_lonlat(lon, lat, self.crs)
        return float(x), float(y)

    def to_metric(self, lon: Any, lat: Any) -> Any:
        """Metric x, y of longitudes and latitudes; scalars give floats, arrays arrays. Nothing is checked."""
        x, y = from_lonlat(lon, lat, self.crs)
        return (float(x), float(y)) if x.ndim == 0 else (x, y)

    def to_lonlat(self, x: Any, y: Any) -> Any:
        """Longitudes and latitudes of metric x, y; scalars give floats, arrays arrays."""
        lon, lat = to_lonlat(x, y, self.crs)
        return (float(lon), float(lat)) if lon.ndim == 0 else (lon, lat)

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
