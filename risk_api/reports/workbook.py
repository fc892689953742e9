"""The answer as a workbook for the daily habit: districts, dams, and where every number comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from risk_api.i18n import translate
from risk_api.reports.about import ABOUT_COLUMNS, about_rows
from risk_api.serialise.exposure import exposure_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from risk_api.reports.material import Material

#: Of columns: characters wide, and how numbers are shown; 14 and whole numbers where nothing is said.
_WIDTHS = {
    "district": 14, "name": 24, "strategy": 20, "strategy_name": 34, "cause": 60, "title": 50, "why": 80,
    "value": 40, "state": 18, "run_id": 24,
}  # fmt: skip
_WHOLE, _TENTHS, _AS_IT_IS = "#,##0", "#,##0.0", "General"
_DAM_COLUMNS = (
    "id", "name", "strategy", "strategy_name", "state", "capacity_published_m3", "capacity_on_grid_m3",
    "inflow_m3", "stored_m3", "passed_m3", "overflow_m3", "freeboard_min_m", "outcome", "run_id",
)  # fmt: skip
#: Excel's number of the paper.
_A4 = 9


def workbook(found: Material) -> bytes:
    """Return an XLSX file of three sheets; its numbers are numbers, unrounded as in the API.

    Heads are in the reader's language, with the unit; the name that the API has for a column stands as
    their comment. The same content gives the same bytes: the file's own times are fixed.
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
        "district", "name", "population", "kind", "strategy", "strategy_name", "people_exposed",
        "people_affected", *classes, "buildings_exposed", "facilities_exposed", "area_m2", "first_arrival_s",
        "first_person_s", "half_of_exposed_s", "reached", "cause", "run_id",
    )  # fmt: skip
    names = {f"people_{entry['id']}": entry["name"] for entry in found.members["scheme"]["classes"]}

    def head(column: str) -> str:
        if column in names:
            return translate(language, "field.people_class", name=names[column])
        return translate(language, f"workbook.{column}")

    for key, these, rows in (
        ("districts", columns, _districts(found)),
        ("dams", _DAM_COLUMNS, _dams(found)),
        ("about", ABOUT_COLUMNS, about_rows(found)),
    ):
        _sheet(book, translate(language, f"report.sheet.{key}"), {one: head(one) for one in these}, rows)
    book.close()
    return stream.getvalue()


def _sheet(book: Workbook, title: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {shown: book.add_format({"num_format": shown}) for shown in (_WHOLE, _TENTHS, _AS_IT_IS)}
    for index, (column, text) in enumerate(columns.items()):
        sheet.write_string(0, index, text, head)
        sheet.write_comment(0, index, column)
        sheet.set_column(index, index, _WIDTHS.get(column, 14))
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            value = row.get(column)
            if isinstance(value, (bool, str)):
                sheet.write_string(last, index, str(value))
            elif value is not None:
                sheet.write_number(last, index, float(value), formats[_shown(column)])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    # On paper: across, as many pages down as it takes, the head on each.
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _shown(column: str) -> str:
    """Return how numbers of a column are shown; what they are is not rounded by it."""
    if column in ("value", "low", "high"):
        return _AS_IT_IS
    counted = column.startswith(("people_", "buildings_"))
    return _TENTHS if counted or column == "freeboard_min_m" else _WHOLE


def _districts(found: Material) -> Iterable[dict[str, Any]]:
    names = {strategy["id"]: str(strategy["name"]) for strategy in found.strategies}
    language = found.language
    for row in exposure_rows(found.features, language):
        # A difference is named by both of its sides.
        sides = [names[side] for side in str(row["strategy"]).split("..")]
        reached = row.get("reached")
        yield {
            **row,
            "strategy_name": " → ".join(sides),
            "kind": translate(language, f"workbook.kind.{row['kind']}"),
            "reached": None if reached is None else translate(language, f"reached.{reached}"),
        }


def _dams(found: Material) -> Iterable[dict[str, Any]]:
    for strategy in found.strategies:
        for record in strategy["dams"]:
            outcome = record.get("outcome")
            yield {
                **record,
                "strategy": strategy["id"],
                "strategy_name": strategy["name"],
                "state": translate(found.language, f"dam_state.{record['state']}"),
                "outcome": None if outcome is None else translate(found.language, f"dam_outcome.{outcome}"),
                "run_id": strategy["run_id"],
            }
