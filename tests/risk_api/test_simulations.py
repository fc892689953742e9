"""What if there were a dam here, over HTTP: from the refusal to the drawing, on a small valley."""

import asyncio
import json
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from geodata.crs import to_lonlat
from risk_api.errors import UnknownJob
from risk_api.job_events import job_events
from risk_api.what_if.body import EXAMPLES

SVG = "{http://www.w3.org/2000/svg}"
#: Where the river of the small valley runs, and its northern edge, m.
MIDDLE, NORTH = 651_200.0, 4_780_000.0


def lonlat(x, y):
    lon, lat = to_lonlat(x, y, "EPSG:32643")
    return float(lon), float(lat)


def axis(below_north_m=3700.0, half_m=200.0, middle=MIDDLE):
    return [list(lonlat(middle + side * half_m, NORTH - below_north_m)) for side in (-1.0, 1.0)]


def siphon(priming_m, breaking_m, **more):
    levels = {"priming_above_bed_m": priming_m, "breaking_above_bed_m": breaking_m}
    return {"area_m2": 1.0, "siphon": levels, **more}


def asked(**more):
    dam = {"axis": axis(), "height_m": 12.0, **more.pop("dam", {})}
    return {"scenario": "burst", "strategy": "no-dams", "dams": [dam], "quality": "preview", **more}


@pytest.fixture(scope="module")
def service(valley, make_client, tmp_path_factory):
    """Give a data folder, a client on it, and the id of a finished simulation with a weir and an opening."""
    data = tmp_path_factory.mktemp("what-if")
    weir = {"weir": {"width_m": 20.0, "below_crest_m": 2.0}, "openings": [{"area_m2": 0.5}], "id": "mine"}
    with make_client(data) as client:
        accepted = client.post("/v1/simulations", json=asked(dam=weir))
        assert accepted.status_code == 202, accepted.text
        with client.stream("GET", accepted.headers["location"] + "/events") as stream:
            told = "".join(stream.iter_text())
        yield data, client, accepted, told


def simulation_id(service):
    return service[2].json()["job"]["simulation"]


def test_asking_gives_a_job_and_its_end_leads_to_the_answer(service):
    _, client, accepted, _ = service
    body = accepted.json()
    assert accepted.headers["location"] == f"/v1/jobs/{body['job']['id']}"
    assert len(body["job"]["run_ids"]) == 2
    job = client.get(accepted.headers["location"]).json()
    assert job["status"] == "successful", job
    results = [link["href"] for link in job["links"] if link["rel"] == "results"]
    assert results[0] == f"/v1/simulations/{simulation_id(service)}"
    assert client.get(results[0]).status_code == 200


def test_events_tell_the_progress_and_end_once(service):
    _, client, accepted, told = service
    events = [block.splitlines() for block in told.strip().split("\n\n")]
    assert events[0] == ["retry: 2000"]
    kinds = [lines[0].removeprefix("event: ") for lines in events[1:] if not lines[0].startswith(":")]
    assert kinds[-1] == "end"
    assert set(kinds[:-1]) == {"progress"}
    shares = [json.loads(lines[2].removeprefix("data: "))["progress"] for lines in events[1:]]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    path = accepted.headers["location"] + "/events"
    assert client.get(path, headers={"Last-Event-ID": "end-9"}).status_code == 204
    again = client.get(path)
    assert again.headers["content-type"].startswith("text/event-stream")
    assert again.text.count("event: end") == 1
    assert client.get("/v1/jobs/none/events").status_code == 404


def test_events_of_a_quiet_job_give_signs_of_life_and_end_with_a_forgotten_one(service):
    _, client, accepted, _ = service
    job = client.app_state["service"].jobs.get(accepted.json()["job"]["id"])
    running = replace(job, status="running", progress=0.5)
    looks = iter([running] * 8)

    def look():
        try:
            return next(looks)
        except StopIteration:
            raise UnknownJob("gone") from None

    async def collect():
        stream = job_events(look, lambda one: {"progress": one.progress}, poll_s=0.01, sign_of_life_s=0.03)
        return [part async for part in stream]

    parts = asyncio.run(collect())
    assert sum(part.startswith(b"event: progress") for part in parts) == 1
    assert sum(part.startswith(b": ") for part in parts) >= 1
    assert not any(b"event: end" in part for part in parts)


