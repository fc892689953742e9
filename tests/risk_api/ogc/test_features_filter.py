"""OGC API Features Part 3 (19-079r2) and Part 5 (23-058): a test per requirement, its URI in the id."""

import json

import jsonschema
import pytest

PART3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/req"
PART5 = "http://www.opengis.net/spec/ogcapi-features-5/1.0/req"
ITEMS = "/collections/facilities/items"


def requirement(*names, part=PART3):
    """Put the URIs of requirements into the id of a test."""
    return pytest.mark.parametrize("requirement_uri", [f"{part}/{name}" for name in names])


def ids(document):
    return [feature["id"] for feature in document["features"]]


@requirement("queryables/queryables-link", "queryables/get-queryables-op",
             "queryables/get-queryables-response", "features-filter/get-queryables-op",
             "features-filter/queryables-link")  # fmt: skip
def test_every_collection_says_what_can_be_asked(ogc, get, one_link, requirement_uri):
    for entry in get("/collections")["collections"]:
        address = one_link(entry, "http://www.opengis.net/def/rel/ogc/1.0/queryables")["href"]
        answer = ogc.get(address)
        assert answer.headers["content-type"] == "application/schema+json"
        document = answer.json()
        jsonschema.Draft202012Validator.check_schema(document)
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert document["$id"] == address
        assert document["type"] == "object"
        assert {"id", "name", "geometry"} <= set(document["properties"])


@requirement("queryables-query-parameters/parameters")
def test_every_scalar_queryable_is_a_parameter(ogc, get, requirement_uri):
    definition = get("/api")
    for entry in get("/collections")["collections"]:
        queryables = get(f"/collections/{entry['id']}/queryables")["properties"]
        operation = definition["paths"][f"/collections/{entry['id']}/items"]["get"]
        declared = {
            definition["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]["name"]
            for parameter in operation["parameters"]
            if "$ref" in parameter
        }
        assert set(queryables) - {"id", "geometry"} <= declared
        features = get(f"/collections/{entry['id']}/items")["features"]
        for name in sorted(set(queryables) - {"id", "geometry"}):
            for feature in features[:2]:
                value = feature["properties"].get(name)
                if value is None:
                    continue
                text = json.dumps(value) if isinstance(value, bool) else str(value)
                found = ogc.get(f"/ogc/collections/{entry['id']}/items", params={name: text}).json()
                expected = [one["id"] for one in features if one["properties"].get(name) == value]
                assert ids(found) == expected, (entry["id"], name)


@requirement("filter/filter-param", "filter/filter-lang-param", "filter/response",
             "filter/filter-crs-wgs84", "features-filter/response")  # fmt: skip
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("cql2-text", "kind = 'hospital' AND id IN ('clinic-1', 'clinic-2', 'clinic-3')"),
        (
            "cql2-json",
            json.dumps({"op": "and", "args": [
                {"op": "=", "args": [{"property": "kind"}, "hospital"]},
                {"op": "in", "args": [{"property": "id"}, ["clinic-1", "clinic-2", "clinic-3"]]},
            ]}),
        ),
    ],
)  # fmt: skip
def test_a_filter_in_both_languages(ogc, language, text, requirement_uri):
    answer = ogc.get(f"/ogc{ITEMS}", params={"filter": text, "filter-lang": language})
    assert ids(answer.json()) == ["clinic-1", "clinic-3"]


@requirement("filter/mixing-expressions", "queryables/expression-construction")
def test_everything_asked_for_has_to_hold(ogc, requirement_uri):
    asked = {"filter": "kind = 'school'", "district": "mouth", "limit": "2", "offset": "1"}
    document = ogc.get(f"/ogc{ITEMS}", params=asked).json()
    assert ids(document) == ["clinic-2", "clinic-4"]
    assert document["numberMatched"] == 13
    assert ids(ogc.get(f"/ogc{ITEMS}", params={**asked, "kind": "hospital", "offset": "0"}).json()) == []


@requirement("filter/filter-crs-param", "features-filter/filter-crs-param")
def test_places_in_a_filter_have_a_system(ogc, get, requirement_uri):
    lon, lat = get(f"{ITEMS}/clinic-7")["geometry"]["coordinates"]
    for uri, first, second in (
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", lon, lat),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", lat, lon),
    ):
        box = f"BBOX({first - 1e-5}, {second - 1e-5}, {first + 1e-5}, {second + 1e-5})"
        answer = ogc.get(
            f"/ogc{ITEMS}", params={"filter": f"S_INTERSECTS(geometry, {box})", "filter-crs": uri}
        )
        assert ids(answer.json()) == ["clinic-7"]


