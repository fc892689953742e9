"""Runs with a dam made other than it is, or with a dam that somebody drew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models.closing import way_round
from geodata import DamRefused, Region
from risk_api.errors import BadParameter
from risk_api.runs import DamChange, GivenOpening, GivenWeir, OwnDam, RunSpec, plan, strategy_ids
from risk_api.runs.placing import PlacedDams, place_dams

SCENARIO = "kumbelsu-1977"


def across(region: Region, offset_m: float, half_m: float = 300.0) -> list[tuple[float, float]]:
    """An axis at right angles to the river, so far below the Ayusai dam."""
    site = region.dam_sites["ayusai"]
    river = region.course(site.river)
    chainage = region.dam_chainage("ayusai") + offset_m
    dx, dy = river.direction_at(chainage)
    x, y = river.at(chainage)
    return [region.to_lonlat(x - side * half_m * dy, y + side * half_m * dx) for side in (-1.0, 1.0)]


def changed(region: Region, change: DamChange, strategy: str = "ayusai") -> RunSpec:
    return plan(region, SCENARIO, strategy, cell_size_m=30.0, changes={"ayusai": change})


def with_own(region: Region, *dams: OwnDam, strategy: str = "no-dams") -> RunSpec:
    return plan(region, SCENARIO, strategy, cell_size_m=30.0, own_dams=dams)


def placed(region: Region, spec: RunSpec) -> PlacedDams:
    return place_dams(region, region.terrain(30.0), spec.values)


def test_a_spec_without_changes_says_nothing_of_them(almaty: Region) -> None:
    """Runs that were made before somebody could draw a dam keep their ids."""
    for strategy in strategy_ids(almaty, almaty.scenarios[SCENARIO]):
        plain = plan(almaty, SCENARIO, strategy)
        assert plan(almaty, SCENARIO, strategy, changes={}, own_dams=()).content == plain.content
        assert set(plain.values) == {
            "engine", "counting", "placing", "ground", "region", "scenario", "friction", "passing", "dams",
            "dam_order", "cell_size_m", "order", "duration_s",
        }  # fmt: skip
        assert plain.values["dam_order"] == ["ayusai", "bolshaya-almatinka"]


@pytest.mark.parametrize(
    "change",
    [
        DamChange(),
        DamChange(height_m=41.0),
        DamChange(state="in service"),
        DamChange(weir=GivenWeir(46.0, 3.5)),
    ],
)
def test_a_change_to_what_is_there_is_the_same_run(almaty: Region, change: DamChange) -> None:
    assert changed(almaty, change).id == plan(almaty, SCENARIO, "ayusai", cell_size_m=30.0).id


def test_every_change_is_another_run_and_takes_back_to_the_first(almaty: Region) -> None:
    plain = plan(almaty, SCENARIO, "ayusai", cell_size_m=30.0)
    found = [
        changed(almaty, change)
        for change in (
            DamChange(height_m=60.0),
            DamChange(capacity_m3=3e6),
            DamChange(state="clogged"),
            DamChange(openings=[]),
            DamChange(openings=[GivenOpening(9.0), GivenOpening(4.0, sill_above_bed_m=12.0)]),
            DamChange(weir=GivenWeir(60.0, 5.0)),
        )
    ]
    found.append(with_own(almaty, OwnDam("mine", across(almaty, 1000.0), height_m=40.0), strategy="ayusai"))
    assert len({spec.id for spec in [plain, *found]}) == 8
    for spec in found:
        values = spec.values
        values["dam_order"] = [dam for dam in values["dam_order"] if dam not in values.get("own_dams", {})]
        values.pop("changes", None)
        values.pop("own_dams", None)
        assert RunSpec.of(values).id == plain.id


def test_a_higher_dam_holds_more_and_a_capacity_is_met(almaty: Region) -> None:
    heights = [30.0, 50.0, 60.0]
    sites = [
        placed(almaty, changed(almaty, DamChange(height_m=height))).described["ayusai"] for height in heights
    ]
    for height, site in zip(heights, sites, strict=True):
        assert site["crest_elevation_m"] - site["bed_elevation_m"] == pytest.approx(height, abs=1.5)
        assert site["storage"]["spill_elevation_m"] == pytest.approx(site["crest_elevation_m"] - 3.5)
    volumes = [site["storage"]["capacity_m3"] for site in sites]
    assert volumes[0] < 2.3e6 < volumes[1] < volumes[2]
    for wanted in (1e6, 4e6):
        dams = placed(almaty, changed(almaty, DamChange(capacity_m3=wanted)))
        site = dams.described["ayusai"]
        assert site["storage"]["capacity_m3"] == pytest.approx(wanted, rel=0.003)
        (wall,) = [dam for dam in dams.dams if dam.name == "ayusai"]
        below = np.maximum(wall.crest_at(0.0).min() - dams.bed_m[wall.pool], 0.0)
        assert below.sum() * 900.0 == pytest.approx(wanted, rel=0.003)


def test_openings_and_weir_are_those_that_were_given(almaty: Region) -> None:
    openings = [GivenOpening(9.0), GivenOpening(4.0, 0.5, "water", 12.0)]
    dams = placed(
        almaty, changed(almaty, DamChange(openings=openings, weir=GivenWeir(60.0, 5.0), height_m=50.0))
    )
    wall = next(dam for dam in dams.dams if dam.name == "ayusai")
    low, high = wall.openings
    assert (low.area_m2, low.passed_solids_fraction) == (9.0, 0.1)
    assert (high.area_m2, high.discharge_coefficient, high.passed_solids_fraction) == (4.0, 0.5, 0.0)
    assert high.sill_m - low.sill_m == pytest.approx(12.0)
    crest = wall.crest_at(0.0)
    lowered = crest < crest.max()
    assert crest.max() - crest.min() == pytest.approx(5.0)
    assert float(wall.length_share[lowered].sum() * 30.0) == pytest.approx(60.0, abs=0.6)
    shut = placed(almaty, changed(almaty, DamChange(openings=[])))
    assert next(dam for dam in shut.dams if dam.name == "ayusai").openings == ()


@pytest.mark.parametrize("offset_m", [-1500.0, 0.0, 1500.0])
def test_an_own_dam_stands_where_it_was_drawn_and_in_the_order_of_the_flow(
    almaty: Region, offset_m: float
) -> None:
    own = OwnDam("mine", across(almaty, offset_m), height_m=35.0, openings=[GivenOpening(2.0)])
    spec = with_own(almaty, own)
    order = spec.values["dam_order"]
    assert order.index("mine") == (0 if offset_m <= 0.0 else 1)
    dams = placed(almaty, spec)
    assert [dam.name for dam in dams.dams] == ["mine", "bolshaya-almatinka"]
    assert list(dams.described) == order
    wall, site = dams.dams[0], dams.described["mine"]
    assert np.array_equal(dams.bed_m, almaty.terrain(30.0).values)
    assert site["capacity_published_m3"] is None
    # The level that the wall reaches is the one asked for, and below it nothing leaves the bowl.
    assert wall.crest_at(0.0).max() == pytest.approx(site["bed_elevation_m"] + 35.0, abs=1.5)
    below = np.maximum(wall.crest_at(0.0).min() - dams.bed_m[wall.pool], 0.0).sum() * 900.0
    assert below == pytest.approx(site["storage"]["capacity_m3"], rel=1e-4)
    wall.check_against(dams.bed_m)
    standing = wall.crest_at(0.0) > wall.faces.higher_bed_m(dams.bed_m)
    along = float((wall.length_share * standing).sum() * 30.0)
    assert along == pytest.approx(site["crest_length_m"], abs=90.0)


@settings(max_examples=12, deadline=None)
@given(
    height_m=st.floats(5.0, 80.0),
    more_m=st.floats(1.0, 40.0),
    offset_m=st.sampled_from([-2000.0, -1000.0, 1200.0]),
)
def test_a_higher_own_dam_never_holds_less(
    almaty: Region, height_m: float, more_m: float, offset_m: float
) -> None:
    axis = across(almaty, offset_m, 500.0)
    held = []
    for height in (height_m, height_m + more_m):
        spec = with_own(almaty, OwnDam("mine", axis, height_m=height))
        try:
            held.append(placed(almaty, spec).described["mine"]["storage"]["capacity_m3"])
        except DamRefused as error:
            refused = error.reason
            break
    else:
        assert held[1] > held[0]
        return
    # Too high for this axis is the one reason there is at these places.
    assert refused in {"open_end", "passed_round", "no_valley", "pools_meet"}


def test_a_bent_wall_closes_the_valley_as_a_straight_one_does(almaty: Region) -> None:
    straight = across(almaty, 1000.0)
    (x0, y0), (x1, y1) = (almaty.to_metric(*point) for point in straight)
    # The middle lies 60 m upstream of the line between the ends.
    middle = almaty.to_lonlat((x0 + x1) / 2 + 0.1 * (y1 - y0), (y0 + y1) / 2 - 0.1 * (x1 - x0))
    sites = []
    for axis in (straight, [straight[0], middle, straight[1]]):
        dams = placed(almaty, with_own(almaty, OwnDam("mine", axis, height_m=35.0)))
        wall = dams.dams[0]
        wall.check_against(dams.bed_m)
        assert way_round(dams.bed_m, wall.faces, wall.crest_at(0.0), wall.pool, wall.gauge) is None
        standing = wall.crest_at(0.0) > wall.faces.higher_bed_m(dams.bed_m)
        along = float((wall.length_share * standing).sum() * 30.0)
        assert along == pytest.approx(dams.described["mine"]["crest_length_m"], abs=90.0)
        sites.append(dams.described["mine"])
    assert sites[1]["crest_length_m"] == pytest.approx(sites[0]["crest_length_m"], rel=0.35)
    assert sites[1]["storage"]["capacity_m3"] != sites[0]["storage"]["capacity_m3"]


def test_a_drawing_repeated_with_noise_of_a_millimetre_is_the_same_run(almaty: Region) -> None:
    axis = across(almaty, 1000.0)
    moved = [(lon + 1e-9, lat - 1e-9) for lon, lat in axis]
    first, second = (with_own(almaty, OwnDam("mine", line, height_m=40.0)) for line in (axis, moved))
    assert first.id == second.id


@pytest.mark.parametrize(
    ("offset_m", "half_m", "height_m", "reason"),
    [
        (1000.0, 60.0, 40.0, "open_end"),
        (1000.0, 5.0, 40.0, "axis_short"),
        (1000.0, 9000.0, 40.0, "axis_long"),
        (1000.0, 60_000.0, 40.0, "axis_outside"),
        (40_000.0, 300.0, 120.0, "no_valley"),
        (0.0, 300.0, 41.0, "on_dam"),
        (500.0, 300.0, 40.0, "pools_meet"),
    ],
)
def test_an_axis_that_cannot_be_is_refused_with_the_reason(
    almaty: Region, offset_m: float, half_m: float, height_m: float, reason: str
) -> None:
    own = OwnDam("mine", across(almaty, offset_m, half_m), height_m=height_m)
    with pytest.raises(DamRefused) as refused:
        placed(almaty, with_own(almaty, own, strategy="ayusai"))
    assert (refused.value.field, refused.value.reason) == ("axis", reason)


@pytest.mark.parametrize("order", [(1500.0, 1000.0), (1000.0, 1500.0)])
def test_bowls_that_meet_are_told_by_which_dam_reaches_which(
    almaty: Region, order: tuple[float, float]
) -> None:
    """Whichever was drawn first: the bowl of the lower one reaches the foot of the upper one."""
    own = {
        offset: OwnDam(f"at-{offset:.0f}", across(almaty, offset, 300.0), height_m=40.0) for offset in order
    }
    spec = plan(almaty, "kumbelsu-1977", "no-dams", own_dams=[own[offset] for offset in order])
    with pytest.raises(DamRefused) as refused:
        place_dams(almaty, almaty.terrain(60.0), spec.values)
    assert refused.value.reason == "pools_meet"
    told = refused.value.params
    assert (told["dam"], told["other"]) == ("at-1500", "at-1000"), "further down the river is the lower one"
    assert refused.value.about == "at-1500", "its crest is the one to lower"
    assert float(told["foot_m"]) < float(told["crest_m"])
    # Lowered to that foot it stands: nothing else was wrong.
    low = OwnDam("at-1500", own[1500.0].axis_lonlat, crest_elevation_m=float(told["foot_m"]) - 0.1)
    spec = plan(almaty, "kumbelsu-1977", "no-dams", own_dams=[low, own[1000.0]])
    assert len(place_dams(almaty, almaty.terrain(60.0), spec.values).dams) >= 2


def test_the_axis_that_is_offered_closes_the_valley(almaty: Region) -> None:
    with pytest.raises(DamRefused) as refused:
        placed(almaty, with_own(almaty, OwnDam("mine", across(almaty, 1000.0, 60.0), height_m=40.0)))
    numbers = [float(part) for part in refused.value.params["closing_axis"].split(",")]
    offered = list(zip(numbers[::2], numbers[1::2], strict=True))
    site = placed(almaty, with_own(almaty, OwnDam("mine", offered, height_m=40.0))).described["mine"]
    assert site["storage"]["capacity_m3"] > 1e5


def test_a_crest_below_the_bed_and_one_too_high_are_refused(almaty: Region) -> None:
    axis = across(almaty, 1000.0)
    for crest, field, reason in (
        (1500.0, "crest_elevation_m", "crest_below_bed"),
        (2900.0, "height_m", "too_high"),
    ):
        with pytest.raises(DamRefused) as refused:
            placed(almaty, with_own(almaty, OwnDam("mine", axis, crest_elevation_m=crest)))
        assert (refused.value.field, refused.value.reason) == (field, reason)
    own = OwnDam("mine", axis, height_m=20.0, weir=GivenWeir(20.0, 25.0))
    with pytest.raises(DamRefused) as refused:
        placed(almaty, with_own(almaty, own))
    assert (refused.value.field, refused.value.reason) == ("weir", "weir_below_bed")


def test_a_dam_that_the_flow_never_meets_is_refused(almaty: Region) -> None:
    site = almaty.dam_sites["medeu"]
    river, chainage = almaty.course(site.river), almaty.dam_chainage("medeu")
    x, y = river.at(chainage)
    dx, dy = river.direction_at(chainage)
    axis = [almaty.to_lonlat(x - side * 400.0 * dy, y + side * 400.0 * dx) for side in (-1.0, 1.0)]
    with pytest.raises(DamRefused) as refused:
        with_own(almaty, OwnDam("mine", axis, height_m=40.0))
    assert refused.value.reason == "never_met"
    beside = [almaty.to_lonlat(x + 2000.0, y), almaty.to_lonlat(x + 2200.0, y)]
    with pytest.raises(DamRefused) as refused:
        with_own(almaty, OwnDam("mine", beside, height_m=40.0))
    assert refused.value.reason == "no_river"
    crossing = [almaty.to_lonlat(x + a, y + b) for a, b in ((0, 0), (200, 200), (200, 0), (0, 200))]
    with pytest.raises(DamRefused) as refused:
        with_own(almaty, OwnDam("mine", crossing, height_m=40.0))
    assert refused.value.reason == "axis_crosses_itself"


def test_changes_that_cannot_be_are_refused(almaty: Region) -> None:
    for change, field in (
        ({"height_m": 400.0}, "height_m"),
        ({"height_m": 0.0}, "height_m"),
        ({"height_m": float("nan")}, "height_m"),
        ({"capacity_m3": -1.0}, "capacity_m3"),
        ({"height_m": 40.0, "capacity_m3": 1e6}, "height_m"),
    ):
        with pytest.raises(BadParameter) as refused:
            DamChange(**change)
        assert refused.value.field == field
    with pytest.raises(BadParameter, match="absent"):
        changed(almaty, DamChange(height_m=60.0), strategy="no-dams")
    with pytest.raises(BadParameter, match="meets"):
        plan(almaty, SCENARIO, "ayusai", changes={"medeu": DamChange(height_m=100.0)})
    with pytest.raises(BadParameter, match="gold"):
        changed(almaty, DamChange(state="gold"))
    with pytest.raises(DamRefused) as high:
        placed(almaty, changed(almaty, DamChange(crest_elevation_m=1600.0)))
    assert high.value.reason == "crest_below_bed"


def test_own_dams_of_one_name_or_too_many_are_refused(almaty: Region) -> None:
    one = OwnDam("mine", across(almaty, 1000.0), height_m=40.0)
    with pytest.raises(BadParameter, match="mine"):
        with_own(almaty, one, one)
    with pytest.raises(BadParameter, match="ayusai"):
        with_own(almaty, OwnDam("ayusai", across(almaty, 1000.0), height_m=40.0))
    with pytest.raises(BadParameter, match="at most"):
        with_own(almaty, *(OwnDam(f"d{i}", across(almaty, 1000.0), height_m=40.0) for i in range(5)))
    for wrong in (
        {"id": "Mine", "height_m": 40.0},
        {"id": "mine"},
        {"id": "mine", "height_m": 40.0, "crest_elevation_m": 1500.0},
        {"id": "mine", "height_m": 40.0, "state": "breached"},
        {"id": "mine", "height_m": 40.0, "state": "absent"},
        {"id": "mine", "height_m": 40.0, "state": "unfinished"},
        {"id": "mine", "height_m": 40.0, "built_share": 0.5},
    ):
        with pytest.raises(BadParameter):
            OwnDam(axis_lonlat=across(almaty, 1000.0), **wrong)
