"""The openings of a dam during a run: what blocks them, what they have passed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam_models.opening import Opening

Floats = NDArray[np.float64]

HALF_BLOCKED, MOSTLY_BLOCKED = 0.5, 0.9
"""Shares of the area whose blocking is noted with its time."""


@dataclass(frozen=True, eq=False)
class OpeningRecord:
    """What an opening of a dam did during a run.

    Attributes
    ----------
    passed_m3_s, blocked_share : (k,) float64
        At the times of the dam's record: the mean discharge over the interval that ends there, and the share
        of the area that is blocked then.
    passed_m3, solids_passed_m3 : float
        Mixture that went through, and the solids in it.
    peak_m3_s : float
        Largest discharge of any step.
    first_passed_s : float
        NaN = never.
    arrived_solids_m3 : float
        Solids that arrived at the opening; 0 where it has no `clogging`.
    blocked_share_end : float
        Share of the area that is blocked at the end.
    half_blocked_s, mostly_blocked_s : float
        Times at which a half and nine tenths of the area were blocked, 0 where they were from the start;
        NaN = never.
    """

    passed_m3_s: Floats
    blocked_share: Floats
    passed_m3: float
    solids_passed_m3: float
    peak_m3_s: float
    first_passed_s: float
    arrived_solids_m3: float
    blocked_share_end: float
    half_blocked_s: float
    mostly_blocked_s: float


class Passage:
    """One opening during a run.

    Parameters
    ----------
    opening : Opening
        What it is.
    meets_all : bool
        Whether all that arrives in the bowl arrives here, be it long before the water does. That is so for
        the lowest openings of a dam; one higher up meets what arrives while the level stands above its sill.
    """

    def __init__(self, opening: Opening, meets_all: bool) -> None:
        self.opening = opening
        self._meets_all = meets_all
        self._running = False
        self.passed_m3 = self._solids = self._peak = self._arrived = self.blocked_share = 0.0
        self._first = self._half = self._most = float("nan")
        self._series: list[tuple[float, float]] = []
        self._block(0.0)

    def _block(self, time_s: float) -> None:
        clogging = self.opening.clogging
        if clogging is None:
            return
        self.blocked_share = share = clogging.blocked_share(self._arrived)
        if share >= HALF_BLOCKED and not self._half <= time_s:
            self._half = time_s
        if share >= MOSTLY_BLOCKED and not self._most <= time_s:
            self._most = time_s

    def meet(self, solids_m3: float, level_m: float, time_s: float) -> None:
        """Let solids arrive that have come into the bowl, m3; `level_m` is NaN while the gauge is dry."""
        if self.opening.clogging is not None and (self._meets_all or level_m > self.opening.sill_m):
            self._arrived += solids_m3
            self._block(time_s)

    def prime(self, level_m: float) -> None:
        """Let a siphon begin or stop at a level."""
        if self.opening.siphon is not None:
            self._running = self.opening.siphon.runs(self._running, level_m)

    def discharge_m3_s(self, time_s: float, level_m: float, tail_m: float) -> float:
        """Discharge at a time and a level, m3/s, whatever fluid there is."""
        opening = self.opening
        if opening.siphon is not None and not self._running:
            return 0.0
        free = 1.0 - self.blocked_share
        if opening.gate is not None:
            free *= opening.gate.share_at(time_s)
        return free * opening.discharge_m3_s(level_m, tail_m) if free > 0.0 else 0.0

    def add(self, volume_m3: float, solids_m3: float, dt: float, time_after: float) -> None:
        """Account for what a step has passed."""
        self.passed_m3 += volume_m3
        self._solids += solids_m3
        self._peak = max(self._peak, volume_m3 / dt)
        if not self._first <= time_after:
            self._first = time_after

    def record(self) -> None:
        """Append a row to the time series."""
        self._series.append((self.passed_m3, self.blocked_share))

    def finish(self, time_s: Floats) -> OpeningRecord:
        """The record of the run; `time_s` are the times of its rows."""
        passed, blocked = np.array(self._series).T
        return OpeningRecord(
            passed_m3_s=np.concatenate([[0.0], np.diff(passed) / np.diff(time_s)]),
            blocked_share=blocked,
            passed_m3=self.passed_m3,
            solids_passed_m3=self._solids,
            peak_m3_s=self._peak,
            first_passed_s=self._first,
            arrived_solids_m3=self._arrived,
            blocked_share_end=self.blocked_share,
            half_blocked_s=self._half,
            mostly_blocked_s=self._most,
        )


def passages_of(openings: Sequence[Opening]) -> tuple[Passage, ...]:
    """The openings of a dam as a run begins."""
    lowest = min((opening.sill_m for opening in openings), default=0.0)
    return tuple(Passage(opening, opening.sill_m <= lowest) for opening in openings)
