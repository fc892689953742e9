"""Dams on a day: the layer, one dam, strategies, exposure, the pages and the command line."""

import json
import shutil

import pytest
from typer.testing import CliRunner

BEFORE, AFTER = "2005-07-01", "2024-05-01"
WRONG_DAYS = ["2024-13-01", "01.05.2024", "20240501", "1899-12-31", "9999-01-01", "soon", "2024-05-01T00:00"]


@pytest.fixture(scope="module")
def almaty_client(tmp_path_factory):
    from starlette.testclient import TestClient

    from risk_api.app import create_app
    from risk_api.settings import Settings

    folder = tmp_path_factory.mktemp("almaty")
    settings = Settings(region="almaty", data_dir=folder, precompute=False, warm=False, workers=1)
    with TestClient(create_app(settings)) as opened:
        yield opened


@pytest.mark.parametrize(("day", "kind"), [(BEFORE, "absent"), (AFTER, "in service"), (None, "in service")])
def test_the_layer_and_one_dam_tell_the_state_of_a_day(client, day, kind):
    asked = {"as_of": day} if day else {}
    (feature,) = client.get("/v1/dams", params=asked).json()["features"]
    one = client.get("/v1/dams/bar", params=asked).json()
    for properties in (feature["properties"], one["properties"]):
        assert properties["state"]["kind"] == kind
        assert properties["as_of"] == (day or properties["as_of"])
        assert [state["kind"] for state in properties["states"]] == ["in service"]
        assert properties["states"][0]["source"] == "made up"
        assert properties["states"][0]["since"] == "2010-01-01"


@pytest.mark.parametrize("form", ["csv", "gpkg", "fgb", "parquet"])
def test_the_layer_of_a_day_comes_as_files_too(client, form):
    answer = client.get("/v1/dams", params={"as_of": BEFORE, "f": form})
    assert answer.status_code == 200
    if form == "csv":
        assert "absent" in answer.text


@pytest.mark.parametrize(
    "path", ["/v1/dams", "/v1/dams/bar", "/v1/strategies", "/v1/exposure", "/", "/dams/bar"]
)
@pytest.mark.parametrize("day", WRONG_DAYS)
def test_a_day_that_is_none_is_refused_by_name(client, path, day):
    answer = client.get(path, params={"as_of": day})
    assert answer.status_code == 400
    assert "as_of" in answer.text
    if path.startswith("/v1"):
        assert answer.json()["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_an_answer_says_that_it_takes_the_states_as_certain(client, language):
    from risk_api.i18n import translate

    asked = {"scenario": "burst", "strategies": "no-dams,bar", "lang": language}
    answer = client.get("/v1/exposure", params=asked).json()
    assert answer["states_text"] == translate(language, "answer.dam.certain")


def test_other_layers_know_no_day(client):
    assert client.get("/v1/lakes", params={"as_of": AFTER}).status_code == 400


def test_the_storage_curve_of_the_terrain_and_of_the_publication_stand_side_by_side(client):
    storage = client.get("/v1/dams/bar").json()["properties"]["storage"]
    curve = storage["curve"]
    assert curve[0]["terrain_m3"] == 0
    for key in ("level_m", "height_m", "terrain_m3", "published_m3"):
        values = [row[key] for row in curve]
        assert values == sorted(values)
    assert curve[-1]["terrain_m3"] == storage["capacity_terrain_m3"], "without a weir it spills at the crest"
    assert curve[-1]["published_m3"] == pytest.approx(storage["capacity_published_m3"], abs=1)
    assert storage["capacity_published_m3"] == 200_000
    assert storage["published_over_terrain"] == pytest.approx(
        200_000 / storage["capacity_terrain_m3"], abs=1e-3
    )


def test_a_day_is_one_more_strategy(client):
    listed = client.get("/v1/strategies", params={"as_of": BEFORE}).json()["strategies"]
    assert [entry["id"] for entry in listed] == ["no-dams", "bar", "same", f"on:{BEFORE}"]
    assert listed[-1]["dams"][0]["state"] == "absent"
    alone = client.get(f"/v1/strategies/on:{AFTER}").json()
    assert alone["dams"][0] | {"state_text": ""} == {
        "id": "bar", "name": "Bar", "state": "in service", "state_text": "", "since": "2010-01-01",
        "source": "made up", "said_on": None, "confidence": "", "figures": {},
    }  # fmt: skip
    assert client.get("/v1/strategies/on:2024-13-01").status_code == 400
    assert client.get("/v1/strategies/on").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{"as_of": AFTER, "strategies": "no-dams"}, {"strategies": f"no-dams,on:{AFTER}"},
     {"as_of": AFTER, "strategies": f"no-dams,on:{AFTER}"}],
)  # fmt: skip
def test_exposure_compares_a_day_and_tells_the_states_it_used(client, asked):
    answer = client.get("/v1/exposure", params={"scenario": "burst", **asked})
    assert answer.status_code == 200, "the runs of that day are those of a strategy that is made"
    document = answer.json()
    assert [entry["id"] for entry in document["strategies"]] == ["no-dams", f"on:{AFTER}"]
    made = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "bar"}).json()
    assert document["strategies"][1]["run_id"] == made["strategies"][0]["run_id"]
    (without,), (standing,) = (entry["states"] for entry in document["strategies"])
    assert without["kind"] == "absent"
    assert {key: standing[key] for key in ("dam", "kind", "since", "source")} == {
        "dam": "bar", "kind": "in service", "since": "2010-01-01", "source": "made up",
    }  # fmt: skip
    assert document["strategies"][1]["name"] == f"As on {AFTER}"
    for feature in document["features"]:
        assert set(feature["properties"]["strategies"]) == {"no-dams", f"on:{AFTER}"}


