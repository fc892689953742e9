"""Friction: what holds a layer at rest, and how it slows one that moves."""

import math

import numpy as np

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
        weight = law.constant_weight
        if law.solids_reference > 0.0:
            weight = min(1.0, solids / law.solids_reference)
        return weight * held
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
        weight = law.constant_weight
        if law.solids_reference > 0.0:
            weight = min(1.0, solids / law.solids_reference)
        drag = 0.0
        if weight > 0.0:
            drag += weight * turbulent / (h * h)
        if weight < 1.0 and rough > 0.0:
            drag += (1.0 - weight) * rough / (h * h * np.cbrt(h))
        return braked(before, push, dt, held, 0.0, GRAVITY_M_S2 * drag)
    density = law.fluid_density + (law.solids_density - law.fluid_density) * solids
    viscosity /= density
    if law.viscosity_exponent > 0.0:
        viscosity *= math.exp(law.viscosity_exponent * solids)
    # h^2 cos^2: speed along the bed over normal thickness is discharge over this.
    area = h * h * (gravity / GRAVITY_M_S2)
    if law.kind == VISCOUS:
        drag = rough / (h * h * np.cbrt(h)) if rough > 0.0 else 0.0
        linear = law.laminar_resistance * viscosity / (8.0 * area)
        return braked(before, push, dt, held, linear, GRAVITY_M_S2 * drag)
    return sheared(before, push, dt, held, area, viscosity, law.flow_index)


@inlined(fastmath=FAST)
def braked(before: float, push: float, dt: float, held: float, linear: float, quadratic: float) -> float:
    """Discharge after `dt`, m2/s: the exact solution of dq/dt = push - held - linear q - quadratic q^2.

    `before` is the discharge at the start, at least 0; where it comes to rest within `dt` it stays at rest,
    and a discharge of 0 stays exactly 0 while push <= held, however long `dt` is.
    """
    net = push - held
    x = (0.25 * linear * linear + quadratic * net) * (dt * dt)
    # time / scale is dt tanh(sqrt x) / sqrt x, with tan(sqrt -x) / sqrt -x for negative x.
    if abs(x) <= 1.0:
        # Fifth convergent of its continued fraction, here within 3e-7 of it and far cheaper.
        time = dt * (945.0 + x * (105.0 + x))
        scale = 945.0 + x * (420.0 + 15.0 * x)
    elif x > 0.0:
        scale = math.sqrt(x)
        time = dt * math.tanh(scale)
    elif x > _STOPPED:
        scale = math.sqrt(-x)
        time = dt * math.tan(scale)
    else:
        # Beyond the pole it has stopped, whatever it was at the start.
        return 0.0
    after = scale * before + time * (net - 0.5 * linear * before)
    return max(0.0, after) / (scale + time * (quadratic * before + 0.5 * linear))


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
