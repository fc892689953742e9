"""Limited slopes, the state half a step ahead (MUSCL-Hancock), and how a cell shares the falls beside it."""

import math

import numpy as np

from dam_models.friction_law import TURBULENT as WEIGHT_AND_SPEED
from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inlined, inner, kernel
from dam_models.kernels.fields import (
    CHUNK,
    COHESION,
    EAST,
    FAST,
    GRAVITY,
    HP,
    HX,
    HY,
    MU,
    NORTH,
    ROUGH,
    SHARE_X,
    SHARE_Y,
    SOLIDS,
    SOUTH,
    STRESS,
    STRIDE,
    TURBULENT,
    UP,
    UX,
    UY,
    VISCOSITY,
    VP,
    VX,
    VY,
    WALL_EAST,
    WALL_NORTH,
    WALL_SOUTH,
    WALL_WEST,
    WALLED,
    WEST,
    ZX,
    ZY,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
    Z,
)
from dam_models.kernels.friction import (
    debris_weight,
    inverse_cube_root,
    slowed_by,
    slowed_by_weight_and_speed,
)

# The buffer of `_limit`: what goes in, five values of each field, then what comes out.
_HERE, _AT_WEST, _AT_EAST, _AT_NORTH, _AT_SOUTH = (k * STRIDE for k in range(5))
_H, _Z, _U, _V = (5 * k * STRIDE for k in range(4))
_G, _HX, _HY, _ZX, _ZY, _UX, _UY, _VX, _VY, _HP, _UP, _VP, _SPEED, _PUSHED, _SHARE_X, _SHARE_Y = (
    (20 + k) * STRIDE for k in range(16)
)
_UC, _VC, _MISSING, _SOLIDS, _MU, _TURBULENT, _ROUGH = ((36 + k) * STRIDE for k in range(7))
_BUFFER = 43 * STRIDE
# In the place of what is needed no more.
_THIRD, _SLOWED = _H + _AT_WEST, _H + _AT_EAST


@inlined(fastmath=FAST)
def _minmod(a: float, b: float) -> float:
    return max(0.0, min(a, b)) + min(0.0, max(a, b))


@inner(fastmath=FAST)
def _limit(buffer: Floats, ratio: float, dry_depth: float) -> None:
    """Slopes per cell (not per metre), the frictionless state half a step ahead, and shares.

    Without branches: one core computes four cells at a time.
    """
    for k in range(CHUNK):
        h, h_w, h_e = buffer[k + _H + _HERE], buffer[k + _H + _AT_WEST], buffer[k + _H + _AT_EAST]
        h_n, h_s = buffer[k + _H + _AT_NORTH], buffer[k + _H + _AT_SOUTH]
        z, z_w, z_e = buffer[k + _Z + _HERE], buffer[k + _Z + _AT_WEST], buffer[k + _Z + _AT_EAST]
        z_n, z_s = buffer[k + _Z + _AT_NORTH], buffer[k + _Z + _AT_SOUTH]
        u, v = buffer[k + _U + _HERE], buffer[k + _V + _HERE]
        surface = z + h
        blocked_w = 1.0 if (h_w < dry_depth) & (z_w > surface) else 0.0
        blocked_e = 1.0 if (h_e < dry_depth) & (z_e > surface) else 0.0
        blocked_n = 1.0 if (h_n < dry_depth) & (z_n > surface) else 0.0
        blocked_s = 1.0 if (h_s < dry_depth) & (z_s > surface) else 0.0
        buffer[k + _SHARE_X] = 0.5 + 0.5 * abs(blocked_w - blocked_e)
        buffer[k + _SHARE_Y] = 0.5 + 0.5 * abs(blocked_n - blocked_s)
        # A cell beside a dry one has no slopes and stays first order.
        lowest = min(h, min(min(h_w, h_e), min(h_n, h_s)))
        flat = lowest < dry_depth
        keep = 0.0 if flat else 1.0
        hx = keep * _minmod(h - h_w, h_e - h)
        hy = keep * _minmod(h - h_n, h_s - h)
        zx = keep * _minmod(z - z_w, z_e - z)
        zy = keep * _minmod(z - z_n, z_s - z)
        ux = keep * _minmod(u - buffer[k + _U + _AT_WEST], buffer[k + _U + _AT_EAST] - u)
        uy = keep * _minmod(u - buffer[k + _U + _AT_NORTH], buffer[k + _U + _AT_SOUTH] - u)
        vx = keep * _minmod(v - buffer[k + _V + _AT_WEST], buffer[k + _V + _AT_EAST] - v)
        vy = keep * _minmod(v - buffer[k + _V + _AT_NORTH], buffer[k + _V + _AT_SOUTH] - v)
        g = buffer[k + _G]
        hp = h - ratio * (h * ux + u * hx + h * vy + v * hy)
        up = u - ratio * (u * ux + v * uy + g * (hx + zx))
        vp = v - ratio * (u * vx + v * vy + g * (hy + zy))
        # What limited slopes leave out of the push, which follows the fall between the cells beside.
        to_x = -ratio * (keep * g * (0.5 * ((z_e - z_w) + (h_e - h_w)) - (hx + zx)))
        to_y = -ratio * (keep * g * (0.5 * ((z_s - z_n) + (h_s - h_n)) - (hy + zy)))
        uc, vc = up + to_x, vp + to_y
        thin = hp < dry_depth
        hp, up, vp = h if thin else hp, u if thin else up, v if thin else vp
        buffer[k + _HX], buffer[k + _HY] = hx, hy
        buffer[k + _ZX], buffer[k + _ZY] = zx, zy
        buffer[k + _UX], buffer[k + _UY] = ux, uy
        buffer[k + _VX], buffer[k + _VY] = vx, vy
        buffer[k + _HP], buffer[k + _UP], buffer[k + _VP] = hp, up, vp
        buffer[k + _SPEED] = math.sqrt(u * u + v * v)
        # Friction is due only where the state was moved.
        buffer[k + _PUSHED] = -1.0 if flat | thin else math.sqrt(uc * uc + vc * vc)
        buffer[k + _UC], buffer[k + _VC] = uc, vc
        buffer[k + _MISSING] = to_x * to_x + to_y * to_y


