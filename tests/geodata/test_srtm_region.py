"""A region on the real terrain of February 2000, with the real district polygons."""

from pathlib import Path

import numpy as np
import pytest

from geodata import Region, open_region
from geodata.course_raster import course_cells
from geodata.dam_placing import flood
from geodata.pits import find_pits

pytestmark = pytest.mark.real_data
DAMS = ["ayusai", "aksai", "kargaly", "bolshaya-almatinka", "medeu", "mynzhylky"]


def test_it_is_sound_and_keeps_every_total(srtm_region: Region, almaty: Region) -> None:
    assert srtm_region.check() == []
    ours, theirs = srtm_region.exposure_grid().district_totals(), almaty.exposure_grid().district_totals()
    assert {id: t["people"] for id, t in ours.items()} == pytest.approx(
        {id: t["people"] for id, t in theirs.items()}
    )
    assert srtm_region.terrain_quality["resolution_m"] == 90


def test_catchments_agree_with_the_table(srtm_region: Region) -> None:
    frame = srtm_region.gorges
    assert len(frame) == 8
    np.testing.assert_allclose(frame["area_m2"] / frame["area_of_table_m2"], 1.0, atol=0.06)


def test_medeu_and_its_basin_survive_conditioning(srtm_region: Region) -> None:
    """54 m deep and 9.5 Mm3 on the raw pixels; warped to 60 m its rim is a few metres lower."""
    site = srtm_region.dam_sites["medeu"]
    assert site.in_terrain
    assert [id for id, dam in srtm_region.dam_sites.items() if dam.in_terrain] == ["medeu"]
    ground = srtm_region.terrain(60.0)
    x, y = srtm_region.to_metric(77.0608, 43.148)
    pits, _, _ = find_pits(ground, at_least_m=20.0)
    near = [p for p in pits if np.hypot(*np.subtract(ground.xy_of(p.row, p.col), (x, y))) < 800]
    assert len(near) == 1
    assert near[0].depth_m == pytest.approx(54, abs=5)
    assert near[0].volume_m3 == pytest.approx(9.5e6, rel=0.15)
    assert near[0].bottom_m == pytest.approx(1831, abs=3)
    known = [pit for pit in srtm_region.report["pits"]["kept"] if pit["known"]]
    assert len(known) == 1


def test_medeu_is_not_built_twice_and_can_be_absent(srtm_region: Region) -> None:
    ground = srtm_region.terrain(60.0)
    placed = srtm_region.place_dam("medeu", ground)
    assert placed.in_terrain
    added = np.maximum(placed.crest_elevation_m - placed.bed_m, 0.0)
    assert np.median(added) < 6.0, "only the notches that warping made are closed"
    assert placed.level_m[0] == pytest.approx(1831, abs=3)
    assert placed.capacity_m3 == pytest.approx(9.5e6, rel=0.1)
    without = ground.values.copy()
    assert (placed.removal_bed_m < without[placed.removal_rows, placed.removal_cols]).all()
    without[placed.removal_rows, placed.removal_cols] = placed.removal_bed_m
    cells = course_cells(ground, srtm_region.course("malaya-almatinka"))
    bed = without[cells.rows, cells.cols]
    assert (np.diff(bed) <= 1e-6).all(), "without the dam the river falls throughout"
    left = find_pits(ground.like(without), at_least_m=5.0)[0]
    x, y = srtm_region.to_metric(77.0608, 43.148)
    assert not [p for p in left if np.hypot(*np.subtract(ground.xy_of(p.row, p.col), (x, y))) < 800]


@pytest.mark.parametrize("size", [30.0, 45.0, 60.0, 90.0])
@pytest.mark.parametrize("dam", DAMS)
def test_every_dam_closes_its_valley(srtm_region: Region, dam: str, size: float) -> None:
    ground = srtm_region.terrain(size)
    placed = srtm_region.place_dam(dam, ground)
    raised = ground.values.copy()
    raised[placed.rows, placed.cols] = np.maximum(placed.bed_m, placed.crest_elevation_m)
    wet = flood(
        raised, placed.outlet_upstream, placed.crest_elevation_m - 0.01, np.zeros(ground.shape, dtype=bool)
    )
    assert wet.any()
    assert not wet[placed.outlet_downstream]
    assert wet.sum() * size**2 < 1e6


def test_figures_agree_on_real_terrain(srtm_region: Region) -> None:
    ground = srtm_region.terrain(60.0)
    ayusai = srtm_region.place_dam("ayusai", ground)
    assert ayusai.crest_length_m == pytest.approx(330, rel=0.1)
    assert ayusai.capacity_m3 == pytest.approx(2.3e6, rel=0.1)
    for dam in DAMS:
        fit = srtm_region.dam_sites[dam].fit
        assert fit is not None
        assert fit["ground_moved_most_m"] <= 10.0, "no more than the terrain's own error"
        assert fit["moved_m"] <= srtm_region.dam_sites[dam].position_error_m


@pytest.mark.parametrize("size", [30.0, 60.0, 90.0])
def test_beds_fall_except_across_medeu(srtm_region: Region, size: float) -> None:
    ground = srtm_region.terrain(size)
    for id, river in srtm_region.rivers_by_id.items():
        cells = course_cells(ground, river)
        bed = ground.values[cells.rows, cells.cols]
        rises = np.diff(bed) > 1e-9
        if river.joins is not None:
            rises &= cells.chainage_m[1:] < river.length_m - 3 * size
        where = cells.chainage_m[1:][rises]
        if id == "malaya-almatinka":
            ((start, end),) = river.basins
            assert rises.any()
            assert ((where > start - size) & (where < end + size)).all()
        else:
            assert not rises.any(), id


def test_moraine_lakes_are_not_filled(srtm_region: Region) -> None:
    deep = [pit for pit in srtm_region.report["pits"]["kept"] if pit["in_gorge"] and not pit["known"]]
    assert any(pit["bottom_m"] > 3400 and pit["depth_m"] > 10 for pit in deep)


def test_the_same_folder_opens_again(srtm_region_folder: Path, srtm_region: Region) -> None:
    assert open_region(srtm_region_folder).version == srtm_region.version
