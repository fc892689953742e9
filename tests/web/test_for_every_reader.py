"""Every state of the page, for those who hear it, walk it by keyboard, enlarge it, or bring their colours."""

from __future__ import annotations

import re

import pytest

from tests.web.test_forms_of_the_page import violations

#: What has the focus: its outline, its size, and whether any of it lies on top at its own place.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const on_top = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].some(([x, y]) => {
    const found = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    if (!found) return false;
    return found === element || element.contains(found) || found.closest('label')?.control === element;
  });
  return { html: element.outerHTML.slice(0, 90), outline: style.outlineStyle, colour: style.outlineColor,
           map: element.matches('.maplibregl-canvas'), on_top };
}"""


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_axe_finds_nothing_in_any_layer_of_the_map(shared):
    page = shared.page
    for layer in ("depth", "arrival", "difference", "class"):
        page.check(f'input[name="layer"][value="{layer}"]')
        page.wait_for_selector(f"html[data-flow={layer}]", state="attached")
        assert violations(page) == [], layer


@pytest.mark.parametrize(
    "path", ["/?scenario=nonsense&lang=ru", "/ogc?f=html&lang=kk", "/ogc/collections/districts/items?f=html"]
)
def test_axe_finds_nothing_on_pages_without_a_map(visit, path):
    assert violations(visit().open(path, ready=False)) == []


def test_whoever_walks_by_keyboard_sees_where_they_are(visit):
    page = visit().open("/?scenario=burst&lang=ru")
    page.evaluate("() => { document.getElementById('what-if').open = true }")
    seen, wrong = set(), []
    for _ in range(90):
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUSED)
        if state is None:
            break
        seen.add(state["html"])
        # The map draws its ring over itself; everything else has an outline of 3 to 1 on the page's white.
        drawn = state["map"] or (
            state["outline"] != "none" and 1.05 / (luminance(state["colour"]) + 0.05) >= 3.0
        )
        if not (drawn and state["on_top"]):
            wrong.append(state)
    assert len(seen) > 25
    assert wrong == [], [(one["html"][:60], one["outline"], one["colour"], one["on_top"]) for one in wrong]


def test_at_four_times_the_size_nothing_is_beside_the_page(visit):
    """320 by 256 is 1280 by 1024 enlarged four times (WCAG 2.2, 1.4.10)."""
    page = visit(viewport={"width": 320, "height": 256}).open("/?scenario=burst&lang=kk")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    page.goto(page.url.split("/?")[0] + "/dams/bar?lang=kk")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_forced_colours_leave_the_legend_its_own(visit):
    visitor = visit(forced_colors="active")
    page = visitor.open("/?scenario=burst&lang=en")
    kept = page.eval_on_selector_all(
        "#legend .swatch", "all => all.map((one) => getComputedStyle(one).forcedColorAdjust)"
    )
    assert kept
    assert set(kept) == {"none"}
    visitor.picture("forced-colours")
