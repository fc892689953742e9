"""Many ruptures as arrays, each with its yearly rate and the group that a logic tree scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic import scaling
from risk_api.seismic.gmm import Sources
from risk_api.seismic.planes import Planes

Floats = NDArray[np.float64]
_LEAST_STEP_KM: Final = 5.0


@dataclass(frozen=True)
class RuptureSet:
    """Planar ruptures of one group, all arrays of shape (n,).

    Attributes
    ----------
    group : str
        Name by which a branch scales the rates.
    planes : Planes
        Where they are, on the frame of the source model.
    magnitude, rake_deg : ndarray
        Moment magnitude, rake.
    rate_yr : ndarray
        Earthquakes a year, before a branch scales them.
    """

    group: str
    planes: Planes
    magnitude: Floats
    rake_deg: Floats
    rate_yr: Floats

    def __len__(self) -> int:
        return len(self.magnitude)

    def part(self, chosen: slice) -> RuptureSet:
        """Some of them."""
        planes = Planes(*(getattr(self.planes, name)[chosen] for name in Planes.__dataclass_fields__))
        return RuptureSet(
            self.group, planes, self.magnitude[chosen], self.rake_deg[chosen], self.rate_yr[chosen]
        )

    def sources(self) -> Sources:
        """What the ground-motion models are told, of shape (n, 1); hypocentres as CB14 expects them."""
        dip, top, width = self.planes.dip_deg, self.planes.top_depth_km, self.planes.width_km
        by_magnitude = np.minimum(-4.317 + 0.984 * self.magnitude, 2.325)
        by_dip = np.minimum(0.0445 * (dip - 40.0), 0.0)
        deepest = np.log(0.9 * width * np.sin(np.radians(dip)))
        hypocentre = top + np.exp(np.minimum(by_magnitude + by_dip, deepest))
        return Sources(
            *(values[:, None] for values in (self.magnitude, self.rake_deg, dip, top, width, hypocentre))
        )


def together(group: str, parts: Sequence[RuptureSet]) -> RuptureSet:
    """One set of several."""
    planes = Planes(
        *(
            np.concatenate([getattr(part.planes, name) for part in parts])
            for name in Planes.__dataclass_fields__
        )
    )
    magnitude, rake, rate = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("magnitude", "rake_deg", "rate_yr")
    )
    return RuptureSet(group, planes, magnitude, rake, rate)


def floating(
    group: str,
    trace_km: Floats,
    *,
    dip_deg: float,
    rake_deg: float,
    width_km: float,
    magnitudes: Floats,
    rates_yr: Floats,
) -> RuptureSet:
    """Ruptures that float over a fault, along its trace and down its dip, all places equally likely.

    Each is one plane from one point of the trace to another; a rupture longer than the fault takes all of it.

    Parameters
    ----------
    trace_km : ndarray, (n, 2)
        East and north, km, so ordered that the fault dips to the right.
    dip_deg, rake_deg, width_km : float
        Of the fault, whose upper edge is at the surface.
    magnitudes, rates_yr : ndarray, (n_bins,)
        Magnitudes and how often each occurs anywhere on the fault.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(trace_km, axis=0).T))])
    total = float(along[-1])
    rows: list[tuple[float, ...]] = []
    for magnitude, rate in zip(magnitudes.tolist(), rates_yr.tolist(), strict=True):
        length, width = scaling.length_and_width_km(magnitude, rake_deg, width_km)
        length = min(length, total)
        starts = _places(total - length, max(_LEAST_STEP_KM, length / 4.0))
        downs = _places(width_km - width, width / 2.0)
        for start in starts:
            ends = np.array([start, start + length])
            x, y = np.interp(ends, along, trace_km[:, 0]), np.interp(ends, along, trace_km[:, 1])
            strike = float(np.arctan2(x[1] - x[0], y[1] - y[0]))
            straight = float(np.hypot(x[1] - x[0], y[1] - y[0]))
            for down in downs:
                out = down * float(np.cos(np.radians(dip_deg)))
                rows.append(
                    (
                        float(x[0]) + out * float(np.cos(strike)),
                        float(y[0]) - out * float(np.sin(strike)),
                        float(np.degrees(strike)),
                        dip_deg,
                        down * float(np.sin(np.radians(dip_deg))),
                        straight,
                        width,
                        magnitude,
                        rate / (len(starts) * len(downs)),
                    )
                )
    columns = np.array(rows).T
    return RuptureSet(group, Planes(*columns[:7]), columns[7], np.full(len(rows), rake_deg), columns[8])


def _places(room_km: float, step_km: float) -> Floats:
    """Where something may begin that has so much room: both ends, and places `step_km` apart or less."""
    if room_km <= 1e-9:
        return np.zeros(1)
    return np.linspace(0.0, room_km, int(np.ceil(room_km / step_km)) + 1)


def around_points(
    group: str,
    x_km: Floats,
    y_km: Floats,
    weight: Floats,
    *,
    strike_deg: float,
    dip_deg: float,
    rake_deg: float,
    depth_km: float,
    crust_km: tuple[float, float],
    magnitudes: Floats,
    rates_yr: Floats,
) -> RuptureSet:
    """Ruptures around points of an area: `Rupture.from_point` for arrays.

    Parameters
    ----------
    x_km, y_km : ndarray, (n_points,)
        Points, km.
    weight : ndarray, (n_points,)
        Share of the area that each stands for; they sum to 1.
    depth_km : float
        Depth of the middle of a rupture as far as the crust leaves room.
    crust_km : (upper, lower)
        Depths between which ruptures stay.
    magnitudes, rates_yr : ndarray, (n_bins,)
        Magnitudes, and how often each occurs in the whole area.
    """
    upper, lower = crust_km
    rise, flat = np.sin(np.radians(dip_deg)), np.cos(np.radians(dip_deg))
    sizes = [
        scaling.length_and_width_km(magnitude, rake_deg, (lower - upper) / float(rise))
        for magnitude in magnitudes.tolist()
    ]
    length, width = np.array(sizes).T
    top = np.clip(depth_km - width / 2.0 * rise, upper, lower - width * rise)
    back = (depth_km - top) / rise * flat
    strike = np.radians(strike_deg)
    bins, points = len(magnitudes), len(x_km)
    # From the point back up the dip to the upper edge, then half the length back along strike.
    east = -back * np.cos(strike) - length / 2.0 * np.sin(strike)
    north = back * np.sin(strike) - length / 2.0 * np.cos(strike)

    def of_bins(values: Floats) -> Floats:
        return np.repeat(values, points)

    planes = Planes(
        x_km=np.tile(x_km, bins) + of_bins(east),
        y_km=np.tile(y_km, bins) + of_bins(north),
        strike_deg=np.full(bins * points, strike_deg),
        dip_deg=np.full(bins * points, dip_deg),
        top_depth_km=of_bins(top),
        length_km=of_bins(length),
        width_km=of_bins(width),
    )
    return RuptureSet(
        group,
        planes,
        of_bins(magnitudes),
        np.full(bins * points, rake_deg),
        np.outer(rates_yr, weight).ravel(),
    )
