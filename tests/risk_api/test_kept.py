"""Answers that cannot change are sent from memory: the same bytes, the same refusals, and none that waits."""

import gzip
import math

import pytest

from risk_api.exposure import compare

EXPOSURE = "/v1/exposure?scenario=burst"


@pytest.fixture(scope="module")
def fresh(made_store, make_client):
    """Give a client of a service of which nothing has been asked."""
    with make_client(made_store) as opened:
        yield opened


def same(first, second):
    ignored = {"x-request-id"}
    for answer in (first, second):
        assert answer.status_code == 200
    assert {k: v for k, v in first.headers.items() if k not in ignored} == {
        k: v for k, v in second.headers.items() if k not in ignored
    }
    assert first.content == second.content


@pytest.mark.parametrize(
    "path", [EXPOSURE, "/v1/districts", "/v1/rivers?bbox=76,43,78,44&f=csv", "/v1/runs/{run}/footprint"]
)
def test_the_second_answer_is_the_first_and_nothing_is_worked_out(fresh, path, monkeypatch):
    path = path.format(run=fresh.get("/v1/runs").json()["runs"][0]["id"])
    first = fresh.get(path)

    def work(*_, **__):
        raise AssertionError("worked out again")

    monkeypatch.setattr("risk_api.answers.Answers.question", work)
    monkeypatch.setattr("risk_api.routes.layers.asked_page", work)
    monkeypatch.setattr("risk_api.routes.runs.footprint_features", work)
    same(first, fresh.get(path))


