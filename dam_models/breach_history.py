"""The memory of a breach: when what happened, how much has gone, and the record of it."""

import math

import numpy as np

from dam_models.breach import BreachRecord, Fill, Kind, StateChange

_FORMED_FROM, _FORMED_TO = 0.05, 0.95


class BreachHistory:
    """Gathers what a breach does, step by step."""

    def __init__(self, kind: Kind, fill: Fill) -> None:
        self._kind, self._fill = kind, fill
        self._start_s = self._notch_s = self._collapse_s = self._full_depth_s = float("nan")
        self._peak_m3_s, self._peak_s = 0.0, float("nan")
        self._shear_max_pa = 0.0
        self._outflow_m3 = 0.0
        self.eroded_m3 = 0.0
        self._handed_over_m3 = 0.0
        self._growth: list[tuple[float, float]] = []
        self._series: list[tuple[float, ...]] = []

    def begin(self, time_s: float) -> None:
        """The breach begins."""
        self._start_s = time_s

    def open_notch(self, time_s: float) -> None:
        """A notch opens in the crest."""
        self._notch_s = time_s

    def collapse(self, time_s: float) -> None:
        """The roof of the pipe falls."""
        self._collapse_s = time_s

    def reach_bottom(self, time_s: float) -> None:
        """The notch is as deep as it gets."""
        if math.isnan(self._full_depth_s):
            self._full_depth_s = time_s

    def flow(self, time_s: float, dt: float, discharge_m3_s: float) -> None:
        """What comes through in a step."""
        self._outflow_m3 += discharge_m3_s * dt
        if discharge_m3_s > self._peak_m3_s:
            self._peak_m3_s, self._peak_s = discharge_m3_s, time_s

    def shear(self, shear_pa: float) -> None:
        """Note the shear stress of a step."""
        self._shear_max_pa = max(self._shear_max_pa, shear_pa)

    def erode(self, time_s: float, eroded_m3: float) -> None:
        """Note how much of the body is gone by now; what is gone does not come back."""
        if eroded_m3 > self.eroded_m3:
            self.eroded_m3 = eroded_m3
            self._growth.append((time_s, eroded_m3))

    @property
    def waiting_m3(self) -> float:
        """What has gone and has not been taken up by the flow, m3."""
        return self.eroded_m3 - self._handed_over_m3

    def take_up_m3(self, most_m3: float) -> float:
        """What the flow takes up of that, m3: all of it, or the most that it can."""
        if most_m3 < self.waiting_m3:
            self._handed_over_m3 += most_m3
            return most_m3
        new = self.waiting_m3
        self._handed_over_m3 = self.eroded_m3
        return new

    def record(self, time_s: float, bottom_m: float, widths_m: tuple[float, float], pipe_m: float) -> None:
        """Append a row to the time series: bottom and top width of the notch, diameter of the pipe."""
        self._series.append((time_s, self._outflow_m3, bottom_m, *widths_m, pipe_m, self.eroded_m3))

    def changes(self) -> list[StateChange]:
        """States of the dam that came of it, in order."""
        named = [("breaching", self._notch_s), ("breached", self._full_depth_s)]
        named.insert(0, ("piping" if self._kind == "piping" else "overtopped", self._start_s))
        return [StateChange(time, state) for state, time in named if not math.isnan(time)]

    def _formation_s(self) -> float:
        if not self._growth:
            return float("nan")
        times, volumes = np.array(self._growth).T
        begin, end = np.interp([_FORMED_FROM * volumes[-1], _FORMED_TO * volumes[-1]], volumes, times)
        return float(end - begin)

    def finish(self, mean_width_m: float) -> BreachRecord:
        """The record of the run."""
        time, outflow, bottom, bottom_width, top_width, pipe, eroded = np.array(self._series).T
        return BreachRecord(
            kind=self._kind,
            start_s=self._start_s,
            collapse_s=self._collapse_s,
            full_depth_s=self._full_depth_s,
            peak_m3_s=self._peak_m3_s,
            peak_s=self._peak_s,
            outflow_m3=self._outflow_m3,
            final_bottom_elevation_m=float(bottom[-1]),
            final_bottom_width_m=float(bottom_width[-1]),
            final_top_width_m=float(top_width[-1]),
            final_mean_width_m=mean_width_m,
            formation_s=self._formation_s(),
            eroded_m3=self.eroded_m3,
            eroded_fill_m3=self._handed_over_m3 * self._fill.bulk,
            eroded_fill_solids_m3=self._handed_over_m3 * self._fill.solids_fraction,
            largest_shear_pa=self._shear_max_pa,
            time_s=time,
            discharge_m3_s=np.concatenate([[0.0], np.diff(outflow) / np.diff(time)]),
            bottom_elevation_m=bottom,
            bottom_width_m=bottom_width,
            top_width_m=top_width,
            pipe_diameter_m=pipe,
            eroded_series_m3=eroded,
        )
