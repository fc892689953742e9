import zipfile
from pathlib import Path

import numpy as np
import pytest

from geodata import LayerCorrupt
from geodata.sources.raster import warp_to
from geodata.sources.srtm import fill_voids, read_srtm


def tile(path: Path, heights: np.ndarray) -> Path:
    path.write_bytes(heights.astype(">i2").tobytes())
    return path


def slope() -> np.ndarray:
    """Heights that fall 1 m per pixel eastwards from 2000 m."""
    return np.broadcast_to(2000 - np.arange(1201), (1201, 1201)).copy()


def test_a_tile_is_placed_by_its_name_with_points_on_whole_seconds(tmp_path: Path) -> None:
    source = read_srtm(tile(tmp_path / "N43E076.hgt", slope()))
    step = 3 / 3600
    assert source.crs == "EPSG:4326"
    assert source.transform.a == pytest.approx(step)
    assert source.transform.c + step / 2 == pytest.approx(76.0), "the first point lies on the meridian"
    assert source.transform.f - step / 2 == pytest.approx(44.0)
    assert source.transform.f - 1200.5 * step == pytest.approx(43.0)
    assert source.values[600, 100] == 1900
    south = read_srtm(tile(tmp_path / "s02w070.hgt", slope()))
    assert south.transform.c == pytest.approx(-70 - step / 2)
    assert south.transform.f == pytest.approx(-1 + step / 2)


def test_zipped_tiles_and_voids(tmp_path: Path) -> None:
    heights = slope()
    heights[10:14, 20:25] = -32768
    inner = tile(tmp_path / "N43E076.hgt", heights)
    with zipfile.ZipFile(tmp_path / "N43E076.hgt.zip", "w") as archive:
        archive.write(inner, inner.name)
    source = read_srtm(tmp_path / "N43E076.hgt.zip")
    assert np.isnan(source.values).sum() == 20
    filled, count = fill_voids(source.values, None)
    assert count == 20
    np.testing.assert_allclose(filled[10:14, 20:25], slope()[10:14, 20:25], atol=3.0)
    known = ~np.isnan(source.values)
    np.testing.assert_array_equal(filled[known], source.values[known])


def test_voids_follow_the_other_terrain_shifted_to_the_heights_around() -> None:
    true = np.add.outer(np.arange(60.0) * 5, np.sin(np.arange(60) / 4) * 40)
    holed = true.copy()
    holed[20:30, 20:30] = np.nan
    filled, count = fill_voids(holed, true - 35.0)
    assert count == 100
    np.testing.assert_allclose(filled, true, atol=0.5)


def test_tiles_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(LayerCorrupt, match="corner"):
        read_srtm(tile(tmp_path / "somewhere.hgt", slope()))
    with pytest.raises(LayerCorrupt, match="bytes"):
        read_srtm(tile(tmp_path / "N43E076.hgt", slope()[:500]))
    (tmp_path / "N44E076.hgt.zip").write_bytes(b"PK no zip")
    with pytest.raises(LayerCorrupt, match="zip"):
        read_srtm(tmp_path / "N44E076.hgt.zip")


@pytest.mark.real_data
def test_the_real_tile_and_the_real_mosaic_agree(real_data: Path) -> None:
    raw = read_srtm(real_data / "N43E076.hgt.zip")
    mosaic = read_srtm(real_data / "srtm3_almaty.tif")
    assert np.isnan(raw.values).any(), "a raw tile has voids"
    assert np.nanmin(raw.values) > 0
    from affine import Affine

    frame = Affine(60, 0, 640_000, 0, -60, 4_800_000)
    one = warp_to(raw, frame, (300, 300), "EPSG:32643", smooth=False)
    two = warp_to(mosaic, frame, (300, 300), "EPSG:32643", smooth=False)
    both = ~np.isnan(one) & ~np.isnan(two)
    assert both.mean() > 0.9
    assert np.abs(one[both] - two[both]).mean() < 0.5, "the same heights at the same places"