@inner(fastmath=FAST)
def _slow_by_weight_and_speed(buffer: Floats, half_dt: float, roughest: float, law: LawNumbers) -> None:
    """What friction of weight and of speed squared leaves of the discharges, for a buffer of cells."""
    inverse_half_dt = 1.0 / half_dt
    reference, constant = law.solids_reference, law.constant_weight
    if roughest > 0.0:
        for k in range(CHUNK):
            buffer[k + _THIRD] = inverse_cube_root(buffer[k + _H + _HERE])
    for k in range(CHUNK):
        h, speed, pushed = buffer[k + _H + _HERE], buffer[k + _SPEED], buffer[k + _PUSHED]
        buffer[k + _SLOWED] = slowed_by_weight_and_speed(
            h * speed,
            h * ((pushed - speed) * inverse_half_dt),
            half_dt,
            buffer[k + _G],
            h,
            buffer[k + _MU],
            buffer[k + _TURBULENT],
            buffer[k + _ROUGH],
            buffer[k + _THIRD],
            debris_weight(reference, constant, buffer[k + _SOLIDS]),
        )


@inner(fastmath=FAST)
def _slow(
    buffer: Floats, part: Indices, half_dt: float, law: LawNumbers, state: Floats, stresses: Floats
) -> None:
    """The same for friction of any other kind."""
    inverse_half_dt = 1.0 / half_dt
    for k in range(part.size):
        pushed = buffer[k + _PUSHED]
        if pushed >= 0.0:
            i = part[k]
            h, speed = state[i, H], buffer[k + _SPEED]
            buffer[k + _SLOWED] = slowed_by(
                law,
                h * speed,
                h * ((pushed - speed) * inverse_half_dt),
                half_dt,
                state[i, GRAVITY],
                h,
                state[i, SOLIDS],
                state[i, MU],
                state[i, TURBULENT],
                stresses[i, ROUGH],
                stresses[i, STRESS],
                stresses[i, COHESION],
                stresses[i, VISCOSITY],
            )


@inner(fastmath=FAST)
def _brake(buffer: Floats) -> None:
    """Friction on the state half a step ahead, which the whole fall pushes, of which slopes know a part."""
    for k in range(CHUNK):
        pushed, missing = buffer[k + _PUSHED], buffer[k + _MISSING]
        kept = buffer[k + _SLOWED] / (buffer[k + _H + _HERE] * pushed if pushed > 0.0 else 1.0)
        kept = kept if pushed > 0.0 else 0.0
        taken = pushed - kept * pushed
        # What comes to rest could have been held against more.
        part = (kept > 0.0) & (taken * taken < missing)
        share = max(0.0, taken) / math.sqrt(missing if part else 1.0)
        share = share if part else 1.0
        # A cell that was not moved owes no friction.
        share = share if pushed >= 0.0 else 0.0
        up, vp = buffer[k + _UP], buffer[k + _VP]
        buffer[k + _UP] = up + share * (kept * buffer[k + _UC] - up)
        buffer[k + _VP] = vp + share * (kept * buffer[k + _VC] - vp)