def test_what_an_answer_depends_on_tells_answers_apart(fresh):
    answers = {
        name: fresh.get(path, headers=headers)
        for name, path, headers in (
            ("plain", EXPOSURE, {}), ("ru", EXPOSURE, {"accept-language": "ru"}),
            ("lang", f"{EXPOSURE}&lang=kk", {}), ("csv", EXPOSURE, {"accept": "text/csv"}),
            ("scheme", f"{EXPOSURE}&scheme=arr", {}),
        )
    }  # fmt: skip
    assert len({answer.content for answer in answers.values()}) == len(answers)
    assert len({answer.headers["etag"] for answer in answers.values()}) == len(answers)
    assert answers["ru"].headers["content-language"] == "ru"


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
def test_it_comes_compressed_under_a_tag_of_its_own(fresh, encoding):
    plain = fresh.get(EXPOSURE, headers={"accept-encoding": "identity"})
    with fresh.stream("GET", EXPOSURE, headers={"accept-encoding": encoding}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == encoding
    assert len(packed) == int(answer.headers["content-length"]) < len(plain.content) / 2
    assert answer.headers["etag"] != plain.headers["etag"]
    assert answer.headers["vary"] == plain.headers["vary"]
    if encoding == "gzip":
        assert gzip.decompress(packed) == plain.content
    for etag, status in ((answer.headers["etag"], 304), (plain.headers["etag"], 200)):
        held = fresh.get(EXPOSURE, headers={"accept-encoding": encoding, "if-none-match": etag})
        assert held.status_code == status


def test_304_is_answered_from_memory_and_at_the_first_question(fresh, made_store, make_client):
    etag = fresh.get(EXPOSURE).headers["etag"]
    for held in (etag, f'"x", W/{etag}', "*"):
        answer = fresh.get(EXPOSURE, headers={"if-none-match": held})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert answer.headers["cache-control"] == fresh.get(EXPOSURE).headers["cache-control"]
    with make_client(made_store) as other:
        assert other.get(EXPOSURE, headers={"if-none-match": etag}).status_code == 304


def test_head_and_metrics_are_as_without_it(fresh):
    for _ in range(2):
        plain = {"accept-encoding": "identity"}
        head = fresh.head("/v1/districts", headers=plain)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(fresh.get("/v1/districts", headers=plain).content)
    assert 'route="/v1/districts"' in fresh.get("/metrics").text


TOLD = ("etag", "content-encoding", "content-length", "content-type", "vary", "cache-control")


@pytest.mark.parametrize("path", [EXPOSURE, "/ogc/conformance", "tile"])
@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
def test_head_tells_what_get_tells(fresh, path, encoding):
    if path == "tile":
        run = fresh.get("/v1/runs").json()["runs"][0]["id"]
        document = fresh.get(f"/v1/runs/{run}/tiles/footprint/tilejson.json").json()
        z, (west, south, *_) = document["minzoom"], document["bounds"]
        x = int((west + 180.0) / 360.0 * 2**z)
        y = int((1.0 - math.asinh(math.tan(math.radians(south))) / math.pi) / 2.0 * 2**z)
        path = document["tiles"][0].format(z=z, x=x, y=y)
    accepted = {"accept-encoding": encoding}

    def told(method, held=None):
        headers = accepted if held is None else {**accepted, "if-none-match": held}
        with fresh.stream(method, path, headers=headers) as answer:
            body = b"".join(answer.iter_raw())
        return answer.status_code, {name: answer.headers.get(name) for name in TOLD}, body

    before = told("HEAD")
    status, headers, body = told("GET")
    assert (status, int(headers["content-length"])) == (200, len(body))
    assert headers["etag"].startswith('"')
    assert before == told("HEAD") == (200, headers, b"")
    assert told("HEAD", '"another"') == (200, headers, b"")
    if encoding == "gzip":
        assert headers["content-encoding"] == "gzip"
    held = told("GET", headers["etag"])
    assert (held[0], held[1]["etag"], held[2]) == (304, headers["etag"], b"")
    assert told("HEAD", headers["etag"]) == held


def test_what_waits_or_is_wrong_is_asked_anew(made_store, make_client, monkeypatch):
    with make_client(made_store) as client:
        for _ in range(2):
            assert client.get("/v1/exposure?scenario=nothing").status_code == 400
            assert client.get(f"{EXPOSURE}&no_such=1").status_code == 400
            assert client.get(f"{EXPOSURE}&bbox=1,2,3").status_code == 400
        waiting = {"answered": False}
        from risk_api.answers import Answers
        from risk_api.errors import RunsMissing

        real = Answers.comparison

        def comparison(self, question):
            if not waiting["answered"]:
                raise RunsMissing(self.specs(question))
            return real(self, question)

        monkeypatch.setattr(Answers, "comparison", comparison)
        assert client.get(EXPOSURE).status_code == 202
        waiting["answered"] = True
        assert client.get(EXPOSURE).status_code == 200


def test_a_body_that_streams_or_is_long_goes_through():
    import asyncio

    from risk_api.kept import Kept

    bodies = {b"stream": [b"a", b"b"], b"long": [b"x" * 6_000_001], b"untagged": [b"y"]}

    async def app(scope, receive, send):
        calls.append(scope["query_string"])
        tag = [] if scope["query_string"] == b"untagged" else [(b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": tag})
        parts = bodies[scope["query_string"]]
        for place, part in enumerate(parts):
            await send({"type": "http.response.body", "body": part, "more_body": place + 1 < len(parts)})

    async def ask(query):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/p", "query_string": query, "headers": [],
                 "scheme": "http"}  # fmt: skip
        await kept(scope, None, send)
        return b"".join(message.get("body", b"") for message in sent)

    kept, calls = Kept(app, ["/p"]), []
    for query, parts in bodies.items():
        for _ in range(2):
            assert asyncio.run(ask(query)) == b"".join(parts)
        assert calls.count(query) == 2


def test_a_long_answer_of_a_fixed_path_is_compressed_and_may_be_held():
    import asyncio

    from risk_api.kept import Kept

    body, calls = b"x" * 6_000_001, []

    async def app(scope, receive, send):
        calls.append(scope["path"])
        headers = [(b"etag", b'"1"'), (b"content-type", b"application/json"), (b"cache-control", b"no-cache"),
                   (b"content-length", b"6000001")]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def ask(**headers):
        sent = []

        async def send(message):
            sent.append(message)

        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/p", "query_string": b"", "headers": named,
                 "scheme": "http"}  # fmt: skip
        asyncio.run(kept(scope, None, send))
        start, end = sent
        return start["status"], dict(start["headers"]), end["body"]

    kept = Kept(app, ["/p"])
    plain = ask()
    assert (plain[0], plain[1][b"etag"], plain[2]) == (200, b'"1"', body)
    status, headers, packed = ask(accept_encoding="gzip")
    assert (status, headers[b"content-encoding"], headers[b"etag"]) == (200, b"gzip", b'"1-gzip"')
    assert int(headers[b"content-length"]) == len(packed) < len(body)
    assert gzip.decompress(packed) == body
    for etag, asked in (('"1"', {}), ('"1-gzip"', {"accept_encoding": "gzip"})):
        tagged = {b"etag": etag.encode(), b"cache-control": b"no-cache"}
        for held in (etag, f'"x", W/{etag}', "*"):
            assert ask(if_none_match=held, **asked) == (304, tagged, b"")
    # The tag of the other form is not that of this one, and nothing was kept.
    assert ask(if_none_match='"1-gzip"')[0] == 200
    assert ask(if_none_match='"1"', accept_encoding="gzip")[0] == 200
    assert len(calls) == 10


def test_the_comparison_itself_is_what_is_sent(fresh, made_store, valley):
    from geodata import open_region
    from risk_api.runs import RunStore

    region = open_region(valley)
    plain = compare(region, RunStore(made_store / "runs"), "burst", tuple(region.strategies), "buwal")
    shown = fresh.get(EXPOSURE).json()["features"]
    for entry, feature in zip(plain.districts, shown, strict=True):
        for name, counts in entry.strategies.items():
            told = feature["properties"]["strategies"][name]["people_exposed"]
            assert told == pytest.approx(counts["people_exposed"], abs=1.0)


OGC = [
    "/ogc", "/ogc/conformance", "/ogc/collections/districts/items?limit=2",
    "/ogc/collections/districts/items/mouth",
    "/ogc/collections/footprint-burst-no-dams/items?crs=http://www.opengis.net/def/crs/EPSG/0/4326&f=csv",
]  # fmt: skip


@pytest.mark.parametrize("path", OGC)
def test_under_ogc_the_second_answer_is_sent_before_the_question_is_read(fresh, path, monkeypatch):
    from risk_api.ogc.call import Call

    first = fresh.get(path)
    etag = {"if-none-match": first.headers["etag"]}
    kk = fresh.get(path, headers={"accept-language": "kk"})

    def work(*_, **__):
        raise AssertionError("read again")

    monkeypatch.setattr(Call, "of", work)
    same(first, fresh.get(path))
    same(kk, fresh.get(path, headers={"accept-language": "kk"}))
    held = fresh.get(path, headers=etag)
    assert (held.status_code, held.content) == (304, b"")
    assert {name: held.headers[name] for name in ("etag", "vary", "cache-control")} == {
        name: first.headers[name] for name in ("etag", "vary", "cache-control")
    }
    for changed in ({"accept": "text/html"}, {"accept-language": "ru"}, {"host": "other"},
                    {"accept-encoding": "br"}):  # fmt: skip
        assert fresh.get(path, headers=changed).status_code == 500


def test_an_answer_is_sent_as_long_as_what_it_was_made_from_is_there(made_store, make_client, tmp_path):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(made_store, data)
    path = "/ogc/collections/footprint-burst-no-dams/items"
    with make_client(data) as client:
        answers = [client.get(path) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        run_id = answers[0].json()["features"][0]["properties"]["run_id"]
        (data / "runs" / run_id).rename(data / "gone")
        assert client.get(path).status_code == 404
        (data / "gone").rename(data / "runs" / run_id)
        same(answers[0], client.get(path))


def test_a_304_that_was_never_a_200_here_is_kept_without_a_body(fresh, made_store, make_client, monkeypatch):
    from risk_api.ogc.call import Call

    path = "/ogc/collections/rivers/items"
    first = fresh.get(path)
    with make_client(made_store) as other:
        held = {"if-none-match": first.headers["etag"]}
        assert other.get(path, headers=held).status_code == 304
        with monkeypatch.context() as patch:
            patch.setattr(Call, "of", lambda *_: 1 / 0)
            assert other.get(path, headers=held).status_code == 304
        same(first, other.get(path))
        same(first, other.get(path, headers={"if-none-match": '"another"'}))


def test_the_head_of_a_stream_is_not_held_back():
    import asyncio

    from risk_api.kept import Kept

    seen = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]})
        seen.append("first words")
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        seen.append(message["type"])

    scope = {"type": "http", "method": "GET", "path": "/ogc/jobs/1/events", "query_string": b"",
             "headers": [], "scheme": "http"}  # fmt: skip
    asyncio.run(Kept(app, ["/p"])(scope, None, send))
    assert seen == ["http.response.start", "first words", "http.response.body"]
