"""A shaken dam as a dated state: what stays of it, how it stands on the grid, how runs are asked of it."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models.shaking import BODIES
from geodata import DamState, Grid, Region
from risk_api.errors import BadParameter, UnknownStrategy
from risk_api.figures import figures
from risk_api.i18n import LANGUAGES, translate
from risk_api.runs import plan
from risk_api.runs.placing import place_dams
from risk_api.runs.shaken import (
    ALLUVIUM_M,
    LEVELS,
    Shaking,
    shaken_dam,
    shaken_state,
    shaken_strategy,
    shaking_of_strategy,
)
from risk_api.runs.states import plain_state, state_in
from risk_api.runs.walls import openings_left

KUMBELSU = "kumbelsu-1977"
CLASSES = ("none", "minor", "moderate", "serious")
STRONG = Shaking(0.5, 7.3)
PASSING = {
    "passed_solids_fraction": 0.1,
    "packing_fraction": 0.65,
    "clogging_largest_share": 0.8,
    "clogging_solids_m3_per_m2": 500.0,
}


@pytest.fixture(scope="module")
def almaty_60(almaty: Region) -> Grid:
    return almaty.terrain(60.0)


def state(kind: str, **told: Any) -> DamState:
    figures = {
        key: {"value": value, "unit": "1"} if isinstance(value, float) else value
        for key, value in told.items()
    }
    return DamState.of({"kind": kind, **figures})


def test_each_body_of_the_region_is_known_and_a_weir_settles_apart_from_the_wings(almaty: Region) -> None:
    assert {key: site.bodies for key, site in almaty.dam_sites.items()} == {
        "ayusai": ("cellular concrete", "embankment"),
        "aksai": ("embankment",),
        "kargaly": ("embankment",),
        "bolshaya-almatinka": ("cellular concrete",),
        "medeu": ("embankment",),
        "mynzhylky": ("embankment",),
    }
    site, stands = almaty.dam_sites["ayusai"], state("in service")
    both = shaken_dam(site, stands, STRONG)
    fill, concrete = (shaken_dam(replace(site, bodies=(body,)), stands, STRONG) for body in BODIES)
    assert both.settlement_m == fill.settlement_m
    assert both.weir_settlement_m == pytest.approx(
        tuple(drop * (41.0 - 3.5) / 41.0 for drop in concrete.settlement_m)
    )
    # The wings sink further, yet lie 3.5 m higher: the dam spills at its weir.
    assert both.settlement_m[2] > concrete.settlement_m[2]
    assert both.spill_drop_m(3.5) == both.weir_settlement_m
    assert both.damage == tuple(
        max(pair, key=CLASSES.index) for pair in zip(fill.damage, concrete.damage, strict=True)
    )
    unknown = shaken_dam(replace(site, bodies=()), stands, STRONG)
    assert unknown.settlement_m == tuple(map(max, zip(fill.settlement_m, concrete.settlement_m, strict=True)))
    assert unknown.weir_settlement_m is None, "unknown: the worse of all, as one body"


def test_a_fill_that_is_half_as_high_settles_half_as_far_over_its_alluvium(almaty: Region) -> None:
    site = almaty.dam_sites["aksai"]
    whole = shaken_dam(site, state("in service"), STRONG).settlement_m
    half = shaken_dam(site, state("unfinished", built_share=0.5), STRONG).settlement_m
    height = site.height_m.value
    for full, part, alluvium in zip(whole, half, ALLUVIUM_M, strict=True):
        assert part / full == pytest.approx((0.5 * height + alluvium) / (height + alluvium))


@pytest.mark.parametrize(
    "before",
    [
        state("in service"),
        state("unfinished", built_share=0.5, can_breach=True),
        state("silted", volume_m3=400_000.0),
        state("clogged", blocked_share=0.33),
        state("clogged"),
        state("damaged", settlement_m=1.0, outlet_blocked=True),
    ],
    ids=lambda one: one.kind,
)
def test_what_was_there_before_stays_and_the_harm_comes_on_top(almaty: Region, before: DamState) -> None:
    site = almaty.dam_sites["aksai"]
    after = [shaken_state(site, before, replace(STRONG, level=level)) for level in LEVELS]
    plain = plain_state(site, before)
    for one in after:
        assert one.kind == "damaged"
        assert DamState.of(one.as_dict()).figures() == one.figures(), "a file could tell it"
        assert "Swaisgood" in one.source
        told = plain_state(site, one)
        for name in ("built_share", "silted_m3", "capacity_m3", "weir", "breach"):
            assert told.get(name) == plain.get(name)
    sunk = [plain_state(site, one)["settlement_m"] for one in after]
    assert all(a < b for a, b in pairwise([plain.get("settlement_m", 0.0), *sunk]))
    areas = [
        sum(one["area_m2"] for one in openings_left(plain_state(site, each))) for each in (before, *after)
    ]
    assert all(a >= b for a, b in pairwise(areas))


@pytest.mark.parametrize("before", [state("absent"), state("breached", bottom_share=0.1, bottom_width_m=9.0)])
def test_what_does_not_stand_is_not_shaken(almaty: Region, before: DamState) -> None:
    assert shaken_state(almaty.dam_sites["aksai"], before, STRONG) is before


def test_shaking_that_nobody_notices_makes_no_other_run(almaty: Region) -> None:
    assert plan(almaty, KUMBELSU, "shaken:0.01:7:high:ayusai").id == plan(almaty, KUMBELSU, "ayusai").id


@given(
    pga=st.lists(st.floats(0.0, 1.2), min_size=2, max_size=2).map(sorted),
    magnitude=st.floats(4.0, 8.5),
    dam=st.sampled_from(["ayusai", "aksai", "medeu"]),
    blocked=st.integers(0, 100).map(lambda percent: percent / 100),
)
def test_stronger_shaking_never_leaves_a_higher_crest_or_more_open(
    almaty: Region, pga: list[float], magnitude: float, dam: str, blocked: float
) -> None:
    site = almaty.dam_sites[dam]
    before = state("clogged", blocked_share=blocked)
    for level in LEVELS:
        weak, strong = (shaken_state(site, before, Shaking(one, magnitude, level)) for one in pga)
        sunk = [one.settlement_m.value if one.settlement_m else 0.0 for one in (weak, strong)]
        closed = [one.blocked_share.value for one in (weak, strong) if one.blocked_share]
        assert sunk[0] <= sunk[1]
        assert blocked <= closed[0] <= closed[1] <= 1.0


def test_on_the_grid_the_crest_is_lower_and_the_lowest_openings_are_closed(
    almaty: Region, almaty_60: Grid
) -> None:
    site = almaty.dam_sites["ayusai"]
    before = state("in service")
    after = shaken_state(site, before, replace(STRONG, level="high"))
    assert after.settlement_m is not None
    assert after.blocked_share is not None
    assert after.weir_settlement_m is not None
    built = [
        place_dams(
            almaty,
            almaty_60,
            {"dam_order": ["ayusai"], "dams": {"ayusai": plain_state(site, one)}, "passing": PASSING},
        ).dams[0]
        for one in (before, after)
    ]
    sound, shaken = (dam.crest_at(0.0) for dam in built)
    weir = sound == sound.min()
    assert 0.0 < after.weir_settlement_m.value < after.settlement_m.value
    sunk = np.where(weir, after.weir_settlement_m.value, after.settlement_m.value)
    np.testing.assert_allclose(shaken, sound - sunk, atol=1e-9)
    area = [sum(one.area_m2 for one in dam.openings) for dam in built]
    assert area[1] == pytest.approx((1.0 - after.blocked_share.value) * area[0], abs=2e-3)


def test_wings_that_sink_below_the_weir_are_where_the_dam_spills(almaty: Region, almaty_60: Grid) -> None:
    site = almaty.dam_sites["ayusai"]
    before = plain_state(site, state("in service"))
    after = before | {"kind": "damaged", "settlement_m": 6.0, "weir_settlement_m": 0.5}
    built = [
        place_dams(
            almaty, almaty_60, {"dam_order": ["ayusai"], "dams": {"ayusai": one}, "passing": PASSING}
        ).dams[0].crest_at(0.0)
        for one in (before, after)
    ]  # fmt: skip
    weir = built[0] == built[0].min()
    np.testing.assert_allclose(built[1], built[0] - np.where(weir, 0.5, 6.0), atol=1e-9)
    assert built[1].min() == pytest.approx(built[0].max() - 6.0)


def test_a_strategy_is_shaken_as_a_whole_and_a_chain_shakes_each_dam_its_own_way(almaty: Region) -> None:
    name = shaken_strategy("ayusai", Shaking(0.3, 7.0, "high"))
    assert name == "shaken:0.3:7:high:ayusai"
    assert shaking_of_strategy(name) == ("ayusai", Shaking(0.3, 7.0, "high"))
    dated = "shaken:0.3:7:mid:on:2024-05-01"
    assert state_in(almaty, None, dated, "ayusai").kind == "damaged"
    assert state_in(almaty, None, dated, "aksai").built_share is not None
    alike = plan(almaty, KUMBELSU, name)
    each = dict.fromkeys(almaty.dam_sites, Shaking(0.3, 7.0, "high"))
    assert plan(almaty, KUMBELSU, "ayusai", shaking=each).id == alike.id
    one = plan(almaty, KUMBELSU, "ayusai", shaking={"ayusai": Shaking(0.3, 7.0, "high")}).values["dams"]
    assert one["ayusai"] == alike.values["dams"]["ayusai"]
    assert one["bolshaya-almatinka"] == plan(almaty, KUMBELSU, "ayusai").values["dams"]["bolshaya-almatinka"]


def test_the_harm_stands_among_the_assumptions_with_its_range(almaty: Region) -> None:
    names = ("ayusai", "shaken:0.5:7.3:mid:ayusai")
    inputs = {name: plan(almaty, KUMBELSU, name).values for name in names}
    listed = {one.id: one for one in figures(almaty, almaty.scenarios[KUMBELSU], inputs)}
    for name in ("settlement_m", "blocked_share"):
        figure = listed[f"dam.ayusai.{name}"]
        assert figure.used
        assert figure.low < figure.value < figure.high
        assert figure.confidence == "judgement"


@pytest.mark.parametrize(
    ("name", "part", "given"),
    [
        ("shaken:", "pga_g", "-"),
        ("shaken:0.3:7:mid", "strategy", "-"),
        ("shaken:0.3:7:ayusai", "level", "'ayusai'"),
        ("shaken:0.3:mid:ayusai", "magnitude", "'mid'"),
        ("shaken:0.3:7:worst:ayusai", "level", "'worst'"),
        ("shaken:nan:7:mid:ayusai", "pga_g", "'nan'"),
        ("shaken:2:7:mid:ayusai", "pga_g", "'2'"),
        ("shaken:0.3:9:mid:ayusai", "magnitude", "'9'"),
        ("shaken:0.3:7:mid:shaken:0.3:7:mid:ayusai", "strategy", "'shaken:0.3:7:mid:ayusai'"),
    ],
)
def test_a_strategy_that_cannot_be_read_is_refused_by_its_part(
    almaty: Region, name: str, part: str, given: str
) -> None:
    with pytest.raises(BadParameter) as caught:
        plan(almaty, KUMBELSU, name)
    assert [one.field for one in caught.value.fields] == ["strategies"]
    assert caught.value.reason_key == f"shaking.part.{part}"
    params = caught.value.reason_params
    assert params["given"] == given
    told = {code: translate(code, f"error.reason.shaking.part.{part}", **params) for code in LANGUAGES}
    assert told["en"] in str(caught.value), "the sentence of the catalogue"
    assert all(given in text for text in told.values())


def test_unknown_strategies_and_dams_are_named(almaty: Region) -> None:
    with pytest.raises(UnknownStrategy):
        plan(almaty, KUMBELSU, "shaken:0.3:7:mid:nothing")
    with pytest.raises(BadParameter, match=r"shaking\.nurek"):
        plan(almaty, KUMBELSU, "ayusai", shaking={"nurek": STRONG})
