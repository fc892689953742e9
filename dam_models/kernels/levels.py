"""Which cells may take longer steps than others, and what passes between them.

Blocks of cells are kept in levels: a cell of level k takes a step where one of level 0 takes 2^k. A face is
of the lower level of its two sides. Its flux is found anew in each step of that level; the side of the higher
level feels the mean over its own step, so that what leaves one side arrives at the other (Sanders 2008,
doi:10.1061/(ASCE)0733-9429(2008)134:9(1293), as cited, not re-read).
"""

import numpy as np
from numba import njit

from dam_models.kernels.fields import (
    BLOCK,
    EAST,
    FAST,
    GHOST,
    HP,
    NORTH,
    SOUTH,
    SOUTH_FACE,
    UP,
    VP,
    WALLED,
    WAVE,
    WEST,
    Bytes,
    Floats,
    H,
    Indices,
    Ints,
    U,
    V,
    Z,
)

HIGHEST = 3
"""Levels above 0; a step of the highest is eight times as long."""

NONE = 255
"""Level of a block that no cell to visit lies in."""

_RESTS = 254


@njit(cache=True, inline="always", error_model="numpy")
def _reach(i: int, state: Floats, middle: Floats, links: Indices) -> float:
    """Wave that the cells beside a cell may meet before its own step is over, m/s.

    A flow, or the front of what is let go, comes with all of its wave; what lies deep and still sends small
    waves only, which a longer step of the others bears.
    """
    wave = middle[i, WAVE]
    surface = state[i, Z] + state[i, H]
    for side in (WEST, EAST, NORTH, SOUTH):
        other = links[i, side]
        if middle[other, WAVE] < 0.5 * wave and state[other, Z] < surface:
            return wave
    return min(wave, abs(state[i, U]) + abs(state[i, V]))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def weigh(
    visited: Indices,
    tail: int,
    block_count: int,
    block_grid: Ints,
    places: Ints,
    marked: Bytes,
    fastest: float,
    state: Floats,
    middle: Floats,
    links: Indices,
    flags: Bytes,
    wave: Floats,
    reach: Floats,
    held: Bytes,
    level: Bytes,
    counts: Floats,
) -> None:
    """Find the level of every block that a cell to visit lies in, `NONE` for others; count cells by level.

    `tail` and `marked` as in `dam_models.kernels.awake.listed`; what is visited without need counts nothing.
    Blocks with walls, and those beside the rim of the grid, stay at level 0. `wave`, `reach` and `held` are
    room to work in.
    """
    for b in range(block_count):
        wave[b] = 0.0
        reach[b] = 0.0
        held[b] = 0
        level[b] = NONE
    for i in visited:
        b = links[i, BLOCK]
        if i < tail and marked[b] == 0:
            if level[b] == NONE:
                level[b] = _RESTS
            continue
        level[b] = 0
        if flags[i, GHOST] != 0:
            held[b] = 2
            continue
        if flags[i, WALLED] != 0 and held[b] == 0:
            held[b] = 1
        wave[b] = max(wave[b], middle[i, WAVE])
        if reach[b] < middle[i, WAVE]:
            reach[b] = max(reach[b], _reach(i, state, middle, links))
    for b in range(1, block_count):
        if level[b] != 0:
            level[b] = HIGHEST if level[b] == _RESTS else NONE
            continue
        row, col = places[b, 0], places[b, 1]
        most = wave[b]
        stays = held[b] != 0
        for r in range(row - 1, row + 2):
            for c in range(col - 1, col + 2):
                other = block_grid[r, c]
                most = max(most, reach[other])
                stays = stays or held[other] == 2
        up = 0
        while not stays and up < HIGHEST and 2.0 * most <= fastest:
            most *= 2.0
            up += 1
        level[b] = up
    for k in range(HIGHEST + 1):
        counts[k] = 0.0
    for i in visited:
        if i >= tail or marked[links[i, BLOCK]] != 0:
            counts[level[links[i, BLOCK]]] += 1.0


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def cut(block_count: int, block_grid: Ints, places: Ints, level: Bytes, mixed: Bytes, highest: int) -> None:
    """Cut the levels of blocks at a highest one; note the blocks that have another level beside them."""
    for b in range(block_count):
        if level[b] != NONE and level[b] > highest:
            level[b] = highest
        mixed[b] = 0
    for b in range(1, block_count):
        if level[b] == NONE:
            continue
        row, col = places[b, 0], places[b, 1]
        for r in range(row - 1, row + 2):
            for c in range(col - 1, col + 2):
                other = level[block_grid[r, c]]
                if other != NONE and other != level[b]:
                    mixed[b] = 1


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def chosen(
    candidates: Indices,
    wanted: int,
    links: Indices,
    flags: Bytes,
    level: Bytes,
    mixed: Bytes,
    cells: Indices,
    owners: Indices,
    found: Ints,
) -> None:
    """List the cells of a level, and those whose faces are of it.

    A face belongs to the cell west or north of it, whatever the level of that one. `found` gets both lengths.
    """
    n, m = 0, 0
    for i in candidates:
        b = links[i, BLOCK]
        if level[b] != wanted:
            continue
        if flags[i, GHOST] == 0:
            cells[n] = i
            n += 1
        owners[m] = i
        m += 1
        if mixed[b] != 0:
            for side in (WEST, NORTH):
                other = links[i, side]
                of_other = level[links[other, BLOCK]]
                if other != 0 and wanted < of_other <= HIGHEST:
                    owners[m] = other
                    m += 1
    found[0], found[1] = n, m


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def wetted(
    cells: Indices, begin: int, end: int, state: Floats, middle: Floats, slopes: Floats, wet: Indices
) -> tuple[int, int, float]:
    """List the wet ones of `cells[begin:end]`, and still the films among them; returns where they begin and
    end, and their fastest wave, m/s."""
    n = begin
    fastest = 0.0
    for k in range(begin, end):
        i = cells[k]
        if middle[i, WAVE] > 0.0:
            wet[n] = i
            n += 1
            fastest = max(fastest, middle[i, WAVE])
        elif middle[i, HP] != state[i, H]:
            # As in `dam_models.kernels.awake.listed`.
            middle[i, HP] = state[i, H]
            middle[i, UP] = 0.0
            middle[i, VP] = 0.0
            for slope in range(slopes.shape[1]):
                slopes[i, slope] = 0.0
    return begin, n, fastest


