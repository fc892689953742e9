"""Somebody else's warning: what counts as a trigger, what does not, and what a lost feed does."""

import asyncio
import contextlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from geodata import open_region
from risk_api.alerts.clock import parse_instant
from risk_api.alerts.feed import Reading, read_feed, scenarios_of
from risk_api.alerts.fetch import fetch
from risk_api.alerts.watch import FeedWatch

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
    assert set(reading.errors) == {
        "https://example.kz/cap/gone.xml: 404",
        "https://elsewhere.example/two.xml: on another server",
    }


@pytest.mark.parametrize(
    ("href", "asked"),
    [
        ("HTTPS://EXAMPLE.KZ:443/1", True),
        ("//Example.kz/1", True),
        ("http://example.kz/1", False),
        ("https://example.kz:8443/1", False),
        ("https://name:word@example.kz/1", False),
        ("https://example.kz:port/1", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_a_link_is_read_or_counted(region, href, asked):
    rss = f"<rss><item><link>{href}</link></item></rss>".encode()
    reading = read_feed(
        "https://example.kz/rss",
        lambda address: rss if address.endswith("rss") else cap(area=area(HERE)),
        region,
        NOW,
    )
    assert (len(reading.triggers), len(reading.errors)) == ((1, 0) if asked else (0, 1))


LONG = "2999-07-23T02:00:00+05:00"


def feed_of(*links, inside=b""):
    return (
        b"<rss>"
        + b"".join(f"<item><link>/{link}</link></item>".encode() for link in links)
        + inside
        + b"</rss>"
    )


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ({"/rss": feed_of("1"), "/1": OSError("503")}, 1),
        ({"/rss": feed_of("1"), "/1": b"<html><br></html>"}, 1),
        ({"/rss": feed_of("1"), "/1": cap(area=area(HERE), expires="soon")}, 1),
        ({"/rss": feed_of(*(["9"] * 30), "1"), "/9": cap("Сильный ветер")}, 1),
        ({"/rss": feed_of("2"), "/2": OSError("503")}, 0),
        ({"/rss": feed_of("1"), "/1": cap("Сильный ветер")}, 0),
        ({"/rss": feed_of("1", "1"), "/1": [OSError("503"), cap("Сильный ветер")]}, 0),
        (
            {
                "/rss": feed_of("1", "2"),
                "/1": OSError("503"),
                "/2": cap(kind="Cancel").replace(
                    b"a,b,2026-07-23T02:15:00+05:00", b"feed@example.kz,k-1,2026-07-23T02:00:00+05:00"
                ),
            },
            0,
        ),
    ],
    ids=["lost", "no XML", "no rules", "31st", "withdrawn", "replaced", "lost once", "cancelled"],
)
def test_a_warning_whose_document_is_lost_stays_until_it_is_over(region, later, kept):
    pages = {"/rss": feed_of("1"), "/1": cap(area=area(HERE), expires=LONG)}

    def get(address):
        answer = pages[address.removeprefix("https://example.kz")]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, OSError):
            raise answer
        return answer

    watch = FeedWatch("https://example.kz/rss", region, 60.0, get)
    (first,) = watch.read().reading.triggers
    pages.update(later)
    assert watch.read().reading.triggers == (first,) * kept
    if isinstance(later.get("/1"), list):
        return
    assert watch.read().reading.triggers == (first,) * kept, "and the time after"


def test_a_lost_warning_goes_when_it_expires(region):
    link = "https://example.kz/1"
    earlier = read_feed(link, lambda _: cap(area=area(HERE)), region, NOW)
    now = Reading((), 0, 0, ("lost",), missed=frozenset({link}))
    assert len(now.with_earlier(earlier, NOW).triggers) == 1
    later = parse_instant("t", "2026-07-23T08:00:01+05:00")
    assert now.with_earlier(earlier, later).triggers == ()


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


