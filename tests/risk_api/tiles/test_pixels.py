"""Pixels, pyramids, pictures and archives by themselves."""

import shutil
import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Transformer
from rasterio.io import MemoryFile

from risk_api.errors import BadParameter, TileOutside
from risk_api.runs import RunStore
from risk_api.tiles.archive import open_archive, write_archive
from risk_api.tiles.matrix import SIZE, Tile, Zooms, pixel_m, read_tile, transform_of, zoom_for
from risk_api.tiles.pixels import Canvas, coarser, pyramid, warp
from risk_api.tiles.png import palette_chunks, palette_png
from risk_api.tiles.run_layers import arrival_codes, earliest_first, step_s

BYTES = st.integers(0, 255)


@settings(max_examples=20)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 2), st.integers(1, 2), st.booleans())
def test_of_four_pixels_the_one_that_ranks_highest_stands_for_all(column, row, wide, high, early):
    rng = np.random.default_rng(column + 10 * row)
    pixels = rng.integers(0, 256, (high * SIZE, wide * SIZE), dtype=np.uint8)
    canvas = Canvas(9, column, row, pixels)
    rank = earliest_first() if early else np.arange(256, dtype=np.uint8)
    lower = coarser(canvas, rank)
    assert lower.zoom == 8
    fill = int(np.argmin(rank))
    for tile, square in lower.tiles():
        quarters = [[canvas.tile(2 * tile.x + i, 2 * tile.y + j) for i in (0, 1)] for j in (0, 1)]
        empty = np.full((SIZE, SIZE), fill, dtype=np.uint8)
        whole = np.block([[empty if part is None else part for part in line] for line in quarters])
        worst = (np.min if early else np.max)(whole.reshape(SIZE, 2, SIZE, 2), axis=(1, 3))
        assert np.array_equal(square, worst)


@settings(max_examples=15, deadline=None)
@given(arrays(np.uint8, (7, 9), elements=st.integers(0, 3)), st.floats(20.0, 300.0), st.integers(9, 13))
def test_a_pixel_takes_the_cell_that_its_centre_lies_in(cells, size_m, zoom):
    transform = Affine(size_m, 0, 655_321.0, 0, -size_m, 4_780_123.0)
    canvas = warp(cells, transform, "EPSG:32643", zoom, 0)
    if not cells.any():
        assert canvas is None
        return
    at = transform_of(zoom, canvas.column, canvas.row)
    rows, cols = np.mgrid[: canvas.indices.shape[0] : 3, : canvas.indices.shape[1] : 3]
    x, y = at.c + at.a * (cols + 0.5), at.f + at.e * (rows + 0.5)
    x, y = Transformer.from_crs("EPSG:3857", "EPSG:32643", always_xy=True).transform(x, y)
    col, row = (x - transform.c) / size_m, (transform.f - y) / size_m
    sure = (np.abs(col - np.round(col)) > 1e-4) & (np.abs(row - np.round(row)) > 1e-4)
    inside = (col >= 0) & (row >= 0) & (col < 9) & (row < 7)
    expected = np.zeros(col.shape, dtype=np.uint8)
    expected[inside] = cells[row[inside].astype(int), col[inside].astype(int)]
    assert np.array_equal(canvas.indices[::3, ::3][sure], expected[sure])


def test_a_pyramid_of_nothing_has_no_tiles():
    empty = pyramid(None, Zooms(5, 9), 0)
    assert list(empty.tiles()) == []
    assert empty.tile(Tile(7, 91, 46)) is None


@given(arrays(np.uint8, (5, 6), elements=BYTES), st.lists(st.tuples(BYTES, BYTES, BYTES, BYTES), min_size=1))
def test_a_picture_is_read_back_as_it_was(indices, colours):
    indices = indices % min(len(colours), 256)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        picture = palette_png(indices, palette_chunks(colours[:256]))
        with MemoryFile(picture) as file, file.open(driver="PNG") as read:
            assert np.array_equal(read.read(1), indices)
            found = read.colormap(1)
    for index, colour in enumerate(colours[:256]):
        assert found[index] == colour


def test_a_palette_has_1_to_256_colours():
    for count in (0, 257):
        with pytest.raises(ValueError, match="1 to 256 colours"):
            palette_chunks([(0, 0, 0, 0)] * count)


