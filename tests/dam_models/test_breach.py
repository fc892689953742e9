"""Dams that fail during a run: what starts it, what goes, that all of it adds up, and what is refused."""

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    Breach,
    CellFaces,
    Dam,
    Fill,
    FlowResult,
    InvalidDam,
    Manning,
    Release,
    Settings,
    Side,
    Voellmy,
    simulate,
)
from dam_models.breach_history import BreachHistory
from dam_models.breaching import Breaching
from dam_models.mesh import Mesh

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


class Step(NamedTuple):
    """What a breach does in one step, watched from outside."""

    dt: float
    discharge: float
    passing: float
    shear_pa: float
    bottom: tuple[float, float]
    width: tuple[float, float]
    diameter: tuple[float, float]


def watched(breach: Breach, monkeypatch: pytest.MonkeyPatch, **more: object) -> list[Step]:
    """The steps of a run in which a notch or a pipe grows; its shear is read off, not made."""
    steps: list[Step] = []
    shears: list[float] = []
    monkeypatch.setattr(BreachHistory, "shear", lambda _, shear: shears.append(shear))

    def watch(name: str) -> None:
        plain = getattr(Breaching, name)

        def seen(self: Breaching, dt: float, time_s: float) -> object:
            notch, pipe = self._notch, self._pipe
            through = float(self._discharge[self._centre]), float(self._passing[self._centre])
            bottom, width = notch.bottom_m, notch.width_m
            diameter = pipe.diameter_m if pipe is not None else 0.0
            done = plain(self, dt, time_s)
            after = pipe.diameter_m if pipe is not None else 0.0
            if not (name == "_pass_pipe" and self._state == "notch"):
                steps.append(
                    Step(
                        dt,
                        *through,
                        shears[-1],
                        (bottom, notch.bottom_m),
                        (width, notch.width_m),
                        (diameter, after),
                    )
                )
            return done

        monkeypatch.setattr(Breaching, name, seen)

    watch("_deepen")
    watch("_pass_pipe")
    run(breach, **more)  # type: ignore[arg-type]
    return steps


