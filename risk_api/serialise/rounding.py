"""How many digits an answer shows: as many as say something, and sums that still add up.

A run counts people as shares of grid cells, so its numbers have as many digits as a float. Shown like
that they would claim a precision that nobody has. Counts are rounded first; sums over districts and
differences are then taken from the rounded counts, so that who subtracts two columns gets the third.

Machines get those. People get two significant figures (`shown_count`): the same flow on cells of 30 and of
60 m gives counts that differ by more than a third, so a third figure would say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

#: Digits after the point by the start of a key; anything else stays as it is.
DIGITS: Final = {"people": 1, "buildings": 1, "facilities": 0, "area_m2": 0, "first_arrival_s": 0}


def digits_of(key: str) -> int | None:
    """Return the digits shown for a key, None where nothing is rounded."""
    return next((digits for start, digits in DIGITS.items() if key.startswith(start)), None)


def rounded(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts with the digits that are shown."""
    shown: dict[str, Any] = {}
    for key, value in counts.items():
        digits = digits_of(key)
        if digits is None or value is None:
            shown[key] = value
        elif isinstance(value, Mapping):
            shown[key] = {name: round(member, digits) for name, member in value.items()}
        else:
            shown[key] = round(value, digits)
    return shown


def difference(a: Mapping[str, Any], b: Mapping[str, Any], between: Mapping[str, Any]) -> dict[str, Any]:
    """Return `between` with every count replaced by `b` minus `a` of the rounded counts."""
    shown = dict(between)
    for key, value in between.items():
        digits = digits_of(key)
        if digits is None or value is None:
            continue
        if isinstance(value, Mapping):
            shown[key] = {name: round(b[key][name] - a[key][name], digits) for name in value}
        else:
            shown[key] = round(b[key] - a[key], digits)
    return shown


def total(entries: Sequence[Mapping[str, Any]], city: Mapping[str, Any]) -> dict[str, Any]:
    """Return the city's counts as the sum of the districts' rounded ones; times are not summed."""
    shown = dict(city)
    for key, value in city.items():
        digits = digits_of(key)
        if digits is None or value is None or key == "first_arrival_s":
            continue
        if isinstance(value, Mapping):
            shown[key] = {name: round(sum(e[key][name] for e in entries), digits) for name in value}
        else:
            shown[key] = round(sum(entry[key] for entry in entries), digits)
    return shown


def shown_count(value: float | None) -> float | None:
    """Return a count with the two significant figures that people are shown.

    Parameters
    ----------
    value : float or None
        A count or a difference of counts, of any sign.

    Returns
    -------
    float or None
        Below 100 a whole number, above it two figures and zeros; less than half a person is none.
    """
    if value is None or value == 0.0:
        return value
    tens = max(0, math.floor(math.log10(abs(value))) - 1)
    return math.copysign(math.floor(abs(value) / 10**tens + 0.5) * 10**tens, value)


def shown_minutes(seconds: float | None) -> int | None:
    """Return whole minutes, cut: nobody is told of a minute, or of a minute gained, that is not there.

    Parameters
    ----------
    seconds : float or None
        A time, or a difference of times, of any sign.
    """
    return None if seconds is None else math.floor(seconds / 60.0)