@kernel(fastmath=FAST)
def half_step(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    slopes: Floats,
    links: Indices,
    flags: Bytes,
    half_dt: float,
    inverse_cell: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Slopes, half-step state and shares of the wet cells `chosen[begin:end]`."""
    buffer = np.zeros(_BUFFER)
    # Where there is no cell there is a depth all the same, to divide by.
    buffer[_H + _HERE : _H + _HERE + STRIDE] = 1.0
    for first in range(begin, end, CHUNK):
        count = min(CHUNK, end - first)
        part = chosen[first : first + count]
        roughest = 0.0
        for k in range(count):
            i = part[k]
            w, e, n, s = links[i, WEST], links[i, EAST], links[i, NORTH], links[i, SOUTH]
            walled = flags[i, WALLED]
            if walled != 0:
                # Nothing is known of what lies behind a wall: as if the cell itself went on there.
                w = i if walled & WALL_WEST else w
                e = i if walled & WALL_EAST else e
                n = i if walled & WALL_NORTH else n
                s = i if walled & WALL_SOUTH else s
            buffer[k + _H + _HERE] = state[i, H]
            buffer[k + _Z + _HERE] = state[i, Z]
            buffer[k + _U + _HERE] = state[i, U]
            buffer[k + _V + _HERE] = state[i, V]
            buffer[k + _G] = state[i, GRAVITY]
            buffer[k + _H + _AT_WEST] = state[w, H]
            buffer[k + _Z + _AT_WEST] = state[w, Z]
            buffer[k + _U + _AT_WEST] = state[w, U]
            buffer[k + _V + _AT_WEST] = state[w, V]
            buffer[k + _H + _AT_EAST] = state[e, H]
            buffer[k + _Z + _AT_EAST] = state[e, Z]
            buffer[k + _U + _AT_EAST] = state[e, U]
            buffer[k + _V + _AT_EAST] = state[e, V]
            buffer[k + _H + _AT_NORTH] = state[n, H]
            buffer[k + _Z + _AT_NORTH] = state[n, Z]
            buffer[k + _U + _AT_NORTH] = state[n, U]
            buffer[k + _V + _AT_NORTH] = state[n, V]
            buffer[k + _H + _AT_SOUTH] = state[s, H]
            buffer[k + _Z + _AT_SOUTH] = state[s, Z]
            buffer[k + _U + _AT_SOUTH] = state[s, U]
            buffer[k + _V + _AT_SOUTH] = state[s, V]
            buffer[k + _SOLIDS] = state[i, SOLIDS]
            buffer[k + _MU] = state[i, MU]
            buffer[k + _TURBULENT] = state[i, TURBULENT]
            rough = stresses[i, ROUGH]
            buffer[k + _ROUGH] = rough
            roughest = max(roughest, rough)
        _limit(buffer, half_dt * inverse_cell, dry_depth)
        if law.kind == WEIGHT_AND_SPEED:
            _slow_by_weight_and_speed(buffer, half_dt, roughest, law)
        else:
            _slow(buffer, part, half_dt, law, state, stresses)
        _brake(buffer)
        for k in range(count):
            i = part[k]
            slopes[i, HX] = buffer[k + _HX]
            slopes[i, ZX] = buffer[k + _ZX]
            slopes[i, UX] = buffer[k + _UX]
            slopes[i, VX] = buffer[k + _VX]
            slopes[i, HY] = buffer[k + _HY]
            slopes[i, ZY] = buffer[k + _ZY]
            slopes[i, UY] = buffer[k + _UY]
            slopes[i, VY] = buffer[k + _VY]
            middle[i, HP] = buffer[k + _HP]
            middle[i, UP] = buffer[k + _UP]
            middle[i, VP] = buffer[k + _VP]
            middle[i, SHARE_X] = buffer[k + _SHARE_X]
            middle[i, SHARE_Y] = buffer[k + _SHARE_Y]
            if flags[i, WALLED] != 0:
                middle[i, SHARE_X], middle[i, SHARE_Y] = _shares(i, state, links, flags[i, WALLED], dry_depth)


@inner(fastmath=FAST)
def _shares(i: int, state: Floats, links: Indices, walled: int, dry_depth: float) -> tuple[float, float]:
    """How much of a fall through one of its faces a cell feels, per direction; a wall is a bank."""
    surface = state[i, Z] + state[i, H]
    w, e, n, s = links[i, WEST], links[i, EAST], links[i, NORTH], links[i, SOUTH]
    blocked_w = (walled & WALL_WEST != 0) | ((state[w, H] < dry_depth) & (state[w, Z] > surface))
    blocked_e = (walled & WALL_EAST != 0) | ((state[e, H] < dry_depth) & (state[e, Z] > surface))
    blocked_n = (walled & WALL_NORTH != 0) | ((state[n, H] < dry_depth) & (state[n, Z] > surface))
    blocked_s = (walled & WALL_SOUTH != 0) | ((state[s, H] < dry_depth) & (state[s, Z] > surface))
    return 1.0 if blocked_w != blocked_e else 0.5, 1.0 if blocked_n != blocked_s else 0.5


@kernel(fastmath=FAST)
def no_step(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    middle: Floats,
    links: Indices,
    flags: Bytes,
    dry_depth: float,
) -> None:
    """The same for first order: the state as it is, no slopes, and shares."""
    for k in range(begin, end):
        i = chosen[k]
        middle[i, SHARE_X], middle[i, SHARE_Y] = _shares(i, state, links, flags[i, WALLED], dry_depth)
        middle[i, HP] = state[i, H]
        middle[i, UP] = state[i, U]
        middle[i, VP] = state[i, V]
