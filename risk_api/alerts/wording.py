"""Sentences of a warning: place and action first, the numbers the run's own, the same in every language."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from risk_api.i18n import Language, format_number, translate
from risk_api.serialise.rounding import shown_count

if TYPE_CHECKING:
    from risk_api.alerts.cap import Envelope
    from risk_api.alerts.situation import Situation

#: Longest cell broadcast text, characters: 15 pages of 40 Cyrillic characters are 600.
MOST_CHARACTERS: Final = 500


def headline(situation: Situation, envelope: Envelope, language: Language) -> str:
    """Return the first line: how earnest it is, where, and what."""
    places = ", ".join(district.names[language] for district in situation.districts)
    text = translate(language, f"alert.headline.{kind(situation, envelope)}", places=places)
    return text if envelope.status == "Actual" else f"{status_word(envelope, language)} {text}"


def is_past(situation: Situation, envelope: Envelope) -> bool:
    """Whether the computed flow has ended when the message is sent."""
    return envelope.sent > envelope.start + timedelta(seconds=situation.end_s)


def kind(situation: Situation, envelope: Envelope) -> str:
    """Return what the message is: warn, ground (nobody lives where it goes), past or cancel."""
    if envelope.message_type == "Cancel":
        return "cancel"
    if is_past(situation, envelope):
        return "past"
    return "warn" if situation.reaches_people else "ground"


def status_word(envelope: Envelope, language: Language) -> str:
    """Return the word that no reader may miss where the message is not meant in earnest."""
    return translate(language, f"alert.status.{envelope.status.lower()}")


def description(situation: Situation, envelope: Envelope, language: Language) -> str:
    """Return what is expected: district by district, people and clock times, and how sure."""
    lines = [
        translate(
            language,
            "alert.description.start",
            scenario=situation.names[language],
            time=clock(envelope, 0.0),
        )
    ]
    lines += [
        translate(
            language,
            f"alert.description.{'ground' if district.person_s is None else 'district'}",
            district=district.names[language],
            minutes=format_number(int(district.arrival_s // 60), language),
            time=clock(envelope, district.arrival_s),
            people=format_number(shown_count(district.people_exposed), language),
            affected=format_number(shown_count(district.people_affected), language),
        )
        for district in situation.districts
    ]
    lines.append(translate(language, "alert.description.sure", run=situation.run_id))
    return "\n".join(lines)


def instruction(language: Language, *, over: bool = False) -> str:
    """Return what to do; once it is over, what to keep away from."""
    return translate(language, "alert.instruction.over" if over else "alert.instruction.act")


def clock(envelope: Envelope, after_s: float) -> str:
    """Return a clock time, cut to the minute so that it is never later than computed.

    The day stands with it where it is not the day on which the message is sent.
    """
    instant = envelope.start + timedelta(seconds=after_s)
    return instant.strftime("%H:%M" if instant.date() == envelope.sent.date() else "%H:%M (%d.%m.%Y)")


def broadcast_text(situation: Situation, envelope: Envelope, language: Language) -> str:
    """Return a cell broadcast text of at most 500 characters: place and action first.

    Districts are named soonest first; those for which no room is left are counted.
    """
    names = [district.names[language] for district in situation.districts]
    for named in range(len(names), 0, -1):
        places = ", ".join(names[:named])
        if named < len(names):
            places = translate(language, "alert.broadcast.more", places=places, count=len(names) - named)
        text = _broadcast(places, situation, envelope, language)
        if len(text) <= MOST_CHARACTERS:
            return text
    # A name can be longer than the page: it is cut, what to do is not.
    room = MOST_CHARACTERS - len(_broadcast("", situation, envelope, language))
    return _broadcast(names[0][: room - 1] + "…", situation, envelope, language)


def _broadcast(places: str, situation: Situation, envelope: Envelope, language: Language) -> str:
    time = clock(envelope, situation.first_arrival_s or 0.0)
    text = translate(language, f"alert.broadcast.{kind(situation, envelope)}", places=places, time=time)
    return text if envelope.status == "Actual" else f"{status_word(envelope, language)} {text}"
