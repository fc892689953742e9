"""The engine against oscillations in a paraboloid, and a smooth wave for the order of accuracy."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries
from dam_models.kernels.fields import GRAVITY_M_S2 as G
from dam_models.result import Settings, State
from dam_models.rheology import Manning
from dam_models.validation import basins
from dam_models.validation.case import Case, Measure, Outcome, Profile, convergence, l1, order_of
from dam_models.validation.channel import Channel, centres

Floats = NDArray[np.float64]

_STRETCH = 100.0
"""See `Channel`: the slopes of the paraboloid would otherwise reduce gravity by up to 4 %."""
_DEPTH_M, _RADIUS_M, _SIDE_M = 0.1, 1.0, 4.0


def _grid(cells: int) -> tuple[Floats, Floats]:
    axis = centres(_SIDE_M, cells) - 0.5 * _SIDE_M
    x, y = np.meshgrid(axis, axis)
    return x, y


def _run(x: Floats, y: Floats, start: tuple[Floats, Floats, Floats], duration_s: float) -> Floats:
    from dam_models.flow import simulate

    depth, u, v = start
    return simulate(
        basins.paraboloid(x, y, _DEPTH_M, _RADIUS_M),
        _SIDE_M / x.shape[0] * _STRETCH,
        [],
        Manning(0.0),
        duration_s=duration_s * _STRETCH,
        initial=State(depth, u, v, np.zeros_like(depth)),
        boundaries=Boundaries.walls(),
        settings=Settings(dry_depth_m=1e-6, threshold_depth_m=1e-5, record_every_s=1e9),
    ).final.depth_m


def _thacker(planar: bool, quick: bool) -> Outcome:
    periods = 1 if quick else 3
    profiles: dict[int, Profile] = {}

    def error(cells: int) -> float:
        x, y = _grid(cells)
        if planar:
            exact, u, v = basins.planar(x, y, 0.0, _DEPTH_M, _RADIUS_M, 0.5)
            wet = exact > 0.0
            start = (exact, np.where(wet, u, 0.0), np.where(wet, v, 0.0))
            period = basins.planar_period(_DEPTH_M, _RADIUS_M)
        else:
            exact = basins.radial(x, y, 0.0, _DEPTH_M, _RADIUS_M, 0.8)
            start = (exact, np.zeros_like(x), np.zeros_like(x))
            period = basins.radial_period(_DEPTH_M, _RADIUS_M)
        depth = _run(x, y, start, periods * period)
        middle = cells // 2
        profiles[cells] = Profile(
            x[middle], {"exact": exact[middle], "engine": depth[middle]}, "x through the middle, m"
        )
        return l1(depth, exact)

    errors = convergence(error, (50, 100, 150) if quick else (50, 100, 200))
    cells, last = errors[-1]
    name = f"L1 of depth after {periods} {'period' if periods == 1 else 'periods'}, {cells} cells a side"
    return Outcome((Measure(name, 100.0 * last, 3.0, "%"),), errors, profiles[cells])


def _simple_wave(quick: bool) -> Outcome:
    depth_m, rise_m, length_m, time_s = 1.0, 0.2, 100.0, 8.0
    profiles: dict[int, Profile] = {}

    def error(cells: int) -> float:
        x = centres(2.0 * length_m, cells)
        start = basins.simple_wave(x, 0.0, depth_m, rise_m, length_m)
        exact = basins.simple_wave(x, time_s, depth_m, rise_m, length_m)
        speed = 2.0 * (np.sqrt(G * start) - sqrt(G * depth_m))
        depth, _ = Channel(2.0 * length_m / cells, np.zeros(cells), start, speed).run(time_s)
        profiles[cells] = Profile(x, {"exact": exact, "engine": depth})
        return l1(depth - depth_m, exact - depth_m)

    errors = convergence(error, (100, 200, 400) if quick else (100, 200, 400, 800))
    cells, last = errors[-1]
    measures = (
        Measure("order of accuracy", order_of(errors), 1.6, at_least=True),
        Measure(f"L1 of the wave, {cells} cells", 100.0 * last, 0.5, "%"),
    )
    return Outcome(measures, errors, profiles[cells])


CASES = (
    Case(
        "thacker-radial",
        "Water that swells and sinks in a paraboloid (Thacker)",
        "a shore that moves on a sloping bed, in two dimensions",
        "oscillation",
        "Thacker 1981, as in SWASHES",
        lambda quick: _thacker(False, quick),
    ),
    Case(
        "thacker-planar",
        "A level that turns in a paraboloid (Thacker)",
        "a moving shore; loss of energy over periods",
        "oscillation",
        "Thacker 1981, as in SWASHES",
        lambda quick: _thacker(True, quick),
    ),
    Case(
        "simple-wave",
        "A smooth wave before it breaks",
        "second order where the solution is smooth",
        "oscillation",
        "Stoker 1957, section 10.8. The tolerance of the error is our own",
        _simple_wave,
    ),
)
