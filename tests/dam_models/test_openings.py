"""Openings that clog, gates that move, siphons that prime and break; and what each of them passed."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Clogging,
    Dam,
    FlowResult,
    Gate,
    InvalidDam,
    Manning,
    Opening,
    Release,
    Settings,
    Side,
    Siphon,
    simulate,
)
from dam_models.passages import Passage, passages_of

CELL_M = 10.0
SILLS_M = (0.0, 4.0)
OPEN_BELOW = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open"))


def tank(openings: tuple[Opening, ...], crest_m: float = 20.0) -> tuple[np.ndarray, Dam]:
    """A flat trough between walls: ten cells of pool, a wall, twenty cells below it that fall away."""
    bed = np.zeros((5, 30))
    bed[:, 10:] = -2.0 * np.arange(1, 21)
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :10] = True
    return bed, Dam(
        "tank", CellFaces.between(pool, np.arange(5), np.full(5, 10)), crest_m, pool, (2, 9), openings
    )


def run(flow: Release, wall: Dam, bed: np.ndarray, duration_s: float) -> FlowResult:
    return simulate(
        bed,
        CELL_M,
        [flow],
        Manning(0.03),
        [wall],
        duration_s=duration_s,
        boundaries=OPEN_BELOW,
        settings=Settings(record_every_s=20.0),
    )


def tiers(*areas_m2: float, **more: object) -> tuple[Opening, ...]:
    return tuple(
        Opening((2, 10), sill, area, **more)  # type: ignore[arg-type]
        for sill, area in zip(SILLS_M, areas_m2, strict=False)
    )


def inflow(volume_m3: float, duration_s: float, solids: float = 0.0) -> Release:
    rate = volume_m3 / duration_s
    return Release.hydrograph(([2], [1]), [0.0, duration_s], [rate, rate], solids_fraction=solids)


@given(
    initial=st.floats(0.0, 1.0),
    more=st.floats(0.0, 1.0),
    half=st.floats(1e-3, 1e7),
    arrived=st.lists(st.floats(0.0, 1e7), min_size=2, max_size=10),
)
def test_what_is_blocked_only_grows_and_stays_within_its_shares(
    initial: float, more: float, half: float, arrived: list[float]
) -> None:
    largest = min(1.0, initial + more * (1.0 - initial))
    law = Clogging(initial, largest, half)
    blocked = [law.blocked_share(volume) for volume in sorted(arrived)]
    assert blocked == sorted(blocked)
    assert all(initial - 1e-12 <= share <= largest + 1e-12 for share in blocked)
    assert law.blocked_share(0.0) == initial
    assert law.blocked_share(half) == pytest.approx(0.5 * (initial + largest))
    assert law.blocked_share(2.0 * half) == pytest.approx(initial + 0.75 * (largest - initial))
    assert Clogging(initial).blocked_share(1e12) == initial


def test_a_gate_is_linear_between_its_points_and_may_jump() -> None:
    gate = Gate((10.0, 20.0, 20.0, 40.0), (0.0, 0.5, 0.8, 1.0))
    times = (0.0, 10.0, 15.0, 20.0, 30.0, 40.0, 99.0)
    assert [gate.share_at(time) for time in times] == pytest.approx([0.0, 0.0, 0.25, 0.8, 0.9, 1.0, 1.0])
    assert [gate.next_change_s(time) for time in (0.0, 10.0, 20.0, 40.0)] == [10.0, 20.0, 40.0, inf]
    assert gate.changes_from_s == 10.0
    assert Gate((0.0, 50.0, 60.0), (1.0, 1.0, 0.0)).changes_from_s == 50.0


def test_a_siphon_primes_high_and_breaks_low() -> None:
    pipe = Opening((0, 0), 0.0, 1.0, siphon=Siphon(8.0, 3.0))
    passage = Passage(pipe, meets_all=True)
    full = 0.6 * np.sqrt(2 * 9.81 * (7.0 - 0.5))
    runs = []
    for level in (2.0, 7.0, 8.0, 7.0, 3.0, 2.9, 7.0):
        passage.prime(level)
        runs.append(passage.discharge_m3_s(0.0, level, -inf))
    assert [rate > 0.0 for rate in runs] == [False, False, True, True, True, False, False]
    assert runs[3] == pytest.approx(full)
    assert pipe.discharge_m3_s(7.0, 6.0) == pytest.approx(0.6 * np.sqrt(2 * 9.81))


def test_an_opening_half_blocked_passes_half_and_a_shut_one_nothing() -> None:
    clear = Opening((0, 0), 0.0, 4.0)
    for part, free in (
        (Opening((0, 0), 0.0, 4.0, clogging=Clogging(0.5)), 0.5),
        (Opening((0, 0), 0.0, 4.0, gate=Gate((0.0, 10.0), (0.0, 1.0))), 0.25),
        (Opening((0, 0), 0.0, 4.0, clogging=Clogging(1.0)), 0.0),
        (Opening((0, 0), 0.0, 4.0, clogging=Clogging(0.2), gate=Gate((0.0, 10.0), (0.0, 1.0))), 0.2),
    ):
        rate = passages_of((part,))[0].discharge_m3_s(2.5, 9.0, -inf)
        assert rate == pytest.approx(free * clear.discharge_m3_s(9.0))
    limited = Opening((0, 0), 0.0, 4.0, discharge_max_m3_s=10.0, clogging=Clogging(0.5))
    assert Passage(limited, meets_all=True).discharge_m3_s(0.0, 50.0, -inf) == 5.0


def test_a_higher_opening_meets_only_what_comes_while_water_stands_above_it() -> None:
    low, high = passages_of(tiers(1.0, 1.0, clogging=Clogging(half_volume_m3=100.0)))
    for level in (nan, 1.0, 4.0, 6.0):
        low.meet(50.0, level, 1.0)
        high.meet(50.0, level, 1.0)
    assert low.blocked_share == pytest.approx(1.0 - 2.0**-2)
    assert high.blocked_share == pytest.approx(1.0 - 2.0**-0.5)


def test_an_upper_tier_takes_over_when_the_lower_one_clogs() -> None:
    law = Clogging(largest_share=0.98, half_volume_m3=250.0)
    upper_free = (Opening((2, 10), 0.0, 3.0, clogging=law), Opening((2, 10), 4.0, 3.0))
    mud = inflow(40_000.0, 1500.0, solids=0.08)
    records = {}
    for name, openings in (
        ("clear", tiers(3.0, 3.0)),
        ("clogged", upper_free),
        ("lower only", upper_free[:1]),
    ):
        bed, wall = tank(openings)
        result = run(mud, wall, bed, 2400.0)
        assert result.budget.relative_error < 1e-12
        records[name] = result.dams[0]
    clear, clogged, single = records["clear"], records["clogged"], records["lower only"]
    lower, upper = clogged.openings
    # The lower one passed most in the beginning and next to nothing in the end; the upper one the reverse.
    early, late = clogged.time_s < 300.0, clogged.time_s > 1200.0
    assert lower.passed_m3_s[early].sum() > 0.0 == upper.passed_m3_s[early].sum()
    assert upper.passed_m3_s[late].sum() > 3.0 * lower.passed_m3_s[late].sum()
    assert upper.passed_m3 > 2.0 * clear.openings[1].passed_m3
    assert clogged.level_m[late].min() > SILLS_M[1]
    # Without the upper tier the pool stands higher still.
    assert np.nanmax(single.level_m) > np.nanmax(clogged.level_m) + 0.5 > np.nanmax(clear.level_m) + 1.0
    assert lower.arrived_solids_m3 == pytest.approx(clogged.solids_in_m3)
    assert upper.arrived_solids_m3 == 0.0
    assert lower.blocked_share_end == pytest.approx(law.blocked_share(clogged.solids_in_m3))
    assert 0.0 < lower.half_blocked_s < lower.mostly_blocked_s < 1500.0
    assert upper.blocked_share_end == 0.0
    assert isnan(upper.half_blocked_s)
    assert upper.first_passed_s > lower.first_passed_s


@settings(max_examples=5, deadline=None)
@given(
    areas=st.tuples(st.floats(0.3, 8.0), st.floats(0.3, 8.0)),
    half=st.floats(10.0, 5000.0),
    solids=st.floats(0.0, 0.5),
)
def test_the_openings_of_a_dam_add_up_and_what_is_blocked_never_clears(
    areas: tuple[float, float], half: float, solids: float
) -> None:
    bed, wall = tank(tiers(*areas, clogging=Clogging(half_volume_m3=half)))
    result = run(inflow(20_000.0, 600.0, solids), wall, bed, 900.0)
    record = result.dams[0]
    assert sum(one.passed_m3 for one in record.openings) == pytest.approx(record.passed_m3, rel=1e-12)
    assert sum(one.solids_passed_m3 for one in record.openings) == pytest.approx(
        record.solids_out_m3, rel=1e-9, abs=1e-9
    )
    assert sum(one.passed_m3_s for one in record.openings) == pytest.approx(record.passed_m3_s)
    for one in record.openings:
        assert (np.diff(one.blocked_share) >= 0.0).all()
        assert one.blocked_share_end == one.blocked_share[-1] <= 1.0
        assert one.peak_m3_s >= one.passed_m3_s.max() * (1 - 1e-9)
    assert record.inflow_m3 == pytest.approx(
        record.passed_m3 + record.overflow_m3 + record.stored_end_m3, rel=1e-9
    )


def test_more_clogging_passes_less_and_fills_more() -> None:
    passed, levels = [], []
    for half in (inf, 2000.0, 200.0):
        bed, wall = tank(tiers(3.0, clogging=Clogging(half_volume_m3=half)))
        record = run(inflow(30_000.0, 900.0, 0.1), wall, bed, 1200.0).dams[0]
        passed.append(record.passed_m3)
        levels.append(np.nanmax(record.level_m))
    assert passed == sorted(passed, reverse=True)
    assert levels == sorted(levels)
    assert passed[0] > 1.5 * passed[-1]


def test_a_pool_at_rest_waits_for_its_gate() -> None:
    """A gate that opens long after all is still must not be lost because the run has ended before it."""
    for shares, gate_s in (((0.0, 1.0), (300.0, 300.0)), ((0.0, 1.0), (300.0, 360.0))):
        bed, wall = tank(tiers(4.0, gate=Gate(gate_s, shares)))
        pool = Release.pool(np.where(wall.pool, 6.0, 0.0))
        result = run(pool, wall, bed, 600.0)
        record = result.dams[0]
        gate = record.openings[0]
        assert result.end_s == 600.0
        assert gate.first_passed_s >= 300.0
        assert gate.first_passed_s == pytest.approx(300.0, abs=15.0)
        assert record.passed_m3_s[record.time_s <= 300.0].max() == 0.0
        assert gate.peak_m3_s == pytest.approx(0.6 * 4.0 * np.sqrt(2 * 9.81 * 5.0), rel=0.02)
    bed, wall = tank(tiers(4.0, gate=Gate((0.0, 100.0), (1.0, 0.0))))
    shutting = run(pool, wall, bed, 300.0).dams[0]
    # Open to shut over 100 s: half of what a full one passes, and nothing after that.
    assert shutting.passed_m3_s[shutting.time_s > 120.0].max() == 0.0
    assert shutting.passed_m3 == pytest.approx(50.0 * 0.6 * 4.0 * np.sqrt(2 * 9.81 * 5.0), rel=0.03)


def test_a_siphon_draws_the_pool_down_from_its_priming_to_its_breaking_level() -> None:
    pipe = Opening((2, 10), -2.0, 4.0, siphon=Siphon(8.0, 3.0))
    for height, draws in ((7.5, False), (8.5, True)):
        bed, wall = tank((pipe,))
        pool = Release.pool(np.where(wall.pool, height, 0.0))
        record = run(pool, wall, bed, 2400.0).dams[0]
        if draws:
            assert record.passed_m3 == pytest.approx((height - 3.0) * 50 * CELL_M**2, rel=0.02)
            assert record.level_m[-1] == pytest.approx(3.0, abs=0.1)
        else:
            assert record.passed_m3 == 0.0


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Clogging(-0.1), "initial_share"),
        (lambda: Clogging(0.5, 0.4), "largest_share"),
        (lambda: Clogging(0.5, 1.1), "largest_share"),
        (lambda: Clogging(nan), "initial_share"),
        (lambda: Clogging(half_volume_m3=0.0), "half_volume_m3"),
        (lambda: Gate((0.0,), (1.0,)), "time_s"),
        (lambda: Gate((), ()), "time_s"),
        (lambda: Gate((0.0, 1.0), (1.0,)), "time_s"),
        (lambda: Gate((1.0, 0.0), (0.0, 1.0)), "time_s"),
        (lambda: Gate((-1.0, 0.0), (0.0, 1.0)), "time_s"),
        (lambda: Gate((0.0, nan), (0.0, 1.0)), "time_s"),
        (lambda: Gate((0.0, 1.0), (0.0, 1.1)), "open_share"),
        (lambda: Gate((0.0, 1.0), (0.5, 0.5)), "open_share"),
        (lambda: Siphon(3.0, 3.0), "breaking_level_m"),
        (lambda: Siphon(3.0, nan), "breaking_level_m"),
        (lambda: Opening((0, 0), 5.0, 1.0, siphon=Siphon(8.0, 4.0)), "breaking_level_m"),
    ],
)
def test_what_cannot_be_is_refused_by_name(make: object, field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field


def test_a_gate_that_moves_only_after_the_end_is_refused() -> None:
    bed, wall = tank(tiers(4.0, gate=Gate((0.0, 100.0, 200.0), (0.0, 0.0, 1.0))))
    with pytest.raises(InvalidDam, match="after the end") as caught:
        simulate(bed, CELL_M, [inflow(100.0, 10.0)], Manning(0.03), [wall], duration_s=100.0)
    assert caught.value.field == "time_s"
