"""The engine against steady flow: does it stay on the exact solution, and how far off does it settle.

Without friction a disturbance would run to and fro between two such ends for ever, so every run starts from
the exact depth; what is measured is where the scheme's own steady state lies.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries, Side
from dam_models.result import State
from dam_models.rheology import Manning
from dam_models.validation import steady
from dam_models.validation.case import Case, Measure, Outcome, Profile, convergence, l1, order_of
from dam_models.validation.channel import OPEN, WALL, Channel, centres

Floats = NDArray[np.float64]

_CREST = (10.0, 0.2)
_SWASHES = "Delestre et al. 2013, doi:10.1002/fld.3741 (SWASHES)"


@dataclass(frozen=True, slots=True)
class _Steady:
    """A channel in steady flow; `state` gives bed and exact depth for positions and a number of cells."""

    length_m: float
    time_s: float
    discharge_m2_s: float
    outlet_m: float | None
    state: Callable[[Floats, int], tuple[Floats, Floats]]
    manning: float = 0.0
    stretch: float = 10.0
    quick_cells: tuple[int, ...] = (50, 100, 200)

    def solve(self, cells: int) -> tuple[Floats, Floats, Floats]:
        """Positions, measured and exact depth."""
        x = centres(self.length_m, cells)
        bed, exact = self.state(x, cells)
        east = OPEN if self.outlet_m is None else Side("level", self.outlet_m)
        channel = Channel(
            self.length_m / cells,
            bed,
            exact,
            self.discharge_m2_s / exact,
            rheology=Manning(self.manning),
            west=Side("inflow", self.discharge_m2_s),
            east=east,
            stretch=self.stretch,
        )
        return x, channel.run(self.time_s)[0], exact

    def measure(self, tolerance: float, quick: bool, order: float | None = None) -> Outcome:
        """L1 error on the finest grid and, where `order` is given, the order of accuracy."""
        profiles: dict[int, Profile] = {}

        def error(cells: int) -> float:
            x, depth, exact = self.solve(cells)
            profiles[cells] = Profile(x, {"exact": exact, "engine": depth})
            return l1(depth, exact)

        errors = convergence(error, self.quick_cells if quick else (100, 200, 400))
        cells, last = errors[-1]
        measures = [Measure(f"L1 of depth, {cells} cells", 100.0 * last, tolerance, "%")]
        if order is not None:
            measures.append(Measure("order of accuracy", order_of(errors), order, at_least=True))
        return Outcome(tuple(measures), errors, profiles[cells])


def _over_smooth_bump(x: Floats, cells: int) -> tuple[Floats, Floats]:
    bed = steady.smooth_bump(x)
    return bed, steady.subcritical_over(bed, 4.42, 2.0)


def _over_bump(x: Floats, cells: int) -> tuple[Floats, Floats]:
    return steady.bump(x), steady.subcritical_over(steady.bump(x), 4.42, 2.0)


def _transcritical(x: Floats, cells: int) -> tuple[Floats, Floats]:
    return steady.bump(x), steady.transcritical_over(x, steady.bump(x), 1.53, _CREST)


def _jump(x: Floats, cells: int) -> tuple[Floats, Floats]:
    return steady.bump(x), steady.jump_over(x, steady.bump, 0.18, _CREST, 0.33)[0]


def _made_for(
    depth: Callable[[Floats], Floats], length_m: float, manning: float
) -> Callable[[Floats, int], tuple[Floats, Floats]]:
    return lambda x, cells: (steady.macdonald_bed(depth, length_m, cells, 2.0, manning), depth(x))


def _at_end(depth: Callable[[Floats], Floats], length_m: float) -> float:
    return float(depth(np.array([length_m]))[0])


_SMOOTH = _Steady(25.0, 15.0, 4.42, 2.0, _over_smooth_bump, stretch=100.0)
_SUBCRITICAL = _Steady(25.0, 15.0, 4.42, 2.0, _over_bump, stretch=100.0)
_TRANSCRITICAL = _Steady(25.0, 20.0, 1.53, None, _transcritical, stretch=100.0)
_JUMP = _Steady(25.0, 40.0, 0.18, 0.33, _jump, stretch=100.0)
_LONG = _Steady(
    1000.0,
    600.0,
    2.0,
    _at_end(steady.long_subcritical, 1000.0),
    _made_for(steady.long_subcritical, 1000.0, 0.033),
    0.033,
    quick_cells=(100, 200, 400),
)
_PERIODIC = _Steady(
    5000.0,
    3000.0,
    2.0,
    _at_end(steady.periodic, 5000.0),
    _made_for(steady.periodic, 5000.0, 0.03),
    0.03,
    quick_cells=(100, 200, 400),
)
_SHORT = _Steady(100.0, 60.0, 2.0, None, _made_for(steady.short_transcritical, 100.0, 0.0328), 0.0328)
_SHORT_JUMP = _Steady(
    100.0, 80.0, 2.0, _at_end(steady.short_jump, 100.0), _made_for(steady.short_jump, 100.0, 0.0328), 0.0328
)


def _inflow(quick: bool) -> Outcome:
    from dam_models.flow import simulate
    from dam_models.sections import Section

    cells = 100
    x = centres(5000.0, cells)
    depth, still = steady.periodic(x)[None, :], np.zeros((1, cells))
    bed = steady.macdonald_bed(steady.periodic, 5000.0, cells, 2.0, 0.03)
    outlet = Side("level", _at_end(steady.periodic, 5000.0))
    record = simulate(
        bed[None, :],
        50.0,
        [],
        Manning(0.03),
        duration_s=3600.0,
        initial=State(depth, 2.0 / depth, still, still),
        boundaries=Boundaries(WALL, WALL, Side("inflow", 2.0), outlet),
        # The first face behind the side: what passes it has come in.
        sections=[Section.across_cols("inflow", (1, cells), 0)],
    ).sections[0]
    mean = float(record.discharge_m3_s[-30:].mean()) / 50.0
    return Outcome(
        (Measure("relative error of the discharge", 100.0 * abs(mean / 2.0 - 1.0), 0.01, "%"),),
        note=f"{mean:.4f} m2/s through the side where 2 m2/s were asked for",
    )


_MACDONALD = f"MacDonald et al. 1997, as in {_SWASHES}"

CASES = (
    Case(
        "inflow-side",
        "Discharge through an inflow side where depth varies along the channel, 100 cells of 50 m",
        "a side that feeds brings what it was asked for",
        "steady",
        "volume. The tolerance is our own",
        _inflow,
    ),
    Case(
        "bump-smooth",
        "Subcritical flow over a smooth bell",
        "second order with a bed, and both kinds of side",
        "steady",
        "equal head everywhere",
        lambda quick: _SMOOTH.measure(0.5, quick, order=1.6),
    ),
    Case(
        "bump-subcritical",
        "Subcritical flow over a bump",
        "the balance of bed and pressure in motion",
        "steady",
        _SWASHES,
        lambda quick: _SUBCRITICAL.measure(0.5, quick),
    ),
    Case(
        "bump-transcritical",
        "Flow that turns supercritical over a bump",
        "passing the critical depth without a jump",
        "steady",
        _SWASHES,
        lambda quick: _TRANSCRITICAL.measure(0.5, quick),
    ),
    Case(
        "bump-jump",
        "Flow over a bump with a hydraulic jump",
        "place and height of the jump",
        "steady",
        f"{_SWASHES}. Not smooth; the tolerance is our own",
        lambda quick: _JUMP.measure(1.0, quick),
    ),
    Case(
        "macdonald-long",
        "Long channel, subcritical, with Manning friction",
        "friction against bed and pressure, close to critical at both ends",
        "steady",
        _MACDONALD,
        lambda quick: _LONG.measure(0.5, quick),
    ),
    Case(
        "macdonald-periodic",
        "Undulating channel of 5 km with Manning friction",
        "friction against bed and pressure over a changing bed",
        "steady",
        _MACDONALD,
        lambda quick: _PERIODIC.measure(0.5, quick),
    ),
    Case(
        "macdonald-short",
        "Short channel that turns supercritical, with Manning friction",
        "the critical depth on a slope, out through an open side",
        "steady",
        _MACDONALD,
        lambda quick: _SHORT.measure(0.5, quick),
    ),
    Case(
        "macdonald-jump",
        "Short channel with a hydraulic jump and Manning friction",
        "a jump that friction and bed hold in place",
        "steady",
        f"{_MACDONALD}. Not smooth; the tolerance is our own",
        lambda quick: _SHORT_JUMP.measure(1.0, quick),
    ),
)
