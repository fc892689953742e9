"""Three languages say the same: every key, every place in a sentence, every number."""

import json
import re
import string
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api import errors
from risk_api.i18n import DASH, LANGUAGES, MINUS, catalogue, format_number, negotiate, translate
from risk_api.problems import problem_classes

#: Words that are spelt alike in Russian and Kazakh, or say a name or a unit.
ALIKE = {
    "glossary.scenario.term",
    "glossary.strategy.term",
    "page.scenarios.scenario",
    "page.dams.strategy",
    "page.sure.model",
    "page.districts.minutes",
    "report.cell.people",
    "report.map.km",
    "report.map.north",
    "map.duty.minutes",
    "map.js.place.strategy",
    "map.js.time.text",
    "map.whatif.outlet.siphon",
    "tiles.unit.m",
    "tiles.unit.m_s",
    "tiles.unit.min",
    *(f"units.{unit}" for unit in ("m", "cm", "km", "s", "N", "Pa")),
}
CYRILLIC = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]")
KAZAKH_LETTERS = set("ӘәҒғҚқҢңӨөҰұҮүҺһІі")


#: One word for one thing: what a reader must not meet under a second name, and why it would mislead.
NEVER = {
    "kk": {
        r"\b[Жж]ота": "the crest of a dam is қырқа",
        r"\bкласс|\bкласт|\bкласы": "a class is сынып",
        r"[Сс]у (ағызғыш|төккіш)": "a weir is суағар",
        r"[Ққ]азаншұңқыр": "the bowl of a dam is сел қоймасы, one in the ground is ойпат",
        r"нұсқаларын салыстыру|бөгет нұсқа": "a set of dam states is стратегия",
        r"[Өө]ңір": "the region is аймақ",
        r"су басатын": "a mudflow is no flood: сел аймағы",
    },
    "ru": {
        r"зон\w+ затопления": "a mudflow is no flood: зона селя",
        r"вариант\w* плотин": "a set of dam states is стратегия",
        r"[Сс]хем\w+ классов": "classes stand on a scale: шкала классов",
        r"[Сс]лои территории|пределами территории": "the region is регион",
    },
}


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def figures(text, language):
    """Numbers that a sentence says itself, whatever its language groups and points with."""
    bare = re.sub(r"\{[^}]*\}", " ", text).replace("\u00a0", " ")
    bare = re.sub(r"(?<=\d)[ ,](?=\d{3}\b)" if language == "en" else r"(?<=\d) (?=\d{3}\b)", "", bare)
    if language != "en":
        bare = re.sub(r"(?<=\d),(?=\d)", ".", bare)
    return set(re.findall(r"\d+(?:\.\d+)*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+", bare))


def test_every_key_stands_in_all_three():
    keys = {language: set(catalogue(language)) for language in LANGUAGES}
    assert keys["kk"] == keys["ru"] == keys["en"]
    assert len(keys["en"]) > 150


def test_a_topic_is_the_same_file_in_every_language():
    topics = {}
    for language in LANGUAGES:
        folder = resources.files("risk_api.i18n").joinpath(language)
        topics[language] = {file.name: set(json.loads(file.read_text("utf-8"))) for file in folder.iterdir()}
    assert topics["kk"] == topics["ru"] == topics["en"]
    assert sum(len(keys) for keys in topics["en"].values()) == len(catalogue("en")), (
        "a key stands in two topics"
    )


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_sentences_have_the_same_places_and_none_is_empty(key):
    texts = {language: catalogue(language)[key] for language in LANGUAGES}
    assert all(text.strip() for text in texts.values())
    assert places(texts["kk"]) == places(texts["ru"]) == places(texts["en"])


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_no_text_is_a_copy_of_another_language(key):
    kk, ru, en = (catalogue(language)[key] for language in LANGUAGES)
    assert not CYRILLIC.search(en)
    bare = re.sub(r"\{[^}]*\}", "", en)
    if len(re.findall(r"[A-Za-z]", bare)) > 3:
        assert CYRILLIC.search(kk), "untranslated"
        assert CYRILLIC.search(ru), "untranslated"
    if key not in ALIKE and CYRILLIC.search(ru):
        assert kk != ru


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_no_figure_differs_between_languages(key):
    said = {language: figures(catalogue(language)[key], language) for language in LANGUAGES}
    assert said["kk"] == said["ru"] == said["en"]


def test_a_changed_figure_would_be_seen():
    assert figures("once in 5,000 years, 0.1 m", "en") == figures("раз в 5 000 лет, 0,1 м", "ru")
    assert figures("5\u00a0000 жыл, 0,1 м", "kk") == {"5000", "0.1"}
    for wrong in ("раз в 500 лет, 0,1 м", "раз в 5 000 лет, 0,2 м", "раз в 5 000 лет", "5 000, 0,1, 3"):
        assert figures(wrong, "ru") != {"5000", "0.1"}


