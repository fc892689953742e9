"""OGC API EDR 1.1 (19-086r6): what hits a point is what ``/v1/locate`` says, as CoverageJSON and GeoJSON."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import shape

SPEC = "http://www.opengis.net/spec/ogcapi-edr-1/1.1"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
FLOW = ["depth_max_m", "speed_max_m_s", "arrival_s", "class"]
COUNTS = ["people_exposed", "people_affected", "buildings_exposed", "facilities_exposed", "area_m2"]
FOOTPRINT, EXPOSURE = "footprint-burst-no-dams", "exposure-burst-no-dams"


def requirement(*names):
    """Put the URIs of requirements into the id of a test."""
    return pytest.mark.parametrize("requirement_uri", [f"{SPEC}/req/{name}" for name in names])


@pytest.fixture(scope="module")
def wet(get):
    """Give a point that the flow reaches, longitude and latitude."""
    strongest = get(f"/collections/{FOOTPRINT}/items")["features"][0]
    point = shape(strongest["geometry"]).representative_point()
    return point.x, point.y


def at(get, collection, x, y, **params):
    return get(f"/collections/{collection}/position", coords=f"POINT({x} {y})", **params)


def ranges(coverage):
    return {name: values["values"][0] for name, values in coverage["ranges"].items()}


@requirement("core/conformance", "collections/rc-md-query-links", "collections/rc-collection-info")
def test_collections_say_what_can_be_asked_at_a_point(get, requirement_uri):
    classes = get("/conformance")["conformsTo"]
    for name in ("core", "collections", "json", "geojson", "covjson", "oas30", "queries"):
        assert f"{SPEC}/conf/{name}" in classes
    for collection, names in ((FOOTPRINT, FLOW), (EXPOSURE, FLOW + COUNTS)):
        document = get(f"/collections/{collection}")
        assert list(document["parameter_names"]) == names
        for parameter in document["parameter_names"].values():
            assert parameter["type"] == "Parameter"
            assert parameter["observedProperty"]["label"]
        assert set(document["data_queries"]) == {"position", "locations"}
        assert document["data_queries"]["position"]["link"]["variables"]["output_formats"] == [
            "CoverageJSON",
            "GeoJSON",
        ]
        assert document["extent"]["spatial"]["bbox"]
    assert "data_queries" not in get("/collections/districts")
    assert get("/collections/districts/position", coords="POINT(1 1)", status=404)["type"].endswith(
        "unknown_collection"
    )


@requirement("edr/coords-definition", "edr/coords-response", "covjson/definition", "covjson/content")
@pytest.mark.parametrize("collection", [FOOTPRINT, EXPOSURE])
def test_a_point_gets_the_numbers_of_locate(ogc, get, wet, collection, requirement_uri):
    coverage = at(get, collection, *wet)
    assert coverage["type"] == "Coverage"
    assert coverage["domain"]["domainType"] == "Point"
    assert coverage["domain"]["axes"] == {"x": {"values": [wet[0]]}, "y": {"values": [wet[1]]}}
    located = ogc.get("/v1/locate", params={"lon": wet[0], "lat": wet[1]}).json()
    want = located["scenarios"][0]["strategies"]["no-dams"]
    found = ranges(coverage)
    assert found["depth_max_m"] == want["depth_max_m"] > 0.1
    assert found["speed_max_m_s"] == want["speed_max_m_s"]
    assert found["arrival_s"] == want["arrival_s"]
    classes = list(located["scheme"]["classes"])
    assert classes[found["class"]] == want["class"]
    parameter = coverage["parameters"]["class"]
    assert [category["id"] for category in parameter["observedProperty"]["categories"]] == classes
    assert parameter["categoryEncoding"][want["class"]] == found["class"]
    assert set(coverage["ranges"]) == set(coverage["parameters"])
    assert coverage["parameters"]["depth_max_m"]["unit"]["symbol"]["value"] == "m"


@requirement("geojson/definition", "geojson/content")
def test_the_same_as_geojson(get, ogc, wet, requirement_uri):
    answer = ogc.get(f"/ogc/collections/{FOOTPRINT}/position",
                     params={"coords": f"POINT({wet[0]} {wet[1]})", "f": "GeoJSON"})  # fmt: skip
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    want = ranges(at(get, FOOTPRINT, *wet))
    assert feature["geometry"] == {"type": "Point", "coordinates": list(wet)}
    assert feature["properties"]["depth_max_m"] == want["depth_max_m"]
    assert feature["properties"]["class"] in ("strong", "medium", "weak")


def test_the_class_has_no_value_where_nothing_comes(get):
    x0, y0, x1, _ = shape(get("/collections/districts/items/ridge")["geometry"]).bounds
    found = ranges(at(get, FOOTPRINT, (x0 + x1) / 2, y0 + 1e-3))
    assert found == {"depth_max_m": 0.0, "speed_max_m_s": None, "arrival_s": None, "class": None}


@requirement("edr/rc-crs-definition", "edr/rc-crs-response")
@pytest.mark.parametrize(("code", "northing_first"), [("4326", True), ("3857", False), ("32643", False)])
def test_coordinates_in_other_systems_are_the_same_point(get, wet, code, northing_first, requirement_uri):
    east, north = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=True).transform(*wet)
    pair = (north, east) if northing_first else (east, north)
    coverage = at(get, FOOTPRINT, *pair, crs=f"{EPSG}{code}")
    assert ranges(coverage) == ranges(at(get, FOOTPRINT, *wet))
    (reference,) = coverage["domain"]["referencing"]
    assert reference["system"]["id"] == f"{EPSG}{code}"
    assert reference["coordinates"] == (["y", "x"] if northing_first else ["x", "y"])
    assert coverage["domain"]["axes"]["x"]["values"] == [pytest.approx(east)]


@requirement("edr/parameters-definition", "edr/parameters-response")
@pytest.mark.parametrize("name", ["parameter-name", "parameter_names"])
def test_only_the_parameters_that_are_asked_for(get, ogc, wet, name, requirement_uri):
    asked = {"coords": f"POINT({wet[0]} {wet[1]})", name: "arrival_s,depth_max_m"}
    coverage = ogc.get(f"/ogc/collections/{FOOTPRINT}/position", params=asked).json()
    assert list(coverage["ranges"]) == list(coverage["parameters"]) == ["arrival_s", "depth_max_m"]


def test_several_points_are_a_collection_of_coverages(get, wet):
    x, y = wet
    asked = f"MULTIPOINT(({x} {y}), ({x} {y + 0.0001}))"
    document = get(f"/collections/{FOOTPRINT}/position", coords=asked)
    assert document["type"] == "CoverageCollection"
    assert len(document["coverages"]) == 2
    assert ranges(document["coverages"][0]) == ranges(at(get, FOOTPRINT, x, y))


@requirement("edr/rc-locations")
def test_locations_are_the_districts_and_the_facilities(get, ogc, requirement_uri):
    document = get(f"/collections/{FOOTPRINT}/locations")
    kinds = {feature["id"]: feature["properties"]["kind"] for feature in document["features"]}
    assert kinds["mouth"] == kinds["ridge"] == "district"
    assert sum(kind == "facility" for kind in kinds.values()) == 25
    box = shape(get("/collections/districts/items/mouth")["geometry"]).bounds
    inside = get(f"/collections/{FOOTPRINT}/locations", bbox=",".join(map(str, box)))
    assert "mouth" in [feature["id"] for feature in inside["features"]]
    assert "ridge" not in [feature["id"] for feature in inside["features"]]


@requirement("edr/rc-locationId")
def test_a_district_gets_its_counts_and_the_strongest_of_the_flow(get, ogc, requirement_uri):
    coverage = get(f"/collections/{EXPOSURE}/locations/mouth")
    assert coverage["domain"]["domainType"] == "Polygon"
    row = get(f"/collections/{EXPOSURE}/items/mouth")["properties"]
    found = ranges(coverage)
    for name in COUNTS:
        assert found[name] == row[name]
    assert found["arrival_s"] == row["first_arrival_s"]
    assert found["depth_max_m"] >= 0.1
    deepest = max(
        feature["properties"]["depth_max_m"] for feature in get(f"/collections/{FOOTPRINT}/items")["features"]
    )
    assert found["depth_max_m"] <= deepest + 0.005
    geojson = get(f"/collections/{EXPOSURE}/locations/mouth", f="GeoJSON")["features"][0]
    assert geojson["properties"]["class"] in ("strong", "medium", "weak")
    assert geojson["geometry"] == get("/collections/districts/items/mouth")["geometry"]
    dry = ranges(get(f"/collections/{FOOTPRINT}/locations/ridge"))
    assert dry == {"depth_max_m": 0.0, "speed_max_m_s": None, "arrival_s": None, "class": None}


def test_a_facility_gets_what_its_point_gets(get):
    point = get("/collections/facilities/items/clinic-3")["geometry"]["coordinates"]
    assert ranges(get(f"/collections/{FOOTPRINT}/locations/clinic-3")) == ranges(
        at(get, FOOTPRINT, *point[:2])
    )


def test_an_answer_is_not_sent_twice(ogc, wet):
    asked = {"coords": f"POINT({wet[0]} {wet[1]})"}
    first = ogc.get(f"/ogc/collections/{FOOTPRINT}/position", params=asked)
    again = ogc.get(f"/ogc/collections/{FOOTPRINT}/position", params=asked,
                    headers={"if-none-match": first.headers["etag"]})  # fmt: skip
    assert again.status_code == 304


@requirement("edr/coords-response", "edr/parameters-response", "edr/rc-crs-response")
@pytest.mark.parametrize(
    ("params", "field", "status"),
    [
        ({}, "coords", 400),
        ({"coords": "here"}, "coords", 400),
        ({"coords": "POINT EMPTY"}, "coords", 400),
        ({"coords": "LINESTRING(76 43, 77 44)"}, "coords", 400),
        ({"coords": "POINT(nan 43)"}, "coords", 400),
        ({"coords": "POINT(1 1)"}, "coords", 404),
        ({"coords": "POINT(1e300 -1e300)"}, "coords", 404),
        ({"coords": "MULTIPOINT(" + ",".join(["(76 43)"] * 101) + ")"}, "coords", 400),
        ({"coords": "POINT(" * 3000}, "coords", 400),
        ({"coords": "POINT(76.85 43.15)", "crs": "EPSG:4326"}, "crs", 400),
        ({"coords": "POINT(76.85 43.15)", "parameter-name": "rain"}, "parameter-name", 400),
        ({"coords": "POINT(76.85 43.15)", "z": "3"}, "z", 400),
        ({"coords": "POINT(76.85 43.15)", "f": "csv"}, "f", 400),
    ],
)
def test_bad_questions_are_named(get, params, field, status, requirement_uri):
    for language in ("kk", "ru", "en"):
        problem = get(f"/collections/{FOOTPRINT}/position", status=status, lang=language, **params)
        assert problem["errors"][0]["field"] == field
    assert get(f"/collections/{FOOTPRINT}/locations/none", status=404)["errors"][0]["allowed"]


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_it(ogc, text):
    answer = ogc.get(f"/ogc/collections/{FOOTPRINT}/position", params={"coords": text})
    assert answer.status_code in (400, 404)
