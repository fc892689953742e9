"""Dams that fail during a run: what starts it, what goes, that all of it adds up, and what is refused."""

import dataclasses

import numpy as np
import pytest

from dam_models import (
    Boundaries,
    Breach,
    CellFaces,
    Dam,
    Fill,
    FlowResult,
    Manning,
    Release,
    Settings,
    Side,
    Voellmy,
    simulate,
)

SHAPE = (5, 36)
CELL_M = 10.0
WALL = 20
CREST_M = 8.0
OPEN_EAST = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open"))
FILL = Fill(60.0, 5.0, 4.0, 2.0, 2.0)
OVERTOPPED = Breach(FILL)
PIPED = Breach(FILL, "piping", start_s=50.0, pipe_elevation_m=2.0, pipe_diameter_m=0.5)


def dam_of(breach: Breach | None, crest_m: float = CREST_M, col: int = WALL, name: str = "fill") -> Dam:
    """A straight fill across a flat channel."""
    pool = np.broadcast_to(np.arange(SHAPE[1])[None, :] < col, SHAPE)
    faces = CellFaces.between(pool, np.arange(SHAPE[0]), np.full(SHAPE[0], col))
    return Dam(name, faces, crest_m, pool, (2, col - 1), breach=breach)


def run(breach: Breach | None, level_m: float = CREST_M + 0.4, **more: object) -> FlowResult:
    """What becomes of a basin filled to a level."""
    solids = float(more.pop("solids", 0.0))  # type: ignore[arg-type]
    depth = np.where(np.arange(SHAPE[1])[None, :] < WALL, level_m, 0.0) * np.ones(SHAPE)
    arguments: dict[str, object] = {"duration_s": 1500.0, "boundaries": OPEN_EAST} | more
    releases = [Release.pool(depth, solids_fraction=solids)] if level_m > 0.0 else []
    return simulate(np.zeros(SHAPE), CELL_M, releases, Manning(0.03), [dam_of(breach)], **arguments)  # type: ignore[arg-type]


def test_an_overtopped_fill_is_cut_to_the_ground() -> None:
    result = run(OVERTOPPED)
    record, breach = result.dams[0], result.dams[0].breach
    assert breach is not None
    assert breach.started
    assert breach.start_s == 0.0
    assert [change.state for change in record.changes] == ["standing", "overtopped", "breaching", "breached"]
    assert breach.full_depth_s < 1500.0
    assert breach.final_bottom_elevation_m == pytest.approx(0.0)
    assert breach.final_top_width_m > breach.final_mean_width_m > breach.final_bottom_width_m > 5.0
    assert breach.peak_m3_s > 10.0 * breach.discharge_m3_s[1]
    assert 0.0 < breach.peak_s < 1500.0
    assert (np.diff(breach.bottom_elevation_m) <= 0.0).all()
    assert (np.diff(breach.eroded_series_m3) >= 0.0).all()
    # Nearly all that stood in the basin has gone through it.
    assert breach.outflow_m3 > 0.9 * record.overflow_m3
    assert record.stored_end_m3 < -0.8 * CREST_M * SHAPE[0] * WALL * CELL_M**2
    assert breach.eroded_fill_m3 == pytest.approx(FILL.bulk * breach.eroded_m3)


@pytest.mark.parametrize("breach", [OVERTOPPED, PIPED])
@pytest.mark.parametrize("rheology", [Manning(0.05), Voellmy(0.05, 400.0)])
def test_water_and_solids_add_up(breach: Breach, rheology: object) -> None:
    bed, level = np.zeros(SHAPE), CREST_M + 0.4
    depth = np.where(np.arange(SHAPE[1])[None, :] < WALL, level, 0.0) * np.ones(SHAPE)
    result = simulate(
        bed, CELL_M, [Release.pool(depth, solids_fraction=0.2)], rheology, [dam_of(breach)],  # type: ignore[arg-type]
        duration_s=900.0, boundaries=Boundaries.walls(),
    )  # fmt: skip
    record = result.dams[0]
    assert record.eroded_fill_m3 > 100.0
    assert result.budget.eroded_fill_m3 == record.eroded_fill_m3
    assert result.budget.relative_error < 1e-12
    before, after = depth.sum() * CELL_M**2, result.final.depth_m.sum() * CELL_M**2
    assert after - before == pytest.approx(record.eroded_fill_m3, rel=1e-9)
    solids = (result.final.depth_m * result.final.solids_fraction).sum() * CELL_M**2
    assert solids - 0.2 * before == pytest.approx(record.eroded_fill_solids_m3, rel=1e-9)
    kept = record.stored_end_m3 + record.overflow_m3 + record.passed_m3
    assert kept == pytest.approx(record.inflow_m3, abs=1e-7)


@pytest.mark.parametrize(
    ("breach", "level_m"),
    [
        pytest.param(OVERTOPPED, CREST_M - 0.2, id="not overtopped"),
        pytest.param(OVERTOPPED, 0.0, id="empty"),
        pytest.param(dataclasses.replace(OVERTOPPED, start_head_m=0.5), CREST_M + 0.4, id="not high enough"),
        pytest.param(dataclasses.replace(OVERTOPPED, start_after_s=1e6), CREST_M + 0.4, id="not long enough"),
        pytest.param(PIPED, 0.0, id="pipe and no water"),
        pytest.param(PIPED, 1.5, id="pipe above the water"),
        pytest.param(
            dataclasses.replace(PIPED, start_s=None, start_level_m=7.0), 6.9, id="level not reached"
        ),
    ],
)
def test_a_breach_that_never_begins_changes_no_bit(breach: Breach, level_m: float) -> None:
    late = Settings(record_every_s=45.0)
    with_breach, without = (run(one, level_m, duration_s=400.0, settings=late) for one in (breach, None))
    record = with_breach.dams[0].breach
    assert record is not None
    assert not record.started
    assert (record.outflow_m3, record.eroded_m3, record.peak_m3_s) == (0.0, 0.0, 0.0)
    assert without.dams[0].breach is None
    assert (with_breach.steps, with_breach.end_s) == (without.steps, without.end_s)
    for name in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s", "deposit_m"):
        assert np.array_equal(getattr(with_breach, name), getattr(without, name), equal_nan=True)
    for name in ("overflow_m3_s", "stored_m3", "level_m", "freeboard_m"):
        seen = (getattr(one.dams[0], name) for one in (with_breach, without))
        assert np.array_equal(*seen, equal_nan=True)
