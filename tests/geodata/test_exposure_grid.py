from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata import ExposureGrid, Grid, LayerCorrupt, LayerInvalid, open_region
from geodata.crs import to_lonlat
from geodata.exposure_grid import district_cells, read_exposure, shares_to_total
from geodata.exposure_sources import exposure_from_counts
from geodata.region_file import LayerFile

X0, Y0, CRS = 650_000.0, 4_780_000.0, "EPSG:32643"
WEST = shapely.box(X0 + 130, Y0 + 130, X0 + 1530, Y0 + 2930)
EAST = shapely.box(X0 + 1530, Y0 + 130, X0 + 2930, Y0 + 2930)
DISTRICTS = {"west": WEST, "east": EAST}


@given(
    hnp.arrays(float, 30, elements=st.floats(0, 1e6)),
    hnp.arrays(np.int64, 30, elements=st.integers(0, 2)),
    hnp.arrays(float, 3, elements=st.floats(0, 1e6)),
)
def test_totals_are_kept_whatever_the_weights(weight: Any, code: Any, totals: Any) -> None:
    out = shares_to_total(weight, code, totals)
    assert (out >= 0).all()
    sums = np.bincount(code, weights=out, minlength=3)
    present = np.bincount(code, minlength=3) > 0
    np.testing.assert_allclose(sums[present], totals[present], rtol=1e-9, atol=1e-9)


def test_cells_share_out_the_whole_area_of_every_district() -> None:
    _, _, row, col, code, area = district_cells(DISTRICTS, 100.0)
    sums = np.bincount(code, weights=area)
    np.testing.assert_allclose(sums, [WEST.area, EAST.area])
    keys = np.stack([row, col, code])
    assert np.unique(keys, axis=1).shape == keys.shape


def layer(path: Path, name: str = "population", **options: Any) -> LayerFile:
    return LayerFile(name, path, None, {"file": path.name, **options})


def exposure(population: LayerFile, buildings: LayerFile | None = None, **totals: Any) -> ExposureGrid:
    people = {"west": 1000.0, "east": 500.0}
    return exposure_from_counts(
        population, buildings, DISTRICTS, people, {"west": None, "east": None, **totals}, CRS
    )


@pytest.mark.parametrize("crs", ["EPSG:32643", "EPSG:4326"])
@pytest.mark.parametrize("dtype", ["float32", "int16", "uint8"])
def test_people_from_a_raster_of_counts(tmp_path: Path, crs: str, dtype: str) -> None:
    counts = np.zeros((6, 6))
    counts[1, 1], counts[1, 4] = 40, 20
    counts[4, 1] = 10
    if crs == "EPSG:32643":
        transform = Affine(500, 0, X0, 0, -500, Y0 + 3000)
    else:
        (lon, lat) = to_lonlat([X0], [Y0 + 3000], CRS)
        transform = Affine(0.0061, 0, float(lon[0]), 0, -0.0061, float(lat[0]))
        counts[4, 1], counts[3, 1] = 0, 10
    path = tmp_path / "people.tif"
    Grid(counts, transform, crs).write_cog(path, dtype=dtype, nodata=0)
    grid = exposure(layer(path))
    totals = grid.district_totals()
    assert totals["west"]["people"] == pytest.approx(1000, rel=1e-9)
    assert totals["east"]["people"] == pytest.approx(500, rel=1e-9)
    _, y = grid.centres()
    west = grid.district == "west"
    north = west & (y > Y0 + 1500)
    assert grid.people[north].sum() == pytest.approx(800, rel=0.12), "40 of the 50 counted live in the north"


def test_people_from_polygons_and_buildings_from_points(tmp_path: Path) -> None:
    blocks = gpd.GeoDataFrame(
        {"inhabitants": [30, 10]},
        geometry=[
            shapely.box(X0 + 200, Y0 + 200, X0 + 800, Y0 + 800),
            shapely.box(X0 + 1800, Y0 + 200, X0 + 2000, Y0 + 400),
        ],
        crs=CRS,
    )
    blocks.to_file(tmp_path / "blocks.gpkg")
    houses = gpd.GeoDataFrame(
        {"buildings": [7, 3]},
        geometry=[shapely.Point(X0 + 500, Y0 + 500), shapely.Point(X0 + 1900, Y0 + 300)],
        crs=CRS,
    ).to_crs(4326)
    houses.to_file(tmp_path / "houses.fgb")
    grid = exposure(
        layer(tmp_path / "blocks.gpkg", people_field="inhabitants"),
        layer(tmp_path / "houses.fgb", "buildings"),
    )
    assert grid.district_totals()["west"] == pytest.approx({"people": 1000.0, "buildings": 7.0})
    assert grid.district_totals()["east"] == pytest.approx({"people": 500.0, "buildings": 3.0})
    x, y = grid.centres()
    west = grid.district == "west"
    assert (x[west] < X0 + 900).all()
    assert (y[west] < Y0 + 900).all()


def test_negative_and_missing_counts_name_the_field(tmp_path: Path) -> None:
    bad = gpd.GeoDataFrame({"people": [-1.0]}, geometry=[shapely.Point(X0 + 500, Y0 + 500)], crs=CRS)
    bad.to_file(tmp_path / "bad.gpkg")
    with pytest.raises(LayerInvalid, match=r"people.*negative"):
        exposure(layer(tmp_path / "bad.gpkg"))
    with pytest.raises(LayerInvalid, match=r"residents.*missing"):
        exposure(layer(tmp_path / "bad.gpkg", people_field="residents"))
    (tmp_path / "x.tif").write_bytes(b"no raster")
    with pytest.raises(LayerCorrupt):
        exposure(layer(tmp_path / "x.tif"))


def test_parquet_round_trip_and_its_checks(tmp_path: Path, small: Any) -> None:
    grid = open_region(small.save()).exposure_grid()
    grid.write(tmp_path / "exposure.parquet")
    entry = layer(tmp_path / "exposure.parquet", "exposure")
    back = read_exposure(entry, grid.district_ids)
    assert back.transform == grid.transform
    for name in ("row", "col", "district_code", "people", "buildings"):
        np.testing.assert_array_equal(getattr(back, name), getattr(grid, name))
    with pytest.raises(LayerInvalid, match="'west' is not one of east"):
        read_exposure(entry, ("east",))
    negative = ExposureGrid(**{**grid.__dict__, "people": -grid.people})
    negative.write(tmp_path / "negative.parquet")
    with pytest.raises(LayerInvalid, match="people"):
        read_exposure(layer(tmp_path / "negative.parquet", "exposure"), grid.district_ids)
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "exposure.parquet").read_bytes()[:200])
    with pytest.raises(LayerCorrupt, match=r"cut\.parquet"):
        read_exposure(layer(tmp_path / "cut.parquet", "exposure"), grid.district_ids)


def test_moving_people_moves_the_counts(small: Any, make_valley: Callable[..., Grid]) -> None:
    small.points_of_people([(500.0, 500.0, 1.0), (2000.0, 2000.0, 1.0)])
    before = open_region(small.save()).exposure_grid()
    small.points_of_people([(500.0, 2500.0, 1.0), (2000.0, 2000.0, 1.0)])
    after = open_region(small.save()).exposure_grid()
    for grid, y0 in ((before, 500.0), (after, 2500.0)):
        _, y = grid.centres()
        west = grid.district == "west"
        assert np.average(y[west], weights=grid.people[west]) == pytest.approx(Y0 + y0, abs=60)
