"""Hazard as it is asked for: over HTTP and on the command line."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest

from geodata import open_region
from risk_api.seismic.gmm import Sites
from risk_api.seismic.hazard import hazard
from risk_api.seismic.hazard.places import people_centres
from risk_api.seismic.hazard.question import hazard_question, tree_of

PATH = "/v1/seismic/hazard"


@pytest.fixture(scope="module")
def answer(client):
    found = client.get(PATH, params={"return_period": "100,475", "disaggregate": 475, "ground": "rock"})
    assert found.status_code == 200
    return found.json()


def at(level, curve, name="mean"):
    """Yearly rate of a level on a curve of an answer."""
    return math.exp(np.interp(math.log(level), np.log(curve["level"]), np.log(curve[f"{name}_per_year"])))


def test_a_feature_per_district_whose_levels_lie_on_its_curves(answer):
    assert [feature["id"] for feature in answer["features"]] == ["mouth", "ridge"]
    for feature in answer["features"]:
        properties = feature["properties"]
        assert feature["geometry"]["type"] == "Polygon"
        for measure, curve in properties["curves"].items():
            for name in ("mean", "p10", "p50", "p90"):
                assert (np.diff(curve[f"{name}_per_year"]) < 0).all()
                for period in (100.0, 475.0):
                    level = properties["levels"][f"{period:g}"][measure][name]
                    # Written with four digits, which a steep curve makes a few thousandths of a rate.
                    assert at(level, curve, name) == pytest.approx(1.0 / period, rel=5e-3)
            levels = properties["levels"]["475"][measure]
            assert levels["p10"] <= levels["p50"] <= levels["p90"]
        spectrum = properties["uniform_spectra"]["475"]
        assert spectrum["period_s"] == [0.0, 0.3, 0.6, 1.0]
        assert spectrum["mean_g"][1] == properties["levels"]["475"]["sa_0_3_g"]["mean"]
        assert properties["levels"]["475"]["intensity_mmi"]["mean"] > 5.0


def test_the_levels_are_those_of_the_library_where_people_live(answer, valley):
    region = open_region(valley)
    lon, lat = people_centres(region)["mouth"]
    expected = hazard(lon, lat, Sites.of(760.0)).level(475)[:, 0]
    shown = answer["features"][0]["properties"]["levels"]["475"]
    assert [shown[name]["mean"] for name in list(answer["measures"])] == pytest.approx(expected, rel=1e-3)


def test_what_a_level_comes_from_adds_up(answer):
    for feature in answer["features"]:
        split = feature["properties"]["disaggregation"]
        assert split["rate_per_year"] == pytest.approx(1.0 / 475.0, rel=0.02)
        shares = np.array(split["share_by_magnitude_and_distance"])
        assert shares.shape == (len(split["magnitude_edges"]) - 1, len(split["distance_edges_km"]) - 1)
        assert shares.sum() == pytest.approx(1.0, abs=2e-3)
        assert sum(split["share_by_source"].values()) == pytest.approx(1.0, abs=2e-3)


def test_the_answer_names_beliefs_models_assumptions_and_limits(answer):
    assert sum(branch["share"] for branch in answer["branches"]) == pytest.approx(1.0)
    assert sum(answer["models"].values()) == pytest.approx(1.0)
    assert any("code" in note for note in answer["notes"])
    for assumption in answer["assumptions"]:
        assert assumption["low"] <= assumption["value"] <= assumption["high"]
        assert assumption["source"]


def test_softer_ground_shakes_more_at_long_periods_and_a_point_stands_for_itself(client):
    point = {"lon": 76.86, "lat": 43.15, "return_period": "475"}
    levels = {}
    for speed in (250.0, 760.0):
        found = client.get(PATH, params={**point, "vs30_m_s": speed}).json()["features"]
        assert len(found) == 1
        assert found[0]["geometry"] == {"type": "Point", "coordinates": [76.86, 43.15]}
        assert found[0]["properties"]["vs30_basis"] == "given"
        levels[speed] = found[0]["properties"]["levels"]["475"]["sa_1_0_g"]["mean"]
    assert levels[250.0] > 1.5 * levels[760.0]


def test_one_branch_and_one_model_can_be_believed_alone(client):
    asked = {"district": "mouth", "return_period": "475", "branches": "areas:1", "weights": "CB14:1"}
    found = client.get(PATH, params=asked).json()
    assert found["branches"] == [{"id": "areas", "share": 1.0}]
    assert found["models"] == {"CB14": 1.0}
    levels = found["features"][0]["properties"]["levels"]["475"]["pga_g"]
    assert levels["p10"] == levels["mean"] == levels["p90"]


def test_the_table_has_a_row_per_place_period_and_measure(client):
    found = client.get(PATH, params={"f": "csv", "return_period": "475,2475"})
    rows = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    # Five measures and two scales of intensity.
    assert len(rows) == 2 * 2 * 7
    by_key = {(row["id"], row["return_period_years"], row["measure"]): float(row["mean"]) for row in rows}
    assert by_key["mouth", "475", "pga_g"] < by_key["mouth", "2475", "pga_g"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"return_period": "6000"}, "return_period"),
        ({"return_period": "475,49"}, "return_period"),
        ({"return_period": "nan"}, "return_period"),
        ({"disaggregate": 10_000}, "disaggregate"),
        ({"weights": "ASK14:0.5,CB14:0.4"}, "weights"),
        ({"weights": "ASK14:2,CB14:-1"}, "weights.ASK14"),
        ({"weights": "FAST20:1"}, "weights.FAST20"),
        ({"branches": "areas:0.5"}, "branches"),
        ({"branches": "slip-9:1"}, "branches.slip-9"),
        ({"district": "nowhere"}, "district"),
        ({"district": "mouth", "lon": 76.86, "lat": 43.15}, "district"),
        ({"lon": 76.86}, "lat"),
        ({"lon": 80.0, "lat": 43.15}, "lon"),
        ({"ground": "mud"}, "ground"),
        ({"ground": "rock", "vs30_m_s": 400}, "ground"),
        ({"vs30_m_s": 20}, "vs30_m_s"),
        ({"measure": "pga", "disaggregate": 475}, "measure"),
        ({"return_periods": "475"}, "return_periods"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name_in_three_languages(client, asked, field):
    details = set()
    for language in ("en", "ru", "kk"):
        found = client.get(PATH, params={**asked, "lang": language})
        # What is nowhere on the map is not found; anything else is not understood.
        nowhere = asked in ({"district": "nowhere"}, {"lon": 80.0, "lat": 43.15})
        assert found.status_code == (404 if nowhere else 400), found.text
        assert found.headers["content-type"] == "application/problem+json"
        assert field in [entry["field"] for entry in found.json()["errors"]]
        details.add(found.json()["detail"])
    assert len(details) == 3


def test_why_a_return_period_is_refused(client):
    detail = client.get(PATH, params={"return_period": "10000"}).json()["detail"]
    assert "10000 years" in detail
    assert "140 years" in detail


def test_the_command_line_says_the_same(answer, valley, monkeypatch, capsys):
    from risk_api.cli import main

    arguments = ["--return-period", "100,475", "--ground", "rock", "--disaggregate", "475"]
    monkeypatch.setattr("sys.argv", ["selrisk", "hazard", "--region", str(valley), "--json", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == answer


def test_a_table_on_the_command_line_in_kazakh(valley, monkeypatch, capsys):
    from risk_api.cli import main

    monkeypatch.setattr(
        "sys.argv",
        ["selrisk", "hazard", "mouth", "--region", str(valley), "--lang", "kk", "--ground", "rock"],
    )
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert "Аңғар аузы" in shown
    assert "2475" in shown


def test_shares_of_zero_leave_a_branch_out():
    assert [branch.id for branch in tree_of({"areas": 1.0, "slip-0.6": 0.0}).branches] == ["areas"]


def test_the_people_of_almaty_live_where_the_districts_do():
    region = open_region("almaty")
    for name, (lon, lat) in people_centres(region).items():
        x, y = region.to_metric(lon, lat)
        from shapely.geometry import Point

        assert region.district_polygons()[name].distance(Point(x, y)) < 500.0
    assert hazard_question(region).district is None
