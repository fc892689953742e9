"""The region's layers as ready features, made once per process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api.dam_storage import DamStorage
from risk_api.errors import UnknownFeature
from risk_api.serialise.features import Feature, geometry_json
from risk_api.serialise.plain import to_plain

if TYPE_CHECKING:
    from geodata import Region

VECTOR_LAYERS: Final = ("districts", "gorges", "rivers", "dams", "lakes", "events", "facilities")


class LayerStore:
    """Features of every layer of one region, in CRS84, ready to be joined into an answer.

    Parameters
    ----------
    region : Region

    Attributes
    ----------
    dam_storage : DamStorage
        How much the bowls of its dams hold.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._lock = threading.Lock()
        self._layers: dict[str, Mapping[str, Feature]] = {}
        self.dam_storage = DamStorage(region)

    def layer(self, name: str) -> Mapping[str, Feature]:
        """Return the features of a layer by id, in the layer's order.

        Raises
        ------
        KeyError
            If `name` is none of `VECTOR_LAYERS`.
        """
        if name not in VECTOR_LAYERS:
            raise KeyError(name)
        with self._lock:
            if name not in self._layers:
                self._layers[name] = self._load(name)
            return self._layers[name]

    def feature(self, name: str, feature_id: str) -> Feature:
        """Return one feature.

        Raises
        ------
        UnknownFeature
            Naming the ids there are.
        """
        features = self.layer(name)
        if feature_id not in features:
            raise UnknownFeature(feature_id, features, in_path=True)
        return features[feature_id]

    def _load(self, name: str) -> Mapping[str, Feature]:
        from shapely.geometry import shape

        sites = self._region.dam_sites if name == "dams" else {}
        features = {}
        for raw in self._region.features(name):
            key = str(raw["id"])
            properties: dict[str, Any] = to_plain(raw["properties"])
            if key in sites:
                properties = _dam_properties(properties, to_plain(sites[key]))
            properties.pop("id", None)
            geometry = geometry_json(shape(raw["geometry"])) if raw["geometry"] else None
            features[key] = Feature(key, geometry, properties)
        return features


def _dam_properties(columns: dict[str, Any], site: dict[str, Any]) -> dict[str, Any]:
    """Return a dam's properties: the checked site rather than its raw columns, names in flat form."""
    names = {f"name_{code}": text for code, text in site.pop("names").items()}
    for key in ("lon", "lat", "id"):
        site.pop(key, None)
    return {**names, **{key: value for key, value in columns.items() if key not in site}, **site}
