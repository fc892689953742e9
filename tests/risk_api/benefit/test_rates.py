"""Frequencies: counted from a record with a band, and refused where there is nothing to count."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import open_region
from risk_api.benefit.rates import counted_rate, scenario_rates
from risk_api.errors import BadParameter, UnknownScenario


def test_one_event_in_a_century_against_published_quantiles():
    """Gamma(3/2) is half a chi-square with three degrees of freedom: 0.352 and 7.815 at 5 % and 95 %."""
    value, low, high = counted_rate(1, 100.0)
    assert value == pytest.approx(0.015)
    assert low == pytest.approx(0.352 / 200.0, abs=1e-5)
    assert high == pytest.approx(7.815 / 200.0, abs=1e-5)


def test_none_on_record_is_rare_not_impossible():
    """Gamma(1/2): chi-square with one degree of freedom, 0.00393 and 3.841."""
    value, low, high = counted_rate(0, 126.0)
    assert value == pytest.approx(0.5 / 126.0)
    assert low == pytest.approx(0.00393 / 252.0, rel=1e-2)
    assert high == pytest.approx(3.841 / 252.0, rel=1e-3)


@given(st.integers(0, 200), st.floats(1.0, 1000.0))
def test_the_band_holds_the_value_and_more_events_are_a_higher_rate(events, years):
    value, low, high = counted_rate(events, years)
    assert 0.0 < low < value < high
    more = counted_rate(events + 1, years)
    assert all(a < b for a, b in zip((value, low, high), more, strict=True))


@pytest.mark.parametrize(
    ("events", "years", "field"),
    [(-1, 10.0, "events"), (1, 0.0, "record_years"), (1, math.nan, "record_years")],
)
def test_a_record_that_cannot_be_is_refused(events, years, field):
    with pytest.raises(BadParameter) as refused:
        counted_rate(events, years)
    assert refused.value.field == field


def test_a_region_without_a_record_asks_for_frequencies(valley):
    region = open_region(valley)
    with pytest.raises(BadParameter, match="give one in frequencies"):
        scenario_rates(region, ["burst"])
    rate = scenario_rates(region, ["burst"], {"burst": 0.02})["burst"]
    assert (rate.value, rate.low, rate.high, rate.basis) == (0.02, 0.02, 0.02, "given")


def test_frequencies_that_cannot_be_are_refused_by_name(valley):
    region = open_region(valley)
    for bad in (0.0, -1.0, math.nan, math.inf, 1e6):
        with pytest.raises(BadParameter) as refused:
            scenario_rates(region, ["burst"], {"burst": bad})
        assert refused.value.field == "frequencies"
    with pytest.raises(BadParameter, match="not among"):
        scenario_rates(region, ["burst"], {"other": 0.1})
    with pytest.raises(UnknownScenario):
        scenario_rates(region, ["nope"])
