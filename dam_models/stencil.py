"""The passes of a time step over the packed cells and faces of a mesh.

A step is: `fall_shares`, `slopes_and_half_step` (second order only), `fluxes` over the faces of each
direction, which the walls of dams overwrite where they stand (`dam_models.walls`), `rates` (which also tells
whether the step is short enough to keep every depth positive), `advance`. Every pass writes only its own cell
or face, so the result does not depend on their order.

All functions that are compiled together stand in this one file: the compiler's cache looks at the file of the
outermost function only, and would miss a change elsewhere.

**Surface reconstruction.** The bed jumps at every face of a coarse grid on a gorge slope by more than the
flow is deep, where the usual hydrostatic reconstruction (Audusse et al. 2004) loses the driving force. As in
the surface reconstruction method (Xia et al. 2017, doi:10.1002/2016WR020055) the water surface of the lower
side is lifted along the bed by at most the difference of the two surfaces. The force of the fall is the depth
integrated along the path that the lifted surface takes, level first, then parallel to the bed:

    1/2 (h^2 - h*^2)  on the lower side, plus  h* lift,  shared by both sides,

which is the hydrostatic force of a lake against a dry bank (h* = 0), the full weight of a uniform layer on a
slope (h* = h), exact for water at rest and continuous between them, so that a film left on a bank never
pushes the lake beside it. Either side takes half of the fall, so that a cell between two falls feels the mean
of both. A cell whose other side is a bank has only one: its floor slopes as that one does, and it takes all
of it. A wall on a side of a cell is a bank, however deep the water stands over it, and no slope is taken
across it; what goes over it is the matter of `dam_models.weir`.
"""

import math

import numpy as np
from numba import njit

from dam_models.friction_law import STRESSED, VISCOUS, LawNumbers
from dam_models.mesh import (
    GRAVITY_M_S2,
    WALL_EAST,
    WALL_NORTH,
    WALL_SOUTH,
    WALL_WEST,
    Cells,
    Faces,
    Floats,
    Indices,
)

# No reassociation: water at rest balances exactly only in the order written.
_FLAGS = {"nnan", "ninf", "nsz"}
_STOPPED = -0.25 * math.pi**2
"""Where tan(sqrt(-x)) has its pole."""


@njit(cache=True, inline="always", error_model="numpy")
def _minmod(a: float, b: float) -> float:
    return max(0.0, min(a, b)) + min(0.0, max(a, b))


@njit(cache=True, inline="always", error_model="numpy")
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


@njit(cache=True, inline="always", error_model="numpy")
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


