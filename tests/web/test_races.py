"""Answers that come late, after the reader has asked something else: the newer question stays answered."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import visitor_of


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
