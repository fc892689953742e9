"""The steps of all levels between two meetings, in one call.

`dam_models.local_steps` does the same pass by pass where several threads share the passes.
"""

import numpy as np
from numba import njit

from dam_models.face_gauges import add_up
from dam_models.friction_law import LawNumbers
from dam_models.kernels import faces, growth, levels, slopes, update
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
from dam_models.weir import meet, overtop

DONE, TOO_FAST, NEGATIVE, STRAYED, AT_THE_RIM, NO_ROOM = range(6)
"""How it ended; after all but the first everything is as it was."""

LIMIT = 0.5
"""Courant number at which a step stops being stable; waves that grow while levels advance may come so far."""

NEGATIVE_DEPTH_M = 1e-12
"""A step that would leave less than this below zero is cut; what is left is rounding, and counted."""

FLOWING, ENERGY, CLIPPED = range(3)
"""Rows of `summary`, a column for a level."""


@njit(cache=True, nogil=True, error_model="numpy")
def total(parts: Floats) -> float:
    """Sum in the order given: the same however it is come by."""
    found = 0.0
    for part in parts:
        found += part
    return found


@njit(cache=True, nogil=True, error_model="numpy")
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
        state[i] = kept_state[k]
        middle[i] = kept_middle[k]
        maxima[i] = kept_maxima[k]
        if middle[i, WAVE] == 0.0:
            slopes_[i] = 0.0
    for i in range(first, last):
        for part in (H, U, V, SOLIDS):
            state[i, part] = 0.0
        middle[i] = 0.0
        slopes_[i] = 0.0
        flux[i] = 0.0
        maxima[i] = 0.0
        maxima[i, ARRIVAL] = -1.0
    changed[:block_count] = 0


