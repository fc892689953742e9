"""Probabilistic hazard: against a slow second implementation, published values, its own bookkeeping."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.gmm import Sites
from risk_api.seismic.hazard import almaty_sources, almaty_tree, disaggregate, hazard, read_tree
from risk_api.seismic.hazard.branches import Branch, LogicTree
from risk_api.seismic.hazard.curves import chance_above, levels_of, rates_of
from risk_api.seismic.hazard.recurrence import magnitude_bins, moment_nm, rates_from_counts, rates_from_slip
from risk_api.seismic.hazard.ruptures import around_points, floating
from risk_api.seismic.hazard.source_model import area_points, read_sources
from risk_api.seismic.hazard.tally import Tally
from risk_api.seismic.measures import Measure
from risk_api.seismic.rupture import Rupture

# Where the people of each district live: means of its population centres.
PLACES = {
    "alatau": (76.861, 43.297),
    "almaly": (76.915, 43.253),
    "auezov": (76.855, 43.223),
    "bostandyk": (76.909, 43.205),
    "medeu": (76.976, 43.234),
    "nauryzbay": (76.849, 43.177),
    "turksib": (76.981, 43.331),
    "zhetysu": (76.924, 43.298),
}
NAMES = tuple(PLACES)
LON, LAT = np.array(list(PLACES.values())).T
ALMALY = NAMES.index("almaly")
ROCK = Sites.of(760.0)

FAULTS = """
[[fault]]
id = "range-front"
name = "a fault under the city"
trace = [[76.7, 43.14], [76.9, 43.16], [77.1, 43.26]]
dips_towards = "S"
dip_deg = 45.0
rake_deg = 76.0
slip_mm_yr = 1.15
slip_sigma_mm_yr = 0.5
largest_magnitude = 7.0
"""
SOURCES = """
[faults]
coupling = { value = 0.8 }
characteristic_share = { value = 0.7 }
characteristic_width = { value = 0.4 }
lowest_magnitude = { value = 6.5 }
bottom_km = { value = 20.0 }
b = { value = 0.89 }
[[mechanism]]
share = 0.7
strike_deg = 75.0
dip_deg = 45.0
rake_deg = 90.0
[[mechanism]]
share = 0.3
strike_deg = 60.0
dip_deg = 85.0
rake_deg = 0.0
[[depth]]
share = 1.0
km = 10.0
[area.everywhere]
box = [76.4, 42.8, 77.4, 43.6]
cell_km = 25.0
rate_from_5 = { value = 0.05 }
b = 0.89
lowest_magnitude = 5.0
largest_magnitude = 6.5
"""


@pytest.fixture(scope="module")
def almaty_hazard():
    return hazard(LON, LAT, ROCK, measures=(Measure.PGA, Measure.SA_03, Measure.SA_06, Measure.SA_10))


@pytest.fixture(scope="module")
def slow():
    path = Path(__file__).with_name("slow_hazard.py")
    spec = importlib.util.spec_from_file_location("slow_hazard", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_like_a_slow_second_implementation(slow) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pygmm
    sources = read_sources(FAULTS, SOURCES)
    tree = LogicTree(
        (Branch("one", 1.0, {"range-front/steep": 2.0, "everywhere": 1.0}),), tuple(sources.groups)
    )
    site = (76.915, 43.20)
    fast = hazard(*site, Sites.of(400.0), sources=sources, tree=tree, measures=(Measure.PGA, Measure.SA_10))
    chosen = slice(4, 24, 4)
    levels = [fast.levels[row, chosen] for row in (0, 1)]
    x, y = (float(value[0]) for value in sources.frame.to_km([site[0]], [site[1]]))
    total = np.zeros((2, len(levels[0])))
    for name, scale in (("range-front/steep", 2.0), ("everywhere", 1.0)):
        assert len(sources.groups[name]) > 40
        total += scale * np.array(slow.rates(pygmm, sources.groups[name], x, y, 400.0, *levels))
    seen = fast.mean[:, 0, chosen]
    assert (total > 1e-7).all()
    np.testing.assert_allclose(seen, total, rtol=0.03)


def test_one_branch_beside_the_same_model_computed_elsewhere(almaty_hazard) -> None:
    """Another code's rendering of the same description: Almaly on rock, PGA of seven return periods."""
    index = [branch.id for branch in almaty_tree().branches].index("slip-1.15")
    branch = almaty_hazard.by_branch[index]
    years = (50, 100, 225, 475, 975, 2475, 4975)
    found = [almaty_hazard.level(period, branch)[0, ALMALY] for period in years]
    assert found == pytest.approx([0.068, 0.109, 0.179, 0.272, 0.393, 0.597, 0.785], rel=0.08)


