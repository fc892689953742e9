"""What coarse cells make of a dam is told: bowl, height or opening that are off, and a flow gone round it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dam_models import Boundaries, CellFaces, Dam, Manning, Opening, Release, Section, Side, simulate
from geodata import Region, open_region
from risk_api.dam_on_grid import dam_on_grid, grid_warnings
from risk_api.i18n import LANGUAGES
from risk_api.runs import OwnDam, RunStore, plan
from risk_api.runs.changes import GivenOpening
from risk_api.runs.governed import GivenSiphon
from risk_api.runs.make import make_run
from risk_api.runs.passed_round import passed_round_m3, section_name
from risk_api.runs.placing import place_dams

SHAPE, CELL_M, WALL = (7, 40), 10.0, 15


def volumes(rows: int) -> tuple[float, float, float]:
    """A wall over some rows of a channel, with an opening: what went round, came by below, and passed it."""
    pool = np.zeros(SHAPE, dtype=bool)
    pool[:rows, :WALL] = True
    faces = CellFaces.between(pool, np.arange(rows), np.full(rows, WALL))
    opening = Opening((0, WALL), 0.0, 2.0, 0.6)
    dam = Dam("bar", faces, 3.0, pool, (0, WALL - 1), (opening,), open_ended=True)
    depth = np.zeros(SHAPE)
    depth[:, :WALL] = 2.0
    result = simulate(
        np.zeros(SHAPE), CELL_M, [Release.pool(depth)], Manning(0.03), [dam], duration_s=120.0,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
        sections=[Section.across_cols(section_name("bar"), SHAPE, WALL + 2)],
    )  # fmt: skip
    (section,) = result.sections
    return passed_round_m3(result)["bar"], section.volume_m3, result.dams[0].passed_m3


def test_what_goes_round_a_wall_is_counted_and_nothing_goes_round_one_that_closes() -> None:
    beside, below, passed = volumes(4)
    assert passed > 0.0
    assert beside == pytest.approx(below - passed)
    assert beside > 0.5 * below
    closed, below, passed = volumes(SHAPE[0])
    assert closed == 0.0
    assert 0.0 < below <= passed


@pytest.fixture(scope="module")
def region(valley: Path) -> Region:
    return open_region(valley)


@pytest.fixture(scope="module")
def run(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A drawn dam, and what a run of the small valley says of it."""
    axis = [region.to_lonlat(651_200.0 + side * 200.0, 4_780_000.0 - 3700.0) for side in (-1.0, 1.0)]
    own = OwnDam("mine", axis, height_m=8.0, openings=[GivenOpening(2.0)])
    spec = plan(region, "burst", "bar", own_dams=[own])
    return make_run(region, spec, RunStore(tmp_path_factory.mktemp("on-grid") / "runs"))


def record_of(run: Any, dam: str, **more: Any) -> dict[str, Any]:
    return next(dict(one) for one in run.dams if one["id"] == dam) | more


def test_a_dam_that_stands_as_it_should_is_not_warned_of(region: Region, run: Any) -> None:
    inputs = run.summary["inputs"]
    assert {section["id"] for section in run.summary["sections"]} == {"below-bar", "below-mine"}
    for dam in ("mine", "bar"):
        record = record_of(run, dam)
        assert record["round_m3"] == pytest.approx(0.0, abs=0.02 * record["inflow_m3"])
        known = dam_on_grid(record, inputs, region)
        assert known.height_taken_m == pytest.approx({"mine": 8.0, "bar": 25.0}[dam], abs=0.01)
        assert known.height_m == pytest.approx(record["crest_elevation_m"] - record["bed_elevation_m"])
    mine = record_of(
        run, "mine", bed_elevation_m=run.summary["inputs"]["own_dams"]["mine"]["bed_elevation_m"]
    )
    openings = [{"sill_elevation_m": mine["bed_elevation_m"] + 0.5}]
    assert grid_warnings(mine | {"openings": openings}, inputs, region, "en") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_off_by_more_than_its_limit_is_told_in_every_language(
    region: Region, run: Any, language: Any
) -> None:
    inputs = run.summary["inputs"]
    bed = inputs["own_dams"]["mine"]["bed_elevation_m"]
    good = record_of(run, "mine", bed_elevation_m=bed, openings=[{"sill_elevation_m": bed}], round_m3=0.0)
    came = good["inflow_m3"]

    def told(**more: Any) -> list[str]:
        return grid_warnings(good | more, inputs, region, language)

    assert told() == told(bed_elevation_m=bed + 0.7, round_m3=0.019 * came) == []
    (text,) = told(bed_elevation_m=bed + 1.0)
    assert "mine" in text
    assert "60" in text, "the cells of the run"
    (text,) = told(openings=[{"sill_elevation_m": bed + 3.0}])
    assert "3.0" in text.replace(",", ".")
    (text,) = told(round_m3=0.1 * came / 0.9)
    assert "10" in text
    whole = record_of(run, "bar", round_m3=0.0, openings=[])
    taken = whole["capacity_published_m3"]
    for factor, warned in ((0.91, 0), (1.09, 0), (0.89, 1), (1.11, 1)):
        found = grid_warnings(whole | {"capacity_on_grid_m3": factor * taken}, inputs, region, language)
        assert len(found) == warned, factor
    less, more = (
        grid_warnings(whole | {"capacity_on_grid_m3": factor * taken}, inputs, region, language)[0]
        for factor in (0.5, 1.5)
    )
    assert less != more


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("cell_size_m", "told"), [(30.0, 0), (120.0, 1)])
def test_a_siphon_under_the_ground_of_coarse_cells_is_told(
    region: Region, cell_size_m: float, told: int, language: Any
) -> None:
    axis = [region.to_lonlat(651_200.0 + side * 300.0, 4_780_000.0 - 3700.0) for side in (-1.0, 1.0)]
    siphons = [GivenOpening(1.0, siphon=GivenSiphon(primes, 3.0)) for primes in (5.0, 15.0)]
    own = OwnDam("mine", axis, height_m=20.0, openings=siphons)
    spec = plan(region, "burst", "no-dams", cell_size_m=cell_size_m, own_dams=[own])
    record = place_dams(region, region.terrain(cell_size_m), spec.values).described["mine"]
    assert len(record["openings"]) == 2 - told
    warnings = grid_warnings({"id": "mine", **record}, spec.values, region, language)
    about = [text for text in warnings if "siphon" in text or "ифон" in text]
    assert len(about) == told
    assert all("(1)" in text or " 1 of" in text for text in about)


@pytest.mark.parametrize(("cell_size_m", "warned"), [(150.0, True), (30.0, False)])
def test_the_bowl_of_ayusai_holds_what_was_fitted_on_the_cells_that_it_was_fitted_on(
    almaty: Region, cell_size_m: float, warned: bool
) -> None:
    placed = almaty.place_dam("ayusai", almaty.terrain(cell_size_m))
    record = {"id": "ayusai", "state": "in service", "capacity_on_grid_m3": placed.capacity_m3}
    record |= {"capacity_published_m3": placed.capacity_published_m3, "in_terrain": False}
    inputs = {"dams": {"ayusai": {"kind": "in service"}}, "cell_size_m": cell_size_m}
    told = grid_warnings(record, inputs, almaty, "en")
    assert bool(told) == warned
    if warned:
        assert "2,300,000" in told[0]
        assert "less" in told[0]
