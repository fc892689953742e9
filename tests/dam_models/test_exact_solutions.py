"""The engine against solutions that are known in closed form."""

import numpy as np
import pytest

from dam_models import Boundaries, Manning, Release, Settings, Side, State, Voellmy, simulate

G = 9.81


def _plane(slope_deg: float, length: int, width: int, cell_m: float) -> np.ndarray:
    x = (np.arange(length) + 0.5) * cell_m
    return np.broadcast_to(-np.tan(np.radians(slope_deg)) * x, (width, length)).copy()


@pytest.mark.parametrize("base_m", [0.0, 3000.0])
@pytest.mark.parametrize("level_m", [0.5, 0.1])
def test_lake_at_rest_over_an_immersed_and_an_emerged_bump(base_m: float, level_m: float) -> None:
    x = (np.arange(100) + 0.5) * 0.25
    bump = np.maximum(0.0, 0.2 - 0.05 * (x - 10.0) ** 2)
    bed = np.tile(bump + base_m, (20, 1))
    depth = np.maximum(0.0, base_m + level_m - bed)
    result = simulate(
        bed,
        0.25,
        [Release.pool(depth)],
        Manning(0.0),
        duration_s=60.0,
        boundaries=Boundaries.walls(),
        settings=Settings(dry_depth_m=1e-6),
        # A start that the scheme cannot take for granted: the lock would hide a wrong balance at zero speed.
        initial=State(*(np.zeros_like(bed) for _ in range(4))),
    )
    speed = np.hypot(result.final.u_m_s, result.final.v_m_s).max()
    wet = depth > 1e-3
    assert speed < 1e-10
    assert np.abs(result.final.depth_m + bed - base_m - level_m)[wet].max() < 1e-12 * max(1.0, bed.max())


def test_lake_over_rough_bed_stays_although_it_is_stirred_elsewhere() -> None:
    rng = np.random.default_rng(3)
    bed = 3000.0 + rng.uniform(0.0, 40.0, (30, 30))
    depth = np.maximum(0.0, 3030.0 - bed)
    result = simulate(
        bed, 30.0, [Release.pool(depth)], Manning(0.0), duration_s=600.0, boundaries=Boundaries.walls()
    )
    moved = np.abs(result.final.depth_m - depth)
    assert moved.max() < 1e-9
    assert result.speed_max_m_s.max() < 1e-9


@pytest.mark.parametrize("cell_m", [0.025, 0.0125])
def test_ritter_dam_break_on_a_dry_bed(cell_m: float) -> None:
    n = round(10.0 / cell_m)
    x = (np.arange(n) + 0.5) * cell_m
    pool = np.where(x < 5.0, 0.005, 0.0) * np.ones((3, 1))
    settings = Settings(dry_depth_m=1e-8, threshold_depth_m=1e-6, record_every_s=10.0)
    result = simulate(
        np.zeros((3, n)),
        cell_m,
        [Release.pool(pool)],
        Manning(0.0),
        duration_s=6.0,
        boundaries=Boundaries.walls(),
        settings=settings,
    )
    c = np.sqrt(G * 0.005)
    xi = (x - 5.0) / 6.0
    exact = np.where(xi < -c, 0.005, np.where(xi > 2 * c, 0.0, (2 * c - xi) ** 2 / (9 * G)))
    error = np.abs(result.final.depth_m[1] - exact).sum() / exact.sum()
    assert error < (0.02 if cell_m < 0.02 else 0.03)