def test_slip_rate_moves_the_hazard_as_elsewhere(almaty_hazard) -> None:
    found = {
        branch.id: almaty_hazard.level(475, almaty_hazard.by_branch[index])[0, ALMALY]
        for index, branch in enumerate(almaty_tree().branches)
    }
    for slip, expected in (("0.6", 0.242), ("1.15", 0.272), ("1.7", 0.303), ("2.2", 0.331)):
        assert found[f"slip-{slip}"] == pytest.approx(expected, rel=0.08)
    assert found["areas"] < found["areas-as-since-1885"]


def test_the_districts_on_rock(almaty_hazard) -> None:
    pga = dict(zip(NAMES, almaty_hazard.level(475)[0].tolist(), strict=True))
    assert all(0.24 <= value <= 0.33 for value in pga.values())
    assert min(pga[name] for name in ("bostandyk", "nauryzbay", "medeu")) > max(
        pga[name] for name in ("turksib", "zhetysu", "alatau")
    )


def test_curves_fall_and_bands_are_in_order(almaty_hazard) -> None:
    assert (np.diff(almaty_hazard.by_branch, axis=-1) < 0).all()
    low, middle, high = (almaty_hazard.fractile(percent) for percent in (16, 50, 84))
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (almaty_hazard.by_branch.min(axis=0) <= almaty_hazard.mean).all()
    levels = np.stack([almaty_hazard.level(years) for years in (50, 475, 2475, 5000)])
    assert (np.diff(levels, axis=0) > 0).all()
    # Half the belief lies at the median or below it, half at it or above.
    shares = almaty_tree().shares
    below = (almaty_hazard.by_branch <= middle).astype(float)
    assert (np.tensordot(shares, below, axes=1) >= 0.5 - 1e-9).all()


def test_the_mean_is_the_shares_times_the_branches(almaty_hazard) -> None:
    tree = almaty_tree()
    by_hand = sum(
        share * sum(scale * almaty_hazard.by_group[g] for g, scale in enumerate(row))
        for share, row in zip(tree.shares, tree.scales, strict=True)
    )
    np.testing.assert_allclose(almaty_hazard.mean, by_hand, rtol=1e-12)
    assert tree.shares.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("years", [49.0, 5001.0, float("nan"), -475.0])
def test_a_return_period_that_the_sources_do_not_support_is_refused(almaty_hazard, years) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        almaty_hazard.level(years)
    assert caught.value.field == "return_period_years"


def test_a_curve_that_ends_too_early_has_no_level() -> None:
    """A source of one earthquake in ten million years brings nothing in 475."""
    sources = read_sources(FAULTS, SOURCES.replace("value = 0.05", "value = 1e-7"))
    tree = LogicTree((Branch("one", 1.0, {"everywhere": 1.0}),), tuple(sources.groups))
    found = hazard(76.9, 43.2, ROCK, sources=sources, tree=tree, measures=(Measure.PGA,))
    assert np.isnan(found.level(475)).all()


def test_probability_in_years(almaty_hazard) -> None:
    level = almaty_hazard.level(475)[0, ALMALY]
    found = almaty_hazard.probability(Measure.PGA, level, 50.0)[ALMALY]
    assert found == pytest.approx(1 - np.exp(-50 / 475), rel=1e-6)
    assert almaty_hazard.probability(Measure.PGA, level, 100.0)[ALMALY] > found
    for measure, level, years, field in (
        (Measure.PGV, 10.0, 50.0, "measure"),
        (Measure.PGA, 9.0, 50.0, "level"),
        (Measure.PGA, float("nan"), 50.0, "level"),
        (Measure.PGA, 0.3, 0.0, "years"),
    ):
        with pytest.raises(BadSeismicInput) as caught:
            almaty_hazard.probability(measure, level, years)
        assert caught.value.field == field


