"""``selrisk dam rank`` and ``selrisk dam benefit`` say what the service says."""

import json
import sys

import pytest

BURST = ("--scenarios", "burst", "--frequencies", "burst:0.02")


@pytest.fixture
def selrisk(valley, made_store, monkeypatch, capsys):
    monkeypatch.setenv("RISK_REGION", str(valley))
    monkeypatch.setenv("RISK_DATA_DIR", str(made_store))

    def call(*arguments):
        from risk_api.cli import main

        monkeypatch.setattr(sys, "argv", ["selrisk", "dam", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_benefit_as_json_is_the_answer_of_the_service(selrisk, client):
    code, out, _ = selrisk("benefit", "--strategies", "bar", *BURST, "--json")
    assert code == 0
    query = {"strategies": "bar", "scenarios": "burst", "frequencies": "burst:0.02"}
    assert json.loads(out) == client.get("/v1/benefit", params=query).json()


def test_rank_as_json_is_the_answer_of_the_service(selrisk, client):
    code, out, _ = selrisk("rank", "--dams", "bar", *BURST, "--json")
    assert code == 0
    query = {"dams": "bar", "scenarios": "burst", "frequencies": "burst:0.02"}
    assert json.loads(out) == client.get("/v1/ranking", params=query).json()


def test_tables_speak_the_language_asked_and_show_the_harm(selrisk):
    code, out, _ = selrisk("benefit", "--strategies", "no-dams", "--reference", "bar", *BURST, "--lang", "ru")
    assert code == 0
    assert "Устье" in out
    assert "хуже" in out
    code, out, _ = selrisk("rank", "--dams", "bar", *BURST, "--lang", "kk")
    assert code == 0
    assert "Бөгет" in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("benefit", "--scenarios", "burst"), ("frequencies", "give one")),
        (("benefit", "--scenarios", "nope"), ("scenario", "burst")),
        (("benefit", "--strategies", "nope", *BURST), ("strategy", "no-dams")),
        (("benefit", "--discount-rates", "5", *BURST), ("discount_rates", "0.05")),
        (("rank", "--dams", "nope", *BURST), ("dam", "bar")),
        (("rank", "--dams", "bar", "--by", "cost", *BURST), ("by", "bar")),
        (("rank", "--dams", "bar", "--measure", "x", *BURST), ("measure", "affected")),
    ],
)
def test_mistakes_are_one_sentence(selrisk, arguments, named):
    code, out, err = selrisk(*arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for word in named:
        assert word in err
