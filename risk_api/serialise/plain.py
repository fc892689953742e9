"""Any value of the region or a run as what JSON can say."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any


def to_plain(value: Any) -> Any:
    """Return `value` as null, booleans, numbers, strings, lists and objects only.

    Dataclasses become objects of their fields, dates ISO 8601, sequences and arrays lists. What does
    not exist (None, NaN, NaT, NA) becomes null, never a number that looks like one.

    Raises
    ------
    TypeError
        If there is no honest way to say the value in JSON.
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):  # NaT is no date, although pandas makes it look like one
        return value.isoformat() if value == value else None
    if isinstance(value, Mapping):
        return {str(key): to_plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        members = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [to_plain(member) for member in members]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Path):
        return value.name
    for method in ("tolist", "item"):  # numpy arrays and scalars, without importing numpy
        if hasattr(value, method):
            return to_plain(getattr(value, method)())
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"{type(value).__name__} has no JSON form")
