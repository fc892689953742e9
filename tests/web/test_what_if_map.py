"""A dam drawn on the map: points, run, comparison, link."""

from __future__ import annotations

import json
import re

import pytest

from tests.web.test_forms_of_the_page import violations


def write_wall(page, wall_lonlat):
    page.fill("#axis", "\n".join(f"{lat:.5f}, {lon:.5f}" for lon, lat in wall_lonlat))


def open_form(page):
    page.evaluate("() => { document.getElementById('what-if').open = true }")
    page.click("#draw-clear")


def test_a_wall_needs_two_points(shared):
    page = shared.page
    open_form(page)
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:has-text('two points')")
    page.fill("#axis", "43.1\nhere, there")
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:has-text('two points')")


def test_clicks_draw_and_a_dam_that_cannot_be_is_refused_with_its_reason(shared):
    page = shared.page
    open_form(page)
    page.click("#draw")
    assert page.get_attribute("#draw", "aria-pressed") == "true"
    for x in (250, 256):
        page.click("#maps", position={"x": x, "y": 150})
    assert len(page.input_value("#axis").splitlines()) == 2
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:not(:has-text('two points'))")
    assert len(page.inner_text("#what-if-state")) > 20
    assert page.get_attribute("#draw", "aria-pressed") == "false"
    page.click("#draw-clear")
    assert page.input_value("#axis") == ""


def test_a_typed_dam_is_computed_compared_and_shared(shared, visit, wall_lonlat):
    page = shared.page
    open_form(page)
    write_wall(page, wall_lonlat)
    page.fill("#dam-height", "30")
    page.select_option("#dam-outlet", "gate")
    page.fill("#dam-opening", "0.5")
    page.fill("#dam-gate", "5")
    page.select_option("#dam-strategy", "no-dams")
    page.click("#dam-run")
    page.wait_for_selector("#what-if-answer table", timeout=120_000)
    assert page.inner_text("#name-left") == "Without it"
    assert page.inner_text("#name-right") == "With it"
    link = page.get_attribute("#what-if-answer .links a", "href")
    assert re.search(r"#simulation=[0-9a-f]+$", link)
    answer = page.request.get(
        page.url.split("/?")[0] + "/v1/simulations/" + link.rpartition("=")[2] + "?lang=en"
    ).json()
    text = page.inner_text("#what-if-answer")
    assert f"{answer['dams'][0]['height_m']:.1f} m high" in text
    assert answer["notes"][0] in text
    # A quick computation: whoever compares it with the page's tables is told why they differ.
    assert f"cells of {answer['quality']['cell_size_m']:.0f} m" in text
    assert answer["quality"]["text"] in text
    assert "The drawn dam" in text
    assert answer["dams"][0]["openings"][0]["gate"] == {"time_s": [0, 300, 300], "open_share": [0, 0, 1]}
    assert "Opening 1, with a gate" in text
    assert answer["dams"][0]["told"][0] in text
    curve = page.request.get(page.locator("#what-if-answer .curve").evaluate("one => one.src")).text()
    assert "Storage curve of The drawn dam" in curve
    assert "own-dam" not in curve + text
    shared.picture("what-if")

    other = visit().open(link)
    other.wait_for_selector("#what-if-answer table")
    assert other.inner_text("#what-if-answer table") == page.inner_text("#what-if-answer table")
    assert other.inner_text("#name-right") == "With it"


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("open", {"dam-opening"}),
        ("gate", {"dam-opening", "dam-gate"}),
        ("siphon", {"dam-opening", "dam-priming", "dam-breaking"}),
        ("none", set()),
    ],
)
def test_each_outlet_has_its_own_figures_and_asks_for_nothing_else(shared, wall_lonlat, kind, seen):
    page = shared.page
    open_form(page)
    # The page is shared with tests that write other figures: these are the form's own.
    page.evaluate("() => document.getElementById('what-if-form').reset()")
    write_wall(page, wall_lonlat)
    page.select_option("#dam-outlet", kind)
    figures = ("dam-opening", "dam-gate", "dam-priming", "dam-breaking")
    assert {name for name in figures if page.locator(f"#{name}").is_visible()} == seen
    asked = []

    def refuse(route):
        asked.append(json.loads(route.request.post_data)["dams"][0]["openings"])
        route.fulfill(status=400, content_type="application/problem+json", body='{"detail": "Not today."}')

    page.route("**/v1/simulations?*", refuse)
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:has-text('Not today.')")
    page.unroute("**/v1/simulations?*")
    hole = {"area_m2": 4}
    governed = {
        "open": [hole],
        "gate": [hole | {"gate": {"time_s": [0, 5400, 5400], "open_share": [0, 0, 1]}}],
        "siphon": [hole | {"siphon": {"priming_above_bed_m": 34, "breaking_above_bed_m": 20}}],
        "none": [],
    }
    assert asked == [governed[kind]]


def test_a_mistake_stands_beside_its_field_in_the_readers_language(visit, wall_lonlat):
    page = visit().open("/?scenario=burst&lang=kk")
    open_form(page)
    write_wall(page, wall_lonlat)
    page.focus("#dam-outlet")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert page.input_value("#dam-outlet") == "siphon"
    page.fill("#dam-breaking", "35")
    page.keyboard.press("Enter")
    note = page.wait_for_selector("#dam-breaking-error")
    assert note.inner_text() == "сифон түптен жоғары және іске қосылатын деңгейінен төмен жерде тоқтайды"
    assert page.evaluate("() => document.activeElement.id") == "dam-breaking"
    assert page.get_attribute("#dam-breaking", "aria-invalid") == "true"
    assert page.get_attribute("#dam-breaking", "aria-describedby") == "dam-breaking-error"
    assert page.get_attribute("#dam-height", "aria-invalid") is None
    assert violations(page) == []
    page.fill("#dam-breaking", "20")
    page.fill("#dam-opening", "")
    page.fill("#dam-height", "260")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dam-height-error:has-text('250')")
    assert page.locator("#dam-opening-error").is_visible()
    assert page.locator(".field-error").count() == 2
    assert page.evaluate("() => document.activeElement.id") == "dam-height"
    page.fill("#axis", "43.1\n")
    page.click("#dam-run")
    page.wait_for_selector("#axis-error")
    assert page.locator(".field-error").count() == 1
    assert page.get_attribute("#axis", "aria-describedby") == "axis-error axis-help"
