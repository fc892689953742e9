"""Instants of a warning: written with their offset, in the time that Kazakhstan keeps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from risk_api.errors import BadParameter

#: The whole country keeps UTC+5 since 1 March 2024 (decree of the government of 19 January 2024, No. 16).
LOCAL: Final = timezone(timedelta(hours=5))


def now() -> datetime:
    """Return the present instant in local time, whole seconds."""
    return datetime.now(UTC).astimezone(LOCAL).replace(microsecond=0)


def parse_instant(field: str, text: str) -> datetime:
    """Read an instant such as ``2026-07-23T02:15:00+05:00``; it is given back in local time.

    Raises
    ------
    BadParameter
        If it is no such instant, or has no offset: a time without one means another hour elsewhere.
    """
    # A plus that was not encoded in a query arrives as a space: after a T there is no other reading of it.
    written = re.sub(r"(T[\d:.]+) (\d\d:?\d\d)$", r"\1+\2", text)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not 1900 <= instant.year <= 9000:
        raise BadParameter(
            field,
            "a date and time with its offset is needed: 2026-07-23T02:15:00+05:00",
            reason_key="instant",
        )
    return instant.astimezone(LOCAL).replace(microsecond=0)


def cap_time(instant: datetime) -> str:
    """Return an instant as CAP 1.2 writes it (3.3.2): an offset with a colon, never ``Z``."""
    text = instant.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00")
