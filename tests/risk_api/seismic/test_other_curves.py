"""Damage by other curves: log-normal ones fitted to what a published study of Almaty used.

Medians of slight, moderate, extensive and complete damage and their common scatter, by the type that they
stand for here. The fits are this project's and serve this comparison only: they are never shipped, as the
curves behind them are under a licence that forbids commercial use.
"""

import pytest

from geodata import Region
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.damage.fragility import exceedance
from risk_api.seismic.damage.places import places_of
from risk_api.seismic.measures import Measure
from risk_api.seismic.realisations import realisations
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.seismic.shaking import shake

FITS = {
    "adobe": (Measure.SA_03, (0.34, 0.73, 1.04, 1.33), 0.59),
    "urm": (Measure.SA_03, (0.36, 0.81, 1.21, 1.59), 0.58),
    "cm": (Measure.SA_03, (0.51, 1.19, 1.80, 2.37), 0.58),
    "rm_low": (Measure.PGA, (0.42, 0.81, 1.11, 1.37), 0.41),
    "rm_mid": (Measure.SA_06, (0.22, 0.58, 0.94, 1.30), 0.58),
    "rc1": (Measure.SA_06, (0.18, 0.70, 1.19, 1.66), 0.57),
    "rc2": (Measure.SA_03, (0.37, 1.24, 1.99, 2.68), 0.66),
    "rc3": (Measure.SA_06, (0.27, 0.94, 1.59, 2.23), 0.56),
    "rc4": (Measure.SA_06, (0.26, 0.90, 1.52, 2.12), 0.59),
    "rcpc1": (Measure.SA_06, (0.19, 0.74, 1.27, 1.79), 0.57),
    "rcpc2": (Measure.SA_03, (0.57, 1.70, 2.69, 3.62), 0.58),
    "wood": (Measure.SA_03, (0.44, 0.77, 1.09, 1.39), 0.51),
    "steel": (Measure.SA_06, (0.38, 0.54, 0.71, 0.87), 0.38),
}


@pytest.mark.parametrize("name", ["verny-1887", "city-splay", "chilik-1889"])
def test_other_curves_lie_between_the_branches(almaty: Region, name: str) -> None:
    """Curves like those of the published study, on our shaking and stock: between our two branches."""
    quakes = QuakeAnswers(almaty)
    places, stock = places_of(almaty, 5000.0), quakes.stock
    shaking = shake(seismic_scenario(name).rupture(), places.lon, places.lat, places.sites)
    fields = realisations(shaking, places.lon, places.lat, 1000, 5)
    complete = 0.0
    for column, kind in enumerate(stock.type_ids):
        measure, medians, scatter = FITS[kind]
        reached = exceedance(fields[:, shaking.measures.index(measure)], medians, scatter)[..., 3]
        complete += float(
            reached.mean(axis=0) @ (places.buildings * stock.buildings[places.district, column])
        )
    branches = quakes.scenario(name).city.branches
    assert (
        branches[Branch.MACROSEISMIC]["destroyed"].mean
        < complete
        < branches[Branch.FRAGILITY]["destroyed"].mean
    )
