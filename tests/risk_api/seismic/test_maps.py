"""Maps of earthquakes: shaking of scenarios, hazard on a grid, contours; whole or absent on disk."""

from __future__ import annotations

import json
import time
import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from shapely.geometry import Point, shape

from geodata import Grid, open_region
from risk_api.errors import UnknownLayer, UnknownScenario
from risk_api.seismic.gmm import Sites
from risk_api.seismic.hazard import hazard
from risk_api.seismic.maps import shake_maps
from risk_api.seismic.maps.contours import contours, half_degrees, nice_levels
from risk_api.seismic.maps.hazard_grids import HazardGrids
from risk_api.seismic.maps.raster_set import RasterSets, key_of
from risk_api.seismic.maps.tiles import SHAKING_RAMP, legend_of, round_limits
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import shake, shake_map

MAP = "/v1/seismic/shakemap/verny-1887"
GRID = "/v1/seismic/hazard/grid"


def cone(size=41, cell=100.0):
    rows, cols = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    values = 20.0 - np.hypot(rows - middle, cols - middle)
    return Grid(values, Affine(cell, 0, 0.0, 0, -cell, size * cell), "EPSG:32643")


def test_contours_of_a_cone_are_circles_and_bands_fill_the_ground_once():
    grid = cone()
    ((told, ring),) = contours(grid, [10.0], "lines")
    assert told == {"value": 10.0}
    assert ring.length == pytest.approx(2 * np.pi * 1000.0, rel=0.01)
    assert ring.centroid.distance(Point(2050.0, 2050.0)) < 1.0
    bands = contours(grid, [5.0, 10.0, 15.0], "bands")
    assert [told for told, _ in bands] == [
        {"high": 5.0},
        {"low": 5.0, "high": 10.0},
        {"low": 10.0, "high": 15.0},
        {"low": 15.0},
    ]
    assert bands[-1][1].area == pytest.approx(np.pi * 500.0**2, rel=0.02)
    assert bands[1][1].area == pytest.approx(np.pi * (1500.0**2 - 1000.0**2), rel=0.02)
    # Values stand at the centres of cells: half a cell around them is not drawn.
    assert sum(one.area for _, one in bands) == pytest.approx(4000.0**2)


def test_nothing_is_drawn_where_nothing_is_known():
    grid = cone()
    values = grid.values.copy()
    values[:, :20] = np.nan
    (_, half) = contours(grid.like(values), [], "bands")[0]
    assert half.area == pytest.approx(4000.0 * 2000.0)


@pytest.mark.parametrize(("low", "high"), [(0.11, 0.93), (2.0, 2.1), (13.0, 480.0), (1e-4, 3e-4)])
def test_levels_are_round_inside_and_about_ten(low, high):
    levels = nice_levels(low, high)
    assert all(low <= level <= high for level in levels)
    assert 4 <= len(levels) <= 11
    steps = np.diff(levels)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    assert nice_levels(1.0, 1.0) == []


@pytest.mark.parametrize(
    ("low", "high"), [(0.242, 0.344), (0.0, 3.0), (0.3, 0.30001), (0.3, 0.3), (48.0, 51.0)]
)
def test_classes_of_a_map_that_varies_little_split_its_own_range(low, high):
    limits = round_limits(np.array([[low, high], [np.nan, 0.5 * (low + high)]]))
    assert limits[0] == (0.0 if high > low else low)
    assert list(limits) == sorted(set(limits))
    assert all(low <= limit <= high for limit in limits[1:])
    assert 4 <= len(limits) <= 9 or high - low < 1e-4


@pytest.mark.parametrize(
    ("layer", "value", "other", "names"),
    [
        ("vs30_m_s", 760.0, 760.0, ("760 m/s", "760 m/s", "760 m/s")),
        ("pga_g_475", 0.344, 0.3440000001, ("0.344 g", "0,344 g", "0,344 g")),
        ("pga_g_475", 0.0, 0.0, ("0 g", "0 g", "0 g")),
    ],
)
def test_the_legend_of_a_map_of_one_value_is_that_value_in_a_middle_colour(layer, value, other, names):
    legend = legend_of(layer, lambda name, _: name, round_limits(np.array([[value, other]])))
    (entry,) = legend.to_json()["classes"]
    assert tuple(entry[f"name_{code}"] for code in ("en", "ru", "kk")) == names
    assert (entry["low"], entry["high"]) == (value, value)
    assert entry["colour"] == f"#{SHAKING_RAMP[len(SHAKING_RAMP) // 2]}"


