"""The smallest crest that keeps the affected below a number: a bracketed search that pays for each run.

A trial is a whole simulation, so the search is told what is known, may ask for at most eight, and begins
where a volume balance says that the dam is large enough. It needs no derivative and no continuity: people are
affected in steps, and a taller dam can even affect more of them (its pool reaches further up). What does not
fall with height is reported, not smoothed away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Generic, TypeVar

from risk_api.errors import BadParameter

T = TypeVar("T")

#: Full runs that one search may ask for, those without the dam and at the tallest crest among them.
MOST_TRIALS: Final = 8
#: Crests that lie closer than this are not told apart by the terrain, m.
TOLERANCE_M: Final = 1.0
#: A rise of the affected by less is the last digit of a cell's share, not a dam that does harm.
SLACK_PEOPLE: Final = 0.5
#: Shares of the range that are tried where the tallest crest fails: a lower one may still suffice.
_SECOND_CHANCES: Final = (0.5, 0.75, 0.25)


@dataclass(frozen=True)
class Trial(Generic[T]):
    """One height that was tried, crest above the bed (m; 0 = no dam), the people affected, and the rest."""

    height_m: float
    affected: float
    outcome: T


@dataclass(frozen=True)
class Sizing(Generic[T]):
    """What a search found.

    Attributes
    ----------
    answer : {"none needed", "height", "no height suffices"}
    height_m : float or None
        Smallest height tried from which on, up to the next failure, the affected stay below the limit.
    resolved_to_m : float or None
        The next lower height that fails lies this far below; None where no lower one was tried, because it is
        the lowest that can be built, or because the runs were spent.
    trials : tuple of Trial
        By height; the trade-off curve.
    asked : int
        Trials that were not known before.
    falling : bool
        Whether no taller dam tried affects more people than a lower one.
    fails_above_m : tuple of float
        Taller heights that fail again.
    """

    answer: str
    height_m: float | None
    resolved_to_m: float | None
    trials: tuple[Trial[T], ...]
    asked: int
    falling: bool
    fails_above_m: tuple[float, ...]

    @property
    def best(self) -> Trial[T]:
        """The trial that leaves the fewest affected; the lowest of them."""
        return min(self.trials, key=lambda trial: (trial.affected, trial.height_m))

    @property
    def tallest(self) -> Trial[T]:
        """The tallest that was tried."""
        return self.trials[-1]


def _rounded(height_m: float) -> float:
    """Return a height to a decimetre: one height asked for twice is then one run."""
    return round(height_m, 1)


def half_way(failing_m: float, passing_m: float) -> float:
    """Return the mean of two heights."""
    return 0.5 * (failing_m + passing_m)


class _Spent(Exception):
    """No further trial may be asked for."""


class _Bench(Generic[T]):
    """Keeps what is tried, counts what is asked."""

    def __init__(
        self,
        evaluate: Callable[[float], T],
        affected: Callable[[T], float],
        known: Mapping[float, T],
        most: int,
    ) -> None:
        self._evaluate = evaluate
        self._affected = affected
        self._most = most
        self.asked = 0
        self.trials = {height: Trial(height, self._count(one), one) for height, one in known.items()}

    def _count(self, outcome: T) -> float:
        found = self._affected(outcome)
        if not (math.isfinite(found) and found >= 0.0):
            raise ValueError(f"a trial gave {found} people affected")
        return found

    def at(self, height_m: float) -> Trial[T]:
        if height_m not in self.trials:
            if self.asked >= self._most:
                raise _Spent
            outcome = self._evaluate(height_m)
            self.asked += 1
            self.trials[height_m] = Trial(height_m, self._count(outcome), outcome)
        return self.trials[height_m]


def smallest_height(
    evaluate: Callable[[float], T],
    affected: Callable[[T], float],
    *,
    affected_below: float,
    lowest_m: float,
    tallest_m: float,
    guesses_m: Sequence[float] = (),
    known: Mapping[float, T] | None = None,
    tolerance_m: float = TOLERANCE_M,
    most_trials: int = MOST_TRIALS,
    between: Callable[[float, float], float] = half_way,
) -> Sizing[T]:
    """Search for the smallest height that keeps the affected below a number.

    Parameters
    ----------
    evaluate : callable
        Takes a height above the bed, m (0 = no dam), and returns what comes of it: a full run.
    affected : callable
        People affected in an outcome.
    affected_below : float
        The limit; the affected have to be fewer. Above 0.
    lowest_m, tallest_m : float
        Heights that can be built, 0 < lowest < tallest.
    guesses_m : sequence of float
        Where to look first: the height that stands, the one that a volume balance gives.
    known : mapping of float to outcome, optional
        What is known without a run, by height.
    tolerance_m : float
        The search stops once the answer is known this well.
    most_trials : int
        Runs that may be asked for, at least 3: no dam, the tallest, and one between.
    between : callable
        The height to try next between one that fails and one that passes; half-way unless given.

    Raises
    ------
    BadParameter
        Naming what cannot be searched; whatever `evaluate` raises passes through.
    """
    _check(affected_below, lowest_m, tallest_m, tolerance_m, most_trials)
    bench = _Bench(evaluate, affected, known or {}, most_trials)

    def passes(trial: Trial[T]) -> bool:
        return trial.affected < affected_below

    if passes(bench.at(0.0)):
        return _result("none needed", bench, affected_below)
    if not passes(bench.at(tallest_m)):
        _second_chances(bench, passes, lowest_m, tallest_m, guesses_m)
    found = [trial.height_m for trial in bench.trials.values() if passes(trial)]
    if not found:
        return _result("no height suffices", bench, affected_below)
    pending = [_rounded(height) for height in guesses_m]
    while True:
        passing, failing = _bracket(bench, passes, lowest_m)
        if passing - failing <= tolerance_m:
            if failing in bench.trials:
                break
            # Down to the lowest dam that can be built, which nobody has tried.
            trial_m = failing
        elif pending:
            trial_m = pending.pop(0)
            if not failing < trial_m < passing:
                continue
        else:
            trial_m = _rounded(between(failing, passing))
            if not failing < trial_m < passing:
                break
        try:
            bench.at(trial_m)
        except _Spent:
            break
    passing, failing = _bracket(bench, passes, lowest_m)
    tried = failing in bench.trials and failing < passing
    return _result("height", bench, affected_below, passing, passing - failing if tried else None)


def _check(limit: float, lowest: float, tallest: float, tolerance: float, most: int) -> None:
    if not (math.isfinite(limit) and limit > 0.0):
        raise BadParameter("affected_below", f"a number of people above 0 is needed, not {limit:g}")
    if not (math.isfinite(lowest) and lowest > 0.0):
        raise BadParameter("lowest_m", f"a height above 0 m is needed, not {lowest:g}")
    if not (math.isfinite(tallest) and lowest < tallest):
        raise BadParameter(
            "tallest_m", f"the tallest dam ({tallest:g} m) has to be taller than the lowest ({lowest:g} m)"
        )
    if not (math.isfinite(tolerance) and tolerance > 0.0):
        raise BadParameter("tolerance_m", f"a tolerance above 0 m is needed, not {tolerance:g}")
    if most < 3:
        raise BadParameter("most_trials", f"at least 3 runs are needed, not {most}")


def _second_chances(
    bench: _Bench[T],
    passes: Callable[[Trial[T]], bool],
    lowest_m: float,
    tallest_m: float,
    guesses_m: Sequence[float],
) -> None:
    """Where the tallest fails, look at a few lower ones before saying that none suffices."""
    shares = [lowest_m + share * (tallest_m - lowest_m) for share in _SECOND_CHANCES]
    candidates = [height for height in (*guesses_m, *shares) if lowest_m <= height < tallest_m]
    for height in map(_rounded, candidates[: len(shares)]):
        if any(passes(trial) for trial in bench.trials.values()):
            return
        try:
            bench.at(height)
        except _Spent:
            return


def _bracket(bench: _Bench[T], passes: Callable[[Trial[T]], bool], lowest_m: float) -> tuple[float, float]:
    """Return the lowest height that passes and the tallest below it that fails.

    Below the lowest dam that can be built stands none, which fails.
    """
    passing = min(trial.height_m for trial in bench.trials.values() if passes(trial))
    failing = max(trial.height_m for trial in bench.trials.values() if trial.height_m < passing)
    return passing, max(failing, min(lowest_m, passing))


def _result(
    answer: str,
    bench: _Bench[T],
    limit: float,
    height: float | None = None,
    resolved_to_m: float | None = None,
) -> Sizing[T]:
    trials = sorted(bench.trials.values(), key=lambda trial: trial.height_m)
    falling = all(upper.affected <= lower.affected + SLACK_PEOPLE for lower, upper in pairwise(trials))
    again = tuple(
        trial.height_m
        for trial in trials
        if height is not None and trial.height_m > height and trial.affected >= limit
    )
    return Sizing(
        answer=answer,
        height_m=height,
        resolved_to_m=resolved_to_m,
        trials=tuple(trials),
        asked=bench.asked,
        falling=falling,
        fails_above_m=again,
    )


def height_for_volume(level_m: list[float], volume_m3: list[float], needed_m3: float) -> float | None:
    """Return the level at which a storage curve holds a volume, None where it never does.

    Parameters
    ----------
    level_m, volume_m3 : list of float
        Levels, rising, and the volume below each, never falling.
    needed_m3 : float
        What has to be held.
    """
    for (low, below), (high, above) in pairwise(zip(level_m, volume_m3, strict=True)):
        if above >= needed_m3:
            span = above - below
            return high if span <= 0.0 else low + max(0.0, needed_m3 - below) / span * (high - low)
    return None
