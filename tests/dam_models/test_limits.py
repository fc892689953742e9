"""A run that is too large is refused before it starts, with what it would need."""

import tracemalloc

import numpy as np
import pytest

from dam_models import (
    Boundaries,
    Manning,
    Release,
    RunTooLarge,
    Settings,
    Side,
    State,
    Voellmy,
    estimate_run,
    simulate,
)
from dam_models.limits import BYTES_PER_GRID_CELL, PLAUSIBLE_SPEED_M_S

SLOPE = np.broadcast_to(-1.5 * np.arange(60.0), (60, 60)).copy()


def _cone(shape: tuple[int, int], depth_m: float, radius: float) -> np.ndarray:
    rows, cols = np.indices(shape)
    distance = np.hypot(rows - shape[0] // 2, cols - shape[1] // 2)
    return depth_m * np.maximum(0.0, 1.0 - distance / radius)


def test_a_run_beyond_the_memory_limit_does_not_start() -> None:
    started: list[float] = []
    with pytest.raises(RunTooLarge, match=r"about \d+ MB .* max_memory_mb is 3") as caught:
        simulate(
            np.zeros((200, 200)),
            10.0,
            [Release.pool(_cone((200, 200), 5.0, 30.0))],
            Manning(0.05),
            settings=Settings(max_memory_mb=3.0),
            progress=lambda share, message: started.append(share),
        )
    assert caught.value.field == "max_memory_mb"
    assert caught.value.estimate.memory_mb > 3.0
    assert started == []


def test_a_run_beyond_the_step_limit_does_not_start() -> None:
    started: list[float] = []
    with pytest.raises(RunTooLarge, match=r"about .* \d+ steps .* max_steps is 50") as caught:
        simulate(
            SLOPE,
            10.0,
            [Release.triangle(([30], [5]), 5000.0, 50.0)],
            Manning(0.05),
            duration_s=3600.0,
            settings=Settings(max_steps=50),
            progress=lambda share, message: started.append(share),
        )
    assert caught.value.field == "max_steps"
    assert caught.value.estimate.steps > 50
    assert started == []


def test_a_run_that_outgrows_its_memory_is_stopped() -> None:
    # A hydrograph that floods all of a flat: four times what is assumed.
    ny = nx = 120
    need = estimate_run(np.zeros((ny, nx)), 10.0, [Release.triangle(([60], [60]), 2e6, 4e4)], 600.0)
    assert need.wet_cells == ny * nx / 4
    with pytest.raises(RunTooLarge, match="cells are wet after") as caught:
        simulate(
            np.zeros((ny, nx)),
            10.0,
            [Release.triangle(([60], [60]), 2e6, 4e4)],
            Manning(0.03),
            duration_s=600.0,
            settings=Settings(max_memory_mb=need.memory_mb),
        )
    assert caught.value.field == "max_memory_mb"


@pytest.mark.parametrize("share", [0.01, 0.2, 0.9])
def test_the_memory_of_a_run_stays_below_its_estimate(share: float) -> None:
    shape = (400, 400)
    pool = np.zeros(shape)
    side = int(400 * share**0.5)
    pool[100 : 100 + side, 100 : 100 + side] = 2.0
    release = Release.pool(pool)
    # Compiled and loaded before it is measured.
    simulate(SLOPE, 10.0, [Release.pool(_cone((60, 60), 2.0, 5.0))], Voellmy(0.1, 500.0), duration_s=5.0)
    bed = np.zeros(shape)
    tracemalloc.start()
    try:
        simulate(bed, 10.0, [release], Voellmy(0.1, 500.0), duration_s=30.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    estimate = estimate_run(bed, 10.0, [release], 30.0)
    assert peak / 1e6 <= estimate.memory_mb
    assert peak >= 0.25 * BYTES_PER_GRID_CELL * bed.size, "the estimate is more than four times too high"


@pytest.mark.parametrize("cell_m", [5.0, 20.0])
@pytest.mark.parametrize(
    "case", ["pool on a flat", "pool on a slope", "hydrograph on a slope", "moving state"]
)
def test_a_run_takes_no_more_steps_than_estimated_and_not_far_fewer(case: str, cell_m: float) -> None:
    bed = np.zeros((60, 60)) if case in ("pool on a flat", "moving state") else SLOPE * cell_m / 10.0
    releases: list[Release] = []
    initial = None
    if case == "hydrograph on a slope":
        releases = [Release.triangle(([30], [5]), 20_000.0, 400.0)]
    elif case == "moving state":
        depth, zero = _cone((60, 60), 4.0, 10.0), np.zeros((60, 60))
        initial = State(depth, np.where(depth > 0.0, 8.0, 0.0), zero, zero)
    else:
        releases = [Release.pool(_cone((60, 60), 4.0, 8.0))]
    estimate = estimate_run(bed, cell_m, releases, 40.0, initial)
    result = simulate(bed, cell_m, releases, Manning(0.03), duration_s=40.0, initial=initial)
    assert result.steps <= estimate.steps
    assert estimate.steps <= 8 * result.steps
    assert estimate.cell_steps == estimate.steps * estimate.wet_cells


def test_a_small_flow_on_a_large_grid_is_not_taken_for_a_flood() -> None:
    bed = np.zeros((400, 500))
    small = [Release.triangle(([30], [5]), 5000.0, 50.0)]
    # 5000 m3 cover 100 000 m2 5 cm deep: 1000 cells of 10 m.
    assert estimate_run(bed, 10.0, small, 60.0).wet_cells == 1000
    large = [Release.triangle(([30], [5]), 5e6, 5000.0)]
    assert estimate_run(bed, 10.0, large, 60.0).wet_cells == 50_000
    # What it takes up or what a side brings is not known before.
    assert estimate_run(bed, 10.0, small, 60.0, grows=True).wet_cells == 50_000
    fed = Boundaries(west=Side("inflow", 1.0))
    assert estimate_run(bed, 10.0, small, 60.0, boundaries=fed).wet_cells == 50_000


def test_what_is_kept_on_request_counts() -> None:
    bed, release = np.zeros((50, 50)), [Release.triangle(([30], [5]), 5000.0, 50.0)]
    more = estimate_run(bed, 10.0, release, 60.0, extra_grids=3)
    assert more.memory_mb - estimate_run(bed, 10.0, release, 60.0).memory_mb == pytest.approx(0.06)


def test_the_plausible_speed_caps_the_fall_but_not_the_start() -> None:
    high = np.broadcast_to(np.linspace(3000.0, 0.0, 60), (60, 60))
    slow = Release.triangle(([30], [5]), 5000.0, 50.0)
    assert estimate_run(high, 10.0, [slow], 100.0).fastest_m_s == PLAUSIBLE_SPEED_M_S
    depth, zero = np.ones((60, 60)), np.zeros((60, 60))
    fast = State(depth, 90.0 * depth, zero, zero)
    assert estimate_run(high, 10.0, [], 100.0, fast).fastest_m_s > 90.0
    # Nothing is released: nothing moves.
    assert estimate_run(high, 10.0, [], 100.0).fastest_m_s == 0.0
