"""What the dams did, on a terminal: held, passed and overtopped volumes per dam and strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from risk_api.i18n import Language, format_number, translate

#: Columns of volumes: the title's key and the member of a dam's record.
_VOLUMES = (
    ("page.dams.capacity", "capacity_on_grid_m3"),
    ("page.dams.inflow", "inflow_m3"),
    ("page.dams.held", "stored_m3"),
    ("page.dams.passed", "passed_m3"),
    ("page.dams.overflow", "overflow_m3"),
)


def show_dams(members: Mapping[str, Any], language: Language, screen: Console) -> None:
    """Print a row per dam and strategy, then the states' sources and what contradicts itself.

    Parameters
    ----------
    members : mapping
        What `exposure_members` says about the whole comparison.
    language : {"kk", "ru", "en"}
    screen : Console
    """
    table = Table(
        *(translate(language, f"page.dams.{key}") for key in ("dam", "strategy", "state", "outcome")),
        title=translate(language, "page.dams.volumes"),
    )
    for key, _ in _VOLUMES:
        table.add_column(translate(language, key), justify="right")
    told: dict[str, None] = {}
    for strategy in members["strategies"]:
        for record in strategy["dams"]:
            table.add_row(
                record["name"],
                strategy["name"],
                translate(language, f"dam_state.{record['state']}"),
                translate(language, f"dam_outcome.{record.get('outcome', 'not met')}")
                if record["state"] != "absent"
                else "-",
                *(format_number(record.get(member), language) for _, member in _VOLUMES),
            )
        for state in strategy["states"]:
            since = state["since"] or "-"
            told[f"{state['name']}: {state['text']} ({since}; {state['source'] or '-'})"] = None
    if table.row_count == 0:
        screen.print(translate(language, "page.dams.none"))
        return
    screen.print(table)
    for line in told:
        screen.print(line)
    screen.print(members["states_text"])
    for warning in members["warnings"]:
        screen.print(warning)
