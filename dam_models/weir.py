"""What passes over a crest, and what a wall does to the flow on either side of it.

**Discharge.** With H the energy head above the crest of the side that has more of it, and x the head of the
other side over it,

    q = (2/3)^1.5 sqrt(g) Cd H^1.5 (1 - x^1.5)^0.385,

the broad-crested weir with the submergence of Villemonte (1947). The velocity head counts only where the
surface stands above the crest, and at most half of the depth over it: that layer then moves at its critical
speed, and the law gives just its discharge; what comes faster passes with the speed it has. A difference of
head evens out no faster than a wave carries it, (c + u) times the difference, without which Villemonte's
infinitely steep end at x = 1 would never let a drowned crest come to rest. A wall lower than the head is a
sill rather than a weir: from H = P to H = 2 P, P its height above the bed upstream, the discharge turns into
that of the shallow-water equations over a step.

**Forces.** Neither side feels the other but through what passes. The side that gives keeps its hydrostatic
push and loses the momentum of what leaves; what it brings beyond that is stopped by the wall, as in front of
a mirror image that lets just this discharge through (for q = 0 a solid wall). The side that receives gets the
discharge with the speed that it has over the crest: the critical one, or less where the tailwater fills the
section. The fall itself adds nothing along the ground.
"""

import math

from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import (
    ACROSS,
    CARRIED,
    GRAVITY,
    GRAVITY_M_S2,
    HP,
    MASS,
    MOMENTUM,
    PUSH_AFTER,
    PUSH_BEFORE,
    SOLIDS,
    SOUTH_FACE,
    UP,
    VP,
    WALL_EAST,
    WALL_NORTH,
    WALL_SOUTH,
    WALL_WEST,
    WALLED,
    Bytes,
    Floats,
    H,
    Ints,
    Z,
)

WEIR_M_S = (2.0 / 3.0) ** 1.5 * GRAVITY_M_S2**0.5
"""Discharge of a metre of ideal broad crest under 1 m of head, m2/s: 1.705."""

VILLEMONTE_EXPONENT = 0.385
"""Villemonte (1947), with the exponent 1.5 of the free discharge inside."""

_SILL_FROM, _SILL_TO = 1.0, 2.0


@inlined()
def _drowned(ratio: float) -> float:
    """Villemonte's factor for the head below over the head above."""
    if ratio <= 0.0:
        return 1.0
    return 0.0 if ratio >= 1.0 else (1.0 - ratio * math.sqrt(ratio)) ** VILLEMONTE_EXPONENT


@kernel()
def weir_discharge(head_m: float, tail_m: float, coefficient: float) -> float:
    """Discharge per metre of crest, m2/s, by the law alone.

    Parameters
    ----------
    head_m, tail_m : float
        Energy head upstream and head downstream, m above the crest; `tail_m` at most `head_m`.
    coefficient : float
        Cd.
    """
    if head_m <= 0.0:
        return 0.0
    free: float = WEIR_M_S * coefficient * head_m * math.sqrt(head_m)
    factor: float = _drowned(tail_m / head_m)
    return free * factor


@inlined()
def _head(over: float, towards: float) -> float:
    """Energy head above the crest."""
    if over <= 0.0:
        return 0.0
    speed = max(0.0, towards)
    return over + min(0.5 * speed * speed / GRAVITY_M_S2, 0.5 * over)


@inlined()
def _step_discharge(over_from: float, over_to: float, from_speed: float, to_speed: float) -> float:
    """HLL discharge between two depths above a crest; speeds positive from the one to the other."""
    c_from = math.sqrt(GRAVITY_M_S2 * over_from)
    c_to = math.sqrt(GRAVITY_M_S2 * over_to)
    if over_to == 0.0:
        slow = from_speed - c_from
        fast = from_speed + 2.0 * c_from
    else:
        middle = 0.5 * (from_speed + to_speed) + c_from - c_to
        c_middle = max(0.0, 0.5 * (c_from + c_to) + 0.25 * (from_speed - to_speed))
        slow = min(from_speed - c_from, middle - c_middle)
        fast = max(to_speed + c_to, middle + c_middle)
    slow = min(slow, 0.0)
    fast = max(fast, 0.0)
    return (
        fast * (over_from * from_speed) - slow * (over_to * to_speed) + slow * fast * (over_to - over_from)
    ) / (fast - slow)


