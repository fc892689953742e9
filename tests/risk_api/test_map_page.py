"""What the server says around the map: the first table, the settings of the script, the built files."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from risk_api.pages import assets as built
from risk_api.pages import map_view
from risk_api.routes import page as page_routes


def settings_of(text):
    return json.loads(re.search(r'id="map-settings">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture
def bundled(monkeypatch):
    """Pretend that the map is built, whether or not npm was there."""
    names = {part: f"{part}-0.js" for part in ("script", "worker", "style", "fonts", "offline")}
    made = built.MapAssets(**names, ahead=("map-0.js",), all=tuple(names.values()))
    monkeypatch.setattr(page_routes, "map_assets", lambda: made)
    return made


def get(client, **query):
    answer = client.get("/", params={"scenario": "burst", "lang": "en", **query})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_map_starts_from_the_runs_of_the_pair(client, bundled):
    document = client.get("/v1/exposure", params={"scenario": "burst"}).json()
    runs = {entry["id"]: entry["run_id"] for entry in document["strategies"]}
    settings = settings_of(get(client, compare=["bar", "no-dams"]))
    assert [side["id"] for side in settings["sides"]] == ["bar", "no-dams"]
    assert [side["run"] for side in settings["sides"]] == [runs["bar"], runs["no-dams"]]
    assert [entry["id"] for entry in settings["scheme"]["classes"]] == ["strong", "medium", "weak"]
    assert settings["earthquake"] is None


def test_without_a_wish_the_pair_is_two_different_runs(client, bundled):
    sides = settings_of(get(client, strategies="bar,same,no-dams"))["sides"]
    assert [side["id"] for side in sides] == ["bar", "no-dams"]


def test_a_strategy_of_the_pair_joins_the_comparison(client, bundled):
    text = get(client, strategies="no-dams", compare="bar,no-dams")
    assert [side["id"] for side in settings_of(text)["sides"]] == ["bar", "no-dams"]
    assert text.count("With the bar") > 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"compare": "bar"}, "two names are needed"),
        ({"compare": "bar,no-dams,same"}, "two names are needed"),
        ({"compare": "bar,nowhere"}, "nowhere"),
        ({"earthquake": "nowhere"}, "nowhere"),
    ],
)
def test_a_wrong_pair_or_earthquake_is_refused_by_name(client, query, said):
    answer = client.get("/", params={"scenario": "burst", "lang": "en", **query})
    assert answer.status_code == 400
    assert said in answer.text


def test_districts_stand_in_the_order_of_minutes_left(client):
    text = get(client, compare="no-dams,bar")
    table = text[text.index('<table class="clock') :]
    table = table[: table.index("</table>")]
    first = [float(value) for value in re.findall(r'data-seconds="([\d.]+)"', table)]
    assert first
    assert first == sorted(first)
    assert "Ridge" not in table
    assert "Not reached under either: Ridge." in text


def test_without_the_map_the_page_says_so_and_loads_no_script(client, monkeypatch):
    monkeypatch.setattr(page_routes, "map_assets", lambda: None)
    for language, words in (("kk", "Карта жоқ"), ("ru", "Карты нет"), ("en", "There is no map")):
        text = get(client, lang=language)
        assert words in text
        assert "<script" not in text
    assert client.get("/offline.js").status_code == 404


def test_an_earthquake_without_a_building_stock_says_why(client):
    assert "building_stock" in get(client, earthquake="verny-1887")


def test_what_was_built_is_read_from_its_manifest(tmp_path):
    assert built.map_assets(tmp_path) is None
    names = {part: f"{part}-1.js" for part in ("script", "worker", "style", "fonts", "offline")}
    written = {**names, "ahead": ["map-1.js"], "assets": ["a.woff2"]}
    (tmp_path / "manifest.json").write_text(json.dumps(written))
    assert built.map_assets(tmp_path) == built.MapAssets(**names, ahead=("map-1.js",), all=("a.woff2",))


# Machado, Oliveira and Fernandes 2009, severity 1, as cited, not re-read.
BLIND = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.052),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.3039),
    ),
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}


def lab(colour, kind):
    """CIE L*a*b* (D65) of an sRGB colour as an eye of that kind has it."""
    coded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(BLIND[kind]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", sorted(BLIND))
@pytest.mark.parametrize("scheme", ["buwal", "arr"])
def test_neighbouring_classes_are_told_apart_by_every_eye(kind, scheme):
    from risk_api.exposure import SCHEMES

    styles = map_view.class_styles(SCHEMES[scheme], "en")
    seen = [lab(style["colour"], kind) for style in styles]
    assert all(np.linalg.norm(a - b) >= 10 for a, b in pairwise(seen))
    assert len({style["pattern"] for style in styles}) == len(styles), "and without colour by pattern"


@pytest.mark.parametrize("kind", sorted(BLIND))
@pytest.mark.parametrize("layer", ["depth", "speed", "arrival"])
def test_neighbours_of_every_legend_are_told_apart(client, kind, layer):
    (run_id, *_) = [entry["id"] for entry in client.get("/v1/runs").json()["runs"]]
    legend = client.get(f"/v1/runs/{run_id}/tiles/{layer}/legend.json").json()
    seen = [lab(entry["colour"], kind) for entry in legend["classes"]]
    assert len(seen) >= 5
    assert all(np.linalg.norm(a - b) >= 10 for a, b in pairwise(seen))


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_built_files_are_sent_as_they_were_compressed_and_kept_for_ever(client, encoding):
    assets = built.map_assets()
    if assets is None:
        pytest.skip("the map is not built: `make map`")
    answer = client.get(f"/static/map/{assets.script}", headers={"Accept-Encoding": encoding})
    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    plain = client.get(f"/static/map/{assets.style}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    worker = client.get("/offline.js")
    assert worker.status_code == 200
    assert worker.headers["cache-control"] == "no-cache"


def test_the_page_is_light_and_its_style_is_kept_as_long_as_it_is_the_same(client):
    page = client.get("/", params={"scenario": "burst", "lang": "kk"}, headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    style_address = re.search(r'href="(/static/page\.css\?v=\w+)"', page.text)[1]
    style = client.get(style_address, headers={"Accept-Encoding": "gzip"})
    assert style.headers["content-encoding"] == "gzip"
    assert "immutable" in style.headers["cache-control"]
    assert style.text == client.get("/static/page.css", headers={"Accept-Encoding": "identity"}).text
    for other in ("/static/page.css", "/static/page.css?v=another"):
        assert client.get(other).headers["cache-control"] == "no-cache"
    tag = {"Accept-Encoding": "gzip", "If-None-Match": style.headers["etag"]}
    assert client.get(style_address, headers=tag).status_code == 304
    told = {**tag, "If-None-Match": page.headers["etag"], "Accept-Language": "kk"}
    assert client.get("/", params={"scenario": "burst", "lang": "kk"}, headers=told).status_code == 304


def test_page_style_and_fonts_of_the_table_weigh_less_than_100_kb(client):
    """As they are sent with gzip, of the languages the one with the most letters."""
    assets = built.map_assets()
    if assets is None:
        pytest.skip("the map is not built: `make map`")
    page = client.get("/", params={"scenario": "burst", "lang": "kk"}, headers={"Accept-Encoding": "gzip"})
    shared = next(name for name in assets.ahead if not name.startswith("map-"))
    files = [f"map/{name}" for name in (assets.script, shared, assets.fonts)]
    files += [f"map/{name}" for name in assets.all if name.endswith(".woff2")]
    sent = [int(page.headers["content-length"])]
    for name in (*files, "page.css"):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        sent.append(int(answer.headers["content-length"]))
    assert sum(sent) < 100_000


TILES = "https://tiles.example:8443/{z}/{x}/{y}.png"


def test_only_the_online_map_of_the_operator_widens_what_a_page_may_load(
    client, bundled, made_store, make_client
):
    plain = client.get("/", params={"scenario": "burst", "lang": "en"})
    assert 'id="online"' not in plain.text
    assert "https:" not in plain.headers["content-security-policy"]
    with make_client(made_store, online_base_url=TILES, online_base_credit="© Somebody <b>") as opened:
        page = opened.get("/", params={"scenario": "burst", "lang": "en"})
        policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert {name for name, value in policy.items() if "https:" in value} == {"img-src", "connect-src"}
    assert policy["connect-src"] == "'self' https://tiles.example:8443"
    assert 'id="online"' in page.text
    assert settings_of(page.text)["online"] == {"tiles": TILES, "credit": "© Somebody <b>"}


def test_a_preview_is_asked_for_on_the_page_and_said(client, bundled):
    final = get(client, compare="no-dams,bar")
    assert '<option value="final" selected>' in final
    answer = client.get("/", params={"scenario": "burst", "lang": "en", "quality": "preview"})
    assert answer.status_code == 200
    assert '<option value="preview" selected>' in answer.text
    runs = [side["run"] for side in settings_of(answer.text)["sides"]]
    made = [side["run"] for side in settings_of(final)["sides"]]
    assert not set(runs) & set(made), "a preview is another run"
    refused = client.get("/", params={"quality": "perfect", "lang": "en"})
    assert refused.status_code == 400
    assert "preview" in refused.text