def test_events_stop_with_the_service_and_do_not_say_that_the_job_has_ended(service):
    _, client, accepted, _ = service
    running = replace(client.app_state["service"].jobs.get(accepted.json()["job"]["id"]), status="running")
    asks = iter([False, False, True])

    async def collect():
        stream = job_events(lambda: running, lambda one: {}, lambda: next(asks), poll_s=0.01)
        return [part async for part in stream]

    parts = asyncio.run(collect())
    assert parts[-1].startswith(b"event: progress")


def test_the_answer_holds_what_was_asked_for(service):
    _, client, _, _ = service
    answer = client.get(f"/v1/simulations/{simulation_id(service)}", headers={"accept-language": "ru"})
    document = answer.json()
    assert document["type"] == "FeatureCollection"
    assert [feature["id"] for feature in document["features"]] == ["mouth", "ridge"]
    for feature in document["features"]:
        both, between = feature["properties"]["strategies"], feature["properties"]["differences"]
        for key in ("people_exposed", "area_m2"):
            change = both["with"][key] - both["without"][key]
            assert between["without..with"][key] == pytest.approx(change, abs=0.11)
    mouth = document["features"][0]["properties"]["strategies"]
    assert mouth["with"]["area_m2"] < mouth["without"]["area_m2"]
    (dam,) = document["dams"]
    assert (dam["id"], dam["own"], dam["state"]) == ("mine", True, "in service")
    assert dam["axis"]["coordinates"] == pytest.approx([pytest.approx(point, abs=1e-6) for point in axis()])
    assert dam["height_m"] == pytest.approx(12.0, abs=0.01), "what was asked for"
    assert dam["spill_elevation_m"] == pytest.approx(dam["crest_elevation_m"] - 2.0)
    levels, volumes = dam["storage"]["level_m"], dam["storage"]["volume_m3"]
    assert levels == sorted(levels)
    assert volumes == sorted(volumes)
    assert volumes[0] == 0
    record = dam["record"]
    held = record["stored_m3"] + record["passed_m3"] + record["overflow_m3"]
    assert held == pytest.approx(record["inflow_m3"], abs=1.0)
    assert record["inflow_m3"] > 10_000.0
    series = [level for level in record["series"]["level_m"] if level is not None]
    assert dam["highest_level_m"] >= max(series) - 0.01
    assert dam["highest_level_m"] == pytest.approx(max(series), abs=0.5)
    assert document["strategy"] == [{"id": "no-dams", "name": "Без плотин"}]
    assert "орientiro" not in json.dumps(document["notes"])
    assert {"terrain_quality", "assumptions", "lineage", "population", "credits"} <= document.keys()
    used = {item["id"] for item in document["assumptions"] if item["used"]}
    assert "dam.mine.discharge_coefficient" in used
    assert set(document["lineage"]["runs"]) == {"without", "with"}
    states = {
        entry["id"]: {one["dam"]: one["kind"] for one in entry["states"]} for entry in document["strategies"]
    }
    assert states == {"without": {"bar": "absent"}, "with": {"mine": "in service", "bar": "absent"}}
    assert answer.headers["content-language"] == "ru"
    etag = {"if-none-match": answer.headers["etag"], "accept-language": "ru"}
    assert client.get(answer.url.path, headers=etag).status_code == 304