@pytest.mark.parametrize("language", list(NEVER))
def test_one_thing_has_one_name(language):
    found = [
        (key, why)
        for pattern, why in NEVER[language].items()
        for key, text in catalogue(language).items()
        if re.search(pattern, text)
    ]
    assert found == []


def test_whoever_is_affected_is_not_called_a_casualty():
    denied = re.compile(r"не число пострадавших|не пострадавший")
    called = [
        key
        for key, text in catalogue("ru").items()
        if "пострадав" in text.lower()
        and not denied.search(text)
        and not re.search(r"earthquake|quake|casualt|hurt", f"{key} {catalogue('en')[key]}", re.I)
    ]
    assert called == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_decimals_are_written_with_a_comma(language):
    exempt = {"map.find.example", "hazard.note.code"}
    wrong = [
        key
        for key, text in catalogue(language).items()
        if key not in exempt and re.search(r"\d\.\d", re.sub(r"\{[^}]*\}", "", text))
    ]
    assert wrong == []


def test_kazakh_is_kazakh():
    sentences = [text for text in catalogue("kk").values() if len(text) > 40]
    with_own_letters = [text for text in sentences if KAZAKH_LETTERS & set(text)]
    assert len(with_own_letters) == len(sentences)


def test_russian_has_no_kazakh_letter():
    assert [text for text in catalogue("ru").values() if KAZAKH_LETTERS & set(text)] == []


@pytest.mark.parametrize("kind", list(problem_classes()), ids=lambda kind: kind.__name__)
def test_every_error_speaks_three_languages_and_its_english_is_the_catalogue(kind):
    assert kind.title == catalogue("en")[f"error.{kind.code}.title"]
    if issubclass(kind, errors.UnknownName) or kind is errors.UnknownParameter:
        error = kind("x", ["a", "b"])
    elif kind is errors.BadParameter:
        error = kind("x", "a number is needed", reason_key="number")
    elif kind is errors.BadFilter:
        error = kind("nested too deeply", "cql2_deep")
    elif kind is errors.OutsideRegion:
        error = kind(1.0, 2.0, (76.0, 43.0, 77.0, 44.0))
    elif kind is errors.NotAcceptable:
        error = kind("x", ["a"])
    elif kind is errors.ProcessFailed:
        error = kind(500, {language: catalogue(language)["error.internal.detail"] for language in LANGUAGES})
    elif kind is errors.UnsupportedMediaType:
        error = kind("x", ["a"])
    elif kind is errors.JobEnded:
        error = kind("done")
    else:
        names = {name for _, name, _, _ in string.Formatter().parse(kind.template) if name}
        error = kind(**dict.fromkeys(names, "x"))
    from risk_api.problems import describe

    title, detail = describe(error, "en")
    assert title == kind.title
    assert detail == str(error)
    for language in ("kk", "ru"):
        assert CYRILLIC.search(describe(error, language)[1])


def test_a_missing_key_is_an_error_not_an_empty_text():
    with pytest.raises(KeyError):
        translate("kk", "no.such.key")
    with pytest.raises(KeyError):
        translate("kk", "error.reason.allowed")


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_numbers_are_equal_in_every_language(value, decimals):
    seen = set()
    for language in LANGUAGES:
        text = format_number(value, language, decimals).replace(MINUS, "-").replace("\u00a0", "")
        seen.add(text.replace(",", "") if language == "en" else text.replace(",", "."))
    assert len(seen) == 1
    # Half a unit, and the rounding of the subtraction.
    assert float(seen.pop()) == pytest.approx(value, abs=0.5 * 10**-decimals * (1 + 1e-9))


def test_number_forms():
    assert format_number(None, "en") == DASH
    assert format_number(1234567, "en") == "1,234,567"
    assert format_number(1234567.5, "ru", 1) == "1\u00a0234\u00a0567,5"
    assert format_number(-1234, "kk") == f"{MINUS}1\u00a0234"
    assert format_number(5, "en", signed=True) == "+5"
    assert format_number(-0.2, "en") == "0"
    assert format_number(0.2, "en", signed=True) == "0"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("kk", "kk"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.2, kk-KZ;q=0.9", "kk"),
        ("fr, de", "en"),
        ("ru;q=0, kk;q=0.1", "kk"),
        ("ru;q=x, kk", "kk"),
        (";;;,,,q=", "en"),
    ],
)
def test_accept_language(header, language):
    assert negotiate(header) == language


@given(st.text(max_size=200))
def test_no_header_breaks_negotiation(header):
    assert negotiate(header) in LANGUAGES
