"""Applying the fluxes of a step, then friction; keeping the maxima."""

import math

import numpy as np

from dam_models.friction_law import TURBULENT as WEIGHT_AND_SPEED
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
from dam_models.kernels.friction import (
    debris_weight,
    inverse_cube_root,
    slowed_by,
    slowed_by_weight_and_speed,
)
from dam_models.kernels.waves import mean_wave

(
    _BEFORE, _RATE, _RATE_SOLIDS, _FORCE_X, _FORCE_Y, _U, _V, _G, _SHARE, _MU, _TURBULENT, _ROUGH,
    _THIRD, _DEPTH, _START, _QX, _QY, _Q, _PUSH, _SLOWED, _WAVE, _SPEED,
) = (k * STRIDE for k in range(22))  # fmt: skip
_BUFFER = 22 * STRIDE


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
def _find_thirds(buffer: Floats, dt: float, dry_depth: float) -> None:
    """What friction of rough beds needs of the depths after a step."""
    for k in range(CHUNK):
        depth = max(0.0, buffer[k + _BEFORE] + dt * buffer[k + _RATE])
        buffer[k + _THIRD] = inverse_cube_root(max(depth, dry_depth))


@inner(fastmath=FAST)
def _push(buffer: Floats, dt: float, dry_depth: float, law: LawNumbers) -> None:
    """Depths, pushes, and what friction of weight and of speed squared leaves, for a buffer of cells.

    Without branches: one core computes four cells at a time.
    """
    inverse_dt = 1.0 / dt
    reference, constant = law.solids_reference, law.constant_weight
    for k in range(CHUNK):
        before, rate, rate_solids = buffer[k + _BEFORE], buffer[k + _RATE], buffer[k + _RATE_SOLIDS]
        depth = max(0.0, before + dt * rate)
        share = buffer[k + _SHARE]
        mixed = max(0.0, before * share + dt * rate_solids) / (depth if depth > 0.0 else 1.0)
        share = mixed if (rate != 0.0) | (rate_solids != 0.0) else share
        g = buffer[k + _G]
        start, qx, qy, q, push = pushed_by(
            before, buffer[k + _U], buffer[k + _V], buffer[k + _FORCE_X], buffer[k + _FORCE_Y], dt, inverse_dt
        )
        buffer[k + _SLOWED] = slowed_by_weight_and_speed(
            start,
            push,
            dt,
            g,
            max(depth, dry_depth),
            buffer[k + _MU],
            buffer[k + _TURBULENT],
            buffer[k + _ROUGH],
            buffer[k + _THIRD],
            debris_weight(reference, constant, share),
        )
        buffer[k + _DEPTH] = depth
        buffer[k + _SHARE] = share
        buffer[k + _START] = start
        buffer[k + _PUSH] = push
        buffer[k + _Q] = q if depth >= dry_depth else 0.0
        buffer[k + _QX] = qx
        buffer[k + _QY] = qy
        buffer[k + _WAVE] = math.sqrt(g * depth) if depth >= dry_depth else 0.0


@inner(fastmath=FAST)
def _slow(
    buffer: Floats,
    who: Indices,
    alive: int,
    state: Floats,
    stresses: Floats,
    law: LawNumbers,
    dt: float,
) -> None:
    """Friction of any other kind."""
    for k in range(alive):
        if buffer[k + _Q] > 0.0:
            i = who[k]
            buffer[k + _SLOWED] = slowed_by(
                law,
                buffer[k + _START],
                buffer[k + _PUSH],
                dt,
                state[i, GRAVITY],
                buffer[k + _DEPTH],
                buffer[k + _SHARE],
                state[i, MU],
                state[i, TURBULENT],
                stresses[i, ROUGH],
                stresses[i, STRESS],
                stresses[i, COHESION],
                stresses[i, VISCOSITY],
            )


