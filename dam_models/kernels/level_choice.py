"""Which cells may take longer steps than others.

The level follows from the wave in a cell. It is no higher than that of a neighbour that comes to flow in
before the step is over, and at most one above that of any neighbour: a front that crosses half a cell in a
step of level 0 never crosses more than one in a step of the cell that it comes to. In second order a
front that friction could bring to rest within a step takes a shorter one.

Every pass writes only its own cells and reads what the pass before wrote, so that threads share the cells.
"""

import math

from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import (
    BLOCK,
    EAST,
    FAST,
    GHOST,
    LEVEL,
    MIXED,
    NORTH,
    SOUTH,
    WALLED,
    WAVE,
    WEST,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
    WholeNumbers,
    Z,
)
from dam_models.kernels.friction import held_at
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
    u, v = state[i, U], state[i, V]
    discharge = state[i, H] * math.sqrt(u * u + v * v)
    taken = held_at(i, law, state, stresses) * shortest_s
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
    second_order: bool,
) -> tuple[int, int]:
    """Highest level that a wet cell bears itself, and the highest that those beside it may have for its sake.

    A flow, or the front of what is let go, comes to its neighbours with all of its wave; what lies deep and
    still sends small waves only, which a longer step of the others bears. A front that friction could stop
    within a step takes shorter ones: whether it is locked is found at the beginning of a step, and for as
    long as it is nothing passes. First order smears fronts by more than that.
    """
    wave: float = middle[i, WAVE]
    own = _level_of(wave, fastest)
    bears = HIGHEST
    if second_order and own > 0:
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
    return min(own, bears) if ends else own, level


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
    second_order: bool,
    poured: Indices,
) -> bool:
    """Find the highest level of every cell to visit, `NONE` for others; count the cells that move by level.

    All threads of a team make this call at once; each gets a row of `counts`. `tail` and `marked` as in
    `dam_models.kernels.awake.listed`; what is visited without need has no say. Cells beside walls, at the
    rim of the grid and those `poured` into stay at level 0. Returns whether all threads came.
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
                own, level = _imposed(
                    i, fastest, shortest_s, law, state, stresses, middle, links, second_order
                )
                flags[i, MIXED] = level
            flags[i, LEVEL] = 0 if flags[i, WALLED] != 0 else own
    if meet_others(places, rank, team):
        return False
    if poured.size > 0:
        if rank == 0:
            for i in poured:
                flags[i, LEVEL] = 0
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
