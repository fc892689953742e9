from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from geodata import Grid, GridError, LayerCorrupt, OutsideRegion, UnknownCellSize

SIZES = st.sampled_from([5.0, 25.0, 30.0, 45.0, 60.0, 90.0, 120.0])


def grid(ny: int, nx: int, size: float = 60.0) -> Grid:
    values = np.arange(ny * nx, dtype=float).reshape(ny, nx)
    return Grid(values, Affine(size, 0, 640_000.0, 0, -size, 4_800_000.0), "EPSG:32643")


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_centre_of_a_cell_is_in_that_cell(ny: int, nx: int, data: st.DataObject) -> None:
    g = grid(ny, nx)
    row, col = data.draw(st.integers(0, ny - 1)), data.draw(st.integers(0, nx - 1))
    assert g.index_of(*g.xy_of(row, col)) == (row, col)


def test_point_off_the_grid_says_what_is_on_it() -> None:
    with pytest.raises(OutsideRegion, match=r"640000\.0 to 640300\.0"):
        grid(5, 5).index_of(1.0, 2.0)
    with pytest.raises(OutsideRegion):
        grid(5, 5).index_of(float("nan"), 4_799_900.0)


@given(SIZES)
def test_a_plane_stays_the_same_plane_at_any_cell_size(size: float) -> None:
    base = grid(40, 30)
    x, y = np.meshgrid(np.arange(30) * 60.0 + 30.0, -(np.arange(40) * 60.0 + 30.0))
    plane = base.like(3.0 + 0.01 * x - 0.02 * y)
    other = plane.resample(size)
    rows, cols = other.shape
    xx, yy = np.meshgrid((np.arange(cols) + 0.5) * size, -(np.arange(rows) + 0.5) * size)
    inner = slice(int(120 // size) + 1, -int(120 // size) - 1)
    expected = (3.0 + 0.01 * xx - 0.02 * yy)[inner, inner]
    np.testing.assert_allclose(other.values[inner, inner], expected, atol=1e-9)
    assert other.transform.c == base.transform.c
    assert other.transform.f == base.transform.f


@given(SIZES)
def test_resampling_makes_no_new_heights(size: float) -> None:
    values = np.random.default_rng(7).uniform(100, 200, (20, 20))
    out = grid(20, 20).like(values).resample(size).values
    assert out.min() >= values.min() - 1e-9
    assert out.max() <= values.max() + 1e-9


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf"), 1e6])
def test_impossible_cell_sizes(size: float) -> None:
    with pytest.raises(UnknownCellSize):
        grid(5, 5).resample(size)


def test_cog_round_trip(tmp_path: Path) -> None:
    g = grid(70, 50)
    values = g.values.copy()
    values[3, 4] = np.nan
    path = tmp_path / "grid.tif"
    g.like(values).write_cog(path)
    back = Grid.read(path)
    np.testing.assert_array_equal(back.values, values)
    assert back.transform == g.transform
    assert back.crs == "EPSG:32643"
    assert [p.name for p in tmp_path.iterdir()] == ["grid.tif"], "nothing temporary is left"


def test_integer_cog_keeps_nodata(tmp_path: Path) -> None:
    g = grid(4, 4)
    values = g.values.copy()
    values[0, 0] = np.nan
    g.like(values).write_cog(tmp_path / "i.tif", dtype="int16", nodata=-32768)
    np.testing.assert_array_equal(Grid.read(tmp_path / "i.tif").values, values)


def test_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    grid(70, 50).write_cog(tmp_path / "a.tif")
    grid(70, 50).write_cog(tmp_path / "b.tif")
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_broken_raster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"no raster")
    with pytest.raises(LayerCorrupt, match=r"x\.tif"):
        Grid.read(tmp_path / "x.tif")


def test_cells_must_be_square_and_north_up() -> None:
    for transform in (Affine(60, 0, 0, 0, -30, 0), Affine(60, 0, 0, 0, 60, 0), Affine(60, 5, 0, 0, -60, 0)):
        with pytest.raises(GridError):
            Grid(np.zeros((2, 2)), transform, "EPSG:32643")
    with pytest.raises(GridError, match="CRS"):
        Grid(np.zeros((2, 2)), Affine(60, 0, 0, 0, -60, 0), "")
    with pytest.raises(GridError):
        grid(3, 3).like(np.zeros((2, 3)))
