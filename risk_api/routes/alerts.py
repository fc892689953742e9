"""``/v1/alerts``: drafts of warnings for everybody, warnings by those who show who they are."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from risk_api.alerts.cap import Envelope, cap_xml
from risk_api.alerts.clock import cap_time, now, parse_instant
from risk_api.alerts.feed import scenarios_of
from risk_api.alerts.issued import sender_of
from risk_api.alerts.rules import faults
from risk_api.alerts.situation import Situation, situation
from risk_api.alerts.wording import broadcast_text
from risk_api.errors import BadParameter, NothingReached, RunsMissing, UnknownAlert
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.serialise.plain import to_plain
from risk_api.service import LanguageDep, Service, ServiceDep

#: A warning never changes under its identifier.
YEAR_S: Final = 31_536_000

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], dependencies=[Strict])

ScenarioQuery = Annotated[str | None, Query(description="Id of a scenario; default: the default one.")]
StrategyQuery = Annotated[
    str | None, Query(description="One strategy; default: the dams as they stand today (`on:YYYY-MM-DD`).")
]
StartQuery = Annotated[
    str | None,
    Query(description="When the release began, with offset: 2026-07-23T02:15:00+05:00; default: now."),
]


class WarningToIssue(BaseModel):
    """What an authenticated sender issues."""

    model_config = ConfigDict(extra="forbid")

    scenario: str
    strategy: str | None = None
    start: str | None = Field(default=None, description="When the release began; default: now.")
    status: Literal["Actual", "Exercise", "Test", "Draft"] = "Draft"
    message_type: Literal["Alert", "Update", "Cancel"] = "Alert"
    certainty: Literal["Observed", "Likely", "Possible"] = "Possible"
    references: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=50, description="Identifiers of the issued warnings it refers to."
    )


def _situation(service: Service, scenario: str | None, strategy: str | None) -> Situation:
    """Return what the warning is about.

    Raises
    ------
    RunsMissing
        If its run is not made yet.
    NothingReached
        If no district is reached: there is nothing to warn of.
    """
    as_of = now().date().isoformat() if strategy is None else None
    named = () if strategy is None else (strategy,)
    question = service.answers.question(scenario, named, None, None, None, as_of)
    comparison = service.answers.comparison(question)
    run_id = comparison.run_ids[comparison.strategies[0]]
    found = situation(
        service.region,
        comparison,
        service.layers.layer("districts"),
        service.store.open(run_id),
        service.answers.ending(run_id).end_s,
    )
    if not found.districts:
        raise NothingReached(scenario=found.scenario, strategy=found.strategy)
    return found


def _identifier(found: Situation, sender: str, sent: datetime, start: datetime, kind: str) -> str:
    """Return a name that no other message has: the instant, and a digest of all that it says."""
    about = "|".join(
        (sender, found.scenario, found.strategy, found.run_id, kind, cap_time(sent), cap_time(start))
    )
    return f"selrisk-{sent:%Y%m%dT%H%M%S}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


def _start(text: str | None, sent: datetime) -> datetime:
    return sent if text is None else parse_instant("start", text)


def _draft(
    service: Service, scenario: str | None, strategy: str | None, start: str | None, language: Language
) -> tuple[Situation, Envelope]:
    """Return what a draft is about and its envelope; raises as `_situation` does."""
    found = _situation(service, scenario, strategy)
    sent = now()
    sender = service.settings.alert_sender
    began = _start(start, sent)
    envelope = Envelope(
        identifier=_identifier(found, sender, sent, began, "Draft"),
        sender=sender,
        sent=sent,
        start=began,
        note=translate(language, "alert.note.draft"),
    )
    return found, envelope


@router.get("/draft", response_class=Response, responses={200: {"content": {"application/cap+xml": {}}}})
def draft(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: ScenarioQuery = None,
    strategy: StrategyQuery = None,
    start: StartQuery = None,
) -> Response:
    """Return a CAP 1.2 draft in three languages; its status is Draft, whoever asks."""
    try:
        found, envelope = _draft(service, scenario, strategy, start, language)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'inline; filename="{envelope.identifier}.xml"',
    }
    return Response(cap_xml(found, envelope), media_type=MEDIA_TYPES["cap"], headers=headers)


@router.get("/broadcast", response_class=Response)
def broadcast(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    scenario: ScenarioQuery = None,
    strategy: StrategyQuery = None,
    start: StartQuery = None,
) -> Response:
    """Return cell broadcast texts of at most 500 characters in three languages, marked as drafts."""
    try:
        found, envelope = _draft(service, scenario, strategy, start, language)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    texts = {code: broadcast_text(found, envelope, code) for code in LANGUAGES}
    document = {
        "status": envelope.status,
        "scenario": found.scenario,
        "strategy": found.strategy,
        "run_id": found.run_id,
        "start": cap_time(envelope.start),
        "texts": {code: {"text": text, "characters": len(text)} for code, text in texts.items()},
        "note": envelope.note,
    }
    return _fresh(document, language)


@router.get("/triggers", response_class=Response)
def triggers(service: ServiceDep, language: LanguageDep) -> Response:
    """Return the warnings of others that concern the region, from the feed that is listened to."""
    state = service.feed.state
    found = state.reading.triggers if state.reading is not None else ()
    if state.address is None:
        key = "none_set"
    elif state.error is not None:
        key = "failed"
    elif state.reading is None:
        key = "never_read"
    elif found:
        key = "active"
    else:
        # Silence that comes of documents which could not be read is no silence.
        key = "partly" if state.reading.errors or state.reading.invalid else "quiet"
    document = {
        "feed": _without_secrets(state.address),
        "note": translate(language, f"alert.trigger.{key}", count=len(found)),
        "read_at": to_plain(state.read_at),
        "failed_at": to_plain(state.failed_at),
        "documents": state.reading.documents if state.reading is not None else None,
        "invalid": state.reading.invalid if state.reading is not None else None,
        "unread": len(state.reading.errors) if state.reading is not None else None,
        "triggers": [to_plain(trigger) for trigger in found],
        "scenarios": scenarios_of(found, service.region.scenarios),
    }
    return _fresh(document, language)


@router.post("/check", response_class=Response)
def check(
    language: LanguageDep,
    document: Annotated[bytes, Body(media_type="application/cap+xml", description="A CAP document.")],
) -> Response:
    """Return every rule of CAP 1.2 that a document breaks."""
    found = [{"path": fault.path, "rule": fault.rule} for fault in faults(document)]
    return _fresh({"valid": not found, "faults": found}, language)


@router.get("", response_class=Response)
def issued(request: Request, service: ServiceDep, language: LanguageDep) -> Response:
    """Return the warnings that authenticated senders have issued, newest first."""
    root = request.scope.get("root_path", "")
    rows = [
        {**to_plain(one), "reference": one.reference, "href": f"{root}/v1/alerts/{one.identifier}"}
        for one in service.alerts.all()
    ]
    return _fresh({"alerts": rows}, language)


@router.get("/{identifier}", response_class=Response)
def one(request: Request, service: ServiceDep, identifier: str) -> Response:
    """Return an issued warning, byte for byte as it was sent."""
    body = service.alerts.document(identifier)
    return cacheable(request, body, MEDIA_TYPES["cap"], max_age_s=YEAR_S)


@router.post("", status_code=201, response_class=Response)
def issue(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    asked: WarningToIssue,
    authorization: Annotated[str | None, Header()] = None,
) -> Response:
    """Issue a warning: the sender's token decides who sends it; without one nothing is issued."""
    sender = sender_of(authorization, service.settings.alert_senders)
    references = tuple(_reference(service, identifier) for identifier in asked.references)
    if asked.message_type != "Alert" and not references:
        raise BadParameter(
            "references",
            "an update or a cancellation has to name what it refers to",
            reason_key="reference_needed",
        )
    sent = now()
    start = _start(asked.start, sent)
    try:
        found = _situation(service, asked.scenario, asked.strategy)
    except RunsMissing as missing:
        return accepted(request, service, missing.specs, language)
    envelope = Envelope(
        identifier=_identifier(
            found,
            sender,
            sent,
            start,
            f"{asked.status} {asked.message_type} {asked.certainty} {references}",
        ),
        sender=sender,
        sent=sent,
        start=start,
        status=asked.status,
        message_type=asked.message_type,
        certainty=asked.certainty,
        references=references,
        note="" if asked.status == "Actual" else translate(language, "alert.note.draft"),
    )
    body = cap_xml(found, envelope)
    record: dict[str, Any] = {
        "identifier": envelope.identifier,
        "sender": sender,
        "sent": cap_time(sent),
        "status": envelope.status,
        "message_type": envelope.message_type,
        "scenario": found.scenario,
        "strategy": found.strategy,
        "run_id": found.run_id,
    }
    kept = service.alerts.add(record, body)
    location = f"{request.scope.get('root_path', '')}/v1/alerts/{kept.identifier}"
    headers = {"Location": location, "Cache-Control": "no-store"}
    return Response(body, status_code=201, media_type=MEDIA_TYPES["cap"], headers=headers)


def _without_secrets(address: str | None) -> str | None:
    """Return the address of the feed without a name, a password or a key that it may hold."""
    if address is None:
        return None
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _reference(service: Service, identifier: str) -> str:
    try:
        return service.alerts.get(identifier).reference
    except UnknownAlert:
        raise BadParameter(
            "references", "no issued warning has this identifier", reason_key="reference"
        ) from None


def _fresh(document: Any, language: Language) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Language": language}
    return Response(to_json_bytes(document), media_type=MEDIA_TYPES["json"], headers=headers)
