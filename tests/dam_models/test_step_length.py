"""The step is as long as the waves of both directions together allow, and no longer."""

import numpy as np
import pytest

from dam_models import Boundaries, Manning, Release, Settings, Side, State, estimate_run, simulate
from dam_models.mesh import Visit
from dam_models.stepping import Stepper

_NOISE_M = 1e-4
_DEPTH_M = 1.0
_CELERITY_M_S = (9.81 * _DEPTH_M) ** 0.5

FLOWS = [
    pytest.param(0.0, 0.0, id="at rest"),
    pytest.param(10.0, 0.0, id="fast along a row"),
    pytest.param(10.0, 10.0, id="fast across the rows"),
    pytest.param(-5.0, 10.0, id="fast at an angle"),
    pytest.param(3.0, 3.0, id="slow across the rows"),
]


def _settings(order: int, cfl: float) -> Settings:
    """Settings with any Courant number, allowed or not."""
    settings = Settings(order=order)
    object.__setattr__(settings, "cfl", cfl)
    return settings


def _noise_left(u: float, v: float, order: int, cfl: float, steps: int = 50) -> tuple[float, int]:
    """Noise on a uniform flow after some steps, over that at the start, and the steps it took.

    Only where nothing can have arrived from the sides counts.
    """
    n = 2 * steps + 40
    noise = np.random.default_rng(1).uniform(-_NOISE_M, _NOISE_M, (n, n))
    one = np.ones((n, n))
    step_s = cfl / (0.5 * (abs(u) + abs(v)) + _CELERITY_M_S)
    result = simulate(
        np.zeros((n, n)),
        1.0,
        [],
        Manning(1e-6),
        duration_s=steps * step_s,
        initial=State(_DEPTH_M + noise, u * one, v * one, 0.0 * one),
        settings=_settings(order, cfl),
    )
    inner = slice(steps + 5, -steps - 5)
    return float(np.abs(result.final.depth_m[inner, inner] - _DEPTH_M).max() / _NOISE_M), result.steps


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("u", "v"), FLOWS)
def test_the_longest_step_allowed_lets_no_noise_grow(u: float, v: float, order: int) -> None:
    left, steps = _noise_left(u, v, order, 0.5)
    assert left < 0.5
    # The noise makes the fastest wave a little faster.
    assert 50 <= steps <= 52


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("u", "v"), FLOWS)
def test_a_step_a_fifth_longer_would(u: float, v: float, order: int) -> None:
    # Without this the bound might be far too low.
    assert _noise_left(u, v, order, 0.6)[0] > 1.0


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("around_m", [0.0, 1.0])
def test_a_round_dam_break_stays_round_and_is_seldom_halved(
    around_m: float, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bool] = []
    find_fluxes = Stepper.find_fluxes

    def watched(stepper: Stepper, visit: Visit, limit_s: float) -> float:
        step_s = find_fluxes(stepper, visit, limit_s)
        taken.append(step_s == limit_s)
        return step_s

    monkeypatch.setattr(Stepper, "find_fluxes", watched)
    n = 101
    row, col = np.indices((n, n)) - n // 2
    distance = np.hypot(row, col)
    depth = np.where(distance < 20.0, 10.0, around_m)
    result = simulate(
        np.zeros((n, n)),
        1.0,
        [Release.pool(depth)],
        Manning(0.01),
        duration_s=2.0,
        boundaries=Boundaries.walls(),
        settings=Settings(order=order),
    )
    final = result.final.depth_m
    assert final.min() >= 0.0
    assert result.budget.clipped_m3 < 1e-6 * result.budget.initial_m3
    assert result.depth_max_m.max() <= 10.0 * (1.0 + 1e-9)
    assert np.mean(taken) > 0.9
    for turned in (final.T, final[::-1], final[:, ::-1]):
        np.testing.assert_allclose(turned, final, atol=1e-9)
    # Along the rows and across them the same, and falling outwards behind the front.
    along = final[n // 2, n // 2 :]
    across = final[np.arange(n // 2, n), np.arange(n // 2, n)]
    reach = 20
    across_at_same = np.interp(np.arange(reach), np.arange(across.size) * 2**0.5, across)
    np.testing.assert_allclose(across_at_same, along[:reach], rtol=0.06)
    assert (np.diff(along[:reach]) < 0.02).all()


@pytest.mark.parametrize(
    ("side", "limit_m_s"),
    [
        pytest.param(Side("inflow", 8.0), 1.5 * (9.81 * 8.0) ** (1.0 / 3.0), id="inflow"),
        pytest.param(Side("level", 2.0), 1.5 * (9.81 * 2.0) ** 0.5, id="level"),
    ],
)
def test_the_first_step_of_a_fed_grid_is_one_of_a_critical_flow(side: Side, limit_m_s: float) -> None:
    bed = np.zeros((5, 40))
    fed = Boundaries(west=side, north=Side("wall"), south=Side("wall"))
    assert fed.fastest_m_s(bed) == pytest.approx(limit_m_s, rel=1e-12)
    result = simulate(bed, 10.0, [], Manning(0.03), duration_s=20.0, boundaries=fed)
    assert result.budget.clipped_m3 == 0.0
    assert result.steps <= estimate_run(bed, 10.0, [], 20.0, boundaries=fed).steps
