"""What became of a breach, of gates, siphons and openings that clog, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_api.i18n import Language, format_number, translate


def what_it_did(
    record: Mapping[str, Any], openings: list[Mapping[str, Any]], language: Language
) -> list[str]:
    """Return a sentence for each thing that a dam was asked to do in time, whether it came to that or not.

    Parameters
    ----------
    record : mapping
        The dam's record in a run.
    openings : list of mapping
        The openings that the run had, in the order of the record's `passages`.
    language : {"kk", "ru", "en"}
    """
    told = []
    breach = record.get("breach")
    if breach is not None and breach["started"]:
        told.append(
            translate(
                language,
                "what_if.breach",
                kind=translate(language, f"what_if.breach.{breach['kind']}"),
                start=format_number(breach["start_s"] / 60.0, language),
                peak=format_number(breach["peak_m3_s"], language),
                eroded=format_number(breach["eroded_m3"], language),
                width=format_number(breach["bottom_width_m"], language),
            )
        )
    elif breach is not None:
        told.append(translate(language, "what_if.breach.never"))
    for number, passage in enumerate(record.get("passages") or (), start=1):
        told += _governed(openings[number - 1], passage, number, language)
        if passage["blocked_share_end"]:
            share = format_number(100.0 * passage["blocked_share_end"], language)
            told.append(translate(language, "what_if.clogged", number=number, share=share))
    return told


def _governed(
    opening: Mapping[str, Any], passage: Mapping[str, Any], number: int, language: Language
) -> list[str]:
    """What a siphon or an opening with a gate did; nothing of one that has neither."""
    kind = next((name for name in ("siphon", "gate") if name in opening), None)
    if kind is None:
        return []
    began = passage["first_passed_s"]
    if began is not None:
        start, passed = format_number(began / 60.0, language), format_number(passage["passed_m3"], language)
        return [translate(language, f"passages.{kind}", number=number, start=start, passed=passed)]
    if kind == "gate":
        return [translate(language, "passages.gate_never", number=number)]
    level = format_number(opening["priming_elevation_m"], language, 1)
    return [translate(language, "passages.siphon_never", number=number, level=level)]
