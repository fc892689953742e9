"""Values in an expression: columns, literals, what is computed from them; each knows its kind."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from risk_api.features.times import instant_or_day
from risk_api.i18n import Language

if TYPE_CHECKING:
    from risk_api.features.table import FeatureTable

#: Kind of the values of a column by its type in the field table.
KINDS: Final = {"str": "text", "float": "number", "int": "number", "bool": "truth", "date": "time"}


@dataclass(frozen=True)
class Columns:
    """The collection that an expression is put to."""

    table: FeatureTable
    language: Language


@dataclass(frozen=True)
class Scalar:
    """An expression with one value per feature.

    Attributes
    ----------
    kind : {"text", "number", "truth", "time", "parts"}
        Only values of one kind are compared; columns with parts are compared with nothing.
    values : callable
        From the columns to a value per feature, None where there is none.
    """

    kind: str
    values: Callable[[Columns], Sequence[Any]]


def literal(kind: str, value: Any) -> Scalar:
    """Return the same value for every feature."""
    return Scalar(kind, lambda columns: [value] * len(columns.table))


def column(name: str, dtype: str) -> Scalar:
    """Return a column of the collection."""
    kind = KINDS.get(dtype, "parts")
    if kind != "time":
        return Scalar(kind, lambda columns: columns.table.column(name, columns.language))
    return Scalar(
        kind, lambda columns: [instant(value) for value in columns.table.column(name, columns.language)]
    )


def instant(text: str | None) -> datetime | None:
    """Return the moment of a date-time, or the first of a day."""
    return None if text is None else instant_or_day(text).start


def folded_case(text: str) -> str:
    """Return a text without the difference of capitals (CASEI)."""
    return text.casefold()


def folded_accents(text: str) -> str:
    """Return a text without accents (ACCENTI); letters of their own, as the Cyrillic й, are kept."""
    kept = "".join(
        letter
        if "CYRILLIC" in unicodedata.name(letter, "")
        else "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
        for letter in text
    )
    return unicodedata.normalize("NFC", kept)


def power(a: float, b: float) -> float | None:
    """Return a to the b, None where there is no real number for it."""
    try:
        result = a**b
    except (OverflowError, ZeroDivisionError):
        return None
    return result if isinstance(result, (int, float)) and math.isfinite(result) else None


def _finite(result: float) -> float | None:
    return result if math.isfinite(result) else None


ARITHMETIC: Final[dict[str, Callable[[float, float], float | None]]] = {
    "+": lambda a, b: _finite(a + b),
    "-": lambda a, b: _finite(a - b),
    "*": lambda a, b: _finite(a * b),
    "/": lambda a, b: _finite(a / b) if b else None,
    "%": lambda a, b: math.fmod(a, b) if b else None,
    "div": lambda a, b: float(math.trunc(a / b)) if b else None,
    "^": power,
}


def computed(operation: Callable[..., Any], kind: str, *arguments: Scalar) -> Scalar:
    """Return what an operation makes of its arguments; nothing where one of them is nothing."""

    def values(columns: Columns) -> Sequence[Any]:
        rows = zip(*(argument.values(columns) for argument in arguments), strict=True)
        return [None if any(value is None for value in row) else operation(*row) for row in rows]

    return Scalar(kind, values)
