"""OGC API Features Part 1 (17-069r4): a test per requirement, its URI in the id."""

import json
import re

import pytest
import shapely
from openapi_spec_validator import validate
from shapely.geometry import shape

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0"
LAYERS = ("districts", "gorges", "rivers", "dams", "lakes", "events", "facilities")
FORMATS = ("json", "html", "csv", "fgb", "gpkg", "parquet")
MEDIA = {
    "json": "application/geo+json",
    "html": "text/html",
    "csv": "text/csv",
    "fgb": "application/vnd.flatgeobuf",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}


COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/req"
EDR = "http://www.opengis.net/spec/ogcapi-edr-1/1.1/req"
COLLECTIONS = "http://www.opengis.net/spec/ogcapi-common-2/1.0/req/collections"


def requirement(*names):
    """Put the URIs of requirements into the id of a test; those of Features unless the whole URI is given."""
    uris = [name if name.startswith("http") else f"{CORE}/req/{name}" for name in names]
    return pytest.mark.parametrize("requirement_uri", uris)


def ids(document):
    return [feature["id"] for feature in document["features"]]


@requirement("core/root-op", "core/root-success", f"{COMMON}/landing-page/root-op",
             f"{COMMON}/landing-page/root-success", f"{COMMON}/landing-page/api-definition-op")  # fmt: skip
def test_landing_links_to_everything(get, ogc, one_link, requirement_uri):
    for path in ("/ogc", "/ogc/"):
        document = ogc.get(path, follow_redirects=False).json()
        for rel in ("service-desc", "service-doc", "conformance", "data", "self"):
            answer = ogc.get(one_link(document, rel)["href"])
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(one_link(document, rel)["type"].split(";")[0])


@requirement("core/api-definition-op", "core/api-definition-success", "oas30/oas-definition-1",
             "oas30/oas-definition-2", "oas30/oas-impl", "oas30/completeness",
             f"{COMMON}/oas30/oas-definition-1", f"{COMMON}/oas30/oas-definition-2",
             f"{COMMON}/oas30/oas-impl", f"{COMMON}/oas30/completeness", f"{EDR}/oas30/completeness",
             f"{COMMON}/landing-page/api-definition-success")  # fmt: skip
def test_api_definition_is_openapi_3_0_and_complete(ogc, get, requirement_uri):
    answer = ogc.get("/ogc/api", headers={"accept": "application/vnd.oai.openapi+json;version=3.0"})
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    from tests.risk_api.conftest import lonlat

    document = answer.json()
    assert document["openapi"].startswith("3.0")
    validate(document)
    base = document["servers"][0]["url"]
    for path, operations in document["paths"].items():
        address = base + path.replace("{featureId}", "mouth")
        if "{" in address or ("{featureId}" in path and "districts" not in path):
            continue
        if "get" not in operations:
            continue
        asked = {"coords": "POINT({} {})".format(*lonlat(651_200.0, 4_777_000.0))}
        answer = ogc.get(address, params=asked if path.endswith("/position") else None)
        assert answer.status_code == 200, address
        described = operations["get"]["responses"]["200"]["content"]
        assert answer.headers["content-type"].split("; charset")[0] in described


@requirement("oas30/exceptions-codes", "oas30/security", f"{COMMON}/oas30/exceptions-codes",
             f"{COMMON}/oas30/security")  # fmt: skip
def test_api_definition_says_which_errors_come_and_never_422(get, requirement_uri):
    document = get("/api")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert {"400", "404", "500"} <= set(operation["responses"])
            assert "422" not in operation["responses"]
        if path.startswith("/collections"):
            assert "406" in operations["get"]["responses"]
    assert "security" not in document  # reading is open to all


@requirement("core/conformance-op", "core/conformance-success", f"{COMMON}/landing-page/conformance-op",
             f"{COMMON}/landing-page/conformance-success")  # fmt: skip
def test_conformance_names_core_and_its_encodings(get, requirement_uri):
    classes = get("/conformance")["conformsTo"]
    assert len(set(classes)) == len(classes)
    for name in ("core", "oas30", "html", "geojson"):
        assert f"{CORE}/conf/{name}" in classes


@requirement("core/http", f"{COMMON}/core/http")
def test_http_1_1_methods_and_status(ogc, requirement_uri):
    head = ogc.head("/ogc/collections")
    assert head.status_code == 200
    assert head.content == b""
    refused = ogc.post("/ogc/collections")
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]


@requirement("core/query-param-unknown", f"{COMMON}/core/query-param-unknown")
@pytest.mark.parametrize("path", ["", "/api", "/conformance", "/collections", "/collections/dams",
                                  "/collections/dams/items", "/collections/dams/items/bar",
                                  "/collections/dams/queryables", "/collections/dams/schema"])  # fmt: skip
