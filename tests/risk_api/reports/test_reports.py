"""Reports say what the API says, in three languages, on one page, byte for byte the same twice."""

import csv
import hashlib
import io
import json
import re
import sqlite3
import zipfile

import pyogrio
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from geodata import open_region
from risk_api.exposure import SCHEMES
from risk_api.i18n import LANGUAGES, catalogue, format_number
from risk_api.reports.colours import class_colours
from risk_api.reports.district_page import district_pdf
from risk_api.reports.rows import cell_text, cells_of
from risk_api.serialise.rounding import shown_count

PATH = "/v1/reports/scenarios/burst"
ASK = {"strategies": "no-dams,bar"}


def get(client, path=PATH, **query):
    answer = client.get(path, params={**({} if "districts" in path else ASK), **query})
    assert answer.status_code == 200, answer.text
    return answer


def pages(body):
    return [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]


def numbers(text):
    """Numbers as a reader sees them, whatever the language groups and points with."""
    joined = re.sub(r"(?<=\d)[\u00a0 ,](?=\d{3}\b)", "", text)
    return sorted(re.findall(r"\d+", joined))


@pytest.fixture(scope="module")
def answer(client):
    return client.get("/v1/exposure", params={"scenario": "burst", **ASK}).json()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scenario_is_one_page_with_the_numbers_and_runs_of_the_api(client, answer, language):
    (text,) = pages(get(client, f="pdf", lang=language).content)
    flat = " ".join(text.split())
    for run_id in answer["lineage"]["run_ids"].values():
        assert run_id in flat.replace(" ", "")
    for feature in answer["features"]:
        assert feature["properties"][f"name_{language}"] in flat
        counts = feature["properties"]["strategies"]["no-dams"]
        if counts["first_person_s"] is not None:
            assert format_number(shown_count(counts["people_exposed"]), language) in flat
            assert format_number(int(counts["first_person_s"] // 60), language) in flat
    assert any(f["properties"]["strategies"]["no-dams"]["people_exposed"] > 1 for f in answer["features"])


def test_no_number_differs_between_languages(client):
    bodies = {
        language: "\n".join(pages(get(client, f="pdf", lang=language).content)) for language in LANGUAGES
    }
    assert numbers(bodies["kk"]) == numbers(bodies["ru"]) == numbers(bodies["en"])


def test_fonts_are_embedded_and_kazakh_letters_survive(client):
    reader = PdfReader(io.BytesIO(get(client, f="pdf", lang="kk").content))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    embedded = [font for font in fonts if "/FontDescriptor" in font]
    assert embedded
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in embedded)
    used = [font for font in fonts if "DejaVu" not in font["/BaseFont"]]
    assert all(
        font["/BaseFont"] in ("/Helvetica", "/Times-Roman", "/ZapfDingbats", "/Symbol") for font in used
    )
    text = reader.pages[0].extract_text()
    assert set("әғқңөұүі") <= set(text.lower())


def test_the_document_names_its_language_and_title(client):
    reader = PdfReader(io.BytesIO(get(client, f="pdf", lang="ru").content))
    assert reader.trailer["/Root"]["/Lang"] == "ru-RU" or reader.trailer["/Root"]["/Lang"].startswith("ru")
    assert "Прорыв" in reader.metadata.title


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_the_same_question_gives_the_same_bytes_and_304(client, kind):
    first, second = get(client, f=kind), get(client, f=kind)
    assert first.content == second.content
    held = client.get(PATH, params={**ASK, "f": kind}, headers={"If-None-Match": first.headers["etag"]})
    assert held.status_code == 304


def test_a_district_is_one_page_with_every_scenario_and_what_is_not_made(client):
    document = client.get("/v1/districts/mouth/risk", params={"lang": "en"}).json()
    (text,) = pages(get(client, "/v1/reports/districts/mouth", lang="en").content)
    assert "not computed yet" in text
    for scenario in document["mudflow"]["scenarios"]:
        assert scenario["name"] in text
    counts = document["mudflow"]["scenarios"][0]["strategies"]["no-dams"]
    assert format_number(shown_count(counts["people_exposed"]), "en") in text
    assert counts["run_id"] in text.replace("\n", "")


def rows_of(sheet):
    """Rows by the API's names of the columns, which stand as comments of their heads."""
    names = [cell.comment.text for cell in sheet[1]]
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_of_a_workbook_speak_the_readers_language_and_no_two_are_alike(client, language):
    book = load_workbook(io.BytesIO(get(client, f="xlsx", lang=language).content))
    for sheet in book:
        heads = [cell.value for cell in sheet[1]]
        assert len(set(heads)) == len(heads)
        if language != "en":
            assert [head for head in heads if re.search(r"[a-z]{3}", head)] == []
        # A column that nothing ever fills is one that is read under a wrong name.
        for name in rows_of(sheet)[0]:
            if name not in ("half_of_exposed_s", "unit", "low", "high", "facilities_exposed"):
                assert any(row[name] is not None for row in rows_of(sheet)), (sheet.title, name)


def test_a_workbooks_dams_are_those_of_the_api(client, answer):
    book = load_workbook(io.BytesIO(get(client, f="xlsx", lang="kk").content))
    rows = {(row["id"], row["strategy"]): row for row in rows_of(book["Бөгеттер"])}
    records = [(strategy["id"], dam) for strategy in answer["strategies"] for dam in strategy["dams"]]
    assert records
    for strategy, dam in records:
        row = rows[dam["id"], strategy]
        for name in ("capacity_published_m3", "capacity_on_grid_m3", "inflow_m3", "stored_m3", "overflow_m3"):
            assert row[name] == dam.get(name)
        assert row["state"] == catalogue("kk")[f"dam_state.{dam['state']}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_earthquakes_stand_on_the_page_of_a_district_with_their_bands(client, valley, language):
    document = client.get("/v1/districts/mouth/risk", params={"lang": language}).json()
    band = {"low": 4.3, "mid": 191.0, "high": 2157.0, "mean": 509.0}
    both = dict.fromkeys(("deaths_night", "buildings_destroyed", "people_displaced"), band)
    shaking = {"low": 6.8, "mid": 8.1, "high": 9.3, "mean": 8.1}
    quake = {"id": "q", "name": "Верный 1887", "magnitude": 7.3, "mmi": shaking, "both": both}
    document["earthquake"] = {"scenarios": [quake], "bands": "5–95 %"}
    body = district_pdf(document, open_region(valley), {"no-dams": "x"}, ["y"], language)
    (text,) = pages(body)
    flat = " ".join(text.split()).replace("\u00a0", " ")
    assert "Верный 1887" in flat
    assert f"190 (4–{format_number(2200, language)})".replace("\u00a0", " ") in flat
    assert ("8.1 (6.8–9.3)" if language == "en" else "8,1 (6,8–9,3)") in flat


def test_a_workbook_holds_the_numbers_as_numbers(client, answer):
    book = load_workbook(io.BytesIO(get(client, f="xlsx", lang="ru").content))
    assert book.sheetnames == ["Районы", "Плотины", "О расчёте"]
    body = rows_of(book["Районы"])
    kinds = {catalogue("ru")[f"workbook.kind.{kind}"]: kind for kind in ("strategy", "difference")}
    for row in body:
        row["kind"] = kinds[row["kind"]]
    for feature in answer["features"]:
        for strategy, counts in feature["properties"]["strategies"].items():
            (row,) = [
                r
                for r in body
                if (r["district"], r["strategy"], r["kind"]) == (feature["id"], strategy, "strategy")
            ]
            assert row["people_exposed"] == pytest.approx(counts["people_exposed"])
            assert row["run_id"] == counts["run_id"]
            assert row["first_arrival_s"] == counts["first_arrival_s"]
    said = "\n".join(str(cell) for row in book["О расчёте"].iter_rows(values_only=True) for cell in row)
    assert all(run_id in said for run_id in answer["lineage"]["run_ids"].values())


def test_csv_is_the_one_of_the_exposure(client):
    ours = get(client, f="csv", lang="kk").content
    theirs = client.get("/v1/exposure", params={"scenario": "burst", **ASK, "f": "csv", "lang": "kk"}).content
    assert ours == theirs
    assert len(list(csv.reader(io.StringIO(ours.decode("utf-8-sig"))))) > 4


def test_a_geopackage_opens_with_every_layer(client, answer, tmp_path):
    path = tmp_path / "r.gpkg"
    path.write_bytes(get(client, f="gpkg").content)
    layers = {name: pyogrio.read_dataframe(path, layer=name) for name, _ in pyogrio.list_layers(path)}
    assert {"districts", "footprint_no_dams", "dams", "rivers"} <= set(layers)
    exposed = dict(
        zip(layers["districts"]["id_text"], layers["districts"]["no_dams_people_exposed"], strict=True)
    )
    for feature in answer["features"]:
        assert exposed[feature["id"]] == pytest.approx(
            feature["properties"]["strategies"]["no-dams"]["people_exposed"]
        )
    assert layers["footprint_no_dams"].geometry.is_valid.all()
    about = layers["about"]
    assert set(answer["lineage"]["run_ids"].values()) <= set(about["value"])
    assert {credit["text"] for credit in answer["credits"]} <= set(about["why"])
    with sqlite3.connect(path) as opened:
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)


@pytest.fixture(scope="module")
def carried(client):
    body = get(client, "/v1/reports/bundle", scenario="burst", valid_days=7).content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name.removeprefix("selrisk-burst/"): archive.read(name) for name in archive.namelist()}