@inlined()
def _crest_discharge(
    over_from: float,
    over_to: float,
    from_speed: float,
    to_speed: float,
    from_head: float,
    to_head: float,
    wave: float,
    wall_height: float,
    coefficient: float,
    open_share: float,
) -> float:
    """Discharge over a crest from the side of the larger head; speeds positive from there to the other."""
    speed = max(0.0, from_speed)
    free = WEIR_M_S * coefficient * from_head * math.sqrt(from_head)
    if speed * speed > GRAVITY_M_S2 * over_from:
        free = max(free, over_from * speed)
    weir: float = min(free * _drowned(to_head / from_head), (wave + speed) * (from_head - to_head))
    if from_head <= _SILL_FROM * wall_height:
        return weir
    sill = 1.0
    if from_head < _SILL_TO * wall_height:
        sill = (from_head / wall_height - _SILL_FROM) / (_SILL_TO - _SILL_FROM)
    # A step has no contraction: through a notch that is narrower than its face the weir law goes on.
    sill *= open_share
    over_step: float = _step_discharge(over_from, over_to, from_speed, to_speed)
    return (1.0 - sill) * weir + sill * over_step


@inlined()
def _giving(h: float, towards: float, discharge: float, gravity: float) -> float:
    """Push and momentum on the side that gives, m3/s2: a mirror image that lets the discharge through."""
    hydrostatic = 0.5 * gravity * h * h
    if h == 0.0:
        return hydrostatic
    stopped = towards - discharge / h
    c = math.sqrt(gravity * h)
    reflected = h * stopped * (c + 1.5 * max(0.0, stopped))
    return max(0.0, hydrostatic + discharge * discharge / h + reflected)


@inlined()
def _receiving(h: float, towards: float, discharge: float, arriving: float, gravity: float) -> float:
    """Push and momentum on the side that receives, m3/s2."""
    c = math.sqrt(gravity * h)
    push = 0.5 * gravity * h * h
    if towards > 0.0:
        push += h * towards * (c + 1.5 * towards)
    else:
        # What flows away faster than it is fed leaves the wall with less pressure.
        push -= max(0.0, -h * towards - discharge) * c
    return max(0.0, push) + discharge * arriving


@kernel()
def meet(index: Ints, rows: Ints, cols: Ints, south: Bytes, flags: Bytes) -> None:
    """Tell the cells beside walls which of their sides carry one.

    A wall between cells of which the mesh has not both stops nothing yet.

    Parameters
    ----------
    index : (ny + 2, nx + 2) int32
        Numbers of the cells of the padded grid, 0 for those that the mesh has not.
    rows, cols, south : (n,)
        Cell of the padded grid before each wall; whether it is the south side of it or the east side.
    flags : (k, 3) uint8
        Flags of the cells.
    """
    for j in range(rows.size):
        r, c = rows[j], cols[j]
        down = south[j] != 0
        a = index[r, c]
        b = index[r + 1, c] if down else index[r, c + 1]
        if a > 0 and b > 0:
            flags[a, WALLED] |= WALL_SOUTH if down else WALL_EAST
            flags[b, WALLED] |= WALL_NORTH if down else WALL_WEST


