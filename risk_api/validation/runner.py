"""Running the cases one after the other, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

from dam_models.validation import Case, Outcome


@dataclass(frozen=True, slots=True)
class Record:
    """One case, what it gave, and the CPU time that it took, s."""

    case: Case
    outcome: Outcome
    cpu_s: float


def run_cases(
    cases: Sequence[Case], *, quick: bool, progress: Callable[[float, str], None] | None = None
) -> list[Record]:
    """Run cases in order.

    Parameters
    ----------
    cases : sequence of Case
        What to run.
    quick : bool
        Whether to run the quick forms, the same tolerances on coarser or fewer grids.
    progress : callable, optional
        Called with (share done, title of the next).
    """
    records = []
    for number, case in enumerate(cases):
        if progress is not None:
            progress(number / len(cases), case.title)
        start = process_time()
        outcome = case.run(quick=quick)
        records.append(Record(case, outcome, process_time() - start))
    if progress is not None:
        progress(1.0, "done")
    return records


def document(records: Sequence[Record], *, quick: bool) -> dict[str, Any]:
    """The outcome for a machine."""
    from dam_models import ENGINE_VERSION

    return {
        "engine_version": ENGINE_VERSION,
        "subset": "ci" if quick else "all",
        "passed": all(record.outcome.passed for record in records),
        "cases": [
            {
                "name": record.case.name,
                "title": record.case.title,
                "group": record.case.group,
                "source": record.case.source,
                "passed": record.outcome.passed,
                "measures": [
                    {
                        "name": measure.name,
                        "value": float(measure.value),
                        "tolerance": float(measure.tolerance),
                        "at_least": measure.at_least,
                        "unit": measure.unit,
                        "passed": bool(measure.passed),
                    }
                    for measure in record.outcome.measures
                ],
                "errors": [{"cells": n, "relative_l1": error} for n, error in record.outcome.errors],
                "order": record.outcome.order,
                "note": record.outcome.note,
                "peers": [{"code": peer.code, "result": peer.result} for peer in record.case.peers],
                "cpu_s": round(record.cpu_s, 2),
            }
            for record in records
        ],
    }
