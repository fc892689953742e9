"""OGC API Processes Part 1 1.0 (18-062r2): a test per requirement, its URI in the id."""

import base64
import json
import time
from urllib.parse import quote

import psutil
import pytest
from openapi_schema_validator import OAS30Validator

SPEC = "http://www.opengis.net/spec/ogcapi-processes-1/1.0"
ERRORS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
IDS = ["compare", "simulate", "size-dam", "quake"]
MADE = {"scenario": "burst", "strategies": ["no-dams", "bar"]}


def requirement(*names):
    """Put the URIs of requirements into the id of a test."""
    return pytest.mark.parametrize("requirement_uri", [f"{SPEC}/req/{name}" for name in names])


def together(*names):
    """Put several URIs into the id of one test, where making it anew for each would take long."""
    uri = f"{SPEC}/req/{' + '.join(names)}"
    return pytest.mark.parametrize("requirement_uri", [uri], ids=[uri])


@pytest.fixture(scope="module")
def fresh(make_client, valley, tmp_path_factory):
    """Give a client of a service that has no run yet."""
    with make_client(tmp_path_factory.mktemp("processes")) as client:
        yield client


def execute(client, process, inputs, prefer=None, **members):
    headers = {"prefer": prefer} if prefer else {}
    lang = members.pop("lang", None)
    return client.post(
        f"/ogc/processes/{process}/execution",
        json={"inputs": inputs, **members},
        headers=headers,
        params={"lang": lang} if lang else None,
    )


def ended(client, location, within_s=600.0):
    deadline = time.monotonic() + within_s
    while (status := client.get(location).json())["status"] in ("accepted", "running"):
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    return status


def dam(**more):
    from tests.risk_api.test_simulations import axis

    return {"axis": axis(), "height_m": 12.0, **more}


@pytest.fixture(scope="module")
def finished(fresh):
    """Give the answer to an asynchronous comparison and its status once it has ended."""
    began = execute(fresh, "compare", {**MADE, "quality": "preview"}, "respond-async")
    assert began.status_code == 201, began.text
    return began, ended(fresh, began.headers["location"])


@requirement("core/landingpage-op", "core/landingpage-success")
def test_landing_leads_to_processes_and_jobs(get, ogc, one_link, requirement_uri):
    document = get()
    for rel in (f"{REL}/processes", f"{REL}/job-list", "service-desc", "conformance"):
        assert ogc.get(one_link(document, rel)["href"]).status_code == 200


@requirement("core/conformance-op", "core/conformance-success")
def test_conformance_names_the_classes(get, requirement_uri):
    classes = get("/conformance")["conformsTo"]
    for name in ("core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss"):
        assert f"{SPEC}/conf/{name}" in classes
    assert f"{SPEC}/conf/callback" not in classes


@requirement("core/api-definition-op", "core/api-definition-success", "oas30/oas-definition-1",
             "oas30/oas-impl", "oas30/completeness")  # fmt: skip
def test_the_api_document_has_every_path_of_processes(get, requirement_uri):
    paths = get("/api")["paths"]
    for process in IDS:
        assert "get" in paths[f"/processes/{process}"]
        operation = paths[f"/processes/{process}/execution"]["post"]
        assert {"200", "201", "400", "404", "500"} <= set(operation["responses"])
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert (
            body["properties"]["inputs"]["properties"].keys() == get(f"/processes/{process}")["inputs"].keys()
        )
        assert "422" not in operation["responses"]
    for path in ("/processes", "/jobs", "/jobs/{jobId}", "/jobs/{jobId}/results"):
        assert "get" in paths[path]
    assert "delete" in paths["/jobs/{jobId}"]


@requirement("core/process-list", "core/process-list-success", "core/pl-limit-definition",
             "core/pl-limit-response", "core/pl-links")  # fmt: skip
