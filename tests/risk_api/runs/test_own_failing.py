"""A drawn dam in any state, one that breaches, one whose openings clog: on the grid, and in runs."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dam_models import FILL_SOILS, Breach
from geodata import Region, open_region
from geodata.dam_states import BOUNDS as GEODATA_BOUNDS
from geodata.dam_states import FIGURES_OF, STATE_KINDS
from risk_api.errors import BadParameter
from risk_api.figures import figures
from risk_api.runs import DamChange, GivenOpening, OwnDam, Run, RunSpec, RunStore, plan
from risk_api.runs.changes import GivenWeir
from risk_api.runs.failing import ERODIBLE, SOILS, GivenBreach, GivenClogging
from risk_api.runs.make import make_run
from risk_api.runs.own_states import BOUNDS, NEEDED, OPTIONAL
from risk_api.runs.placing import PlacedDams, place_dams

#: Across the river of the small valley, m, and its northern edge.
MIDDLE, NORTH = 651_200.0, 4_780_000.0


@pytest.fixture(scope="module")
def region(valley: Path) -> Region:
    return open_region(valley)


def drawn(region: Region, **more: Any) -> OwnDam:
    axis = [region.to_lonlat(MIDDLE + side * 200.0, NORTH - 3700.0) for side in (-1.0, 1.0)]
    return OwnDam("mine", axis, **{"height_m": 8.0, **more})


def spec_of(region: Region, **more: Any) -> RunSpec:
    return plan(region, "burst", "no-dams", own_dams=[drawn(region, **more)])


def placed(region: Region, **more: Any) -> PlacedDams:
    return place_dams(region, region.terrain(60.0), spec_of(region, **more).values)


@pytest.fixture(scope="module")
def runs(region: Region, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The small flow against a low dam: of rock, of gravel, with a pipe; its opening clear, or clogging."""
    store = RunStore(tmp_path_factory.mktemp("own") / "runs")
    clear = GivenOpening(2.0)
    clogs = GivenOpening(2.0, clogging=GivenClogging(0.8, 500.0))
    return {
        name: make_run(region, spec_of(region, **more), store)
        for name, more in {
            "rock": {"height_m": 4.0},
            "clear": {"openings": [clear]},
            "clogs": {"openings": [clogs]},
            "fill": {"height_m": 4.0, "breach": GivenBreach(erodible="high")},
            "pipe": {
                "height_m": 12.0,
                "breach": GivenBreach(
                    "piping", "loose silty sand", "high", pipe_above_bed_m=3.0, pipe_diameter_m=1.0
                ),
            },
        }.items()
    }


def dam_of(run: Run) -> dict[str, Any]:
    return next(dam for dam in run.dams if dam["id"] == "mine")


def test_states_soils_and_bounds_are_those_of_the_region_and_of_the_engine() -> None:
    assert tuple(FILL_SOILS) == SOILS
    assert {*NEEDED} == {*STATE_KINDS} - {"absent"}
    for state in NEEDED:
        assert {*NEEDED[state], *OPTIONAL.get(state, ())} <= {*FIGURES_OF[state]}
    for name, (low, high, _) in BOUNDS.items():
        assert GEODATA_BOUNDS[name][0] <= low < high <= GEODATA_BOUNDS[name][1]


def test_a_fill_has_the_figures_of_its_soil_and_begins_as_asked(region: Region) -> None:
    for number, how in enumerate(ERODIBLE):
        breach = placed(region, breach=GivenBreach(soil="compacted gravel", erodible=how)).dams[0].breach
        assert isinstance(breach, Breach)
        soil = FILL_SOILS["compacted gravel"]
        assert breach.fill == soil.fill(number, crest_width_m=6.0, upstream_slope=2.5, downstream_slope=2.0)
        assert (breach.kind, breach.start_head_m, breach.start_after_s) == ("overtopping", 0.1, 60.0)
    dams = placed(region, breach=GivenBreach("piping", pipe_above_bed_m=3.0, pipe_diameter_m=0.5))
    pipe = dams.dams[0].breach
    assert isinstance(pipe, Breach)
    wall = dams.dams[0]
    ground = wall.faces.higher_bed_m(dams.bed_m)[wall.breach_face(dams.bed_m)]
    river = dams.described["mine"]["bed_elevation_m"]
    assert pipe.pipe_elevation_m == pytest.approx(max(river + 3.0, ground), abs=0.01)
    wall.check_against(dams.bed_m)
    assert pipe.start_level_m == pipe.pipe_elevation_m
    assert pipe.pipe_diameter_m == 0.5
    assert placed(region).dams[0].breach is None