def test_an_unknown_parameter_is_400(get, path, requirement_uri):
    problem = get(path, status=400, no_such_thing="1")
    assert problem["errors"][0]["field"] == "no_such_thing"


@requirement("core/query-param-invalid", f"{COMMON}/core/query-param-invalid")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"), ("limit", "-1"), ("limit", "ten"), ("limit", "1.5"), ("limit", ""),
        ("offset", "-1"), ("offset", "x"), ("offset", "26"),
        ("bbox", "1,2,3"), ("bbox", "1,2,3,x"), ("bbox", "1,2,3,nan"), ("bbox", "0,50,10,40"),
        ("bbox", "0,-91,1,0"), ("bbox", "181,0,182,1"), ("bbox", "1,2,3,4,5"), ("bbox", ""),
        ("datetime", "yesterday"), ("datetime", "2020-13-01"), ("datetime", "2020-01-02/2020-01-01"),
        ("datetime", "2020-01-01T00:00:00"), ("datetime", "a/b/c"),
        ("f", "png"), ("lang", "de"), ("crs", "EPSG:4326"), ("filter-lang", "sql"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_400_and_named(ogc, name, value, requirement_uri):
    answer = ogc.get("/ogc/collections/facilities/items", params={name: value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == name


@requirement(f"{COMMON}/json/definition", f"{COMMON}/json/content", f"{EDR}/json/definition")
@pytest.mark.parametrize("path", ["", "/conformance", "/collections", "/collections/dams"])
def test_documents_are_json_by_default(ogc, path, requirement_uri):
    answer = ogc.get(f"/ogc{path}")
    assert answer.headers["content-type"] == "application/json"
    json.loads(answer.content.decode("utf-8"))


@requirement("core/crs84")
def test_coordinates_are_crs84_by_default(ogc, requirement_uri):
    answer = ogc.get("/ogc/collections/dams/items")
    lon, lat = answer.json()["features"][0]["geometry"]["coordinates"][:2]
    assert 76 < lon < 78
    assert 42 < lat < 44


@requirement("core/fc-md-op", "core/fc-md-success", "core/fc-md-links", "core/fc-md-items",
             "core/fc-md-items-links", "core/fc-md-extent", "core/fc-md-extent-multi",
             f"{COLLECTIONS}/rc-md-op", f"{COLLECTIONS}/rc-md-success")  # fmt: skip
def test_collections_with_links_and_extent(ogc, get, one_link, requirement_uri):
    document = get("/collections")
    assert one_link(document, "self")["type"] == "application/json"
    assert one_link(document, "alternate")["type"] == "text/html"
    found = {entry["id"]: entry for entry in document["collections"]}
    assert set(LAYERS) <= set(found)
    for entry in found.values():
        offered = {link["type"] for link in entry["links"] if link["rel"] == "items"}
        assert offered == set(MEDIA.values())
        assert all("type" in link for link in entry["links"] if link["rel"] == "items")
        # One box and one interval, so that they are the overall extent too.
        assert len(entry["extent"]["spatial"]["bbox"]) == 1
        assert len(entry["extent"].get("temporal", {}).get("interval", [0])) == 1
        west, south, east, north = entry["extent"]["spatial"]["bbox"][0]
        assert west <= east
        assert south <= north
        for feature in get(f"/collections/{entry['id']}/items", limit=10000)["features"]:
            if feature["geometry"]:
                low_x, low_y, high_x, high_y = shape(feature["geometry"]).bounds
                assert west - 1e-6 <= low_x
                assert high_x <= east + 1e-6
                assert south - 1e-6 <= low_y
                assert high_y <= north + 1e-6
    days = found["events"]["extent"]["temporal"]["interval"]
    assert days == [["1841-01-01T00:00:00Z", "2015-07-23T23:59:59Z"]]


@requirement("core/sfc-md-op", "core/sfc-md-success", f"{COLLECTIONS}/src-md-op",
             f"{COLLECTIONS}/src-md-success")  # fmt: skip
def test_a_collection_says_at_its_address_what_the_list_says(get, requirement_uri):
    for listed in get("/collections")["collections"]:
        document = get(f"/collections/{listed['id']}")
        for member in ("id", "title", "description", "extent", "itemType", "storageCrs"):
            assert document[member] == listed[member]
        assert {link["rel"] for link in listed["links"]} == {link["rel"] for link in document["links"]}


@requirement("core/fc-op", "core/fc-response", "core/fc-links", "core/fc-rel-type")
def test_items_and_their_links_in_every_format(ogc, get, requirement_uri):
    document = get("/collections/facilities/items", limit=3)
    assert document["type"] == "FeatureCollection"
    assert len(document["features"]) == 3
    own = [link for link in document["links"] if link["rel"] in ("self", "alternate")]
    assert {link["type"] for link in own} == set(MEDIA.values())
    for link in document["links"]:
        answer = ogc.get(link["href"])
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].split(";")[0] == link["type"]


@requirement("core/fc-limit-definition", "core/fc-bbox-definition", "core/fc-time-definition")
def test_parameters_are_declared_as_clients_read_them(get, requirement_uri):
    document = get("/api")
    shared = document["components"]["parameters"]
    assert shared["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 1000}
    assert shared["bbox"]["schema"] == {
        "type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"},
    }  # fmt: skip
    assert shared["datetime"]["schema"] == {"type": "string"}
    for name in ("limit", "bbox", "datetime"):
        assert shared[name]["style"] == "form"
        assert shared[name]["explode"] is False
        assert shared[name]["in"] == "query"
        assert shared[name]["required"] is False
    for path, operations in document["paths"].items():
        if path.endswith("/items"):
            named = {entry.get("$ref", "").rpartition("/")[2] for entry in operations["get"]["parameters"]}
            assert {"limit", "bbox", "datetime"} <= named


@requirement("core/fc-limit-response-1")
@pytest.mark.parametrize(("limit", "returned"), [("1", 1), ("24", 24), ("10000", 25), ("99999999999", 25)])
def test_limit_is_kept_and_a_larger_one_is_no_error(get, limit, returned, requirement_uri):
    assert len(get("/collections/facilities/items", limit=limit)["features"]) == returned


@requirement("core/fc-bbox-response")
@pytest.mark.parametrize(
    ("bbox", "placed"),
    [
        ("-180,-90,180,90", True), ("76,42,78,44", True), ("76,42,-500,78,44,9000", True),
        ("0,0,1,1", False), ("177,65,-177,70", False), ("70,42,69,44", True),
    ],
)  # fmt: skip
def test_bbox_keeps_what_it_meets_and_what_has_no_place(get, bbox, placed, requirement_uri):
    found = ids(get("/collections/events/items", bbox=bbox))
    everything = ["flood-1841", "flood-2006", "flood-2015", "undated"]
    assert found == (everything if placed else ["flood-1841"])


@requirement("core/fc-bbox-response")
def test_bbox_looks_at_the_geometry_not_its_bounds(get, requirement_uri):
    river = get("/collections/rivers/items")["features"][0]
    west, south, east, north = shape(river["geometry"]).bounds
    inside = f"{west + 0.6 * (east - west)},{south},{east},{south + 0.1 * (north - south)}"
    expected = shape(river["geometry"]).intersects(shapely.box(*(float(part) for part in inside.split(","))))
    assert bool(ids(get("/collections/rivers/items", bbox=inside))) == expected


@requirement("core/fc-time-response")
@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2015-07-23T12:00:00Z", {"flood-2015"}), ("2015-07-23", {"flood-2015"}),
        ("2006-06-15T00:00:00Z", {"flood-2006"}), ("1841-12-31T23:59:59Z", {"flood-1841"}),
        ("2006-07-01T00:00:00Z", set()), ("../1900-01-01T00:00:00Z", {"flood-1841"}),
        ("/1900-01-01T00:00:00Z", {"flood-1841"}), ("2006-06-30T23:00:00+06:00/..", {"flood-2006", "flood-2015"}),  # noqa: E501
        ("2007-01-01T00:00:00Z/", {"flood-2015"}),
        ("2006-06-30T12:00:00Z/2015-07-23T00:00:00Z", {"flood-2006", "flood-2015"}),
    ],
)  # fmt: skip
def test_datetime_keeps_what_was_then_and_what_has_no_date(get, when, found, requirement_uri):
    assert set(ids(get("/collections/events/items", datetime=when))) == found | {"undated"}


