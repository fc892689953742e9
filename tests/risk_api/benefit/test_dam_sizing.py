"""How high a dam would have to be, on a real small region with real runs."""

import json
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import open_region
from risk_api.benefit.dam_sizing import DamSizer
from risk_api.benefit.geometry import site_geometry
from risk_api.benefit.sizing import MOST_TRIALS, smallest_height
from risk_api.benefit.sizing_question import sizing_question
from risk_api.errors import (
    BadParameter,
    RunsMissing,
    UnknownDam,
    UnknownDistrict,
    UnknownScenario,
    UnknownScheme,
    UnknownStrategy,
)
from risk_api.i18n import LANGUAGES
from risk_api.runs import RunStore, plan
from risk_api.serialise.sizing import sizing_document


@pytest.fixture(scope="module")
def region(valley):
    return open_region(valley)


class Maker:
    """Makes runs that are missing and counts them."""

    def __init__(self, region, store):
        self.region, self.store, self.made = region, store, []

    def __call__(self, spec):
        from risk_api.runs.make import make_run

        if not self.store.has(spec.id):
            self.made.append(spec.id)
        return make_run(self.region, spec, self.store)


@pytest.fixture(scope="module")
def maker(region, made_store):
    return Maker(region, RunStore(made_store / "runs"))


@pytest.fixture(scope="module")
def answer(region, maker):
    question = sizing_question(region, "burst", "bar", 1.0, cost_per_m3=10.0)
    return DamSizer(region, question).search(maker)


def test_a_height_that_suffices_beside_one_that_does_not(answer, maker):
    found = answer.found
    assert found.answer == "height"
    assert len(maker.made) <= found.asked <= MOST_TRIALS - 1
    rows = {row.height_m: row for row in answer.curve}
    assert round(rows[found.height_m].people_affected, 1) < 1.0
    lower = next(h for h in rows if h == pytest.approx(found.height_m - found.resolved_to_m))
    assert round(rows[lower].people_affected, 1) >= 1.0
    assert found.resolved_to_m <= 1.0


def test_the_curve_is_what_the_runs_say(answer, maker):
    heights = [row.height_m for row in answer.curve]
    assert heights == sorted(heights)
    assert heights[0] == 0.0
    for row in answer.curve:
        run = maker.store.open(row.run_id)
        affected = sum(
            counts["schemes"]["buwal"][name]["people"]
            for counts in run.districts
            for name in ("strong", "medium")
        )
        assert row.people_affected == pytest.approx(affected)
        if row.height_m:
            record = next(dam for dam in run.dams if dam["id"] == "bar")
            assert row.overflow_m3 == record["overflow_m3"]
            assert record["crest_elevation_m"] == pytest.approx(row.crest_elevation_m, abs=0.01)
            assert row.capacity_m3 == record["capacity_on_grid_m3"]
            assert row.cost == pytest.approx(10.0 * row.capacity_m3)
        assert row.worse == (
            row.people_affected >= answer.curve[0].people_affected + 0.5
            or row.people_exposed >= answer.curve[0].people_exposed + 0.5
        )
    capacities = [row.capacity_m3 for row in answer.curve[1:]]
    assert capacities == sorted(capacities)
    overflows = [row.overflow_m3 for row in answer.curve[1:]]
    assert overflows == sorted(overflows, reverse=True)


def test_runs_of_the_comparisons_are_taken_over(region, answer):
    """No dam, and the dam as it is, are runs of two strategies: the search must not make them again."""
    runs = {row.height_m: row.run_id for row in answer.curve}
    assert runs[0.0] == plan(region, "burst", "no-dams").id
    assert runs[25.0] == plan(region, "burst", "bar").id


@pytest.mark.parametrize("dam", ["ayusai", "aksai", "kargaly"])
def test_the_dams_own_height_is_the_run_of_the_strategy_in_which_it_stands(almaty, dam):
    scenario = {
        "ayusai": "kumbelsu-1977",
        "aksai": "aksai-lake-outburst",
        "kargaly": "kargaly-2015-official",
    }[dam]
    question = sizing_question(almaty, scenario, dam, 1000.0, strategy="both", cell_size_m=120.0)
    sizer = DamSizer(almaty, question)
    own = plan(almaty, scenario, "both", cell_size_m=120.0)
    assert sizer.spec(almaty.dam_sites[dam].height_m.value).id == own.id
    other = sizer.spec(almaty.dam_sites[dam].height_m.value + 0.1)
    assert other.id != own.id
    crest = other.values["changes"][dam]["crest_elevation_m"]
    assert crest == pytest.approx(sizer.geometry.crest_m(sizer.geometry.own_height_m + 0.1), abs=0.01)


