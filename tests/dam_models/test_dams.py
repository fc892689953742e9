"""Dams in the path: what they hold, what goes over, what goes through, and that it all adds up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    InvalidDam,
    Manning,
    Mixture,
    Opening,
    Release,
    Settings,
    Side,
    Voellmy,
    simulate,
)
from dam_models.closing import way_round

CELL_M = 20.0
SHAPE = (21, 60)
CREST_COL = 30
MUD = Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5)


def valley() -> np.ndarray:
    """A straight V-shaped valley that falls eastwards by 6 %."""
    across = np.abs(np.arange(SHAPE[0]) - 10)[:, None] * CELL_M * 0.6
    return 500.0 - 0.06 * CELL_M * np.arange(SHAPE[1])[None, :] + across


def dam(height_m: float, openings: tuple[Opening, ...] = (), name: str = "test") -> Dam:
    bed = valley()
    crest = bed[10, CREST_COL] + height_m
    rows = np.flatnonzero(bed[:, CREST_COL] < crest)
    pool = (bed < crest) & (np.arange(SHAPE[1])[None, :] < CREST_COL)
    faces = CellFaces.between(pool, rows, np.full(rows.size, CREST_COL))
    return Dam(name, faces, crest, pool, (10, CREST_COL - 1), openings)


def opening(area_m2: float, **more: float) -> Opening:
    return Opening((10, CREST_COL + 1), float(valley()[10, CREST_COL - 1]), area_m2, **more)


def flow(volume_m3: float, solids: float = 0.0, peak_m3_s: float | None = None) -> Release:
    return Release.triangle(([10], [5]), volume_m3, peak_m3_s or volume_m3 / 400.0, solids_fraction=solids)


def test_a_bowl_larger_than_the_flow_passes_nothing() -> None:
    bowl = dam(30.0)
    result = simulate(valley(), CELL_M, [flow(60_000.0)], Manning(0.05), [bowl], duration_s=3600.0)
    record = result.dams[0]
    assert record.capacity_m3 > 60_000.0
    assert record.overflow_m3 == 0.0
    assert record.stored_end_m3 == pytest.approx(60_000.0, rel=0.02)
    below = np.s_[:, CREST_COL + 1 :]
    assert result.depth_max_m[below].max() == 0.0


def test_a_bowl_smaller_than_the_flow_keeps_its_level_pool_volume_and_spills_the_rest() -> None:
    bowl = dam(14.0)
    result = simulate(valley(), CELL_M, [flow(400_000.0)], Manning(0.03), [bowl], duration_s=7200.0)
    record = result.dams[0]
    assert record.capacity_m3 < 200_000.0
    assert record.stored_end_m3 >= 0.98 * record.capacity_m3
    assert record.overflow_m3 == pytest.approx(record.inflow_m3 - record.stored_end_m3, abs=1e-6)
    assert record.first_overflow_s > record.first_inflow_s
    assert record.freeboard_m[-1] == pytest.approx(0.0, abs=0.4)


@settings(max_examples=15, deadline=None)
@given(
    height_m=st.floats(5.0, 35.0),
    volume_m3=st.floats(30_000.0, 500_000.0),
    area_m2=st.floats(0.5, 20.0),
    solids=st.floats(0.0, 0.6),
)
def test_what_flows_in_is_what_stays_goes_over_and_goes_through(
    height_m: float, volume_m3: float, area_m2: float, solids: float
) -> None:
    bowl = dam(height_m, (opening(area_m2),))
    rheology = Mixture(Voellmy(0.04, 500.0), Manning(0.06), max(solids, 0.05))
    result = simulate(valley(), CELL_M, [flow(volume_m3, solids)], rheology, [bowl], duration_s=2400.0)
    record = result.dams[0]
    accounted = record.stored_end_m3 + record.overflow_m3 + record.passed_m3
    assert accounted == pytest.approx(record.inflow_m3, abs=1e-6 * volume_m3)
    assert result.budget.relative_error < 1e-12
    assert record.solids_out_m3 <= record.solids_in_m3 + 1e-6 * volume_m3


def test_a_through_flow_dam_lets_the_fluid_go_and_keeps_the_solids() -> None:
    bowl = dam(30.0, (opening(6.0, passed_solids_fraction=0.1),))
    result = simulate(valley(), CELL_M, [flow(80_000.0, solids=0.4)], MUD, [bowl], duration_s=4 * 3600.0)
    record = result.dams[0]
    assert record.overflow_m3 == 0.0
    assert record.passed_m3 > 0.1 * record.inflow_m3
    # Nothing richer in solids than the limit goes through, and the rest cannot pack beyond its limit.
    assert record.solids_out_m3 <= 0.1 * record.passed_m3 + 1e-6
    kept = result.final.solids_fraction[bowl.pool & (result.final.depth_m > 0.1)]
    assert kept.max() <= 0.65 + 1e-9
    assert result.depth_max_m[10, CREST_COL + 5] > 0.0


def test_clear_water_drains_through_the_opening_to_its_sill() -> None:
    bowl = dam(30.0, (opening(4.0),))
    result = simulate(valley(), CELL_M, [flow(60_000.0)], Manning(0.05), [bowl], duration_s=6 * 3600.0)
    record = result.dams[0]
    assert record.passed_m3 == pytest.approx(record.inflow_m3, rel=0.02)


@pytest.mark.parametrize("head_m", [0.5, 2.0, 10.0])
def test_the_orifice_law(head_m: float) -> None:
    passage = opening(1.0)
    sill = passage.sill_m
    if head_m >= 1.0:
        expected = 0.6 * np.sqrt(2 * 9.81 * (head_m - 0.5))
    else:
        expected = 0.6 * head_m * np.sqrt(2 * 9.81 * head_m / 2)
    assert passage.discharge_m3_s(sill + head_m) == pytest.approx(expected)
    assert passage.discharge_m3_s(sill - 1.0) == 0.0
    assert opening(50.0, discharge_max_m3_s=25.0).discharge_m3_s(sill + 10.0) == 25.0


def test_an_opening_passes_nothing_uphill() -> None:
    passage = opening(1.0)
    sill = passage.sill_m
    # Drowned: the difference of the levels drives; not drowned: the tailwater does not matter.
    drowned = 0.6 * np.sqrt(2 * 9.81 * 1.0)
    assert passage.discharge_m3_s(sill + 10.0, sill + 9.0) == pytest.approx(drowned)
    assert passage.discharge_m3_s(sill + 10.0, sill + 0.4) == passage.discharge_m3_s(sill + 10.0)
    assert passage.discharge_m3_s(sill + 10.0, sill + 10.0) == 0.0
    assert passage.discharge_m3_s(sill + 10.0, sill + 11.0) == 0.0


def test_levels_on_both_sides_of_an_opening_meet() -> None:
    bed = np.zeros((5, 40))
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :20] = True
    faces = CellFaces.between(pool, np.arange(5), np.full(5, 20))
    wall = Dam("wall", faces, 10.0, pool, (2, 19), (Opening((2, 20), 0.0, 4.0),))
    result = simulate(
        bed,
        CELL_M,
        [Release.pool(np.where(pool, 5.0, 4.0))],
        Manning(0.03),
        [wall],
        duration_s=4 * 3600.0,
        boundaries=Boundaries.walls(),
    )
    assert result.final.depth_m == pytest.approx(np.full(bed.shape, 4.5), abs=0.02)


def test_a_dam_the_flow_cannot_reach_changes_nothing() -> None:
    bed = valley()
    pool = np.zeros(SHAPE, dtype=bool)
    pool[0, 10:15] = True
    faces = CellFaces.between(pool, [0], [15])
    aside = Dam("aside", faces, bed[0, 14] + 5.0, pool, (0, 14), open_ended=True)
    without = simulate(bed, CELL_M, [flow(50_000.0)], MUD, duration_s=900.0)
    with_dam = simulate(bed, CELL_M, [flow(50_000.0)], MUD, [aside], duration_s=900.0)
    assert np.array_equal(without.depth_max_m, with_dam.depth_max_m)
    assert with_dam.dams[0].inflow_m3 == 0.0


def test_less_passes_a_section_below_a_dam_that_holds_more() -> None:
    from dam_models import Section

    section = Section.across_cols("below", SHAPE, CREST_COL + 3)
    passed = []
    for height in (2.0, 10.0, 14.0, 30.0):
        result = simulate(
            valley(),
            CELL_M,
            [flow(200_000.0)],
            Manning(0.05),
            [dam(height)],
            duration_s=3600.0,
            sections=[section],
        )
        passed.append(result.sections[0].volume_m3)
    assert passed == sorted(passed, reverse=True)
    assert passed[0] > 0.95 * 200_000.0
    assert passed[-1] == 0.0


def _with(**change: object) -> Dam:
    """The dam of 20 m with some arguments replaced."""
    good = dam(20.0)
    arguments: dict[str, object] = {
        "faces": good.faces,
        "crest_m": good.crest_m[0],
        "pool": good.pool,
        "gauge": good.gauge,
    } | change
    return Dam("misfit", **arguments)  # type: ignore[arg-type]


N_FACES = dam(20.0).faces.count
FALLING = np.linspace(520.0, 490.0, 3)[:, None] * np.ones(N_FACES)
ONE_ENDS_UNDERGROUND = np.full((2, N_FACES), 600.0)
ONE_ENDS_UNDERGROUND[:, 0] = (200.0, 100.0)
REFUSED: list[tuple[dict[str, object], str]] = [
    ({"faces": CellFaces([10], [99], [False]), "crest_m": 520.0}, "faces"),
    ({"faces": CellFaces([10], [SHAPE[1] - 1], [False]), "crest_m": 520.0}, "faces"),
    ({"faces": CellFaces([10], [10], [False]), "crest_m": 520.0}, "faces"),
    ({"crest_m": 100.0}, "crest_m"),
    ({"crest_m": np.nan}, "crest_m"),
    ({"crest_m": [520.0, 521.0]}, "crest_m"),
    ({"gauge": (0, 0)}, "gauge"),
    ({"gauge": (-1, 5)}, "gauge"),
    ({"pool": np.zeros((4, 4), dtype=bool)}, "pool"),
    ({"pool": np.ones(SHAPE, dtype=bool)}, "faces"),
    ({"openings": (Opening((10, CREST_COL + 1), 900.0, 1.0),)}, "sill_m"),
    ({"openings": (Opening((10, CREST_COL - 3), 470.0, 1.0),)}, "outfall"),
    ({"weir_coefficient": 0.4}, "weir_coefficient"),
    ({"length_share": 0.0}, "length_share"),
    ({"length_share": [0.5, 0.5]}, "length_share"),
    ({"crest_m": FALLING, "time_s": [0.0, 5.0]}, "crest_m"),
    ({"crest_m": FALLING, "time_s": [0.0, 5.0, 4.0]}, "time_s"),
    ({"crest_m": FALLING, "time_s": [-1.0, 4.0, 5.0]}, "time_s"),
    ({"crest_m": [520.0], "time_s": [0.0]}, "time_s"),
    ({"crest_m": [520.0, 520.0], "time_s": [0.0, 5.0]}, "crest_m"),
    ({"crest_m": ONE_ENDS_UNDERGROUND, "time_s": [0.0, 5.0]}, "crest_m"),
    ({"crest_m": FALLING, "time_s": [10.0, 20.0, 30.0]}, "time_s"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_a_dam_that_does_not_fit_or_changes_nothing_is_refused_by_name(
    change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidDam) as caught:
        simulate(valley(), CELL_M, [flow(1000.0)], MUD, [_with(**change)], duration_s=10.0)
    assert caught.value.field == field


def test_two_dams_on_one_face_are_refused() -> None:
    with pytest.raises(InvalidDam, match="another dam") as caught:
        simulate(valley(), CELL_M, [flow(1000.0)], MUD, [dam(20.0), dam(25.0, name="other")], duration_s=10.0)
    assert caught.value.field == "dams"


def test_two_dams_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidDam, match="the name test") as caught:
        simulate(valley(), CELL_M, [flow(1000.0)], MUD, [dam(20.0), dam(25.0)], duration_s=10.0)
    assert caught.value.field == "name"


@pytest.mark.parametrize("missing", [0, 1, -1])
def test_a_wall_that_can_be_walked_around_is_refused_unless_it_says_so(missing: int) -> None:
    whole = dam(20.0)
    kept = np.delete(np.arange(whole.faces.count), missing)
    faces = CellFaces(whole.faces.rows[kept], whole.faces.cols[kept], whole.faces.south[kept])
    crest = whole.crest_m[0, kept]
    low = whole.faces.higher_bed_m(valley())[missing] < crest.min()
    assert low, "a face below the crest is missing"
    short = Dam("short", faces, crest, whole.pool, whole.gauge)
    with pytest.raises(InvalidDam, match="passes round") as caught:
        simulate(valley(), CELL_M, [flow(1000.0)], MUD, [short], duration_s=10.0)
    assert caught.value.field == "faces"
    spur = Dam("spur", faces, crest, whole.pool, whole.gauge, open_ended=True)
    run = simulate(valley(), CELL_M, [flow(1000.0)], MUD, [spur], duration_s=10.0)
    assert run.dams[0].name == "spur"


@settings(max_examples=40, deadline=None)
@given(height_m=st.floats(2.0, 60.0))
def test_a_wall_from_side_to_side_is_never_walked_around(height_m: float) -> None:
    whole = dam(height_m)
    assert way_round(valley(), whole.faces, whole.crest_at(0.0), whole.pool, whole.gauge) is None


def test_faces_are_named_once_and_touch_the_pool() -> None:
    pool = dam(20.0).pool
    for faces in (
        lambda: CellFaces([1, 1], [2, 2], [True, True]),
        lambda: CellFaces([], [], []),
        lambda: CellFaces.between(pool, [0], [59]),
        lambda: CellFaces.between(pool, [10], [60]),
    ):
        with pytest.raises(InvalidDam) as caught:
            faces()
        assert caught.value.field == "faces"
    with pytest.raises(InvalidDam) as caught:
        CellFaces.between(pool, *np.nonzero(pool))
    assert caught.value.field == "pool"


@pytest.mark.parametrize("cell_m", [30.0, 60.0])
@pytest.mark.parametrize("rheology", [MUD, Voellmy(0.04, 500.0), Manning(0.06)])
def test_mud_that_stands_above_the_crest_goes_over_it(cell_m: float, rheology: object) -> None:
    """Static friction must not lend a dam a freeboard of mu times the cell size."""
    bed = np.zeros((5, 20))
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :10] = True
    wall = Dam("wall", CellFaces.between(pool, np.arange(5), np.full(5, 10)), 10.0, pool, (2, 9))
    depth = np.where(pool, 11.0, 0.0)
    walls = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open"))
    result = simulate(
        bed,
        cell_m,
        [Release.pool(depth, solids_fraction=0.5)],
        rheology,  # type: ignore[arg-type]
        [wall],
        duration_s=240.0,
        boundaries=walls,
        settings=Settings(record_every_s=2.0),
    )
    # A broad-crested weir passes 1.705 b H^1.5 at 1 m of head; the head falls while it does.
    weir_m3_s = 1.705 * 5 * cell_m
    peak = result.dams[0].overflow_m3_s.max()
    assert peak < 1.6 * weir_m3_s
    if isinstance(rheology, Manning):
        assert peak > 0.3 * weir_m3_s
        assert result.dams[0].overflow_m3 > 10.0 * weir_m3_s
    else:
        # Mud behind may lean against the wall; what stands beside the crest goes over it down to the crest.
        assert result.dams[0].overflow_m3 > 0.5 * 5 * cell_m**2


def test_a_weir_spills_before_the_wings() -> None:
    bed = valley()
    full = dam(30.0)
    crest = full.crest_at(0.0).copy()
    crest[full.faces.rows == 10] -= 8.0
    weir = Dam("weir", full.faces, crest, full.pool, full.gauge)
    volume = 0.97 * simulate(bed, CELL_M, [flow(1000.0)], MUD, [full], duration_s=1.0).dams[0].capacity_m3
    closed, open_ = (
        simulate(bed, CELL_M, [flow(volume)], Manning(0.05), [one], duration_s=3600.0).dams[0]
        for one in (full, weir)
    )
    assert open_.capacity_m3 < closed.capacity_m3
    assert open_.overflow_m3 > 0.2 * volume > 20.0 * closed.overflow_m3
    spilled = open_.time_s[np.flatnonzero(np.cumsum(open_.overflow_m3_s) > 0.0)[0]]
    assert open_.first_overflow_s <= spilled
    assert open_.first_overflow_s < open_.time_s[np.argmax(open_.overflow_m3_s)] + 60.0
    assert np.nanmin(open_.freeboard_m) < 0.0


def test_a_pool_that_still_drains_is_not_at_rest() -> None:
    bowl = dam(30.0, (opening(0.05),))
    result = simulate(
        valley(),
        CELL_M,
        [flow(20_000.0)],
        Manning(0.05),
        [bowl],
        duration_s=2 * 3600.0,
        settings=Settings(rest_speed_m_s=0.05),
    )
    record = result.dams[0]
    assert not result.at_rest
    assert result.end_s == 2 * 3600.0
    assert record.passed_m3 > 1500.0


def test_what_is_poured_below_a_dam_mixes_and_slows_what_flows_there() -> None:
    """Fluid from an opening arrives without momentum and without the solids that stayed behind."""
    bowl = dam(30.0, (opening(6.0, passed_solids_fraction=0.1),))
    result = simulate(valley(), CELL_M, [flow(80_000.0, solids=0.4)], MUD, [bowl], duration_s=600.0)
    below = result.final.solids_fraction[10, CREST_COL + 1 :][
        result.final.depth_m[10, CREST_COL + 1 :] > 0.01
    ]
    assert below.size > 0
    assert below.max() <= 0.1 + 1e-9
    assert below.min() > 0.0
