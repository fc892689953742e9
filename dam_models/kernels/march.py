"""The steps of all levels between two meetings, in one call, which several threads share.

Every thread makes the same call with a rank of its own, takes its part of every list, and waits where it
needs what the others do (`dam_models.kernels.meeting`). Parts begin at multiples of `CHUNK`, what is summed
by chunks is summed in their order, and lists are made by the first thread alone: results do not depend on how
many there are. `dam_models.local_steps` does the same pass by pass beside the rim of the grid.
"""

from typing import NamedTuple

from numba import njit

from dam_models.face_gauges import add_up
from dam_models.friction_law import LawNumbers
from dam_models.kernels import faces, growth, levels, slopes, update
from dam_models.kernels.compiled import inner, kernel
from dam_models.kernels.fields import (
    ARRIVAL,
    CHUNK,
    FAST,
    SOLIDS,
    WAVE,
    Bytes,
    Floats,
    H,
    Indices,
    Ints,
    U,
    V,
    WholeNumbers,
)
from dam_models.kernels.meeting import meet_others, part_begin
from dam_models.kernels.pours import Pours, pour_each
from dam_models.weir import meet, overtop

DONE, TOO_FAST, NEGATIVE, STRAYED, AT_THE_RIM, NO_ROOM, ABANDONED = range(7)
"""How it ended; after all but the first everything is as it was, save where a thread could not come."""

LIMIT = 0.5
"""Courant number at which a step stops being stable; waves that grow while levels advance may come so far."""

NEGATIVE_DEPTH_M = 1e-12
"""A step that would leave less than this below zero is cut; what is left is rounding, and counted."""

FLOWING, ENERGY, CLIPPED = range(3)
"""Rows of `summary`, a column for a level."""


_FASTEST, _LOWEST, _FLOWING, _FRESH = range(4)
"""What each thread tells the others of its part, in `Shared.told`."""

_STATUS, _KEPT = range(2)
"""What the first thread has decided for all, in `Shared.decided`."""


class Shared(NamedTuple):
    """What the threads of a march share beside the mesh.

    Cells and owners of faces by level, with how many there are of each; wet cells; cells that got wet; what
    is put back if the march is given up; sums by chunks; what threads tell, decide and wait by.
    """

    cells: Indices
    owners: Indices
    cell_counts: WholeNumbers
    owner_counts: WholeNumbers
    wet: Indices
    fresh: Indices
    kept: Indices
    kept_state: Floats
    kept_middle: Floats
    kept_maxima: Floats
    clipped: Floats
    energy: Floats
    told: Floats
    decided: WholeNumbers
    places: WholeNumbers
    parts: WholeNumbers


@kernel()
def total(parts: Floats) -> float:
    """Sum in the order given: the same however it is come by."""
    found = 0.0
    for part in parts:
        found += part
    return found


# Number by number: a whole row at once brings the words of its error, which take seconds to compile.
@inner()
def _copy_row(source: Floats, i: int, target: Floats, k: int) -> None:
    for part in range(source.shape[1]):
        target[k, part] = source[i, part]


@inner()
def _clear_row(target: Floats, i: int) -> None:
    for part in range(target.shape[1]):
        target[i, part] = 0.0


@kernel()
def take_back(
    cells: Indices,
    first: int,
    last: int,
    state: Floats,
    middle: Floats,
    slopes_: Floats,
    flux: Floats,
    maxima: Floats,
    block_count: int,
    changed: Bytes,
    kept_state: Floats,
    kept_middle: Floats,
    kept_maxima: Floats,
) -> None:
    """Put back what was kept of `cells`; those from `first` to `last` stay in the mesh, dry as they came."""
    for k in range(cells.size):
        i = cells[k]
        _copy_row(kept_state, k, state, i)
        _copy_row(kept_middle, k, middle, i)
        _copy_row(kept_maxima, k, maxima, i)
        if middle[i, WAVE] == 0.0:
            _clear_row(slopes_, i)
    for i in range(first, last):
        for part in (H, U, V, SOLIDS):
            state[i, part] = 0.0
        _clear_row(middle, i)
        _clear_row(slopes_, i)
        _clear_row(flux, i)
        _clear_row(maxima, i)
        maxima[i, ARRIVAL] = -1.0
    changed[:block_count] = 0


@kernel()
def keep(
    cells: Indices,
    begin: int,
    end: int,
    state: Floats,
    middle: Floats,
    maxima: Floats,
    kept_state: Floats,
    kept_middle: Floats,
    kept_maxima: Floats,
) -> None:
    """Keep what steps change of `cells[begin:end]`."""
    for k in range(begin, end):
        i = cells[k]
        _copy_row(state, i, kept_state, k)
        _copy_row(middle, i, kept_middle, k)
        _copy_row(maxima, i, kept_maxima, k)


