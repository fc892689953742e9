"""A river's flow does not depend on how its course lies on the raster."""

import numpy as np
import pytest
from affine import Affine

from dam_models import Manning, Mixture, Release, Voellmy, simulate
from geodata import Grid
from geodata.course_raster import course_cells, enforce_courses
from geodata.rivers import River

CELL_M = 30.0
MUD = Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5)


def arrival_s(angle_deg: float) -> float:
    """Time that 100 m3/s take over 2 km of a straight channel with a slope of 7 %."""
    length = np.linspace(0.0, 3000.0, 31)
    along = np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
    start = np.array([2400.0, -2400.0]) - 1500.0 * along
    names = {"kk": "a", "ru": "a", "en": "a"}
    river = River("a", names, start + length[:, None] * along, length, 1000.0 - 0.07 * length)
    ground = Grid(np.full((160, 160), 1200.0), Affine(CELL_M, 0, 0, 0, -CELL_M, 0), "EPSG:32643")
    bed, _ = enforce_courses(ground, {"a": river})
    cells = course_cells(bed, river)
    first = int(np.searchsorted(cells.chainage_m, 300.0))
    last = int(np.searchsorted(cells.chainage_m, 2300.0))
    release = Release.hydrograph(
        ([cells.rows[first]], [cells.cols[first]]), [0.0, 3600.0], [100.0, 100.0], solids_fraction=0.5
    )
    result = simulate(bed.values, CELL_M, [release], MUD, duration_s=1800.0)
    near = np.s_[cells.rows[last] - 1 : cells.rows[last] + 2, cells.cols[last] - 1 : cells.cols[last] + 2]
    return float(np.nanmin(result.arrival_s[near]))


def test_a_slanting_channel_is_slower_by_little_more_than_its_longer_way_over_the_raster() -> None:
    straight = arrival_s(0.0)
    # Normal speed of 100 m3/s over 30 m: (xi (s - mu) q)^(1/3) = 3.7 m/s.
    assert straight == pytest.approx(2000.0 / 3.7, rel=0.1)
    for angle_deg in (15.0, 30.0, 45.0, 60.0):
        # From side to side the way is up to 1.41 times as long; friction must not stop the flow at a corner.
        assert straight <= arrival_s(angle_deg) <= 1.9 * straight, angle_deg
