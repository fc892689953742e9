"""Walls on cell sides: still water, drowned crests, crests that move, symmetry, no effect beyond reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    FlowResult,
    Manning,
    Mixture,
    Release,
    Rheology,
    Settings,
    Side,
    State,
    Voellmy,
    simulate,
)
from dam_models.kernels.fields import WALL_EAST, WALL_NORTH, WALL_SOUTH, WALL_WEST
from dam_models.mesh import Mesh
from dam_models.walls import Walls
from dam_models.weir import weir_discharge

RHEOLOGIES: list[Rheology] = [
    Voellmy(0.04, 500.0),
    Manning(0.06),
    Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5),
]
CHANNEL = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("wall"))


def wall_in_channel(shape: tuple[int, int], col: int, crest: object, **more: object) -> Dam:
    """A straight wall between `col - 1` and `col`, the pool west of it."""
    pool = np.broadcast_to(np.arange(shape[1])[None, :] < col, shape)
    faces = CellFaces.between(pool, np.arange(shape[0]), np.full(shape[0], col))
    return Dam("wall", faces, crest, pool, (shape[0] // 2, col - 1), **more)  # type: ignore[arg-type]


def standing(
    bed: np.ndarray,
    depth: np.ndarray,
    dam: Dam,
    duration_s: float = 300.0,
    cell_m: float = 10.0,
    **more: object,
) -> FlowResult:
    """What becomes of water that stands in a closed box with a wall in it."""
    return simulate(
        bed,
        cell_m,
        [Release.pool(depth)],
        Manning(0.03),
        [dam],
        duration_s=duration_s,
        boundaries=CHANNEL,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("head_m", "coefficient", "discharge"),
    [(1.0, 1.0, 1.705), (2.0, 1.0, 4.822), (3.0, 1.0, 8.859), (2.0, 0.5, 2.411), (0.0, 1.0, 0.0)],
)
def test_the_broad_crested_weir(head_m: float, coefficient: float, discharge: float) -> None:
    assert weir_discharge(head_m, 0.0, coefficient) == pytest.approx(discharge, rel=2e-4)
    assert weir_discharge(head_m, -5.0, coefficient) == weir_discharge(head_m, 0.0, coefficient)


def test_villemonte() -> None:
    free = weir_discharge(2.0, 0.0, 1.0)
    assert weir_discharge(2.0, 1.6, 1.0) / free == pytest.approx(0.616, abs=5e-4)
    assert weir_discharge(2.0, 2.0, 1.0) == 0.0


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("base_m", [0.0, 3000.0])
def test_lakes_on_both_sides_of_a_wall_stay_where_they_are(order: int, base_m: float) -> None:
    bed = base_m + np.random.default_rng(3).uniform(0.0, 4.0, (9, 20))
    west, east = base_m + 8.0, base_m + 2.5
    level = np.where(np.arange(20)[None, :] < 10, west, east)
    dam = wall_in_channel((9, 20), 10, base_m + 8.0)
    result = standing(bed, np.maximum(0.0, level - bed), dam, settings=Settings(order=order))
    assert result.speed_max_m_s.max() < 1e-9
    assert result.dams[0].overflow_m3 == 0.0


@pytest.mark.parametrize("crest_m", [4.5, 6.0, 7.9])
def test_a_lake_over_a_drowned_wall_is_at_rest(crest_m: float) -> None:
    bed = np.random.default_rng(5).uniform(0.0, 4.0, (9, 20))
    result = standing(bed, 8.0 - bed, wall_in_channel((9, 20), 10, crest_m))
    assert result.speed_max_m_s.max() < 1e-9
    assert abs(result.dams[0].overflow_m3) < 1e-6


@pytest.mark.parametrize("crest_m", [0.5, 3.0, 7.0])
def test_levels_above_a_crest_become_one_level_without_ringing(crest_m: float) -> None:
    shape = (3, 20)
    depth = np.where(np.arange(20)[None, :] < 10, 9.0, 7.5) * np.ones(shape)
    result = standing(np.zeros(shape), depth, wall_in_channel(shape, 10, crest_m), duration_s=4000.0)
    assert np.abs(result.final.depth_m - 8.25).max() < 0.01
    assert np.abs(result.final.u_m_s).max() < 0.01
    # Levels alternate from cell to cell where an explicit step overshoots.
    assert np.abs(np.diff(result.final.depth_m, 2, axis=1)).max() < 0.005
    moved = result.dams[0].overflow_m3
    assert moved == pytest.approx(0.75 * 10 * 3 * 100.0, rel=0.01)


def test_what_stands_above_the_crest_leaves_and_no_more_even_out_of_one_cell() -> None:
    """Four walls around one cell with 30 m of water: the step must not take what lies below the crest."""
    bed = np.zeros((7, 7))
    pool = np.zeros(bed.shape, dtype=bool)
    pool[3, 3] = True
    faces = CellFaces.between(pool, [2, 4, 3, 3], [3, 3, 2, 4])
    dam = Dam("shaft", faces, 5.0, pool, (3, 3))
    depth = np.where(pool, 30.0, 0.0)
    for dry in (True, False):
        below = 0.0 if dry else 1.0
        result = simulate(
            bed, 2.0, [Release.pool(np.where(pool, depth, below))], Manning(0.03), [dam], duration_s=60.0,
            settings=Settings(record_every_s=0.05),
        )  # fmt: skip
        assert np.nanmin(result.dams[0].level_m) >= 5.0 - 1e-9
        assert result.final.depth_m[3, 3] == pytest.approx(5.0, abs=0.02)
        assert result.budget.relative_error < 1e-13


def test_a_flow_that_strikes_a_wall_turns_back_and_none_of_it_gets_through() -> None:
    shape = (3, 40)
    dam = wall_in_channel(shape, 30, 25.0)
    still, speed = np.zeros(shape), np.full(shape, 8.0)
    depth = np.where(np.arange(40)[None, :] < 28, 2.0, 0.0) * np.ones(shape)
    result = simulate(
        np.zeros(shape), 10.0, [], Manning(0.0), [dam], duration_s=10.0,
        initial=State(depth, np.where(depth > 0.0, speed, 0.0), still, still), boundaries=CHANNEL,
    )  # fmt: skip
    assert result.depth_max_m[:, 30:].max() == 0.0
    # A shock runs back: h (s + u) = h1 s and the momentum balance give 6.53 m for h = 2 m, u = 8 m/s.
    assert result.final.depth_m[1, 29] == pytest.approx(6.53, rel=0.05)
    assert abs(result.final.u_m_s[1, 29]) < 0.3


@pytest.mark.parametrize("speed_m_s", [1.0, 6.0])
def test_a_sill_that_is_nearly_nothing_does_nearly_nothing(speed_m_s: float) -> None:
    shape = (1, 60)
    bed = np.zeros(shape)
    depth, still = np.ones(shape), np.zeros(shape)
    sides = Boundaries(Side("wall"), Side("wall"), Side("inflow", speed_m_s), Side("open"))
    start = State(depth, np.full(shape, speed_m_s), still, still)
    runs = [
        simulate(bed, 5.0, [], Manning(0.0), dams, duration_s=30.0, initial=start, boundaries=sides)
        for dams in ([], [wall_in_channel(shape, 30, 0.01)])
    ]
    assert np.abs(runs[1].final.depth_m - runs[0].final.depth_m).max() < 0.05
    low, high = (run.final.depth_m * run.final.u_m_s for run in runs)
    assert np.abs(high - low).max() < 0.06 * speed_m_s


@pytest.mark.parametrize("rheology", RHEOLOGIES)
@pytest.mark.parametrize("order", [1, 2])
def test_quarter_turns_and_mirrors_give_the_same_flow_past_a_dam(rheology: Rheology, order: int) -> None:
    bed = np.random.default_rng(7).uniform(0.0, 10.0, (24, 24))
    source = np.zeros(bed.shape)
    source[5:9, 9:14] = 15.0
    bowl = np.zeros(bed.shape, dtype=bool)
    bowl[3:11, 4:14] = True
    line = np.zeros(bed.shape, dtype=bool)
    line[3:11, 14] = True
    line[11, 8:14] = True

    def run(turn: int, mirror: bool) -> tuple[np.ndarray, float]:
        def place(field: np.ndarray) -> np.ndarray:
            turned = np.rot90(field, turn)
            return turned[:, ::-1].copy() if mirror else turned.copy()

        pool = place(bowl)
        rows, cols = np.nonzero(place(line))
        faces = CellFaces.between(pool, rows, cols)
        dam = Dam("dam", faces, 12.0, pool, tuple(np.argwhere(pool)[0]), open_ended=True)
        result = simulate(
            place(bed), 10.0, [Release.pool(place(source), solids_fraction=0.4)], rheology, [dam],
            duration_s=40.0, settings=Settings(order=order),
        )  # fmt: skip
        back = result.depth_max_m[:, ::-1] if mirror else result.depth_max_m
        return np.rot90(back, -turn), result.dams[0].overflow_m3

    reference, overflow = run(0, False)
    assert overflow > 500.0
    for turn in range(4):
        for mirror in (False, True):
            depth, same = run(turn, mirror)
            assert np.abs(depth - reference).max() < 1e-9
            assert same == pytest.approx(overflow, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    relief_m=st.sampled_from([0.0, 3.0, 60.0]),
    rheology=st.sampled_from(RHEOLOGIES),
    falls=st.booleans(),
    order=st.sampled_from([1, 2]),
    from_below=st.booleans(),
)
def test_volume_closes_over_any_crest(
    seed: int, relief_m: float, rheology: Rheology, falls: bool, order: int, from_below: bool
) -> None:
    rng = np.random.default_rng(seed)
    shape = (17, 23)
    bed = rng.uniform(0.0, relief_m, shape)
    inside = rng.random(shape) < 0.4
    rows, cols = np.nonzero(~inside)
    faces = CellFaces.between(inside, rows, cols)
    crest = faces.higher_bed_m(bed) + rng.uniform(-2.0, 6.0, (4, faces.count))
    times = np.sort(rng.uniform(0.0, 60.0, 4))
    dam = Dam(
        "maze", faces, crest if falls else crest[0], inside, tuple(np.argwhere(inside)[0]),
        time_s=times if falls else None, weir_coefficient=float(rng.uniform(0.5, 1.1)),
        length_share=rng.uniform(0.1, 1.0, faces.count),
    )  # fmt: skip
    pool = np.zeros(shape)
    pool[5:9, 5:9] = 9.0
    start = np.argwhere(~inside if from_below else inside)[3]
    result = simulate(
        bed,
        8.0,
        [
            Release.pool(pool, solids_fraction=0.5),
            Release.triangle(([start[0]], [start[1]]), 3000.0, 120.0, solids_fraction=0.2),
        ],
        rheology,
        [dam],
        duration_s=90.0,
        settings=Settings(order=order),
    )
    assert result.budget.relative_error < 1e-12
    assert result.budget.clipped_m3 < 1e-9
    assert result.final.depth_m.min() >= 0.0
    assert result.final.solids_fraction.max() <= 0.5 + 1e-9
    record = result.dams[0]
    kept = record.stored_end_m3 + record.overflow_m3 + record.passed_m3
    assert kept == pytest.approx(record.inflow_m3, abs=1e-7)


def test_nothing_upstream_of_a_dam_that_is_never_reached_changes_by_a_bit() -> None:
    across = np.abs(np.arange(21) - 10)[:, None] * 6.0
    bed = 500.0 - 0.8 * np.arange(90)[None, :] + across
    mud = Voellmy(0.12, 300.0)
    pool = (bed < bed[10, 80] + 15.0) & (np.arange(90)[None, :] < 80)
    rows = np.flatnonzero(bed[:, 80] < bed[10, 80] + 15.0)
    dam = Dam(
        "far", CellFaces.between(pool, rows, np.full(rows.size, 80)), bed[10, 80] + 15.0, pool, (10, 79)
    )
    release = Release.triangle(([10], [5]), 8000.0, 80.0, solids_fraction=0.5)
    before = bed.copy()
    without, with_dam = (simulate(bed, 20.0, [release], mud, dams, duration_s=900.0) for dams in ([], [dam]))
    assert (bed == before).all()
    assert with_dam.dams[0].inflow_m3 == 0.0
    assert without.depth_max_m.max() > 0.5
    assert with_dam.steps == without.steps
    for name in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s", "deposit_m"):
        assert np.array_equal(getattr(without, name), getattr(with_dam, name), equal_nan=True)


def test_the_crest_follows_its_table_with_jumps() -> None:
    dam = wall_in_channel((1, 6), 3, [5.0, 5.0, 2.0, 1.0], time_s=[10.0, 20.0, 20.0, 40.0])
    levels = [float(dam.crest_at(time)[0]) for time in (0.0, 15.0, 19.999, 20.0, 30.0, 40.0, 99.0)]
    assert levels == pytest.approx([5.0, 5.0, 5.0, 2.0, 1.5, 1.0, 1.0])
    assert (dam.changes_from_s, dam.changes_until_s) == (20.0, 40.0)
    steady = wall_in_channel((1, 6), 3, 5.0)
    assert (steady.changes_from_s, steady.changes_until_s) == (float("inf"), 0.0)


def test_a_pool_at_rest_waits_for_the_crest_to_fall() -> None:
    shape = (3, 20)
    depth = np.where(np.arange(20)[None, :] < 10, 5.0, 0.0) * np.ones(shape)
    dam = wall_in_channel(shape, 10, [9.0, 1.0], time_s=[600.0, 600.0])
    result = standing(np.zeros(shape), depth, dam, duration_s=3000.0, settings=Settings(rest_speed_m_s=0.3))
    record = result.dams[0]
    assert 600.0 <= record.first_overflow_s < 602.0
    assert result.at_rest
    assert record.freeboard_m[0] == pytest.approx(4.0)
    assert record.overflow_m3 > 0.3 * 5.0 * 10 * 3 * 100.0
    assert record.capacity_m3 == pytest.approx(9.0 * 10 * 3 * 100.0)
    assert result.budget.relative_error < 1e-13


def test_a_wall_that_rises_in_standing_water_holds_what_stands_there() -> None:
    shape = (3, 20)
    sides = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("level", 0.2))
    dam = wall_in_channel(shape, 10, [0.5, 0.5, 9.0], time_s=[0.0, 5.0, 5.0])
    result = simulate(
        np.zeros(shape), 10.0, [Release.pool(np.full(shape, 4.0))], Manning(0.03), [dam],
        duration_s=900.0, boundaries=sides,
    )  # fmt: skip
    assert result.final.depth_m[:, :10].mean() > 3.0
    assert result.final.depth_m[:, 10:].mean() < 0.5


def test_coefficient_and_length_share_scale_what_passes() -> None:
    shape = (1, 20)
    depth = np.where(np.arange(20)[None, :] < 10, 10.5, 0.0) * np.ones(shape)

    def passed(**more: float) -> float:
        dam = wall_in_channel(shape, 10, 10.0, **more)
        return standing(np.zeros(shape), depth, dam, duration_s=20.0).dams[0].overflow_m3

    full = passed()
    assert passed(weir_coefficient=0.5) == pytest.approx(0.5 * full, rel=0.1)
    assert passed(length_share=0.5) == pytest.approx(passed(weir_coefficient=0.5), rel=1e-3)
    assert passed(weir_coefficient=1.1) == pytest.approx(1.1 * full, rel=0.03)


def test_what_comes_back_over_the_crest_counts_against_the_overflow() -> None:
    shape = (3, 20)
    depth = np.where(np.arange(20)[None, :] < 10, 1.0, 6.0) * np.ones(shape)
    record = standing(np.zeros(shape), depth, wall_in_channel(shape, 10, 4.0), duration_s=600.0).dams[0]
    assert record.overflow_m3 == pytest.approx(-record.stored_end_m3)
    assert record.overflow_m3 == pytest.approx(-2.0 * 10 * 3 * 100.0, rel=0.05)


def test_solids_go_over_the_crest_with_the_side_that_gives() -> None:
    shape = (3, 20)
    west = np.arange(20)[None, :] < 10
    depth = np.where(west, 6.0, 1.0) * np.ones(shape)
    still = np.zeros(shape)
    result = simulate(
        np.zeros(shape), 10.0, [], Manning(0.03), [wall_in_channel(shape, 10, 4.0)], duration_s=300.0,
        initial=State(depth, still, still, np.where(west, 0.4, 0.1) * np.ones(shape)), boundaries=CHANNEL,
    )  # fmt: skip
    record = result.dams[0]
    assert record.solids_out_m3 == pytest.approx(0.4 * record.overflow_m3, rel=1e-9)
    assert record.overflow_m3 > 1000.0
    assert result.final.solids_fraction[:, :10] == pytest.approx(np.full((3, 10), 0.4))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_cells_know_their_walls_however_the_mesh_grows_and_crests_move(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (25, 24)
    bed = rng.uniform(0.0, 3.0, shape)
    inside = rng.random(shape) < 0.5
    rows, cols = np.nonzero(~inside)
    faces = CellFaces.between(inside, rows, cols)
    table = rng.uniform(0.0, 4.0, (3, faces.count))
    dam = Dam("maze", faces, table, inside, (0, 0), time_s=[0.0, 3.0, 6.0])
    mesh = Mesh(np.pad(bed, 1), np.ones((27, 26)), Manning(0.0).law().grids())
    walls = Walls([dam], bed, mesh)
    for time in range(8):
        new = rng.integers(1, 25, 60), rng.integers(1, 25, 60)
        mesh.complete(mesh.ensure_all(*new).astype(np.uint32))
        mesh.sort_if_grown()
        before = dam.crest_at(max(0.0, time - 1.0))
        mesh.visit()
        walls.stand(float(time))
        crest = dam.crest_at(float(time))
        known = mesh.index[1:-1, 1:-1] > 0
        expected = np.zeros(shape, dtype=np.uint8)
        stands = crest > faces.higher_bed_m(bed)
        first, second = faces.cells()
        stands &= known[first] & known[second]
        moved = set()
        for k in range(faces.count):
            a, b = ((int(cell[0][k]), int(cell[1][k])) for cell in (first, second))
            if stands[k]:
                expected[a] |= WALL_SOUTH if faces.south[k] else WALL_EAST
                expected[b] |= WALL_NORTH if faces.south[k] else WALL_WEST
            if crest[k] != before[k] or dam.moves_at(float(time))[k]:
                moved |= {mesh.index[r + 1, c + 1] for r, c in (a, b) if known[r, c]}
        assert np.array_equal(mesh.scatter("walled"), expected)
        woken = {int(mesh.cells.block[number]) for number in moved}
        assert set(np.flatnonzero(mesh.block_changed).tolist()) == woken


@pytest.mark.parametrize("rheology", RHEOLOGIES)
@pytest.mark.parametrize("order", [1, 2])
def test_cells_that_are_not_visited_would_have_done_nothing(
    rheology: Rheology, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pools at rest beside crests that fall late, and flows that cross others: the same to the last bit."""
    rng = np.random.default_rng(11)
    bed = rng.uniform(0.0, 4.0, (50, 60)) - 0.5 * np.arange(60)[None, :]
    lakes = np.zeros(bed.shape)
    inside = np.zeros(bed.shape, dtype=bool)
    for row, col in ((6, 6), (6, 40), (34, 8), (34, 40)):
        inside[row : row + 9, col : col + 9] = True
    around = ndimage.binary_dilation(inside) & ~inside
    faces = CellFaces.between(inside, *np.nonzero(around))
    ground = faces.higher_bed_m(bed)
    lakes[inside] = np.maximum(0.0, (4.0 - 0.5 * 10.0) - bed[inside])
    crest = np.full((3, faces.count), 12.0)
    crest[2] = np.where(rng.random(faces.count) < 0.2, ground - 1.0, 12.0)
    dam = Dam("four", faces, crest, inside, (10, 10), time_s=[0.0, 60.0, 100.0])
    visit = Mesh.visit

    def run() -> FlowResult:
        return simulate(
            bed,
            10.0,
            [Release.pool(lakes, solids_fraction=0.5), Release.triangle(([25], [3]), 8000.0, 100.0)],
            rheology,
            [dam],
            duration_s=160.0,
            settings=Settings(order=order),
        )

    skipping = run()
    monkeypatch.setattr(Mesh, "visit", lambda mesh, everything=False: visit(mesh, True))
    visiting = run()
    assert skipping.dams[0].overflow_m3 > 100.0
    assert skipping.steps == visiting.steps
    for name in ("depth_max_m", "speed_max_m_s", "arrival_s", "deposit_m"):
        assert np.array_equal(getattr(skipping, name), getattr(visiting, name), equal_nan=True)