def test_the_first_class_of_a_legend_has_no_lower_end_and_the_last_no_upper():
    legend = legend_of("pga_g_475", lambda name, _: name, round_limits(np.array([[0.1, 0.3]])))
    names = [entry.names["en"] for entry in legend.entries]
    assert names[0].startswith("< 0.1")
    assert names[-1].startswith("≥ 0.2")
    assert all("–" in name for name in names[1:-1])


def test_levels_of_intensity():
    assert half_degrees(6.6, 8.1) == [7.0, 7.5, 8.0]


def test_a_set_is_whole_or_absent_and_a_second_writer_finds_the_first(tmp_path):
    sets, key = RasterSets(tmp_path / "maps"), key_of({"a": 1})
    assert sets.find(key) is None

    class Broken(Grid):
        def write_cog(self, *_, **__):
            raise OSError("disk full")

    grid = cone()
    with pytest.raises(OSError, match="disk full"):
        sets.write(key, {"good": grid, "bad": Broken(grid.values, grid.transform, grid.crs)}, {})
    assert sets.find(key) is None
    assert list((tmp_path / "maps").iterdir()) == []
    made = sets.write(key, {"good": grid}, {"inputs": {"a": 1}})
    again = sets.write(key, {"good": grid}, {"inputs": {"a": 1}})
    assert made.path("good").read_bytes() == again.path("good").read_bytes()
    with pytest.raises(UnknownLayer):
        made.path("../good")
    assert key_of({"a": 2}) != key


@pytest.fixture(scope="module")
def document(client):
    found = client.get(MAP)
    assert found.status_code == 200, found.text
    return found.json()


def read(client, address, tmp_path):
    found = client.get(address)
    assert found.status_code == 200, found.text
    path = tmp_path / "raster.tif"
    path.write_bytes(found.content)
    return path


def test_a_raster_holds_what_the_library_computes_there(client, document, tmp_path, valley):
    region = open_region(valley)
    hrefs = {layer["id"]: layer["href"] for layer in document["layers"]}
    speed = Grid.read(read(client, hrefs["vs30_m_s"], tmp_path))
    x, y = speed.xy_of(3, 2)
    lon, lat = region.to_lonlat(x, y)
    shaking = shake(
        seismic_scenario("verny-1887").rupture(),
        np.array([lon]),
        np.array([lat]),
        Sites.of(float(speed.values[3, 2])),
    )
    expected = shake_map(shaking)
    for field, name in (("pga_g", "pga_g"), ("intensity", "intensity_mmi"), ("sa_1_0_g", "sa_1_0_g")):
        for row, percent in enumerate((5, 50, 95)):
            shown = Grid.read(read(client, hrefs[f"{name}_p{percent}"], tmp_path)).values[3, 2]
            assert shown == pytest.approx(float(expected.fields[field][row, 0]), rel=1e-5)


