"""The engine against muds with a yield stress: where they stop, how fast they run, what shape they leave.

The mud is that of the literature's examples, 1900 kg/m3 with a yield stress of 2 kPa; its viscosity is chosen
where the answer does not depend on it, and so that it, not inertia, governs a slump that has to end on the
shape of a slow one.
"""

from collections.abc import Callable
from math import cos, radians, tan

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries
from dam_models.parameters import BySolids, MixtureDensity
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State
from dam_models.rheology import Rheology
from dam_models.validation import muds
from dam_models.validation.case import Case, Measure, Outcome, Profile, l1
from dam_models.validation.channel import OPEN, WALL, centres
from dam_models.viscoplastic import Bingham, HerschelBulkley, OBrienJulien

Floats = NDArray[np.float64]

_YIELD_PA, _DENSITY = 2000.0, 1900.0
_MUD = MixtureDensity.constant(_DENSITY)
_SLUMP_PA_S = 5000.0


def _layer(
    rheology: Rheology,
    slope_rad: float,
    thickness_m: Floats,
    solids: Floats,
    cell_m: float,
    duration_s: float,
    speed_m_s: float = 0.0,
) -> FlowResult:
    """Run a layer down a plane that is open at both ends; thickness normal to it and speed along it."""
    from dam_models.flow import simulate

    bed = -tan(slope_rad) * centres(thickness_m.size * cell_m, thickness_m.size)
    speed = np.full_like(bed, speed_m_s * cos(slope_rad))
    return simulate(
        bed[None, :],
        cell_m,
        [],
        rheology,
        duration_s=duration_s,
        initial=State(
            (thickness_m / cos(slope_rad))[None, :], speed[None, :], 0.0 * bed[None, :], solids[None, :]
        ),
        boundaries=Boundaries(WALL, WALL, OPEN, OPEN),
        settings=Settings(record_every_s=2.0 * duration_s),
    )


def _held(slope_rad: float, thickness_m: float, speed_m_s: float) -> bool:
    """Whether a layer rests after 20 s, from rest or from a walk."""
    layer = np.full(60, thickness_m)
    mud = Bingham(_YIELD_PA, 200.0, _MUD)
    result = _layer(mud, slope_rad, layer, 0.0 * layer, 10.0, 20.0, speed_m_s)
    # The middle feels neither end in that time.
    return bool(result.final.u_m_s[0, 30] == 0.0)