@pytest.mark.parametrize(("language", "words"), [("en", "Crest"), ("ru", "Гребень"), ("kk", "Қырқа")])
def test_the_drawing_is_svg_with_axes_units_and_three_lines(service, language, words):
    _, client, _, _ = service
    path = f"/v1/simulations/{simulation_id(service)}/storage-curve.svg"
    answer = client.get(path, params={"lang": language})
    assert answer.headers["content-type"].startswith("image/svg+xml")
    drawing = ET.fromstring(answer.content)
    texts = [element.text for element in drawing.iter(f"{SVG}text")]
    assert any(text.startswith(words) for text in texts)
    assert sum(" м" in text or " m" in text for text in texts) >= 4
    dam = client.get(f"/v1/simulations/{simulation_id(service)}").json()["dams"][0]
    (curve,) = drawing.iter(f"{SVG}polyline")
    assert len(curve.get("points").split()) == len(dam["storage"]["level_m"])
    # All that is drawn lies on the sheet, and the lines stand in the order of their levels.
    for element in drawing.iter(f"{SVG}line"):
        assert 0.0 <= float(element.get("y1")) <= 460.0
        assert 0.0 <= float(element.get("x2")) <= 760.0
    across = {
        element.get("stroke-dasharray"): float(element.get("y1"))
        for element in drawing.iter(f"{SVG}line")
        if element.get("stroke-width") == "1.8" and float(element.get("x1")) == 86.0
    }
    assert across[None] < across["8 4"], "the crest is drawn above the weir"
    assert client.get(path, params={"dam": "gold"}).status_code == 404


def test_a_simulation_survives_a_restart(service, make_client):
    data, client, _, _ = service
    path = f"/v1/simulations/{simulation_id(service)}"
    before = client.get(path)
    with make_client(data) as restarted:
        after = restarted.get(path)
        assert after.content == before.content
        assert restarted.get(path + "/storage-curve.svg").status_code == 200
        # Asked again, everything is there: the job has ended as soon as it is made.
        weir = {"weir": {"width_m": 20.0, "below_crest_m": 2.0}, "openings": [{"area_m2": 0.5}], "id": "mine"}
        again = restarted.post("/v1/simulations", json=asked(dam=weir))
        assert again.status_code == 202
        assert again.json()["job"]["status"] == "successful"
        # A run without such a dam is none, and neither is what nobody asked for.
        base = next(run for run in again.json()["job"]["run_ids"] if run != simulation_id(service))
        assert restarted.get(f"/v1/simulations/{base}").status_code == 404
        assert restarted.get("/v1/simulations/0123456789abcdef0123").status_code == 404
        assert restarted.get("/v1/simulations/..%2F..").status_code == 404


def test_a_base_run_that_was_removed_is_made_again(service, make_client, tmp_path):
    import shutil

    data, _, accepted, _ = service
    shutil.copytree(data, tmp_path / "copy")
    name = simulation_id(service)
    base = next(run for run in accepted.json()["job"]["run_ids"] if run != name)
    shutil.rmtree(tmp_path / "copy" / "runs" / base)
    with make_client(tmp_path / "copy") as client:
        waiting = client.get(f"/v1/simulations/{name}")
        assert waiting.status_code == 202
        assert waiting.json()["job"]["simulation"] == name
        until = time.monotonic() + 120.0
        while client.get(waiting.headers["location"]).json()["status"] in ("accepted", "running"):
            assert time.monotonic() < until
            time.sleep(0.2)
        assert client.get(f"/v1/simulations/{name}").status_code == 200
    # What other software made cannot be completed by this one.
    shutil.rmtree(tmp_path / "copy" / "runs" / base)
    summary = tmp_path / "copy" / "runs" / name / "run.json"
    document = json.loads(summary.read_text(encoding="utf-8"))
    document["inputs"]["engine"] = "0"
    summary.write_text(json.dumps(document), encoding="utf-8")
    with make_client(tmp_path / "copy") as client:
        assert client.get(f"/v1/simulations/{name}").status_code == 404
        assert client.get("/v1/jobs").json()["numberMatched"] == 0


