"""Applying the fluxes of a first-order step to tiles, then friction; keeping the maxima.

The same arithmetic as in `update` and `friction`, in the same order; where friction is that of weight and of
speed squared, several cells at a time.
"""

import math

import numpy as np

from dam_models.friction_law import TURBULENT as WEIGHT_AND_SPEED
from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, inner
from dam_models.kernels.fields import (
    ACROSS,
    ARRIVAL,
    CARRIED,
    COHESION,
    DEPTH_MAX,
    EAST,
    FAST,
    GRAVITY,
    INTENSITY_MAX,
    MASS,
    MOMENTUM,
    MOMENTUM_MAX,
    MU,
    NORTH,
    PUSH_AFTER,
    PUSH_BEFORE,
    RATE_H,
    ROUGH,
    SOLIDS,
    SOUTH,
    SOUTH_FACE,
    SPEED_MAX,
    STRESS,
    TURBULENT,
    VISCOSITY,
    WAVE,
    WEST,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
)
from dam_models.kernels.friction import (
    debris_weight,
    inverse_cube_root,
    slowed_by,
    slowed_by_weight_and_speed,
)
from dam_models.kernels.tiles import CELLS, SIDE
from dam_models.kernels.update import pushed_by
from dam_models.kernels.waves import mean_wave

_SIZE = CELLS + 8
(
    _BEFORE, _RATE, _RATE_SOLIDS, _FORCE_X, _FORCE_Y, _U, _V, _G, _SHARE, _MU, _TURBULENT, _ROUGH, _OLD_WAVE,
    _THIRD, _DEPTH, _START, _QX, _QY, _Q, _PUSH, _SLOWED, _STIRS, _WAVE, _SPEED, _DEEP,
) = (k * _SIZE for k in range(25))  # fmt: skip
_BUFFER = 25 * _SIZE


@inner(fastmath=FAST)
def rates(
    tiles: Indices,
    begin: int,
    end: int,
    state: Floats,
    middle: Floats,
    flux: Floats,
    near: Indices,
    inverse_cell: float,
    dt: float,
) -> float:
    """Rate of change of depth, m/s; returns the lowest depth that `dt` would lead to, m."""
    lowest = 0.0
    buffer = np.zeros(3 * CELLS)
    for j in range(begin, end):
        tile = tiles[j]
        first = CELLS * tile
        west, north = CELLS * near[tile, WEST], CELLS * near[tile, NORTH]
        for k in range(SIDE, CELLS):
            buffer[k] = flux[first + k - SIDE, SOUTH_FACE + MASS]
        for k in range(SIDE):
            buffer[k] = flux[north + CELLS - SIDE + k, SOUTH_FACE + MASS]
        for k in range(1, CELLS):
            buffer[CELLS + k] = flux[first + k - 1, MASS]
        for r in range(SIDE):
            buffer[CELLS + SIDE * r] = flux[west + SIDE * r + SIDE - 1, MASS]
        for k in range(CELLS):
            i = first + k
            rate = -inverse_cell * (
                (flux[i, MASS] - buffer[CELLS + k]) + (flux[i, SOUTH_FACE + MASS] - buffer[k])
            )
            buffer[2 * CELLS + k] = rate
        for k in range(CELLS):
            middle[first + k, RATE_H] = buffer[2 * CELLS + k]
            lowest = min(lowest, state[first + k, H] + dt * buffer[2 * CELLS + k])
    return lowest


@inner(fastmath=FAST)
def _gather(
    buffer: Floats,
    first: int,
    west_tile: int,
    north_tile: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    flux: Floats,
    inverse_cell: float,
) -> None:
    """What the cells of a tile are, and the forces on them."""
    for r in range(SIDE):
        above = first + SIDE * (r - 1) if r > 0 else north_tile + CELLS - SIDE
        for c in range(SIDE):
            k = SIDE * r + c
            i, n = first + k, above + c
            w = i - 1 if c > 0 else west_tile + k + SIDE - 1
            g = state[i, GRAVITY]
            buffer[_RATE_SOLIDS + k] = -inverse_cell * (
                (flux[i, CARRIED] - flux[w, CARRIED])
                + (flux[i, SOUTH_FACE + CARRIED] - flux[n, SOUTH_FACE + CARRIED])
            )
            buffer[_FORCE_X + k] = -inverse_cell * (
                (flux[i, MOMENTUM] - flux[w, MOMENTUM])
                + g * (flux[i, PUSH_BEFORE] - flux[w, PUSH_AFTER])
                + (flux[i, SOUTH_FACE + ACROSS] - flux[n, SOUTH_FACE + ACROSS])
            )
            buffer[_FORCE_Y + k] = -inverse_cell * (
                (flux[i, SOUTH_FACE + MOMENTUM] - flux[n, SOUTH_FACE + MOMENTUM])
                + g * (flux[i, SOUTH_FACE + PUSH_BEFORE] - flux[n, SOUTH_FACE + PUSH_AFTER])
                + (flux[i, ACROSS] - flux[w, ACROSS])
            )
            buffer[_G + k] = g
            buffer[_BEFORE + k] = state[i, H]
            buffer[_RATE + k] = middle[i, RATE_H]
            buffer[_OLD_WAVE + k] = middle[i, WAVE]
            buffer[_U + k] = state[i, U]
            buffer[_V + k] = state[i, V]
            buffer[_SHARE + k] = state[i, SOLIDS]
            buffer[_MU + k] = state[i, MU]
            buffer[_TURBULENT + k] = state[i, TURBULENT]
            buffer[_ROUGH + k] = stresses[i, ROUGH]


