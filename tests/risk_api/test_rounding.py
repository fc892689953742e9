"""Two figures for people: never more than is known, never another order of magnitude."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.serialise.rounding import shown_count, shown_minutes


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (0.0, 0),
        (0.4, 0),
        (0.5, 1),
        (7.6, 8),
        (99.4, 99),
        (99.6, 100),
        (104.9, 100),
        (105.0, 110),
        (871, 870),
        (18_049, 18_000),
        (24_863, 25_000),
        (-10_148, -10_000),
        (2_347_924, 2_300_000),
    ],
)
def test_counts_as_people_see_them(value, shown):
    assert shown_count(value) == shown


@given(st.floats(1, 1e9))
def test_two_figures_stay_within_a_twentieth_and_hold_no_third(value):
    shown = shown_count(value)
    assert abs(shown - value) <= max(0.5, 0.05 * value) * (1 + 1e-12)
    assert shown == int(shown)
    assert len(str(int(shown)).rstrip("0")) <= 2
    assert shown_count(-value) == -shown
    assert shown_count(shown) == shown


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_more_is_never_shown_as_less(a, b):
    low, high = sorted((a, b))
    assert shown_count(low) <= shown_count(high)
    assert math.isfinite(shown_count(high))


@given(st.floats(-1e6, 1e6))
def test_minutes_are_cut_never_rounded_up(seconds):
    minutes = shown_minutes(seconds)
    assert isinstance(minutes, int)
    assert minutes * 60 <= seconds < minutes * 60 + 60
