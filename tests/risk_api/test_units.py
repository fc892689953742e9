"""Units for people: superscripts, the letters of the language, every unit of the embedded region known."""

import json
import re
from importlib import resources

import pytest

from risk_api.i18n import LANGUAGES, catalogue
from risk_api.serialise.units import shown_unit


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("1", {"kk": "", "ru": "", "en": ""}),
        ("year", {"kk": "", "ru": "", "en": ""}),
        ("m3/s", {"kk": "м³/с", "ru": "м³/с", "en": "m³/s"}),
        ("s/m^(1/3)", {"kk": "с/∛м", "ru": "с/∛м", "en": "s/∛m"}),
        ("cm3/(N s)", {"kk": "см³/(Н с)", "ru": "см³/(Н с)", "en": "cm³/(N s)"}),
        ("degrees", {"kk": "°", "ru": "°", "en": "°"}),
    ],
)
def test_units_are_written_as_readers_write_them(unit, shown):
    assert {language: shown_unit(unit, language) for language in LANGUAGES} == shown


def units_of(value):
    if isinstance(value, dict):
        if isinstance(value.get("unit"), str):
            yield value["unit"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from units_of(one)


def test_no_unit_of_the_embedded_region_is_without_words():
    folder = resources.files("geodata") / "regions" / "almaty"
    documents = [json.loads(one.read_text("utf-8")) for one in folder.iterdir() if one.name.endswith("json")]
    units = {unit for document in documents for unit in units_of(document)}
    assert len(units) > 10
    for unit in units:
        for language in LANGUAGES:
            if shown_unit(unit, language):
                parts = re.findall("[A-Za-z]+", unit)
                assert all(f"units.{part}" in catalogue(language) for part in parts), unit
