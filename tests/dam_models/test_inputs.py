"""Bad input is refused by name before anything is computed."""

import numpy as np
import pytest

from dam_models import (
    InvalidBed,
    InvalidDam,
    InvalidParameter,
    InvalidRelease,
    Manning,
    Mixture,
    Opening,
    Release,
    RunCancelled,
    Settings,
    Side,
    Voellmy,
    simulate,
)

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
        ({"sill_m": float("nan")}, "sill_m"),
        ({"discharge_coefficient": 1.5}, "discharge_coefficient"),
        ({"passed_solids_fraction": 0.7}, "passed_solids_fraction"),
    ],
)
def test_openings(arguments: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        Opening(**({"outfall": (1, 1), "sill_m": 0.0, "area_m2": 1.0} | arguments))  # type: ignore[arg-type]
    assert caught.value.field == field


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
