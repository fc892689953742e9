"""Tables and progress bars for terminals, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


def write_json(document: Any) -> None:
    """Write a document on stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False, indent=2)
    sys.stdout.write("\n")


def console() -> Console:
    """Return the console for tables, as wide as they need when stdout is not a terminal."""
    return Console() if sys.stdout.isatty() else Console(width=160)


@contextmanager
def progress_bars() -> Iterator[Callable[[str], Callable[[float, str], None]]]:
    """Yield a maker of progress callbacks; bars go to stderr, and nowhere when that is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[message]}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:

        def start(title: str) -> Callable[[float, str], None]:
            task = bars.add_task(title, total=1.0, message="")

            def report(share: float, message: str) -> None:
                bars.update(task, completed=share, message=message)

            return report

        yield start
