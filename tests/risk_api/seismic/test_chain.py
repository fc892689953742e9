"""The chain earthquake, lake, dam, mudflow: rules of probability, gates, switches, and what is answered."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import open_region
from risk_api.i18n import format_number
from risk_api.seismic.chain.judgements import judgements, read_judgements
from risk_api.seismic.chain.links import LINKS, OUTBURST, Asked, event_probability, lake_links, union
from risk_api.seismic.chain.question import chain_question, largest_outbursts
from risk_api.seismic.chain.shaken_places import shaken_places
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.seismic.scenarios import seismic_scenario

PATH = "/v1/chain"
NOTHING = Asked({}, frozenset())
#: An earthquake under the valley that makes its links count.
QUAKE = "verny-1887"
SHARES = st.floats(0.0, 1.0)


def quantiles(median, sigma=0.6, count=25):
    from scipy.special import ndtri

    return median * np.exp(sigma * ndtri((np.arange(count) + 0.5) / count))


def links_of(median=0.5, magnitude=7.3, month=7, asked=NOTHING):
    return lake_links(quantiles(median), magnitude, month, judgements(), asked)


def value(links, name):
    return links[name].three[1]


def test_the_outburst_is_what_its_links_make_of_it():
    links = links_of(0.25)
    together = 1.0 - (1.0 - value(links, "slope_failure") * value(links, "overtopping")) * (
        1.0 - value(links, "moraine_dam")
    ) * (1.0 - value(links, "piping"))
    assert 0.0 < together < 0.1, "below the ceiling, or nothing would be tested"
    assert value(links, OUTBURST) == pytest.approx(together)
    assert event_probability(links)[1] == pytest.approx(
        together * value(links, "season") * value(links, "mudflow")
    )


def test_every_band_is_in_order_and_the_ceiling_holds():
    for median in (0.02, 0.1, 0.5, 2.0):
        links = links_of(median)
        for link in links.values():
            assert 0.0 <= link.three[0] <= link.three[1] <= link.three[2] <= 1.0
        assert links[OUTBURST].three[2] <= 0.1


def test_shaking_as_after_gorkha_agrees_with_no_outburst_of_491_lakes():
    # At most 0.6 % each at 95 %; the shaking of those lakes was 0.2 to 0.6 g.
    assert 0.0 < lake_links(np.full(25, 0.3), 7.8, 5, judgements(), NOTHING)[OUTBURST].three[1] < 0.02


@settings(deadline=None, max_examples=60)
@given(medians=st.tuples(st.floats(0.01, 2.0), st.floats(0.01, 2.0)).map(sorted), magnitude=st.floats(5, 8))
def test_stronger_shaking_never_makes_a_mudflow_less_likely(medians, magnitude):
    weak, strong = (event_probability(links_of(median, magnitude)) for median in medians)
    for before, after in zip(weak, strong, strict=True):
        assert before <= after + 1e-12


@settings(deadline=None, max_examples=60)
@given(median=st.floats(0.05, 1.5), name=st.sampled_from(LINKS), month=st.integers(1, 12))
def test_a_gate_or_outburst_set_to_nothing_leaves_nothing(median, name, month):
    links = links_of(median, month=month, asked=Asked({name: 0.0}, frozenset()))
    assert value(links, name) == 0.0
    if name in (OUTBURST, "season", "mudflow"):
        assert event_probability(links) == (0.0, 0.0, 0.0)


@settings(deadline=None, max_examples=60)
@given(given_links=st.dictionaries(st.sampled_from(LINKS), SHARES), month=st.integers(1, 12))
def test_what_is_set_stands_and_what_follows_obeys_the_product_rule(given_links, month):
    links = links_of(asked=Asked(given_links, frozenset()), month=month)
    for name, probability in given_links.items():
        assert links[name].three == (probability,) * 3
        assert links[name].basis == "set"
    for end, probability in enumerate(event_probability(links)):
        assert (
            probability
            == links[OUTBURST].three[end] * links["season"].three[end] * (links["mudflow"].three[end])
        )


def test_july_is_open_january_is_shut_but_for_what_the_record_cannot_rule_out():
    july, january = (event_probability(links_of(month=month)) for month in (7, 1))
    assert january[1] == 0.0
    assert july[1] > 0.01
    assert january[2] == pytest.approx(0.06 * july[2])
    # Rule of three on 48 outbursts.
    assert judgements().month(1)[2] == pytest.approx(3 / 48, abs=0.003)
    open_all_year = links_of(month=1, asked=Asked({}, frozenset({"season"})))
    assert event_probability(open_all_year)[1] == july[1]
    assert open_all_year["season"].basis == "off"


def test_accelerations_at_a_lake_have_the_whole_scatter():
    """Means over equally likely accelerations: the median alone would hide what the tails break."""
    almaty = open_region("almaty")
    point = {"lake": (77.02, 43.07)}
    (place,) = shaken_places(seismic_scenario(QUAKE).rupture(), point, RegionVs30(almaty)).places.values()
    assert (np.diff(place.pga_g) > 0.0).all()
    assert place.pga_g[12] == pytest.approx(place.median_g)
    assert place.pga_g[0] < place.p5_g < place.pga_g[1]
    assert place.pga_g[-2] < place.p95_g < place.pga_g[-1]


def test_each_month_has_its_own_gate():
    """Outbursts on record came from late June to late August."""
    gates = [links_of(month=month)["season"].three[1] for month in range(1, 13)]
    assert gates[6] == gates[7] == 1.0
    assert 0.0 < gates[8] < gates[5] < 1.0
    assert gates[:5] == [0.0] * 5
    assert gates[9:] == [0.0] * 3
    assert [links_of(month=month)["season"].three[2] for month in (4, 6, 9, 10)] == [0.06, 1.0, 0.3, 0.06]


def test_a_trigger_switched_off_never_happens_and_a_lowered_lake_bursts_a_tenth_as_often():
    quiet = links_of(0.2, asked=Asked({}, frozenset({"piping", "moraine_dam"})))
    assert value(quiet, OUTBURST) == pytest.approx(
        value(quiet, "slope_failure") * value(quiet, "overtopping")
    )
    normal, lowered = (
        value(links_of(0.2, asked=Asked({}, frozenset(), factor)), OUTBURST) for factor in (1.0, 0.1)
    )
    assert lowered == pytest.approx(0.1 * normal)


@settings(deadline=None, max_examples=60)
@given(st.lists(SHARES, max_size=6))
def test_at_least_one_of_several(probabilities):
    found = union(probabilities)
    assert -1e-12 <= found <= 1.0
    assert found >= max(probabilities, default=0.0) - 1e-12
    assert found <= sum(probabilities) + 1e-12


def test_one_lake_a_river_the_largest(tmp_path):
    almaty = open_region("almaty")
    chosen = largest_outbursts(almaty)
    rivers = [almaty.scenarios[name].river for name in chosen]
    assert len(set(rivers)) == len(rivers) == 5
    assert "tuyuksu-1973" in chosen
    assert "malaya-almatinka-1956" not in chosen
    assert chain_question(almaty).strategies == ("no-dams", "ayusai", "both")


def test_judgements_that_contradict_themselves_are_refused():
    with pytest.raises(BadSeismicInput):
        read_judgements(
            "[a]\nleast=1.0\nvalue=3.0\nmost=2.0\nunit='1'\nbasis=''\nsource=''\n[season]\nmonths=[]\nsource=''"
        )
    with pytest.raises(BadSeismicInput, match="twelve"):
        read_judgements("[season]\nmonths=[[0.0, 0.5, 1.0]]\nsource=''")


@pytest.fixture(scope="module")
def chained(made_store, valley):
    """Make the runs of the valley's chain, once: the bar sound is made, the bar shaken is not."""
    from risk_api.runs import RunStore
    from risk_api.runs.make import make_run
    from risk_api.seismic.chain_answers import ChainAnswers

    region, store = open_region(valley), RunStore(made_store / "runs")
    question = chain_question(region, QUAKE, mudflows=["burst"])
    chains = ChainAnswers(region, store)
    missing = [spec for spec in chains.plan(question).runs if not store.has(spec.id)]
    assert len(missing) == 1
    for spec in missing:
        make_run(region, spec, store)
    return question


