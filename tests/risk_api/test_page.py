"""The page: whole without JavaScript, the API's numbers, three languages, light."""

import re
import shutil
from html.parser import HTMLParser

import pytest

from risk_api.i18n import format_number, translate
from risk_api.serialise.rounding import shown_count

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Tree(HTMLParser):
    """Checks that tags nest, and collects texts, links and ids."""

    def __init__(self):
        super().__init__()
        self.open, self.links, self.ids, self.tags, self.text = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("href", "src", "action"):
            if name in given:
                self.links.append(given[name])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def parse(text):
    tree = Tree()
    tree.feed(text)
    assert tree.open == []
    return tree


def get(client, **query):
    answer = client.get("/", params={"scenario": "burst", **query})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_whole_page_in_each_language(client, language):
    answer = get(client, lang=language)
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert len(answer.content) < 100_000
    tree = parse(answer.text)
    assert len(tree.ids) == len(set(tree.ids))
    assert [tag for tag, _ in tree.tags].count("h1") == 1
    assert "main" in [tag for tag, _ in tree.tags]
    scripts = [given for tag, given in tree.tags if tag == "script"]
    # Nothing runs but what the project built; what the map starts from stands in the page as data.
    assert all(
        given.get("type") == "application/json" or given["src"].startswith("/static/map/")
        for given in scripts
    )
    assert not [
        given for _, given in tree.tags if "style" in given or any(key.startswith("on") for key in given)
    ]


def test_nothing_is_loaded_from_elsewhere(client):
    tree = parse(get(client).text)
    loaded = [
        given.get("src") or given.get("href")
        for tag, given in tree.tags
        if (tag == "script" and "src" in given)
        or tag in ("img", "iframe")
        or (tag == "link" and given.get("rel") == "stylesheet")
    ]
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    style = client.get(next(address for address in loaded if "/page.css" in address))
    assert style.status_code == 200
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_the_page_has_the_numbers_of_the_api(client):
    document = client.get("/v1/exposure", params={"scenario": "burst"}).json()
    for language in ("kk", "ru", "en"):
        text = get(client, lang=language).text
        counts = document["features"][0]["properties"]["strategies"]["no-dams"]
        main = f'<span class="main">{format_number(shown_count(counts["people_exposed"]), language)}</span>'
        assert main in text
        change = document["features"][0]["properties"]["differences"]["no-dams..bar"]["people_exposed"]
        assert format_number(shown_count(change), language, signed=True) in text


def test_every_scenario_has_a_row_and_missing_runs_are_marked(client):
    text = get(client, lang="ru").text
    table = text[text.index('<table class="overview') :]
    table = table[: table.index("</table>")]
    assert table.count("<tr") == 1 + 2
    assert table.count("ещё не сделано") == 3


def test_every_district_has_a_row_and_a_cause_in_words(client):
    text = get(client, lang="ru").text
    for name in ("Устье", "Хребет"):
        assert text.count(name) >= 2
    assert "Доходит: на пути нет стоящей плотины" in text
    assert "население не менее" in text


def test_what_it_rests_on_is_on_the_page(client):
    document = client.get("/v1/exposure", params={"scenario": "burst"}).json()
    text = get(client, lang="en").text
    for strategy in document["strategies"]:
        assert f'href="/v1/runs/{strategy["run_id"]}"' in text
    assert document["terrain_quality"]["statement"] in text
    for assumption in document["assumptions"]:
        assert (assumption["title"] in text) == assumption["used"], assumption["id"]
    assert "What is not covered" in text
    assert "CC0-1.0" in text


def test_every_link_of_the_page_opens(made_store, make_client, tmp_path):
    # On a copy: opening the other scenarios has their runs made.
    shutil.copytree(made_store, tmp_path / "data")
    with make_client(tmp_path / "data") as client:
        tree = parse(get(client, lang="kk").text)
        for link in {link.split("#")[0] for link in tree.links}:
            if link and not link.startswith("data:"):
                assert client.get(link).status_code == 200, link


def test_the_form_asks_what_the_page_understands(client):
    tree = parse(get(client).text)
    names = {given["name"] for tag, given in tree.tags if tag in ("select", "input") and "name" in given}
    # The layer of the map is chosen where a map is built.
    asked = {"scenario", "scheme", "quality", "strategies", "compare", "earthquake", "as_of", "lang"}
    assert names - {"layer"} == asked
    # Checkboxes repeat their name.
    answer = client.get("/?scenario=burst&strategies=bar&strategies=no-dams&scheme=arr&lang=en")
    assert answer.status_code == 200
    assert "against “With the bar”" in answer.text
    alone = get(client, strategies="bar", lang="en").text
    assert "Choose at least two strategies" in alone


def test_missing_runs_are_queued_and_the_page_reloads_itself(make_client, tmp_path):
    with make_client(tmp_path / "data") as fresh:
        text = get(fresh, lang="en").text
        assert '<meta http-equiv="refresh"' in text
        assert "Runs still missing for this comparison: 2" in text
        assert fresh.get("/v1/jobs").json()["numberMatched"] == 1
        get(fresh, lang="en")
        assert fresh.get("/v1/jobs").json()["numberMatched"] == 1


def test_the_language_switch_keeps_the_question(client):
    tree = parse(get(client, lang="en", scheme="arr").text)
    switch = [given["href"] for tag, given in tree.tags if tag == "a" and given.get("hreflang") == "kk"]
    assert switch == ["/?scenario=burst&scheme=arr&lang=kk"]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "warn", "bad", "good"])
@pytest.mark.parametrize("ground", ["paper", "pale", "warn-pale"])
def test_every_ink_is_legible_on_every_ground(client, ink, ground):
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", client.get("/static/page.css").text))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_answer_offers_paper_tables_and_a_draft_for_what_is_reached(client):
    tree = parse(get(client, scenario="burst", strategies="bar,no-dams", lang="ru").text)
    offered = [link for link in tree.links if link.startswith(("/v1/reports/", "/v1/alerts/"))]
    assert {link.rpartition("&")[2] for link in offered} >= {"f=pdf", "f=xlsx"}
    (draft,) = [link for link in offered if "/alerts/" in link]
    assert "strategy=no-dams" in draft, "the bar holds this flow: there is nothing to warn of"
    held = parse(get(client, scenario="burst", strategies="bar,same", lang="ru").text)
    assert not [link for link in held.links if "/alerts/" in link]


class Spoken(HTMLParser):
    """The text of a page by the language that it says it is in."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            said = dict(attrs).get("lang") or (self.open[-1][1] if self.open else None)
            self.open.append((tag, said))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][0] not in ("script", "style") and data.strip():
            self.texts.append((self.open[-1][1], data))


@pytest.mark.parametrize("path", ["/?scenario=burst&strategies=bar,no-dams", "/dams/bar?"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_is_in_english_says_so(client, path, language):
    """Elements carry their language (WCAG 2.2, 3.1.2), and readers are told why."""
    spoken = Spoken()
    spoken.feed(client.get(f"{path}&lang={language}").text)
    english = re.compile(r"\b(the|of|and|by|is|from|with|not)\b")
    wrong = [text for said, text in spoken.texts if said == language and english.search(text)]
    assert wrong == []
    assert any(said == "en" for said, _ in spoken.texts)
    assert any(translate(language, "page.in_english") in text for _, text in spoken.texts)
