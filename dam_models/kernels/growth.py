"""Cells that join a mesh: their ground, their friction, their neighbours."""

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels import awake
from dam_models.kernels.compiled import inlined, inner, kernel
from dam_models.kernels.fields import (
    ARRIVAL,
    BLOCK,
    COHESION,
    COMPLETE,
    EAST,
    GHOST,
    GRAVITY,
    GRAVITY_M_S2,
    MU,
    NORTH,
    ROUGH,
    SOUTH,
    STRESS,
    TURBULENT,
    VISCOSITY,
    WEST,
    Bytes,
    Floats,
    Indices,
    Ints,
    Z,
)

Grids = tuple[Floats, Floats, Floats, Floats, Floats, Floats]
"""Parameters of friction, see `FrictionLaw.grids`."""


@inlined()
def _at(grid: Floats, r: int, c: int) -> float:
    value: float = grid[r, c] if grid.size > 1 else grid[0, 0]
    return value


@inlined()
def lay_ground(
    new: int,
    r: int,
    c: int,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    place: Ints,
) -> None:
    """Give a cell its place, its bed and its friction."""
    place[new, 0] = r
    place[new, 1] = c
    state[new, Z] = z[r, c]
    metric = cos2[r, c]
    state[new, GRAVITY] = GRAVITY_M_S2 * metric
    # Normal thickness and slope-parallel speed in the drag laws, written in vertical depth and horizontal
    # speed: 1/cos^2 for Voellmy, cos^(-7/3) for Manning.
    mu, inverse_xi, manning_squared, stress, cohesion, viscosity = friction
    state[new, MU] = _at(mu, r, c)
    state[new, TURBULENT] = _at(inverse_xi, r, c) / metric
    stresses[new, ROUGH] = _at(manning_squared, r, c) * metric ** (-7.0 / 6.0)
    stresses[new, STRESS] = _at(stress, r, c)
    stresses[new, COHESION] = _at(cohesion, r, c)
    stresses[new, VISCOSITY] = _at(viscosity, r, c)
    maxima[new, ARRIVAL] = -1.0


@inner()
def add(
    r: int,
    c: int,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    block_grid: Ints,
    block_places: Ints,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    counts: NDArray[np.int64],
) -> int:
    """Take one cell into the mesh and join it to the neighbours that are already there; returns its number.

    `counts` holds the numbers of cells, of blocks and of ghosts.
    """
    last_row = index.shape[0] - 1
    last_col = index.shape[1] - 1
    new = int(counts[0])
    counts[0] += 1
    index[r, c] = new
    lay_ground(new, r, c, z, cos2, friction, state, stresses, maxima, place)
    # A ghost needs no neighbours of its own.
    ghost = r == 0 or c == 0 or r == last_row or c == last_col
    flags[new, GHOST] = 1 if ghost else 0
    flags[new, COMPLETE] = 1 if ghost else 0
    if ghost:
        counts[2] += 1
    # One ring of empty blocks around the grid: every block has eight neighbours.
    block_row = r // awake.BLOCK_SIDE + 1
    block_col = c // awake.BLOCK_SIDE + 1
    if block_grid[block_row, block_col] == 0:
        block_grid[block_row, block_col] = counts[1]
        block_places[counts[1], 0] = block_row
        block_places[counts[1], 1] = block_col
        counts[1] += 1
    links[new, BLOCK] = block_grid[block_row, block_col]
    for side in range(4):
        r2 = r + (-1 if side == 0 else 1 if side == 1 else 0)
        c2 = c + (-1 if side == 2 else 1 if side == 3 else 0)
        if r2 < 0 or c2 < 0 or r2 > last_row or c2 > last_col:
            continue
        other = index[r2, c2]
        other_ghost = r2 == 0 or c2 == 0 or r2 == last_row or c2 == last_col
        if other == 0 or (ghost and other_ghost):
            continue
        to, back = (
            (NORTH, SOUTH)
            if side == 0
            else (SOUTH, NORTH)
            if side == 1
            else (WEST, EAST)
            if side == 2
            else (EAST, WEST)
        )
        links[new, to] = other
        links[other, back] = new
    return new


@kernel()
def add_all(
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    block_grid: Ints,
    block_places: Ints,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    counts: NDArray[np.int64],
) -> None:
    """Take many cells into the mesh, those that are there already left out."""
    for r, c in zip(rows, cols):  # noqa: B905 (the compiler knows no `strict`)
        if index[r, c] == 0:
            add(
                r,
                c,
                index,
                z,
                cos2,
                friction,
                block_grid,
                block_places,
                state,
                stresses,
                maxima,
                links,
                flags,
                place,
                counts,
            )


@kernel()
def grow(
    seeds: Indices,
    index: Ints,
    z: Floats,
    cos2: Floats,
    friction: Grids,
    block_grid: Ints,
    block_places: Ints,
    state: Floats,
    stresses: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    place: Ints,
    counts: NDArray[np.int64],
) -> None:
    """Give every seed its four neighbours."""
    for seed in seeds:
        if flags[seed, COMPLETE]:
            continue
        flags[seed, COMPLETE] = 1
        for side in range(4):
            r = place[seed, 0] + (-1 if side == 0 else 1 if side == 1 else 0)
            c = place[seed, 1] + (-1 if side == 2 else 1 if side == 3 else 0)
            if index[r, c] == 0:
                add(
                    r,
                    c,
                    index,
                    z,
                    cos2,
                    friction,
                    block_grid,
                    block_places,
                    state,
                    stresses,
                    maxima,
                    links,
                    flags,
                    place,
                    counts,
                )
