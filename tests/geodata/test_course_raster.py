from dataclasses import replace

import numpy as np
from affine import Affine
from hypothesis import assume, given
from hypothesis import strategies as st

from geodata import Grid, River
from geodata.course_raster import course_cells, enforce_courses

NAMES = {"kk": "a", "ru": "a", "en": "a"}
COORDINATE = st.floats(50, 2950, allow_nan=False)


def ground(size: float) -> Grid:
    n = int(3000 / size)
    values = np.random.default_rng(3).uniform(400, 1200, (n, n))
    return Grid(values, Affine(size, 0, 0, 0, -size, 3000), "EPSG:32643")


def river(points: list[tuple[float, float]], top: float = 1000.0, **more: object) -> River:
    xy = np.array(points)
    chainage = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return River("r", NAMES, xy, chainage, top - 0.05 * chainage, **more)  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=8),
    st.sampled_from([30.0, 47.0, 60.0, 90.0]),
)
def test_cells_of_a_course_share_sides_and_none_comes_twice(
    points: list[tuple[float, float]], size: float
) -> None:
    steps = np.hypot(*np.diff(np.array(points), axis=0).T)
    assume((steps > 1.0).all())
    cells = course_cells(ground(size), river(points))
    sides = np.abs(np.diff(cells.rows)) + np.abs(np.diff(cells.cols))
    assert (sides == 1).all()
    assert len({*zip(cells.rows.tolist(), cells.cols.tolist(), strict=True)}) == len(cells.rows)


@given(
    st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=8),
    st.sampled_from([30.0, 47.0, 60.0, 90.0]),
)
def test_an_enforced_bed_never_rises(points: list[tuple[float, float]], size: float) -> None:
    steps = np.hypot(*np.diff(np.array(points), axis=0).T)
    assume((steps > 1.0).all())
    course = river(points)
    enforced, _ = enforce_courses(ground(size), {"r": course})
    cells = course_cells(ground(size), course)
    assert (np.diff(enforced.values[cells.rows, cells.cols]) <= 1e-9).all()


def test_ground_beside_the_course_is_untouched() -> None:
    base = ground(60.0)
    course = river([(100, 100), (1500, 1400), (2900, 2900)])
    enforced, carved = enforce_courses(base, {"r": course})
    cells = course_cells(base, course)
    beside = np.ones(base.shape, dtype=bool)
    beside[cells.rows, cells.cols] = False
    np.testing.assert_array_equal(enforced.values[beside], base.values[beside])
    expected = base.values[cells.rows, cells.cols] - enforced.values[cells.rows, cells.cols]
    np.testing.assert_allclose(carved["r"], expected)


def test_enforcing_twice_changes_nothing_more() -> None:
    course = river([(100, 100), (1500, 1400), (2900, 2900)])
    once, _ = enforce_courses(ground(60.0), {"r": course})
    twice, _ = enforce_courses(once, {"r": course})
    np.testing.assert_allclose(once.values, twice.values, atol=1e-9)


def test_a_listed_basin_is_left_as_the_ground_has_it() -> None:
    base = ground(60.0)
    course = replace(river([(1500, 2900), (1500, 100)]), basins=((1000.0, 1600.0),))
    enforced, _ = enforce_courses(base, {"r": course})
    cells = course_cells(base, course)
    inside = (cells.chainage_m > 1000) & (cells.chainage_m < 1600)
    assert inside.sum() >= 8
    at = (cells.rows[inside], cells.cols[inside])
    np.testing.assert_array_equal(enforced.values[at], base.values[at])


def test_a_tributary_meets_its_river_and_is_not_cut_below_it() -> None:
    base = ground(60.0)
    main = replace(river([(1500, 2900), (1500, 100)]), id="main")
    side = replace(river([(100, 1500), (1500, 1500)], top=930.0), id="side", joins=("main", 1400.0))
    enforced, _ = enforce_courses(base, {"main": main, "side": side})
    alone, _ = enforce_courses(base, {"main": main})
    cells = course_cells(base, main)
    at = (cells.rows, cells.cols)
    np.testing.assert_array_equal(enforced.values[at], alone.values[at])
    branch = course_cells(base, side)
    z = enforced.values[branch.rows, branch.cols]
    assert (np.diff(z) <= 1e-9).all()
    assert z[0] > z[-1]
