"""One collection's features, held so that a request only picks and joins."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from risk_api.bounded import Bounded
from risk_api.errors import UnknownFeature
from risk_api.features.crs import CRS84, Crs
from risk_api.features.times import Interval, known_interval
from risk_api.i18n import Language
from risk_api.responses import to_json_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely import STRtree

    from geodata.layers import Field
    from risk_api.serialise.features import Feature

#: Encodings of one table that are kept: a few systems in three languages.
_KEPT_ENCODINGS = 12


@dataclass(frozen=True)
class FeatureTable:
    """Features with their columns; nothing in it ever changes, new data is a new table.

    Attributes
    ----------
    id : str
        The collection's.
    fields : tuple of Field
        The columns, `name` first.
    features : mapping
        By id, in order.
    time_column : str or None
        The column that says when a feature was, as exactly as known.
    """

    id: str
    fields: tuple[Field, ...]
    features: Mapping[str, Feature]
    time_column: str | None = None
    _encoded: Bounded[tuple[str, str], list[bytes]] = field(default_factory=lambda: Bounded(_KEPT_ENCODINGS))
    _trees: Bounded[str, STRtree] = field(default_factory=lambda: Bounded(_KEPT_ENCODINGS))

    def __len__(self) -> int:
        return len(self.features)

    @cached_property
    def rows(self) -> Sequence[Feature]:
        """Return the features in order."""
        return tuple(self.features.values())

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Return the place of each id in the order."""
        return {key: place for place, key in enumerate(self.features)}

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """Return the geometries in CRS84 as an array; None where a feature has no place."""
        import numpy as np

        shapes = np.empty(len(self), dtype=object)
        shapes[:] = [feature.shape for feature in self.rows]
        return shapes

    def tree(self, crs: Crs) -> STRtree:
        """Return the index of the geometries in a system, easting first: a box there has straight sides."""
        return self._trees.get(crs.code, lambda: self._index(crs))

    def _index(self, crs: Crs) -> STRtree:
        import shapely

        if crs.is_crs84:
            return shapely.STRtree(self.shapes)
        flat = shapely.force_2d(self.shapes)
        return shapely.STRtree(shapely.transform(flat, crs.easting_first().from_lonlat()))

    @cached_property
    def placeless(self) -> frozenset[int]:
        """Return the features without a geometry: no box can leave them out."""
        return frozenset(place for place, shape in enumerate(self.shapes) if shape is None)

    @cached_property
    def intervals(self) -> Sequence[Interval | None]:
        """Return when each feature was, None where that is not known."""
        column = self.time_column
        if column is None:
            return (None,) * len(self)
        return tuple(known_interval(feature.properties.get(column)) for feature in self.rows)

    def place(self, feature_id: str) -> int:
        """Return the place of a feature in the order.

        Raises
        ------
        UnknownFeature
            Naming the ids there are.
        """
        if feature_id not in self.positions:
            raise UnknownFeature(feature_id, self.features, in_path=True)
        return self.positions[feature_id]

    def column(self, name: str, language: Language) -> Sequence[Any]:
        """Return the values of a column in order, None where there is none; ``id`` is a column too."""
        if name == "id":
            return [feature.id for feature in self.rows]
        if name == "name":
            return [feature.names()[language] for feature in self.rows]
        return [feature.properties.get(name) for feature in self.rows]

    def encoded(self, crs: Crs, language: Language) -> list[bytes]:
        """Return every feature as GeoJSON text, made once per system and language."""
        return self._encoded.get((crs.code, language), lambda: self._encode(crs, language))

    def _encode(self, crs: Crs, language: Language) -> list[bytes]:
        geometries = [feature.geometry for feature in self.rows] if crs == CRS84 else self.projected(crs)
        documents = []
        for feature, geometry in zip(self.rows, geometries, strict=True):
            document = feature.to_json(language)
            document["geometry"] = geometry
            documents.append(to_json_bytes(document))
        return documents

    def projected(self, crs: Crs) -> list[dict[str, Any] | None]:
        """Return the geometries in another system, as GeoJSON with its order of axes."""
        import numpy as np
        import shapely

        move = crs.from_lonlat()

        def project(xyz: Any) -> Any:
            moved = move(xyz)
            moved[:, :2] = np.round(moved[:, :2], crs.decimals)
            return moved

        return [
            None
            if shape is None
            else json.loads(
                shapely.to_geojson(shapely.transform(shape, project, include_z=bool(shapely.has_z(shape))))
            )
            for shape in self.shapes
        ]
