"""The region in tiles: its ground as a picture, its layers as vectors, one file to take away."""

import io
import math
import warnings

import numpy as np
import pyogrio
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import Reader
from rasterio.io import MemoryFile

from risk_api.tiles.hillshade import shade
from risk_api.tiles.matrix import HALF_M, tiles_over, to_mercator


def address(document, z, x, y):
    return document["tiles"][0].replace("http://testserver", "").format(z=z, x=x, y=y)


def middle_tile(document, zoom):
    west, south, east, north = document["bounds"]
    x, y = to_mercator(0.5 * (west + east), 0.5 * (south + north))
    return tiles_over((x, y, x, y), zoom)[:2]


def test_light_comes_from_the_north_west():
    x, y = np.meshgrid(np.arange(40.0), np.arange(40.0))
    flat = shade(np.zeros((40, 40)), 10.0)
    assert flat == pytest.approx(math.sin(math.radians(45.0)))
    # Ground that rises to the south-east faces the light; rows go south.
    facing, away = shade(5.0 * (x + y), 10.0), shade(-5.0 * (x + y), 10.0)
    assert facing[20, 20] > flat[20, 20] > away[20, 20]
    assert facing[20, 20] == pytest.approx(1.0, abs=0.03)


@given(st.floats(0.0, 1.5), st.floats(0.0, 2 * math.pi))
def test_the_shade_of_a_plane_is_the_cosine_to_its_normal(slope, direction):
    x, y = np.meshgrid(np.arange(8.0), np.arange(8.0))
    east, north = slope * math.cos(direction), slope * math.sin(direction)
    light = shade(30.0 * (east * x - north * y), 30.0)
    normal = np.array([-east, -north, 1.0]) / math.sqrt(1.0 + slope**2)
    sun = np.array([-0.5, 0.5, math.sqrt(0.5)])
    assert light[4, 4] == pytest.approx(max(0.0, float(normal @ sun)), abs=1e-9)


def test_ground_without_heights_is_transparent_and_its_edge_is_not():
    height = np.full((10, 10), np.nan)
    height[2:8, 2:8] = 100.0
    light = shade(height, 10.0)
    assert np.array_equal(np.isnan(light), np.isnan(height))


@pytest.mark.parametrize("layer", ["hillshade", "relief"])
def test_the_base_is_a_picture_of_the_region(client, layer):
    document = client.get(f"/v1/base/tiles/{layer}/tilejson.json").json()
    assert "legend" not in document
    for zoom in (document["minzoom"], document["maxzoom"]):
        answer = client.get(address(document, zoom, *middle_tile(document, zoom)))
        assert answer.headers["content-type"] == "image/png"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with MemoryFile(answer.content) as file, file.open() as picture:
                indices, palette = picture.read(1), picture.colormap(1)
        assert palette[0][3] == 0
        assert (indices > 0).any()
        # A river runs through the middle of the valley.
        assert (indices == max(palette)).any() == (layer == "relief")
        if zoom == document["maxzoom"]:
            assert len(np.unique(indices)) > 5


def test_the_region_in_vectors_has_names_in_three_languages(client, tmp_path):
    document = client.get("/v1/tiles/region/tilejson.json").json()
    layers = {layer["id"]: layer for layer in document["vector_layers"]}
    assert {"districts", "rivers", "gorges", "dams"} <= set(layers)
    for layer in layers.values():
        assert {"id", "name_kk", "name_ru", "name_en"} <= set(layer["fields"])
    x, y = middle_tile(document, document["minzoom"])
    answer = client.get(address(document, document["minzoom"], x, y))
    file = tmp_path / str(document["minzoom"]) / str(x) / f"{y}.pbf"
    file.parent.mkdir(parents=True)
    file.write_bytes(answer.content)
    for name in layers:
        features = client.get(f"/v1/{name}").json()["features"]
        assert set(pyogrio.read_dataframe(file, layer=name)["id"]) == {feature["id"] for feature in features}
    assert client.get(f"/v1/tiles/region/{document['maxzoom']}/0/0").status_code == 204


def test_the_archive_is_the_tiles_and_is_read_in_ranges(client):
    document = client.get("/v1/tiles/region/tilejson.json").json()
    path = "/v1/tiles/region.pmtiles"
    whole = client.get(path)
    assert whole.headers["content-type"] == "application/vnd.pmtiles"
    asked = []

    def part(offset, length):
        asked.append((offset, length))
        answer = client.get(path, headers={"Range": f"bytes={offset}-{offset + length - 1}"})
        assert answer.status_code == 206
        return answer.content

    reader = Reader(part)
    assert {layer["id"] for layer in reader.metadata()["vector_layers"]} == {
        layer["id"] for layer in document["vector_layers"]
    }
    z = document["maxzoom"]
    x, y = middle_tile(document, z)
    stored = reader.get(z, x, y)
    sent = client.get(address(document, z, x, y), headers={"Accept-Encoding": "gzip"})
    import gzip

    assert gzip.decompress(stored) == sent.content
    assert sum(length for _, length in asked) < len(whole.content)
    etag = whole.headers["etag"]
    fresh = client.get(path, headers={"Range": "bytes=0-6", "If-Range": etag})
    stale = client.get(path, headers={"Range": "bytes=0-6", "If-Range": '"older"'})
    assert (fresh.status_code, fresh.content) == (206, b"PMTiles")
    assert (stale.status_code, stale.content) == (200, whole.content)
    assert client.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_a_cog_is_read_in_ranges_and_has_what_makes_it_one(client, made_store):
    from risk_api.runs import RunStore

    run_id = RunStore(made_store / "runs").ids()[0]
    path = f"/v1/runs/{run_id}/rasters/depth_max_m.tif"
    whole = client.get(path)
    etag = whole.headers["etag"]
    assert client.get(path, headers={"Range": "bytes=0-3", "If-Range": etag}).status_code == 206
    assert client.get(path, headers={"Range": "bytes=0-3", "If-Range": '"x"'}).status_code == 200
    with rasterio.open(io.BytesIO(whole.content)) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.dtypes == ("float32",)


def test_the_numbers_of_the_matrix():
    assert pytest.approx(20037508.342789244) == HALF_M
    assert to_mercator(180.0, 85.05112877980659) == pytest.approx((HALF_M, HALF_M))
    assert tiles_over((-HALF_M, -HALF_M, HALF_M, HALF_M), 3) == (0, 0, 7, 7)
