"""Records gauges, snapshots and pressure while a run goes on; does nothing where nothing is asked for."""

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import GRAVITY_M_S2, Floats, Indices, Ints
from dam_models.mesh import Mesh
from dam_models.outputs import GaugeRecord, Outputs, Snapshot
from dam_models.result import State


@kernel()
def _keep_pressure(
    count: int,
    row: Ints,
    col: Ints,
    h: Floats,
    u: Floats,
    v: Floats,
    solids: Floats,
    threshold_depth: float,
    fluid_density: float,
    density_per_solids: float,
    drag: float,
    weight_per_depth: float,
    kept: Floats,
) -> None:
    """Raise the kept maximum where the pressure of the present state is higher, Pa."""
    for i in range(1, count):
        depth = h[i]
        if depth >= threshold_depth:
            density = fluid_density + density_per_solids * solids[i]
            pressure = density * (drag * (u[i] * u[i] + v[i] * v[i]) + weight_per_depth * depth)
            if pressure > kept[row[i], col[i]]:
                kept[row[i], col[i]] = pressure


class Recorder:
    """Watches a mesh.

    Parameters
    ----------
    outputs : Outputs
        What to record, checked against the grid.
    mesh : Mesh
        The cells of the run.
    threshold_depth_m : float
        Pressure counts from this depth, m.
    """

    def __init__(self, outputs: Outputs, mesh: Mesh, threshold_depth_m: float) -> None:
        self._outputs = outputs
        self._mesh = mesh
        self._threshold_depth_m = threshold_depth_m
        self._pressure = None if outputs.pressure is None else np.zeros(mesh.z.shape)
        self._waiting = list(outputs.snapshots_s)
        self._snapshots: list[Snapshot] = []
        self._series: list[tuple[float, NDArray[np.float64]]] = []
        self._rows = np.array([gauge.row + 1 for gauge in outputs.gauges], dtype=np.int64)
        self._cols = np.array([gauge.col + 1 for gauge in outputs.gauges], dtype=np.int64)

    def start(self) -> None:
        """See the state at the start."""
        self.keep_pressure()
        self.take_snapshots(0.0)
        self.read_gauges(0.0)

    def keep_pressure(self) -> None:
        """Keep the pressure where it is higher than before; called once a step."""
        asked = self._outputs.pressure
        if asked is None or self._pressure is None:
            return
        cells = self._mesh.cells
        _keep_pressure(
            self._mesh.cell_count,
            cells.row,
            cells.col,
            cells.h,
            cells.u,
            cells.v,
            cells.solids,
            self._threshold_depth_m,
            asked.fluid_density_kg_m3,
            asked.grain_density_kg_m3 - asked.fluid_density_kg_m3,
            asked.drag_coefficient,
            asked.hydrostatic_share * GRAVITY_M_S2,
            self._pressure,
        )

    @property
    def asks_pressure(self) -> bool:
        """Whether the pressure is to be kept."""
        return self._pressure is not None

    def pressure_at(self, cells: Indices) -> Floats:
        """The kept maximum in cells of the mesh, Pa."""
        row, col = self._mesh.groups.place[cells].T
        return np.zeros(0) if self._pressure is None else self._pressure[row, col]

    def put_back(self, cells: Indices, kept_pa: Floats, old_cells: int) -> None:
        """Put the maximum back to what it was; cells from `old_cells` on had none."""
        if self._pressure is not None:
            places = self._mesh.groups.place
            row, col = places[old_cells : self._mesh.cell_count].T
            self._pressure[row, col] = 0.0
            row, col = places[cells].T
            self._pressure[row, col] = kept_pa

    def take_snapshots(self, time_s: float) -> None:
        """Keep the state if a time asked for has come; called once a step."""
        while self._waiting and self._waiting[0] <= time_s:
            self._snapshots.append(Snapshot(self._waiting.pop(0), time_s, self._state()))

    def read_gauges(self, time_s: float) -> None:
        """Add a line to the series of the gauges."""
        if self._rows.size == 0:
            return
        mesh = self._mesh
        cells, number = mesh.cells, mesh.index[self._rows, self._cols]
        # Cell 0 stands for dry ground, but has no place and no bed of its own.
        depth = cells.h[number]
        bed = np.where(number > 0, cells.z[number], mesh.z[self._rows, self._cols])
        speed = np.hypot(cells.u[number], cells.v[number])
        solids = np.where(depth > 0.0, cells.solids[number], 0.0)
        self._series.append((time_s, np.stack([depth, bed + depth, speed, solids])))

    def finish(self, time_s: float) -> tuple[tuple[GaugeRecord, ...], tuple[Snapshot, ...], Floats | None]:
        """Gauges, snapshots and the maximum of the pressure, Pa; a run at rest stays as it ended."""
        self._snapshots += [Snapshot(asked, time_s, self._state()) for asked in self._waiting]
        self._waiting.clear()
        times = np.array([time for time, _ in self._series])
        records = []
        for position, gauge in enumerate(self._outputs.gauges):
            series = np.stack([line[:, position] for _, line in self._series], axis=1)
            records.append(GaugeRecord(gauge.name, times, *series))
        pressure = None if self._pressure is None else self._pressure[1:-1, 1:-1].copy()
        return tuple(records), tuple(self._snapshots), pressure

    def _state(self) -> State:
        return State(*(self._mesh.scatter(name) for name in ("h", "u", "v", "solids")))