@requirement("filter/filter-param")
@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("kind =", 7), ("kind == 'x'", 7), ("kind = 'x' garbage", 12), ("", 1), ("kind = 'x", 8),
        ("no_such = 1", 1), ("kind = 'x' AND no_such > 5", 16), ("kind > 5", 1), ("kind", 1),
        ("T_AFTER(kind, DATE('2020-01-01'))", 1), ("kind IN ()", None), ("1 + 'x' = 2", 3),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", None), ("S_INTERSECTS(kind, POINT(1 2))", 1),
        ("(" * 200 + "kind='x'" + ")" * 200, 61), ("NOT " * 900 + "kind='x'", 1), ("k" * 5000, 4001),
        ("- " * 1000 + "1 = 1", 1), ("geometry = 5", 1), ("Foo(geometry) = TRUE", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_filter_that_does_not_fit_says_where(ogc, text, position, language, requirement_uri):
    answer = ogc.get(f"/ogc{ITEMS}", params={"filter": text, "lang": language})
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["errors"][0]["field"] == "filter"
    if position is not None:
        assert problem["errors"][0]["position"] == position
    assert answer.headers["content-language"] == language


@requirement("filter/filter-lang-param")
@pytest.mark.parametrize(
    "text",
    ["{", "[]", "5", '"x"', "null", '{"op": "="}', '{"op": 5, "args": []}', '{"op": "=", "args": [NaN, 1]}',
     '{"op": "and", "args": [true]}', '{"op": "=", "args": [{"property": 5}, 1]}',
     '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["x"]}]}',
     '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Nothing"}]}',
     '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2]}]}',
     '{"op":"not","args":[' * 100 + "true" + "]}" * 100],
)  # fmt: skip
def test_json_that_is_no_filter_is_400(ogc, text, requirement_uri):
    answer = ogc.get(f"/ogc{ITEMS}", params={"filter": text, "filter-lang": "cql2-json"})
    assert answer.status_code == 400, answer.text


@requirement("schemas/schema-definition", "schemas/properties", "returnables-and-receivables/link",
             "returnables-and-receivables/op", "returnables-and-receivables/response",
             "core-roles-features/role-primary-geometry", part=PART5)  # fmt: skip
def test_features_are_as_their_schema_says(ogc, get, one_link, requirement_uri):
    for entry in get("/collections")["collections"]:
        answer = ogc.get(one_link(entry, "http://www.opengis.net/def/rel/ogc/1.0/schema")["href"])
        assert answer.headers["content-type"] == "application/schema+json"
        document = answer.json()
        jsonschema.Draft202012Validator.check_schema(document)
        roles = [said.get("x-ogc-role") for said in document["properties"].values()]
        assert roles.count("id") == roles.count("primary-geometry") == 1
        for feature in get(f"/collections/{entry['id']}/items")["features"]:
            row = {name: value for name, value in feature["properties"].items() if value is not None}
            jsonschema.validate({"id": feature["id"], **row}, document)


@requirement("core-roles-features/role-primary-interval-start", "core-roles-features/role-primary-interval-end",  # noqa: E501
             "core-roles-features/primary-temporal-constraints", part=PART5)  # fmt: skip
def test_events_have_days_from_and_to(get, requirement_uri):
    said = get("/collections/events/schema")["properties"]
    assert said["date_start"]["x-ogc-role"] == "primary-interval-start"
    assert said["date_end"]["x-ogc-role"] == "primary-interval-end"
    assert said["date_start"]["format"] == said["date_end"]["format"] == "date"
    row = get("/collections/events/items/flood-2006")["properties"]
    assert (row["date"], row["date_start"], row["date_end"]) == ("2006-06", "2006-06-01", "2006-06-30")


def test_embedded_layers_are_wholly_described(almaty):
    from risk_api.features.fields import layer_fields
    from risk_api.layers import VECTOR_LAYERS, LayerStore

    layers = LayerStore(almaty)
    for layer in VECTOR_LAYERS:
        rows = [feature.properties for feature in layers.layer(layer).values()]
        assert [field.name for field in layer_fields(layer, rows) if field.source == "undeclared"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "kind='school'"},
        {"filter": '{"op":"=","args":[{"property":"kind"},"school"]}', "filter-lang": "cql2-json"},
        {"kind": "school"},
        {"bbox": "0,0,90,90", "kind": "school", "crs": "http://www.opengis.net/def/crs/EPSG/0/4326"},
        {"kind": "school", "lang": "kk"},
    ],
)
def test_pages_are_those_of_the_same_question(ogc, query):
    path = "/ogc/collections/facilities/items"
    whole = ogc.get(path, params=query).json()["features"]
    assert {feature["properties"]["kind"] for feature in whole} == {"school"}
    found, address = [], None
    for _ in range(len(whole)):
        answer = ogc.get(address) if address else ogc.get(path, params={**query, "limit": "5"})
        assert answer.status_code == 200
        assert answer.json()["numberMatched"] == len(whole)
        found += answer.json()["features"]
        links = {entry["rel"]: entry["href"] for entry in answer.json()["links"]}
        if "next" not in links:
            break
        address = links["next"]
    assert found == whole
    assert [len(whole), "next" in links] == [13, False]
    assert ogc.get(links["prev"]).json()["features"] == whole[5:10]
