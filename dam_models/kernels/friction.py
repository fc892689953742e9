"""Friction: what holds a layer at rest, and how it slows one that moves."""

import math

from dam_models.friction_law import STRESSED, VISCOUS, LawNumbers
from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import (
    COHESION,
    FAST,
    GRAVITY,
    GRAVITY_M_S2,
    MU,
    SOLIDS,
    STRESS,
    Floats,
    H,
)

_STOPPED = -0.25 * math.pi**2
"""Where tan(sqrt(-x)) has its pole."""


@inlined(fastmath=FAST)
def held_by(
    law: LawNumbers, gravity: float, h: float, solids: float, mu: float, stress: float, cohesion: float
) -> float:
    """Friction of a layer that does not depend on its speed, over its density, m2/s2.

    A push up to this moves nothing that rests. The slope of the bed is in `gravity`; a stress along the bed
    acts on discharge as it is (one cosine for its direction, one for the area of the bed under a cell).
    """
    if law.kind <= STRESSED:
        held = gravity * mu * h
        if law.kind == STRESSED:
            density = law.fluid_density + (law.solids_density - law.fluid_density) * solids
            if cohesion > 0.0:
                stress -= (1.0 - mu) * cohesion * math.expm1(-density * gravity * h / cohesion)
            held += stress / density
        return debris_weight(law.solids_reference, law.constant_weight, solids) * held
    density = law.fluid_density + (law.solids_density - law.fluid_density) * solids
    if law.yield_exponent > 0.0:
        stress *= math.exp(law.yield_exponent * solids)
    return stress / density


@inlined(fastmath=FAST)
def held_at(i: int, law: LawNumbers, state: Floats, stresses: Floats) -> float:
    """The same for a cell of the mesh as it is."""
    return held_by(
        law,
        state[i, GRAVITY],
        state[i, H],
        state[i, SOLIDS],
        state[i, MU],
        stresses[i, STRESS],
        stresses[i, COHESION],
    )


@inlined(fastmath=FAST)
def inverse_cube_root(h: float) -> float:
    """h^(-1/3) of a depth from 1e-8 to 1e4 m, to the last digits, without a branch and with one division."""
    fourth = math.sqrt(math.sqrt(h))
    # h^(-5/16), within 1.4 times of it.
    y = 1.0 / (fourth * math.sqrt(math.sqrt(fourth)))
    for _ in range(3):
        off = 1.0 - h * y * y * y
        y += y * off * (1.0 / 3.0 + off * (2.0 / 9.0 + off * (14.0 / 81.0)))
    return y


@inlined(fastmath=FAST)
def debris_weight(solids_reference: float, constant_weight: float, solids: float) -> float:
    """Weight of the friction of debris in a mixture, the rest is that of water; without branches."""
    by_solids = min(1.0, solids / (solids_reference if solids_reference > 0.0 else 1.0))
    return by_solids if solids_reference > 0.0 else constant_weight


@inlined(fastmath=FAST)
def drag_of(weight: float, h: float, turbulent: float, rough: float, third: float) -> float:
    """Friction of speed squared over discharge squared and gravity, 1/m2, for a weight of debris.

    `third` is h^(-1/3), or anything where `rough` is 0.
    """
    return (weight * turbulent + ((1.0 - weight) * rough) * third) / (h * h)


@inlined(fastmath=FAST)
def slowed_by(
    law: LawNumbers,
    before: float,
    push: float,
    dt: float,
    gravity: float,
    h: float,
    solids: float,
    mu: float,
    turbulent: float,
    rough: float,
    stress: float,
    cohesion: float,
    viscosity: float,
) -> float:
    """Discharge after `dt` of a layer of depth `h` under a push and its own friction, m2/s.

    `before` is the discharge at the start, `push` what else changes it, m2/s2; the rest are the fields of
    the same name of `Cells`.
    """
    held = held_by(law, gravity, h, solids, mu, stress, cohesion)
    if law.kind <= STRESSED:
        weight = debris_weight(law.solids_reference, law.constant_weight, solids)
        third = inverse_cube_root(h) if rough > 0.0 else 0.0
        drag = drag_of(weight, h, turbulent, rough, third)
        return braked(before, push, dt, held, 0.0, GRAVITY_M_S2 * drag)
    density = law.fluid_density + (law.solids_density - law.fluid_density) * solids
    viscosity /= density
    if law.viscosity_exponent > 0.0:
        viscosity *= math.exp(law.viscosity_exponent * solids)
    # h^2 cos^2: speed along the bed over normal thickness is discharge over this.
    area = h * h * (gravity / GRAVITY_M_S2)
    if law.kind == VISCOUS:
        linear = law.laminar_resistance * viscosity / (8.0 * area)
        third = inverse_cube_root(h) if rough > 0.0 else 0.0
        return braked(before, push, dt, held, linear, GRAVITY_M_S2 * drag_of(0.0, h, 0.0, rough, third))
    return sheared(before, push, dt, held, area, viscosity, law.flow_index)


