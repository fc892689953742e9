"""Slopes under an earthquake: published vectors, limits, and what cannot go down as shaking goes up."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import Grid, open_region
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.slopes.gorges import RegionSlopes
from risk_api.seismic.slopes.newmark import (
    MOST_FAILING,
    chance_beyond,
    factor_of_safety,
    failing_share,
    jibson_2007_cm,
    saygili_rathje_2008_cm,
    yield_acceleration_g,
)
from risk_api.seismic.slopes.nowicki_jessee import sliding_share

PEAKS = st.floats(0.001, 3.0)
YIELDS = st.floats(0.01, 0.8)


@pytest.mark.parametrize(
    ("pga", "magnitude", "moved", "failing"),
    [
        (0.2, 6.5, 0.61, 0.007),
        (0.2, 7.3, 1.34, 0.024),
        (0.4, 6.5, 4.41, 0.130),
        (0.4, 7.3, 9.62, 0.271),
        (0.6, 6.5, 10.3, 0.282),
        (0.6, 7.3, 22.4, 0.334),
    ],
)
def test_jibson_and_the_share_that_fails_at_a_yield_of_a_tenth_of_g(pga, magnitude, moved, failing):
    found = jibson_2007_cm(0.1, pga, magnitude)
    assert found == pytest.approx(moved, rel=0.01)
    assert failing_share(found) == pytest.approx(failing, abs=6e-4)


def test_the_other_two_relations_term_by_term():
    r = 0.25
    assert jibson_2007_cm(0.1, 0.4) == pytest.approx(10 ** (0.215 + np.log10(0.75**2.341 * r**-1.438)))
    by_hand = (
        -1.56 - 4.58 * r - 20.84 * r**2 + 44.75 * r**3 - 30.5 * r**4 - 0.64 * np.log(0.4) + 1.55 * np.log(35)
    )
    assert saygili_rathje_2008_cm(0.1, 0.4, 35.0) == pytest.approx(np.exp(by_hand))


def test_a_slope_of_sand_at_its_friction_angle_is_about_to_slide():
    soil = {"thickness_m": 3.0, "unit_weight_kn_m3": 18.0}
    dry = factor_of_safety(35.0, cohesion_kpa=0.0, friction_deg=35.0, saturated_share=0.0, **soil)
    assert dry == pytest.approx(1.0)
    wet = factor_of_safety(20.0, cohesion_kpa=0.0, friction_deg=35.0, saturated_share=1.0, **soil)
    assert wet == pytest.approx((1.0 - 9.81 / 18.0) * np.tan(np.radians(35)) / np.tan(np.radians(20)))
    held = factor_of_safety(35.0, cohesion_kpa=10.0, friction_deg=35.0, saturated_share=0.0, **soil)
    assert held - dry == pytest.approx(10.0 / (18.0 * 3.0 * np.sin(np.radians(35))))
    assert yield_acceleration_g(1.5, 30.0) == pytest.approx(0.25)
    assert yield_acceleration_g(0.8, 30.0) == 1e-4


@settings(deadline=None, max_examples=60)
@given(yields=YIELDS, peaks=st.tuples(PEAKS, PEAKS).map(sorted), magnitude=st.floats(4.5, 8.5))
def test_stronger_shaking_never_moves_a_slope_less(yields, peaks, magnitude):
    weak, strong = (jibson_2007_cm(yields, peak, magnitude) for peak in peaks)
    assert 0.0 <= weak <= strong
    assert 0.0 <= failing_share(weak) <= failing_share(strong) <= MOST_FAILING
    assert 0.0 <= chance_beyond(5.0, yields, peaks[0], magnitude) <= 1.0
    assert chance_beyond(5.0, yields, peaks[0], magnitude) <= chance_beyond(5.0, yields, peaks[1], magnitude)
    if yields >= peaks[1]:
        assert strong == 0.0


def test_half_of_the_displacements_pass_their_median():
    median = float(jibson_2007_cm(0.1, 0.5, 7.0))
    assert chance_beyond(median, 0.1, 0.5, 7.0) == pytest.approx(0.5)
    # One standard deviation of 0.454 in log10 above it.
    assert chance_beyond(median * 10**0.454, 0.1, 0.5, 7.0) == pytest.approx(0.1587, abs=1e-4)


@pytest.mark.parametrize(("pgv", "share"), [(30.0, 0.080), (60.0, 0.180), (100.0, 0.224)])
def test_nowicki_jessee_at_thirty_degrees(pgv, share):
    assert sliding_share(0.3, pgv, 30.0, 5.0, "sm", 120) == pytest.approx(share, abs=1e-3)


def test_the_corrections_of_2022():
    at = (40.0, 30.0, 5.0, "su", 120)
    assert sliding_share(0.019, *at) == 0.0
    assert sliding_share(0.3, 40.0, 1.9, 5.0, "su", 120) == 0.0
    assert sliding_share(0.3, 500.0, 30.0, 30.0, "pi", 200) == sliding_share(
        0.3, 211.0, 30.0, 19.0, "pi", 200
    )
    # Loose sediment slides as readily as mixed sedimentary rock, not a fifth as much.
    assert sliding_share(0.3, *at) == sliding_share(0.3, 40.0, 30.0, 5.0, "sm", 120)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.0, 300.0), st.floats(0.0, 80.0), st.floats(0.0, 25.0))
def test_the_share_of_ground_that_slides_has_its_bounds(pgv, slope, index):
    assert 0.0 <= sliding_share(0.3, pgv, slope, index, "vi", 160) <= 0.257


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: sliding_share(0.3, 40, 30, 5, "granite", 120), "rock"),
        (lambda: sliding_share(0.3, 40, 30, 5, "sm", 7), "cover"),
        (lambda: chance_beyond(0.0, 0.1, 0.3, 7.0), "limit_cm"),
        (
            lambda: factor_of_safety(
                30.0,
                cohesion_kpa=5.0,
                friction_deg=30.0,
                thickness_m=0.0,
                unit_weight_kn_m3=18.0,
                saturated_share=0.0,
            ),
            "thickness_m",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, field):
    with pytest.raises(BadSeismicInput) as caught:
        call()
    assert caught.value.fields[0].field == field


@pytest.fixture(scope="module")
def almaty_slopes():
    region = open_region("almaty")
    return RegionSlopes(region, RegionVs30(region))


def test_coarse_terrain_is_told_and_gives_no_slope_to_the_chain(almaty_slopes):
    assert not almaty_slopes.usable
    assert almaty_slopes.failing_above(77.02, 43.07, np.array([0.5]), 7.3) is None


def test_gorges_slide_more_near_a_great_earthquake_and_bands_are_in_order(almaty_slopes):
    great, small = (
        {each.id: each for each in almaty_slopes.under(seismic_scenario(name).rupture())}
        for name in ("verny-1887", "almaty-2024-03-04")
    )
    assert len(great) == 8
    for name, gorge in great.items():
        for three in (gorge.newmark, gorge.nowicki_jessee):
            assert 0.0 <= three[0] <= three[1] <= three[2] < 0.34
        assert gorge.nowicki_jessee[1] > 10.0 * small[name].nowicki_jessee[1]
        assert gorge.newmark[1] > small[name].newmark[1]


class Tilted:
    """A region of one slope, on terrain fine enough to be believed."""

    terrain_quality: ClassVar = {"resolution_m": 30.0}
    run_cell_size_m = 30.0

    def terrain(self, cell):
        rise = np.arange(80)[::-1, None] * cell * np.tan(np.radians(35.0)) * np.ones((1, 80))
        return Grid(rise, Affine(cell, 0, 0.0, 0, -cell, 80 * cell), "EPSG:32643")

    def to_metric(self, lon, lat):
        return lon, lat


def test_the_ground_above_a_lake_fails_as_its_slope_says():
    slopes = RegionSlopes(Tilted(), None)
    assert slopes.slope.values == pytest.approx(35.0)
    peaks = np.array([0.05, 0.3, 0.9])
    found = slopes.failing_above(1200.0, 1200.0, peaks, 7.0)
    soils = ((20.0, 38.0, 2.0, 0.0), (12.0, 34.0, 3.0, 0.2), (6.0, 30.0, 4.0, 0.6))
    for row, (cohesion, friction, thickness, wet) in zip(found, soils, strict=True):
        safety = factor_of_safety(
            35.0,
            cohesion_kpa=cohesion,
            friction_deg=friction,
            thickness_m=thickness,
            unit_weight_kn_m3=19.0,
            saturated_share=wet,
        )
        yields = yield_acceleration_g(max(float(safety), 1.1), 35.0)
        assert row == pytest.approx(failing_share(jibson_2007_cm(yields, peaks, 7.0)))
        assert row[0] <= row[1] < row[2]
    assert (np.diff(found, axis=0) >= 0.0).all(), "a worse soil fails no less"
    assert found[0].sum() < found[1].sum()
    assert slopes.failing_above(9000.0, 9000.0, peaks, 7.0) is None, "no ground there"
