"""Which cells may take longer steps than others, and what passes between them.

A cell of level k takes a step where one of level 0 takes 2^k. A face is of the lower level of its two sides.
Its flux is found anew in each step of that level; the side of the higher level feels the mean over its own
step, so that what leaves one side arrives at the other (Sanders 2008,
doi:10.1061/(ASCE)0733-9429(2008)134:9(1293), as cited, not re-read).

The level follows from the wave in a cell. It is no higher than that of a neighbour that comes to flow in
before the step is over, and at most one above that of any neighbour: a front that crosses half a cell in a
step of level 0 never crosses more than one in a step of the cell that it comes to.
"""

import math

from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import (
    BLOCK,
    COHESION,
    EAST,
    FAST,
    GHOST,
    GRAVITY,
    HP,
    LEVEL,
    MIXED,
    MU,
    NORTH,
    SOLIDS,
    SOUTH,
    SOUTH_FACE,
    STRESS,
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
    WholeNumbers,
    Z,
)
from dam_models.kernels.friction import held_by
from dam_models.kernels.meeting import meet_others, part_begin

HIGHEST = 3
"""Levels above 0; a step of the highest is eight times as long."""

NONE = 255
"""Level of a cell that is not visited."""

_RESTS = 254


@inlined(fastmath=FAST)
def _level_of(wave: float, fastest: float) -> int:
    level = 0
    while level < HIGHEST and 2.0 * wave <= fastest:
        wave *= 2.0
        level += 1
    return level


@inlined(fastmath=FAST)
def _unstopped(i: int, state: Floats, stresses: Floats, law: LawNumbers, shortest_s: float) -> int:
    """Highest level in a step of which friction alone could not bring a cell to rest; 0 for one at rest."""
    depth = state[i, H]
    held = held_by(
        law,
        state[i, GRAVITY],
        depth,
        state[i, SOLIDS],
        state[i, MU],
        stresses[i, STRESS],
        stresses[i, COHESION],
    )
    u, v = state[i, U], state[i, V]
    discharge = depth * math.sqrt(u * u + v * v)
    taken = held * shortest_s
    level = HIGHEST
    while level > 0 and taken * (1 << level) > discharge:
        level -= 1
    return level


@inlined(fastmath=FAST)
def _imposed(
    i: int,
    fastest: float,
    shortest_s: float,
    law: LawNumbers,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    links: Indices,
) -> tuple[int, int]:
    """Highest level that a wet cell bears itself, and the highest that those beside it may have for its sake.

    A flow, or the front of what is let go, comes to its neighbours with all of its wave; what lies deep and
    still sends small waves only, which a longer step of the others bears. A front that friction could stop
    within a step takes shorter ones, and so do those beside it: whether it is locked is found at the
    beginning of a step, and for as long as it is nothing passes.
    """
    wave: float = middle[i, WAVE]
    own = _level_of(wave, fastest)
    bears = _unstopped(i, state, stresses, law, shortest_s)
    if own == HIGHEST and bears == HIGHEST:
        return own, own
    surface = state[i, Z] + state[i, H]
    comes, ends = False, False
    for side in (WEST, EAST, NORTH, SOUTH):
        other = links[i, side]
        if middle[other, WAVE] < 0.5 * wave and state[other, Z] < surface:
            comes = True
            if middle[other, WAVE] == 0.0:
                ends = True
    level = own
    if not comes:
        speeds: float = abs(state[i, U]) + abs(state[i, V])
        level = _level_of(min(wave, speeds), fastest)
    if ends:
        own, level = min(own, bears), min(level, bears)
    return own, level


@inlined(fastmath=FAST)
def _graded(i: int, level: int, links: Indices, flags: Bytes, source: int) -> int:
    """Level of a cell that is at most one above a neighbour of `level`."""
    own: int = flags[i, source]
    if own > HIGHEST or own <= level + 1:
        return own
    for side in (WEST, EAST, NORTH, SOUTH):
        if flags[links[i, side], source] == level:
            return level + 1
    return own


