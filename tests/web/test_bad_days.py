"""What the page says when something is missing: in the reader's language, with the last good numbers kept."""

from __future__ import annotations

import base64
import json
import re
import shutil

import pytest

from benchmarks.browser import READY
from tests.web.conftest import served, visitor_of
from tests.web.test_map import count_like, pixels

RED_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
MEDIUM = (0xFD, 0x8D, 0x3C)


def test_without_a_script_the_tables_and_the_question_work(visit):
    visitor = visit(java_script_enabled=False)
    page = visitor.open("/?scenario=burst&lang=ru", ready=False)
    assert page.locator(".clock tbody tr").count() >= 1
    assert page.locator("#map-waiting").is_visible()
    assert page.locator("#maps").is_hidden()
    page.locator('#pickers select[name="compare"]').nth(1).select_option("same")
    page.click('#pickers button[type="submit"]')
    page.wait_for_url("**compare=same**")
    assert "С той же плотиной" in page.locator(".clock thead").inner_text()


@pytest.mark.parametrize("script", ["page", "map"])
def test_a_blocked_script_is_said_and_the_tables_are_asked_on(visit, script):
    visitor = visit(service_workers="block")
    visitor.page.route(f"**/static/map/{script}-*.js", lambda route: route.abort())
    page = visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=ru", ready=False)
    if script == "map":
        page.wait_for_selector("html[data-script=ready]", state="attached")
    assert "заблокирован" in page.inner_text("#map-waiting")
    page.locator('#pickers select[name="compare"]').nth(1).select_option("same")
    if script == "page":
        page.click('#pickers button[type="submit"]')
    page.wait_for_url("**compare=same**")
    page.wait_for_selector(".clock thead:has-text('С той же плотиной')")


def test_the_table_stands_before_the_map_is_asked_for(visit):
    visitor = visit(service_workers="block")
    held = []
    visitor.page.route("**/static/map/map-*.js", lambda route: held.append(route))
    page = visitor.open("/?scenario=burst&lang=ru", ready=False)
    page.wait_for_selector("html[data-script=ready]", state="attached")
    assert page.locator(".clock tbody tr").count() >= 1
    page.click("#started-now")
    page.wait_for_selector(".clock .left")
    for route in held:
        route.continue_()
    page.wait_for_selector(READY, state="attached")


def test_a_browser_without_webgl_is_told_so(visit):
    visitor = visit()
    visitor.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = visitor.open("/?scenario=burst&lang=kk", ready=False)
    page.wait_for_selector("#map-waiting:has-text('WebGL 2')")
    assert page.locator("#maps").is_hidden()


def test_missing_tiles_and_runs_are_said_and_the_rest_is_drawn(visit):
    visitor = visit(service_workers="block")
    gone = {"status": 404, "body": "{}"}
    for missing in ("**/v1/base/**", "**/tiles/depth/**"):
        visitor.page.route(missing, lambda route: route.fulfill(**gone))
    page = visitor.open("/?scenario=burst&lang=ru")
    page.wait_for_selector("#state:has-text('рельеф местности')")
    assert "404" in page.inner_text("#state")
    page.check('input[name="layer"][value="depth"]')
    page.wait_for_selector("#state:has-text('глубина')")
    assert page.locator("#maps").is_visible()
    assert page.locator(".clock tbody tr").count() >= 1


def test_a_lost_tile_is_no_empty_map(visit):
    """MapLibre takes a tile that is not found for an empty one: that would read as ground that stays dry."""
    visitor = visit(service_workers="block")
    tile = re.compile(r"/tiles/(depth|arrival-code)/\d+/\d+/\d+")
    page = visitor.open("/?scenario=burst&lang=en")
    visitor.settle()
    assert page.locator("#state").is_hidden()
    page.route(tile, lambda route: route.fulfill(status=404, body="{}"))
    for layer in ("depth", "arrival"):
        page.check(f'input[name="layer"][value="{layer}"]')
        page.wait_for_selector("#state:has-text('the flow'):has-text('404')")
        page.check('input[name="layer"][value="class"]')
        page.wait_for_selector("html[data-flow=class]", state="attached")
        assert page.locator("#state").is_hidden()


def test_refusals_and_a_server_that_goes_away_leave_the_last_good_numbers(visit):
    visitor = visit(service_workers="block")
    page = visitor.open("/?scenario=burst&lang=ru")
    before = page.inner_text(".clock")
    problem = {"status": 503, "content_type": "application/problem+json"}
    problem["body"] = json.dumps({"detail": "Слишком много расчётов."})
    page.route("**/?lang=ru**", lambda route: route.fulfill(**problem))
    ask = page.locator('#pickers select[name="compare"]').nth(1)
    ask.select_option("same")
    page.wait_for_selector("#state.grave:has-text('Слишком много расчётов.')")
    assert page.inner_text(".clock") == before
    page.unroute("**/?lang=ru**")
    visitor.context.set_offline(True)
    ask.select_option("bar")
    page.wait_for_selector("#state.grave:has-text('Сервер не отвечает')")
    assert page.inner_text(".clock") == before
    visitor.context.set_offline(False)
    page.wait_for_selector("#state:has-text('снова отвечает')")


