"""Benefit over several events of one river, and which events and frequencies the embedded region gives."""

import json
import shutil

import pytest

from geodata import open_region
from risk_api.benefit.annual import Node, expected_annual
from risk_api.benefit.answers import BenefitAnswers
from risk_api.benefit.question import benefit_question, distinct_events
from risk_api.benefit.rates import scenario_rates
from risk_api.benefit.site_ranking import ranking_question
from risk_api.benefit.states import ABSENT, Planner
from risk_api.errors import BadParameter, RunsMissing
from risk_api.runs import RunStore, plan

SIZES = {"small": 20_000.0, "middle": 200_000.0, "large": 2_000_000.0}
RATES = {"small": 0.1, "middle": 0.02, "large": 0.001}


@pytest.fixture(scope="module")
def region(valley, tmp_path_factory):
    """The valley with three flows of one river, and a record to count in."""
    folder = tmp_path_factory.mktemp("three") / "valley"
    shutil.copytree(valley, folder)
    scenarios = json.loads((folder / "scenarios.json").read_text(encoding="utf-8"))
    burst = scenarios["burst"]
    three = {
        name: {
            **burst,
            "mudflow_m3": {**burst["mudflow_m3"], "value": size, "low": size, "high": size},
            "peak_discharge_m3_s": {"value": 300.0, "low": 300.0, "high": 300.0, "unit": "m3/s"},
            "date": f"20{number:02}-07-01",
        }
        for number, (name, size) in enumerate(SIZES.items(), start=1)
    }
    (folder / "scenarios.json").write_text(json.dumps(three, ensure_ascii=False), encoding="utf-8")
    assumptions = json.loads((folder / "assumptions.json").read_text(encoding="utf-8"))
    years = {"value": 100.0, "low": 50.0, "high": 200.0, "unit": "years"}
    assumptions["mudflow_record_years"] = {**assumptions["manning_n"], **years}
    (folder / "assumptions.json").write_text(json.dumps(assumptions, ensure_ascii=False), encoding="utf-8")
    return open_region(folder)


@pytest.fixture(scope="module")
def answers(region, tmp_path_factory):
    from risk_api.runs.make import make_run

    store = RunStore(tmp_path_factory.mktemp("runs"))
    made = []

    def make(specs):
        for spec in specs:
            made.append(spec.id)
            make_run(region, spec, store)

    found = BenefitAnswers(region, store, make)
    found.made = made
    return found


@pytest.fixture(scope="module")
def assessment(region, answers):
    return answers.benefit(benefit_question(region, strategies=["bar"], frequencies=RATES))


def test_the_residual_is_the_curve_with_the_overload_in_it(region, assessment):
    strategy = assessment.strategies["bar"]
    (overload,) = strategy.overloads
    assert (overload.dam, overload.held, overload.overflows) == ("bar", "middle", "large")
    assert RATES["large"] < overload.frequency_per_year < RATES["middle"]
    assert 361_000.0 < overload.inflow_m3 < SIZES["large"]
    mouth = strategy.districts["mouth"]
    people = {event.scenario: event.strategy for event in mouth.events}
    assert people["large"] > people["middle"]
    nodes = [Node(RATES[name], people[name]) for name in SIZES]
    level = Node(overload.frequency_per_year, people["middle"])
    assert mouth.parts["value"].residual.value == pytest.approx(expected_annual([*nodes, level]).value)
    assert mouth.parts["value"].residual.value < expected_annual(nodes).value


def test_the_reference_is_the_curve_without_it(assessment):
    mouth = assessment.strategies["bar"].districts["mouth"]
    nodes = [Node(RATES[event.scenario], event.reference) for event in mouth.events]
    assert mouth.parts["value"].reference.value == pytest.approx(expected_annual(nodes).value)
    parts = mouth.parts["value"]
    assert parts.benefit == pytest.approx(parts.gain - parts.harm)
    assert parts.benefit > 0.0


def test_the_same_runs_on_both_sides_are_no_benefit_though_their_dam_overflows(region, answers):
    found = answers.benefit(benefit_question(region, strategies=["same"], reference="bar", frequencies=RATES))
    city = found.strategies["same"].city()
    assert found.strategies["same"].overloads
    assert city.residual.value > 0.0
    assert city.reference.value == pytest.approx(city.residual.value)
    assert (city.benefit, city.gain, city.harm) == (0.0, 0.0, 0.0)
    assert city.background.value == pytest.approx(city.residual.value)


def test_counted_frequencies_give_a_band_and_given_ones_none(region, answers, assessment):
    given = assessment.strategies["bar"].city()
    assert assessment.strategies["bar"].city("low").benefit == given.benefit
    counted = answers.benefit(benefit_question(region, strategies=["bar"]))
    rates = counted.rates
    assert [rates[name].events for name in SIZES] == [3, 2, 1]
    assert rates["small"].value > rates["middle"].value > rates["large"].value
    assert all(rate.low < rate.value < rate.high and rate.basis == "counted" for rate in rates.values())
    city = counted.strategies["bar"]
    low, value, high = (city.city(end).reference.value for end in ("low", "value", "high"))
    assert low < value < high