@inner(fastmath=FAST)
def _settle(buffer: Floats) -> None:
    """Speeds after friction, and the waves that the next step has to bear."""
    for k in range(CHUNK):
        depth, q = buffer[k + _DEPTH], buffer[k + _Q]
        speed = buffer[k + _SLOWED] / (depth if q > 0.0 else 1.0)
        speed = speed if q > 0.0 else 0.0
        kept = speed / (q if q > 0.0 else 1.0)
        u, v = kept * buffer[k + _QX], kept * buffer[k + _QY]
        u, v = u if q > 0.0 else 0.0, v if q > 0.0 else 0.0
        buffer[k + _U] = u
        buffer[k + _V] = v
        buffer[k + _SPEED] = speed
        buffer[k + _WAVE] = mean_wave(u, v, buffer[k + _WAVE])


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
        cut, roughest = 0.0, 0.0
        for j in range(count):
            i = part[j]
            before, rate = state[i, H], middle[i, RATE_H]
            if before == 0.0 and rate == 0.0 and middle[i, WAVE] == 0.0:
                continue
            k = alive
            alive += 1
            who[k] = i
            w, n = links[i, WEST], links[i, NORTH]
            buffer[k + _BEFORE] = before
            buffer[k + _RATE] = rate
            buffer[k + _RATE_SOLIDS] = -inverse_cell * (
                (flux[i, CARRIED] - flux[w, CARRIED])
                + (flux[i, SOUTH_FACE + CARRIED] - flux[n, SOUTH_FACE + CARRIED])
            )
            cut -= min(0.0, before + dt * rate)
            g = state[i, GRAVITY]
            weight_x, weight_y = 0.0, 0.0
            if second_order:
                weight_of_column = g * middle[i, HP]
                weight_x, weight_y = weight_of_column * slopes[i, ZX], weight_of_column * slopes[i, ZY]
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
            buffer[k + _U] = state[i, U]
            buffer[k + _V] = state[i, V]
            buffer[k + _G] = g
            buffer[k + _SHARE] = state[i, SOLIDS]
            buffer[k + _MU] = state[i, MU]
            buffer[k + _TURBULENT] = state[i, TURBULENT]
            rough = stresses[i, ROUGH]
            buffer[k + _ROUGH] = rough
            roughest = max(roughest, rough)
        if roughest > 0.0:
            _find_thirds(buffer, dt, dry_depth)
        _push(buffer, dt, dry_depth, law)
        if law.kind != WEIGHT_AND_SPEED:
            _slow(buffer, who, alive, state, stresses, law, dt)
        _settle(buffer)
        moving = 0.0
        for k in range(alive):
            i = who[k]
            depth, speed, u, v = buffer[k + _DEPTH], buffer[k + _SPEED], buffer[k + _U], buffer[k + _V]
            moves = buffer[k + _RATE] != 0.0 or buffer[k + _RATE_SOLIDS] != 0.0
            # What comes to rest only now is news for its neighbours too.
            if depth == 0.0 or moves or speed > 0.0 or state[i, U] != 0.0 or state[i, V] != 0.0:
                changed[links[i, BLOCK]] = 1
            state[i, H] = depth
            state[i, U] = u
            state[i, V] = v
            state[i, SOLIDS] = buffer[k + _SHARE] if depth > 0.0 else 0.0
            middle[i, WAVE] = buffer[k + _WAVE]
            maxima[i, DEPTH_MAX] = max(maxima[i, DEPTH_MAX], depth)
            if depth > 0.0 and flags[i, COMPLETE] == 0:
                fresh[fresh_count] = i
                fresh_count += 1
            moving += depth * speed * speed
            if depth >= threshold_depth:
                if maxima[i, ARRIVAL] < 0.0:
                    maxima[i, ARRIVAL] = time_after
                flowing = max(flowing, speed)
                maxima[i, SPEED_MAX] = max(maxima[i, SPEED_MAX], speed)
                maxima[i, MOMENTUM_MAX] = max(maxima[i, MOMENTUM_MAX], depth * speed)
                maxima[i, INTENSITY_MAX] = max(maxima[i, INTENSITY_MAX], depth * speed * speed)
        clipped[first // CHUNK] += cut
        energy[first // CHUNK] += moving
    return begin, fresh_count, flowing
