"""Cells under a point or a line, for releases and gauges that are drawn on a map.

Positions are counted in cells: whole numbers are centres, so that row 2.0 is the middle of row 2 and row 2.5
its southern edge. A map coordinate becomes such a position by the grid's own transform.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidRelease

Cells = tuple[NDArray[np.int64], NDArray[np.int64]]


def cells_of_point(row: float, col: float) -> Cells:
    """The cell that holds a point.

    Parameters
    ----------
    row, col : float
        Position in cells, finite.

    Returns
    -------
    (rows, cols)
        One index each, as `Release.hydrograph` takes them.

    Raises
    ------
    InvalidRelease
        If a number is not finite. Whether the cell lies on the grid is checked when the run begins.
    """
    return cells_of_line([(row, col)])


def cells_of_line(vertices: Sequence[tuple[float, float]]) -> Cells:
    """All cells that a line passes through, in its order, each once.

    Consecutive cells share a side, so that no gap is left for a flow to slip through; where the line crosses
    a corner, the cell on one side of it is taken as well, the same whichever way the line is drawn.

    Parameters
    ----------
    vertices : sequence of (row, col)
        Positions in cells, at least one, finite.

    Returns
    -------
    (rows, cols)
        Indices, as `Release.hydrograph` takes them.

    Raises
    ------
    InvalidRelease
        If there is no vertex, or a number is not finite.
    """
    points = np.asarray(vertices, dtype=np.float64)
    if points.ndim != 2 or points.shape[0] == 0 or points.shape[1] != 2:
        raise InvalidRelease("vertices must be one or more pairs (row, col)", field="vertices")
    if not np.isfinite(points).all():
        raise InvalidRelease("vertices hold a NaN or infinite position", field="vertices")
    pairs = [(float(row), float(col)) for row, col in points]
    found = [_cell(*pairs[0])]
    for start, end in pairwise(pairs):
        found.extend(_cells_of_segment(start, end) if start <= end else _cells_of_segment(end, start)[::-1])
    unique = list(dict.fromkeys(found))
    return (
        np.array([row for row, _ in unique], dtype=np.int64),
        np.array([col for _, col in unique], dtype=np.int64),
    )


def _cell(row: float, col: float) -> tuple[int, int]:
    return int(np.floor(row + 0.5)), int(np.floor(col + 0.5))


def _cells_of_segment(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[int, int]]:
    """Cells from start to end: one step to a neighbour at every crossing of a cell's side."""
    here, there = _cell(*start), _cell(*end)
    crossings: list[tuple[float, int, int]] = []
    for axis in (0, 1):
        step = 1 if there[axis] >= here[axis] else -1
        length = end[axis] - start[axis]
        for k in range(abs(there[axis] - here[axis])):
            side = here[axis] + step * (k + 0.5)
            crossings.append(((side - start[axis]) / length, axis, step))
    cells = [here]
    for _, axis, step in sorted(crossings):
        row, col = cells[-1]
        cells.append((row + step, col) if axis == 0 else (row, col + step))
    return cells
