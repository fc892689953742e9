"""What rests has to stay: lakes on any bed, and deposits that friction holds."""

from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries
from dam_models.release import Release
from dam_models.result import Settings
from dam_models.rheology import Manning, Voellmy
from dam_models.validation.case import Case, Measure, Outcome, Peer

Floats = NDArray[np.float64]


def _lake(bed: Floats, level_m: float, cell_m: float, duration_s: float) -> tuple[float, float]:
    """Largest speed (m/s) and largest change of level over the largest elevation, of a lake left alone."""
    from dam_models.flow import simulate

    depth = np.maximum(0.0, level_m - bed)
    result = simulate(
        bed,
        cell_m,
        [Release.pool(depth)],
        Manning(0.0),
        duration_s=duration_s,
        boundaries=Boundaries.walls(),
        settings=Settings(dry_depth_m=1e-6, threshold_depth_m=1e-6),
    )
    wet = depth > 1e-3
    gone = np.abs(result.final.depth_m + bed - level_m)[wet].max() / max(1.0, float(np.abs(bed).max()))
    speed = np.hypot(result.final.u_m_s, result.final.v_m_s).max()
    return float(max(speed, result.speed_max_m_s.max())), float(gone)


def _bump_lakes(quick: bool) -> Outcome:
    x = (np.arange(100) + 0.5) * 0.25
    bump = np.tile(np.maximum(0.0, 0.2 - 0.05 * (x - 10.0) ** 2), (20, 1))
    seen = [
        _lake(base + bump, base + level, 0.25, 20.0 if quick else 200.0)
        for base in (0.0, 3000.0)
        for level in (0.5, 0.1)
    ]
    return _rest(seen)


def _rough_lakes(quick: bool) -> Outcome:
    bed = np.random.default_rng(3).uniform(0.0, 40.0, (40, 40))
    seen = [
        _lake(base + bed, base + level, 30.0, 120.0 if quick else 3600.0)
        for base in (0.0, 3000.0)
        for level in (50.0, 30.0)
    ]
    return _rest(seen)


def _rest(seen: list[tuple[float, float]]) -> Outcome:
    return Outcome(
        (
            Measure("largest speed", max(speed for speed, _ in seen), 1e-10, "m/s"),
            Measure("change of level over the largest elevation", max(level for _, level in seen), 1e-12),
        )
    )


def _cones(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    y, x = np.mgrid[0:60, 0:60] * 10.0
    cone = np.maximum(0.0, 3.0 - 0.05 * np.hypot(x - 300.0, y - 300.0))
    moved = 0.0
    for slope_deg in (2.0, 10.0):
        bed = -tan(radians(slope_deg)) * x
        result = simulate(bed, 10.0, [Release.pool(cone)], Voellmy(0.30, 500.0), duration_s=600.0)
        moved = max(moved, float(np.abs(result.final.depth_m - cone).max()))
    return Outcome((Measure("largest change of depth in 600 s", moved, 0.0, "m"),))


CASES = (
    Case(
        "lake-at-rest",
        "Lake over an immersed and an emerged bump, at 0 and 3,000 m",
        "bed and pressure cancel to rounding",
        "rest",
        "Delestre et al. 2013 (SWASHES), on a bed raised to 3,000 m too",
        _bump_lakes,
        peers=(Peer("pydebflow", "3.6 m/s and 8 m of surface error after 50 s"),),
    ),
    Case(
        "lake-on-rough-bed",
        "Lake over a bed that jumps by up to 40 m, at 0 and 3,000 m",
        "as before, with islands and steep shores",
        "rest",
        "our own",
        _rough_lakes,
    ),
    Case(
        "static-cone",
        "A cone of 3 m, mu 0.30, on 2 and 10 degrees",
        "a deposit that friction holds does not creep",
        "rest",
        "our own",
        _cones,
        peers=(Peer("schemes without a lock at rest", "move it by 38 to 390 m in 600 s"),),
    ),
)