ASKED = {"mudflows": "burst"}


@pytest.fixture(scope="module")
def answer(client, chained):
    found = client.get(PATH, params=ASKED)
    assert found.status_code == 200, found.text
    return found.json()


def test_expected_people_are_probability_times_people_of_the_runs(answer, client):
    (mudflow,) = answer["mudflows"]
    probability = mudflow["probability"]
    assert 0.0 < probability["low"] < probability["value"] < probability["high"]
    exposure = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"}).json()
    runs = {feature["id"]: feature["properties"]["strategies"] for feature in exposure["features"]}
    reached = 0.0
    for feature in answer["features"]:
        figures = feature["properties"]
        for strategy in ("no-dams", "bar"):
            people = runs[feature["id"]][strategy]["people_affected"]
            reached += people
            (shown,) = figures["if_mudflow_comes"]["burst"][strategy]["sound_dams"]
            assert shown == pytest.approx(people, abs=0.06)
            expected = figures["people_expected"][strategy]["sound_dams"]
            for end in ("low", "value", "high"):
                assert expected[end] == pytest.approx(probability[end] * people, rel=0.01, abs=1e-6)
            if people:
                assert expected["if_any_mudflow"] == pytest.approx(people, rel=0.01)
    assert reached > 10.0, "the flow reaches somebody, or nothing is tested"


