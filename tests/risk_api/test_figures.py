"""What is not known exactly is listed whole, and what no run depends on is not claimed to be used."""

import json
import shutil

import pytest

from risk_api.figures import figures

KUMBELSU = "kumbelsu-1977"


def listed(region, scenario, *strategies):
    from risk_api.runs import plan

    inputs = {strategy: plan(region, scenario, strategy).values for strategy in strategies}
    return {figure.id: figure for figure in figures(region, region.scenarios[scenario], inputs)}


def test_every_dam_on_the_way_lists_its_openings_and_its_unsure_figures(almaty):
    found = listed(almaty, KUMBELSU, "no-dams", "ayusai")
    for dam in ("ayusai", "bolshaya-almatinka"):
        site = almaty.dam_sites[dam]
        several = len(site.openings) > 1
        for number, tier in enumerate(site.openings, start=1):
            area = found[f"dam.{dam}.opening_{number}_area_m2" if several else f"dam.{dam}.opening_area_m2"]
            assert (area.low, area.value, area.high) == (
                tier.area_m2.low,
                tier.area_m2.value,
                tier.area_m2.high,
            )
            assert area.why == tier.why
            assert area.used
            assert not several or tier.names["en"] in area.title["en"]
        assert found[f"dam.{dam}.discharge_coefficient"].used
        assert (f"dam.{dam}.capacity_m3" in found) == (site.capacity_m3.low < site.capacity_m3.high)
        assert (f"dam.{dam}.height_m" in found) == (site.height_m.low < site.height_m.high)
    # Dams of other rivers are not on this flow's way.
    assert not [key for key in found if key.startswith("dam.medeu.")]


def test_aksais_height_and_capacity_stand_in_every_answer_as_ranges(almaty):
    for scenario, strategy, used in (
        (KUMBELSU, "ayusai", False),
        ("tuyuksu-1973", "then", False),
        ("aksai-lake-outburst", "both", True),
        ("aksai-lake-outburst", "no-dams", False),
    ):
        found = listed(almaty, scenario, strategy)
        for name, low, high in (("aksai_height_m", 30.0, 60.0), ("aksai_capacity_m3", 0.7e6, 4e6)):
            assert (found[name].low, found[name].high) == (low, high)
            assert found[name].used == used
            assert set(found[name].why) == {"kk", "ru", "en"}


def test_what_is_assumed_of_a_fill_is_used_where_it_can_be_carried_away(almaty):
    part = listed(almaty, "aksai-lake-outburst", "aksai-unfinished")
    whole = listed(almaty, "aksai-lake-outburst", "both")
    for name in almaty.dam_sites["aksai"].fill.figures():
        assert part[f"dam.aksai.fill_{name}"].used
        assert not whole[f"dam.aksai.fill_{name}"].used
        assert part[f"dam.aksai.fill_{name}"].low < part[f"dam.aksai.fill_{name}"].high


def test_clogging_is_an_assumption_of_answers_with_through_flow_dams_only(almaty):
    for scenario, strategy, used in (
        (KUMBELSU, "ayusai", True),
        (KUMBELSU, "none-standing", False),
        ("kargaly-2015-official", "then", False),
    ):
        found = listed(almaty, scenario, strategy)
        for name in ("clogging_largest_share", "clogging_solids_m3_per_m2"):
            assert found[name].used == used, (scenario, strategy)


def test_a_year_that_is_assumed_counts_where_a_day_decides_the_states(almaty):
    for strategy, used in (("ayusai", False), ("then", True), ("on:1978-01-01", True)):
        found = listed(almaty, "tuyuksu-1973", strategy)
        assert found["medeu_raised_year"].used == used
    assert not listed(almaty, KUMBELSU, "on:1978-01-01")["medeu_raised_year"].used, "not on its way"


