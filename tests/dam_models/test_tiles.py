"""A preview goes through tiles of cells: the same to the last bit as list by list."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Bingham,
    Boundaries,
    CellFaces,
    Coulomb,
    Dam,
    FlowResult,
    Manning,
    Mixture,
    Opening,
    Release,
    Rheology,
    Section,
    Settings,
    Voellmy,
    crew,
    flow,
    simulate,
    tile_steps,
)
from dam_models.kernels import tile_march
from dam_models.kernels.fields import WholeNumbers
from dam_models.mesh import Visit
from dam_models.tile_mesh import TileMesh, TileVisit
from dam_models.tile_steps import TileSteps
from tests.dam_models.test_visiting import _same

LAWS: dict[str, Rheology] = {
    "voellmy": Voellmy(0.02, 400.0),
    "mixture": Mixture(Voellmy(0.04, 400.0), Manning(0.06), 0.4),
    "stressed": Voellmy(0.02, 400.0, cohesion_pa=50.0, minimum_shear_pa=50.0),
    "bingham": Bingham(200.0, 20.0),
}


@pytest.fixture(autouse=True)
def _always_by_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where lists of cells would be quicker."""
    monkeypatch.setattr(flow, "pays_by_tiles", lambda releases: True)


def _gully(law: Rheology, **more: Any) -> FlowResult:
    """A stream far from the rim that fills a bowl, goes over its dam and through it, and runs out."""
    along = np.arange(120.0)
    fall = np.where(along < 40.0, 3.0 * along, 120.0 + 0.8 * (along - 40.0))
    bed = 500.0 - fall + np.where(along < 70.0, 3.0, 0.6) * np.abs(np.arange(61.0) - 30.0)[:, None]
    bed += 0.1 * np.random.default_rng(5).uniform(size=bed.shape)
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, 34:51] = bed[:, 34:51] < bed[30, 50] + 12.0
    rows = np.flatnonzero(pool[:, 50])
    opening = Opening((30, 53), float(bed[30, 50]), 1.0)
    dam = Dam(
        "deep",
        CellFaces.between(pool, rows, np.full(rows.size, 51)),
        bed[30, 50] + 10.0,
        pool,
        (30, 50),
        (opening,),
    )
    return simulate(
        bed,
        10.0,
        [Release.triangle(([29, 30, 31], [20, 20, 20]), 90_000.0, 200.0, solids_fraction=0.4)],
        law,
        [dam],
        duration_s=400.0,
        sections=[Section.across_cols("below", bed.shape, 60)],
        settings=Settings(order=1, **more),
    )