def test_frequencies_make_no_further_run(region, answers, assessment):
    before = list(answers.made)
    answers.benefit(benefit_question(region, strategies=["bar", "same"], frequencies=RATES))
    assert answers.made == before
    assert len(before) == len(set(before)) == 6


def test_people_in_any_of_the_footprints_are_those_of_the_largest_here(assessment):
    """In one valley the footprints lie in each other: adding them up would count people three times."""
    mouth = assessment.strategies["bar"].districts["mouth"]
    largest = max(event.reference for event in mouth.events)
    total = sum(event.reference for event in mouth.events)
    assert largest <= mouth.in_any_reference + 1e-6
    assert mouth.in_any_reference == pytest.approx(largest, rel=0.02)
    assert mouth.in_any_reference < total


def test_upstream_people_are_listed_for_the_added_dam(assessment):
    found = assessment.strategies["bar"].upstream
    assert {(one.scenario, one.dam) for one in found} == {(name, "bar") for name in SIZES}


def test_ranking_one_dam_agrees_with_its_benefit(region, answers, assessment):
    over = benefit_question(region, frequencies=RATES)
    ranking = answers.ranking(ranking_question(region, ["bar"], over))
    (place,) = ranking.ranking.places
    city = assessment.strategies["bar"].city()
    assert ranking.expected == pytest.approx(city.reference.value)
    assert place.added == place.alone == pytest.approx(city.benefit)


def test_runs_are_asked_for_once_and_only_after_the_frequencies_are_right(region, tmp_path):
    answers = BenefitAnswers(region, RunStore(tmp_path))
    with pytest.raises(RunsMissing) as missing:
        answers.benefit(benefit_question(region, strategies=["bar", "same"], frequencies=RATES))
    ids = [spec.id for spec in missing.value.specs]
    assert len(ids) == len(set(ids)) == 6
    with pytest.raises(BadParameter, match="above 0"):
        answers.benefit(benefit_question(region, strategies=["bar"], frequencies={"small": 0.0}))


def test_an_event_told_twice_counts_once(almaty):
    events = distinct_events(almaty)
    assert {"tuyuksu-1973", "kargaly-2015-official"} <= set(events)
    assert not {"tuyuksu-1973-entrainment", "kargaly-2015-database"} & set(events)
    for twice in (
        ["tuyuksu-1973", "tuyuksu-1973-entrainment"],
        ["kargaly-2015-official", "kargaly-2015-database"],
    ):
        with pytest.raises(BadParameter, match="one event told twice"):
            benefit_question(almaty, twice, ["ayusai"])


def test_frequencies_of_the_embedded_region_are_ranged_assumptions(almaty):
    rates = scenario_rates(almaty, distinct_events(almaty))
    assert {rate.basis for rate in rates.values()} == {"counted"}
    assert {rate.confidence for rate in rates.values()} == {"assumption"}
    kumbelsu = [
        rates[name] for name in ("kumbelsu-rain-2023-07-21", "kumbelsu-rain-2023-07-06", "kumbelsu-1977")
    ]
    assert [rate.events for rate in kumbelsu] == [3, 2, 1]
    assert rates["aksai-lake-outburst"].events == 0
    # Once in 185 years at the least, and not more than a few times a century: wide, and said to be.
    assert kumbelsu[-1].low < 1 / 185.0 < kumbelsu[-1].value < 1 / 50.0 < kumbelsu[-1].high
    for rate in rates.values():
        assert rate.high > 5.0 * rate.low


def test_runs_with_other_states_are_those_of_a_strategy_where_one_is_the_same(almaty):
    planner = Planner(almaty)
    without = planner.with_states("kumbelsu-1977", "ayusai", {"ayusai": ABSENT})
    assert without.id == plan(almaty, "kumbelsu-1977", "no-dams").id
    assert planner.perfect("aksai-lake-outburst", "aksai-unfinished").id == (
        plan(almaty, "aksai-lake-outburst", "both").id
    )
    assert planner.perfect("kumbelsu-1977", "ayusai").id == plan(almaty, "kumbelsu-1977", "ayusai").id
    assert planner.added("kumbelsu-1977", "no-dams", "both") == ["ayusai"]
    assert planner.added("aksai-lake-outburst", "no-dams", "both") == ["aksai"]
    assert planner.with_states("kumbelsu-1977", "ayusai", {"aksai": ABSENT}).id == (
        plan(almaty, "kumbelsu-1977", "ayusai").id
    )


def test_the_two_ordered_dams_are_ranked_by_default(almaty):
    over = benefit_question(almaty, ["kumbelsu-1977", "aksai-lake-outburst"])
    assert set(ranking_question(almaty, [], over).dams) == {"ayusai", "aksai"}
    with pytest.raises(BadParameter, match="no cost is published of kargaly"):
        ranking_question(almaty, ["kargaly", "ayusai"], over, "cost")
    with pytest.raises(BadParameter, match="each once"):
        ranking_question(almaty, ["ayusai", "ayusai"], over)
