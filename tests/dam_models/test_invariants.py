"""What holds for any bed, any flow and any friction: volume, positivity, symmetry, boundedness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import Boundaries, Manning, Mixture, Release, Rheology, Side, State, Voellmy, simulate

RHEOLOGIES: list[Rheology] = [
    Voellmy(0.04, 500.0),
    Manning(0.06),
    Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5),
]


def _rough(seed: int, shape: tuple[int, int], relief_m: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, relief_m, shape)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    relief_m=st.sampled_from([0.0, 0.5, 20.0, 300.0]),
    base_m=st.sampled_from([0.0, 3000.0]),
    cell_m=st.sampled_from([5.0, 30.0]),
    rheology=st.sampled_from(RHEOLOGIES),
    closed=st.booleans(),
)
def test_volume_closes_and_depth_never_turns_negative(
    seed: int, relief_m: float, base_m: float, cell_m: float, rheology: Rheology, closed: bool
) -> None:
    bed = base_m + _rough(seed, (37, 23), relief_m)
    pool = np.zeros(bed.shape)
    pool[10:14, 8:12] = 6.0
    result = simulate(
        bed,
        cell_m,
        [
            Release.pool(pool, solids_fraction=0.5),
            Release.triangle(([20], [5]), 4000.0, 80.0, solids_fraction=0.3),
        ],
        rheology,
        duration_s=150.0,
        boundaries=Boundaries.walls() if closed else None,
    )
    budget = result.budget
    assert budget.released_m3 == pytest.approx(4000.0, rel=1e-12)
    assert budget.relative_error < 1e-12
    assert budget.clipped_m3 < 1e-9
    assert result.final.depth_m.min() >= 0.0
    assert result.final.solids_fraction.max() <= 0.5 + 1e-9
    if closed:
        assert budget.outflow_m3 == 0.0
    assert budget.outflow_m3 >= 0.0
    assert (result.depth_max_m >= result.final.depth_m - 1e-12).all()


@pytest.mark.parametrize("rheology", RHEOLOGIES)
def test_quarter_turns_and_mirrors_give_the_same_flow(rheology: Rheology) -> None:
    bed = _rough(7, (24, 24), 15.0)
    pool = np.zeros(bed.shape)
    pool[5:9, 12:15] = 5.0

    def run(turn: int, mirror: bool) -> np.ndarray:
        def place(field: np.ndarray) -> np.ndarray:
            turned = np.rot90(field, turn)
            return turned[:, ::-1].copy() if mirror else turned.copy()

        depth = simulate(
            place(bed), 10.0, [Release.pool(place(pool), solids_fraction=0.4)], rheology, duration_s=40.0
        ).depth_max_m
        back = depth[:, ::-1] if mirror else depth
        return np.rot90(back, -turn)

    reference = run(0, False)
    for turn in range(4):
        for mirror in (False, True):
            assert np.abs(run(turn, mirror) - reference).max() < 1e-9


def test_the_same_inputs_give_the_same_bits() -> None:
    bed = _rough(11, (40, 40), 30.0)
    pool = np.zeros(bed.shape)
    pool[5:9, 12:15] = 5.0
    first, second = (
        simulate(bed, 10.0, [Release.pool(pool)], Voellmy(0.04, 500.0), duration_s=60.0) for _ in range(2)
    )
    assert np.array_equal(first.depth_max_m, second.depth_max_m)
    assert np.array_equal(first.arrival_s, second.arrival_s, equal_nan=True)


def test_raising_the_whole_country_changes_nothing() -> None:
    bed = np.round(_rough(5, (30, 30), 20.0) * 64) / 64
    pool = np.zeros(bed.shape)
    pool[10:14, 10:14] = 4.0
    low, high = (
        simulate(base + bed, 20.0, [Release.pool(pool)], Manning(0.05), duration_s=120.0)
        for base in (0.0, 4096.0)
    )
    assert np.abs(low.depth_max_m - high.depth_max_m).max() < 1e-9


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), volume_m3=st.floats(20_000.0, 200_000.0))
def test_twice_the_volume_never_shrinks_the_footprint(seed: int, volume_m3: float) -> None:
    slope = -0.08 * 20.0 * np.arange(60)[None, :]
    bed = slope + np.abs(np.arange(30) - 15)[:, None] * 1.5 + _rough(seed, (30, 60), 0.5)

    def footprint(volume: float) -> int:
        release = Release.triangle(([15], [3]), volume, volume / 300.0)
        result = simulate(bed, 20.0, [release], Voellmy(0.04, 500.0), duration_s=1200.0)
        return int((result.depth_max_m >= 0.1).sum())

    assert footprint(2.0 * volume_m3) >= 0.98 * footprint(volume_m3)


def test_splitting_a_run_in_two_gives_the_same_flow() -> None:
    bed = _rough(3, (30, 30), 10.0)
    pool = np.zeros(bed.shape)
    pool[10:14, 10:14] = 4.0
    # A wall of records every 20 s makes both runs take the same steps.
    whole = simulate(bed, 20.0, [Release.pool(pool)], Voellmy(0.05, 400.0), duration_s=120.0)
    first = simulate(bed, 20.0, [Release.pool(pool)], Voellmy(0.05, 400.0), duration_s=60.0)
    second = simulate(bed, 20.0, [], Voellmy(0.05, 400.0), duration_s=60.0, initial=first.final)
    assert np.abs(second.final.depth_m - whole.final.depth_m).max() < 1e-9


def test_arrival_is_the_first_time_the_threshold_is_reached() -> None:
    bed = np.zeros((3, 60))
    release = Release.hydrograph(([0, 1, 2], [0, 0, 0]), [0.0, 600.0], [30.0, 30.0])
    result = simulate(bed, 10.0, [release], Manning(0.03), duration_s=300.0, boundaries=Boundaries.walls())
    arrival = result.arrival_s[1]
    reached = ~np.isnan(arrival)
    assert reached[:10].all()
    assert not reached[-1]
    assert (np.diff(arrival[reached]) >= 0.0).all()
    assert np.array_equal(reached, result.depth_max_m[1] >= 0.1)


def test_an_inflow_side_and_a_level_side_settle_at_the_imposed_discharge_and_level() -> None:
    bed = np.zeros((3, 50))
    wall = Side("wall")
    result = simulate(
        bed,
        0.5,
        [],
        Manning(0.0),
        duration_s=400.0,
        boundaries=Boundaries(wall, wall, Side("inflow", 4.42), Side("level", 2.0)),
        initial=State(np.full(bed.shape, 2.0), *(np.zeros_like(bed) for _ in range(3))),
    )
    discharge = result.final.depth_m[1] * result.final.u_m_s[1]
    assert discharge[25] == pytest.approx(4.42, rel=1e-3)
    assert result.final.depth_m[1, -1] == pytest.approx(2.0, rel=1e-2)


def test_maxima_are_those_of_depth_speed_product_and_intensity() -> None:
    """A uniform layer in steady motion: every maximum is the layer's own h, v, h v and h v^2."""
    bed = np.broadcast_to(-0.15 * 10.0 * np.arange(150), (3, 150)).copy()
    wall = Side("wall")
    result = simulate(
        bed,
        10.0,
        [Release.pool(np.full(bed.shape, 2.0))],
        Voellmy(0.05, 300.0),
        duration_s=60.0,
        boundaries=Boundaries(wall, wall, Side("open"), Side("open")),
    )
    here = (1, 110)
    depth, speed = result.final.depth_m[here], result.final.u_m_s[here]
    assert speed > 5.0
    assert result.depth_max_m[here] == pytest.approx(depth, rel=1e-3)
    assert result.speed_max_m_s[here] == pytest.approx(speed, rel=1e-3)
    assert result.momentum_max_m2_s[here] == pytest.approx(depth * speed, rel=2e-3)
    assert result.intensity_max_m3_s2[here] == pytest.approx(depth * speed**2, rel=3e-3)
    assert result.arrival_s[here] == 0.0
