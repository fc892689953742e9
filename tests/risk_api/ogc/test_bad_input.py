"""What cannot be understood is told as problem details in the language asked for, on /v1 and /ogc alike."""

import re

import pytest

OGC = "/ogc/collections/facilities/items"
V1 = "/v1/facilities"
CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.IGNORECASE)
#: Address, status, and what is named in the problem (None where nothing of the question is at fault).
CASES = [
    (f"{OGC}?no_such=1", 400, "no_such"),
    (f"{V1}?no_such=1", 400, "no_such"),
    ("/v1/exposure?scenario=burst&no_such=1", 400, "no_such"),
    ("/ogc?no_such=1", 400, "no_such"),
    ("/ogc/conformance?no_such=1", 400, "no_such"),
    *[
        (f"{path}?bbox={box}", 400, "bbox")
        for path in (OGC, V1, "/v1/exposure")
        for box in ("1,2,3", "1,2,3,x", "0,91,1,92", "5,2,5,1", "nan,0,1,1", "1,2,3,4,5", "")
    ],
    (f"{OGC}?filter=kind==5", 400, "filter"),
    (f"{OGC}?filter=no_such=5", 400, "filter"),
    (f"{OGC}?filter=%7B&filter-lang=cql2-json", 400, "filter"),
    (f"{OGC}?crs=http://www.opengis.net/def/crs/EPSG/0/2154", 400, "crs"),
    (f"{OGC}?bbox=1,2,3,4&bbox-crs=EPSG:4326", 400, "bbox-crs"),
    (f"{OGC}?limit=0", 400, "limit"),
    (f"{V1}?limit=0", 400, "limit"),
    (f"{OGC}?limit=ten", 400, "limit"),
    (f"{V1}?limit=ten", 400, "limit"),
    (f"{OGC}?offset=26", 400, "offset"),
    (f"{V1}?offset=26", 400, "offset"),
    (f"{OGC}?offset=-1", 400, "offset"),
    (f"{V1}?offset=-1", 400, "offset"),
    (f"{OGC}?datetime=yesterday", 400, "datetime"),
    (f"{OGC}?f=png", 400, "f"),
    ("/ogc/collections/gone", 404, None),
    ("/ogc/collections/gone/items", 404, None),
    ("/ogc/collections/exposure-burst-2005-bar/items", 404, None),
    ("/ogc/collections/footprint-0123456789abcdef0123/items", 404, None),
    ("/ogc/collections/gone/queryables", 404, None),
    (f"{OGC}/gone", 404, None),
    ("/v1/facilities/gone", 404, None),
    ("/v1/runs/0123456789abcdef0123", 404, None),
    ("/ogc/gone", 404, None),
    ("/v1/gone", 404, None),
    ("/v1/exposure?scenario=gone", 400, "scenario"),
    ("/v1/exposure?scenario=burst&strategies=gone", 400, "strategies"),
    ("/v1/exposure?scenario=burst&scheme=gone", 400, "scheme"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(("address", "status", "field"), CASES)
def test_a_mistake_is_named_in_the_language_asked_for(ogc, address, status, field, language):
    for asked in ({"accept-language": language}, {"accept-language": f"de, {language};q=0.5"}):
        answer = ogc.get(address, headers=asked)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"
        problem = answer.json()
        assert problem["status"] == status
        assert bool(CYRILLIC.search(problem["title"])) == (language != "en")
        assert ogc.get(problem["type"]).status_code == 200
        if field is not None:
            assert problem["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("path", "accept"), [(OGC, "image/png"), ("/ogc", "image/png"), ("/ogc/api", "application/xml;q=0.4")]
)
def test_an_accept_that_leaves_nothing_is_406(ogc, path, accept):
    answer = ogc.get(path, headers={"accept": accept})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/simulations", "/ogc/processes/compare/execution"])
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml; charset=utf-8", "multipart/form-data"]
)
def test_a_body_of_another_kind_is_415(ogc, path, media_type):
    answer = ogc.post(path, content=b"<dam/>", headers={"content-type": media_type})
    assert answer.status_code == 415, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ogc/processes/compare/execution", body)
        for body in (b"{", b"[]", b"5", b'"x"', b"null", b"\xff\xfe", b"{" * 5000)
    ]
    + [
        (path, body)
        for path in ("/v1/simulations", "/v1/sizing", "/v1/chain", "/v1/seismic/exposure")
        for body in (b"{", b"[]", b"5", b'"x"', b"null", b"", b"\xff\xfe", b"{" * 5000, b'{"no_such": 1}')
    ],
)
def test_a_body_that_is_no_question_is_400_and_never_422(ogc, path, body):
    answer = ogc.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [OGC, V1, "/v1/exposure", "/ogc", "/ogc/api"])
@pytest.mark.parametrize("text", ["%00", "%FF", "%F0%9F%98%80", "a" * 3000, "%2fetc%2fpasswd", "'\"<script>"])
def test_no_text_anywhere_makes_it_fail(ogc, path, text):
    for name in (
        "bbox",
        "limit",
        "offset",
        "f",
        "lang",
        "filter",
        "datetime",
        "crs",
        "scenario",
        "strategies",
        text,
    ):
        assert ogc.get(f"{path}?{name}={text}").status_code in (400, 404, 406)
    assert ogc.get(f"{path}/{text}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/seismic/exposure", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("PUT", "/v1/sizing", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("PUT", "/v1/districts", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/ogc/collections", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_another_method_is_405_with_all_that_the_path_has(ogc, method, path, allowed):
    answer = ogc.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed
