"""The served city, and QGIS without a screen."""

import pytest

from tests.clients.city import City, served_city
from tests.clients.headless_qgis import Qgis, missing_qgis


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> City:
    """Give the embedded city on loopback, with two runs of its default scenario."""
    with served_city(tmp_path_factory.mktemp("city")) as served:
        yield served


@pytest.fixture(scope="session")
def qgis() -> Qgis:
    """Give QGIS of the operating system; without it the test skips and says what to install."""
    reason = missing_qgis()
    if reason:
        pytest.skip(reason)
    return Qgis()
