"""The page with its map, as a reader uses it."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile


def pixels(page, selector="#maps"):
    """What is on the screen, (height, width, 3)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(page.locator(selector).screenshot()) as file, file.open() as picture:
            return np.moveaxis(picture.read()[:3], 0, -1).astype(int)


def count_like(picture, colour, tolerance=40):
    return int((np.abs(picture - np.array(colour)).max(axis=-1) <= tolerance).sum())


def choose(visitor, layer):
    visitor.page.check(f'input[name="layer"][value="{layer}"]')
    visitor.page.wait_for_selector(f"html[data-flow={layer}]", state="attached")


def cells(page):
    return [re.sub(r"[^\d]", "", text) for text in page.locator(".clock tbody td.num").all_inner_texts()]


def test_the_flow_is_drawn_beside_the_table(shared):
    page = shared.page
    choose(shared, "class")
    page.focus("#swipe")
    page.keyboard.press("End")
    shared.settle()
    assert page.locator(".clock tbody tr").count() >= 1
    assert page.locator("#map-waiting").is_hidden()
    assert page.locator("#legend li").count() == 3 + 3
    medium = (0xFD, 0x8D, 0x3C)
    assert count_like(pixels(page), medium) > 200, "the medium class is nowhere"
    shared.picture("page-en")