@requirement("core/fc-time-response")
def test_datetime_leaves_a_collection_without_time_alone(get, requirement_uri):
    whole = get("/collections/dams/items")
    assert get("/collections/dams/items", datetime="1900-01-01")["features"] == whole["features"]


@requirement("core/fc-numberMatched", "core/fc-numberReturned")
def test_numbers_are_true(get, requirement_uri):
    document = get("/collections/facilities/items", limit=4, offset=23)
    assert (document["numberMatched"], document["numberReturned"]) == (25, 2)
    document = get("/collections/facilities/items", limit=4, kind="school")
    assert (document["numberMatched"], document["numberReturned"]) == (13, 4)


@requirement("core/fc-timeStamp")
def test_no_time_stamp_so_that_equal_questions_have_equal_bytes(ogc, requirement_uri):
    first, second = (ogc.get("/ogc/collections/dams/items").content for _ in range(2))
    assert first == second
    assert "timeStamp" not in json.loads(first)


@requirement("core/f-op", "core/f-success", "core/f-links")
def test_one_feature_with_its_links(ogc, get, one_link, requirement_uri):
    for layer in LAYERS:
        for listed in get(f"/collections/{layer}/items")["features"]:
            document = get(f"/collections/{layer}/items/{listed['id']}")
            links = document["links"]
            assert {key: document[key] for key in listed} == listed
            assert one_link(document, "self")["type"] == "application/geo+json"
            assert one_link(document, "alternate")["type"] == "text/html"
            assert one_link(document, "collection")["href"].endswith(f"/collections/{layer}")
            assert len(links) == 4