def test_a_day_with_a_clogged_tier_tells_how_much_is_clogged(almaty):
    found = listed(almaty, KUMBELSU, "on:2023-07-22")
    share = found["dam.ayusai.blocked_share"]
    assert (share.low, share.value, share.high, share.used) == (0.1, 0.33, 0.5, True)
    assert not listed(almaty, KUMBELSU, "on:2024-07-22")["dam.ayusai.blocked_share"].used


def test_a_dam_that_stands_in_no_run_is_listed_and_not_used(almaty):
    found = listed(almaty, KUMBELSU, "no-dams")
    assert not found["dam.ayusai.opening_1_area_m2"].used
    assert found["dam.bolshaya-almatinka.opening_area_m2"].used


def test_the_built_share_counts_only_where_the_fill_is_unfinished(almaty):
    whole = listed(almaty, "aksai-lake-outburst", "both")
    part = listed(almaty, "aksai-lake-outburst", "both", "aksai-unfinished")
    assert not whole["dam.aksai.built_share"].used
    assert part["dam.aksai.built_share"].used
    assert part["dam.aksai.built_share"].low < part["dam.aksai.built_share"].high


def test_the_scenario_lists_its_own_figures_and_starts_from_the_mudflow(almaty):
    found = listed(almaty, KUMBELSU, "no-dams")
    scenario = almaty.scenarios[KUMBELSU]
    for name in ("water_m3", "mudflow_m3", "peak_discharge_m3_s", "solids_fraction"):
        figure, given = found[f"scenario.{KUMBELSU}.{name}"], getattr(scenario, name)
        assert (figure.low, figure.value, figure.high) == (given.low, given.value, given.high)
        assert figure.confidence == given.confidence
        assert figure.used == (name != "water_m3")


def test_friction_of_debris_is_no_figure_of_a_rain_flood(almaty):
    debris = listed(almaty, KUMBELSU, "no-dams")
    rain = next(key for key, scenario in almaty.scenarios.items() if scenario.material == "liquid")
    liquid = listed(almaty, rain, "no-dams")
    assert debris["voellmy_mu"].used
    assert not liquid["voellmy_mu"].used
    assert liquid["manning_n"].used


def test_an_assumption_that_names_a_dams_figure_again_points_to_it(almaty):
    found = listed(almaty, "aksai-lake-outburst", "both")
    if "aksai_height_m" in almaty.assumptions:
        assert found["aksai_height_m"].restates == "dam.aksai.height_m"
        assert found["aksai_height_m"].used == found["dam.aksai.height_m"].used
    assert found["voellmy_mu"].restates is None


def test_a_year_of_a_dam_counts_only_where_the_day_decides(almaty):
    years = [key for key in almaty.assumptions if key.startswith("medeu") and key.endswith("_year")]
    assert years
    chosen = listed(almaty, "tuyuksu-1973", "no-dams")
    dated = listed(almaty, "tuyuksu-1973", "no-dams", "then")
    elsewhere = listed(almaty, KUMBELSU, "no-dams", "then")
    for key in years:
        assert (chosen[key].used, dated[key].used, elsewhere[key].used) == (False, True, False)


def test_the_answer_lists_them_in_three_languages(client):
    for language in ("kk", "ru", "en"):
        answer = client.get("/v1/exposure", params={"scenario": "burst", "lang": language}).json()
        found = {entry["id"]: entry for entry in answer["assumptions"]}
        area = found["dam.bar.opening_area_m2"]
        assert area["used"] is True
        assert area["value"] == 0.1
        assert area["why"] == "made up"
        assert area["title"] == area[f"title_{language}"]
        volume = found["scenario.burst.mudflow_m3"]
        assert (volume["low"], volume["value"], volume["high"]) == (10_000, 30_000, 60_000)
        assert found["scenario.burst.water_m3"]["used"] is False
    terms = {term["id"]: term for term in client.get("/v1/glossary").json()["terms"]}
    assert "used" in terms["assumption"]["meaning"]


