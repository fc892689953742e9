"""The notch of a breach against sums over strips of its width, and its flow and shear against formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import FILL_SOILS, Breach, CellFaces, Fill
from dam_models.notch import Notch, distances_along, first_face
from dam_models.scour import Pipe, erosion_m_s, notch_flow, shear_pa

FILL = Fill(20.0, 4.0, 6.0, 2.5, 1.5, manning_n=0.03)
ROW = CellFaces(np.arange(7), np.full(7, 3), np.zeros(7, dtype=bool))
CENTRE = 3
LENGTH = 10.0


def notch(width_m: float, bottom_m: float, side_slope: float, length_m: np.ndarray | None = None) -> Notch:
    """A notch in a straight crest of 30 m over seven faces, the middle of the fourth its own."""
    made = Notch(
        ROW, CENTRE, np.full(7, 30.0), np.full(7, LENGTH) if length_m is None else length_m, FILL, side_slope
    )
    made.width_m, made.bottom_m = width_m, bottom_m
    return made


def summed(width_m: float, bottom_m: float, side_slope: float, ground_m: np.ndarray, level_m: float) -> tuple:
    """Missing volume and, per face, the integral of head^1.5, by small strips of the crest."""
    strips = 40_000
    along = (np.arange(strips) + 0.5) * (7 * LENGTH / strips) - 3.5 * LENGTH
    face = ((along + 3.5 * LENGTH) // LENGTH).astype(int)
    over = np.maximum(0.0, np.abs(along) - 0.5 * width_m)
    rise = over / side_slope if side_slope > 0.0 else np.where(over > 0.0, np.inf, 0.0)
    floor = np.minimum(30.0, np.maximum(bottom_m + rise, ground_m[face]))
    strip = 7 * LENGTH / strips
    volume = FILL.section_m2(30.0 - floor).sum() * strip
    flow = np.maximum(0.0, level_m - floor) ** 1.5 * strip
    return volume, np.bincount(face, flow, minlength=7)


@settings(max_examples=60, deadline=None)
@given(
    width_m=st.floats(0.2, 90.0),
    depth_m=st.floats(0.1, 25.0),
    side_slope=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    over_m=st.floats(-10.0, 6.0),
    seed=st.integers(0, 1000),
)
def test_volume_and_discharge_are_the_sums_over_the_crest(
    width_m: float, depth_m: float, side_slope: float, over_m: float, seed: int
) -> None:
    ground = np.random.default_rng(seed).uniform(0.0, 29.0, 7)
    made = notch(width_m, 30.0 - depth_m, side_slope)
    level = 30.0 + over_m
    volume, flow = summed(width_m, 30.0 - depth_m, side_slope, ground, level)
    assert made.eroded_m3(ground) == pytest.approx(volume, rel=3e-3, abs=0.5)
    reached, crest = made.opened(ground)
    passing, through = made.shares(np.full(7, level), ground)
    assert (crest[reached] > ground[reached]).all()
    assert (crest[~reached] == 30.0).all()
    above = level - crest > 0.5
    discharge = passing * np.maximum(0.0, level - crest) ** 1.5
    assert discharge[above] == pytest.approx(flow[above], rel=0.01, abs=0.05)
    assert (through <= passing * (1.0 + 1e-12)).all()
    assert (passing <= LENGTH * (1.0 + 1e-12)).all()


@settings(max_examples=60, deadline=None)
@given(
    width_m=st.floats(0.1, 60.0),
    bottom_m=st.floats(2.0, 29.9),
    wider_m=st.floats(0.0, 30.0),
    deeper_m=st.floats(0.0, 20.0),
    side_slope=st.sampled_from([0.0, 1.0, 3.0]),
)
def test_a_larger_notch_has_lost_more(
    width_m: float, bottom_m: float, wider_m: float, deeper_m: float, side_slope: float
) -> None:
    ground = np.array([20.0, 12.0, 5.0, 0.0, 5.0, 12.0, 20.0])
    small = notch(width_m, bottom_m, side_slope)
    large = notch(width_m + wider_m, bottom_m - deeper_m, side_slope)
    assert large.eroded_m3(ground) >= small.eroded_m3(ground) * (1.0 - 1e-12)
    for less, more in zip(small.widths_m(ground)[:2], large.widths_m(ground)[:2], strict=True):
        assert more >= less - 1e-9


def test_a_notch_as_wide_as_the_dam_is_the_dam() -> None:
    ground = np.zeros(7)
    everything = notch(1000.0, 0.0, 1.0)
    bottom, top, mean = everything.widths_m(ground)
    assert (bottom, top) == (70.0, 70.0)
    assert mean == pytest.approx(70.0)
    assert everything.eroded_m3(ground) == pytest.approx(70.0 * FILL.section_m2(np.array(30.0)), rel=1e-3)


def test_a_pipe_that_falls_in_leaves_a_notch_of_its_volume() -> None:
    ground = np.zeros(7)
    made = notch(0.0, 30.0, 1.0)
    made.dig_for(700.0, 5.0, 0.0, ground)
    assert made.eroded_m3(ground) == pytest.approx(700.0, rel=1e-9)
    assert 0.0 < made.bottom_m < 30.0
    made.dig_for(1e9, 5.0, 12.0, ground)
    assert made.bottom_m == pytest.approx(12.0)


def test_the_crest_is_measured_along_its_steps() -> None:
    # Down, right, down: a stepped line, with a face that belongs to no chain.
    faces = CellFaces([0, 0, 1, 9], [0, 1, 1, 9], [False, True, False, False])
    near, far = distances_along(faces, 0, np.array([8.0, 6.0, 8.0, 8.0]))
    assert near[:3] == pytest.approx([0.0, 4.0, 10.0])
    assert far[:3] == pytest.approx([4.0, 10.0, 18.0])
    assert near[3] == far[3] > 1e6


def test_a_breach_begins_at_the_wall_nearest_the_gauge_or_where_it_is_told() -> None:
    pool = np.zeros((7, 8), dtype=bool)
    pool[:, :4] = True
    ground = np.array([9.0, 5.0, 3.0, 2.0, 3.0, 5.0, 9.0])
    standing = ground < 8.0
    assert first_face(ROW, pool, standing, ground, (4, 3), None) == 4
    # Two as near: the lower ground.
    assert first_face(ROW, pool, ~np.isin(np.arange(7), [4]), ground, (4, 3), None) == 3
    assert first_face(ROW, pool, standing, ground, (4, 3), (1, 4)) == 1
    assert first_face(ROW, pool, standing, ground, (4, 3), (0, 4)) is None
    assert first_face(ROW, pool, standing, ground, (4, 3), (2, 6)) is None


def test_shear_and_erosion_by_their_formulas() -> None:
    # Critical flow of 5 m2/s in a notch of 4 m with sides of 1: depth (25 / 9.81)^(1/3).
    depth, speed, radius = notch_flow(5.0, -1.0, 4.0, 1.0)
    assert depth == pytest.approx(1.3659, rel=1e-3)
    assert speed == pytest.approx(5.0 / 1.3659, rel=1e-3)
    area, wetted = (4.0 + depth) * depth, 4.0 + 2.0 * depth * 2.0**0.5
    assert radius == pytest.approx(area / wetted)
    shear = shear_pa(speed, radius, 0.03, 0.0)
    assert shear == pytest.approx(1000.0 * 9.81 * 0.0009 * speed**2 / radius ** (1 / 3), rel=1e-4)
    assert shear_pa(speed, radius, 0.03, 0.4) == pytest.approx(1.66 * shear)
    assert erosion_m_s(shear, FILL) == pytest.approx(20e-6 * (shear - 4.0))
    assert erosion_m_s(3.9, FILL) == 0.0
    # Drowned, the same discharge is slower; uphill there is none.
    assert notch_flow(5.0, 4.0, 4.0, 1.0)[:2] == pytest.approx((4.0, 1.25))
    assert notch_flow(-1.0, 4.0, 4.0, 1.0) == (0.0, 0.0, 0.0)


def test_the_pipe_by_its_formula() -> None:
    pipe = Pipe(Breach(FILL, "piping", start_s=0.0, pipe_elevation_m=10.0, pipe_diameter_m=2.0), 30.0)
    length = 6.0 + 4.0 * 20.0
    assert pipe.length_m(0.0) == pytest.approx(length)
    assert pipe.volume_m3(0.0) == pytest.approx(np.pi * length)
    losses = 1.5 + 2.0 * 9.81 * 0.0009 * length / 0.5 ** (4 / 3)
    discharge, speed = pipe.flow(25.0, 0.0, 0.0)
    assert speed == pytest.approx((2.0 * 9.81 * 15.0 / losses) ** 0.5, rel=1e-3)
    assert discharge == pytest.approx(np.pi * speed)
    assert pipe.flow(25.0, 21.0, 0.0)[1] == pytest.approx((2.0 * 9.81 * 4.0 / losses) ** 0.5, rel=1e-3)
    assert pipe.flow(9.0, 0.0, 0.0) == (0.0, 0.0)
    assert pipe.flow(25.0, 26.0, 0.0) == (0.0, 0.0)
    # Half full, half of it passes; on the ground it grows upwards.
    assert pipe.flow(10.0, 0.0, 0.0)[0] == pytest.approx(0.5 * np.pi * pipe.flow(10.0, 0.0, 0.0)[1])
    assert (pipe.axis_m(9.5), pipe.bottom_m(9.5)) == (10.5, 9.5)
    assert not pipe.roof_falls(0.0)
    pipe.diameter_m = 20.5
    assert pipe.roof_falls(0.0)


def test_soils_are_ranges_of_fills() -> None:
    body = {"crest_width_m": 5.0, "upstream_slope": 2.0, "downstream_slope": 2.0}
    for soil in FILL_SOILS.values():
        rates = [erosion_m_s(80.0, soil.fill(how, **body)) for how in range(3)]
        assert rates[2] > 3.0 * rates[1] > 9.0 * rates[0]
        assert soil.fill(**body).manning_n == soil.manning_n
        assert soil.fill(manning_n=0.05, **body).manning_n == 0.05
    # Shields for grains of 10, 20 and 60 mm.
    grains = ((0.03, 0.01), (0.047, 0.02), (0.06, 0.06))
    shields = [number * 1650.0 * 9.81 * size for number, size in grains]
    assert FILL_SOILS["dumped gravel"].critical_shear_pa == pytest.approx(shields, rel=0.05)
