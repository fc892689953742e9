"""The common case of the peers: 500 000 m3 from a slope of 10 degrees onto one of 2 degrees, 300 s.

No exact solution is known; three codes with three different numerics agree on it within a few per cent, and
their spread, widened, is the envelope.
"""

from dataclasses import dataclass
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from dam_models.release import Release
from dam_models.rheology import Voellmy
from dam_models.validation.case import Case, Measure, Outcome, Peer, Profile
from dam_models.validation.channel import centres

Floats = NDArray[np.float64]

GAUGES_M = (750.0, 1000.0, 1500.0, 2000.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """Arrival (s), largest depth (m) and speed (m/s) at the gauges, and the front at the end (m)."""

    arrival_s: tuple[float, ...]
    depth_m: tuple[float, ...]
    speed_m_s: tuple[float, ...]
    front_m: float


PEERS = {
    "GeoClaw, 5 m adaptive": Answer(
        (21.3, 42.6, 95.8, 159.8), (4.08, 3.11, 2.23, 5.16), (12.57, 10.60, 8.55, 5.75), float("nan")
    ),
    "AvaFrame com1DFA, 5 m": Answer(
        (21.6, 43.6, 98.1, 164.2), (3.92, 3.06, 2.20, 5.13), (12.39, 10.57, 8.48, 6.08), 2132.0
    ),
    "Kestrel, 10 m": Answer(
        (20.3, 41.6, 95.1, 159.7), (4.02, 3.12, 2.23, 5.85), (12.73, 10.57, 8.62, 5.74), 2135.0
    ),
}
"""Measured in 2026 with GeoClaw 5.14, AvaFrame 2.1 and Kestrel 1.1.1 on one machine."""

OTHERS = (
    Peer("r.avaflow 3, 20 m", "1,500 m after 97.7 s, 2.01 m deep; front 2,190 m"),
    Peer("pydebflow, 20 m", "1,500 m after 74.2 s, 2.70 m deep, 9.1 m/s; front 2,250 m"),
    Peer("Chen-Noelle, first order, 10 m", "1,500 m after 171 s; front 1,895 m"),
    Peer("hydrostatic reconstruction, first order, 10 m", "1,500 m after 241 s; front 1,605 m"),
)


def bed_along(x_m: Floats) -> Floats:
    """Elevation along the slope, m: 10 degrees up to 1900 m, 2 degrees from 2100 m, a parabola between."""
    steep, gentle = tan(radians(10.0)), tan(radians(2.0))
    blend = np.clip(x_m - 1900.0, 0.0, 200.0)
    return np.asarray(
        -steep * np.minimum(x_m, 1900.0)
        - (steep * blend - (steep - gentle) * blend**2 / 400.0)
        - gentle * np.maximum(0.0, x_m - 2100.0)
    )


def solve(cell_m: float, order: int = 2) -> tuple[Answer, Profile]:
    """Run the case and read the gauges on the axis.

    Parameters
    ----------
    cell_m : float
        Cell size, m; 20, 10 or 5, so that the release has its volume on the grid.
    order : int
        Order of the scheme.
    """
    from dam_models.flow import simulate
    from dam_models.result import Settings

    columns = round(5000.0 / cell_m)
    x = centres(columns * cell_m, columns)
    # An odd or even number of rows, so that the sides of the release lie on faces.
    rows = columns + round(250.0 / cell_m) % 2
    y = (np.arange(rows) + 0.5 - 0.5 * rows) * cell_m
    pool = np.where(np.abs(y)[:, None] < 125.0, 1.0, 0.0) * np.where(np.abs(x - 400.0) < 100.0, 10.0, 0.0)
    result = simulate(
        np.tile(bed_along(x), (rows, 1)),
        cell_m,
        [Release.pool(pool)],
        Voellmy(0.10, 400.0),
        duration_s=300.0,
        settings=Settings(order=order),
    )
    axis = np.abs(y) < 0.6 * cell_m

    def at_gauges(field: Floats) -> tuple[float, ...]:
        return tuple(float(value) for value in np.interp(GAUGES_M, x, field[axis].mean(axis=0)))

    deepest = result.depth_max_m[axis].mean(axis=0)
    last = int(np.flatnonzero(result.final.depth_m[axis].mean(axis=0) >= 0.1)[-1])
    answer = Answer(
        at_gauges(result.arrival_s),
        at_gauges(result.depth_max_m),
        at_gauges(result.speed_max_m_s),
        float(x[last] + 0.5 * cell_m),
    )
    shown = (x > 250.0) & (x < 2400.0)
    final = result.final.depth_m[axis].mean(axis=0)
    profile = Profile(
        x[shown], {"largest depth": deepest[shown], "depth after 300 s": final[shown]}, "x on the axis, m"
    )
    return answer, profile


def _outside(seen: float, peers: tuple[float, ...]) -> float:
    """How far a value lies outside the peers' range, per cent of the nearer peer."""
    low, high = min(peers), max(peers)
    # Not reached at all is NaN, which passes nothing.
    return 100.0 * float(np.maximum(0.0, max(1.0 - seen / low, seen / high - 1.0)))


def compare(answer: Answer, factor: float) -> tuple[Measure, ...]:
    """Measures against the peers; `factor` doubles the widening at 10 m."""
    measures = []
    for title, name, unit, widened in (
        ("arrival", "arrival_s", "s", 0.04),
        ("depth", "depth_m", "m", 0.05),
        ("speed", "speed_m_s", "m/s", 0.04),
    ):
        for k, gauge in enumerate(GAUGES_M):
            spread = tuple(getattr(peer, name)[k] for peer in PEERS.values())
            seen = getattr(answer, name)[k]
            allowed = factor * (0.12 if gauge > 1500.0 else widened)
            measures.append(
                Measure(
                    f"{title} at {gauge:.0f} m {seen:.2f} {unit}, "
                    f"peers {min(spread):.2f} to {max(spread):.2f}; outside by",
                    _outside(seen, spread),
                    100.0 * allowed,
                    "%",
                )
            )
    fronts = [peer.front_m for peer in PEERS.values() if peer.front_m == peer.front_m]
    off = max(min(fronts) - answer.front_m, answer.front_m - max(fronts), 0.0)
    measures.append(
        Measure(
            f"front after 300 s {answer.front_m:.1f} m, "
            f"peers {min(fronts):.0f} to {max(fronts):.0f}; outside by",
            off,
            10.0 * factor,
            "m",
        )
    )
    return tuple(measures)


def _measure(cell_m: float, factor: float) -> Outcome:
    answer, profile = solve(cell_m)
    return Outcome(compare(answer, factor), profile=profile)


def _case(cell_m: float, factor: float) -> Case:
    return Case(
        f"common-case-{cell_m:.0f}-m",
        f"500,000 m3 from 10 degrees onto 2 degrees, Voellmy 0.10 and 400 m/s2, cells of {cell_m:.0f} m",
        "thin flow on a steep bed, a kink, a front that stops: all at once",
        "common case",
        "GeoClaw 5.14, AvaFrame 2.1 and Kestrel 1.1.1, measured for this comparison",
        lambda quick: _measure(cell_m, factor),
        peers=(
            *(
                Peer(
                    name,
                    "; ".join(
                        f"{gauge:.0f} m: {t:.1f} s, {h:.2f} m, {u:.2f} m/s"
                        for gauge, t, h, u in zip(
                            GAUGES_M, peer.arrival_s, peer.depth_m, peer.speed_m_s, strict=True
                        )
                    )
                    + (f"; front {peer.front_m:.0f} m" if peer.front_m == peer.front_m else ""),
                )
                for name, peer in PEERS.items()
            ),
            *OTHERS,
        ),
    )


CASES = (_case(10.0, 2.0), _case(5.0, 1.0))
