"""LIKE without backtracking: the time is the product of the two lengths, whatever the pattern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_ANY_ONE: Final = object()
_ANY_RUN: Final = object()


def like(pattern: str) -> Callable[[str], bool]:
    r"""Return a test of whole texts: ``%`` any run, ``_`` any one letter, ``\`` what follows as it is."""
    tokens: list[object] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            tokens.append(next(letters, "\\"))
        elif letter == "%":
            if not tokens or tokens[-1] is not _ANY_RUN:
                tokens.append(_ANY_RUN)
        else:
            tokens.append(_ANY_ONE if letter == "_" else letter)
    return lambda text: _matches(tokens, text)


def _matches(tokens: list[object], text: str) -> bool:
    token = place = 0
    last_run, tried = -1, 0
    while place < len(text):
        if token < len(tokens) and tokens[token] is _ANY_RUN:
            last_run, tried = token, place
            token += 1
        elif token < len(tokens) and (tokens[token] is _ANY_ONE or tokens[token] == text[place]):
            token += 1
            place += 1
        elif last_run >= 0:
            # The last run takes one letter more; earlier runs never need to be tried again.
            tried += 1
            token, place = last_run + 1, tried
        else:
            return False
    return all(rest is _ANY_RUN for rest in tokens[token:])
