"""What tests of every package share: the embedded region, and one on real terrain where that is at hand."""

from pathlib import Path

import pytest

from benchmarks import srtm
from geodata import Region, open_region


@pytest.fixture(scope="session")
def almaty() -> Region:
    """The embedded region."""
    return open_region("almaty")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that RISK_TEST_DATA names; without it the test skips and says so."""
    folder = srtm.data_folder()
    if folder is None:
        pytest.skip(f"{srtm.VARIABLE} is not set: real terrain is not part of the project")
    return folder


@pytest.fixture(scope="session")
def srtm_region_folder(
    real_data: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A region built on the real SRTM3 terrain; kept between sessions as long as sources and builder stay."""
    cache = request.config.cache
    assert cache is not None
    return srtm.kept_region(cache.mkdir("srtm-region"), tmp_path_factory.mktemp("srtm"), real_data)


@pytest.fixture(scope="session")
def srtm_region(srtm_region_folder: Path) -> Region:
    """The region on the real SRTM3 terrain, opened."""
    return open_region(srtm_region_folder)
