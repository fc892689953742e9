"""Distances against a plane cut into small pieces, against hand-made cases, and what must not change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_api.seismic.distances import distances, generalised_coordinates, plane_distances
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.planes import Planes
from risk_api.seismic.rupture import Rupture

CENTRE = LocalFrame(76.9, 43.2)
STEP_KM = 0.1


def plane(x, y, strike, dip, top, length, width) -> Planes:
    return Planes(*(np.array([value], dtype=float) for value in (x, y, strike, dip, top, length, width)))


def pieces(planes: Planes):
    """Points of the first plane every 100 m or closer: east, north, down, km."""
    strike, dip = np.radians(planes.strike_deg[0]), np.radians(planes.dip_deg[0])
    along, down = np.meshgrid(
        np.linspace(0.0, planes.length_km[0], int(planes.length_km[0] / STEP_KM) + 2),
        np.linspace(0.0, planes.width_km[0], int(planes.width_km[0] / STEP_KM) + 2),
    )
    out = down * np.cos(dip)
    return (
        planes.x_km[0] + along * np.sin(strike) + out * np.cos(strike),
        planes.y_km[0] + along * np.cos(strike) - out * np.sin(strike),
        planes.top_depth_km[0] + down * np.sin(dip),
    )


geometry = st.tuples(
    st.floats(-50, 50), st.floats(-50, 50), st.floats(0, 360), st.floats(5, 90),
    st.floats(0, 15), st.floats(1, 40), st.floats(1, 25),
)  # fmt: skip
site = st.tuples(st.floats(-150, 150), st.floats(-150, 150))


@settings(max_examples=60, deadline=None)
@given(geometry, site)
def test_like_the_nearest_piece(shape, where) -> None:
    planes = plane(*shape)
    x, y = where
    east, north, depth = pieces(planes)
    found = plane_distances(planes, np.array([x]), np.array([y]))
    flat = np.hypot(east - x, north - y)
    # The nearest of the pieces lies at most half a diagonal of the mesh from the nearest point.
    assert found.rjb_km[0, 0] == pytest.approx(flat.min(), abs=STEP_KM)
    assert found.rrup_km[0, 0] == pytest.approx(np.sqrt(flat**2 + depth**2).min(), abs=STEP_KM)
    assert found.rrup_km[0, 0] >= found.rjb_km[0, 0] - 1e-9


@settings(max_examples=100, deadline=None)
@given(geometry, site, st.floats(0, 360), st.floats(-300, 300), st.floats(-300, 300))
def test_moved_and_turned_together_nothing_changes(shape, where, turn, dx, dy) -> None:
    x, y, strike, *rest = shape
    angle = np.radians(turn)  # clockwise, as strikes are counted

    def moved(east, north):
        return (
            east * np.cos(angle) + north * np.sin(angle) + dx,
            -east * np.sin(angle) + north * np.cos(angle) + dy,
        )

    before = plane_distances(plane(*shape), np.array([where[0]]), np.array([where[1]]))
    new_x, new_y = moved(*where)
    after = plane_distances(
        plane(*moved(x, y), (strike + turn) % 360, *rest), np.array([new_x]), np.array([new_y])
    )
    for field in ("rrup_km", "rjb_km", "rx_km", "ry0_km"):
        assert getattr(after, field)[0, 0] == pytest.approx(getattr(before, field)[0, 0], abs=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.1, 100), st.floats(-60, 60), st.floats(1, 20))
def test_a_vertical_rupture_has_two_equal_sides(x, y, width) -> None:
    planes = plane(0, -20, 0, 90, 2.0, 40, width)
    found = plane_distances(planes, np.array([x, -x]), np.array([y, y]))
    assert found.rrup_km[0, 0] == pytest.approx(found.rrup_km[0, 1])
    assert found.rjb_km[0, 0] == pytest.approx(found.rjb_km[0, 1])
    assert found.rx_km[0, 0] == pytest.approx(-found.rx_km[0, 1])


def test_by_hand() -> None:
    """North-striking plane from the origin, 30 km long, dipping 45 degrees to the east, 20 km wide."""
    planes = plane(0, 0, 0, 45, 3.0, 30, 20)
    edge = 20 / np.sqrt(2)
    x = np.array([-4.0, 0.0, 5.0, 40.0, -4.0])
    y = np.array([15.0, 15.0, 15.0, 15.0, 33.0])
    found = plane_distances(planes, x, y)
    assert found.rx_km[0] == pytest.approx([-4, 0, 5, 40, -4])
    assert found.ry0_km[0] == pytest.approx([0, 0, 0, 0, 3])
    assert found.rjb_km[0] == pytest.approx([4, 0, 0, 40 - edge, 5])
    expected = [5, 3, 8 / np.sqrt(2), np.hypot(40 - edge, 3 + edge), np.sqrt(16 + 9 + 9)]
    assert found.rrup_km[0] == pytest.approx(expected)
    assert found.hanging_wall[0].tolist() == [0, 1, 1, 1, 0]


def test_a_straight_trace_in_two_pieces_is_one_plane() -> None:
    whole = plane(0, 0, 30, 60, 0.0, 30, 15)
    strike = np.radians(30)
    halves = Planes(
        np.array([0, 12 * np.sin(strike)]), np.array([0, 12 * np.cos(strike)]), np.array([30.0, 30.0]),
        np.array([60.0, 60.0]), np.zeros(2), np.array([12.0, 18.0]), np.array([15.0, 15.0]),
    )  # fmt: skip
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-80, 80, (2, 200))
    # One on the trace, one on its line beyond the end, one before its beginning.
    x[:3], y[:3] = np.array([5, 40, -7]) * np.sin(strike), np.array([5, 40, -7]) * np.cos(strike)
    across, along = generalised_coordinates(halves, x, y)
    expected_along, expected_across = whole.along_and_across(x, y)
    np.testing.assert_allclose(across, expected_across[0], atol=1e-6)
    np.testing.assert_allclose(along, expected_along[0], atol=1e-6)


def test_a_bent_trace_by_quadrature() -> None:
    """GC2 is an average with weights 1/r2 along the trace: done here by adding up small steps."""
    trace = [(76.0, 43.1), (76.5, 43.2), (76.9, 43.1), (77.3, 43.3)]
    rupture = Rupture.from_trace(trace, magnitude=7.3, dip_deg=45, rake_deg=80, width_km=20)
    lon, lat = np.array([76.4, 76.95, 77.6]), np.array([43.4, 43.25, 42.9])
    found = distances(rupture, lon, lat)
    x, y = rupture.frame.to_km(lon, lat)
    corners_x, corners_y = rupture.frame.to_km(*np.array(trace).T)
    for index in range(3):
        total = across = along = passed = 0.0
        for (ax, bx), (ay, by) in zip(pairwise(corners_x), pairwise(corners_y), strict=True):
            length = np.hypot(bx - ax, by - ay)
            sine, cosine = (bx - ax) / length, (by - ay) / length
            u = (x[index] - ax) * sine + (y[index] - ay) * cosine
            t = (x[index] - ax) * cosine - (y[index] - ay) * sine
            steps = (np.arange(20000) + 0.5) * length / 20000
            weight = (length / 20000 / ((u - steps) ** 2 + t**2)).sum()
            total, across, along = total + weight, across + weight * t, along + weight * (u + passed)
            passed += length
        assert found.rx_km[index] == pytest.approx(across / total, rel=1e-4)
        beyond = max(-along / total, along / total - passed, 0.0)
        assert found.ry0_km[index] == pytest.approx(beyond, rel=1e-4, abs=1e-3)
    each = plane_distances(rupture.planes, x, y)
    np.testing.assert_array_equal(found.rrup_km, each.rrup_km.min(axis=0))


def test_the_flat_map_keeps_distances() -> None:
    from pyproj import Geod

    lon, lat = np.array([76.9, 78.65, 75.0, 79.5]), np.array([43.2, 41.22, 42.0, 43.9])
    x, y = CENTRE.to_km(lon, lat)
    geod = Geod(ellps="WGS84")
    for first in range(4):
        for second in range(4):
            true = geod.inv(lon[first], lat[first], lon[second], lat[second])[2] / 1000
            seen = np.hypot(x[first] - x[second], y[first] - y[second])
            assert seen == pytest.approx(true, rel=6e-4)
    assert np.allclose(CENTRE.to_lonlat(x, y), (lon, lat))
