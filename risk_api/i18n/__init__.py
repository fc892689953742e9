"""Message catalogues: every sentence the service says, in Kazakh, Russian and English.

A catalogue is a folder per language with a flat JSON object per topic; the keys are unique over all of
them. Numbers are never part of a translated sentence: they come in as parameters, formatted from the
same value in every language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from risk_api.headers import by_preference

Language = Literal["kk", "ru", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru", "en")
DEFAULT_LANGUAGE: Final[Language] = "en"
LANGUAGE_NAMES: Final[Mapping[Language, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}

#: Kazakh and Russian group digits with a no-break space, English with a comma.
_GROUPING: Final[Mapping[Language, str]] = {"kk": "\u00a0", "ru": "\u00a0", "en": ","}
_DECIMAL: Final[Mapping[Language, str]] = {"kk": ",", "ru": ",", "en": "."}
MINUS: Final = "\u2212"
DASH: Final = "\u2013"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return the messages of one language, read from the package once.

    Raises
    ------
    ValueError
        If two topics hold the same key: one of the two sentences would never be read.
    """
    messages: dict[str, str] = {}
    topics = [
        file
        for file in resources.files(__package__).joinpath(language).iterdir()
        if file.name.endswith(".json")
    ]
    for topic in sorted(topics, key=lambda file: file.name):
        added = cast("dict[str, str]", json.loads(topic.read_text(encoding="utf-8")))
        if twice := messages.keys() & added.keys():
            raise ValueError(
                f"{language}/{topic.name} holds keys of another topic: {', '.join(sorted(twice))}"
            )
        messages.update(added)
    return MappingProxyType(messages)


def translate(language: Language, key: str, /, **params: Any) -> str:
    """Return the sentence of `key` in `language`, its places filled from `params`.

    Raises
    ------
    KeyError
        If the catalogue lacks the key or the sentence a parameter: an untranslated text is a bug
        and must not reach a reader as an empty cell.
    """
    message = catalogue(language)[key]
    return message.format(**params) if params or "{" in message else message


def is_translated(key: str) -> bool:
    """Whether the catalogues hold `key` (English stands for all: a test keeps them equal)."""
    return key in catalogue("en")


def format_number(value: float | None, language: Language, decimals: int = 0, *, signed: bool = False) -> str:
    """Return a number for people: grouped digits, a real minus, a dash for what does not exist.

    Parameters
    ----------
    value : float or None
        None gives a dash.
    decimals : int
        Digits after the separator.
    signed : bool
        Write a plus before positive values, as differences need it.
    """
    if value is None:
        return DASH
    text = f"{abs(value):,.{decimals}f}"
    nonzero = any(digit in "123456789" for digit in text)
    text = text.replace(",", "\0").replace(".", _DECIMAL[language]).replace("\0", _GROUPING[language])
    if value < 0 and nonzero:
        return MINUS + text
    return f"+{text}" if signed and nonzero else text


def negotiate(accept_language: str | None) -> Language:
    """Return the language a reader prefers most among those spoken here (RFC 9110, 12.5.4).

    Nothing acceptable gives the default: an answer in a foreign language helps more than none.
    """
    for name in by_preference(accept_language):
        primary = name.split("-")[0]
        if primary in LANGUAGES:
            return primary
    return DEFAULT_LANGUAGE
