"""Level-pool routing: what a bowl does to a hydrograph if its surface is level all the time.

The storage-indication method, or modified Puls: over a step the volume in the bowl changes by the mean of the
discharges at its two ends,

    V(z2) + dt/2 O(z2) = V(z1) - dt/2 O(z1) + dt/2 (I1 + I2),

solved for the level z2 at the end of each step. It knows no waves, no travel time through the bowl and no
mud that leans: it is the reference for a pool that is slow beside its inflow, and the quick answer for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam_models.crest import Crest
from dam_models.errors import InvalidParameter
from dam_models.hydrograph import Hydrograph
from dam_models.opening import Opening
from dam_models.passages import OpeningRecord, Passage, passages_of
from dam_models.storage import StorageCurve

Floats = NDArray[np.float64]

MOST_STEPS = 1_000_000


@dataclass(frozen=True, eq=False)
class PoolRouting:
    """A hydrograph routed through a bowl.

    Attributes
    ----------
    time_s, inflow_m3_s, overflow_m3_s, passed_m3_s, level_m, stored_m3 : (k,) float64
        Discharges are means over the step that ends at the time, through all openings and over all the crest;
        level and volume hold at the time.
    inflow_m3, overflow_m3, passed_m3 : float
        Totals; what was in the bowl, and flowed in, is what flowed out, and is in it, to rounding.
    openings : tuple of OpeningRecord
        What each opening did.
    """

    time_s: Floats
    inflow_m3_s: Floats
    overflow_m3_s: Floats
    passed_m3_s: Floats
    level_m: Floats
    stored_m3: Floats
    inflow_m3: float
    overflow_m3: float
    passed_m3: float
    openings: tuple[OpeningRecord, ...]

    @property
    def outflow_m3_s(self) -> Floats:
        """Over the crest and through the openings, m3/s, shape (k,)."""
        return np.asarray(self.overflow_m3_s + self.passed_m3_s)


def route_level_pool(
    inflow: Hydrograph,
    storage: StorageCurve,
    crest: Crest | None = None,
    openings: Sequence[Opening] = (),
    *,
    duration_s: float,
    step_s: float = 5.0,
    level_m: float | None = None,
    solids_fraction: float = 0.0,
    tail_m: float = -float("inf"),
) -> PoolRouting:
    """Route a hydrograph through a bowl with a level surface.

    Parameters
    ----------
    inflow : Hydrograph
        What flows in.
    storage : StorageCurve
        Volume below a level; above its end the sides are vertical.
    crest : Crest, optional
        What overflows; without it nothing does.
    openings : sequence of Opening
        As those of a `Dam`; `outfall` and `packing_fraction` have no part in it.
    duration_s : float
        How long, s, above 0.
    step_s : float
        Longest step, s, above 0; points of the hydrograph and of gates end a step too.
    level_m : float, optional
        Level at the start, m; an empty bowl if none is given.
    solids_fraction : float
        Solids by volume in the inflow and in the bowl, 0 to 0.8; all they do is clog openings.
    tail_m : float
        Level below the dam, m, for all openings and the crest.

    Raises
    ------
    InvalidParameter
        `field` names the argument.
    """
    start_m = storage.bottom_m if level_m is None else float(level_m)
    _check(duration_s, step_s, start_m, storage, solids_fraction)
    times = _times(inflow, openings, duration_s, step_s)
    feed = np.interp(times, inflow.time_s, inflow.discharge_m3_s, left=0.0, right=0.0)
    came = 0.5 * np.diff(times) * (feed[:-1] + feed[1:])
    bowl = _Bowl(storage, crest, passages_of(openings), start_m, tail_m, solids_fraction)
    rows = [(0.0, 0.0, start_m, bowl.volume_m3)]
    for begin, end, volume in zip(times[:-1].tolist(), times[1:].tolist(), came.tolist(), strict=True):
        spilled, passed = bowl.step(begin, end, volume)
        rows.append((spilled, passed, bowl.level_m, bowl.volume_m3))
    overflow, through, level, stored = np.array(rows).T
    interval = np.diff(times)
    inflow_rate, over_rate, through_rate = (
        np.concatenate([[0.0], total / interval]) for total in (came, overflow[1:], through[1:])
    )
    return PoolRouting(
        time_s=times,
        inflow_m3_s=inflow_rate,
        overflow_m3_s=over_rate,
        passed_m3_s=through_rate,
        level_m=level,
        stored_m3=stored,
        inflow_m3=float(came.sum()),
        overflow_m3=float(overflow.sum()),
        passed_m3=float(through.sum()),
        openings=tuple(passage.finish(times) for passage in bowl.passages),
    )


class _Bowl:
    """The bowl from step to step."""

    def __init__(
        self,
        storage: StorageCurve,
        crest: Crest | None,
        passages: tuple[Passage, ...],
        level_m: float,
        tail_m: float,
        solids_fraction: float,
    ) -> None:
        self._storage, self._crest, self.passages = storage, crest, passages
        self._tail, self._solids = tail_m, solids_fraction
        self.level_m, self.volume_m3 = level_m, float(storage.volume_at(level_m))
        for passage in passages:
            passage.record()

    def _out(self, level_m: float, time_s: float) -> Floats:
        """Over the crest, and through every opening, m3/s."""
        over = 0.0 if self._crest is None else self._crest.discharge_m3_s(level_m, self._tail)
        return np.array([over, *(one.discharge_m3_s(time_s, level_m, self._tail) for one in self.passages)])

    def step(self, begin_s: float, end_s: float, came_m3: float) -> tuple[float, float]:
        """Go on to the end of a step; returns what went over the crest and through the openings, m3."""
        # Loaded only where it is needed, as the compiler is.
        from scipy.optimize import brentq

        dt, middle = end_s - begin_s, 0.5 * (begin_s + end_s)
        for passage in self.passages:
            passage.prime(self.level_m)
            passage.meet(came_m3 * self._solids, self.level_m, end_s)
        storage, before = self._storage, self._out(self.level_m, middle)
        most = self.volume_m3 + came_m3
        known = most - 0.5 * dt * float(before.sum())

        def excess(level_m: float) -> float:
            return float(storage.volume_at(level_m) + 0.5 * dt * self._out(level_m, middle).sum()) - known

        level = storage.bottom_m
        if known > 0.0:
            highest = float(storage.level_at(known))
            level = highest if excess(highest) <= 0.0 else float(brentq(excess, level, highest, xtol=1e-9))
        out = 0.5 * dt * (before + self._out(level, middle))
        # No more leaves than there is; the root is known to a nanometre, the volumes close all the same.
        if out.sum() > most:
            out *= most / out.sum()
        for passage, part in zip(self.passages, out[1:].tolist(), strict=True):
            if part > 0.0:
                carried = min(self._solids, passage.opening.passed_solids_fraction)
                passage.add(part, part * carried, dt, end_s)
            passage.record()
        self.volume_m3 = max(0.0, most - float(out.sum()))
        self.level_m = float(storage.level_at(self.volume_m3))
        return float(out[0]), float(out[1:].sum())


def _check(
    duration_s: float, step_s: float, level_m: float, storage: StorageCurve, solids_fraction: float
) -> None:
    for field, value, ok, allowed in (
        ("duration_s", duration_s, np.isfinite(duration_s) and duration_s > 0.0, "above 0"),
        (
            "step_s",
            step_s,
            0.0 < step_s < np.inf and duration_s < step_s * MOST_STEPS,
            "above 0, a million steps",
        ),
        (
            "level_m",
            level_m,
            np.isfinite(level_m) and level_m >= storage.bottom_m,
            "from the bottom of the bowl up",
        ),
        ("solids_fraction", solids_fraction, 0.0 <= solids_fraction <= 0.8, "0 to 0.8"),
    ):
        if not ok:
            raise InvalidParameter(f"{field} is {value!r}; allowed: {allowed}", field=field)


def _times(inflow: Hydrograph, openings: Sequence[Opening], duration_s: float, step_s: float) -> Floats:
    """Ends of the steps: even ones, and every point of a table."""
    even = np.linspace(0.0, duration_s, max(1, int(np.ceil(duration_s / step_s))) + 1)
    gates = [opening.gate.time_s for opening in openings if opening.gate is not None]
    points = np.concatenate([inflow.time_s, *gates])
    inside = points[(points > 0.0) & (points < duration_s)]
    return np.unique(np.concatenate([even, inside]))
