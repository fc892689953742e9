"""The examples that the standard publishes beside its text (OGC 21-065, schema/examples), in both encodings.

The expressions are the standard's own, (c) Open Geospatial Consortium, cited by the name of their file; the
rows that they are put to are made up here: those that an example means and those that it does not.
"""
# ruff: noqa: E501  published expressions are not broken

import json
import re

import pytest
from shapely.geometry import box, mapping

from geodata.layers import Field
from risk_api.errors import BadFilter
from risk_api.features.cql2 import parse_filter
from risk_api.features.crs import CRS84
from risk_api.features.table import FeatureTable
from risk_api.serialise.features import Feature

CLASS = "http://www.opengis.net/spec/cql2/1.0/conf"


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


def rows(name, *values):
    return [{name: value} for value in values]


def op(name, *args):
    return {"op": name, "args": list(args)}


def prop(name):
    return {"property": name}


WASHINGTON = (
    "POLYGON((-77.117938 38.936860, -77.040604 39.995648, -76.910536 38.892912, -77.039359 38.791753, "
    "-77.047906 38.841462, -77.034183 38.840655, -77.033142 38.857490, -77.117938 38.936860))"
)
SCENE = {"eo:cloud_cover": 0.05, "landsat:wrs_row": 28, "landsat:wrs_path": 203}
RADAR = {"beamMode": "ScanSAR Narrow", "swathDirection": "ascending", "polarization": "HH+VV+HV+VH",
         "geometry": point(-77.04, 39.0)}  # fmt: skip
HOUSE = {"floors": 6, "swimming_pool": True, "material": "brickwork"}

