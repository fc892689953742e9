"""On a phone, on paper, for those who hear it or cannot tell its colours apart."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

AXE = Path(__file__).resolve().parents[2] / "risk_api/web/map/node_modules/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page) -> list[str]:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: `make map` fetches it from npm")
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run({ runOnly: tags })", WCAG)
    return [
        f"{rule['id']}: {node['html'][:120]}: {json.dumps(node['any'] + node['all'])[:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def test_axe_finds_nothing_and_kazakh_letters_come_from_the_shipped_font(visit):
    visitor = visit(reduced_motion="reduce")
    page = visitor.open("/?scenario=burst&lang=kk")
    visitor.picture("page-kk")
    # Its longest words make the column of the first table wider; no number of it is beside what can be seen.
    assert page.eval_on_selector(".duty-table", "one => one.scrollWidth - one.clientWidth") <= 0
    page.click("#maps", position={"x": 250, "y": 150})
    page.wait_for_selector("#place table")
    page.evaluate("() => { document.getElementById('what-if').open = true }")
    assert violations(page) == []
    loaded = page.evaluate(
        """() => document.fonts.load('16px "Noto Sans"', 'Ұқғ')
            .then((faces) => faces.map((face) => face.status))"""
    )
    assert loaded
    assert set(loaded) == {"loaded"}
    # Who wants no motion gets the end at once.
    page.click("#play")
    page.wait_for_selector('input[value="arrival"]:checked')
    assert page.get_attribute("#play", "aria-pressed") == "false"
    assert page.input_value("#time") == page.get_attribute("#time", "max")


def test_axe_finds_nothing_on_the_page_of_a_dam(visit):
    assert violations(visit().open("/dams/bar?lang=ru", ready=False)) == []


def test_it_fits_a_phone(visit):
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.open("/?scenario=burst&lang=ru")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll('#map-part button, #map-part input, select, header nav a')]
            .filter((element) => element.offsetParent && element.getBoundingClientRect().height < 24)
            .map((element) => element.outerHTML.slice(0, 100))"""
    )
    assert [text for text in small if 'type="radio"' not in text and 'type="checkbox"' not in text] == []
    # Both strategies with all their numbers are on the screen, none beside it or too small to read.
    numbers = page.eval_on_selector_all(
        ".clock tbody td.num",
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.right])",
    )
    assert len(numbers) >= 6
    assert all(0 <= left < right <= 390 for left, right in numbers)
    assert page.locator(".clock tbody td.side").first.is_visible()
    letters = page.eval_on_selector_all(
        ".bars text", "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(letters) >= 14
    visitor.picture("phone-top")
    page.locator("#maps").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    visitor.picture("phone-map")


def test_it_prints_with_table_map_and_legend(shared):
    page = shared.page
    page.emulate_media(media="print")
    assert page.locator("#maps").is_visible()
    assert page.locator("#legend").is_visible()
    assert page.locator("#pickers").is_hidden()
    assert page.locator("#swipe").is_hidden()
    pdf = page.pdf(format="A4", landscape=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 30_000
    first = PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "")
    runs = page.locator(".confidence .run").all_inner_texts()
    assert runs
    assert all(run in first for run in runs), "the first sheet says what it shows"
    shared.picture("print")
    page.emulate_media(media="screen")


def test_everything_is_reached_by_keyboard_in_order(visit):
    page = visit().open("/?scenario=burst&lang=en")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.id || document.activeElement.className"))
    wanted = ["swipe", "play", "time", "find-text"]
    places = [seen.index(name) for name in wanted]
    assert places == sorted(places)
    assert any("maplibregl-canvas" in name for name in seen)
    assert len([name for name in seen if "maplibregl-canvas" in name]) == 1, "two maps are one stop"
