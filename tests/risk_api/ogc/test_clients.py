"""What others wrote reads the service: GDAL's OAPIF driver through pyogrio, and OWSLib, over loopback."""

import json
from urllib.parse import parse_qs, urlsplit

import geopandas
import pyogrio
import pytest
from owslib.ogcapi.features import Features

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def asked(served):
    """Give a function that returns what was asked since the test began, from the access log."""
    before = len(served.output())

    def since():
        lines = [line for line in served.output()[before:].splitlines() if line.startswith("{")]
        entries = [json.loads(line) for line in lines]
        return [(entry["path"], parse_qs(entry.get("query", ""))) for entry in entries if "path" in entry]

    return since


def gdal(served, **options):
    given = {"layer": "facilities", **options}
    return geopandas.read_file(f"OAPIF:{served.url}/ogc", engine="pyogrio", **given)


def test_gdal_lists_the_layers_and_reads_their_schema(served):
    names = {name for name, _ in pyogrio.list_layers(f"OAPIF:{served.url}/ogc")}
    assert {"districts", "rivers", "events", "exposure-burst-bar", "footprint-burst-no-dams"} <= names
    info = pyogrio.read_info(f"OAPIF:{served.url}/ogc", layer="exposure-burst-no-dams")
    assert "CRS84" in info["crs"]
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert kinds["people_exposed"] == "float64"
    assert kinds["run_id"] == "object"


def test_gdal_reads_what_the_service_holds(served, get, asked):
    frame = gdal(served)
    assert len(frame) == 25
    plain = get("/collections/facilities/items")["features"]
    assert [list(point.coords[0]) for point in frame.geometry] == [
        feature["geometry"]["coordinates"] for feature in plain
    ]
    pages = [query for path, query in asked() if path.endswith("/facilities/items")]
    assert pages
    # The largest limit of the description is what it pages by, not ten.
    assert int(pages[-1]["limit"][0]) >= 1000


def test_gdal_pages(served, asked):
    frame = gdal(served, PAGE_SIZE=10)
    assert sorted(frame["id"]) == sorted(f"clinic-{number}" for number in range(25))
    offsets = [query.get("offset") for path, query in asked() if path.endswith("/facilities/items")]
    assert [offset for offset in offsets if offset] == [["10"], ["20"]]


def test_gdal_pushes_the_box_down(served, asked):
    frame = gdal(served, bbox=(76.8, 43.14, 76.85, 43.16))
    assert 0 < len(frame) < 25
    boxes = [query["bbox"] for _, query in asked() if "bbox" in query]
    assert boxes
    assert [float(part) for part in boxes[-1][0].split(",")] == pytest.approx([76.8, 43.14, 76.85, 43.16])


def test_gdal_pushes_the_attribute_down(served, asked):
    frame = gdal(served, where="kind = 'school'")
    assert len(frame) == 13
    queries = [query for path, query in asked() if path.endswith("/facilities/items")]
    last = queries[-1]
    assert last.get("kind") == ["school"] or "kind" in last.get("filter", [""])[0]


def test_gdal_asks_for_the_system(served, asked, get):
    frame = gdal(served, CRS="EPSG:32643")
    assert frame.crs.to_epsg() == 32643
    assert any(query.get("crs") == [f"{EPSG}32643"] for _, query in asked())
    at = get("/collections/facilities/items", crs=f"{EPSG}32643")["features"][0]["geometry"]["coordinates"]
    assert list(frame.geometry[0].coords[0]) == pytest.approx(at)


def test_gdal_understands_the_order_of_axes(served, get):
    frame = gdal(served, CRS="EPSG:4326")
    lon, lat = get("/collections/facilities/items")["features"][0]["geometry"]["coordinates"]
    assert (frame.geometry[0].x, frame.geometry[0].y) == pytest.approx((lon, lat))


def test_gdal_asks_in_the_order_that_is_known(served, asked):
    gdal(served, layer="dams")
    paths = [urlsplit(path).path for path, _ in asked()]
    assert paths[0] in ("/ogc/collections", "/ogc/collections/", "/ogc")
    assert paths[-1] == "/ogc/collections/dams/items"
    assert "/ogc/api" in paths


def test_owslib_reads_collections_items_and_filters(served):
    service = Features(f"{served.url}/ogc/")
    assert service.conformance()["conformsTo"]
    assert service.api()["openapi"].startswith("3.0")
    assert "facilities" in service.feature_collections()
    assert service.collection("facilities")["id"] == "facilities"
    assert service.collection_queryables("facilities")["properties"]["kind"]["type"] == "string"
    page = service.collection_items("facilities", limit=5, offset=10)
    assert [feature["id"] for feature in page["features"]] == [f"clinic-{number}" for number in range(10, 15)]
    boxed = service.collection_items("facilities", bbox=[76.8, 43.14, 76.85, 43.16], limit=100)
    assert 0 < boxed["numberMatched"] < 25
    found = service.collection_items("facilities", filter="kind = 'school'")
    assert found["numberMatched"] == 13
    assert service.collection_item("facilities", "clinic-3")["id"] == "clinic-3"


def test_owslib_executes_a_process(served, get):
    from owslib.ogcapi.processes import Processes

    service = Processes(f"{served.url}/ogc/")
    assert {process["id"] for process in service.processes()} >= {"compare", "simulate", "size-dam"}
    assert service.process("compare")["inputs"]["scenario"]["schema"]["enum"] == ["burst", "burst-2005"]
    asked = {"scenario": "burst", "strategies": ["no-dams", "bar"]}
    answer = service.execute("compare", inputs=asked)["exposure"]["value"]
    want = get("/collections/exposure-burst-no-dams/items", f="json")["features"]
    people = [
        feature["properties"]["strategies"]["no-dams"]["people_exposed"] for feature in answer["features"]
    ]
    assert people == [feature["properties"]["people_exposed"] for feature in want]
    began = service.execute("compare", inputs=asked, async_=True)
    assert (began["type"], began["processID"]) == ("process", "compare")


def test_owslib_asks_what_hits_a_point(served, get):
    from owslib.ogcapi.edr import EnvironmentalDataRetrieval
    from shapely.geometry import shape

    service = EnvironmentalDataRetrieval(f"{served.url}/ogc/")
    footprint = "footprint-burst-no-dams"
    assert {footprint, "exposure-burst-no-dams"} <= set(service.data())
    point = shape(get(f"/collections/{footprint}/items")["features"][0]["geometry"]).representative_point()
    asked = {"coords": f"POINT({point.x} {point.y})", "parameter_names": ["depth_max_m"]}
    answer = service.query_data(footprint, "position", **asked)
    want = get(f"/collections/{footprint}/position", coords=asked["coords"])
    assert answer["ranges"] == {"depth_max_m": want["ranges"]["depth_max_m"]}
    district = service.query_data("exposure-burst-no-dams", "locations/mouth")
    assert district["ranges"]["people_exposed"]["values"][0] > 0
