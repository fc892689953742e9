"""The flow through the faces of tiles, first order.

The same arithmetic as in `faces`, `slopes` and `update`, in the same order, so that a step is the same to
the last bit as one that goes through lists of cells; but neighbours lie side by side, so that nothing is
looked up cell by cell, and nothing is done that only slopes need.
"""

import numpy as np
from numba import njit

from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, inner
from dam_models.kernels.fields import (
    EAST,
    FAST,
    GRAVITY,
    NORTH,
    SHARE_X,
    SHARE_Y,
    SOLIDS,
    SOUTH,
    SOUTH_FACE,
    WALLED,
    WEST,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
    Z,
)
from dam_models.kernels.friction import held_at
from dam_models.kernels.riemann import between
from dam_models.kernels.slopes import no_step
from dam_models.kernels.tiles import CELLS, SIDE

_WIDE = SIDE + 1
"""A row of a tile with the cell east of it."""
_FACES = SIDE * _WIDE
_SIZE = _WIDE * _WIDE + 7
"""Rows with the one south of them; no power of two, as `dam_models.kernels.fields.STRIDE`."""

_H, _Z, _U, _V, _G, _C, _SX, _SY, _OPEN_X, _OPEN_Y = (k * _SIZE for k in range(10))
_EAST_OUT, _SOUTH_OUT = 10 * _SIZE, 16 * _SIZE
FACE_BUFFER = 22 * _SIZE


@inner(fastmath=FAST)
def shares(
    tiles: Indices,
    begin: int,
    end: int,
    state: Floats,
    middle: Floats,
    links: Indices,
    flags: Bytes,
    near: Indices,
    dry_depth: float,
) -> None:
    """How much of a fall the cells of `tiles[begin:end]` feel, as `dam_models.kernels.slopes.no_step`."""
    wide = SIDE + 2
    size = wide * wide + 4
    buffer = np.zeros(2 * size)
    cells = np.empty(CELLS, dtype=np.uint32)
    for j in range(begin, end):
        tile = tiles[j]
        first = CELLS * tile
        walled = 0
        for k in range(CELLS):
            walled |= flags[first + k, WALLED]
        if walled != 0:
            for k in range(CELLS):
                cells[k] = first + k
            # What goes over a wall is found from the middle state, which here is the state.
            no_step(cells, 0, CELLS, state, middle, links, flags, dry_depth)
            continue
        west, east = CELLS * near[tile, WEST], CELLS * near[tile, EAST]
        north, south = CELLS * near[tile, NORTH], CELLS * near[tile, SOUTH]
        for r in range(SIDE):
            at = wide * (r + 1) + 1
            for c in range(SIDE):
                buffer[at + c] = state[first + SIDE * r + c, H]
                buffer[size + at + c] = state[first + SIDE * r + c, Z]
            buffer[at - 1] = state[west + SIDE * r + SIDE - 1, H]
            buffer[size + at - 1] = state[west + SIDE * r + SIDE - 1, Z]
            buffer[at + SIDE] = state[east + SIDE * r, H]
            buffer[size + at + SIDE] = state[east + SIDE * r, Z]
        for c in range(SIDE):
            buffer[1 + c] = state[north + CELLS - SIDE + c, H]
            buffer[size + 1 + c] = state[north + CELLS - SIDE + c, Z]
            at = wide * (SIDE + 1) + 1 + c
            buffer[at] = state[south + c, H]
            buffer[size + at] = state[south + c, Z]
        for r in range(SIDE):
            for c in range(SIDE):
                at = wide * (r + 1) + 1 + c
                level = buffer[size + at] + buffer[at]
                w = (buffer[at - 1] < dry_depth) & (buffer[size + at - 1] > level)
                e = (buffer[at + 1] < dry_depth) & (buffer[size + at + 1] > level)
                n = (buffer[at - wide] < dry_depth) & (buffer[size + at - wide] > level)
                s = (buffer[at + wide] < dry_depth) & (buffer[size + at + wide] > level)
                middle[first + SIDE * r + c, SHARE_X] = 1.0 if w != e else 0.5
                middle[first + SIDE * r + c, SHARE_Y] = 1.0 if n != s else 0.5


@inlined(fastmath=FAST)
def _load(buffer: Floats, at: int, i: int, state: Floats, middle: Floats) -> None:
    buffer[_H + at] = state[i, H]
    buffer[_Z + at] = state[i, Z]
    buffer[_U + at] = state[i, U]
    buffer[_V + at] = state[i, V]
    buffer[_G + at] = state[i, GRAVITY]
    buffer[_C + at] = state[i, SOLIDS]
    buffer[_SX + at] = middle[i, SHARE_X]
    buffer[_SY + at] = middle[i, SHARE_Y]