def test_a_day_alone_is_the_only_strategy_and_comes_as_a_file(client):
    document = client.get("/v1/exposure", params={"scenario": "burst", "as_of": BEFORE}).json()
    assert [entry["id"] for entry in document["strategies"]] == [f"on:{BEFORE}"]
    table = client.get("/v1/exposure", params={"scenario": "burst", "as_of": BEFORE, "f": "csv"})
    assert f"on:{BEFORE}" in table.text


def test_a_capacity_that_contradicts_the_height_is_warned_of_in_every_answer_that_uses_the_dam(
    valley, made_store, make_client, tmp_path
):
    folder = shutil.copytree(valley, tmp_path / "wrong")
    dams = json.loads((folder / "dams.geojson").read_text())
    dams["features"][0]["properties"]["figures"] = [
        {"name": "capacity", "figure": "capacity_m3", "value": 3e6, "unit": "m3", "source": "a rumour"},
        {"name": "capacity of its bath", "value": 3e7, "unit": "m3", "source": "no statement about today's"},
    ]
    (folder / "dams.geojson").write_text(json.dumps(dams))
    with make_client(tmp_path / "data", region=str(folder)) as client:
        from geodata import open_region
        from risk_api.runs import RunStore, plan
        from risk_api.runs.make import make_run

        region, store = open_region(folder), RunStore(tmp_path / "data" / "runs")
        for strategy in ("no-dams", "bar"):
            make_run(region, plan(region, "burst", strategy), store)
        one = client.get("/v1/dams/bar", params={"lang": "en"}).json()["properties"]["warnings"]
        asked = {"scenario": "burst", "strategies": "no-dams,bar", "lang": "en"}
        answer = client.get("/v1/exposure", params=asked).json()
        assert [warning for warning in answer["warnings"] if "a rumour" in warning] == [
            warning for warning in one if "a rumour" in warning
        ]
        assert any("3,000,000" in warning and "factor" in warning for warning in answer["warnings"])
        assert not any("bath" in warning or "30,000,000" in warning for warning in answer["warnings"])
        absent = client.get("/v1/exposure", params=asked | {"strategies": "no-dams"}).json()
        assert absent["warnings"] == [], "no run of it uses the dam"
        page = client.get("/", params=asked).text
        assert "a rumour" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_first_page_shows_the_states_of_a_day_and_those_of_its_runs(client, language):
    page = client.get(
        "/", params={"scenario": "burst", "strategies": "no-dams", "lang": language, "as_of": AFTER}
    )
    assert page.status_code == 200
    assert f'value="{AFTER}"' in page.text, "the form keeps the day"
    assert page.text.count("2010-01-01") == 2, "in the list of all dams, and among the states used"
    assert f'href="/dams/bar?lang={language}&amp;as_of={AFTER}"' in page.text
    empty = client.get("/", params={"scenario": "burst", "strategies": "no-dams", "as_of": ""})
    assert empty.status_code == 200, "a form sends an empty day where none is chosen"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_of_a_dam_shows_dated_states_with_their_sources(almaty_client, language):
    page = almaty_client.get("/dams/ayusai", params={"lang": language, "as_of": "2023-07-22"})
    assert page.status_code == 200
    for text in ("5region.kz", "2023-06-01", "2023-07-22", "uk.wikipedia", "KZT", "<svg"):
        assert text in page.text, text
    assert page.text.count('aria-current="true"') == 2, "the language, and the state of the day"
    assert f'<html lang="{language}">' in page.text