def _bound(holds: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(12):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return 0.5 * (low + high)


def _stopping(quick: bool) -> Outcome:
    measures, seen = [], []
    for slope_deg in (2.0, 5.0, 10.0):
        slope = radians(slope_deg)
        exact = muds.stopping_thickness(_YIELD_PA, _DENSITY, slope)
        for name, speed in (("from rest", 0.0), ("out of 0.1 m/s", 0.1)):

            def holds(thickness: float, slope: float = slope, speed: float = speed) -> bool:
                return _held(slope, thickness, speed)

            found = _bound(holds, 0.8 * exact, 1.2 * exact)
            measures.append(
                Measure(
                    f"thickness held on {slope_deg:.0f} degrees, {name}",
                    100.0 * abs(found / exact - 1.0),
                    0.5,
                    "%",
                )
            )
            seen.append(f"{slope_deg:.0f} degrees {name} {found:.3f} of {exact:.3f} m")
    return Outcome(tuple(measures), note="; ".join(seen))


def _normal(speed_of: Callable[[float, float], float], rheology: Rheology, quick: bool) -> Outcome:
    """Speed of layers of 1 and 1.5 m against the exact one of (thickness, slope).

    Viscosities are such that no layer runs faster than 0.7 sqrt(g h): a much faster one breaks into roll
    waves, as muds do, which grow from its ends.
    """
    worst, seen = 0.0, []
    for slope_deg in (8.0, 15.0):
        for cell_m in (10.0,) if quick else (5.0, 10.0, 20.0):
            for thickness in (1.0, 1.5):
                slope = radians(slope_deg)
                exact = speed_of(thickness, slope)
                layer = np.full(round(4000.0 / cell_m), thickness)
                result = _layer(rheology, slope, layer, 0.0 * layer, cell_m, 120.0, 0.9 * exact)
                # Out of reach of both ends in that time.
                along = float(result.final.u_m_s[0, round(3000.0 / cell_m)]) / cos(slope)
                worst = max(worst, abs(along / exact - 1.0))
                seen.append(
                    f"{thickness:.1f} m on {slope_deg:.0f} degrees, cells of {cell_m:.0f} m: "
                    f"{along:.4f} of {exact:.4f} m/s"
                )
    return Outcome((Measure("worst relative error of speed", 100.0 * worst, 0.1, "%"),), note="; ".join(seen))


def _plug_flow(quick: bool) -> Outcome:
    return _normal(
        lambda thickness, slope: muds.sheet_speed(thickness, slope, 1000.0, 2000.0, 1.0, _DENSITY),
        Bingham(1000.0, 2000.0, _MUD),
        quick,
    )


def _herschel_bulkley(quick: bool) -> Outcome:
    return _normal(
        lambda thickness, slope: muds.sheet_speed(thickness, slope, 1000.0, 4000.0, 1.0 / 3.0, _DENSITY),
        HerschelBulkley(1000.0, 4000.0, 1.0 / 3.0, _MUD),
        quick,
    )


def _obrien(quick: bool) -> Outcome:
    return _normal(
        lambda thickness, slope: muds.obrien_speed(thickness, slope, 1000.0, 400.0, 0.2, 24.0, _DENSITY),
        OBrienJulien(1000.0, 400.0, 0.2, density=_MUD),
        quick,
    )


def _flat_deposit(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    cell_m, area = (10.0 if quick else 5.0), 3000.0
    x = centres(600.0, round(600.0 / cell_m))
    result = simulate(
        np.zeros((1, x.size)),
        cell_m,
        [Release.pool(np.where(x < 200.0, 15.0, 0.0)[None, :])],
        Bingham(_YIELD_PA, _SLUMP_PA_S, _MUD),
        duration_s=1800.0,
        boundaries=Boundaries(WALL, WALL, WALL, OPEN),
    )
    depth, exact = result.final.depth_m[0], muds.flat_deposit(x, area, _YIELD_PA, _DENSITY)
    front = muds.flat_front(area, _YIELD_PA, _DENSITY)
    reached = float(x[np.flatnonzero(depth > 0.1)[-1]]) + 0.5 * cell_m
    return Outcome(
        (
            Measure("L1 of depth", 100.0 * l1(depth, exact), 2.0, "%"),
            Measure("place of the front, off by cells", abs(reached - front) / cell_m, 1.0),
            Measure("speed left", float(np.abs(result.final.u_m_s).max()), 1e-2, "m/s"),
        ),
        profile=Profile(x, {"exact": exact, "engine": depth}),
        note=f"front at {reached:.0f} m, exact {front:.1f} m",
    )


def _round_deposit(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    volume, cell_m = 1e5, 5.0 if quick else 2.5
    cells = round(150.0 / cell_m)
    x = centres(150.0, cells)
    # A quarter of the heap, walls where the others are; cells that its rim cuts are filled in part.
    fine = centres(150.0, 8 * cells)
    inside = (np.hypot(fine[:, None], fine) < 70.0).reshape(cells, 8, cells, 8).mean(axis=(1, 3))
    result = simulate(
        np.zeros((cells, cells)),
        cell_m,
        [Release.pool(inside * (0.25 * volume / (inside.sum() * cell_m**2)))],
        Bingham(_YIELD_PA, _SLUMP_PA_S, _MUD),
        duration_s=600.0,
        boundaries=Boundaries(WALL, OPEN, WALL, OPEN),
    )
    depth, away = result.final.depth_m, np.hypot(x[:, None], x)
    exact = muds.round_deposit(away, volume, _YIELD_PA, _DENSITY)
    radius = muds.round_radius(volume, _YIELD_PA, _DENSITY)
    wet = depth > 0.1
    # Of a circle with the area of the deposit; of the farthest cell along an axis and along the diagonal.
    found = float(np.sqrt(4.0 * wet.sum() * cell_m**2 / np.pi))
    axis = float(x[np.flatnonzero(wet[0])[-1]]) + 0.5 * cell_m
    diagonal = (float(x[np.flatnonzero(np.diag(wet))[-1]]) + 0.5 * cell_m) * 2.0**0.5
    middle = float(depth[0, 0])
    return Outcome(
        (
            Measure("radius of the deposit", 100.0 * abs(found / radius - 1.0), 5.0, "%"),
            Measure("radius along the sides of cells", 100.0 * abs(axis / radius - 1.0), 5.0, "%"),
            Measure("radius across the corners of cells", 100.0 * abs(diagonal / radius - 1.0), 5.0, "%"),
            Measure("depth in the middle", 100.0 * abs(middle / float(exact[0, 0]) - 1.0), 5.0, "%"),
        ),
        profile=Profile(x, {"exact": exact[0], "engine": depth[0]}, "distance from the middle, m"),
        note=f"radius {found:.1f} m, exact {radius:.1f} m; "
        f"in the middle {middle:.2f} m, exact {exact[0, 0]:.2f} m",
    )


_YIELD_BY_SOLIDS = BySolids(0.5, 15.0)
_VISCOSITY_BY_SOLIDS = BySolids(0.01, 15.0)


def _front_and_tail(quick: bool) -> Outcome:
    law = OBrienJulien(_YIELD_BY_SOLIDS, _VISCOSITY_BY_SOLIDS, 0.05)
    slope, cells, cell_m = radians(6.0), 500, 10.0
    x = centres(cells * cell_m, cells)
    solids = np.where(x > 2500.0, 0.5, 0.0)
    layer = np.full(cells, 1.0)
    result = _layer(law, slope, layer, solids, cell_m, 60.0)
    final = result.final
    speed = final.u_m_s[0] / cos(slope)

    def exact(fraction: float) -> float:
        return muds.obrien_speed(
            1.0,
            slope,
            float(np.max(_YIELD_BY_SOLIDS.at(fraction))),
            float(np.max(_VISCOSITY_BY_SOLIDS.at(fraction))),
            0.05,
            24.0,
            MixtureDensity().at(fraction),
        )

    # Far from both ends and from where one follows the other.
    tail, front = float(speed[120]), float(speed[450])
    return Outcome(
        (
            Measure("speed of the watery tail", 100.0 * abs(tail / exact(0.0) - 1.0), 0.1, "%"),
            Measure("speed of the muddy front", 100.0 * abs(front / exact(0.5) - 1.0), 0.1, "%"),
        ),
        profile=Profile(x, {"speed, m/s": speed, "solids fraction": final.solids_fraction[0]}, y_label=""),
        note=f"tail {tail:.3f} of {exact(0.0):.3f} m/s, front {front:.3f} of {exact(0.5):.3f} m/s",
    )


def _solids_kept(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    rng = np.random.default_rng(8)
    bed = -2.0 * np.arange(60.0)[None, :] + rng.uniform(0.0, 2.0, (24, 60))
    mud, water = np.zeros(bed.shape), np.zeros(bed.shape)
    mud[8:16, 10:16], water[8:16, 3:9] = 4.0, 4.0
    result = simulate(
        bed,
        20.0,
        [Release.pool(mud, solids_fraction=0.5), Release.pool(water)],
        OBrienJulien(_YIELD_BY_SOLIDS, _VISCOSITY_BY_SOLIDS, 0.05),
        duration_s=300.0,
        boundaries=Boundaries.walls(),
    )
    final = result.final
    kept = float((final.depth_m * final.solids_fraction).sum() / (0.5 * mud.sum()))
    moved = float(np.abs(final.depth_m - mud - water).sum() / (mud + water).sum())
    return Outcome(
        (
            Measure("change of the volume of solids", abs(kept - 1.0), 1e-12),
            Measure("solids above those released", float(final.solids_fraction.max()) - 0.5, 1e-12),
            Measure("share of the volume that moved", moved, 1.0, at_least=True),
        ),
        note=f"solids fraction from {final.solids_fraction[final.depth_m > 0.1].min():.3f} "
        f"to {final.solids_fraction.max():.3f}",
    )


_COUSSOT = "Huang & Garcia 1998, Coussot 1994: uniform sheet flow, integrated over its depth"

CASES = (
    Case(
        "bingham-stopping",
        "Thickness of mud of 2 kPa that 2, 5 and 10 degrees hold, from rest and out of motion",
        "yield stress at rest and at the stop",
        "rheology",
        "h = yield / (rho g sin t)",
        _stopping,
    ),
    Case(
        "bingham-plug-flow",
        "Normal speed of a Bingham mud, 1 and 1.5 m on 8 and 15 degrees",
        "the stress of a plug on a sheared layer; its slope metric",
        "rheology",
        _COUSSOT,
        _plug_flow,
    ),
    Case(
        "herschel-bulkley-normal-speed",
        "Normal speed of a mud that thins as it is sheared, index 1/3",
        "as before, for any index",
        "rheology",
        _COUSSOT,
        _herschel_bulkley,
    ),
    Case(
        "obrien-julien-normal-speed",
        "Normal speed under yield, viscous and turbulent stress",
        "three kinds of friction at once",
        "rheology",
        "O'Brien, Julien & Fullerton 1993; the root of a quadratic",
        _obrien,
    ),
    Case(
        "bingham-flat-deposit",
        "Mud of 2 kPa that slumps from a wall over level ground, 3,000 m2",
        "a deposit as steep as its yield stress bears, everywhere",
        "rheology",
        "h^2 = 2 yield / (rho g) (x_f - x)",
        _flat_deposit,
    ),
    Case(
        "bingham-round-deposit",
        "A round heap of 100,000 m3 of mud of 2 kPa on level ground",
        "the same in two dimensions, in all directions alike",
        "rheology",
        "R = (225 V^2 rho g / (128 pi^2 yield))^(1/5)",
        _round_deposit,
    ),
    Case(
        "muddy-front-watery-tail",
        "Water behind mud of half solids in one run",
        "density, yield stress and viscosity by the solids that the flow carries",
        "rheology",
        "the two normal speeds of O'Brien, Julien & Fullerton 1993",
        _front_and_tail,
    ),
    Case(
        "solids-kept",
        "Water runs into mud on rough ground between walls",
        "solids are neither made nor lost, nor gathered beyond what was released",
        "rheology",
        "volume. The tolerance is rounding",
        _solids_kept,
    ),
)
