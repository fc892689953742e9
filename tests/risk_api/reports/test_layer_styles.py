"""A GeoPackage opens in QGIS as the page shows it: classes by colour and pattern, districts by people."""

import re
import sqlite3
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from risk_api.reports.colours import class_colours
from tests.clients.headless_qgis import Qgis, is_drawn, missing_qgis

SE = "{http://www.opengis.net/se}"
OGC = "{http://www.opengis.net/ogc}"


@pytest.fixture(scope="module")
def package(client, tmp_path_factory):
    path = tmp_path_factory.mktemp("styles") / "r.gpkg"
    question = {"strategies": "no-dams,bar", "f": "gpkg", "lang": "ru"}
    path.write_bytes(client.get("/v1/reports/scenarios/burst", params=question).content)
    return path


@pytest.fixture(scope="module")
def styles(package):
    with sqlite3.connect(package) as file:
        columns = "f_table_name, styleName, useAsDefault, styleQML, styleSLD, f_geometry_column"
        return file.execute(f"SELECT {columns} FROM layer_styles ORDER BY id").fetchall()


def test_each_layer_with_a_geometry_has_one_default_style(package, styles):
    drawn = {name for name, kind in pyogrio.list_layers(package) if kind is not None}
    defaults = [table for table, _, is_default, *_ in styles if is_default]
    assert sorted(defaults) == sorted(drawn)
    assert [name for table, name, *_ in styles if table == "districts"] == [
        "людей в зоне селя: Без плотин",
        "людей в зоне селя: С плотиной",
    ]


def test_styles_choose_by_columns_that_are_there(package, styles):
    for table, _, _, qml, sld, geometry in styles:
        info = pyogrio.read_info(package, layer=table)
        fields = set(info["fields"])
        assert info["geometry_name"] == geometry
        renderer = ET.fromstring(qml.split("\n", 1)[1]).find("renderer-v2")
        assert renderer.get("attr") is None or renderer.get("attr") in fields
        labels = [one.get("fieldName") for one in ET.fromstring(qml.split("\n", 1)[1]).iter("text-style")]
        assert {name for label in labels for name in re.findall(r'"(\w+)"', label)} <= fields
        asked = {one.text for one in ET.fromstring(sld).iter(f"{OGC}PropertyName")}
        assert asked <= fields


def test_classes_have_the_colours_of_the_map_and_differ_without_them(styles):
    (qml, sld) = next((qml, sld) for table, _, _, qml, sld, _ in styles if table == "footprint_no_dams")
    symbols = ET.fromstring(qml.split("\n", 1)[1]).findall("renderer-v2/symbols/symbol")
    fills, brushes = [], []
    for symbol in symbols:
        layers = [
            {one.get("name"): one.get("value") for one in layer.iter("Option") if one.get("name")}
            for layer in symbol.findall("layer")
        ]
        red, green, blue, _ = map(int, layers[0]["color"].split(","))
        fills.append(f"#{red:02x}{green:02x}{blue:02x}")
        brushes.append(tuple(layer["style"] for layer in layers[1:]))
    assert fills == class_colours("buwal")
    assert len(set(brushes)) == len(brushes)
    rules = ET.fromstring(sld).findall(f".//{SE}Rule")
    assert [rule.find(f".//{SE}SvgParameter[@name='fill']").text for rule in rules] == fills


def test_every_number_of_people_has_one_class(styles):
    (qml,) = [qml for table, _, is_default, qml, *_ in styles if table == "districts" and is_default]
    ranges = ET.fromstring(qml.split("\n", 1)[1]).findall("renderer-v2/ranges/range")
    limits = [(float(one.get("lower")), float(one.get("upper"))) for one in ranges]
    assert limits[0][0] < 0.0
    assert limits[-1][1] > 1e10
    assert [high for _, high in limits[:-1]] == [low for low, _ in limits[1:]]


def test_qgis_opens_it_styled(package, styles, tmp_path):
    if reason := missing_qgis():
        pytest.skip(reason)
    for table, _, is_default, _, sld, _ in styles:
        if is_default:
            (tmp_path / f"{table}.sld").write_text(sld, encoding="utf-8")
    tables = [table for table, _, is_default, *_ in styles if is_default]
    told = Qgis().run(
        f"""
told, layers = {{}}, []
for name in {tables!r}:
    layer = QgsVectorLayer("{package}|layername=" + name, name, "ogr")
    message, by_itself = layer.loadDefaultStyle()
    labels = [item.label() for item in layer.renderer().legendSymbolItems()]
    kind = layer.renderer().type()
    layers.append(layer)
    other = QgsVectorLayer("{package}|layername=" + name, name, "ogr")
    problem, by_sld = other.loadSldStyle(name + ".sld")
    told[name] = [by_itself, kind, labels, by_sld, [i.label() for i in other.renderer().legendSymbolItems()]]
render([layer for layer in layers if layer.name() != "rivers"], "map.png")
tell(**told)
""",
        tmp_path,
    )
    for name, (by_itself, kind, labels, by_sld, sld_labels) in told.items():
        assert by_itself, name
        assert by_sld, name
        if name.startswith("footprint"):
            assert kind == "categorizedSymbol"
            assert labels == sld_labels == ["сильная", "средняя", "слабая"]
        elif name == "districts":
            assert kind == "graduatedSymbol"
            assert labels == sld_labels
            assert len(labels) == 6
    assert is_drawn(tmp_path / "map.png")
