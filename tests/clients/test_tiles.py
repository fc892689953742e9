"""Tiles and rasters as others read them: GDAL over XYZ, COG and PMTiles, QGIS into a picture."""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pyogrio
import pytest
import rasterio
from pyproj import Transformer

from risk_api.runs import RunStore
from tests.clients.headless_qgis import is_drawn

PAGE = Path(__file__).parents[2] / "docs" / "tiles.md"
CLIENTS = PAGE.with_name("clients.md")
XYZ = """<GDAL_WMS><Service name="TMS"><ServerUrl>{address}</ServerUrl></Service>
<DataWindow><UpperLeftX>-20037508.342789244</UpperLeftX><UpperLeftY>20037508.342789244</UpperLeftY>
<LowerRightX>20037508.342789244</LowerRightX><LowerRightY>-20037508.342789244</LowerRightY>
<TileLevel>{zoom}</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin></DataWindow>
<Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
<BandsCount>{bands}</BandsCount><ZeroBlockHttpCodes>204,404</ZeroBlockHttpCodes></GDAL_WMS>"""


def block(page, mark=""):
    (found,) = re.findall(rf"^```python{mark}\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    return found


@pytest.fixture(scope="module")
def run(city):
    """Give the run without dams."""
    store = RunStore(Path(city.service.log).parent / "data" / "runs")
    return store.open(city.runs["no-dams"])


def tilejson(city, path):
    with urlopen(f"{city.service.url}/v1/{path}/tilejson.json") as answer:
        return json.load(answer)


def test_gdal_reads_xyz_tiles_as_the_cells_they_show(city, run):
    """Each pixel is the class of the cell that its centre lies in."""
    document = tilejson(city, f"runs/{run.id}/tiles/depth")
    zoom = document["maxzoom"]
    address = document["tiles"][0].replace("{z}", "${z}").replace("{x}", "${x}").replace("{y}", "${y}")
    with rasterio.open(run.raster_path("depth_max_m")) as source:
        depth = np.nan_to_num(source.read(1))
        rows, cols = np.nonzero(depth >= 0.1)
        x, y = source.transform @ (cols.mean(), rows.mean())
        ((east,), (north,)) = rasterio.warp.transform(source.crs, "EPSG:3857", [x], [y])
        described = XYZ.format(address=address.replace("&", "&amp;"), zoom=zoom, bands=4)
        with rasterio.open(described) as tiles:
            row, col = tiles.index(east, north)
            window = rasterio.windows.Window(col - 300, row - 300, 600, 600)
            colours = tiles.read(window=window)
            mercator = tiles.window_transform(window)
        # GDAL's own warper is off by thousandths of a cell at edges; PROJ is not.
        cols, rows = np.meshgrid(np.arange(600) + 0.5, np.arange(600) + 0.5)
        to_cells = Transformer.from_crs("EPSG:3857", source.crs, always_xy=True)
        col, row = ~source.transform @ to_cells.transform(*(mercator @ (cols, rows)))
        nearest = depth[np.floor(row).astype(int), np.floor(col).astype(int)]
        # On an edge between two cells either is right.
        sure = (np.abs(col - np.round(col)) > 1e-4) & (np.abs(row - np.round(row)) > 1e-4)
    with urlopen(document["legend"]) as answer:
        classes = json.load(answer)["classes"]
    wet = nearest >= 0.1
    assert wet.sum() > 100
    assert sure.mean() > 0.999
    assert np.array_equal((colours[3] > 0) & sure, wet & sure)
    for entry in classes:
        colour = np.array(list(bytes.fromhex(entry["colour"][1:])))
        shown = (colours[:3] == colour[:, None, None]).all(axis=0) & wet
        upper = np.inf if entry["high"] is None else entry["high"]
        wanted = (nearest >= np.float32(entry["low"])) & (nearest < upper)
        assert np.array_equal(shown & sure, wanted & sure)


def test_gdal_reads_a_cog_in_parts(city, run):
    asked = city.log()
    address = f"/vsicurl/{city.service.url}/v1/runs/{run.id}/rasters/depth_max_m.tif"
    with rasterio.open(address) as remote, rasterio.open(run.raster_path("depth_max_m")) as local:
        assert remote.overviews(1)
        assert remote.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        window = rasterio.windows.Window(100, 120, 60, 50)
        assert np.array_equal(remote.read(1, window=window), local.read(1, window=window), equal_nan=True)
        small = (remote.height // 4, remote.width // 4)
        assert np.array_equal(remote.read(1, out_shape=small), local.read(1, out_shape=small), equal_nan=True)
    assert any(path.endswith("depth_max_m.tif") for path, _ in asked())
    log = city.service.output().splitlines()
    entries = [json.loads(line) for line in log if "depth_max_m.tif" in line]
    assert {entry["status"] for entry in entries if entry["method"] == "GET"} <= {200, 206}
    assert any(entry["status"] == 206 for entry in entries)


def test_gdal_reads_the_archive_of_the_region(city):
    address = f"/vsicurl/{city.service.url}/v1/tiles/region.pmtiles"
    with urlopen(f"{city.service.url}/v1/districts") as answer:
        features = {feature["id"]: feature["properties"] for feature in json.load(answer)["features"]}
    assert "districts" in {name for name, _ in pyogrio.list_layers(address)}
    frame = pyogrio.read_dataframe(address, layer="districts")
    assert set(frame["id"]) == set(features)
    for row in frame.itertuples():
        assert row.name_kk == features[row.id]["name_kk"]


def test_what_the_page_says_in_python(city, tmp_path):
    code = city.here(block(PAGE))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "EPSG:32643" in done.stdout
    assert len(done.stdout.splitlines()) == 2


def test_the_addresses_to_type_are_those_of_the_console():
    """Each address of the steps is one that the console's layers are made from, which QGIS draws below."""
    text = CLIENTS.read_text("utf-8")
    typed = re.findall(r"`http://127\.0\.0\.1:8000/ogc(/\S*?)/\{z\}/\{y\}/\{x\}`", text)
    console = re.findall(r'f"\{ogc\}(/\S*?)"', block(CLIENTS, " tiles"))
    assert typed
    assert sorted(typed) == sorted(console)


def test_qgis_draws_raster_tiles_vector_tiles_and_the_cog(city, qgis, run, tmp_path):
    told = qgis.run(
        city.here(block(CLIENTS, " tiles"))
        + f"""
cog = QgsRasterLayer("/vsicurl/{city.service.url}/v1/runs/{run.id}/rasters/depth_max_m.tif", "COG")
where = QgsCoordinateTransform(cog.crs(), QgsCoordinateReferenceSystem("EPSG:3857"), QgsProject.instance())
extent = where.transformBoundingBox(cog.extent())
tell(valid=[layer.isValid() for layer in (depth, relief, region, cog)], crs=cog.crs().authid())
for name, shown in (("ground", [relief]), ("vectors", [region]), ("all", [depth, region, relief])):
    render(shown, name + ".png", extent)
render([depth], "depth.png", extent)
""",
        tmp_path,
    )
    assert told["valid"] == [True] * 4
    assert told["crs"] == "EPSG:32643"
    for name in ("ground", "vectors", "all"):
        assert is_drawn(tmp_path / f"{name}.png"), name
    # A flow is narrow on the map of the whole region: some of it is there, in the colours of the legend.
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(tmp_path / "depth.png") as picture,
    ):
        bands = picture.read([1, 2, 3]).reshape(3, -1)
    colours = {tuple(colour) for colour in bands.T}
    with urlopen(f"{city.service.url}/v1/runs/{run.id}/tiles/depth/legend.json") as answer:
        legend = {tuple(bytes.fromhex(entry["colour"][1:])) for entry in json.load(answer)["classes"]}
    assert len(colours & legend) >= 3
