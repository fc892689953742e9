"""Level-pool routing against closed forms, and the pool of the engine against level-pool routing."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Clogging,
    Crest,
    Dam,
    Gate,
    Hydrograph,
    InvalidDam,
    InvalidParameter,
    Manning,
    Opening,
    Settings,
    Side,
    Siphon,
    StorageCurve,
    route_level_pool,
    simulate,
)

G = 9.81
WEIR = (2.0 / 3.0) ** 1.5 * sqrt(G)
TANK = StorageCurve([0.0, 20.0], [0.0, 20.0 * 5000.0])
NOTHING = Hydrograph(np.array([0.0, 1.0]), np.zeros(2))
HOLE = Opening((0, 0), 0.0, 1.0)


def steady(rate_m3_s: float, duration_s: float) -> Hydrograph:
    return Hydrograph(np.array([0.0, duration_s]), np.full(2, rate_m3_s))


def test_a_tank_drains_through_a_hole_in_the_time_of_torricelli() -> None:
    """sqrt(h - a/2) falls in a straight line: t = 2 A (sqrt h0 - sqrt h1) / (Cd a sqrt 2g)."""
    routed = route_level_pool(NOTHING, TANK, None, [HOLE], duration_s=9000.0, level_m=12.0)
    for level in (10.0, 6.0, 2.0):
        expected = 2.0 * 5000.0 * (sqrt(11.5) - sqrt(level - 0.5)) / (0.6 * sqrt(2.0 * G))
        assert np.interp(-level, -routed.level_m, routed.time_s) == pytest.approx(expected, rel=1e-3)
    assert routed.passed_m3 == pytest.approx(5000.0 * (12.0 - routed.level_m[-1]), rel=1e-12)


def test_a_tank_drains_over_a_weir_by_its_closed_form() -> None:
    """1/sqrt(h) grows in a straight line: 1/sqrt h1 = 1/sqrt h0 + 1.705 b t / (2 A)."""
    crest = Crest([8.0], [12.0])
    routed = route_level_pool(NOTHING, TANK, crest, duration_s=3000.0, level_m=11.0, step_s=2.0)
    slope = WEIR * 12.0 / (2.0 * 5000.0)
    for time in (100.0, 1000.0, 3000.0):
        expected = 8.0 + (1.0 / sqrt(3.0) + slope * time) ** -2
        assert np.interp(time, routed.time_s, routed.level_m) == pytest.approx(expected, abs=1e-4)


def test_halving_the_step_quarters_the_error() -> None:
    slope = WEIR * 12.0 / (2.0 * 5000.0)
    exact = 8.0 + (1.0 / sqrt(3.0) + slope * 320.0) ** -2
    errors = []
    for step in (80.0, 40.0, 20.0):
        routed = route_level_pool(
            NOTHING, TANK, Crest([8.0], [12.0]), duration_s=320.0, level_m=11.0, step_s=step
        )
        errors.append(abs(routed.level_m[-1] - exact))
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.2)


def test_a_steady_inflow_comes_to_the_level_that_passes_it() -> None:
    crest = Crest([8.0, 9.0], [12.0, 30.0])
    routed = route_level_pool(steady(40.0, 9e4), TANK, crest, [HOLE], duration_s=9e4, step_s=30.0)
    level = routed.level_m[-1]
    out = 0.6 * sqrt(2 * G * (level - 0.5)) + WEIR * (12.0 * (level - 8.0) ** 1.5)
    out += WEIR * 30.0 * max(0.0, level - 9.0) ** 1.5
    assert out == pytest.approx(40.0, rel=1e-6)
    assert routed.outflow_m3_s[-1] == pytest.approx(40.0, rel=1e-6)
    drowned = route_level_pool(
        steady(40.0, 9e4), TANK, crest, [HOLE], duration_s=9e4, step_s=30.0, tail_m=9.5
    )
    assert drowned.level_m[-1] > level + 0.05


@settings(deadline=None, max_examples=25)
@given(
    peak=st.floats(1.0, 500.0),
    volume=st.floats(1e3, 3e5),
    start=st.floats(0.0, 12.0),
    area=st.floats(0.05, 30.0),
    half=st.one_of(st.just(inf), st.floats(10.0, 1e5)),
    step=st.floats(5.0, 120.0),
    siphon=st.booleans(),
)
def test_volumes_close_and_nothing_grows_in_the_bowl(
    peak: float, volume: float, start: float, area: float, half: float, step: float, siphon: bool
) -> None:
    openings = [
        Opening((0, 0), 0.0, area, clogging=Clogging(0.0, 0.9, half)),
        Opening((0, 0), 1.0, area, gate=Gate((100.0, 500.0), (0.2, 0.9))),
    ]
    if siphon:
        openings.append(Opening((0, 0), -5.0, 2.0, siphon=Siphon(6.0, 2.0)))
    wave = Hydrograph.triangle(volume, peak)
    routed = route_level_pool(
        wave,
        TANK,
        Crest([8.0], [12.0]),
        openings,
        duration_s=1500.0,
        step_s=step,
        level_m=start,
        solids_fraction=0.3,
    )
    left = routed.stored_m3[-1] - 5000.0 * start
    assert routed.inflow_m3 == pytest.approx(routed.overflow_m3 + routed.passed_m3 + left, abs=1e-6 * volume)
    assert sum(one.passed_m3 for one in routed.openings) == pytest.approx(routed.passed_m3)
    assert (routed.stored_m3 >= 0.0).all()
    assert np.allclose(routed.stored_m3, TANK.volume_at(routed.level_m))
    assert routed.level_m.max() <= start + volume / 5000.0 + 1e-9
    assert (np.diff(routed.openings[0].blocked_share) >= 0.0).all()


def test_a_bowl_lowers_and_delays_the_peak_and_clogging_raises_the_pool() -> None:
    wave = Hydrograph.triangle(60_000.0, 100.0)
    clear, clogged = (
        route_level_pool(
            wave,
            TANK,
            Crest([8.0], [12.0]),
            [Opening((0, 0), 0.0, 4.0, clogging=law)],
            duration_s=2400.0,
            solids_fraction=0.2,
        )
        for law in (None, Clogging(half_volume_m3=1000.0))
    )
    assert clear.outflow_m3_s.max() < 0.6 * 100.0
    assert clear.time_s[clear.outflow_m3_s.argmax()] > wave.time_s[wave.discharge_m3_s.argmax()]
    assert clogged.level_m.max() > clear.level_m.max() + 0.5
    assert clogged.passed_m3 < 0.6 * clear.passed_m3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"duration_s": 0.0}, "duration_s"),
        ({"step_s": 0.0}, "step_s"),
        ({"step_s": 1e-9}, "step_s"),
        ({"level_m": -1.0}, "level_m"),
        ({"solids_fraction": 0.9}, "solids_fraction"),
    ],
)
def test_impossible_arguments_are_refused_by_name(change: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        route_level_pool(NOTHING, TANK, **({"duration_s": 10.0} | change))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (([np.nan], [1.0]), "level_m"),
        (([], []), "level_m"),
        (([1.0], [1.0, 2.0]), "length_m"),
        (([1.0], [0.0]), "length_m"),
        (([1.0], [1.0], 0.2), "coefficient"),
    ],
)
def test_an_impossible_crest_is_refused_by_name(arguments: tuple[object, ...], field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        Crest(*arguments)  # type: ignore[arg-type]
    assert caught.value.field == field


CELL_M = 10.0


def bowl(notch_m: float, area_m2: float) -> tuple[np.ndarray, Dam]:
    """A gentle valley of 300 m closed by a wall with a weir of one cell, which falls away below it."""
    along = CELL_M * np.arange(40)
    bed = 100.0 - np.where(along < 300.0, 0.01 * along, 3.0 + 0.2 * (along - 300.0))
    bed = bed + 0.02 * CELL_M * np.abs(np.arange(9) - 4)[:, None]
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :30] = True
    rows = np.arange(9)
    crest = np.full(9, 106.0)
    crest[4] = notch_m
    hole = Opening((4, 31), float(bed[4, 29]), area_m2)
    wall = Dam("bowl", CellFaces.between(pool, rows, np.full(9, 30)), crest, pool, (4, 29), (hole,))
    return bed, wall


@pytest.mark.parametrize(("notch_m", "area_m2", "spills"), [(101.0, 1.0, True), (105.0, 3.0, False)])
def test_the_pool_of_the_engine_follows_level_pool_routing(
    notch_m: float, area_m2: float, spills: bool
) -> None:
    """Peak outflow within 2 %, highest level within 5 cm, volumes within 3 %; the inflow has a way to go."""
    bed, wall = bowl(notch_m, area_m2)
    wave = Hydrograph(np.array([0.0, 900.0, 1800.0, 3600.0]), np.array([0.0, 70.0, 30.0, 0.0]))
    computed = simulate(
        bed,
        CELL_M,
        [wave.release(([3, 4, 5], [2, 2, 2]))],
        Manning(0.03),
        [wall],
        duration_s=3600.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
        settings=Settings(record_every_s=10.0),
    ).dams[0]
    storage = StorageCurve.from_bed(bed, wall.pool, CELL_M, 106.0)
    routed = route_level_pool(
        wave, storage, Crest.of(wall, bed, CELL_M), wall.openings, duration_s=3600.0, step_s=10.0
    )
    assert (routed.overflow_m3 > 0.15 * routed.inflow_m3) is spills
    outflow = computed.overflow_m3_s + computed.passed_m3_s
    assert outflow.max() == pytest.approx(routed.outflow_m3_s.max(), rel=0.02)
    assert np.nanmax(computed.level_m) == pytest.approx(routed.level_m.max(), abs=0.05)
    assert computed.passed_m3 == pytest.approx(routed.passed_m3, rel=0.03)
    assert computed.overflow_m3 == pytest.approx(routed.overflow_m3, rel=0.03, abs=10.0)
    assert computed.time_s[outflow.argmax()] == pytest.approx(
        routed.time_s[routed.outflow_m3_s.argmax()], abs=60.0
    )
