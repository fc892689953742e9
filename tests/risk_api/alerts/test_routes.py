"""Over HTTP: a draft for everybody, a warning only from who shows the token."""

import hashlib
import re

import pytest
from lxml import etree

from risk_api.alerts.clock import parse_instant
from risk_api.alerts.rules import faults
from risk_api.routes.alerts import _without_secrets

NS = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
TOKEN = "very long and secret"
START = "2026-07-23T02:15:00+05:00"
ASK = {"scenario": "burst", "strategy": "no-dams"}


def text(document, name):
    return etree.fromstring(document).findtext(f"c:{name}", namespaces=NS)


@pytest.fixture(scope="module")
def office(made_store, make_client, tmp_path_factory):
    """Give a client of a service with one sender, on a data folder of its own with the same runs."""
    data = tmp_path_factory.mktemp("office")
    (data / "runs").symlink_to(made_store / "runs")
    senders = {"duty@example.kz": hashlib.sha256(TOKEN.encode()).hexdigest()}
    with make_client(data, alert_senders=senders) as opened:
        yield opened


def test_a_draft_is_valid_and_carries_the_exposures_own_numbers(client):
    answer = client.get("/v1/alerts/draft", params={**ASK, "start": START})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/cap+xml")
    assert faults(answer.content) == []
    assert text(answer.content, "status") == "Draft"
    exposure = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams"}).json()
    reached = [
        feature["properties"]["strategies"]["no-dams"]
        for feature in exposure["features"]
        if feature["properties"]["strategies"]["no-dams"]["first_arrival_s"] is not None
    ]
    said = {
        pair.findtext("c:valueName", namespaces=NS): pair.findtext("c:value", namespaces=NS)
        for pair in etree.fromstring(answer.content).findall("c:info[1]/c:parameter", NS)
    }
    assert said["run_id"] == exposure["lineage"]["run_ids"]["no-dams"]
    for name in ("people_exposed", "people_affected"):
        assert float(said[name]) == pytest.approx(sum(counts[name] for counts in reached))
    assert float(said["people_exposed"]) > 0


def test_broadcast_texts_are_three_short_drafts(client):
    document = client.get("/v1/alerts/broadcast", params={**ASK, "start": START}).json()
    assert set(document["texts"]) == {"kk", "ru", "en"}
    for entry in document["texts"].values():
        assert entry["characters"] == len(entry["text"]) <= 500
    assert document["texts"]["ru"]["text"].startswith("ЧЕРНОВИК")
    times = {re.search(r"\d\d:\d\d", entry["text"])[0] for entry in document["texts"].values()}
    assert len(times) == 1


def test_the_default_strategy_is_the_dams_as_they_stand_today_and_what_they_hold_is_not_warned_of(client):
    draft = client.get("/v1/alerts/draft", params={"scenario": "burst"})
    assert draft.status_code == 404
    assert draft.json()["type"].endswith("/nothing_reached")
    assert re.search(r"strategy on:20\d\d-\d\d-\d\d ", draft.json()["detail"])


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"scenario": "nonsense"}, 400, "scenario"),
        ({**ASK, "strategy": "nonsense"}, 400, "strategies"),
        ({**ASK, "start": "yesterday"}, 400, "start"),
        ({**ASK, "start": "2026-07-23T02:15:00"}, 400, "start"),
        ({**ASK, "status": "Actual"}, 400, "status"),
    ],
)
def test_bad_questions_are_refused_by_name(client, query, status, field):
    for path in ("draft", "broadcast"):
        answer = client.get(f"/v1/alerts/{path}", params={**query, "lang": "kk"})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] == field