def test_magnitudes_beyond_two_models_are_marked(almaty_hazard) -> None:
    """The areas go up to 8.2; CB14 and CY14 hold to 8.0 for reverse faulting. Counted here over all pairs."""
    groups, used = almaty_sources().groups, almaty_tree().used
    beyond = sum(
        int(((groups[name].magnitude > 8.0) & (groups[name].rake_deg == 90.0)).sum()) for name in used
    )
    share = beyond / sum(len(groups[name]) for name in used)
    marks = {(mark.model, mark.field): mark for mark in almaty_hazard.outside}
    for model in ("CB14", "CY14"):
        assert marks[model, "magnitude"].furthest == pytest.approx(8.08, abs=0.03)
        assert marks[model, "magnitude"].share == pytest.approx(share)
    assert not {field for _, field in marks} - {"magnitude", "rrup_km", "rjb_km"}


def test_a_uniform_hazard_spectrum(almaty_hazard) -> None:
    periods, spectrum = almaty_hazard.uniform_spectrum(475)
    assert periods == (0.0, 0.3, 0.6, 1.0)
    assert (spectrum[1] > spectrum[0]).all()
    assert (spectrum[1] > spectrum[2]).all()
    assert (spectrum[2] > spectrum[3]).all()


def test_soil_shakes_more_than_rock(almaty_hazard) -> None:
    soil = hazard(LON[ALMALY], LAT[ALMALY], Sites.of(470.0), measures=(Measure.PGA,))
    index = [branch.id for branch in almaty_tree().branches].index("slip-1.15")
    found = [soil.level(years, soil.by_branch[index])[0, 0] for years in (50, 100, 225, 475, 975, 2475, 4975)]
    assert found == pytest.approx([0.084, 0.132, 0.213, 0.319, 0.453, 0.670, 0.862], rel=0.08)


def test_where_the_hazard_comes_from(almaty_hazard) -> None:
    level = float(almaty_hazard.level(475)[0, ALMALY])
    found = disaggregate(LON[ALMALY], LAT[ALMALY], ROCK, Measure.PGA, level)
    assert found.rate_yr == pytest.approx(1 / 475, rel=0.01)
    assert found.by_magnitude_and_distance.sum() == pytest.approx(1.0)
    assert sum(found.by_group.values()) == pytest.approx(1.0)
    assert 6.0 < found.mean_magnitude < 7.2
    assert 5.0 < found.mean_distance_km < 30.0
    rare = disaggregate(LON[ALMALY], LAT[ALMALY], ROCK, Measure.PGA, 2.5 * level)
    front = [sum(d.by_group[f"range-front/{dip}"] for dip in ("steep", "gentle")) for d in (found, rare)]
    assert front[1] > front[0] > 0.15
    assert rare.mean_magnitude > found.mean_magnitude


def test_cells_are_small_enough() -> None:
    """Cells of half the size near the city change the hazard of the areas by less than a hundredth."""
    text = SOURCES.replace("box = [76.4, 42.8, 77.4, 43.6]", "box = [75.5, 42.2, 78.4, 43.5]")
    tree_of = lambda sources: LogicTree((Branch("one", 1.0, {"everywhere": 1.0}),), tuple(sources.groups))  # noqa: E731
    coarse, fine = (
        read_sources(FAULTS, text.replace("cell_km = 25.0", f"cell_km = {cell}")) for cell in (12.0, 6.0)
    )
    levels = [
        hazard(LON, LAT, ROCK, sources=each, tree=tree_of(each), measures=(Measure.PGA,)).level(475)
        for each in (coarse, fine)
    ]
    np.testing.assert_allclose(levels[0], levels[1], rtol=0.01)


