"""Every state of a dam on the grid, and which states a day, a strategy and a run's id stand for."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import DamState, Grid, PlacedDam, Region
from risk_api.errors import BadParameter, UnknownStrategy
from risk_api.runs import plan
from risk_api.runs.placing import PlacedDams, place_dams
from risk_api.runs.states import day_of, plain_state, state_in, strategy_on
from risk_api.runs.walls import lay_silt, openings_left

CELL_M = 30.0
PASSING = {
    "passed_solids_fraction": 0.1,
    "packing_fraction": 0.65,
    "clogging_largest_share": 0.8,
    "clogging_solids_m3_per_m2": 500.0,
}
HEIGHTS = st.lists(st.floats(0.0, 30.0, allow_nan=False), min_size=1, max_size=40)
TIERS = st.lists(st.floats(0.1, 20.0), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def grid(almaty: Region) -> Grid:
    return almaty.terrain(CELL_M)


def placed_in(region: Region, grid: Grid, dam: str, **told: Any) -> tuple[PlacedDams, PlacedDam]:
    """A dam in a state, on the grid, and its site."""
    entry = {"source": "made up"} | {
        key: {"value": value, "unit": "1"} if isinstance(value, float) else value
        for key, value in told.items()
    }
    state = plain_state(region.dam_sites[dam], DamState.of(entry))
    placed = place_dams(region, grid, {"dam_order": [dam], "dams": {dam: state}, "passing": PASSING})
    return placed, region.place_dam(dam, grid)


def room_m3(placed: PlacedDams, site: PlacedDam, level_m: float) -> float:
    return float(np.maximum(level_m - placed.bed_m[site.pool], 0.0).sum() * CELL_M**2)


@given(HEIGHTS, st.floats(0.0, 4e4), st.floats(1.0, 40.0))
def test_silt_lies_level_and_is_as_much_as_there_was_or_fits(
    heights: list[float], volume_m3: float, spill_m: float
) -> None:
    bed = np.array([heights, heights])
    pool = np.zeros(bed.shape, dtype=bool)
    pool[0] = True
    site: Any = SimpleNamespace(pool=pool, spill_elevation_m=spill_m)
    before, area = bed.copy(), 100.0
    laid = lay_silt(bed, site, volume_m3, area)
    room = np.maximum(spill_m - before[0], 0.0).sum() * area
    assert laid == pytest.approx(min(volume_m3, room), rel=1e-9, abs=1e-6)
    assert (bed - before).sum() * area == pytest.approx(laid, rel=1e-9, abs=1e-6)
    np.testing.assert_array_equal(bed[1], before[1])
    raised = bed[0] > before[0]
    if raised.any():
        level = bed[0][raised].max()
        np.testing.assert_allclose(bed[0][raised], level)
        assert (bed[0][~raised] >= level - 1e-9).all()
        assert level <= spill_m


@given(TIERS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_what_clogs_closes_its_share_from_below(areas: list[float], one: float, other: float) -> None:
    tiers = [
        {"area_m2": area, "discharge_coefficient": 0.6, "passes": "fluid", "sill_above_bed_m": 3.0 * number}
        for number, area in enumerate(areas)
    ]

    def left(share: float) -> dict[float, float]:
        state = {"kind": "clogged", "blocked_share": share, "openings": tiers}
        return {tier["sill_above_bed_m"]: tier["area_m2"] for tier in openings_left(state)}

    less, more = left(min(one, other)), left(max(one, other))
    assert sum(left(one).values()) == pytest.approx((1.0 - one) * sum(areas), abs=5e-3 * len(areas))
    assert all(area <= less.get(sill, 0.0) + 1e-9 for sill, area in more.items()), "more clogged, less open"
    if less and len(less) < len(areas):
        assert min(less) == max(3.0 * number for number in range(len(areas))) - 3.0 * (len(less) - 1)
    assert left(1.0) == {}


def test_a_clogged_dam_passes_nothing_and_half_of_it_through_the_upper_tiers(
    almaty: Region, grid: Grid
) -> None:
    closed, _ = placed_in(almaty, grid, "ayusai", kind="clogged")
    assert closed.dams[0].openings == ()
    assert closed.described["ayusai"]["openings"] == []
    half, site = placed_in(almaty, grid, "ayusai", kind="clogged", blocked_share=0.5)
    clean, _ = placed_in(almaty, grid, "ayusai", kind="in service")
    area = [sum(one.area_m2 for one in each.dams[0].openings) for each in (clean, half)]
    assert area[1] == pytest.approx(0.5 * area[0])
    river_m = grid.values[site.outlet_upstream]
    assert [one.sill_m - river_m for one in half.dams[0].openings] == pytest.approx([12.0, 24.0])


def test_silt_takes_its_volume_off_the_bowl_and_the_openings_work_above_it(
    almaty: Region, grid: Grid
) -> None:
    empty, site = placed_in(almaty, grid, "ayusai", kind="in service")
    full, _ = placed_in(almaty, grid, "ayusai", kind="silted", volume_m3=800_000.0)
    spill = site.spill_elevation_m
    assert room_m3(empty, site, spill) - room_m3(full, site, spill) == pytest.approx(800_000.0, rel=1e-6)
    assert full.described["ayusai"]["silted_m3"] == 800_000
    full.dams[0].check_against(full.bed_m)
    at_gauge = full.bed_m[full.dams[0].gauge]
    assert all(one.sill_m >= at_gauge for one in full.dams[0].openings)
    brim, _ = placed_in(almaty, grid, "ayusai", kind="silted", volume_m3=9e6)
    assert room_m3(brim, site, spill) == pytest.approx(0.0, abs=1.0)
    assert brim.described["ayusai"]["silted_m3"] == pytest.approx(site.capacity_m3, rel=1e-3)
    assert brim.dams[0].openings == ()


def test_a_damaged_crest_is_lower_all_along_and_a_blocked_outlet_passes_nothing(
    almaty: Region, grid: Grid
) -> None:
    whole, site = placed_in(almaty, grid, "ayusai", kind="in service")
    sunk, _ = placed_in(almaty, grid, "ayusai", kind="damaged", settlement_m=1.5, outlet_blocked=True)
    np.testing.assert_allclose(sunk.dams[0].crest_at(0.0), whole.dams[0].crest_at(0.0) - 1.5)
    assert sunk.dams[0].openings == ()
    assert sunk.described["ayusai"]["crest_elevation_m"] == pytest.approx(
        site.crest_elevation_m - 1.5, abs=0.01
    )
    only, _ = placed_in(almaty, grid, "ayusai", kind="damaged", settlement_m=1.5)
    assert len(only.dams[0].openings) == 3


@pytest.mark.parametrize(("share", "width_m"), [(0.25, 70.0), (0.0, 15.0), (0.6, 200.0)])
def test_a_breach_is_a_notch_of_the_given_bottom_and_width(
    almaty: Region, grid: Grid, share: float, width_m: float
) -> None:
    placed, site = placed_in(
        almaty, grid, "aksai", kind="breached", bottom_share=share, bottom_width_m=width_m
    )
    dam = placed.dams[0]
    bottom = site.bed_elevation_m + share * (site.crest_elevation_m - site.bed_elevation_m)
    crest = dam.crest_at(0.0)
    notch = crest < site.crest_elevation_m - 1e-9
    np.testing.assert_allclose(crest[notch], bottom)
    assert (dam.length_share[notch].sum() * CELL_M) == pytest.approx(width_m, abs=0.5 * CELL_M)
    np.testing.assert_allclose(crest[~notch], site.crest_elevation_m)
    assert placed.described["aksai"]["notch_elevation_m"] == pytest.approx(bottom, abs=0.01)
    dam.check_against(placed.bed_m)


def test_a_state_of_today_is_told_as_before_so_that_runs_keep_their_ids(almaty: Region) -> None:
    site = almaty.dam_sites["kargaly"]
    assert plain_state(site, site.state_of("in service")) == {
        "kind": "in service",
        "opening": {"area_m2": 0.75, "discharge_coefficient": 0.6, "passes": "fluid"},
    }
    aksai = almaty.dam_sites["aksai"]
    unfinished = plain_state(aksai, aksai.state_of("unfinished"))
    assert set(unfinished) == {"kind", "built_share", "opening", "breach"}
    assert plain_state(aksai, aksai.state_of("absent")) == {"kind": "absent"}


def test_who_said_so_is_no_part_of_a_run(almaty: Region) -> None:
    site = almaty.dam_sites["ayusai"]
    state = site.state_of("in service")
    other = replace(state, source="somebody else", since=date(2024, 1, 1), said_on="2024", note="again")
    assert plain_state(site, other) == plain_state(site, state)


@pytest.mark.parametrize(
    ("scenario", "day", "strategy"),
    [
        ("kumbelsu-1977", "2019-10-29", "no-dams"),
        ("kumbelsu-1977", "2023-06-01", "ayusai"),
        ("kumbelsu-1977", "2026-01-01", "ayusai"),
        ("aksai-lake-outburst", "2024-05-01", "aksai-unfinished"),
        ("aksai-lake-outburst", "2023-05-01", "no-dams"),
        ("malaya-almatinka-1921", "1921-07-08", "then"),
        ("kumbelsu-1977", "1977-08-03", "then"),
    ],
)
def test_a_day_is_the_run_of_the_strategy_with_the_same_states(
    almaty: Region, scenario: str, day: str, strategy: str
) -> None:
    assert plan(almaty, scenario, f"on:{day}").id == plan(almaty, scenario, strategy).id


def test_the_day_after_the_first_tier_clogged_is_a_run_of_its_own(almaty: Region) -> None:
    ids = [plan(almaty, "kumbelsu-1977", f"on:2023-07-{day}").id for day in (21, 22, 23)]
    assert ids[0] == ids[2] != ids[1]


@given(st.dates(date(1900, 1, 1), date(2026, 11, 1)))
def test_every_day_since_1900_has_a_state_for_every_dam_that_had_begun(almaty: Region, day: date) -> None:
    for dam in almaty.dam_sites:
        state = state_in(almaty, None, strategy_on(day), dam)
        assert state.since is None or state.since <= day
        assert state == almaty.dam_sites[dam].state_on(day)


@pytest.mark.parametrize(
    "text", ["", "today", "2024", "2024-13-01", "2024-02-30", "20240501", "2024-W18-3", "01.05.2024",
             "1899-12-31", "0001-01-01", "9999-01-01", "2024-05-01T00:00"]
)  # fmt: skip
def test_malformed_and_absurd_days_are_refused_by_name(almaty: Region, text: str) -> None:
    with pytest.raises(BadParameter, match="as_of"):
        day_of(text, "as_of", today=date(2026, 11, 23))
    with pytest.raises((BadParameter, UnknownStrategy), match="strateg"):
        plan(almaty, "kumbelsu-1977", f"on:{text}")


def test_tomorrow_is_refused_and_today_is_not() -> None:
    assert day_of("2026-11-23", "as_of", today=date(2026, 11, 23)) == date(2026, 11, 23)
    with pytest.raises(BadParameter, match="1900-01-01 to 2026-11-23"):
        day_of("2026-11-24", "as_of", today=date(2026, 11, 23))


def test_two_fills_of_the_region_can_be_carried_away_and_only_in_the_states_that_say_so(
    almaty: Region,
) -> None:
    breaching = {
        (dam, state.kind)
        for dam, site in almaty.dam_sites.items()
        for state in site.states
        if state.can_breach
    }
    assert breaching == {("aksai", "unfinished"), ("mynzhylky", "in service")}
    dams = plan(almaty, "tuyuksu-1973", "ayusai").values["dams"]
    assert dams["mynzhylky"]["breach"]["crest_width_m"] == 6.0
    assert "breach" not in dams["medeu"]


def test_openings_of_through_flow_dams_clog_with_what_arrives_and_others_do_not(
    almaty: Region, grid: Grid
) -> None:
    spec = plan(almaty, "kumbelsu-1977", "both", cell_size_m=CELL_M).values
    assumed = {
        name: almaty.assumptions[name].value for name in spec["passing"] if name.startswith("clogging")
    }
    assert assumed == {"clogging_largest_share": 0.8, "clogging_solids_m3_per_m2": 500.0}
    placed = place_dams(almaty, grid, spec)
    assert {dam.name for dam in placed.dams} == {"ayusai", "bolshaya-almatinka"}
    openings = {dam.name: dam.openings for dam in placed.dams}
    assert [opening.clogging for opening in openings["bolshaya-almatinka"]] == [None]
    for opening in openings["ayusai"]:
        assert opening.clogging is not None
        assert opening.clogging.blocked_share(0.0) == 0.0
        assert opening.clogging.blocked_share(500.0 * opening.area_m2) == pytest.approx(0.4)
        assert opening.clogging.blocked_share(1e9) == pytest.approx(0.8)
    kargaly = plan(almaty, "kargaly-2015-official", "then", cell_size_m=CELL_M).values
    assert not [name for name in kargaly["passing"] if name.startswith("clogging")], "as it was before"
    assert [
        opening.clogging for dam in place_dams(almaty, grid, kargaly).dams for opening in dam.openings
    ] == [None]


def in_the_ground(region: Region, grid: Grid, dam: str) -> tuple[Any, Grid, PlacedDam]:
    """The same dam as a body of the terrain, as a survey after its building shows it."""
    site = region.place_dam(dam, grid)
    ground = grid.like(grid.values.copy())
    ground.values[site.rows, site.cols] = np.maximum(site.bed_m, site.crest_elevation_m)
    held = replace(
        site, in_terrain=True, removal_rows=site.rows, removal_cols=site.cols, removal_bed_m=site.bed_m
    )
    return SimpleNamespace(dam_sites=region.dam_sites, place_dam=lambda dam_id, _: held), ground, held


@pytest.mark.parametrize(
    ("told", "share_gone", "sunk_m"),
    [
        ({"kind": "damaged", "settlement_m": {"value": 6.0, "unit": "m"}}, 0.0, 6.0),
        ({"kind": "damaged", "outlet_blocked": True}, 0.0, 0.0),
        ({"kind": "breached", "bottom_share": {"value": 0.5, "unit": "1"},
          "bottom_width_m": {"value": 60.0, "unit": "m"}}, 0.5, 0.0),
    ],
)  # fmt: skip
def test_a_dam_that_the_terrain_holds_sinks_and_breaches_as_well(
    almaty: Region, grid: Grid, told: dict[str, Any], share_gone: float, sunk_m: float
) -> None:
    region, ground, site = in_the_ground(almaty, grid, "kargaly")
    state = plain_state(almaty.dam_sites["kargaly"], DamState.of(told))
    placed = place_dams(
        region, ground, {"dam_order": ["kargaly"], "dams": {"kargaly": state}, "passing": PASSING}
    )
    there = placed.bed_m[site.rows, site.cols]
    lowest = site.crest_elevation_m - sunk_m - share_gone * (site.crest_elevation_m - site.bed_elevation_m)
    assert there.min() == pytest.approx(lowest)
    np.testing.assert_allclose(
        there, np.maximum(site.bed_m, np.minimum(lowest, ground.values[site.rows, site.cols]))
    )
    untouched = np.ones(ground.shape, dtype=bool)
    untouched[site.rows, site.cols] = False
    np.testing.assert_array_equal(placed.bed_m[untouched], ground.values[untouched])
    for dam in placed.dams:
        dam.check_against(placed.bed_m)
        sill = np.maximum(dam.crest_at(0.0), dam.faces.higher_bed_m(placed.bed_m))
        assert sill.min() == pytest.approx(lowest)
