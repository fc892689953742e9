"""Somebody else's warning: what counts as a trigger, what does not, and what a lost feed does."""

import pytest

from geodata import open_region
from risk_api.alerts.clock import parse_instant
from risk_api.alerts.feed import read_feed, scenarios_of
from risk_api.alerts.watch import FeedWatch, fetch

NOW = parse_instant("t", "2026-07-23T02:30:00+05:00")
HERE = "43.10,76.85 43.15,76.85 43.15,76.90 43.10,76.85"
ELSEWHERE = "51.1,71.4 51.2,71.4 51.2,71.5 51.1,71.4"


def cap(event="Сель", status="Actual", kind="Alert", area="", expires="2026-07-23T08:00:00+05:00", code=""):
    references = "" if kind == "Alert" else "<references>a,b,2026-07-23T02:15:00+05:00</references>"
    codes = f"<eventCode><valueName>OET</valueName><value>{code}</value></eventCode>" if code else ""
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>k-1</identifier>
    <sender>feed@example.kz</sender><sent>2026-07-23T02:00:00+05:00</sent><status>{status}</status>
    <msgType>{kind}</msgType><scope>Public</scope>{references}<info><language>ru-KZ</language>
    <category>Met</category><event>{event}</event><urgency>Expected</urgency><severity>Severe</severity>
    <certainty>Likely</certainty>{codes}<expires>{expires}</expires>{area}</info></alert>""".encode()


def area(polygon="", name="x"):
    ring = f"<polygon>{polygon}</polygon>" if polygon else ""
    return f"<area><areaDesc>{name}</areaDesc>{ring}</area>"


@pytest.fixture(scope="module")
def region(valley):
    return open_region(valley)


def read(document, region):
    return read_feed("https://example.kz/cap.xml", lambda address: document, region, NOW)


@pytest.mark.parametrize(
    ("document", "kinds", "placed"),
    [
        (cap(area=area(HERE)), ("mudflow",), "polygon"),
        (cap("Сильный дождь", area=area(HERE)), ("rain",), "polygon"),
        (cap("Сел қаупі", area=area(name="Долина и предгорья")), ("mudflow",), "name"),
        (cap("Warning", code="OET-056"), ("mudflow",), "unknown"),
        (cap("Сильные осадки, селевая опасность"), ("mudflow", "rain"), "unknown"),
    ],
)
def test_what_concerns_the_region_is_a_trigger(region, document, kinds, placed):
    (trigger,) = read(document, region).triggers
    assert trigger.kinds == kinds
    assert trigger.placed == placed


@pytest.mark.parametrize(
    "document",
    [
        cap(area=area(ELSEWHERE)),
        cap(area=area(name="Астана")),
        cap(status="Exercise", area=area(HERE)),
        cap(kind="Cancel", area=area(HERE)),
        cap(expires="2026-07-23T02:00:00+05:00", area=area(HERE)),
        cap("Сильный ветер", area=area(HERE)),
        cap("Население села", area=area(HERE)),
    ],
    ids=["elsewhere", "other name", "exercise", "cancelled", "expired", "wind", "a village"],
)
def test_what_does_not_is_none(region, document):
    reading = read(document, region)
    assert reading.triggers == ()
    assert (reading.documents, reading.invalid) == (1, 0)


def test_a_document_that_breaks_the_rules_is_counted_and_not_believed(region):
    reading = read(cap(area=area(HERE)).replace(b"Severe", b"Terrible"), region)
    assert (reading.triggers, reading.invalid) == ((), 1)


def test_entries_of_a_feed_are_followed_on_its_own_host_only(region):
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="one.xml"/></entry>
    <entry><link href="https://elsewhere.example/two.xml"/></entry><entry><link href="gone.xml"/></entry>
    </feed>"""
    pages = {"https://example.kz/cap/feed": feed, "https://example.kz/cap/one.xml": cap(area=area(HERE))}
    asked = []

    def get(address):
        asked.append(address)
        if address not in pages:
            raise OSError("404")
        return pages[address]

    reading = read_feed("https://example.kz/cap/feed", get, region, NOW)
    assert len(reading.triggers) == 1
    assert asked == [
        "https://example.kz/cap/feed",
        "https://example.kz/cap/one.xml",
        "https://example.kz/cap/gone.xml",
    ]
    assert reading.errors == ("https://example.kz/cap/gone.xml: 404",)


def test_an_rss_feed_is_read_as_well(region):
    rss = b"<rss><channel><item><title>x</title><link>https://example.kz/1</link></item></channel></rss>"
    pages = {"https://example.kz/rss": rss, "https://example.kz/1": cap(area=area(HERE))}
    assert len(read_feed("https://example.kz/rss", pages.__getitem__, region, NOW).triggers) == 1


@pytest.mark.parametrize("body", [b"", b"<html><br></html>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_xml_is_an_error_with_a_reason(region, body):
    with pytest.raises(ValueError, match="not XML"):
        read(body, region)


def test_a_mudflow_warning_points_at_every_scenario_and_rain_at_those_of_rain(region):
    (mud,) = read(cap(area=area(HERE)), region).triggers
    (rain,) = read(cap("Дождь", area=area(HERE)), region).triggers
    assert scenarios_of([mud], region.scenarios) == list(region.scenarios)
    assert scenarios_of([rain], region.scenarios) == []


def test_a_feed_that_goes_away_keeps_the_last_good_reading_with_its_time(region):
    answers = [cap(area=area(HERE), expires="2999-07-23T02:00:00+05:00"), OSError("no route to host")]

    def get(address):
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    watch = FeedWatch("https://example.kz/cap.xml", region, 60.0, get)
    good = watch.read()
    bad = watch.read()
    assert len(good.reading.triggers) == 1
    assert bad.reading == good.reading
    assert bad.read_at == good.read_at
    assert bad.error == "no route to host"


def test_an_address_that_cannot_be_had_is_an_oserror():
    for address in ("http://127.0.0.1:9/feed", "nonsense"):
        with pytest.raises(OSError):  # noqa: PT011
            fetch(address)