def test_a_raster_is_a_cog_read_in_parts_and_kept(client, document, tmp_path):
    (href,) = [layer["href"] for layer in document["layers"] if layer["id"] == "pga_g_p95"]
    with rasterio.open(read(client, href, tmp_path)) as raster:
        assert raster.crs.to_epsg() == 32643
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    part = client.get(href, headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert len(part.content) == 100
    assert client.get(href, headers={"If-None-Match": part.headers["etag"]}).status_code == 304
    assert client.get(href, headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize(("layer", "kind"), [("intensity_mmi_p50", "lines"), ("pga_g_p95", "bands")])
def test_contours_lie_where_the_raster_says(client, document, valley, tmp_path, layer, kind):
    region = open_region(valley)
    found = client.get(f"{MAP}/contours", params={"layer": layer, "kind": kind}).json()
    (href,) = [entry["href"] for entry in document["layers"] if entry["id"] == layer]
    grid = Grid.read(read(client, href, tmp_path))
    assert found["features"], "something is drawn"
    assert found["lowest"] == pytest.approx(grid.values.min(), rel=1e-5)
    for feature in found["features"]:
        drawn = shape(feature["geometry"])
        point = drawn.representative_point() if kind == "bands" else drawn.interpolate(0.5, normalized=True)
        (value,) = grid.sample(*(np.array([one]) for one in region.to_metric(point.x, point.y)))
        told = feature["properties"]
        if kind == "lines":
            assert value == pytest.approx(told["value"], abs=0.02)
        else:
            assert told.get("low", -1.0) - 0.01 <= value <= told.get("high", 99.0) + 0.01


def test_tiles_show_the_class_of_the_raster_at_a_point(client, document, valley, tmp_path):
    layer = "pga_g_p50"
    (entry,) = [each for each in document["layers"] if each["id"] == layer]
    told = client.get(entry["tilejson"]).json()
    legend = client.get(entry["tilejson"].replace("tilejson", "legend")).json()
    grid = Grid.read(read(client, entry["href"], tmp_path))
    lon, lat = open_region(valley).to_lonlat(*grid.xy_of(8, 4))
    tiles, zoom = 2 ** told["maxzoom"], told["maxzoom"]
    across = (lon + 180.0) / 360.0 * tiles
    down = (1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0 * tiles
    address = told["tiles"][0].format(z=zoom, x=int(across), y=int(down))
    found = client.get(address[address.index("/v1/") :])
    assert found.headers["content-type"] == "image/png"
    assert "immutable" in found.headers["cache-control"]
    path = tmp_path / "tile.png"
    path.write_bytes(found.content)
    with warnings.catch_warnings():
        # A picture knows no place: its address says where it lies.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as picture:
            index = int(picture.read(1)[int(down % 1 * 256), int(across % 1 * 256)])
            colour = picture.colormap(1)[index]
    (shown,) = [each for each in legend["classes"] if each["index"] == index]
    assert (shown["low"] or 0.0) <= grid.values[8, 4] < (shown["high"] or 99.0)
    assert shown["colour"] == "#{:02x}{:02x}{:02x}".format(*colour[:3])
    assert "0,9" in legend["classes"][-1]["name_ru"]
    assert client.get(f"{MAP}/tiles/pga/tilejson.json").status_code == 404
    assert client.get(f"{MAP}/tiles/{layer}/3/0/0").status_code in (400, 404)
    empty = client.get(f"{MAP}/tiles/{layer}/{zoom}/0/0")
    assert empty.status_code == 200


def test_levels_can_be_asked_for_and_titles_come_in_three_languages(client):
    found = client.get(f"{MAP}/contours", params={"levels": "99"}).json()
    assert found["features"] == []
    titles = {
        client.get(MAP, params={"lang": one}).json()["layers"][1]["title"] for one in ("en", "ru", "kk")
    }
    assert len(titles) == 3


@pytest.mark.parametrize(
    ("path", "params", "status", "field"),
    [
        ("/v1/seismic/shakemap/atlantis", {}, 404, "scenario"),
        (f"{MAP}/rasters/pga.tif", {}, 404, "layer"),
        (f"{MAP}/contours", {"layer": "pga"}, 400, "layer"),
        (f"{MAP}/contours", {"kind": "dots"}, 400, "kind"),
        (f"{MAP}/contours", {"levels": "1,x"}, 400, "levels"),
        (f"{MAP}/contours", {"levels": ",".join(map(str, range(61)))}, 400, "levels"),
        (f"{GRID}/mud/pga_g_475.tif", {}, 404, "layer"),
    ],
)
def test_what_there_is_not_is_a_problem_by_name(client, path, params, status, field):
    for language in ("en", "ru", "kk"):
        found = client.get(path, params={**params, "lang": language} if ".tif" not in path else {})
        assert found.status_code == status, found.text
        assert field in [entry["field"] for entry in found.json()["errors"]], found.text


def test_a_grid_is_made_by_the_command_and_served(client, valley, made_store, monkeypatch, capsys, tmp_path):
    from risk_api.cli import main

    before = client.get(GRID).json()["grids"]
    assert before["rock"]["status"] == "not made"
    assert "selrisk hazard grid" in before["rock"]["detail"]
    capsys.readouterr()
    for _ in range(2):
        arguments = ["grid", "--region", str(valley), "--data-dir", str(made_store), "--json"]
        monkeypatch.setattr("sys.argv", ["selrisk", "hazard", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    first, second = (json.loads(part) for part in _documents(capsys.readouterr().out))
    assert first == second, "found the second time"
    made = client.get(GRID).json()["grids"]["rock"]
    assert made["status"] == "made"
    assert made["id"] == first["id"]
    hrefs = {layer["id"]: layer["href"] for layer in made["layers"]}
    grid = Grid.read(read(client, hrefs["pga_g_475"], tmp_path))
    assert grid.cell_size_m == 1000.0
    lon, lat = open_region(valley).to_lonlat(*grid.xy_of(1, 1))
    expected = hazard(lon, lat, Sites.of(760.0)).level(475)[0, 0]
    assert grid.values[1, 1] == pytest.approx(expected, rel=1e-4)
    rarer = Grid.read(read(client, hrefs["pga_g_2475"], tmp_path))
    assert (rarer.values > grid.values).all()


OWN = {
    "rupture_of_trace": {
        "trace": [[76.7, 43.1], [76.9, 43.2]],
        "magnitude": 6.2,
        "dip_deg": 50.0,
        "bottom_depth_km": 14.0,
    }
}


def test_a_rupture_of_ones_own_has_a_map(client, valley, tmp_path):
    made = client.post("/v1/seismic/shakemap?lang=ru", json=OWN)
    assert made.status_code == 201, made.text
    own = client.get(made.headers["location"]).json()
    assert own["id"] == own["map_id"] == made.json()["id"]
    assert own["name"] == "Earthquake of one's own, M6.2"
    assert made.json()["name"] != own["name"], "the other language"
    assert client.post("/v1/seismic/shakemap", json=OWN).headers["location"] == made.headers["location"]
    layers = {layer["id"]: layer for layer in own["layers"]}
    found = Grid.read(read(client, layers["pga_g_p50"]["href"], tmp_path))
    speed = Grid.read(read(client, layers["vs30_m_s"]["href"], tmp_path))
    lon, lat = open_region(valley).to_lonlat(*found.xy_of(2, 3))
    figures = dict(OWN["rupture_of_trace"])
    rupture = Rupture.from_trace(figures.pop("trace"), **figures, rake_deg=90.0)
    shaking = shake(rupture, np.array([lon]), np.array([lat]), Sites.of(float(speed.values[2, 3])))
    assert found.values[2, 3] == pytest.approx(float(shaking.median[0, 0]), rel=1e-5)
    assert client.get(layers["pga_g_p50"]["tilejson"]).status_code == 200
    assert client.get(layers["pga_g_p50"]["contours"]).json()["features"] is not None
    named = client.post("/v1/seismic/shakemap", json={"scenario": "talgar"})
    assert named.headers["location"].endswith("/shakemap/talgar")
    changed = client.post("/v1/seismic/shakemap", json={"scenario": "talgar", "figures": {"magnitude": 6.9}})
    assert changed.json()["magnitude"] == 6.9
    assert changed.json()["id"] != "talgar"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "scenario"),
        ({"scenario": "atlantis"}, "scenario"),
        ({"rupture_of_trace": {**OWN["rupture_of_trace"], "dip_deg": 0.0}}, "dip_deg"),
        ({"rupture_of_trace": {**OWN["rupture_of_trace"], "bottom_depth_km": 0.0}}, "bottom_depth_km"),
        ({"ruptures": 3}, "ruptures"),
    ],
)
def test_a_map_of_what_cannot_be_is_refused_by_name(client, body, field):
    for code in ("en", "ru", "kk"):
        found = client.post(f"/v1/seismic/shakemap?lang={code}", json=body)
        assert found.status_code == 400, found.text
        assert field in [entry["field"] for entry in found.json()["errors"]], found.text


@pytest.mark.parametrize("name", ["0123456789abcdef0123", "atlantis", "..", ".tmp-x"])
def test_there_is_no_map_of_that_name(client, name):
    assert client.get(f"/v1/seismic/shakemap/{name}/contours").status_code == 404


def test_own_maps_are_not_kept_without_end(valley, tmp_path, monkeypatch):
    monkeypatch.setattr(shake_maps, "OWN_KEPT", 2)
    maps = shake_maps.ShakeMaps(open_region(valley), tmp_path)
    named = maps.of("talgar")
    scenario = seismic_scenario("talgar")
    made = [maps.of_rupture(scenario.rupture(magnitude=6.0 + 0.1 * step)).id for step in range(4)]
    for own in made[:2]:
        with pytest.raises(UnknownScenario):
            maps.of(own)
    assert [maps.of(own).id for own in made[2:]] == made[2:]
    assert maps.of("talgar").id == named.id


def test_a_grid_that_is_asked_for_is_made_in_the_background(make_client, valley, tmp_path):
    """The first who asks hears how far it is; what is made then equals a live answer at the same point."""
    with make_client(tmp_path) as client:
        before = client.get(GRID).json()["grids"]
        assert {ground: each["status"] for ground, each in before.items()} == {
            "rock": "not made",
            "site": "not made",
        }, "looking begins nothing"
        for path in (
            f"{GRID}/site/pga_g_475.tif",
            f"{GRID}/site/tiles/pga_g_475/tilejson.json",
            f"{GRID}/site/tiles/pga_g_475/legend.json",
            f"{GRID}/site/tiles/pga_g_475/9/365/187.png",
            f"{GRID}/site/contours",
        ):
            told = client.get(path)
            assert told.status_code == 202, told.text
            assert told.headers["location"] == GRID
            assert int(told.headers["retry-after"]) > 0
            assert told.json()["status"] in ("waiting", "being made")
        waiting = client.get(f"{GRID}?lang=ru").json()["grids"]["site"]
        assert 0.0 <= waiting["progress"] <= 1.0
        until = time.monotonic() + 90.0
        while time.monotonic() < until:
            grids = client.get(GRID).json()["grids"]
            if all(each["status"] == "made" for each in grids.values()):
                break
            assert "failed" not in [each["status"] for each in grids.values()]
            time.sleep(0.2)
        layers = {layer["id"]: layer for layer in grids["site"]["layers"]}
        grid = Grid.read(read(client, layers["pga_g_2475"]["href"], tmp_path))
        ground = Grid.read(read(client, layers["vs30_m_s"]["href"], tmp_path))
        lon, lat = open_region(valley).to_lonlat(*grid.xy_of(1, 1))
        asked = {"lon": lon, "lat": lat, "vs30_m_s": float(ground.values[1, 1]), "return_period": "2475"}
        live = client.get("/v1/seismic/hazard", params=asked).json()["features"][0]["properties"]
        assert grid.values[1, 1] == pytest.approx(live["levels"]["2475"]["pga_g"]["mean"], rel=2e-3)
        tiles = client.get(layers["pga_g_2475"]["tilejson"]).json()
        assert client.get(f"{GRID}/site/tiles/pga_g_2475/legend.json").json()["unit"] == "g"
        zoom = tiles["maxzoom"]
        column, row = tile_of(lon, lat, zoom)
        picture = client.get(f"{GRID}/site/tiles/pga_g_2475/{zoom}/{column}/{row}.png")
        assert picture.status_code == 200
        assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
        bands = client.get(f"{GRID}/site/contours?layer=pga_g_2475&kind=bands").json()
        assert bands["lowest"] == pytest.approx(float(grid.values.min()), rel=1e-6)
        assert sum(shape(each["geometry"]).area for each in bands["features"]) > 0.0


def tile_of(lon, lat, zoom):
    """Column and row of the web-mercator tile that holds a point."""
    size = 2**zoom
    north = np.arcsinh(np.tan(np.radians(lat)))
    return int((lon + 180.0) / 360.0 * size), int((1.0 - north / np.pi) / 2.0 * size)


def test_a_grid_that_cannot_be_made_says_so_once(valley, tmp_path):
    """The process opens the region by itself; where that fails, nothing is tried over and over."""
    grids = HazardGrids(open_region(valley), str(tmp_path / "nowhere"), tmp_path)
    grids.ensure()
    until = time.monotonic() + 30.0
    while grids.state("rock").status != "failed" and time.monotonic() < until:
        time.sleep(0.1)
    assert [grids.state(ground).status for ground in ("rock", "site")] == ["failed", "failed"]
    grids.ensure()
    assert grids.state("rock").status == "failed"
    grids.close()


def test_a_process_that_dies_leaves_no_grid_and_says_so(valley, tmp_path):
    grids = HazardGrids(open_region(valley), str(valley), tmp_path)
    grids.ensure()
    grids.close()
    until = time.monotonic() + 10.0
    while grids.state("rock").status != "failed" and time.monotonic() < until:
        time.sleep(0.05)
    assert grids.state("rock").status == "failed"
    assert grids.find("rock") is None
    grids.ensure()
    assert grids.state("rock").status == "failed", "a closed service begins nothing"


def _documents(text):
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        found.append(json.dumps(document))
        position += len(text[position:]) - len(text[position:].lstrip())
    return found
