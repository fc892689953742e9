"""Where a dam begins to overflow, and what that does to the curve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.overload import overloads


def record(inflow, overflow, outcome):
    return {"bar": {"inflow_m3": inflow, "overflow_m3": overflow, "outcome": outcome}}


EVENTS = [("small", 0.1), ("large", 0.001)]


def test_between_the_largest_held_and_the_smallest_that_overflows():
    (found,) = overloads(
        EVENTS,
        {"small": record(10_000.0, 0.0, "held"), "large": record(1_000_000.0, 900_000.0, "overtopped")},
    )
    assert (found.dam, found.held, found.overflows) == ("bar", "small", "large")
    assert found.inflow_m3 == 100_000.0
    # Half way in the logarithm of volume is half way in that of frequency.
    assert found.frequency_per_year == pytest.approx(0.01)


def test_no_event_without_a_change_from_held_to_overflowing():
    held, over = record(1e4, 0.0, "passed"), record(1e6, 1e5, "overtopped")
    assert overloads(EVENTS, {"small": held, "large": held}) == []
    assert overloads(EVENTS, {"small": over, "large": over}) == []
    assert overloads(EVENTS, {"small": over, "large": held}) == []
    assert overloads(EVENTS, {"small": {}, "large": over}) == []
    assert overloads(EVENTS[:1], {"small": held}) == []
    absent = {"bar": {"state": "absent"}}
    assert overloads(EVENTS, {"small": absent, "large": absent}) == []


@given(
    st.floats(0.0, 1e7), st.floats(0.0, 1e7), st.floats(0.0, 1.0), st.floats(1e-5, 1e-2), st.floats(1.0, 1e3)
)
def test_the_frequency_lies_between_those_of_the_two_events(low, more, over_share, rare, ratio):
    high = low + more + 1.0
    events = [("small", rare * ratio), ("large", rare)]
    (found,) = overloads(
        events,
        {"small": record(low, 0.0, "held"), "large": record(high, over_share * high, "overtopped")},
    )
    assert rare * (1 - 1e-9) <= found.frequency_per_year <= rare * ratio * (1 + 1e-9)
    assert low <= found.inflow_m3 <= high


def test_a_dam_that_breaches_no_longer_holds_and_bore_what_it_held_and_passed():
    records = {
        "small": {"fill": {"outcome": "held", "inflow_m3": 100.0, "overflow_m3": 0.0}},
        "large": {
            "fill": {
                "outcome": "breached",
                "inflow_m3": 1000.0,
                # Emptied through the breach: all that came went over what was left of the crest.
                "overflow_m3": 1000.0,
                "stored_max_m3": 350.0,
                "passed_m3": 50.0,
            }
        },
    }
    (found,) = overloads([("small", 0.1), ("large", 0.001)], records)
    assert found.inflow_m3 == 400.0
    assert 0.001 < found.frequency_per_year < 0.1