@pytest.mark.parametrize("solids", [0.0, 0.3])
def test_a_notch_grows_by_the_law_step_by_step(solids: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """d(bottom) = -E dt, d(width) = 1.4 E dt, E = k_d (tau - tau_c), tau of the critical flow on it."""
    steps = watched(OVERTOPPED, monkeypatch, duration_s=400.0, solids=solids)
    assert len(steps) > 100
    growing = 0
    for step in steps:
        eroded = 1e-6 * FILL.erodibility_cm3_n_s * max(0.0, step.shear_pa - FILL.critical_shear_pa) * step.dt
        (bottom, bottom_after), (width, width_after) = step.bottom, step.width
        if bottom_after > 1e-2 and growing:
            assert bottom_after - bottom == pytest.approx(-eroded, rel=1e-9, abs=1e-12)
        if growing:
            assert width_after - width == pytest.approx(1.4 * eroded, rel=1e-9, abs=1e-12)
        growing += eroded > 0.0
        # Below the dam nothing stands high enough to drown it while it is young.
        if 0.0 < growing < 20:
            unit = step.discharge / step.passing
            depth = (unit**2 / 9.81) ** (1.0 / 3.0)
            area, wetted = (width + depth) * depth, width + 2.0 * math.sqrt(2.0) * depth
            density = 1000.0 * (1.0 + 1.65 * solids)
            shear = density * 9.81 * (0.03 * unit / depth) ** 2 / (area / wetted) ** (1.0 / 3.0)
            assert step.shear_pa == pytest.approx(shear, rel=1e-3)
    assert growing > 50


def test_a_pipe_grows_by_twice_the_erosion_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """d(D) = 2 E dt: its wall retreats on both sides."""
    found = watched(dataclasses.replace(PIPED, start_s=0.0), monkeypatch, level_m=CREST_M - 0.5)
    steps = [step for step in found if step.diameter[1] > step.diameter[0]]
    assert len(steps) > 20
    for step in steps[1:]:
        eroded = 1e-6 * FILL.erodibility_cm3_n_s * (step.shear_pa - FILL.critical_shear_pa) * step.dt
        assert step.diameter[1] - step.diameter[0] == pytest.approx(2.0 * eroded, rel=1e-9)


@pytest.mark.parametrize("breach", [OVERTOPPED, dataclasses.replace(PIPED, start_s=0.0)])
def test_flow_and_fill_together_are_never_denser_than_the_cap(breach: Breach) -> None:
    """A flow near the cap takes up little, one at the cap nothing at all; the rest stays where it was."""
    gone = []
    breach = dataclasses.replace(breach, fill=dataclasses.replace(FILL, erodibility_cm3_n_s=180.0))
    for solids in (0.2, 0.5, 0.64, 0.65, 0.7):
        result = run(breach, solids=solids, duration_s=300.0)
        record = result.dams[0].breach
        assert record is not None
        assert record.started
        assert result.budget.relative_error < 1e-12
        came, grains = record.outflow_m3, solids * record.outflow_m3
        mixed = (grains + record.eroded_fill_solids_m3) / (came + record.eroded_fill_m3)
        assert mixed <= max(breach.solids_cap, solids) + 1e-6
        assert record.eroded_fill_m3 <= FILL.bulk * record.eroded_m3 * (1.0 + 1e-12)
        gone.append(record.eroded_fill_m3)
    assert gone[2] > 0.0
    assert gone[3:] == pytest.approx([0.0, 0.0], abs=1e-9)
    free = run(dataclasses.replace(breach, solids_cap=0.8), solids=0.64, duration_s=300.0).dams[0].breach
    assert free is not None
    assert free.eroded_fill_m3 > 1.2 * gone[2]


@settings(deadline=None)
@given(
    solids=st.floats(0.4, 0.85),
    saturation=st.floats(0.0, 1.0),
    cap=st.floats(0.3, 0.8),
    share=st.floats(0.0, 0.8),
    # A millilitre or nothing: below that products of tiny numbers are no longer exact.
    volume=st.just(0.0) | st.floats(1e-6, 1e5),
)
def test_what_a_flow_takes_up_brings_it_to_the_cap(
    solids: float, saturation: float, cap: float, share: float, volume: float
) -> None:
    fill = dataclasses.replace(FILL, solids_fraction=solids, saturation=saturation)
    taken = fill.taken_up_m3(volume, share, cap)
    if math.isinf(taken):
        assert solids <= cap * fill.bulk + 1e-9, "the fill itself is no denser than the cap"
    elif share >= cap:
        assert taken == 0.0
    elif taken > 0.0:
        mixed = (volume * share + taken * solids) / (volume + taken * fill.bulk)
        assert mixed == pytest.approx(cap, rel=1e-6)


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


@settings(max_examples=10, deadline=None)
@given(
    erodibility=st.floats(0.0, 300.0),
    critical_pa=st.floats(0.0, 80.0),
    side_slope=st.sampled_from([0.0, 0.7, 1.0, 2.0]),
    widening=st.floats(0.0, 3.0),
    level_m=st.floats(5.0, 10.0),
    solids=st.floats(0.0, 0.5),
    piping=st.booleans(),
    share=st.floats(0.2, 1.0),
)
def test_everything_adds_up_whatever_the_fill(
    erodibility: float,
    critical_pa: float,
    side_slope: float,
    widening: float,
    level_m: float,
    solids: float,
    piping: bool,
    share: float,
) -> None:
    fill = Fill(erodibility, critical_pa, 3.0, 2.0, 1.5, solids_fraction=0.65, saturation=0.3)
    shape: dict[str, object] = {"side_slope": side_slope, "widening": widening}
    if piping:
        shape |= {"kind": "piping", "start_level_m": 4.0, "pipe_elevation_m": 2.0}
    pool = np.broadcast_to(np.arange(SHAPE[1])[None, :] < WALL, SHAPE)
    faces = CellFaces.between(pool, np.arange(SHAPE[0]), np.full(SHAPE[0], WALL))
    dam = Dam(
        "any", faces, CREST_M, pool, (2, WALL - 1), length_share=share, breach=Breach(fill, **shape)  # type: ignore[arg-type]
    )  # fmt: skip
    depth = np.where(pool, level_m, 0.0)
    result = simulate(
        np.random.default_rng(5).uniform(0.0, 1.5, SHAPE), CELL_M,
        [Release.pool(depth, solids_fraction=solids)], Manning(0.04), [dam],
        duration_s=400.0, boundaries=Boundaries.walls(),
    )  # fmt: skip
    record = result.dams[0]
    assert record.breach is not None
    assert result.budget.relative_error < 1e-12
    assert result.budget.clipped_m3 < 1e-9
    assert result.final.depth_m.min() >= 0.0
    held = (result.final.depth_m * result.final.solids_fraction).sum() * CELL_M**2
    brought = solids * depth.sum() * CELL_M**2
    assert held == pytest.approx(brought + record.eroded_fill_solids_m3, rel=1e-9, abs=1e-6)
    assert record.breach.eroded_fill_m3 <= fill.bulk * record.breach.eroded_m3 * (1.0 + 1e-9)
    kept = record.stored_end_m3 + record.overflow_m3 + record.passed_m3
    assert kept == pytest.approx(record.inflow_m3, abs=1e-6)
    assert record.breach.outflow_m3 <= record.overflow_m3 + record.passed_m3 + 1.0


@pytest.mark.parametrize("breach", [OVERTOPPED, dataclasses.replace(PIPED, start_s=0.0)])
def test_a_fill_that_erodes_more_easily_goes_sooner_and_lets_more_through(breach: Breach) -> None:
    records = []
    for erodibility in (0.0, 20.0, 60.0, 180.0):
        fill = dataclasses.replace(FILL, erodibility_cm3_n_s=erodibility)
        result = run(dataclasses.replace(breach, fill=fill), duration_s=500.0)
        records.append(result.dams[0].breach)
    for name in ("eroded_m3", "peak_m3_s", "outflow_m3"):
        values = [getattr(record, name) for record in records]
        assert values == sorted(values)
        assert values[-1] > 2.0 * values[1]
    # What cannot be eroded keeps the notch, or the pipe, with which it began.
    if breach.kind == "overtopping":
        assert records[0].final_bottom_elevation_m == pytest.approx(CREST_M - 0.1)
    else:
        assert records[0].pipe_diameter_m[-1] == 0.5
    assert np.isnan(records[0].full_depth_s)


def test_a_fill_that_bears_the_shear_is_not_eroded() -> None:
    borne = dataclasses.replace(FILL, critical_shear_pa=5000.0)
    record = run(dataclasses.replace(OVERTOPPED, fill=borne), duration_s=100.0).dams[0].breach
    assert record is not None
    assert record.final_bottom_width_m == pytest.approx(1.0)
    assert record.eroded_m3 < 1.0
    assert 0.0 < record.largest_shear_pa < 5000.0


@pytest.mark.parametrize("bottom_m", [3.0, -5.0])
def test_erosion_stops_at_the_foundation_or_the_ground(bottom_m: float) -> None:
    result = run(dataclasses.replace(OVERTOPPED, bottom_elevation_m=bottom_m))
    record = result.dams[0]
    assert record.breach is not None
    lowest = max(bottom_m, 0.0)
    assert record.breach.final_bottom_elevation_m == pytest.approx(lowest)
    assert record.breach.bottom_elevation_m.min() >= lowest
    # The bowl empties to the bottom of the notch, or to the water below the dam, no further.
    left = record.stored_m3[-1] / (SHAPE[0] * WALL * CELL_M**2)
    tail = result.final.depth_m[:, WALL + 3].mean()
    assert left == pytest.approx(max(lowest, tail), abs=0.8)
    assert left > lowest - 1e-6
    # Deep enough it still widens: from 1 m to more than 1.4 times its depth.
    assert record.breach.final_bottom_width_m > 1.0 + 1.4 * (CREST_M - 0.1 - lowest)


def test_the_bottom_is_no_wider_than_asked() -> None:
    record = run(dataclasses.replace(OVERTOPPED, largest_width_m=6.0), duration_s=700.0).dams[0].breach
    assert record is not None
    assert record.final_bottom_width_m == pytest.approx(6.0)


def test_a_pipe_grows_falls_in_and_goes_on_as_a_notch() -> None:
    result = run(PIPED, CREST_M - 0.5)
    record, breach = result.dams[0], result.dams[0].breach
    assert breach is not None
    assert breach.start_s == 50.0
    assert breach.start_s < breach.collapse_s < breach.full_depth_s
    assert [change.state for change in record.changes] == ["standing", "piping", "breaching", "breached"]
    growing = breach.pipe_diameter_m[(breach.time_s >= 60.0) & (breach.time_s < breach.collapse_s)]
    assert (np.diff(growing) > 0.0).all()
    assert growing[0] > 0.5
    assert (breach.pipe_diameter_m[breach.time_s > breach.collapse_s] == 0.0).all()
    # Through the pipe first, over the crest that has fallen in afterwards.
    assert record.passed_m3 > 50.0
    assert record.first_overflow_s >= breach.collapse_s
    assert record.overflow_m3 > 10.0 * record.passed_m3
    assert breach.outflow_m3 == pytest.approx(record.passed_m3 + record.overflow_m3, rel=1e-6)
    assert (np.diff(breach.eroded_series_m3) >= 0.0).all()


def test_a_pipe_begins_in_time_in_a_bowl_at_rest() -> None:
    for every_s in (7.0, 300.0):
        late = dataclasses.replace(PIPED, start_s=333.3)
        result = run(late, CREST_M - 1.0, settings=Settings(record_every_s=every_s, rest_speed_m_s=0.3))
        record = result.dams[0].breach
        assert record is not None
        assert record.start_s == pytest.approx(333.3)
        assert record.outflow_m3 > 1000.0
        assert result.steps > 20


def test_a_breach_waits_until_the_head_has_lasted() -> None:
    wave = Release.hydrograph(([2], [3]), [0.0, 600.0], [40.0, 40.0])
    pool = np.where(np.arange(SHAPE[1])[None, :] < WALL, CREST_M - 0.5, 0.0) * np.ones(SHAPE)
    starts = []
    for wait_s in (0.0, 60.0, 120.0):
        breach = dataclasses.replace(OVERTOPPED, start_head_m=0.2, start_after_s=wait_s)
        result = simulate(
            np.zeros(SHAPE), CELL_M, [Release.pool(pool), wave], Manning(0.03), [dam_of(breach)],
            duration_s=500.0, boundaries=OPEN_EAST,
        )  # fmt: skip
        record = result.dams[0].breach
        assert record is not None
        starts.append(record.start_s)
    # It starts while the head still rises, oscillates and is broken off: later by the wait or more.
    assert starts[0] > 30.0
    assert starts[1] >= starts[0] + 58.0
    assert starts[2] == pytest.approx(starts[1] + 60.0, abs=30.0)


@pytest.mark.parametrize("breach", [OVERTOPPED, PIPED])
def test_the_length_of_steps_matters_little(breach: Breach) -> None:
    peaks, full, gone = [], [], []
    for cfl in (0.45, 0.1):
        record = run(breach, settings=Settings(cfl=cfl)).dams[0].breach
        assert record is not None
        peaks.append(record.peak_m3_s)
        full.append(record.full_depth_s)
        gone.append(record.eroded_m3)
    assert peaks[0] == pytest.approx(peaks[1], rel=0.02)
    assert full[0] == pytest.approx(full[1], rel=0.02)
    assert gone[0] == pytest.approx(gone[1], rel=0.02)


def test_the_size_of_cells_matters_little() -> None:
    """The notch is metres wide whatever the cells are."""
    peaks = []
    for cell_m in (10.0, 25.0):
        shape = (round(150.0 / cell_m), round(700.0 / cell_m))
        wall = round(400.0 / cell_m)
        pool = np.broadcast_to(np.arange(shape[1])[None, :] < wall, shape)
        faces = CellFaces.between(pool, np.arange(shape[0]), np.full(shape[0], wall))
        dam = Dam("fill", faces, CREST_M, pool, (shape[0] // 2, wall - 1), breach=OVERTOPPED)
        depth = np.where(pool, CREST_M + 0.3, 0.0)
        result = simulate(
            np.zeros(shape), cell_m, [Release.pool(depth)], Manning(0.03), [dam],
            duration_s=1500.0, boundaries=OPEN_EAST,
        )  # fmt: skip
        assert result.dams[0].breach is not None
        peaks.append(result.dams[0].breach.peak_m3_s)
    assert peaks[1] == pytest.approx(peaks[0], rel=0.15)


@pytest.mark.parametrize("breach", [OVERTOPPED, PIPED])
def test_cells_beside_a_breach_are_awake(breach: Breach, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Mesh.visit
    skipping = run(breach, duration_s=600.0, solids=0.3)
    monkeypatch.setattr(Mesh, "visit", lambda mesh, everything=False: visit(mesh, True))
    visiting = run(breach, duration_s=600.0, solids=0.3)
    assert skipping.dams[0].overflow_m3 > 1000.0
    assert skipping.steps == visiting.steps
    for name in ("depth_max_m", "speed_max_m_s", "arrival_s", "deposit_m"):
        assert np.array_equal(getattr(skipping, name), getattr(visiting, name), equal_nan=True)


def test_an_upper_breach_overfills_the_lower_fill() -> None:
    """Two fills in a row; all that leaves the upper one, its own fill included, comes to the lower one."""
    bed = np.where(np.arange(SHAPE[1]) < 16, 4.0, 0.0) * np.ones(SHAPE)
    col = np.arange(SHAPE[1])[None, :]
    upper_pool, lower_pool = ((col >= low) & (col < high) & (bed > -1.0) for low, high in ((0, 16), (16, 28)))
    dams = []
    for name, pool, wall, crest in (("upper", upper_pool, 16, 12.0), ("lower", lower_pool, 28, 5.0)):
        faces = CellFaces.between(pool, np.arange(SHAPE[0]), np.full(SHAPE[0], wall))
        dams.append(Dam(name, faces, crest, pool, (2, wall - 1), breach=OVERTOPPED))
    depth = np.where(upper_pool, 8.3, 0.0)
    result = simulate(
        bed, CELL_M, [Release.pool(depth, solids_fraction=0.1)], Manning(0.03), dams,
        duration_s=1800.0, boundaries=OPEN_EAST,
    )  # fmt: skip
    upper, lower = result.dams
    assert upper.breach is not None
    assert lower.breach is not None
    assert upper.breach.start_s == 0.0
    assert lower.breach.start_s > lower.first_inflow_s
    assert lower.breach.full_depth_s > upper.breach.start_s
    assert lower.inflow_m3 == pytest.approx(upper.overflow_m3 + upper.eroded_fill_m3, rel=1e-9)
    solids = upper.solids_out_m3 + upper.eroded_fill_solids_m3
    assert lower.solids_in_m3 == pytest.approx(solids, rel=1e-9)
    # More went over the lower fill than the upper bowl held: the upper fill is among it.
    assert lower.overflow_m3 + lower.stored_end_m3 == pytest.approx(lower.inflow_m3, rel=1e-9)
    assert result.budget.eroded_fill_m3 == upper.eroded_fill_m3 + lower.eroded_fill_m3
    assert result.budget.relative_error < 1e-12


def test_a_breach_begins_where_it_is_told() -> None:
    for where in ((0, WALL - 1), (4, WALL)):
        result = run(dataclasses.replace(OVERTOPPED, where=where), duration_s=60.0)
        deepest = np.argmax(result.depth_max_m[:, WALL])
        assert deepest == where[0]


FILL_REFUSED = [
    ({"erodibility_cm3_n_s": -1.0}, "erodibility_cm3_n_s"),
    ({"erodibility_cm3_n_s": float("nan")}, "erodibility_cm3_n_s"),
    ({"critical_shear_pa": -5.0}, "critical_shear_pa"),
    ({"crest_width_m": 0.0}, "crest_width_m"),
    ({"upstream_slope": -0.1}, "upstream_slope"),
    ({"downstream_slope": 21.0}, "downstream_slope"),
    ({"manning_n": 0.0}, "manning_n"),
    ({"solids_fraction": 1.0}, "solids_fraction"),
    ({"saturation": 1.1}, "saturation"),
]
BREACH_REFUSED = [
    ({"kind": "sliding"}, "kind"),
    ({"start_head_m": -0.1}, "start_head_m"),
    ({"start_after_s": -1.0}, "start_after_s"),
    ({"notch_width_m": 0.0}, "notch_width_m"),
    ({"notch_depth_m": 0.0}, "notch_depth_m"),
    ({"side_slope": -1.0}, "side_slope"),
    ({"solids_cap": 0.9}, "solids_cap"),
    ({"widening": 11.0}, "widening"),
    ({"largest_width_m": 0.5}, "largest_width_m"),
    ({"bottom_elevation_m": float("nan")}, "bottom_elevation_m"),
    ({"where": (2.5, 3)}, "where"),
    ({"start_s": 5.0}, "start_s"),
    ({"pipe_elevation_m": 5.0}, "pipe_elevation_m"),
    ({"kind": "piping", "start_s": 5.0}, "pipe_elevation_m"),
    ({"kind": "piping", "pipe_elevation_m": 2.0}, "start_level_m"),
    ({"kind": "piping", "pipe_elevation_m": 2.0, "start_s": 5.0, "start_level_m": 5.0}, "start_level_m"),
    ({"kind": "piping", "pipe_elevation_m": 2.0, "start_level_m": 1.0}, "start_level_m"),
    ({"kind": "piping", "pipe_elevation_m": 2.0, "start_s": -1.0}, "start_s"),
    ({"kind": "piping", "pipe_elevation_m": 2.0, "start_s": 5.0, "pipe_diameter_m": 0.0}, "pipe_diameter_m"),
]
UNFIT = [
    ({"bottom_elevation_m": CREST_M + 1.0}, "bottom_elevation_m"),
    ({"where": (2, 3)}, "where"),
    ({"where": (99, 99)}, "where"),
    ({"kind": "piping", "pipe_elevation_m": CREST_M, "start_s": 5.0}, "pipe_elevation_m"),
    ({"kind": "piping", "pipe_elevation_m": -1.0, "start_s": 5.0}, "pipe_elevation_m"),
    ({"kind": "piping", "pipe_elevation_m": 2.0, "start_s": 1e5}, "start_s"),
]


@pytest.mark.parametrize(("change", "field"), FILL_REFUSED)
def test_an_impossible_fill_is_refused_by_name(change: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        dataclasses.replace(FILL, **change)
    assert caught.value.field == field


@pytest.mark.parametrize(("change", "field"), BREACH_REFUSED)
def test_an_impossible_breach_is_refused_by_name(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        Breach(FILL, **change)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert field in str(caught.value)


@pytest.mark.parametrize(("change", "field"), UNFIT)
def test_a_breach_that_does_not_fit_its_dam_is_refused_by_name(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidDam, match="dam fill") as caught:
        run(Breach(FILL, **change))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_breach_and_a_crest_given_over_time_exclude_each_other() -> None:
    good = dam_of(None)
    with pytest.raises(InvalidDam) as caught:
        Dam("two", good.faces, [8.0, 1.0], good.pool, good.gauge, time_s=[0.0, 9.0], breach=OVERTOPPED)
    assert caught.value.field == "breach"
