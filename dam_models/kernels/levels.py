"""What passes between cells that take longer steps than others.

A cell of level k takes a step where one of level 0 takes 2^k. A face is of the lower level of its two sides.
Its flux is found anew in each step of that level; the side of the higher level feels the mean over its own
step, so that what leaves one side arrives at the other (Sanders 2008,
doi:10.1061/(ASCE)0733-9429(2008)134:9(1293), as cited, not re-read). Which level a cell has is found by
`dam_models.kernels.level_choice`.
"""

import numpy as np

from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import (
    EAST,
    FAST,
    GHOST,
    HP,
    LEVEL,
    MIXED,
    NORTH,
    SOUTH,
    SOUTH_FACE,
    UP,
    VP,
    WAVE,
    WEST,
    Bytes,
    Floats,
    H,
    Indices,
    Ints,
    WholeNumbers,
)
from dam_models.kernels.level_choice import HIGHEST, NONE
from dam_models.kernels.meeting import meet_others, part_begin


@inlined(fastmath=FAST)
def _is_mixed(i: int, links: Indices, flags: Bytes) -> int:
    for side in (WEST, EAST, NORTH, SOUTH):
        other = flags[links[i, side], LEVEL]
        if other != NONE and other != flags[i, LEVEL]:
            return 1
    return 0


@kernel(fastmath=FAST)
def split(
    rank: int,
    team: int,
    places: WholeNumbers,
    visited: Indices,
    highest: int,
    links: Indices,
    flags: Bytes,
    cells: Indices,
    owners: Indices,
    cell_counts: WholeNumbers,
    owner_counts: WholeNumbers,
    parts: WholeNumbers,
) -> bool:
    """Cut the levels at a highest one; list the cells of each, a row a level, and the owners of its faces.

    A face belongs to the cell west or north of it, whatever the level of that one. All threads of a team make
    this call at once; `parts` (threads, 2, levels) is for what they tell each other. Returns whether all
    came.
    """
    begin, end = part_begin(visited.size, rank, team), part_begin(visited.size, rank + 1, team)
    for k in range(begin, end):
        i = visited[k]
        flags[i, LEVEL] = min(highest, flags[i, LEVEL])
    if meet_others(places, rank, team):
        return False
    for level in range(HIGHEST + 1):
        parts[rank, 0, level] = 0
        parts[rank, 1, level] = 0
    for k in range(begin, end):
        i = visited[k]
        level = flags[i, LEVEL]
        flags[i, MIXED] = _is_mixed(i, links, flags)
        if flags[i, GHOST] == 0:
            parts[rank, 0, level] += 1
        parts[rank, 1, level] += 1
        if flags[i, MIXED] != 0:
            for side in (WEST, NORTH):
                if level < flags[links[i, side], LEVEL] <= HIGHEST:
                    parts[rank, 1, level] += 1
    if meet_others(places, rank, team):
        return False
    first = np.zeros((2, HIGHEST + 1), dtype=np.int64)
    for other in range(rank):
        for level in range(HIGHEST + 1):
            first[0, level] += parts[other, 0, level]
            first[1, level] += parts[other, 1, level]
    for k in range(begin, end):
        i = visited[k]
        level = flags[i, LEVEL]
        if flags[i, GHOST] == 0:
            cells[level, first[0, level]] = i
            first[0, level] += 1
        owners[level, first[1, level]] = i
        first[1, level] += 1
        if flags[i, MIXED] != 0:
            for side in (WEST, NORTH):
                neighbour = links[i, side]
                if level < flags[neighbour, LEVEL] <= HIGHEST:
                    owners[level, first[1, level]] = neighbour
                    first[1, level] += 1
    if rank == team - 1:
        # Where the last part ends, all end.
        for level in range(highest + 1):
            cell_counts[level] = first[0, level]
            owner_counts[level] = first[1, level]
    return not meet_others(places, rank, team)


@kernel(fastmath=FAST)
def wetted(
    cells: Indices, begin: int, end: int, state: Floats, middle: Floats, slopes: Floats, wet: Indices
) -> tuple[int, int, float]:
    """List the wet ones of `cells[begin:end]`, and still the films among them.

    Returns where the wet ones begin and end, and their fastest wave, m/s.
    """
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


