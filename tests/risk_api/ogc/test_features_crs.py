"""OGC API Features Part 2 (18-058r1): a test per requirement, its URI in the id."""

import pytest
from pyproj import Transformer
from shapely.geometry import shape

CRS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/req/crs"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
OFFERED = [CRS84, f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}32643"]
ITEMS = "/collections/facilities/items"


def requirement(*names):
    """Put the URIs of requirements into the id of a test."""
    return pytest.mark.parametrize("requirement_uri", [f"{CRS}/{name}" for name in names])


def pairs(document):
    return [feature["geometry"]["coordinates"][:2] for feature in document["features"]]


def moved(lonlat, uri):
    """Return coordinates by pyproj in the axis order of the authority, which our code orders itself."""
    code = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
    return Transformer.from_crs("OGC:CRS84", code).transform(*lonlat)


@requirement("crs-uri", "fc-md-crs-list", "fc-md-crs-list-defaultCrs", "fc-md-crs-list-global",
             "fc-md-storageCrs", "fc-md-storageCrs-valid-value")  # fmt: skip
def test_every_collection_lists_its_systems_crs84_first(get, requirement_uri):
    listed = get("/collections")
    assert listed["crs"] == OFFERED
    for entry in listed["collections"]:
        assert entry["crs"] == ["#/crs"]
        document = get(f"/collections/{entry['id']}")
        assert document["crs"] == OFFERED
        assert document["storageCrs"] in document["crs"]


@requirement("fc-bbox-crs-definition", "fc-crs-definition")
def test_the_parameters_are_declared(get, requirement_uri):
    shared = get("/api")["components"]["parameters"]
    for name in ("crs", "bbox-crs"):
        assert shared[name]["schema"] == {"type": "string", "enum": OFFERED, "default": CRS84}
        assert shared[name]["in"] == "query"
        assert shared[name]["explode"] is False


@requirement("fc-crs-valid-value", "fc-crs-action", "ogc-crs-header", "ogc-crs-header-value", "geojson")
@pytest.mark.parametrize("uri", OFFERED)
def test_coordinates_come_in_the_system_and_its_axis_order(ogc, get, uri, requirement_uri):
    plain = pairs(get(ITEMS))
    answer = ogc.get(f"/ogc{ITEMS}", params={"crs": uri})
    assert answer.headers["content-crs"] == f"<{uri}>"
    tolerance = 1e-6 if "CRS84" in uri or uri.endswith("4326") else 0.02
    for lonlat, found in zip(plain, pairs(answer.json()), strict=True):
        assert found == pytest.approx(moved(lonlat, uri), abs=tolerance)


@requirement("fc-crs-default-value", "ogc-crs-header")
@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/clinic-1"])
def test_without_crs_the_answer_is_crs84_and_says_so(ogc, path, requirement_uri):
    assert ogc.get(f"/ogc{path}").headers["content-crs"] == f"<{CRS84}>"


@requirement("fc-crs-action")
def test_one_feature_and_lines_with_heights_are_moved_too(ogc, get, requirement_uri):
    found = ogc.get(f"/ogc{ITEMS}/clinic-1", params={"crs": OFFERED[1]})
    plain = get(f"{ITEMS}/clinic-1")["geometry"]["coordinates"]
    assert found.json()["geometry"]["coordinates"] == [plain[1], plain[0]]
    river = get("/collections/rivers/items/torrent")["geometry"]["coordinates"]
    metric = get("/collections/rivers/items/torrent", crs=OFFERED[3])["geometry"]["coordinates"]
    assert [point[2] for point in metric] == [point[2] for point in river]
    assert metric[0][0] == pytest.approx(651_201.0, abs=0.2)


@requirement("crs-exception", "fc-crs-action-exception", "bbox-crs-exception")
@pytest.mark.parametrize("name", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize("uri", ["", "EPSG:4326", f"{EPSG}2154", "http://example.org/crs", f"{CRS84}h"])
def test_a_system_that_is_not_offered_is_400(ogc, name, uri, requirement_uri):
    answer = ogc.get(f"/ogc{ITEMS}", params={name: uri})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name
    assert answer.json()["errors"][0]["allowed"] == OFFERED


@requirement("fc-bbox-crs-valid-values", "fc-bbox-crs-action", "fc-bbox-crs-default-value")
@pytest.mark.parametrize("uri", OFFERED)
def test_a_box_means_the_same_ground_in_every_system(get, ogc, uri, requirement_uri):
    plain = pairs(get(ITEMS))
    west, south, east, north = plain[5][0] - 1e-4, plain[5][1] - 1e-3, plain[9][0] + 1e-4, plain[9][1] + 1e-3
    low, high = moved((west, south), uri), moved((east, north), uri)
    box = ",".join(f"{number:.9f}" for number in (*low, *high))
    answer = ogc.get(f"/ogc{ITEMS}", params={"bbox": box, "bbox-crs": uri}).json()
    assert [feature["id"] for feature in answer["features"]] == [f"clinic-{n}" for n in range(5, 10)]
    if uri == CRS84:
        assert ogc.get(f"/ogc{ITEMS}", params={"bbox": box}).json()["features"] == answer["features"]


def test_polygons_keep_their_size_in_metres(get):
    metric = get("/collections/districts/items/mouth", crs=OFFERED[3])
    assert shape(metric["geometry"]).area == pytest.approx(1800 * 2100, rel=1e-4)
    web = shape(get("/collections/districts/items/mouth", crs=OFFERED[2])["geometry"])
    lonlat = shape(get("/collections/districts/items/mouth")["geometry"])
    corners = [
        Transformer.from_crs(4326, 3857, always_xy=True).transform(*xy) for xy in lonlat.exterior.coords
    ]
    assert list(web.exterior.coords) == [pytest.approx(corner, abs=0.02) for corner in corners]


@pytest.mark.parametrize("bbox", ["1e300,0,1e301,1", "0,1e12,1,1e13"])
def test_a_box_off_the_map_meets_nothing(ogc, bbox):
    for uri in OFFERED:
        answer = ogc.get(f"/ogc{ITEMS}", params={"bbox": bbox, "bbox-crs": uri})
        if uri in OFFERED[:2]:
            assert answer.status_code == 400, (uri, answer.text)
        else:
            assert answer.json()["features"] == [], uri


def test_a_box_larger_than_the_map_holds_everything(ogc, get):
    whole = get(ITEMS)["numberMatched"]
    for uri in OFFERED[2:]:
        asked = {"bbox": "-1e300,-1e300,1e300,1e300", "bbox-crs": uri}
        assert ogc.get(f"/ogc{ITEMS}", params=asked).json()["numberMatched"] == whole