def test_stoker_dam_break_on_a_wet_bed() -> None:
    n = 800
    x = (np.arange(n) + 0.5) * 10.0 / n
    pool = np.where(x < 5.0, 0.005, 0.001) * np.ones((3, 1))
    result = simulate(
        np.zeros((3, n)),
        10.0 / n,
        [Release.pool(pool)],
        Manning(0.0),
        duration_s=6.0,
        boundaries=Boundaries.walls(),
        settings=Settings(dry_depth_m=1e-8, threshold_depth_m=1e-6),
    )
    depth = result.final.depth_m[1]
    # Published constants of the solution: plateau depth and shock speed.
    assert depth[np.searchsorted(x, 5.0 + 6.0 * 0.17)] == pytest.approx(0.00253936, rel=0.01)
    shock = x[np.argmin(np.diff(depth[n // 2 :])) + n // 2]
    assert shock == pytest.approx(5.0 + 6.0 * 0.2099634, abs=0.03)


@pytest.mark.parametrize("cell_m", [5.0, 10.0, 20.0, 30.0])
@pytest.mark.parametrize("slope_deg", [10.0, 30.0])
def test_voellmy_normal_speed_does_not_depend_on_the_cell(cell_m: float, slope_deg: float) -> None:
    depth, mu, xi = 2.0, 0.10, 400.0
    bed = _plane(slope_deg, round(1500.0 / cell_m), 3, cell_m)
    theta = np.radians(slope_deg)
    # Long enough to reach the normal speed, short enough that no end of the plane is felt at the gauge.
    result = simulate(
        bed,
        cell_m,
        [Release.pool(np.full(bed.shape, depth))],
        Voellmy(mu, xi),
        duration_s=60.0 if slope_deg == 10.0 else 30.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("open"), Side("open")),
    )
    gauge = round(1200.0 / cell_m)
    # In vertical depth h and horizontal speed u: u = cos^2 sqrt(xi h (tan - mu)).
    exact = np.cos(theta) ** 2 * np.sqrt(xi * depth * (np.tan(theta) - mu))
    assert result.final.depth_m[1, gauge] == pytest.approx(depth, rel=1e-3)
    assert result.final.u_m_s[1, gauge] == pytest.approx(exact, rel=0.005)


def test_voellmy_speed_up_from_rest() -> None:
    # Slope-parallel: v(t) = v_inf tanh(g (sin - mu cos) t / v_inf), which is 5.7399 m/s after 10 s at
    # 10 degrees with 2 m of normal thickness.
    theta = np.radians(10.0)
    bed = _plane(10.0, 60, 3, 20.0)
    layer = np.full(bed.shape, 2.0 / np.cos(theta))
    result = simulate(
        bed,
        20.0,
        [Release.pool(layer)],
        Voellmy(0.1, 400.0),
        duration_s=10.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("open"), Side("open")),
        settings=Settings(cfl=0.1),
    )
    assert result.final.u_m_s[1, 30] / np.cos(theta) == pytest.approx(5.7399, rel=0.01)


@pytest.mark.parametrize(("xi", "exact_m"), [(400.0, 31.32), (1e9, 47.12)])
def test_runout_of_a_uniform_moving_layer(xi: float, exact_m: float) -> None:
    # A layer of 2 m normal thickness enters a 2 degree plane at its normal speed of 10 degrees, 7.7546 m/s.
    theta = np.radians(2.0)
    bed = _plane(2.0, 40, 3, 5.0)
    speed = np.full(bed.shape, 7.7546 * np.cos(theta))
    depth = np.full(bed.shape, 2.0 / np.cos(theta))
    still = np.zeros_like(bed)
    travelled = 0.0
    state = State(depth, speed, still, still)
    for _ in range(400):
        travelled += 0.05 * state.u_m_s[1, 20] / np.cos(theta)
        state = simulate(
            bed,
            5.0,
            [],
            Voellmy(0.1, xi),
            duration_s=0.05,
            initial=state,
            boundaries=Boundaries(Side("wall"), Side("wall"), Side("open"), Side("open")),
        ).final
        if state.u_m_s[1, 20] == 0.0:
            break
    assert travelled == pytest.approx(exact_m, rel=0.02)


@pytest.mark.parametrize("slope_deg", [2.0, 10.0])
def test_a_cone_that_friction_holds_does_not_creep(slope_deg: float) -> None:
    cell_m = 10.0
    y, x = np.mgrid[0:60, 0:60] * cell_m
    bed = -np.tan(np.radians(slope_deg)) * x
    cone = np.maximum(0.0, 3.0 - 0.05 * np.hypot(x - 300.0, y - 300.0))
    result = simulate(bed, cell_m, [Release.pool(cone)], Voellmy(0.30, 500.0), duration_s=600.0)
    assert np.array_equal(result.final.depth_m, cone)
    assert result.at_rest


def test_kinematic_wave_reaches_normal_depth() -> None:
    # q = 10 m2/s, S = 0.1, n = 0.05 give h = 1.3164 m and u = 7.5966 m/s without the steep-slope metric;
    # with it (horizontal speed, vertical depth) n^2 u^2 / (h^(4/3) cos^(7/3)) = cos^2 S.
    cell_m = 20.0
    bed = np.broadcast_to(-0.1 * np.arange(80) * cell_m, (3, 80)).copy()
    result = simulate(
        bed,
        cell_m,
        [Release.hydrograph(([0, 1, 2], [1, 1, 1]), [0.0, 4000.0], [600.0, 600.0])],
        Manning(0.05),
        duration_s=600.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
    )
    cos = 1.0 / np.sqrt(1.01)
    depth = (10.0 * 0.05 / np.sqrt(0.1 * cos**2 * cos ** (7.0 / 3.0))) ** 0.6
    assert depth == pytest.approx(1.3164, rel=0.02)
    assert result.final.depth_m[1, 60] == pytest.approx(depth, rel=0.01)
    assert result.final.depth_m[1, 60] * result.final.u_m_s[1, 60] == pytest.approx(10.0, rel=0.005)
