"""Several first-order steps over tiles in one call, which several threads share.

As `dam_models.kernels.march`, with one step for all: each is as long as the fastest wave of its own moment
allows, so that nothing is ever taken back.
"""

from typing import NamedTuple

import numpy as np

from dam_models.face_gauges import add_up
from dam_models.friction_law import LawNumbers
from dam_models.kernels import tile_faces, tile_update, tiles
from dam_models.kernels.compiled import inlined, inner, kernel
from dam_models.kernels.fields import (
    EAST,
    FAST,
    NORTH,
    SOUTH,
    WEST,
    Bytes,
    Floats,
    Indices,
    Ints,
    WholeNumbers,
)
from dam_models.kernels.growth import Grids
from dam_models.kernels.march import NEGATIVE_DEPTH_M, total
from dam_models.kernels.meeting import meet_others
from dam_models.weir import meet, overtop

MOST_STEPS = 8
"""Steps of a call: openings act after it."""

_LOWEST, _FLOWING = range(2)
_GO_ON, _TILES, _FASTEST = range(3)

ABANDONED = -1
"""In place of how many steps were taken, where a thread could not come."""

FLOWING, ENERGY, CLIPPED = range(3)
"""Places in `summary`: of the last step, of the last step, of all steps."""


class Shared(NamedTuple):
    """What the threads share: tiles of the step and of the next one, and what `advance` says of each.

    Then the end and the length of each step, what was decided and told, and what they wait by.
    """

    chosen: Indices
    wants: Bytes
    clipped: Floats
    energy: Floats
    steps_s: Floats
    summary: Floats
    told: Floats
    decided: Floats
    places: WholeNumbers


@inlined()
def _edge(count: int, rank: int, team: int) -> int:
    return count * rank // team


