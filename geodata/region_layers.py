"""The layers of a region, read at first use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geodata.building_stock import BuildingStock, read_stock
from geodata.dams import DamSite, Strategy
from geodata.errors import LayerInvalid
from geodata.features import Feature, read_layer
from geodata.layers import FIELDS, VECTOR_LAYERS
from geodata.region_file import FILE
from geodata.region_ground import RegionGround
from geodata.scenarios import Scenario
from geodata.tables import read_assumptions, read_scenarios, read_strategies, read_table
from geodata.values import Assumption


@dataclass(frozen=True)
class RegionLayers(RegionGround):
    """Vector layers and tables of a region."""

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
    def building_stock(self) -> BuildingStock | None:
        """Residential buildings and people by district and building class; None where no layer says."""
        entry = self._layer("building_stock")
        return read_stock(entry, [f["id"] for f in self.features("districts")]) if entry else None

    @cached_property
    def ground_zones(self) -> Mapping[str, Any] | None:
        """Zones of ground that somebody drew, a GeoJSON feature collection (CRS84); None where nobody did."""
        entry = self._layer("ground_zones")
        return read_table(entry) if entry else None

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """What the builder measured: carve depths, pits kept, catchments, dam fits; empty without one."""
        entry = self._layer("report")
        return read_table(entry) if entry else {}

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
