"""vs30 from slope, districts and zones; amplification on crests."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.ground_table import almaty_ground
from risk_api.seismic.site import (
    ALLEN_WALD_2009,
    WALD_ALLEN_2007,
    cap_on_loess,
    slope_at_30_arc_seconds,
    vs30_from_slope,
    vs30_of_districts,
)
from risk_api.seismic.topography import factor_on_terrain, topographic_factor
from risk_api.seismic.zones import increments, read_zones, vs30_with_zones


@pytest.mark.parametrize("table", [WALD_ALLEN_2007, ALLEN_WALD_2009])
def test_the_table_is_met_and_held_beyond(table) -> None:
    slopes, velocities = np.array(table).T
    assert vs30_from_slope(slopes, table) == pytest.approx(velocities)
    assert vs30_from_slope([0.0, 5.0], table) == pytest.approx([180, 760])
    middle = np.sqrt(slopes[3] * slopes[4])
    assert vs30_from_slope(middle, table) == pytest.approx((velocities[3] + velocities[4]) / 2)


@given(st.floats(0, 2), st.floats(0, 2))
def test_steeper_is_never_softer(one, other) -> None:
    low, high = sorted((one, other))
    assert vs30_from_slope(low) <= vs30_from_slope(high)


def test_the_slope_of_a_tilted_plane() -> None:
    cell = 60.0
    y, x = np.mgrid[0:120, 0:150] * cell
    tilted = 0.03 * x - 0.04 * y + 700.0
    slope = slope_at_30_arc_seconds(tilted, cell, 43.2, 90.0)
    assert slope.shape == tilted.shape
    assert slope == pytest.approx(0.05)
    # What is finer than 30 arc-seconds is averaged out: a comb of 60 m teeth on the plane changes little.
    comb = tilted + 20.0 * ((np.arange(150) % 2) * 2 - 1)
    assert slope_at_30_arc_seconds(comb, cell, 43.2, 90.0) == pytest.approx(0.05, rel=0.25)
    gap = tilted.copy()
    gap[40:44, 50:60] = np.nan
    assert slope_at_30_arc_seconds(gap, cell, 43.2, 90.0)[40:44, 50:60] == pytest.approx(0.05, rel=0.1)


def test_blocks_are_30_arc_seconds_either_way() -> None:
    """At 43.2 degrees north 15 cells of 60 m from north to south, but 11 from west to east."""
    y, x = np.mgrid[0:120, 0:150] * 60.0
    by_column = slope_at_30_arc_seconds(1e-5 * x**2, 60.0, 43.2, 90.0)
    by_row = slope_at_30_arc_seconds(1e-5 * y**2, 60.0, 43.2, 90.0)
    assert len(np.unique(by_column[0])) == int(np.ceil(150 / 11))
    assert len(np.unique(by_row[:, 0])) == int(np.ceil(120 / 15))


@pytest.mark.parametrize(("cell", "resolution"), [(60.0, 900.0), (1000.0, 90.0), (60.0, float("nan"))])
def test_terrain_too_coarse_is_refused(cell, resolution) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        slope_at_30_arc_seconds(np.zeros((200, 200)), cell, 43.2, resolution)
    assert caught.value.field == "resolution_m"


def test_terrain_too_small_is_refused() -> None:
    with pytest.raises(BadSeismicInput) as caught:
        slope_at_30_arc_seconds(np.zeros((10, 10)), 60.0, 43.2, 90.0)
    assert caught.value.field == "elevation_m"


def medians_by_district(region):
    grid = region.terrain(60.0)
    west, _, _, north = grid.bounds
    slope = slope_at_30_arc_seconds(grid.values, 60.0, 43.2, region.terrain_quality["resolution_m"])
    vs30 = vs30_from_slope(slope)
    x, y = np.meshgrid(
        west + 60.0 * (np.arange(grid.shape[1]) + 0.5), north - 60.0 * (np.arange(grid.shape[0]) + 0.5)
    )
    return {
        name: float(np.median(vs30[shapely.contains_xy(polygon, x, y)]))
        for name, polygon in region.district_polygons().items()
    }


def test_the_embedded_terrain_beside_the_district_figures(almaty) -> None:
    """Two readings of one proxy, up to a fifth apart: the north soft, the foothills stiff."""
    by_slope, ground = medians_by_district(almaty), almaty_ground()
    assert set(by_slope) == set(ground)
    for name, figure in ground.items():
        assert by_slope[name] == pytest.approx(min(figure.median_m_s, 760.0), rel=0.2), name
    assert max(by_slope[name] for name in ("turksib", "zhetysu", "alatau")) < min(
        by_slope[name] for name in ("almaly", "auezov", "bostandyk", "nauryzbay", "medeu")
    )


@pytest.mark.real_data
def test_gebco_is_fine_enough_for_a_slope_at_30_arc_seconds(almaty, srtm_region) -> None:
    coarse, fine = medians_by_district(almaty), medians_by_district(srtm_region)
    for name, value in fine.items():
        assert coarse[name] == pytest.approx(value, rel=0.04), name


def test_districts() -> None:
    ground = almaty_ground()
    found = vs30_of_districts(np.array(["medeu", "turksib", "medeu"]), ground)
    # People live below Medeu's slopes; 837 m/s is the median of mountains.
    assert found.tolist() == [500.0, 295.0, 500.0]
    for figures in ground.values():
        assert figures.low_m_s < figures.median_m_s < figures.high_m_s
    with pytest.raises(BadSeismicInput, match=r"district.*nowhere"):
        vs30_of_districts(np.array(["nowhere"]), ground)


def test_loess_is_not_rock() -> None:
    found = cap_on_loess(np.array([700.0, 700.0, 300.0]), np.array([True, False, True]))
    assert found.tolist() == [450.0, 700.0, 300.0]


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def square(west, **properties):
    ring = [[west, 43.0], [west + 0.1, 43.0], [west + 0.1, 43.1], [west, 43.1], [west, 43.0]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"source": "drawn for a test", **properties},
    }


def test_zones_rule_over_the_proxy_the_later_over_the_earlier() -> None:
    zones = read_zones(
        collection(
            square(76.9, vs30_m_s=300, intensity_increment=-1),
            square(76.95, vs30_m_s=400.0),
            square(76.95, intensity_increment=0.5),
        )
    )
    lon, lat = np.array([76.92, 76.97, 77.2]), np.full(3, 43.05)
    assert vs30_with_zones(zones, lon, lat, 600.0).tolist() == [300.0, 400.0, 600.0]
    assert increments(zones, lon, lat).tolist() == [-1.0, 0.5, 0.0]
    assert vs30_with_zones((), lon, lat, np.array([1.0, 2.0, 3.0])).tolist() == [1.0, 2.0, 3.0]


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[76.0, 43.0], [76.1, 43.1], [76.1, 43.0], [76.0, 43.1], [76.0, 43.0]]],
}


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"type": "Feature"}, "zones"),
        ({"type": "FeatureCollection", "features": None}, "zones"),
        (collection(square(76.9)), "features[0]"),
        (collection(7), "features[0]"),
        (collection(square(76.9, vs30_m_s=500), square(76.9, vs30_m_s=5)), "features[1].vs30_m_s"),
        (collection(square(76.9, vs30_m_s=True)), "features[0].vs30_m_s"),
        (collection(square(76.9, vs30_m_s="600")), "features[0].vs30_m_s"),
        (collection(square(76.9, intensity_increment=9)), "features[0].intensity_increment"),
        (collection(square(76.9, vs30_m_s=500, source=" ")), "features[0].source"),
        (collection({**square(76.9, vs30_m_s=500), "geometry": None}), "features[0].geometry"),
        (collection({**square(76.9, vs30_m_s=500), "geometry": {"type": "Polygon"}}), "features[0].geometry"),
        (
            collection(
                {**square(76.9, vs30_m_s=500), "geometry": {"type": "Point", "coordinates": [76.9, 43.0]}}
            ),
            "features[0].geometry",
        ),
        (collection({**square(76.9, vs30_m_s=500), "geometry": BOW_TIE}), "features[0].geometry"),
    ],
)
def test_bad_zones_are_refused_by_name(given_, field) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        read_zones(given_)
    assert caught.value.field == field


def test_eurocode_on_slopes_and_ridges() -> None:
    factor = topographic_factor(
        slope_deg=[10, 20, 20, 35, 35, 35, 35],
        relief_m=[200, 20, 200, 200, 200, 200, 200],
        height_share=[1, 1, 1, 1, 1, 0, 0.5],
        ridge=[True, True, True, True, False, True, True],
        loose=False,
    )
    assert factor == pytest.approx([1.0, 1.0, 1.2, 1.4, 1.2, 1.0, 1.2])
    assert topographic_factor(35, 200, 1.0, True, True) == pytest.approx(1.4 * 1.2)


def test_on_a_made_up_ridge_and_on_a_plain() -> None:
    x = (np.arange(101) - 50) * 30.0
    ridge = np.tile(np.maximum(500.0 - 0.8 * np.abs(x), 0.0), (101, 1))
    factor = factor_on_terrain(ridge, 30.0)
    assert factor[50, 50] == pytest.approx(1.4)
    assert (factor[:, 50] >= factor[:, 60]).all()
    assert factor[50, 0] == pytest.approx(1.0)
    assert (factor_on_terrain(np.full((60, 60), 700.0), 30.0) == 1.0).all()
    # A single slope has an edge, no ridge.
    step = np.tile(np.clip(400.0 + 0.8 * x, 0.0, 800.0), (101, 1))
    assert factor_on_terrain(step, 30.0).max() == pytest.approx(1.2, abs=0.01)
    with pytest.raises(BadSeismicInput) as caught:
        factor_on_terrain(ridge, 400.0)
    assert caught.value.field == "cell_size_m"