def test_the_same_question_again_makes_no_run(region, answer, maker):
    before = len(maker.made)
    again = DamSizer(region, answer.question).search(maker)
    assert len(maker.made) == before
    assert again.curve == answer.curve


def test_none_needed_looks_at_one_run(region, maker):
    found = DamSizer(region, sizing_question(region, "burst", "bar", 1e6)).search(maker).found
    assert (found.answer, len(found.trials)) == ("none needed", 1)


def test_a_run_that_is_missing_stops_the_search_with_its_spec(region, tmp_path):
    store = RunStore(tmp_path)

    def ask(spec):
        raise RunsMissing([spec])

    with pytest.raises(RunsMissing) as missing:
        DamSizer(region, sizing_question(region, "burst", "bar", 1.0)).search(ask)
    assert [spec.id for spec in missing.value.specs] == [plan(region, "burst", "no-dams").id]
    assert store.ids() == []


def test_no_height_suffices_says_why(region, maker):
    """Crests so low that all of them overflow: the answer names that, and what the tallest leaves."""
    question = sizing_question(region, "burst", "bar", 0.5, tallest_m=6.5)
    answer = DamSizer(region, question).search(maker)
    assert answer.found.answer == "no height suffices"
    key, params = answer.reason
    assert key == "overtopped"
    record = next(d for d in maker.store.open(answer.curve[-1].run_id).dams if d["id"] == "bar")
    assert float(params["volume"]) == pytest.approx(record["overflow_m3"], abs=1.0)


def test_documents_have_equal_numbers_in_every_language(region, answer):
    documents = {code: sizing_document(answer, region, code) for code in LANGUAGES}
    texts = {documents[code]["text"] for code in LANGUAGES}
    assert len(texts) == 3
    for code in ("kk", "ru"):
        for member in ("height_m", "curve", "runs", "volume_balance", "people_above_dam"):
            assert documents[code][member] == documents["en"][member]
    assert json.dumps(documents["en"], allow_nan=False)
    assert any("breach" in note for note in documents["en"]["notes"])
    assert {item["id"] for item in documents["en"]["assumptions"]} >= {
        "voellmy_mu",
        "dam.bar.opening_area_m2",
    }


def test_every_height_says_what_the_cells_made_of_it(region, answer, maker):
    rows = {row["height_m"]: row for row in sizing_document(answer, region, "en")["curve"]}
    assert rows[0.0]["on_grid"] is None
    for height, row in rows.items():
        if not height:
            continue
        told = row["on_grid"]
        record = next(dam for dam in maker.store.open(row["run_id"]).dams if dam["id"] == "bar")
        assert told["height_taken_m"] == pytest.approx(height, abs=0.06)
        bed = record["bed_elevation_m"]
        assert told["height_m"] == pytest.approx(record["crest_elevation_m"] - bed, abs=0.01)
        assert told["capacity_m3"] == record["capacity_on_grid_m3"]
        # What is published is the volume behind the crest as it is, and behind no other.
        assert (told["capacity_taken_m3"] is None) == (height != 25.0)


def with_records(answer, heights, **more):
    """The same answer where the records of the dam at some heights say something else."""
    trials = [
        replace(
            trial,
            outcome=replace(
                trial.outcome,
                dams={"bar": {**trial.outcome.dams["bar"], **(more if trial.height_m in heights else {})}},
            ),
        )
        for trial in answer.found.trials
    ]
    return replace(answer, found=replace(answer.found, trials=trials))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_off_on_the_cells_is_warned_of_where_it_counts(region, answer, language):
    """Of the height that is the answer and of the dam as it is: every other height has its figures alone."""
    plain = sizing_document(answer, region, language)["warnings"]
    heights = [row.height_m for row in answer.curve]
    other = next(h for h in heights if h not in (0.0, 25.0, answer.found.height_m))
    for height in (other, 25.0, answer.found.height_m):
        inflow = next(row.inflow_m3 for row in answer.curve if row.height_m == height)
        document = sizing_document(
            with_records(answer, [height], round_m3=0.25 * inflow / 0.75), region, language
        )
        row = next(row for row in document["curve"] if row["height_m"] == round(height, 1))
        assert row["on_grid"]["round_share"] == 0.25
        more = [text for text in document["warnings"] if text not in plain]
        assert [" 25 %" in text for text in more] == ([] if height == other else [True])