def test_pages_hold_every_feature_once_and_lead_both_ways(ogc):
    seen, address, pages = [], "http://testserver/ogc/collections/facilities/items?limit=7&kind=school", []
    while address:
        document = ogc.get(address).json()
        pages.append(address)
        seen += ids(document)
        links = {link["rel"]: link["href"] for link in document["links"]}
        address = links.get("next")
    assert seen == [f"clinic-{number}" for number in range(0, 25, 2)]
    assert len(pages) == 2
    back = ogc.get(links["prev"]).json()
    assert ids(back) == seen[:7]


@requirement("html/definition", "html/content", f"{COMMON}/html/definition", f"{COMMON}/html/content")
@pytest.mark.parametrize("path", ["", "/api", "/conformance", "/collections", "/collections/events",
                                  "/collections/events/items", "/collections/events/items/flood-2015",
                                  "/collections/events/queryables", "/collections/events/schema"])  # fmt: skip  # noqa: E501
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_resource_is_a_page_too(ogc, path, language, requirement_uri):
    answer = ogc.get(f"/ogc{path}", headers={"accept": "text/html", "accept-language": language})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    for target in set(re.findall(r'href="(http://testserver[^"]*)"', answer.text)):
        assert ogc.get(target.replace("&amp;", "&")).status_code == 200, target


@requirement("html/content")
def test_the_page_of_a_feature_holds_its_values(ogc, get, requirement_uri):
    feature = get("/collections/events/items/flood-2015")
    page = ogc.get("/ogc/collections/events/items/flood-2015?f=html").text
    for value in feature["properties"].values():
        if isinstance(value, str):
            assert value in page


@requirement("geojson/definition", "geojson/content")
def test_geojson_follows_rfc_7946(get, requirement_uri):
    for entry in get("/collections")["collections"]:
        document = get(f"/collections/{entry['id']}/items", limit=10000)
        assert "crs" not in document
        for feature in document["features"]:
            assert feature["type"] == "Feature"
            geometry = shape(feature["geometry"]) if feature["geometry"] else None
            for polygon in getattr(geometry, "geoms", [geometry]):
                if polygon is not None and polygon.geom_type == "Polygon":
                    assert polygon.exterior.is_ccw
                    assert not any(ring.is_ccw for ring in polygon.interiors)


def test_collections_of_runs_are_there_once_the_runs_are(get):
    names = {entry["id"] for entry in get("/collections")["collections"]}
    for strategy in ("no-dams", "bar", "same"):
        assert {f"exposure-burst-{strategy}", f"footprint-burst-{strategy}"} <= names
    assert not any("burst-2005" in name for name in names)
    get("/collections/exposure-burst-2005-bar", status=404)
    get("/collections/nothing/items", status=404)
    get("/collections/dams/items/nothing", status=404)


def test_exposure_says_what_v1_says(ogc, get):
    whole = ogc.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams"}).json()
    table = get("/collections/exposure-burst-no-dams/items")["features"]
    assert len(table) == len(whole["features"]) == 2
    for flat, nested in zip(table, whole["features"], strict=True):
        counts = nested["properties"]["strategies"]["no-dams"]
        for name in ("people_exposed", "people_affected", "area_m2", "first_arrival_s", "run_id"):
            assert flat["properties"][name] == counts[name]
        assert flat["properties"]["cause_en"] == counts["cause"]["text"]
        assert flat["properties"]["people_strong"] == counts["people_by_class"]["strong"]
        assert flat["geometry"] == nested["geometry"]


def test_footprint_is_that_of_the_run(ogc, get):
    table = get("/collections/footprint-burst-no-dams/items")["features"]
    run_id = table[0]["properties"]["run_id"]
    of_run = ogc.get(f"/v1/runs/{run_id}/footprint").json()["features"]
    assert [feature["geometry"] for feature in table] == [feature["geometry"] for feature in of_run]
    assert get(f"/collections/footprint-{run_id}/items")["numberMatched"] == len(table)