@pytest.fixture(scope="module")
def quiet(made_store, make_client):
    """Give a client for questions that are refused before any run."""
    with make_client(made_store) as client:
        yield client


@pytest.mark.parametrize(
    ("dam", "field", "code", "words"),
    [
        ({"height_m": 400.0}, "dams[0].height_m", "bad_parameter", "at most 250"),
        ({"height_m": 0}, "dams[0].height_m", "bad_parameter", "greater than 0"),
        ({"height_m": "12"}, "dams[0].height_m", "bad_parameter", "number"),
        ({"height_m": True}, "dams[0].height_m", "bad_parameter", "number"),
        ({"colour": "red"}, "dams[0].colour", "bad_parameter", "not known"),
        (
            {"crest_elevation_m": 1500.0},
            "dams[0].crest_elevation_m dams[0].height_m",
            "bad_parameter",
            "only one",
        ),
        ({"height_m": None}, "dams[0].crest_elevation_m", "bad_parameter", "is needed"),
        (
            {"height_m": None, "crest_elevation_m": 1400.0},
            "dams[0].crest_elevation_m",
            "impossible_dam",
            "below",
        ),
        (
            {"height_m": None, "crest_elevation_m": 1900.0},
            "dams[0].crest_elevation_m",
            "impossible_dam",
            "at most",
        ),
        ({"axis": axis(half_m=20.0), "height_m": 20}, "dams[0].axis", "impossible_dam", "would close"),
        ({"axis": axis(half_m=5.0)}, "dams[0].axis", "impossible_dam", "at least 20"),
        ({"axis": axis(half_m=50.0, middle=MIDDLE + 500.0)}, "dams[0].axis", "impossible_dam", "no river"),
        ({"axis": [[0.0, 0.0], [1.0, 1.0]]}, "dams[0].axis", "impossible_dam", "outside the terrain"),
        ({"axis": axis(below_north_m=5000.0)}, "dams[0].axis", "impossible_dam", "change nothing"),
        ({"axis": [[200.0, 0.0], [1.0, 1.0]]}, "dams[0].axis[0][0]", "bad_parameter", "at most 180"),
        ({"axis": axis()[:1]}, "dams[0].axis", "bad_parameter", "at least 2"),
        ({"axis": [*axis(), axis()[0], axis(3600.0)[1]]}, "dams[0].axis", "impossible_dam", "crosses itself"),
        ({"id": "Не так"}, "dams[0].id", "bad_parameter", "small letters"),
        ({"id": "bar"}, "dams", "bad_parameter", "another dam"),
        ({"openings": [{"area_m2": 0}]}, "dams[0].openings[0].area_m2", "bad_parameter", "greater than 0"),
        (
            {"openings": [{"area_m2": 1, "sill_above_bed_m": 40}]},
            "dams[0].openings",
            "impossible_dam",
            "above the crest",
        ),
        (
            {"weir": {"width_m": 5, "below_crest_m": 40}},
            "dams[0].weir",
            "impossible_dam",
            "below the river bed",
        ),
        ({"state": "absent"}, "dams[0].state", "bad_parameter", "must be one of"),
        ({"state": "unfinished"}, "dams[0].built_share", "bad_parameter", "unfinished"),
        ({"state": "breached", "bottom_share": 0.1}, "dams[0].bottom_width_m", "bad_parameter", "breached"),
        ({"state": "silted"}, "dams[0].volume_m3", "bad_parameter", "silted"),
        ({"state": "damaged"}, "dams[0].settlement_m", "bad_parameter", "damaged"),
        ({"settlement_m": 1.0}, "dams[0].settlement_m", "bad_parameter", "in service"),
        ({"state": "damaged", "settlement_m": 12.5}, "dams[0].state", "impossible_dam", "nothing of it"),
        ({"breach": {"soil": "cheese"}}, "dams[0].breach.soil", "bad_parameter", "must be one of"),
        ({"breach": {"kind": "piping"}}, "dams[0].breach.pipe_above_bed_m", "bad_parameter", "piping"),
        ({"breach": {"pipe_above_bed_m": 3.0}}, "dams[0].breach.pipe_above_bed_m", "bad_parameter", "piping"),
        (
            {"breach": {"kind": "piping", "pipe_above_bed_m": 30.0}},
            "dams[0].breach.pipe_above_bed_m",
            "impossible_dam",
            "above the crest",
        ),
        (
            {"state": "breached", "bottom_share": 0.1, "bottom_width_m": 20.0, "breach": {}},
            "dams[0].breach",
            "bad_parameter",
            "again",
        ),
        (
            {"openings": [{"area_m2": 1}, {"area_m2": 1, "gate": {"time_s": [9, 0], "open_share": [0, 1]}}]},
            "dams[0].openings[1].gate.time_s",
            "bad_parameter",
            "no earlier",
        ),
        (
            {"openings": [{"area_m2": 1, "gate": {"time_s": [0, 9], "open_share": [0, 1.5]}}]},
            "dams[0].openings[0].gate.open_share[1]",
            "bad_parameter",
            "at most 1",
        ),
        (
            {"openings": [{"area_m2": 1, "gate": {"time_s": [800000, 800001], "open_share": [0, 1]}}]},
            "dams[0].openings[0].gate.time_s",
            "impossible_dam",
            "the run ends",
        ),
        (
            {"openings": [siphon(8.0, 9.0)]},
            "dams[0].openings[0].siphon.breaking_above_bed_m",
            "bad_parameter",
            "below the level",
        ),
        (
            {"openings": [siphon(8.0, 2.0, sill_above_bed_m=3.0)]},
            "dams[0].openings[0].siphon.breaking_above_bed_m",
            "bad_parameter",
            "its outlet",
        ),
        (
            {"openings": [siphon(12.5, 2.0)]},
            "dams[0].openings[0].siphon.priming_above_bed_m",
            "impossible_dam",
            "never runs",
        ),
        (
            {"openings": [{"area_m2": 1, "clogging": {"largest_share": 1.5}}]},
            "dams[0].openings[0].clogging.largest_share",
            "bad_parameter",
            "at most 1",
        ),
    ],
)
def test_a_dam_that_cannot_be_is_refused_before_any_run(quiet, dam, field, code, words):
    answer = quiet.post("/v1/simulations", json=asked(dam=dam))
    problem = answer.json()
    assert answer.status_code == 400, problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/v1/problems/{code}"
    assert " ".join(entry["field"] for entry in problem["errors"]) == field
    assert all(words in entry["detail"] for entry in problem["errors"])
    assert quiet.get("/v1/jobs").json()["numberMatched"] == 0
    assert quiet.get(problem["type"]).status_code == 200
    for language in ("ru", "kk"):
        told = quiet.post("/v1/simulations", json=asked(dam=dam), params={"lang": language}).json()
        assert told["detail"] != problem["detail"]
        for text in (told["detail"], *(entry["detail"] for entry in told["errors"])):
            assert any("а" <= letter <= "я" for letter in text.lower())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scenario": "gold"}, "scenario"),
        ({"strategy": "gold"}, "strategy"),
        ({"strategy": "then"}, "strategy"),
        ({"dams": []}, "dams"),
        ({"dams": [asked()["dams"][0]] * 5}, "dams"),
        ({"dams": asked()["dams"] * 2}, "dams[0].axis"),
        ({"cell_size_m": 7.0}, "cell_size_m"),
        ({"quality": "best"}, "quality"),
        ({"release": {}}, "release"),
        ({"dams": [], "changes": {"bar": {"height_m": 30.0}}}, "changes.bar.state"),
        ({"dams": [], "strategy": "bar", "changes": {"bar": {"height_m": 25.0}}}, "changes"),
        ({"dams": [], "strategy": "bar", "changes": {"bar": {"height_m": 250.0}}}, "changes.bar.height_m"),
        ({"dams": [], "strategy": "bar", "changes": {"gold": {"height_m": 30.0}}}, "changes.gold"),
        ({"dams": [], "strategy": "bar", "changes": {"bar": {"state": "gold"}}}, "changes.bar.state"),
    ],
)
def test_a_question_that_cannot_be_names_its_field(quiet, body, field):
    answer = quiet.post("/v1/simulations", json=asked(**body))
    assert answer.status_code == 400, answer.text
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]