@pytest.mark.parametrize("cell_size_m", [20.0, 30.0, 45.0, 60.0])
@pytest.mark.parametrize("width_m", [10.0, 20.0, 46.0])
@pytest.mark.parametrize("breach", [GivenBreach(), GivenBreach("piping", pipe_above_bed_m=2.0)])
def test_a_fill_fails_beside_its_weir_whatever_the_cells(
    region: Region, cell_size_m: float, width_m: float, breach: GivenBreach
) -> None:
    asked = spec_of(region, height_m=20.0, weir=GivenWeir(width_m, 3.0), breach=breach, openings=[])
    dams = place_dams(region, region.terrain(cell_size_m), asked.values)
    (wall,) = dams.dams
    crest = wall.crest_at(0.0)
    assert crest.max() - crest.min() == pytest.approx(3.0), "the weir is there"
    face = wall.breach_face(dams.bed_m)
    assert crest[face] == crest.max(), "the fill stands beside it"
    wall.check_against(dams.bed_m)
    if breach.kind == "piping":
        assert wall.breach is not None
        river = dams.described["mine"]["bed_elevation_m"]
        ground = wall.faces.higher_bed_m(dams.bed_m)[face]
        assert wall.breach.pipe_elevation_m == pytest.approx(max(river + 2.0, ground), abs=0.01)


@pytest.mark.parametrize("cell_size_m", [20.0, 60.0])
@pytest.mark.parametrize("below_m", [0.5, 0.0, -0.5])
@pytest.mark.parametrize("breach", [GivenBreach(), GivenBreach("piping", pipe_above_bed_m=2.0)])
def test_a_fill_fails_beside_its_weir_also_where_its_wings_have_sunk_to_it_or_below(
    region: Region, cell_size_m: float, below_m: float, breach: GivenBreach
) -> None:
    values = spec_of(region, height_m=20.0, weir=GivenWeir(20.0, 3.0), breach=breach, openings=[]).values
    sunk = {"kind": "damaged", "settlement_m": 3.0 - below_m, "weir_settlement_m": 0.0}
    grid = region.terrain(cell_size_m)
    (sound,) = place_dams(region, grid, values).dams
    own = values["own_dams"]["mine"]
    own = own | {"state": own["state"] | sunk}
    dams = place_dams(region, grid, values | {"own_dams": {"mine": own}})
    (wall,) = dams.dams
    weir = sound.crest_at(0.0) == sound.crest_at(0.0).min()
    crest = wall.crest_at(0.0)
    np.testing.assert_allclose(crest[~weir] - crest[weir].min(), below_m, atol=1e-9)
    face = wall.breach_face(dams.bed_m)
    assert not weir[face], "the fill stands beside it"
    assert crest[face] > wall.faces.higher_bed_m(dams.bed_m)[face]
    wall.check_against(dams.bed_m)


