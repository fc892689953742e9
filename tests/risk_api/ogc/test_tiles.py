"""OGC API - Tiles 1.0 (20-057): a test per requirement, its URI in the id."""

import gzip
import math
import re

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.io import MemoryFile

from risk_api.i18n import LANGUAGES

REL = "http://www.opengis.net/def/rel/ogc/1.0"
MVT = "application/vnd.mapbox-vector-tile"
HALF_M = math.pi * 6_378_137.0
QUAD = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"


#: Classes of OGC Two Dimensional Tile Matrix Set 2.0 (17-083r4).
TMS = "http://www.opengis.net/spec/tms/2.0/conf"


def requirement(*names):
    """Put the URIs of requirements into the id of a test."""
    spec = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/req"
    uris = [name if name.startswith("http") else f"{spec}/{name}" for name in names]
    return pytest.mark.parametrize("requirement_uri", uris)


def path_of(href):
    return href.removeprefix("http://testserver/ogc")


@pytest.fixture(scope="module")
def described(get, one_link):
    """Give a function from a resource to the metadata of its only tile set, by the links alone."""

    def ask(resource):
        (entry,) = get(f"{resource}/tiles")["tilesets"]
        return get(path_of(one_link(entry, "self")["href"]))

    return ask


@pytest.fixture(scope="module")
def tile(ogc, one_link):
    """Give a function that fetches a tile by the template of its set."""

    def ask(document, z, x, y, **given):
        template = one_link(document, "item")
        assert template["templated"] is True
        href = template["href"]
        for name, place in (("tileMatrix", z), ("tileRow", y), ("tileCol", x)):
            href = href.replace(f"{{{name}}}", str(place))
        assert "{" not in href
        return ogc.get(href, **given)

    return ask


