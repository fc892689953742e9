"""Dates as exact as they are known, as intervals; and the ``datetime`` parameter that asks for them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from risk_api.errors import BadParameter

_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_KNOWN: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


@dataclass(frozen=True)
class Interval:
    """From `start` to `end`, both inside; open ends are the first and last instants that there are."""

    start: datetime = _FIRST
    end: datetime = _LAST

    def meets(self, other: Interval) -> bool:
        """Whether they have an instant in common."""
        return self.start <= other.end and other.start <= self.end

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return self.start.date(), self.end.date()


def known_interval(text: str | None) -> Interval | None:
    """Return the days that a date of a source stands for: ``2006-06`` is a whole month, ``1841`` a year.

    What is not written like that (or not at all) has no place in time: None.
    """
    match = _KNOWN.fullmatch(text or "")
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None
    return Interval(_midnight(first), _end_of(last))


def instant_or_day(text: str) -> Interval:
    """Return the interval of a date-time (RFC 3339, 5.6) or of a whole day.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return Interval(_midnight(day), _end_of(day))
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is neither a date-time nor a date")
    # A plus sign that a query decodes to a blank stays an error: guessing offsets is worse than asking again.
    moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    return Interval(moment, moment)


def parse_datetime(text: str) -> Interval:
    """Read ``datetime``: a date-time, a day, or two of them with a slash, either one open (``..`` or empty).

    Raises
    ------
    BadParameter
        Unless it is one of these and does not end before it starts.
    """
    parts = text.split("/")
    try:
        if len(parts) == 1:
            return instant_or_day(text)
        if len(parts) != 2:
            raise ValueError(text)
        start, end = (None if part in ("", "..") else instant_or_day(part) for part in parts)
    except (ValueError, OverflowError):
        raise BadParameter(
            "datetime",
            "a date-time (RFC 3339) is needed, or two with a slash between, either one open as '..'",
            reason_key="datetime",
        ) from None
    asked = Interval(start.start if start else _FIRST, end.end if end else _LAST)
    if asked.end < asked.start:
        raise BadParameter("datetime", "it ends before it starts", reason_key="datetime_order")
    return asked


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC) if day < date.max else _LAST