def every_rupture(group, x, y, ground, shares, measures) -> tuple[np.ndarray, np.ndarray]:
    """Rates by the tally, and by an error function for each rupture."""
    ln_levels = np.log(np.stack([levels_of(measure) for measure in measures]))
    chance = chance_above(group, x, y, ground, shares, measures, ln_levels)
    assert ((chance >= 0) & (chance <= 1)).all()
    exact = np.einsum("r,mrsl->msl", group.rate_yr, chance)
    return rates_of(group, x, y, ground, shares, measures, ln_levels)[0], exact


@pytest.mark.parametrize("vs30", [200.0, 760.0])
@pytest.mark.parametrize("name", ["range-front/steep", "central-tien-shan"])
def test_a_tally_is_as_good_as_every_rupture_by_itself(name: str, vs30: float) -> None:
    sources = almaty_sources()
    x, y = sources.frame.to_km(LON, LAT)
    shares, measures = {"ASK14": 0.1, "BSSA14": 0.4, "CB14": 0.2, "CY14": 0.3}, (Measure.PGA, Measure.PGV)
    found, exact = every_rupture(sources.groups[name], x, y, Sites.of(vs30).on(x.shape), shares, measures)
    often = exact > 1e-3 * exact.max(axis=-1, keepdims=True)
    np.testing.assert_allclose(found[often], exact[often], rtol=0.012)
    above = exact > 0.05 * exact.max(axis=-1, keepdims=True)
    np.testing.assert_allclose(found[above], exact[above], rtol=0.003)


def test_what_the_lattice_does_not_hold_is_computed_one_by_one() -> None:
    tally, ln_levels = Tally(np.log(levels_of(Measure.PGA)), 2), np.log(levels_of(Measure.PGA))
    mean, sigma = np.array([[-2.0, 3.0], [-1.0, -4.0]]), np.array([[0.6, 0.6], [1.3, 0.1]])
    rate = np.array([0.02, 0.05])
    tally.add(mean, sigma, rate)
    exact = np.tensordot(rate, ndtr((mean[..., None] - ln_levels) / sigma[..., None]), axes=1)
    np.testing.assert_allclose(tally.rates(), exact)


def test_many_sites_are_the_same_as_few() -> None:
    sources = read_sources(FAULTS, SOURCES)
    tree = LogicTree((Branch("all", 1.0, dict.fromkeys(sources.groups, 1.0)),), tuple(sources.groups))
    lon, lat = np.tile(LON, 4), np.tile(LAT, 4)
    few = hazard(LON, LAT, Sites.of(300.0), sources=sources, tree=tree, measures=(Measure.PGA,))
    many = hazard(lon, lat, Sites.of(np.full(32, 300.0)), sources=sources, tree=tree, measures=(Measure.PGA,))
    np.testing.assert_allclose(many.mean, np.tile(few.mean, (1, 4, 1)), rtol=1e-9)
    assert [(mark.model, mark.field) for mark in many.outside] == [
        (mark.model, mark.field) for mark in few.outside
    ]
    assert [mark.share for mark in many.outside] == pytest.approx([mark.share for mark in few.outside])


@pytest.mark.parametrize("fault", sorted(almaty_sources().faults))
def test_faults_release_what_they_gather(fault) -> None:
    sources = almaty_sources()
    entry = sources.faults[fault]
    x, y = sources.frame.to_km(*np.asarray(entry.trace).T)
    length_m = np.hypot(np.diff(x), np.diff(y)).sum() * 1e3
    group = sources.groups[fault if fault in sources.groups else f"{fault}/steep"]
    width_m = 20e3 / np.sin(np.radians(entry.dip_deg))
    gathered = 3.3e10 * length_m * width_m * entry.slip_mm_yr * 1e-3 * 0.8
    assert group.rate_yr @ moment_nm(group.magnitude) == pytest.approx(gathered)
    assert group.magnitude.max() <= entry.largest_magnitude
    assert group.magnitude.min() >= 6.5


