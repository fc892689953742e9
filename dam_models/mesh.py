"""The cells that take part in a flow, packed into arrays without gaps.

A mudflow wets a few per cent of a grid. Cells join the mesh when a neighbour gets wet and stay until the end;
every pass of a step runs over packed arrays, so that dry ground costs nothing, neither time nor memory.
Cell 0 and face 0 are sentinels: dry, at rest, without flux. Rows and columns count the ghost ring, so that
cell (1, 1) is the first of the grid.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
# Unsigned, so that indexing with them needs no test for negative values and loops can use vector gathers.
Indices = NDArray[np.uint32]
Bytes = NDArray[np.uint8]

Grids = tuple[Floats, Floats, Floats, Floats, Floats, Floats]
"""Parameters of friction, see `FrictionLaw.grids`."""

GRAVITY_M_S2 = 9.81

# Bits of `Cells.walled`: the sides of a cell on which a wall stands.
WALL_WEST, WALL_EAST, WALL_NORTH, WALL_SOUTH = 1, 2, 4, 8


class Cells(NamedTuple):
    """State, friction, slopes, maxima and neighbours of the cells; capacity may exceed their number.

    `turbulent` and `rough` are 1/xi and n^2 with the slope of the bed in them; `stress`, `cohesion` and
    `viscosity` are what `FrictionLaw` says.
    """

    row: Ints
    col: Ints
    z: Floats
    gravity: Floats
    mu: Floats
    turbulent: Floats
    rough: Floats
    stress: Floats
    cohesion: Floats
    viscosity: Floats
    h: Floats
    u: Floats
    v: Floats
    solids: Floats
    hx: Floats
    hy: Floats
    ux: Floats
    uy: Floats
    vx: Floats
    vy: Floats
    zx: Floats
    zy: Floats
    hp: Floats
    up: Floats
    vp: Floats
    share_x: Floats
    share_y: Floats
    rate_h: Floats
    depth_max: Floats
    speed_max: Floats
    momentum_max: Floats
    intensity_max: Floats
    arrival: Floats
    west: Indices
    east: Indices
    north: Indices
    south: Indices
    face_w: Indices
    face_e: Indices
    face_n: Indices
    face_s: Indices
    walled: Bytes
    complete: Bytes


class Faces(NamedTuple):
    """Faces of one direction: the cells before and after them, and what flows through."""

    before: Indices
    after: Indices
    mass: Floats
    momentum: Floats
    push_before: Floats
    push_after: Floats
    across: Floats
    solids: Floats


@njit(cache=True, inline="always", error_model="numpy")
def _at(grid: Floats, r: int, c: int) -> float:
    value: float = grid[r, c] if grid.size > 1 else grid[0, 0]
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _add(
    r: int,
    c: int,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    cells: Cells,
    x: Faces,
    y: Faces,
    counts: NDArray[np.int64],
) -> int:
    """Take one cell into the mesh, with faces to the neighbours that are already there; returns its number.

    `counts` holds the numbers of cells, x faces and y faces.
    """
    last_row = index.shape[0] - 1
    last_col = index.shape[1] - 1
    new = int(counts[0])
    counts[0] += 1
    index[r, c] = new
    cells.row[new] = r
    cells.col[new] = c
    cells.z[new] = z[r, c]
    metric = cos2[r, c]
    cells.gravity[new] = GRAVITY_M_S2 * metric
    # Normal thickness and slope-parallel speed in the drag laws, written in vertical depth and horizontal
    # speed: 1/cos^2 for Voellmy, cos^(-7/3) for Manning.
    mu, inverse_xi, manning_squared, stress, cohesion, viscosity = friction
    cells.mu[new] = _at(mu, r, c)
    cells.turbulent[new] = _at(inverse_xi, r, c) / metric
    cells.rough[new] = _at(manning_squared, r, c) * metric ** (-7.0 / 6.0)
    cells.stress[new] = _at(stress, r, c)
    cells.cohesion[new] = _at(cohesion, r, c)
    cells.viscosity[new] = _at(viscosity, r, c)
    # A ghost needs no neighbours of its own.
    ghost = r == 0 or c == 0 or r == last_row or c == last_col
    cells.complete[new] = 1 if ghost else 0
    for side in range(4):
        r2 = r + (-1 if side == 0 else 1 if side == 1 else 0)
        c2 = c + (-1 if side == 2 else 1 if side == 3 else 0)
        if r2 < 0 or c2 < 0 or r2 > last_row or c2 > last_col:
            continue
        other = index[r2, c2]
        other_ghost = r2 == 0 or c2 == 0 or r2 == last_row or c2 == last_col
        if other == 0 or (ghost and other_ghost):
            continue
        if side < 2:
            face = counts[2]
            counts[2] += 1
            north = other if side == 0 else new
            south = new if side == 0 else other
            y.before[face] = north
            y.after[face] = south
            cells.south[north] = south
            cells.north[south] = north
            cells.face_s[north] = face
            cells.face_n[south] = face
        else:
            face = counts[1]
            counts[1] += 1
            west = other if side == 2 else new
            east = new if side == 2 else other
            x.before[face] = west
            x.after[face] = east
            cells.east[west] = east
            cells.west[east] = west
            cells.face_e[west] = face
            cells.face_w[east] = face
    return new


@njit(cache=True, nogil=True, error_model="numpy")
def _grow(
    seeds: Indices,
    seed_count: int,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    cells: Cells,
    x: Faces,
    y: Faces,
    counts: NDArray[np.int64],
) -> None:
    """Give every seed its four neighbours."""
    for k in range(seed_count):
        seed = seeds[k]
        if cells.complete[seed]:
            continue
        cells.complete[seed] = 1
        for side in range(4):
            r = cells.row[seed] + (-1 if side == 0 else 1 if side == 1 else 0)
            c = cells.col[seed] + (-1 if side == 2 else 1 if side == 3 else 0)
            if index[r, c] == 0:
                _add(r, c, index, z, cos2, friction, cells, x, y, counts)


class Mesh:
    """Grows with the flow.

    Parameters
    ----------
    z, cos2 : (ny + 2, nx + 2) float64
        Bed with the ghost ring, m, and squared cosine of the bed slope.
    friction : tuple of float64 grids, each (ny + 2, nx + 2) or (1, 1)
        Parameters of friction as `FrictionLaw.grids` gives them.
    """

    def __init__(self, z: Floats, cos2: Floats, friction: Grids) -> None:
        self.z = z
        self.cos2 = cos2
        self.friction = friction
        self.index: Ints = np.zeros(z.shape, dtype=np.int32)
        self.counts = np.ones(3, dtype=np.int64)
        self.cells = _empty_cells(1024)
        self.x, self.y = _empty_faces(1024), _empty_faces(1024)
        self.cells.complete[0] = 1
        self.cells.gravity[0] = GRAVITY_M_S2
        self.version = 0
        """Raised whenever cells or faces are numbered anew, or there are more of them."""
        self._sorted_cells = 0

    @property
    def cell_count(self) -> int:
        """Cells in use, the sentinel included."""
        return int(self.counts[0])

    def ensure(self, row: int, col: int) -> int:
        """Number of the cell at a row and column of the padded grid, which joins the mesh if it must."""
        number = int(self.index[row, col])
        if number == 0:
            self._reserve(1)
            number = int(_add(row, col, *self._ground, self.cells, self.x, self.y, self.counts))
            self.version += 1
        return number

    def ensure_all(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of many cells of the padded grid; those that are missing join, in the order given."""
        self._reserve(rows.size)
        return np.array(
            [self.ensure(int(row), int(col)) for row, col in zip(rows, cols, strict=True)], dtype=np.int64
        )

    @property
    def _ground(self) -> tuple[Ints, Floats, Floats, Grids]:
        return self.index, self.z, self.cos2, self.friction

    def complete(self, numbers: Indices) -> None:
        """Bring in all neighbours of these cells."""
        if numbers.size == 0:
            return
        self._reserve(4 * numbers.size)
        before = self.cell_count
        _grow(numbers, numbers.size, *self._ground, self.cells, self.x, self.y, self.counts)
        if self.cell_count > before:
            self.version += 1

    def sort_if_grown(self) -> None:
        """Number the cells row by row again once the mesh has grown by a third: neighbours lie together."""
        if self.cell_count > 256 and self.cell_count > 1.33 * self._sorted_cells:
            self._sort()
            self._sorted_cells = self.cell_count
            self.version += 1

    def _sort(self) -> None:
        n = self.cell_count
        cells = self.cells
        order = np.concatenate([[0], 1 + np.lexsort((cells.col[1:n], cells.row[1:n]))])
        new_number = np.empty(n, dtype=np.uint32)
        new_number[order] = np.arange(n, dtype=np.uint32)
        for field in cells:
            field[:n] = field[:n][order]
        for field in (cells.west, cells.east, cells.north, cells.south):
            field[:n] = new_number[field[:n]]
        self.index[cells.row[1:n], cells.col[1:n]] = np.arange(1, n, dtype=np.int32)
        for faces, count, on_before, on_after in (
            (self.x, int(self.counts[1]), cells.face_e, cells.face_w),
            (self.y, int(self.counts[2]), cells.face_s, cells.face_n),
        ):
            first = new_number[faces.before[1:count]]
            second = new_number[faces.after[1:count]]
            by_cell = np.argsort(first, kind="stable")
            faces.before[1:count], faces.after[1:count] = first[by_cell], second[by_cell]
            on_before[:n] = 0
            on_after[:n] = 0
            on_before[faces.before[1:count]] = np.arange(1, count, dtype=np.uint32)
            on_after[faces.after[1:count]] = np.arange(1, count, dtype=np.uint32)

    def _reserve(self, more: int) -> None:
        """Capacity for `more` cells, each with four faces."""
        if self.cell_count + more > self.cells.h.size:
            self.cells = Cells(*(_longer(field, self.cell_count + more) for field in self.cells))
        if self.counts[1] + 2 * more > self.x.mass.size:
            self.x = Faces(*(_longer(field, int(self.counts[1]) + 2 * more) for field in self.x))
        if self.counts[2] + 2 * more > self.y.mass.size:
            self.y = Faces(*(_longer(field, int(self.counts[2]) + 2 * more) for field in self.y))

    def scatter(self, name: str, fill: float = 0.0) -> Floats:
        """A field of the cells on the grid, without the ghost ring."""
        n = self.cell_count
        grid = np.full(self.z.shape, fill)
        grid[self.cells.row[1:n], self.cells.col[1:n]] = getattr(self.cells, name)[1:n]
        return grid[1:-1, 1:-1].copy()


def _longer(field: NDArray[Any], wanted: int) -> NDArray[Any]:
    longer = np.zeros(max(2 * field.size, wanted + 16), dtype=field.dtype)
    longer[: field.size] = field
    return longer


def _empty_cells(capacity: int) -> Cells:
    types = {"row": np.int32, "col": np.int32, "walled": np.uint8, "complete": np.uint8}
    linked = {"west", "east", "north", "south", "face_w", "face_e", "face_n", "face_s"}
    return Cells(
        *(
            np.zeros(capacity, dtype=np.uint32 if name in linked else types.get(name, np.float64))
            for name in Cells._fields
        )
    )


def _empty_faces(capacity: int) -> Faces:
    before, after = (np.zeros(capacity, dtype=np.uint32) for _ in range(2))
    return Faces(before, after, *(np.zeros(capacity) for _ in Faces._fields[2:]))
