"""`selrisk validate`: what it shows, writes and returns, with cases that cost nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from dam_models.validation import Case, Measure, Outcome, Peer, Profile
from risk_api.validation.plots import write_plots
from risk_api.validation.report import markdown, number
from risk_api.validation.runner import document, run_cases


def case(name: str, value: float, *, ci: bool = True) -> Case:
    x = np.linspace(0.0, 1.0, 5)

    def measure(quick: bool) -> Outcome:
        errors = ((100, 4e-3), (200, 1e-3))
        profile = Profile(x, {"exact": x, "engine": x**2})
        return Outcome((Measure("error", value, 1.0, "%"),), errors, profile, "quick" if quick else "whole")

    peers = (Peer("Another code", "3.6 m/s"),)
    return Case(name, f"Title of {name}", "the test", "rest", "a book", measure, ci, peers)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    cases = [case("good", 0.5), case("bad", 2.0, ci=False)]
    monkeypatch.setattr("risk_api.command_line.validation.CASES", tuple(cases))
    return cases


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    from risk_api.cli import main

    monkeypatch.setattr("sys.argv", ["selrisk", "validate", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_page_holds_values_tolerances_orders_misses_and_peers() -> None:
    records = run_cases([case("good", 0.5), case("bad", 2.0)], quick=False)
    page = markdown(records, {"good": "validation/good.svg"}, quick=False)
    assert "| Title of good | error | 0.5 % | at most 1 % | 2.00 |  |" in page
    assert "| Title of bad | error | 2 % | at most 1 % | 2.00 | **missed** |" in page
    assert "1 of 2 cases keep every tolerance" in page
    assert "## Missed" in page
    assert "| Another code | 3.6 m/s |" in page
    assert "![Title of good](validation/good.svg)" in page


def test_numbers_keep_three_digits() -> None:
    assert [number(value) for value in (0.0, 1.23456, 1.6e-15, 31.704, float("nan"))] == [
        "0",
        "1.23",
        "1.6e-15",
        "31.7",
        "none",
    ]


def test_the_document_is_json() -> None:
    records = run_cases([case("good", 0.5)], quick=True)
    read = json.loads(json.dumps(document(records, quick=True), allow_nan=False))
    assert read["passed"] is True
    assert read["cases"][0]["measures"][0]["value"] == 0.5
    assert read["cases"][0]["order"] == pytest.approx(2.0)
    assert read["cases"][0]["note"] == "quick"


def test_pictures_are_the_same_every_time(tmp_path: Path) -> None:
    records = run_cases([case("good", 0.5)], quick=True)
    first, second = (write_plots(records, tmp_path / name) for name in ("a", "b"))
    assert first == second == {"good": "good.svg"}
    content = (tmp_path / "a" / "good.svg").read_bytes()
    assert content == (tmp_path / "b" / "good.svg").read_bytes()
    assert len(content) < 100_000


def test_a_miss_is_shown_and_is_exit_code_1(
    two: list[Case], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "page.md"
    assert call(monkeypatch, "--out", str(page)) == 1
    shown = capsys.readouterr().out
    assert "MISSED" in shown
    assert "1 of 2 cases" in shown
    assert "**missed**" in page.read_text("utf-8")


def test_the_subset_runs_what_belongs_to_it_in_quick_form_and_writes_nothing(
    two: list[Case], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, "--subset", "ci", "--json") == 0
    read = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in read["cases"]] == ["good"]
    assert read["subset"] == "ci"
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_subset_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--subset", "some") == 2
    assert "allowed are all and ci" in capsys.readouterr().err
