"""Dams of a region as walls on the grid of a run: they close their valleys, and change nothing else."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from dam_models import Dam, Manning, Release, simulate
from geodata import Grid, PlacedDam, Region
from risk_api.runs import plan
from risk_api.runs.placing import PlacedDams, place_dams

DAMS = ["ayusai", "aksai", "kargaly", "bolshaya-almatinka", "medeu", "mynzhylky"]


def in_service(region: Region, dam: str, grid: Grid) -> tuple[PlacedDams, PlacedDam]:
    """One dam of the region in service, and how it was placed."""
    state: dict[str, object] = {
        "kind": "in service",
        "opening": {"area_m2": 1e-6, "discharge_coefficient": 0.6, "passes": "fluid"},
    }
    if dam == "ayusai":
        state["weir"] = {"width_m": 46.0, "below_crest_m": 3.5}
    spec = {
        "dam_order": [dam],
        "dams": {dam: state},
        "passing": {"passed_solids_fraction": 0.1, "packing_fraction": 0.65},
    }
    return place_dams(region, grid, spec), region.place_dam(dam, grid)


def reached(bed_m: np.ndarray, dam: Dam, level_m: float) -> np.ndarray:
    """Cells below a level that water reaches from the gauge through cell sides on which no wall stands."""
    walls = dam.faces.keys()
    wet = np.zeros(bed_m.shape, dtype=bool)
    wet[dam.gauge] = True
    queue = deque([dam.gauge])
    while queue:
        r, c = queue.popleft()
        for r2, c2 in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            inside = 0 <= r2 < bed_m.shape[0] and 0 <= c2 < bed_m.shape[1]
            if not inside or wet[r2, c2] or bed_m[r2, c2] >= level_m:
                continue
            if (min(r, r2), min(c, c2), r != r2) not in walls:
                wet[r2, c2] = True
                queue.append((r2, c2))
    return wet


@pytest.mark.parametrize("size", [15.0, 30.0, 60.0, 90.0])
@pytest.mark.parametrize("dam_id", DAMS)
def test_a_wall_closes_its_valley_and_the_pool_holds_what_was_fitted(
    almaty: Region, size: float, dam_id: str
) -> None:
    grid = almaty.terrain(size)
    placed, site = in_service(almaty, dam_id, grid)
    (dam,) = placed.dams
    dam.check_against(placed.bed_m)
    wet = reached(placed.bed_m, dam, site.crest_elevation_m - 1e-6)
    assert wet[dam.gauge]
    assert not (wet & ~site.pool).any(), "nothing leaks round the ends"
    below = np.maximum(site.spill_elevation_m - placed.bed_m[site.pool], 0.0).sum() * size**2
    assert below == pytest.approx(site.capacity_m3, rel=1e-6)
    # The steps along cell sides are as long as the crest they stand for.
    standing = dam.crest_at(0.0) > dam.faces.higher_bed_m(placed.bed_m)
    along = float((dam.length_share * standing).sum() * size)
    assert along == pytest.approx(site.crest_length_m, abs=3.0 * size, rel=0.05)


@pytest.mark.parametrize("dam_id", ["ayusai", "kargaly"])
def test_a_pool_filled_to_its_spill_stays_and_overflows_above_it(almaty: Region, dam_id: str) -> None:
    grid = almaty.terrain(30.0)
    placed, site = in_service(almaty, dam_id, grid)
    for level, spills in ((site.spill_elevation_m - 0.01, False), (site.spill_elevation_m + 0.5, True)):
        depth = np.where(site.pool, np.maximum(level - placed.bed_m, 0.0), 0.0)
        result = simulate(
            placed.bed_m, grid.cell_size_m, [Release.pool(depth)], Manning(0.05), placed.dams, duration_s=60.0
        )
        record = result.dams[0]
        assert (record.overflow_m3 > 10.0) == spills
        assert (record.overflow_m3 == 0.0) != spills
        assert abs(record.inflow_m3) < 1e-6
        assert record.capacity_m3 == pytest.approx(site.capacity_m3, rel=1e-6)
        if not spills:
            below = ~site.pool
            below[site.outlet_downstream] = False  # the opening, a crack here, lets out a drop
            assert result.depth_max_m[below].max() < 1e-3


@pytest.mark.parametrize("size", [15.0, 30.0, 60.0, 150.0])
def test_a_weir_is_as_wide_as_it_is_on_any_cells(almaty: Region, size: float) -> None:
    grid = almaty.terrain(size)
    spec = plan(almaty, "kumbelsu-1977", "ayusai", cell_size_m=size).values
    placed = place_dams(almaty, grid, spec)
    dam = next(dam for dam in placed.dams if dam.name == "ayusai")
    crest = dam.crest_at(0.0)
    lowered = crest < crest.max()
    assert crest.max() - crest.min() == pytest.approx(3.5)
    assert float(dam.length_share[lowered].sum() * size) == pytest.approx(46.0, abs=0.02 * size)
    # It lies at the river.
    near = np.hypot(dam.faces.rows - dam.gauge[0], dam.faces.cols - dam.gauge[1])
    assert near[lowered].max() <= np.sort(near)[lowered.sum()] + 1.5


def test_runs_with_and_without_a_dam_stand_on_the_same_ground(almaty: Region) -> None:
    grid = almaty.terrain(30.0)
    before = grid.values.copy()
    beds = {
        name: place_dams(almaty, grid, plan(almaty, "kumbelsu-1977", name, cell_size_m=30.0).values)
        for name in ("no-dams", "ayusai", "both", "aksai-unfinished")
    }
    assert len(beds["both"].dams) > len(beds["no-dams"].dams)
    for placed in beds.values():
        assert np.array_equal(placed.bed_m, before)


def test_a_dam_that_the_terrain_holds_whole_is_followed_to_its_pool(almaty: Region) -> None:
    grid = almaty.terrain(30.0)
    site = almaty.place_dam("ayusai", grid)
    line = np.zeros(grid.shape, dtype=bool)
    line[site.rows, site.cols] = True
    body = ndimage.binary_dilation(line, iterations=2)
    high = np.where(body, np.maximum(grid.values, site.crest_elevation_m + 1.0), grid.values)
    held = grid.like(high)
    pool = site.pool & ~body
    gauge = tuple(np.argwhere(pool)[np.argmin(held.values[pool])])
    whole = replace(site, in_terrain=True, pool=pool, outlet_upstream=gauge)

    class Holding:
        def place_dam(self, dam_id: str, on: Grid) -> PlacedDam:
            return whole

    placed, _ = in_service(Holding(), "ayusai", held)  # type: ignore[arg-type]
    (dam,) = placed.dams
    dam.check_against(placed.bed_m)
    assert np.array_equal(placed.bed_m, held.values)
    depth = np.where(pool, np.maximum(site.crest_elevation_m + 2.0 - held.values, 0.0), 0.0)
    record = simulate(held.values, 30.0, [Release.pool(depth)], Manning(0.05), [dam], duration_s=30.0).dams[0]
    assert record.overflow_m3 > 100.0
    assert record.freeboard_m[0] == pytest.approx(-1.0, abs=0.05)
