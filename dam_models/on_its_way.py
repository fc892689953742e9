"""What an opening has taken from a pool and not yet let out below."""

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import Floats
from dam_models.pools import PoolTracker

Ints = NDArray[np.int64]


class OnItsWay:
    """Comes out in the order and over the times in which it was taken, a little later.

    Where less is on its way than a march takes time, it is spread over the march: what comes is as late as
    the longest march or step so far was long, a few seconds. It comes a little faster than it was taken, so
    that the delay shrinks to nothing until the run ends.

    Parameters
    ----------
    tracker : PoolTracker
        The dam.
    row, col : int
        The cell of the grid that it comes out in.
    """

    def __init__(self, tracker: PoolTracker, row: int, col: int) -> None:
        self.tracker = tracker
        self.rows: Ints = np.array([row])
        self.cols: Ints = np.array([col])
        # Seconds since the first of it was taken, and depths of mixture and of solids until then.
        self._taken_s = np.zeros(1)
        self._depths_m = np.zeros(1)
        self._solids_m = np.zeros(1)

    def take(self, depth_m: float, solids_m: float, step_s: float) -> None:
        """Add what was taken in a step, mixture and solids, as depths in the cell that it comes out in, m."""
        self._taken_s = np.append(self._taken_s, self._taken_s[-1] + step_s)
        self._depths_m = np.append(self._depths_m, self._depths_m[-1] + depth_m)
        self._solids_m = np.append(self._solids_m, self._solids_m[-1] + solids_m)

    @property
    def is_empty(self) -> bool:
        """Whether all has come out."""
        return bool(self._depths_m[-1] <= 0.0)

    @property
    def late_s(self) -> float:
        """Time over which it was taken, and will come, s."""
        return float(self._taken_s[-1])

    def _let_out_s(self, time_s: float, left_s: float) -> float:
        """How much of what was taken comes in the next `time_s`, with `left_s` to the end of the run, s."""
        late_s = self.late_s
        return late_s if time_s >= left_s else min(time_s * (1.0 + late_s / left_s), late_s)

    def parts(self, step_s: float, steps: int, left_s: float) -> tuple[Floats, Floats]:
        """Depths (m) that come in each of the next steps, and solids fractions; at the end all comes."""
        until_s = np.arange(steps + 1) / steps * self._let_out_s(step_s * steps, left_s)
        depths, solids = (
            np.diff(np.interp(until_s, self._taken_s, table)) for table in (self._depths_m, self._solids_m)
        )
        fractions = np.divide(solids, depths, out=np.zeros(steps), where=depths > 0.0)
        return depths, np.clip(fractions, 0.0, 1.0)

    def leave(self, time_s: float, left_s: float) -> None:
        """Know no more of what has come in a time."""
        out_s = self._let_out_s(time_s, left_s)
        kept = self._taken_s > out_s
        tables = (self._taken_s, self._depths_m, self._solids_m)
        at = [float(np.interp(out_s, self._taken_s, table)) for table in tables]
        self._taken_s, self._depths_m, self._solids_m = (
            np.concatenate([[0.0], table[kept] - first]) for table, first in zip(tables, at, strict=True)
        )
