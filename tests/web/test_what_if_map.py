"""A dam drawn on the map: points, run, comparison, link."""

from __future__ import annotations

import re


def test_a_wall_needs_two_points(visit):
    page = visit().open("/?scenario=burst&lang=en")
    page.click("#what-if summary")
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:has-text('two points')")
    page.fill("#axis", "43.1\nhere, there")
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed:has-text('two points')")


def test_clicks_draw_and_a_dam_that_cannot_be_is_refused_with_its_reason(visit):
    visitor = visit()
    page = visitor.open("/?scenario=burst&lang=en")
    page.click("#what-if summary")
    page.click("#draw")
    assert page.get_attribute("#draw", "aria-pressed") == "true"
    for x in (300, 306):
        page.click("#maps", position={"x": x, "y": 200})
    assert len(page.input_value("#axis").splitlines()) == 2
    assert page.locator("#place table").count() == 0
    page.click("#dam-run")
    page.wait_for_selector("#what-if-state .failed")
    assert len(page.inner_text("#what-if-state")) > 20
    page.click("#draw-clear")
    assert page.input_value("#axis") == ""
    assert visitor.errors == []


def test_a_typed_dam_is_computed_compared_and_shared(visit, wall_lonlat):
    visitor = visit()
    page = visitor.open("/?scenario=burst&lang=en")
    page.click("#what-if summary")
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
    visitor.picture("what-if")
    assert visitor.errors == []

    other = visit().open(link)
    other.wait_for_selector("#what-if-answer table")
    assert other.inner_text("#what-if-answer table") == page.inner_text("#what-if-answer table")
    assert other.inner_text("#name-right") == "With it"
