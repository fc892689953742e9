"""A real server, a real Chromium with software WebGL, a valley small enough to be computed within a test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import browser as browser_settings
from benchmarks.service import Service, free_port, serving
from risk_api.pages.assets import map_assets

REPOSITORY = Path(__file__).resolve().parents[2]
#: Screenshots to look at: kept by CI, ignored by git.
ARTEFACTS = REPOSITORY / "artefacts" / "web"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.web)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = browser_settings.chromium_path()
    if found is None:
        pytest.skip("there is no chromium: `apt install chromium`, or name one in SELRISK_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def bundled() -> None:
    if map_assets() is None:
        pytest.skip("the map is not built, as npm could not be reached: `make map`")


# By module: while a driver is open its event loop runs, and no other test of the process could have one.
@pytest.fixture(scope="module")
def browser(chromium_path, bundled):
    playwright = pytest.importorskip("playwright.sync_api", reason="`make install-dev` brings Playwright")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium_path, args=list(browser_settings.ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def valley_data(tmp_path_factory) -> tuple[Path, Path]:
    """The folder of the region and a data folder in which the runs of `burst` are made."""
    from geodata import open_region
    from risk_api.runs import RunStore, plan
    from risk_api.runs.make import make_run
    from tests.risk_api.conftest import write_valley

    folder = write_valley(tmp_path_factory.mktemp("region") / "valley")
    data = tmp_path_factory.mktemp("data")
    region, store = open_region(folder), RunStore(data / "runs")
    for strategy in region.strategies:
        make_run(region, plan(region, "burst", strategy), store)
    return folder, data


def served(folder: Path, data: Path, log: Path, **settings: str) -> Iterator[Service]:
    port = free_port()
    command = [
        sys.executable, "-c", "from risk_api.cli import main; main()",
        "serve", "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RISK_")}
    own = {
        "PYTHONPATH": str(REPOSITORY),
        "RISK_REGION": str(folder),
        "RISK_DATA_DIR": str(data),
        "RISK_PRECOMPUTE": "false",
        "RISK_WARM": "false",
        "RISK_WORKERS": "1",
    }
    with serving(command, port, log, kept | own | settings) as service:
        service.wait_for("/health/live", within_s=120)
        yield service


@pytest.fixture(scope="session")
def service(bundled, valley_data, tmp_path_factory) -> Iterator[Service]:
    yield from served(*valley_data, tmp_path_factory.mktemp("log"))


class Visitor:
    """One reader with a browser of their own: what is asked of the network and what goes wrong is kept."""

    def __init__(self, context, url):
        self.context, self.url = context, url
        self.page = context.new_page()
        self.page.set_default_timeout(browser_settings.PATIENCE_MS)
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url.removeprefix(url)))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message):
        # Chromium writes a line for each answer that is an error; those have tests of their own.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def open(self, path="/?lang=en", *, ready=True):
        self.page.goto(self.url + path)
        if ready:
            self.page.wait_for_selector(browser_settings.READY, state="attached")
        return self.page

    def settle(self, quiet_ms=800):
        """Wait until nothing has been asked for during a moment: a busy machine is slow to ask."""
        before = -1
        while len(self.requests) != before:
            before = len(self.requests)
            self.page.wait_for_timeout(quiet_ms)

    def picture(self, name):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=False)


def visitor_of(browser, service, **options) -> Visitor:
    given = {"viewport": {"width": 1120, "height": 760}, "locale": "en-GB", **options}
    return Visitor(browser.new_context(**given), service.url)


@pytest.fixture(scope="module")
def opened(browser, service):
    """One page that many tests share: each sets what it needs, and leaves no dialogue open."""
    visitor = visitor_of(browser, service)
    visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=en")
    visitor.settle()
    yield visitor
    visitor.context.close()


@pytest.fixture
def shared(opened):
    """The shared page, its records emptied; nothing may have gone wrong in the script."""
    opened.requests.clear()
    yield opened
    assert opened.errors == []


@pytest.fixture
def visit(browser, service):
    made = []

    def make(**options) -> Visitor:
        made.append(visitor_of(browser, service, **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()


@pytest.fixture(scope="session")
def wall_lonlat() -> list[tuple[float, float]]:
    """A wall from one side of the valley to the other, upstream of the dam that stands there."""
    from tests.risk_api.conftest import MIDDLE, NORTH, lonlat

    return [lonlat(MIDDLE + across, NORTH - 3600.0) for across in (-400.0, 400.0)]
