"""The answer as a workbook for the daily habit: districts, dams, and where every number comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.i18n import translate
from risk_api.serialise.exposure import exposure_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from risk_api.reports.material import Material

#: Columns that are wider than the rest, characters.
_WIDE = {"name": 24, "strategy": 22, "cause": 60, "title": 50, "why": 80, "value": 40}
_DAM_COLUMNS = (
    "id", "name", "strategy", "state", "capacity_m3", "inflow_m3", "stored_m3", "passed_m3", "overflow_m3",
    "outcome", "run_id",
)  # fmt: skip


def workbook(found: Material) -> bytes:
    """Return an XLSX file of three sheets; its numbers are numbers, unrounded as in the API.

    The same content gives the same bytes: the file's own times are fixed.
    """
    import xlsxwriter

    language = found.language
    stream = io.BytesIO()
    # Text stays text: what begins with "=" or with an address is not run.
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    from datetime import UTC, datetime

    book.set_properties(
        {"title": found.members["scenario"]["name"], "created": datetime(2000, 1, 1, tzinfo=UTC)}
    )
    classes = [f"people_{entry['id']}" for entry in found.members["scheme"]["classes"]]
    columns = (
        "district", "name", "population", "kind", "strategy", "people_exposed", "people_affected", *classes,
        "buildings_exposed", "facilities_exposed", "area_m2", "first_arrival_s", "first_person_s",
        "half_of_exposed_s", "reached", "cause", "run_id",
    )  # fmt: skip
    _sheet(
        book, translate(language, "report.sheet.districts"), columns, exposure_rows(found.features, language)
    )
    _sheet(book, translate(language, "report.sheet.dams"), _DAM_COLUMNS, _dams(found))
    _sheet(
        book,
        translate(language, "report.sheet.about"),
        ("title", "value", "low", "high", "unit", "why"),
        _about(found),
    )
    book.close()
    return stream.getvalue()


def _sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0.0##"})
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column, head)
        sheet.set_column(index, index, _WIDE.get(column, 14))
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            value = row.get(column)
            if isinstance(value, (bool, str)):
                sheet.write_string(last, index, str(value))
            elif value is not None:
                sheet.write_number(last, index, float(value), number)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)


def _dams(found: Material) -> Iterable[dict[str, Any]]:
    for strategy in found.strategies:
        for record in strategy["dams"]:
            yield {**record, "strategy": strategy["id"], "run_id": strategy["run_id"]}


def _about(found: Material) -> Iterable[dict[str, Any]]:
    members = found.members
    yield {"title": "scenario", "value": members["scenario"]["id"], "why": members["scenario"]["name"]}
    yield {"title": "class scheme", "value": members["scheme"]["id"], "why": members["scheme"]["source"]}
    yield {"title": "quality", "value": members["quality"]["id"], "why": members["quality"]["text"]}
    yield {"title": "cell size", "value": members["quality"]["cell_size_m"], "unit": "m"}
    yield {
        "title": "terrain",
        "value": members["terrain_quality"]["source"],
        "why": members["terrain_quality"]["statement"],
    }
    yield {"title": "software", "value": members["lineage"]["software"]}
    yield {
        "title": "region",
        "value": members["lineage"]["region"],
        "why": members["lineage"]["region_version"],
    }
    for strategy in found.strategies:
        yield {"title": f"run: {strategy['id']}", "value": strategy["run_id"], "why": strategy["name"]}
    for assumption in members["assumptions"]:
        yield {key: assumption.get(key) for key in ("title", "value", "low", "high", "unit", "why")}
    for credit in members["credits"]:
        yield {"title": "credit", "value": credit["licence"], "why": credit["text"]}
