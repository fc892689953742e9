"""The embedded region through the service: what a newcomer gets."""

import pytest

from geodata import open_region
from risk_api.layers import LayerStore
from risk_api.serialise.files import feature_file

#: Coarse, so that a run takes a second or two; the numbers are not those of the default cell size.
CELL_SIZE_M = 150
STRATEGIES = ("no-dams", "ayusai", "both", "aksai-unfinished", "none-standing")


@pytest.fixture(scope="module")
def almaty(make_client, tmp_path_factory):
    data = tmp_path_factory.mktemp("almaty")
    from geodata import open_region
    from risk_api.answers import Answers
    from risk_api.runs import RunStore
    from risk_api.runs.make import make_run

    region = open_region("almaty")
    store = RunStore(data / "runs")
    answers = Answers(region, store)
    for spec in answers.specs(answers.question("kumbelsu-1977", cell_size_m=CELL_SIZE_M)):
        make_run(region, spec, store)
    with make_client(data, region="almaty") as client:
        yield client


def test_the_layers_of_the_city(almaty):
    counts = {
        layer: len(almaty.get(f"/v1/{layer}").json()["features"]) for layer in ("districts", "gorges", "dams")
    }
    assert counts == {"districts": 8, "gorges": 8, "dams": 6}
    assert almaty.get("/v1/rivers").json()["numberMatched"] >= 5
    assert almaty.get("/v1/lakes").json()["numberMatched"] >= 2
    names = {f["properties"]["name"] for f in almaty.get("/v1/districts?lang=kk").json()["features"]}
    assert {"Алатау", "Әуезов", "Бостандық", "Жетісу", "Түрксіб"} <= names
    population = almaty.get("/v1/districts").json()["population"]
    assert set(population["lower_bounds"]) == {"auezov", "turksib"}
    assert population["city"]["value"] == 2_347_924
    assert population["districts_sum"] != population["city"]["value"]


def test_the_default_question_is_the_aksai_outburst_over_five_strategies(almaty):
    assert almaty.get("/v1/scenarios").json()["default"] == "aksai-lake-outburst"
    found = [entry["id"] for entry in almaty.get("/v1/strategies").json()["strategies"]]
    assert tuple(found) == STRATEGIES
    assert almaty.get("/health/ready").json()["default_comparison"]["status"] == "not made"


def test_kumbelsu_1977_returns_eight_features_that_sum_to_no_more_than_their_people(almaty):
    answer = almaty.get(
        "/v1/exposure",
        params={
            "scenario": "kumbelsu-1977",
            "strategies": "no-dams,ayusai,both,aksai-unfinished",
            "cell_size_m": CELL_SIZE_M,
        },
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert len(document["features"]) == 8
    for feature in document["features"]:
        properties = feature["properties"]
        assert len(properties["differences"]) == 6
        assert properties["lineage"]["run_ids"]
        for counts in properties["strategies"].values():
            assert sum(counts["people_by_class"].values()) <= properties["population"] + 1e-6
            assert counts["cause"]["text"]
            assert almaty.get(f"/v1/runs/{counts['run_id']}").status_code == 200
    statement = document["terrain_quality"]["statement"]
    assert "orientation" in statement


def test_strategies_that_differ_only_in_the_aksai_gorge_share_the_kumbelsu_run(almaty):
    document = almaty.get(
        "/v1/exposure", params={"scenario": "kumbelsu-1977", "cell_size_m": CELL_SIZE_M}
    ).json()
    runs = {entry["id"]: entry["run_id"] for entry in document["strategies"]}
    assert runs["ayusai"] == runs["both"] == runs["aksai-unfinished"]
    assert len({runs["no-dams"], runs["ayusai"], runs["none-standing"]}) == 3


def test_the_page_is_light_and_names_every_scenario(almaty):
    scenarios = almaty.get("/v1/scenarios?lang=kk").json()["features"]
    answer = almaty.get("/?scenario=kumbelsu-1977&lang=kk")
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    for scenario in scenarios:
        assert scenario["properties"]["name"] in answer.text


def test_every_district_answer_is_small(almaty):
    for feature in almaty.get("/v1/districts").json()["features"]:
        answer = almaty.get(f"/v1/districts/{feature['id']}/risk")
        assert answer.status_code == 200
        assert len(answer.content) < 50_000


def test_the_ayusai_dam_is_found_in_its_gorge(almaty):
    dam = almaty.get("/v1/dams/ayusai").json()
    lon, lat = dam["geometry"]["coordinates"]
    found = almaty.get("/v1/locate", params={"lon": lon, "lat": lat}).json()
    assert found["gorge"] is not None
    assert len(found["scenarios"]) == 11


def test_events_without_a_place_are_kept_in_a_flatgeobuf() -> None:
    features = list(LayerStore(open_region("almaty")).layer("events").values())
    assert any(feature.geometry is None for feature in features)
    assert feature_file(features, "fgb", "events").startswith(b"fgb")
