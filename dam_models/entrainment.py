"""What a flow can take from its bed, and what settles back onto it."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidBed, InvalidParameter, require

_require = partial(require, error=InvalidParameter)

Floats = NDArray[np.float64]

WATER_DENSITY_KG_M3 = 1000.0


@dataclass(frozen=True, slots=True)
class Settling:
    """Solids that settle out of a slow flow, hindered by each other (Richardson & Zaki 1954).

    The bed rises by ``speed c (1 - c)^exponent / bed_solids`` per second, with the packing of the erodible
    bed and its pores full: the surface stays where it is, what is left above the new bed holds less solids. A
    mixture packed more densely than the bed has nothing to lose and stays as it is.

    Parameters
    ----------
    speed_m_s : float
        Settling speed of a single grain in the fluid, above 0, up to 0.5 m/s; 0.01 is fine sand in water.
    below_m_s : float
        Only a flow slower than this settles, above 0, up to 5 m/s (an assumption of this project).
    exponent : float
        2.4 (large grains) to 4.65 (small ones).
    """

    speed_m_s: float = 0.01
    below_m_s: float = 0.5
    exponent: float = 4.65

    def __post_init__(self) -> None:
        _require(0.0 < self.speed_m_s <= 0.5, "speed_m_s", self.speed_m_s, "above 0, up to 0.5 m/s")
        _require(0.0 < self.below_m_s <= 5.0, "below_m_s", self.below_m_s, "above 0, up to 5 m/s")
        _require(2.4 <= self.exponent <= 4.65, "exponent", self.exponent, "2.4 to 4.65")


@dataclass(frozen=True, eq=False)
class ErodibleBed:
    """Loose bed under a flow, and the law by which the flow takes it.

    Where the shear on the bed ``tau = rho g h cos(t) sin(t)`` (vertical depth h, bed slope t, density of the
    mixture rho) exceeds a critical one, the bed falls at a constant rate, but never by more than
    ``depth_per_shear (tau - critical)`` and never below its erodible depth (Frank et al. 2015,
    doi:10.5194/nhess-15-2569-2015, after measurements in the Illgraben). Bed of depth e brings its grains and
    the water in its pores, e (solids + (1 - solids) saturation), the air escapes. It joins from rest, so the
    momentum stays and the flow slows down. No more enters than keeps the mixture at its solids cap.

    Parameters
    ----------
    depth_m : (ny, nx) array_like
        Depth of bed that can be taken, m, finite and not negative; above 0 somewhere unless solids settle.
    critical_shear_pa : float
        0 to 20 000 Pa; 1000 in the Illgraben.
    depth_per_shear_m_kpa : float
        Erosion per kPa above the critical shear, above 0 m/kPa; 0.1 in the Illgraben. Infinity leaves the
        erodible depth as the only limit.
    rate_m_s : float
        0 to 0.5 m/s; 0.025 in the Illgraben.
    bed_solids : float
        Grains by volume in the bed, 0.4 to 0.8.
    saturation : float
        Share of the bed's pores that is full of water, 0 to 1; 0.6 to 1 is usual for a torrent's bed.
    solids_cap : float
        Largest solids fraction that erosion can lead to, 0.3 to 0.8; 0.6 to 0.7 is usual.
    slowest_m_s : float
        A slower flow takes nothing, whatever its weight, 0 to 5 m/s: a filled basin does not dig (an
        assumption of this project).
    grain_density_kg_m3 : float
        2000 to 3500 kg/m3.
    settling : Settling, optional
        What settles; nothing by default.
    """

    depth_m: Floats
    critical_shear_pa: float = 1000.0
    depth_per_shear_m_kpa: float = 0.1
    rate_m_s: float = 0.025
    bed_solids: float = 0.65
    saturation: float = 0.8
    solids_cap: float = 0.65
    slowest_m_s: float = 0.5
    grain_density_kg_m3: float = 2650.0
    settling: Settling | None = field(default=None)

    def __post_init__(self) -> None:
        depth = np.array(self.depth_m, dtype=np.float64, order="C")
        if depth.ndim != 2 or not np.isfinite(depth).all() or (depth < 0.0).any():
            raise InvalidBed(
                "the erodible depth_m must be a finite, non-negative (ny, nx) array", field="depth_m"
            )
        if self.settling is None and not (depth > 0.0).any():
            raise InvalidBed("the erodible depth_m is 0 everywhere, and nothing settles", field="depth_m")
        object.__setattr__(self, "depth_m", depth)
        for name, low, high, unit in (
            ("critical_shear_pa", 0.0, 20_000.0, " Pa"),
            ("rate_m_s", 0.0, 0.5, " m/s"),
            ("bed_solids", 0.4, 0.8, ""),
            ("saturation", 0.0, 1.0, ""),
            ("solids_cap", 0.3, 0.8, ""),
            ("slowest_m_s", 0.0, 5.0, " m/s"),
            ("grain_density_kg_m3", 2000.0, 3500.0, " kg/m3"),
        ):
            value = getattr(self, name)
            _require(low <= value <= high, name, value, f"{low:g} to {high:g}{unit}")
        per_shear = self.depth_per_shear_m_kpa
        _require(per_shear > 0.0, "depth_per_shear_m_kpa", per_shear, "above 0 m/kPa")

    @property
    def bulk(self) -> float:
        """Volume of mixture that a unit volume of bed becomes: its grains and its pore water."""
        return self.bed_solids + (1.0 - self.bed_solids) * self.saturation

    def largest_mixture_m3(self, volume_m3: float, solids_fraction: float = 0.0) -> float:
        """Volume that a flow can grow to before its solids reach the cap.

        Infinite where the bed itself, with its pore water, is no denser than the cap.

        Parameters
        ----------
        volume_m3, solids_fraction : float
            The flow as released.
        """
        denser = self.bed_solids - self.solids_cap * self.bulk
        if denser <= 0.0:
            return float("inf")
        return volume_m3 * (1.0 + self.bulk * max(0.0, self.solids_cap - solids_fraction) / denser)


@dataclass(frozen=True, slots=True)
class EntrainmentRecord:
    """What passed between a flow and its bed.

    Attributes
    ----------
    entrained_m3 : float
        Mixture that entered the flow: grains and pore water.
    entrained_solids_m3 : float
        Grains in it.
    deposited_m3 : float
        Mixture that settled, pores included.
    asked_m3, refused_m3 : float
        Bed that the rate law asked for, and the part of it that the solids cap refused.
    cap_bound_cells : int
        Cells in which the cap ever refused anything.
    cap_first_s : float
        When it did so first; NaN = never.
    eroded_cells : int
        Cells that lost bed.
    largest_solids_fraction : float
        Largest solids fraction that erosion led to; 0 where nothing was eroded.
    """

    entrained_m3: float
    entrained_solids_m3: float
    deposited_m3: float
    asked_m3: float
    refused_m3: float
    cap_bound_cells: int
    cap_first_s: float
    eroded_cells: int
    largest_solids_fraction: float

    @property
    def cap_bound(self) -> bool:
        """Whether the solids cap held any erosion back."""
        return self.cap_bound_cells > 0
