"""A plain kernel of the engine's family, for scale: what the same case costs where nothing else is asked.

MUSCL-Hancock on depth, bed and velocity, HLL with surface reconstruction (Xia et al. 2017), Voellmy friction,
gravity times the squared cosine of the slope, all in float64, one thread, on row spans of a full grid. No
dams, boundaries, releases, solids, static lock, budget or rasters of maxima; the axis alone is watched, so
that the answer can be checked. It shares no line with the engine and is written to be read, not to be fast: a
machine that runs it slowly is a slow or busy machine.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
DRY_M = 1e-3
CFL = 0.45
ARRIVED_M = 0.1


@njit(cache=True, inline="always")
def _minmod(a: float, b: float) -> float:
    return max(0.0, min(a, b)) + min(0.0, max(a, b))


@njit(cache=True, inline="always")
def _friction(speed: float, h: float, gravity: float, dt: float, mu: float, xi: float) -> float:
    """Share of its speed that a layer keeps over `dt`; the quadratic part taken at the new speed."""
    left = speed - dt * gravity * mu
    if left <= 0.0:
        return 0.0
    drag = dt * GRAVITY_M_S2**2 / (gravity * xi * h)
    return 2.0 * left / (1.0 + math.sqrt(1.0 + 4.0 * drag * left)) / speed


@njit(cache=True)
def _predict(h, u, v, z, gravity, span, slope, half, dt, dx, mu, xi):  # type: ignore[no-untyped-def]
    """Slopes of h, z, u, v along x (0 to 3) and y (4 to 7), and h, u, v half a step ahead."""
    for j in range(1, h.shape[0] - 1):
        for i in range(span[j, 0], span[j, 1]):
            wet = h[j, i] >= DRY_M
            wet = wet and min(min(h[j, i - 1], h[j, i + 1]), min(h[j - 1, i], h[j + 1, i])) >= DRY_M
            half[0, j, i], half[1, j, i], half[2, j, i] = h[j, i], u[j, i], v[j, i]
            if not wet:
                slope[:, j, i] = 0.0
                continue
            for k, field in enumerate((h, z, u, v)):
                middle = field[j, i]
                slope[k, j, i] = _minmod(middle - field[j, i - 1], field[j, i + 1] - middle)
                slope[k + 4, j, i] = _minmod(middle - field[j - 1, i], field[j + 1, i] - middle)
            hx, zx, ux, vx = slope[0, j, i], slope[1, j, i], slope[2, j, i], slope[3, j, i]
            hy, zy, uy, vy = slope[4, j, i], slope[5, j, i], slope[6, j, i], slope[7, j, i]
            h0, u0, v0, g, r = h[j, i], u[j, i], v[j, i], gravity[j, i], 0.5 * dt / dx
            h1 = h0 - r * (h0 * (ux + vy) + u0 * hx + v0 * hy)
            u1 = u0 - r * (u0 * ux + v0 * uy + g * (hx + zx))
            v1 = v0 - r * (u0 * vx + v0 * vy + g * (hy + zy))
            speed = math.sqrt(u1 * u1 + v1 * v1)
            if h1 >= DRY_M and speed > 0.0:
                kept = _friction(speed, h0, g, 0.5 * dt, mu, xi)
                half[0, j, i], half[1, j, i], half[2, j, i] = h1, kept * u1, kept * v1


@njit(cache=True, inline="always")
def _face(dz, h_left, h_right, u_left, u_right, gravity):  # type: ignore[no-untyped-def]
    """Mass and momentum of HLL, and what pushes the cells left and right (over their gravity)."""
    lift_left = min(max(dz, 0.0), max(0.0, dz + h_right - h_left))
    lift_right = min(max(-dz, 0.0), max(0.0, h_left - h_right - dz))
    star_left = max(0.0, h_left - max(dz, 0.0) + lift_left)
    star_right = max(0.0, h_right - max(-dz, 0.0) + lift_right)
    own_left, own_right = 0.5 * h_left * h_left, 0.5 * h_right * h_right
    if star_left < DRY_M and star_right < DRY_M:
        return 0.0, 0.0, own_left, own_right
    c_left, c_right = math.sqrt(gravity * star_left), math.sqrt(gravity * star_right)
    if star_left < DRY_M:
        s_left, s_right = u_right - 2.0 * c_right, u_right + c_right
    elif star_right < DRY_M:
        s_left, s_right = u_left - c_left, u_left + 2.0 * c_left
    else:
        s_left, s_right = min(u_left - c_left, u_right - c_right), max(u_left + c_left, u_right + c_right)
    s_left, s_right = min(s_left, 0.0), max(s_right, 0.0)
    width = 1.0 / (s_right - s_left)
    q_left, q_right = star_left * u_left, star_right * u_right
    p_left, p_right = 0.5 * star_left * star_left, 0.5 * star_right * star_right
    mass = (s_right * q_left - s_left * q_right + s_left * s_right * (star_right - star_left)) * width
    momentum = s_right * q_left * u_left - s_left * q_right * u_right + s_left * s_right * (q_right - q_left)
    pressure = (s_right * p_left - s_left * p_right) * width
    fall = 0.5 * (lift_left - lift_right)
    push_left = pressure + own_left - p_left + fall * star_left
    push_right = pressure + own_right - p_right - fall * star_right
    return mass, momentum * width, push_left, push_right


@njit(cache=True)
def _through_faces(half, z, gravity, span, slope, flux, along_x):  # type: ignore[no-untyped-def]
    """Mass, momentum, both pushes and what is carried along, of the face before each cell of a direction."""
    first, normal, other = (0, 1, 2) if along_x else (4, 2, 1)
    sn, so = (2, 3) if along_x else (7, 6)
    for j in range(1, z.shape[0] - 1):
        for i in range(span[j, 0], span[j, 1]):
            b, a = (j, i - 1) if along_x else (j - 1, i), (j, i)
            dz = z[a] - z[b] - 0.5 * (slope[(first + 1, *a)] + slope[(first + 1, *b)])
            mass, momentum, push_before, push_after = _face(
                dz,
                half[(0, *b)] + 0.5 * slope[(first, *b)],
                half[(0, *a)] - 0.5 * slope[(first, *a)],
                half[(normal, *b)] + 0.5 * slope[(sn, *b)],
                half[(normal, *a)] - 0.5 * slope[(sn, *a)],
                0.5 * (gravity[b] + gravity[a]),
            )
            before = half[(other, *b)] + 0.5 * slope[(so, *b)]
            after = half[(other, *a)] - 0.5 * slope[(so, *a)]
            flux[0, j, i], flux[1, j, i] = mass, momentum
            flux[2, j, i], flux[3, j, i] = push_before, push_after
            flux[4, j, i] = mass * (before if mass > 0.0 else after)


@njit(cache=True)
def _update(h, u, v, gravity, span, slope, half, fx, fy, dt, dx, mu, xi):  # type: ignore[no-untyped-def]
    """The step itself, then friction; returns the fastest wave, the mean of both directions, m/s."""
    fastest = 0.0
    for j in range(1, h.shape[0] - 1):
        for i in range(span[j, 0], span[j, 1]):
            r, g, before = dt / dx, gravity[j, i], h[j, i]
            new = before - r * (fx[0, j, i + 1] - fx[0, j, i] + fy[0, j + 1, i] - fy[0, j, i])
            push_x = fx[2, j, i + 1] - fx[3, j, i] + half[0, j, i] * slope[1, j, i]
            push_y = fy[2, j + 1, i] - fy[3, j, i] + half[0, j, i] * slope[5, j, i]
            qx = before * u[j, i]
            qx -= r * (fx[1, j, i + 1] - fx[1, j, i] + g * push_x + fy[4, j + 1, i] - fy[4, j, i])
            qy = before * v[j, i]
            qy -= r * (fy[1, j + 1, i] - fy[1, j, i] + g * push_y + fx[4, j, i + 1] - fx[4, j, i])
            h[j, i], u[j, i], v[j, i] = max(0.0, new), 0.0, 0.0
            if new >= DRY_M:
                speed = math.sqrt(qx * qx + qy * qy) / new
                kept = _friction(speed, new, g, dt, mu, xi) / new if speed > 0.0 else 0.0
                u[j, i], v[j, i] = kept * qx, kept * qy
                fastest = max(fastest, 0.5 * (abs(u[j, i]) + abs(v[j, i])) + math.sqrt(g * new))
    return fastest


@njit(cache=True)
def _widen(h, span):  # type: ignore[no-untyped-def]
    """Spans of the rows: wet cells of the row and of those beside it, one more at either end; their sum."""
    ny, nx = h.shape
    own = np.zeros((ny, 2), dtype=np.int64)
    total = 0
    for j in range(ny):
        low, high = max(1, span[j, 0] - 1), min(nx - 1, span[j, 1] + 1)
        while low < high and h[j, low] == 0.0:
            low += 1
        while high > low and h[j, high - 1] == 0.0:
            high -= 1
        own[j, 0], own[j, 1] = (low, high) if high > low else (nx, 0)
    for j in range(1, ny - 1):
        low = min(own[j, 0], min(own[j - 1, 0], own[j + 1, 0])) - 1
        high = max(own[j, 1], max(own[j - 1, 1], own[j + 1, 1])) + 1
        # The face after the last cell belongs to one cell more.
        span[j, 0], span[j, 1] = (max(2, low), min(nx - 2, high + 1)) if high > low + 2 else (2, 2)
        total += span[j, 1] - span[j, 0]
    return total


def run(
    depth_m: Floats, bed_m: Floats, gravity_m_s2: Floats, cell_m: float, mu: float, xi: float, end_s: float
) -> dict[str, Any]:
    """March to `end_s`; the flow must stay two cells away from the edge.

    Returns the final depth, the steps, the cell-steps, and along the one or two middle rows arrival (s),
    largest depth (m) and largest speed (m/s).
    """
    h, z = depth_m.copy(), bed_m
    u, v = np.zeros_like(h), np.zeros_like(h)
    slope, half = np.zeros((8, *h.shape)), np.zeros((3, *h.shape))
    fx, fy = np.zeros((5, *h.shape)), np.zeros((5, *h.shape))
    span = np.tile(np.array([1, h.shape[1] - 1]), (h.shape[0], 1))
    axis = slice((h.shape[0] - 1) // 2, h.shape[0] // 2 + 1)
    arrival = np.full(h[axis].shape, np.nan)
    deepest, quickest = np.zeros_like(arrival), np.zeros_like(arrival)
    time_s, steps, cell_steps = 0.0, 0, 0
    fastest = float(np.sqrt(gravity_m_s2 * h).max())
    while time_s < end_s:
        cell_steps += _widen(h, span)
        dt = min(CFL * cell_m / fastest, end_s - time_s)
        _predict(h, u, v, z, gravity_m_s2, span, slope, half, dt, cell_m, mu, xi)
        _through_faces(half, z, gravity_m_s2, span, slope, fx, True)
        _through_faces(half, z, gravity_m_s2, span, slope, fy, False)
        fastest = _update(h, u, v, gravity_m_s2, span, slope, half, fx, fy, dt, cell_m, mu, xi)
        time_s += dt
        steps += 1
        deep = h[axis] >= ARRIVED_M
        arrival[deep & np.isnan(arrival)] = time_s
        np.maximum(deepest, h[axis], out=deepest)
        np.maximum(quickest, np.where(deep, np.hypot(u[axis], v[axis]), 0.0), out=quickest)
    return {
        "depth_m": h,
        "arrival_s": arrival,
        "depth_max_m": deepest,
        "speed_max_m_s": quickest,
        "steps": steps,
        "cell_steps": int(cell_steps),
    }
