"""``selrisk report`` writes what the service serves, or says what was wrong."""

import re
import sys

import pytest

from risk_api.cli import main


def call(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["selrisk", "report", *words])
    try:
        return main()
    except SystemExit as end:
        return end.code


@pytest.fixture
def place(valley, made_store):
    return ["--region", str(valley), "--data-dir", str(made_store)]


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_the_file_is_the_one_of_the_service(monkeypatch, place, client, tmp_path, kind):
    out = tmp_path / f"page.{kind}"
    ask = ["burst", "--strategies", "no-dams,bar", "--lang", "kk", "--out", str(out), *place]
    assert not call(monkeypatch, *ask)
    served = client.get(
        "/v1/reports/scenarios/burst", params={"strategies": "no-dams,bar", "lang": "kk", "f": kind}
    )
    assert out.read_bytes() == served.content


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["burst", "--format", "doc"], "format"),
        (["burst", "--lang", "de"], "lang"),
        (["none"], "scenario"),
        (["burst", "--out", "/nowhere/at/all.pdf"], "out"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence(monkeypatch, capsys, place, words, said):
    assert call(monkeypatch, *words, *place) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("words", [["--format", "doc"], ["--out", "/nowhere/at/all.pdf"]])
def test_a_refusal_is_of_one_language(monkeypatch, capsys, place, words):
    assert call(monkeypatch, "burst", "--lang", "ru", *words, *place) == 2
    shown = capsys.readouterr().err
    assert not re.search(r"needed|allowed|does not|folder", shown)
    assert re.search("допустимо|нет", shown)
