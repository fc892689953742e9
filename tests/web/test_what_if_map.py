"""A dam drawn on the map: points, run, comparison, link."""

from __future__ import annotations

import re


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
    page.fill("#axis", "\n".join(f"{lat:.5f}, {lon:.5f}" for lon, lat in wall_lonlat))
    page.fill("#dam-height", "30")
    page.fill("#dam-opening", "0")
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
    shared.picture("what-if")

    other = visit().open(link)
    other.wait_for_selector("#what-if-answer table")
    assert other.inner_text("#what-if-answer table") == page.inner_text("#what-if-answer table")
    assert other.inner_text("#name-right") == "With it"
