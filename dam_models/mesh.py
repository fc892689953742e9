"""The cells that take part in a flow, packed into arrays without gaps.

A mudflow wets a few per cent of a grid. Cells join the mesh when a neighbour gets wet and stay until the end;
every pass of a step runs over packed arrays, so that dry ground costs nothing, neither time nor memory.
Cell 0 is a sentinel: dry, at rest, without flux. Rows and columns count the ghost ring, so that cell (1, 1)
is the first of the grid. The east and the south face of a cell have its number.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels import awake, growth
from dam_models.kernels.fields import (
    BLOCK,
    COMPLETE,
    EAST,
    GHOST,
    GRAVITY,
    GRAVITY_M_S2,
    NORTH,
    SOUTH,
    WEST,
    Bytes,
    Floats,
    Groups,
    Indices,
    Ints,
    by_name,
    lined_up,
)

_START_CAPACITY = 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """Cells of a step, the wet ones, all with the ghosts beside them, and their fastest wave, m/s."""

    cells: Indices
    wet: Indices
    with_ghosts: Indices
    fastest_m_s: float


class Mesh:
    """Grows with the flow.

    Parameters
    ----------
    z, cos2 : (ny + 2, nx + 2) float64
        Bed with the ghost ring, m, and squared cosine of the bed slope.
    friction : tuple of float64 grids, each (ny + 2, nx + 2) or (1, 1)
        Parameters of friction as `FrictionLaw.grids` gives them.
    """

    def __init__(self, z: Floats, cos2: Floats, friction: growth.Grids) -> None:
        self.z = z
        self.cos2 = cos2
        self.friction = friction
        self.index: Ints = np.zeros(z.shape, dtype=np.int32)
        self.counts = np.array([1, 1, 0], dtype=np.int64)
        self.groups = Groups.empty(_START_CAPACITY)
        self.cells, self.x, self.y = by_name(self.groups)
        self.groups.flags[0, COMPLETE] = 1
        self.groups.state[0, GRAVITY] = GRAVITY_M_S2
        rows, cols = (extent // awake.BLOCK_SIDE + 3 for extent in z.shape)
        self.block_grid: Ints = np.zeros((rows, cols), dtype=np.int32)
        self.block_places: Ints = np.zeros((_START_CAPACITY, 2), dtype=np.int32)
        self.block_ranges: Ints = np.zeros((_START_CAPACITY, 2), dtype=np.int32)
        self.block_changed: Bytes = np.zeros(_START_CAPACITY, dtype=np.uint8)
        self.block_marked: Bytes = np.zeros(_START_CAPACITY, dtype=np.uint8)
        self.sorted_cells = 1
        self._known_cells = 1
        self.version = 0
        """Raised whenever cells are numbered anew, or there are more of them."""
        self.numbering = 0
        """Raised whenever cells are numbered anew."""

    @property
    def cell_count(self) -> int:
        """Cells in use, the sentinel included."""
        return int(self.counts[0])

    def ensure_all(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> Indices:
        """Numbers of cells of the padded grid; those that are missing join, in the order given."""
        numbers = self.index[rows, cols]
        missing = np.flatnonzero(numbers == 0)
        if missing.size:
            self.reserve(missing.size)
            growth.add_all(rows[missing], cols[missing], *self._ground)
            self.note_growth()
            numbers = self.index[rows, cols]
        return numbers.astype(np.uint32)

    @property
    def block_count(self) -> int:
        """Blocks in use, block 0, which holds nothing, included."""
        return int(self.counts[1])

    @property
    def ghost_count(self) -> int:
        """Cells of the ghost ring in use."""
        return int(self.counts[2])

    @property
    def _ground(self) -> tuple[Any, ...]:
        groups = self.groups
        return (
            self.index,
            self.z,
            self.cos2,
            self.friction,
            self.block_grid,
            self.block_places,
            groups.state,
            groups.stresses,
            groups.maxima,
            groups.links,
            groups.flags,
            groups.place,
            self.counts,
        )

    def complete(self, numbers: Indices) -> None:
        """Bring in all neighbours of these cells."""
        if numbers.size == 0:
            return
        self.reserve(4 * numbers.size)
        growth.grow(numbers, *self._ground)
        self.note_growth()

    def wake(self, cells: NDArray[Any]) -> None:
        """Have these cells and all around them visited in the next step."""
        self.block_changed[self.groups.links[cells, BLOCK]] = 1

    @property
    def stirred(self) -> bool:
        """Whether anything changed since the last visit."""
        return bool(self.block_changed[: int(self.counts[1])].any())

    def visit(self, everything: bool = False) -> Visit:
        """What the next step has to visit; blocks count as unchanged from here on.

        `everything` visits all cells, which takes longer and must change nothing.
        """
        cells, wet, ghosts = np.empty((3, self.cell_count), dtype=np.uint32)
        found = np.zeros(3, dtype=np.int32)
        fastest = awake.listed(
            self.block_grid,
            self.block_places,
            int(self.counts[1]),
            self.block_ranges,
            self.sorted_cells,
            self.cell_count,
            self.block_changed,
            self.block_marked,
            everything,
            self.groups.state,
            self.groups.middle,
            self.groups.slopes,
            self.groups.flags,
            cells,
            wet,
            ghosts,
            found,
        )
        cells, wet, ghosts = cells[: found[0]], wet[: found[1]], ghosts[: found[2]]
        with_ghosts = np.concatenate([cells, ghosts]) if ghosts.size else cells
        return Visit(cells, wet, with_ghosts, float(fastest))

    def sort_if_grown(self) -> None:
        """Number the cells block by block once the mesh has grown by a third: neighbours lie together."""
        if self.cell_count > 64 and self.cell_count > 1.33 * self.sorted_cells:
            self._sort()
            self.version += 1
            self.numbering += 1

    def _sort(self) -> None:
        n, side = self.cell_count, awake.BLOCK_SIDE
        row, col = self.groups.place[1:n].T
        order = np.concatenate([[0], 1 + np.lexsort((col, row, col // side, row // side))])
        for group in self.groups:
            group[:n] = group[:n][order]
        new_number = np.empty(n, dtype=np.uint32)
        new_number[order] = np.arange(n, dtype=np.uint32)
        links = self.groups.links
        for way in (WEST, EAST, NORTH, SOUTH):
            links[:n, way] = new_number[links[:n, way]]
        row, col = self.groups.place[1:n].T
        self.index[row, col] = np.arange(1, n, dtype=np.int32)
        block = links[1:n, BLOCK]
        edges = np.flatnonzero(np.diff(block)) + 2
        begin, end = np.concatenate([[1], edges]), np.concatenate([edges, [n]])
        self.block_ranges[:] = 0
        self.block_ranges[links[begin, BLOCK]] = np.column_stack([begin, end])
        self.sorted_cells = n

    def has_room(self, more: int) -> bool:
        """Whether there is capacity for `more` cells, each in a block of its own."""
        cells, blocks = int(self.counts[0]), int(self.counts[1])
        return cells + more <= len(self.groups.state) and blocks + more <= self.block_changed.size

    def note_growth(self) -> None:
        """Know that cells may have joined."""
        if self.cell_count > self._known_cells:
            self._known_cells = self.cell_count
            self.version += 1

    def reserve(self, more: int) -> None:
        """Capacity for `more` cells, each in a block of its own."""
        if self.cell_count + more > len(self.groups.state):
            self.groups = Groups(*(longer(group, self.cell_count + more) for group in self.groups))
            self.cells, self.x, self.y = by_name(self.groups)
        if self.counts[1] + more > self.block_changed.size:
            for name in ("block_places", "block_ranges", "block_changed", "block_marked"):
                setattr(self, name, longer(getattr(self, name), int(self.counts[1]) + more))

    def bed_m(self, rows: NDArray[Any], cols: NDArray[Any]) -> Floats:
        """Bed as it is now in cells of the padded grid, m, whether they take part or not."""
        number = self.index[rows, cols]
        return np.asarray(np.where(number > 0, self.cells.z[number], self.z[rows, cols]))

    def surface_m(self, row: int, col: int) -> float:
        """Surface in a cell of the grid, or its ground where it is dry, m."""
        number = int(self.index[row + 1, col + 1])
        if number == 0:
            return float(self.z[row + 1, col + 1])
        return float(self.cells.z[number] + self.cells.h[number])

    def scatter(self, name: str) -> Floats:
        """A field of the cells on the grid, without the ghost ring; 0 elsewhere."""
        return self.spread(getattr(self.cells, name))

    def spread(self, values: Floats, fill: float = 0.0) -> Floats:
        """Numbers of the cells on the grid, without the ghost ring."""
        ground = 1 + np.flatnonzero(self.groups.flags[1 : self.cell_count, GHOST] == 0)
        row, col = self.groups.place[ground].T - 1
        shape = (self.z.shape[0] - 2, self.z.shape[1] - 2)
        # Zeros are not written: dry ground costs no memory until somebody looks at it.
        grid = np.zeros(shape) if fill == 0.0 else np.full(shape, fill)
        grid[row, col] = values[ground]
        return grid


def longer(group: NDArray[Any], wanted: int) -> NDArray[Any]:
    """The same with room for more rows, those zero."""
    wider = lined_up((max(2 * len(group), wanted + 16), *group.shape[1:]), group.dtype)
    wider[: len(group)] = group
    return wider
