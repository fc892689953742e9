"""Text or JSON to one tree of plain values, or a complaint that says where."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from risk_api.errors import BadFilter

#: A filter of a person or a program is far shorter; the reader of the text recurses, so depth is bounded too.
LONGEST: Final = 4000
DEEPEST: Final = 60
_PLACE: Final = re.compile(r"--> (\d+):(\d+)")
_NEGATIONS: Final = re.compile(r"(?:(?:\bNOT\b|[-+])\s*){20,}", re.IGNORECASE)


def read_text(text: str) -> Any:
    """Return the tree of a CQL2 text.

    Raises
    ------
    BadFilter
        With the character where reading stopped, the first being 1.
    """
    _refuse_monsters(text)
    import cql2

    try:
        return cql2.parse_text(text).to_json()
    except cql2.ParseError as error:
        raise _not_readable(text, _offset(text, str(error))) from None
    except cql2.ValidationError:
        raise _not_readable(text, 0) from None


def read_json(text: str) -> Any:
    """Return the tree of a CQL2 JSON text.

    Raises
    ------
    BadFilter
        With the character where the text stops being JSON.
    """
    _refuse_monsters(text)
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _not_readable(text, error.pos) from None
    except ValueError:
        raise _not_readable(text, next(iter(re.finditer("NaN|-?Infinity", text))).start()) from None


def position_of(text: str, name: str) -> int | None:
    """Return where a name stands in a filter, the first character being 1."""
    pattern = rf"(?<![\w:.]){re.escape(name)}(?![\w:.])"
    match = re.search(pattern, text) or re.search(pattern, text, re.IGNORECASE)
    return match.start() + 1 if match else None


def _refuse_monsters(text: str) -> None:
    if len(text) > LONGEST:
        raise BadFilter(
            f"longer than {LONGEST} characters", "cql2_long", position=LONGEST + 1, most=str(LONGEST)
        )
    depth = 0
    for place, letter in enumerate(text):
        if letter in "([{":
            depth += 1
            if depth > DEEPEST:
                raise _too_deep(place)
        elif letter in ")]}":
            depth -= 1
    match = _NEGATIONS.search(text)
    if match:
        raise _too_deep(match.start())


def _too_deep(place: int) -> BadFilter:
    return BadFilter("nested too deeply", "cql2_deep", position=place + 1)


def _not_readable(text: str, place: int) -> BadFilter:
    near = text[max(0, place - 15) : place + 15].strip() or "-"
    return BadFilter(
        f"it cannot be read at character {place + 1}, near {near!r}",
        "cql2_syntax",
        position=place + 1,
        at=str(place + 1),
        near=near,
    )


def _offset(text: str, message: str) -> int:
    """Return the offset of the line and column that the parser names."""
    match = _PLACE.search(message)
    if match is None:
        return 0
    line, column = int(match[1]), int(match[2])
    before = text.split("\n")[: line - 1]
    return sum(len(part) + 1 for part in before) + column - 1


def _no_number(name: str) -> Any:
    raise ValueError(name)
