"""Material that comes from above: what it does to the cells that it is poured into."""

import math

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import (
    ARRIVAL,
    BLOCK,
    COMPLETE,
    DEPTH_MAX,
    GRAVITY,
    SOLIDS,
    WAVE,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
)
from dam_models.kernels.waves import mean_wave
from dam_models.mesh import Mesh

Ints = NDArray[np.int64]


def pour(
    mesh: Mesh,
    rows: Ints,
    cols: Ints,
    depth_m: float,
    solids_fraction: float,
    time_after_s: float,
    dry_depth_m: float,
    threshold_depth_m: float,
) -> None:
    """Add the same depth, above 0, to each of these cells of the grid.

    They and their neighbours join the mesh. What is poured brings no momentum: the mixture keeps what there
    was and slows down. `time_after_s` is the end of the step in which it comes, the arrival time of a cell
    that it first fills to the threshold depth.
    """
    groups = mesh.groups
    numbers = _one_that_is_there(mesh, rows, cols)
    if numbers is None:
        numbers = mesh.ensure_all(rows + 1, cols + 1)
    _pour(
        numbers,
        depth_m,
        solids_fraction,
        time_after_s,
        dry_depth_m,
        threshold_depth_m,
        groups.state,
        groups.middle,
        groups.maxima,
        groups.links,
        mesh.block_changed,
    )
    if numbers.size > 1 or not groups.flags[numbers[0], COMPLETE]:
        mesh.complete(numbers[groups.flags[numbers, COMPLETE] == 0])


def _one_that_is_there(mesh: Mesh, rows: Ints, cols: Ints) -> Indices | None:
    """The number of a single cell that the mesh has: below an opening this is asked for every step."""
    if rows.size != 1:
        return None
    number = int(mesh.index[int(rows[0]) + 1, int(cols[0]) + 1])
    return np.array([number], dtype=np.uint32) if number else None


@kernel()
def _pour(
    numbers: Indices,
    depth: float,
    solids_fraction: float,
    time_after: float,
    dry_depth: float,
    threshold_depth: float,
    state: Floats,
    middle: Floats,
    maxima: Floats,
    links: Indices,
    changed: Bytes,
) -> None:
    for i in numbers:
        before = state[i, H]
        total = before + depth
        state[i, SOLIDS] = (before * state[i, SOLIDS] + depth * solids_fraction) / total
        state[i, U] *= before / total
        state[i, V] *= before / total
        state[i, H] = total
        # Noted here too: what is held where it was poured is not visited again.
        if total >= threshold_depth and maxima[i, ARRIVAL] < 0.0:
            maxima[i, ARRIVAL] = time_after
        maxima[i, DEPTH_MAX] = max(maxima[i, DEPTH_MAX], total)
        if total >= dry_depth:
            middle[i, WAVE] = mean_wave(state[i, U], state[i, V], math.sqrt(state[i, GRAVITY] * total))
        changed[links[i, BLOCK]] = 1
