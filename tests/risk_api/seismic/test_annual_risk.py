"""Yearly losses: another way to the same mean, what adds up, what belief does, and what is served."""

from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from geodata import Region
from risk_api.app import create_app
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import OF_PEOPLE, Branch
from risk_api.seismic.damage.losses import OUTCOMES as SCENARIO_OUTCOMES
from risk_api.seismic.damage.losses import losses
from risk_api.seismic.damage.places import Places, places_of
from risk_api.seismic.distances import plane_distances
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.gmm import MODELS
from risk_api.seismic.hazard.branches import Branch as Belief
from risk_api.seismic.hazard.branches import LogicTree
from risk_api.seismic.hazard.ruptures import RuptureSet
from risk_api.seismic.hazard.source_model import SourceModel
from risk_api.seismic.measures import Measure
from risk_api.seismic.risk.annual import LEVELS, OUTCOMES, Risk, annual_risk
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import shake
from risk_api.settings import Settings

RATE = 0.004
DEATHS = OUTCOMES.index("deaths")


@pytest.fixture(scope="module")
def quakes(almaty: Region) -> QuakeAnswers:
    return QuakeAnswers(almaty)


@pytest.fixture(scope="module")
def places(almaty: Region) -> Places:
    return places_of(almaty, 8000.0)


def one_earthquake(rate_yr: float = RATE) -> tuple[SourceModel, RuptureSet]:
    """A source model of Verny 1887 alone."""
    rupture = seismic_scenario("verny-1887").rupture()
    one = RuptureSet(
        "verny",
        rupture.planes,
        *(np.array([value]) for value in (rupture.magnitude, rupture.rake_deg, rate_yr)),
    )
    return SourceModel(rupture.frame, {}, {"verny": one}), one


def tree(**scales: float) -> LogicTree:
    share = 1.0 / len(scales)
    return LogicTree(
        tuple(Belief(name, share, {"verny": scale}) for name, scale in scales.items()), ("verny",)
    )


@pytest.fixture(scope="module")
def alone(quakes: QuakeAnswers, places: Places) -> Risk:
    sources, _ = one_earthquake()
    return annual_risk(sources, tree(only=1.0), places, quakes.curves, damage_assumptions(), draws=400)


def test_the_mean_is_that_of_the_distribution(quakes: QuakeAnswers, places: Places, alone: Risk) -> None:
    """Deaths a year of the fragility branch: every place's whole normal distribution, integrated."""
    _, one = one_earthquake()
    sources, _ = one_earthquake()
    x, y = sources.frame.to_km(places.lon, places.lat)
    paths, source = plane_distances(one.planes, x, y), one.sources()
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    weight = weight / weight.sum()
    curves = quakes.curves[Branch.FRAGILITY]
    column = OF_PEOPLE.index("severity_4")
    total = np.zeros(len(places.district_ids))
    for model in MODELS.values():
        motion = model(source, paths, places.sites, (Measure.PGA,))
        ln_pga = motion.mean_ln[0, 0][:, None] + motion.sigma[0, 0][:, None] * node
        for variant, share in enumerate(damage_assumptions().variant_shares.values()):
            for place, district in enumerate(places.district):
                table = curves.people[variant, district, :, column]
                deaths = np.interp(ln_pga[place], curves.nodes.values, table) @ weight
                total[district] += RATE / len(MODELS) * share * places.people[place] * deaths
    found = alone.mean_average(Branch.FRAGILITY)[:-1, DEATHS]
    assert found == pytest.approx(total, rel=0.08)
    assert found.sum() == pytest.approx(total.sum(), rel=0.04)


def test_the_same_as_the_scenario_times_its_rate(quakes: QuakeAnswers, places: Places, alone: Risk) -> None:
    """The scenario's own code draws and reads its shakings in another way."""
    _, one = one_earthquake()
    depth = float(one.sources().hypocentre_depth_km[0, 0])
    rupture = replace(seismic_scenario("verny-1887").rupture(), hypocentre_depth_km=depth)
    shaking = shake(rupture, places.lon, places.lat, places.sites, measures=(Measure.PGA, Measure.PGV))
    people = quakes.stock.people.sum(axis=1)
    found = losses(shaking, places, quakes.curves, people, damage_assumptions(), count=6000)
    same = {"deaths": "severity_4", "displaced": "displaced", "destroyed": "destroyed"}
    for branch in Branch:
        for name, scenario_name in same.items():
            column = SCENARIO_OUTCOMES.index(scenario_name)
            wanted = found.samples[branch][:, :, column].sum(axis=1).mean()
            got = alone.mean_average(branch)[-1, OUTCOMES.index(name)] / RATE
            assert got == pytest.approx(wanted, rel=0.08), (branch, name)


def test_exceedance_falls_and_holds_the_average(alone: Risk) -> None:
    exceeded = alone.mean_exceeded()
    assert (np.diff(exceeded, axis=-1) <= 1e-15).all()
    assert exceeded.max() <= RATE * (1.0 + 1e-9)
    # A loss lies between two levels: so does the average between the sums of lower and upper ones.
    between = -np.diff(exceeded, axis=-1)
    lower, upper = between @ LEVELS[:-1], between @ LEVELS[1:] + LEVELS[0] * RATE
    average = alone.mean_average()
    assert (lower <= average * (1.0 + 1e-9)).all()
    assert (average <= upper * (1.0 + 1e-9)).all()


