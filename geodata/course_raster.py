"""River courses on a grid: chains of cells that touch by their sides, with a bed that never rises."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.grid import FloatArray, Grid
from geodata.rivers import River

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class CourseCells:
    """Cells of one course from its head downstream; each shares a side with the next."""

    rows: IntArray
    cols: IntArray
    chainage_m: FloatArray


def line_cells(grid: Grid, xy: FloatArray, measure: FloatArray) -> CourseCells:
    """Cells that a densified line passes, side by side, without loops.

    Parameters
    ----------
    grid : Grid
    xy : ndarray, shape (n, 2)
        Points closer together than one cell [m].
    measure : ndarray, shape (n,)
        Distance along the line, carried over to the cells [m].

    Returns
    -------
    CourseCells
        Where the line leaves the grid, its first connected part inside; empty when it never enters.
    """
    size, (ny, nx) = grid.cell_size_m, grid.shape
    rows = np.floor((grid.transform.f - xy[:, 1]) / size).astype(int)
    cols = np.floor((xy[:, 0] - grid.transform.c) / size).astype(int)
    chain: list[tuple[int, int]] = []
    entry: list[float] = []
    leave: list[float] = []
    place: dict[tuple[int, int], int] = {}

    def visit(cell: tuple[int, int], chainage: float) -> None:
        known = place.get(cell)
        if known is None:
            place[cell] = len(chain)
            chain.append(cell)
            entry.append(chainage)
            leave.append(chainage)
            return
        # A meander narrower than a cell comes back to where it was: water takes the short cut.
        for skipped in chain[known + 1 :]:
            del place[skipped]
        del chain[known + 1 :], entry[known + 1 :], leave[known + 1 :]
        leave[known] = chainage

    for i, (row, col, chainage) in enumerate(
        zip(rows.tolist(), cols.tolist(), measure.tolist(), strict=True)
    ):
        if not (0 <= row < ny and 0 <= col < nx):
            if chain:
                break
            continue
        if chain and chain[-1][0] != row and chain[-1][1] != col:
            # A diagonal step gets the corner cell nearer to the line: flow passes cell sides, never corners.
            # Not the lower one: cells must be the same before and after their bed is put in.
            x, y = (xy[i - 1] + xy[i]) / 2
            corners = ((row, chain[-1][1]), (chain[-1][0], col))
            visit(min(corners, key=lambda cell: _away(grid, cell, x, y)), chainage)
        visit((row, col), chainage)
    cells = np.array(chain, dtype=np.int64).reshape(-1, 2)
    # The middle of the stretch within the cell: at its entry a steep bed would lie half a cell's drop too
    # high.
    middle = (np.array(entry, dtype=float) + np.array(leave, dtype=float)) / 2
    return CourseCells(cells[:, 0], cells[:, 1], middle)


def _away(grid: Grid, cell: tuple[int, int], x: float, y: float) -> float:
    cx, cy = grid.xy_of(*cell)
    return round(abs(cx - x) + abs(cy - y), 6)


def course_cells(grid: Grid, river: River) -> CourseCells:
    """Cells of a river's course on a grid."""
    xy, chainage = river.points(grid.cell_size_m / 4)
    return line_cells(grid, xy, chainage)


def in_basin(river: River, chainage_m: FloatArray) -> NDArray[np.bool_]:
    """Which chainages lie strictly within a listed basin, where the bed is left as the terrain has it."""
    inside = np.zeros(len(chainage_m), dtype=bool)
    for start, end in river.basins:
        inside |= (chainage_m > start) & (chainage_m < end)
    return inside


def receiving_first(rivers: Mapping[str, River]) -> list[str]:
    """River ids so that each comes after the one it joins."""

    def depth(river: River, seen: int = 0) -> int:
        if river.joins is None or river.joins[0] not in rivers or seen > len(rivers):
            return 0
        return 1 + depth(rivers[river.joins[0]], seen + 1)

    return sorted(rivers, key=lambda id: (depth(rivers[id]), id))


def enforce_courses(ground: Grid, rivers: Mapping[str, River]) -> tuple[Grid, dict[str, FloatArray]]:
    """Put every river bed into the ground, unbroken at this cell size.

    The bed of a cell is the river's bed at the cell's chainage; along the chain it never rises, except within
    the listed basins, which stay as they are. A tributary ends where it meets a cell of its receiving river
    and is never cut below it.

    Parameters
    ----------
    ground : Grid
    rivers : mapping of str to River

    Returns
    -------
    Grid
        Ground with the beds.
    dict of str to ndarray
        Per river how far each of its cells was lowered (positive) or raised (negative) [m].
    """
    values = ground.values.copy()
    taken: dict[tuple[int, int], float] = {}
    carved: dict[str, FloatArray] = {}
    for id in receiving_first(rivers):
        river = rivers[id]
        cells = course_cells(ground, river)
        basin = in_basin(river, cells.chainage_m)
        bed = np.interp(cells.chainage_m, river.chainage_m, river.bed_elevation_m)
        own: list[tuple[int, int, float]] = []
        floor = -np.inf
        for row, col, z, keep in zip(
            cells.rows.tolist(), cells.cols.tolist(), bed.tolist(), basin.tolist(), strict=True
        ):
            if (row, col) in taken:
                floor = taken[(row, col)]
                break
            own.append((row, col, float(ground.values[row, col]) if keep else z))
        level = np.inf
        depth = []
        for (row, col, z), keep in zip(own, basin.tolist(), strict=False):
            # Within a basin the bed may rise to its rim; below it the next bed counts anew.
            level = np.inf if keep else max(min(level, z), floor)
            height = z if keep else level
            depth.append(float(ground.values[row, col]) - height)
            values[row, col] = height
            taken[(row, col)] = height
        carved[id] = np.array(depth)
    return ground.like(values), carved
