"""A dam whose bowl erodes and silts up: its balance closes, its maxima and its wall follow the bed."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    DamRecord,
    ErodibleBed,
    InvalidParameter,
    Manning,
    Opening,
    Release,
    Settings,
    Settling,
    Side,
    State,
    simulate,
)

CELL_M = 10.0
SHAPE = (60, 15)
CREST_ROW = 40


def _gorge() -> np.ndarray:
    """A steep V-shaped trough."""
    down = (SHAPE[0] - np.arange(SHAPE[0]))[:, None] * CELL_M * 0.2
    return 900.0 + down + np.abs(np.arange(SHAPE[1]) - 7)[None, :] * 3.0


def _dam(height_m: float, area_m2: float = 0.0, row: int = CREST_ROW, reach: int = 15) -> Dam:
    """A wall across the trough; its pool reaches `reach` rows up."""
    bed = _gorge()
    rows = np.arange(SHAPE[0])[:, None]
    crest = bed[row, 7] + height_m
    pool = (rows < row) & (rows >= row - reach) & (np.abs(np.arange(SHAPE[1]) - 7)[None, :] <= 2)
    cols = np.flatnonzero(pool[row - 1])
    openings = (Opening((row + 1, 7), bed[row - 1, 7], area_m2),) if area_m2 else ()
    return Dam(
        f"row {row}",
        CellFaces.between(pool, np.full(cols.size, row), cols),
        crest,
        pool,
        (row - 1, 7),
        openings,
    )


def _assert_closed(record: DamRecord) -> None:
    came = record.inflow_m3 + record.entrained_m3
    gone = record.overflow_m3 + record.passed_m3 + record.deposited_m3
    assert record.stored_end_m3 == pytest.approx(came - gone, abs=1e-9 * came)
    solids_came = record.solids_in_m3 + record.entrained_solids_m3
    solids_gone = record.solids_out_m3 + record.deposited_solids_m3
    assert record.solids_stored_end_m3 == pytest.approx(solids_came - solids_gone, abs=1e-9 * solids_came)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 1000),
    erodible_m=st.sampled_from([0.2, 1.0, 5.0]),
    rate_m_s=st.sampled_from([0.025, 0.2]),
    saturation=st.sampled_from([0.0, 0.8]),
    settling=st.sampled_from([None, Settling(0.02, 2.0), Settling(0.1, 5.0)]),
    height_m=st.sampled_from([3.0, 6.0, 10.0]),
    area_m2=st.sampled_from([0.0, 3.0]),
    record_every_s=st.sampled_from([1.0, 17.0, 1000.0]),
)
def test_the_balance_of_a_dam_on_loose_ground_closes(
    seed: int,
    erodible_m: float,
    rate_m_s: float,
    saturation: float,
    settling: Settling | None,
    height_m: float,
    area_m2: float,
    record_every_s: float,
) -> None:
    rng = np.random.default_rng(seed)
    erodible = ErodibleBed(
        np.where(rng.random(SHAPE) < 0.7, rng.uniform(0.0, erodible_m, SHAPE), 0.0),
        critical_shear_pa=200.0,
        depth_per_shear_m_kpa=1.0,
        rate_m_s=rate_m_s,
        saturation=saturation,
        settling=settling,
    )
    # Their pools overlap: what is taken there belongs to both.
    dams = [_dam(height_m, area_m2, reach=25), _dam(3.0, row=30, reach=8)]
    assert (dams[0].pool & dams[1].pool).any()
    standing = np.zeros(SHAPE)
    standing[CREST_ROW - 4 : CREST_ROW, 5:10] = 0.5
    result = simulate(
        _gorge(),
        CELL_M,
        [
            Release.pool(standing, solids_fraction=0.2),
            Release.triangle(([2], [7]), 4000.0, 100.0, solids_fraction=0.1),
        ],
        Manning(0.05),
        dams,
        duration_s=150.0,
        boundaries=Boundaries.walls(),
        settings=Settings(record_every_s=record_every_s),
        erodible=erodible,
    )
    exchanged = result.entrainment
    assert exchanged is not None
    for record in result.dams:
        _assert_closed(record)
        assert exchanged.entrained_m3 > record.entrained_m3 > 0.0
        assert (settling is None) == (record.deposited_m3 == 0.0)
        assert record.stored_max_m3 >= record.stored_m3.max() - record.stored_m3[0] - 1e-6


def test_the_most_that_a_dam_held_does_not_depend_on_how_often_it_is_recorded() -> None:
    erodible = ErodibleBed(np.full(SHAPE, 1.0), critical_shear_pa=200.0, depth_per_shear_m_kpa=1.0)
    fine, *coarse = (
        simulate(
            _gorge(),
            CELL_M,
            [Release.triangle(([2], [7]), 5000.0, 100.0)],
            Manning(0.05),
            [_dam(6.0, area_m2=20.0)],
            duration_s=400.0,
            settings=Settings(record_every_s=every_s),
            erodible=erodible,
        ).dams[0]
        for every_s in (1.0, 60.0, 1000.0)
    )
    # Every second is often enough to see the maximum itself.
    most = fine.stored_m3.max()
    assert fine.stored_max_m3 == pytest.approx(most, rel=2e-3)
    assert most > 1.5 * fine.stored_end_m3
    least = np.nanmin(fine.freeboard_m)
    for record in coarse:
        assert record.stored_max_m3 == pytest.approx(most, rel=1e-2)
        assert record.freeboard_min_m == pytest.approx(least, abs=0.1)
    assert np.nanmin(coarse[1].freeboard_m) > least + 0.5


def test_a_dam_that_is_never_reached_has_no_freeboard() -> None:
    result = simulate(_gorge(), CELL_M, [], Manning(0.05), [_dam(6.0)], duration_s=5.0)
    assert math.isnan(result.dams[0].freeboard_min_m)
    assert result.dams[0].stored_max_m3 == 0.0


def _trough(wall: bool) -> tuple[np.ndarray, list[Dam]]:
    """A chute with a step of loose ground, and a wall whose crest lies 0.5 m below the step's top."""
    bed = np.broadcast_to(500.0 - 2.0 * np.arange(30)[:, None], (30, 3)).copy()
    pool = np.zeros(bed.shape, dtype=bool)
    pool[10:15] = True
    faces = CellFaces.between(pool, np.full(3, 15), np.arange(3))
    crest = faces.higher_bed_m(bed) - 0.5
    return bed, [Dam("buried", faces, crest, pool, (14, 1), held_by_bed=True)] if wall else []


