"""Bytes and caches: 304 before any work, ready-compressed bodies, the same freshness for every form."""

import gzip
import json

import pyarrow
import pytest

ITEMS = "/ogc/collections/facilities/items"
FORMS = [
    {}, {"accept": "text/html"}, {"accept": "text/csv"}, {"accept-language": "kk"}, {"accept-language": "ru"},
    {"accept-encoding": "zstd"}, {"accept-encoding": "br"}, {"accept-encoding": "gzip"},
    {"accept-encoding": "identity"},
]  # fmt: skip
PATHS = [
    "/ogc",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/collections/facilities",
    ITEMS,
    f"{ITEMS}?limit=3",
    f"{ITEMS}/clinic-3",
    "/ogc/collections/facilities/schema",
    "/ogc/collections/footprint-burst-bar/items",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_form_has_its_own_tag_and_the_same_freshness(ogc, path):
    seen = {}
    for headers in FORMS:
        if (headers.get("accept") == "text/csv" and "items" not in path) or (
            "clinic-3" in path and headers == FORMS[2]
        ):
            continue
        answer = ogc.get(path, headers={"accept-encoding": "identity", **headers})
        assert answer.status_code == 200
        varied = {name.strip() for name in answer.headers["vary"].split(",")} - {"Origin"}
        assert varied == {"Accept", "Accept-Encoding", "Accept-Language"}
        assert answer.headers["cache-control"] == "no-cache"
        etag = answer.headers["etag"]
        assert not etag.startswith("W/")
        form = (answer.headers["content-type"], answer.headers["content-language"],
                answer.headers.get("content-encoding"))  # fmt: skip
        assert seen.setdefault(etag, form) == form
        held = ogc.get(path, headers={"accept-encoding": "identity", **headers, "if-none-match": etag})
        assert held.status_code == 304
        assert held.content == b""
        assert held.headers["etag"] == etag
        assert held.headers["vary"] == answer.headers["vary"]
        assert held.headers["cache-control"] == answer.headers["cache-control"]
    assert len(seen) >= 4


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}?limit=20", "/ogc/collections"])
@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
def test_a_compressed_body_is_the_plain_one(ogc, path, encoding):
    plain = ogc.get(path, headers={"accept-encoding": "identity"})
    with ogc.stream("GET", path, headers={"accept-encoding": encoding}) as answer:
        assert answer.headers["content-encoding"] == encoding
        packed = b"".join(answer.iter_raw())
    assert len(packed) == int(answer.headers["content-length"]) < len(plain.content) / 2
    codec = "brotli" if encoding == "br" else encoding
    unpacked = (
        gzip.decompress(packed)
        if encoding == "gzip"
        else pyarrow.decompress(packed, len(plain.content), codec=codec, asbytes=True)
    )
    assert unpacked == plain.content


def test_a_tag_of_one_form_does_not_stand_for_another(ogc):
    etag = ogc.get(ITEMS, headers={"accept-encoding": "gzip"}).headers["etag"]
    for headers in ({"accept-encoding": "br"}, {"accept-encoding": "gzip", "accept-language": "ru"},
                    {"accept-encoding": "gzip", "accept": "text/html"}, {"accept-encoding": "identity"}):  # fmt: skip  # noqa: E501
        assert ogc.get(ITEMS, headers={**headers, "if-none-match": etag}).status_code == 200
    assert (
        ogc.get(f"{ITEMS}?limit=5", headers={"accept-encoding": "gzip", "if-none-match": etag}).status_code
        == 200
    )


def test_304_comes_before_any_work(ogc, monkeypatch):
    from risk_api.ogc import items

    etag = ogc.get(f"{ITEMS}?filter=kind='school'").headers["etag"]

    def work(*_):
        raise AssertionError("work was done")

    monkeypatch.setattr(items, "page", work)
    monkeypatch.setattr(items, "geojson", work)
    assert ogc.get(f"{ITEMS}?filter=kind='school'", headers={"if-none-match": etag}).status_code == 304


def test_a_refused_question_is_never_answered_by_304(ogc):
    etag = ogc.get(ITEMS).headers["etag"]
    for query in ("?limit=0", "?no_such=1", "?crs=x"):
        assert ogc.get(ITEMS + query, headers={"if-none-match": f"{etag}, *"}).status_code == 400


def test_features_are_encoded_once(ogc, monkeypatch):
    from risk_api.features.table import FeatureTable

    ogc.get(ITEMS)

    def work(*_):
        raise AssertionError("encoded again")

    monkeypatch.setattr(FeatureTable, "_encode", work)
    for query in ("?limit=1", "?offset=3", "?kind=school", "?bbox=0,0,90,90"):
        assert ogc.get(ITEMS + query).status_code == 200


def test_accept_that_leaves_nothing_is_406_and_a_bad_f_400(ogc):
    for path in ("/ogc", ITEMS):
        answer = ogc.get(path, headers={"accept": "image/png"})
        assert answer.status_code == 406
        assert answer.headers["content-type"] == "application/problem+json"
        assert ogc.get(path, headers={"accept": "image/png, */*;q=0.1"}).status_code == 200
    assert (
        ogc.get(ITEMS, headers={"accept": "application/json"}).headers["content-type"]
        == "application/geo+json"
    )
    assert ogc.get(ITEMS, params={"f": "csv"}, headers={"accept": "text/html"}).text.startswith(
        "\ufeffid,name"
    )


