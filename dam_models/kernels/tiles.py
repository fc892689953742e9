"""Cells in tiles of 8 x 8, each row of a tile side by side in memory: how tiles join, which are visited.

A tile takes part as a whole, dry cells and what lies beyond the grid with it. Tile 0 holds nothing. Cell `k`
of tile `t` has the number `64 t + k`, counted along its rows.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dam_models.kernels.compiled import inner, kernel
from dam_models.kernels.fields import (
    BLOCK,
    COMPLETE,
    EAST,
    FAST,
    GHOST,
    NORTH,
    SOUTH,
    WAVE,
    WEST,
    Bytes,
    Floats,
    Indices,
    Ints,
)
from dam_models.kernels.growth import Grids, lay_ground

SIDE = 8
CELLS = SIDE * SIDE

NOWHERE = -9
"""Row and column of cells that belong to no grid."""


@inner()
def add(
    row: int,
    col: int,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    tile_grid: Ints,
    tile_places: Ints,
    near: Indices,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    changed: Bytes,
    counts: NDArray[np.int64],
) -> None:
    """Take a tile into the mesh, by its place in `tile_grid`, and join it to those that are there.

    `counts` holds the numbers of cells, of tiles and of ghosts.
    """
    tile = int(counts[1])
    counts[1] += 1
    counts[0] = CELLS * counts[1]
    tile_grid[row, col] = tile
    tile_places[tile, 0] = row
    tile_places[tile, 1] = col
    changed[tile] = 1
    last_row, last_col = index.shape[0] - 1, index.shape[1] - 1
    for k in range(CELLS):
        new = CELLS * tile + k
        # One ring of empty tiles around the grid: every tile has eight neighbours.
        r = SIDE * (row - 1) + k // SIDE
        c = SIDE * (col - 1) + k % SIDE
        inside = 0 <= r <= last_row and 0 <= c <= last_col
        r, c = min(max(r, 0), last_row), min(max(c, 0), last_col)
        lay_ground(new, r, c, z, cos2, friction, state, stresses, maxima, place)
        ends = (1 if r == 0 or r == last_row else 0) + (1 if c == 0 or c == last_col else 0)
        flags[new, GHOST] = 1 if ends > 0 or not inside else 0
        rim = k < SIDE or k >= CELLS - SIDE or k % SIDE == 0 or k % SIDE == SIDE - 1
        # Whether what lies beyond the rim of the tile is there is asked again each time.
        flags[new, COMPLETE] = 0 if rim and flags[new, GHOST] == 0 else 1
        links[new, BLOCK] = tile
        if inside:
            index[r, c] = new
        if inside and ends == 1:
            counts[2] += 1
        elif flags[new, GHOST] != 0:
            # Corners and what lies beyond them take no part.
            place[new, 0] = NOWHERE
            place[new, 1] = NOWHERE
        links[new, WEST] = new - 1 if k % SIDE > 0 else 0
        links[new, EAST] = new + 1 if k % SIDE < SIDE - 1 else 0
        links[new, NORTH] = new - SIDE if k >= SIDE else 0
        links[new, SOUTH] = new + SIDE if k < CELLS - SIDE else 0
    _join(tile, tile_grid[row, col - 1], WEST, EAST, SIDE - 1, 0, SIDE, near, links)
    _join(tile, tile_grid[row, col + 1], EAST, WEST, 0, SIDE - 1, SIDE, near, links)
    _join(tile, tile_grid[row - 1, col], NORTH, SOUTH, CELLS - SIDE, 0, 1, near, links)
    _join(tile, tile_grid[row + 1, col], SOUTH, NORTH, 0, CELLS - SIDE, 1, near, links)


@njit(cache=True, inline="always", error_model="numpy")
def _join(
    tile: int,
    other: int,
    to: int,
    back: int,
    theirs: int,
    ours: int,
    step: int,
    near: Indices,
    links: Indices,
) -> None:
    if other == 0:
        return
    near[tile, to] = other
    near[other, back] = tile
    for k in range(SIDE):
        mine, its = CELLS * tile + ours + k * step, CELLS * other + theirs + k * step
        links[mine, to] = its
        links[its, back] = mine


@kernel()
def add_all(
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    tile_grid: Ints,
    tile_places: Ints,
    near: Indices,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    changed: Bytes,
    counts: NDArray[np.int64],
) -> None:
    """Take many tiles into the mesh, by their places, those that are there already left out."""
    for row, col in zip(rows, cols):  # noqa: B905 (the compiler knows no `strict`)
        if tile_grid[row, col] == 0:
            add(
                row, col, index, z, cos2, friction, tile_grid, tile_places, near, state, stresses, maxima,
                links, flags, place, changed, counts,
            )  # fmt: skip


@kernel(fastmath=FAST)
def listed(
    tile_grid: Ints,
    places: Ints,
    tile_count: int,
    changed: Bytes,
    marked: Bytes,
    everything: bool,
    middle: Floats,
    flags: Bytes,
    chosen: Indices,
) -> tuple[int, float, bool]:
    """List the tiles to visit: changed ones and their eight neighbours, as `dam_models.kernels.awake` does.

    Returns how many they are, their fastest wave, m/s, and whether the rim of the grid is among them.
    `changed` stays as it is.
    """
    marked[:tile_count] = 0
    for tile in range(1, tile_count):
        if changed[tile] != 0:
            row, col = places[tile, 0], places[tile, 1]
            for r in range(row - 1, row + 2):
                for c in range(col - 1, col + 2):
                    marked[tile_grid[r, c]] = 1
    count = 0
    fastest = 0.0
    rim = False
    for tile in range(1, tile_count):
        if marked[tile] == 0 and not everything:
            continue
        chosen[count] = tile
        count += 1
        first = CELLS * tile
        for i in range(first, first + CELLS):
            rim |= flags[i, GHOST] != 0
        if marked[tile] != 0:
            for i in range(first, first + CELLS):
                fastest = max(fastest, middle[i, WAVE])
    return count, fastest, rim
