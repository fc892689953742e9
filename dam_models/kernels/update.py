"""Applying the fluxes of a step, then friction; keeping the maxima."""

import math

import numpy as np

from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, inner, kernel
from dam_models.kernels.fields import (
    ACROSS,
    ARRIVAL,
    BLOCK,
    CARRIED,
    CHUNK,
    COHESION,
    COMPLETE,
    DEPTH_MAX,
    FAST,
    GRAVITY,
    HP,
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
    SOUTH_FACE,
    SPEED_MAX,
    STRESS,
    STRIDE,
    TURBULENT,
    VISCOSITY,
    WAVE,
    WEST,
    ZX,
    ZY,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
)
from dam_models.kernels.friction import slowed_by
from dam_models.kernels.waves import mean_wave

_BEFORE, _U, _V, _DEPTH, _FORCE_X, _FORCE_Y, _G, _START, _PUSH, _Q, _QX, _QY, _WAVE = (
    k * STRIDE for k in range(13)
)
_BUFFER = 13 * STRIDE


@kernel(fastmath=FAST)
def rates(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    middle: Floats,
    flux: Floats,
    links: Indices,
    inverse_cell: float,
    dt: float,
) -> float:
    """Rate of change of depth, m/s; returns the lowest depth that `dt` would lead to, m."""
    lowest = 0.0
    for k in range(begin, end):
        i = chosen[k]
        rate = -inverse_cell * (
            (flux[i, MASS] - flux[links[i, WEST], MASS])
            + (flux[i, SOUTH_FACE + MASS] - flux[links[i, NORTH], SOUTH_FACE + MASS])
        )
        middle[i, RATE_H] = rate
        lowest = min(lowest, state[i, H] + dt * rate)
    return lowest


@inlined(fastmath=FAST)
def pushed_by(
    before: float, u: float, v: float, force_x: float, force_y: float, dt: float, inverse_dt: float
) -> tuple[float, float, float, float, float]:
    """Discharge before the forces of a step; after them along x, along y and in all; what pushes along it."""
    qx, qy = before * u + dt * force_x, before * v + dt * force_y
    q = math.sqrt(qx * qx + qy * qy)
    start = before * math.sqrt(u * u + v * v)
    # At rest the push must not know dt, nor round with it: what rests is held in any step or in none.
    force = math.sqrt(force_x * force_x + force_y * force_y)
    return start, qx, qy, q, force if start == 0.0 else (q - start) * inverse_dt


@inner(fastmath=FAST)
def _pushed(buffer: Floats, dt: float) -> None:
    """The same for a buffer of cells, and the celerities of their waves."""
    inverse_dt = 1.0 / dt
    for k in range(CHUNK):
        start, qx, qy, q, push = pushed_by(
            buffer[k + _BEFORE],
            buffer[k + _U],
            buffer[k + _V],
            buffer[k + _FORCE_X],
            buffer[k + _FORCE_Y],
            dt,
            inverse_dt,
        )
        buffer[k + _PUSH] = push
        buffer[k + _START] = start
        buffer[k + _Q] = q
        buffer[k + _QX] = qx
        buffer[k + _QY] = qy
        buffer[k + _WAVE] = math.sqrt(buffer[k + _G] * buffer[k + _DEPTH])