def test_ayusai_is_told_as_published(almaty_client):
    known = almaty_client.get("/v1/dams/ayusai", params={"as_of": "2024-05-01"}).json()["properties"]
    lengths = [part["length_m"] for part in known["sections"] if "length_m" in part]
    assert sorted(lengths) == [68, 105, 157]
    assert sum(lengths) == known["crest_length_m"] == 330
    assert known["weir"] == {"width_m": 46.0, "below_crest_m": 3.5}
    assert [opening["sill_above_bed_m"]["value"] for opening in known["openings"]] == [0.0, 12.0, 24.0]
    assert {opening["area_m2"]["confidence"] for opening in known["openings"]} == {"assumption"}
    assert [(cost["amount"], cost["currency"], cost["year"]) for cost in known["costs"]] == [
        (8.7e9, "KZT", 2019), (10.5e9, "KZT", 2022),
    ]  # fmt: skip
    assert [state["kind"] for state in known["states"]] == ["absent", "in service", "clogged", "in service"]
    assert known["state"]["since"] == "2023-07-23"
    assert any("factor of 2.3" in warning for warning in known["warnings"]), "1.0 against 2.3 million m3"
    other = almaty_client.get("/v1/dams/bolshaya-almatinka").json()["properties"]
    assert any("14,500,000" in warning for warning in other["warnings"])
    quiet = almaty_client.get("/v1/dams/kargaly").json()["properties"]
    assert quiet["warnings"] == []


def test_a_dam_that_is_not_there_is_not_found(client):
    assert client.get("/dams/ark").status_code == 404
    assert client.get("/v1/dams/ark").status_code == 404
    assert client.get("/dams/bar", params={"scheme": "arr"}).status_code == 400


def test_the_command_line_prints_held_passed_and_overtopped_volumes(valley, made_store):
    from risk_api.cli import app

    common = ["exposure", "--scenario", "burst", "--strategies", "no-dams", "--as-of", AFTER,
              "--region", str(valley), "--data-dir", str(made_store)]  # fmt: skip
    done = CliRunner().invoke(app, common)
    assert done.exit_code == 0, done.output
    for word in ("Held", "Passed openings", "Over the crest", "in service", "2010-01-01", "made up"):
        assert word in done.output, word
    told = json.loads(CliRunner().invoke(app, [*common, "--json"]).stdout)
    (record,) = told["strategies"][1]["dams"]
    assert record["inflow_m3"] == pytest.approx(
        record["stored_m3"] + record["passed_m3"] + record["overflow_m3"], abs=1.0
    )
    assert told["strategies"][1]["states"][0]["kind"] == "in service"


@pytest.mark.parametrize("day", WRONG_DAYS)
def test_the_command_line_refuses_a_day_that_is_none_by_name(valley, made_store, day, monkeypatch, capsys):
    import sys

    from risk_api.cli import main

    asked = ["selrisk", "exposure", "--scenario", "burst", "--as-of", day, "--region", str(valley),
             "--data-dir", str(made_store)]  # fmt: skip
    monkeypatch.setattr(sys, "argv", asked)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("selrisk: ")
    assert "as_of" in said