def test_after_one_visit_the_page_opens_without_a_network(visit):
    visitor = visit()
    page = visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=kk")
    page.wait_for_selector("html[data-offline=kept]", state="attached")
    visitor.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-map=ready]", state="attached")
    page.wait_for_selector("#state.grave:has-text('Сервер жауап бермейді')")
    assert "сандары" in page.inner_text("#state")
    assert page.locator(".clock tbody tr").count() >= 1
    # What the map was drawn from is there as well: nothing is missing on it.
    page.wait_for_selector("html[data-flow=class]", state="attached")
    assert "404" not in page.inner_text("#state")
    assert count_like(pixels(page), MEDIUM) > 200
    visitor.picture("offline-kk")


def test_a_job_that_the_server_has_forgotten_is_asked_for_anew(visit):
    visitor = visit(service_workers="block")
    page = visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=en")
    forgotten, pages = {"status": 404, "body": "{}"}, []
    page.route("**/v1/jobs/**", lambda route: route.fulfill(**forgotten))
    job = {"status": 202, "content_type": "application/json", "body": '{"job": {"id": "gone"}}'}
    page.route("**/v1/made-up", lambda route: route.fulfill(**job))
    page.on("request", lambda request: pages.append(request.url) if "/?scenario" in request.url else None)
    page.evaluate(
        """() => { const link = document.createElement("a"); link.href = "/v1/made-up";
            link.dataset.makes = ""; document.querySelector("main").append(link); link.click() }"""
    )
    page.wait_for_timeout(4500)
    assert pages, "the page asks its question again, which has the runs made anew"
    assert page.locator(".clock tbody tr").count() >= 1


def test_a_job_lost_behind_a_proxy_is_asked_for_once_the_server_is_back(visit):
    visitor = visit(service_workers="block")
    page = visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=en")
    bad_gateway = {"status": 502, "content_type": "text/html", "body": "<h1>Bad Gateway</h1>"}
    pages = []

    def first_fails(route):
        pages.append(route.request.url)
        if len(pages) == 1:
            route.fulfill(**bad_gateway)
        else:
            route.continue_()

    page.route("**/v1/jobs/**", lambda route: route.fulfill(**bad_gateway))
    page.route("**/?scenario=burst**", first_fails)
    job = {"status": 202, "content_type": "application/json", "body": '{"job": {"id": "cut-off"}}'}
    page.route("**/v1/made-up", lambda route: route.fulfill(**job))
    page.evaluate(
        """() => { const link = document.createElement("a"); link.href = "/v1/made-up";
            link.dataset.makes = ""; document.querySelector("main").append(link); link.click() }"""
    )
    page.wait_for_selector("#state.grave:has-text('does not answer')")
    assert "502" not in page.inner_text("#state"), "a proxy's words are no refusal of the service"
    page.wait_for_selector("#state:not(.grave):has-text('answers again')", timeout=15_000)
    visitor.settle()
    assert len(pages) == 2, "asked again once, not in a hurry"
    assert page.locator(".clock tbody tr").count() >= 1
    assert visitor.errors == []


def red(route):
    headers = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(status=200, content_type="image/png", headers=headers, body=RED_PIXEL)


def test_an_online_map_is_shown_where_it_is_and_its_absence_is_said(browser, valley_data, tmp_path):
    online = {
        "RISK_ONLINE_BASE_URL": "https://tiles.example/{z}/{x}/{y}.png",
        "RISK_ONLINE_BASE_CREDIT": "Somebody",
    }
    for service in served(*valley_data, tmp_path, **online):
        visitor = visitor_of(browser, service, service_workers="block")
        visitor.page.route("https://tiles.example/**", red)
        page = visitor.open("/?scenario=burst&compare=no-dams&compare=bar&lang=en")
        assert not [url for url in visitor.requests if "tiles.example" in url]
        page.check("#online")
        visitor.settle()
        assert count_like(pixels(page), (255, 0, 0)) > 20_000
        assert page.inner_text("#online-credit") == "Somebody"
        page.uncheck("#online")
        page.unroute_all()
        page.route("https://tiles.example/**", lambda route: route.abort())
        page.check("#online")
        page.wait_for_selector("#state:has-text('online map cannot be reached')")
        assert not page.is_checked("#online")
        visitor.settle()
        assert count_like(pixels(page), (255, 0, 0)) < 1000
        assert visitor.errors == []
        visitor.context.close()


def test_a_job_is_followed_until_the_table_stands(browser, valley_data, tmp_path):
    folder, data = valley_data
    shutil.copytree(data, tmp_path / "data")
    for service in served(folder, tmp_path / "data", tmp_path):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{service.url}/?scenario=burst-2005&lang=en")
        page.wait_for_selector(".clock tbody tr", timeout=120_000)
        assert page.locator(".pending").count() == 0
        context.close()
