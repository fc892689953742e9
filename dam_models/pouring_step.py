"""How long a step may be while material is poured into cells."""

import math

from dam_models.kernels.fields import GRAVITY_M_S2


def pouring_step_s(rise_m_s: float, cell_size_m: float, cfl: float) -> float:
    """Longest step in which what is poured into a cell does not run out of it faster than the step allows, s.

    Parameters
    ----------
    rise_m_s : float
        Depth that is poured per second, m/s, 0 or more; infinite is returned for 0.
    cell_size_m, cfl : float
        Side of a cell, m, and the Courant number.
    """
    wave = 2.0 * math.sqrt(GRAVITY_M_S2 * rise_m_s)
    return float((cfl * cell_size_m / wave) ** (2.0 / 3.0)) if wave > 0.0 else math.inf
