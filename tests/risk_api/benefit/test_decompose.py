"""Benefit, residual, background, excess and harm: they add up, and harm is never clipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.decompose import NO_EVENTS, Event, decompose, minutes_gained
from risk_api.errors import BadParameter

people = st.floats(0.0, 1e5)
events = st.lists(
    st.tuples(st.floats(1e-4, 1.0), people, people, st.none() | people),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[0],
).map(lambda rows: [Event(f"e{i}", *row) for i, row in enumerate(rows)])


def exact(value, scale):
    return pytest.approx(value, rel=1e-9, abs=1e-9 * max(1.0, scale))


@given(events)
def test_the_parts_add_up(found):
    parts = decompose(found)
    scale = parts.reference.larger_ends + parts.residual.larger_ends + parts.background.larger_ends
    assert parts.benefit == exact(parts.gain - parts.harm, scale)
    assert parts.residual.value == exact(parts.background.value + parts.excess - parts.relief, scale)
    assert parts.reference.value == exact(parts.residual.value + parts.benefit, scale)
    assert min(parts.gain, parts.harm, parts.excess, parts.relief) >= 0.0


@given(events)
def test_a_district_is_worse_exactly_where_an_event_is(found):
    parts = decompose(found)
    assert set(parts.worse_events) == {e.id for e in found if e.strategy - e.reference >= 0.5}
    if parts.worse_events:
        assert parts.worse
        assert parts.harm > 0.0


@given(events, events)
def test_sources_add_up(first, second):
    second = [Event(f"s{e.id}", e.frequency_per_year, e.reference, e.strategy, e.perfect) for e in second]
    whole = decompose(first) + decompose(second)
    scale = whole.reference.larger_ends + whole.residual.larger_ends
    assert whole.benefit == exact(decompose(first).benefit + decompose(second).benefit, scale)
    assert whole.worse_events == (*decompose(first).worse_events, *decompose(second).worse_events)


def test_harm_shows_beside_a_larger_benefit():
    """Half of the events helped, half harmed: the sum must not hide the harm, nor the flag."""
    parts = decompose([Event("often", 0.1, 1000.0, 0.0), Event("rare", 0.01, 1000.0, 1500.0)])
    assert parts.benefit > 0.0
    assert parts.harm > 0.0
    assert parts.worse
    assert parts.worse_events == ("rare",)


def test_a_harm_as_large_as_it_is():
    parts = decompose([Event("only", 0.01, 100.0, 900.0)])
    assert parts.benefit == pytest.approx(-8.0)
    assert parts.share == pytest.approx(-8.0)
    assert parts.harm == pytest.approx(8.0)
    assert parts.gain == 0.0


def test_no_share_of_nothing():
    parts = decompose([Event("only", 0.01, 0.0, 0.0)])
    assert parts.share is None
    assert not parts.worse
    assert NO_EVENTS.share is None


def test_failure_is_apart_from_what_the_perfect_dam_leaves():
    parts = decompose([Event("only", 0.1, 1000.0, 700.0, perfect=200.0)])
    assert parts.background.value == pytest.approx(20.0)
    assert parts.excess == pytest.approx(50.0)
    assert parts.residual.value == pytest.approx(70.0)
    whole = decompose([Event("only", 0.1, 1000.0, 700.0)])
    assert whole.background.value == whole.residual.value
    assert whole.excess == 0.0


def test_an_event_named_twice_is_refused():
    with pytest.raises(BadParameter, match="twice"):
        decompose([Event("a", 0.1, 1.0, 0.0), Event("a", 0.01, 1.0, 0.0)])


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        (600.0, 1500.0, (15.0, "both")),
        (1500.0, 600.0, (-15.0, "both")),
        (600.0, None, (None, "lost")),
        (None, 600.0, (None, "gained")),
        (None, None, (None, "neither")),
        (0.0, 0.0, (0.0, "both")),
    ],
)
def test_minutes(before, after, answer):
    assert minutes_gained(before, after) == answer
