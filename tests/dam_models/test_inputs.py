"""Bad input is refused by name before anything is computed."""

import numpy as np
import pytest

from dam_models import (
    Bingham,
    BySolids,
    CellFaces,
    Dam,
    ErodibleBed,
    Gauge,
    HerschelBulkley,
    InvalidBed,
    InvalidDam,
    InvalidParameter,
    InvalidRelease,
    Manning,
    Mixture,
    Opening,
    Release,
    RunCancelled,
    Section,
    Settings,
    Settling,
    Side,
    State,
    Voellmy,
    simulate,
)
from dam_models.checks import checked_state

BED = np.zeros((10, 10))
POOL = Release.pool(np.ones((10, 10)))


@pytest.mark.parametrize(
    ("bed", "cell_m", "field"),
    [
        (np.where(np.eye(10) > 0, np.nan, 0.0), 10.0, "bed_m"),
        (np.where(np.eye(10) > 0, np.inf, 0.0), 10.0, "bed_m"),
        (np.where(np.eye(10) > 0, -32_768.0, 700.0), 10.0, "bed_m"),
        (np.where(np.eye(10) > 0, 1e30, 700.0), 10.0, "bed_m"),
        (np.zeros(10), 10.0, "bed_m"),
        (BED, 0.0, "cell_size_m"),
        (BED, float("nan"), "cell_size_m"),
        (BED, -5.0, "cell_size_m"),
        (BED, 1e-300, "cell_size_m"),
        (BED, 0.009, "cell_size_m"),
        (BED, 10_001.0, "cell_size_m"),
        (BED, 1e200, "cell_size_m"),
    ],
)
def test_beds(bed: np.ndarray, cell_m: float, field: str) -> None:
    with pytest.raises(InvalidBed) as caught:
        simulate(bed, cell_m, [POOL], Manning(0.05))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Release.pool(-np.ones((3, 3))), "depth_m"),
        (lambda: Release.pool(np.full((3, 3), np.nan)), "depth_m"),
        (lambda: Release.pool(np.zeros((3, 3))), "depth_m"),
        (lambda: Release.pool(np.ones((3, 3)), solids_fraction=0.9), "solids_fraction"),
        (lambda: Release.hydrograph(([1], [1]), [0.0, 10.0, 5.0], [0.0, 1.0, 0.0]), "time_s"),
        (lambda: Release.hydrograph(([1], [1]), [0.0, 10.0], [0.0, -1.0]), "discharge_m3_s"),
        (lambda: Release.hydrograph(([1], [1]), [0.0, 10.0], [0.0, 0.0]), "discharge_m3_s"),
        (lambda: Release.hydrograph(([1], [1]), [0.0, float("nan")], [0.0, 1.0]), "time_s"),
        (lambda: Release.hydrograph(([1], [1]), [-5.0, 5.0], [0.0, 1.0]), "time_s"),
        (lambda: Release.hydrograph(([1], [1]), [0.0, 10.0], [0.0, np.nan]), "discharge_m3_s"),
        (lambda: Release.hydrograph(([1, 1], [2, 2]), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.hydrograph(([], []), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.hydrograph(([5.9], [5]), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.hydrograph(([5], [np.nan]), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.hydrograph(([5], [1e300]), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.hydrograph(([True], [False]), [0.0, 10.0], [0.0, 1.0]), "cells"),
        (lambda: Release.triangle(([1], [1]), -5.0, 10.0), "volume_m3"),
        (lambda: Release.triangle(([1], [1]), 0.0, 10.0), "volume_m3"),
        (lambda: Release.triangle(([1], [1]), 5.0, 0.0), "peak_m3_s"),
        (lambda: Release.triangle(([1], [1]), 5.0, 1.0, rise_share=1.0), "rise_share"),
    ],
)
def test_releases(make: object, field: str) -> None:
    with pytest.raises(InvalidRelease) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field


def test_releases_that_do_not_fit_the_grid() -> None:
    with pytest.raises(InvalidRelease, match="outside the grid"):
        simulate(BED, 10.0, [Release.triangle(([50], [1]), 100.0, 10.0)], Manning(0.05))
    with pytest.raises(InvalidRelease, match="shape"):
        simulate(BED, 10.0, [Release.pool(np.ones((4, 4)))], Manning(0.05))


@pytest.mark.parametrize(("start_s", "refused"), [(599.0, False), (600.0, True), (900.0, True)])
def test_a_release_after_the_end_is_refused(start_s: float, refused: bool) -> None:
    late = Release.hydrograph(([5], [5]), [start_s, start_s + 10.0], [1.0, 1.0])
    dry = Release.hydrograph(([5], [5]), [0.0, start_s, start_s + 10.0], [0.0, 0.0, 1.0])
    for release in (late, dry):
        if refused:
            with pytest.raises(InvalidRelease, match="before the end at 600 s") as caught:
                simulate(BED, 10.0, [POOL, release], Manning(0.05), duration_s=600.0)
            assert caught.value.field == "time_s"
        else:
            done = simulate(BED, 10.0, [release], Manning(0.05), duration_s=600.0)
            assert done.budget.released_m3 == pytest.approx(release.volume_until(600.0))
            assert done.budget.released_m3 > 0.0


def test_whole_floats_name_the_same_cells_as_integers() -> None:
    as_floats = Release.hydrograph(([5.0, 6.0], [2.0, 3.0]), [0.0, 10.0], [0.0, 1.0])
    np.testing.assert_array_equal(as_floats.rows, [5, 6])
    assert as_floats.rows.dtype == as_floats.cols.dtype == np.int64
    assert Gauge("whole", np.int64(5), 2.0) == Gauge("whole", 5, 2)  # type: ignore[arg-type]


def _state(**changed: np.ndarray) -> State:
    zeros, half = np.zeros((10, 10)), np.full((10, 10), 0.5)
    fields = {"depth_m": half, "u_m_s": zeros, "v_m_s": zeros, "solids_fraction": half} | changed
    return State(**fields)


def _with(row: int, value: float) -> np.ndarray:
    field = np.full((10, 10), 0.5)
    field[row, 3] = value
    return field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"solids_fraction": _with(3, 5.0)}, "solids_fraction"),
        ({"solids_fraction": _with(3, -1.0)}, "solids_fraction"),
        ({"solids_fraction": _with(3, 1.0 + 1e-6)}, "solids_fraction"),
        ({"solids_fraction": _with(3, np.nan)}, "solids_fraction"),
        ({"depth_m": _with(3, -0.1)}, "depth_m"),
        ({"depth_m": np.ones((4, 4))}, "depth_m"),
        ({"u_m_s": _with(3, np.inf)}, "u_m_s"),
        ({"v_m_s": np.ones(10)}, "v_m_s"),
    ],
)
def test_states_to_start_from(changed: dict[str, np.ndarray], field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        simulate(BED, 10.0, [], Manning(0.05), initial=_state(**changed))
    assert caught.value.field == field


def test_rounding_of_the_solids_of_a_state_is_cut_off() -> None:
    solids = _with(3, 1.0 + 1e-12)
    solids[4, 3] = -1e-12
    initial = checked_state(_state(solids_fraction=solids), (10, 10))
    assert initial.solids_fraction[3, 3] == 1.0
    assert initial.solids_fraction[4, 3] == 0.0
    assert solids[4, 3] == -1e-12
    # Where there is no flow its solids mean nothing.
    checked_state(_state(depth_m=_with(3, 0.0), solids_fraction=_with(3, 7.0)), (10, 10))


def _section(name: str = "a", up: object = None, down: object = None) -> Section:
    row = np.arange(10)[:, None] * np.ones(10)
    return Section(name, row == 4 if up is None else up, row == 5 if down is None else down)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sections",
    [
        [_section(up=np.ones((4, 4), bool))],
        [_section(down=np.ones((10, 11), bool))],
        [_section(up=np.ones((11, 11), bool), down=np.ones((11, 11), bool))],
        [_section(up=np.ones(10, bool))],
        [_section("a"), _section("b"), _section("a")],
        [_section(down=np.zeros((10, 10), bool))],
    ],
)
def test_sections(sections: list[Section]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        simulate(BED, 10.0, [POOL], Manning(0.05), sections=sections, duration_s=1.0)
    assert caught.value.field == "sections"


@pytest.mark.parametrize("crest_m", [1e9, -1e9, 10_001.0])
def test_a_crest_above_every_mountain(crest_m: float) -> None:
    pool = np.zeros((10, 10), dtype=bool)
    pool[4:6, 4:6] = True
    dam = Dam("high", CellFaces.between(pool, [4, 5], [6, 6]), crest_m, pool, (4, 5), held_by_bed=True)
    with pytest.raises(InvalidDam) as caught:
        simulate(BED, 10.0, [POOL], Manning(0.05), [dam])
    assert caught.value.field == "crest_m"


def test_a_face_between_cells() -> None:
    with pytest.raises(InvalidDam) as caught:
        CellFaces([4.5], [5], [True])
    assert caught.value.field == "faces"


def test_a_bed_of_which_nothing_can_be_taken() -> None:
    with pytest.raises(InvalidBed) as caught:
        ErodibleBed(BED)
    assert caught.value.field == "depth_m"
    assert ErodibleBed(BED, settling=Settling()).settling is not None


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Voellmy(-0.1, 500.0), "mu"),
        (lambda: Voellmy(0.1, 0.0), "xi_m_s2"),
        (lambda: Voellmy(float("nan"), 500.0), "mu"),
        (lambda: Manning(-0.01), "n"),
        (lambda: Mixture(Voellmy(0.1, 500.0), Manning(0.05), 0.0), "solids_reference"),
        (lambda: Settings(cfl=0.9), "cfl"),
        (lambda: Settings(dry_depth_m=0.0), "dry_depth_m"),
        (lambda: Settings(max_memory_mb=0.0), "max_memory_mb"),
        (lambda: Settings(max_memory_mb=float("nan")), "max_memory_mb"),
        (lambda: Settings(max_memory_mb=float("inf")), "max_memory_mb"),
        (lambda: Settings(threads=2.5), "threads"),  # type: ignore[arg-type]
        (lambda: Settings(threads=2.0), "threads"),  # type: ignore[arg-type]
        (lambda: Settings(threads=True), "threads"),
        (lambda: Settings(order=1.0), "order"),  # type: ignore[arg-type]
        (lambda: Settings(max_steps=10.5), "max_steps"),  # type: ignore[arg-type]
        (lambda: Settings(rest_speed_m_s=float("inf")), "rest_speed_m_s"),
        (lambda: Settings(threshold_depth_m=float("inf")), "threshold_depth_m"),
        (lambda: Settings(record_every_s=float("inf")), "record_every_s"),
        (lambda: Gauge("between", 5.7, 2), "gauges"),  # type: ignore[arg-type]
        (lambda: Gauge("between", 5, 2.2), "gauges"),  # type: ignore[arg-type]
        (lambda: Gauge("nowhere", float("nan"), 2), "gauges"),  # type: ignore[arg-type]
        (lambda: Gauge("many", [5, 6], 2), "gauges"),  # type: ignore[arg-type]
        (lambda: HerschelBulkley(0.0, 1e-300, 0.1), "consistency_pa_sn"),
        (lambda: HerschelBulkley(0.0, BySolids(1e-9, 1.0), 0.1), "consistency_pa_sn"),
        (lambda: Bingham(0.0, 1e-7), "viscosity_pa_s"),
        (lambda: Side("leaky"), "boundaries"),  # type: ignore[arg-type]
        (lambda: simulate(BED, 10.0, [POOL], Manning(0.05), duration_s=0.0), "duration_s"),
        (lambda: simulate(BED, 10.0, [POOL], Manning(0.05), duration_s=float("nan")), "duration_s"),
    ],
)
def test_parameters(make: object, field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"area_m2": 0.0}, "area_m2"),
        ({"outfall": (5.5, 2)}, "outfall"),
        ({"sill_m": float("nan")}, "sill_m"),
        ({"discharge_coefficient": 1.5}, "discharge_coefficient"),
        ({"passed_solids_fraction": 0.7}, "passed_solids_fraction"),
    ],
)
def test_openings(arguments: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        Opening(**({"outfall": (1, 1), "sill_m": 0.0, "area_m2": 1.0} | arguments))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_the_thinnest_mud_that_is_allowed_stays_finite() -> None:
    pool = np.zeros((10, 10))
    pool[4:6, 4:6] = 2.0
    done = simulate(BED, 10.0, [Release.pool(pool)], HerschelBulkley(0.0, 1e-6, 0.1), duration_s=5.0)
    assert np.isfinite(done.speed_max_m_s).all()
    assert done.steps > 1


def test_a_run_can_be_stopped_from_its_progress() -> None:
    seen: list[float] = []

    def stop(share: float, message: str) -> None:
        seen.append(share)
        if len(seen) == 3:
            raise RunCancelled("enough")

    release = Release.triangle(([5], [5]), 10_000.0, 20.0)
    with pytest.raises(RunCancelled):
        simulate(BED, 10.0, [release], Manning(0.05), duration_s=3600.0, progress=stop)
    assert seen == sorted(seen)
    assert seen[-1] < 1.0


def test_a_hydrograph_is_integrated_exactly() -> None:
    release = Release.triangle(([1], [1]), 9000.0, 30.0, rise_share=0.25)
    assert release.end_s == pytest.approx(600.0)
    assert release.volume_until(150.0) == pytest.approx(0.25 * 9000.0)
    assert release.volume_until(1e9) == pytest.approx(9000.0)
    assert release.volume_until(100.0) == pytest.approx(0.5 * 100.0 * 20.0)


@pytest.mark.parametrize("mark", [-9999.0, -32767.0, -3.4e38, 1e20])
def test_a_mark_for_no_data_is_no_ground(mark: float) -> None:
    bed = np.zeros((5, 5))
    bed[2, 2] = mark
    with pytest.raises(InvalidBed, match="no-data") as refused:
        simulate(bed, 10.0, [], Manning(0.05), duration_s=1.0)
    assert refused.value.field == "bed_m"


def test_masked_cells_are_no_ground() -> None:
    bed = np.ma.masked_equal(np.where(np.eye(5) > 0.0, -1.0, 10.0), -1.0)
    with pytest.raises(InvalidBed, match="masked") as refused:
        simulate(bed, 10.0, [], Manning(0.05), duration_s=1.0)
    assert refused.value.field == "bed_m"
