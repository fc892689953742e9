"""Two past flows on the real SRTM3 terrain, held to what is published about them."""

from typing import Any

import numpy as np
import pytest
import shapely

from geodata import Grid, Region
from risk_api.exposure import compare
from risk_api.runs import Run, RunStore, plan
from risk_api.runs.make import make_run

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

CELL_M = 30.0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def kumbelsu(srtm_region: Region, store: RunStore) -> Run:
    """1977 as it came: neither Ayusai nor the 40 m dam stood."""
    return make_run(srtm_region, plan(srtm_region, "kumbelsu-1977", "then", cell_size_m=CELL_M), store)


@pytest.fixture(scope="module")
def kargaly(srtm_region: Region, store: RunStore) -> Run:
    """2015 as it came: the Kargaly dam stood."""
    return make_run(
        srtm_region, plan(srtm_region, "kargaly-2015-official", "then", cell_size_m=CELL_M), store
    )


def raster(run: Run, layer: str) -> Grid:
    return Grid.read(run.raster_path(layer))


def centres(grid: Grid, rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = grid.cell_size_m
    return grid.transform.c + (cols + 0.5) * size, grid.transform.f - (rows + 0.5) * size


def one_dam(run: Run, dam_id: str) -> dict[str, Any]:
    return next(dam for dam in run.dams if dam["id"] == dam_id)


def test_1977_no_dam_stood(kumbelsu: Run) -> None:
    assert {dam["state"] for dam in kumbelsu.dams} == {"absent"}


@pytest.mark.parametrize("name", ["kumbelsu", "kargaly"])
def test_volumes_close(name: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(name)
    assert run.summary["budget"]["relative_error"] < 1e-6
    assert run.summary["budget"]["released_m3"] == pytest.approx(
        run.summary["inputs"]["scenario"]["mudflow_m3"], rel=1e-9
    )


def test_1977_the_flow_stays_in_its_valley_down_to_the_40_m_dam(kumbelsu: Run, srtm_region: Region) -> None:
    """At least 95 % of what the flow covers, weighted by depth, lies within 300 m of its rivers."""
    region = srtm_region
    site = region.dam_sites["bolshaya-almatinka"]
    scenario = region.scenarios["kumbelsu-1977"]
    points: list[Any] = []
    for river_id, start in region.path_downstream("kumbelsu", *region.to_metric(scenario.lon, scenario.lat)):
        course = region.course(river_id)
        end = course.length_m
        if river_id == site.river:
            end, _ = course.nearest(*region.to_metric(site.lon, site.lat))
        points += [course.at(chainage) for chainage in np.arange(start, end, 50.0)]
    line = shapely.LineString(points)
    for layer in ("depth_max_m", "deposit_m"):
        depth = raster(kumbelsu, layer)
        rows, cols = np.nonzero(depth.values > 0.01)
        cells = shapely.points(*centres(depth, rows, cols))
        # What has passed the dam site spreads on the fan; it is not asked here.
        above = shapely.line_locate_point(line, cells) < line.length - 1.0
        near = shapely.distance(line, cells) <= 300.0
        weight = depth.values[rows, cols]
        assert weight[above & near].sum() >= 0.95 * weight[above].sum(), layer


def test_2015_the_dam_is_not_overtopped_and_liquid_mud_passes_it(kargaly: Run) -> None:
    dam = one_dam(kargaly, "kargaly")
    assert dam["state"] == "in service"
    assert dam["overflow_m3"] == 0.0
    assert dam["passed_m3"] > 0.1 * dam["inflow_m3"] > 0.0
    # What passes is liquid: far poorer in solids than what came.
    assert dam["solids_out_m3"] / dam["passed_m3"] <= 0.1 + 1e-6
    assert dam["solids_in_m3"] / dam["inflow_m3"] > 0.2
    assert dam["outcome"] == "passed"


def test_2015_nauryzbay_is_reached_below_the_dam(kargaly: Run, srtm_region: Region) -> None:
    depth = raster(kargaly, "depth_max_m")
    site = srtm_region.dam_sites["kargaly"]
    polygon = srtm_region.district_polygons()["nauryzbay"]
    rows, cols = np.nonzero(depth.values >= 0.1)
    x, y = centres(depth, rows, cols)
    course = srtm_region.course("kargaly")
    at, _ = course.nearest(*srtm_region.to_metric(site.lon, site.lat))
    chainage = np.array([course.nearest(*point)[0] for point in zip(x, y, strict=True)])
    below = shapely.contains_xy(polygon, x, y) & (chainage > at + 200.0)
    assert below.any()


def test_2015_every_district_has_an_answer_and_a_reason(
    kargaly: Run, srtm_region: Region, store: RunStore
) -> None:
    answer = compare(srtm_region, store, "kargaly-2015-official", ["then"], cell_size_m=CELL_M)
    assert answer.run_ids == {"then": kargaly.id}
    by_id = {district.id: district.strategies["then"] for district in answer.districts}
    assert set(by_id) == set(srtm_region.district_polygons())
    assert by_id["nauryzbay"]["area_m2"] > 0.0
    for name in ("auezov", "alatau"):
        reached = by_id[name]["first_arrival_s"] is not None
        assert by_id[name]["cause"]["key"] == ("passed_openings" if reached else "stops_before")
        assert by_id[name]["cause"]["params"]["dams"] == ["kargaly"]
    assert by_id["turksib"]["cause"]["key"] == "not_on_path"
