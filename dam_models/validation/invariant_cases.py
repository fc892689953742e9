"""What holds whatever the solution: quarter turns, mirrors, volume."""

import numpy as np
from numpy.typing import NDArray

from dam_models.release import Release
from dam_models.result import FlowResult
from dam_models.rheology import Voellmy
from dam_models.validation.case import Case, Measure, Outcome

Floats = NDArray[np.float64]


def _flow(turn: int, mirror: bool, cells: int) -> FlowResult:
    from dam_models.flow import simulate

    def place(field: Floats) -> Floats:
        turned = np.rot90(field, turn)
        return np.ascontiguousarray(turned[:, ::-1] if mirror else turned)

    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:cells, 0:cells] * 10.0
    bed = 3000.0 - 0.15 * x - 0.05 * y + rng.uniform(0.0, 3.0, (cells, cells))
    pool = np.where(np.hypot(x - 150.0, y - 200.0) < 60.0, 8.0, 0.0)
    return simulate(place(bed), 10.0, [Release.pool(place(pool))], Voellmy(0.05, 500.0), duration_s=60.0)


def _symmetry(quick: bool) -> Outcome:
    cells = 48 if quick else 96
    reference = _flow(0, False, cells).depth_max_m
    worst = 0.0
    for turn in range(4):
        for mirror in (False, True):
            depth = _flow(turn, mirror, cells).depth_max_m
            back = np.rot90(depth[:, ::-1] if mirror else depth, -turn)
            worst = max(worst, float(np.abs(back - reference).max()))
    return Outcome((Measure("largest difference of the largest depth", worst, 1e-9, "m"),))


def _budget(quick: bool) -> Outcome:
    budget = _flow(0, False, 48 if quick else 96).budget
    return Outcome(
        (
            Measure("volume not accounted for, of what came in", budget.relative_error, 1e-10),
            Measure("volume made by cutting depths at zero", budget.clipped_m3, 1e-6, "m3"),
        )
    )


CASES = (
    Case(
        "symmetry",
        "A flow on a rough slope, turned by 90, 180 and 270 degrees and mirrored",
        "no direction is preferred",
        "invariant",
        "our own",
        _symmetry,
    ),
    Case(
        "volume",
        "The same flow, some of which leaves through open sides",
        "the budget closes",
        "invariant",
        "our own",
        _budget,
    ),
)