@njit(cache=True, nogil=True, error_model="numpy")
def keep(
    cells: Indices,
    state: Floats,
    middle: Floats,
    maxima: Floats,
    kept_state: Floats,
    kept_middle: Floats,
    kept_maxima: Floats,
) -> None:
    """Keep what steps change of cells."""
    for k in range(cells.size):
        i = cells[k]
        kept_state[k] = state[i]
        kept_middle[k] = middle[i]
        kept_maxima[k] = maxima[i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def march(
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
    discharges: Floats,
    summary: Floats,
    fresh: Indices,
) -> tuple[int, int]:
    """Advance `visited`, whose levels are assigned, by `2**highest` steps of level 0 of `step_s`.

    At most `more` cells may join before the last step of the highest level. `discharges` (steps, 2, groups)
    gets what `Watched` faces pass, `summary` what the last step of each level did, `fresh` the cells that got
    wet in the last step of the highest and lack neighbours still. No cell of the rim of the grid may be among
    `visited`. Returns how it ended, and how many are fresh.
    """
    # No literal: the compiler would make every pass a second time for it.
    start = min(0, visited.size)
    inverse_cell = 1.0 / cell_size
    capacity = min(state.shape[0], counts[0] + more)
    blocks = changed.size
    old_cells = counts[0]
    old_blocks = counts[1]
    old_ghosts = counts[2]
    room = visited.size + (capacity - old_cells)
    cells = np.empty((highest + 1, room + 16), dtype=np.uint32)
    owners = np.empty((highest + 1, 3 * visited.size + 5 * (capacity - old_cells) + 24), dtype=np.uint32)
    cell_counts = np.zeros(highest + 1, dtype=np.int64)
    owner_counts = np.zeros(highest + 1, dtype=np.int64)
    if highest == 0:
        cells[0, : visited.size] = visited
        owners[0, : visited.size] = visited
        cell_counts[0] = visited.size
        owner_counts[0] = visited.size
    else:
        levels.split(visited, highest, links, flags, cells, owners, cell_counts, owner_counts)
    wet = np.empty(room, dtype=np.uint32)
    clipped = np.zeros(room // CHUNK + 1)
    energy = np.zeros(room // CHUNK + 1)
    summary[:] = 0.0
    # The highest level changes nothing before it is sure that all went well.
    kept_count = 0
    for level in range(highest):
        kept_count += cell_counts[level]
    kept = np.empty(kept_count, dtype=np.uint32)
    kept_count = 0
    for level in range(highest):
        n = cell_counts[level]
        kept[kept_count : kept_count + n] = cells[level, :n]
        kept_count += n
    kept_state = np.empty((kept_count, state.shape[1]))
    kept_middle = np.empty((kept_count, middle.shape[1]))
    kept_maxima = np.empty((kept_count, maxima.shape[1]))
    keep(kept, state, middle, maxima, kept_state, kept_middle, kept_maxima)
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
            chosen = cells[level]
            _, n_wet, fastest = levels.wetted(chosen, start, n, state, middle, slopes_, wet)
            if step > 0 and fastest * dt > LIMIT * cell_size:
                status = TOO_FAST
                break
            if second_order:
                slopes.half_step(
                    wet, start, n_wet, state, stresses, middle, slopes_, links, flags, 0.5 * dt, inverse_cell,
                    law, dry_depth,
                )  # fmt: skip
            else:
                slopes.no_step(wet, start, n_wet, state, middle, links, flags, dry_depth)
            faces.fluxes(
                owners[level], start, owner_counts[level], state, stresses, middle, slopes_, flux, links,
                second_order, cell_size, law, dry_depth,
            )  # fmt: skip
            if level == 0:
                overtop(
                    index, wall_rows, wall_cols, wall_south, crest, coefficient, length_share, open_share,
                    state, middle, flags, flux, cell_size, dt, dry_depth,
                )  # fmt: skip
            if level < highest:
                levels.blend(chosen, start, n, step >> level, links, flags, flux, mean)
        if status != DONE:
            break
        add_up(
            index, gauge_rows, gauge_cols, gauge_south, gauge_sign, gauge_group, flux, cell_size,
            discharges[step],
        )  # fmt: skip
        for level in range(highest + 1):
            if (step + 1) % (1 << level) != 0:
                break
            dt = step_s * (1 << level)
            n = cell_counts[level]
            chosen = cells[level]
            if level > 0:
                levels.settle(chosen, start, n, links, flags, flux, mean)
            lowest = update.rates(chosen, start, n, state, middle, flux, links, inverse_cell, dt)
            if lowest < -NEGATIVE_DEPTH_M:
                status = NEGATIVE
                break
            clipped[: n // CHUNK + 1] = 0.0
            energy[: n // CHUNK + 1] = 0.0
            _, found, flowing = update.advance(
                chosen, start, n, state, stresses, middle, slopes_, flux, maxima, links, flags, changed,
                inverse_cell, dt, time_s + (step + 1) * step_s, law, dry_depth, threshold_depth, fresh,
                clipped, energy,
            )  # fmt: skip
            summary[FLOWING, level] = flowing
            summary[ENERGY, level] = total(energy[: n // CHUNK + 1])
            summary[CLIPPED, level] += total(clipped[: n // CHUNK + 1])
            if level == highest or found == 0:
                continue
            if counts[0] + 4 * found > capacity or counts[1] + 4 * found > blocks:
                status = NO_ROOM
                break
            first = counts[0]
            growth.grow(
                fresh[:found], index, z, cos2, friction, block_grid, block_places, state, stresses, maxima,
                links, flags, place, counts,
            )  # fmt: skip
            if counts[2] > old_ghosts:
                status = AT_THE_RIM
                break
            if counts[0] > first:
                levels.join(
                    first, counts[0], level, links, flags, mean, cells, owners, cell_counts, owner_counts
                )
                meet(index, wall_rows, wall_cols, wall_south, flags)
        if status != DONE:
            break
    if status != DONE:
        take_back(
            kept, old_cells, counts[0], state, middle, slopes_, flux, maxima, counts[1], changed, kept_state,
            kept_middle, kept_maxima,
        )  # fmt: skip
    return status, found