@inlined(fastmath=FAST)
def braked(before: float, push: float, dt: float, held: float, linear: float, quadratic: float) -> float:
    """Discharge after `dt`, m2/s: the exact solution of dq/dt = push - held - linear q - quadratic q^2.

    `before` is the discharge at the start, at least 0; where it comes to rest within `dt` it stays at rest,
    and a discharge of 0 stays exactly 0 while push <= held, however long `dt` is. Without branches, so that
    the compiler can take several cells at a time.
    """
    net = push - held
    x = (0.25 * linear * linear + quadratic * net) * (dt * dt)
    # time / scale is tanh(sqrt x) / sqrt x, or tan(sqrt -x) / sqrt -x for negative x: the fifth convergent of
    # its continued fraction at an eighth of the argument, which is then doubled three times.
    y = max(min(x * (1.0 / 64.0), 1.0), _STOPPED / 64.0)
    time = 945.0 + y * (105.0 + y)
    scale = 945.0 + y * (420.0 + 15.0 * y)
    for _ in range(3):
        time, scale = time * scale, scale * scale + y * (time * time)
        y *= 4.0
    # Where tanh is 1 within 3e-7.
    root = math.sqrt(max(x, 0.0))
    time = (1.0 if x > 64.0 else time) * dt
    scale = root if x > 64.0 else scale
    after = scale * before + time * (net - 0.5 * linear * before)
    after = max(0.0, after) / (scale + time * (quadratic * before + 0.5 * linear))
    # Beyond the pole it has stopped, whatever it was at the start.
    return after if x > _STOPPED else 0.0


@inlined(fastmath=FAST)
def slowed_by_weight_and_speed(
    before: float,
    push: float,
    dt: float,
    gravity: float,
    h: float,
    mu: float,
    turbulent: float,
    rough: float,
    third: float,
    weight: float,
) -> float:
    """The same as `slowed_by` for a law of kind `TURBULENT`, for several cells at a time."""
    quadratic = GRAVITY_M_S2 * drag_of(weight, h, turbulent, rough, third)
    return braked(before, push, dt, weight * (gravity * mu * h), 0.0, quadratic)


@kernel()
def sheared(
    before: float, push: float, dt: float, held: float, area: float, consistency: float, index: float
) -> float:
    """Discharge after `dt` of a layer that yields at `held` and is sheared below a plug, m2/s.

    `consistency` is over density, `area` h^2 cos^2. The discharge q of a layer whose stress on the bed, over
    density, is held + s, follows from the profile of a uniform sheet flow:

        q = area / (consistency^m (m + 1)) s^m z (1 - z / (m + 2)),  m = 1 / index,  z = s / (held + s)

    Backward Euler, q + dt s = before + dt (push - held), is solved by Newton's method on logarithms, in which
    q is nearly a power of s. What it is off by is, to second order, what it would be off for a straight law
    through the solution, for which the exact answer is known; that is made good, so that the step is of
    second order and yet bounded however long it is.
    """
    net = push - held
    left = before + dt * net
    if left <= 0.0:
        return 0.0
    m = 1.0 / index
    factor = area / (m + 1.0)
    if m == 1.0:
        factor /= consistency
    else:
        factor *= math.exp(-m * math.log(consistency))
    # Friction alone cannot take more than there is; all in a plug, or no plug, it would be one of these.
    highest = math.log(left / dt)
    thin = math.log(left / factor)
    log_s = (thin + math.log((m + 2.0) / (m + 1.0))) / m
    if held > 0.0:
        log_s = max(log_s, (thin + math.log(held)) / (m + 1.0))
    log_s = min(log_s, highest)
    q = 0.0
    gain = 1.0
    drained = 0.0
    # Five suffice for any layer that was tried.
    for _ in range(30):
        s = math.exp(log_s)
        z = s / (held + s)
        power = s
        if m != 1.0:
            power = math.exp(m * log_s)
        q = factor * power * z * (1.0 - z / (m + 2.0))
        gain = m + (1.0 - z) * (1.0 - z / (m + 2.0 - z))
        drained = dt * s
        total = q + drained
        move = -math.log(total / left) * total / (q * gain + drained)
        log_s = min(log_s + move, highest)
        if abs(move) < 1e-4:
            # The square of this is what the last step leaves.
            q *= 1.0 + gain * move
            drained *= 1.0 + move
            break
    # Steepness of the law at the solution, times dt.
    steep = drained / (q * gain)
    gone = 0.5 * steep
    if steep > 1e-3:
        gone = (1.0 - (1.0 + steep) * math.exp(-steep)) / steep
    corrected = q + (q - before) * gone
    if corrected > 0.0:
        return corrected
    return q if net > 0.0 else 0.0
