"""Answers that come late, after the reader has asked something else: the newer question stays answered."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.web.conftest import visitor_of
from tests.web.test_map import pixels


@pytest.fixture(scope="module")
def opened(browser, service):
    """One page for all tests of the file; a service worker would ask in its place, out of their sight."""
    visitor = visitor_of(browser, service, service_workers="block")
    visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=en")
    visitor.settle()
    yield visitor
    visitor.context.close()


@pytest.fixture
def patient(shared):
    """A page whose requests the test can hold back."""
    yield shared
    shared.page.unroute_all(behavior="ignoreErrors")


def hold_first(page, pattern):
    """Keep the first request that fits unanswered; the list that is returned holds it."""
    held = []

    def answer(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(pattern, answer)
    return held


def hold_all(page, pattern):
    """Keep every request that fits unanswered until `let_go`."""
    held = []
    page.route(pattern, lambda route: route.continue_() if None in held else held.append(route))
    return held


def let_go(held):
    waiting = held.copy()
    held.append(None)
    for route in waiting:
        route.continue_()


def until_held(page, held):
    for _ in range(100):
        if held:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the first question was not asked")


def find(page, text):
    page.fill("#find-text", text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("newer", ["coordinates", "refused", "dam", "nothing"])
def test_a_late_place_does_not_overwrite_a_newer_one(patient, newer):
    page = patient.page
    typed, shown = {
        "coordinates": ("43.13, 76.85", "h3:has-text('43.1300, 76.8500')"),
        "refused": ("10, 10", ".failed"),
        "dam": ("Bar", "h3 a[href^='/dams/bar']"),
        "nothing": ("nowhere at all", ":text('nowhere at all')"),
    }[newer]
    held = hold_first(page, "**/v1/locate?**")
    find(page, "43.14, 76.86")
    until_held(page, held)
    find(page, typed)
    selector = f"#place:has-text('{typed}')" if newer == "nothing" else f"#place {shown}"
    page.wait_for_selector(selector)
    before = page.inner_text("#place")
    held[0].continue_()
    patient.settle()
    assert page.inner_text("#place") == before
    assert page.locator("#state").is_hidden()


def test_a_late_table_does_not_overwrite_a_newer_one(patient):
    page = patient.page
    held = hold_first(page, re.compile("compare=same"))
    right = page.locator('#pickers select[name="compare"]').nth(1)
    right.select_option("same")
    until_held(page, held)
    right.select_option("no-dams")
    page.wait_for_selector("#name-right:has-text('No dams')")
    held[0].continue_()
    patient.settle()
    assert page.inner_text("#name-right") == "No dams"
    assert "compare=same" not in page.url
    assert "The same bar" not in page.inner_text(".clock thead")


def test_a_late_layer_does_not_overwrite_a_newer_one(patient):
    page = patient.page
    held = hold_first(page, "**/difference/**/legend.json")
    page.check('input[name="layer"][value="difference"]')
    until_held(page, held)
    page.check('input[name="layer"][value="class"]')
    page.wait_for_selector("html[data-flow=class]", state="attached")
    before = page.inner_text("#legend")
    held[0].continue_()
    patient.settle()
    assert page.inner_text("#legend") == before
    assert page.get_attribute("html", "data-flow") == "class"


def test_two_presses_of_play_are_one(patient):
    page = patient.page
    held = hold_first(page, "**/arrival-code/tilejson.json")
    page.click("#play")
    until_held(page, held)
    page.click("#play")
    held[0].continue_()
    page.wait_for_selector("#play[aria-pressed=true]")
    page.click("#play")
    page.wait_for_selector("#play[aria-pressed=false]")
    stopped = page.input_value("#time")
    page.wait_for_timeout(800)
    assert page.input_value("#time") == stopped


VIEW = "swipe=50&at=11.5/43.14/76.86"


def sides(page):
    """What is on the screen of either map alone."""
    seen = []
    page.focus("#swipe")
    for key in ("End", "Home"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        seen.append(pixels(page))
    return seen


@pytest.mark.parametrize("held_back", ["left map", "bounds"])
def test_a_question_asked_while_the_map_opens_is_the_one_it_shows(visit, held_back):
    asked_later = "/?scenario=burst&compare=bar&compare=no-dams&lang=en"
    visitor = visit(service_workers="block")
    page = visitor.page
    # The relief is asked for once the left map is made, the footprints before there is one.
    pattern = {"left map": "**/v1/base/tiles/hillshade/tilejson.json", "bounds": "**/footprint?**"}[held_back]
    held = hold_all(page, pattern)
    visitor.open(f"/?scenario=burst&compare=no-dams&compare=same&lang=en#{VIEW}", ready=False)
    until_held(page, held)
    page.wait_for_selector("#maps:visible")
    left, right = (page.locator('#pickers select[name="compare"]').nth(side) for side in (0, 1))
    left.select_option("bar")
    page.wait_for_selector("#name-left:has-text('With the bar')")
    right.select_option("no-dams")
    page.wait_for_selector("#name-right:has-text('No dams')")
    let_go(held)
    page.wait_for_selector("html[data-map=ready][data-flow=class]", state="attached")
    visitor.settle()
    shown = sides(page)
    assert visitor.errors == []
    visitor.open(f"{asked_later}#{VIEW}")
    visitor.settle()
    for seen, straight in zip(shown, sides(page), strict=True):
        assert (np.abs(seen - straight).max(axis=-1) > 40).mean() < 0.001
    # The two differ, so that neither map can have passed for the other.
    assert (np.abs(shown[0] - shown[1]).max(axis=-1) > 40).sum() > 200


def as_another_scenario(route):
    """Answer for `burst-2005` with the runs of `burst`, which are made."""
    answer = route.fetch(url=route.request.url.replace("burst-2005", "burst"))
    renamed, times = re.subn(r'("scenario": ?{[^}]*"id": ?"burst)"', r'\1-2005"', answer.text())
    assert times == 1
    route.fulfill(response=answer, body=renamed)


def test_a_map_that_opens_goes_where_the_newer_scenario_flows(visit):
    visitor = visit(service_workers="block")
    page = visitor.page
    page.route("**/?*scenario=burst-2005*", as_another_scenario)
    held = hold_all(page, "**/v1/base/tiles/hillshade/tilejson.json")
    elsewhere = "at=13.00/43.3000/77.1000"
    visitor.open(f"/?scenario=burst&compare=same&compare=no-dams&lang=en#{elsewhere}", ready=False)
    until_held(page, held)
    # Before the map has gone there, other strategies are asked for: it is still to go.
    footprints = hold_all(page, "**/footprint?**")
    page.locator('#pickers select[name="scenario"]').select_option("burst-2005")
    page.wait_for_url("**scenario=burst-2005**")
    page.locator('#pickers select[name="compare"]').first.select_option("bar")
    page.wait_for_selector("#name-left:has-text('With the bar')")
    let_go(footprints)
    let_go(held)
    page.wait_for_selector("html[data-map=ready][data-flow=class]", state="attached")
    visitor.settle()
    assert "at=" in page.url
    assert elsewhere not in page.url
    # The two strategies differ where the map has gone to.
    left, right = sides(page)
    assert (np.abs(left - right).max(axis=-1) > 40).sum() > 200
    assert visitor.errors == []
