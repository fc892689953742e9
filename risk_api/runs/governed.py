"""What governs a passage of a dam of a question: a gate that moves in time, a siphon that primes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from risk_api.errors import BadParameter
from risk_api.runs.heights import HIGHEST_DAM_M

MOST_GATE_POINTS: Final = 20
LONGEST_GATE_S: Final = 864_000.0
"""Ten days, longer than any run: a table that begins to move after a run's end is refused with that run."""


@dataclass(frozen=True)
class GivenGate:
    """How far an opening is open, as a table in time.

    Attributes
    ----------
    time_s : sequence of float
        From the moment the flow is released, s, from 0, not decreasing, 2 to 20; linear between them, steady
        before and after, a jump where two are equal.
    open_share : sequence of float
        Share of the area that is open at each, 0 to 1; not all alike.

    Raises
    ------
    BadParameter
        `field` names ``gate.time_s`` or ``gate.open_share``.
    """

    time_s: Sequence[float]
    open_share: Sequence[float]

    def __post_init__(self) -> None:
        times, shares = self.time_s, self.open_share
        if not 2 <= len(times) <= MOST_GATE_POINTS or len(times) != len(shares):
            raise _refused("gate.time_s", "gate_tables", most=str(MOST_GATE_POINTS))
        inside = all(0.0 <= time <= LONGEST_GATE_S for time in times)
        if not inside or any(late < early for early, late in pairwise(times)):
            raise _refused("gate.time_s", "gate_order", most=f"{LONGEST_GATE_S:g}")
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise _refused("gate.open_share", "gate_share")
        if len(set(shares)) == 1:
            raise _refused("gate.open_share", "gate_still")

    def plain(self) -> dict[str, list[float]]:
        """As a spec holds it."""
        return {
            "time_s": [float(time) for time in self.time_s],
            "open_share": [float(share) for share in self.open_share],
        }


def gate_moves_from_s(gate: Mapping[str, Sequence[float]]) -> float:
    """Time at which a gate of a spec begins to move, s."""
    first = gate["open_share"][0]
    moved = next(number for number, share in enumerate(gate["open_share"]) if share != first)
    return float(gate["time_s"][moved - 1])


@dataclass(frozen=True)
class GivenSiphon:
    """A siphon's two levels: it begins to draw at one and stops at a lower one, running full between.

    Attributes
    ----------
    priming_above_bed_m : float
        Level of the pool at which it begins, above the river bed at the dam, m, up to 250.
    breaking_above_bed_m : float
        Level below which air breaks it, m, above 0 and below the priming level: its mouth in the pool.

    Raises
    ------
    BadParameter
        `field` names ``siphon.priming_above_bed_m`` or ``siphon.breaking_above_bed_m``.
    """

    priming_above_bed_m: float
    breaking_above_bed_m: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.priming_above_bed_m) and 0.0 < self.priming_above_bed_m < HIGHEST_DAM_M):
            raise _refused("siphon.priming_above_bed_m", "siphon_priming", most=f"{HIGHEST_DAM_M:g}")
        if not 0.0 < self.breaking_above_bed_m < self.priming_above_bed_m:
            raise _refused("siphon.breaking_above_bed_m", "siphon_breaking")

    def check_outlet(self, outlet_above_bed_m: float) -> None:
        """Refuse an outlet, the opening's sill, that does not lie below the level at which it breaks.

        Raises
        ------
        BadParameter
        """
        if outlet_above_bed_m >= self.breaking_above_bed_m:
            raise _refused("siphon.breaking_above_bed_m", "siphon_outlet", outlet=f"{outlet_above_bed_m:g}")

    def plain(self) -> dict[str, float]:
        """As a spec holds it."""
        return {
            "priming_above_bed_m": self.priming_above_bed_m,
            "breaking_above_bed_m": self.breaking_above_bed_m,
        }


_REASONS: Final = {
    "gate_tables": "time_s and open_share are two tables of one length, 2 to {most}",
    "gate_order": "from 0 to {most} s, each no earlier than the one before it",
    "gate_share": "shares of the area, 0 to 1",
    "gate_still": "a gate that never moves: give a smaller area instead",
    "siphon_priming": "more than 0 and less than {most} m above the bed is needed",
    "siphon_breaking": "a siphon breaks above the bed and below the level at which it primes",
    "siphon_outlet": "a siphon breaks above its outlet, {outlet} m above the bed",
}


def _refused(field: str, reason: str, **params: str) -> BadParameter:
    return BadParameter(field, _REASONS[reason].format(**params), reason_key=f"passages.{reason}", **params)
