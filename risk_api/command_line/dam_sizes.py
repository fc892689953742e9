"""``selrisk dam size`` and ``selrisk dam rank``: runs are made here, in this process, with a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import open_region
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.i18n import Language, format_number, translate
from risk_api.parameters import parse_language
from risk_api.runs import RunStore, quality_of
from risk_api.serialise.rounding import shown_count
from risk_api.serialise.sizing import sizing_document

if TYPE_CHECKING:
    from risk_api.runs import Run, RunSpec
    from risk_api.settings import Settings

#: Columns of the trade-off curve: member of a row, decimals, unit it is divided by.
_COLUMNS = (
    ("height_m", 1, 1.0),
    ("crest_elevation_m", 0, 1.0),
    ("capacity_m3", 0, 1000.0),
    ("people_affected", 0, 1.0),
    ("people_exposed", 0, 1.0),
    ("held_m3", 0, 1000.0),
    ("passed_m3", 0, 1000.0),
    ("overflow_m3", 0, 1000.0),
    ("minutes_gained", 0, 1.0),
    ("cost", 0, 1e6),
)


def size_command(
    settings: Settings,
    dam: str,
    scenario: str,
    affected_below: float,
    language: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Search for the smallest crest and show the curve."""
    from risk_api.benefit.dam_sizing import DamSizer
    from risk_api.benefit.sizing_question import sizing_question
    from risk_api.runs.make import make_run

    spoken = parse_language(language)
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    given["quality"] = quality_of(given.get("quality"))
    sizer = DamSizer(region, sizing_question(region, scenario, dam, affected_below, **given))
    with progress_bars() as start:
        made = 0

        def make(spec: RunSpec) -> Run:
            nonlocal made
            if store.has(spec.id):
                return store.open(spec.id)
            made += 1
            return make_run(
                region, spec, store, start(f"run {made}"), max_memory_mb=settings.max_run_memory_mb
            )

        answer = sizer.search(make)
    document = sizing_document(answer, region, spoken)
    document["runs"]["made_now"] = made
    if as_json:
        write_json(document)
        return
    _show_sizing(document, spoken)


def _show_sizing(document: dict[str, Any], language: Language) -> None:
    asked = document["question"]
    screen = console()
    table = Table(
        *(translate(language, f"sizing.column.{name}") for name, _, _ in _COLUMNS),
        translate(language, "sizing.column.outcome"),
        title=f"{asked['dam_name']}: {asked['scenario_name']}",
    )
    for row in document["curve"]:
        cells = [_cell(row, name, decimals, unit, language) for name, decimals, unit in _COLUMNS]
        outcome = row["outcome"]
        table.add_row(*cells, "" if outcome is None else translate(language, f"dam_outcome.{outcome}"))
    screen.print(table)
    screen.print(document["text"])
    above = document["people_above_dam"]["without"]
    screen.print(
        translate(
            language,
            "sizing.above",
            people=format_number(shown_count(above["people_affected"]), language),
        )
    )
    for note in (*document["warnings"], *document["notes"]):
        screen.print(note)
    screen.print(document["searched"]["limited_by_text"])
    screen.print(str(document["terrain_quality"].get("statement", "")))
    screen.print(translate(language, "page.model_banner"))


def _cell(row: dict[str, Any], name: str, decimals: int, unit: float, language: Language) -> str:
    value = row[name]
    if name == "minutes_gained" and row["reached"] != "both":
        return translate(language, f"reached.{row['reached']}")
    if name.startswith("people"):
        value = shown_count(value)
    return format_number(None if value is None else value / unit, language, decimals)
