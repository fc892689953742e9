"""How the layers of a GeoPackage look when they are opened: QGIS reads the table `layer_styles` by itself.

A style is written twice, as QML, which QGIS takes, and as SLD 1.1 with Symbology Encoding 1.1 (OGC 05-077r4),
for other programs. Columns of the table as QGIS 3 makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

#: Brushes over a colour, strongest class first, as on the page: classes differ without colour, too.
BRUSHES: Final = ("", "diagonal_x", "b_diagonal", "f_diagonal", "dense6", "")
#: What SLD calls the same.
_MARKS: Final = {"diagonal_x": "x", "b_diagonal": "slash", "f_diagonal": "backslash", "dense6": "circle"}
INK: Final = "#16202a"
_WATER: Final = "#3f83b5"
_SLD: Final = "http://www.opengis.net/sld"
_SE: Final = "http://www.opengis.net/se"
_OGC: Final = "http://www.opengis.net/ogc"
for _prefix, _space in (("", _SLD), ("se", _SE), ("ogc", _OGC)):
    ET.register_namespace(_prefix, _space)


@dataclass(frozen=True)
class Rule:
    """What is drawn alike.

    Attributes
    ----------
    label : str
        In the legend.
    fill : str or None
        Colour as ``#rrggbb``; None for lines.
    value : str or None
        Of the style's attribute; None where the rule holds a range, or everything.
    low, high : float or None
        Limits of the style's attribute, low excluded and high included.
    brush : str
        One of `BRUSHES`.
    """

    label: str
    fill: str | None
    value: str | None = None
    low: float | None = None
    high: float | None = None
    brush: str = ""


@dataclass(frozen=True)
class Style:
    """A style of one layer.

    Attributes
    ----------
    layer : str
        Table of the GeoPackage.
    name : str
        As QGIS lists it.
    kind : {"polygon", "line", "point"}
    rules : sequence of Rule
    attribute : str or None
        Column that the rules choose by.
    label : str or None
        Expression of QGIS that is written on each feature.
    label_column : str or None
        What SLD writes instead.
    is_default : bool
        Whether the layer opens with it.
    """

    layer: str
    name: str
    kind: str
    rules: Sequence[Rule]
    attribute: str | None = None
    label: str | None = None
    label_column: str | None = None
    is_default: bool = True

    @property
    def qml(self) -> str:
        """The style for QGIS."""
        root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling")
        ranged = self.attribute is not None and self.rules[0].value is None
        kind = (
            "singleSymbol" if self.attribute is None else "graduatedSymbol" if ranged else "categorizedSymbol"
        )
        renderer = ET.SubElement(root, "renderer-v2", type=kind, enableorderby="0", forceraster="0")
        if self.attribute is not None:
            renderer.set("attr", self.attribute)
            renderer.set("graduatedMethod", "GraduatedColor")
            entries = ET.SubElement(renderer, "ranges" if ranged else "categories")
            for number, rule in enumerate(self.rules):
                entry = ET.SubElement(
                    entries,
                    "range" if ranged else "category",
                    symbol=str(number),
                    label=rule.label,
                    render="true",
                )
                if ranged:
                    entry.set("lower", f"{-1.0 if rule.low is None else rule.low:.6f}")
                    entry.set("upper", f"{1e12 if rule.high is None else rule.high:.6f}")
                else:
                    entry.set("value", rule.value or "")
                    entry.set("type", "string")
        symbols = ET.SubElement(renderer, "symbols")
        for number, rule in enumerate(self.rules):
            _qml_symbol(symbols, str(number), self.kind, rule)
        if self.label is not None:
            _qml_labels(root, self.label)
        return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, "unicode")

    @property
    def sld(self) -> str:
        """The style for everybody else."""
        root = ET.Element(f"{{{_SLD}}}StyledLayerDescriptor", version="1.1.0")
        layer = ET.SubElement(root, f"{{{_SLD}}}NamedLayer")
        ET.SubElement(layer, f"{{{_SE}}}Name").text = self.layer
        style = ET.SubElement(layer, f"{{{_SLD}}}UserStyle")
        ET.SubElement(style, f"{{{_SE}}}Name").text = self.name
        features = ET.SubElement(style, f"{{{_SE}}}FeatureTypeStyle")
        for rule in self.rules:
            _sld_rule(features, self, rule)
        if self.label_column is not None:
            _sld_label(ET.SubElement(features, f"{{{_SE}}}Rule"), self.label_column)
        return ET.tostring(root, "unicode")


def _qml_symbol(parent: ET.Element, name: str, kind: str, rule: Rule) -> None:
    symbol = ET.SubElement(
        parent,
        "symbol",
        name=name,
        type={"polygon": "fill", "line": "line", "point": "marker"}[kind],
        alpha="0.8" if kind == "polygon" else "1",
        clip_to_extent="1",
        force_rhr="0",
    )
    if kind == "line":
        _qml_layer(symbol, "SimpleLine", line_color=_rgba(_WATER), line_width="0.4", line_width_unit="MM")
    elif kind == "point":
        _qml_layer(
            symbol, "SimpleMarker", name="square", size="3", size_unit="MM",
            color=_rgba(rule.fill or "#ffffff"), outline_color=_rgba(INK), outline_width="0.6",
        )  # fmt: skip
    else:
        outline = {"outline_color": _rgba(INK), "outline_width": "0.1", "outline_width_unit": "MM"}
        _qml_layer(symbol, "SimpleFill", color=_rgba(rule.fill or "#ffffff"), style="solid", **outline)
        if rule.brush:
            _qml_layer(
                symbol, "SimpleFill", color=_rgba("#000000", 150), style=rule.brush, outline_style="no"
            )


def _qml_layer(symbol: ET.Element, kind: str, **values: str) -> None:
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(options, "Option", type="QString", name=key, value=value)


def _qml_labels(root: ET.Element, expression: str) -> None:
    labels = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labels, "settings", calloutType="simple")
    text = ET.SubElement(
        settings, "text-style", fieldName=expression, isExpression="1", fontSize="9", textColor=_rgba(INK)
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_rgba("#ffffff"),
    )


def _sld_rule(parent: ET.Element, style: Style, rule: Rule) -> None:
    element = ET.SubElement(parent, f"{{{_SE}}}Rule")
    ET.SubElement(element, f"{{{_SE}}}Name").text = rule.label
    description = ET.SubElement(element, f"{{{_SE}}}Description")
    ET.SubElement(description, f"{{{_SE}}}Title").text = rule.label
    tests = [
        (f"PropertyIs{name}", str(value))
        for name, value in (
            ("EqualTo", rule.value),
            ("GreaterThan", rule.low),
            ("LessThanOrEqualTo", rule.high),
        )
        if value is not None
    ]
    if style.attribute is not None and tests:
        holder = ET.SubElement(element, f"{{{_OGC}}}Filter")
        if len(tests) > 1:
            holder = ET.SubElement(holder, f"{{{_OGC}}}And")
        for name, value in tests:
            test = ET.SubElement(holder, f"{{{_OGC}}}{name}")
            ET.SubElement(test, f"{{{_OGC}}}PropertyName").text = style.attribute
            ET.SubElement(test, f"{{{_OGC}}}Literal").text = value
    if style.kind == "line":
        _stroke(ET.SubElement(element, f"{{{_SE}}}LineSymbolizer"), _WATER, "1.5")
    elif style.kind == "point":
        graphic = ET.SubElement(ET.SubElement(element, f"{{{_SE}}}PointSymbolizer"), f"{{{_SE}}}Graphic")
        _mark(graphic, "square", rule.fill or "#ffffff", "11")
    else:
        area = ET.SubElement(element, f"{{{_SE}}}PolygonSymbolizer")
        _parameters(
            ET.SubElement(area, f"{{{_SE}}}Fill"), fill=rule.fill or "#ffffff", **{"fill-opacity": "0.8"}
        )
        _stroke(area, INK, "0.4")
        if rule.brush:
            over = ET.SubElement(element, f"{{{_SE}}}PolygonSymbolizer")
            fill = ET.SubElement(ET.SubElement(over, f"{{{_SE}}}Fill"), f"{{{_SE}}}GraphicFill")
            _mark(ET.SubElement(fill, f"{{{_SE}}}Graphic"), _MARKS[rule.brush], "#000000", "8")


def _mark(graphic: ET.Element, name: str, colour: str, size: str) -> None:
    mark = ET.SubElement(graphic, f"{{{_SE}}}Mark")
    ET.SubElement(mark, f"{{{_SE}}}WellKnownName").text = name
    _parameters(ET.SubElement(mark, f"{{{_SE}}}Fill"), fill=colour)
    _stroke(mark, INK, "0.8")
    ET.SubElement(graphic, f"{{{_SE}}}Size").text = size


def _stroke(parent: ET.Element, colour: str, width: str) -> None:
    _parameters(ET.SubElement(parent, f"{{{_SE}}}Stroke"), stroke=colour, **{"stroke-width": width})


def _parameters(parent: ET.Element, **values: str) -> None:
    for name, value in values.items():
        ET.SubElement(parent, f"{{{_SE}}}SvgParameter", name=name).text = value


def _sld_label(rule: ET.Element, column: str) -> None:
    text = ET.SubElement(rule, f"{{{_SE}}}TextSymbolizer")
    label = ET.SubElement(text, f"{{{_SE}}}Label")
    ET.SubElement(label, f"{{{_OGC}}}PropertyName").text = column
    _parameters(ET.SubElement(text, f"{{{_SE}}}Font"), **{"font-size": "12"})
    _parameters(ET.SubElement(text, f"{{{_SE}}}Fill"), fill=INK)


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return f"{red},{green},{blue},{alpha}"
