"""Steps in time: what happens between two records happens, and a run does not end while it is beginning."""

import numpy as np
import pytest

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    Manning,
    Release,
    Settings,
    Side,
    Voellmy,
    crew,
    simulate,
)


def _pool_behind(crest_m: list[float], time_s: list[float]) -> tuple[np.ndarray, np.ndarray, Dam]:
    bed = np.zeros((3, 20))
    bed[:, 10:] = -5.0
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :10] = True
    depth = np.where(pool, 5.0, 0.0)
    faces = CellFaces.between(pool, [0, 1, 2], [10, 10, 10])
    return bed, depth, Dam("gate", faces, crest_m, pool, (1, 9), time_s=time_s)


@pytest.mark.parametrize("every_s", [1.0, 60.0, 600.0])
@pytest.mark.parametrize(
    ("crest_m", "time_s", "opens_s"),
    [
        pytest.param([10.0, 10.0, 2.0], [0.0, 95.0, 97.0], 96.3, id="ramp"),
        pytest.param([10.0, 10.0, 2.0, 2.0], [0.0, 95.0, 95.0, 800.0], 95.0, id="jump"),
        pytest.param([10.0, 2.0, 2.0, 10.0], [95.0, 96.0, 127.0, 128.0], 95.6, id="gate"),
    ],
)
def test_a_crest_moves_in_its_own_time(
    crest_m: list[float], time_s: list[float], opens_s: float, every_s: float
) -> None:
    bed, depth, gate = _pool_behind(crest_m, time_s)
    result = simulate(
        bed,
        10.0,
        [Release.pool(depth)],
        Manning(0.03),
        [gate],
        duration_s=900.0,
        settings=Settings(record_every_s=every_s),
        boundaries=Boundaries.walls(),
    )
    assert result.dams[0].first_overflow_s == pytest.approx(opens_s, abs=1.0)
    assert result.dams[0].overflow_m3 > 1000.0


def test_a_layer_that_speeds_up_is_not_at_rest() -> None:
    bed = np.tile(-0.01 * 2.0 * np.arange(60.0), (3, 1))
    layer = np.zeros(bed.shape)
    layer[:, 5:30] = 1.0
    result = simulate(
        bed,
        2.0,
        [Release.pool(layer)],
        Manning(0.03),
        duration_s=60.0,
        settings=Settings(rest_speed_m_s=0.05),
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
    )
    assert result.end_s == 60.0
    assert result.budget.outflow_m3 > 10.0


def test_a_thin_sheet_runs_on() -> None:
    bed = np.tile(-0.05 * 10.0 * np.arange(80.0), (40, 1))
    source = (np.arange(40), np.full(40, 2))
    result = simulate(
        bed,
        10.0,
        [Release.hydrograph(source, [0.0, 300.0], [10.0, 10.0])],
        Manning(0.03),
        duration_s=1800.0,
        settings=Settings(rest_speed_m_s=0.02),
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
    )
    assert result.depth_max_m.max() < 0.1
    assert result.budget.outflow_m3 > 0.5 * 3000.0


def test_a_deposit_ends_its_run() -> None:
    along = 10.0 * np.arange(60.0)
    bed = np.tile(-np.where(along < 200.0, 0.3 * along, 60.0), (9, 1))
    layer = np.zeros(bed.shape)
    layer[2:7, 2:8] = 3.0
    result = simulate(
        bed,
        10.0,
        [Release.pool(layer)],
        Voellmy(0.1, 400.0),
        duration_s=7200.0,
        settings=Settings(rest_speed_m_s=0.02),
    )
    assert result.at_rest
    assert result.end_s < 3600.0


def test_steps_before_a_late_release_are_long() -> None:
    bed = np.tile(-0.1 * 10.0 * np.arange(30.0), (5, 1))
    late = simulate(
        bed,
        10.0,
        [Release.hydrograph(([2], [2]), [20_000.0, 20_060.0, 20_120.0], [0.0, 50.0, 0.0])],
        Manning(0.05),
        duration_s=20_300.0,
        settings=Settings(record_every_s=1000.0),
    )
    soon = simulate(
        bed,
        10.0,
        [Release.hydrograph(([2], [2]), [0.0, 60.0, 120.0], [0.0, 50.0, 0.0])],
        Manning(0.05),
        duration_s=300.0,
        settings=Settings(record_every_s=1000.0),
    )
    assert late.steps <= soon.steps + 25
    assert late.budget.released_m3 == pytest.approx(3000.0, rel=1e-12)
    assert late.depth_max_m.max() == pytest.approx(soon.depth_max_m.max(), rel=0.01)


@pytest.mark.parametrize("order", [1, 2])
def test_a_gap_in_a_hydrograph_neither_ends_the_run_nor_swallows_water(order: int) -> None:
    bed = np.tile(-0.1 * 10.0 * np.arange(30.0), (5, 1))
    table = ([0.0, 10.0, 20.0, 5000.0, 5010.0, 5020.0], [0.0, 50.0, 0.0, 0.0, 50.0, 0.0])
    result = simulate(
        bed,
        10.0,
        [Release.hydrograph(([2], [2]), *table)],
        Voellmy(0.2, 400.0),
        duration_s=6000.0,
        settings=Settings(order=order, rest_speed_m_s=0.02),
    )
    assert result.budget.released_m3 == pytest.approx(1000.0, rel=1e-12)


@pytest.mark.parametrize("datum_m", [0.0, 10.0, 3000.0])
def test_a_level_side_does_not_depend_on_the_datum(datum_m: float) -> None:
    result = simulate(
        np.full((3, 30), datum_m - 10.0),
        10.0,
        [],
        Manning(0.03),
        duration_s=20.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("level", datum_m), Side("open")),
    )
    assert result.depth_max_m.max() <= 10.0 + 1e-9
    assert result.budget.released_m3 == pytest.approx(LEVEL_INFLOW_M3, rel=0.02)
    assert result.budget.relative_error < 1e-12


LEVEL_INFLOW_M3 = (9.81 * 10.0) ** 0.5 * 10.0 * 20.0 * 30.0
"""What a level of 10 m lets in at most: a critical flow of that depth, over 30 m and 20 s."""


def test_a_refused_run_leaves_no_thread_behind() -> None:
    with crew.Crew(3) as hands:
        assert len(hands._hands) == 2
    assert crew.Crew(3)._hands == []