@njit(cache=True, inline="always", error_model="numpy")
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


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FLAGS)
def slopes_and_half_step(
    cells: Cells,
    count: int,
    half_dt: float,
    inverse_cell: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Limited slopes (per cell, not per metre) and the state half a step ahead (MUSCL-Hancock).

    A cell beside a dry one has no slopes and stays first order.
    """
    inverse_half_dt = 1.0 / half_dt
    for i in range(1, count):
        h = cells.h[i]
        u = cells.u[i]
        v = cells.v[i]
        w, e, n, s = cells.west[i], cells.east[i], cells.north[i], cells.south[i]
        walled = cells.walled[i]
        if walled != 0:
            # Nothing is known of what lies behind a wall: as if the cell itself went on there.
            w = i if walled & WALL_WEST else w
            e = i if walled & WALL_EAST else e
            n = i if walled & WALL_NORTH else n
            s = i if walled & WALL_SOUTH else s
        lowest = min(min(cells.h[w], cells.h[e]), min(cells.h[n], cells.h[s]))
        if h < dry_depth or lowest < dry_depth:
            cells.hx[i] = 0.0
            cells.hy[i] = 0.0
            cells.ux[i] = 0.0
            cells.uy[i] = 0.0
            cells.vx[i] = 0.0
            cells.vy[i] = 0.0
            cells.zx[i] = 0.0
            cells.zy[i] = 0.0
            cells.hp[i] = h
            cells.up[i] = u
            cells.vp[i] = v
            continue
        z = cells.z[i]
        hx = _minmod(h - cells.h[w], cells.h[e] - h)
        hy = _minmod(h - cells.h[n], cells.h[s] - h)
        zx = _minmod(z - cells.z[w], cells.z[e] - z)
        zy = _minmod(z - cells.z[n], cells.z[s] - z)
        ux = _minmod(u - cells.u[w], cells.u[e] - u)
        uy = _minmod(u - cells.u[n], cells.u[s] - u)
        vx = _minmod(v - cells.v[w], cells.v[e] - v)
        vy = _minmod(v - cells.v[n], cells.v[s] - v)
        cells.hx[i] = hx
        cells.hy[i] = hy
        cells.zx[i] = zx
        cells.zy[i] = zy
        cells.ux[i] = ux
        cells.uy[i] = uy
        cells.vx[i] = vx
        cells.vy[i] = vy
        ratio = half_dt * inverse_cell
        g = cells.gravity[i]
        hp = h - ratio * (h * ux + u * hx + h * vy + v * hy)
        up = u - ratio * (u * ux + v * uy + g * (hx + zx))
        vp = v - ratio * (u * vx + v * vy + g * (hy + zy))
        if hp < dry_depth:
            hp = h
            up = u
            vp = v
        else:
            pushed = math.sqrt(up * up + vp * vp)
            speed = math.sqrt(u * u + v * v)
            slowed = slowed_by(
                law,
                h * speed,
                h * ((pushed - speed) * inverse_half_dt),
                half_dt,
                g,
                h,
                cells.solids[i],
                cells.mu[i],
                cells.turbulent[i],
                cells.rough[i],
                cells.stress[i],
                cells.cohesion[i],
                cells.viscosity[i],
            )
            kept = slowed / (h * pushed) if pushed > 0.0 else 0.0
            up *= kept
            vp *= kept
        cells.hp[i] = hp
        cells.up[i] = up
        cells.vp[i] = vp


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FLAGS)
def fall_shares(cells: Cells, count: int, dry_depth: float) -> None:
    """How much of a fall through one of its faces a cell feels, per direction."""
    # The whole of `cells` is never handed to a helper here: counting references to its arrays would cost more
    # than the work.
    h, z = cells.h, cells.z
    for i in range(1, count):
        if h[i] < dry_depth:
            continue
        surface = z[i] + h[i]
        w, e, n, s = cells.west[i], cells.east[i], cells.north[i], cells.south[i]
        walled = cells.walled[i]
        blocked_w = walled & WALL_WEST != 0 or (h[w] < dry_depth and z[w] > surface)
        blocked_e = walled & WALL_EAST != 0 or (h[e] < dry_depth and z[e] > surface)
        blocked_n = walled & WALL_NORTH != 0 or (h[n] < dry_depth and z[n] > surface)
        blocked_s = walled & WALL_SOUTH != 0 or (h[s] < dry_depth and z[s] > surface)
        cells.share_x[i] = 1.0 if blocked_w != blocked_e else 0.5
        cells.share_y[i] = 1.0 if blocked_n != blocked_s else 0.5


@njit(cache=True, inline="always", error_model="numpy")
def _flux(
    dz: float,
    h_left: float,
    h_right: float,
    u_left: float,
    u_right: float,
    gravity: float,
    dry_depth: float,
    share_left: float,
    share_right: float,
) -> tuple[float, float, float, float]:
    """HLL flux with surface reconstruction.

    Returns mass, momentum, and the pushes on both sides over their gravity.
    """
    dw = dz + h_right - h_left
    lift_left = min(max(dz, 0.0), max(0.0, dw))
    lift_right = min(max(-dz, 0.0), max(0.0, -dw))
    star_left = max(0.0, h_left - max(dz, 0.0) + lift_left)
    star_right = max(0.0, h_right - max(-dz, 0.0) + lift_right)
    if star_left < dry_depth:
        star_left = 0.0
    if star_right < dry_depth:
        star_right = 0.0
    own_left = 0.5 * h_left * h_left
    own_right = 0.5 * h_right * h_right
    if star_left == 0.0 and star_right == 0.0:
        return 0.0, 0.0, own_left, own_right
    c_left = math.sqrt(gravity * star_left)
    c_right = math.sqrt(gravity * star_right)
    if star_left == 0.0:
        s_left = u_right - 2.0 * c_right
        s_right = u_right + c_right
        u_left = u_right
    elif star_right == 0.0:
        s_left = u_left - c_left
        s_right = u_left + 2.0 * c_left
        u_right = u_left
    else:
        u_mid = 0.5 * (u_left + u_right) + c_left - c_right
        c_mid = max(0.0, 0.5 * (c_left + c_right) + 0.25 * (u_left - u_right))
        s_left = min(u_left - c_left, u_mid - c_mid)
        s_right = max(u_right + c_right, u_mid + c_mid)
    # Clamped at zero the two-wave formula covers the supercritical cases too.
    s_left = min(s_left, 0.0)
    s_right = max(s_right, 0.0)
    q_left = star_left * u_left
    q_right = star_right * u_right
    p_left = 0.5 * star_left * star_left
    p_right = 0.5 * star_right * star_right
    inverse = 1.0 / (s_right - s_left)
    mass = (s_right * q_left - s_left * q_right + s_left * s_right * (star_right - star_left)) * inverse
    momentum = (
        s_right * (q_left * u_left) - s_left * (q_right * u_right) + s_left * s_right * (q_right - q_left)
    ) * inverse
    # Without the distinction a lake's pressure would be off by rounding.
    level = star_left == star_right
    pressure = p_left if level else (s_right * p_left - s_left * p_right) * inverse
    push_left = pressure + (own_left - p_left) + share_left * (star_left * (lift_left - lift_right))
    push_right = pressure + (own_right - p_right) + share_right * (star_right * (lift_right - lift_left))
    return mass, momentum, push_left, push_right


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FLAGS)
def fluxes(
    faces: Faces,
    count: int,
    cells: Cells,
    h: Floats,
    normal: Floats,
    along: Floats,
    h_slope: Floats,
    z_slope: Floats,
    normal_slope: Floats,
    along_slope: Floats,
    share: Floats,
    cell_size: float,
    law: LawNumbers,
    dry_depth: float,
) -> None:
    """Fluxes through the faces of one direction.

    `h`, `normal` and `along` are depth and the velocities across and along the faces, at the half step where
    the scheme is second order; the slopes are those of the same direction.
    """
    for k in range(1, count):
        a = faces.before[k]
        b = faces.after[k]
        if cells.h[a] < dry_depth and cells.h[b] < dry_depth:
            # Nothing flows between films; their own push is too small to matter and the same on both sides.
            faces.mass[k] = 0.0
            faces.momentum[k] = 0.0
            faces.push_before[k] = 0.0
            faces.push_after[k] = 0.0
            faces.across[k] = 0.0
            faces.solids[k] = 0.0
            continue
        h_left = max(0.0, h[a] + 0.5 * h_slope[a])
        h_right = max(0.0, h[b] - 0.5 * h_slope[b])
        if cells.u[a] == 0.0 and cells.v[a] == 0.0 and cells.u[b] == 0.0 and cells.v[b] == 0.0:
            # Static friction holds a surface that is no steeper than it can bear.
            deeper = a if cells.h[a] >= cells.h[b] else b
            held = held_by(
                law,
                cells.gravity[deeper],
                cells.h[deeper],
                cells.solids[deeper],
                cells.mu[deeper],
                cells.stress[deeper],
                cells.cohesion[deeper],
            )
            held *= cell_size / (cells.gravity[deeper] * cells.h[deeper])
            if abs(cells.z[b] - cells.z[a] + cells.h[b] - cells.h[a]) <= held:
                faces.mass[k] = 0.0
                faces.momentum[k] = 0.0
                faces.push_before[k] = 0.5 * h_left * h_left
                faces.push_after[k] = 0.5 * h_right * h_right
                faces.across[k] = 0.0
                faces.solids[k] = 0.0
                continue
        # Bed differences before bed levels: at 3000 m the levels would cost four digits.
        dz = (cells.z[b] - cells.z[a]) - 0.5 * (z_slope[a] + z_slope[b])
        mass, momentum, push_left, push_right = _flux(
            dz,
            h_left,
            h_right,
            normal[a] + 0.5 * normal_slope[a],
            normal[b] - 0.5 * normal_slope[b],
            0.5 * (cells.gravity[a] + cells.gravity[b]),
            dry_depth,
            share[a],
            share[b],
        )
        faces.mass[k] = mass
        faces.momentum[k] = momentum
        faces.push_before[k] = push_left
        faces.push_after[k] = push_right
        if mass > 0.0:
            faces.across[k] = mass * (along[a] + 0.5 * along_slope[a])
            faces.solids[k] = mass * cells.solids[a]
        else:
            faces.across[k] = mass * (along[b] - 0.5 * along_slope[b])
            faces.solids[k] = mass * cells.solids[b]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FLAGS)
def rates(cells: Cells, count: int, x: Faces, y: Faces, inverse_cell: float, dt: float) -> float:
    """Rate of change of depth, m/s; returns the lowest depth that `dt` would lead to, m."""
    lowest = 0.0
    for i in range(1, count):
        rate = -inverse_cell * (
            (x.mass[cells.face_e[i]] - x.mass[cells.face_w[i]])
            + (y.mass[cells.face_s[i]] - y.mass[cells.face_n[i]])
        )
        cells.rate_h[i] = rate
        lowest = min(lowest, cells.h[i] + dt * rate)
    return lowest


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FLAGS)
def advance(
    cells: Cells,
    count: int,
    x: Faces,
    y: Faces,
    hp: Floats,
    inverse_cell: float,
    dt: float,
    time_after: float,
    law: LawNumbers,
    dry_depth: float,
    threshold_depth: float,
    fresh: Indices,
    totals: Floats,
) -> int:
    """Apply the fluxes over `dt`, then friction; keep the maxima.

    `fresh` gets the cells that are wet and lack neighbours, their number is returned. `totals` gets the
    fastest wave (m/s), the fastest flow of at least the threshold depth (m/s), the depth that was clipped
    (m), and 1 if anything changed.
    """
    fresh_count = 0
    fastest = 0.0
    flowing = 0.0
    clipped = 0.0
    changed = False
    inverse_dt = 1.0 / dt
    for i in range(1, count):
        before = cells.h[i]
        rate = cells.rate_h[i]
        if before == 0.0 and rate == 0.0:
            continue
        depth = before + dt * rate
        if depth <= 0.0:
            clipped -= depth
            cells.h[i] = 0.0
            cells.u[i] = 0.0
            cells.v[i] = 0.0
            cells.solids[i] = 0.0
            changed = True
            continue
        fw, fe, fn, fs = cells.face_w[i], cells.face_e[i], cells.face_n[i], cells.face_s[i]
        if cells.complete[i] == 0:
            fresh[fresh_count] = i
            fresh_count += 1
        cells.h[i] = depth
        rate_solids = -inverse_cell * ((x.solids[fe] - x.solids[fw]) + (y.solids[fs] - y.solids[fn]))
        share = max(0.0, before * cells.solids[i] + dt * rate_solids) / depth
        cells.solids[i] = share
        if depth < dry_depth:
            cells.u[i] = 0.0
            cells.v[i] = 0.0
            changed = changed or rate != 0.0
            cells.depth_max[i] = max(cells.depth_max[i], depth)
            continue
        g = cells.gravity[i]
        weight_of_column = g * hp[i]
        force_x = -inverse_cell * (
            (x.momentum[fe] - x.momentum[fw])
            + (g * (x.push_before[fe] - x.push_after[fw]) + weight_of_column * cells.zx[i])
            + (y.across[fs] - y.across[fn])
        )
        force_y = -inverse_cell * (
            (y.momentum[fs] - y.momentum[fn])
            + (g * (y.push_before[fs] - y.push_after[fn]) + weight_of_column * cells.zy[i])
            + (x.across[fe] - x.across[fw])
        )
        u = cells.u[i]
        v = cells.v[i]
        qx = before * u + dt * force_x
        qy = before * v + dt * force_y
        q = math.sqrt(qx * qx + qy * qy)
        start = before * math.sqrt(u * u + v * v)
        # At rest the push must not know dt, nor round with it: what rests is held in any step or in none.
        push = math.sqrt(force_x * force_x + force_y * force_y) if start == 0.0 else (q - start) * inverse_dt
        slowed = slowed_by(
            law,
            start,
            push,
            dt,
            g,
            depth,
            share,
            cells.mu[i],
            cells.turbulent[i],
            cells.rough[i],
            cells.stress[i],
            cells.cohesion[i],
            cells.viscosity[i],
        )
        speed = slowed / depth if q > 0.0 else 0.0
        kept = speed / q if q > 0.0 else 0.0
        cells.u[i] = kept * qx
        cells.v[i] = kept * qy
        changed = changed or rate != 0.0 or speed != 0.0
        fastest = max(fastest, max(abs(cells.u[i]), abs(cells.v[i])) + math.sqrt(g * depth))
        if depth >= threshold_depth:
            if cells.depth_max[i] < threshold_depth:
                cells.arrival[i] = time_after
            flowing = max(flowing, speed)
            cells.speed_max[i] = max(cells.speed_max[i], speed)
            cells.momentum_max[i] = max(cells.momentum_max[i], depth * speed)
            cells.intensity_max[i] = max(cells.intensity_max[i], depth * speed * speed)
        cells.depth_max[i] = max(cells.depth_max[i], depth)
    totals[0] = fastest
    totals[1] = flowing
    totals[2] = clipped
    totals[3] = 1.0 if changed else 0.0
    return fresh_count