def _steps_by_call(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list to which every call of the march adds how many steps it took."""
    taken: list[int] = []
    advance = TileSteps.advance

    def watched(tiles: TileSteps, *rest: Any) -> Any:
        passed, dt = advance(tiles, *rest)
        taken.append(len(passed))
        return passed, dt

    monkeypatch.setattr(TileSteps, "advance", watched)
    return taken


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_tiles_give_what_lists_of_cells_give(law: Rheology, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = _steps_by_call(monkeypatch)
    one_by_one = _gully(law, local_steps=False)
    # But for the time after it has come to the rim of the grid.
    assert np.mean(taken) > 0.5
    assert one_by_one.dams[0].overflow_m3 > 1_000.0
    monkeypatch.setattr(TileSteps, "advance", lambda tiles, *rest: ([], 0.0))
    _same(one_by_one, _gully(law, local_steps=False))


def test_several_steps_in_a_call_change_little() -> None:
    # Openings act once in a call: all that differs from one step at a time.
    law = LAWS["voellmy"]
    several, one = _gully(law), _gully(law, local_steps=False)
    assert several.dams[0].overflow_m3 == pytest.approx(one.dams[0].overflow_m3, rel=0.02)
    # What is poured between calls stands higher where it is poured.
    np.testing.assert_allclose(several.depth_max_m[:, 24:], one.depth_max_m[:, 24:], atol=0.1)
    assert abs(several.budget.relative_error) < 1e-12
    below = 100.0 * float(several.final.depth_m[:, 61:].sum())
    assert several.sections[0].volume_m3 == pytest.approx(below + several.budget.outflow_m3, rel=1e-9)


def _slide(**more: Any) -> FlowResult:
    bed = np.tile(-2.0 * np.arange(130.0), (101, 1))
    depth = np.zeros(bed.shape)
    depth[45:56, 20:34] = 8.0
    return simulate(
        bed,
        10.0,
        [Release.pool(depth)],
        Voellmy(0.1, 400.0),
        duration_s=60.0,
        settings=Settings(order=1, **more),
    )


def test_without_openings_several_steps_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _steps_by_call(monkeypatch)
    several = _slide()
    assert max(calls) == tile_march.MOST_STEPS
    one = _slide(local_steps=False)
    assert several.steps == one.steps
    # The times of steps are rounded otherwise.
    np.testing.assert_allclose(several.depth_max_m, one.depth_max_m, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(several.arrival_s, one.arrival_s, rtol=1e-12)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = _gully(LAWS["mixture"])
    monkeypatch.setattr(crew, "_SMALLEST_SHARE", 64)
    teams: list[int] = []
    together = crew.Crew.together

    def watched(hands: crew.Crew, team: int, places: WholeNumbers, work: crew.Joint) -> Any:
        teams.append(team)
        return together(hands, team, places, work)

    monkeypatch.setattr(crew.Crew, "together", watched)
    _same(alone, _gully(LAWS["mixture"], threads=threads))
    assert max(teams) == threads


def test_tiles_that_find_no_room_join_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _slide(local_steps=False)
    monkeypatch.setattr(tile_steps, "_room_for", lambda tiles: 0)
    late: list[int] = []
    complete = TileMesh.complete

    def watched(mesh: TileMesh, numbers: np.ndarray) -> None:
        late.append(numbers.size)
        complete(mesh, numbers)

    monkeypatch.setattr(TileMesh, "complete", watched)
    _same(plain, _slide(local_steps=False))
    # The first is that of the start.
    assert max(late[1:]) > 0


def test_a_step_that_would_dig_below_zero_is_left_to_the_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _slide(local_steps=False)
    refused: list[int] = []
    advance = TileSteps.advance

    def now_and_then(tiles: TileSteps, *rest: Any) -> Any:
        refused.append(1)
        return ([], 0.0) if len(refused) % 3 == 0 else advance(tiles, *rest)

    monkeypatch.setattr(TileSteps, "advance", now_and_then)
    _same(plain, _slide(local_steps=False))


@pytest.mark.parametrize("base_m", [0.0, 3000.0])
def test_a_lake_stays_at_rest(base_m: float, monkeypatch: pytest.MonkeyPatch) -> None:
    bed = base_m - 10.0 + np.random.default_rng(3).uniform(-3.0, 3.0, (70, 80))
    bed[:12] = bed[-12:] = bed[:, :12] = bed[:, -12:] = base_m + 5.0
    # With an island.
    bed[30:34, 40:44] = base_m + 2.0
    depth = np.maximum(0.0, base_m - bed)
    visit = TileMesh.visit

    def stirred(mesh: TileMesh, everything: bool = False) -> Visit:
        mesh.block_changed[1 : mesh.block_count] = 1
        seen = visit(mesh, everything)
        return TileVisit(seen.cells, seen.wet, seen.with_ghosts, seen.fastest_m_s, seen.tiles, False)

    # Visited again and again, however much it rests.
    monkeypatch.setattr(TileMesh, "visit", stirred)
    monkeypatch.setattr(TileMesh, "stirred", True)
    result = simulate(
        bed,
        5.0,
        [Release.pool(depth)],
        Manning(0.0),
        duration_s=60.0,
        boundaries=Boundaries.walls(),
        settings=Settings(order=1),
    )
    assert result.steps > 200
    assert np.hypot(result.final.u_m_s, result.final.v_m_s).max() < 1e-10
    level = (bed + result.final.depth_m)[depth > 0.0]
    assert np.abs(level - base_m).max() < 1e-12 * max(1.0, np.abs(bed).max())


def test_a_cone_on_a_slope_stays_where_it_is() -> None:
    row, col = np.indices((81, 81)) - 40.0
    depth = np.maximum(0.0, 3.0 - 0.05 * 2.0 * np.hypot(row, col))
    bed = np.tile(-np.tan(np.radians(10.0)) * 2.0 * np.arange(81.0), (81, 1))
    result = simulate(
        bed, 2.0, [Release.pool(depth)], Coulomb(0.30), duration_s=600.0, settings=Settings(order=1)
    )
    np.testing.assert_array_equal(result.final.depth_m, depth)


def test_the_answer_does_not_depend_on_how_the_tiles_lie() -> None:
    rng = np.random.default_rng(8)
    bed = rng.uniform(0.0, 2.0, (90, 90)) - np.linspace(0.0, 30.0, 90)
    depth = np.zeros(bed.shape)
    depth[40:50, 30:40] = 6.0

    def run(ground: np.ndarray, pool: np.ndarray) -> np.ndarray:
        law = Voellmy(0.05, 300.0)
        found = simulate(ground, 10.0, [Release.pool(pool)], law, duration_s=30.0, settings=Settings(order=1))
        return found.depth_max_m

    plain = run(bed, depth)
    for turn in (1, 2, 3):
        turned = run(np.rot90(bed, turn).copy(), np.rot90(depth, turn).copy())
        np.testing.assert_allclose(turned, np.rot90(plain, turn), atol=1e-9)
    shifted = run(np.pad(bed, 3, mode="edge"), np.pad(depth, 3))
    np.testing.assert_array_equal(shifted[3:-3, 3:-3], plain)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rough=st.floats(0.0, 3.0),
    deep=st.floats(0.5, 25.0),
    mu=st.floats(0.0, 0.3),
)
def test_tiles_keep_the_volume(seed: int, rough: float, deep: float, mu: float) -> None:
    rng = np.random.default_rng(seed)
    bed = rng.uniform(-rough, rough, (64, 70)) - np.linspace(0.0, 20.0, 70)
    depth = np.zeros(bed.shape)
    depth[28:34, 22:29] = deep
    depth[23:40, 32:40] += rng.uniform(0.0, 0.5, (17, 8))
    result = simulate(
        bed,
        10.0,
        [Release.pool(depth, solids_fraction=0.3)],
        Voellmy(mu, 500.0),
        duration_s=20.0,
        boundaries=Boundaries.walls(),
        settings=Settings(order=1),
    )
    assert abs(result.budget.relative_error) < 1e-10
    assert result.final.depth_m.min() >= 0.0
    solids = (result.final.depth_m * result.final.solids_fraction).sum()
    assert solids == pytest.approx(0.3 * depth.sum(), rel=1e-9)


def test_what_asks_for_passes_one_by_one_gets_them() -> None:
    bed, depth = np.zeros((20, 20)), np.zeros((20, 20))
    depth[8:12, 8:12] = 1.0
    goes = flow._Run._goes_by_tiles
    from dam_models import ErodibleBed, Outputs, Pressure, Side

    plain = (Settings(order=1), Outputs(), (), Boundaries(), None)
    assert goes(*plain)
    for place, other in (
        (0, Settings(order=2)),
        (1, Outputs(pressure=Pressure())),
        (3, Boundaries(west=Side("inflow", 1.0))),
        (4, ErodibleBed(np.full(bed.shape, 0.1))),
    ):
        assert not goes(*(other if k == place else each for k, each in enumerate(plain)))


def test_a_stream_goes_by_lists_of_cells_in_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    pool, stream = Release.pool(np.ones((3, 3))), Release.triangle(([1], [1]), 100.0, 10.0)
    assert flow.pays_by_tiles([pool])
    assert not flow.pays_by_tiles([pool, stream])
