"""The flux through one cell face: surface reconstruction, HLL, and the lock of material at rest.

The bed jumps at every face of a coarse grid on a gorge slope by more than the flow is deep, where the usual
hydrostatic reconstruction (Audusse et al. 2004) loses the driving force. Here the water surface is rebuilt as
in the surface reconstruction method (Xia et al. 2017, doi:10.1002/2016WR020055): the lower side is lifted
along the bed by at most the difference of the two surfaces. The force on the lower side is the integral of
depth along the path that the lifted surface takes, level first, then parallel to the bed:

    1/2 (h^2 - h*^2)  +  h* lift

which is the hydrostatic force of a lake against a dry bank (h* = 0), the full weight of a layer of uniform
depth on a slope (h* = h), exact for water at rest, and continuous between them, so that a film left on a
bank never pushes the lake beside it.
"""

import math

from numba import njit

FaceFlux = tuple[float, float, float, float, float]


@njit(cache=True, inline="always", error_model="numpy")
def face_flux(
    dz: float,
    h_left: float,
    h_right: float,
    u_left: float,
    u_right: float,
    at_rest: bool,
    lock_rise: float,
    gravity: float,
    dry_depth: float,
) -> FaceFlux:
    """Flux from the left cell to the right cell through a face, per metre of face.

    Parameters
    ----------
    dz : float
        Bed of the right cell minus bed of the left cell, m.
    h_left, h_right : float
        Depths, m.
    u_left, u_right : float
        Velocities normal to the face, m/s.
    at_rest : bool
        Both cells stand still.
    lock_rise : float
        Difference of the two surfaces that static friction can hold, m.
    gravity : float
        Gravity at the face, for wave speeds, m/s2.
    dry_depth : float
        Depth below which a layer does not flow, m.

    Returns
    -------
    mass : float
        m2/s, positive to the right.
    momentum : float
        Advected normal momentum, m3/s2.
    push_left, push_right : float
        Pressure and bed force as felt by each cell, divided by that cell's gravity, m2.
    speed : float
        Fastest wave, m/s.
    """
    dw = dz + h_right - h_left
    own_left = 0.5 * h_left * h_left
    own_right = 0.5 * h_right * h_right
    if at_rest and abs(dw) <= lock_rise:
        return 0.0, 0.0, own_left, own_right, 0.0

    lift_left = 0.0
    lift_right = 0.0
    star_left = h_left
    star_right = h_right
    if dz > 0.0:
        lift_left = min(dz, max(0.0, dw))
        star_left = max(0.0, h_left - dz + lift_left)
    elif dz < 0.0:
        lift_right = min(-dz, max(0.0, -dw))
        star_right = max(0.0, h_right + dz + lift_right)
    if star_left < dry_depth:
        star_left = 0.0
    if star_right < dry_depth:
        star_right = 0.0
    if star_left == 0.0 and star_right == 0.0:
        return 0.0, 0.0, own_left, own_right, 0.0

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

    q_left = star_left * u_left
    q_right = star_right * u_right
    p_left = 0.5 * star_left * star_left
    p_right = 0.5 * star_right * star_right
    if s_left >= 0.0:
        mass = q_left
        momentum = q_left * u_left
        pressure = p_left
    elif s_right <= 0.0:
        mass = q_right
        momentum = q_right * u_right
        pressure = p_right
    else:
        inverse = 1.0 / (s_right - s_left)
        mass = (s_right * q_left - s_left * q_right + s_left * s_right * (star_right - star_left)) * inverse
        momentum = (
            s_right * q_left * u_left - s_left * q_right * u_right + s_left * s_right * (q_right - q_left)
        ) * inverse
        pressure = (s_right * p_left - s_left * p_right) * inverse
    # Half of the fall lies in the upper cell, half in the lower one.
    fall = 0.5 * (lift_left - lift_right)
    push_left = pressure + own_left - p_left + star_left * fall
    push_right = pressure + own_right - p_right - star_right * fall
    return mass, momentum, push_left, push_right, max(abs(s_left), abs(s_right))