def test_other_origins_may_read_what_map_clients_need(ogc):
    answer = ogc.get(ITEMS, headers={"origin": "https://map.example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert {"Content-Crs", "ETag", "Link", "Location"} <= exposed
    # Readers of Cloud Optimized GeoTIFF and PMTiles in a page learn from it how long the whole is.
    assert {"Content-Range", "Accept-Ranges"} <= exposed
    asked = {"origin": "https://map.example.org", "access-control-request-method": "GET",
             "access-control-request-headers": "if-none-match, range"}  # fmt: skip
    assert ogc.options(ITEMS, headers=asked).status_code == 200


@pytest.mark.parametrize("format", ["fgb", "gpkg", "parquet"])
@pytest.mark.parametrize("number", ["4326", "32643"])
def test_files_are_in_the_system_asked_for(ogc, tmp_path, format, number):
    import geopandas

    uri = f"http://www.opengis.net/def/crs/EPSG/0/{number}"
    answer = ogc.get(ITEMS, params={"f": format, "crs": uri, "limit": 4, "kind": "school"})
    assert answer.headers["content-disposition"] == f'attachment; filename="facilities.{format}"'
    path = tmp_path / f"x.{format}"
    path.write_bytes(answer.content)
    frame = geopandas.read_parquet(path) if format == "parquet" else geopandas.read_file(path)
    assert frame.crs.to_epsg() == int(number)
    plain = ogc.get(ITEMS, params={"limit": 4, "kind": "school"}).json()["features"]
    there = frame.to_crs("OGC:CRS84").geometry
    # A FlatGeobuf has an order of its own, that of its index.
    assert sorted(point.coords[0] for point in there) == [
        pytest.approx(tuple(at), abs=1e-6) for at in sorted(f["geometry"]["coordinates"] for f in plain)
    ]


def test_csv_names_the_axes_of_its_system(ogc):
    def head(**query):
        return ogc.get(ITEMS, params={"f": "csv", **query}).text.splitlines()[0].split(",")[-2:]

    epsg = "http://www.opengis.net/def/crs/EPSG/0/"
    assert head() == ["lon", "lat"]
    assert head(crs=f"{epsg}4326") == ["lat", "lon"]
    assert head(crs=f"{epsg}32643") == ["x", "y"]


def test_links_start_with_the_public_address(make_client, ogc_valley, ogc_data):
    with make_client(ogc_data, region=str(ogc_valley), public_url="https://risk.example.kz/sel") as client:
        text = client.get(ITEMS, params={"limit": 3}).text
    assert "testserver" not in text
    for link in json.loads(text)["links"]:
        assert link["href"].startswith("https://risk.example.kz/sel/ogc/collections/facilities")


@pytest.mark.parametrize("host", ["a b", "x/../y", 'x"y', "", "x" * 300])
def test_a_host_that_is_none_is_refused(ogc, host):
    answer = ogc.get("/ogc", headers={"host": host})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:  # an empty header: the address of the socket stands in
        assert host == ""


def test_a_collection_whose_run_is_gone_is_404(make_client, ogc_valley, ogc_data, tmp_path):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(ogc_data, data)
    with make_client(data, region=str(ogc_valley)) as client:
        name = "/ogc/collections/exposure-burst-no-dams/items"
        answer = client.get(name)
        run_id = answer.json()["features"][0]["properties"]["run_id"]
        shutil.rmtree(data / "runs" / run_id)
        gone = client.get(name, headers={"if-none-match": answer.headers["etag"]})
    assert gone.status_code == 404
    assert gone.json()["type"] == "/v1/problems/unknown_collection"


def test_new_data_has_new_tags_and_a_tag_of_the_old_is_no_304(
    ogc, make_client, ogc_valley, ogc_data, tmp_path
):
    import shutil

    folder = tmp_path / "changed"
    shutil.copytree(ogc_valley, folder)
    file = folder / "facilities.geojson"
    file.write_text(file.read_text(encoding="utf-8").replace("Clinic", "Ward"), encoding="utf-8")
    with make_client(ogc_data, region=str(folder)) as client:
        for path in (
            ITEMS,
            f"{ITEMS}?f=csv",
            f"{ITEMS}/clinic-3",
            "/ogc/collections/facilities",
            "/v1/facilities",
        ):
            old = ogc.get(path)
            new = client.get(path, headers={"if-none-match": old.headers["etag"]})
            assert new.status_code == 200, path
            assert new.headers["etag"] != old.headers["etag"]
            if path != "/ogc/collections/facilities":
                assert "Clinic" in old.text
                assert "Clinic" not in new.text
        tiles = "/v1/tiles/region/tilejson.json"
        assert client.get(tiles).json()["tiles"] != ogc.get(tiles).json()["tiles"]
