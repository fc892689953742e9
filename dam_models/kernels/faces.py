"""Fluxes through faces: HLL with surface reconstruction.

The bed jumps at every face of a coarse grid on a gorge slope by more than the flow is deep, where the usual
hydrostatic reconstruction (Audusse et al. 2004) loses the driving force. As in the surface reconstruction
method (Xia et al. 2017, doi:10.1002/2016WR020055) the water surface of the lower side is lifted along the bed
by at most the difference of the two surfaces. The force of the fall is the depth integrated along the path
that the lifted surface takes, level first, then parallel to the bed:

    1/2 (h^2 - h*^2)  on the lower side, plus  h* lift,  shared by both sides,

which is the hydrostatic force of a lake against a dry bank (h* = 0), the full weight of a uniform layer on a
slope (h* = h), exact for water at rest and continuous between them, so that a film left on a bank never
pushes the lake beside it. Either side takes half of the fall, so that a cell between two falls feels the mean
of both. A cell whose other side is a bank has only one: its floor slopes as that one does, and it takes all
of it. A wall on a side of a cell is a bank, however deep the water stands over it, and no slope is taken
across it; what goes over it is the matter of `dam_models.weir`.
"""

import numpy as np

from dam_models.friction_law import LawNumbers
from dam_models.kernels.compiled import inner, kernel
from dam_models.kernels.fields import (
    ACROSS,
    CARRIED,
    CHUNK,
    EAST,
    FAST,
    GRAVITY,
    HP,
    HX,
    HY,
    MASS,
    MOMENTUM,
    PUSH_AFTER,
    PUSH_BEFORE,
    SHARE_X,
    SHARE_Y,
    SOLIDS,
    SOUTH,
    SOUTH_FACE,
    STRIDE,
    UP,
    UX,
    UY,
    VP,
    VX,
    VY,
    ZX,
    ZY,
    Floats,
    H,
    Indices,
    U,
    V,
    Z,
)
from dam_models.kernels.friction import held_at
from dam_models.kernels.riemann import between

# The buffer of `_riemann`: what goes in and, in place of some of it, what comes out.
_H_LEFT, _H_RIGHT, _DZ, _U_LEFT, _U_RIGHT, _G, _SHARE_LEFT, _SHARE_RIGHT, _OPEN = (
    k * STRIDE for k in range(9)
)
_MASS, _MOMENTUM, _PUSH_LEFT, _PUSH_RIGHT = (k * STRIDE for k in range(9, 13))
_BUFFER = 13 * STRIDE

_BAND = 8 * CHUNK
"""Cells whose east faces are done before their south faces: what both need is then still in the cache."""


@inner(fastmath=FAST)
def _riemann(buffer: Floats, dry_depth: float) -> None:
    """Mass, momentum and the pushes on both sides over their gravity, for a buffer of faces.

    Without branches: one core computes four faces at a time.
    """
    for k in range(CHUNK):
        h_left, h_right = buffer[k + _H_LEFT], buffer[k + _H_RIGHT]
        mass, momentum, push_left, push_right = between(
            h_left,
            h_right,
            buffer[k + _DZ],
            buffer[k + _U_LEFT],
            buffer[k + _U_RIGHT],
            buffer[k + _G],
            buffer[k + _SHARE_LEFT],
            buffer[k + _SHARE_RIGHT],
            dry_depth,
        )
        own_left, own_right = 0.5 * h_left * h_left, 0.5 * h_right * h_right
        flows = buffer[k + _OPEN] != 0.0
        buffer[k + _MASS] = mass if flows else 0.0
        buffer[k + _MOMENTUM] = momentum if flows else 0.0
        buffer[k + _PUSH_LEFT] = push_left if flows else own_left
        buffer[k + _PUSH_RIGHT] = push_right if flows else own_right