def test_the_benefit_is_the_difference_with_sound_and_with_shaken_dams(answer):
    (mudflow,) = answer["mudflows"]
    spared = 0.0
    for feature in [*answer["features"], {"properties": answer["city"]}]:
        figures = feature["properties"]
        for label in ("sound_dams", "shaken_dams"):
            people = figures["if_mudflow_comes"]["burst"]
            before, after = people["no-dams"][label][0], people["bar"][label][0]
            benefit = figures["dam_benefit_people"]["bar"][label]
            assert benefit["value"] == pytest.approx(
                mudflow["probability"]["value"] * (before - after), rel=0.02, abs=0.02
            )
            assert benefit["low"] <= benefit["value"] <= benefit["high"]
        spared += benefit["value"]
        # Here the flow goes over the crest, which has settled.
        assert people["bar"]["shaken_dams"][0] >= people["bar"]["sound_dams"][0] - 0.1
    assert spared > 0.0


def test_the_page_shows_each_mudflow_with_sound_and_with_shaken_dams(client, chained, answer):
    query = {"earthquake": answer["earthquake"]["id"], "scenario": "burst", "compare": "no-dams,bar"}
    text = client.get("/", params={**query, "lang": "en"}).text
    (mudflow,) = answer["mudflows"]
    table = text[text.index("chain-flows") : text.index("</table>", text.index("chain-flows"))]
    links = re.findall(r"#shaken=([0-9a-f.]+)", table)
    runs = mudflow["run_ids"]
    wanted = [
        f"{runs[name]['sound']}.{runs[name]['mid']}.{position}"
        for position, name in enumerate(("no-dams", "bar"))
        if runs[name]["sound"] != runs[name]["mid"]
    ]
    assert links == wanted
    assert wanted, "no dam is harmed, so nothing is tested"
    assert format_number(mudflow["probability"]["value"] * 100, "en", 1) in table
    (dam,) = answer["dams"]
    for figure in (dam["name"], *dam["damage_text"]):
        assert figure in text[text.index("chain-flows") :]


def test_january_expects_nobody_and_july_somebody(client, chained, answer):
    january = client.get(PATH, params={**ASKED, "month": 1}).json()
    city = january["city"]["people_expected"]["no-dams"]["sound_dams"]
    assert city["value"] == 0.0
    assert 0.0 < city["high"] < answer["city"]["people_expected"]["no-dams"]["sound_dams"]["high"]
    assert city["if_any_mudflow"] is None
    assert january["city"]["if_mudflow_comes"] == answer["city"]["if_mudflow_comes"]
    for feature in january["features"]:
        for by_state in feature["properties"]["people_expected"].values():
            assert all(figures["value"] == 0.0 for figures in by_state.values())


def test_links_can_be_set_and_switched_off_by_get_and_post(client, chained):
    body = {"mudflows": ["burst"], "links": {"season": 1.0}, "own_links": {"burst": {"lake_outburst": 0.5}}}
    found = client.post(PATH, json={**body, "month": 12, "off": ["dam_shaking", "mudflow"]})
    assert found.status_code == 200, found.text
    (mudflow,) = found.json()["mudflows"]
    links = {link["id"]: link for link in mudflow["links"]}
    assert mudflow["probability"] == {"low": 0.5, "value": 0.5, "high": 0.5}
    assert [links[name]["basis"] for name in ("season", "lake_outburst", "mudflow")] == ["set", "set", "off"]
    runs = mudflow["run_ids"]["bar"]
    assert runs["sound"] == runs["mid"], "nothing was shaken"
    none = client.get(PATH, params={**ASKED, "links": "lake_outburst:0"}).json()
    assert none["any_mudflow_probability"] == {"low": 0.0, "value": 0.0, "high": 0.0}
    for figures in none["city"]["people_expected"].values():
        assert figures["shaken_dams"]["high"] == 0.0