@settings(max_examples=50, deadline=None)
@given(st.floats(6.6, 8.0), st.floats(0.1, 1.0), st.floats(0.0, 1.0), st.floats(0.6, 1.2))
def test_moment_is_balanced_whatever_the_shares(largest, coupling, share, b) -> None:
    edges, centres = magnitude_bins(6.5, largest, 0.1)
    rates = rates_from_slip(
        edges, 2e9, 1e-3, coupling=coupling, characteristic_share=share, characteristic_width=0.4, b=b
    )
    assert (rates >= 0).all()
    assert rates @ moment_nm(centres) == pytest.approx(3.3e10 * 2e9 * 1e-3 * coupling)


def test_counts_are_those_of_the_law() -> None:
    edges, _ = magnitude_bins(5.0, 6.5, 0.25)
    rates = rates_from_counts(edges, 0.36, 0.89)
    assert rates.sum() == pytest.approx(0.36 * (1 - 10 ** (-0.89 * 1.5)))
    assert (np.diff(rates) < 0).all()
    for name, total in (("north-tien-shan", 0.36), ("platform", 0.05)):
        found = almaty_sources().groups[name].rate_yr.sum()
        assert found == pytest.approx(total * (1 - 10 ** (-0.89 * 1.5)))


def test_floating_ruptures_stay_on_the_fault_and_cover_it() -> None:
    trace = np.array([[0.0, 0.0], [0.0, 40.0], [10.0, 70.0]])
    found = floating(
        "f", trace, dip_deg=50.0, rake_deg=90.0, width_km=25.0,
        magnitudes=np.array([6.5, 7.0, 8.0]), rates_yr=np.array([3.0, 2.0, 1.0]),
    )  # fmt: skip
    for magnitude, rate in ((6.5, 3.0), (7.0, 2.0), (8.0, 1.0)):
        chosen = found.magnitude == magnitude
        assert found.rate_yr[chosen].sum() == pytest.approx(rate)
        depth = found.planes.top_depth_km[chosen]
        bottom = depth + found.planes.width_km[chosen] * np.sin(np.radians(50.0))
        assert depth.min() == 0.0
        assert bottom.max() == pytest.approx(25.0 * np.sin(np.radians(50.0)))
    # The first leg runs north: a rupture that is d deep there begins d over the tangent of the dip to the
    # east.
    leg = (found.planes.y_km + found.planes.length_km) <= 40.0
    assert leg.sum() > 3
    out = found.planes.top_depth_km[leg] / np.tan(np.radians(50.0))
    assert out.max() > 5.0
    assert found.planes.x_km[leg] == pytest.approx(out)
    whole = found.magnitude == 8.0
    assert found.planes.length_km[whole] == pytest.approx(np.hypot(10, 70))
    small = found.planes.length_km[found.magnitude == 6.5]
    assert (small < 30).all()


@settings(max_examples=60, deadline=None)
@given(
    st.floats(5.0, 7.8), st.floats(0, 360), st.floats(20, 89), st.sampled_from([0.0, 90.0]), st.floats(2, 20)
)
def test_ruptures_around_points_are_those_of_a_single_point(magnitude, strike, dip, rake, depth) -> None:
    found = around_points(
        "a", np.zeros(1), np.zeros(1), np.ones(1), strike_deg=strike, dip_deg=dip, rake_deg=rake,
        depth_km=depth, crust_km=(0.0, 25.0), magnitudes=np.array([magnitude]), rates_yr=np.ones(1),
    )  # fmt: skip
    single = Rupture.from_point(
        76.95, 43.25, depth, magnitude=magnitude, strike_deg=strike, dip_deg=dip, rake_deg=rake, lower_km=25.0
    )
    assert found.planes.top_depth_km[0] == pytest.approx(single.top_depth_km)
    assert found.planes.width_km[0] == pytest.approx(single.width_km)
    assert found.planes.length_km[0] == pytest.approx(single.length_km, rel=2e-3)
    start = almaty_sources().frame.to_km([single.trace[0][0]], [single.trace[0][1]])
    assert (found.planes.x_km[0], found.planes.y_km[0]) == pytest.approx((start[0][0], start[1][0]), abs=0.2)
    hypocentre = found.sources().hypocentre_depth_km[0, 0]
    assert single.top_depth_km < hypocentre < single.bottom_depth_km + 1e-9


