from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geodata import Grid, River
from geodata.course_raster import course_cells
from geodata.terrain import ValleyForm, correct_towards_beds, course_field, cut_valleys

FORM = ValleyForm()


@pytest.fixture
def gorge(valley_river: River) -> River:
    """The valley's river, all of it above its mouth, bed 60 m below the valley's axis."""
    return replace(
        valley_river, bed_elevation_m=valley_river.bed_elevation_m - 60.0, mouth_chainage_m=99_999.0
    )


def test_terrain_is_drawn_to_the_bed_and_left_alone_far_away(
    make_valley: Callable[..., Grid], gorge: River
) -> None:
    raw = make_valley(30.0)
    near = replace(FORM, gorge_reach_m=150.0, fan_reach_m=150.0)
    corrected, added = correct_towards_beds(raw, {"r": gorge}, near)
    cells = course_cells(raw, gorge)
    bed = np.interp(cells.chainage_m, gorge.chainage_m, gorge.bed_elevation_m)
    assert np.abs(corrected.values[cells.rows, cells.cols] - bed).max() < 5.0
    field = course_field(raw, {"r": gorge}, within_m=5000.0)
    assert np.abs(added[field.distance_m > 1200.0]).max() < 0.5
    np.testing.assert_allclose(corrected.values - raw.values, added)


def test_sides_are_no_steeper_than_the_form_says(make_valley: Callable[..., Grid], gorge: River) -> None:
    raw = make_valley(30.0)
    cut = cut_valleys(raw, raw, {"r": gorge}, FORM)
    field = course_field(raw, {"r": gorge}, within_m=900.0)
    above = cut.values - field.bed_m
    allowed = FORM.height_above_bed(field.distance_m)
    assert np.nanmax(above - allowed) < 1e-9
    assert (cut.values <= raw.values + 1e-9).all(), "cutting builds nothing"


def test_a_correction_puts_no_river_on_a_wall(make_valley: Callable[..., Grid], gorge: River) -> None:
    raw = make_valley(30.0)
    # Everything lowered by what is wrong at a course 300 m beside the true valley.
    aside = replace(gorge, xy=gorge.xy + np.array([300.0, 0.0]), bed_elevation_m=gorge.bed_elevation_m + 60.0)
    lowered = raw.like(raw.values - 150.0)
    formed = cut_valleys(lowered, raw, {"r": aside}, FORM)
    field = course_field(raw, {"r": aside}, within_m=900.0)
    beside = np.isfinite(field.distance_m) & (raw.values > field.bed_m + 1.0)
    assert (lowered.values[beside] < field.bed_m[beside]).any()
    assert (formed.values[beside] >= field.bed_m[beside] - 1e-9).all()


def test_on_the_fan_nothing_is_raised(make_valley: Callable[..., Grid], gorge: River) -> None:
    raw = make_valley(30.0)
    fan = replace(gorge, mouth_chainage_m=0.0)
    lowered = raw.like(raw.values - 150.0)
    formed = cut_valleys(lowered, raw, {"r": fan}, FORM)
    assert (formed.values <= lowered.values + 1e-9).all()


def test_the_floor_has_its_width() -> None:
    heights = FORM.height_above_bed(np.array([0.0, 14.9, 15.0, 25.0]))
    assert heights[:3].tolist() == [0, 0, 0]
    assert heights[3] == pytest.approx(10 * np.tan(np.radians(35)))
