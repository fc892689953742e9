"""The page `docs/validation.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from dam_models import ENGINE_VERSION
from dam_models.validation import NOT_MEASURED, Measure
from risk_api.validation.runner import Record

_GROUPS = {
    "rest": "At rest",
    "dam break": "Dam breaks",
    "oscillation": "Oscillations and waves",
    "steady": "Steady flow",
    "slope": "Layers on slopes",
    "rheology": "Muds with a yield stress",
    "structure": "Dams",
    "invariant": "Symmetry and volume",
    "common case": "The common case of the peers",
}

_HEAD = """# Validation

What the engine gives where the answer is known. Written by `selrisk validate`; do not edit, run it again. A
subset of the cases, on coarser or fewer grids but with the same tolerances, runs in `make test`.

Errors are sums over cells of the absolute difference of depth, divided by the sum of the exact depth (L1),
unless a row says otherwise. The order is measured between the coarsest and the finest grid; at a shock or a
dry front no scheme has more than one. Published solutions assume a nearly level bed, while the engine reduces
gravity by the squared cosine of the slope: such cases run with lengths and times stretched, which leaves
their equations as they are and takes the slope away.

On steep slopes the engine's equations in vertical depth agree with those in slope-normal thickness only where
the surface is nearly parallel to the bed. The slabs of Mangeney are compared with the solution of the
engine's own equations; at 30 degrees and 5 s its front is 12 % ahead of the one along the slope.
"""


def number(value: float) -> str:
    """Three digits that say something; tiny values by their power of ten."""
    if not isfinite(value):
        return "none"
    if value == 0.0:
        return "0"
    return f"{value:.1e}" if abs(value) < 1e-3 else f"{value:.3g}"


def measured(measure: Measure) -> str:
    """A value with its unit."""
    return f"{number(measure.value)} {measure.unit}".strip()


def allowed(measure: Measure) -> str:
    """The tolerance with its unit and direction."""
    bound = "at least" if measure.at_least else "at most"
    return f"{bound} {number(measure.tolerance)} {measure.unit}".strip()


def order(record: Record) -> str:
    """The measured order of accuracy, or nothing."""
    return "" if record.outcome.order is None else f"{record.outcome.order:.2f}"


def markdown(records: Sequence[Record], plots: Mapping[str, str], *, quick: bool) -> str:
    """The whole page.

    Parameters
    ----------
    records : sequence of Record
        What was run.
    plots : mapping of str to str
        Address of the picture of a case, relative to the page.
    quick : bool
        Whether the quick forms were run; the page says so.
    """
    kept = sum(record.outcome.passed for record in records)
    parts = [_HEAD, f"Engine version {ENGINE_VERSION}; {kept} of {len(records)} cases keep every tolerance."]
    if quick:
        parts.append("This is the subset on coarser or fewer grids.")
    missed = [record for record in records if not record.outcome.passed]
    if missed:
        parts += ["## Missed", _table(missed)]
    for group, title in _GROUPS.items():
        chosen = [record for record in records if record.case.group == group]
        if chosen:
            parts += [f"## {title}", _table(chosen), *(_details(record, plots) for record in chosen)]
    if NOT_MEASURED:
        parts += ["## Not measured", *(f"- {what}: {why}." for what, why in NOT_MEASURED.items())]
    return "\n\n".join(part.strip("\n") for part in parts).replace("\n\n- ", "\n- ") + "\n"


def _table(records: Sequence[Record]) -> str:
    lines = ["| case | measured | value | tolerance | order | |", "|---|---|---:|---:|---:|---|"]
    for record in records:
        for position, measure in enumerate(record.outcome.measures):
            first = position == 0
            lines.append(
                f"| {record.case.title if first else ''} | {measure.name} | {measured(measure)} "
                f"| {allowed(measure)} | {order(record) if first else ''} "
                f"| {'' if measure.passed else '**missed**'} |"
            )
    return "\n".join(lines)


def _details(record: Record, plots: Mapping[str, str]) -> str:
    case = record.case
    lines = [f"**{case.title}** (`{case.name}`). It tests: {case.tests}. Source: {case.source}."]
    if record.outcome.errors:
        errors = ", ".join(f"{number(100.0 * error)} % at {n}" for n, error in record.outcome.errors)
        lines.append(f"Errors by cells: {errors}.")
    if record.outcome.note:
        lines.append(f"Seen: {record.outcome.note}.")
    text = " ".join(lines)
    if case.peers:
        text += "\n\nWho else was measured:\n\n| code | result |\n|---|---|\n"
        text += "\n".join(f"| {peer.code} | {peer.result} |" for peer in case.peers)
    if case.name in plots:
        text += f"\n\n![{case.title}]({plots[case.name]})"
    return text
