"""Draws of shaking: what stays random, what is spread evenly, and what the intensity keeps of its own."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import OF_PEOPLE, Branch, curves_of
from risk_api.seismic.damage.losses import MEASURES, OUTCOMES, losses
from risk_api.seismic.damage.places import Places
from risk_api.seismic.damage.stock import Stock
from risk_api.seismic.damage.types import building_types
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.intensity import mmi
from risk_api.seismic.measures import Measure
from risk_api.seismic.realisations import correlation_range_km, draw_residuals, maps_of
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import Shaking, shake

#: Two neighbours 2 km apart, and one 25 km off.
LON, LAT = np.array([76.90, 76.92, 77.15]), np.array([43.25, 43.26, 43.40])


@pytest.fixture(scope="module")
def drawn():
    return draw_residuals(LON, LAT, MEASURES, 20_000, 4)


def apart_km() -> np.ndarray:
    x, y = LON * 111.32 * np.cos(np.radians(43.3)), LAT * 111.1
    return np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])


def test_fields_are_standard_normal_and_as_alike_as_their_distance_says(drawn) -> None:
    of_fields = [*zip(MEASURES, drawn.within, strict=True), (Measure.PGV, drawn.conversion)]
    for measure, field in of_fields:
        assert field.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.02)
        assert field.std(axis=0) == pytest.approx(np.ones(3), abs=0.02)
        wanted = np.exp(-3.0 * apart_km() / correlation_range_km(measure))
        assert np.corrcoef(field.T) == pytest.approx(wanted, abs=0.02)
        assert kstest(field[:, 0], "norm").statistic < 0.015


def test_what_the_city_shares_is_independent_of_the_rest(drawn) -> None:
    columns = [drawn.between[:, 0], drawn.model, drawn.within[0].mean(axis=1), drawn.conversion.mean(axis=1)]
    found = np.corrcoef(columns)
    assert found - np.eye(4) == pytest.approx(np.zeros((4, 4)), abs=0.02)
    # Two measures are shaken by the same draws, the conversion by its own.
    assert np.corrcoef(drawn.within[0][:, 0], drawn.within[1][:, 0])[0, 1] > 0.97


def test_few_draws_fill_the_whole_range() -> None:
    """300 draws: every thirtieth of the between-event residual and of the models has its ten."""
    few = draw_residuals(LON, LAT, MEASURES, 300, 9)
    for values in (few.model, np.argsort(np.argsort(few.between[:, 0])) / 300.0):
        assert np.histogram(values, 30, (0.0, 1.0))[0] == pytest.approx(np.full(30, 10), abs=4)
    assert few.between.mean() == pytest.approx(0.0, abs=0.02)
    assert few.between.std() == pytest.approx(1.0, abs=0.02)


def test_residuals_of_other_sites_are_refused(drawn) -> None:
    rupture = seismic_scenario("talgar").rupture()
    from risk_api.seismic.gmm import Sites

    shaking = shake(rupture, LON[:2], LAT[:2], Sites.of(500.0), measures=MEASURES)
    with pytest.raises(BadSeismicInput):
        maps_of(shaking, drawn)


def exactly(pga_g: float, pgv_cm_s: float) -> Shaking:
    """A shaking that every model knows for sure."""
    mean = np.log(np.array([[[pga_g], [pgv_cm_s]]]))
    nothing = np.zeros_like(mean)
    return Shaking(MEASURES, ("one",), np.ones(1), mean, nothing, nothing, ())


@pytest.mark.parametrize(("pga_g", "pgv_cm_s"), [(0.1, 8.0), (0.3, 30.0), (0.8, 90.0)])
def test_the_scatter_of_the_intensity_enters_the_losses(pga_g: float, pgv_cm_s: float) -> None:
    """Known shaking, one place: the mean is that of the curve over the scatter of Worden et al., integrated.

    Left out it would be far lower: harm grows with intensity faster than linearly.
    """
    types = tuple(building_types().types)
    people = np.full((1, len(types)), 1000.0)
    stock = Stock(("a",), types, people / 10.0, people, people.sum(axis=1))
    one = np.ones(1)
    places = Places(("a",), one * 76.9, one * 43.2, one * 500.0, np.zeros(1, dtype=int), one, one, "slope")
    assumed = damage_assumptions()
    curves = curves_of(stock, Branch.MACROSEISMIC)
    found = losses(
        exactly(pga_g, pgv_cm_s),
        places,
        {Branch.MACROSEISMIC: curves},
        people.sum(axis=1),
        assumed,
        count=20_000,
    )
    deaths = found.samples[Branch.MACROSEISMIC][:, 0, OUTCOMES.index("severity_4")].mean()
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    levels = float(mmi(pga_g, pgv_cm_s)) + assumed.value("intensity_scatter") * node
    column = OF_PEOPLE.index("severity_4")
    tables = [curves.people[variant, 0, :, column] for variant in range(3)]
    shares = list(assumed.variant_shares.values())
    by_hand = sum(
        share * float(np.interp(levels, curves.nodes.values, table) @ weight)
        for share, table in zip(shares, tables, strict=True)
    )
    bare = sum(
        share * float(np.interp(mmi(pga_g, pgv_cm_s), curves.nodes.values, table))
        for share, table in zip(shares, tables, strict=True)
    )
    assert deaths == pytest.approx(by_hand, rel=0.03)
    assert by_hand > 1.15 * bare
    # What is shown as shaking is the shaking's own intensity.
    assert found.district_mmi == pytest.approx(np.full((20_000, 1), float(mmi(pga_g, pgv_cm_s))))


def test_places_in_any_order_give_the_same_losses() -> None:
    types = tuple(building_types().types)
    each = np.array([[1000.0] * len(types), [300.0] * len(types)])
    stock = Stock(("a", "b"), types, each / 10.0, each, each.sum(axis=1))
    curves = {branch: curves_of(stock, branch) for branch in Branch}
    mixed = Places(
        ("a", "b"), LON, LAT, np.full(3, 400.0), np.array([1, 0, 1]), np.array([0.3, 1.0, 0.7]),
        np.array([0.5, 1.0, 0.5]), "slope",
    )  # fmt: skip
    mean = np.log(np.array([[[0.2, 0.3, 0.4], [20.0, 30.0, 40.0]]]))
    shaking = Shaking(
        MEASURES, ("one",), np.ones(1), mean, np.full_like(mean, 0.3), np.full_like(mean, 0.5), ()
    )
    drawn = draw_residuals(LON, LAT, MEASURES, 400, 1)
    people, assumed = each.sum(axis=1), damage_assumptions()
    found = losses(shaking, mixed, curves, people, assumed, count=400, drawn=drawn)
    order = np.array([1, 0, 2])
    arranged = Places(
        mixed.district_ids,
        *(
            getattr(mixed, name)[order]
            for name in ("lon", "lat", "vs30_m_s", "district", "people", "buildings")
        ),
        "slope",
    )
    turned = replace(shaking, mean_ln=mean[..., order])
    moved = replace(drawn, within=drawn.within[..., order], conversion=drawn.conversion[..., order])
    again = losses(turned, arranged, curves, people, assumed, count=400, drawn=moved)
    for branch in Branch:
        assert again.samples[branch] == pytest.approx(found.samples[branch])
        grades = found.samples[branch][:, :, :6].sum(axis=-1)
        assert grades == pytest.approx(np.broadcast_to(people / 10.0, grades.shape))
    assert again.district_pga_g == pytest.approx(found.district_pga_g)
    assert again.pager_deaths == pytest.approx(found.pager_deaths)
