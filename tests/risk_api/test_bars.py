"""Bars of the districts: lengths are the counts, classes in order, nothing that a name could break."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from risk_api.pages.bars import WIDTH, district_bars_svg

STYLES = [
    {"id": "strong", "colour": "#bd0026", "pattern": "solid"},
    {"id": "weak", "colour": "#fed976", "pattern": "lines"},
]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20)
# Answers count people in tenths.
PEOPLE = st.integers(0, 10_000_000).map(lambda tenths: tenths / 10)


def row(name, *people):
    return {"name": name, "bars": [{"name": name, "people_by_class": each} for each in people]}


def drawn(rows):
    return ET.fromstring(district_bars_svg(rows, STYLES, 'People & "bars"', "en"))


@given(NAMES, st.lists(st.fixed_dictionaries({"strong": PEOPLE, "weak": PEOPLE}), min_size=1, max_size=2))
def test_lengths_are_in_the_proportion_of_the_counts(name, people):
    bars = [entry for entry in drawn([row(name, *people)]).iter("rect") if entry.get("x")]
    most = max(sum(each.values()) for each in people)
    wanted = [
        value / most for each in people for value in (each["strong"], each["weak"]) if most and value > 0
    ]
    found = [float(entry.get("width")) / (WIDTH - 1) for entry in bars]
    assert len(found) == len(wanted)
    assert all(abs(a - b) < 0.001 for a, b in zip(found, wanted, strict=True))
    assert all(float(entry.get("x")) + float(entry.get("width")) <= WIDTH for entry in bars)


def test_the_strongest_class_stands_first_and_the_sum_is_told():
    tree = drawn([row("Medeu", {"strong": 1000.0, "weak": 234.0}, {"strong": 0.0, "weak": 10.0})])
    assert [
        re.sub(r".*#bar-|\)", "", entry.get("fill")) for entry in tree.iter("rect") if entry.get("x")
    ] == [
        "strong",
        "weak",
        "weak",
    ]
    texts = [entry.text for entry in tree.iter("text")]
    assert texts == ["Medeu", "Medeu: 1,200", "Medeu: 10"]
    assert tree.get("aria-label") == 'People & "bars"'
    assert drawn([]).get("role") == "img"