def test_an_archive_is_what_was_written(tmp_path):
    tiles = {Tile(z, x, y): bytes([z, x, y]) * 20 for z in (5, 6, 7) for x in range(9) for y in range(7)}
    tiles |= {Tile(8, x, 3): b"the same" for x in range(40)}
    path = tmp_path / "new" / "set.pmtiles"
    write_archive(path, tiles, {"name": "Үлгі"}, (76.0, 43.0, 77.0, 44.0))
    archive = open_archive(path)
    assert archive.tiles() == tiles
    assert archive.metadata == {"name": "Үлгі"}
    assert not archive.gzipped
    assert archive.get(Tile(8, 41, 3)) is None
    assert [file.name for file in path.parent.iterdir()] == ["set.pmtiles"]
    path.write_bytes(b"no archive at all" * 20)
    with pytest.raises(ValueError, match="no PMTiles archive"):
        open_archive(path)


@given(arrays(np.float64, 30, elements=st.floats(0.0, 2e5) | st.just(np.nan)))
def test_a_code_is_the_step_of_the_arrival(arrival):
    step = step_s(arrival)
    codes = arrival_codes(arrival, step)
    assert step % 60.0 == 0.0
    assert np.array_equal(codes == 255, np.isnan(arrival))
    known = ~np.isnan(arrival)
    assert (codes[known] * step <= arrival[known]).all()
    assert (arrival[known] < (codes[known] + 1.0) * step).all()
    if known.any() and arrival[known].max() < 254 * 60:
        assert step == 60.0


@pytest.mark.parametrize(
    ("cell_m", "latitude", "zoom"), [(30.0, 43.2, 13), (60.0, 43.2, 12), (10.0, 43.2, 15), (500.0, 0.0, 10)]
)
def test_the_highest_zoom_has_two_pixels_a_cell(cell_m, latitude, zoom):
    assert zoom_for(cell_m, latitude) == zoom
    ground = pixel_m(zoom) * np.cos(np.radians(latitude))
    assert cell_m / 4 < ground <= cell_m / 2


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_tile(z, x, y):
    try:
        tile = read_tile(z, x, y, Zooms(0, 24))
    except (BadParameter, TileOutside):
        return
    assert 0 <= tile.x < 2**tile.z
    assert 0 <= tile.y < 2**tile.z


def test_a_run_that_reached_nothing_has_tiles_without_anything(made_store, make_client, tmp_path):
    from starlette.testclient import TestClient

    source = RunStore(made_store / "runs")
    folder = tmp_path / "runs" / source.ids()[0]
    shutil.copytree(source.folder / folder.name, folder)
    for layer, value in (("depth_max_m", 0.0), ("arrival_s", np.nan)):
        with rasterio.open(folder / f"{layer}.tif") as raster:
            profile = raster.profile
        with rasterio.open(folder / f"{layer}.tif", "w", **profile) as raster:
            raster.write(np.full((profile["height"], profile["width"]), value, dtype="float32"), 1)
    client: TestClient
    with make_client(tmp_path) as client:
        for entry in client.get(f"/v1/runs/{folder.name}/tiles").json()["tilesets"]:
            document = client.get(entry["tilejson"]).json()
            x, y = (1 << document["minzoom"]) - 1, 0
            path = document["tiles"][0].format(z=document["minzoom"], x=x, y=y)
            assert client.get(path).status_code == (204 if entry["type"] == "vector" else 200)
        kept = client.get(f"/v1/runs/{folder.name}/tiles/depth/tilejson.json").json()["tiles"][0]
        itself = f"/v1/runs/{folder.name}/difference/{folder.name}/tiles/depth/tilejson.json"
        assert client.get(itself).status_code == 200
        # A run that is deleted takes its tiles with it, although their archives are still open.
        (folder / "run.json").unlink()
        for path in (itself, kept.format(z=9, x=365, y=187)):
            assert client.get(path).json()["type"].endswith("unknown_run")


def test_behind_a_proxy_addresses_have_its_prefix(made_store, valley):
    from starlette.testclient import TestClient

    from risk_api.app import create_app
    from risk_api.settings import Settings

    quiet = {"region": str(valley), "precompute": False, "warm": False, "workers": 1}
    app = create_app(Settings(data_dir=made_store, **quiet))
    run_id = RunStore(made_store / "runs").ids()[0]
    with TestClient(app, root_path="/risk") as client:
        document = client.get(f"/risk/v1/runs/{run_id}/tiles/depth/tilejson.json").json()
        (template,) = document["tiles"]
        assert template.startswith("http://testserver/risk/v1/runs/")
        # By the routes, then by the way before them.
        for _ in range(2):
            answer = client.get(template.format(z=document["minzoom"], x=22, y=11))
            assert answer.headers["cache-control"].endswith("immutable")
