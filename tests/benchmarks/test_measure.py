from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.measure import Measurement, from_samples, save, show


def measurement(measured: float, budget: float | None) -> Measurement:
    return Measurement("a start", measured, "s", budget, "a bare start", 0.4, "s", samples=(measured,))


@pytest.mark.parametrize(
    ("measured", "budget", "verdict"),
    [(2.9, 3.0, "within"), (3.0, 3.0, "within"), (3.1, 3.0, "over"), (9.0, None, "no budget")],
)
def test_the_verdict_compares_with_the_budget(measured: float, budget: float | None, verdict: str) -> None:
    assert measurement(measured, budget).verdict == verdict


def test_one_disturbed_sample_does_not_move_the_figure() -> None:
    assert from_samples([1.0, 60.0, 1.2]) == (1.2, (1.0, 60.0, 1.2))


def test_the_table_shows_figure_budget_verdict_and_reference() -> None:
    console = Console(record=True, width=200)
    show([measurement(3.5, 3.0)], console)
    text = console.export_text()
    assert all(part in text for part in ("a start", "3.5 s", "3 s", "over", "a bare start", "0.4 s"))


def test_the_file_says_which_machine_and_what_was_measured(tmp_path: Path) -> None:
    save([measurement(2.0, 3.0)], tmp_path / "bench.json")
    saved = json.loads((tmp_path / "bench.json").read_text())
    assert saved["machine"]["cores"] >= 1
    (row,) = saved["measurements"]
    assert (row["measured"], row["budget"], row["verdict"]) == (2.0, 3.0, "within")
