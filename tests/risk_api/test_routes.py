"""What the service answers, on a real small region with real runs."""

import csv
import io
import json
import time

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box, shape

from geodata.crs import from_lonlat

LAYERS = ("districts", "gorges", "rivers", "dams", "lakes", "events", "facilities")


def exposure(client, **query):
    answer = client.get("/v1/exposure", params={"scenario": "burst", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_geojson_with_names_in_the_language_asked(client, layer):
    for language in ("kk", "ru", "en"):
        answer = client.get(f"/v1/{layer}", params={"lang": language})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.headers["content-language"] == language
        document = answer.json()
        assert document["type"] == "FeatureCollection"
        assert "crs" not in document
        for feature in document["features"]:
            properties = feature["properties"]
            assert properties["name"] == properties[f"name_{language}"]
            single = client.get(f"/v1/{layer}/{feature['id']}", params={"lang": language}).json()
            assert single["geometry"] == feature["geometry"]
            # One dam tells more than the layer does: how much its bowl holds.
            assert {key: single["properties"][key] for key in properties} == properties


def test_polygons_follow_the_right_hand_rule(client):
    for layer in ("districts", "gorges"):
        for feature in client.get(f"/v1/{layer}").json()["features"]:
            assert shape(feature["geometry"]).exterior.is_ccw


def test_populations_are_shown_side_by_side_and_not_scaled(client):
    population = client.get("/v1/districts").json()["population"]
    assert population["districts_sum"] == 1500.0
    assert population["lower_bounds"] == ["mouth"]


def test_a_dam_carries_its_dated_states_and_figures(client):
    dam = client.get("/v1/dams/bar").json()["properties"]
    assert dam["states"][0]["kind"] == "in service"
    assert dam["states"][0]["since"] == "2010-01-01"
    assert dam["height_m"]["value"] == 25.0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    west=st.floats(76.84, 76.88),
    south=st.floats(43.10, 43.16),
    width=st.floats(1e-4, 0.03),
    height=st.floats(1e-4, 0.03),
)
def test_bbox_keeps_exactly_what_touches_it(client, west, south, width, height):
    bbox = (west, south, west + width, south + height)
    whole = client.get("/v1/districts").json()["features"]
    kept = client.get("/v1/districts", params={"bbox": ",".join(map(repr, bbox))}).json()["features"]
    expected = [f["id"] for f in whole if shape(f["geometry"]).intersects(box(*bbox))]
    assert [feature["id"] for feature in kept] == expected


def test_limit_and_offset_page_without_loss(client):
    whole = [feature["id"] for feature in client.get("/v1/districts").json()["features"]]
    pages = [
        client.get("/v1/districts", params={"limit": 1, "offset": offset}).json()
        for offset in range(len(whole) + 1)
    ]
    assert [feature["id"] for page in pages for feature in page["features"]] == whole
    assert {page["numberMatched"] for page in pages} == {len(whole)}


@pytest.mark.parametrize("format", ["csv", "gpkg", "fgb", "parquet"])
def test_formats(client, format):
    for path in ("/v1/districts", "/v1/exposure?scenario=burst"):
        answer = client.get(path, params={"f": format})
        assert answer.status_code == 200
        assert f".{format}" in answer.headers["content-disposition"]
        assert len(answer.content) > 100


def test_accept_header_chooses_csv(client):
    answer = client.get("/v1/districts", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")


def test_scenarios_and_strategies_say_what_can_be_asked(client):
    document = client.get("/v1/scenarios").json()
    assert document["default"] == "burst"
    by_id = {feature["id"]: feature for feature in document["features"]}
    assert set(by_id) == {"burst", "burst-2005"}
    assert by_id["burst"]["geometry"]["type"] == "Point"
    assert by_id["burst"]["properties"]["mudflow_m3"]["low"] == 10_000
    assert by_id["burst"]["properties"]["duration_s"] == pytest.approx(2 * 30_000 / 120)
    assert "then" not in by_id["burst"]["properties"]["strategies"]
    assert "then" in by_id["burst-2005"]["properties"]["strategies"]
    assert by_id["burst"]["properties"]["strategies_made"] == ["no-dams", "bar", "same"]
    strategies = client.get("/v1/strategies", params={"lang": "ru"}).json()["strategies"]
    assert strategies[1]["dams"] == [
        {"id": "bar", "name": "Плотина", "state": "in service", "state_text": "действует",
         "since": "2010-01-01", "source": "made up", "said_on": None, "confidence": "", "figures": {}}
    ]  # fmt: skip
    assert client.get("/v1/scenarios/burst").json()["id"] == "burst"
    assert client.get("/v1/strategies/bar").json()["name_en"] == "With the bar"


def test_exposure_has_every_district_and_sums_to_no_more_than_its_people(client):
    document = exposure(client)
    assert [feature["id"] for feature in document["features"]] == ["mouth", "ridge"]
    for feature in document["features"]:
        properties = feature["properties"]
        assert properties["lineage"]["run_ids"].keys() == properties["strategies"].keys()
        for counts in properties["strategies"].values():
            assert sum(counts["people_by_class"].values()) == pytest.approx(counts["people_exposed"], abs=0.2)
            assert 0 <= counts["people_affected"] <= counts["people_exposed"] <= properties["population"]
            assert counts["cause"]["text"]
            assert client.get(f"/v1/runs/{counts['run_id']}").status_code == 200
    mouth, ridge = (feature["properties"]["strategies"] for feature in document["features"])
    assert mouth["no-dams"]["people_exposed"] > 0
    assert mouth["no-dams"]["first_arrival_s"] > 0
    assert ridge["no-dams"]["people_exposed"] == 0
    assert ridge["no-dams"]["first_arrival_s"] is None


def test_differences_are_b_minus_a_and_never_clipped(client):
    forward = exposure(client, strategies="no-dams,bar")["features"][0]["properties"]
    backward = exposure(client, strategies="bar,no-dams")["features"][0]["properties"]
    there, back = forward["differences"]["no-dams..bar"], backward["differences"]["bar..no-dams"]
    counts = forward["strategies"]
    for key in ("people_exposed", "people_affected", "buildings_exposed", "area_m2"):
        assert there[key] == round(counts["bar"][key] - counts["no-dams"][key], 1)
        assert back[key] == -there[key]
    assert there["people_exposed"] < 0
    assert there["reached"] == "lost"
    assert back["reached"] == "gained"
    assert there["first_arrival_s"] is None
    assert set(there["people_by_class"]) == {"strong", "medium", "weak"}


def test_strategies_that_meet_the_same_dams_share_a_run(client):
    properties = exposure(client)["features"][0]["properties"]
    assert properties["strategies"]["bar"]["run_id"] == properties["strategies"]["same"]["run_id"]
    assert properties["differences"]["bar..same"]["cause"]["key"] == "same_run"
    assert properties["differences"]["bar..same"]["people_exposed"] == 0


def test_the_collection_says_how_sure_and_from_what(client):
    document = exposure(client, lang="ru")
    assert document["scenario"]["id"] == "burst"
    assert document["scheme"]["id"] == "buwal"
    assert document["terrain_quality"]["statement"] == "Рельеф для проверки."
    assert {item["id"] for item in document["assumptions"]} >= {"voellmy_mu", "manning_n"}
    for item in document["assumptions"]:
        assert item["low"] <= item["value"] <= item["high"]
    assert document["lineage"]["runs"]["bar"]["engine_version"]
    bar = next(entry for entry in document["strategies"] if entry["id"] == "bar")
    (dam,) = bar["dams"]
    assert dam["name"] == "Плотина"
    assert dam["inflow_m3"] == pytest.approx(
        dam["passed_m3"] + dam["overflow_m3"] + dam["stored_m3"], rel=1e-4, abs=1
    )


def test_the_other_scheme_counts_the_same_people_in_other_classes(client):
    buwal = exposure(client)["features"][0]["properties"]["strategies"]["no-dams"]
    arr = exposure(client, scheme="arr")["features"][0]["properties"]["strategies"]["no-dams"]
    assert set(arr["people_by_class"]) == {f"h{number}" for number in range(1, 7)}
    assert arr["people_exposed"] == buwal["people_exposed"]


def test_numbers_are_equal_in_every_language(client):
    def numbers(value):
        if isinstance(value, dict):
            return {key: numbers(member) for key, member in value.items()}
        if isinstance(value, list):
            return [numbers(member) for member in value]
        return None if isinstance(value, str) else value

    kk, ru, en = (exposure(client, lang=language) for language in ("kk", "ru", "en"))
    assert numbers(kk) == numbers(ru) == numbers(en)
    texts = [d["features"][0]["properties"]["strategies"]["no-dams"]["cause"]["text"] for d in (kk, ru, en)]
    assert len(set(texts)) == 3


def test_exposure_csv_has_the_numbers_of_the_geojson(client):
    answer = client.get("/v1/exposure", params={"scenario": "burst", "f": "csv", "strategies": "no-dams,bar"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 * 3
    features = {f["id"]: f["properties"] for f in exposure(client, strategies="no-dams,bar")["features"]}
    for row in rows:
        kind = "strategies" if row["kind"] == "strategy" else "differences"
        counts = features[row["district"]][kind][row["strategy"]]
        assert float(row["people_exposed"]) == counts["people_exposed"]
        assert float(row["people_strong"]) == counts["people_by_class"]["strong"]
        assert row["cause"] == counts["cause"]["text"]


def test_answers_are_validated_by_etag(client):
    for path in ("/v1/exposure?scenario=burst", "/v1/districts", "/v1/glossary", "/?scenario=burst"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_missing_runs_are_accepted_made_and_then_answered(made_store, make_client, tmp_path):
    with make_client(tmp_path / "data") as fresh:
        answer = fresh.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"})
        assert answer.status_code == 202
        location = answer.headers["location"]
        assert answer.headers["retry-after"]
        assert answer.json()["job"]["status"] in ("accepted", "running")
        assert 0 <= answer.json()["progress"] <= 1
        again = fresh.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"})
        assert again.headers["location"] == location  # the same question is the same job
        assert [job["id"] for job in fresh.get("/v1/jobs").json()["jobs"]] == [location.split("/")[-1]]
        deadline = time.monotonic() + 120
        while (job := fresh.get(location).json())["status"] not in ("successful", "failed"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert job["status"] == "successful", job
        assert job["progress"] == 1.0
        assert fresh.get(job["links"][1]["href"]).status_code == 200
        document = fresh.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"}).json()
        assert len(document["features"]) == 2
        ended = fresh.delete(location)
        assert ended.status_code == 409
        assert ended.json()["type"].endswith("job_ended")


def test_a_job_can_be_dismissed_and_leaves_nothing(make_client, tmp_path):
    with make_client(tmp_path / "data") as fresh:
        # The finest cell size there is, so that the run is still going when it is stopped.
        answer = fresh.get("/v1/exposure", params={"scenario": "burst", "cell_size_m": 30})
        stopped = fresh.delete(answer.headers["location"])
        assert stopped.status_code == 200
        assert stopped.json()["status"] == "dismissed"
        assert fresh.get("/v1/runs").json()["runs"] == []
    assert [path.name for path in (tmp_path / "data" / "runs").iterdir()] == []


def test_district_risk_is_small_and_marks_what_is_missing(client):
    answer = client.get("/v1/districts/mouth/risk", params={"lang": "kk"})
    assert answer.status_code == 200
    assert len(answer.content) < 50_000
    document = answer.json()
    assert document["name"] == "Аңғар аузы"
    assert document["earthquake"] is None, "the valley does not say which buildings stand in it"
    assert document["earthquake_note"]
    made, missing = document["mudflow"]["scenarios"]
    assert made["strategies"]["no-dams"]["people_exposed"] > 0
    assert made["strategies"]["no-dams"]["cause"]["text"]
    assert missing["strategies"] == {"no-dams": None, "bar": None, "same": None}
    assert missing["missing"] == ["no-dams", "bar", "same"]


def test_locate_on_the_way_and_beside_it(client):
    run = client.get("/v1/runs").json()["runs"]
    footprints = {entry["id"]: client.get(f"{entry['href']}/footprint").json()["features"] for entry in run}
    wet_run = next(
        counts["run_id"]
        for counts in [exposure(client)["features"][0]["properties"]["strategies"]["no-dams"]]
    )
    point = shape(footprints[wet_run][-1]["geometry"]).representative_point()
    found = client.get("/v1/locate", params={"lon": point.x, "lat": point.y}).json()
    sample = found["scenarios"][0]["strategies"]["no-dams"]
    assert sample["run_id"] == wet_run
    assert sample["reached"]
    assert sample["depth_max_m"] >= 0.1
    assert sample["class"] in ("strong", "medium", "weak")
    assert sample["arrival_s"] >= 0
    assert found["scenarios"][1]["strategies"]["no-dams"] is None
    west, south, east, _ = shape(client.get("/v1/districts/ridge").json()["geometry"]).bounds
    dry = client.get("/v1/locate", params={"lon": (west + east) / 2, "lat": south + 1e-3}).json()
    assert dry["district"]["id"] == "ridge"
    assert not dry["scenarios"][0]["strategies"]["no-dams"]["reached"]
    assert dry["scenarios"][0]["strategies"]["no-dams"]["arrival_s"] is None


def test_a_run_opens_and_its_rasters_are_cogs_read_by_range(client, tmp_path):
    import rasterio

    run_id = exposure(client)["features"][0]["properties"]["strategies"]["no-dams"]["run_id"]
    run = client.get(f"/v1/runs/{run_id}").json()
    assert abs(run["budget"]["relative_error"]) < 1e-6
    href = run["assets"]["depth_max_m"]["href"]
    whole = client.get(href)
    assert whole.headers["content-type"].startswith("image/tiff")
    part = client.get(href, headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert part.content == whole.content[:100]
    assert part.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
    held = client.get(href, headers={"If-None-Match": whole.headers["etag"]})
    assert held.status_code == 304
    beyond = client.get(href, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-type"] == "application/problem+json"
    head = client.head(href)
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(whole.content)
    path = tmp_path / "depth.tif"
    path.write_bytes(whole.content)
    with rasterio.open(path) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
        assert raster.crs.to_epsg() == 32643


def test_the_footprint_has_the_area_of_the_raster_and_no_overlaps(client):
    run_id = exposure(client)["features"][0]["properties"]["strategies"]["no-dams"]["run_id"]
    for scheme, tolerance_m, close in (("buwal", 0, 0.01), ("arr", 0, 0.01), ("buwal", 60, 0.35)):
        query = {"scheme": scheme, "tolerance_m": tolerance_m}
        document = client.get(f"/v1/runs/{run_id}/footprint", params=query).json()
        polygons = [shape(feature["geometry"]) for feature in document["features"]]
        assert all(polygon.is_valid for polygon in polygons)
        for feature, polygon in zip(document["features"], polygons, strict=True):
            x, y = from_lonlat(*shapely.get_coordinates(polygon).T, "EPSG:32643")
            moved = shapely.set_coordinates(shapely.from_wkb(polygon.wkb), np.column_stack([x, y]))
            assert moved.area == pytest.approx(feature["properties"]["area_m2"], rel=close)
        for index, polygon in enumerate(polygons):
            for other in polygons[index + 1 :]:
                assert polygon.intersection(other).area < 1e-3 * polygon.area


def test_run_districts_are_those_of_the_answer(client):
    counts = exposure(client)["features"][0]["properties"]["strategies"]["no-dams"]
    rows = client.get(f"/v1/runs/{counts['run_id']}/districts").json()["districts"]
    classes = rows[0]["schemes"]["buwal"]
    # The answer shows one digit after the point, the run all that it has.
    exact = sum(entry["people"] for entry in classes.values())
    assert exact == pytest.approx(counts["people_exposed"], abs=0.05)


def test_health_metrics_glossary_and_documents(client):
    assert client.get("/health/live").json() == {"status": "alive"}
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["region"]["id"] == "valley"
    assert ready["default_comparison"] == {"status": "made", "runs_made": 2, "runs": 2, "progress": 1.0}
    assert ready["all_scenarios"]["status"] == "not made"
    metrics = client.get("/metrics")
    # Other tests of this service may have had more runs made.
    kept = client.get("/v1/runs").json()["numberMatched"]
    assert kept >= 2
    assert f"selrisk_runs {kept}.0" in metrics.text
    assert 'route="/v1/districts/{feature_id}"' in metrics.text
    terms = client.get("/v1/glossary", params={"lang": "ru"}).json()["terms"]
    assert {"exposed", "affected"} <= {term["id"] for term in terms}
    assert client.get("/v1/problems/unknown_scenario").json()["status"] == 400


def test_the_documentation_loads_nothing_from_elsewhere(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    for path in ("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/static/docs.js"):
        assert client.get(path).status_code == 200
    document = client.get("/openapi.json").json()
    assert "/v1/exposure" in document["paths"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "422" not in operation["responses"], (path, method)
    json.dumps(document)


def test_headers_of_every_answer(client):
    answer = client.get(
        "/v1/districts", headers={"X-Request-Id": "abc-1", "Origin": "https://elsewhere.example"}
    )
    assert answer.headers["x-request-id"] == "abc-1"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Location" in answer.headers["access-control-expose-headers"]
    invented = client.get("/health/live", headers={"X-Request-Id": "bad id\twith spaces"})
    assert invented.headers["x-request-id"] != "bad id\twith spaces"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_answer_says_that_it_is_final(client, language):
    answer = client.get("/v1/exposure", params={"scenario": "burst", "lang": language}).json()
    assert answer["quality"]["id"] == "final"
    assert answer["quality"]["order"] == 2
    assert answer["features"][0]["properties"]["lineage"]["quality"] == "final"


def test_a_preview_is_another_set_of_runs_and_says_what_it_is(make_client, tmp_path, valley):
    from geodata import open_region
    from risk_api.runs import PREVIEW, RunStore, plan
    from risk_api.runs.make import make_run

    region, store = open_region(valley), RunStore(tmp_path / "data" / "runs")
    query = {"scenario": "burst", "strategies": "no-dams", "quality": "preview", "lang": "en"}
    with make_client(tmp_path / "data") as client:
        spec = plan(region, "burst", "no-dams", quality=PREVIEW)
        make_run(region, spec, store)
        answer = client.get("/v1/exposure", params=query)
        assert answer.status_code == 200
        document = answer.json()
        assert document["quality"]["id"] == "preview"
        assert document["quality"]["order"] == 1
        assert document["quality"]["cell_size_m"] == 120.0
        assert "shallower" in document["quality"]["text"]
        assert document["features"][0]["properties"]["lineage"]["run_ids"] == {"no-dams": spec.id}
        refused = client.get("/v1/exposure", params={**query, "quality": "best"})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["allowed"] == ["preview", "final"]