@pytest.fixture
def edited_run(made_store, tmp_path, make_client):
    """Give a client of a copy of the store in which every run.json was changed by a function."""

    def edit(change):
        data = tmp_path / "data"
        shutil.copytree(made_store, data)
        for path in data.glob("runs/*/run.json"):
            summary = json.loads(path.read_text(encoding="utf-8"))
            change(summary)
            path.write_text(json.dumps(summary), encoding="utf-8")
        return make_client(data)

    return edit


def test_a_run_that_its_time_limit_ended_says_up_to_when(edited_run):
    def cut(summary):
        summary["at_rest"], summary["end_s"] = False, 7260.0

    with edited_run(cut) as client:
        text = client.get("/", params={"scenario": "burst", "lang": "en"}).text
    assert text.count("computed up to 121 min after the start of the flow") == 1


def test_a_run_that_came_to_rest_does_not(edited_run):
    with edited_run(lambda summary: summary.update(at_rest=True)) as client:
        text = client.get("/", params={"scenario": "burst", "lang": "en"}).text
    assert "computed up to" not in text


def test_the_page_shows_the_capacity_of_the_run_and_mud_above_level(edited_run):
    def full(summary):
        for dam in summary["dams"]:
            if dam["state"] != "absent":
                dam["capacity_on_grid_m3"], dam["stored_max_m3"] = 151_000.0, 163_000.0
                dam["freeboard_min_m"], dam["storage_factor"] = -1.6, 1.32

    with edited_run(full) as client:
        text = client.get("/", params={"scenario": "burst", "lang": "en"}).text
        answer = client.get("/v1/exposure", params={"scenario": "burst"}).json()
    table = text[text.index('<table class="dams') :]
    assert "<span>151" in table
    assert "published: 200" in table
    assert "at most: 163" in table
    assert "\u22121.6" in table
    assert "1.32" in table
    assert "mud stands steeper than water" in table
    (dam,) = next(entry for entry in answer["strategies"] if entry["id"] == "bar")["dams"]
    assert dam["capacity_on_grid_m3"] == 151_000.0
    assert dam["capacity_published_m3"] == 200_000.0
    assert "steeper" in dam["note"]


def test_mud_within_the_level_volume_needs_no_sentence(edited_run):
    def half(summary):
        for dam in summary["dams"]:
            dam["capacity_on_grid_m3"], dam["stored_max_m3"] = 200_000.0, 100_000.0

    with edited_run(half) as client:
        assert "steeper than water" not in client.get("/", params={"scenario": "burst", "lang": "en"}).text


@pytest.mark.parametrize(
    ("state", "own", "published"),
    [
        ("in service", None, 5.0),
        ("clogged", None, 5.0),
        ("in service", 3.0, 3.0),
        ("unfinished", None, None),
        ("breached", None, None),
        ("unfinished", 2.0, 2.0),
    ],
)
def test_a_published_capacity_belongs_to_a_state(state, own, published):
    from risk_api.dam_records import published_capacity_m3

    given = {"kind": state} | ({"capacity_m3": own} if own is not None else {})
    record = {"id": "bar", "state": state, "capacity_published_m3": 5.0}
    assert published_capacity_m3(record, {"dams": {"bar": given}}) == published


def test_an_event_of_almaty_is_named_in_almaty_only(client, almaty, make_client, tmp_path):
    assert "kargaly-2015-official" in almaty.scenarios
    for language, word in (("kk", "2015"), ("ru", "2015"), ("en", "In 2015")):
        text = client.get("/", params={"scenario": "burst", "lang": language}).text
        assert word not in text
        assert "2015" not in text[text.index("<ul>") :]
    assert "a channel narrower than a cell" in client.get("/?scenario=burst&lang=en").text
    from risk_api.pages.view import _not_covered

    class Almaty:
        region = almaty

    assert "In 2015" in _not_covered(Almaty(), "en")[-1]  # type: ignore[arg-type]
