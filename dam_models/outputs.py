"""What a run records on request, beside its maxima: gauges, snapshots and pressure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidParameter
from dam_models.whole_numbers import indices

if TYPE_CHECKING:
    from dam_models.result import State

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A cell whose depth, level, speed and solids are recorded.

    Parameters
    ----------
    name : str
        Name used in the record; each name once.
    row, col : int
        The cell, as `cells_of_point` gives it.
    """

    name: str
    row: int
    col: int

    def __post_init__(self) -> None:
        for field in ("row", "col"):
            what = f"row and col of gauge {self.name}"
            index = indices(getattr(self, field), what, InvalidParameter, "gauges")
            if index.ndim != 0:
                raise InvalidParameter(f"{what} must each be one number", field="gauges")
            object.__setattr__(self, field, int(index))


@dataclass(frozen=True, eq=False)
class GaugeRecord:
    """Time series at a gauge, from the start to the end, every `Settings.record_every_s`.

    Attributes
    ----------
    name : str
        The gauge.
    time_s : (k,) float64
        Times, s.
    depth_m, level_m : (k,) float64
        Vertical depth, and elevation of the surface (of the bed where it is dry), m.
    speed_m_s : (k,) float64
        Horizontal speed, m/s.
    solids_fraction : (k,) float64
        Solids by volume; 0 where it is dry.
    """

    name: str
    time_s: Floats
    depth_m: Floats
    level_m: Floats
    speed_m_s: Floats
    solids_fraction: Floats


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state on the grid at one time.

    Attributes
    ----------
    asked_s : float
        Time that was asked for, s.
    time_s : float
        Time of the state: the end of the step in which the time asked for fell, so that recording changes
        nothing in a run; or the end of the run where it came to rest before.
    state : State
        Depth, velocity and solids fraction.
    """

    asked_s: float
    time_s: float
    state: "State"


@dataclass(frozen=True, slots=True)
class Pressure:
    """Impact pressure p = rho (c_d v^2 + k g h), whose maximum over the run is kept in every cell.

    rho is the density of the mixture at that moment, from its solids fraction; v the horizontal speed, h the
    vertical depth. With the defaults it is the momentum flux rho v^2 that other models report as "pressure"
    (RAMMS, AvaFrame); what a wall or a pillar feels is c_d times that.

    Parameters
    ----------
    drag_coefficient : float
        c_d, 0 to 5: 1 for the momentum flux itself; 0.4 to 2 on pillars, 1.5 (Hungr, Morgan & Kellerhals
        1984, Canadian Geotechnical Journal 21: 668) to 5 on walls.
    hydrostatic_share : float
        k, 0 to 1: 0 for none, 0.5 for the mean over the depth, 1 for the pressure at the foot.
    fluid_density_kg_m3 : float
        500 to 1500 kg/m3.
    grain_density_kg_m3 : float
        1500 to 4000 kg/m3.
    """

    drag_coefficient: float = 1.0
    hydrostatic_share: float = 0.0
    fluid_density_kg_m3: float = 1000.0
    grain_density_kg_m3: float = 2650.0

    def __post_init__(self) -> None:
        for field, low, high in (
            ("drag_coefficient", 0.0, 5.0),
            ("hydrostatic_share", 0.0, 1.0),
            ("fluid_density_kg_m3", 500.0, 1500.0),
            ("grain_density_kg_m3", 1500.0, 4000.0),
        ):
            value = getattr(self, field)
            if not low <= value <= high:
                raise InvalidParameter(f"{field} is {value!r}; allowed: {low:g} to {high:g}", field=field)
        if self.drag_coefficient == 0.0 and self.hydrostatic_share == 0.0:
            raise InvalidParameter(
                "drag_coefficient and hydrostatic_share are both 0: there is no pressure",
                field="drag_coefficient",
            )

    @property
    def formula(self) -> str:
        """The formula with its numbers, as a caption of the raster."""
        dynamic = f"{self.drag_coefficient:g} v^2"
        static = f" + {self.hydrostatic_share:g} g h" if self.hydrostatic_share else ""
        densities = f"{self.fluid_density_kg_m3:g} (1 - c) + {self.grain_density_kg_m3:g} c"
        return f"max over time of rho ({dynamic}{static}), rho = {densities} kg/m3"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to record; nothing unless asked for, and then it changes no other number of the run.

    Parameters
    ----------
    gauges : tuple of Gauge
        Cells with a time series.
    snapshots_s : tuple of float
        Times at which the state is kept, s, not negative, increasing.
    pressure : Pressure, optional
        Whether, and how, the maximum of the pressure is kept.
    """

    gauges: tuple[Gauge, ...] = ()
    snapshots_s: tuple[float, ...] = ()
    pressure: Pressure | None = None

    def __post_init__(self) -> None:
        names = [gauge.name for gauge in self.gauges]
        if len(set(names)) != len(names):
            raise InvalidParameter("two gauges have one name", field="gauges")
        times = np.asarray(self.snapshots_s, dtype=np.float64)
        if not np.isfinite(times).all() or (times < 0.0).any() or (np.diff(times) <= 0.0).any():
            raise InvalidParameter(
                "snapshots_s must be finite, not negative and increasing", field="snapshots_s"
            )

    def check_against(self, shape: tuple[int, ...], duration_s: float) -> None:
        """Refuse what lies outside the grid or after the end.

        Raises
        ------
        InvalidParameter
            `field` is `gauges` or `snapshots_s`.
        """
        for gauge in self.gauges:
            if not (0 <= gauge.row < shape[0] and 0 <= gauge.col < shape[1]):
                raise InvalidParameter(
                    f"gauge {gauge.name} lies outside the grid of {shape[0]} x {shape[1]}", field="gauges"
                )
        if self.snapshots_s and self.snapshots_s[-1] > duration_s:
            raise InvalidParameter(
                f"a snapshot at {self.snapshots_s[-1]:g} s lies after the end at {duration_s:g} s",
                field="snapshots_s",
            )

    @property
    def grids(self) -> int:
        """Arrays of the grid's size that are kept."""
        return 4 * len(self.snapshots_s) + (2 if self.pressure is not None else 0)
