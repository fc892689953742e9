"""A dam after an earthquake, over HTTP and on the command line."""

import json
import sys

import pytest


def ask(client, dam="bar", status=200, **params):
    answer = client.get(f"/v1/dams/{dam}/shaken", params={"pga_g": 0.5, "magnitude": 7.3, **params})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_three_levels_with_what_is_lost_and_what_is_left(client):
    document = ask(client, strategy="bar")
    low, mid, high = (document["levels"][level] for level in ("low", "mid", "high"))
    assert low["settlement_m"] < mid["settlement_m"] < high["settlement_m"]
    for level in (low, mid, high):
        for name in ("terrain_m3", "published_m3"):
            held = level[name]
            assert held["lost"] + held["left"] == pytest.approx(held["before"], abs=1.0)
        assert level["state"]["settlement_m"]["value"] == level["settlement_m"]
        assert level["state"]["settlement_m"]["low"] <= low["settlement_m"]
    assert 0 < low["terrain_m3"]["lost"] < high["terrain_m3"]["lost"] < high["terrain_m3"]["before"]
    # The wall of this region is of no known body.
    assert any("not known what this dam is built of" in note for note in document["notes"])


def test_the_strategy_that_it_names_can_be_asked_of_exposure(client):
    name = ask(client, strategy="bar")["levels"]["high"]["strategy"]
    told = client.get(f"/v1/strategies/{name}").json()
    assert told["dams"][0]["state"] == "damaged"
    assert told["dams"][0]["figures"]["settlement_m"]["value"] > 0.0
    assert "0.50 g" in told["name"]
    assert client.get(f"/v1/strategies/{name}", params={"lang": "kk"}).json()["name"] != told["name"]
    answer = client.get("/v1/exposure", params={"scenario": "burst", "strategies": f"bar,{name}"})
    assert answer.status_code in (200, 202), answer.text


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({"pga_g": 3.0}, 400, "pga_g"),
        ({"pga_g": "nan"}, 400, "pga_g"),
        ({"magnitude": 10}, 400, "magnitude"),
        ({"strategy": "no-dams"}, 400, "strategy"),
        ({"strategy": "nothing"}, 400, "strategy"),
        ({"strategy": "shaken:0.3:7:mid:bar"}, 400, "strategy"),
        ({"strategy": "on:2024-13-01"}, 400, "strategy"),
        ({"dam": "nurek"}, 404, "id"),
        ({"wrong": 1}, 400, "wrong"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_cannot_be_is_a_problem_that_names_the_field(client, params, status, field, language):
    problem = ask(client, status=status, lang=language, **{"strategy": "bar", **params})
    assert problem["errors"][0]["field"] == field


def test_a_strategy_that_cannot_be_read_is_a_problem_of_exposure(client):
    for name in ("shaken:0.3:7:bar", "shaken:9:7:mid:bar"):
        answer = client.get("/v1/exposure", params={"scenario": "burst", "strategies": name})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "strategies"
    assert client.get("/v1/strategies/shaken:0.3:7:mid:nothing").status_code == 404


def test_the_command_says_what_the_service_says(client, valley, tmp_path, monkeypatch, capsys):
    from risk_api.cli import main

    monkeypatch.setenv("RISK_REGION", str(valley))
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path))
    asked = ["bar", "--pga", "0.5", "--magnitude", "7.3", "--strategy", "bar"]
    for more in (["--json"], ["--lang", "ru"]):
        monkeypatch.setattr(sys, "argv", ["selrisk", "dam", "shake", *asked, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    out = capsys.readouterr().out
    document, rest = json.JSONDecoder().raw_decode(out)
    assert document == ask(client, strategy="bar")
    assert "после 0,50 g при магнитуде 7,3" in out[rest:]
    assert "shaken:0.5:7.3:high:bar" in out[rest:]
