"""Which style each layer of a scenario's GeoPackage opens with: classes and people as on the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language, format_number, translate
from risk_api.reports.colours import class_colours
from risk_api.reports.qgis_styles import BRUSHES, INK, Rule, Style
from risk_api.serialise.exposure import wide_column

if TYPE_CHECKING:
    from risk_api.reports.material import Material

TABLE: Final = "layer_styles"
#: QGIS asks the newest style first; one that is saved beside these is newer.
_WRITTEN: Final = datetime(2000, 1, 1)
#: People in the footprint of a district: limits a power of ten apart, so that two scenarios compare.
_LIMITS: Final = (None, 0.5, 100.0, 1_000.0, 10_000.0, 100_000.0, None)
#: Lightness falls with the number, which stands on each district as well.
_PEOPLE: Final = ("#ffffff", "#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026")


def table_of(name: str) -> str:
    """Return the name of a strategy as tables have it."""
    return name.replace("-", "_").replace(":", "_")


def styles_of(found: Material) -> list[Style]:
    """Return the styles of a GeoPackage's layers; `districts` has one per strategy, the first its default."""
    language, name = found.language, f"name_{found.language}"
    classes = _class_rules(found)
    styles = [
        Style(f"footprint_{table_of(strategy)}", strategy, "polygon", classes, "class")
        for strategy, parts in found.footprints.items()
        if parts
    ]
    for position, strategy in enumerate(found.strategies):
        column = wide_column(strategy["id"], "people_exposed")
        people = translate(language, "report.style.people", strategy=strategy["name"])
        styles.append(
            Style(
                "districts",
                people,
                "polygon",
                _people_rules(language),
                column,
                label=f'concat("{name}", \'\\n\', format_number("{column}", 0))',
                label_column=name,
                is_default=position == 0,
            )
        )
    if found.layers["dams"]:
        dams = [Rule(translate(language, "report.sheet.dams"), INK)]
        styles.append(Style("dams", "dams", "point", dams, label=f'"{name}"', label_column=name))
    if found.layers["rivers"]:
        rivers = [Rule(translate(language, "map.js.legend.rivers"), None)]
        styles.append(Style("rivers", "rivers", "line", rivers))
    return styles


def style_rows(found: Material) -> list[dict[str, Any]]:
    """Return the rows of the table of styles."""
    return [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": style.layer,
            "f_geometry_column": "geom",
            "styleName": style.name,
            "styleQML": style.qml,
            "styleSLD": style.sld,
            "useAsDefault": style.is_default,
            "description": style.name,
            "owner": "selrisk",
            "ui": None,
            "update_time": _WRITTEN,
        }
        for style in styles_of(found)
    ]


def _class_rules(found: Material) -> list[Rule]:
    scheme = found.members["scheme"]
    return [
        Rule(entry["name"], colour, value=entry["id"], brush=brush)
        for entry, colour, brush in zip(scheme["classes"], class_colours(scheme["id"]), BRUSHES, strict=False)
    ]


def _people_rules(language: Language) -> list[Rule]:
    rules = []
    for colour, low, high in zip(_PEOPLE, _LIMITS, _LIMITS[1:], strict=False):
        shown = [None if limit is None else format_number(limit, language) for limit in (low, high)]
        if low is None:
            label = format_number(0, language)
        elif high is None:
            label = f"> {shown[0]}"
        else:
            label = f"{format_number(max(low, 1.0), language)}\u2013{shown[1]}"
        rules.append(Rule(label, colour, low=low, high=high))
    return rules
