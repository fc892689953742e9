"""Zones of ground that somebody drew: a file in the region, and every answer knows of it."""

import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from geodata import LayerInvalid, Region, open_region
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.hazard.question import hazard_question
from risk_api.seismic.hazard_answers import HazardAnswers
from risk_api.seismic.maps.cells import Cells
from risk_api.seismic.maps.shake_maps import ShakeMaps
from risk_api.seismic.region_vs30 import RegionVs30

#: About Auezov.
BOX = [[[76.80, 43.19], [76.89, 43.19], [76.89, 43.25], [76.80, 43.25], [76.80, 43.19]]]
INSIDE, OUTSIDE = (76.855, 43.222), (76.98, 43.33)


def zone(**properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": BOX},
        "properties": {"source": "drawn for a test", **properties},
    }


def with_zones(folder: Path, *zones: dict[str, object]) -> Region:
    """The embedded region with one more layer."""
    shutil.copytree(str(files("geodata.regions").joinpath("almaty")), folder)
    document = {"type": "FeatureCollection", "features": list(zones)}
    (folder / "ground_zones.geojson").write_text(json.dumps(document), encoding="utf-8")
    with (folder / "region.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[layers.ground_zones]\nfile = "ground_zones.geojson"\nsource = "drawn for a test"\n')
    return open_region(folder)


@pytest.fixture(scope="module")
def zoned(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("zones") / "almaty"
    return with_zones(folder, zone(vs30_m_s=200.0, intensity_increment=1.0))


def test_the_ground_is_the_zone_s_inside_and_the_slope_s_outside(zoned: Region, almaty: Region) -> None:
    drawn, bare = RegionVs30(zoned), RegionVs30(almaty)
    assert bare.zones == ()
    assert float(drawn.at(*INSIDE)) == 200.0
    assert float(drawn.at(*OUTSIDE)) == float(bare.at(*OUTSIDE))
    lon, lat = np.array([INSIDE, OUTSIDE]).T
    assert drawn.increment(lon, lat).tolist() == [1.0, 0.0]
    assert bare.increment(lon, lat).tolist() == [0.0, 0.0]
    assert zoned.version != almaty.version, "maps that were kept are not those of this ground"
    cells = Cells.of(zoned, 1000.0, drawn)
    inside = (np.abs(cells.lon - 76.845) < 0.04) & (np.abs(cells.lat - 43.22) < 0.025)
    assert (cells.grid.values[inside] == 200.0).all()


def test_damage_knows_the_zones(zoned: Region, almaty: Region) -> None:
    drawn, bare = (
        {each.id: each for each in QuakeAnswers(region).scenario("verny-1887").districts}
        for region in (zoned, almaty)
    )
    for scale in ("mmi", "msk_kz"):
        # On ground this soft strong shaking loses some acceleration.
        assert drawn["auezov"].shaking[scale].mid > bare["auezov"].shaking[scale].mid + 0.8
    for branch in Branch:
        far = [each["turksib"].branches[branch]["severity_4"].mean for each in (drawn, bare)]
        assert far[0] == pytest.approx(far[1])
    # A degree of intensity more is no acceleration more: only the branch of intensities follows it.
    dead = [each["auezov"].branches[Branch.MACROSEISMIC]["severity_4"].mean for each in (drawn, bare)]
    assert dead[0] > 2.0 * dead[1]
    accelerations = [each["auezov"].shaking["pga_g"].mid for each in (drawn, bare)]
    assert 0.5 < accelerations[0] / accelerations[1] < 1.5


def test_hazard_and_maps_know_the_zones(zoned: Region, almaty: Region, tmp_path: Path) -> None:
    place, other = (
        HazardAnswers(region).places(hazard_question(region, point=INSIDE))[0] for region in (zoned, almaty)
    )
    assert (place.vs30_m_s, other.vs30_m_s > 300.0) == (200.0, True)
    from geodata import Grid

    maps = [ShakeMaps(region, tmp_path).of("talgar") for region in (zoned, almaty)]
    assert maps[0].id != maps[1].id
    x, y = almaty.to_metric(*INSIDE)
    shown = [Grid.read(each.path("intensity_mmi_p50")) for each in maps]
    column, row = int((x - shown[0].transform.c) / 300.0), int((shown[0].transform.f - y) / 300.0)
    assert shown[0].values[row, column] > shown[1].values[row, column] + 1.0


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"vs30_m_s": -3.0}, "features[0].vs30_m_s"),
        ({"vs30_m_s": 300.0, "source": ""}, "features[0].source"),
        ({}, "features[0]"),
    ],
)
def test_a_zone_that_cannot_be_is_named(tmp_path: Path, properties: dict[str, object], field: str) -> None:
    region = with_zones(tmp_path / "almaty", zone(**properties))
    with pytest.raises(LayerInvalid) as caught:
        RegionVs30(region).at(*INSIDE)
    assert caught.value.field == field
    assert "ground_zones" in str(caught.value)
