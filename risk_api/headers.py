"""Request headers that weigh alternatives: ``Accept`` and ``Accept-Language``."""

from __future__ import annotations

#: Longer headers are cut: nobody lists that many formats or languages.
_LONGEST = 1000


def by_preference(header: str | None) -> list[str]:
    """Return the names of a weighted list, most wanted first (RFC 9110, 12.4.2).

    Refused entries (``q=0``) and malformed weights are left out; equal weights keep their order.
    """
    weighted = []
    for part in (header or "")[:_LONGEST].split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if name and quality > 0:
            weighted.append((name.lower(), quality))
    return [name for name, _ in sorted(weighted, key=lambda entry: -entry[1])]