@kernel(fastmath=FAST)
def march(
    rank: int,
    team: int,
    shared: Shared,
    tile_count: int,
    fastest_m_s: float,
    limit_s: float,
    more_within_s: float,
    most_steps: int,
    time_s: float,
    cfl: float,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
    threshold_depth: float,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    flux: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    tile_grid: Ints,
    tile_places: Ints,
    near: Indices,
    marked: Bytes,
    changed: Bytes,
    counts: WholeNumbers,
    wall_rows: Ints,
    wall_cols: Ints,
    wall_south: Bytes,
    crest: Floats,
    coefficient: Floats,
    length_share: Floats,
    open_share: Floats,
    gauge_rows: Ints,
    gauge_cols: Ints,
    gauge_south: Bytes,
    gauge_sign: Floats,
    gauge_group: Ints,
    discharges: Floats,
) -> int:
    """Take a step of at most `limit_s` with the tiles in `shared.chosen`, and more while all is plain.

    More steps follow, each as long as its waves allow, while they stay within `more_within_s` and no tile at
    the rim of the grid is to be visited. A step in which a depth would become negative is not taken. All
    threads of a team make this call at once. Returns how many steps were taken; their lengths are in
    `shared.steps_s`.
    """
    chosen, wants, clipped, energy, steps_s, summary, told, decided, places = shared
    inverse_cell = 1.0 / cell_size
    watches = wall_rows.size + gauge_rows.size > 0
    passed_s = 0.0
    n = tile_count
    fastest = fastest_m_s
    if meet_others(places, rank, team):
        return ABANDONED
    if rank == 0:
        summary[:] = 0.0
        for tile in range(counts[1]):
            changed[tile] = 0
    for step in range(most_steps):
        dt = limit_s - passed_s
        if fastest > 0.0:
            dt = min(dt, cfl * cell_size / fastest)
        begin, end = _edge(n, rank, team), _edge(n, rank + 1, team)
        tile_faces.shares(chosen, begin, end, state, middle, links, flags, near, dry_depth)
        if meet_others(places, rank, team):
            return ABANDONED
        tile_faces.fluxes(
            chosen, begin, end, state, stresses, middle, flux, links, near, cell_size, law, dry_depth
        )
        if meet_others(places, rank, team):
            return ABANDONED
        if watches:
            if rank == 0:
                overtop(
                    index, wall_rows, wall_cols, wall_south, crest, coefficient, length_share, open_share,
                    state, middle, flags, flux, cell_size, dt, dry_depth,
                )  # fmt: skip
                add_up(
                    index, gauge_rows, gauge_cols, gauge_south, gauge_sign, gauge_group, flux, cell_size,
                    discharges[step],
                )  # fmt: skip
            if meet_others(places, rank, team):
                return ABANDONED
        lowest = tile_update.rates(chosen, begin, end, state, middle, flux, near, inverse_cell, dt)
        told[rank, _LOWEST] = lowest
        if meet_others(places, rank, team):
            return ABANDONED
        for other in range(team):
            lowest = min(lowest, told[other, _LOWEST])
        if lowest < -NEGATIVE_DEPTH_M:
            if rank == 0:
                # They wait to be visited still.
                for k in range(n):
                    changed[chosen[k]] = 1
            return step
        passed_s += dt
        told[rank, _FLOWING] = tile_update.advance(
            chosen, begin, end, state, stresses, middle, flux, maxima, near, changed, inverse_cell, dt,
            time_s + passed_s, law, dry_depth, threshold_depth, wants, clipped, energy,
        )  # fmt: skip
        if meet_others(places, rank, team):
            return ABANDONED
        if rank == 0:
            steps_s[step] = dt
            flowing = 0.0
            for other in range(team):
                flowing = max(flowing, told[other, _FLOWING])
            summary[FLOWING] = flowing
            summary[ENERGY] = total(energy[:n])
            summary[CLIPPED] += total(clipped[:n])
            decided[_GO_ON] = 0.0
            room = _grow(
                chosen, n, wants, index, z, cos2, friction, tile_grid, tile_places, near, state, stresses,
                maxima, links, flags, place, changed, counts, wall_rows, wall_cols, wall_south,
            )  # fmt: skip
            if room and step + 1 < most_steps:
                # `not room` is False, and not a literal, for which `listed` would compile again.
                found, wave, rim = tiles.listed(
                    tile_grid, tile_places, counts[1], changed, marked, not room, middle, flags, chosen
                )
                next_s = cfl * cell_size / wave if wave > 0.0 else np.inf
                if not rim and passed_s + next_s <= more_within_s:
                    decided[_GO_ON] = 1.0
                    decided[_TILES] = found
                    decided[_FASTEST] = wave
                    for tile in range(counts[1]):
                        changed[tile] = 0
        if meet_others(places, rank, team):
            return ABANDONED
        if decided[_GO_ON] == 0.0:
            return step + 1
        n = int(decided[_TILES])
        fastest = decided[_FASTEST]
    return most_steps


@inner()
def _grow(
    chosen: Indices,
    count: int,
    wants: Bytes,
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
    counts: WholeNumbers,
    wall_rows: Ints,
    wall_cols: Ints,
    wall_south: Bytes,
) -> bool:
    """Bring in the tiles that `wants` asks for while there is room; returns whether there was.

    What found no room is still wanted when this returns.
    """
    grown = False
    for j in range(count):
        if wants[j] == 0:
            continue
        tile = chosen[j]
        row, col = tile_places[tile, 0], tile_places[tile, 1]
        for side in (WEST, EAST, NORTH, SOUTH):
            if (wants[j] >> side) & 1 == 0:
                continue
            r = row + (1 if side == SOUTH else -1 if side == NORTH else 0)
            c = col + (1 if side == EAST else -1 if side == WEST else 0)
            if tile_grid[r, c] != 0:
                continue
            if counts[1] + 1 >= changed.size:
                return False
            tiles.add(
                r, c, index, z, cos2, friction, tile_grid, tile_places, near, state, stresses, maxima, links,
                flags, place, changed, counts,
            )  # fmt: skip
            grown = True
        wants[j] = 0
    if grown:
        meet(index, wall_rows, wall_cols, wall_south, flags)
    return True
