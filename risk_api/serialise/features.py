"""Features of a layer as RFC 7946 wants them, held ready so that a request only picks and joins."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language
from risk_api.parameters import BBox

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: About 0.1 m at this latitude: finer than any source of the region.
DECIMALS: Final = 6
NAME_KEYS: Final = ("name_kk", "name_ru", "name_en")


@dataclass(frozen=True)
class Feature:
    """One feature: id, GeoJSON geometry (right-hand rule, CRS84) and plain properties."""

    id: str
    geometry: Mapping[str, Any] | None
    properties: Mapping[str, Any]

    @cached_property
    def shape(self) -> BaseGeometry | None:
        """Return the geometry for spatial questions."""
        from shapely.geometry import shape

        return shape(self.geometry) if self.geometry else None

    def names(self) -> dict[str, str]:
        """Return the names by language, the id where a language has none."""
        return {key[-2:]: str(self.properties.get(key) or self.id) for key in NAME_KEYS}

    def touches(self, bbox: BBox) -> bool:
        """Whether the exact geometry, not only its bounds, meets the box (edges count)."""
        from shapely.geometry import box

        return self.shape is not None and bool(self.shape.intersects(box(*bbox)))

    def covers(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the geometry or on its edge."""
        from shapely.geometry import Point

        return self.shape is not None and bool(self.shape.covers(Point(lon, lat)))

    def to_json(self, language: Language, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the GeoJSON feature with its `name` in `language` and the names in all three."""
        properties = {"name": self.names()[language], **self.properties, **(extra or {})}
        return {"type": "Feature", "id": self.id, "geometry": self.geometry, "properties": properties}


def geometry_json(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """Return a GeoJSON geometry: rounded, exterior rings counterclockwise; None where there is nothing."""
    import numpy as np
    import shapely

    if geometry is None or geometry.is_empty:
        return None
    rounded = shapely.transform(geometry, lambda xyz: np.round(xyz, DECIMALS), include_z=bool(geometry.has_z))
    document: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
    return document


def collection_json(
    features: Sequence[Feature], language: Language, members: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a FeatureCollection; `members` are foreign members beside ``features`` (RFC 7946, 6.1)."""
    return {
        "type": "FeatureCollection",
        **(members or {}),
        "features": [feature.to_json(language) for feature in features],
    }
