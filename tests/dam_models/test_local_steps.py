"""Cells whose waves are slow take longer steps; nothing is lost, and who rests goes on resting."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Coulomb,
    Dam,
    FlowResult,
    Manning,
    Opening,
    Release,
    Section,
    Settings,
    Voellmy,
    flow,
    simulate,
)
from dam_models.kernels import march
from dam_models.kernels.fields import Indices
from dam_models.kernels.pours import Pours
from dam_models.local_steps import LocalSteps, Passed
from dam_models.mesh import Mesh, Visit
from tests.dam_models.test_visiting import _same


class _Watch:
    """Counts the steps of level 0 by how many levels went with them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = [0, 0, 0, 0]
        self.given_up = 0
        plain = LocalSteps.march

        def watched(
            levels: LocalSteps, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours
        ) -> list[Passed]:
            passed = plain(levels, visit, highest, step_s, time_s, pours)
            self.steps[highest] += len(passed)
            self.given_up += not passed
            return passed

        monkeypatch.setattr(LocalSteps, "march", watched)

    @property
    def share(self) -> float:
        """Share of the steps that had levels."""
        return 1.0 - self.steps[0] / sum(self.steps)


def _force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have as many levels as can be, worth it or not."""

    def highest(levels: LocalSteps, visit: Visit, limit_s: float, poured: Indices) -> int:
        if visit.fastest_m_s <= 0.0:
            return 0
        shortest = levels._settings.cfl * levels._cell / visit.fastest_m_s
        allowed = min(levels._cap, int(np.log2(max(1.0, limit_s / shortest))))
        levels._assign(visit, shortest, poured)
        return max(0, allowed)

    monkeypatch.setattr(LocalSteps, "highest", highest)


def _by_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a preview go through lists of cells in levels, as it does with a breach, not through tiles."""
    monkeypatch.setattr(flow._Run, "_goes_by_tiles", staticmethod(lambda *_: False))


def _gully(**more: Any) -> FlowResult:
    """A stream that stands deep behind a dam which it overflows, and runs on thinly below it."""
    along = np.arange(90.0)
    fall = np.where(along < 30.0, 3.0 * along, 90.0 + 0.8 * (along - 30.0))
    bed = 500.0 - fall + np.where(along < 60.0, 3.0, 0.2) * np.abs(np.arange(25.0) - 12.0)[:, None]
    bed += 0.1 * np.random.default_rng(5).uniform(size=bed.shape)
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, 24:41] = bed[:, 24:41] < bed[12, 40] + 16.0
    rows = np.flatnonzero(pool[:, 40])
    crest = bed[12, 40] + 14.0
    opening = Opening((12, 43), float(bed[12, 40]), 1.0)
    dam = Dam(
        "deep", CellFaces.between(pool, rows, np.full(rows.size, 41)), crest, pool, (12, 40), (opening,)
    )
    return simulate(
        bed,
        10.0,
        [Release.triangle(([11, 12, 13], [2, 2, 2]), 150_000.0, 500.0, solids_fraction=0.4)],
        Voellmy(0.02, 400.0),
        [dam],
        duration_s=1200.0,
        sections=[Section.across_cols("below", bed.shape, 50)],
        settings=Settings(**more),
    )


@pytest.fixture(scope="module")
def with_levels() -> FlowResult:
    return _gully()


@pytest.fixture(scope="module")
def with_one_step() -> FlowResult:
    return _gully(local_steps=False)