def own_rupture(magnitude=None):
    """The trace and the figures of the scenario that the runs are made for."""
    scenario = seismic_scenario(QUAKE)
    figures = {name: figure.value for name, figure in scenario.figures.items()}
    return {"trace": [list(point) for point in scenario.points], **figures} | (
        {} if magnitude is None else {"magnitude": magnitude}
    )


def test_a_rupture_of_ones_own_is_what_the_scenario_is(client, chained, answer):
    """The same plane under no name: the same links, dams and people, only the name is gone."""
    found = client.post(PATH, json={"rupture_of_trace": own_rupture(), "mudflows": ["burst"]})
    assert found.status_code == 200, found.text
    own = found.json()
    assert own["earthquake"]["id"] is None
    assert own["earthquake"]["name"] == "Earthquake of one's own, M7.3"
    assert own["earthquake"]["rupture"] == answer["earthquake"]["rupture"]
    assert answer["earthquake"]["id"] == QUAKE
    for member in ("city", "mudflows", "dams", "slopes", "any_mudflow_probability"):
        assert own[member] == answer[member], member
    assert client.post(PATH, json={"mudflows": ["burst"]}).json()["earthquake"]["id"] == QUAKE


def test_a_small_far_earthquake_of_ones_own_makes_no_mudflow(client, chained, answer):
    """Dams stay sound, so no other runs are needed; links fall, people if a mudflow comes do not."""
    point = {"lon": 76.9, "lat": 41.0, "depth_km": 15.0, "magnitude": 5.0}
    for body in ({"rupture_of_point": point}, {"scenario": QUAKE, "figures": {"magnitude": 5.0}}):
        found = client.post(PATH, json={**body, "mudflows": ["burst"], "off": ["dam_shaking"]})
        assert found.status_code == 200, found.text
        weak = found.json()
        assert weak["earthquake"]["id"] is None
        assert weak["earthquake"]["magnitude"] == 5.0
        assert 0.0 <= weak["any_mudflow_probability"]["value"] < answer["any_mudflow_probability"]["value"]
        sound = [each["city"]["if_mudflow_comes"]["burst"]["bar"]["sound_dams"] for each in (weak, answer)]
        assert sound[0] == sound[1]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scenario": "atlantis"}, "scenario"),
        ({"scenario": QUAKE, "rupture_of_trace": own_rupture()}, "rupture_of_trace"),
        ({"figures": {"magnitude": 7.0}}, "scenario"),
        ({"figures": {"magnitude": 7.0}, "rupture_of_trace": own_rupture()}, "figures"),
        ({"scenario": QUAKE, "figures": {"colour": 3.0}}, "colour"),
        ({"rupture_of_trace": {**own_rupture(), "dip_deg": 0.0}}, "dip_deg"),
        ({"rupture_of_trace": {**own_rupture(), "trace": [[76.6, 43.0], [76.6, 43.0]]}}, "trace"),
        ({"rupture_of_trace": own_rupture(12.0)}, "magnitude"),
        ({"rupture_of_trace": own_rupture(9.2)}, "magnitude"),
        ({"rupture_of_trace": own_rupture(3.5)}, "magnitude"),
        ({"rupture_of_point": {"lon": 76.0, "lat": 43.0, "depth_km": 10.0}}, "rupture_of_point.magnitude"),
        ({"rupture_of_point": {"lon": 76.0, "lat": 43.0, "depth_km": -1.0, "magnitude": 6.0}}, "depth_km"),
        ({"rupture": {}}, "rupture"),
        ({"scenario": ""}, "scenario"),
    ],
)
def test_a_rupture_that_cannot_be_is_refused_by_name(client, body, field):
    details = set()
    for code in ("en", "ru", "kk"):
        found = client.post(f"{PATH}?lang={code}", json={**body, "mudflows": ["burst"]})
        assert found.status_code == 400, found.text
        assert found.headers["content-type"].startswith("application/problem+json")
        assert field in [entry["field"] for entry in found.json()["errors"]], found.text
        details.add(found.json()["detail"])
    assert len(details) == 3