@kernel(fastmath=FAST)
def assign(
    rank: int,
    team: int,
    places: WholeNumbers,
    visited: Indices,
    tail: int,
    cell_count: int,
    marked: Bytes,
    fastest: float,
    shortest_s: float,
    law: LawNumbers,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    links: Indices,
    flags: Bytes,
    counts: Floats,
) -> bool:
    """Find the highest level of every cell to visit, `NONE` for others; count the cells that move by level.

    All threads of a team make this call at once; each gets a row of `counts`. `tail` and `marked` as in
    `dam_models.kernels.awake.listed`; what is visited without need has no say. Cells beside walls and at the
    rim of the grid stay at level 0. Returns whether all threads came.
    """
    first, last = part_begin(cell_count, rank, team), part_begin(cell_count, rank + 1, team)
    for i in range(first, last):
        flags[i, LEVEL] = NONE
        # Until levels are cut, `MIXED` holds what is found on the way to them.
        flags[i, MIXED] = HIGHEST
    begin, end = part_begin(visited.size, rank, team), part_begin(visited.size, rank + 1, team)
    if meet_others(places, rank, team):
        return False
    for k in range(begin, end):
        i = visited[k]
        if i < tail and marked[links[i, BLOCK]] == 0:
            flags[i, LEVEL] = _RESTS
        elif flags[i, GHOST] != 0:
            flags[i, LEVEL] = 0
            flags[i, MIXED] = 0
        else:
            own = HIGHEST
            if middle[i, WAVE] > 0.0:
                own, level = _imposed(i, fastest, shortest_s, law, state, stresses, middle, links)
                flags[i, MIXED] = level
            flags[i, LEVEL] = 0 if flags[i, WALLED] != 0 else own
    if meet_others(places, rank, team):
        return False
    for k in range(begin, end):
        i = visited[k]
        level = flags[i, LEVEL]
        if level != _RESTS:
            for side in (WEST, EAST, NORTH, SOUTH):
                level = min(level, flags[links[i, side], MIXED])
            flags[i, LEVEL] = level
    if meet_others(places, rank, team):
        return False
    for k in range(begin, end):
        i = visited[k]
        flags[i, MIXED] = _graded(i, 0, links, flags, LEVEL)
    if meet_others(places, rank, team):
        return False
    counts[rank] = 0.0
    for k in range(begin, end):
        i = visited[k]
        level = _graded(i, 1, links, flags, MIXED)
        if level == _RESTS:
            level = HIGHEST
        elif state[i, U] != 0.0 or state[i, V] != 0.0:
            counts[rank, level] += 1.0
        flags[i, LEVEL] = level
    return True


@inlined(fastmath=FAST)
def _is_mixed(i: int, links: Indices, flags: Bytes) -> int:
    for side in (WEST, EAST, NORTH, SOUTH):
        other = flags[links[i, side], LEVEL]
        if other != NONE and other != flags[i, LEVEL]:
            return 1
    return 0


@kernel(fastmath=FAST)
def split(
    visited: Indices,
    highest: int,
    links: Indices,
    flags: Bytes,
    cells: Indices,
    owners: Indices,
    cell_counts: WholeNumbers,
    owner_counts: WholeNumbers,
) -> None:
    """Cut the levels at a highest one; list the cells of each, a row a level, and the owners of its faces.

    A face belongs to the cell west or north of it, whatever the level of that one.
    """
    for i in visited:
        flags[i, LEVEL] = min(highest, flags[i, LEVEL])
    for level in range(highest + 1):
        cell_counts[level] = 0
        owner_counts[level] = 0
    for i in visited:
        flags[i, MIXED] = _is_mixed(i, links, flags)
        level = flags[i, LEVEL]
        if flags[i, GHOST] == 0:
            cells[level, cell_counts[level]] = i
            cell_counts[level] += 1
        owners[level, owner_counts[level]] = i
        owner_counts[level] += 1
        if flags[i, MIXED] != 0:
            for side in (WEST, NORTH):
                other = links[i, side]
                if level < flags[other, LEVEL] <= HIGHEST:
                    owners[level, owner_counts[level]] = other
                    owner_counts[level] += 1


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
