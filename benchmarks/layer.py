"""A uniform layer that slides down a plane at its steady speed: every cell does the same in every step.

Its branches all go one way and are guessed right, and its size sets how much memory a step goes through; so
that it tells, beside a real flow, what wrong guesses and what memory cost.
"""

from __future__ import annotations

from math import radians, sqrt, tan

import numpy as np

from benchmarks.passes import Watched, watch
from dam_models import State, Voellmy, simulate

DEPTH_M = 2.0
CELL_M = 5.0
MU, XI_M_S2 = 0.10, 400.0
SLOPE = tan(radians(10.0))


def slide(side_cells: int, steps: int) -> Watched:
    """Watch about so many steps of a layer of `side_cells` times `side_cells`."""
    shape = (side_cells, side_cells)
    metric = 1.0 / (1.0 + SLOPE**2)
    speed = sqrt(XI_M_S2 * DEPTH_M * metric**2 * (SLOPE - MU))
    bed = np.tile(-SLOPE * CELL_M * np.arange(side_cells), (side_cells, 1))
    initial = State(np.full(shape, DEPTH_M), np.full(shape, speed), np.zeros(shape), np.zeros(shape))
    # At a Courant number of 0.45; a step more or less does not matter.
    step_s = 0.45 * CELL_M / (0.5 * speed + sqrt(9.81 * metric * DEPTH_M))
    return watch(
        lambda: simulate(bed, CELL_M, [], Voellmy(MU, XI_M_S2), duration_s=steps * step_s, initial=initial)
    )


def fastest_slide(side_cells: int, steps: int, repeats: int) -> Watched:
    """That of several with the least time in compiled passes; making and emptying the mesh does not count."""
    return min(
        (slide(side_cells, steps) for _ in range(repeats)),
        key=lambda watched: watched.cpu_s - watched.python_s,
    )