def test_a_bundle_holds_what_is_needed_and_every_checksum_is_right(carried):
    assert {"index.html", "kk.html", "ru.html", "en.html", "burst.gpkg", "manifest.json"} <= set(carried)
    assert {f"burst-{language}.{kind}" for language in LANGUAGES for kind in ("pdf", "xlsx", "csv")} <= set(
        carried
    )
    sums = dict(reversed(line.split("  ")) for line in carried["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(carried) - {"SHA256SUMS"}
    assert all(hashlib.sha256(carried[name]).hexdigest() == digest for name, digest in sums.items())
    manifest = json.loads(carried["manifest.json"])
    assert set(manifest["files"]) == set(carried) - {"SHA256SUMS", "manifest.json"}


def test_a_bundle_carries_the_maps_as_tiles(carried):
    for name in ("region", "relief", "no-dams-hazard", "bar-hazard"):
        assert carried[f"{name}.pmtiles"][:7] == b"PMTiles"


def cells_of_html(page):
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.S)
    return {name: re.findall(r"<td>(.*?)</td>", cells, re.S) for name, cells in rows}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_bundle_says_the_numbers_of_the_api_and_of_its_paper(carried, client, language):
    answer = client.get("/v1/exposure", params={"scenario": "burst", **ASK}).json()
    page = carried[f"{language}.html"].decode()
    shown = cells_of_html(page)
    paper = " ".join(pages(carried[f"burst-{language}.pdf"])[0].split())
    said = 0
    for feature in answer["features"]:
        cells = shown[feature["properties"][f"name_{language}"]]
        strategies = [feature["properties"]["strategies"][one["id"]] for one in answer["strategies"]]
        assert len(cells) == len(strategies)
        for cell, counts in zip(cells, strategies, strict=True):
            exposed = format_number(shown_count(counts["people_exposed"]), language)
            if counts["first_person_s"] is not None and exposed != "0":
                minutes = format_number(int(counts["first_person_s"] // 60), language)
                affected = format_number(shown_count(counts["people_affected"]), language)
                assert cell.split("\n")[1] == f"{exposed} ({affected})"
                assert cell.startswith(f"{minutes} ")
                assert " ".join(cell.split()) in paper
                said += 1
    assert said > 0
    for run_id in answer["lineage"]["run_ids"].values():
        assert run_id in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_maps_of_a_bundle_are_drawn_and_speak_the_language(carried, language):
    page = carried[f"{language}.html"].decode()
    maps = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page)
    assert len(maps) == 2
    for name, alt in maps:
        drawing = carried[name].decode()
        assert drawing.count("<path") > 5
        assert ("км" if language != "en" else "km") in drawing
        assert "DejaVuSans" not in drawing
        assert alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_paper_can_be_taken_for_a_warning(client, carried, language):
    banner = catalogue(language)["page.model_banner"]
    assert banner in carried[f"{language}.html"].decode()
    for path in (PATH, "/v1/reports/districts/mouth"):
        (text,) = pages(get(client, path, f="pdf", lang=language).content)
        assert banner in " ".join(text.split())


def test_a_district_that_is_worse_off_is_told_so_on_every_paper():
    counts = {"people_affected": 1.0, "first_person_s": 60.0, "first_arrival_s": 30.0}
    first, worse = ({**counts, "people_exposed": people} for people in (100.0, 300.0))
    cells = cells_of([first, worse, None], "en")
    said = [cell_text(cell, "en") for cell in cells]
    assert catalogue("en")["report.cell.worse"] in said[1]
    assert catalogue("en")["report.cell.worse"] not in said[0]
    assert said[2] == catalogue("en")["report.district.not_made"]
    # Where the first is not made nothing can be worse than it.
    assert [cell.worse for cell in cells_of([None, worse], "en")] == [False, False]


def test_ground_without_people_says_when_it_is_reached():
    counts = {"people_exposed": 0.2, "people_affected": 0.0, "first_person_s": 90.0, "first_arrival_s": 725.0}
    (cell,) = cells_of([counts], "ru")
    assert cell_text(cell, "ru") == "только незаселённая местность, 12 мин"


def test_a_bundle_says_until_when_it_counts_and_needs_no_network(carried):
    manifest = json.loads(carried["manifest.json"])
    for language in LANGUAGES:
        page = carried[f"{language}.html"].decode()
        assert f'data-until="{manifest["valid_until"]}"' in page
        assert f'lang="{language}"' in page
        assert not re.search(r"(src|href)=\"(https?:)?//", page)
        links = set(re.findall(r'(?:href|src)="([^"]+)"', page))
        assert links <= set(carried)


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        (PATH, {"f": "docx"}, 406, None),
        (PATH, {"strategies": "none"}, 400, "strategies"),
        ("/v1/reports/scenarios/none", {}, 400, "scenario"),
        ("/v1/reports/districts/none", {}, 404, "district"),
        ("/v1/reports/bundle", {"valid_days": 0}, (400,), "valid_days"),
        ("/v1/reports/bundle", {"scenario": "burst", "days": 3}, 400, "days"),
    ],
)
def test_bad_questions_are_refused_by_name(client, path, query, status, field):
    answer = client.get(path, params=query)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    assert answer.headers["content-type"] == "application/problem+json"
    if field is not None:
        assert field in answer.json()["errors"][0]["field"]


def test_a_report_whose_runs_are_not_made_is_a_job(client):
    answer = client.get("/v1/reports/scenarios/burst-2005", params={**ASK, "f": "pdf"})
    assert answer.status_code == 202
    client.delete(answer.headers["location"])


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_stronger_classes_are_darker(scheme):
    def luminance(colour):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    shades = [luminance(colour) for colour in class_colours(scheme)]
    assert len(shades) == len(SCHEMES[scheme].classes)
    assert shades == sorted(shades)
    assert len(set(shades)) == len(shades)
