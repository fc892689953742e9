"""Where each number of a cell stands in the arrays that the passes share.

The numbers of a cell lie together, in groups of what a pass reads at once: a neighbour then costs one address
and one or two lines of the cache, and a pass takes a handful of arrays instead of forty, whose unpacking at
every call would cost as much as some passes do.

The fluxes through the east and the south side of a cell are kept with the cell; those through the other two
sides are with its western and its northern neighbour.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
# Unsigned, so that indexing with them needs no test for negative values.
Indices = NDArray[np.uint32]
Bytes = NDArray[np.uint8]
WholeNumbers = NDArray[np.int64]

GRAVITY_M_S2 = 9.81
CHUNK = 64
"""Cells that a pass takes at a time: their buffer stays in the first cache."""
STRIDE = CHUNK + 8
"""Distance of two fields in a buffer: were it a power of two, they would compete for places in the cache."""

# No reassociation: water at rest balances exactly only in the order written.
FAST = {"nnan", "ninf", "nsz"}

STATE = ("z", "h", "u", "v", "solids", "gravity", "mu", "turbulent")
"""Bed, state, and what the simplest law of friction needs; `turbulent` is 1/xi with the bed's slope in it."""
Z, H, U, V, SOLIDS, GRAVITY, MU, TURBULENT = range(len(STATE))

STRESSES = ("rough", "stress", "cohesion", "viscosity")
"""What other laws need: n^2 with the slope of the bed in it, and what `FrictionLaw` says."""
ROUGH, STRESS, COHESION, VISCOSITY = range(len(STRESSES))

MIDDLE = ("hp", "up", "vp", "share_x", "share_y", "rate_h", "wave")
"""The state half a step ahead, and what else a step leaves behind; `wave` is 0 where a cell is not wet."""
HP, UP, VP, SHARE_X, SHARE_Y, RATE_H, WAVE = range(len(MIDDLE))

SLOPES = ("hx", "zx", "ux", "vx", "hy", "zy", "uy", "vy")
HX, ZX, UX, VX, HY, ZY, UY, VY = range(len(SLOPES))

FLUX = ("mass", "momentum", "push_before", "push_after", "across", "carried")
"""Through a face: mass, momentum across it, pushes on its two sides, momentum along it, solids."""
MASS, MOMENTUM, PUSH_BEFORE, PUSH_AFTER, ACROSS, CARRIED = range(len(FLUX))
SOUTH_FACE = len(FLUX)
"""Where the fluxes of the south face begin, after those of the east face."""

MAXIMA = ("depth_max", "speed_max", "momentum_max", "intensity_max", "arrival")
DEPTH_MAX, SPEED_MAX, MOMENTUM_MAX, INTENSITY_MAX, ARRIVAL = range(len(MAXIMA))

LINKS = ("west", "east", "north", "south", "block")
WEST, EAST, NORTH, SOUTH, BLOCK = range(len(LINKS))

FLAGS = ("walled", "complete", "ghost", "level", "mixed")
"""`level` and `mixed` are for `dam_models.kernels.level_choice` and `levels`."""
WALLED, COMPLETE, GHOST, LEVEL, MIXED = range(len(FLAGS))

# Bits of `walled`: the sides of a cell on which a wall stands.
WALL_WEST, WALL_EAST, WALL_NORTH, WALL_SOUTH = 1, 2, 4, 8


_LINE_BYTES = 64


def lined_up(shape: tuple[int, ...], dtype: Any = np.float64) -> NDArray[Any]:
    """Zeros that begin where a line of the cache does: the state of a cell is one line, not half of two."""
    kind = np.dtype(dtype)
    size = math.prod(shape) * kind.itemsize
    room = np.zeros(size + _LINE_BYTES, dtype=np.uint8)
    begin = -room.ctypes.data % _LINE_BYTES
    lined: NDArray[Any] = room[begin : begin + size].view(kind).reshape(shape)
    return lined


class Groups(NamedTuple):
    """The arrays that the passes take, a row for each cell; capacity may exceed the number of cells."""

    state: Floats
    stresses: Floats
    middle: Floats
    slopes: Floats
    flux: Floats
    maxima: Floats
    links: Indices
    flags: Bytes
    place: Ints

    @classmethod
    def empty(cls, capacity: int) -> "Groups":
        """All zero."""
        state, stresses, middle, slopes, flux, maxima = (
            lined_up((capacity, len(names))) for names in (STATE, STRESSES, MIDDLE, SLOPES, 2 * FLUX, MAXIMA)
        )
        links = np.zeros((capacity, len(LINKS)), dtype=np.uint32)
        flags = np.zeros((capacity, len(FLAGS)), dtype=np.uint8)
        place = np.zeros((capacity, 2), dtype=np.int32)
        return cls(state, stresses, middle, slopes, flux, maxima, links, flags, place)


class Faces(NamedTuple):
    """Fluxes by name through the east or the south faces; a face has the number of the cell before it."""

    mass: Floats
    momentum: Floats
    push_before: Floats
    push_after: Floats
    across: Floats
    carried: Floats


class Cells(NamedTuple):
    """Fields of the cells by name, views of the groups."""

    z: Floats
    h: Floats
    u: Floats
    v: Floats
    solids: Floats
    gravity: Floats
    mu: Floats
    turbulent: Floats
    rough: Floats
    stress: Floats
    cohesion: Floats
    viscosity: Floats
    hp: Floats
    up: Floats
    vp: Floats
    share_x: Floats
    share_y: Floats
    rate_h: Floats
    wave: Floats
    hx: Floats
    zx: Floats
    ux: Floats
    vx: Floats
    hy: Floats
    zy: Floats
    uy: Floats
    vy: Floats
    depth_max: Floats
    speed_max: Floats
    momentum_max: Floats
    intensity_max: Floats
    arrival: Floats
    west: Indices
    east: Indices
    north: Indices
    south: Indices
    block: Indices
    walled: Bytes
    complete: Bytes
    ghost: Bytes
    level: Bytes
    mixed: Bytes
    row: Ints
    col: Ints


def by_name(groups: Groups) -> tuple[Cells, Faces, Faces]:
    """Views of the fields: of the cells, of their east faces and of their south faces."""
    cells: list[Any] = [
        group[:, k]
        for group in (
            groups.state,
            groups.stresses,
            groups.middle,
            groups.slopes,
            groups.maxima,
            groups.links,
            groups.flags,
            groups.place,
        )
        for k in range(group.shape[1])
    ]
    fluxes = [groups.flux[:, k] for k in range(groups.flux.shape[1])]
    return Cells(*cells), Faces(*fluxes[:SOUTH_FACE]), Faces(*fluxes[SOUTH_FACE:])
