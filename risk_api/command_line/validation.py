"""`selrisk validate`: the engine against what is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.table import Table

from dam_models.validation import CASES
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.validation.plots import write_plots
from risk_api.validation.report import allowed, markdown, measured, order
from risk_api.validation.runner import Record, document, run_cases


def validate_command(quick: bool, out: Path | None, as_json: bool) -> None:
    """Run the canon, show it, and write the page with its pictures.

    Parameters
    ----------
    quick : bool
        Whether to run only the subset of the tests, in its quick form.
    out : Path or None
        The page to write; pictures go into a folder of its name beside it. None writes nothing.
    as_json : bool
        Whether to write the outcome as JSON on stdout instead of a table.

    Raises
    ------
    typer.Exit
        With code 1 if a tolerance was missed; everything is written first.
    """
    cases = [case for case in CASES if case.ci or not quick]
    with progress_bars() as bar:
        records = run_cases(cases, quick=quick, progress=bar("validate"))
    if out is not None:
        _write(records, out, quick)
    if as_json:
        write_json(document(records, quick=quick))
    else:
        _show(records)
    if not all(record.outcome.passed for record in records):
        raise typer.Exit(1)


def _write(records: Sequence[Record], out: Path, quick: bool) -> None:
    folder = out.with_suffix("")
    plots = {name: f"{folder.name}/{file}" for name, file in write_plots(records, folder).items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(markdown(records, plots, quick=quick), encoding="utf-8")
    typer.echo(f"wrote {out}", err=True)


def _show(records: Sequence[Record]) -> None:
    table = Table("case", "measured", "value", "tolerance", "order", "", "CPU s")
    for record in records:
        for position, measure in enumerate(record.outcome.measures):
            first = position == 0
            table.add_row(
                record.case.name if first else "",
                measure.name,
                measured(measure),
                allowed(measure),
                order(record) if first else "",
                "ok" if measure.passed else "MISSED",
                f"{record.cpu_s:.1f}" if first else "",
            )
    screen = console()
    screen.print(table)
    kept = sum(record.outcome.passed for record in records)
    screen.print(f"{kept} of {len(records)} cases keep every tolerance")
