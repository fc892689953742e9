"""Costs: annuity factors as published, ratios with their direction, and no price on a person unless given."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.cost import DIRECTIONS, annuity_factor, economics, latest_cost
from risk_api.errors import BadParameter

AYUSAI_KZT = 10.5e9


@pytest.mark.parametrize(("rate", "years", "factor"), [(0.02, 80, 39.9), (0.05, 80, 19.6), (0.10, 50, 9.9)])
def test_published_annuity_factors(rate, years, factor):
    assert annuity_factor(rate, years) == pytest.approx(factor, abs=0.05)


def test_without_a_discount_a_year_counts_a_year():
    assert annuity_factor(0.0, 80.0) == 80.0
    assert annuity_factor(1e-9, 80.0) == pytest.approx(80.0, rel=1e-6)


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(1.0, 500.0))
def test_a_higher_rate_is_never_worth_more(first, second, years):
    low, high = sorted((first, second))
    assert annuity_factor(high, years) <= annuity_factor(low, years) * (1 + 1e-12)
    assert 0.0 < annuity_factor(high, years) <= years * (1 + 1e-12)


def test_three_rates_and_no_price_on_people():
    found = economics(40.0, AYUSAI_KZT)
    assert [one.discount_rate for one in found] == [0.02, 0.05, 0.10]
    assert all(one.net_present_value is None and one.benefit_cost_ratio is None for one in found)
    assert found[0].cost_per_avoided_person == pytest.approx(AYUSAI_KZT / (40.0 * 39.905), rel=1e-3)
    assert found[0].avoided_people_per_billion == pytest.approx(40.0 * 39.905 / 10.5, rel=1e-3)


def test_ratios_agree_with_each_other_and_with_their_directions():
    (one,) = economics(40.0, 1e9, discount_rates=[0.05], horizon_years=80.0, value_per_avoided_person=2e6)
    assert one.benefit_cost_ratio == pytest.approx(40.0 * 19.634 * 2e6 / 1e9, rel=1e-3)
    assert one.net_present_value == pytest.approx((one.benefit_cost_ratio - 1.0) * 1e9)
    assert one.cost_per_avoided_person * one.avoided_people_per_billion == pytest.approx(1e9)
    assert set(DIRECTIONS) <= set(vars(one))


def test_harm_has_no_cost_per_avoided_person_and_stays_negative():
    for one in economics(-3.0, 1e9, value_per_avoided_person=1e6):
        assert one.cost_per_avoided_person is None
        assert one.avoided_people_per_billion < 0.0
        assert one.net_present_value < -1e9
    assert economics(0.0, 1e9)[0].cost_per_avoided_person is None


def test_upkeep_is_discounted_too():
    plain, kept = (
        economics(10.0, 1e9, discount_rates=[0.05], upkeep_share_per_year=share)[0] for share in (0.0, 0.02)
    )
    assert kept.cost == pytest.approx(plain.cost * (1 + 0.02 * plain.annuity_factor))


@pytest.mark.parametrize(
    ("field", "given_"),
    [
        ("cost", {"cost": 0.0}),
        ("cost", {"cost": math.nan}),
        ("discount_rates", {"discount_rates": [5.0]}),
        ("discount_rates", {"discount_rates": [-0.01]}),
        ("discount_rates", {"discount_rates": []}),
        ("horizon_years", {"horizon_years": 0.0}),
        ("horizon_years", {"horizon_years": math.inf}),
        ("upkeep_share_per_year", {"upkeep_share_per_year": -0.1}),
        ("value_per_avoided_person", {"value_per_avoided_person": 0.0}),
    ],
)
def test_what_cannot_be_is_refused_by_name(field, given_):
    with pytest.raises(BadParameter) as refused:
        economics(1.0, **{"cost": 1e9, **given_})
    assert refused.value.field == field


def test_the_published_costs_of_the_two_dams_with_their_sources(almaty):
    """Both are in the prices of their own year; the estimate of 2019 gives way to the cost of 2022."""
    ayusai, aksai = (latest_cost(almaty.dam_sites[dam]) for dam in ("ayusai", "aksai"))
    assert (ayusai.amount, ayusai.currency, ayusai.year) == (10.5e9, "KZT", 2022)
    assert (aksai.amount, aksai.currency, aksai.year) == (17.6e9, "KZT", 2019)
    assert ayusai.source
    assert aksai.source
    assert latest_cost(almaty.dam_sites["mynzhylky"]) is None