def test_the_answer_names_what_is_judged_and_how_the_dam_suffers(answer):
    assert {one["basis"] for one in answer["judgements"]} == {"judgement", "record"}
    assert all(one["source"] for one in answer["judgements"])
    (dam,) = answer["dams"]
    assert dam["settlement_m"] == sorted(dam["settlement_m"])
    assert dam["pga_g"]["p5"] < dam["pga_g"]["median"] < dam["pga_g"]["p95"]
    assert any("judgement" in note for note in answer["notes"])
    assert {link["id"] for link in answer["mudflows"][0]["links"]} == set(LINKS)
    assert answer["slopes"]["for_use"], "terrain of 60 m"
    assert [gorge["id"] for gorge in answer["slopes"]["gorges"]] == ["torrent"]


def test_slopes_of_the_terrain_take_the_place_of_the_judged_one():
    failing = np.outer([0.5, 1.0, 2.0], np.linspace(0.0, 0.3, 25))
    links = lake_links(quantiles(0.3), 7.0, 7, judgements(), NOTHING, failing_slopes=failing)
    assert links["slope_failure"].three == pytest.approx((0.075, 0.15, 0.3))
    assert links["slope_failure"].basis == "terrain"


def test_a_table_and_three_languages(client, chained):
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(PATH, params={**ASKED, "f": "csv"}).content.decode("utf-8-sig"))
        )
    )
    assert len(rows) == 2 * 3 * 2
    texts = {client.get(PATH, params={**ASKED, "lang": one}).json()["text"] for one in ("en", "ru", "kk")}
    assert len(texts) == 3


def test_what_is_not_made_yet_is_a_job(client, chained):
    found = client.get(PATH, params={**ASKED, "levels": "low,mid,high", "strategies": "bar"})
    assert found.status_code in (200, 202)
    if found.status_code == 202:
        assert found.headers["location"].startswith("/v1/jobs/")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"scenario": "atlantis"}, "scenario"),
        ({"scenario": ""}, "scenario"),
        ({"month": 0}, "month"),
        ({"month": 13}, "month"),
        ({"strategies": "walls"}, "strategies"),
        ({"mudflows": "flood"}, "mudflows"),
        ({"mudflows": "burst,burst-2005"}, "mudflows"),
        ({"links": "piping:1.2"}, "links.piping"),
        ({"links": "piping:nan"}, "links"),
        ({"links": "meteorite:0.1"}, "links"),
        ({"off": "everything"}, "off"),
        ({"lake_state": "dry"}, "lake_state"),
        ({"levels": "worst"}, "levels"),
        ({"measure": "dead"}, "measure"),
        ({"scheme": "x"}, "scheme"),
        ({"month_": 7}, "month_"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_in_three_languages(client, asked, field):
    details = set()
    for language in ("en", "ru", "kk"):
        found = client.get(PATH, params={**ASKED, **asked, "lang": language})
        assert found.status_code == 400, found.text
        assert field in [entry["field"] for entry in found.json()["errors"]], found.text
        details.add(found.json()["detail"])
    assert len(details) == 3


def test_bad_probabilities_in_a_body_are_unprocessable(client):
    for body, field in (
        ({"own_links": {"burst": {"season": 2.0}}}, "own_links.burst.season"),
        ({"own_links": {"flood": {}}}, "own_links"),
        ({"linkz": {}}, "linkz"),
    ):
        found = client.post(PATH, json={"mudflows": ["burst"], **body})
        assert found.status_code == 400, found.text
        assert field in [entry["field"] for entry in found.json()["errors"]]


def test_the_command_line_says_the_same(answer, valley, made_store, monkeypatch, capsys):
    from risk_api.cli import main

    common = ["--region", str(valley), "--data-dir", str(made_store), "--mudflows", "burst"]
    for more in (["--json"], ["--lang", "kk", "--month", "1"]):
        monkeypatch.setattr("sys.argv", ["selrisk", "chain", QUAKE, *common, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    shown = capsys.readouterr().out
    document, end = json.JSONDecoder().raw_decode(shown)
    assert document == answer
    assert "Аңғар аузы" in shown[end:]


def test_the_command_line_takes_another_magnitude_and_marks_what_lies_beyond(
    chained, valley, made_store, monkeypatch, capsys
):
    from risk_api.cli import main

    def said(*more):
        arguments = ["--region", str(valley), "--data-dir", str(made_store), "--mudflows", "burst", *more]
        monkeypatch.setattr("sys.argv", ["selrisk", "chain", QUAKE, "--off", "dam_shaking", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr()

    code, told = said("--magnitude", "8.3")
    assert code == 0
    assert "CB14 is asked beyond its range: magnitude 8.3" in " ".join(told.out.split())
    assert "M8.3" in told.out
    code, told = said("--magnitude", "9.9")
    assert code == 2
    assert "magnitude" in told.err