#: File, text, JSON where it is published for the same expression, rows meant, rows not meant.
EXAMPLES = [
    ("clause6_02a", "city='Toronto'", op("=", prop("city"), "Toronto"),
     rows("city", "Toronto"), rows("city", "toronto", None)),
    ("clause6_02c", "balance-150.0 > 0", op(">", op("-", prop("balance"), 150.0), 0),
     rows("balance", 150.5), rows("balance", 150.0, None)),
    ("clause6_02d", "updated >= date('1970-01-01')", op(">=", prop("updated"), {"date": "1970-01-01"}),
     rows("updated", "1970-01-01", "2020-02-29"), rows("updated", "1969-12-31", None)),
    ("clause6_03", "geometry IS NOT NULL", op("not", op("isNull", prop("geometry"))),
     rows("geometry", point(1, 1)), rows("geometry", None)),
    ("clause7_01", "name LIKE 'Smith%'", None, rows("name_en", "Smith", "Smithson"), rows("name_en", "smith")),
    ("clause7_02", "depth BETWEEN 100.0 and 150.0", op("between", prop("depth"), 100.0, 150.0),
     rows("depth", 100.0, 120.0, 150.0), rows("depth", 99.9, 150.1, None)),
    ("clause7_03a", "cityName IN ('Toronto','Frankfurt','Tokyo','New York')", None,
     rows("cityName", "Tokyo", "New York"), rows("cityName", "York", None)),
    ("clause7_03b", "category NOT IN (1,2,3,4)", op("not", op("in", prop("category"), [1, 2, 3, 4])),
     rows("category", 5), rows("category", 4, None)),
    ("clause7_04", "CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))",
     op("in", op("casei", prop("road_class")), [op("casei", "Οδος"), op("casei", "Straße")]),
     rows("road_class", "ΟΔΟΣ", "STRASSE", "straße"), rows("road_class", "street", None)),
    ("clause7_05", "ACCENTI(etat_vol) = ACCENTI('débárquér')",
     op("=", op("accenti", prop("etat_vol")), op("accenti", "débárquér")),
     rows("etat_vol", "debarquer", "dèbarquêr"), rows("etat_vol", "Debarquer", None)),
    ("clause7_07", "S_INTERSECTS(geometry,POINT(36.319836 32.288087))",
     op("s_intersects", prop("geometry"), point(36.319836, 32.288087)),
     rows("geometry", mapping(box(36, 32, 37, 33))), rows("geometry", point(36.32, 32.29), None)),
    ("clause7_19", "vehicle_height > (bridge_clearance-1)",
     op(">", prop("vehicle_height"), op("-", prop("bridge_clearance"), 1)),
     [{"vehicle_height": 4.1, "bridge_clearance": 5.0}],
     [{"vehicle_height": 4.0, "bridge_clearance": 5.0}, {"vehicle_height": 9.0}]),
    ("example01", "landsat:scene_id = 'LC82030282019133LGN00'", None,
     rows("landsat:scene_id", "LC82030282019133LGN00"), rows("landsat:scene_id", "LC8", None)),
    ("example02", "eo:instrument LIKE 'OLI%'", op("like", prop("eo:instrument"), "OLI%"),
     rows("eo:instrument", "OLI", "OLI_TIRS"), rows("eo:instrument", "TIRS_OLI", None)),
    ("example03", "landsat:wrs_path IN ('153','154','15X')", None,
     rows("landsat:wrs_path", "154", "15X"), rows("landsat:wrs_path", "155")),
    ("example04 (json)", None,
     op("and", op("<", prop("eo:cloud_cover"), 0.1), op("=", prop("landsat:wrs_row"), 28),
        op("=", prop("landsat:wrs_path"), 203)),
     [SCENE], [SCENE | {"eo:cloud_cover": 0.1}, SCENE | {"landsat:wrs_row": 29}, SCENE | {"landsat:wrs_path": None}]),
    ("example05b", "eo:cloud_cover IN (0.1,0.2)", None,
     rows("eo:cloud_cover", 0.1, 0.2), rows("eo:cloud_cover", 0.15, None)),
    ("example06b", "    eo:cloud_cover >= 0.1\nAND eo:cloud_cover <= 0.2\nAND landsat:wrs_row=28\nAND landsat:wrs_path=203",
     None, [SCENE | {"eo:cloud_cover": cover} for cover in (0.1, 0.15, 0.2)],
     [SCENE, SCENE | {"eo:cloud_cover": 0.15, "landsat:wrs_path": 204}]),
    ("example08", "    beamMode='ScanSAR Narrow'\nAND swathDirection='ascending'\nAND polarization='HH+VV+HV+VH'\n"
     f"AND s_intersects(geometry,{WASHINGTON})", None,
     [RADAR], [RADAR | {"geometry": point(-77.5, 39.0)}, RADAR | {"swathDirection": "descending"},
               RADAR | {"geometry": None}]),
    ("example09", "floors>5", None, rows("floors", 6), rows("floors", 5, None)),
    ("example10", "taxes <= 500", None, rows("taxes", 500, -1), rows("taxes", 500.01, None)),
    ("example11", "owner LIKE '%Jones%'", None, rows("owner", "Jones", "A Jones B"), rows("owner", "jones", None)),
    ("example12", "owner LIKE 'Mike%'", None, rows("owner", "Mike"), rows("owner", "A Mike", None)),
    ("example14", "swimming_pool = true", None, rows("swimming_pool", True), rows("swimming_pool", False, None)),
    ("example15", "floors>5 AND swimming_pool=true", None, [HOUSE],
     [HOUSE | {"floors": 5}, HOUSE | {"swimming_pool": False}, HOUSE | {"floors": None}]),
    ("example16", "swimming_pool=true AND (floors>5 \n                    OR  material LIKE 'brick%'\n"
     "                    OR  material LIKE '%brick')", None,
     [HOUSE, HOUSE | {"floors": 1}, HOUSE | {"floors": None}, HOUSE | {"floors": 1, "material": "red brick"}],
     [HOUSE | {"floors": 1, "material": "wood"}, HOUSE | {"swimming_pool": False}]),
    ("example17", "(floors>5 AND material='brick') OR swimming_pool=true",
     op("or", op("and", op(">", prop("floors"), 5), op("=", prop("material"), "brick")),
        op("=", prop("swimming_pool"), True)),
     [HOUSE, HOUSE | {"swimming_pool": False, "material": "brick"}, {"swimming_pool": True}],
     [HOUSE | {"swimming_pool": False}]),
    ("example18", "NOT (floors<5) OR swimming_pool=true", None,
     [HOUSE, {"floors": 5}, {"floors": 1, "swimming_pool": True}], [{"floors": 4, "swimming_pool": False}, {}]),
    ("example19", "(owner LIKE 'mike%' OR owner LIKE 'Mike%') AND floors<4", None,
     [{"owner": "mike", "floors": 3}, {"owner": "Mike S", "floors": 1}],
     [{"owner": "Mike", "floors": 4}, {"owner": "John", "floors": 1}]),
    ("example24", "S_INTERSECTS(geometry,POLYGON((-10.0 -10.0,10.0 -10.0,10.0 10.0,-10.0 -10.0)))", None,
     rows("geometry", point(5, -5), point(0, 0)), rows("geometry", point(-5, 5), None)),
    ("example25", "floors>5 AND S_WITHIN(geometry,BBOX(-118,33.8,-117.9,34))", None,
     [HOUSE | {"geometry": point(-117.95, 33.9)}],
     [HOUSE | {"geometry": point(-117.8, 33.9)}, HOUSE | {"geometry": point(-117.95, 33.9), "floors": 5}]),
    ("example28", "CASEI(geophys:SURVEY_NAME) LIKE CASEI('%calcutta%')", None,
     rows("geophys:SURVEY_NAME", "Survey of CALCUTTA, 1901"), rows("geophys:SURVEY_NAME", "Kolkata", None)),
    ("example29", "\"id\" = 'fa7e1920-9107-422d-a3db-c468cbc5d6df'", None,
     rows("id", "fa7e1920-9107-422d-a3db-c468cbc5d6df"), rows("id", "other")),
    ("example30", "\"id\" <> 'fa7e1920-9107-422d-a3db-c468cbc5d6df'", None,
     rows("id", "other"), rows("id", "fa7e1920-9107-422d-a3db-c468cbc5d6df")),
    ("example31", '"value" < 10', None, rows("value", 9.9), rows("value", 10, None)),
    ("example32", '"value" > 10', None, rows("value", 10.1), rows("value", 10, None)),
    ("example33", '"value" <= 10', None, rows("value", 10), rows("value", 10.1, None)),
    ("example34", '"value" >= 10', None, rows("value", 10), rows("value", 9.9, None)),
    ("example35", "\"name\" LIKE 'foo%'", None, rows("name_en", "foo", "food"), rows("name_en", "Foo")),
    ("example36-alt01", "\"name\" NOT LIKE 'foo%'", None, rows("name_en", "Foo"), rows("name_en", "food")),
    ("example38-alt01", '"value" NOT BETWEEN 10 AND 20', None, rows("value", 9, 21), rows("value", 10, 20, None)),
    ("example40-alt01", "\"value\" NOT IN ('a', 'b', 'c')", None, rows("value", "d"), rows("value", "a", None)),
    ("example44-alt01", '"value" IS NULL OR "value" BETWEEN 10 AND 20', None,
     rows("value", None, 15.0), rows("value", 9.0, 21.0)),
    ("example70", "ACCENTI(\"owner\") = ACCENTI('Beyoncé')", None, rows("owner", "Beyonce", "Beyoncé"),
     rows("owner", "beyonce", None)),
    ("example75", '"value" = (2 / "foo")', None, [{"value": 0.5, "foo": 4.0}],
     [{"value": 0.5, "foo": 0.0}, {"value": None, "foo": 4.0}]),
]  # fmt: skip

