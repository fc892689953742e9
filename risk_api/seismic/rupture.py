"""A rupture: one plane or a few along a bent trace, all of one dip, width and depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, degrees, exp, isfinite, log, radians, sin
from typing import Final

import numpy as np

from risk_api.seismic import scaling
from risk_api.seismic.errors import BadSeismicInput, beyond, no_area
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.gmm import OutsideRange, Sources
from risk_api.seismic.planes import Planes

LonLat = tuple[float, float]
MOST_POINTS: Final = 200
_SHORTEST_KM: Final = 1e-3
_LEAST_DIP_DEG: Final = 1.0
_BANDS: Final = {
    "magnitude": (0.0, 10.0),
    "rake_deg": (-180.0, 180.0),
    "top_depth_km": (0.0, 100.0),
    "width_km": (0.0, 500.0),
}


@dataclass(frozen=True)
class Rupture:
    """A rupture in the crust.

    Walking along the trace the planes dip to the right (Aki and Richards); `from_trace` turns a trace round
    that runs the other way.

    Attributes
    ----------
    magnitude : float
        Moment magnitude.
    rake_deg : float
        Direction of slip, -180 to 180 degrees; 90 is a thrust.
    dip_deg : float
        1 to 90 degrees.
    top_depth_km : float
        Depth of the upper edge, km; 0 where the rupture reaches the surface.
    width_km : float
        Down-dip width, above 0 km.
    trace : tuple of (lon, lat)
        The upper edge seen from above, degrees, at least two points.
    hypocentre_depth_km : float
        Depth where slip began, km.
    outside : tuple of OutsideRange
        Where a relation that sized the rupture was asked beyond its range.

    Raises
    ------
    ZeroArea
        If the trace has no length or the width is zero.
    BadSeismicInput
        If a figure is outside what means anything; the field is named.
    """

    magnitude: float
    rake_deg: float
    dip_deg: float
    top_depth_km: float
    width_km: float
    trace: tuple[LonLat, ...]
    hypocentre_depth_km: float
    outside: tuple[OutsideRange, ...] = ()

    def __post_init__(self) -> None:
        for field, (low, high) in _BANDS.items():
            value = getattr(self, field)
            if not (isfinite(value) and low <= value <= high):
                raise beyond(field, value, low, high)
        if not _LEAST_DIP_DEG <= self.dip_deg <= 90.0:
            raise beyond("dip_deg", self.dip_deg, _LEAST_DIP_DEG, 90.0)
        if self.width_km == 0.0:
            raise no_area("width_km")
        if not (isfinite(self.hypocentre_depth_km) and 0.0 <= self.hypocentre_depth_km <= 700.0):
            raise beyond("hypocentre_depth_km", self.hypocentre_depth_km, 0.0, 700.0)
        _check_trace(self.trace)
        if self.length_km < _SHORTEST_KM:
            raise no_area("trace")

    @classmethod
    def from_trace(
        cls,
        trace: Sequence[LonLat],
        *,
        magnitude: float,
        dip_deg: float,
        rake_deg: float,
        top_depth_km: float = 0.0,
        bottom_depth_km: float | None = None,
        width_km: float | None = None,
        dips_towards_deg: float | None = None,
        hypocentre_depth_km: float | None = None,
    ) -> Rupture:
        """Build a rupture from its upper edge.

        Parameters
        ----------
        trace : sequence of (lon, lat)
            The upper edge, degrees.
        bottom_depth_km, width_km : float
            Lower edge or down-dip width, km; exactly one of the two.
        dips_towards_deg : float, optional
            Azimuth towards which the planes dip, degrees from north; the trace is turned round where needed.
            Without it the planes dip to the right of the trace as given.
        hypocentre_depth_km : float, optional
            Where unknown, what CB14 expects (equations 35 to 37).
        """
        if (bottom_depth_km is None) == (width_km is None):
            raise BadSeismicInput(
                "width_km", "give either width_km or bottom_depth_km", reason_key="width_or_bottom"
            )
        if not _LEAST_DIP_DEG <= dip_deg <= 90.0:
            raise beyond("dip_deg", dip_deg, _LEAST_DIP_DEG, 90.0)
        if width_km is None:
            assert bottom_depth_km is not None
            if not 0.0 <= bottom_depth_km <= 200.0:
                raise beyond("bottom_depth_km", bottom_depth_km, 0.0, 200.0)
            if bottom_depth_km <= top_depth_km:
                raise no_area("bottom_depth_km")
            width_km = (bottom_depth_km - top_depth_km) / sin(radians(dip_deg))
        points = tuple((float(lon), float(lat)) for lon, lat in trace)
        if dips_towards_deg is not None and _runs_the_wrong_way(points, dips_towards_deg):
            points = points[::-1]
        if hypocentre_depth_km is None:
            hypocentre_depth_km = expected_hypocentre_km(magnitude, dip_deg, top_depth_km, width_km)
        return cls(magnitude, rake_deg, dip_deg, top_depth_km, width_km, points, hypocentre_depth_km)

    @classmethod
    def from_point(
        cls,
        lon: float,
        lat: float,
        depth_km: float,
        *,
        magnitude: float,
        strike_deg: float,
        dip_deg: float,
        rake_deg: float,
        upper_km: float = 0.0,
        lower_km: float = 20.0,
    ) -> Rupture:
        """Build a rupture around a hypocentre, sized by Wells and Coppersmith (1994).

        The hypocentre stands in the middle of the plane; where that would leave the brittle crust, from
        `upper_km` to `lower_km`, the plane slides along its dip until it fits.
        """
        for field, value, low, high in (
            ("magnitude", magnitude, 0.0, 10.0),
            ("strike_deg", strike_deg, -360.0, 360.0),
            ("dip_deg", dip_deg, _LEAST_DIP_DEG, 90.0),
            ("upper_km", upper_km, 0.0, 100.0),
            ("lower_km", lower_km, 0.0, 100.0),
            ("depth_km", depth_km, upper_km, lower_km),
        ):
            if not (isfinite(value) and low <= value <= high):
                raise beyond(field, value, low, high)
        if lower_km <= upper_km:
            raise no_area("lower_km")
        _check_trace(((lon, lat), (lon, lat)))
        rise = sin(radians(dip_deg))
        length, width = scaling.length_and_width_km(magnitude, rake_deg, (lower_km - upper_km) / rise)
        top = min(max(depth_km - width / 2.0 * rise, upper_km), lower_km - width * rise)
        # From the hypocentre back up the dip to the upper edge, then half the length either way.
        back = (depth_km - top) / rise * cos(radians(dip_deg))
        strike = radians(strike_deg)
        east, north = -back * cos(strike), back * sin(strike)
        half = length / 2.0
        ends_x = east + np.array([-half, half]) * sin(strike)
        ends_y = north + np.array([-half, half]) * cos(strike)
        lons, lats = LocalFrame(lon, lat).to_lonlat(ends_x, ends_y)
        trace = tuple(zip(lons.tolist(), lats.tolist(), strict=True))
        band = scaling.MAGNITUDES
        outside: tuple[OutsideRange, ...] = ()
        if not band.low <= magnitude <= band.high:
            outside = (OutsideRange(scaling.NAME, "magnitude", band.low, band.high, magnitude, 1.0),)
        return cls(magnitude, rake_deg, dip_deg, top, width, trace, depth_km, outside)

    @cached_property
    def frame(self) -> LocalFrame:
        """A flat map centred on the middle of the trace."""
        points = np.asarray(self.trace)
        return LocalFrame(
            float(points[:, 0].min() + points[:, 0].max()) / 2.0,
            float(points[:, 1].min() + points[:, 1].max()) / 2.0,
        )

    @cached_property
    def planes(self) -> Planes:
        """The planes on `frame`, one for each piece of the trace that has a length."""
        x, y = self.frame.to_km(*np.asarray(self.trace).T)
        dx, dy = np.diff(x), np.diff(y)
        long = np.hypot(dx, dy)
        kept = long >= _SHORTEST_KM
        count = int(kept.sum())
        return Planes(
            x_km=x[:-1][kept],
            y_km=y[:-1][kept],
            strike_deg=np.degrees(np.arctan2(dx[kept], dy[kept])) % 360.0,
            dip_deg=np.full(count, self.dip_deg),
            top_depth_km=np.full(count, self.top_depth_km),
            length_km=long[kept],
            width_km=np.full(count, self.width_km),
        )

    @property
    def length_km(self) -> float:
        """Length along the trace, km."""
        return float(self.planes.length_km.sum())

    @property
    def area_km2(self) -> float:
        """Area of the planes, km2."""
        return self.length_km * self.width_km

    @property
    def bottom_depth_km(self) -> float:
        """Depth of the lower edge, km."""
        return self.top_depth_km + self.width_km * sin(radians(self.dip_deg))

    @property
    def strike_deg(self) -> float:
        """Azimuth from the first to the last point of the trace, degrees from north."""
        x, y = self.frame.to_km(*np.asarray([self.trace[0], self.trace[-1]]).T)
        return degrees(float(np.arctan2(x[1] - x[0], y[1] - y[0]))) % 360.0

    def sources(self) -> Sources:
        """What the ground-motion models are told of it."""
        return Sources.of(
            self.magnitude,
            self.rake_deg,
            self.dip_deg,
            self.top_depth_km,
            self.width_km,
            self.hypocentre_depth_km,
        )


def expected_hypocentre_km(magnitude: float, dip_deg: float, top_depth_km: float, width_km: float) -> float:
    """Depth of the hypocentre where none is known, km: CB14, equations 35 to 37, as cited, not re-read."""
    by_magnitude = min(-4.317 + 0.984 * magnitude, 2.325)
    by_dip = min(0.0445 * (dip_deg - 40.0), 0.0)
    deepest = 0.9 * width_km * sin(radians(dip_deg))
    if deepest <= 0.0:
        raise no_area("width_km")
    return top_depth_km + exp(min(by_magnitude + by_dip, log(deepest)))


def _check_trace(trace: Sequence[LonLat]) -> None:
    if not 2 <= len(trace) <= MOST_POINTS:
        count, most = str(len(trace)), str(MOST_POINTS)
        raise BadSeismicInput(
            "trace",
            f"{count} points; 2 to {most} are needed",
            reason_key="trace_points",
            count=count,
            most=most,
        )
    for lon, lat in trace:
        if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180.0 and abs(lat) <= 85.0):
            at = f"{lon:g}, {lat:g}"
            raise BadSeismicInput(
                "trace", f"{at} is not lon, lat, with lat up to 85 degrees", reason_key="trace_point", at=at
            )


def _runs_the_wrong_way(trace: tuple[LonLat, ...], dips_towards_deg: float) -> bool:
    _check_trace(trace)
    frame = LocalFrame(*trace[0])
    x, y = frame.to_km(*np.asarray([trace[0], trace[-1]]).T)
    strike = np.arctan2(x[1] - x[0], y[1] - y[0])
    # The right-hand side of the trace is 90 degrees clockwise of its strike.
    return bool(np.cos(strike + np.pi / 2.0 - radians(dips_towards_deg)) < 0.0)
