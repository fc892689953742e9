"""The engine against uniform layers on planes: speed, speeding up, stopping; and the kinematic wave."""

from math import cos, inf, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Side
from dam_models.kernels.fields import GRAVITY_M_S2 as G
from dam_models.result import Settings
from dam_models.rheology import Manning, Voellmy
from dam_models.validation import slides
from dam_models.validation.case import Case, Measure, Outcome, Peer, Profile
from dam_models.validation.channel import OPEN, Channel, centres

Floats = NDArray[np.float64]

_MU, _XI = 0.10, 400.0
_THICKNESS_M = 2.0
_FIELD = Settings()


def _layer(slope_deg: float, cells: int, cell_m: float, speed_m_s: float, xi: float) -> Channel:
    """A layer of 2 m normal thickness that moves down a plane at a speed along it, in the engine's terms."""
    slope = radians(slope_deg)
    x = centres(cells * cell_m, cells)
    return Channel(
        cell_m,
        -tan(slope) * x,
        np.full(cells, _THICKNESS_M / cos(slope)),
        np.full(cells, speed_m_s * cos(slope)),
        rheology=Voellmy(_MU, xi),
        west=OPEN,
        east=OPEN,
        settings=_FIELD,
    )


def _normal_speed(quick: bool) -> Outcome:
    worst, seen = 0.0, []
    for slope_deg in (10.0, 30.0):
        exact = slides.voellmy_speed(_THICKNESS_M, tan(radians(slope_deg)), _MU, _XI)
        for cell_m in (5.0, 10.0, 20.0, 30.0):
            channel = _layer(slope_deg, round(1500.0 / cell_m), cell_m, 0.0, _XI)
            # Long enough to come within 1e-6 of the speed, short enough that neither end is felt at 1200 m.
            _, speed = channel.run(60.0 if slope_deg == 10.0 else 30.0)
            along = float(speed[round(1200.0 / cell_m)]) / cos(radians(slope_deg))
            worst = max(worst, abs(along / exact - 1.0))
            seen.append(f"{slope_deg:.0f} degrees, {cell_m:.0f} m: {along:.4f} of {exact:.4f} m/s")
    return Outcome((Measure("worst relative error of speed", 100.0 * worst, 0.5, "%"),), note="; ".join(seen))