@njit(cache=True, inline="always", error_model="numpy")
def _close_ranks(fresh: Indices, count: int, told: Floats) -> None:
    """Bring together what each thread has put at the beginning of its part of a list."""
    team = told.shape[0]
    end = int(told[0, _FRESH])
    for rank in range(1, team):
        begin = part_begin(count, rank, team)
        for k in range(begin, begin + int(told[rank, _FRESH])):
            fresh[end] = fresh[k]
            end += 1


@kernel(fastmath=FAST)
def march(
    rank: int,
    team: int,
    shared: Shared,
    visited: Indices,
    more: int,
    highest: int,
    step_s: float,
    time_s: float,
    second_order: bool,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
    threshold_depth: float,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    slopes_: Floats,
    flux: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    mean: Floats,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: growth.Grids,
    block_grid: Ints,
    block_places: Ints,
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
    pours: Pours,
    discharges: Floats,
    summary: Floats,
) -> tuple[int, int]:
    """Advance `visited`, whose levels are assigned, by `2**highest` steps of level 0 of `step_s`.

    At most `more` cells may join before the last step of the highest level. `discharges` (steps, 2, groups)
    gets what `Watched` faces pass, `summary` what the last step of each level did, `shared.fresh` the cells
    that got wet in the last step of the highest and lack neighbours still. No cell of the rim of the grid may
    be among `visited`. All threads of a team make this call at once, and it ends for all alike. Returns how
    it ended, and how many are fresh.
    """
    (
        cells, owners, cell_counts, owner_counts, wet, fresh, kept, kept_state, kept_middle, kept_maxima,
        clipped, energy, told, decided, places, parts,
    ) = shared  # fmt: skip
    inverse_cell = 1.0 / cell_size
    capacity = min(state.shape[0], counts[0] + more)
    blocks = changed.size
    old_cells = counts[0]
    old_blocks = counts[1]
    old_ghosts = counts[2]
    # Whoever comes late must not find these numbers changed already.
    if meet_others(places, rank, team):
        return ABANDONED, 0
    if highest > 0 and not levels.split(
        rank, team, places, visited, highest, links, flags, cells, owners, cell_counts, owner_counts, parts
    ):
        return ABANDONED, 0
    if rank == 0:
        if highest == 0:
            for k in range(visited.size):
                cells[0, k] = visited[k]
                owners[0, k] = visited[k]
            cell_counts[0] = visited.size
            owner_counts[0] = visited.size
        summary[:] = 0.0
        # The highest level changes nothing before it is sure that all went well.
        kept_count = 0
        for level in range(highest):
            for k in range(cell_counts[level]):
                kept[kept_count] = cells[level, k]
                kept_count += 1
        decided[_KEPT] = kept_count
    if meet_others(places, rank, team):
        return ABANDONED, 0
    kept_count = decided[_KEPT]
    keep(
        kept, part_begin(kept_count, rank, team), part_begin(kept_count, rank + 1, team), state, middle,
        maxima, kept_state, kept_middle, kept_maxima,
    )  # fmt: skip
    status = DONE
    found = 0
    steps = 1 << highest
    for step in range(steps):
        if (
            step > 0
            and step == steps - 1
            and levels.strays(counts[1], old_blocks, block_grid, block_places, marked, changed)
        ):
            status = STRAYED
        for down in range(highest + 1):
            level = highest - down
            if status != DONE or step % (1 << level) != 0:
                continue
            dt = step_s * (1 << level)
            n = cell_counts[level]
            begin, end = part_begin(n, rank, team), part_begin(n, rank + 1, team)
            chosen = cells[level]
            _, last_wet, fastest = levels.wetted(chosen, begin, end, state, middle, slopes_, wet)
            told[rank, _FASTEST] = fastest
            if second_order:
                slopes.half_step(
                    wet, begin, last_wet, state, stresses, middle, slopes_, links, flags, 0.5 * dt,
                    inverse_cell, law, dry_depth,
                )  # fmt: skip
            else:
                slopes.no_step(wet, begin, last_wet, state, middle, links, flags, dry_depth)
            if meet_others(places, rank, team):
                return ABANDONED, 0
            for other in range(team):
                fastest = max(fastest, told[other, _FASTEST])
            if step > 0 and fastest * dt > LIMIT * cell_size:
                status = TOO_FAST
                break
            owned = owner_counts[level]
            faces.fluxes(
                owners[level], part_begin(owned, rank, team), part_begin(owned, rank + 1, team), state,
                stresses, middle, slopes_, flux, links, second_order, cell_size, law, dry_depth,
            )  # fmt: skip
            if meet_others(places, rank, team):
                return ABANDONED, 0
            if level == 0:
                if rank == 0:
                    overtop(
                        index, wall_rows, wall_cols, wall_south, crest, coefficient, length_share,
                        open_share, state, middle, flags, flux, cell_size, dt, dry_depth,
                    )  # fmt: skip
                    add_up(
                        index, gauge_rows, gauge_cols, gauge_south, gauge_sign, gauge_group, flux,
                        cell_size, discharges[step],
                    )  # fmt: skip
                if wall_rows.size + gauge_rows.size > 0 and meet_others(places, rank, team):
                    return ABANDONED, 0
            if level < highest:
                levels.blend(chosen, begin, end, step >> level, links, flags, flux, mean)
        if status != DONE:
            break
        for level in range(highest + 1):
            if (step + 1) % (1 << level) != 0:
                break
            dt = step_s * (1 << level)
            n = cell_counts[level]
            begin, end = part_begin(n, rank, team), part_begin(n, rank + 1, team)
            chosen = cells[level]
            if level > 0:
                levels.settle(chosen, begin, end, links, flags, flux, mean)
                if meet_others(places, rank, team):
                    return ABANDONED, 0
            lowest = update.rates(chosen, begin, end, state, middle, flux, links, inverse_cell, dt)
            told[rank, _LOWEST] = lowest
            if meet_others(places, rank, team):
                return ABANDONED, 0
            for other in range(team):
                lowest = min(lowest, told[other, _LOWEST])
            if lowest < -NEGATIVE_DEPTH_M:
                status = NEGATIVE
                break
            first_chunk = begin // CHUNK
            last_chunk = n // CHUNK + 1 if rank == team - 1 else end // CHUNK
            clipped[first_chunk:last_chunk] = 0.0
            energy[first_chunk:last_chunk] = 0.0
            _, last_fresh, flowing = update.advance(
                chosen, begin, end, state, stresses, middle, slopes_, flux, maxima, links, flags, changed,
                inverse_cell, dt, time_s + (step + 1) * step_s, law, dry_depth, threshold_depth,
                second_order, fresh, clipped, energy,
            )  # fmt: skip
            told[rank, _FLOWING] = flowing
            told[rank, _FRESH] = last_fresh - begin
            if meet_others(places, rank, team):
                return ABANDONED, 0
            found = 0
            for other in range(team):
                found += int(told[other, _FRESH])
            if rank == 0:
                _close_ranks(fresh, n, told)
                for other in range(team):
                    flowing = max(flowing, told[other, _FLOWING])
                summary[FLOWING, level] = flowing
                summary[ENERGY, level] = total(energy[: n // CHUNK + 1])
                summary[CLIPPED, level] += total(clipped[: n // CHUNK + 1])
            if level == highest:
                continue
            if found > 0:
                if rank == 0:
                    first = counts[0]
                    decided[_STATUS] = DONE
                    if first + 4 * found > capacity or counts[1] + 4 * found > blocks:
                        decided[_STATUS] = NO_ROOM
                    else:
                        growth.grow(
                            fresh[:found], index, z, cos2, friction, block_grid, block_places, state,
                            stresses, maxima, links, flags, place, counts,
                        )  # fmt: skip
                        if counts[2] > old_ghosts:
                            decided[_STATUS] = AT_THE_RIM
                        elif counts[0] > first:
                            levels.join(
                                first, counts[0], level, links, flags, mean, cells, owners, cell_counts,
                                owner_counts,
                            )  # fmt: skip
                            meet(index, wall_rows, wall_cols, wall_south, flags)
                if meet_others(places, rank, team):
                    return ABANDONED, 0
                status = decided[_STATUS]
            if status != DONE:
                break
        if status != DONE:
            break
        if pours.numbers.size > 0:
            if rank == 0:
                pour_each(
                    pours.numbers, pours.source, pours.depths[step], pours.fractions[step],
                    time_s + (step + 1) * step_s, dry_depth, threshold_depth, state, middle, maxima, links,
                    changed,
                )  # fmt: skip
            if meet_others(places, rank, team):
                return ABANDONED, 0
    if status != DONE:
        if meet_others(places, rank, team):
            return ABANDONED, 0
        if rank == 0:
            take_back(
                kept[:kept_count], old_cells, counts[0], state, middle, slopes_, flux, maxima, counts[1],
                changed, kept_state, kept_middle, kept_maxima,
            )  # fmt: skip
    return status, found
