"""The arithmetic of the engine's benchmark, and that its parts still fit the engine they watch."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import engine, peers, reference_kernel, srtm
from benchmarks.assembly import packed
from benchmarks.common_case import Ground, Timed, by_reference, off_by, settings_with
from benchmarks.gorge import Event
from benchmarks.layer import slide
from benchmarks.measure import Measurement, Sheet
from benchmarks.passes import fastest
from dam_models import Release, Voellmy, simulate
from dam_models.validation.common_case import PEERS, Answer


def timed(cpu_s: tuple[float, ...], wall_s: tuple[float, ...], off: float = 0.5) -> Timed:
    return Timed(cpu_s, wall_s, 775, 200.0, off)


def test_the_fastest_of_several_runs_counts() -> None:
    row = engine.in_cpu_s("10 m", timed((1.3, 0.9, 1.1), (2.0, 1.0, 3.0)), 1.0, timed((2.0, 1.8), (2.0, 2.0)))
    assert (row.measured, row.reference_measured, row.verdict) == (0.9, 1.8, "within")


def test_a_gain_below_what_is_wanted_is_missed() -> None:
    one, plain = timed((6.0,), (6.0,)), timed((8.0,), (8.0,))
    wall, gain = engine.on_two_threads(one, timed((6.4,), (4.1,)), plain)
    assert (wall.measured, wall.verdict) == (4.1, "within")
    assert gain.measured == pytest.approx(6.0 / 4.1)
    assert gain.verdict == "missed"
    assert engine.on_two_threads(one, timed((6.4,), (4.0,)), plain)[1].verdict == "reached"


@pytest.mark.parametrize(("off", "word"), [(0.99, "within"), (1.01, "OUTSIDE"), (math.nan, "OUTSIDE")])
def test_a_time_is_shown_with_how_right_the_answer_is(off: float, word: str) -> None:
    assert word in engine.answer_note(timed((1.0,), (1.0,), off))


def test_off_by_is_one_where_a_tolerance_is_used_up() -> None:
    middle = PEERS["Kestrel, 10 m"]
    assert off_by(middle) == 0.0
    # The front may lie 20 m beyond the range at 10 m, which ends at 2135 m.
    assert off_by(Answer(middle.arrival_s, middle.depth_m, middle.speed_m_s, 2155.0)) == pytest.approx(1.0)
    never = (*middle.arrival_s[:3], math.nan)
    assert math.isnan(off_by(Answer(never, middle.depth_m, middle.speed_m_s, 2135.0)))


def test_the_table_of_others_is_complete_and_says_where_it_comes_from() -> None:
    found = peers.read()
    assert "AMD EPYC" in found.measured
    by_name = {peer.name.split()[0]: peer for peer in found.all if "Manning" not in peer.name}
    assert {"AvaFrame", "Kestrel", "GeoClaw", "r.avaflow"} <= set(by_name)
    assert by_name["AvaFrame"].cpu_s == {20.0: 43.9, 10.0: 168.6, 5.0: 669.5}


def test_a_peer_without_a_time_is_an_error(tmp_path: Path) -> None:
    table = tmp_path / "peers.toml"
    table.write_text('measured = "now"\n[[peer]]\nname = "none"\nmethod = ""\ncpu_s = { 10 = 0.0 }\n')
    with pytest.raises(ValueError, match="none has no processor time"):
        peers.read(table)


def test_without_real_terrain_the_gorge_is_left_out_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(srtm.VARIABLE, raising=False)
    (sheet,) = engine.real_gorge(tmp_path)
    assert isinstance(sheet, Sheet)
    assert srtm.VARIABLE in sheet.rows[0][0]


def test_a_named_folder_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(srtm.VARIABLE, "no-such-folder")
    with pytest.raises(NotADirectoryError, match="no-such-folder"):
        srtm.data_folder()


def test_an_event_is_held_against_the_budget_of_its_size_and_order() -> None:
    event = Event(9.0, 11.0, 3.0, 12000, 10800.0, False, 2_000_000, 7000, 500.0)
    second = engine.event_measurement("the event", 30.0, 2, event, 2, timed((1.0,), (1.0,)))
    preview = engine.event_measurement("the event", 30.0, 1, event, 1, timed((1.0,), (1.0,)))
    assert isinstance(second, Measurement)
    assert (second.budget, second.verdict, preview.budget) == (10.0, "over", 3.0)
    assert "0.75 ms" in second.note


def test_the_reference_kernel_answers_the_case_and_keeps_the_volume() -> None:
    ground = Ground.of(20.0)
    answer, steps = by_reference(ground)
    # Its grid is twice as coarse as the tolerance is made for.
    assert off_by(answer) < 1.5
    assert 200 < steps < 400
    found = reference_kernel.run(
        ground.pool_m, ground.bed_m, np.full(ground.bed_m.shape, 9.5), 20.0, 0.1, 400.0, 20.0
    )
    assert found["depth_m"].sum() == pytest.approx(ground.pool_m.sum(), rel=1e-12)


def _small_flow() -> object:
    bed = np.tile(-0.2 * 5.0 * np.arange(24.0), (16, 1))
    pool = np.zeros_like(bed)
    pool[6:10, 4:8] = 3.0
    settings = settings_with(1, local_steps=False)
    return simulate(bed, 5.0, [Release.pool(pool)], Voellmy(0.1, 400.0), duration_s=10.0, settings=settings)


def test_watching_a_run_finds_its_passes_and_leaves_the_engine_as_it_was() -> None:
    before = _small_flow()
    watched = fastest(_small_flow, repeats=2)
    after = _small_flow()
    assert np.array_equal(before.depth_max_m, after.depth_max_m)  # type: ignore[attr-defined]
    assert watched.steps == before.steps  # type: ignore[attr-defined]
    assert 0 < watched.wet_cell_steps <= watched.cell_steps
    assert 100 < watched.bytes_per_cell < 2000
    every_step = [each for each in watched.passes.values() if each.calls >= watched.steps]
    assert {"fluxes", "advance"} <= {each.name for each in every_step}
    assert 0.0 < sum(each.cpu_s for each in watched.passes.values()) < watched.cpu_s


def test_a_uniform_layer_keeps_all_its_cells_wet() -> None:
    watched = slide(12, 10)
    assert 8 <= watched.steps <= 14
    # The cells and the ghosts around them.
    assert 12 * 12 <= watched.wet_cell_steps / watched.steps <= 14 * 14


def test_packed_instructions_are_told_from_single_ones() -> None:
    assert packed("\tvsqrtpd\t(%rax), %ymm0\n\tvdivsd\t%xmm0, %xmm1, %xmm2\n") == {
        "root": True,
        "division": False,
        "simple": False,
    }
    assert packed("\tfdiv\tv0.2d, v1.2d, v2.2d\n\tfsqrt\td0, d1\n")["division"]