def at(document, lon, lat, zoom):
    x = int((lon + 180.0) / 360.0 * 2**zoom)
    y = int((1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * 2**zoom)
    return zoom, x, y


def read_mvt(answer, z, x, y, tmp_path):
    """Return the layers of a vector tile in EPSG:3857, as GDAL reads them."""
    folder = tmp_path / str(z) / str(x)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{y}.pbf"
    file.write_bytes(answer.content)
    return {name: pyogrio.read_dataframe(file, layer=name) for name, _ in pyogrio.list_layers(file)}


def middle(feature):
    return shapely.geometry.shape(feature["geometry"]).representative_point()


@requirement("core/tc-op", "core/tc-success")
def test_a_tile_by_its_template_holds_what_lies_in_it_and_only_that(
    described, tile, get, tmp_path, requirement_uri
):
    document = described("/collections/facilities")
    features = get("/collections/facilities/items", limit=100)["features"]
    zoom = int(document["tileMatrixSetLimits"][-1]["tileMatrix"])
    lon, lat = features[0]["geometry"]["coordinates"]
    z, x, y = at(document, lon, lat, zoom)
    answer = tile(document, z, x, y)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MVT
    layers = read_mvt(answer, z, x, y, tmp_path)
    assert set(layers) == {"facilities"}
    side = 2 * HALF_M / (1 << z)
    west, north = x * side - HALF_M, HALF_M - y * side
    around = shapely.box(west, north - side, west + side, north).buffer(side * 0.05)
    assert layers["facilities"].geometry.within(around).all()
    inside = {f["id"] for f in features if at(document, *f["geometry"]["coordinates"], zoom)[1:] == (x, y)}
    assert inside <= set(layers["facilities"]["id"])
    assert {f["id"] for f in features} >= set(layers["facilities"]["id"])
    first = layers["facilities"].set_index("id").loc[features[0]["id"]]
    for name in ("name_kk", "name_ru", "name_en", "kind"):
        assert first[name] == features[0]["properties"][name]


@requirement("core/tc-tilematrix-definition", "core/tc-tilerow-definition", "core/tc-tilecol-definition")
def test_the_definition_of_a_tile_names_its_place(get, requirement_uri):
    name = {"tilematrix": "tileMatrix", "tilerow": "tileRow", "tilecol": "tileCol"}[
        requirement_uri.rpartition("/")[2].split("-")[1]
    ]
    paths = get("/api")["paths"]
    tiles = [path for path in paths if path.endswith("/{tileMatrix}/{tileRow}/{tileCol}")]
    assert len(tiles) == 5
    for path in tiles:
        found = [entry for entry in paths[path]["get"]["parameters"] if entry.get("name") == name]
        assert len(found) == 1
        assert found[0]["in"] == "path"
        assert found[0]["required"] is True
        assert found[0]["schema"]["type"] == ("string" if name == "tileMatrix" else "integer")


@requirement("core/tc-error")
def test_out_of_range_is_404_no_whole_number_400_nothing_there_204_or_an_empty_picture(
    described, tile, requirement_uri
):
    for resource in ("/collections/rivers", "", "/map"):
        document = described(resource)
        for limits in document["tileMatrixSetLimits"]:
            z, least, most = int(limits["tileMatrix"]), limits["minTileRow"], limits["maxTileRow"]
            x = limits["minTileCol"]
            assert tile(document, z, x, least).status_code in (200, 204)
            for outside in (least - 1, most + 1, 1 << z, -1):
                assert tile(document, z, x, outside).status_code == 404
            assert tile(document, z, limits["maxTileCol"] + 1, least).status_code == 404
        last = int(document["tileMatrixSetLimits"][-1]["tileMatrix"])
        assert tile(document, last + 1, 0, 0).status_code == 404
        assert tile(document, 25, 0, 0).status_code == 404
        assert tile(document, "x", 0, 0).status_code == 400
        assert tile(document, last, "x", 0).status_code == 400
    seen = set()
    document = described("/collections/dams")
    for limits in document["tileMatrixSetLimits"]:
        answer = tile(document, limits["tileMatrix"], limits["minTileCol"], limits["minTileRow"])
        seen.add(answer.status_code)
        assert answer.status_code == 200 or answer.content == b""
    assert seen == {200, 204}


@requirement("tileset/description", f"{TMS}/json-tilesetmetadata")
def test_a_tile_set_has_its_members_template_scheme_and_media_type(get, one_link, ogc_data, requirement_uri):
    collections = [entry["id"] for entry in get("/collections")["collections"]]
    assert any(name.startswith("footprint-") for name in collections)
    vectors = ["", *(f"/collections/{name}" for name in collections)]
    maps = ["/map", *(f"/collections/{n}/map" for n in collections if n.startswith("footprint-"))]
    for resource in vectors + maps:
        document = get(f"{resource}/tiles/WebMercatorQuad", headers={"Accept": "application/json"})
        assert document["dataType"] == ("map" if resource in maps else "vector")
        assert document["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
        assert document["tileMatrixSetURI"] == QUAD
        scheme = get(path_of(one_link(document, f"{REL}/tiling-scheme")["href"]))
        matrices = {matrix["id"]: matrix for matrix in scheme["tileMatrices"]}
        item = one_link(document, "item")
        assert item["templated"] is True
        assert item["type"] == ("image/png" if resource in maps else MVT)
        assert all(f"{{{name}}}" in item["href"] for name in ("tileMatrix", "tileRow", "tileCol"))
        for limits in document["tileMatrixSetLimits"]:
            matrix = matrices[limits["tileMatrix"]]
            assert 0 <= limits["minTileRow"] <= limits["maxTileRow"] < matrix["matrixHeight"]
            assert 0 <= limits["minTileCol"] <= limits["maxTileCol"] < matrix["matrixWidth"]
        if resource not in maps:
            assert bool(document["layers"]) == (resource != "/collections/lakes")
            for layer in document["layers"]:
                assert layer["geometryDimension"] in (0, 1, 2)
                assert "name_kk" in layer["propertiesSchema"]["properties"]


@pytest.mark.parametrize("requirement_uri", [f"{TMS}/tilematrixset", f"{TMS}/json-tilematrixset"])
def test_the_matrix_set_is_that_of_the_registry(get, requirement_uri):
    """17-083r4, annex D.1: scale denominators and cell sizes of WebMercatorQuad, zooms 0, 1, 12 and 24."""
    document = get("/tileMatrixSets/WebMercatorQuad")
    assert document["uri"] == QUAD
    found = {matrix["id"]: matrix for matrix in document["tileMatrices"]}
    assert len(found) == 25
    for zoom, denominator, cell in (
        ("0", 559082264.028717, 156543.033928041),
        ("1", 279541132.014358, 78271.5169640204),
        ("12", 136494.693366386, 38.2185141425881),
        ("24", 33.3238997477505, 0.00933069192936943),
    ):
        assert found[zoom]["scaleDenominator"] == pytest.approx(denominator, rel=1e-9)
        assert found[zoom]["cellSize"] == pytest.approx(cell, rel=1e-9)
        assert found[zoom]["matrixWidth"] == 2 ** int(zoom)
        assert found[zoom]["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])


@requirement("tilesets-list/tileset-links")
def test_a_list_has_data_type_crs_and_links(get, one_link, requirement_uri):
    for resource in ("", "/map", "/collections/districts"):
        tilesets = get(f"{resource}/tiles")["tilesets"]
        assert len(tilesets) == 1
        for entry in tilesets:
            assert entry["dataType"] in ("vector", "map")
            assert entry["crs"].endswith("/EPSG/0/3857")
            assert entry["tileMatrixSetURI"] == QUAD
            href = path_of(one_link(entry, "self")["href"])
            assert href == f"{resource}/tiles/WebMercatorQuad"
            assert get(href)["tileMatrixSetURI"] == QUAD
            assert get(path_of(one_link(entry, f"{REL}/tiling-scheme")["href"]))["tileMatrices"]


@requirement("dataset-tilesets/landingpage", "dataset-tilesets/operation")
def test_the_landing_page_leads_to_tile_sets(get, one_link, requirement_uri):
    landing = get("")
    for rel, kind in (("tilesets-vector", "vector"), ("tilesets-map", "map")):
        tilesets = get(path_of(one_link(landing, f"{REL}/{rel}")["href"]))["tilesets"]
        assert [entry["dataType"] for entry in tilesets] == [kind]
    assert get(path_of(one_link(landing, f"{REL}/tiling-schemes")["href"]))["tileMatrixSets"]


@requirement("geodata-tilesets/desc-links", "geodata-tilesets/operation")
def test_collections_lead_to_tile_sets(get, one_link, requirement_uri):
    for collection in get("/collections")["collections"]:
        name = collection["id"]
        href = path_of(one_link(collection, f"{REL}/tilesets-vector")["href"])
        assert href == f"/collections/{name}/tiles"
        assert get(href)["tilesets"]
        maps = [entry for entry in collection["links"] if entry["rel"] == f"{REL}/tilesets-map"]
        assert bool(maps) == name.startswith("footprint-")
        for entry in maps:
            assert get(path_of(entry["href"]))["tilesets"]


@requirement("mvt/content")
def test_the_layers_are_in_one_tile_each_with_what_its_collection_has(
    described, tile, get, tmp_path, requirement_uri
):
    document = described("")
    counted = {layer["id"] for layer in document["layers"]}
    lowest = document["tileMatrixSetLimits"][0]
    place = int(lowest["tileMatrix"]), lowest["minTileCol"], lowest["minTileRow"]
    layers = read_mvt(tile(document, *place), *place, tmp_path)
    # The valley has no lakes.
    assert set(layers) == counted == {"districts", "gorges", "rivers", "dams", "events", "facilities"}
    for name, frame in layers.items():
        features = get(f"/collections/{name}/items", limit=100)["features"]
        assert set(frame["id"]) == {f["id"] for f in features if f["geometry"]}
    plain = tile(document, *place, headers={"Accept-Encoding": "identity"})
    zipped = tile(document, *place, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert plain.content == zipped.content
    assert plain.headers["etag"] != zipped.headers["etag"]
    assert plain.headers["vary"].lower().count("accept-encoding") == 1
    assert not plain.content.startswith(gzip.compress(b"")[:2])


@requirement("png/content")
def test_a_map_of_a_run_is_transparent_where_the_ground_is_dry(described, tile, get, requirement_uri):
    document = described("/collections/footprint-burst-no-dams/map")
    reached = get("/collections/footprint-burst-no-dams/items")["features"]
    lon, lat = middle(max(reached, key=lambda feature: feature["properties"]["area_m2"])).coords[0]
    z, x, y = at(document, lon, lat, int(document["tileMatrixSetLimits"][-1]["tileMatrix"]))
    answer = tile(document, z, x, y)
    assert answer.headers["content-type"] == "image/png"
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        MemoryFile(answer.content) as file,
        file.open() as picture,
    ):
        indices, palette = picture.read(1), picture.colormap(1)
    assert palette[0][3] == 0
    assert {index for index in np.unique(indices) if index} <= {1, 2, 3}
    side = 2 * HALF_M / (1 << z)
    column = int(((lon + 180.0) / 360.0 * 2 * HALF_M) % side / side * 256)
    north = HALF_M - math.asinh(math.tan(math.radians(lat))) * 6_378_137.0
    assert indices[int(north % side / side * 256), column] > 0


@requirement("oas30/completeness", "oas30/operation-id")
def test_operation_ids_end_as_in_table_8_and_parameters_are_those_of_the_path(get, requirement_uri):
    paths = get("/api")["paths"]
    ids = [entry["get"]["operationId"] for entry in paths.values() if "get" in entry]
    assert len(set(ids)) == len(ids)
    for kind in ("dataset.vector", "dataset.map", "collection.vector", "collection.map",
                 "collection.style.map"):  # fmt: skip
        for operation in ("getTileSetsList", "getTileSet", "getTile"):
            assert f"{kind}.{operation}" in ids
    assert {"getTileMatrixSetsList", "getTileMatrixSet"} <= set(ids)
    for path, entry in paths.items():
        named = set(re.findall(r"{(\w+)}", path))
        declared = {p["name"] for p in entry.get("get", {}).get("parameters", []) if p.get("in") == "path"}
        if "get" in entry and "tiles" in path:
            assert named == declared


def test_the_classes_are_claimed(get):
    claimed = set(get("/conformance")["conformsTo"])
    for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "png", "mvt",
                 "oas30"):  # fmt: skip
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in claimed


def test_styles_are_the_layers_of_the_run(get, one_link, described):
    document = get("/collections/footprint-burst-no-dams/styles")
    assert document["default"] in {style["id"] for style in document["styles"]}
    for style in document["styles"]:
        assert get(path_of(one_link(style, f"{REL}/tilesets-map")["href"]))["tilesets"]
        found = described(f"/collections/footprint-burst-no-dams/styles/{style['id']}/map")
        assert found["title"] == style["title"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/collections/nope/tiles", 404, "unknown_collection"),
        ("/collections/districts/map/tiles", 404, "route_not_found"),
        ("/collections/districts/styles", 404, "route_not_found"),
        ("/collections/footprint-burst-no-dams/styles/nope/map/tiles", 404, "unknown_layer"),
        ("/tiles/WorldCRS84Quad", 404, "route_not_found"),
        ("/tiles/WebMercatorQuad/9/x/1", 400, "bad_parameter"),
        ("/tiles/WebMercatorQuad/9/1/1", 404, "tile_outside"),
        ("/tiles/WebMercatorQuad/9/1/1?f=png", 400, "bad_parameter"),
        ("/tiles/WebMercatorQuad?q=1", 400, "unknown_parameter"),
        ("/tiles?limit=1", 400, "unknown_parameter"),
    ],
)
def test_mistakes_are_told_in_the_language_asked_for(ogc, path, status, code):
    details = set()
    for language in LANGUAGES:
        answer = ogc.get(f"/ogc{path}", headers={"Accept-Language": language})
        assert answer.status_code == status, answer.text
        assert answer.json()["type"].endswith(code)
        details.add(answer.json()["detail"])
    assert len(details) == 3


def test_a_tile_in_another_format_is_406(ogc, get):
    limits = get("/tiles/WebMercatorQuad")["tileMatrixSetLimits"][0]
    path = f"/ogc/tiles/WebMercatorQuad/{limits['tileMatrix']}/{limits['minTileRow']}/{limits['minTileCol']}"
    assert ogc.get(path, headers={"Accept": "text/csv"}).status_code == 406
    assert ogc.get(path, headers={"Accept": f"{MVT}, */*;q=0.1"}).status_code == 200