def test_the_first_table_has_the_answers_numbers_in_every_language(visit):
    visitor = visit(java_script_enabled=False)
    told = {}
    for language in ("kk", "ru", "en"):
        page = visitor.open(f"/?scenario=burst&compare=no-dams&compare=bar&lang={language}", ready=False)
        assert page.locator("html").get_attribute("lang") == language
        told[language] = cells(page)
    assert told["kk"] == told["ru"] == told["en"]
    document = page.request.get(f"{visitor.url}/v1/exposure?scenario=burst").json()
    (mouth,) = [feature["properties"] for feature in document["features"] if feature["id"] == "mouth"]
    for position, strategy in enumerate(("no-dams", "bar")):
        counts = mouth["strategies"][strategy]
        seconds = counts["first_person_s"]
        expected = [
            "" if seconds is None else str(int(seconds // 60)),
            str(round(counts["people_by_class"]["strong"])),
            str(round(counts["people_exposed"])),
        ]
        # Two figures are shown, and these counts have no more.
        assert told["en"][3 * position : 3 * position + 3] == expected
        assert counts["run_id"] in page.inner_text(".confidence")


def clip(page):
    return page.eval_on_selector("#map-right", "element => element.style.clipPath")


def test_the_swipe_is_moved_by_keys_and_asks_for_nothing(shared):
    page = shared.page
    choose(shared, "class")
    shared.requests.clear()
    page.focus("#swipe")
    page.keyboard.press("End")
    assert clip(page) == "inset(0px 0px 0px 100%)"
    left = pixels(page)
    page.keyboard.press("Home")
    assert clip(page) == "inset(0px 0px 0px 0%)"
    right = pixels(page)
    page.keyboard.press("ArrowRight")
    assert clip(page) == "inset(0px 0px 0px 1%)"
    assert "No dams" in page.get_attribute("#swipe", "aria-valuetext")
    assert shared.requests == []
    # Without the dam more ground is under mud than with it.
    assert (np.abs(left - right).max(axis=-1) > 40).sum() > 200


def test_both_maps_move_as_one(shared):
    page = shared.page
    page.focus("#map-left canvas")
    page.keyboard.press("ArrowRight")
    shared.settle()
    page.focus("#swipe")
    seen = []
    for key in ("End", "Home"):
        page.keyboard.press(key)
        seen.append(pixels(page))
    # What both show, the borders and the rivers, stays where it is.
    assert (np.abs(seen[0] - seen[1]).max(axis=-1) > 40).mean() < 0.2
    page.focus("#map-left canvas")
    page.keyboard.press("ArrowLeft")
    shared.settle()


def test_a_step_of_the_slider_asks_for_nothing_and_the_flow_arrives(shared):
    page = shared.page
    choose(shared, "arrival")
    page.focus("#swipe")
    page.keyboard.press("End")
    shared.settle()
    shared.requests.clear()
    page.focus("#time")
    page.keyboard.press("Home")
    shared.settle()
    first = pixels(page)
    page.keyboard.press("End")
    shared.settle()
    last = pixels(page)
    changed = np.abs(first - last).max(axis=-1) > 30
    assert 200 < changed.sum() < 0.2 * changed.size, "the flow arrives, and only the flow"
    ground = (0xE9, 0xEC, 0xEA)
    for minute, picture in (("0", first), ("last", last)):
        assert count_like(picture, ground) > 0.5 * changed.size, f"minute {minute}: the rest stays bare"
    page.evaluate(
        """() => { const slider = document.getElementById("time"); slider.value = 8;
            slider.dispatchEvent(new Event("input", { bubbles: true })) }"""
    )
    shared.settle()
    early = pixels(page)
    reached = [int((np.abs(first - picture).max(axis=-1) > 30).sum()) for picture in (early, last)]
    assert 0 < reached[0] < reached[1]
    assert count_like(early, ground) > 0.5 * changed.size
    assert page.get_attribute("#time", "aria-valuetext").endswith("min")
    assert shared.requests == []
    shared.picture("arrival")


def test_play_shows_the_flow_arriving(shared):
    page = shared.page
    page.click("#play")
    page.wait_for_selector("#play[aria-pressed=true]")
    before = int(page.input_value("#time"))
    page.wait_for_timeout(900)
    assert int(page.input_value("#time")) > before
    page.keyboard.press("Space")
    page.wait_for_selector("#play[aria-pressed=false]")


@pytest.mark.parametrize("layer", ["depth", "difference", "shaking"])
def test_layers_come_with_their_legend(shared, layer):
    page = shared.page
    choose(shared, layer)
    assert page.locator("#legend li").count() > (2 if layer == "shaking" else 4)
    assert page.locator("#swipe").is_visible() is (layer == "depth"), "what both share has nothing to swipe"
    assert page.locator("#no-swipe").is_visible() is (layer != "depth")
    assert f"layer={layer}" in page.url
    if layer == "shaking":
        assert "Choose an earthquake" in page.inner_text("#state")
    else:
        assert page.locator("#state").is_hidden()
    shared.picture(f"layer-{layer}")
    choose(shared, "class")


def test_the_shaking_of_the_ground_is_drawn_with_its_numbers(visit):
    visitor = visit()
    page = visitor.open("/?scenario=burst&earthquake=verny-1887&lang=en#layer=class")
    visitor.settle()
    before = pixels(page)
    assert page.locator("#measure").is_hidden()
    choose(visitor, "shaking")
    visitor.settle()
    drawn = (np.abs(pixels(page) - before).max(axis=-1) > 15).mean()
    assert drawn > 0.25, "all of the region shakes, which is narrower than the map"
    map_ = "/v1/seismic/shakemap/verny-1887"
    assert any(request.startswith(f"{map_}/tiles/intensity_mmi_p50/") for request in visitor.requests)
    document = page.request.get(f"{visitor.url}{map_}/contours?layer=intensity_mmi_p50").json()
    legend = page.locator("#legend").inner_text()
    assert "Verny" in legend.split("\n")[0]
    assert "equal shaking" in legend
    # The classes that the map holds, and no others.
    shown = page.request.get(f"{visitor.url}{map_}/tiles/intensity_mmi_p50/legend.json").json()["classes"]
    held = [
        one["name_en"]
        for one in shown
        if (one["low"] or 0) <= document["highest"] and (one["high"] or 99) >= document["lowest"]
    ]
    assert 0 < len(held) < len(shown)
    assert all((one["name_en"] in legend.split("\n")) is (one["name_en"] in held) for one in shown)
    visitor.picture("layer-shaking-ground")
    page.select_option("#measure", "pga_g_p50")
    page.wait_for_selector("#legend li:has-text('g, middle')")
    page.wait_for_selector("html[data-flow=shaking]", state="attached")
    assert "measure=pga_g_p50" in page.url
    # Nothing is known of the buildings of this region, so nothing of its districts: said, and the map stays.
    page.select_option("#measure", "districts")
    page.wait_for_selector("#state:has-text('404')")
    page.goto(page.url.replace("measure=districts", "measure=pga_g_p50"))
    page.reload()
    page.wait_for_selector("html[data-flow=shaking]", state="attached")
    assert page.input_value("#measure") == "pga_g_p50"
    assert page.locator("#state").is_hidden()


def test_sound_and_shaken_dams_are_under_the_swipe_by_their_link(visit):
    visitor = visit()
    answer = visitor.context.request.get(f"{visitor.url}/v1/exposure?scenario=burst").json()
    runs = {one["id"]: one["run_id"] for one in answer["strategies"]}
    question = "/?scenario=burst&compare=no-dams&compare=bar&lang=en"
    page = visitor.open(f"{question}#shaken={runs['bar']}.{runs['no-dams']}.1")
    page.wait_for_selector("#name-right:has-text('With the bar: shaken dams')")
    assert page.inner_text("#name-left") == "With the bar: sound dams"
    page.wait_for_selector("html[data-flow]", state="attached")
    # A place tells of the runs that are drawn, whatever they are.
    page.click("#maps", position={"x": 250, "y": 150})
    page.wait_for_selector("#place table")
    assert page.locator("#place a.run").all_inner_texts() == [runs["bar"], runs["no-dams"]]
    assert "shaken=" in page.url
    page.locator('#pickers select[name="compare"]').nth(1).select_option("same")
    page.wait_for_selector("#name-right:has-text('The same bar')")
    assert "shaken=" not in page.url


def test_a_place_is_found_by_click_by_name_and_by_coordinates(shared):
    page = shared.page
    page.click("#maps", position={"x": 250, "y": 150})
    page.wait_for_selector("#place table")
    assert page.locator("#place tbody tr").count() == 2

    def find(text):
        page.fill("#find-text", text)
        page.keyboard.press("Enter")

    find("mouth")
    page.wait_for_selector("#place h3:has-text('Mouth')")
    find("Bar")
    page.wait_for_selector("#place h3 a[href^='/dams/bar']")
    # Either order is understood where only one can be meant.
    for typed in ("43.14, 76.86", "76.86 43.14"):
        find(typed)
        page.wait_for_selector("#place h3:has-text('43.1400, 76.8600')")
    find("10, 10")
    page.wait_for_selector("#place .failed")
    find("<b>nowhere</b>")
    page.wait_for_selector("#place:has-text('<b>nowhere</b>')")


def test_the_clock_of_an_event_says_what_is_left(shared):
    page = shared.page
    ten_minutes_ago = "() => { const t = new Date(Date.now() - 6e5 - new Date().getTimezoneOffset() * 6e4);"
    page.fill("#started", page.evaluate(f"{ten_minutes_ago} return t.toISOString().slice(0, 16) }}"))
    cell = page.locator('tr[data-district="mouth"] td.num').first
    seconds = float(cell.get_attribute("data-seconds"))
    left = int(re.search(r"(\d+) left", cell.inner_text())[1])
    # The field counts whole minutes.
    assert seconds / 60 - 12 <= left <= seconds / 60 - 10
    assert "Next: Mouth" in page.inner_text("#clock-text")
    page.fill("#started", "2000-01-01T00:00")
    assert "ago" in cell.inner_text()
    page.fill("#started", "")
    assert page.inner_text("#clock-text") == ""
    assert cell.locator(".left").count() == 0


def test_another_question_keeps_the_map_and_the_address_tells_it(shared):
    page = shared.page
    page.evaluate("() => { document.getElementById('maps').dataset.same = 'yes' }")
    page.locator('#pickers select[name="compare"]').nth(1).select_option("same")
    page.wait_for_url(re.compile("compare=same"))
    page.wait_for_selector("#name-right:has-text('The same bar')")
    assert page.get_attribute("#maps", "data-same") == "yes"
    assert page.locator(".clock thead").inner_text().count("The same bar") == 1
    page.go_back()
    page.wait_for_selector("#name-right:has-text('With the bar')")
