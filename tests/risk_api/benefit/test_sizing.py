"""The smallest height: minimal within its tolerance, at most eight runs, honest where it fails."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.sizing import MOST_TRIALS, height_for_volume, smallest_height
from risk_api.errors import BadParameter

LOWEST, TALLEST = 2.0, 82.0
#: Eight runs: none, the tallest, at most two guesses, and four halvings of what is left, to a decimetre.
RESOLVED = (TALLEST - LOWEST) / 2**4 + 0.2


class Counted:
    """A dam that affects `people(height)`; counts how often it is asked."""

    def __init__(self, people):
        self.people = people
        self.heights = []

    def __call__(self, height):
        self.heights.append(height)
        return self.people(height)


def search(people, below=1000.0, **more):
    counted = Counted(people)
    limits = {"lowest_m": LOWEST, "tallest_m": TALLEST, **more}
    found = smallest_height(counted, float, affected_below=below, **limits)
    assert len(counted.heights) == len(set(counted.heights)) == found.asked
    assert found.asked <= more.get("most_trials", MOST_TRIALS)
    return found


def needs(height, before=5000.0, after=10.0):
    return lambda tried: after if tried >= height else before


steps = st.lists(st.tuples(st.floats(LOWEST, TALLEST), st.floats(0.0, 3000.0)), min_size=1, max_size=12)


@given(steps, st.lists(st.floats(-50.0, 150.0), max_size=2), st.floats(1.0, 5000.0))
def test_minimal_within_its_tolerance_for_any_falling_step_function(found_steps, guess, below):
    def people(height):
        return 100.0 + sum(drop for at, drop in found_steps if height < at)

    found = search(people, below, guesses_m=guess)
    assert found.falling
    assert found.fails_above_m == ()
    if people(0.0) < below:
        assert found.answer == "none needed"
        assert found.asked == 1
    elif people(TALLEST) >= below:
        assert found.answer == "no height suffices"
        assert found.height_m is None
    else:
        assert found.answer == "height"
        assert people(found.height_m) < below
        if found.resolved_to_m is None:
            assert found.height_m <= LOWEST + RESOLVED
        else:
            assert people(found.height_m - found.resolved_to_m) >= below
            assert found.resolved_to_m <= RESOLVED


@given(st.floats(0.0, 200.0), st.floats(0.1, 5.0), st.floats(10.0, 4000.0))
def test_minimal_within_its_tolerance_for_any_smooth_fall(scale, power, below):
    def people(height):
        return 5000.0 * math.exp(-((height / (scale + 1.0)) ** power))

    found = search(people, below, guesses_m=[40.0])
    if found.answer == "height":
        exact = (scale + 1.0) * math.log(5000.0 / below) ** (1.0 / power)
        assert found.height_m == pytest.approx(max(exact, LOWEST), abs=RESOLVED + 1e-6)
        assert found.height_m >= exact - 1e-6
    else:
        assert found.answer == "no height suffices"
        assert people(TALLEST) >= below


@given(st.lists(st.floats(0.0, 3000.0), min_size=82, max_size=82), st.lists(st.floats(0.0, 90.0), max_size=2))
def test_any_function_at_all_ends_within_eight_runs_and_is_reported(values, guess):
    found = search(lambda height: values[min(81, int(height))], guesses_m=guess)
    heights = [trial.height_m for trial in found.trials]
    assert heights == sorted(heights)
    rises = any(b.affected > a.affected + 0.5 for a, b in zip(found.trials, found.trials[1:], strict=False))
    assert found.falling == (not rises)
    if found.answer == "height":
        trial = next(t for t in found.trials if t.height_m == found.height_m)
        assert trial.affected < 1000.0
        assert set(found.fails_above_m) == {
            t.height_m for t in found.trials if t.height_m > found.height_m and t.affected >= 1000.0
        }
    if found.answer == "no height suffices":
        assert all(trial.affected >= 1000.0 for trial in found.trials)


def test_a_good_guess_saves_runs():
    without = search(needs(40.0), tolerance_m=3.0)
    with_guess = search(needs(40.0), guesses_m=[40.4], known={38.0: 5000.0}, tolerance_m=3.0)
    assert with_guess.height_m == 40.4
    assert with_guess.asked < without.asked


def test_what_is_known_is_not_asked_again():
    known = {0.0: 5000.0, TALLEST: 10.0, 40.5: 10.0, 39.8: 5000.0}
    found = search(needs(40.0), known=known)
    assert found.asked == 0
    assert (found.height_m, found.resolved_to_m) == (40.5, pytest.approx(0.7))


def test_none_needed_asks_for_one_run_only():
    found = search(needs(40.0, before=999.0))
    assert (found.answer, found.asked) == ("none needed", 1)


def test_exactly_the_limit_is_not_below_it():
    assert search(needs(40.0, after=1000.0)).answer == "no height suffices"
    assert search(needs(40.0, after=999.9)).answer == "height"


def test_no_height_suffices_says_what_the_tallest_leaves():
    found = search(lambda height: 5000.0 - 10.0 * height)
    assert found.answer == "no height suffices"
    assert found.tallest.affected == pytest.approx(5000.0 - 10.0 * TALLEST)
    assert found.best is found.tallest


def test_a_tall_dam_that_does_harm_hides_neither_the_height_nor_the_harm():
    """A pool that floods a village from 60 m on: lower ones suffice, and it is said that taller ones fail."""
    found = search(lambda height: 5000.0 if height < 30.0 or height > 60.0 else 10.0, guesses_m=[35.0])
    assert found.answer == "height"
    assert 30.0 <= found.height_m <= 35.0
    assert not found.falling
    assert TALLEST in found.fails_above_m


def test_the_lowest_dam_that_can_be_built_may_suffice():
    found = search(needs(1.0), guesses_m=[2.8])
    assert (found.answer, found.height_m) == ("height", LOWEST)
    assert found.resolved_to_m is None


def test_a_lower_dam_that_nobody_tried_is_not_said_to_fail():
    spent = search(needs(1.0))
    assert spent.asked == MOST_TRIALS
    assert spent.resolved_to_m is None
    tried = search(needs(2.5), guesses_m=[2.8])
    assert tried.height_m == 2.8
    assert tried.resolved_to_m == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("field", "given_"),
    [
        ("affected_below", {"below": -1.0}),
        ("affected_below", {"below": 0.0}),
        ("affected_below", {"below": math.nan}),
        ("tallest_m", {"lowest_m": 50.0, "tallest_m": 40.0}),
        ("tallest_m", {"lowest_m": 40.0, "tallest_m": 40.0}),
        ("lowest_m", {"lowest_m": -2.0}),
        ("tolerance_m", {"tolerance_m": 0.0}),
        ("most_trials", {"most_trials": 2}),
    ],
)
def test_what_cannot_be_searched_is_refused_by_name_and_costs_no_run(field, given_):
    counted = Counted(needs(40.0))
    options = {"lowest_m": LOWEST, "tallest_m": TALLEST, **given_}
    with pytest.raises(BadParameter) as refused:
        smallest_height(counted, float, affected_below=options.pop("below", 1000.0), **options)
    assert refused.value.field == field
    assert counted.heights == []


def test_an_error_of_a_run_passes_through():
    def fails(height):
        raise RuntimeError("no such dam")

    with pytest.raises(RuntimeError, match="no such dam"):
        smallest_height(fails, float, affected_below=1.0, lowest_m=1.0, tallest_m=2.0)


def test_a_run_that_counts_no_number_is_an_error_not_an_answer():
    with pytest.raises(ValueError, match="nan"):
        search(lambda height: math.nan)


def test_volume_to_level():
    level, volume = [0.0, 10.0, 20.0, 30.0], [0.0, 0.0, 100.0, 500.0]
    assert height_for_volume(level, volume, 50.0) == pytest.approx(15.0)
    assert height_for_volume(level, volume, 300.0) == pytest.approx(25.0)
    assert height_for_volume(level, volume, 500.1) is None
    assert height_for_volume(level, volume, 0.0) == 10.0
