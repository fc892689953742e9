"""A breach while a run goes on: what starts it, what it carries away, what it lets through."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dam_models.breach import Breach, BreachRecord, StateChange
from dam_models.breach_history import BreachHistory
from dam_models.dam import Dam
from dam_models.face_gauges import FaceGauges
from dam_models.mesh import Mesh
from dam_models.notch import Notch
from dam_models.pools import PoolTracker
from dam_models.pouring_step import pouring_step_s
from dam_models.scour import Pipe, erosion_m_s, notch_flow, shear_pa
from dam_models.sections import FaceSet
from dam_models.walls import Walls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_OF_DEPTH = 0.02
"""A step erodes at most this share of the depth of the flow, or of the diameter of the pipe, ..."""
_LEAST_DEPTH_M = 0.25
"""... or of this depth, where the flow is shallower."""


class Arrival(NamedTuple):
    """Material that comes out below a dam, the same depth in each of these cells."""

    rows: Ints
    cols: Ints
    depth_m: float
    solids_fraction: float


class Breaching:
    """Follows one breach.

    Parameters
    ----------
    dam : Dam
        With a breach; checked against the bed.
    breach : Breach
        It.
    tracker : PoolTracker
        That of this dam.
    bed_m : (ny, nx) float64
        Bed as the run begins, m.
    cell_size_m, cfl : float
        Side of a cell, m, and the Courant number that what is poured must keep.
    mesh, walls : Mesh, Walls
        Of the run.
    """

    def __init__(
        self,
        dam: Dam,
        breach: Breach,
        tracker: PoolTracker,
        bed_m: Floats,
        cell_size_m: float,
        cfl: float,
        mesh: Mesh,
        walls: Walls,
    ) -> None:
        self._dam, self._breach, self._cell, self._cfl = dam, breach, cell_size_m, cfl
        self._mesh, self._walls, self._tracker = mesh, walls, tracker
        self._centre = dam.breach_face(bed_m) or 0
        crest = dam.crest_at(0.0)
        self._crest_m = float(crest[self._centre])
        length = cell_size_m * dam.length_share
        self._notch = Notch(dam.faces, self._centre, crest, length, breach.fill, breach.side_slope)
        self._pipe = Pipe(breach, self._crest_m) if breach.kind == "piping" else None
        first, second = dam.faces.cells()
        inside = dam.pool[first]
        self._above = tuple(np.where(inside, a, b) for a, b in zip(first, second, strict=True))
        self._below = tuple(np.where(inside, b, a) for a, b in zip(first, second, strict=True))
        faces = FaceSet(
            dam.faces.rows + 1,
            dam.faces.cols + 1,
            dam.faces.south.astype(np.uint8),
            np.where(inside, 1.0, -1.0),
            np.arange(dam.faces.count),
            dam.faces.count,
        )
        self._gauges = FaceGauges(faces, mesh, cell_size_m)
        self._discharge, self._solids = np.zeros((2, dam.faces.count))
        self._passing, self._through = np.ones((2, dam.faces.count))
        self._state = "waiting"
        self._above_crest_s = 0.0
        self._rate_m_s = self._depth_m = self._eroding_m3_s = 0.0
        self._takes_up_m3 = 0.0
        self._has_just_begun = False
        self._history = BreachHistory(breach.kind, breach.fill)

    # What the run asks

    def waits(self, time_s: float) -> bool:
        """Whether it will begin by itself, however still everything is, or has only just begun."""
        if self._has_just_begun:
            return True
        begins = self._breach.start_s
        return self._state == "waiting" and begins is not None and time_s < begins and self._pipe_is_wet()

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return self._state != "waiting"

    def longest_step_s(self, time_s: float) -> float:
        """Longest step from a time on: none passes the beginning, none erodes or pours too much at once."""
        if self._state == "waiting":
            begins = self._breach.start_s
            return begins - time_s if begins is not None and self.waits(time_s) else math.inf
        if self._rate_m_s <= 0.0:
            return math.inf
        step = _MOST_OF_DEPTH * max(self._depth_m, _LEAST_DEPTH_M) / self._rate_m_s
        return min(step, pouring_step_s(self._eroding_m3_s / self._cell**2, self._cell, self._cfl))

    def start(self) -> None:
        """See whether it begins with the run."""
        self._begin_if_due(0.0, 0.0)
        if self._state == "notch":
            self._set_walls()

    def read(self) -> None:
        """Note the discharges that the present step applies."""
        if self._state == "notch":
            self._discharge, self._solids = np.array(self._gauges.read())

    def advance(self, dt: float, time_after_s: float) -> list[Arrival]:
        """Erode over a step that has been taken, and hand over what comes out below the dam."""
        arrivals = []
        self._takes_up_m3 = 0.0
        self._has_just_begun = False
        if self._state == "waiting":
            self._begin_if_due(dt, time_after_s)
        elif self._state == "piping":
            arrivals = self._pass_pipe(dt, time_after_s)
        else:
            self._deepen(dt, time_after_s)
        eroded = self._history.take_up_m3(self._takes_up_m3)
        self._eroding_m3_s = eroded / dt
        if eroded > 0.0:
            arrivals.append(self._carried_away(eroded))
        if self._state == "notch":
            self._set_walls()
        return arrivals

    # Beginning

    def _begin_if_due(self, dt: float, time_s: float) -> None:
        breach, level = self._breach, self._level_m()
        if self._pipe is not None:
            if breach.start_s is not None:
                due = time_s >= breach.start_s
            else:
                due = breach.start_level_m is not None and level > breach.start_level_m
            if due and self._pipe_is_wet():
                self._state = "piping"
                self._has_just_begun = True
                self._history.begin(time_s)
                self._history.erode(time_s, self._pipe.volume_m3(self._lowest_m()))
            return
        above = self._is_wet() and level - self._crest_m > breach.start_head_m
        self._above_crest_s = self._above_crest_s + dt if above else 0.0
        if above and self._above_crest_s >= breach.start_after_s:
            self._has_just_begun = True
            self._history.begin(time_s)
            self._notch.width_m = breach.notch_width_m
            self._notch.bottom_m = max(self._crest_m - breach.notch_depth_m, self._lowest_m())
            self._open_notch(time_s)

    def _open_notch(self, time_s: float) -> None:
        self._state = "notch"
        self._rate_m_s = 0.0
        self._history.open_notch(time_s)
        self._history.erode(time_s, self._notch.eroded_m3(self._ground()))

    # Piping

    def _pass_pipe(self, dt: float, time_s: float) -> list[Arrival]:
        pipe, lowest, breach = self._pipe, self._lowest_m(), self._breach
        assert pipe is not None
        level = self._level_m()
        wanted, speed = pipe.flow(level, self._tail_m(), lowest) if self._is_wet() else (0.0, 0.0)
        volume, solids = self._tracker.pass_mixture(wanted * dt, level, self._mesh)
        self._history.flow(time_s, dt, volume / dt)
        share = solids / volume if volume > 0.0 else 0.0
        shear = shear_pa(speed, pipe.radius_m, breach.fill.manning_n, share)
        self._history.shear(shear)
        self._rate_m_s, self._depth_m = erosion_m_s(shear, breach.fill), pipe.diameter_m
        self._takes_up_m3 = breach.fill.taken_up_m3(volume, share, breach.solids_cap)
        before = pipe.diameter_m
        pipe.diameter_m = before + 2.0 * self._rate_m_s * dt
        self._rate_m_s *= self._share_taken_up(pipe.volume_m3(lowest))
        pipe.diameter_m = before + 2.0 * self._rate_m_s * dt
        self._history.erode(time_s, pipe.volume_m3(lowest))
        if pipe.roof_falls(lowest):
            self._history.collapse(time_s)
            self._notch.dig_for(self._history.eroded_m3, pipe.diameter_m, lowest, self._ground())
            self._open_notch(time_s)
        if volume <= 0.0:
            return []
        row, col = (part[self._centre : self._centre + 1] for part in self._below)
        return [Arrival(row, col, volume / self._cell**2, share)]

    # The notch

    def _deepen(self, dt: float, time_s: float) -> None:
        breach, notch, centre = self._breach, self._notch, self._centre
        through = float((self._discharge * self._through / self._passing).sum())
        self._history.flow(time_s, dt, through)
        passed = float(self._discharge[centre])
        share = float(self._solids[centre]) / passed if passed > 0.0 else 0.0
        unit = passed / float(self._passing[centre])
        depth, speed, radius = notch_flow(
            unit, self._tail_m() - notch.bottom_m, notch.width_m, breach.side_slope
        )
        shear = shear_pa(speed, radius, breach.fill.manning_n, share)
        self._history.shear(shear)
        self._rate_m_s, self._depth_m = erosion_m_s(shear, breach.fill), depth
        if self._rate_m_s == 0.0:
            return
        self._takes_up_m3 = breach.fill.taken_up_m3(through * dt, share, breach.solids_cap)
        lowest, ground = self._lowest_m(), self._ground()
        before = notch.bottom_m, notch.width_m
        self._cut(*before, self._rate_m_s * dt)
        taken_up = self._share_taken_up(notch.eroded_m3(ground))
        if taken_up < 1.0:
            self._rate_m_s *= taken_up
            self._cut(*before, self._rate_m_s * dt)
        self._history.erode(time_s, notch.eroded_m3(ground))
        if notch.bottom_m <= lowest:
            self._history.reach_bottom(time_s)

    def _cut(self, bottom_m: float, width_m: float, depth_m: float) -> None:
        """Cut the notch deeper by a depth, and wider with it, from a bottom and a width."""
        breach, notch = self._breach, self._notch
        notch.bottom_m = min(bottom_m, max(self._lowest_m(), bottom_m - depth_m))
        notch.width_m = min(max(breach.largest_width_m, width_m), width_m + breach.widening * depth_m)

    def _share_taken_up(self, eroded_m3: float) -> float:
        """Share of what would go in a step, to this volume in all, that the flow of the step can take up.

        The volume grows a little faster than the depth: what this leaves over waits for the next step.
        """
        new = eroded_m3 - self._history.eroded_m3
        room = max(0.0, self._takes_up_m3 - self._history.waiting_m3)
        return 1.0 if new <= room else room / new

    def _set_walls(self) -> None:
        """Give the faces that the notch has reached their crests and their shares."""
        ground = self._ground()
        reached, crest = self._notch.opened(ground)
        rows, cols = (part + 1 for part in self._above)
        level = self._mesh.bed_m(rows, cols) + self._mesh.cells.h[self._mesh.index[rows, cols]]
        self._passing, self._through = self._notch.shares(level, ground)
        share = self._passing / self._cell
        self._walls.reshape(self._dam, reached, crest, share, share / self._dam.length_share)
        self._tracker.crest_m = crest

    # What is carried away

    def _carried_away(self, eroded_m3: float) -> Arrival:
        """The grains and the pore water of fill, in the cells below the bottom of the breach."""
        fill = self._breach.fill
        chosen = self._notch.bottom_faces()
        rows, cols = np.unique(np.stack([part[chosen] for part in self._below]), axis=1)
        mixture = eroded_m3 * fill.bulk
        return Arrival(rows, cols, mixture / (rows.size * self._cell**2), fill.solids_fraction / fill.bulk)

    # What lies beside it

    def _ground(self) -> Floats:
        return self._walls.ground_m(self._dam)

    def _lowest_m(self) -> float:
        """Lowest that notch or pipe can reach, m."""
        return max(self._breach.bottom_elevation_m, float(self._ground()[self._centre]))

    def _level_m(self) -> float:
        """Surface of the pool beside the breach, or its ground where it is dry, m."""
        return self._mesh.surface_m(int(self._above[0][self._centre]), int(self._above[1][self._centre]))

    def _tail_m(self) -> float:
        return self._mesh.surface_m(int(self._below[0][self._centre]), int(self._below[1][self._centre]))

    def _is_wet(self) -> bool:
        number = self._mesh.index[self._above[0][self._centre] + 1, self._above[1][self._centre] + 1]
        return bool(self._mesh.cells.h[number] > 0.0)

    def _pipe_is_wet(self) -> bool:
        if self._pipe is None or not self._is_wet():
            return False
        return self._level_m() > self._pipe.bottom_m(self._lowest_m())

    # The record

    def record(self, time_s: float) -> None:
        """Append a row to the time series."""
        widths = self._notch.widths_m(self._ground())[:2] if self._state == "notch" else (0.0, 0.0)
        pipe = self._pipe.diameter_m if self._pipe is not None and self._state == "piping" else 0.0
        self._history.record(time_s, self._notch.bottom_m, widths, pipe)

    def changes(self) -> list[StateChange]:
        """What it did to the state of its dam."""
        return self._history.changes()

    def finish(self) -> BreachRecord:
        """The record of the run."""
        mean = self._notch.widths_m(self._ground())[2] if self._state == "notch" else 0.0
        return self._history.finish(mean)
