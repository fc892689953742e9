"""Published relations for the breach of an embankment, to stand beside what the engine computes.

Regressions over past failures of dams that held water, nine in ten of them lower than 30 m; none is the
answer for a dam that stops mud. Of Froehlich (2008) the abstract was read: 74 failures, expected width, side
slope and formation time, and how uncertain they are. The numbers of all relations are as cited, alike in
several public codes, and not re-read in the papers.
"""

from dataclasses import dataclass
from typing import Literal

from dam_models.errors import InvalidParameter, require
from dam_models.kernels.fields import GRAVITY_M_S2
from dam_models.outburst import PEAK_RELATIONS

BREACHED_HEIGHT_RANGE_M = (3.05, 92.96)
"""Heights in the data of Froehlich (2008), as cited, not re-read."""

BREACHED_VOLUME_RANGE_M3 = (1.39e4, 6.6e8)
"""Volumes of water in the data of Froehlich (2008), as cited, not re-read."""


@dataclass(frozen=True)
class BreachEstimate:
    """What the relations of Froehlich say about one breach.

    Attributes
    ----------
    peak_m3_s : float
        Peak discharge, Froehlich 1995.
    mean_width_m, formation_s : float
        Width of the final trapezoid at half its height, and the time that it takes to form, Froehlich 2008.
    side_slope : float
        Horizontal over vertical of its sides.
    bottom_width_m : float
        Width at its bottom; 0 where the sides meet above it.
    within_data : bool
        Whether height and volume lie within the data of Froehlich (2008).
    """

    peak_m3_s: float
    mean_width_m: float
    formation_s: float
    side_slope: float
    bottom_width_m: float
    within_data: bool


def breach_estimate(
    volume_m3: float,
    height_m: float,
    kind: Literal["overtopping", "piping"] = "overtopping",
    *,
    water_height_m: float | None = None,
) -> BreachEstimate:
    """Breach of an embankment by the relations of Froehlich.

    With V the volume and h_b the height of the breach, K = 1.3 for overtopping and 1 otherwise,

        mean width = 0.27 K V^0.32 h_b^0.04,    formation = 63.2 sqrt(V / (g h_b^2)),

    sides of 1 (overtopping) or 0.7 horizontal on 1 vertical (Froehlich 2008, Journal of Hydraulic Engineering
    134: 1708), and peak = 0.607 V^0.295 h_w^1.24 (Froehlich 1995, Journal of Water Resources Planning and
    Management 121: 90), h_w the height of the water. As cited, not re-read.

    Parameters
    ----------
    volume_m3 : float
        Volume of water above the bottom of the breach, above 0, up to 1e11 m3.
    height_m : float
        Height of the breach, crest to bottom, above 0, up to 500 m.
    kind : {"overtopping", "piping"}
        How it begins.
    water_height_m : float, optional
        Height of the water above the bottom of the breach, above 0, up to 500 m; that of the breach if none
        is given.

    Raises
    ------
    InvalidParameter
        A kind that is unknown, or a height out of range; `field` names which.
    InvalidRelease
        The volume is out of range.
    """
    require(kind in ("overtopping", "piping"), "kind", kind, "overtopping or piping", InvalidParameter)
    water = height_m if water_height_m is None else water_height_m
    for field, height in (("height_m", height_m), ("water_height_m", water)):
        require(0.0 < height <= 500.0, field, height, "above 0, up to 500 m", InvalidParameter)
    peak = PEAK_RELATIONS["froehlich"].peak_m3_s(volume_m3, water)
    factor, slope = (1.3, 1.0) if kind == "overtopping" else (1.0, 0.7)
    width = 0.27 * factor * volume_m3**0.32 * height_m**0.04
    formation = 63.2 * (volume_m3 / (GRAVITY_M_S2 * height_m**2)) ** 0.5
    (low, high), (least, most) = BREACHED_HEIGHT_RANGE_M, BREACHED_VOLUME_RANGE_M3
    return BreachEstimate(
        peak_m3_s=peak,
        mean_width_m=width,
        formation_s=formation,
        side_slope=slope,
        bottom_width_m=max(0.0, width - slope * height_m),
        within_data=low <= height_m <= high and least <= volume_m3 <= most,
    )
