"""A situation as a CAP 1.2 document: one alert, three ``info`` blocks that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal
from xml.etree import ElementTree as ET

from risk_api.alerts.clock import cap_time
from risk_api.alerts.rules import NAMESPACE
from risk_api.alerts.wording import description, headline, instruction, is_past
from risk_api.i18n import LANGUAGES, Language, translate

if TYPE_CHECKING:
    from risk_api.alerts.situation import Situation

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MessageType = Literal["Alert", "Update", "Cancel"]
Certainty = Literal["Observed", "Likely", "Possible"]

#: Debris flow, in the OASIS Event Terms List 1.2; its category is Geo.
EVENT_CODE: Final = "OET-056"
EVENT_LIST: Final = "OET:v1.2"
#: Warned people have to act at once if less is left, min (risk_formulas, 5.4: a proposal).
IMMEDIATE_MIN: Final = 15.0
EXPECTED_MIN: Final = 60.0
_LANGUAGE_TAGS: Final[dict[Language, str]] = {"kk": "kk-KZ", "ru": "ru-KZ", "en": "en"}


@dataclass(frozen=True)
class Envelope:
    """Who says it, when, and in what earnest.

    Attributes
    ----------
    identifier, sender : str
        Without spaces, commas, < and &.
    sent, start : datetime
        When the message is made, and when the release began.
    status : str
        ``Draft`` unless an authenticated sender says otherwise.
    references : tuple of str
        ``sender,identifier,sent`` of the messages that this one updates or cancels.
    note : str
        What readers of the raw message must know.
    """

    identifier: str
    sender: str
    sent: datetime
    start: datetime
    status: Status = "Draft"
    message_type: MessageType = "Alert"
    certainty: Certainty = "Possible"
    references: tuple[str, ...] = ()
    note: str = ""


def urgency(situation: Situation, envelope: Envelope) -> str:
    """Return how much time is left until residents are reached, in CAP's words.

    Under 15 min, under an hour, more, or all over.
    """
    arrival_s = situation.first_arrival_s
    if arrival_s is None:
        return "Unknown"
    if is_past(situation, envelope):
        return "Past"
    left_min = ((envelope.start - envelope.sent).total_seconds() + arrival_s) / 60.0
    if left_min < IMMEDIATE_MIN:
        return "Immediate"
    return "Expected" if left_min < EXPECTED_MIN else "Future"


def severity(situation: Situation) -> str:
    """Return CAP's severity: by the worst class in which half a person or more is counted."""
    for name, word in (
        ("people_strong", "Extreme"),
        ("people_affected", "Severe"),
        ("people_exposed", "Moderate"),
    ):
        if situation.total(name) >= 0.5:
            return word
    return "Minor"


def cap_xml(situation: Situation, envelope: Envelope) -> bytes:
    """Return the document; `rules.faults` finds nothing in it.

    Parameters
    ----------
    situation : Situation
        With at least one district reached.
    envelope : Envelope
    """
    ET.register_namespace("", NAMESPACE)
    alert = ET.Element(f"{{{NAMESPACE}}}alert")
    for name, text in (
        ("identifier", envelope.identifier),
        ("sender", envelope.sender),
        ("sent", cap_time(envelope.sent)),
        ("status", envelope.status),
        ("msgType", envelope.message_type),
        ("source", f"selrisk run {situation.run_id}"),
        ("scope", "Public"),
        ("note", envelope.note),
        ("references", " ".join(envelope.references)),
    ):
        if text:
            _add(alert, name, text)
    for language in LANGUAGES:
        _add_info(alert, situation, envelope, language)
    ET.indent(alert)
    document: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return document


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def _add_pairs(parent: ET.Element, name: str, pairs: Sequence[tuple[str, str]]) -> None:
    for value_name, value in pairs:
        pair = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        _add(pair, "valueName", value_name)
        _add(pair, "value", value)


def _add_info(alert: ET.Element, situation: Situation, envelope: Envelope, language: Language) -> None:
    cancelled = envelope.message_type == "Cancel"
    past = urgency(situation, envelope) == "Past"
    info = ET.SubElement(alert, f"{{{NAMESPACE}}}info")
    _add(info, "language", _LANGUAGE_TAGS[language])
    _add(info, "category", "Geo")
    _add(info, "event", translate(language, "alert.event"))
    # That a computed flow has ended is no all-clear: surges follow each other. Only who warned takes it back.
    for response in ("AllClear",) if cancelled else ("Avoid", "Monitor") if past else ("Evacuate", "Avoid"):
        _add(info, "responseType", response)
    _add(info, "urgency", "Past" if cancelled else urgency(situation, envelope))
    _add(info, "severity", severity(situation))
    _add(info, "certainty", envelope.certainty)
    _add_pairs(info, "eventCode", [(EVENT_LIST, EVENT_CODE)])
    _add(info, "effective", cap_time(envelope.sent))
    arrival_s = situation.first_arrival_s
    if arrival_s is not None:
        _add(info, "onset", cap_time(envelope.start + timedelta(seconds=arrival_s)))
    _add(info, "expires", cap_time(expiry(situation, envelope)))
    _add(info, "senderName", envelope.sender)
    _add(info, "headline", headline(situation, envelope, language))
    _add(info, "description", description(situation, envelope, language))
    _add(info, "instruction", instruction(language, over=cancelled or past))
    _add_pairs(
        info,
        "parameter",
        [
            ("scenario", situation.scenario),
            ("strategy", situation.strategy),
            ("run_id", situation.run_id),
            ("people_exposed", f"{situation.total('people_exposed'):.1f}"),
            ("people_affected", f"{situation.total('people_affected'):.1f}"),
            ("people_strong", f"{situation.total('people_strong'):.1f}"),
            *(
                (f"{'ground' if one.person_s is None else 'arrival'}_s:{one.id}", f"{one.arrival_s:.0f}")
                for one in situation.districts
            ),
        ],
    )
    area = ET.SubElement(info, f"{{{NAMESPACE}}}area")
    names = ", ".join(district.names[language] for district in situation.districts)
    _add(area, "areaDesc", translate(language, "alert.area", region=situation.region[language], names=names))
    _add(area, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in situation.ring))
    _add_pairs(
        area, "geocode", [("KATO", district.kato) for district in situation.districts if district.kato]
    )


def expiry(situation: Situation, envelope: Envelope) -> datetime:
    """Return until when the message counts: an hour after the computed flow ends, an hour at least."""
    hour = timedelta(hours=1)
    return max(envelope.start + timedelta(seconds=situation.end_s), envelope.sent) + hour
