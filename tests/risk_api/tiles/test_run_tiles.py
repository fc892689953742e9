"""Raster tiles of a run: a pixel is the class of the cell it lies in, and is kept as long as it holds."""

import math
import warnings

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.warp import transform as to_crs

from geodata import open_region
from risk_api.i18n import LANGUAGES
from risk_api.runs import RunStore, plan
from risk_api.tiles.run_layers import RASTER_LAYERS

HALF_M = math.pi * 6_378_137.0


@pytest.fixture(scope="session")
def run(valley, made_store):
    """Give the finished run of the small valley without a dam: other tests add runs of their own."""
    return RunStore(made_store / "runs").open(plan(open_region(valley), "burst", "no-dams").id)


@pytest.fixture(scope="session")
def tilejson(client, run):
    def ask(layer):
        answer = client.get(f"/v1/runs/{run.id}/tiles/{layer}/tilejson.json")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def indices(answer):
    """Return the palette indices of a tile and its colours, as GDAL reads them."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(answer.content) as file, file.open(driver="PNG") as picture:
            assert (picture.count, picture.shape) == (1, (256, 256))
            return picture.read(1), picture.colormap(1)


def address(document, z, x, y):
    return document["tiles"][0].replace("http://testserver", "").format(z=z, x=x, y=y)


def pixels_of(run, zoom, count=400):
    """Return points in wet cells and dry ones: tile, pixel, and the cell that the pixel's centre lies in."""
    with rasterio.open(run.raster_path("depth_max_m")) as raster:
        depth = raster.read(1)
        rows, cols = np.nonzero(depth > 0)
        chosen = np.random.default_rng(3).choice(rows.size, min(count, rows.size), replace=False)
        x, y = raster.transform @ (cols[chosen] + 0.5, rows[chosen] + 0.5)
        east, north = to_crs(raster.crs, "EPSG:3857", x, y)
        size = 2 * HALF_M / (256 << zoom)
        column, row = ((np.array(east) + HALF_M) // size), ((HALF_M - np.array(north)) // size)
        east, north = (column + 0.5) * size - HALF_M, HALF_M - (row + 0.5) * size
        back_x, back_y = to_crs("EPSG:3857", raster.crs, east, north)
        cells = [raster.index(*point) for point in zip(back_x, back_y, strict=True)]
    return column.astype(int), row.astype(int), np.array(cells)


def read(run, layer):
    with rasterio.open(run.raster_path(layer)) as raster:
        return raster.read(1)


@pytest.mark.parametrize("layer", ["depth", "speed", "hazard-buwal", "hazard-arr", "arrival", "arrival-code"])
def test_a_pixel_is_the_class_of_the_cell_it_lies_in(client, run, tilejson, layer):
    from risk_api.exposure import SCHEMES

    document = tilejson(layer)
    zoom = document["maxzoom"]
    column, row, cells = pixels_of(run, zoom)
    depth, speed, product, arrival = (
        read(run, name)[cells[:, 0], cells[:, 1]].astype(float)
        for name in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s")
    )
    wet = depth >= 0.1
    if layer == "depth":
        expected = sum((depth >= limit).astype(int) for limit in (0.1, 0.5, 1, 2, 4))
    elif layer == "speed":
        expected = np.where(wet, 1 + sum((speed >= limit).astype(int) for limit in (1, 2, 5, 10)), 0)
    elif layer.startswith("hazard"):
        scheme = SCHEMES[layer.removeprefix("hazard-")]
        strongest_first = scheme.classify(depth, speed, product).astype(int)
        expected = np.where(strongest_first < 0, 0, len(scheme.classes) - strongest_first)
    else:
        step = document["encoding"]["step_s"]
        expected = np.where(np.isnan(arrival), 255, np.nan_to_num(arrival) // step).astype(int)
    assert len(set(expected)) > 1
    tiles = {}
    for x, y, wanted in zip(column, row, expected, strict=True):
        key = x // 256, y // 256
        if key not in tiles:
            tiles[key] = indices(client.get(address(document, zoom, *key)))[0]
        assert tiles[key][y % 256, x % 256] == wanted


@pytest.mark.parametrize("layer", RASTER_LAYERS)
def test_tilejson_and_legend_say_what_the_palette_holds(client, run, tilejson, layer):
    document = tilejson(layer)
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"][0].startswith("http://testserver/v1/runs/")
    assert document["minzoom"] < document["maxzoom"]
    west, south, east, north = document["bounds"]
    assert west < east
    assert south < north
    legend = client.get(document["legend"]).json()
    assert legend["layer"] == layer
    column, row, _ = pixels_of(run, document["maxzoom"], 1)
    answer = client.get(address(document, document["maxzoom"], column[0] // 256, row[0] // 256))
    _, palette = indices(answer)
    assert palette[legend["nothing"]][3] == (255 if layer == "arrival-code" else 0)
    for entry in legend["classes"]:
        colour = "#{:02x}{:02x}{:02x}".format(*palette[entry["index"]][:3])
        assert colour == entry["colour"]
        assert len({entry[f"name_{code}"] for code in LANGUAGES}) == 3 or layer.startswith("arrival")


def test_the_coded_arrival_is_its_own_red_value(client, tilejson, run):
    document = tilejson("arrival-code")
    column, row, _ = pixels_of(run, document["maxzoom"], 1)
    at = column[0] // 256, row[0] // 256
    codes, palette = indices(client.get(address(document, document["maxzoom"], *at)))
    assert [palette[index] for index in range(256)] == [(index, index, index, 255) for index in range(256)]
    coloured, _ = indices(client.get(address(tilejson("arrival"), document["maxzoom"], *at)))
    assert np.array_equal(codes, coloured)
    empty, _ = indices(client.get(address(document, document["maxzoom"], 0, 0)))
    assert (empty == 255).all()


def test_a_lower_zoom_shows_the_worst_of_its_four_pixels(client, tilejson):
    for layer, worst in (("depth", np.max), ("arrival-code", np.min)):
        document = tilejson(layer)
        west, south, east, north = document["bounds"]
        zoom = document["maxzoom"] - 1
        side = 2 * HALF_M / (1 << zoom)
        (x,), (y,) = to_crs("OGC:CRS84", "EPSG:3857", [0.5 * (west + east)], [0.5 * (south + north)])
        x, y = int((x + HALF_M) // side), int((HALF_M - y) // side)
        fine = np.block(
            [
                [indices(client.get(address(document, zoom + 1, 2 * x + i, 2 * y + j)))[0] for i in (0, 1)]
                for j in (0, 1)
            ]
        )
        four = fine.reshape(256, 2, 256, 2)
        coarse, _ = indices(client.get(address(document, zoom, x, y)))
        assert np.array_equal(coarse, worst(four, axis=(1, 3)))
        assert len(np.unique(coarse)) > 1


def test_only_an_address_with_the_version_is_kept_for_a_year(client, tilejson):
    document = tilejson("depth")
    path = address(document, document["minzoom"], 22, 11)
    answer = client.get(path)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for other in (path.partition("?")[0], path.partition("?")[0] + "?v=older"):
        late = client.get(other)
        assert late.headers["cache-control"] == "no-cache"
        assert late.content == answer.content
    held = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert held.status_code == 304
    assert held.content == b""
    assert client.get(path.replace(".png", "")).content == answer.content
    assert client.head(path).headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize(
    ("rest", "status", "code", "field"),
    [
        ("depth/9/x/3", 400, "bad_parameter", "x"),
        ("depth/9.5/1/3", 400, "bad_parameter", "z"),
        ("depth/9/1/", 404, "route_not_found", None),
        ("depth/9/1/3.mvt", 400, "bad_parameter", "y"),
        ("depth/9/1/3.png.png", 400, "bad_parameter", "y"),
        ("depth/9/1/3?w=1", 400, "unknown_parameter", "w"),
        ("depth/9/512/3", 404, "tile_outside", "x"),
        ("depth/9/1/-1", 404, "tile_outside", "y"),
        ("depth/0/0/0", 404, "tile_outside", "z"),
        ("depth/99/0/0", 404, "tile_outside", "z"),
        ("nope/9/1/3", 404, "unknown_layer", "layer"),
        ("nope/tilejson.json", 404, "unknown_layer", "layer"),
        ("footprint/legend.json", 404, "unknown_layer", "layer"),
        ("depth/" + "9" * 40 + "/0/0", 400, "bad_parameter", "z"),
    ],
)
def test_mistakes_are_told_in_the_language_asked_for(client, run, rest, status, code, field):
    details = set()
    for language in LANGUAGES:
        path = f"/v1/runs/{run.id}/tiles/{rest}"
        answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"].endswith(code)
        assert [entry["field"] for entry in problem["errors"]] == ([field] if field else [])
        details.add(problem["detail"])
    assert len(details) == 3


def test_a_run_that_is_not_there_has_no_tiles(client):
    for path in ("tiles", "tiles/depth/tilejson.json", "tiles/depth/9/1/3", "tiles/footprint/9/1/3"):
        answer = client.get(f"/v1/runs/{'0' * 20}/{path}")
        assert answer.status_code == 404
        assert answer.json()["type"].endswith("unknown_run")


def test_the_list_of_a_run_leads_to_every_set(client, run):
    document = client.get(f"/v1/runs/{run.id}/tiles").json()
    assert [entry["layer"] for entry in document["tilesets"]] == [*RASTER_LAYERS, "footprint"]
    for entry in document["tilesets"]:
        assert client.get(entry["tilejson"]).status_code == 200
    links = {link["rel"]: link["href"] for link in client.get(f"/v1/runs/{run.id}").json()["links"]}
    assert client.get(links["tiles"]).json() == document