#: Of classes that are not claimed: each is refused where the name stands that is not offered.
NOT_CLAIMED = [
    ("clause6_02b", "avg(windSpeed) < 4", {"windSpeed": 1.0}, 1),
    ("clause7_12", "T_INTERSECTS(event_time, INTERVAL('1969-07-16T05:32:00Z', '1969-07-24T16:50:35Z'))",
     {"event_time": "1969-07-20"}, 1),
    ("clause7_15", "A_CONTAINS(layer:ids, ('layers-ca','layers-us'))", {"layer:ids": ["x"]}, 1),
    ("clause7_18", "S_WITHIN(road,Buffer(geometry,10,'m'))", {"road": "x"}, 1),
    ("example20", "T_BEFORE(built, DATE('2015-01-01'))", {"built": "2015-01-01"}, 1),
    ("example22", "T_DURING(INTERVAL(starts_at, ends_at), INTERVAL('2017-06-10T07:30:00Z', '2017-06-11T10:30:00Z'))",
     {"starts_at": "2017-06-10", "ends_at": "2017-06-11"}, 1),
    ("example68", 'Foo("geometry") = TRUE', {"x": 1.0}, 1),
]  # fmt: skip


def dtype_of(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "float"
    if isinstance(value, list):
        return "list"
    return "date" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else "str"


def table_of(given):
    """Return a table with the columns that the rows have, and its fields."""
    kinds = {
        name: dtype_of(value)
        for row in given
        for name, value in row.items()
        if value is not None and name not in ("geometry", "id")
    }
    fields = tuple(
        Field(name, kind, "", dict.fromkeys(("kk", "ru", "en"), "")) for name, kind in kinds.items()
    )
    if "name_en" in kinds:
        fields = (Field("name", "str", "", dict.fromkeys(("kk", "ru", "en"), "")), *fields)
    features = {}
    for place, row in enumerate(given):
        key = row.get("id", f"row-{place}")
        columns = {
            "name_en": "none",
            **{name: value for name, value in row.items() if name not in ("geometry", "id")},
        }
        features[key] = Feature(key, row.get("geometry"), columns)
    return FeatureTable("published", fields, features), fields


def cases():
    for name, text, tree, meant, others in EXAMPLES:
        for language, written in (("cql2-text", text), ("cql2-json", json.dumps(tree) if tree else None)):
            if written is not None:
                yield pytest.param(written, language, meant, others, id=f"{CLASS}/{language}: {name}")


@pytest.mark.parametrize(("written", "language", "meant", "others"), list(cases()))
def test_a_published_example_finds_what_it_means(written, language, meant, others):
    table, fields = table_of([*meant, *others])
    holds = parse_filter(written, language, fields, CRS84).holds(table, "en")
    assert list(holds) == [True] * len(meant) + [False] * len(others)


@pytest.mark.parametrize(("text", "row", "position"), [case[1:] for case in NOT_CLAIMED],
                         ids=[case[0] for case in NOT_CLAIMED])  # fmt: skip
def test_a_published_example_of_a_class_that_is_not_claimed_is_refused_where_it_stands(text, row, position):
    _, fields = table_of([row])
    with pytest.raises(BadFilter) as refused:
        parse_filter(text, "cql2-text", fields, CRS84)
    assert refused.value.fields[0].position == position


@pytest.mark.parametrize(
    ("tree", "near"),
    [
        (op("=", prop("nothing"), 1), "nothing"), (op("t_before", prop("city"), {"date": "2015-01-01"}), "t_before"),
        (op(">", prop("city"), 5), "city"), (op("and", True, op("avg", prop("city"))), "avg"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_json_says_where_too(tree, near):
    _, fields = table_of([{"city": "Toronto"}])
    written = json.dumps(tree)
    with pytest.raises(BadFilter) as refused:
        parse_filter(written, "cql2-json", fields, CRS84)
    assert refused.value.fields[0].position == written.index(near) + 1
