"""What comes from above while steps are taken: hydrographs, and what openings have let through.

What is poured comes at the end of each step of level 0. What an opening has taken from its pool while levels
advanced, or in a step, comes out below from the next on: all at once it would stand in one cell.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import COMPLETE, Indices, WholeNumbers
from dam_models.kernels.pours import Pours
from dam_models.mesh import Mesh
from dam_models.on_its_way import OnItsWay
from dam_models.pools import PoolTracker
from dam_models.pouring import pour_scheduled
from dam_models.pouring_step import pouring_step_s
from dam_models.release import Release
from dam_models.result import Settings

Ints = NDArray[np.int64]


_SHORTER = 0.1
"""Share of what is left of a run that a march may take while something is on its way through an opening."""

_NO_CELLS: Indices = np.empty(0, dtype=np.uint32)
_NO_SOURCES: WholeNumbers = np.empty(0, dtype=np.int64)


class Sources:
    """Pours hydrographs, and what openings let through, into a mesh; tells the dams whose bowls they fill.

    Parameters
    ----------
    releases : sequence of Release
        Those with a hydrograph are poured.
    trackers : sequence of PoolTracker
        The dams.
    mesh : Mesh
        What is poured into.
    cell_size_m : float
        Side of a cell, m.
    settings : Settings
        Courant number and depths.
    """

    def __init__(
        self,
        releases: Sequence[Release],
        trackers: Sequence[PoolTracker],
        mesh: Mesh,
        cell_size_m: float,
        settings: Settings,
    ) -> None:
        self._releases = [release for release in releases if release.time_s.size]
        self._trackers, self._mesh = trackers, mesh
        self._cell, self._area, self._settings = cell_size_m, cell_size_m**2, settings
        self._active: list[Release] = []
        self._passed: list[OnItsWay] = []
        self._lump_m_s = 0.0
        self._left_s = math.inf
        self._source = _NO_SOURCES
        self.numbers = _NO_CELLS
        """The cells that are poured into."""
        self.released_m3 = 0.0
        """What hydrographs have poured."""
        self.moved = False
        """Whether anything was poured in the last step, or is on its way."""

    def open(self, time_s: float, left_s: float) -> None:
        """Bring in the cells that are poured into from `time_s` on, `left_s` before the end; wake them."""
        self._left_s = left_s
        self._active = [each for each in self._releases if each.time_s[0] <= time_s < each.end_s]
        if not self._all():
            self.numbers, self._source = _NO_CELLS, _NO_SOURCES
            return
        self._source, (rows, cols) = self._places()
        numbers = self._mesh.index[rows, cols].astype(np.uint32)
        if not numbers.all():
            numbers = self._mesh.ensure_all(rows, cols)
        lacking = self._mesh.groups.flags[numbers, COMPLETE] == 0
        if lacking.any():
            self._mesh.complete(numbers[lacking])
        self._mesh.wake(numbers)
        self.numbers = numbers

    def _all(self) -> list["Release | OnItsWay"]:
        """What pours, hydrographs first: a column of `Pours` each, in this order."""
        return [*self._active, *self._passed]

    def _places(self) -> tuple[WholeNumbers, tuple[Ints, Ints]]:
        """Which source pours into each cell, and rows and columns of them, counted with the ghost ring."""
        sources = self._all()
        source = np.repeat(np.arange(len(sources)), [each.rows.size for each in sources])
        rows = np.concatenate([each.rows for each in sources])
        cols = np.concatenate([each.cols for each in sources])
        return source, (rows + 1, cols + 1)

    def limits_s(self, time_s: float, ahead_s: float = 0.0) -> tuple[float, float]:
        """How long a step may be, and until when it, or a march, may go on, s.

        A step is limited by the largest discharge of a hydrograph in the next `ahead_s`, and at least by that
        of the piece that the time lies in and of the one after it. Nothing passes the time at which one
        begins. While something is on its way through an opening, marches (`ahead_s` above 0) become shorter
        towards the end of the run, so that none of it is left but that of a step.

        Parameters
        ----------
        time_s : float
            Time from which on the step is taken, s.
        ahead_s : float
            How far a march could go, s; 0 for a single step.

        Returns
        -------
        tuple of float
            Longest step, and how long after `time_s` it has to end, s; infinite where nothing limits them.
        """
        step, until = math.inf, math.inf
        if self._passed and ahead_s > 0.0:
            until = _SHORTER * self._left_s
        for release in self._releases:
            if time_s >= release.end_s:
                continue
            part = int(np.searchsorted(release.time_s, time_s, side="right"))
            # The part that the time lies in, and the one after it, which a step may reach into.
            if part == 0 or not release.discharge_m3_s[part - 1 : part + 2].any():
                until = min(until, float(release.time_s[part]) - time_s)
                continue
            last = int(np.searchsorted(release.time_s, time_s + ahead_s, side="right"))
            largest = float(release.discharge_m3_s[part - 1 : last + 2].max())
            rise_m_s = largest / (release.rows.size * self._area)
            step = min(step, pouring_step_s(rise_m_s, self._cell, self._settings.cfl))
        return step, until

    @property
    def lump_s(self) -> float:
        """How long steps may go on before what openings pass is poured below all at once, s."""
        return pouring_step_s(self._lump_m_s, self._cell, self._settings.cfl)

    def schedule(self, time_s: float, step_s: float, steps: int) -> Pours:
        """What is poured at the end of each of `steps` steps from `time_s` on."""
        sources = self._all()
        depths, fractions = np.zeros((2, steps, len(sources)))
        for column, release in enumerate(self._active):
            times_s = np.asarray(time_s + step_s * np.arange(steps + 1), dtype=np.float64)
            volumes, fractions[:, column] = release.poured_between(times_s)
            depths[:, column] = volumes / (release.rows.size * self._area)
        for column, passed in enumerate(self._passed, start=len(self._active)):
            depths[:, column], fractions[:, column] = passed.parts(step_s, steps, self._left_s)
        return Pours(self.numbers, self._source, depths, fractions)

    def pour_at_once(self, time_s: float, step_s: float) -> None:
        """Pour what comes in one step of `step_s`, at its end, and count it."""
        pours = self.schedule(time_s, step_s, 1)
        dry, threshold = self._settings.dry_depth_m, self._settings.threshold_depth_m
        pour_scheduled(self._mesh, pours, 0, time_s + step_s, dry, threshold)
        self.settle(pours, time_s, step_s)

    def settle(self, pours: Pours, time_s: float, step_s: float) -> None:
        """Count what was poured in steps of `step_s` from `time_s` on."""
        owners = [None] * len(self._active) + [passed.tracker for passed in self._passed]
        for column, (each, owner) in enumerate(zip(self._all(), owners, strict=True)):
            inside = [
                (tracker, np.count_nonzero(tracker.dam.pool[each.rows, each.cols]))
                for tracker in self._trackers
                if tracker is not owner
            ]
            for step, depth in enumerate(pours.depths[:, column].tolist()):
                if depth <= 0.0:
                    continue
                self.moved = True
                after_s = time_s + (step + 1) * step_s
                for tracker, cells in inside:
                    if cells:
                        volume = cells * depth * self._area
                        tracker.add_release(volume, float(pours.fractions[step, column]), after_s)
                if owner is None:
                    self.released_m3 += depth * each.rows.size * self._area
        for passed in self._passed:
            passed.leave(step_s * len(pours.depths), self._left_s)
        self._passed = [passed for passed in self._passed if not passed.is_empty]

    def flush(self, time_s: float) -> None:
        """Let out all that is still on its way at the end of the run: what was taken in the last step."""
        self.open(time_s, 0.0)
        self.pour_at_once(time_s, 0.0)

    def pass_openings(self, time_s: float, step_s: float) -> None:
        """Take from the pools what their openings pass in the `step_s` after `time_s`."""
        most = 0.0
        for tracker in self._trackers:
            # Several openings may come out in one cell: what they took, they took at the same time.
            taken: dict[tuple[int, int], tuple[float, float]] = {}
            for row, col, depth, solids in tracker.pass_openings(time_s, step_s, self._mesh):
                before, carried = taken.get((row, col), (0.0, 0.0))
                taken[row, col] = before + depth, carried + depth * solids
            for (row, col), (depth, carried) in taken.items():
                self._on_its_way(tracker, row, col).take(depth, carried, step_s)
                most = max(most, depth)
        self._lump_m_s = most / step_s
        self.moved = self.moved or bool(self._passed)

    def _on_its_way(self, tracker: PoolTracker, row: int, col: int) -> OnItsWay:
        """What comes out in a cell from a dam; nothing yet, where that is new."""
        for passed in self._passed:
            if passed.tracker is tracker and passed.rows[0] == row and passed.cols[0] == col:
                return passed
        self._passed.append(OnItsWay(tracker, row, col))
        return self._passed[-1]