@kernel(fastmath=FAST)
def advance(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    slopes: Floats,
    flux: Floats,
    maxima: Floats,
    links: Indices,
    flags: Bytes,
    changed: Bytes,
    inverse_cell: float,
    dt: float,
    time_after: float,
    law: LawNumbers,
    dry_depth: float,
    threshold_depth: float,
    second_order: bool,
    fresh: Indices,
    clipped: Floats,
    energy: Floats,
) -> tuple[int, int, float]:
    """Apply the fluxes over `dt` to the cells `chosen[begin:end]`, then friction; keep the maxima.

    `changed` is set for the blocks of cells that move or are not what they were, `clipped` gets the depth (m)
    cut in each chunk, `energy` its sum of h v^2 (m3/s2), `fresh` the cells that are wet and lack neighbours.
    Returns where those begin and end, and the fastest flow of at least the threshold depth, m/s.
    """
    buffer = np.zeros(_BUFFER)
    who = np.zeros(CHUNK, dtype=np.uint32)
    fresh_count = begin
    flowing = 0.0
    for first in range(begin, end, CHUNK):
        count = min(CHUNK, end - first)
        part = chosen[first : first + count]
        alive = 0
        for j in range(count):
            i = part[j]
            before = state[i, H]
            if before == 0.0 and middle[i, RATE_H] == 0.0 and middle[i, WAVE] == 0.0:
                continue
            depth = before + dt * middle[i, RATE_H]
            k = alive
            alive += 1
            who[k] = i
            buffer[k + _DEPTH] = max(0.0, depth)
            if depth < dry_depth:
                clipped[first // CHUNK] -= min(0.0, depth)
                continue
            w, n = links[i, WEST], links[i, NORTH]
            g = state[i, GRAVITY]
            weight_x, weight_y = 0.0, 0.0
            if second_order:
                weight_of_column = g * middle[i, HP]
                weight_x, weight_y = weight_of_column * slopes[i, ZX], weight_of_column * slopes[i, ZY]
            buffer[k + _BEFORE] = before
            buffer[k + _U] = state[i, U]
            buffer[k + _V] = state[i, V]
            buffer[k + _G] = g
            buffer[k + _FORCE_X] = -inverse_cell * (
                (flux[i, MOMENTUM] - flux[w, MOMENTUM])
                + (g * (flux[i, PUSH_BEFORE] - flux[w, PUSH_AFTER]) + weight_x)
                + (flux[i, SOUTH_FACE + ACROSS] - flux[n, SOUTH_FACE + ACROSS])
            )
            buffer[k + _FORCE_Y] = -inverse_cell * (
                (flux[i, SOUTH_FACE + MOMENTUM] - flux[n, SOUTH_FACE + MOMENTUM])
                + (g * (flux[i, SOUTH_FACE + PUSH_BEFORE] - flux[n, SOUTH_FACE + PUSH_AFTER]) + weight_y)
                + (flux[i, ACROSS] - flux[w, ACROSS])
            )
        _pushed(buffer, dt)
        for k in range(alive):
            i = who[k]
            before = state[i, H]
            depth = buffer[k + _DEPTH]
            if depth == 0.0:
                state[i, H] = 0.0
                state[i, U] = 0.0
                state[i, V] = 0.0
                state[i, SOLIDS] = 0.0
                middle[i, WAVE] = 0.0
                changed[links[i, BLOCK]] = 1
                continue
            if flags[i, COMPLETE] == 0:
                fresh[fresh_count] = i
                fresh_count += 1
            rate_solids = -inverse_cell * (
                (flux[i, CARRIED] - flux[links[i, WEST], CARRIED])
                + (flux[i, SOUTH_FACE + CARRIED] - flux[links[i, NORTH], SOUTH_FACE + CARRIED])
            )
            share = state[i, SOLIDS]
            moves = middle[i, RATE_H] != 0.0 or rate_solids != 0.0
            if moves:
                share = max(0.0, before * share + dt * rate_solids) / depth
                state[i, SOLIDS] = share
                state[i, H] = depth
                maxima[i, DEPTH_MAX] = max(maxima[i, DEPTH_MAX], depth)
            speed = 0.0
            u, v = 0.0, 0.0
            wave = 0.0
            if depth >= dry_depth:
                wave = buffer[k + _WAVE]
                q = buffer[k + _Q]
                if q > 0.0:
                    slowed = slowed_by(
                        law,
                        buffer[k + _START],
                        buffer[k + _PUSH],
                        dt,
                        state[i, GRAVITY],
                        depth,
                        share,
                        state[i, MU],
                        state[i, TURBULENT],
                        stresses[i, ROUGH],
                        stresses[i, STRESS],
                        stresses[i, COHESION],
                        stresses[i, VISCOSITY],
                    )
                    speed = slowed / depth
                    kept = speed / q
                    u = kept * buffer[k + _QX]
                    v = kept * buffer[k + _QY]
            # What comes to rest only now is news for its neighbours too.
            if moves or speed > 0.0 or state[i, U] != 0.0 or state[i, V] != 0.0:
                changed[links[i, BLOCK]] = 1
            state[i, U] = u
            state[i, V] = v
            middle[i, WAVE] = mean_wave(u, v, wave)
            energy[first // CHUNK] += depth * speed * speed
            if depth >= threshold_depth:
                if maxima[i, ARRIVAL] < 0.0:
                    maxima[i, ARRIVAL] = time_after
                flowing = max(flowing, speed)
                maxima[i, SPEED_MAX] = max(maxima[i, SPEED_MAX], speed)
                maxima[i, MOMENTUM_MAX] = max(maxima[i, MOMENTUM_MAX], depth * speed)
                maxima[i, INTENSITY_MAX] = max(maxima[i, INTENSITY_MAX], depth * speed * speed)
    return begin, fresh_count, flowing
