"""What is poured comes step by step while levels advance, all of it, and not before its time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import CellFaces, Dam, FlowResult, Manning, Opening, Release, Settings, simulate
from dam_models.kernels.pours import Pours
from dam_models.local_steps import LocalSteps, Passed
from dam_models.mesh import Visit
from dam_models.on_its_way import OnItsWay

_OUTFALL = (10, 45)


def _pond(duration_s: float = 240.0, start_s: float = 0.0, **more: object) -> FlowResult:
    """A deep pond, whose waves are fast, a large opening that lets it out onto a slope, and a river there."""
    bed = np.tile(np.where(np.arange(90.0) < 40.0, 80.0, 84.0 - 0.1 * np.arange(90.0)), (21, 1))
    bed[[0, -1], :41] = bed[:, 0] = 105.0
    pool = np.zeros(bed.shape, dtype=bool)
    pool[1:-1, 1:40] = True
    # Two openings that come out in one cell.
    openings = (Opening(_OUTFALL, 81.0, 5.0), Opening(_OUTFALL, 83.0, 4.0))
    faces = CellFaces.between(pool, np.arange(1, 20), np.full(19, 40))
    dam = Dam("pond", faces, 104.0, pool, (10, 30), openings)
    depth = np.where(pool, 16.0, 0.0)
    depth[pool] += 3.0 * np.cos(np.argwhere(pool)[:, 1] / 12.0)
    river = Release.triangle(([5, 6], [60, 60]), 9000.0, 100.0)
    later = Release.hydrograph((river.rows, river.cols), river.time_s + start_s, river.discharge_m3_s)
    return simulate(
        bed,
        10.0,
        [Release.pool(depth, solids_fraction=0.3), later],
        Manning(0.05),
        [dam],
        duration_s=duration_s,
        settings=Settings(**more),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def one_step() -> FlowResult:
    return _pond(local_steps=False)


def test_levels_go_on_while_something_is_poured(
    one_step: FlowResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = LocalSteps.march
    poured = [0, 0]

    def watched(
        levels: LocalSteps, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours
    ) -> list[Passed]:
        if pours.depths.any():
            poured[min(highest, 1)] += 1 << highest
        return plain(levels, visit, highest, step_s, time_s, pours)

    monkeypatch.setattr(LocalSteps, "march", watched)
    mine = _pond()
    assert poured[1] > 3 * poured[0] > 0
    assert mine.budget.released_m3 == pytest.approx(9000.0, rel=1e-12)
    assert abs(mine.budget.relative_error) < 1e-12
    passed = one_step.dams[0].passed_m3
    assert passed > 10_000.0
    assert mine.dams[0].passed_m3 == pytest.approx(passed, rel=1e-3)
    # In lumps of eight steps it would stand much deeper below the opening, and in the river's cells.
    for cell in (_OUTFALL, (5, 60)):
        assert mine.depth_max_m[cell] == pytest.approx(one_step.depth_max_m[cell], rel=0.03)


@pytest.mark.parametrize("threads", [1, 2])
def test_neither_threads_nor_single_passes_change_a_bit(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _pond(60.0, threads=threads)
    monkeypatch.setattr(LocalSteps, "_stands_alone", lambda levels, visit: False)
    parts = _pond(60.0)
    for name in ("depth_max_m", "speed_max_m_s", "arrival_s", "deposit_m"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name), err_msg=name)


@pytest.mark.parametrize("local_steps", [True, False])
def test_what_is_on_its_way_at_the_end_comes_out(local_steps: bool) -> None:
    result = _pond(20.0, local_steps=local_steps)
    below = 100.0 * float(result.final.depth_m[:, 40:].sum())
    assert result.budget.outflow_m3 == 0.0
    passed = result.dams[0].passed_m3
    assert passed > 1000.0
    assert below == pytest.approx(passed + result.budget.released_m3, rel=1e-12)
    solids = 100.0 * float((result.final.depth_m * result.final.solids_fraction)[:, 40:].sum())
    assert solids == pytest.approx(result.dams[0].solids_out_m3, rel=1e-9)
    assert solids > 0.05 * passed
    assert (result.depth_max_m >= result.final.depth_m).all()


def test_what_comes_out_is_late_by_no_more_than_a_march(monkeypatch: pytest.MonkeyPatch) -> None:
    longest, late = [0.0], [0.0]
    plain, leave = LocalSteps.march, OnItsWay.leave

    def watched(
        levels: LocalSteps, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours
    ) -> list[Passed]:
        longest.append(step_s * (1 << highest))
        return plain(levels, visit, highest, step_s, time_s, pours)

    def left(passed: OnItsWay, time_s: float, left_s: float) -> None:
        late.append(passed.late_s)
        leave(passed, time_s, left_s)

    monkeypatch.setattr(LocalSteps, "march", watched)
    monkeypatch.setattr(OnItsWay, "leave", left)
    _pond()
    assert max(longest) > 2.0
    assert 0.0 < max(late) <= 1.001 * max(longest)
    assert late[-1] < 0.1 * max(longest)


def test_a_later_hydrograph_comes_on_time() -> None:
    late, at_once = _pond(100.0, start_s=37.3), _pond(62.7)
    # The river's cells lie off the way of what comes through the opening.
    assert late.arrival_s[5, 60] == pytest.approx(37.3 + at_once.arrival_s[5, 60], abs=0.5)
    assert late.budget.released_m3 == pytest.approx(at_once.budget.released_m3, rel=1e-9)


@settings(deadline=None)
@given(
    gaps=st.lists(st.floats(0.5, 300.0), min_size=1, max_size=6),
    flows=st.lists(st.floats(0.0, 500.0), min_size=7, max_size=7),
    start=st.floats(0.0, 100.0),
    edges=st.lists(st.floats(0.0, 2000.0), min_size=2, max_size=9, unique=True),
    solids=st.floats(0.0, 0.8),
)
def test_parts_of_a_hydrograph_add_up_to_the_whole(
    gaps: list[float], flows: list[float], start: float, edges: list[float], solids: float
) -> None:
    time = start + np.concatenate([[0.0], np.cumsum(gaps)])
    discharge = np.array(flows[: time.size])
    discharge[0] += 1.0
    table = np.linspace(solids, 0.3, time.size)
    times = np.sort(np.array(edges))
    for fraction in (solids, table):
        release = Release.hydrograph(([1], [1]), time, discharge, solids_fraction=fraction)
        volumes, fractions = release.poured_between(times)
        whole, _ = release.poured(float(times[0]), float(times[-1]))
        total = release.volume_until(1e6)
        assert total == pytest.approx(np.trapezoid(discharge, time), rel=1e-12)
        assert volumes.sum() == pytest.approx(whole, rel=1e-9, abs=1e-9 * total)
        carried = whole * release.poured(float(times[0]), float(times[-1]))[1]
        assert (volumes * fractions).sum() == pytest.approx(carried, rel=1e-9, abs=1e-9 * total)
        assert (volumes >= 0.0).all()
        assert (fractions >= 0.0).all()
        assert (fractions <= 0.8).all()
        for volume, begin, end in zip(volumes, times, times[1:], strict=False):
            fine = np.unique(np.concatenate([[begin, end], time[(time > begin) & (time < end)]]))
            flow = np.interp(fine, time, discharge, left=0.0, right=0.0)
            inside = (fine[:-1] >= time[0]) & (fine[1:] <= time[-1])
            expected = float((np.diff(fine) * (flow[:-1] + flow[1:]) / 2.0)[inside].sum())
            whole_inside = begin >= time[0] and end <= time[-1]
            if whole_inside:
                assert volume == pytest.approx(expected, rel=1e-9, abs=1e-9 * total)
