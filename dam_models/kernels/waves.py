"""The wave that a time step must not outrun.

The fluxes of both directions are applied at once, so what counts is the sum of the Courant numbers of both: a
step is stable while dt ((|u| + c) + (|v| + c)) / dx <= 1. A cell keeps the mean of its two waves, so that the
Courant number of `Settings`, at most 0.5, is half of that sum.
"""

from dam_models.kernels.compiled import inlined
from dam_models.kernels.fields import FAST


@inlined(fastmath=FAST)
def mean_wave(u: float, v: float, celerity: float) -> float:
    """Mean over both directions of speed and celerity together, m/s."""
    return 0.5 * (abs(u) + abs(v)) + celerity