@inner(fastmath=FAST)
def _through(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    slopes: Floats,
    flux: Floats,
    links: Indices,
    southern: bool,
    second_order: bool,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Fluxes through the east, or the south, faces of the cells `chosen[begin:end]`."""
    normal, along, share = (VP, UP, SHARE_Y) if southern else (UP, VP, SHARE_X)
    speed = V if southern else U
    h_slope, z_slope = (HY, ZY) if southern else (HX, ZX)
    normal_slope, along_slope = (VY, UY) if southern else (UX, VX)
    link, out = (SOUTH, SOUTH_FACE) if southern else (EAST, 0)
    buffer = np.zeros(_BUFFER)
    for first in range(begin, end, CHUNK):
        count = min(CHUNK, end - first)
        part = chosen[first : first + count]
        for k in range(count):
            a = part[k]
            b = links[a, link]
            h_a, h_b = state[a, H], state[b, H]
            if h_a < dry_depth and h_b < dry_depth:
                # Nothing flows between films; their own push is too small to matter, the same on both sides.
                buffer[k + _H_LEFT] = 0.0
                buffer[k + _H_RIGHT] = 0.0
                buffer[k + _OPEN] = 0.0
                continue
            fall = state[b, Z] - state[a, Z]
            flows = 1.0
            if state[a, U] == 0.0 and state[a, V] == 0.0 and state[b, U] == 0.0 and state[b, V] == 0.0:
                # Static friction holds a surface that is no steeper than it can bear.
                deeper = a if h_a >= h_b else b
                depth, gravity = state[deeper, H], state[deeper, GRAVITY]
                held = held_at(deeper, law, state, stresses)
                if abs(fall + h_b - h_a) <= held * cell_size / (gravity * depth):
                    flows = 0.0
            if second_order:
                # Bed differences before bed levels: at 3000 m the levels would cost four digits.
                buffer[k + _DZ] = fall - 0.5 * (slopes[a, z_slope] + slopes[b, z_slope])
                buffer[k + _H_LEFT] = max(0.0, middle[a, HP] + 0.5 * slopes[a, h_slope])
                buffer[k + _H_RIGHT] = max(0.0, middle[b, HP] - 0.5 * slopes[b, h_slope])
                buffer[k + _U_LEFT] = middle[a, normal] + 0.5 * slopes[a, normal_slope]
                buffer[k + _U_RIGHT] = middle[b, normal] - 0.5 * slopes[b, normal_slope]
            else:
                buffer[k + _DZ] = fall
                buffer[k + _H_LEFT] = h_a
                buffer[k + _H_RIGHT] = h_b
                buffer[k + _U_LEFT] = state[a, speed]
                buffer[k + _U_RIGHT] = state[b, speed]
            buffer[k + _G] = 0.5 * (state[a, GRAVITY] + state[b, GRAVITY])
            buffer[k + _SHARE_LEFT] = middle[a, share]
            buffer[k + _SHARE_RIGHT] = middle[b, share]
            buffer[k + _OPEN] = flows
        _riemann(buffer, dry_depth)
        for k in range(count):
            a = part[k]
            mass = buffer[k + _MASS]
            flux[a, out + MASS] = mass
            flux[a, out + MOMENTUM] = buffer[k + _MOMENTUM]
            flux[a, out + PUSH_BEFORE] = buffer[k + _PUSH_LEFT]
            flux[a, out + PUSH_AFTER] = buffer[k + _PUSH_RIGHT]
            # Read first, then chosen: which way it flows is hard to guess, and a wrong guess costs 20 reads.
            b = links[a, link]
            source, half = (a, 0.5) if mass > 0.0 else (b, -0.5)
            speed_along = middle[source, along]
            if second_order:
                speed_along += half * slopes[source, along_slope]
            flux[a, out + ACROSS] = mass * speed_along
            flux[a, out + CARRIED] = mass * state[source, SOLIDS]


@kernel(fastmath=FAST)
def fluxes(
    chosen: Indices,
    begin: int,
    end: int,
    state: Floats,
    stresses: Floats,
    middle: Floats,
    slopes: Floats,
    flux: Floats,
    links: Indices,
    second_order: bool,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Fluxes through the east and south faces of the cells `chosen[begin:end]`."""
    for first in range(begin, end, _BAND):
        last = min(end, first + _BAND)
        for southern in (False, True):
            _through(
                chosen,
                first,
                last,
                state,
                stresses,
                middle,
                slopes,
                flux,
                links,
                southern,
                second_order,
                cell_size,
                law,
                dry_depth,
            )
