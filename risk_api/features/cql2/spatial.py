"""Spatial predicates between the features' geometries and a place that the filter writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api.features.crs import Crs

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from risk_api.features.cql2.scalars import Columns
    from risk_api.features.cql2.truth import Truth

#: Function of CQL2 and the vectorised predicate of shapely.
PREDICATES: Final = {
    "s_intersects": "intersects",
    "s_equals": "equals",
    "s_disjoint": "disjoint",
    "s_touches": "touches",
    "s_within": "within",
    "s_overlaps": "overlaps",
    "s_crosses": "crosses",
    "s_contains": "contains",
}
#: Seen from the other side, where the filter puts its place first.
_TURNED: Final = {"within": "contains", "contains": "within"}


def place(node: Mapping[str, Any], crs: Crs) -> BaseGeometry:
    """Return a GeoJSON geometry or a bbox of a filter, in CRS84.

    Raises
    ------
    ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError
        If it is no geometry.
    """
    import numpy as np
    import shapely
    from shapely.geometry import shape

    if "bbox" in node:
        numbers = [float(number) for number in node["bbox"]]
        if len(numbers) not in (4, 6):
            raise ValueError("a bbox has four or six numbers")
        half = len(numbers) // 2
        written = shapely.box(numbers[0], numbers[1], numbers[half], numbers[half + 1])
    else:
        written = shape(dict(node))
    if written.is_empty or not np.isfinite(shapely.get_coordinates(written)).all():
        raise ValueError("a place has finite coordinates")
    # Bent sides do not matter at the size of a city; a place is moved by its corners.
    moved = written if crs.is_crs84 else shapely.transform(shapely.force_2d(written), crs.to_lonlat())
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise ValueError("it lies off the map of its system")
    shapely.prepare(moved)
    return moved


def related(name: str, other: BaseGeometry, columns: Columns, *, place_first: bool) -> Truth:
    """Return where a predicate holds; a feature without a place is neither."""
    import numpy as np
    import shapely

    from risk_api.features.cql2.truth import Truth

    predicate = PREDICATES[name]
    if place_first:
        predicate = _TURNED.get(predicate, predicate)
    shapes = columns.table.shapes
    known = ~shapely.is_missing(shapes)
    yes = np.asarray(getattr(shapely, predicate)(shapes, other), dtype=bool) & known
    return Truth(yes, known & ~yes)