def test_a_run_that_is_not_made_yet_is_a_job(client):
    answer = client.get("/v1/alerts/draft", params={"scenario": "burst-2005", "strategy": "no-dams"})
    assert answer.status_code == 202
    assert "/v1/jobs/" in answer.headers["location"]
    client.delete(answer.headers["location"])


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_nothing_is_issued(office, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = office.post("/v1/alerts", json={**ASK, "status": "Actual"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not any(entry["status"] == "Actual" for entry in office.get("/v1/alerts").json()["alerts"])


def test_where_no_sender_is_set_no_token_is_good_enough(client):
    answer = client.post("/v1/alerts", json=ASK, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


def test_a_warning_is_issued_kept_updated_and_cancelled(office):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    sent = office.post("/v1/alerts", json={**ASK, "status": "Actual", "start": START}, headers=headers)
    assert sent.status_code == 201
    assert faults(sent.content) == []
    assert (text(sent.content, "status"), text(sent.content, "sender")) == ("Actual", "duty@example.kz")
    kept = office.get(sent.headers["location"])
    assert kept.content == sent.content
    identifier = text(sent.content, "identifier")
    cancel = {**ASK, "status": "Actual", "message_type": "Cancel", "references": [identifier]}
    cancelled = office.post("/v1/alerts", json=cancel, headers=headers)
    assert cancelled.status_code == 201
    assert faults(cancelled.content) == []
    assert text(cancelled.content, "references").split(",")[1] == identifier
    listed = office.get("/v1/alerts").json()["alerts"]
    assert {entry["identifier"] for entry in listed} >= {identifier, text(cancelled.content, "identifier")}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**ASK, "message_type": "Update"}, "references"),
        ({**ASK, "message_type": "Cancel", "references": ["selrisk-none"]}, "references"),
        ({**ASK, "status": "Loud"}, "status"),
        ({**ASK, "colour": "red"}, "colour"),
        ({"strategy": "no-dams"}, "scenario"),
    ],
)
def test_what_cannot_be_issued_is_refused_and_leaves_nothing(office, body, field):
    before = office.get("/v1/alerts").json()
    answer = office.post("/v1/alerts", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400
    assert field in answer.json()["errors"][0]["field"]
    assert office.get("/v1/alerts").json() == before


def test_an_unknown_warning_is_404(client):
    for name in ("none", "..%2f..%2fetc%2fpasswd"):
        assert client.get(f"/v1/alerts/{name}").status_code == 404


def test_two_warnings_of_one_second_that_differ_have_two_names(office, monkeypatch):
    """A warning never changes under its identifier: only what is the same to the letter may share one."""
    moment = parse_instant("t", START)
    monkeypatch.setattr("risk_api.routes.alerts.now", lambda: moment)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    names = set()
    for change in ({}, {"start": "2026-07-23T02:05:00+05:00"}, {"certainty": "Observed"}, {"status": "Test"}):
        asked = {**ASK, "status": "Exercise", **change}
        sent = office.post("/v1/alerts", json=asked, headers=headers)
        assert sent.status_code == 201
        names.add(text(sent.content, "identifier"))
    assert len(names) == 4


@pytest.mark.parametrize("encoding", ["nosuch", "utf-7", "shift_jis"])
def test_a_document_in_a_strange_encoding_is_a_fault_not_a_failure(client, encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?><alert/>'.encode()
    answer = client.post("/v1/alerts/check", content=body, headers={"Content-Type": "application/cap+xml"})
    assert answer.status_code == 200
    assert answer.json()["valid"] is False


def test_the_address_of_the_feed_is_shown_without_what_opens_it():
    assert _without_secrets("https://me:secret@example.kz:8443/cap?key=1#x") == "https://example.kz:8443/cap"
    assert _without_secrets(None) is None


def test_a_document_is_checked(client):
    good = client.get("/v1/alerts/draft", params=ASK).content
    sent = {"Content-Type": "application/cap+xml"}
    assert client.post("/v1/alerts/check", content=good, headers=sent).json() == {"valid": True, "faults": []}
    bad = client.post("/v1/alerts/check", content=good.replace(b"Draft", b"Loud"), headers=sent).json()
    assert bad["faults"][0]["path"] == "/alert/status"


def test_without_a_feed_the_triggers_say_that_none_is_set(client):
    document = client.get("/v1/alerts/triggers").json()
    assert document["feed"] is None
    assert document["triggers"] == []
    assert "RISK_CAP_FEED_URL" in document["note"]
