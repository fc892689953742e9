from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geodata import DamSite, Grid, River, Weir
from geodata.course_raster import course_cells, enforce_courses
from geodata.dam_placing import place_dam
from geodata.dam_siting import try_axis
from geodata.pool_shaping import capacity_on_cells, placed_at, reshape_pool
from geodata.values import Ranged


@pytest.fixture
def site(make_dam: Callable[..., dict[str, Any]]) -> DamSite:
    feature = make_dam()
    return DamSite.of(feature["properties"], *feature["geometry"]["coordinates"])


def capacity(value: float) -> Ranged:
    return Ranged(value, value * 0.9, value * 1.1, "m3", "A", "made up")


@pytest.mark.parametrize("factor", [0.87, 1.4])
def test_the_pool_is_reshaped_to_the_published_capacity_within_the_error(
    factor: float, site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground, _ = enforce_courses(make_valley(15.0), {"river": valley_river})
    first = try_axis(ground, valley_river, site, 1490.0, 0.0, 1490.0)
    assert first is not None
    wanted = replace(site, capacity_m3=capacity(factor * first.capacity_m3))
    after, siting, moved = reshape_pool(
        ground, valley_river, wanted, first, lambda z: np.full_like(z, 12.0), floor_width_m=10.0
    )
    assert siting.capacity_m3 == pytest.approx(wanted.capacity_m3.value, rel=0.1)
    assert siting.crest_m == first.crest_m
    change = np.abs(after.values - ground.values)
    assert 0 < change.max() <= 12.0 + 1e-9
    assert change.max() == moved
    cells = course_cells(ground, valley_river)
    at = (cells.rows, cells.cols)
    np.testing.assert_array_equal(after.values[at], ground.values[at], "the river bed stays")


@pytest.mark.parametrize("run_cell_m", [10.0, 15.0, 30.0])
def test_the_fit_is_to_the_spill_on_the_cells_of_the_runs(
    run_cell_m: float, site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    rivers = {"river": valley_river}
    ground, _ = enforce_courses(make_valley(15.0), rivers)
    with_weir = replace(site, weir=Weir(46.0, 3.5))
    first = try_axis(ground, valley_river, with_weir, 1490.0, 0.0, 1490.0)
    assert first is not None
    assert first.spill_m == pytest.approx(first.crest_m - 3.5)
    wanted = replace(with_weir, capacity_m3=capacity(1.3 * first.capacity_m3))
    after, siting, _ = reshape_pool(
        ground, valley_river, wanted, first, lambda z: np.full_like(z, 12.0), floor_width_m=10.0,
        capacity_at=capacity_on_cells(rivers, valley_river, wanted, run_cell_m),
    )  # fmt: skip
    kept, _ = enforce_courses(after, rivers)
    run, _ = enforce_courses(kept.resample(run_cell_m), rivers)
    placed = place_dam(placed_at(wanted, siting, ground.crs), valley_river, run)
    assert placed.capacity_m3 == pytest.approx(siting.capacity_m3, rel=1e-6)
    assert placed.storage_factor == pytest.approx(1.0, abs=0.06)
    below = np.where(placed.pool, np.maximum(first.crest_m - 3.5 - run.values, 0.0), 0.0)
    assert below.sum() * run_cell_m**2 == pytest.approx(wanted.capacity_m3.value, rel=0.06)


def test_no_error_no_movement(site: DamSite, valley_river: River, make_valley: Callable[..., Grid]) -> None:
    ground, _ = enforce_courses(make_valley(15.0), {"river": valley_river})
    first = try_axis(ground, valley_river, site, 1490.0, 0.0, 1490.0)
    assert first is not None
    wanted = replace(site, capacity_m3=capacity(3 * first.capacity_m3))
    after, _, moved = reshape_pool(ground, valley_river, wanted, first, np.zeros_like, floor_width_m=10.0)
    assert moved == 0
    np.testing.assert_array_equal(after.values, ground.values)