def test_a_dam_on_the_place_of_one_that_stands_is_refused(quiet):
    dam = {"axis": axis(2900.0), "height_m": 20.0}
    for below_m, words in ((2900.0, "on one place"), (3100.0, "reaches up to")):
        dam["axis"] = axis(below_m)
        answer = quiet.post("/v1/simulations", json=asked(strategy="bar", dam=dam))
        assert answer.status_code == 400
        assert words in answer.json()["detail"]
        assert "bar" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[" * 100_000, 400), (b"", 400), (b"[]", 400), (b'"x"', 400), (b"\xff", 400)],
)
def test_what_is_no_question_at_all_is_refused(quiet, body, status):
    answer = quiet.post("/v1/simulations", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_origin_may_ask(quiet):
    asks = {"origin": "http://elsewhere.example", "access-control-request-method": "POST",
            "access-control-request-headers": "content-type"}  # fmt: skip
    assert quiet.options("/v1/simulations", headers=asks).status_code == 200


def test_a_question_that_has_no_strategy_takes_one_that_there_is(quiet):
    body = asked()
    del body["strategy"]
    answer = quiet.post("/v1/simulations", json=body)
    assert answer.status_code == 202
    # A HEAD of a stream does not wait for its end.
    head = quiet.head(answer.headers["location"] + "/events")
    assert (head.status_code, head.content) == (200, b"")
    assert quiet.delete(answer.headers["location"]).json()["status"] in ("dismissed", "successful")


def test_docs_show_a_question_that_works(quiet, almaty, tmp_path):
    from risk_api.answers import Answers
    from risk_api.runs import RunStore
    from risk_api.what_if import SimulationBody, WhatIf

    post = quiet.get("/openapi.json").json()["paths"]["/v1/simulations"]["post"]
    shown = post["requestBody"]["content"]["application/json"]["examples"]
    assert {name: example["value"] for name, example in shown.items()} == {
        name: example["value"] for name, example in EXAMPLES.items()
    }
    what_if = WhatIf(almaty, Answers(almaty, RunStore(tmp_path)))
    for example in shown.values():
        specs = what_if.specs(SimulationBody.model_validate(example["value"]))
        assert specs["with"].id != specs["without"].id


def test_a_dam_that_was_shaken_is_told_with_its_source_also_after_a_restart(valley, make_client, tmp_path):
    strategy = "shaken:0.5:7.3:high:bar"
    told = []
    for _ in range(2):
        with make_client(tmp_path) as client:
            if not told:
                question = asked(strategy=strategy, dam={"height_m": 8.0})
                accepted = client.post("/v1/simulations", json=question)
                assert accepted.status_code == 202, accepted.text
                with client.stream("GET", accepted.headers["location"] + "/events") as stream:
                    "".join(stream.iter_text())
                name = accepted.json()["job"]["simulation"]
            document = client.get(f"/v1/simulations/{name}", params={"lang": "en"}).json()
            states = {one["dam"]: one for one in document["strategies"][1]["states"]}
            assert states["bar"]["kind"] == "damaged"
            told.append((states["bar"]["source"], document["strategy"]))
    remembered, forgotten = told
    assert "0.5 g at magnitude 7.3" in remembered[0]
    assert remembered[1][0]["id"] == strategy
    assert "0.50 g" in remembered[1][0]["name"]
    assert "Swaisgood" in forgotten[0], "without its strategy at least what such a state rests on"
    assert forgotten[1] == []