@njit(cache=True, inline="always", error_model="numpy")
def _all_faces(
    buffer: Floats, step: int, normal: int, along: int, share: int, opened: int, out: int, dry_depth: float
) -> None:
    """Fluxes between cells `step` apart in the buffer, several at a time."""
    for k in range(_FACES):
        a, b = k, k + step
        h_a, h_b = buffer[_H + a], buffer[_H + b]
        mass, momentum, before, after = between(
            h_a,
            h_b,
            buffer[_Z + b] - buffer[_Z + a],
            buffer[normal + a],
            buffer[normal + b],
            0.5 * (buffer[_G + a] + buffer[_G + b]),
            buffer[share + a],
            buffer[share + b],
            dry_depth,
        )
        # Nothing flows between films; their own push is too small to matter, the same on both sides.
        wet = 1.0 if max(h_a, h_b) >= dry_depth else 0.0
        flows = buffer[opened + k] * wet != 0.0
        own_a, own_b = wet * (0.5 * h_a * h_a), wet * (0.5 * h_b * h_b)
        mass = mass if flows else 0.0
        buffer[out + k] = mass
        buffer[out + _SIZE + k] = momentum if flows else 0.0
        buffer[out + 2 * _SIZE + k] = before if flows else own_a
        buffer[out + 3 * _SIZE + k] = after if flows else own_b
        # Sums, one part of which is nothing, rather than choices: those would be loads under a mask.
        to_b, to_a = max(mass, 0.0), min(mass, 0.0)
        buffer[out + 4 * _SIZE + k] = to_b * buffer[along + a] + to_a * buffer[along + b]
        buffer[out + 5 * _SIZE + k] = to_b * buffer[_C + a] + to_a * buffer[_C + b]


# With numbers that the compiler knows, so that it sees that no result is read again.
@inner(fastmath=FAST)
def _east_faces(buffer: Floats, dry_depth: float) -> None:
    _all_faces(buffer, 1, _U, _V, _SX, _OPEN_X, _EAST_OUT, dry_depth)


@inner(fastmath=FAST)
def _south_faces(buffer: Floats, dry_depth: float) -> None:
    _all_faces(buffer, _WIDE, _V, _U, _SY, _OPEN_Y, _SOUTH_OUT, dry_depth)


@inlined(fastmath=FAST)
def _rest(buffer: Floats, a: int, b: int, dry_depth: float) -> bool:
    """Whether both cells are at rest and one of them is no film."""
    moves = (
        (buffer[_U + a] != 0.0) | (buffer[_V + a] != 0.0) | (buffer[_U + b] != 0.0) | (buffer[_V + b] != 0.0)
    )
    return (not moves) and max(buffer[_H + a], buffer[_H + b]) >= dry_depth


@inner(fastmath=FAST)
def _held(
    buffer: Floats,
    at: int,
    step: int,
    i: int,
    other: int,
    state: Floats,
    stresses: Floats,
    law: LawNumbers,
    cell_size: float,
) -> bool:
    """Whether static friction holds the surface between two cells at rest, `step` apart in the buffer."""
    a, b = at, at + step
    h_a, h_b = buffer[_H + a], buffer[_H + b]
    deeper = i if h_a >= h_b else other
    depth, gravity = state[deeper, H], state[deeper, GRAVITY]
    held = held_at(deeper, law, state, stresses)
    fall = buffer[_Z + b] - buffer[_Z + a]
    return bool(abs(fall + h_b - h_a) <= held * cell_size / (gravity * depth))


@inner(fastmath=FAST)
def fluxes(
    tiles: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    flux: Floats,
    links: Indices,
    near: Indices,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Fluxes through the east and south faces of the cells of `tiles[begin:end]`."""
    buffer = np.zeros(FACE_BUFFER)
    for j in range(begin, end):
        tile = tiles[j]
        first = CELLS * tile
        east, south = CELLS * near[tile, EAST], CELLS * near[tile, SOUTH]
        for r in range(SIDE):
            for c in range(SIDE):
                _load(buffer, _WIDE * r + c, first + SIDE * r + c, state, middle)
            _load(buffer, _WIDE * r + SIDE, east + SIDE * r, state, middle)
        for c in range(SIDE):
            _load(buffer, _FACES + c, south + c, state, middle)
        resting = False
        for k in range(_FACES):
            resting |= (buffer[_H + k] >= dry_depth) & (buffer[_U + k] == 0.0) & (buffer[_V + k] == 0.0)
            buffer[_OPEN_X + k] = 1.0
            buffer[_OPEN_Y + k] = 1.0
        for c in range(SIDE):
            k = _FACES + c
            resting |= (buffer[_H + k] >= dry_depth) & (buffer[_U + k] == 0.0) & (buffer[_V + k] == 0.0)
        if resting:
            for r in range(SIDE):
                for c in range(SIDE):
                    i, at = first + SIDE * r + c, _WIDE * r + c
                    if _rest(buffer, at, at + 1, dry_depth) and _held(
                        buffer, at, 1, i, links[i, EAST], state, stresses, law, cell_size
                    ):
                        buffer[_OPEN_X + at] = 0.0
                    if _rest(buffer, at, at + _WIDE, dry_depth) and _held(
                        buffer, at, _WIDE, i, links[i, SOUTH], state, stresses, law, cell_size
                    ):
                        buffer[_OPEN_Y + at] = 0.0
        _east_faces(buffer, dry_depth)
        _south_faces(buffer, dry_depth)
        for part in range(SOUTH_FACE):
            for r in range(SIDE):
                for c in range(SIDE):
                    i, at = first + SIDE * r + c, part * _SIZE + _WIDE * r + c
                    flux[i, part] = buffer[_EAST_OUT + at]
                    flux[i, SOUTH_FACE + part] = buffer[_SOUTH_OUT + at]
