"""One measured figure beside its budget and a reference from the same run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measurement:
    """What was measured; `reference` is something simple measured in the same minute on the same machine.

    A figure alone says little on a busy or slow machine: the reference tells how busy or slow it was.
    """

    name: str
    measured: float
    unit: str
    budget: float | None
    reference: str
    reference_measured: float
    reference_unit: str
    samples: tuple[float, ...] = ()
    note: str = ""
    # The budget is the least that is wanted, as of a gain, not the most.
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return "no budget"
        if self.at_least:
            return "reached" if self.measured >= self.budget else "missed"
        return "within" if self.measured <= self.budget else "over"


@dataclass(frozen=True)
class Sheet:
    """Figures that belong together and have no budget of their own; `figures` is what a machine reads."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)


Found = Measurement | Sheet


def from_samples(samples: list[float]) -> tuple[float, tuple[float, ...]]:
    """The median, which one disturbed sample of three does not move, and all of them for the record."""
    return median(samples), tuple(samples)


def machine() -> dict[str, str | int | None]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "selrisk": version("selrisk"),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": f"{os.getloadavg()[0]:.2f}",
    }


def show(found: Sequence[Found], console: Console) -> None:
    table = Table(title=", ".join(f"{key} {value}" for key, value in machine().items()), title_justify="left")
    for heading in ("measured here", "figure", "budget", "", "reference in the same run", "figure"):
        table.add_column(heading, justify="right" if heading in {"figure", "budget"} else "left")
    for each in (one for one in found if isinstance(one, Measurement)):
        table.add_row(
            each.name + (f"\n  {each.note}" if each.note else ""),
            f"{each.measured:.3g} {each.unit}",
            "" if each.budget is None else f"{each.budget:g} {each.unit}",
            each.verdict,
            each.reference,
            f"{each.reference_measured:.3g} {each.reference_unit}",
        )
    console.print(table)
    for sheet in (one for one in found if isinstance(one, Sheet)):
        _show_sheet(sheet, console)


def _show_sheet(sheet: Sheet, console: Console) -> None:
    table = Table(title=sheet.title, title_justify="left")
    for column, heading in enumerate(sheet.headings):
        table.add_column(heading, justify="right" if column else "left")
    for row in sheet.rows:
        table.add_row(*row)
    console.print()
    console.print(table)
    for note in sheet.notes:
        console.print(note)


def save(found: Sequence[Found], path: Path) -> None:
    rows = [asdict(each) | {"verdict": each.verdict} for each in found if isinstance(each, Measurement)]
    sheets = [asdict(each) for each in found if isinstance(each, Sheet)]
    content = {"machine": machine(), "measurements": rows, "sheets": sheets}
    path.write_text(json.dumps(content, indent=2) + "\n")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()