@pytest.mark.parametrize(
    ("told", "share", "sunk_m"),
    [
        ({"state": "damaged", "settlement_m": 1.5}, 1.0, 1.5),
        ({"state": "unfinished", "built_share": 0.5}, 0.5, 0.0),
        ({"state": "silted", "volume_m3": 500.0}, 1.0, 0.0),
        ({"state": "damaged", "blocked_share": 0.5}, 1.0, 0.0),
    ],
)
def test_a_state_stands_on_the_grid_as_it_was_told(
    region: Region, told: dict[str, Any], share: float, sunk_m: float
) -> None:
    openings = [GivenOpening(2.0)]
    whole, other = placed(region, openings=openings), placed(region, openings=openings, **told)
    full, stands = whole.dams[0].crest_at(0.0), other.dams[0].crest_at(0.0)
    bed = whole.described["mine"]["bed_elevation_m"]
    np.testing.assert_allclose(stands, bed + share * (full - bed) - sunk_m, atol=0.01)
    area = sum(one.area_m2 for one in other.dams[0].openings)
    assert area == pytest.approx(2.0 * (1.0 - told.get("blocked_share", 0.0)))
    laid = other.described["mine"].get("silted_m3", 0.0)
    assert laid == told.get("volume_m3", 0.0)
    assert float((other.bed_m - whole.bed_m).sum() * 3600.0) == pytest.approx(laid, abs=1e-6)


def test_a_breached_dam_has_a_notch_by_the_river(region: Region) -> None:
    dams = placed(region, height_m=25.0, state="breached", bottom_share=0.25, bottom_width_m=40.0)
    crest = dams.dams[0].crest_at(0.0)
    height = crest.max() - dams.described["mine"]["bed_elevation_m"]
    assert crest.max() - crest.min() == pytest.approx(0.75 * height, abs=0.01)
    assert (crest == crest.min()).sum() < crest.size


def test_a_fill_is_carried_away_and_a_wall_of_rock_is_not(runs: dict[str, Run]) -> None:
    rock, fill = dam_of(runs["rock"]), dam_of(runs["fill"])
    assert rock["outcome"] == "overtopped"
    assert rock["breach"] is None
    assert fill["outcome"] == "breached"
    assert fill["breach"]["started"]
    assert fill["breach"]["eroded_m3"] > 0.0
    assert fill["stored_m3"] < 0.5 * rock["stored_m3"], "what it held leaves through the notch"
    assert runs["fill"].summary["budget"]["eroded_fill_m3"] == pytest.approx(
        fill["breach"]["eroded_fill_m3"], abs=0.1
    )
    assert runs["fill"].summary["budget"]["relative_error"] < 1e-6


def test_a_pipe_fails_a_dam_that_would_not_be_overtopped_so_soon(runs: dict[str, Run]) -> None:
    dam = dam_of(runs["pipe"])
    assert dam["breach"]["kind"] == "piping"
    assert dam["breach"]["started"]
    states = [change["state"] for change in dam["changes"]]
    assert "piping" in states
    assert dam["breach"]["start_s"] > dam["first_inflow_s"]


def test_what_arrives_clogs_the_opening_by_the_law_that_was_asked_for(runs: dict[str, Run]) -> None:
    (clear,), (clogged,) = (dam_of(runs[name])["passages"] for name in ("clear", "clogs"))
    assert clear["blocked_share_end"] == 0.0
    arrived = clogged["arrived_solids_m3"]
    assert clogged["blocked_share_end"] == pytest.approx(0.8 * (1.0 - 2.0 ** (-arrived / 1000.0)), abs=1e-3)
    assert clogged["peak_m3_s"] < clear["peak_m3_s"]