@pytest.mark.parametrize("erodible_m", [0.0, 4.0])
def test_a_wall_under_the_ground_stands_once_the_ground_is_gone(erodible_m: float) -> None:
    results = []
    for wall in (False, True):
        bed, dams = _trough(wall)
        loose = np.zeros(bed.shape)
        loose[10:20] = erodible_m
        loose[26:] = 0.5
        results.append(
            simulate(
                bed,
                CELL_M,
                [Release.triangle(([1, 1, 1], [0, 1, 2]), 4000.0, 100.0)],
                Manning(0.04),
                dams,
                duration_s=300.0,
                boundaries=Boundaries(Side("wall"), Side("open"), Side("wall"), Side("wall")),
                erodible=ErodibleBed(loose, critical_shear_pa=0.0, depth_per_shear_m_kpa=math.inf),
            )
        )
    bare, walled = results
    if erodible_m == 0.0:
        # Under ground that stays it has no part in the flow.
        assert np.array_equal(bare.depth_max_m, walled.depth_max_m)
        return
    assert (walled.bed_change_m[14:16] < -2.0).all()
    # What the wall holds back when its foot is scoured is as deep as the scour up to its crest.
    held = 500.0 - 2.0 * 14 - 0.5 - (500.0 - 2.0 * 14 + walled.bed_change_m[14])
    assert walled.final.depth_m[14] == pytest.approx(held, abs=0.2)
    assert walled.dams[0].freeboard_m[-1] == pytest.approx(0.0, abs=0.2)
    assert walled.final.depth_m[10:15].sum() > bare.final.depth_m[10:15].sum() + 1.0
    _assert_closed(walled.dams[0])


def test_a_run_goes_on_from_a_state_whose_solids_rounding_has_lifted_above_the_cap() -> None:
    bed, full = _gorge(), np.zeros(SHAPE)
    full[5:10, 6:9] = 2.0
    still, erodible = np.zeros(SHAPE), ErodibleBed(np.ones(SHAPE), solids_cap=0.65)
    # What is dry may hold any figure.
    dense = np.where(full > 0.0, np.nextafter(0.65, 1.0), 0.9)
    state = State(full, still, still, dense)
    result = simulate(bed, CELL_M, [], Manning(0.05), initial=state, duration_s=20.0, erodible=erodible)
    assert result.final.solids_fraction.max() <= 0.65 + 1e-12
    for above in (0.65 + 1e-6, 0.7):
        denser = dataclasses.replace(state, solids_fraction=np.where(full > 0.0, above, 0.0))
        with pytest.raises(InvalidParameter) as caught:
            simulate(bed, CELL_M, [], Manning(0.05), initial=denser, duration_s=20.0, erodible=erodible)
        assert caught.value.field == "solids_cap"
