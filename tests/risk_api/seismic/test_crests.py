"""Crests shake more where the terrain is fine enough to know them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from affine import Affine

from geodata import Grid
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.maps.shake_maps import ShakeMaps
from risk_api.seismic.region_crests import RegionCrests

CELL_M = 30.0


def region_with_a_ridge(resolution_m: float, ridge_m: float = 300.0):
    """Flat ground of 6 km by 6 km with one ridge from north to south, steep on both sides."""
    x = (np.arange(200) + 0.5) * CELL_M
    height = ridge_m * np.clip(1.0 - np.abs(x - 3000.0) / 450.0, 0.0, None)
    bed = Grid(np.tile(height, (200, 1)), Affine(CELL_M, 0, 0, 0, -CELL_M, 6000.0), "EPSG:32643")
    return SimpleNamespace(
        terrain_quality={"resolution_m": resolution_m},
        run_cell_size_m=CELL_M,
        terrain=bed.resample,
        to_metric=lambda lon, lat: (lon, lat),
    )


def test_a_ridge_shakes_more_and_its_surroundings_do_not():
    crests = RegionCrests(region_with_a_ridge(30.0))
    x = np.array([300.0, 3000.0, 5700.0])
    far_west, top, far_east = crests.at(x, np.full(3, 3000.0))
    assert far_west == far_east == pytest.approx(1.0)
    assert 1.1 < top <= 1.4


def test_a_point_keeps_its_shape():
    crests = RegionCrests(region_with_a_ridge(30.0))
    assert crests.at(3000.0, 3000.0).shape == ()
    assert crests.at(np.full((2, 3), 3000.0), np.full((2, 3), 100.0)).shape == (2, 3)


def test_gentle_ground_is_left_alone():
    crests = RegionCrests(region_with_a_ridge(30.0, ridge_m=60.0))
    assert np.all(crests.grid.values == 1.0)


@pytest.mark.parametrize("resolution_m", [100.5, 400.0, None])
def test_coarse_terrain_says_nothing(resolution_m):
    crests = RegionCrests(region_with_a_ridge(resolution_m))
    assert not crests.known
    assert np.all(crests.at(np.full(4, 3000.0), np.full(4, 3000.0)) == 1.0)


def test_damage_and_maps_follow_the_crests(almaty, tmp_path, monkeypatch):
    flat = QuakeAnswers(almaty).scenario("talgar").shaking
    flat_map = ShakeMaps(almaty, tmp_path).of("talgar")
    monkeypatch.setattr(RegionCrests, "at", lambda self, lon, lat: np.full(np.shape(lon), 1.3))
    raised = QuakeAnswers(almaty).scenario("talgar").shaking
    np.testing.assert_allclose(raised.mean_ln - flat.mean_ln, np.log(1.3), atol=1e-12)
    raised_map = ShakeMaps(almaty, tmp_path / "crests").of("talgar")
    before, after = (Grid.read(each.path("pga_g_p50")).values for each in (flat_map, raised_map))
    np.testing.assert_allclose(after, 1.3 * before, rtol=1e-5)
    assert flat_map.document["topographic_factor"] == {"least": 1.0, "most": 1.0}
    assert raised_map.document["topographic_factor"] == {"least": 1.3, "most": 1.3}