@pytest.mark.parametrize(("factor", "warned"), [(1.9, False), (2.1, True), (0.4, True)])
def test_a_capacity_that_contradicts_the_height_by_more_than_two_is_warned_of(region, answer, factor, warned):
    """By what the ground holds behind the whole dam: `storage_factor` is published over that."""
    told = with_records(answer, [25.0], storage_factor=factor)
    texts = {code: sizing_document(told, region, code)["warnings"] for code in LANGUAGES}
    plain = sizing_document(with_records(answer, [25.0], storage_factor=1.0), region, "en")["warnings"]
    assert all(len(texts[code]) == len(plain) + warned for code in LANGUAGES)
    assert len({tuple(texts[code]) for code in LANGUAGES}) == (3 if warned or plain else 1)


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"scenario": "nope"}, UnknownScenario, "scenario"),
        ({"dam": "nope"}, UnknownDam, "dam"),
        ({"strategy": "nope"}, UnknownStrategy, "strategies"),
        ({"district": "nope"}, UnknownDistrict, "district"),
        ({"scheme": "nope"}, UnknownScheme, "scheme"),
        ({"affected_below": -1.0}, BadParameter, "affected_below"),
        ({"affected_below": float("nan")}, BadParameter, "affected_below"),
        ({"lowest_m": 30.0, "tallest_m": 20.0}, BadParameter, "tallest_m"),
        ({"lowest_m": -3.0}, BadParameter, "lowest_m"),
        ({"cost_per_m3": 0.0}, BadParameter, "cost_per_m3"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(region, given, error, field):
    asked = {"scenario": "burst", "dam": "bar", "affected_below": 1.0, **given}
    with pytest.raises(error) as refused:
        sizing_question(region, **asked)
    assert refused.value.fields[0].field == field


def test_a_dam_that_the_flow_never_meets_is_refused(almaty):
    with pytest.raises(BadParameter, match="never meets") as refused:
        sizing_question(almaty, "kumbelsu-1977", "aksai", 1000.0)
    assert refused.value.field == "dam"
    assert "ayusai" in refused.value.allowed


def test_a_dam_that_does_not_close_its_valley_is_refused(region):
    """The valley's sides are 300 m high: a dam of 240 m would need more width than there is."""
    grid = region.terrain(60.0)
    for tallest, field in ((240.0, "tallest_m"), (400.0, "tallest_m")):
        with pytest.raises(BadParameter) as refused:
            site_geometry(region, grid, "bar", (), None, tallest)
        assert refused.value.field == field


def test_the_tallest_that_is_searched_closes(almaty):
    """Kargaly's valley closes lower than twice its dam; what is searched has to be buildable."""
    grid = almaty.terrain(90.0)
    for dam in ("ayusai", "kargaly"):
        geometry = site_geometry(almaty, grid, dam, ())
        assert geometry.tallest_m <= 2.0 * geometry.own_height_m
        again = site_geometry(almaty, grid, dam, (), None, geometry.tallest_m)
        assert again.capacity_m3(geometry.tallest_m) == pytest.approx(
            geometry.capacity_m3(geometry.tallest_m), rel=0.1
        )
        height = geometry.height_holding(0.5 * geometry.capacity_m3(geometry.tallest_m))
        assert geometry.capacity_m3(height) == pytest.approx(
            0.5 * geometry.capacity_m3(geometry.tallest_m), rel=0.02
        )


@pytest.fixture
def selrisk(valley, made_store, monkeypatch, capsys):
    monkeypatch.setenv("RISK_REGION", str(valley))
    monkeypatch.setenv("RISK_DATA_DIR", str(made_store))

    def call(*arguments):
        from risk_api.cli import main

        monkeypatch.setattr(sys, "argv", ["selrisk", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_the_command_line_shows_a_height_and_its_curve(selrisk, answer):
    code, out, _ = selrisk("dam", "size", "bar", "--scenario", "burst", "--affected-below", "1")
    assert code == 0
    assert f"a crest {answer.found.height_m} m above the river bed" in out
    assert "longer" in out
    assert "overtopped" in out
    code, out, _ = selrisk("dam", "size", "bar", "--scenario", "burst", "--affected-below", "1", "--json")
    document = json.loads(out)
    assert document["height_m"] == answer.found.height_m
    assert document["runs"] == {"used": len(answer.curve), "at_most": 8, "made_now": 0}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("nope", "--scenario", "burst", "--affected-below", "1"), ("nope", "bar")),
        (("bar", "--scenario", "nope", "--affected-below", "1"), ("nope", "burst")),
        (("bar", "--scenario", "burst", "--affected-below", "-5"), ("affected_below", "above 0")),
        (
            ("bar", "--scenario", "burst", "--affected-below", "1", "--lowest", "9", "--tallest", "8"),
            ("tallest_m", "9"),
        ),
    ],
)
def test_mistakes_on_the_command_line_are_one_sentence(selrisk, arguments, named):
    code, out, err = selrisk("dam", "size", *arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for word in named:
        assert word in err


def test_every_height_between_the_lowest_and_the_dams_own_can_be_built(almaty):
    """Walls of a few metres end on single cells and leak: the search begins above them."""
    from risk_api.benefit.closing import SPILL_ABOVE_BED_M, ClosingSite

    grid = almaty.terrain(90.0)
    for dam in ("ayusai", "aksai", "kargaly", "mynzhylky"):
        geometry = site_geometry(almaty, grid, dam, ())
        site = ClosingSite(almaty, grid, dam, ())
        assert 0.0 < geometry.lowest_m < geometry.own_height_m <= geometry.tallest_m
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            height = geometry.lowest_m + share * (geometry.own_height_m - geometry.lowest_m)
            placed = site.at(height)
            assert placed is not None
            assert placed.spill_elevation_m - placed.bed_elevation_m >= SPILL_ABOVE_BED_M


@pytest.fixture(scope="module")
def geometry(region):
    return site_geometry(region, region.terrain(60.0), "bar", ())


@given(needed=st.floats(0.05, 0.95))
def test_by_capacity_the_range_of_capacities_is_halved(geometry, needed):
    """People fall below the limit from one capacity on: the search ends beside it."""
    least, most = (geometry.capacity_m3(height) for height in (geometry.lowest_m, geometry.tallest_m))
    enough = least + needed * (most - least)
    found = smallest_height(
        lambda height: 0.0 if height and geometry.capacity_m3(height) >= enough else 5000.0,
        float,
        affected_below=1000.0,
        lowest_m=geometry.lowest_m,
        tallest_m=geometry.tallest_m,
        between=geometry.halving_capacity,
    )
    assert found.answer == "height"
    assert found.asked <= MOST_TRIALS
    assert geometry.capacity_m3(found.height_m) >= enough
    # None, the tallest and six halvings of what is left, unless a metre was reached before.
    below = found.height_m - found.resolved_to_m
    assert geometry.capacity_m3(below) < enough
    left = geometry.capacity_m3(found.height_m) - geometry.capacity_m3(below)
    assert found.resolved_to_m <= 1.0 or left <= most / 2**6 * 1.1 + 5_000.0


def test_by_capacity_the_answer_is_a_capacity_between_those_asked_for(region, geometry, maker):
    largest = round(geometry.capacity_m3(25.0))
    question = sizing_question(region, "burst", "bar", 1.0, by="capacity", largest_m3=largest)
    answer = DamSizer(region, question).search(maker)
    document = sizing_document(answer, region, "en")
    assert document["question"]["by"] == "capacity"
    assert document["searched"]["largest_m3"] == pytest.approx(largest, rel=0.01)
    rows = {row["height_m"]: row for row in document["curve"]}
    chosen = rows[document["height_m"]]
    assert document["capacity_m3"] == chosen["capacity_m3"] <= largest * 1.01
    assert chosen["people_affected"] < 1.0
    failing = rows[round(document["height_m"] - document["resolved_to_m"], 1)]
    assert failing["people_affected"] >= 1.0
    assert document["resolved_to_m3"] == chosen["capacity_m3"] - (failing["capacity_m3"] or 0)
    assert document["text"].startswith("Bar: a capacity of")
    assert len({sizing_document(answer, region, code)["text"] for code in LANGUAGES}) == 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"by": "length"}, "by"),
        ({"by": "capacity", "tallest_m": 20.0}, "tallest_m"),
        ({"largest_m3": 1e5}, "largest_m3"),
        ({"by": "capacity", "smallest_m3": -1.0}, "smallest_m3"),
        ({"by": "capacity", "largest_m3": 1e12}, "largest_m3"),
        ({"by": "capacity", "smallest_m3": 1e5, "largest_m3": 5e4}, "largest_m3"),
    ],
)
def test_a_capacity_that_cannot_be_searched_is_refused_by_name(region, given, field):
    with pytest.raises(BadParameter) as refused:
        DamSizer(region, sizing_question(region, "burst", "bar", 1.0, **given))
    assert refused.value.fields[0].field == field
