"""What a step leaves out, and who shares it, changes nothing: not one bit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from dam_models import (
    CellFaces,
    Dam,
    ErodibleBed,
    FlowResult,
    Manning,
    Mixture,
    Opening,
    Release,
    Rheology,
    Settings,
    Settling,
    Voellmy,
    crew,
    flow,
    simulate,
)
from dam_models.kernels.fields import CHUNK, WholeNumbers
from dam_models.mesh import Mesh, Visit
from dam_models.tile_mesh import TileMesh

RASTERS = (
    "depth_max_m",
    "speed_max_m_s",
    "momentum_max_m2_s",
    "intensity_max_m3_s2",
    "arrival_s",
    "deposit_m",
    "bed_change_m",
)


def _valley() -> np.ndarray:
    """A steep gully that opens onto a gentle plain."""
    along = np.arange(70.0)
    fall = np.where(along < 30.0, 4.0 * along, 120.0 + 0.3 * (along - 30.0))
    across = np.abs(np.arange(31.0) - 15.0)
    walls = np.where(along < 30.0, 3.0, 0.05) * across[:, None]
    ripple = 0.1 * np.random.default_rng(5).uniform(size=(31, 70))
    return np.asarray(500.0 - fall + walls + ripple)


def _run(rheology: Rheology, *, with_dam: bool = False, erodes: bool = False, **settings: Any) -> FlowResult:
    bed = _valley()
    dams: Sequence[Dam] = ()
    if with_dam:
        pool = np.zeros(bed.shape, dtype=bool)
        pool[:, 18:25] = bed[:, 18:25] < bed[15, 24] + 8.0
        rows = np.flatnonzero(pool[:, 24])
        opening = Opening((15, 27), float(bed[15, 24]), 1.0)
        faces = CellFaces.between(pool, rows, np.full(rows.size, 25))
        dams = [Dam("small", faces, bed[15, 24] + 6.0, pool, (15, 24), (opening,))]
    erodible = None
    if erodes:
        erodible = ErodibleBed(np.full(bed.shape, 0.5), critical_shear_pa=500.0, settling=Settling())
    return simulate(
        bed,
        10.0,
        [Release.triangle(([15, 15], [2, 3]), 60_000.0, 400.0, solids_fraction=0.45)],
        rheology,
        dams,
        duration_s=1500.0,
        settings=Settings(**settings),
        erodible=erodible,
    )


def _same(first: FlowResult, second: FlowResult) -> None:
    for name in RASTERS:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    for name in ("depth_m", "u_m_s", "v_m_s", "solids_fraction"):
        np.testing.assert_array_equal(getattr(first.final, name), getattr(second.final, name), err_msg=name)
    assert first.budget == second.budget
    assert (first.steps, first.end_s, first.at_rest) == (second.steps, second.end_s, second.at_rest)
    for mine, other in zip(first.dams, second.dams, strict=True):
        np.testing.assert_array_equal(mine.stored_m3, other.stored_m3)
        np.testing.assert_array_equal(mine.passed_m3_s, other.passed_m3_s)


CASES = [
    pytest.param(Voellmy(0.12, 300.0), {}, id="deposit"),
    pytest.param(Mixture(Voellmy(0.12, 300.0), Manning(0.05), 0.45), {"with_dam": True}, id="dam"),
    pytest.param(Voellmy(0.12, 300.0), {"erodes": True}, id="erodible"),
    pytest.param(Voellmy(0.12, 300.0), {"order": 1, "with_dam": True}, id="preview"),
    pytest.param(
        Voellmy(0.12, 300.0), {"order": 1, "with_dam": True, "local_steps": False}, id="preview step by step"
    ),
]


@pytest.mark.parametrize(("rheology", "more"), CASES)
def test_leaving_out_what_rests_changes_no_bit(
    rheology: Rheology, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out: list[float] = []
    kind = TileMesh if more.get("order") == 1 else Mesh
    monkeypatch.setattr(flow, "pays_by_tiles", lambda releases: True)
    visit = kind.visit

    def watched(mesh: Mesh, everything: bool = False) -> Visit:
        seen = visit(mesh, everything)
        left_out.append(1.0 - (seen.with_ghosts.size + 1) / mesh.cell_count)
        return seen

    monkeypatch.setattr(kind, "visit", watched)
    skipping = _run(rheology, **more)
    # Without this the comparison would say nothing.
    assert max(left_out) > 0.2
    monkeypatch.setattr(kind, "visit", lambda mesh, everything=False: visit(mesh, True))
    _same(skipping, _run(rheology, **more))


@pytest.mark.parametrize(("rheology", "more"), CASES[:2])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(
    rheology: Rheology, more: dict[str, Any], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = _run(rheology, **more)
    # So small a flow would not be split.
    monkeypatch.setattr(crew, "_SMALLEST_PART", CHUNK)
    monkeypatch.setattr(crew, "_SMALLEST_SHARE", CHUNK)
    parts: list[int] = []
    teams: list[int] = []
    share, together = crew.Crew.share, crew.Crew.together

    def watched(hands: crew.Crew, n: int, work: crew.Work) -> list[Any]:
        results = share(hands, n, work)
        parts.append(len(results))
        return results

    def joined(hands: crew.Crew, team: int, places: WholeNumbers, work: crew.Joint) -> Any:
        teams.append(team)
        return together(hands, team, places, work)

    monkeypatch.setattr(crew.Crew, "share", watched)
    monkeypatch.setattr(crew.Crew, "together", joined)
    _same(alone, _run(rheology, threads=threads, **more))
    assert max(parts) == threads
    assert max(teams) == threads


def test_an_error_in_another_thread_reaches_the_caller() -> None:
    def work(begin: int, end: int) -> int:
        if begin > 0:
            raise ValueError("the second part fails")
        return end

    with crew.Crew(2) as hands, pytest.raises(ValueError, match="the second part fails"):
        hands.share(100 * crew._SMALLEST_PART, work)
