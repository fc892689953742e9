"""The flow between two cells: HLL after the surface reconstruction of `dam_models.kernels.faces`."""

import math

from dam_models.kernels.compiled import inlined
from dam_models.kernels.fields import FAST


@inlined(fastmath=FAST)
def between(
    h_left: float,
    h_right: float,
    dz: float,
    own_u_left: float,
    own_u_right: float,
    gravity: float,
    share_left: float,
    share_right: float,
    dry_depth: float,
) -> tuple[float, float, float, float]:
    """Mass, momentum and the pushes on both sides over their gravity.

    `dz` is the rise of the bed from the left to the right, the shares are how much of the fall either side
    feels. Without branches, so that the compiler can take several faces at a time.
    """
    dw = dz + h_right - h_left
    rise, fall = max(dz, 0.0), max(-dz, 0.0)
    lift_left = min(rise, max(0.0, dw))
    lift_right = min(fall, max(0.0, -dw))
    star_left = max(0.0, h_left - rise + lift_left)
    star_right = max(0.0, h_right - fall + lift_right)
    star_left = star_left if star_left >= dry_depth else 0.0
    star_right = star_right if star_right >= dry_depth else 0.0
    dry_left, dry_right = star_left == 0.0, star_right == 0.0
    c_left, c_right = math.sqrt(gravity * star_left), math.sqrt(gravity * star_right)
    u_left = own_u_right if dry_left else own_u_left
    u_right = own_u_left if dry_right else own_u_right
    # Between two wet sides the speeds of the middle state, beside a dry one those of its front.
    u_mid = 0.5 * (u_left + u_right) + c_left - c_right
    c_mid = max(0.0, 0.5 * (c_left + c_right) + 0.25 * (u_left - u_right))
    s_left = min(u_left - c_left, u_mid - c_mid)
    s_right = max(u_right + c_right, u_mid + c_mid)
    s_left = u_right - 2.0 * c_right if dry_left else s_left
    s_right = u_right + c_right if dry_left else s_right
    s_left = u_left - c_left if dry_right else s_left
    s_right = u_left + 2.0 * c_left if dry_right else s_right
    # Clamped at zero the two-wave formula covers the supercritical cases too.
    s_left, s_right = min(s_left, 0.0), max(s_right, 0.0)
    q_left, q_right = star_left * u_left, star_right * u_right
    p_left, p_right = 0.5 * star_left * star_left, 0.5 * star_right * star_right
    # Between two dry sides there is nothing to divide, and no width to divide by.
    inverse = 1.0 / (1.0 if dry_left & dry_right else s_right - s_left)
    both = s_left * s_right
    mass = (s_right * q_left - s_left * q_right + both * (star_right - star_left)) * inverse
    momentum = (
        s_right * (q_left * u_left) - s_left * (q_right * u_right) + both * (q_right - q_left)
    ) * inverse
    pressure = (s_right * p_left - s_left * p_right) * inverse
    # Without the distinction a lake's pressure would be off by rounding.
    pressure = p_left if star_left == star_right else pressure
    own_left, own_right = 0.5 * h_left * h_left, 0.5 * h_right * h_right
    push_left = pressure + (own_left - p_left)
    push_left += share_left * (star_left * (lift_left - lift_right))
    push_right = pressure + (own_right - p_right)
    push_right += share_right * (star_right * (lift_right - lift_left))
    return mass, momentum, push_left, push_right