def test_the_process_list_is_paged(get, ogc, one_link, requirement_uri):
    whole = get("/processes")
    assert [process["id"] for process in whole["processes"]] == IDS
    for process in whole["processes"]:
        assert process["version"]
        assert process["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
        assert ogc.get(one_link(process, "self")["href"]).json()["id"] == process["id"]
    assert one_link(whole, "self")["type"] == "application/json"
    assert one_link(whole, "alternate")["type"] == "text/html"
    first = get("/processes", limit="1")
    assert [process["id"] for process in first["processes"]] == IDS[:1]
    second = ogc.get(one_link(first, "next")["href"]).json()
    assert [process["id"] for process in second["processes"]] == IDS[1:2]
    assert ogc.get(one_link(second, "prev")["href"]).json()["processes"] == first["processes"]
    assert get("/processes", limit="0", status=400)["errors"][0]["field"] == "limit"


@requirement("core/process", "core/process-success", "ogc-process-description/json-encoding",
             "ogc-process-description/inputs-def", "ogc-process-description/input-def",
             "ogc-process-description/outputs-def", "ogc-process-description/output-def",
             "ogc-process-description/output-mixed-type")  # fmt: skip
@pytest.mark.parametrize("process", IDS)
def test_a_description_has_inputs_and_outputs_with_schemas(get, one_link, process, requirement_uri):
    document = get(f"/processes/{process}")
    assert document["id"] == process
    assert document["inputs"]
    for described in document["inputs"].values():
        assert described["title"]
        assert described["description"]
        assert described["minOccurs"] in (0, 1)
        OAS30Validator.check_schema(described["schema"])
        assert "$ref" not in json.dumps(described)
        assert "null" not in json.dumps(described["schema"].get("type"))
    for described in document["outputs"].values():
        OAS30Validator.check_schema(described["schema"])
        for kind in described["schema"].get("oneOf", [described["schema"]]):
            assert kind["contentMediaType"]
    assert one_link(document, f"{REL}/execute")["href"].endswith(f"/processes/{process}/execution")


def test_a_description_names_what_this_region_has(get):
    inputs = get("/processes/size-dam")["inputs"]
    assert inputs["dam"]["schema"]["enum"] == ["bar"]
    assert inputs["scenario"]["schema"]["enum"] == ["burst", "burst-2005"]
    assert inputs["district"]["schema"]["enum"] == ["mouth", "ridge"]
    assert inputs["affected_below"]["schema"] == {"type": "number", "minimum": 0.0, "exclusiveMinimum": True}
    assert inputs["affected_below"]["minOccurs"] == 1
    several = get("/processes/compare")["inputs"]["strategies"]
    assert several["schema"]["type"] == "string"
    assert (several["minOccurs"], several["maxOccurs"]) == (0, 20)
    assert several["schema"] == {"type": "string"}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_description_speaks_three_languages(get, language):
    document = get("/processes/compare", lang=language)
    other = get("/processes/compare", lang="en" if language != "en" else "ru")
    assert document["inputs"]["scenario"]["title"] != other["inputs"]["scenario"]["title"]
    assert document["inputs"].keys() == other["inputs"].keys()


@requirement("core/process-exception-no-such-process")
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_process_is_named_as_the_standard_does(ogc, method, requirement_uri):
    path = "/ogc/processes/none" if method == "get" else "/ogc/processes/none/execution"
    answer = getattr(ogc, method)(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"{ERRORS}/no-such-process"
    assert answer.json()["errors"][0]["allowed"] == IDS


@requirement("core/job-creation-op", "core/job-creation-request", "core/job-creation-inputs",
             "core/job-creation-default-execution-mode", "core/job-creation-default-outputs",
             "core/job-creation-sync-raw-value-one")  # fmt: skip
def test_without_a_preference_the_raw_result_is_awaited(ogc, requirement_uri):
    answer = execute(ogc, "compare", MADE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    same = ogc.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"})
    assert answer.json() == same.json()
    assert 'rel="monitor"' in answer.headers["link"]


@requirement("core/job-creation-auto-execution-mode", "core/job-creation-success-async", "core/job-op",
             "core/job-success", "json/definition")  # fmt: skip
def test_respond_async_begins_a_job_whose_status_is_told(fresh, finished, requirement_uri):
    began, status = finished
    document = began.json()
    assert began.headers["location"].endswith(f"/ogc/jobs/{document['jobID']}")
    assert began.headers["preference-applied"] == "respond-async"
    assert document["status"] in ("accepted", "running")
    assert (document["type"], document["processID"]) == ("process", "compare")
    assert status["status"] == "successful", status
    assert status["progress"] == 100
    assert status["created"] <= status["started"] <= status["finished"]
    assert fresh.get(began.headers["location"]).headers["content-type"] == "application/json"


@requirement("core/job-results", "core/job-results-async-raw-value-one")
def test_results_of_an_ended_job_are_what_v1_answers(fresh, finished, one_link, requirement_uri):
    _, status = finished
    results = fresh.get(one_link(status, f"{REL}/results")["href"])
    asked = {"scenario": "burst", "strategies": "no-dams,bar", "quality": "preview"}
    assert results.json() == fresh.get("/v1/exposure", params=asked).json()
    assert results.headers["content-type"] == "application/geo+json"


@requirement("core/job-results-exception/results-not-ready")
def test_results_of_a_job_under_way_are_not_ready(fresh, requirement_uri):
    began = execute(fresh, "compare", {"scenario": "burst-2005", "cell_size_m": 30}, "respond-async")
    answer = fresh.get(began.headers["location"] + "/results")
    assert answer.status_code == 404
    assert answer.json()["type"] == f"{ERRORS}/result-not-ready"
    assert answer.headers["retry-after"]
    assert fresh.delete(began.headers["location"]).status_code == 200


@requirement("core/job-exception-no-such-job", "core/job-results-exception/no-such-job")
@pytest.mark.parametrize("below", ["", "/results", "/events"])
def test_an_unknown_job_is_named_as_the_standard_does(ogc, below, requirement_uri):
    answer = ogc.get(f"/ogc/jobs/none{below}")
    assert answer.status_code == 404
    assert answer.json()["type"] == f"{ERRORS}/no-such-job"


@requirement("core/job-creation-sync-document")
def test_a_document_holds_the_qualified_value(ogc, requirement_uri):
    answer = execute(ogc, "compare", MADE, response="document")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    value = answer.json()["exposure"]
    assert value["mediaType"] == "application/geo+json"
    assert len(value["value"]["features"]) == 2


@requirement("core/job-creation-sync-document")
@pytest.mark.parametrize(
    ("media_type", "starts"),
    [("text/csv", b"district,"), ("application/geopackage+sqlite3", b"SQLite format 3"),
     ("application/vnd.flatgeobuf", b"fgb"), ("application/vnd.apache.parquet", b"PAR1")],
)  # fmt: skip
def test_other_formats_come_raw_and_in_a_document(ogc, media_type, starts, requirement_uri):
    outputs = {"exposure": {"format": {"mediaType": media_type}}}
    raw = execute(ogc, "compare", MADE, outputs=outputs)
    assert raw.headers["content-type"].startswith(media_type)
    assert raw.content.removeprefix(b"\xef\xbb\xbf").startswith(starts)
    value = execute(ogc, "compare", MADE, outputs=outputs, response="document").json()["exposure"]
    assert value["mediaType"] == media_type
    if media_type != "text/csv":
        assert base64.b64decode(value["value"]).startswith(starts)
    else:
        assert value["value"].encode() == raw.content.removeprefix(b"\xef\xbb\xbf")


@requirement("core/job-creation-sync-raw-ref")
def test_a_reference_leads_to_the_same_answer(ogc, requirement_uri):
    outputs = {"exposure": {"transmissionMode": "reference"}}
    raw = execute(ogc, "compare", MADE, outputs=outputs)
    assert raw.status_code == 204
    href = raw.headers.get_list("link")[0].split(">")[0].lstrip("<")
    assert ogc.get(href).json() == execute(ogc, "compare", MADE).json()
    document = execute(ogc, "compare", MADE, outputs=outputs, response="document").json()
    assert document["exposure"]["href"] == href
    assert document["exposure"]["type"] == "application/geo+json"


@requirement("core/job-creation-input-array")
def test_several_values_are_a_list_even_if_it_is_one(ogc, requirement_uri):
    answer = execute(ogc, "compare", {"scenario": "burst", "strategies": "bar"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "strategies"
    assert execute(ogc, "compare", {"scenario": "burst", "strategies": ["bar"]}).status_code == 200


@together("core/job-creation-input-inline-object", "core/job-creation-input-inline",
          "ogc-process-description/input-mixed-type")  # fmt: skip
def test_an_object_is_taken_qualified_and_as_it_is(fresh, requirement_uri):
    asked = {"scenario": "burst", "strategy": "no-dams", "quality": "preview"}
    qualified = execute(fresh, "simulate", {**asked, "dams": [{"value": dam()}]})
    assert qualified.status_code == 200, qualified.text
    assert qualified.json()["dams"][0]["id"] == "own-dam"
    plain = execute(fresh, "simulate", {**asked, "dams": [dam()]})
    assert plain.json() == qualified.json()
    other = fresh.get(f"/v1/simulations/{qualified.json()['id']}")
    assert other.json() == qualified.json()


@requirement("core/job-creation-input-ref", "core/job-creation-input-inline-ref")
def test_a_reference_that_holds_its_value_is_read_and_nothing_is_fetched(ogc, requirement_uri):
    for written in (
        "data:application/json," + quote('"burst"'),
        "data:application/json;base64," + base64.b64encode(b'"burst"').decode(),
    ):
        answer = execute(ogc, "compare", {**MADE, "scenario": {"href": written}})
        assert answer.json() == execute(ogc, "compare", MADE).json()
    for address in ("http://127.0.0.1:1/x", "file:///etc/passwd", "data:text/plain,burst", 7,
                    "data:application/json,{", "data:application/json;base64,%%%"):  # fmt: skip
        answer = execute(ogc, "compare", {**MADE, "scenario": {"href": address}})
        assert answer.status_code == 400, address


@requirement("core/job-results-failed")
def test_a_failed_job_tells_why_with_a_status_that_fits(make_client, valley, tmp_path, requirement_uri):
    with make_client(tmp_path / "data", max_run_memory_mb=0.1) as small:
        began = execute(small, "compare", {**MADE, "quality": "preview"}, "respond-async", lang="ru")
        status = ended(small, began.headers["location"])
        assert status["status"] == "failed"
        answer = small.get(began.headers["location"] + "/results", params={"lang": "ru"})
        assert answer.status_code == 400
        assert answer.json()["type"] == "/v1/problems/process_failed"
        assert "памят" in answer.json()["detail"]
        assert "памят" in small.get(began.headers["location"], params={"lang": "ru"}).json()["message"]
        again = execute(small, "compare", {**MADE, "quality": "preview"})
        assert again.status_code == 400, again.text


@together("dismiss/job-dismiss-op", "dismiss/job-dismiss-success")
def test_a_dismissed_job_ends_its_process_and_leaves_nothing(make_client, valley, tmp_path, requirement_uri):
    with make_client(tmp_path / "data") as client:
        before = {child.pid for child in psutil.Process().children(recursive=True)}
        began = execute(client, "compare", {"scenario": "burst", "cell_size_m": 30}, "respond-async")
        location = began.headers["location"]
        deadline = time.monotonic() + 300
        while client.get(location).json()["progress"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = [
            child
            for child in psutil.Process().children(recursive=True)
            if child.pid not in before and "spawn_main" in " ".join(child.cmdline())
        ]
        assert workers
        dismissed = client.delete(location)
        assert dismissed.status_code == 200
        assert dismissed.json()["status"] == "dismissed"
        assert psutil.wait_procs(workers, timeout=5.0)[1] == [], "the worker still computes"
        assert client.get(location).json()["status"] == "dismissed"
        assert client.delete(location).json()["status"] == "dismissed"
        assert client.get(location + "/results").status_code == 410
        assert all(job["status"] == "dismissed" for job in client.get("/v1/jobs").json()["jobs"])
        assert list((tmp_path / "data" / "runs").glob(".tmp-*")) == []


@requirement("dismiss/job-dismiss-success")
def test_dismissing_a_job_leaves_the_runs_that_another_waits_for(fresh, finished, requirement_uri):
    asked = {"scenario": "burst-2005", "strategies": ["no-dams"], "quality": "preview"}
    first, second = (execute(fresh, "compare", asked, "respond-async") for _ in range(2))
    assert first.headers["location"] != second.headers["location"]
    assert fresh.delete(first.headers["location"]).json()["status"] == "dismissed"
    assert ended(fresh, second.headers["location"])["status"] == "successful"


@requirement("dismiss/job-dismiss-success")
def test_a_job_that_has_ended_is_forgotten_and_its_runs_stay(ogc, requirement_uri):
    answer = execute(ogc, "compare", MADE)
    monitor = answer.headers.get_list("link")[-1].split(">")[0].lstrip("<")
    assert ogc.get(monitor).json()["status"] == "successful"
    assert ogc.delete(monitor).json()["status"] == "dismissed"
    assert ogc.get(monitor).status_code == 404
    assert ogc.delete(monitor).json()["type"] == f"{ERRORS}/no-such-job"
    assert execute(ogc, "compare", MADE).status_code == 200


@requirement("job-list/job-list-op", "job-list/job-list-success", "job-list/links",
             "job-list/limit-definition", "job-list/limit-response")  # fmt: skip
def test_the_job_list_is_paged(ogc, get, one_link, requirement_uri):
    for _ in range(3):
        execute(ogc, "compare", MADE)
    whole = get("/jobs")
    assert whole["numberMatched"] == len(whole["jobs"]) >= 3
    page = get("/jobs", limit="2")
    assert page["jobs"] == whole["jobs"][:2]
    after = ogc.get(one_link(page, "next")["href"]).json()
    assert after["jobs"] == whole["jobs"][2:4]
    assert ogc.get(one_link(after, "prev")["href"]).json()["jobs"] == page["jobs"]
    assert get("/jobs", limit="100000")["jobs"] == whole["jobs"]
    for job in page["jobs"]:
        assert ogc.get(one_link(job, "self")["href"]).json() == job


@requirement("job-list/type-definition", "job-list/type-response", "job-list/processID-definition",
             "job-list/processID-mandatory", "job-list/processid-response", "job-list/status-definition",
             "job-list/status-response")  # fmt: skip
def test_the_job_list_is_filtered(get, ogc, requirement_uri):
    execute(ogc, "compare", MADE)
    everything = get("/jobs")["jobs"]
    assert all(job["processID"] == "compare" for job in everything)
    assert get("/jobs", type="process")["jobs"] == everything
    assert get("/jobs", type="provider", status=400)["errors"][0]["field"] == "type"
    assert get("/jobs", processID="compare,simulate")["jobs"] == everything
    assert get("/jobs", processID="simulate")["jobs"] == []
    done = ogc.get("/ogc/jobs?status=successful").json()["jobs"]
    assert done == [job for job in everything if job["status"] == "successful"]
    assert ogc.get("/ogc/jobs?status=failed&status=accepted").json()["jobs"] == []
    assert ogc.get("/ogc/jobs?status=done").json()["errors"][0]["field"] == "status"


@requirement("job-list/datetime-definition", "job-list/datetime-response", "job-list/duration-definition",
             "job-list/duration-response")  # fmt: skip
def test_the_job_list_is_filtered_by_time(get, ogc, requirement_uri):
    execute(ogc, "compare", MADE)
    everything = get("/jobs")["jobs"]
    newest, oldest = everything[0]["created"], everything[-1]["created"]
    assert get("/jobs", datetime="2000-01-01T00:00:00Z/..")["jobs"] == everything
    assert get("/jobs", datetime="../2000-01-01T00:00:00Z")["jobs"] == []
    assert oldest <= newest
    assert get("/jobs", maxDuration="3600")["jobs"] == everything
    assert get("/jobs", minDuration="3600")["jobs"] == []
    for wrong in ({"datetime": "yesterday"}, {"minDuration": "-1"}, {"maxDuration": "x"}, {"limit": "0"},
                  {"offset": "-1"}, {"colour": "red"}):  # fmt: skip
        assert get("/jobs", status=400, **wrong)["errors"][0]["field"] == next(iter(wrong))


@requirement("html/definition", "html/content")
@pytest.mark.parametrize("path", ["/processes", "/processes/compare", "/processes/simulate", "/jobs"])
def test_pages_for_people(ogc, path, requirement_uri):
    execute(ogc, "compare", MADE)
    answer = ogc.get(f"/ogc{path}", params={"f": "html", "lang": "kk"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "compare" in answer.text or "quality" in answer.text


def test_a_search_goes_from_run_to_run_by_itself(fresh, finished):
    asked = {"dam": "bar", "scenario": "burst", "affected_below": 1.0, "lowest_m": 8.0, "tallest_m": 12.0,
             "cell_size_m": 90.0, "quality": "preview"}  # fmt: skip
    before = len(fresh.get("/v1/runs").json()["runs"])
    began = execute(fresh, "size-dam", asked, "respond-async")
    assert began.status_code == 201, began.text
    seen = []
    while (status := fresh.get(began.headers["location"]).json())["status"] in ("accepted", "running"):
        seen.append(status["progress"])
        time.sleep(0.1)
    assert status["status"] == "successful", status
    assert seen == sorted(seen)
    results = fresh.get(began.headers["location"] + "/results")
    assert results.json() == fresh.get("/v1/sizing", params=asked).json()
    assert len(fresh.get("/v1/runs").json()["runs"]) >= before + 3


def test_waiting_ends_when_it_was_asked_to(fresh):
    asked = {"scenario": "burst-2005", "cell_size_m": 30}
    began = time.monotonic()
    answer = execute(fresh, "compare", asked, "wait=1")
    assert answer.status_code == 201
    assert time.monotonic() - began < 5.0
    assert answer.headers["preference-applied"] == "wait=1"
    fresh.delete(answer.headers["location"])
    made = execute(fresh, "compare", {**MADE, "quality": "preview"}, "respond-async, wait=60")
    assert made.status_code == 200
    assert made.headers["preference-applied"] == "respond-async, wait=60"


def test_events_tell_the_progress_and_go_on_where_they_broke(fresh, finished):
    began, _ = finished
    address = began.headers["location"] + "/events"
    told = fresh.get(address).text
    assert told.splitlines()[0].startswith("retry:")
    assert "event: end" in told
    assert json.loads(told.split("data: ")[1].splitlines()[0])["status"] == "successful"
    assert "id: end-8" in fresh.get(address, headers={"last-event-id": "progress-7"}).text
    assert fresh.get(address, headers={"last-event-id": "end-8"}).status_code == 204


@pytest.fixture(scope="module")
def almaty_client(tmp_path_factory):
    """Give a client on the embedded region, which says what stands in it."""
    from starlette.testclient import TestClient

    from risk_api.app import create_app
    from risk_api.settings import Settings

    data = tmp_path_factory.mktemp("almaty")
    settings = Settings(data_dir=data, precompute=False, warm=False, workers=1)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def test_an_earthquake_is_a_process(almaty_client):
    answer = execute(almaty_client, "quake", {"scenario": "verny-1887"})
    assert answer.status_code == 200, answer.text
    same = almaty_client.get("/v1/seismic/exposure", params={"scenario": "verny-1887"})
    assert answer.json() == same.json()
    reference = {"outputs": {"damage": {"transmissionMode": "reference"}}}
    link = execute(almaty_client, "quake", {"scenario": "verny-1887"}, **reference).headers.get_list("link")[
        0
    ]
    assert almaty_client.get(link.split(">")[0].lstrip("<")).json() == same.json()
    point = {"lon": 76.9, "lat": 43.1, "depth_km": 12.0, "magnitude": 6.1}
    own = execute(almaty_client, "quake", {"rupture_of_point": {"value": point}}, "respond-async")
    results = almaty_client.get(own.headers["location"] + "/results")
    body = {"rupture_of_point": point}
    assert results.json() == almaty_client.post("/v1/seismic/exposure", json=body).json()


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({}, "scenario"),
        ({"scenario": "none"}, "scenario"),
        ({"scenario": "verny-1887", "figures": {"magnitude": 99.0}}, "magnitude"),
        ({"rupture_of_point": {"lon": 76.9, "lat": 43.1, "depth_km": 12.0}}, "rupture_of_point.magnitude"),
        ({"rupture_of_trace": {"trace": [[76.9]], "magnitude": 7, "dip_deg": 60}}, "rupture_of_trace"),
    ],
)
def test_an_earthquake_that_cannot_be_is_refused(almaty_client, inputs, field):
    answer = execute(almaty_client, "quake", inputs, lang="kk")
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["errors"][0]["field"]


def test_a_rupture_of_ones_own_has_no_other_address(almaty_client):
    point = {"lon": 76.9, "lat": 43.1, "depth_km": 12.0, "magnitude": 6.1}
    outputs = {"damage": {"transmissionMode": "reference"}}
    answer = execute(almaty_client, "quake", {"rupture_of_point": point}, outputs=outputs)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "outputs.damage.transmissionMode"


@requirement("core/job-creation-input-validation")
@pytest.mark.parametrize(
    ("process", "inputs", "field"),
    [
        ("compare", {"scenario": "none"}, "scenario"),
        ("compare", {"scenario": 7}, "scenario"),
        ("compare", {"scenario": None}, "scenario"),
        ("compare", {"cell_size_m": 10**400}, "cell_size_m"),
        ("compare", {"cell_size_m": True}, "cell_size_m"),
        ("compare", {"scenario": "burst" * 100}, "scenario"),
        ("compare", {"colour": "red"}, "colour"),
        ("compare", {"strategies": []}, "strategies"),
        ("compare", {"strategies": ["bar", "bar"]}, "strategies"),
        ("compare", {"strategies": ["none"]}, "strategies"),
        ("compare", {"strategies": [7]}, "strategies[0]"),
        ("compare", {"as_of": "soon"}, "as_of"),
        ("compare", {"scheme": "none"}, "scheme"),
        ("compare", {"cell_size_m": 17}, "cell_size_m"),
        ("compare", {"cell_size_m": "30"}, "cell_size_m"),
        ("compare", {"quality": "best"}, "quality"),
        ("compare", {"scenario": {"value": "burst", "mediaType": "text/plain"}}, "scenario.mediaType"),
        ("compare", {"scenario": {"value": "YnVyc3Q=", "encoding": "base64"}}, "scenario"),
        ("simulate", {"scenario": "burst", "dams": [{"height_m": 12}]}, "dams[0].axis"),
        ("simulate", {"scenario": "burst", "dams": [{"value": {"height_m": -1}}]}, "dams[0].axis"),
        ("simulate", {"scenario": "burst"}, "dams"),
        ("simulate", {"scenario": "burst", "changes": {"none": {"height_m": 3}}}, "changes.none"),
        ("simulate", {"scenario": "burst", "changes": {"bar": {"height_m": 9}}, "scheme": "x"}, "scheme"),
        ("size-dam", {"scenario": "burst", "affected_below": 1}, "dam"),
        ("size-dam", {"scenario": "burst", "dam": "bar", "affected_below": 0}, "affected_below"),
        ("size-dam", {"scenario": "burst", "dam": "none", "affected_below": 1}, "dam"),
        ("size-dam", {"scenario": "burst", "dam": "bar", "affected_below": 1, "lowest_m": 9, "tallest_m": 3},
         "tallest_m"),
        ("size-dam", {"scenario": "burst", "dam": "bar", "affected_below": 1, "district": "x"}, "district"),
    ],
)  # fmt: skip
def test_a_bad_input_is_named(ogc, process, inputs, field, requirement_uri):
    for language, unlike in (("en", "ru"), ("ru", "kk"), ("kk", "en")):
        answer = execute(ogc, process, inputs, lang=language)
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in [entry["field"] for entry in answer.json()["errors"]], answer.text
        assert answer.json()["title"] != execute(ogc, process, inputs, lang=unlike).json()["title"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "field"),
    [
        (b"{", "application/json", 400, "body"),
        (b"", "application/json", 400, "body"),
        (b"[]", "application/json", 400, "body"),
        (b"\xff\xfe{", "application/json", 400, "body"),
        (b'{"inputs": {"cell_size_m": NaN}}', "application/json", 400, "body"),
        (b"[" * 100_000, "application/json", 400, "body"),
        (b"{}", "text/plain", 415, "Content-Type"),
        (b'{"inputs": 7}', "application/json", 400, "inputs"),
        (b'{"mode": "async"}', "application/json", 400, "mode"),
        (b'{"subscriber": {}}', "application/json", 400, "subscriber"),
        (b'{"response": "x"}', "application/json", 400, "response"),
        (b'{"response": []}', "application/json", 400, "response"),
        (b'{"outputs": {"x": {}}}', "application/json", 400, "outputs.x"),
        (b'{"outputs": {"exposure": 7}}', "application/json", 400, "outputs.exposure"),
        (b'{"outputs": {"exposure": {"transmissionMode": "x"}}}', "application/json", 400,
         "outputs.exposure.transmissionMode"),
        (b'{"outputs": {"exposure": {"format": {"mediaType": "image/png"}}}}', "application/json", 400,
         "outputs.exposure.format.mediaType"),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_and_begins_nothing(ogc, get, body, content_type, status, field):
    before = get("/jobs")["numberMatched"]
    answer = ogc.post(
        "/ogc/processes/compare/execution", content=body, headers={"content-type": content_type}
    )
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert get("/jobs")["numberMatched"] == before


def test_an_execution_that_a_restart_interrupts_goes_on(make_client, valley, tmp_path):
    asked = {"scenario": "burst", "strategies": ["no-dams"], "quality": "preview"}
    with make_client(tmp_path / "data") as client:
        began = execute(client, "compare", asked, "respond-async")
        assert began.json()["status"] in ("accepted", "running")
    with make_client(tmp_path / "data") as client:
        status = ended(client, began.headers["location"])
        assert status["status"] == "successful"
        assert status["created"] == began.json()["created"]
        kept = client.get(began.headers["location"] + "/results").json()
    with make_client(tmp_path / "data") as client:
        assert client.get(began.headers["location"]).json()["status"] == "successful"
        assert client.get(began.headers["location"] + "/results").json() == kept


def test_no_more_executions_are_taken_than_may_wait(make_client, valley, tmp_path):
    with make_client(tmp_path / "data", max_queued_runs=1) as client:
        asked = {"scenario": "burst", "strategies": ["no-dams"], "cell_size_m": 30}
        first = execute(client, "compare", asked, "respond-async")
        assert first.status_code == 201
        second = execute(client, "compare", asked, "respond-async")
        assert second.status_code == 503
        assert second.headers["retry-after"]
        client.delete(first.headers["location"])