@kernel(fastmath=FAST)
def blend(
    cells: Indices,
    begin: int,
    end: int,
    step: int,
    links: Indices,
    flags: Bytes,
    flux: Floats,
    mean: Floats,
) -> None:
    """Take the fluxes of a step of a level into the means that neighbours of higher levels will feel.

    `step` counts the steps of the level of `cells[begin:end]` since all levels began together.
    """
    for k in range(begin, end):
        i = cells[k]
        if flags[i, MIXED] == 0:
            continue
        own = flags[i, LEVEL]
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            level = flags[other, LEVEL]
            if level <= own or level > HIGHEST:
                continue
            before = step % (1 << (level - own))
            face = other if side in (WEST, NORTH) else i
            first = SOUTH_FACE if side in (NORTH, SOUTH) else 0
            if before == 0:
                for part in range(first, first + SOUTH_FACE):
                    mean[face, part] = flux[face, part]
                continue
            share = 1.0 / (1 + before)
            for part in range(first, first + SOUTH_FACE):
                # A flux that stays the same is its own mean to the last bit: what rests goes on resting.
                mean[face, part] += (flux[face, part] - mean[face, part]) * share


@kernel(fastmath=FAST)
def settle(
    cells: Indices, begin: int, end: int, links: Indices, flags: Bytes, flux: Floats, mean: Floats
) -> None:
    """Put the means in the place of the fluxes from neighbours of lower levels into `cells[begin:end]`."""
    for k in range(begin, end):
        i = cells[k]
        if flags[i, MIXED] == 0:
            continue
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            if flags[other, LEVEL] >= flags[i, LEVEL]:
                continue
            face = other if side in (WEST, NORTH) else i
            first = SOUTH_FACE if side in (NORTH, SOUTH) else 0
            for part in range(first, first + SOUTH_FACE):
                flux[face, part] = mean[face, part]


@kernel(fastmath=FAST)
def join(
    first: int,
    last: int,
    own: int,
    links: Indices,
    flags: Bytes,
    mean: Floats,
    cells: Indices,
    owners: Indices,
    cell_counts: WholeNumbers,
    owner_counts: WholeNumbers,
) -> None:
    """List the cells `first` to `last`, which have come into the mesh in a step of a level, as cells of it.

    Nothing has passed their faces. The lists must have room for five times as many owners.
    """
    for i in range(first, last):
        flags[i, LEVEL] = own
        cells[own, cell_counts[own]] = i
        cell_counts[own] += 1
    for i in range(first, last):
        for part in range(SOUTH_FACE):
            mean[links[i, WEST], part] = 0.0
            mean[links[i, NORTH], SOUTH_FACE + part] = 0.0
            mean[i, part] = 0.0
            mean[i, SOUTH_FACE + part] = 0.0
        flags[i, MIXED] = _is_mixed(i, links, flags)
        owners[own, owner_counts[own]] = i
        owner_counts[own] += 1
        for side in (WEST, EAST, NORTH, SOUTH):
            other = links[i, side]
            level = flags[other, LEVEL]
            if level > HIGHEST or level == own:
                continue
            flags[other, MIXED] = 1
            owner = other if side in (WEST, NORTH) else i
            lower = min(own, level)
            owners[lower, owner_counts[lower]] = owner
            owner_counts[lower] += 1


@kernel(fastmath=FAST)
def strays(
    block_count: int, old_blocks: int, block_grid: Ints, places: Ints, marked: Bytes, changed: Bytes
) -> bool:
    """Whether anything has changed in a block beside one that is not visited.

    A change reaches two cells further in a step. What is not visited must not be missed. Blocks from
    `old_blocks` on have come into the mesh since.
    """
    for b in range(1, block_count):
        if changed[b] == 0:
            continue
        row, col = places[b, 0], places[b, 1]
        for r in range(row - 1, row + 2):
            for c in range(col - 1, col + 2):
                other = block_grid[r, c]
                if 0 < other < old_blocks and marked[other] == 0:
                    return True
    return False
