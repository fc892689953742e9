"""A part of OGC API joins by one value: its classes, links, members, paths and description all show."""

import pytest
from starlette.responses import Response

from risk_api.errors import BadParameter
from risk_api.ogc.app import Ogc
from risk_api.ogc.links import DOCUMENT, JSON, link
from risk_api.ogc.openapi import get as described_get
from risk_api.ogc.part import Described, Part, Paths, Route
from risk_api.ogc.parts import PARTS

TIDES = "http://example.org/tides/conf/core"


async def table(call, answering):
    return await answering.document(call, "1", DOCUMENT, lambda call, form: {"title": call.values["port"]})


async def ask(call, answering):
    body = await call.request.body()
    if not body:
        raise BadParameter("body", "empty", reason_key="whole", least="1")
    return Response(body, status_code=201)


#: Ports that have been built since; the landing page shows them.
BUILT: list[str] = []

PART = Part(
    name="tides",
    version=lambda service: ",".join(BUILT),
    classes=(TIDES,),
    routes=(Route("tides/{port}", {"GET": table, "POST": ask}), Route("tides/all", {"GET": table})),
    landing_links=lambda call: [
        link(f"{call.base}/tides/x", "tides", JSON),
        *(link(f"{call.base}/tides/{port}", "built", JSON) for port in BUILT),
    ],
    collection_links=lambda call, found: [link(f"{call.base}/tides/{found.id}", "tides", JSON)],
    collection_members=lambda call, found: {"tides": found.id},
    described=lambda call, found: Described(
        {"/tides/x": described_get(call, "tides", DOCUMENT, "Tide", title="Tides", tag="Tides")},
        {"Tide": {"type": "object"}},
    ),
)


@pytest.fixture(scope="module")
def joined(ogc_valley, ogc_data):
    """Give a client of an application that has one part more."""
    from starlette.testclient import TestClient

    from risk_api.app import create_app
    from risk_api.settings import Settings

    quiet = {"region": str(ogc_valley), "precompute": False, "warm": False, "workers": 1}
    app = create_app(Settings(data_dir=ogc_data, **quiet))
    for entry in app.user_middleware:
        if entry.cls is Ogc:
            entry.kwargs["parts"] = (*PARTS, PART)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_everything_of_a_part_shows(joined, one_link):
    landing = joined.get("/ogc").json()
    assert joined.get(one_link(landing, "tides")["href"]).json() == {"title": "x"}
    assert TIDES in joined.get("/ogc/conformance").json()["conformsTo"]
    collection = joined.get("/ogc/collections/dams").json()
    assert collection["tides"] == "dams"
    assert one_link(collection, "tides")["href"].endswith("/ogc/tides/dams")
    api = joined.get("/ogc/api").json()
    assert api["paths"]["/tides/x"]["get"]["summary"] == "Tides"
    assert "Tide" in api["components"]["schemas"]


def test_what_a_part_says_anew_shows_at_once(joined, one_link, monkeypatch):
    before = [joined.get("/ogc") for _ in range(2)]
    assert before[0].content == before[1].content
    monkeypatch.setattr(f"{__name__}.BUILT", ["y"])
    after = joined.get("/ogc", headers={"if-none-match": before[0].headers["etag"]})
    assert after.status_code == 200
    assert one_link(after.json(), "built")["href"].endswith("/ogc/tides/y")
    monkeypatch.undo()
    assert joined.get("/ogc").content == before[0].content


def test_methods_are_those_of_the_route(joined):
    assert joined.post("/ogc/tides/x", content=b"high").status_code == 201
    problem = joined.post("/ogc/tides/x")
    assert problem.status_code == 400
    refused = joined.delete("/ogc/tides/x")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    asked = joined.options("/ogc/tides/x")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")


def test_a_word_goes_before_a_name_whatever_the_order():
    named, word, deep = Route("a/{x}", {}), Route("a/b", {}), Route("a/{x}/c", {})
    for routes in ((named, word, deep), (deep, word, named)):
        paths = Paths(routes)
        assert paths.find("a/b") == (word, {})
        assert paths.find("a/z") == (named, {"x": "z"})
        # The word leads nowhere here, so the name is tried.
        assert paths.find("a/b/c") == (deep, {"x": "b"})
        assert paths.find("a//c") is None
        assert paths.find("a") is None
        assert paths.find("a/{}") == (named, {"x": "{}"})


def test_two_parts_cannot_answer_one_path():
    with pytest.raises(ValueError, match=r"a/\{y\}"):
        Paths((Route("a/{x}", {}), Route("a/{y}", {})))
