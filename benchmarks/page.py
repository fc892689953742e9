"""How soon the page shows its table and its map, and what a slider's step costs, in a real browser.

`python -m benchmarks.page` (`make pictures`) takes the pictures of the documentation instead: of the embedded
region, with the runs of RISK_DATA_DIR or, where there are none, with runs that it makes first.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.browser import ARGUMENTS, PATIENCE_MS, READY, chromium_path
from benchmarks.measure import Found, Measurement
from benchmarks.service import Service, free_port, serving

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs" / "pictures"
QUESTION = "/?scenario=kumbelsu-1977&compare=no-dams&compare=ayusai"
STRATEGIES = "&strategies=no-dams,ayusai"
ANSWER = "/v1/exposure?scenario=kumbelsu-1977" + STRATEGIES
GROUND = "/v1/base/tiles/hillshade/tilejson.json"
WAKES = "/health/live"
RUNS_WITHIN_S = 900.0
STEPS = 15
#: Openings of the page, each with an empty store; the middle one counts.
VISITS = 3
#: Put into the page before anything of it: when the table and both maps stood, ms since the reader asked.
_WATCH = """() => {
  window.stood = {};
  const watch = () => {
    if (document.querySelector(".clock tbody tr")) stood.table ??= performance.now();
    if (document.documentElement.dataset.map === "ready") stood.map ??= performance.now();
  };
  new MutationObserver(watch).observe(document, { childList: true, subtree: true, attributes: true });
}"""
#: Two frames are on the screen, and nothing is left to do.
_AT_REST = """async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await frame();
  await new Promise((resolve) => requestIdleCallback(resolve));
}"""
#: The table is on the screen when it stands and something has been painted.
_STOOD = """() => [
  Math.max(stood.table, performance.getEntriesByName("first-contentful-paint")[0].startTime), stood.map]"""
#: What is rendered after a step, measured in the page itself: until two frames have been drawn.
_STEP = """async (minute) => {
  const slider = document.getElementById("time");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const from = performance.now();
  slider.value = minute;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await frame();
  await frame();
  return performance.now() - from;
}"""


@contextmanager
def _served(folder: Path) -> Iterator[Service]:
    port = free_port()
    command = [
        sys.executable, "-c", "from risk_api.cli import main; main()", "serve", "--port", str(port),
    ]  # fmt: skip
    env = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "RISK_PRECOMPUTE": "false",
        "RISK_DATA_DIR": os.environ.get("RISK_DATA_DIR", str(folder / "data")),
    }
    with serving(command, port, folder, env) as service:
        service.wait_for("/health/live", within_s=120)
        service.wait_for(ANSWER, within_s=RUNS_WITHIN_S, pause_s=2.0)
        # As a service has it some seconds after its start: RISK_PRECOMPUTE, off here, has the ground cut.
        service.wait_for(GROUND)
        yield service


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def measure(folder: Path) -> Sequence[Found]:
    """Measure the page in Chromium; nothing where there is none."""
    if chromium_path() is None:
        return []
    with _served(folder) as service, _chromium() as browser:
        fetch_s = [_fetch(service) for _ in range(5)]
        # What is measured is the page, not how it shares two cores with the compiler that follows a start.
        service.wait_until_idle()
        opened: list[tuple[float, float]] = []
        for visit in range(VISITS):
            # An empty store each time, and no other page drawing beside it.
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(PATIENCE_MS)
            # A browser that has just been started takes a second before it paints anything at all. What wakes
            # it has no script, style or font: the page neither waits for it nor finds anything of it kept.
            page.goto(service.url + WAKES)
            page.evaluate(_AT_REST)
            page.add_init_script(f"({_WATCH})()")
            page.goto(service.url + QUESTION + STRATEGIES + "&lang=ru")
            page.wait_for_selector(READY, state="attached")
            opened.append(tuple(value / 1000.0 for value in page.evaluate(_STOOD)))
            if visit < VISITS - 1:
                page.context.close()
        tables_s, maps_s = zip(*opened, strict=True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.check('input[name="layer"][value="arrival"]')
        page.wait_for_selector("html[data-flow=arrival]", state="attached")
        asked.clear()
        last = int(page.get_attribute("#time", "max"))
        steps = [page.evaluate(_STEP, last * (step + 1) // STEPS) / 1000.0 for step in range(STEPS)]
        for key in ("Home", "End"):
            page.locator("#swipe").press(key)
    busy = ("the page's bytes by HTTP", median(fetch_s), "s")
    return [
        Measurement(
            "first table painted in the browser", median(tables_s), "s", 1.0, *busy, samples=tables_s
        ),
        Measurement("both maps drawn, software WebGL", median(maps_s), "s", 8.0, *busy, samples=maps_s),
        Measurement("a step of the time slider", median(steps), "s", 0.15, *busy, samples=tuple(steps)),
        Measurement("requests of 15 steps and two swipes", float(len(asked)), "", 0.0, *busy),
    ]


def _fetch(service: Service) -> float:
    started = time.perf_counter()
    service.get(QUESTION + STRATEGIES + "&lang=ru")
    return time.perf_counter() - started


def pictures() -> None:
    """Write the pictures of the documentation."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as name, _served(Path(name)) as service:
        shutil.rmtree(PICTURES, ignore_errors=True)
        PICTURES.mkdir(parents=True)
        with _chromium() as browser:
            for picture, address, size in (
                ("page-ru", "&lang=ru", (1280, 900)),
                ("arrival-kk", "&lang=kk#layer=arrival&time=60", (1280, 900)),
                ("difference-en", "&lang=en#layer=difference", (1280, 900)),
                ("phone-ru", "&lang=ru", (390, 844)),
            ):
                context = browser.new_context(viewport={"width": size[0], "height": size[1]})
                page = context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                page.goto(service.url + QUESTION + STRATEGIES + address)
                page.wait_for_selector(READY, state="attached")
                page.wait_for_selector("html[data-flow]", state="attached")
                if size[0] < 600:
                    page.locator("#maps").scroll_into_view_if_needed()
                page.screenshot(path=PICTURES / f"{picture}.png")
                context.close()


if __name__ == "__main__":
    if chromium_path() is None:
        sys.exit("there is no chromium: `apt install chromium`, or name one in SELRISK_CHROMIUM")
    pictures()
