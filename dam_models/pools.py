"""Following a dam through a run: what flows in, over and through, and what stays."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dam_models.dam import Dam, DamRecord
from dam_models.kernels import TILE
from dam_models.sections import FaceSet, faces_around

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True, error_model="numpy")
def draw_fluid(
    rows: Ints,
    cols: Ints,
    z: Floats,
    h: Floats,
    solids: Floats,
    level: float,
    wanted: float,
    passed_solids: float,
    packing: float,
    tiles_x: int,
    changed: NDArray[np.uint8],
) -> tuple[float, float]:
    """Take `wanted` (m of depth summed over cells) of fluid from the flooded cells of a pool.

    A cell gives what leaves its solids packed at most to `packing`; cells give in proportion to what they
    have, as a level pool does. Returns the depth taken and the solids in it.
    """
    available = 0.0
    for k in range(rows.size):
        r, c = rows[k], cols[k]
        if h[r, c] > 0.0 and z[r, c] < level:
            share = min(solids[r, c], passed_solids)
            available += min(h[r, c], h[r, c] * max(0.0, packing - solids[r, c]) / (packing - share))
    if available <= 0.0 or wanted <= 0.0:
        return 0.0, 0.0
    part = min(1.0, wanted / available)
    taken = 0.0
    taken_solids = 0.0
    for k in range(rows.size):
        r, c = rows[k], cols[k]
        if h[r, c] > 0.0 and z[r, c] < level:
            share = min(solids[r, c], passed_solids)
            give = part * min(h[r, c], h[r, c] * max(0.0, packing - solids[r, c]) / (packing - share))
            left = h[r, c] - give
            if give <= 0.0 or left < 0.0:
                continue
            if left > 0.0:
                solids[r, c] = max(0.0, h[r, c] * solids[r, c] - give * share) / left
            h[r, c] = left
            taken += give
            taken_solids += give * share
            changed[(r - 1) // TILE * tiles_x + (c - 1) // TILE] = 1
    return taken, taken_solids


@njit(cache=True, nogil=True)
def sum_depth(rows: Ints, cols: Ints, h: Floats) -> float:
    """Sum of depths over cells, m."""
    total = 0.0
    for k in range(rows.size):
        total += h[rows[k], cols[k]]
    return total


class PoolTracker:
    """Counts what a dam does; its two face groups are inflow (negative outwards) and overflow."""

    def __init__(self, dam: Dam, bed_m: Floats, cell_area_m2: float) -> None:
        self.dam = dam
        self._area = cell_area_m2
        crest = np.zeros(bed_m.shape, dtype=bool)
        crest[dam.rows, dam.cols] = True
        enclosed = dam.pool | crest
        self.enclosed = enclosed
        self.faces: FaceSet = faces_around(enclosed, crest.astype(np.int64), 2)
        rows, cols = np.nonzero(enclosed)
        self._rows, self._cols = rows + 1, cols + 1
        pool_rows, pool_cols = np.nonzero(dam.pool)
        self._pool_rows, self._pool_cols = pool_rows + 1, pool_cols + 1
        self._gauge = (dam.gauge[0] + 1, dam.gauge[1] + 1)
        self.capacity_m3 = float(np.maximum(0.0, dam.spill_m - bed_m[dam.pool]).sum() * cell_area_m2)
        self.inflow_m3 = self.overflow_m3 = self.passed_m3 = 0.0
        self._solids_in = self._solids_out = 0.0
        self._stored_start = 0.0
        self._stored_max = 0.0
        self._first_inflow = self._first_overflow = float("nan")
        self._series: list[tuple[float, float, float, float, float, float]] = []

    def start(self, h: Floats, z: Floats) -> None:
        """Note what lies in the bowl before the run."""
        self._stored_start = sum_depth(self._rows, self._cols, h) * self._area
        self.record(0.0, h, z)

    def add_faces(self, discharge: Floats, solids: Floats, dt: float, time_after: float) -> None:
        """Account for a step's discharges through the two face groups, m3/s."""
        self._gain(-discharge[0] * dt, -solids[0] * dt, time_after)
        spilled = discharge[1] * dt
        self.overflow_m3 += spilled
        self._solids_out += solids[1] * dt
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

    def level_m(self, h: Floats, z: Floats) -> float:
        """Surface at the gauge; NaN while it is dry."""
        depth = h[self._gauge]
        return float(z[self._gauge] + depth) if depth > 0.0 else float("nan")

    def pass_openings(
        self, dt: float, z: Floats, h: Floats, solids: Floats, tiles_x: int, changed: NDArray[np.uint8]
    ) -> list[tuple[int, int, float, float]]:
        """Take from the pool what the openings pass in `dt`.

        Returns (row, col, depth, solids fraction) of what arrives below the dam.
        """
        arrivals = []
        for opening in self.dam.openings:
            level = self.level_m(h, z)
            discharge = opening.discharge_m3_s(level) if np.isfinite(level) else 0.0
            if discharge == 0.0:
                continue
            taken, taken_solids = draw_fluid(
                self._pool_rows,
                self._pool_cols,
                z,
                h,
                solids,
                level,
                discharge * dt / self._area,
                opening.passed_solids_fraction,
                opening.packing_fraction,
                tiles_x,
                changed,
            )
            if taken > 0.0:
                self.passed_m3 += taken * self._area
                self._solids_out += taken_solids * self._area
                row, col = opening.outfall
                arrivals.append((row + 1, col + 1, taken, taken_solids / taken))
        return arrivals

    def record(self, time_s: float, h: Floats, z: Floats) -> None:
        """Append a row to the time series."""
        stored = sum_depth(self._rows, self._cols, h) * self._area
        self._stored_max = max(self._stored_max, stored)
        self._series.append(
            (time_s, self.inflow_m3, self.overflow_m3, self.passed_m3, stored, self.level_m(h, z))
        )

    def finish(self) -> DamRecord:
        """The record of the run."""
        table = np.array(self._series)
        time, inflow, overflow, passed, stored, level = table.T
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
            freeboard_m=self.dam.spill_m - level,
            inflow_m3=self.inflow_m3,
            overflow_m3=self.overflow_m3,
            passed_m3=self.passed_m3,
            stored_end_m3=float(stored[-1]) - self._stored_start,
            stored_max_m3=self._stored_max - self._stored_start,
            solids_in_m3=self._solids_in,
            solids_out_m3=self._solids_out,
            first_inflow_s=self._first_inflow,
            first_overflow_s=self._first_overflow,
            capacity_m3=self.capacity_m3,
        )
