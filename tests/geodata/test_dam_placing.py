from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geodata import DamDoesNotClose, DamOffCourse, DamSite, Grid, River, Weir
from geodata.course_raster import course_cells, enforce_courses
from geodata.crs import to_lonlat
from geodata.dam_placing import flood, place_dam


@pytest.fixture
def site(make_dam: Callable[..., dict[str, Any]]) -> DamSite:
    feature = make_dam()
    return DamSite.of(feature["properties"], *feature["geometry"]["coordinates"])


def turned(site: DamSite, grid: Grid, degrees: float) -> DamSite:
    """The same dam with an axis at an angle to the perpendicular."""
    from geodata.crs import from_lonlat

    x, y = (float(v) for v in from_lonlat(site.lon, site.lat, grid.crs))
    a = np.radians(degrees)
    lon, lat = to_lonlat(
        [x - 100 * np.cos(a), x + 100 * np.cos(a)], [y - 100 * np.sin(a), y + 100 * np.sin(a)], grid.crs
    )
    return replace(site, axis_lonlat=tuple(zip(lon.tolist(), lat.tolist(), strict=True)))


@pytest.mark.parametrize("size", [10.0, 15.0, 20.0, 30.0, 50.0])
@pytest.mark.parametrize("degrees", [-30.0, 0.0, 20.0])
def test_water_below_the_crest_cannot_leave(
    size: float, degrees: float, site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground, _ = enforce_courses(make_valley(size), {"river": valley_river})
    placed = place_dam(turned(site, ground, degrees), valley_river, ground)
    sides = np.abs(np.diff(placed.rows)) + np.abs(np.diff(placed.cols))
    assert (sides == 1).all(), "crest cells share sides"
    raised = ground.values.copy()
    raised[placed.rows, placed.cols] = np.maximum(placed.bed_m, placed.crest_elevation_m)
    nothing = np.zeros(ground.shape, dtype=bool)
    wet = flood(raised, placed.outlet_upstream, placed.crest_elevation_m - 1e-6, nothing)
    assert wet.any()
    assert not wet[placed.outlet_downstream]
    assert not any(edge.any() for edge in (wet[0], wet[-1], wet[:, 0], wet[:, -1]))
    np.testing.assert_array_equal(wet, placed.pool & (raised < placed.crest_elevation_m - 1e-6))
    assert not placed.pool[placed.rows, placed.cols].any()
    cells = course_cells(ground, valley_river)
    course = list(zip(cells.rows.tolist(), cells.cols.tolist(), strict=True))
    assert course.index(placed.outlet_upstream) < course.index(placed.outlet_downstream)


def test_storage_agrees_with_the_geometry(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    """A V valley of side slope s and bed slope b holds H^3 / (3 s b) behind a vertical wall of height H."""
    ground, _ = enforce_courses(make_valley(10.0), {"river": valley_river})
    placed = place_dam(site, valley_river, ground)
    exact = 20.0**3 / (3 * 0.5 * 0.05)
    assert placed.capacity_m3 == pytest.approx(exact, rel=0.1)
    assert placed.storage_factor == pytest.approx(100_000.0 / placed.capacity_m3)
    assert placed.crest_elevation_m == pytest.approx(placed.bed_elevation_m + 20.0, abs=0.6)
    assert placed.crest_length_m == pytest.approx(80.0, rel=0.2)
    assert (np.diff(placed.volume_m3) >= 0).all()
    assert placed.volume_m3[0] == pytest.approx(0.0, abs=1e-6)
    half = float(np.interp(placed.crest_elevation_m - 10.0, placed.level_m, placed.volume_m3))
    assert half == pytest.approx(exact / 8, rel=0.2), "volume grows with the cube of the depth"


@pytest.mark.parametrize("below_m", [2.0, 3.5, 7.25])
def test_a_dam_holds_what_lies_below_its_weir(
    below_m: float, site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    """Capacity and factor are those of the spill; the storage curve goes on to the wing crest."""
    ground, _ = enforce_courses(make_valley(10.0), {"river": valley_river})
    plain = place_dam(site, valley_river, ground)
    placed = place_dam(replace(site, weir=Weir(46.0, below_m)), valley_river, ground)
    assert placed.crest_elevation_m == plain.crest_elevation_m == plain.spill_elevation_m
    assert placed.spill_elevation_m == pytest.approx(placed.crest_elevation_m - below_m)
    assert placed.level_m[-1] == placed.crest_elevation_m
    assert placed.volume_m3[-1] == pytest.approx(plain.capacity_m3)
    below = np.where(placed.pool, np.maximum(placed.spill_elevation_m - ground.values, 0.0), 0.0)
    assert placed.capacity_m3 == pytest.approx(below.sum() * 100.0, rel=1e-9)
    assert placed.capacity_m3 == pytest.approx((20.0 - below_m) ** 3 / (3 * 0.5 * 0.05), rel=0.1)
    assert placed.storage_factor == pytest.approx(100_000.0 / placed.capacity_m3)


def test_the_stored_axis_is_extended_to_the_valley_sides(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground, _ = enforce_courses(make_valley(30.0), {"river": valley_river})
    placed = place_dam(site, valley_river, ground)
    assert placed.bed_m[0] >= placed.crest_elevation_m
    assert placed.bed_m[-1] >= placed.crest_elevation_m
    assert (placed.bed_m[1:-1] < placed.crest_elevation_m).all()


def test_a_crest_above_the_whole_valley_cannot_close(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground, _ = enforce_courses(make_valley(30.0), {"river": valley_river})
    with pytest.raises(DamDoesNotClose, match="5000"):
        place_dam(replace(site, crest_elevation_m=5000.0), valley_river, ground)


def test_a_dam_off_the_grid_is_refused(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    whole = make_valley(30.0)
    south = whole.window(slice(70, 100), slice(0, 100))
    with pytest.raises(DamOffCourse, match="dam"):
        place_dam(site, valley_river, south)


def test_a_dam_in_the_terrain_can_be_taken_away(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground = make_valley(30.0)
    values = ground.values.copy()
    values[49:52, :] = np.maximum(values[49:52, :], 945.0)
    river = replace(valley_river, basins=((1300.0, 1650.0),))
    built, _ = enforce_courses(ground.like(values), {"river": river})
    known = replace(site, in_terrain=True, crest_elevation_m=945.0, basin_m=(1300.0, 1650.0))
    placed = place_dam(known, river, built)
    assert placed.in_terrain
    assert (placed.bed_m >= 945.0 - 1e-9).all(), "nothing is built twice"
    lowered = built.values.copy()
    lowered[placed.removal_rows, placed.removal_cols] = placed.removal_bed_m
    assert (lowered <= built.values).all()
    cells = course_cells(built, river)
    assert (np.diff(lowered[cells.rows, cells.cols]) <= 1e-9).all(), (
        "without the dam the bed falls throughout"
    )
    plain = place_dam(site, valley_river, enforce_courses(ground, {"river": valley_river})[0])
    assert plain.removal_rows.size == 0