@njit(cache=True, inline="always", error_model="numpy")
def _blend(mean: Floats, flux: Floats, face: int, first: int, share: float) -> None:
    for k in range(first, first + SOUTH_FACE):
        # A flux that stays the same is its own mean to the last bit: what rests goes on resting.
        if share == 1.0:
            mean[face, k] = flux[face, k]
        else:
            mean[face, k] += (flux[face, k] - mean[face, k]) * share


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def blend(
    cells: Indices,
    begin: int,
    end: int,
    own: int,
    step: int,
    links: Indices,
    level: Bytes,
    mixed: Bytes,
    flux: Floats,
    mean: Floats,
) -> None:
    """Take the fluxes of a step into the means that neighbours of higher levels will feel.

    `step` counts the steps of this level since all levels began together.
    """
    for k in range(begin, end):
        i = cells[k]
        if mixed[links[i, BLOCK]] == 0:
            continue
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            of_other = level[links[other, BLOCK]]
            if other == 0 or of_other <= own or of_other > HIGHEST:
                continue
            share = 1.0 / (1 + step % (1 << (of_other - own)))
            face = other if side == WEST or side == NORTH else i
            _blend(mean, flux, face, SOUTH_FACE if side == NORTH or side == SOUTH else 0, share)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def settle(
    cells: Indices,
    begin: int,
    end: int,
    own: int,
    links: Indices,
    level: Bytes,
    mixed: Bytes,
    flux: Floats,
    mean: Floats,
) -> None:
    """Put the means in the place of the fluxes through faces to neighbours of lower levels."""
    for k in range(begin, end):
        i = cells[k]
        if mixed[links[i, BLOCK]] == 0:
            continue
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            if other == 0 or level[links[other, BLOCK]] >= own:
                continue
            face = other if side == WEST or side == NORTH else i
            first = SOUTH_FACE if side == NORTH or side == SOUTH else 0
            for part in range(first, first + SOUTH_FACE):
                flux[face, part] = mean[face, part]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def join(
    first: int,
    last: int,
    own: int,
    old_blocks: int,
    block_grid: Ints,
    places: Ints,
    links: Indices,
    level: Bytes,
    mixed: Bytes,
    mean: Floats,
) -> None:
    """Give the cells `first` to `last`, which have come into the mesh just now, their levels.

    A new block has the level of the step that it came in; nothing has passed the faces of a new cell.
    """
    for i in range(first, last):
        b = links[i, BLOCK]
        if b >= old_blocks:
            level[b] = own
            row, col = places[b, 0], places[b, 1]
            for r in range(row - 1, row + 2):
                for c in range(col - 1, col + 2):
                    mixed[block_grid[r, c]] = 1
        mean[i] = 0.0
        mean[links[i, WEST], :SOUTH_FACE] = 0.0
        mean[links[i, NORTH], SOUTH_FACE:] = 0.0


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def beside(
    first: int, last: int, links: Indices, level: Bytes, wanted: int, owners: Indices
) -> int:
    """List the owners among new cells, and of the faces between them and others, of a level's faces."""
    m = 0
    for i in range(first, last):
        own = level[links[i, BLOCK]]
        if own > HIGHEST:
            continue
        if own == wanted:
            owners[m] = i
            m += 1
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            of_other = level[links[other, BLOCK]]
            if other == 0 or of_other > HIGHEST or min(own, of_other) != wanted:
                continue
            owners[m] = other if side == WEST or side == NORTH else i
            m += 1
    return m


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def strays(
    block_count: int, old_blocks: int, block_grid: Ints, places: Ints, marked: Bytes, changed: Bytes
) -> bool:
    """Whether anything has changed in a block beside one that is not visited.

    A change reaches two cells further in a step. What is not visited must not be missed.
    """
    for b in range(1, block_count):
        if changed[b] == 0:
            continue
        row, col = places[b, 0], places[b, 1]
        for r in range(row - 1, row + 2):
            for c in range(col - 1, col + 2):
                other = block_grid[r, c]
                if other > 0 and other < old_blocks and marked[other] == 0:
                    return True
    return False


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def restore(
    cells: Indices,
    state: Floats,
    middle: Floats,
    slopes: Floats,
    maxima: Floats,
    kept_state: Floats,
    kept_middle: Floats,
    kept_maxima: Floats,
) -> None:
    """Put back what was kept of cells."""
    for k in range(cells.size):
        i = cells[k]
        state[i] = kept_state[k]
        middle[i] = kept_middle[k]
        maxima[i] = kept_maxima[k]
        if middle[i, WAVE] == 0.0:
            for slope in range(slopes.shape[1]):
                slopes[i, slope] = 0.0
