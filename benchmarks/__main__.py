"""`python -m benchmarks`: measure, print a table, write JSON where asked."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import engine, kumbelsu, ogc, page, seismic, startup, tiles, what_if
from benchmarks.measure import Found, save, show


class Part(StrEnum):
    startup = "startup"
    ogc = "ogc"
    tiles = "tiles"
    run = "run"
    what_if = "what-if"
    engine = "engine"
    seismic = "seismic"
    page = "page"


MEASURE: dict[Part, Callable[[Path], Sequence[Found]]] = {
    Part.startup: startup.measure,
    Part.ogc: ogc.measure,
    Part.tiles: tiles.measure,
    Part.run: kumbelsu.measure,
    Part.what_if: what_if.measure,
    Part.engine: engine.measure,
    Part.seismic: seismic.measure,
    Part.page: page.measure,
}


def main(
    only: Annotated[list[Part] | None, typer.Option(help="Measure this part only; may be repeated.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the figures here as well.")] = None,
) -> None:
    """Measure what the service costs beside its budgets. Reports; never fails for being slow."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    found: list[Found] = []
    for part in only or list(Part):
        with console.status(f"measuring {part.value}"), tempfile.TemporaryDirectory(prefix="bench-") as name:
            found += MEASURE[part](Path(name))
    show(found, console)
    if json_path is not None:
        save(found, json_path)


if __name__ == "__main__":
    typer.run(main)
