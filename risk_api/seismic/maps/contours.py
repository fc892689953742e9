"""Contours of a raster as GeoJSON: lines at levels, or the bands between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata import Grid

Floats = NDArray[np.float64]
MOST_LEVELS: Final = 60
LINES: Final = "lines"
BANDS: Final = "bands"
KINDS: Final = (LINES, BANDS)
_STEPS: Final = (1.0, 2.0, 5.0)


def nice_levels(low: float, high: float, count: int = 10) -> list[float]:
    """Round levels between two values: about so many, a step of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return []
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next((one * power for one in _STEPS if one * power >= rough), 10.0 * power)
    first = np.ceil(low / step)
    return [float(f"{number * step:.6g}") for number in np.arange(first, np.floor(high / step) + 1)]


def half_degrees(low: float, high: float) -> list[float]:
    """Levels of intensity: every half degree between two values."""
    return [0.5 * number for number in range(int(np.ceil(2.0 * low)), int(np.floor(2.0 * high)) + 1)]


def contours(grid: Grid, levels: Sequence[float], kind: str) -> list[tuple[dict[str, float], BaseGeometry]]:
    """Contours of a grid in its CRS, with the level of each line, or the lower and upper end of each band.

    Parameters
    ----------
    grid : Grid
        Values stand at the centres of its cells; nothing is drawn where one is unknown.
    levels : sequence of float
        Ascending. Bands go from below the first to above the last.
    kind : {"lines", "bands"}
    """
    size = grid.cell_size_m
    ny, nx = grid.shape
    x = grid.transform.c + (np.arange(nx) + 0.5) * size
    y = grid.transform.f - (np.arange(ny) + 0.5) * size
    found = contourpy.contour_generator(
        x,
        y,
        np.ma.masked_invalid(grid.values),
        line_type=contourpy.LineType.Separate,
        fill_type=contourpy.FillType.OuterOffset,
    )
    if kind == LINES:
        drawn = [({"value": level}, _lines(found.lines(level))) for level in levels]
    else:
        ends = [-np.inf, *levels, np.inf]
        drawn = [
            (_band(low, high), _polygons(found.filled(low, high))) for low, high in itertools.pairwise(ends)
        ]
    return [(told, shape) for told, shape in drawn if not shape.is_empty]


def _band(low: float, high: float) -> dict[str, float]:
    return {name: value for name, value in (("low", low), ("high", high)) if np.isfinite(value)}


def _lines(lines: Any) -> BaseGeometry:
    return shapely.MultiLineString([line for line in lines if len(line) > 1])


def _polygons(filled: Any) -> BaseGeometry:
    shapes = []
    for points, offsets in zip(*filled, strict=True):
        rings = [points[a:b] for a, b in itertools.pairwise(offsets) if b - a > 3]
        if rings:
            shapes.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.union_all([one if one.is_valid else one.buffer(0.0) for one in shapes])
