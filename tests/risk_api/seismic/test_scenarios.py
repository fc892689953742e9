"""The named earthquakes: every figure has a source or a reason, and what they bring to the city."""

from __future__ import annotations

import numpy as np
import pytest

from risk_api.errors import UnknownScenario
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.gmm import Sites
from risk_api.seismic.intensity import IntensityScale
from risk_api.seismic.measures import Measure
from risk_api.seismic.scenarios import read_scenarios, seismic_scenario, seismic_scenarios
from risk_api.seismic.shaking import shake

NAMES = [
    "verny-1887",
    "chilik-1889",
    "kemin-1911",
    "city-splay",
    "northern-splay",
    "talgar",
    "deep-platform",
    "uqturpan-2024-01-23",
    "almaty-2024-03-04",
]
CENTRE = ([76.945], [43.24])


def at_the_centre(name: str, vs30: float = 400.0, **changed: float):
    return shake(seismic_scenario(name).rupture(**changed), *CENTRE, Sites.of(vs30))


def test_the_listed_ones_are_there() -> None:
    assert list(seismic_scenarios()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_band_and_a_source_or_a_reason(name) -> None:
    scenario = seismic_scenario(name)
    assert set(scenario.titles) == {"kk", "ru", "en"}
    assert len(scenario.place_source) > 5
    assert bool(scenario.date) == (scenario.kind != "hypothetical")
    for figure in scenario.figures.values():
        assert figure.low <= figure.value <= figure.high
        assert len(figure.source) > 5
        if figure.assumed:
            assert figure.low < figure.high
            assert set(figure.why) == {"kk", "ru", "en"}
    rupture = scenario.rupture()
    assert rupture.area_km2 > 5
    # Either end of every band is a rupture too.
    for field, figure in scenario.figures.items():
        for value in (figure.low, figure.high):
            assert scenario.rupture(**{field: value}).area_km2 > 1


def test_assumptions_have_names_of_their_own() -> None:
    named = {key for scenario in seismic_scenarios().values() for key in scenario.assumptions()}
    assert named == {
        "chilik-1889.bottom_depth_km",
        "deep-platform.trace_east_km",
        "almaty-2024-03-04.magnitude",
        "almaty-2024-03-04.strike_deg",
        "almaty-2024-03-04.dip_deg",
        "almaty-2024-03-04.rake_deg",
    }


def test_the_geometry_is_what_the_sources_say() -> None:
    deep = seismic_scenario("deep-platform").rupture()
    assert deep.strike_deg == pytest.approx(77.0, abs=1.0)
    assert (deep.top_depth_km, deep.bottom_depth_km) == (10.0, pytest.approx(30.0))
    planes = deep.planes
    strike, out = np.radians(planes.strike_deg[0]), planes.width_km[0] * np.cos(np.radians(44.0))
    ends = np.array([0.0, planes.length_km[0]])
    along_x, along_y = planes.x_km + ends * np.sin(strike), planes.y_km + ends * np.cos(strike)
    corners_x = np.r_[along_x, along_x + out * np.cos(strike)]
    corners_y = np.r_[along_y, along_y - out * np.sin(strike)]
    lat = deep.frame.to_lonlat(corners_x, corners_y)[1]
    assert (lat.min(), lat.max()) == (pytest.approx(43.8, abs=0.03), pytest.approx(44.2, abs=0.03))
    assert 155 < seismic_scenario("kemin-1911").rupture().length_km < 195
    assert seismic_scenario("uqturpan-2024-01-23").rupture().top_depth_km == pytest.approx(8, abs=1)
    east = seismic_scenario("deep-platform").rupture(trace_east_km=20.0)
    assert east.trace[0][0] - deep.trace[0][0] == pytest.approx(20 / 80.2, abs=0.01)


@pytest.mark.parametrize(
    ("name", "low", "high", "changed"),
    [
        ("verny-1887", 7.6, 7.9, {}),
        ("kemin-1911", 7.0, 7.4, {}),
        ("almaty-2024-03-04", 4.4, 4.7, {"magnitude": 5.6}),
    ],
)
def test_mmi_at_almaty_as_computed_elsewhere(name, low, high, changed) -> None:
    found = at_the_centre(name, **changed).intensity(50.0)[0]
    assert low - 0.1 <= found <= high + 0.1


def test_the_observed_intensities_lie_within_the_band() -> None:
    """The 5 to 95 % band holds what was seen, in MSK as practised, within half a degree."""
    for name in NAMES:
        for seen in seismic_scenario(name).observed:
            shaking = at_the_centre(name, 320.0)
            low, high = (shaking.intensity(percent, IntensityScale.MSK_KZ)[0] for percent in (5.0, 95.0))
            assert low <= seen.high + 0.5, name
            assert high >= seen.low - 0.5, name


def test_which_earthquake_shakes_the_city_most() -> None:
    pga = {name: at_the_centre(name).median[0, 0] for name in NAMES}
    by_strength = ("city-splay", "verny-1887", "kemin-1911", "chilik-1889", "deep-platform")
    strengths = [pga[name] for name in by_strength]
    assert strengths == sorted(strengths, reverse=True)
    assert pga["uqturpan-2024-01-23"] < pga["almaty-2024-03-04"] < 0.1


def test_distant_and_large_means_slow_shaking() -> None:
    far, near = at_the_centre("uqturpan-2024-01-23"), at_the_centre("almaty-2024-03-04")
    row = far.measures.index(Measure.SA_10)
    assert far.median[row, 0] / far.median[0, 0] > 3 * near.median[row, 0] / near.median[0, 0]


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownScenario, match="verny-1887"):
        seismic_scenario("verny")
    with pytest.raises(BadSeismicInput) as caught:
        seismic_scenario("verny-1887").rupture(strike_deg=10.0)
    assert caught.value.field == "strike_deg"
    assert "dip_deg" in caught.value.allowed


GOOD = """
[made-up]
kind = "hypothetical"
title = { kk = "a", ru = "b", en = "c" }
point = { lon = 76.9, lat = 43.1, source = "a test", confidence = "C" }
depth_km = { value = 10.0, low = 5.0, high = 15.0, source = "a test", confidence = "C" }
magnitude = { value = 6.0, low = 5.5, high = 6.5, source = "a test", confidence = "C" }
strike_deg = { value = 75.0, low = 50.0, high = 100.0, source = "a test", confidence = "C" }
dip_deg = { value = 45.0, low = 30.0, high = 60.0, source = "a test", confidence = "C" }
rake_deg = { value = 90.0, low = 60.0, high = 120.0, assumed = true, why = "because" }
[why.because]
kk = "a"
ru = "b"
en = "c"
"""


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('kind = "hypothetical"', 'kind = "rumour"', "made-up.kind"),
        ('kk = "a", ', "", "made-up.title"),
        ("value = 6.0", "value = 7.0", "made-up.magnitude"),
        ('high = 6.5, source = "a test"', 'high = 6.5, source = ""', "made-up.magnitude"),
        ('why = "because"', 'why = "nothing"', "made-up.rake_deg"),
        ("strike_deg", "stroke_deg", "made-up"),
        ('lat = 43.1, source = "a test", confidence = "C"', 'lat = 43.1, source = "a test"', "made-up.place"),
        ("point =", "elsewhere =", "made-up"),
    ],
)
def test_a_table_that_hides_something_is_refused(before, after, field) -> None:
    assert read_scenarios(GOOD)["made-up"].rupture().magnitude == 6.0
    with pytest.raises(BadSeismicInput) as caught:
        read_scenarios(GOOD.replace(before, after, 1))
    assert caught.value.field == field