@inner(fastmath=FAST)
def _find_thirds(buffer: Floats, dt: float, dry_depth: float) -> None:
    """What friction of rough beds needs of the depths after a step."""
    roughest = 0.0
    for k in range(CELLS):
        roughest = max(roughest, buffer[_ROUGH + k])
    if roughest > 0.0:
        for k in range(CELLS):
            depth = max(0.0, buffer[_BEFORE + k] + dt * buffer[_RATE + k])
            buffer[_THIRD + k] = inverse_cube_root(max(depth, dry_depth))


@inner(fastmath=FAST)
def _push(
    buffer: Floats, dt: float, dry_depth: float, solids_reference: float, constant_weight: float
) -> None:
    """Depths, pushes, and what friction of weight and of speed squared leaves."""
    inverse_dt = 1.0 / dt
    for k in range(CELLS):
        before, rate, rate_solids = buffer[_BEFORE + k], buffer[_RATE + k], buffer[_RATE_SOLIDS + k]
        depth = max(0.0, before + dt * rate)
        moves = (rate != 0.0) | (rate_solids != 0.0)
        share = buffer[_SHARE + k]
        mixed = max(0.0, before * share + dt * rate_solids) / (depth if depth > 0.0 else 1.0)
        share = mixed if moves else share
        u, v, g = buffer[_U + k], buffer[_V + k], buffer[_G + k]
        start, qx, qy, q, push = pushed_by(
            before, u, v, buffer[_FORCE_X + k], buffer[_FORCE_Y + k], dt, inverse_dt
        )
        slowed = slowed_by_weight_and_speed(
            start,
            push,
            dt,
            g,
            max(depth, dry_depth),
            buffer[_MU + k],
            buffer[_TURBULENT + k],
            buffer[_ROUGH + k],
            buffer[_THIRD + k],
            debris_weight(solids_reference, constant_weight, share),
        )
        was = (before != 0.0) | (rate != 0.0) | (buffer[_OLD_WAVE + k] != 0.0)
        news = (depth == 0.0) | moves | (u != 0.0) | (v != 0.0)
        buffer[_STIRS + k] = 1.0 if was & news else 0.0
        buffer[_SHARE + k] = share if depth > 0.0 else 0.0
        buffer[_DEPTH + k] = depth
        buffer[_START + k] = start
        buffer[_QX + k] = qx
        buffer[_QY + k] = qy
        buffer[_Q + k] = q if depth >= dry_depth else 0.0
        buffer[_PUSH + k] = push
        buffer[_SLOWED + k] = slowed
        buffer[_WAVE + k] = math.sqrt(g * depth) if depth >= dry_depth else 0.0


@inner(fastmath=FAST)
def _slow(
    buffer: Floats,
    first: int,
    state: Floats,
    stresses: Floats,
    law: LawNumbers,
    dt: float,
) -> None:
    """Friction of any other kind."""
    for k in range(CELLS):
        if buffer[_Q + k] > 0.0:
            i = first + k
            buffer[_SLOWED + k] = slowed_by(
                law,
                buffer[_START + k],
                buffer[_PUSH + k],
                dt,
                state[i, GRAVITY],
                buffer[_DEPTH + k],
                buffer[_SHARE + k],
                state[i, MU],
                state[i, TURBULENT],
                stresses[i, ROUGH],
                stresses[i, STRESS],
                stresses[i, COHESION],
                stresses[i, VISCOSITY],
            )


@inner(fastmath=FAST)
def _settle(buffer: Floats, threshold_depth: float) -> None:
    """Speeds after friction, and the waves that the next step has to bear."""
    for k in range(CELLS):
        depth, q = buffer[_DEPTH + k], buffer[_Q + k]
        speed = buffer[_SLOWED + k] / (depth if q > 0.0 else 1.0)
        speed = speed if q > 0.0 else 0.0
        kept = speed / (q if q > 0.0 else 1.0)
        u, v = kept * buffer[_QX + k], kept * buffer[_QY + k]
        u, v = u if q > 0.0 else 0.0, v if q > 0.0 else 0.0
        buffer[_U + k] = u
        buffer[_V + k] = v
        buffer[_SPEED + k] = speed
        buffer[_DEEP + k] = speed if depth >= threshold_depth else 0.0
        # What comes to rest only now is news for its neighbours too, and was noted.
        buffer[_STIRS + k] = 1.0 if speed > 0.0 else buffer[_STIRS + k]
        buffer[_WAVE + k] = mean_wave(u, v, buffer[_WAVE + k])


