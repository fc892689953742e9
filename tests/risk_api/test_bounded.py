"""A bounded mapping gives what was made, makes it once, and never grows past its bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.bounded import Bounded


@given(st.integers(1, 5), st.lists(st.integers(0, 9), max_size=60))
def test_it_never_holds_more_than_its_bound_and_always_gives_the_right_value(most, keys):
    kept = Bounded(most)
    for key in keys:
        assert kept.get(key, lambda key=key: key * 10) == key * 10
        assert len(kept) <= most


def test_the_least_recently_asked_for_goes_first():
    kept, made = Bounded(2), []

    def ask(key):
        kept.get(key, lambda: made.append(key))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_nothing_is_kept_of_a_failure():
    kept = Bounded(1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1
    with pytest.raises(ValueError, match="at least one"):
        Bounded(0)


@given(st.integers(1, 4), st.integers(1, 40), st.lists(st.tuples(st.integers(0, 6), st.binary(max_size=30))))
def test_it_never_weighs_more_than_it_may_and_keeps_what_fits(most, heaviest, puts):
    kept, newest = Bounded(most, len, heaviest), {}
    for key, value in puts:
        kept.put(key, value)
        newest[key] = value
        held = {each: found for each in newest if (found := kept.peek(each)) is not None}
        assert sum(map(len, held.values())) <= heaviest
        assert len(held) <= most
        assert held.items() <= newest.items()
        assert (key in held) is (len(value) <= heaviest)
