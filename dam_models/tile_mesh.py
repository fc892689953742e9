"""The mesh of a preview: cells in tiles (`dam_models.kernels.tiles`), each row of a tile side by side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels import growth, tiles
from dam_models.kernels.fields import GHOST, GRAVITY, GRAVITY_M_S2, Floats, Groups, Indices, by_name
from dam_models.mesh import Mesh, Visit

_START_TILES = 17
"""Odd, as it is to stay: were the fields of a tile a power of two apart, they would compete for places in the
cache."""
_WITHIN: Indices = np.arange(tiles.CELLS, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class TileVisit(Visit):
    """Cells of a step; the tiles that they are in, and whether the rim of the grid is among these."""

    tiles: Indices
    at_rim: bool


class TileMesh(Mesh):
    """Grows by tiles; numbers never change. Parameters as for `Mesh`."""

    def __init__(self, z: Floats, cos2: Floats, friction: growth.Grids) -> None:
        super().__init__(z, cos2, friction)
        capacity = _START_TILES * tiles.CELLS
        self.groups = Groups(
            *(np.zeros((capacity, group.shape[1]), group.dtype, "F") for group in self.groups)
        )
        self.cells, self.x, self.y = by_name(self.groups)
        rows, cols = (extent // tiles.SIDE + 3 for extent in z.shape)
        self.block_grid = np.zeros((rows, cols), dtype=np.int32)
        self.block_places = np.zeros((_START_TILES, 2), dtype=np.int32)
        self.block_changed = np.zeros(_START_TILES, dtype=np.uint8)
        self.block_marked = np.zeros(_START_TILES, dtype=np.uint8)
        self.near: Indices = np.zeros((_START_TILES, 4), dtype=np.uint32)
        self.counts[:] = tiles.CELLS, 1, 0
        nothing = slice(0, tiles.CELLS)
        self.groups.state[nothing, GRAVITY] = GRAVITY_M_S2
        self.groups.flags[nothing, GHOST] = 1
        self.groups.place[nothing] = tiles.NOWHERE
        self._known_cells = self.cell_count

    @property
    def _tile_ground(self) -> tuple[Any, ...]:
        groups = self.groups
        return (
            self.index,
            self.z,
            self.cos2,
            self.friction,
            self.block_grid,
            self.block_places,
            self.near,
            groups.state,
            groups.stresses,
            groups.maxima,
            groups.links,
            groups.flags,
            groups.place,
            self.block_changed,
            self.counts,
        )

    def _join(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> None:
        """Bring in the tiles of cells of the padded grid."""
        places = np.stack([rows, cols]) // tiles.SIDE + 1
        missing = places[:, self.block_grid[places[0], places[1]] == 0]
        if missing.size:
            rows, cols = np.unique(missing, axis=1)
            self.reserve_tiles(rows.size)
            # One kind of array: for another all would compile again.
            tiles.add_all(np.ascontiguousarray(rows), np.ascontiguousarray(cols), *self._tile_ground)
            self.note_growth()

    def ensure_all(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> Indices:
        """As of `Mesh`; what is missing joins with the whole of its tile."""
        numbers = self.index[rows, cols]
        if not numbers.all():
            self._join(rows, cols)
            numbers = self.index[rows, cols]
        return numbers.astype(np.uint32)

    def complete(self, numbers: Indices) -> None:
        """Bring in the tiles of all neighbours of these cells."""
        if numbers.size:
            row, col = self.groups.place[numbers].T.astype(np.int64)
            self._join(
                np.concatenate([row, row, row - 1, row + 1]), np.concatenate([col - 1, col + 1, col, col])
            )

    def visit(self, everything: bool = False) -> TileVisit:
        """What the next step has to visit; tiles count as unchanged from here on."""
        chosen = np.empty(self.block_count, dtype=np.uint32)
        count, fastest, at_rim = tiles.listed(
            self.block_grid,
            self.block_places,
            self.block_count,
            self.block_changed,
            self.block_marked,
            everything,
            self.groups.middle,
            self.groups.flags,
            chosen,
        )
        self.block_changed[:] = 0
        chosen = chosen[:count]
        cells: Indices = (_WITHIN + tiles.CELLS * chosen[:, None]).ravel()
        return TileVisit(cells, cells, cells, fastest, chosen, at_rim)

    def in_cells(self, visit: Visit) -> Visit:
        """The same visit for passes that go through lists of cells."""
        cells = visit.cells[self.groups.flags[visit.cells, GHOST] == 0]
        return Visit(cells, cells, visit.with_ghosts, visit.fastest_m_s)

    def sort_if_grown(self) -> None:
        """Tiles lie together as they are."""

    def reserve_tiles(self, more: int) -> None:
        """Capacity for `more` tiles."""
        wanted = self.block_count + more + 1
        if wanted > self.block_changed.size:
            size = max(2 * self.block_changed.size, wanted) | 1
            self.groups = Groups(*(_longer(group, size * tiles.CELLS) for group in self.groups))
            self.cells, self.x, self.y = by_name(self.groups)
            for name in ("block_places", "block_changed", "block_marked", "near"):
                setattr(self, name, _longer(getattr(self, name), size))


def _longer(group: NDArray[Any], rows: int) -> NDArray[Any]:
    wider = np.zeros((rows, *group.shape[1:]), group.dtype, "F" if group.flags.f_contiguous else "C")
    wider[: len(group)] = group
    return wider
