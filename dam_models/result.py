"""What goes into a simulation beside bed and flow, and what comes out."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dam_models.dam import DamRecord
from dam_models.entrainment import EntrainmentRecord
from dam_models.errors import InvalidParameter
from dam_models.outputs import GaugeRecord, Snapshot
from dam_models.sections import SectionRecord
from dam_models.whole_numbers import is_whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Settings:
    """Numerical settings of a run.

    Parameters
    ----------
    cfl : float
        Courant number by the mean wave of both directions, (|u| + |v|) / 2 + c, above 0, at most 0.5: there
        the Courant numbers of both directions, which act at once, add up to 1, the limit of stability.
    dry_depth_m : float
        A thinner layer does not flow, m.
    threshold_depth_m : float
        Arrival, speed, momentum and intensity count from this depth, m, up to 100.
    record_every_s : float
        Interval of the records of dams, sections and gauges, s.
    order : int
        2 (MUSCL-Hancock) or 1, a preview: see `final` and `preview`.
    rest_speed_m_s : float
        The run ends early once nothing more is released and, for a minute, nothing of at least the threshold
        depth has moved faster and the flow has had less than a thousandth of its largest kinetic energy.
        0 waits until nothing moves at all; at most 10 m/s.
    max_steps : int
        A run that is believed to need more steps is refused before it starts, and stopped if it does.
    max_memory_mb : float
        The same for the memory of the engine's arrays, 10^6 bytes (`dam_models.limits`).
    local_steps : bool
        Whether cells with slow waves take steps two, four or eight times as long as those with the fastest
        (`dam_models.local_steps`). With an erodible bed, a breach that has begun, a crest that
        moves or a side that feeds there is one step for all.
    threads : int
        Threads that share each step, 1 to 64. Results do not depend on it, not by one bit.
    """

    cfl: float = 0.45
    dry_depth_m: float = 1e-3
    threshold_depth_m: float = 0.1
    record_every_s: float = 60.0
    order: int = 2
    rest_speed_m_s: float = 0.0
    max_steps: int = 5_000_000
    threads: int = 1
    max_memory_mb: float = 8192.0
    local_steps: bool = True

    @classmethod
    def final(cls, **more: Any) -> Self:
        """Second order; keyword arguments as for the class."""
        return cls(order=2, **more)

    @classmethod
    def preview(cls, **more: Any) -> Self:
        """First order, for coarser cells; keyword arguments as for the class.

        On the same cells it saves a third of the time or more; what makes a preview quick is besides that its
        cells may be larger. `local_steps` then says whether several steps go in one call, in which openings
        act once.

        On a slope of 10 onto 2 degrees, with the same cells of 10 or 20 m, it arrives up to 10 % earlier
        (near its release) or later, is up to 25 % shallower and up to 30 % slower.
        """
        return cls(order=1, **more)

    def __post_init__(self) -> None:
        for field, ok, allowed in (
            ("cfl", 0.0 < self.cfl <= 0.5, "above 0, up to 0.5"),
            ("dry_depth_m", 0.0 < self.dry_depth_m < 1.0, "above 0, below 1 m"),
            ("threshold_depth_m", self.dry_depth_m <= self.threshold_depth_m <= 100.0, "dry depth to 100 m"),
            ("record_every_s", 0.0 < self.record_every_s < np.inf, "above 0 s, finite"),
            ("order", is_whole(self.order) and self.order in (1, 2), "1 or 2"),
            ("rest_speed_m_s", 0.0 <= self.rest_speed_m_s <= 10.0, "0 to 10 m/s"),
            ("max_steps", is_whole(self.max_steps) and self.max_steps >= 1, "whole, 1 and above"),
            ("threads", is_whole(self.threads) and 1 <= self.threads <= 64, "whole, 1 to 64"),
            ("max_memory_mb", 0.0 < self.max_memory_mb < np.inf, "above 0 MB, finite"),
        ):
            if not ok:
                raise InvalidParameter(
                    f"{field} is {getattr(self, field)!r}; allowed: {allowed}", field=field
                )


@dataclass(frozen=True, eq=False)
class State:
    """Depth (m), velocity (m/s, `v` southwards) and solids fraction, each (ny, nx) float64.

    A run that goes on from a state knows nothing else of the one before it. Its clock begins at 0: shift the
    times of hydrographs, of crests that move and of outputs. Its bed is the one it is given: add
    `FlowResult.bed_change_m` to it, and take what was eroded from the erodible depth; what had settled counts
    from then on as ground, no longer as a loose deposit. Maxima, arrival times, records and the budget begin
    anew.
    """

    depth_m: Floats
    u_m_s: Floats
    v_m_s: Floats
    solids_fraction: Floats


@dataclass(frozen=True, slots=True)
class VolumeBudget:
    """Volumes, m3: initial + released + entrained + eroded fill = outflow + final + deposited + error.

    The error is rounding. `entrained_m3` is what the flow took from an erodible bed, without the air in its
    pores, `deposited_m3` what settled on it, `eroded_fill_m3` what breaches took from their dams.
    `clipped_m3` is volume created where a depth had to be cut at zero; it is part of the error.
    """

    initial_m3: float
    released_m3: float
    outflow_m3: float
    final_m3: float
    clipped_m3: float
    entrained_m3: float = 0.0
    deposited_m3: float = 0.0
    eroded_fill_m3: float = 0.0

    @property
    def relative_error(self) -> float:
        """Unexplained volume over the volume that went in."""
        came = self.initial_m3 + self.released_m3 + self.entrained_m3 + self.eroded_fill_m3
        gap = self.final_m3 + self.outflow_m3 + self.deposited_m3 - came
        return abs(gap) / came if came > 0.0 else abs(gap)


@dataclass(frozen=True, eq=False)
class FlowResult:
    """Outcome of `simulate`; rasters are (ny, nx) float64, row 0 north.

    Attributes
    ----------
    depth_max_m, speed_max_m_s, momentum_max_m2_s, intensity_max_m3_s2 : maxima over the run of h, v, h v and
        h v^2; all but depth count only while h is at least the threshold depth. v is horizontal speed.
    arrival_s : first time at which depth reached the threshold depth; NaN = never.
    deposit_m : depth at the end of the run.
    bed_change_m : rise of the bed since the start; negative where it was eroded, 0 where nothing could be.
    entrainment : what passed between flow and bed; None without an erodible bed.
    final : the state at the end, from which a run can go on.
    dams, sections : records.
    budget : volume budget.
    gauges, snapshots : what `Outputs` asked for.
    pressure_max_pa : largest impact pressure, Pa, by the formula of `Outputs.pressure`, while h is at least
        the threshold depth; None where it was not asked for.
    end_s, steps : time reached and steps taken; `at_rest` says that everything stood still before the end.
    """

    depth_max_m: Floats
    speed_max_m_s: Floats
    momentum_max_m2_s: Floats
    intensity_max_m3_s2: Floats
    arrival_s: Floats
    deposit_m: Floats
    bed_change_m: Floats
    final: State
    dams: tuple[DamRecord, ...]
    sections: tuple[SectionRecord, ...]
    budget: VolumeBudget
    end_s: float
    steps: int
    at_rest: bool
    entrainment: EntrainmentRecord | None = None
    gauges: tuple[GaugeRecord, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    pressure_max_pa: Floats | None = None
