"""Following a dam through a run: what flows in, over and through, and what stays."""

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dam_models.breach import STATES, StateChange
from dam_models.dam import Dam, DamRecord
from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import BLOCK, SOLIDS, Bytes, Floats, H, Indices, Ints, Z
from dam_models.mesh import Mesh
from dam_models.passages import passages_of
from dam_models.sections import FaceSet, faces_around

if TYPE_CHECKING:
    from dam_models.breaching import Breaching


_PACKS_NEVER = 2.0
"""A packing above any fraction: all of a mixture can go."""


@kernel()
def _draw_fluid(
    rows: Ints,
    cols: Ints,
    index: Ints,
    state: Floats,
    links: Indices,
    changed: Bytes,
    level: float,
    wanted: float,
    passed_solids: float,
    packing: float,
) -> tuple[float, float]:
    """Take `wanted` (m of depth summed over cells) of fluid from the flooded cells of a pool.

    A cell gives what leaves its solids packed at most to `packing`; cells give in proportion to what they
    have, as a level pool does. Returns the depth taken and the solids in it.
    """
    available = 0.0
    for k in range(rows.size):
        i = index[rows[k], cols[k]]
        if state[i, H] > 0.0 and state[i, Z] < level:
            share = min(state[i, SOLIDS], passed_solids)
            spare = state[i, H] * max(0.0, packing - state[i, SOLIDS]) / (packing - share)
            available += min(state[i, H], spare)
    if available <= 0.0 or wanted <= 0.0:
        return 0.0, 0.0
    part = min(1.0, wanted / available)
    taken = 0.0
    taken_solids = 0.0
    for k in range(rows.size):
        i = index[rows[k], cols[k]]
        if state[i, H] > 0.0 and state[i, Z] < level:
            share = min(state[i, SOLIDS], passed_solids)
            spare = state[i, H] * max(0.0, packing - state[i, SOLIDS]) / (packing - share)
            give = part * min(state[i, H], spare)
            left = state[i, H] - give
            if give <= 0.0 or left < 0.0:
                continue
            if left > 0.0:
                state[i, SOLIDS] = max(0.0, state[i, H] * state[i, SOLIDS] - give * share) / left
            state[i, H] = left
            changed[links[i, BLOCK]] = 1
            taken += give
            taken_solids += give * share
    return taken, taken_solids


@kernel()
def _sum_depth(rows: Ints, cols: Ints, index: Ints, h: Floats) -> float:
    """Sum of depths over cells of the grid, m."""
    total = 0.0
    for k in range(rows.size):
        total += h[index[rows[k], cols[k]]]
    return total


@kernel()
def _sum_solids(rows: Ints, cols: Ints, index: Ints, h: Floats, solids: Floats) -> float:
    """Sum of depths of solids over cells of the grid, m."""
    total = 0.0
    for k in range(rows.size):
        i = index[rows[k], cols[k]]
        total += h[i] * solids[i]
    return total


