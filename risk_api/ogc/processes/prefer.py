"""The ``Prefer`` header (RFC 7240): whether somebody wants to wait, and for how long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: Proxies cut connections on which nothing comes; whoever waits longer is told where to ask.
LONGEST_WAIT_S: Final = 100.0
_PREFERENCE: Final = re.compile(r'\s*([A-Za-z-]+)\s*(?:=\s*"?([^";,]*)"?)?[^,]*')


@dataclass(frozen=True)
class Preference:
    """How an answer is wanted.

    Attributes
    ----------
    wait_s : float
        How long to wait for the result before the address of the job is returned, s.
    applied : str
        ``Preference-Applied``, empty where nothing was asked for.
    """

    wait_s: float
    applied: str


def preference(headers: Iterable[str]) -> Preference:
    """Return what ``Prefer`` headers ask; what is not understood in them is ignored, as RFC 7240 wants it.

    Without one the answer is awaited (18-062r2, job-creation-default-execution-mode), and with
    ``respond-async`` it is not, unless ``wait`` says for how long.
    """
    asked = {
        found[1].lower(): (found[2] or "").strip()
        for header in headers
        for found in map(_PREFERENCE.fullmatch, header.split(","))
        if found
    }
    wait = asked.get("wait", "")
    limit_s = (
        min(float(wait), LONGEST_WAIT_S) if wait.isascii() and wait.isdigit() and len(wait) < 9 else None
    )
    applied = [] if limit_s is None else [f"wait={limit_s:.0f}"]
    # The first of two that contradict each other counts (RFC 7240, 2).
    modes = [name for name in asked if name in ("respond-async", "respond-sync")][:1]
    if modes == ["respond-async"]:
        return Preference(limit_s or 0.0, ", ".join((*modes, *applied)))
    return Preference(LONGEST_WAIT_S if limit_s is None else limit_s, ", ".join((*modes, *applied)))