def test_levels_are_used_and_give_what_one_step_gives(
    with_levels: FlowResult, with_one_step: FlowResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = _Watch(monkeypatch)
    _same(with_levels, _gully())
    assert watch.share > 0.3
    mine, other = with_levels.dams[0], with_one_step.dams[0]
    assert other.overflow_m3 > 10_000.0
    assert mine.overflow_m3 == pytest.approx(other.overflow_m3, rel=0.02)
    assert mine.inflow_m3 == pytest.approx(other.inflow_m3, rel=0.005)
    assert mine.passed_m3 == pytest.approx(other.passed_m3, rel=0.01)
    assert mine.first_overflow_s == pytest.approx(other.first_overflow_s, abs=5.0)
    wet = with_one_step.depth_max_m > 0.3
    deeper = np.abs(with_levels.depth_max_m - with_one_step.depth_max_m)[wet]
    assert deeper.mean() < 0.02
    late = np.abs(with_levels.arrival_s - with_one_step.arrival_s)[wet]
    assert np.nanmedian(late) < 1.0


def test_what_leaves_one_level_arrives_at_the_other(with_levels: FlowResult) -> None:
    budget = with_levels.budget
    assert abs(budget.relative_error) < 1e-12
    section, end = with_levels.sections[0], with_levels.final
    below = 100.0 * float(end.depth_m[:, 51:].sum())
    assert below > 1_000.0
    assert section.volume_m3 == pytest.approx(below + budget.outflow_m3, rel=1e-9)
    dam = with_levels.dams[0]
    balance = dam.inflow_m3 - dam.overflow_m3 - dam.passed_m3
    assert dam.stored_end_m3 == pytest.approx(balance, abs=1e-6 * dam.inflow_m3)


@pytest.mark.parametrize("order", [1, 2])
def test_leaving_out_what_rests_changes_no_bit_with_levels(
    order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _by_lists(monkeypatch)
    skipping = _gully(order=order)
    watch = _Watch(monkeypatch)
    visit = Mesh.visit
    monkeypatch.setattr(Mesh, "visit", lambda mesh, everything=False: visit(mesh, True))
    _same(skipping, _gully(order=order))
    assert watch.share > 0.3


def test_pass_by_pass_changes_no_bit(with_levels: FlowResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalSteps, "_stands_alone", lambda levels, visit: False)
    watch = _Watch(monkeypatch)
    _same(with_levels, _gully())
    assert watch.share > 0.3


def test_what_is_given_up_leaves_no_trace(with_one_step: FlowResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalSteps, "_stands_alone", lambda levels, visit: False)
    monkeypatch.setattr(march, "LIMIT", 0.0)
    watch = _Watch(monkeypatch)
    _same(with_one_step, _gully())
    assert watch.given_up > 20
    assert watch.share == 0.0


def test_a_front_that_outruns_its_level_is_taken_back_in_one_call_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bed = np.tile(-2.0 * np.arange(80.0), (9, 1))
    depth = np.zeros(bed.shape)
    depth[3:6, 10:14] = 8.0

    def run() -> FlowResult:
        return simulate(bed, 10.0, [Release.pool(depth)], Manning(0.03), duration_s=30.0)

    _force(monkeypatch)
    watch = _Watch(monkeypatch)
    at_once = run()
    given_up = watch.given_up
    assert given_up > 0
    assert abs(at_once.budget.relative_error) < 1e-12
    monkeypatch.setattr(LocalSteps, "_stands_alone", lambda levels, visit: False)
    _same(at_once, run())
    assert watch.given_up == 2 * given_up


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("base_m", [0.0, 3000.0])
def test_a_lake_with_levels_stays_at_rest(base_m: float, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _by_lists(monkeypatch)
    rng = np.random.default_rng(3)
    shelf = np.where(np.arange(48.0) < 16.0, 30.0, 3.0)
    bed = base_m - shelf + rng.uniform(-1.0, 1.0, (40, 48))
    bed[[0, -1]] = bed[:, [0, -1]] = base_m + 5.0
    depth = np.maximum(0.0, base_m - bed)
    _force(monkeypatch)
    watch = _Watch(monkeypatch)
    # Visited again and again, however much it rests.
    visit = Mesh.visit

    def stirred(mesh: Mesh, everything: bool = False) -> Visit:
        mesh.block_changed[1 : mesh.block_count] = 1
        return visit(mesh, everything)

    monkeypatch.setattr(Mesh, "visit", stirred)
    result = simulate(
        bed,
        5.0,
        [Release.pool(depth)],
        Manning(0.0),
        duration_s=60.0,
        boundaries=Boundaries.walls(),
        settings=Settings(order=order),
    )
    assert watch.share > 0.9
    assert np.hypot(result.final.u_m_s, result.final.v_m_s).max() < 1e-10
    wet = depth > 0.0
    level = (bed + result.final.depth_m)[wet]
    assert np.abs(level - base_m).max() < 1e-12 * max(1.0, np.abs(bed).max())


def test_a_deposit_beside_a_fast_flow_stays_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    across = np.arange(40.0)[:, None]
    bed = -0.5 * np.arange(60.0) + np.where(across < 12.0, 3.0, 0.0) + 0.0 * across
    depth = np.zeros(bed.shape)
    depth[20:30, 4:20] = 6.0
    deposit = np.zeros(bed.shape)
    deposit[2:10, 10:50] = 0.8
    _force(monkeypatch)
    result = simulate(bed, 10.0, [Release.pool(depth + deposit)], Coulomb(0.15), duration_s=40.0)
    assert result.speed_max_m_s[20:30, 4:20].max() > 2.0
    np.testing.assert_array_equal(result.final.depth_m[3:9, 12:48], deposit[3:9, 12:48])


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rough=st.floats(0.0, 3.0),
    deep=st.floats(0.5, 25.0),
    order=st.sampled_from([1, 2]),
    mu=st.floats(0.0, 0.3),
)
def test_levels_keep_the_volume(seed: int, rough: float, deep: float, order: int, mu: float) -> None:
    rng = np.random.default_rng(seed)
    bed = rng.uniform(-rough, rough, (24, 30)) - np.linspace(0.0, 10.0, 30)
    depth = np.zeros(bed.shape)
    depth[8:14, 2:9] = deep
    depth[3:20, 12:20] += rng.uniform(0.0, 0.5, (17, 8))
    with pytest.MonkeyPatch.context() as monkeypatch:
        _by_lists(monkeypatch)
        _force(monkeypatch)
        result = simulate(
            bed,
            10.0,
            [Release.pool(depth, solids_fraction=0.3)],
            Voellmy(mu, 500.0),
            duration_s=60.0,
            boundaries=Boundaries.walls(),
            settings=Settings(order=order),
        )
    assert abs(result.budget.relative_error) < 1e-10
    assert result.final.depth_m.min() >= 0.0
    solids = (result.final.depth_m * result.final.solids_fraction).sum()
    assert solids == pytest.approx(0.3 * depth.sum(), rel=1e-9)
