"""How often a dam overflows: an event of its own between the largest it holds and the smallest it does not.

A dam that has not overflowed leaves below it what it left in the largest event that it held, so the curve
stays level up to the overload and rises only from there. A straight line between the two events would count
people behind a dam that still holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

OVERTOPPED: Final = ("overtopped", "unfinished overtopped", "breached")
"""Outcomes of a dam that no longer holds: a breach starts where one is overtopped, or from within."""


@dataclass(frozen=True)
class Overload:
    """Where a dam begins to overflow.

    Attributes
    ----------
    dam : str
    frequency_per_year : float
        Between those of the two events, by a power law in the inflow.
    inflow_m3 : float
        What had to arrive: the inflow of the event that overflows, less what went over the crest; of a dam
        that breached what it had held and passed, as all that it held goes over the crest in the end.
    held, overflows : str
        The largest event that does not overflow, the smallest that does.
    """

    dam: str
    frequency_per_year: float
    inflow_m3: float
    held: str
    overflows: str


def overloads(
    events: Sequence[tuple[str, float]], records: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[Overload]:
    """Return where the dams on one river begin to overflow.

    Parameters
    ----------
    events : sequence of (id, frequency)
        Events of one source, from the most frequent to the rarest.
    records : mapping
        For each event the dam records of its run, by dam id.
    """
    found = []
    dams = {dam for of_event in records.values() for dam in of_event}
    for dam in sorted(dams):
        for (smaller, often), (larger, rarely) in pairwise(events):
            below, above = records[smaller].get(dam), records[larger].get(dam)
            if below is None or above is None:
                continue
            if below.get("outcome") in OVERTOPPED or above.get("outcome") not in OVERTOPPED:
                continue
            low, high = float(below.get("inflow_m3") or 0.0), float(above["inflow_m3"])
            needed = min(max(_borne_m3(above, high), low), high)
            frequency = _frequency_at(needed, (low, often), (high, rarely))
            found.append(Overload(dam, frequency, needed, smaller, larger))
    return found


def _borne_m3(record: Mapping[str, Any], inflow_m3: float) -> float:
    """Return how much of an inflow a dam bore before it held no longer, m3."""
    if record.get("outcome") == "breached":
        return float(record.get("stored_max_m3") or 0.0) + float(record.get("passed_m3") or 0.0)
    return inflow_m3 - float(record["overflow_m3"])


def _frequency_at(needed: float, low: tuple[float, float], high: tuple[float, float]) -> float:
    """Interpolate ln(frequency) in ln(volume); linearly in volume where the smaller one is none."""
    (v0, f0), (v1, f1) = low, high
    if v1 <= v0:
        return f1
    share = math.log(needed / v0) / math.log(v1 / v0) if v0 > 0.0 else needed / v1
    return math.exp(math.log(f0) + min(1.0, max(0.0, share)) * (math.log(f1) - math.log(f0)))
