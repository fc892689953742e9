"""Shaking of one earthquake: mixtures, weights, percentiles, maps and their draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from risk_api.seismic.errors import BadSeismicInput, ModelRangeWarning
from risk_api.seismic.gmm import MODELS, Sites
from risk_api.seismic.intensity import IntensityScale
from risk_api.seismic.measures import MEASURES, Measure
from risk_api.seismic.mixture import probability_below, quantile
from risk_api.seismic.realisations import correlation_range_km, realisations
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import Shaking, shake, shake_map
from risk_api.seismic.weights import checked_weights

CITY = np.array([76.945]), np.array([43.24])
RANGE_FRONT = seismic_scenario("verny-1887").rupture()


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.001, 0.999),
    st.lists(st.tuples(st.floats(-6, 2), st.floats(0.2, 1.0), st.floats(0.01, 1.0)), min_size=1, max_size=5),
)
def test_the_quantile_of_a_mixture_by_root_finding(probability, parts) -> None:
    mean, sigma, weights = (np.array(column) for column in zip(*parts, strict=True))
    weights = weights / weights.sum()
    found = float(quantile(probability, mean[:, None], sigma[:, None], weights)[0])

    def miss(x):
        return sum(w * norm.cdf(x, m, s) for m, s, w in zip(mean, sigma, weights, strict=True)) - probability

    # Where the mixture is nearly flat many values answer: the share is what must be met.
    assert miss(found) == pytest.approx(0.0, abs=1e-6)
    if probability_below(found + 1e-3, mean, sigma, weights) > probability + 1e-4:
        assert found == pytest.approx(brentq(miss, -12, 8), abs=2e-3)


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, float("nan")])
def test_no_quantile_of_certainty(probability) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        quantile(probability, np.zeros((1, 1)), np.ones((1, 1)), np.ones(1))
    assert caught.value.field == "probability"


def test_weights_are_equal_by_default_and_sum_to_one() -> None:
    assert checked_weights(None, MODELS) == dict.fromkeys(MODELS, 0.25)
    third = checked_weights({"ASK14": 0.5, "CB14": 0.5, "CY14": 0.0}, MODELS)
    assert third == {"ASK14": 0.5, "CB14": 0.5}


@given(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
def test_any_shares_that_sum_to_one_are_taken(parts) -> None:
    shares = np.array(parts) / sum(parts)
    found = checked_weights(dict(zip(MODELS, shares.tolist(), strict=True)), MODELS)
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("weights", "field"),
    [
        ({"ASK14": 0.5, "CB14": 0.4}, "weights"),
        ({"ASK14": 1.5, "CB14": -0.5}, "weights.ASK14"),
        ({"ASK14": float("nan")}, "weights.ASK14"),
        ({"ask": 1.0}, "weights.ask"),
        ({}, "weights"),
    ],
)
def test_shares_that_are_none_are_refused_by_name(weights, field) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        shake(RANGE_FRONT, *CITY, Sites.of(500.0), weights=weights)
    assert caught.value.field == field


@settings(max_examples=40, deadline=None)
@given(
    lon=st.floats(76.2, 77.8),
    lat=st.floats(42.7, 43.8),
    vs30=st.floats(200, 900),
    magnitude=st.floats(5.0, 7.9),
)
def test_the_percentiles_are_in_order_and_hold_their_share(lon, lat, vs30, magnitude) -> None:
    rupture = seismic_scenario("verny-1887").rupture(magnitude=magnitude)
    shaking = shake(rupture, [lon], [lat], Sites.of(vs30))
    found = shake_map(shaking)
    for measure in MEASURES:
        low, middle, high = found.fields[measure.field][:, 0]
        assert 0 < low < middle < high
        for value, percent in ((low, 0.05), (middle, 0.5), (high, 0.95)):
            assert shaking.exceedance(measure, value)[0] == pytest.approx(1 - percent, abs=1e-6)
    low, middle, high = found.fields["intensity"][:, 0]
    assert low < middle < high or high == 10.0


def test_one_model_alone_is_that_model() -> None:
    shaking = shake(RANGE_FRONT, *CITY, Sites.of(500.0), weights={"CY14": 1.0})
    sigma = np.sqrt(shaking.tau**2 + shaking.phi**2)[0]
    assert shaking.median == pytest.approx(np.exp(shaking.mean_ln[0]))
    assert shaking.percentile(95.0) == pytest.approx(np.exp(shaking.mean_ln[0] + norm.ppf(0.95) * sigma))
    assert shaking.mean_motion() == pytest.approx(shaking.median)


def test_a_grid_is_its_points() -> None:
    lon, lat = np.meshgrid(np.linspace(76.7, 77.1, 5), np.linspace(43.1, 43.4, 4))
    vs30 = np.linspace(300, 800, 20).reshape(4, 5)
    grid = shake(RANGE_FRONT, lon, lat, Sites.of(vs30))
    points = shake(RANGE_FRONT, lon.ravel(), lat.ravel(), Sites.of(vs30.ravel()))
    assert grid.median.shape == (5, 4, 5)
    np.testing.assert_array_equal(grid.median.reshape(5, 20), points.median)
    field = shake_map(grid, (16.0, 84.0), IntensityScale.MSK_KZ).fields["intensity"]
    assert field.shape == (2, 4, 5)
    np.testing.assert_allclose(field[0], 7 + np.log2(grid.percentile(16.0)[0] / 0.1))


def test_on_a_crest_it_shakes_more_by_the_factor() -> None:
    flat = shake(RANGE_FRONT, *CITY, Sites.of(500.0))
    crest = shake(RANGE_FRONT, *CITY, Sites.of(500.0), topographic=1.4)
    assert crest.median == pytest.approx(1.4 * flat.median)
    with pytest.raises(BadSeismicInput, match="topographic"):
        shake(RANGE_FRONT, *CITY, Sites.of(500.0), topographic=0.0)


def test_a_magnitude_beyond_a_model_is_warned_of_and_marked() -> None:
    rupture = seismic_scenario("kemin-1911").rupture(magnitude=8.2)
    with pytest.warns(ModelRangeWarning) as caught:
        shaking = shake(rupture, *CITY, Sites.of(500.0))
    assert [str(each.message)[:19] for each in caught] == ["CB14: magnitude 8.2", "CY14: magnitude 8.2"]
    assert {(mark.model, mark.field, mark.high) for mark in shaking.outside} == {
        ("CB14", "magnitude", 8.0),
        ("CY14", "magnitude", 8.0),
    }
    assert shake_map(shaking).outside == shaking.outside
    assert shaking.outside[0].to_json()["furthest"] == 8.2


def test_a_size_beyond_the_scaling_is_marked_too() -> None:
    small = Rupture.from_point(76.9, 43.1, 10, magnitude=4.5, strike_deg=0, dip_deg=60, rake_deg=0)
    with pytest.warns(ModelRangeWarning, match="Wells and Coppersmith"):
        assert shake(small, *CITY, Sites.of(500.0)).outside


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda shaking: shaking.percentile(100.0), "percentile"),
        (lambda shaking: shaking.exceedance(Measure.SA_06, 0.1), "measure"),
        (lambda shaking: shaking.intensity(50.0), "measure"),
    ],
)
def test_what_was_not_computed_is_refused_by_name(ask, field) -> None:
    shaking = shake(RANGE_FRONT, *CITY, Sites.of(500.0), measures=(Measure.PGA,))
    with pytest.raises(BadSeismicInput) as caught:
        ask(shaking)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("lon", "sites", "topographic", "field"),
    [
        ([76.9, 77.0, 77.1], Sites.of(500.0), 1.0, "lat"),
        ([76.9, 77.0], Sites.of([500.0] * 3), 1.0, "vs30_m_s"),
        ([76.9, 77.0], Sites.of(500.0, z2p5_km=[1.0]), 1.0, "z2p5_km"),
        ([76.9, 77.0], Sites.of(500.0), [1.0, 1.1, 1.2], "topographic"),
    ],
)
def test_ground_that_does_not_fit_the_sites_is_refused_by_name(lon, sites, topographic, field) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        shake(RANGE_FRONT, lon, [43.2, 43.3], sites, topographic=topographic)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("lon", "lat", "field"),
    [(np.nan, 43.2, "lon"), (76.9, np.inf, "lat"), (200.0, 43.2, "lon"), (76.9, -91.0, "lat")],
)
def test_sites_that_are_nowhere_are_refused(lon, lat, field) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        shake(RANGE_FRONT, [lon], [lat], Sites.of(500.0))
    assert caught.value.field == field


def test_draws_have_the_distribution_and_the_neighbourhood() -> None:
    """20,000 maps of three sites, two of them 2 km apart, the third 40 km away."""
    lon, lat = np.array([76.90, 76.9246, 77.39]), np.full(3, 43.25)
    shaking = shake(RANGE_FRONT, lon, lat, Sites.of(450.0), measures=(Measure.PGA, Measure.SA_10))
    draws = realisations(shaking, lon, lat, 20_000, seed=7)
    assert draws.shape == (20_000, 2, 3)
    for percent in (5.0, 50.0, 95.0):
        np.testing.assert_allclose(
            np.percentile(draws, percent, axis=0), shaking.percentile(percent), rtol=0.04
        )
    np.testing.assert_array_equal(
        realisations(shaking, lon, lat, 50, seed=3), realisations(shaking, lon, lat, 50, seed=3)
    )
    # By hand, with one model: total correlation is tau2 + phi2 rho over tau2 + phi2.
    one = shake(RANGE_FRONT, lon, lat, Sites.of(450.0), weights={"BSSA14": 1.0}, measures=(Measure.PGA,))
    seen = np.corrcoef(np.log(realisations(one, lon, lat, 20_000, seed=8)[:, 0]).T)
    tau2, phi2 = one.tau[0, 0, 0] ** 2, one.phi[0, 0, 0] ** 2
    for other, distance in ((1, 2.0), (2, 39.8)):
        rho = np.exp(-3 * distance / correlation_range_km(Measure.PGA))
        assert seen[0, other] == pytest.approx((tau2 + phi2 * rho) / (tau2 + phi2), abs=0.02)


def test_every_draw_is_of_one_model_with_that_models_variability() -> None:
    """Two made-up models, far apart: one all between-event scatter, the other all within-event."""
    mean, tau, phi = (np.empty((2, 1, 2)) for _ in range(3))
    mean[0], mean[1] = -20.0, 20.0
    tau[0], tau[1] = 1.0, 0.1
    phi[0], phi[1] = 0.1, 0.5
    shaking = Shaking((Measure.PGA,), ("a", "b"), np.array([0.3, 0.7]), mean, tau, phi, ())
    drawn = np.log(realisations(shaking, [76.8, 77.2], [43.0, 43.5], 20_000, seed=5)[:, 0])
    first = drawn[:, 0] < 0.0
    assert (first == (drawn[:, 1] < 0.0)).all()
    assert first.mean() == pytest.approx(0.3, abs=0.015)
    assert drawn[first].std(axis=0) == pytest.approx(np.hypot(1.0, 0.1), rel=0.05)
    assert drawn[~first].std(axis=0) == pytest.approx(np.hypot(0.1, 0.5), rel=0.05)


def test_two_sites_at_one_place_are_shaken_alike() -> None:
    lon, lat = np.array([76.9, 76.9]), np.array([43.2, 43.2])
    shaking = shake(RANGE_FRONT, lon, lat, Sites.of(450.0), measures=(Measure.PGV,))
    draws = realisations(shaking, lon, lat, 100, seed=1)
    np.testing.assert_allclose(draws[:, 0, 0], draws[:, 0, 1], rtol=1e-3)


def test_the_range_of_the_correlation() -> None:
    assert correlation_range_km(Measure.PGA) == 40.7
    assert correlation_range_km(Measure.SA_06) == pytest.approx(31.7)
    assert correlation_range_km(Measure.SA_10) == correlation_range_km(Measure.PGV) == pytest.approx(25.7)


@pytest.mark.parametrize(
    ("sites", "count", "field"), [(3001, 1, "sites"), (1, 0, "count"), (1, 10**6, "count")]
)
def test_draws_have_a_limit(sites, count, field) -> None:
    lon, lat = np.full(sites, 76.9), np.full(sites, 43.2)
    shaking = shake(RANGE_FRONT, lon, lat, Sites.of(450.0), measures=(Measure.PGA,))
    with pytest.raises(BadSeismicInput) as caught:
        realisations(shaking, lon, lat, count, seed=1)
    assert caught.value.field == field
