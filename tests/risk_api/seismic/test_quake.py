"""Earthquakes and the districts of Almaty: sums, order, bands, and the published study beside them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from geodata import Region
from risk_api.app import create_app
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.damage.losses import OUTCOMES, drawn_variants, losses
from risk_api.seismic.damage.published import published_losses
from risk_api.seismic.damage.summary import band, summaries
from risk_api.seismic.measures import Measure
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import shake
from risk_api.settings import Settings


@pytest.fixture(scope="module")
def quakes(almaty: Region) -> QuakeAnswers:
    return QuakeAnswers(almaty)


@pytest.fixture(scope="module")
def city(almaty: Region, tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(
        region="almaty", data_dir=tmp_path_factory.mktemp("quake"), precompute=False, warm=False, workers=1
    )
    with TestClient(create_app(settings, almaty), raise_server_exceptions=False) as opened:
        yield opened


def test_the_stock_is_the_published_one(quakes: QuakeAnswers, almaty: Region) -> None:
    stock = quakes.stock
    assert stock.buildings.sum() == pytest.approx(25_491)
    assert stock.people_of_source.sum() == pytest.approx(1_620_346)
    populations = [f["properties"]["population"] for f in almaty.features("districts")]
    assert sorted(stock.people.sum(axis=1)) == pytest.approx(sorted(populations))


def test_places_hold_everybody(quakes: QuakeAnswers) -> None:
    places = quakes.places
    for shares in (places.people, places.buildings):
        assert np.bincount(places.district, shares) == pytest.approx(np.ones(8))
    assert places.ground == "slope"
    assert (places.vs30_m_s >= 180.0).all()
    assert (places.vs30_m_s <= 760.0).all()


@pytest.mark.parametrize("branch", list(Branch))
def test_which_earthquake_kills_most(quakes: QuakeAnswers, branch: Branch) -> None:
    dead = [
        quakes.scenario(name).city.branches[branch]["severity_4"].mean
        for name in ("city-splay", "verny-1887", "chilik-1889", "almaty-2024-03-04")
    ]
    assert dead == sorted(dead, reverse=True)
    assert dead[0] > 1.2 * dead[1] > 2.0 * dead[2]
    assert dead[3] < 10.0


@pytest.mark.parametrize("branch", list(Branch))
@pytest.mark.parametrize("name", ["verny-1887", "city-splay", "chilik-1889"])
def test_deaths_per_head_are_near_the_published_ones(quakes: QuakeAnswers, branch: Branch, name: str) -> None:
    """Nothing is fitted to the study: each branch within a factor of 6, on another building stock."""
    published = published_losses(name)
    assert published is not None
    city = quakes.scenario(name).city
    ratio = city.branches[branch]["severity_4"].mean / city.people / published.deaths_per_head
    assert 1.0 / 6.0 < ratio < 6.0


def test_means_of_districts_sum_to_the_city(quakes: QuakeAnswers) -> None:
    answer = quakes.scenario("verny-1887")
    for branch in Branch:
        for name in OUTCOMES:
            total = sum(district.branches[branch][name].mean for district in answer.districts)
            assert total == pytest.approx(answer.city.branches[branch][name].mean, rel=1e-9)


def test_grades_of_a_district_sum_to_its_buildings(quakes: QuakeAnswers) -> None:
    answer = quakes.scenario("talgar")
    for district in answer.districts:
        for outcome in district.branches.values():
            grades = sum(outcome[f"grade_{grade}"].mean for grade in range(6))
            assert grades == pytest.approx(district.buildings, rel=1e-9)
            assert outcome["destroyed"].mean == pytest.approx(
                outcome["grade_4"].mean + outcome["grade_5"].mean
            )


def test_bands_are_in_order_and_both_lies_between_the_branches(quakes: QuakeAnswers) -> None:
    answer = quakes.scenario("kemin-1911")
    for entry in (*answer.districts, answer.city):
        for name in OUTCOMES:
            means = [outcome[name].mean for outcome in entry.branches.values()]
            both = entry.both[name]
            assert both.low <= both.mid <= both.high
            assert both.mean == pytest.approx(sum(means) / 2.0)


def test_a_larger_magnitude_does_more_harm(quakes: QuakeAnswers) -> None:
    scenario = seismic_scenario("verny-1887")
    small, large = (
        quakes.rupture(scenario.rupture(magnitude=value)).city.both["severity_4"].mean for value in (6.6, 7.6)
    )
    assert large > 1.5 * small


def test_the_same_question_has_the_same_answer(quakes: QuakeAnswers, almaty: Region) -> None:
    again = QuakeAnswers(almaty).scenario("city-splay")
    first = quakes.scenario("city-splay")
    assert again.id == first.id
    assert again.city.both["severity_4"] == first.city.both["severity_4"]


def test_a_district_where_nobody_lives_is_shaken_all_the_same(quakes: QuakeAnswers) -> None:
    """Without its people a district is where its buildings stand; without those it has no shaking."""
    places, rupture = quakes.places, seismic_scenario("talgar").rupture()
    shaking = shake(rupture, places.lon, places.lat, places.sites, measures=(Measure.PGA, Measure.PGV))
    people, buildings = (values.sum(axis=1) for values in (quakes.stock.people, quakes.stock.buildings))
    empty = replace(places, people=np.where(places.district == 0, 0.0, places.people))
    gone = replace(empty, buildings=np.where(places.district == 0, 0.0, places.buildings))
    assumed = damage_assumptions()
    for each, shaken in ((empty, True), (gone, False)):
        found = losses(shaking, each, quakes.curves, people, assumed, count=50)
        districts, _ = summaries(found, places.district_ids, people, buildings, assumed.branch_shares)
        assert bool(districts[0].shaking) is shaken
        assert districts[0].both["severity_4"].high == 0.0
        assert districts[1].both["severity_4"].mean > 0.0


def test_variants_are_drawn_in_their_shares() -> None:
    drawn = drawn_variants(damage_assumptions(), 600, 3)
    assert np.bincount(drawn).tolist() == [150, 300, 150]


def test_a_weighted_band_is_the_plain_one_for_equal_weights() -> None:
    samples = np.random.default_rng(1).lognormal(size=4001)
    plain, weighted = band(samples), band(samples, np.full(4001, 1.0 / 4001))
    assert weighted.mid == pytest.approx(plain.mid, rel=1e-3)
    assert weighted.high == pytest.approx(plain.high, rel=5e-3)
    assert weighted.mean == pytest.approx(plain.mean)


def test_exposure_of_an_earthquake(city: TestClient) -> None:
    found = city.get("/v1/seismic/exposure?scenario=verny-1887")
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/geo+json"
    assert len(found.content) < 200_000
    document = found.json()
    assert [feature["id"] for feature in document["features"]] == sorted(
        feature["id"] for feature in document["features"]
    )
    whole = document["city"]
    for branch in ("macroseismic", "fragility"):
        night = sum(
            feature["properties"]["branches"][branch]["casualties"]["night"]["severity_4"]["mean"]
            for feature in document["features"]
        )
        assert night == pytest.approx(
            whole["branches"][branch]["casualties"]["night"]["severity_4"]["mean"], abs=4
        )
        grades = whole["branches"][branch]["buildings_by_grade"]
        assert sum(each["mean"] for each in grades.values()) == pytest.approx(25_491, abs=4)
        hours = whole["branches"][branch]["casualties"]
        assert hours["day"]["severity_4"]["mean"] < hours["night"]["severity_4"]["mean"]
    assert document["published"]["buildings"] == 50_544
    assert document["building_stock"]["buildings"] == 25_491
    assert {"seed", "realisations", "region_version", "ground_motion"} <= set(document["lineage"])
    assert all(entry["why"] for entry in document["assumptions"])
    assert sum(kind["people"] for kind in document["building_types"]) == pytest.approx(2_165_759, abs=20)
    official = whole["cross_checks"]["official_rule"]["deaths"]
    assert official > whole["both"]["casualties"]["night"]["severity_4"]["high"]


def test_numbers_are_the_same_in_every_language(city: TestClient) -> None:
    answers = [
        city.get(f"/v1/seismic/exposure?scenario=talgar&lang={code}").json() for code in ("kk", "ru", "en")
    ]
    assert len({json.dumps(answer["city"], sort_keys=True) for answer in answers}) == 1
    assert len({answer["notes"][0] for answer in answers}) == 3


def test_a_rupture_of_ones_own(city: TestClient) -> None:
    body = {
        "rupture_of_trace": {
            "trace": [[76.588, 43.028], [77.285, 43.249]],
            "magnitude": 7.3,
            "dip_deg": 45.0,
            "rake_deg": 90.0,
            "bottom_depth_km": 20.0,
            "hypocentre_depth_km": 12.9,
        }
    }
    own = city.post("/v1/seismic/exposure", json=body)
    assert own.status_code == 200, own.text
    named = city.get("/v1/seismic/exposure?scenario=verny-1887").json()
    assert own.json()["city"] == named["city"], "it is the scenario's own rupture"
    assert own.json()["scenario"] is None
    assert own.json()["published"] is None


def test_a_magnitude_beyond_the_models_is_marked(city: TestClient) -> None:
    body = {"scenario": "chilik-1889", "figures": {"magnitude": 8.7}}
    document = city.post("/v1/seismic/exposure", json=body).json()
    assert {mark["field"] for mark in document["outside"]} >= {"magnitude"}
    assert all(mark["text"] for mark in document["outside"])
    assert city.get("/v1/seismic/exposure?scenario=verny-1887").json()["outside"] == []


TRACE = {"trace": [[76.6, 43.0], [77.3, 43.2]], "magnitude": 7.0, "dip_deg": 45.0}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "scenario"),
        ({"scenario": "atlantis"}, "scenario"),
        ({"scenario": "verny-1887", "rupture_of_trace": {**TRACE, "width_km": 20.0}}, "rupture_of_trace"),
        ({"scenario": "verny-1887", "figures": {"colour": 3.0}}, "colour"),
        ({"figures": {"magnitude": 7.0}, "rupture_of_trace": {**TRACE, "width_km": 20.0}}, "figures"),
        ({"rupture_of_trace": {**TRACE, "width_km": 0.0}}, "width_km"),
        ({"rupture_of_trace": {**TRACE, "width_km": 20.0, "trace": [[76.6, 43.0], [76.6, 43.0]]}}, "trace"),
        ({"rupture_of_trace": {**TRACE, "width_km": 20.0, "magnitude": 12.0}}, "magnitude"),
        ({"rupture_of_trace": TRACE}, "width_km"),
        ({"rupture_of_trace": {**TRACE, "width_km": 20.0, "dip_deg": 0.0}}, "dip_deg"),
        ({"rupture_of_point": {"lon": 276.0, "lat": 43.0, "depth_km": 10.0, "magnitude": 6.0}}, "trace"),
        ({"rupture_of_point": {"lon": 76.0, "lat": 43.0, "depth_km": 10.0}}, "rupture_of_point.magnitude"),
        ({"rupture_of_point": {"lon": 76.0, "lat": 43.0, "depth_km": -1.0, "magnitude": 6.0}}, "depth_km"),
    ],
)
def test_what_cannot_be_is_refused_by_name(city: TestClient, body: dict[str, object], field: str) -> None:
    for code in ("en", "ru", "kk"):
        found = city.post(f"/v1/seismic/exposure?lang={code}", json=body)
        assert found.status_code == 400, found.text
        assert found.headers["content-type"].startswith("application/problem+json")
        assert found.json()["errors"][0]["field"] == field
        assert found.json()["detail"]


def test_unknown_names(city: TestClient) -> None:
    found = city.get("/v1/seismic/exposure?scenario=atlantis")
    assert found.status_code == 400
    assert "verny-1887" in found.json()["detail"]
    assert city.get("/v1/seismic/scenarios/atlantis").status_code == 404
    assert city.get("/v1/seismic/exposure?scenaro=talgar").status_code == 400


def test_scenarios_can_be_listed(city: TestClient) -> None:
    document = city.get("/v1/seismic/scenarios").json()
    assert len(document["features"]) == document["numberMatched"] == 9
    verny = city.get("/v1/seismic/scenarios/verny-1887?lang=ru").json()
    assert verny["geometry"]["type"] == "LineString"
    assert verny["properties"]["figures"]["magnitude"]["value"] == 7.3
    assert verny["properties"]["name"] == "Верненское землетрясение, 1887"


@pytest.mark.parametrize("form", ["csv", "gpkg", "fgb", "parquet"])
def test_other_forms(city: TestClient, form: str) -> None:
    found = city.get(f"/v1/seismic/exposure?scenario=talgar&f={form}")
    assert found.status_code == 200
    if form == "csv":
        lines = found.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + 8 * 3
        assert "casualties_severity_4_night_mid" in lines[0]


def test_a_district_has_both_perils(city: TestClient) -> None:
    found = city.get("/v1/districts/medeu/risk")
    assert len(found.content) <= 50_000
    document = found.json()
    assert document["mudflow"]["scenarios"]
    quakes = {entry["id"]: entry for entry in document["earthquake"]["scenarios"]}
    assert len(quakes) == 9
    exposure = city.get("/v1/seismic/exposure?scenario=verny-1887").json()
    (medeu,) = (feature for feature in exposure["features"] if feature["id"] == "medeu")
    deaths = medeu["properties"]["both"]["casualties"]["night"]["severity_4"]
    assert quakes["verny-1887"]["both"]["deaths_night"] == deaths


def test_a_region_without_a_stock_says_so(make_client, tmp_path) -> None:
    with make_client(tmp_path) as client:
        found = client.get("/v1/seismic/exposure?scenario=verny-1887")
    assert found.status_code == 404
    assert found.json()["type"].endswith("no_building_stock")


def test_the_page_has_the_numbers_of_the_answer(city) -> None:
    from risk_api.pages.quake_view import quake_view

    document = city.get("/v1/seismic/exposure?scenario=city-splay").json()
    shown = quake_view(city.app_state["service"], "city-splay", ["no-dams", "ayusai"], "ru")
    found = {feature["id"]: feature["properties"] for feature in document["features"]}
    assert {row["id"] for row in shown["rows"]} == set(found)
    for row in shown["rows"]:
        both = found[row["id"]]["both"]
        assert row["deaths"] == both["casualties"]["night"]["severity_4"]
        assert row["destroyed"] == both["buildings_destroyed"]
        assert row["mmi"] == found[row["id"]]["shaking"]["mmi"]
    deaths = [row["deaths"]["mid"] for row in shown["rows"]]
    assert deaths == sorted(deaths, reverse=True), "the worst hit stand first"
    assert shown["answer_id"] == document["id"]
    # The chain needs mudflow runs that are not made: that is said, and none is begun by looking.
    assert shown["chain"]["missing"] > 0
    assert city.get("/v1/jobs").json()["numberMatched"] == 0
