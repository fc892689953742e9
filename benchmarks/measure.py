"""One measured figure beside its budget and a reference from the same run."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

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

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return "no budget"
        return "within" if self.measured <= self.budget else "over"


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


def show(measurements: list[Measurement], console: Console) -> None:
    table = Table(title=", ".join(f"{key} {value}" for key, value in machine().items()), title_justify="left")
    for heading in ("measured here", "figure", "budget", "", "reference in the same run", "figure"):
        table.add_column(heading, justify="right" if heading in {"figure", "budget"} else "left")
    for each in measurements:
        table.add_row(
            each.name + (f"\n  {each.note}" if each.note else ""),
            f"{each.measured:.3g} {each.unit}",
            "" if each.budget is None else f"{each.budget:g} {each.unit}",
            each.verdict,
            each.reference,
            f"{each.reference_measured:.3g} {each.reference_unit}",
        )
    console.print(table)


def save(measurements: list[Measurement], path: Path) -> None:
    rows = [asdict(each) | {"verdict": each.verdict} for each in measurements]
    path.write_text(json.dumps({"machine": machine(), "measurements": rows}, indent=2) + "\n")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()