def test_the_soil_and_the_law_stand_among_the_assumptions(region: Region) -> None:
    spec = spec_of(region, breach=GivenBreach(), openings=[GivenOpening(1.0, clogging=GivenClogging())])
    listed = {one.id: one for one in figures(region, region.scenarios["burst"], {"with": spec.values})}
    soil = FILL_SOILS["dumped gravel"]
    found = listed["dam.mine.fill_erodibility_cm3_n_s"]
    assert (found.low, found.value, found.high) == soil.erodibility_cm3_n_s
    for name, value in {
        "fill_manning_n": 0.025, "fill_solids_fraction": 0.7, "fill_saturation": 0.5,
        "fill_start_head_m": 0.1, "fill_start_after_s": 60.0, "breach_side_slope": 1.0,
        "breach_widening": 1.4, "breach_notch_width_m": 1.0, "breach_notch_depth_m": 0.1,
    }.items():  # fmt: skip
        one = listed[f"dam.mine.{name}"]
        assert one.value == value
        assert one.low < value < one.high
        assert one.used
        assert "docs/" not in one.source
    (dam,) = place_dams(region, region.terrain(60.0), spec.values).dams
    assert dam.breach is not None
    for name in ("side_slope", "widening", "notch_width_m", "notch_depth_m"):
        assert getattr(dam.breach, name) == listed[f"dam.mine.breach_{name}"].value, "what the run had"
    assert "Hanson" in found.source
    assert "5region" in listed["dam.mine.clogging_largest_share"].source
    assert listed["dam.mine.clogging_largest_share"].value == 0.8
    assert listed["dam.mine.clogging_solids_m3_per_m2"].low == 50.0


def test_the_law_of_a_pipe_stands_among_the_assumptions_as_it_was_run(region: Region) -> None:
    for asked in (
        spec_of(region, breach=GivenBreach("piping", pipe_above_bed_m=3.0)),
        plan(
            region,
            "burst",
            "bar",
            changes={"bar": DamChange(breach=GivenBreach("piping", pipe_above_bed_m=3.0))},
        ),
    ):
        listed = {one.id: one for one in figures(region, region.scenarios["burst"], {"with": asked.values})}
        wall = place_dams(region, region.terrain(60.0), asked.values).dams[-1]
        assert wall.breach is not None
        for name in ("side_slope", "widening", "roof_share"):
            assert getattr(wall.breach, name) == listed[f"dam.{wall.name}.breach_{name}"].value
        assert f"dam.{wall.name}.fill_start_head_m" not in listed, "a pipe waits for no overflow"
        assert len(listed) == len(figures(region, region.scenarios["burst"], {"with": asked.values}))


def test_a_dam_of_the_region_can_be_made_to_breach(region: Region) -> None:
    change = {"bar": DamChange(breach=GivenBreach(erodible="low"))}
    spec = plan(region, "burst", "bar", changes=change)
    assert spec.values["changes"]["bar"]["breach"]["soil"] == "dumped gravel"
    assert spec.id != plan(region, "burst", "bar").id
    (dam,) = place_dams(region, region.terrain(60.0), spec.values).dams
    assert dam.breach is not None
    with pytest.raises(BadParameter, match=r"changes\.bar\.state"):
        plan(region, "burst", "no-dams", changes=change)


def test_what_cannot_be_is_refused_by_its_place(region: Region) -> None:
    for make, field in (
        (lambda: GivenBreach("sliding"), "breach.kind"),
        (lambda: GivenBreach(soil="cheese"), "breach.soil"),
        (lambda: GivenBreach(erodible="very"), "breach.erodible"),
        (lambda: GivenBreach(crest_width_m=0.0), "breach.crest_width_m"),
        (lambda: GivenBreach(upstream_slope=float("nan")), "breach.upstream_slope"),
        (lambda: GivenBreach("piping"), "breach.pipe_above_bed_m"),
        (lambda: GivenClogging(0.0), "clogging.largest_share"),
        (lambda: GivenClogging(0.5, -1.0), "clogging.solids_m3_per_m2"),
        (lambda: drawn(region, state="silted", volume_m3=0.0), "volume_m3"),
        (lambda: drawn(region, state="breached", bottom_share=1.0, bottom_width_m=5.0), "bottom_share"),
        (lambda: drawn(region, volume_m3=5.0), "volume_m3"),
    ):
        with pytest.raises(BadParameter) as caught:
            make()
        assert caught.value.field == field
    assert {one.name for one in fields(GivenBreach)} == {
        "kind", "soil", "erodible", "crest_width_m", "upstream_slope", "downstream_slope",
        "pipe_above_bed_m", "pipe_diameter_m",
    }  # fmt: skip