def test_districts_sum_to_the_city_and_leaves_to_the_mean(alone: Risk) -> None:
    average = alone.mean_average()
    assert average[:-1].sum(axis=0) == pytest.approx(average[-1])
    assert alone.leaf_shares.sum() == pytest.approx(1.0)
    both = 0.5 * (alone.mean_average(Branch.MACROSEISMIC) + alone.mean_average(Branch.FRAGILITY))
    assert both == pytest.approx(average)


def test_branches_scale_rates(quakes: QuakeAnswers, places: Places, alone: Risk) -> None:
    sources, _ = one_earthquake()
    found = annual_risk(
        sources, tree(half=0.5, twice=2.0), places, quakes.curves, damage_assumptions(), draws=400
    )
    assert found.mean_average() == pytest.approx(1.25 * alone.mean_average())
    assert (found.average_fractile(10.0) <= found.mean_average() + 1e-12).all()
    assert (found.average_fractile(0.0) == found.average_by_leaf.min(axis=(0, 1))).all()
    assert (found.average_fractile(100.0) == found.average_by_leaf.max(axis=(0, 1))).all()


def test_losses_of_return_periods(alone: Risk) -> None:
    # Once in 250 years at most: more often nothing is lost.
    assert (alone.loss(100.0) == 0.0).all()
    rare, rarer = alone.loss(500.0), alone.loss(2475.0)
    assert (rare <= rarer).all()
    exceeded = alone.mean_exceeded()
    at = np.exp(np.interp(np.log(rare[-1, DEATHS]), np.log(LEVELS), np.log(exceeded[-1, DEATHS] + 1e-300)))
    assert at == pytest.approx(1.0 / 500.0, rel=1e-6)


@pytest.mark.parametrize("period", [10.0, 20_000.0])
def test_return_periods_that_the_sources_do_not_support(alone: Risk, period: float) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        alone.loss(period)
    assert caught.value.field == "return_period_years"


def test_places_beyond_the_sources_are_refused(quakes: QuakeAnswers, places: Places) -> None:
    far = Places(**{**places.__dict__, "lon": places.lon + 5.0})
    sources, _ = one_earthquake()
    with pytest.raises(BadSeismicInput):
        annual_risk(sources, tree(only=1.0), far, quakes.curves, damage_assumptions())


def test_what_is_served(almaty: Region, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(
        region="almaty", data_dir=tmp_path_factory.mktemp("annual"), precompute=False, warm=False, workers=1
    )
    with TestClient(create_app(settings, almaty), raise_server_exceptions=False) as city:
        before = city.get("/v1/districts/medeu/risk").json()["earthquake"]
        assert before["annual"] is None
        assert before["annual_note"]
        document = city.get("/v1/seismic/risk").json()
        after = city.get("/v1/districts/medeu/risk")
        table = city.get("/v1/seismic/risk?f=csv").content.decode("utf-8-sig").splitlines()
        collections = {each["id"] for each in city.get("/ogc/collections").json()["collections"]}
        items = city.get("/ogc/collections/earthquake-verny-1887/items?deaths_mean=0").json()
        all_items = city.get("/ogc/collections/earthquake-verny-1887/items?limit=100").json()
        exposure = city.get("/v1/seismic/exposure?scenario=verny-1887").json()
    assert len(after.content) <= 50_000
    (medeu,) = (each["properties"] for each in document["features"] if each["id"] == "medeu")
    assert after.json()["earthquake"]["annual"]["average_per_year"] == medeu["average_per_year"]
    assert len(table) == 1 + 8 * len(OUTCOMES)
    # An independent prototype on the same stock gave 0.41 to 0.54 by district, with one damage branch.
    for each in document["features"]:
        assert 0.1 < each["properties"]["deaths_per_100000_per_year"] < 2.0
    city_risk = document["city"]
    for name in OUTCOMES:
        losses_ = [
            city_risk["by_return_period"][period][name] for period in ("100", "250", "475", "1000", "2475")
        ]
        assert [each["mean"] for each in losses_] == sorted(each["mean"] for each in losses_)
        assert all(each["low"] <= each["mean"] <= each["high"] for each in losses_)
        curve = city_risk["curves"][name]["exceeded_per_year"]
        assert len(curve) == len(document["levels"])
        assert curve == sorted(curve, reverse=True)
    assert sum(document["branches"]["sources"].values()) == pytest.approx(1.0, abs=1e-3)
    # The same figures stand in the collection.
    assert "earthquake-verny-1887" in collections
    assert items["features"] == []
    row = {each["id"]: each["properties"] for each in all_items["features"]}["medeu"]
    (shown,) = (each["properties"] for each in exposure["features"] if each["id"] == "medeu")
    assert row["deaths_mid"] == shown["both"]["casualties"]["night"]["severity_4"]["mid"]
    assert (
        row["buildings_destroyed_fragility_mean"]
        == shown["branches"]["fragility"]["buildings_destroyed"]["mean"]
    )