def test_points_of_an_area_share_it_out() -> None:
    box = (75.0, 42.2, 79.0, 43.5)
    x, y, weight = area_points(box, 12.0)
    assert weight.sum() == pytest.approx(1.0)
    lon, lat = almaty_sources().frame.to_lonlat(x, y)
    assert (lon.min(), lon.max()) > (75.0, 78.5)
    assert lat.min() > 42.2
    assert lat.max() < 43.5
    # The centre of gravity is the box's, whichever cells are merged.
    fine_x, fine_y, fine = area_points(box, 12.0, near_km=1e6)
    assert (fine == fine[0]).all()
    assert (weight @ x, weight @ y) == (pytest.approx(fine @ fine_x), pytest.approx(fine @ fine_y))


def test_traces_are_those_of_the_database(real_data) -> None:
    import json

    from shapely.geometry import LineString

    frame = almaty_sources().frame
    published = json.loads((real_data / "fault_slip_rates.geojson").read_text())
    lines = {
        int(each["properties"]["fid"]): LineString(
            np.column_stack(frame.to_km(*np.array(each["geometry"]["coordinates"]).T))
        )
        for each in published["features"]
    }
    slips = {
        int(each["properties"]["fid"]): each["properties"]["net_slip_rate"] for each in published["features"]
    }
    import tomllib
    from importlib.resources import files

    table = tomllib.loads(files("risk_api.seismic.hazard").joinpath("faults.toml").read_text("utf-8"))
    assert len(table["fault"]) == len(lines) == 13
    for entry in table["fault"]:
        ours = LineString(np.column_stack(frame.to_km(*np.array(entry["trace"]).T)))
        assert ours.hausdorff_distance(lines[entry["fid"]]) < 2.6
        assert entry["slip_mm_yr"] == pytest.approx(slips[entry["fid"]], abs=0.006)


BRANCHES = """
always = ["everywhere"]
without_faults = []
scaled_without_faults = "everywhere"
[[fault_branch]]
id = "a"
share = 0.5
slip_mm_yr = 2.3
dip = "steep"
[[area_branch]]
id = "b"
share = 0.5
scale_large = 3.0
"""


def test_a_tree_scales_the_range_front_by_its_slip() -> None:
    sources = read_sources(FAULTS, SOURCES)
    tree = read_tree(BRANCHES, sources)
    assert tree.branches[0].scales == {"everywhere": 1.0, "range-front/steep": 2.0}
    assert tree.branches[1].scales == {"everywhere": 3.0}
    assert tree.used == ("range-front/steep", "everywhere")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda s: read_tree(BRANCHES.replace("share = 0.5", "share = 0.4", 1), s), "share"),
        (lambda s: read_tree(BRANCHES.replace('dip = "steep"', 'dip = "flat"'), s), "a.range-front/flat"),
        (lambda s: read_sources(FAULTS, SOURCES.replace("share = 0.7", "share = 0.6")), "mechanism"),
        (lambda s: read_sources(FAULTS, SOURCES.replace("share = 1.0", "share = 0.9")), "depth"),
        (
            lambda s: read_sources(FAULTS.replace("slip_mm_yr = 1.15", "slip_mm_yr = -1.0"), SOURCES),
            "slip_mm_yr",
        ),
        (lambda s: hazard(np.nan, 43.0, ROCK), "lon"),
        (lambda s: hazard(71.4, 51.1, ROCK), "lon"),  # Astana
        (lambda s: hazard([76.9, 77.0], [43.0], ROCK), "lat"),
        (lambda s: hazard([76.9, 77.0], [43.0, 43.1], Sites.of([500.0] * 3)), "vs30_m_s"),
        (lambda s: disaggregate(76.9, 43.2, ROCK, Measure.PGA, 0.0), "level"),
        (lambda s: hazard(76.9, 43.0, ROCK, weights={"ASK14": 0.9}), "weights"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(make, field) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        make(read_sources(FAULTS, SOURCES))
    assert caught.value.field == field
