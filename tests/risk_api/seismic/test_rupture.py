"""Ruptures: from traces and from points, and what is refused."""

from __future__ import annotations

from math import sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_api.errors import RiskError
from risk_api.seismic.distances import distances
from risk_api.seismic.errors import BadSeismicInput, ZeroArea
from risk_api.seismic.rupture import Rupture, expected_hypocentre_km
from risk_api.seismic.scaling import length_and_width_km

TRACE = ((76.588, 43.028), (77.285, 43.249))
GOOD = {"magnitude": 7.3, "dip_deg": 45.0, "rake_deg": 90.0}


def test_from_a_trace() -> None:
    rupture = Rupture.from_trace(TRACE, **GOOD, bottom_depth_km=20.0)
    assert rupture.width_km == pytest.approx(20 * sqrt(2))
    assert rupture.bottom_depth_km == pytest.approx(20.0)
    assert rupture.length_km == pytest.approx(61.8, abs=0.2)
    assert rupture.strike_deg == pytest.approx(66.6, abs=0.2)
    # It dips to the south: the mountains stand on the hanging wall, the city on the footwall.
    paths = distances(rupture, [76.95, 76.95], [43.05, 43.35])
    assert paths.rx_km[0] > 0 > paths.rx_km[1]
    assert paths.rjb_km[0] == 0


def test_a_trace_is_turned_round_to_dip_where_asked() -> None:
    there = Rupture.from_trace(TRACE, **GOOD, bottom_depth_km=20.0, dips_towards_deg=157.0)
    back = Rupture.from_trace(TRACE[::-1], **GOOD, bottom_depth_km=20.0, dips_towards_deg=157.0)
    assert there.trace == back.trace == TRACE
    north = Rupture.from_trace(TRACE, **GOOD, bottom_depth_km=20.0, dips_towards_deg=340.0)
    assert north.trace == TRACE[::-1]
    assert distances(north, 76.95, 43.35).rx_km[0] > 0


@settings(max_examples=100, deadline=None)
@given(
    st.floats(4.8, 7.9), st.floats(0, 360), st.floats(15, 90), st.sampled_from([0.0, 90.0, -90.0]),
    st.floats(0, 20),
)  # fmt: skip
def test_from_a_point(magnitude, strike, dip, rake, depth) -> None:
    rupture = Rupture.from_point(
        76.9, 43.1, depth, magnitude=magnitude, strike_deg=strike, dip_deg=dip, rake_deg=rake
    )
    length, width = length_and_width_km(magnitude, rake, 20.0 / sin(np.radians(dip)))
    assert rupture.area_km2 == pytest.approx(length * width, rel=2e-3)
    assert rupture.top_depth_km >= -1e-9
    assert rupture.bottom_depth_km <= 20.0 + 1e-9
    turned = (rupture.strike_deg - strike + 180.0) % 360.0 - 180.0
    assert abs(turned) < 1.5
    # The hypocentre lies on the plane: seen from above it, the plane's depth there is the hypocentre's.
    above = distances(rupture, 76.9, 43.1)
    assert above.rrup_km[0] <= depth + 0.01
    if dip < 89.0:
        down = above.rx_km[0] * np.tan(np.radians(dip)) + rupture.top_depth_km
        assert down == pytest.approx(depth, abs=0.02 + 0.02 * np.tan(np.radians(dip)))
    else:
        assert above.rjb_km[0] == pytest.approx(0.0, abs=0.6)


def test_wells_and_coppersmith() -> None:
    length, width = length_and_width_km(7.0, 90.0, 100.0)
    assert width == pytest.approx(10**1.26)
    assert length * width == pytest.approx(10**2.87)
    # Where the crust is too thin the area stays.
    longer, narrower = length_and_width_km(7.0, 90.0, 10.0)
    assert narrower == 10.0
    assert longer * narrower == pytest.approx(length * width)


def test_a_size_beyond_the_relation_is_marked() -> None:
    tiny = Rupture.from_point(76.9, 43.1, 10, magnitude=4.0, strike_deg=0, dip_deg=60, rake_deg=0)
    assert [(mark.field, mark.furthest, mark.low) for mark in tiny.outside] == [("magnitude", 4.0, 4.8)]


def test_the_expected_hypocentre() -> None:
    # Large and steep: held by the lower edge; moderate: by the magnitude; gentle: by the dip as well.
    assert expected_hypocentre_km(8.0, 90.0, 0.0, 5.0) == pytest.approx(4.5)
    assert expected_hypocentre_km(6.0, 90.0, 1.0, 50.0) == pytest.approx(1 + np.exp(-4.317 + 0.984 * 6))
    assert expected_hypocentre_km(6.0, 20.0, 1.0, 50.0) == pytest.approx(
        1 + np.exp(-4.317 + 0.984 * 6 - 0.0445 * 20)
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"bottom_depth_km": 0.0}, "bottom_depth_km"),
        ({"bottom_depth_km": None, "width_km": 0.0}, "width_km"),
        ({"trace": ((76.9, 43.1), (76.9, 43.1))}, "trace"),
    ],
)
def test_no_area_is_refused(changed, field) -> None:
    given_ = {"trace": TRACE, **GOOD, "bottom_depth_km": 20.0, **changed}
    with pytest.raises(ZeroArea) as caught:
        Rupture.from_trace(given_.pop("trace"), **given_)
    assert caught.value.field == field
    assert isinstance(caught.value, RiskError)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"magnitude": float("nan")}, "magnitude"),
        ({"magnitude": -1.0}, "magnitude"),
        ({"dip_deg": 0.0}, "dip_deg"),
        ({"dip_deg": 91.0}, "dip_deg"),
        ({"rake_deg": 181.0}, "rake_deg"),
        ({"top_depth_km": -1.0}, "top_depth_km"),
        ({"bottom_depth_km": float("inf")}, "bottom_depth_km"),
        ({"width_km": 10.0}, "width_km"),
        ({"hypocentre_depth_km": float("nan")}, "hypocentre_depth_km"),
        ({"trace": ((76.9, 43.1),)}, "trace"),
        ({"trace": ((76.9, 43.1), (76.9, float("nan")))}, "trace"),
        ({"trace": ((76.9, 43.1), (200.0, 43.0))}, "trace"),
        ({"trace": tuple((70 + index / 100, 43.0) for index in range(201))}, "trace"),
    ],
)
def test_bad_figures_are_refused_by_name(changed, field) -> None:
    given_ = {"trace": TRACE, **GOOD, "bottom_depth_km": 20.0, **changed}
    with pytest.raises(BadSeismicInput) as caught:
        Rupture.from_trace(given_.pop("trace"), **given_)
    assert caught.value.field == field
    assert field in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"depth_km": 25.0}, "depth_km"),
        ({"magnitude": 11.0}, "magnitude"),
        ({"lower_km": 0.0, "depth_km": 0.0}, "lower_km"),
        ({"strike_deg": float("nan")}, "strike_deg"),
    ],
)
def test_bad_points_are_refused_by_name(changed, field) -> None:
    given_ = {"depth_km": 10.0, **GOOD, "strike_deg": 0.0, **changed}
    with pytest.raises(BadSeismicInput) as caught:
        Rupture.from_point(76.9, 43.1, given_.pop("depth_km"), **given_)
    assert caught.value.field == field