@inner(fastmath=FAST)
def advance(
    tiles: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    flux: Floats,
    maxima: Floats,
    near: Indices,
    changed: Bytes,
    inverse_cell: float,
    dt: float,
    time_after: float,
    law: LawNumbers,
    dry_depth: float,
    threshold_depth: float,
    wants: Bytes,
    clipped: Floats,
    energy: Floats,
) -> float:
    """Apply the fluxes over `dt` to the cells of `tiles[begin:end]`, then friction; keep the maxima.

    As `dam_models.kernels.update.advance`; `clipped` and `energy` get a sum for each tile of the list,
    `wants` the sides (a bit each) on which a tile is wet at its rim and has no neighbour. No ghost may be in
    a tile. Returns the fastest flow of at least the threshold depth, m/s.
    """
    buffer = np.zeros(_BUFFER)
    flowing = 0.0
    for j in range(begin, end):
        tile = tiles[j]
        first = CELLS * tile
        west_tile, north_tile = CELLS * near[tile, WEST], CELLS * near[tile, NORTH]
        _gather(buffer, first, west_tile, north_tile, state, stresses, middle, flux, inverse_cell)
        _find_thirds(buffer, dt, dry_depth)
        _push(buffer, dt, dry_depth, law.solids_reference, law.constant_weight)
        if law.kind != WEIGHT_AND_SPEED:
            _slow(buffer, first, state, stresses, law, dt)
        _settle(buffer, threshold_depth)
        cut, moving, stirs, fastest = 0.0, 0.0, 0.0, 0.0
        for k in range(CELLS):
            cut -= min(0.0, buffer[_BEFORE + k] + dt * buffer[_RATE + k])
            moving += buffer[_DEPTH + k] * buffer[_SPEED + k] * buffer[_SPEED + k]
        for k in range(CELLS):
            stirs = max(stirs, buffer[_STIRS + k])
            fastest = max(fastest, buffer[_DEEP + k])
        flowing = max(flowing, fastest)
        clipped[j], energy[j] = cut, moving
        for k in range(CELLS):
            state[first + k, H] = buffer[_DEPTH + k]
        for k in range(CELLS):
            state[first + k, U] = buffer[_U + k]
        for k in range(CELLS):
            state[first + k, V] = buffer[_V + k]
        for k in range(CELLS):
            state[first + k, SOLIDS] = buffer[_SHARE + k]
        for k in range(CELLS):
            middle[first + k, WAVE] = buffer[_WAVE + k]
        for k in range(CELLS):
            maxima[first + k, DEPTH_MAX] = max(maxima[first + k, DEPTH_MAX], buffer[_DEPTH + k])
        if fastest > 0.0:
            for k in range(CELLS):
                maxima[first + k, SPEED_MAX] = max(maxima[first + k, SPEED_MAX], buffer[_DEEP + k])
            for k in range(CELLS):
                most = buffer[_DEPTH + k] * buffer[_DEEP + k]
                maxima[first + k, MOMENTUM_MAX] = max(maxima[first + k, MOMENTUM_MAX], most)
            for k in range(CELLS):
                most = buffer[_DEPTH + k] * buffer[_DEEP + k] * buffer[_DEEP + k]
                maxima[first + k, INTENSITY_MAX] = max(maxima[first + k, INTENSITY_MAX], most)
        for k in range(CELLS):
            if maxima[first + k, ARRIVAL] < 0.0 and buffer[_DEPTH + k] >= threshold_depth:
                maxima[first + k, ARRIVAL] = time_after
        if stirs > 0.0:
            changed[tile] = 1
        wants[j] = _wanted(tile, first, near, state)
    return flowing


@inlined(fastmath=FAST)
def _wanted(tile: int, first: int, near: Indices, state: Floats) -> int:
    """Sides on which something wet has no neighbouring tile, a bit each."""
    wanted = 0
    for k in range(SIDE):
        if near[tile, WEST] == 0 and state[first + SIDE * k, H] > 0.0:
            wanted |= 1 << WEST
        if near[tile, EAST] == 0 and state[first + SIDE * k + SIDE - 1, H] > 0.0:
            wanted |= 1 << EAST
        if near[tile, NORTH] == 0 and state[first + k, H] > 0.0:
            wanted |= 1 << NORTH
        if near[tile, SOUTH] == 0 and state[first + CELLS - SIDE + k, H] > 0.0:
            wanted |= 1 << SOUTH
    return wanted