class PoolTracker:
    """Counts what a dam does; its two face groups are inflow (negative outwards) and overflow."""

    def __init__(self, dam: Dam, bed_m: Floats, cell_area_m2: float, bed_moves: bool = False) -> None:
        self.dam = dam
        self._passages = passages_of(dam.openings)
        self._clogs = any(opening.clogging is not None for opening in dam.openings)
        self._arrived_solids = 0.0
        self._bed_moves = bed_moves
        self._area = cell_area_m2
        self.faces: FaceSet = faces_around(dam.pool, dam.faces)
        self._rows, self._cols = _padded(dam.pool)
        self._beside = [(rows + 1, cols + 1) for rows, cols in dam.faces.cells()]
        self._ground = dam.faces.higher_bed_m(bed_m)
        self.crest_m: Floats | None = None
        """Crest of every face once a breach has begun to lower it, m."""
        self._spill_at_start_m = self._lowest_m(0.0)
        self.capacity_m3 = float(
            np.maximum(0.0, self._spill_at_start_m - bed_m[dam.pool]).sum() * cell_area_m2
        )
        self.inflow_m3 = self.overflow_m3 = self.passed_m3 = 0.0
        self.entrained_m3 = self.deposited_m3 = 0.0
        self._solids_in = self._solids_out = self._entrained_solids = 0.0
        self._stored_start = self._solids_start = 0.0
        self._gained_max = 0.0
        self._freeboard_min = self._level_max = float("nan")
        self._first_inflow = self._first_overflow = float("nan")
        self._series: list[tuple[float, float, float, float, float, float, float]] = []

    def _lowest_m(self, time_s: float) -> float:
        """Where the dam spills first: its lowest point, ground beside it included, m."""
        crest = self.dam.crest_at(time_s) if self.crest_m is None else self.crest_m
        return float(np.maximum(crest, self._ground).min())

    def _freeboard_m(self, time_s: float, level: float, mesh: Mesh) -> float:
        """Freeboard over a level at the gauge; NaN while it is dry."""
        if np.isnan(level):
            return level
        if self._bed_moves:
            self._ground = np.maximum(*(mesh.bed_m(*cells) for cells in self._beside))
        steady = not self._bed_moves and self.dam.time_s.size == 1 and self.crest_m is None
        return (self._spill_at_start_m if steady else self._lowest_m(time_s)) - level

    def start(self, mesh: Mesh) -> None:
        """Note what lies in the bowl before the run."""
        self._stored_start, self._solids_start = self._stored(mesh), self._stored_solids(mesh)
        self.follow(0.0, mesh)
        self.record(0.0, mesh)

    def follow(self, time_s: float, mesh: Mesh) -> None:
        """Keep the maxima; called once a step, when all that moves in it has moved."""
        gained = self.inflow_m3 + self.entrained_m3 - self.overflow_m3 - self.passed_m3 - self.deposited_m3
        self._gained_max = max(self._gained_max, gained)
        level = self.level_m(mesh)
        freeboard = self._freeboard_m(time_s, level, mesh)
        if not self._freeboard_min <= freeboard and not np.isnan(freeboard):
            self._freeboard_min = freeboard
        if not self._level_max >= level and not np.isnan(level):
            self._level_max = level

    def set_exchange(self, entrained_m3: float, entrained_solids_m3: float, deposited_m3: float) -> None:
        """Set what the pool has taken from its bed, and left on it, since the start."""
        self.entrained_m3, self.deposited_m3 = entrained_m3, deposited_m3
        self._entrained_solids = entrained_solids_m3

    def _stored(self, mesh: Mesh) -> float:
        return float(_sum_depth(self._rows, self._cols, mesh.index, mesh.cells.h)) * self._area

    def _stored_solids(self, mesh: Mesh) -> float:
        return (
            float(_sum_solids(self._rows, self._cols, mesh.index, mesh.cells.h, mesh.cells.solids))
            * self._area
        )

    def add_faces(self, discharge: list[float], solids: list[float], dt: float, time_after: float) -> None:
        """Account for a step's discharges through the two face groups, m3/s."""
        (inward, over), (solids_inward, solids_over) = discharge, solids
        self._gain(-inward * dt, -solids_inward * dt, time_after)
        spilled = over * dt
        self.overflow_m3 += spilled
        self._solids_out += solids_over * dt
        if spilled > 0.0 and not self._first_overflow <= time_after:
            self._first_overflow = time_after

    def add_release(self, volume_m3: float, solids_fraction: float, time_after: float) -> None:
        """Account for material released inside the bowl itself."""
        self._gain(volume_m3, volume_m3 * solids_fraction, time_after)

    def _gain(self, volume_m3: float, solids_m3: float, time_after: float) -> None:
        self.inflow_m3 += volume_m3
        self._solids_in += solids_m3
        if volume_m3 > 0.0 and not self._first_inflow <= time_after:
            self._first_inflow = time_after

    def level_m(self, mesh: Mesh) -> float:
        """Surface at the gauge; NaN while it is dry."""
        number = mesh.index[self.dam.gauge[0] + 1, self.dam.gauge[1] + 1]
        depth = mesh.cells.h[number]
        return float(mesh.cells.z[number] + depth) if depth > 0.0 else float("nan")

    def _clog(self, time_s: float, mesh: Mesh) -> None:
        """Let the solids that have come into the bowl since the last step arrive at the openings."""
        arrived = float(self._solids_in + self._entrained_solids)
        if arrived <= self._arrived_solids:
            return
        level = self.level_m(mesh)
        for passage in self._passages:
            passage.meet(arrived - self._arrived_solids, level, time_s)
        self._arrived_solids = arrived

    def pass_openings(self, time_s: float, dt: float, mesh: Mesh) -> list[tuple[int, int, float, float]]:
        """Take from the pool what the openings pass in the `dt` after `time_s`.

        Returns (row, col, depth, solids fraction) of what arrives below the dam.
        """
        if self._clogs:
            self._clog(time_s + dt, mesh)
        arrivals: list[tuple[int, int, float, float]] = []
        if not self._passages:
            return arrivals
        level = self.level_m(mesh)
        for passage in self._passages:
            opening = passage.opening
            discharge = 0.0
            if isfinite(level):
                passage.prime(level)
                tail = mesh.surface_m(*opening.outfall)
                discharge = passage.discharge_m3_s(time_s + 0.5 * dt, level, tail)
            if discharge == 0.0:
                continue
            taken, taken_solids = _draw_fluid(
                self._rows,
                self._cols,
                mesh.index,
                mesh.groups.state,
                mesh.groups.links,
                mesh.block_changed,
                level,
                discharge * dt / self._area,
                opening.passed_solids_fraction,
                opening.packing_fraction,
            )
            if taken > 0.0:
                self.passed_m3 += taken * self._area
                self._solids_out += taken_solids * self._area
                passage.add(taken * self._area, taken_solids * self._area, dt, time_s + dt)
                arrivals.append((*opening.outfall, taken, taken_solids / taken))
                level = self.level_m(mesh)
        return arrivals

    def pass_mixture(self, volume_m3: float, level_m: float, mesh: Mesh) -> tuple[float, float]:
        """Take mixture with its solids from the pool below a level; returns what there was of both, m3."""
        taken, solids = _draw_fluid(
            self._rows,
            self._cols,
            mesh.index,
            mesh.groups.state,
            mesh.groups.links,
            mesh.block_changed,
            level_m,
            volume_m3 / self._area,
            1.0,
            _PACKS_NEVER,
        )
        self.passed_m3 += taken * self._area
        self._solids_out += solids * self._area
        return taken * self._area, solids * self._area

    def record(self, time_s: float, mesh: Mesh) -> None:
        """Append a row to the time series."""
        stored, level = self._stored(mesh), self.level_m(mesh)
        freeboard = self._freeboard_m(time_s, level, mesh)
        self._series.append(
            (time_s, self.inflow_m3, self.overflow_m3, self.passed_m3, stored, level, freeboard)
        )
        for passage in self._passages:
            passage.record()

    def _changes(self, of_breach: list[StateChange]) -> tuple[StateChange, ...]:
        """States of the dam in order of time; what goes through a breach is no overtopping."""
        broken = min((change.time_s for change in of_breach), default=np.inf)
        found = {"standing": 0.0} | {change.state: change.time_s for change in of_breach}
        if not np.isnan(self._first_inflow):
            found["filling"] = self._first_inflow
        if self._first_overflow <= broken:
            found["overtopped"] = self._first_overflow
        order = sorted(found, key=lambda state: (found[state], STATES.index(state)))
        return tuple(StateChange(found[state], state) for state in order)

    def finish(self, mesh: Mesh, bed_solids: float, breaching: "Breaching | None" = None) -> DamRecord:
        """The record of the run; `bed_solids` is the packing of what settled."""
        breach = None if breaching is None else breaching.finish()
        table = np.array(self._series)
        time, inflow, overflow, passed, stored, level, freeboard = table.T
        interval = np.diff(time)
        rate = [np.concatenate([[0.0], np.diff(total) / interval]) for total in (inflow, overflow, passed)]
        return DamRecord(
            name=self.dam.name,
            time_s=time,
            inflow_m3_s=rate[0],
            overflow_m3_s=rate[1],
            passed_m3_s=rate[2],
            stored_m3=stored,
            level_m=level,
            freeboard_m=freeboard,
            inflow_m3=self.inflow_m3,
            overflow_m3=self.overflow_m3,
            passed_m3=self.passed_m3,
            stored_end_m3=float(stored[-1]) - self._stored_start,
            stored_max_m3=self._gained_max,
            entrained_m3=self.entrained_m3,
            deposited_m3=self.deposited_m3,
            solids_in_m3=self._solids_in,
            solids_out_m3=self._solids_out,
            solids_stored_end_m3=self._stored_solids(mesh) - self._solids_start,
            entrained_solids_m3=self._entrained_solids,
            deposited_solids_m3=self.deposited_m3 * bed_solids,
            freeboard_min_m=self._freeboard_min,
            level_max_m=self._level_max,
            first_inflow_s=self._first_inflow,
            first_overflow_s=self._first_overflow,
            capacity_m3=self.capacity_m3,
            openings=tuple(passage.finish(time) for passage in self._passages),
            eroded_fill_m3=0.0 if breach is None else breach.eroded_fill_m3,
            eroded_fill_solids_m3=0.0 if breach is None else breach.eroded_fill_solids_m3,
            breach=breach,
            changes=self._changes([] if breaching is None else breaching.changes()),
        )


def _padded(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Rows and columns of the cells of a mask, counted with the ghost ring."""
    rows, cols = np.nonzero(mask)
    return (rows + 1).astype(np.int32), (cols + 1).astype(np.int32)