def _from_rest(quick: bool) -> Outcome:
    times = np.array([2.0, 5.0, 10.0] if quick else [1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0])
    slope = tan(radians(10.0))
    exact = np.array([slides.voellmy_from_rest(_THICKNESS_M, slope, _MU, _XI, float(t)) for t in times])
    worst = {}
    curves = {"exact": exact}
    for cell_m in (5.0, 10.0, 20.0):
        # The middle feels neither end in 20 s.
        cells = round(1000.0 / cell_m)
        channel = _layer(10.0, cells, cell_m, 0.0, _XI)
        speed = np.array([channel.run(float(t))[1][cells // 2] / cos(radians(10.0)) for t in times])
        worst[cell_m] = 100.0 * float(np.abs(speed / exact - 1.0).max())
        curves[f"engine, {cell_m:.0f} m"] = speed
    return Outcome(
        (Measure("worst relative error of speed, 5 m", worst[5.0], 1.0, "%"),),
        profile=Profile(times, curves, "time, s", "speed along the slope, m/s"),
        note=f"at 10 m {worst[10.0]:.2f} %, at 20 m {worst[20.0]:.2f} %",
    )


def _runout(xi: float) -> Outcome:
    start = slides.voellmy_speed(_THICKNESS_M, tan(radians(10.0)), _MU, _XI)
    exact = slides.voellmy_runout(start, _THICKNESS_M, tan(radians(2.0)), _MU, xi)
    found = {cell_m: _stopping_distance(start, xi, cell_m) for cell_m in (5.0, 10.0, 20.0)}
    error = abs(found[5.0] / exact - 1.0)
    return Outcome(
        (Measure("relative error of the distance, 5 m", 100.0 * error, 1.0, "%"),),
        note=f"{found[5.0]:.2f} m, exact {exact:.2f} m; "
        f"cells of 10 m: {found[10.0]:.2f} m, 20 m: {found[20.0]:.2f} m",
    )


def _stopping_distance(start_m_s: float, xi: float, cell_m: float) -> float:
    """Distance along 2 degrees, m, from the speed at many times, each reached with the engine's own steps."""
    slope = radians(2.0)
    # The middle is out of reach of both ends until the layer stops.
    cells = round(400.0 / cell_m)
    channel = _layer(2.0, cells, cell_m, start_m_s, xi)
    interval_s, speeds = 0.5, [start_m_s]
    while speeds[-1] > 0.0 and len(speeds) < 60:
        speeds.append(float(channel.run(interval_s * len(speeds))[1][cells // 2]) / cos(slope))
    # Simpson's rule would need an even count; the trapezoidal rule with its end correction does not.
    rates = np.gradient(np.array(speeds[:-1]), interval_s, edge_order=2)
    travelled = interval_s * (sum(speeds[:-1]) - 0.5 * (speeds[0] + speeds[-2]))
    travelled -= interval_s**2 / 12.0 * float(rates[-1] - rates[0])
    # Nearly at rest the brake is Coulomb's alone.
    brake = G * (_MU * cos(slope) - sin(slope))
    return travelled + speeds[-2] ** 2 / (2.0 * brake)


def _kinematic_wave(quick: bool) -> Outcome:
    discharge, manning, slope, cell_m, cells = 10.0, 0.05, 0.1, 5.0, 300
    x = centres(cells * cell_m, cells)
    still = np.zeros(cells)
    channel = Channel(
        cell_m,
        -slope * x,
        still,
        still,
        rheology=Manning(manning),
        west=Side("inflow", discharge),
        east=OPEN,
        stretch=10.0,
        settings=Settings(dry_depth_m=1e-5, threshold_depth_m=1e-3),
    )
    fronts = []
    for time_s in (80.0, 140.0):
        depth, _ = channel.run(time_s)
        fronts.append(_front(x, depth))
    normal = slides.normal_depth(discharge, manning, slope)
    settled = (x > 200.0) & (x < fronts[1] - 300.0)
    front_speed = (fronts[1] - fronts[0]) / 60.0
    return Outcome(
        (
            Measure(
                "normal depth behind the front",
                100.0 * float(np.abs(depth[settled] / normal - 1.0).max()),
                0.5,
                "%",
            ),
            Measure("speed of the dry front", 100.0 * abs(front_speed * normal / discharge - 1.0), 1.0, "%"),
        ),
        profile=Profile(x, {"engine": depth, "normal depth": np.where(x < fronts[1], normal, 0.0)}),
        note=f"depth {float(np.median(depth[settled])):.4f} m, exact {normal:.4f} m; front "
        f"{front_speed:.4f} m/s, exact {discharge / normal:.4f} m/s",
    )


def _front(x: Floats, depth: Floats, at_m: float = 0.5) -> float:
    """Where the depth falls through `at_m`, between two cells."""
    last = int(np.flatnonzero(depth > at_m)[-1])
    share = (depth[last] - at_m) / (depth[last] - depth[last + 1])
    return float(x[last] + share * (x[last + 1] - x[last]))


_SALM = "Salm 1993; closed forms of a uniform layer"

CASES = (
    Case(
        "voellmy-normal-speed",
        "Normal speed of a 2 m layer on 10 and 30 degrees, cells of 5, 10, 20 and 30 m",
        "the driving force where the bed falls by more than the depth from cell to cell; the cos2 metric",
        "slope",
        _SALM,
        _normal_speed,
        peers=(
            Peer("schemes without the cos2 metric", "24 to 81 % too fast on 34 degrees"),
            Peer("first-order hydrostatic reconstruction", "stops on 10 degrees, see the common case"),
        ),
    ),
    Case(
        "voellmy-from-rest",
        "Speeding up from rest on 10 degrees",
        "the balance in time of drive and friction",
        "slope",
        _SALM,
        _from_rest,
        peers=(Peer("pydebflow", "acceleration grows with depth: 0.87 to 6.92 m/s2 where 1.73 is exact"),),
    ),
    Case(
        "runout-voellmy",
        "Runout of a moving layer on 2 degrees, Voellmy",
        "friction down to the stop",
        "slope",
        _SALM,
        lambda quick: _runout(_XI),
    ),
    Case(
        "runout-coulomb",
        "Runout of a moving layer on 2 degrees, Coulomb alone",
        "as before, without the turbulent part",
        "slope",
        _SALM,
        lambda quick: _runout(inf),
    ),
    Case(
        "kinematic-wave",
        "Kinematic wave onto a dry slope of 0.1, n 0.05, 10 m2/s",
        "normal depth and the speed of a dry front",
        "slope",
        "h = (q n / sqrt(S))^(3/5), front at q / h",
        _kinematic_wave,
    ),
)
