"""``/v1/benefit``, ``/v1/ranking`` and ``/v1/sizing`` on a real small region with real runs."""

import csv
import io
import time

import pytest

from risk_api.i18n import LANGUAGES

BURST = {"scenarios": "burst", "strategies": "bar", "frequencies": "burst:0.02"}


def benefit(client, **query):
    answer = client.get("/v1/benefit", params={**BURST, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def people(client, strategy, key="people_exposed"):
    document = client.get("/v1/exposure", params={"scenario": "burst", "strategies": strategy}).json()
    return {f["id"]: f["properties"]["strategies"][strategy][key] for f in document["features"]}


@pytest.mark.parametrize("measure", ["exposed", "affected"])
def test_one_event_is_its_frequency_times_the_people_of_the_exposure_answer(client, measure):
    document = benefit(client, measure=measure)
    key = f"people_{measure}"
    before, after = people(client, "no-dams", key), people(client, "bar", key)
    for feature in document["features"]:
        parts = feature["properties"]["strategies"]["bar"]
        name = feature["id"]
        assert parts["reference"]["value"] == pytest.approx(0.02 * before[name], abs=0.002)
        assert parts["residual"]["value"] == pytest.approx(0.02 * after[name], abs=0.002)
        assert parts["benefit"]["value"] == pytest.approx(0.02 * (before[name] - after[name]), abs=0.004)
        assert parts["background"] == parts["residual"]
        assert parts["excess"]["value"] == 0.0
        (event,) = parts["events"]
        assert event["people_reference"] == before[name]
        assert event["people_strategy"] == after[name]
        assert event["difference"] == pytest.approx(after[name] - before[name], abs=0.05)
    assert sum(before.values()) > 0.0


def test_nothing_avoided_of_nothing_is_null_and_not_a_hundred_per_cent(client):
    ridge = next(f for f in benefit(client)["features"] if f["id"] == "ridge")
    assert ridge["properties"]["strategies"]["bar"]["share"] is None
    assert ridge["properties"]["strategies"]["bar"]["residual"]["tail_share"] is None
    assert ridge["properties"]["strategies"]["bar"]["worse"] is False


def test_the_whole_is_the_sum_of_the_districts(client):
    document = benefit(client)
    (strategy,) = document["strategies"]
    for part in ("benefit", "gain", "harm", "residual", "reference"):
        total = sum(f["properties"]["strategies"]["bar"][part]["value"] for f in document["features"])
        assert strategy["city"][part]["value"] == pytest.approx(total, abs=0.005)
    assert document["rule"] == "trapezoid in frequency with explicit tail"
    assert strategy["city"]["residual"]["tail_share"] in (None, 1.0)


def test_the_reference_can_be_turned_round_and_harm_is_not_clipped(client):
    """Judged against the dam, its absence is harm: the same number with the other sign, and the flag."""
    forward = benefit(client)["strategies"][0]["city"]
    back = benefit(client, strategies="no-dams", reference="bar")
    (city,) = (one["city"] for one in back["strategies"])
    assert city["benefit"]["value"] == pytest.approx(-forward["benefit"]["value"])
    assert city["harm"]["value"] == forward["gain"]["value"] > 0.0
    assert city["worse"] is True
    assert city["worse_events"] == ["burst"]
    assert back["strategies"][0]["worse_districts"] == ["mouth"]
    events = {f["id"]: f["properties"]["strategies"]["no-dams"]["events"] for f in back["features"]}
    assert [event["worse"] for event in events["mouth"]] == [True]
    assert [event["worse"] for event in events["ridge"]] == [False]


def test_strategies_that_are_one_run_have_one_answer(client):
    document = benefit(client, strategies="bar,same")
    bar, same = document["strategies"]
    assert bar["city"] == same["city"]
    assert document["lineage"]["run_ids"]["bar"] == document["lineage"]["run_ids"]["same"]


def test_people_in_any_footprint_are_those_of_the_one_run(client):
    document = benefit(client)
    before, after = people(client, "no-dams"), people(client, "bar")
    for feature in document["features"]:
        counted = feature["properties"]["strategies"]["bar"]["people_in_any"]
        assert counted["reference"] == pytest.approx(before[feature["id"]], abs=0.1)
        assert counted["strategy"] == pytest.approx(after[feature["id"]], abs=0.1)


def test_an_added_dam_lists_the_people_upstream_of_it(client):
    (strategy,) = benefit(client)["strategies"]
    (upstream,) = strategy["upstream"]
    assert (upstream["dam"], upstream["scenario"]) == ("bar", "burst")
    assert strategy["costs"] == {"bar": None}
    assert strategy["economics"] is None
    assert "published" in strategy["economics_text"]


def test_numbers_are_equal_in_every_language_and_the_assumption_of_the_rate_is_said(client):
    documents = {code: benefit(client, lang=code) for code in LANGUAGES}
    for code in ("kk", "ru"):
        assert [s["city"] for s in documents[code]["strategies"]] == [
            s["city"] for s in documents["en"]["strategies"]
        ]
        assert documents[code]["notes"] != documents["en"]["notes"]
    (scenario,) = documents["en"]["scenarios"]
    assert scenario["frequency_per_year"]["basis"] == "given"
    assert scenario["frequency_per_year"]["value"] == 0.02


def test_as_a_table(client):
    answer = client.get("/v1/benefit", params={**BURST, "f": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["district"] for row in rows] == ["mouth", "ridge"]
    assert float(rows[0]["benefit"]) == pytest.approx(
        float(rows[0]["reference"]) - float(rows[0]["residual"]), abs=0.002
    )
    assert float(rows[0]["benefit_low"]) == float(rows[0]["benefit"])
    assert rows[1]["share"] == ""


def test_missing_runs_are_a_job(client):
    answer = client.get("/v1/benefit", params={"scenarios": "burst-2005", "frequencies": "burst-2005:0.1"})
    assert answer.status_code == 202
    assert answer.headers["location"].startswith("/v1/jobs/")
    client.delete(answer.headers["location"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"scenarios": "nope"}, "scenario"),
        ({"scenarios": "burst,burst"}, "scenarios"),
        ({"strategies": "nope"}, "strategies"),
        ({"strategies": "no-dams"}, "strategies"),
        ({"strategies": "then"}, "strategies"),
        ({"reference": "nope"}, "strategies"),
        ({"frequencies": "burst:0"}, "frequencies"),
        ({"frequencies": "burst:-1"}, "frequencies"),
        ({"frequencies": "burst:nan"}, "frequencies"),
        ({"frequencies": "burst"}, "frequencies"),
        ({"frequencies": "burst:0.1,burst:0.2"}, "frequencies"),
        ({"frequencies": "other:0.1"}, "frequencies"),
        ({"frequencies": None}, "frequencies"),
        ({"measure": "happy"}, "measure"),
        ({"scheme": "nope"}, "scheme"),
        ({"discount_rates": "5"}, "discount_rates"),
        ({"discount_rates": "0.1,x"}, "discount_rates"),
        ({"discount_rates": "0,0.1,0.2,0.3,0.4,0.5"}, "discount_rates"),
        ({"horizon_years": "0"}, "horizon_years"),
        ({"upkeep_share_per_year": "2"}, "upkeep_share_per_year"),
        ({"value_per_avoided_person": "-1"}, "value_per_avoided_person"),
        ({"cell_size_m": "61"}, "cell_size_m"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_in_every_language(client, query, field):
    given = {key: value for key, value in {**BURST, **query}.items() if value is not None}
    for language in LANGUAGES:
        answer = client.get("/v1/benefit", params={**given, "lang": language})
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["field"] == field


def test_ranking_a_single_dam(client):
    query = {"dams": "bar", "scenarios": "burst", "frequencies": "burst:0.02"}
    document = client.get("/v1/ranking", params=query).json()
    (place,) = document["places"]
    worth = benefit(client)["strategies"][0]["city"]["benefit"]["value"]
    assert place["added"] == place["alone"] == pytest.approx(worth, abs=0.002)
    assert place["scenarios_met"] == ["burst"]
    judged = {key: value for key, value in query.items() if key != "dams"}
    assert client.get("/v1/ranking", params=judged).json()["places"] == document["places"]
    for wrong, field in (({"dams": "nope"}, "dam"), ({"by": "cost"}, "by"), ({"by": "luck"}, "by")):
        refused = client.get("/v1/ranking", params={**query, **wrong})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["field"] == field


def test_a_sizing_is_polled_at_one_address_until_it_is_there(client):
    asked = {"dam": "bar", "scenario": "burst", "affected_below": 1.0, "cost_per_m3": 10.0}
    answer = client.post("/v1/sizing", json=asked)
    seen = 0
    deadline = time.monotonic() + 300.0
    while answer.status_code == 202:
        assert time.monotonic() < deadline
        document = answer.json()
        assert document["job"]["status"] in ("accepted", "running", "successful")
        assert seen <= document["search"]["runs_made"] < document["search"]["runs_at_most"]
        seen = document["search"]["runs_made"]
        time.sleep(0.2)
        answer = client.get(answer.headers["location"])
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["answer"] == "height"
    assert document["runs"]["used"] <= 8
    rows = {row["height_m"]: row for row in document["curve"]}
    assert rows[document["height_m"]]["people_affected"] < 1.0
    assert document["capacity_m3"] == rows[document["height_m"]]["capacity_m3"]
    assert client.post("/v1/sizing", json=asked).json() == document
    spoken = {
        code: client.get("/v1/sizing", params={**asked, "lang": code}).json()["text"] for code in LANGUAGES
    }
    assert len(set(spoken.values())) == 3


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"dam": "nope"}, 400, "dam"),
        ({"scenario": "nope"}, 400, "scenario"),
        ({"affected_below": -1}, 400, "affected_below"),
        ({"affected_below": 0}, 400, "affected_below"),
        ({"lowest_m": 30, "tallest_m": 20}, 400, "tallest_m"),
        ({"tallest_m": 400}, 400, "tallest_m"),
        ({"tallest_m": 240}, 400, "tallest_m"),
        ({"lowest_m": -1}, 400, "lowest_m"),
        ({"cost_per_m3": 0}, 400, "cost_per_m3"),
        ({"strategy": "nope"}, 400, "strategies"),
        ({"district": "nope"}, 404, "district"),
    ],
)
def test_sizings_that_cannot_be_are_refused_by_name(client, given, status, field):
    asked = {"dam": "bar", "scenario": "burst", "affected_below": 1.0, **given}
    for answer, code in (
        (client.post("/v1/sizing", json=asked), 400),
        (client.get("/v1/sizing", params=asked), status),
    ):
        assert answer.status_code == code, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] == field


def test_a_field_that_is_not_known_is_refused(client):
    asked = {"dam": "bar", "scenario": "burst", "affected_below": 1.0, "height": 3}
    assert client.post("/v1/sizing", json=asked).status_code == 400
    assert client.get("/v1/sizing", params=asked).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"dam": "bar"}', 400),
        (b'{"dam":"bar","scenario":"burst","affected_below":"many"}', 400),
    ],
)
def test_a_body_that_is_no_question_is_a_problem_document(client, body, status):
    answer = client.post("/v1/sizing", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