def serve(answer):
    """Give the address of a server that lives for one test and answers every request with `answer(it)`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            with contextlib.suppress(OSError):
                answer(self)

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def address():
    opened = []

    def start(answer):
        server = serve(answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened.append(server)
        return f"http://127.0.0.1:{server.server_port}/feed"

    yield start
    for server in opened:
        server.shutdown()
        server.server_close()


def drip(it):
    it.send_response(200)
    it.end_headers()
    for _ in range(100):
        it.wfile.write(b"<")
        it.wfile.flush()
        time.sleep(0.05)


def drip_headers(it):
    for letter in b"HTTP/1.0 200 OK\r\nX-Slow: " + b"a" * 200:
        it.wfile.write(bytes([letter]))
        it.wfile.flush()
        time.sleep(0.05)


def send_to(where):
    def answer(it):
        it.send_response(302)
        it.send_header("Location", where)
        it.end_headers()

    return answer


def send(body, count=1):
    def answer(it):
        it.send_response(200)
        it.end_headers()
        for _ in range(count):
            it.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (drip, "slow"),
        (drip_headers, None),
        (send(b"x" * 1_000_000, 3), "longer than"),
        (send_to("http://127.0.0.2:9/feed"), "another server"),
        (send_to("https://127.0.0.1/feed"), "another server"),
        (send_to("file:///etc/passwd"), "not allowed|another"),
        (send_to("/feed"), "infinite loop"),
        (lambda it: it.wfile.write(b"NONSENSE\r\n\r\n"), "BadStatusLine"),
        (lambda it: it.send_error(500), "500"),
    ],
    ids=["slow", "slow headers", "huge", "elsewhere", "other scheme", "file", "loop", "no HTTP", "500"],
)
def test_what_a_bad_server_does_is_an_oserror_in_time(address, answer, said):
    started = time.monotonic()
    with pytest.raises(OSError, match=said):
        fetch(address(answer), wait_s=0.5)
    assert time.monotonic() - started < 5.0


def test_a_redirect_on_the_same_server_is_followed(address):
    def answer(it):
        (send_to("/there") if it.path == "/feed" else send(b"<rss/>"))(it)

    assert fetch(address(answer)) == b"<rss/>"


@pytest.mark.parametrize(
    "wrong",
    [
        "http://127.0.0.1:9/feed",
        "nonsense",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://[bad",
        "http://",
        "https://name:word@127.0.0.1:9/feed",
        "http://name:wo/rd@127.0.0.1:9/feed",
        "http://127.0.0.1:9/wo rd",
    ],
)
def test_an_address_that_cannot_be_had_is_an_oserror(wrong):
    with pytest.raises(OSError) as refused:  # noqa: PT011
        fetch(wrong)
    assert not {"wo", "rd"} & set(re.findall(r"\w+", str(refused.value))), (
        "the log learns no part of a password"
    )


DEEP = b"<a>" * 50_000 + b"</a>" * 50_000
ALERT = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'


@pytest.mark.parametrize(
    ("body", "invalid"),
    [
        (b"<feed>" + ALERT + DEEP + b"</alert></feed>", 1),
        (b"<rss><item><link>http://[bad</link></item></rss>", 0),
        (b"<feed>" + (ALERT + b"</alert>") * 100 + b"</feed>", 30),
    ],
    ids=["deep", "bad link", "many"],
)
def test_a_hostile_feed_is_read_to_its_end(region, body, invalid):
    reading = read(body, region)
    assert (reading.triggers, reading.invalid) == ((), invalid)


def test_links_and_documents_of_one_feed_are_thirty_at_most(region):
    items = b"<item><link>/one</link></item>" * 100
    pages = {"https://example.kz/cap.xml": b"<rss>" + items + (ALERT + b"</alert>") * 10 + b"</rss>"}
    asked = []

    def get(address):
        asked.append(address)
        return pages.get(address, cap(area=area(HERE)))

    reading = read_feed("https://example.kz/cap.xml", get, region, NOW)
    assert (reading.documents, len(asked)) == (30, 21)
    assert len(reading.errors) == 80, "what was left out is counted"


@pytest.mark.parametrize(
    "body", [b"<html><body>Log in</body></html>", b"<a/>", b'<?xml version="1.0" encoding="nosuch"?><rss/>']
)
def test_a_page_that_is_no_feed_is_not_read_as_no_warnings(region, body):
    with pytest.raises(ValueError, match="feed is"):
        read(body, region)


def test_the_listening_outlives_whatever_a_feed_does(region):
    answers = [RuntimeError("nobody foresaw it"), cap(area=area(HERE), expires="2999-07-23T02:00:00+05:00")]

    def get(address):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch = FeedWatch("https://example.kz/cap.xml", region, 0.01, get)

    async def listen():
        task = asyncio.create_task(watch.run())
        while answers:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    answers.append(OSError("gone again"))
    asyncio.run(listen())
    assert len(watch.state.reading.triggers) == 1
