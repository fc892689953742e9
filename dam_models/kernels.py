"""The passes of one time step over the tiles that hold material.

Fields are padded by one ghost cell on each side. A tile is TILE x TILE cells; only tiles that are wet, or
that touch a wet cell, are visited, and a tile whose surroundings did not change in the last step is left alone.
Every tile writes only its own cells, so the result does not depend on the order of the tiles.

Rows run north to south: `v` is positive southwards.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dam_models.faces import face_flux

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

GRAVITY_M_S2 = 9.81
TILE = 16
WET, NORTH, SOUTH, WEST, EAST = 1, 2, 4, 8, 16


@njit(cache=True, inline="always", error_model="numpy")
def _debris_weight(solids: float, solids_reference: float, constant_weight: float) -> float:
    if solids_reference == 0.0:
        return constant_weight
    return min(1.0, solids / solids_reference)


@njit(cache=True, nogil=True, error_model="numpy")
def find_active(
    old: Ints,
    old_count: int,
    flags: Bytes,
    stamp: Ints,
    generation: int,
    tiles_x: int,
    tiles_y: int,
    new: Ints,
) -> int:
    """List the tiles that hold material or touch a wet edge of a neighbour; returns how many."""
    count = 0
    for k in range(old_count):
        tile = old[k]
        flag = flags[tile]
        if not flag & WET:
            continue
        ty = tile // tiles_x
        tx = tile - ty * tiles_x
        if stamp[tile] != generation:
            stamp[tile] = generation
            new[count] = tile
            count += 1
        for side in range(4):
            if side == 0:
                inside, edge, other = ty > 0, flag & NORTH, tile - tiles_x
            elif side == 1:
                inside, edge, other = ty < tiles_y - 1, flag & SOUTH, tile + tiles_x
            elif side == 2:
                inside, edge, other = tx > 0, flag & WEST, tile - 1
            else:
                inside, edge, other = tx < tiles_x - 1, flag & EAST, tile + 1
            if inside and edge and stamp[other] != generation:
                stamp[other] = generation
                new[count] = other
                count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def compute_tendencies(
    tiles: Ints,
    tile_count: int,
    tiles_x: int,
    tiles_y: int,
    z: Floats,
    h: Floats,
    u: Floats,
    v: Floats,
    solids: Floats,
    gravity: Floats,
    cell_size: float,
    mu: float,
    solids_reference: float,
    constant_weight: float,
    dry_depth: float,
    changed: Bytes,
    changed_next: Bytes,
    dh: Floats,
    dqx: Floats,
    dqy: Floats,
    dsolids: Floats,
    outflow: Floats,
) -> float:
    """Rates of change of depth, momentum and solids; returns the fastest wave, m/s.

    `outflow` gets, per tile, the volume rate through the sides of the grid, m2/s times cells of side.
    """
    ny = h.shape[0] - 2
    nx = h.shape[1] - 2
    inverse = 1.0 / cell_size
    lock_rise = mu * cell_size
    mass_n = np.zeros(TILE)
    momentum_n = np.zeros(TILE)
    push_n = np.zeros(TILE)
    across_n = np.zeros(TILE)
    solids_n = np.zeros(TILE)
    fastest = 0.0
    for k in range(tile_count):
        tile = tiles[k]
        ty = tile // tiles_x
        tx = tile - ty * tiles_x
        stirred = changed[tile]
        if ty > 0:
            stirred |= changed[tile - tiles_x]
        if ty < tiles_y - 1:
            stirred |= changed[tile + tiles_x]
        if tx > 0:
            stirred |= changed[tile - 1]
        if tx < tiles_x - 1:
            stirred |= changed[tile + 1]
        outflow[tile] = 0.0
        if not stirred:
            changed_next[tile] = 0
            continue
        any_change = False
        out = 0.0
        r0 = ty * TILE + 1
        r1 = min(r0 + TILE, ny + 1)
        c0 = tx * TILE + 1
        c1 = min(c0 + TILE, nx + 1)
        # The first pass of the loop, one row above the tile, only fills the buffer of fluxes from the north.
        for r in range(r0 - 1, r1):
            mass_w = momentum_w = push_w = across_w = solids_w = 0.0
            mass_e = momentum_e = push_right = across_e = solids_e = 0.0
            for c in range(c0 - 1, c1):
                hc = h[r, c]
                he = h[r, c + 1]
                if c >= c0:
                    hs = h[r + 1, c]
                    if hc > 0.0 or hs > 0.0:
                        rest = u[r, c] == 0.0 and v[r, c] == 0.0 and u[r + 1, c] == 0.0 and v[r + 1, c] == 0.0
                        lock = 0.0
                        if rest:
                            holding = solids[r, c] if hc >= hs else solids[r + 1, c]
                            lock = lock_rise * _debris_weight(holding, solids_reference, constant_weight)
                        mass_s, momentum_s, push_up, push_down, speed = face_flux(
                            z[r + 1, c] - z[r, c],
                            hc,
                            hs,
                            v[r, c],
                            v[r + 1, c],
                            rest,
                            lock,
                            0.5 * (gravity[r, c] + gravity[r + 1, c]),
                            dry_depth,
                        )
                        fastest = max(fastest, speed)
                        donor = r if mass_s > 0.0 else r + 1
                        across_s = mass_s * u[donor, c]
                        solids_s = mass_s * solids[donor, c]
                    else:
                        mass_s = momentum_s = push_up = push_down = across_s = solids_s = 0.0
                if r >= r0:
                    if hc > 0.0 or he > 0.0:
                        rest = u[r, c] == 0.0 and v[r, c] == 0.0 and u[r, c + 1] == 0.0 and v[r, c + 1] == 0.0
                        lock = 0.0
                        if rest:
                            holding = solids[r, c] if hc >= he else solids[r, c + 1]
                            lock = lock_rise * _debris_weight(holding, solids_reference, constant_weight)
                        mass_e, momentum_e, push_left, push_right, speed = face_flux(
                            z[r, c + 1] - z[r, c],
                            hc,
                            he,
                            u[r, c],
                            u[r, c + 1],
                            rest,
                            lock,
                            0.5 * (gravity[r, c] + gravity[r, c + 1]),
                            dry_depth,
                        )
                        fastest = max(fastest, speed)
                        donor = c if mass_e > 0.0 else c + 1
                        across_e = mass_e * v[r, donor]
                        solids_e = mass_e * solids[r, donor]
                    else:
                        mass_e = momentum_e = push_left = push_right = across_e = solids_e = 0.0
                    if c >= c0:
                        i = c - c0
                        g = gravity[r, c]
                        rate_h = -((mass_e - mass_w) + (mass_s - mass_n[i])) * inverse
                        rate_x = (
                            -((momentum_e - momentum_w) + g * (push_left - push_w) + (across_s - across_n[i]))
                            * inverse
                        )
                        rate_y = (
                            -(
                                (momentum_s - momentum_n[i])
                                + g * (push_up - push_n[i])
                                + (across_e - across_w)
                            )
                            * inverse
                        )
                        dh[r, c] = rate_h
                        dqx[r, c] = rate_x
                        dqy[r, c] = rate_y
                        dsolids[r, c] = -((solids_e - solids_w) + (solids_s - solids_n[i])) * inverse
                        if (
                            rate_h != 0.0
                            or rate_x != 0.0
                            or rate_y != 0.0
                            or u[r, c] != 0.0
                            or v[r, c] != 0.0
                        ):
                            any_change = True
                        if c == 1:
                            out -= mass_w
                        if c == nx:
                            out += mass_e
                        if r == 1:
                            out -= mass_n[i]
                        if r == ny:
                            out += mass_s
                    mass_w = mass_e
                    momentum_w = momentum_e
                    push_w = push_right
                    across_w = across_e
                    solids_w = solids_e
                if c >= c0:
                    i = c - c0
                    mass_n[i] = mass_s
                    momentum_n[i] = momentum_s
                    push_n[i] = push_down
                    across_n[i] = across_s
                    solids_n[i] = solids_s
        changed_next[tile] = 1 if any_change else 0
        outflow[tile] = out
    return fastest


@njit(cache=True, nogil=True, error_model="numpy")
def advance(
    tiles: Ints,
    tile_count: int,
    tiles_x: int,
    h: Floats,
    u: Floats,
    v: Floats,
    solids: Floats,
    gravity: Floats,
    voellmy_metric: Floats,
    manning_metric: Floats,
    mu: float,
    inverse_xi: float,
    manning_squared: float,
    solids_reference: float,
    constant_weight: float,
    dry_depth: float,
    threshold_depth: float,
    dt: float,
    time_after: float,
    changed_next: Bytes,
    flags: Bytes,
    dh: Floats,
    dqx: Floats,
    dqy: Floats,
    dsolids: Floats,
    depth_max: Floats,
    speed_max: Floats,
    momentum_max: Floats,
    intensity_max: Floats,
    arrival: Floats,
) -> float:
    """Apply the rates over `dt`, then friction; keep the maxima. Returns the depth that was clipped, m.

    `arrival` holds the time of first reaching `threshold_depth`; it means nothing where `depth_max` is below.
    """
    ny = h.shape[0] - 2
    nx = h.shape[1] - 2
    clipped = 0.0
    for k in range(tile_count):
        tile = tiles[k]
        if not changed_next[tile]:
            continue
        ty = tile // tiles_x
        tx = tile - ty * tiles_x
        r0 = ty * TILE + 1
        r1 = min(r0 + TILE, ny + 1)
        c0 = tx * TILE + 1
        c1 = min(c0 + TILE, nx + 1)
        flag = 0
        for r in range(r0, r1):
            for c in range(c0, c1):
                before = h[r, c]
                depth = before + dt * dh[r, c]
                if depth <= 0.0:
                    if depth < 0.0:
                        clipped -= depth
                    if before != 0.0:
                        h[r, c] = 0.0
                        u[r, c] = 0.0
                        v[r, c] = 0.0
                        solids[r, c] = 0.0
                    continue
                flag |= WET
                if r == r0:
                    flag |= NORTH
                if r == r1 - 1:
                    flag |= SOUTH
                if c == c0:
                    flag |= WEST
                if c == c1 - 1:
                    flag |= EAST
                h[r, c] = depth
                share = max(0.0, before * solids[r, c] + dt * dsolids[r, c]) / depth
                solids[r, c] = share
                speed = 0.0
                if depth < dry_depth:
                    u[r, c] = 0.0
                    v[r, c] = 0.0
                else:
                    qx = before * u[r, c] + dt * dqx[r, c]
                    qy = before * v[r, c] + dt * dqy[r, c]
                    q = math.sqrt(qx * qx + qy * qy)
                    weight = _debris_weight(share, solids_reference, constant_weight)
                    left = q - dt * gravity[r, c] * mu * weight * depth
                    if left <= 0.0:
                        u[r, c] = 0.0
                        v[r, c] = 0.0
                    else:
                        drag = 0.0
                        if weight > 0.0:
                            drag += weight * inverse_xi * voellmy_metric[r, c] / (depth * depth)
                        if weight < 1.0:
                            drag += (
                                (1.0 - weight)
                                * manning_squared
                                * manning_metric[r, c]
                                / (depth * depth * np.cbrt(depth))
                            )
                        # Implicit in the quadratic part: left - q = dt * g * drag * q^2, solved exactly.
                        slowed = 2.0 * left / (1.0 + math.sqrt(1.0 + 4.0 * dt * GRAVITY_M_S2 * drag * left))
                        u[r, c] = slowed * (qx / q) / depth
                        v[r, c] = slowed * (qy / q) / depth
                        speed = slowed / depth
                if depth >= threshold_depth:
                    if depth_max[r, c] < threshold_depth:
                        arrival[r, c] = time_after
                    if speed > speed_max[r, c]:
                        speed_max[r, c] = speed
                    if depth * speed > momentum_max[r, c]:
                        momentum_max[r, c] = depth * speed
                    if depth * speed * speed > intensity_max[r, c]:
                        intensity_max[r, c] = depth * speed * speed
                if depth > depth_max[r, c]:
                    depth_max[r, c] = depth
        flags[tile] = flag
    return clipped


@njit(cache=True, nogil=True, error_model="numpy")
def face_discharges(
    rows: Ints,
    cols: Ints,
    down: Bytes,
    sign: Floats,
    group: Ints,
    z: Floats,
    h: Floats,
    u: Floats,
    v: Floats,
    solids: Floats,
    gravity: Floats,
    cell_size: float,
    mu: float,
    solids_reference: float,
    constant_weight: float,
    dry_depth: float,
    discharge: Floats,
    solids_discharge: Floats,
) -> None:
    """Discharge through groups of faces, m3/s, by the very flux that the step applies.

    A face lies between (row, col) and its eastern neighbour, or, where `down` is 1, its southern neighbour.
    """
    discharge[:] = 0.0
    solids_discharge[:] = 0.0
    for k in range(rows.size):
        r = rows[k]
        c = cols[k]
        r2 = r + 1 if down[k] else r
        c2 = c if down[k] else c + 1
        if h[r, c] == 0.0 and h[r2, c2] == 0.0:
            continue
        rest = u[r, c] == 0.0 and v[r, c] == 0.0 and u[r2, c2] == 0.0 and v[r2, c2] == 0.0
        holding = solids[r, c] if h[r, c] >= h[r2, c2] else solids[r2, c2]
        lock = mu * cell_size * _debris_weight(holding, solids_reference, constant_weight)
        normal_1 = v[r, c] if down[k] else u[r, c]
        normal_2 = v[r2, c2] if down[k] else u[r2, c2]
        mass, _, _, _, _ = face_flux(
            z[r2, c2] - z[r, c],
            h[r, c],
            h[r2, c2],
            normal_1,
            normal_2,
            rest,
            lock,
            0.5 * (gravity[r, c] + gravity[r2, c2]),
            dry_depth,
        )
        carried = mass * (solids[r, c] if mass > 0.0 else solids[r2, c2])
        discharge[group[k]] += sign[k] * mass * cell_size
        solids_discharge[group[k]] += sign[k] * carried * cell_size
