"""How a dam of earth fails: what starts it, the fill that is carried away, by which law; and the record."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidDam, require
from dam_models.whole_numbers import indices

_require = partial(require, error=InvalidDam, of="breach ")

Floats = NDArray[np.float64]

Kind = Literal["overtopping", "piping"]
KINDS: tuple[Kind, ...] = ("overtopping", "piping")


@dataclass(frozen=True, slots=True)
class Fill:
    """The body of a dam and what it is made of.

    It is eroded at the rate E = k_d (tau - tau_c), excess shear: Partheniades (1965) for soils, Hanson & Cook
    (2004) for embankments, the law of WinDAM, DLBreach (Wu 2013) and DABA (Chang & Zhang 2010), as cited, not
    re-read. `FILL_SOILS` holds ranges by soil.

    Parameters
    ----------
    erodibility_cm3_n_s : float
        k_d, 0 to 1000 cm3/(N s); 1.77 cm3/(N s) are 1 (ft/h)/psf.
    critical_shear_pa : float
        tau_c, 0 to 5000 Pa.
    crest_width_m : float
        Thickness of the body at its crest, above 0 up to 500 m.
    upstream_slope, downstream_slope : float
        Its faces, horizontal over vertical, 0 to 20.
    manning_n : float
        Roughness of the eroded channel, 0.01 to 0.1 s/m^(1/3).
    solids_fraction : float
        Grains in a volume of fill, 0.4 to 0.85.
    saturation : float
        Share of its pores that is full of water, 0 to 1; that water joins the flow with the grains.

    Raises
    ------
    InvalidDam
        `field` names the parameter.
    """

    erodibility_cm3_n_s: float
    critical_shear_pa: float
    crest_width_m: float
    upstream_slope: float
    downstream_slope: float
    manning_n: float = 0.03
    solids_fraction: float = 0.7
    saturation: float = 0.5

    def __post_init__(self) -> None:
        for field, low, high, unit in (
            ("erodibility_cm3_n_s", 0.0, 1000.0, " cm3/(N s)"),
            ("critical_shear_pa", 0.0, 5000.0, " Pa"),
            ("crest_width_m", 0.1, 500.0, " m"),
            ("upstream_slope", 0.0, 20.0, ""),
            ("downstream_slope", 0.0, 20.0, ""),
            ("manning_n", 0.01, 0.1, ""),
            ("solids_fraction", 0.4, 0.85, ""),
            ("saturation", 0.0, 1.0, ""),
        ):
            value = getattr(self, field)
            _require(low <= value <= high, field, value, f"{low:g} to {high:g}{unit}")

    @property
    def bulk(self) -> float:
        """Volume of mixture that a unit volume of fill becomes: its grains and its pore water."""
        return self.solids_fraction + (1.0 - self.solids_fraction) * self.saturation

    def taken_up_m3(self, volume_m3: float, solids_fraction: float, cap: float) -> float:
        """Largest volume of fill that a volume of flow takes up before both pass a solids fraction, m3."""
        denser = self.solids_fraction - cap * self.bulk
        if denser <= 0.0:
            return float("inf")
        return max(0.0, volume_m3) * max(0.0, cap - solids_fraction) / denser

    def section_m2(self, depth_m: Floats) -> Floats:
        """Area of the body, cut across the dam, between the crest and a depth below it, m2."""
        return depth_m * (self.crest_width_m + 0.5 * (self.upstream_slope + self.downstream_slope) * depth_m)

    def thickness_m(self, depth_m: float) -> float:
        """Thickness of the body at a depth below its crest, m."""
        return self.crest_width_m + (self.upstream_slope + self.downstream_slope) * depth_m


@dataclass(frozen=True, slots=True)
class Breach:
    """A way in which a dam may fail during a run; without what starts it the run is as without it.

    A trapezoidal notch passes what the broad-crested weir law gives over its bottom and its sides. It
    deepens by the erosion rate E of the fill at the critical flow on its bottom, and its bottom widens by
    1.4 E (Hunt, Hanson, Cook & Kadavy 2005, as cited, not re-read). It stops at `bottom_elevation_m` or at
    the ground, and where the shear falls below what the fill bears. What is eroded joins the flow below the
    dam, as grains and pore water: never more than what comes through can take up without passing
    `solids_cap`, as a flow takes from an erodible bed; what is denser erodes no further.

    Piping: a round pipe passes A sqrt(2 g dh / (1.5 + 2 g n2 L / R^(4/3))) (Fread 1988, with an entrance
    loss of a half) and its diameter grows by 2 E. Once its cover is less than `roof_share` of its diameter
    the roof falls in: what has gone so far is then missing at the crest, as a notch of the pipe's width.

    Parameters
    ----------
    fill : Fill
        Body and material.
    kind : str
        `overtopping` or `piping`.
    bottom_elevation_m : float
        Lowest elevation that the notch or the pipe reaches, m; the ground by default, and nowhere below it.
    where : (row, col), optional
        Cell beside the face where it begins; by default the face of the wall nearest the gauge.
    start_head_m, start_after_s : float
        Overtopping begins once the pool has stood more than this above the crest for this long without a
        break, 0 to 50 m and 0 or more s.
    start_level_m : float
        Piping begins once the pool stands above this elevation, m.
    start_s : float
        Piping begins at this time, s, or as soon afterwards as the pool reaches the pipe. One of the two.
    pipe_elevation_m, pipe_diameter_m : float
        Axis of the pipe at the start, m, and its diameter, above 0 to 20 m.
    notch_width_m, notch_depth_m : float
        Notch with which overtopping begins, above 0: its bottom width and its depth.
    side_slope : float
        Sides of the notch, horizontal over vertical, 0 to 5; 1.0 is the mean of failures by overtopping,
        0.7 of others (Froehlich 2008, as cited, not re-read).
    widening : float
        Growth of the bottom width over that of the depth, 0 to 10.
    largest_width_m : float
        Bottom width that is not exceeded, m.
    roof_share : float
        Cover over diameter at which the roof of a pipe falls, 0 to 5 (an assumption of this project).
    solids_cap : float
        Solids fraction that the flow and the fill in it do not pass together, 0.3 to 0.8.

    Raises
    ------
    InvalidDam
        Here, or from `simulate` where it does not fit its dam; `field` names the parameter.
    """

    fill: Fill
    kind: Kind = "overtopping"
    bottom_elevation_m: float = -float("inf")
    where: tuple[int, int] | None = None
    start_head_m: float = 0.1
    start_after_s: float = 0.0
    start_level_m: float | None = None
    start_s: float | None = None
    pipe_elevation_m: float | None = None
    pipe_diameter_m: float = 0.3
    notch_width_m: float = 1.0
    notch_depth_m: float = 0.1
    side_slope: float = 1.0
    widening: float = 1.4
    largest_width_m: float = float("inf")
    roof_share: float = 0.5
    solids_cap: float = 0.65

    def __post_init__(self) -> None:
        _require(self.kind in KINDS, "kind", self.kind, "overtopping or piping")
        if self.where is not None:
            row, col = (int(indices(part, "where", InvalidDam, "where")) for part in self.where)
            object.__setattr__(self, "where", (row, col))
        lowest = self.bottom_elevation_m
        _require(lowest < np.inf, "bottom_elevation_m", lowest, "an elevation")
        for field, low, high, unit in (
            ("start_head_m", 0.0, 50.0, " m"),
            ("start_after_s", 0.0, 1e7, " s"),
            ("pipe_diameter_m", 0.01, 20.0, " m"),
            ("notch_width_m", 0.01, 1000.0, " m"),
            ("notch_depth_m", 0.01, 50.0, " m"),
            ("side_slope", 0.0, 5.0, ""),
            ("widening", 0.0, 10.0, ""),
            ("roof_share", 0.0, 5.0, ""),
            ("solids_cap", 0.3, 0.8, ""),
        ):
            value = getattr(self, field)
            _require(low <= value <= high, field, value, f"{low:g} to {high:g}{unit}")
        width, least = self.largest_width_m, self.notch_width_m
        _require(width >= least, "largest_width_m", width, f"{least:g} m, the notch it begins with, or more")
        self._check_piping()

    def _check_piping(self) -> None:
        given = [name for name in ("start_level_m", "start_s") if getattr(self, name) is not None]
        if self.kind == "overtopping":
            for name in (*given, *(["pipe_elevation_m"] if self.pipe_elevation_m is not None else [])):
                raise InvalidDam(f"breach {name} has no part in a breach by overtopping", field=name)
            return
        if len(given) != 1:
            message = "a breach by piping needs either start_level_m or start_s"
            raise InvalidDam(message, field="start_level_m")
        value = getattr(self, given[0])
        _require(np.isfinite(value), given[0], value, "a finite number")
        _require(self.start_s is None or self.start_s >= 0.0, "start_s", value, "0 s or later")
        axis = self.pipe_elevation_m
        if axis is None or not np.isfinite(axis):
            raise InvalidDam("a breach by piping needs pipe_elevation_m", field="pipe_elevation_m")
        if self.start_level_m is not None:
            rule = f"above the bottom of the pipe, {axis - 0.5 * self.pipe_diameter_m:g} m"
            _require(self.start_level_m > axis - 0.5 * self.pipe_diameter_m, "start_level_m", value, rule)

    def check_against(self, name: str, crest_m: float, ground_m: float) -> None:
        """Refuse what does not fit the dam where it begins: its crest and its ground there, m."""
        bottom = max(self.bottom_elevation_m, ground_m)
        for field, value, ok, rule in (
            (
                "bottom_elevation_m",
                self.bottom_elevation_m,
                bottom < crest_m,
                f"below the crest, {crest_m:g} m",
            ),
            (
                "pipe_elevation_m",
                self.pipe_elevation_m,
                self.pipe_elevation_m is None or bottom <= self.pipe_elevation_m < crest_m,
                f"between the bottom, {bottom:g} m, and the crest, {crest_m:g} m",
            ),
        ):
            if not ok:
                raise InvalidDam(f"dam {name}: breach {field} is {value!r}; allowed: {rule}", field=field)


STATES = ("standing", "filling", "overtopped", "piping", "breaching", "breached")
"""States of a dam during a run, in the order in which it can come into them."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A dam came into a state at a time of the run, s.

    The states: `standing`, `filling` (something flows in), `overtopped`, `piping`, `breaching` (a notch is
    open) and `breached` (the notch is as deep as it gets).
    """

    time_s: float
    state: str


@dataclass(frozen=True, eq=False)
class BreachRecord:
    """What a breach did during a run; all times NaN, all volumes 0 where it never began.

    Attributes
    ----------
    kind : str
        `overtopping` or `piping`.
    start_s, collapse_s, full_depth_s : float
        When it began, when the roof of its pipe fell, when its notch was as deep as it gets; NaN = never.
    peak_m3_s, peak_s : float
        Largest discharge of mixture through notch or pipe in any step, without the fill it takes; its time.
    outflow_m3 : float
        Mixture that came through notch or pipe, net.
    final_bottom_elevation_m, final_bottom_width_m, final_top_width_m, final_mean_width_m : float
        Shape of the notch at the end, cut where dam or fill end; widths are 0 without a notch.
    formation_s : float
        Time in which the eroded volume went from 5 to 95 % of what it became; NaN without erosion.
    eroded_m3 : float
        Body of the dam that is gone, pores and air included.
    eroded_fill_m3, eroded_fill_solids_m3 : float
        Mixture that this added to the flow, and the grains in it; less than is gone where the end came before
        a flow that could take up the rest.
    largest_shear_pa : float
        Largest shear stress on notch or pipe.
    time_s, discharge_m3_s, bottom_elevation_m, bottom_width_m, top_width_m, pipe_diameter_m, eroded_series_m3
        (k,) float64 at the times of the dam's record; the discharge is the mean over the interval that ends
        at the time.
    """

    kind: Kind
    start_s: float
    collapse_s: float
    full_depth_s: float
    peak_m3_s: float
    peak_s: float
    outflow_m3: float
    final_bottom_elevation_m: float
    final_bottom_width_m: float
    final_top_width_m: float
    final_mean_width_m: float
    formation_s: float
    eroded_m3: float
    eroded_fill_m3: float
    eroded_fill_solids_m3: float
    largest_shear_pa: float
    time_s: Floats
    discharge_m3_s: Floats
    bottom_elevation_m: Floats
    bottom_width_m: Floats
    top_width_m: Floats
    pipe_diameter_m: Floats
    eroded_series_m3: Floats

    @property
    def started(self) -> bool:
        """Whether the breach began at all."""
        return not np.isnan(self.start_s)