@kernel()
def overtop(
    index: Ints,
    rows: Ints,
    cols: Ints,
    south: Bytes,
    crest: Floats,
    coefficient: Floats,
    length_share: Floats,
    open_share: Floats,
    state: Floats,
    middle: Floats,
    flags: Bytes,
    flux: Floats,
    cell_size: float,
    dt: float,
    dry_depth: float,
) -> None:
    """Overwrite the fluxes through the faces that carry a wall; the first four as for `meet`.

    The discharge follows from the state half a step ahead; a cell never gives more than stands above the
    crest at the start of the step, shared among its walls.
    """
    for j in range(rows.size):
        r, c = rows[j], cols[j]
        down = south[j] != 0
        a = index[r, c]
        b = index[r + 1, c] if down else index[r, c + 1]
        if a == 0 or b == 0:
            continue
        normal, along, out = (VP, UP, SOUTH_FACE) if down else (UP, VP, 0)
        h_a, h_b = middle[a, HP], middle[b, HP]
        gravity_a, gravity_b = state[a, GRAVITY], state[b, GRAVITY]
        # Above both beds: a wall that is buried has no part in the flow.
        sill = crest[j]
        most_a = max(0.0, state[a, H] + (state[a, Z] - sill))
        most_b = max(0.0, state[b, H] + (state[b, Z] - sill))
        over_a = min(most_a, max(0.0, h_a + (state[a, Z] - sill)))
        over_b = min(most_b, max(0.0, h_b + (state[b, Z] - sill)))
        if over_a < dry_depth:
            over_a = 0.0
        if over_b < dry_depth:
            over_b = 0.0
        u_a = middle[a, normal]
        u_b = -middle[b, normal]
        head_a = _head(over_a, u_a)
        head_b = _head(over_b, u_b)
        q = 0.0
        if head_a > head_b:
            wave = math.sqrt(gravity_a * h_a)
            q = _crest_discharge(
                over_a,
                over_b,
                u_a,
                -u_b,
                head_a,
                head_b,
                wave,
                sill - state[a, Z],
                coefficient[j],
                open_share[j],
            )
        elif head_b > head_a:
            wave = math.sqrt(gravity_b * h_b)
            q = -_crest_discharge(
                over_b,
                over_a,
                u_b,
                -u_a,
                head_b,
                head_a,
                wave,
                sill - state[b, Z],
                coefficient[j],
                open_share[j],
            )
        q *= length_share[j]
        if q >= 0.0:
            walls = 0
            for side in range(4):
                walls += (flags[a, WALLED] >> side) & 1
            q = min(q, most_a * cell_size / (dt * walls))
            arriving = 0.0
            if q > 0.0:
                arriving = q / max((q * q / GRAVITY_M_S2) ** (1.0 / 3.0), over_b)
                if u_a * u_a > GRAVITY_M_S2 * over_a:
                    arriving = max(arriving, u_a)
            push_a = _giving(h_a, u_a, q, gravity_a)
            push_b = _receiving(h_b, u_b, q, arriving, gravity_b)
            across = q * middle[a, along]
            carried = q * state[a, SOLIDS]
        else:
            walls = 0
            for side in range(4):
                walls += (flags[b, WALLED] >> side) & 1
            given = min(-q, most_b * cell_size / (dt * walls))
            q = -given
            arriving = 0.0
            if given > 0.0:
                arriving = given / max((given * given / GRAVITY_M_S2) ** (1.0 / 3.0), over_a)
                if u_b * u_b > GRAVITY_M_S2 * over_b:
                    arriving = max(arriving, u_b)
            push_a = _receiving(h_a, u_a, given, arriving, gravity_a)
            push_b = _giving(h_b, u_b, given, gravity_b)
            across = q * middle[b, along]
            carried = q * state[b, SOLIDS]
        flux[a, out + MASS] = q
        flux[a, out + MOMENTUM] = 0.0
        flux[a, out + PUSH_BEFORE] = push_a / gravity_a
        flux[a, out + PUSH_AFTER] = push_b / gravity_b
        flux[a, out + ACROSS] = across
        flux[a, out + CARRIED] = carried
