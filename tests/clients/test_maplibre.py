"""The page for the browser in `docs/clients.md` draws, read from another origin than the service's."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import browser as browser_settings
from tests.clients.headless_qgis import is_drawn
from tests.clients.test_page import blocks

MODULES = Path(__file__).parents[2] / "risk_api" / "web" / "map" / "node_modules"
DRAWN = """() => {
  if (!window.map || !map.loaded()) return null;
  const found = (layer) => map.queryRenderedFeatures({ layers: [layer] }).length;
  return { districts: found("districts"), rivers: found("rivers"), footprint: found("footprint") };
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture
def page_folder(tmp_path):
    """Give a folder as a reader would have it after npm install, served; and its address."""
    if not (MODULES / "maplibre-gl").is_dir():
        pytest.skip("MapLibre is not there, as npm could not be reached: `make map`")
    (tmp_path / "node_modules").symlink_to(MODULES)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.web
def test_the_page_draws_tiles_and_features(city, page_folder):
    chromium = browser_settings.chromium_path()
    if chromium is None:
        pytest.skip("there is no chromium: `apt install chromium`, or name one in SELRISK_CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="`make install-dev` brings Playwright")
    folder, address = page_folder
    (block,) = blocks("html")
    (folder / "index.html").write_text(city.here(block), encoding="utf-8")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=list(browser_settings.ARGUMENTS))
        page = opened.new_page(viewport={"width": 600, "height": 400})
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.goto(address)
        found = page.wait_for_function(DRAWN, timeout=120_000).json_value()
        page.screenshot(path=folder / "map.png")
        opened.close()
    assert wrong == []
    assert found["districts"] > 0
    assert found["rivers"] > 0
    assert found["footprint"] > 0
    assert is_drawn(folder / "map.png")
