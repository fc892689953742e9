"""What tests of every package share: the embedded region, and one on real terrain where that is at hand."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

import geodata
from geodata import Region, build_region, open_region

ALMATY_RECIPE = Path(geodata.__file__).parent / "sources" / "almaty" / "recipe.toml"


@pytest.fixture(scope="session")
def almaty() -> Region:
    """The embedded region."""
    return open_region("almaty")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that RISK_TEST_DATA names; without it the test skips and says so."""
    named = os.environ.get("RISK_TEST_DATA")
    if not named:
        pytest.skip("RISK_TEST_DATA is not set: real terrain is not part of the project")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"RISK_TEST_DATA names {named!r}, which is no folder")
    return folder


def srtm_recipe(folder: Path, real_data: Path) -> Path:
    """A recipe for the real SRTM3 terrain and district polygons; all else as the embedded region."""

    def file(name: str) -> str:
        return json.dumps(str(real_data / name))

    path = folder / "recipe.toml"
    path.write_text(
        f"""
extends = {json.dumps(str(ALMATY_RECIPE))}
id = "almaty-srtm"

[extent]
west = 76.68
south = 42.905
east = 77.165
north = 43.42

[terrain]
mode = "traced"
kind = "srtm"
files = [{file("srtm3_almaty.tif")}]
fill_with = {file("gebco2023_15s_almaty.tif")}
holds_dams_of_2000 = true
breach_deepest_m = 10.0
vertical_error = [{{ error_m = 10 }}]

[terrain.about]
source = "SRTM3, 3 arc-seconds"
credit = "SRTM (NASA/NGA/USGS)"
licence = "public domain"
date = "2000-02"
vertical_datum = "EGM96"
resolution_m = 90.0
vertical_error_m = 10.0

[districts]
file = {file("districts_osm.geojson")}
""",
        encoding="utf-8",
    )
    return path


def _key(real_data: Path) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    package = Path(geodata.__file__).parent
    sources = [*package.rglob("*.py"), *(package / "sources" / "almaty").glob("*")]
    names = ("srtm3_almaty.tif", "gebco2023_15s_almaty.tif", "districts_osm.geojson")
    for path in [*sorted(sources), *(real_data / name for name in names)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]


@pytest.fixture(scope="session")
def srtm_region_folder(
    real_data: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A region built on the real SRTM3 terrain; kept between sessions as long as sources and builder stay."""
    cache = request.config.cache
    assert cache is not None
    kept = cache.mkdir("srtm-region")
    out = Path(kept) / _key(real_data)
    if not (out / "region.toml").is_file():
        for old in Path(kept).iterdir():
            shutil.rmtree(old, ignore_errors=True)
        build_region(srtm_recipe(tmp_path_factory.mktemp("srtm"), real_data), out)
    return out


@pytest.fixture(scope="session")
def srtm_region(srtm_region_folder: Path) -> Region:
    """The region on the real SRTM3 terrain, opened."""
    return open_region(srtm_region_folder)
