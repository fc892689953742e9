"""Expected annual exposure: one published curve by four rules, and what has to hold for any curve."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.annual import NOTHING, Node, expected_annual, interpolated
from risk_api.errors import BadParameter

RETURN_PERIODS = (10, 30, 100, 300, 1000)
PEOPLE = (0, 500, 4000, 12000, 30000)
CURVE = [Node(1.0 / years, people) for years, people in zip(RETURN_PERIODS, PEOPLE, strict=True)]

frequencies = st.lists(st.floats(1e-5, 1.0), min_size=1, max_size=8, unique=True)
people = st.floats(0.0, 1e6)
curves = frequencies.flatmap(
    lambda found: st.tuples(*(people for _ in found)).map(
        lambda values: [Node(f, v) for f, v in zip(found, values, strict=True)]
    )
)


def close(a, b, scale):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9 * max(1.0, scale))


def largest(curve):
    return max(node.frequency_per_year * node.consequence for node in curve) + sum(
        n.consequence for n in curve
    )


def test_the_published_vector_by_every_rule():
    annual = expected_annual(CURVE)
    assert annual.value == pytest.approx(201.5, abs=0.05)
    assert annual.value - annual.tail == pytest.approx(171.5, abs=0.05)
    assert annual.loglinear == pytest.approx(181.6, abs=0.05)
    assert annual.smaller_ends == pytest.approx(96.3, abs=0.05)
    assert annual.larger_ends == pytest.approx(306.7, abs=0.05)
    assert annual.tail == pytest.approx(30.0)
    assert annual.tail_share == pytest.approx(30.0 / 201.5, rel=1e-3)
    assert annual.rule == "trapezoid in frequency with explicit tail"


@pytest.mark.parametrize(
    ("position", "weight"), list(enumerate((0.03932, 0.04130, 0.01331, 0.00413, 0.00194)))
)
def test_the_published_weights_of_the_logarithmic_rule(position, weight):
    unit = [Node(n.frequency_per_year, 1.0 if i == position else 0.0) for i, n in enumerate(CURVE)]
    assert expected_annual(unit).loglinear == pytest.approx(weight, abs=5e-6)


def test_one_event_is_its_frequency_times_its_people():
    annual = expected_annual([Node(0.01, 250.0)])
    assert (annual.value, annual.loglinear, annual.smaller_ends, annual.larger_ends) == (2.5, 2.5, 2.5, 2.5)
    assert annual.tail_share == 1.0


def test_nothing_has_no_tail_share():
    assert expected_annual([]) == NOTHING
    assert expected_annual([Node(0.1, 0.0)]).tail_share is None


def test_a_jump_at_one_frequency_goes_from_the_first_to_the_second():
    jump = [Node(0.1, 0.0), Node(0.02, 0.0), Node(0.02, 100.0), Node(0.01, 100.0)]
    assert expected_annual(jump).value == pytest.approx(0.01 * 100.0 + 0.01 * 100.0)


@pytest.mark.parametrize("frequency", [0.0, -0.1, math.nan, math.inf])
def test_a_frequency_that_is_none_is_refused_by_name(frequency):
    with pytest.raises(BadParameter) as refused:
        Node(frequency, 1.0)
    assert refused.value.field == "frequencies"


@pytest.mark.parametrize("consequence", [-1.0, math.nan, math.inf])
def test_a_consequence_that_is_none_is_refused_by_name(consequence):
    with pytest.raises(BadParameter) as refused:
        Node(0.1, consequence)
    assert refused.value.field == "consequences"


@given(curves)
def test_bounds_hold_the_headline_and_the_check(curve):
    annual = expected_annual(curve)
    slack = 1e-9 * max(1.0, annual.larger_ends)
    assert annual.smaller_ends - slack <= annual.value <= annual.larger_ends + slack
    assert annual.smaller_ends - slack <= annual.loglinear <= annual.larger_ends + slack
    assert 0.0 <= annual.tail <= annual.smaller_ends + slack


@given(curves, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_named_changes_nothing(curve, random):
    shuffled = list(curve)
    random.shuffle(shuffled)
    assert expected_annual(shuffled) == expected_annual(curve)


@given(curves, st.data())
def test_more_people_in_one_event_never_lowers_the_year(curve, data):
    index = data.draw(st.integers(0, len(curve) - 1))
    more = list(curve)
    more[index] = Node(curve[index].frequency_per_year, curve[index].consequence + data.draw(people))
    before, after = expected_annual(curve), expected_annual(more)
    slack = 1e-9 * max(1.0, largest(more))
    for rule in ("value", "loglinear", "smaller_ends", "larger_ends"):
        assert getattr(after, rule) >= getattr(before, rule) - slack


@given(curves, st.floats(0.0, 1.0))
def test_an_interpolated_event_changes_nothing_and_narrows_the_bounds(curve, share):
    rates = sorted(node.frequency_per_year for node in curve)
    extra = rates[0] + share * (rates[-1] - rates[0])
    finer = [*curve, Node(extra, interpolated(curve, extra))]
    before, after = expected_annual(curve), expected_annual(finer)
    assert close(after.value, before.value, largest(curve))
    slack = 1e-9 * max(1.0, largest(curve))
    assert before.smaller_ends - slack <= after.smaller_ends
    assert after.larger_ends <= before.larger_ends + slack


@given(curves, st.floats(0.01, 100.0))
def test_scaling_people_or_frequency_scales_the_year(curve, factor):
    annual = expected_annual(curve)
    people_scaled = expected_annual([Node(n.frequency_per_year, n.consequence * factor) for n in curve])
    rate_scaled = expected_annual([Node(n.frequency_per_year * factor, n.consequence) for n in curve])
    for scaled in (people_scaled, rate_scaled):
        assert scaled.value == pytest.approx(annual.value * factor, rel=1e-6, abs=1e-9)
        assert scaled.loglinear == pytest.approx(annual.loglinear * factor, rel=1e-6, abs=1e-6)


@given(curves, curves)
def test_independent_sources_add_up(first, second):
    both = expected_annual(first) + expected_annual(second)
    assert both.value == pytest.approx(expected_annual(first).value + expected_annual(second).value)
    assert both.smaller_ends <= both.value + 1e-9 * max(1.0, both.larger_ends)


def test_interpolation_is_linear_between_and_constant_beyond():
    assert interpolated(CURVE, 0.5) == 0.0
    assert interpolated(CURVE, 1e-6) == 30000.0
    assert interpolated(CURVE, 0.5 * (1 / 100 + 1 / 300)) == pytest.approx(8000.0)
