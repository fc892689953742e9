"""The engine against dam breaks: on dry, wet, rough and stepped beds, and on slopes with friction."""

from dataclasses import dataclass
from math import cos, radians, tan

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import GRAVITY_M_S2 as G
from dam_models.result import Settings
from dam_models.rheology import Voellmy
from dam_models.validation import dam_breaks
from dam_models.validation.case import Case, Measure, Outcome, Peer, Profile, l1
from dam_models.validation.channel import FRICTIONLESS, OPEN, Channel, centres
from dam_models.validation.slides import mangeney

Floats = NDArray[np.float64]

_DELESTRE = "Delestre et al. 2013, doi:10.1002/fld.3741 (SWASHES)"


@dataclass(frozen=True, slots=True)
class _Break:
    """A dam break on a level or stepped bed; `exact` takes positions from the dam and the time."""

    length_m: float
    time_s: float
    left_m: float
    right_m: float
    kind: str
    step_m: float = 0.0
    chezy: float = 0.0
    stretch: float = 1.0

    def exact(self, x_m: Floats) -> Floats:
        if self.kind == "ritter":
            return dam_breaks.ritter(x_m, self.time_s, self.left_m)[0]
        if self.kind == "stoker":
            return dam_breaks.stoker(x_m, self.time_s, self.left_m, self.right_m)[0]
        if self.kind == "dressler":
            return dam_breaks.dressler(x_m, self.time_s, self.left_m, self.chezy)[0]
        return dam_breaks.bed_step(x_m, self.time_s, self.left_m, self.right_m, self.step_m)[0]

    def solve(self, cells: int) -> tuple[Floats, Floats, Floats]:
        """Positions from the dam, measured depth, exact depth."""
        x = centres(self.length_m, cells) - 0.5 * self.length_m
        dry = 1e-6 * self.left_m
        channel = Channel(
            self.length_m / cells,
            np.where(x < 0.0, 0.0, self.step_m),
            np.where(x < 0.0, self.left_m, self.right_m),
            np.zeros(cells),
            rheology=Voellmy(0.0, self.chezy**2) if self.chezy else FRICTIONLESS,
            stretch=self.stretch,
            settings=Settings(dry_depth_m=dry, threshold_depth_m=10.0 * dry),
        )
        return x, channel.run(self.time_s)[0], self.exact(x)

    def measure(self, tolerance: float, quick: bool) -> Outcome:
        """L1 error at 400 cells, with coarser grids for the order."""
        errors = []
        for cells in (200, 400) if quick else (100, 200, 400, 800):
            x, depth, exact = self.solve(cells)
            errors.append((cells, l1(depth, exact)))
            if cells == 400:
                profile = Profile(x, {"exact": exact, "engine": depth}, "x from the dam, m")
        at_400 = dict(errors)[400]
        return Outcome(
            (Measure("L1 of depth, 400 cells", 100.0 * at_400, tolerance, "%"),), tuple(errors), profile
        )


_RITTER = _Break(10.0, 6.0, 0.005, 0.0, "ritter")
_STOKER = _Break(10.0, 6.0, 0.005, 0.001, "stoker")
_DRESSLER = _Break(2000.0, 40.0, 6.0, 0.0, "dressler", chezy=40.0)
_STEP = _Break(20.0, 1.0, 4.0, 1.0, "step", step_m=1.0, stretch=1000.0)


def _bed_step(quick: bool) -> Outcome:
    outcome = _STEP.measure(2.0, quick)
    assert outcome.profile is not None
    before, after, _ = dam_breaks.step_state(4.0, 1.0, 1.0)
    depth, x = outcome.profile.curves["engine"], outcome.profile.x
    seen = [float(depth[np.argmin(np.abs(x - place))]) for place in (-1.0, 1.0)]
    note = (
        f"depth before and on the step {seen[0]:.4f} and {seen[1]:.4f} m, exact {before:.4f} "
        f"and {after:.4f} m: "
        "the head lost on the step does not vanish with the cell size"
    )
    return Outcome(outcome.measures, outcome.errors, outcome.profile, note)


def _mangeney(slope_deg: float, friction: float, quick: bool) -> Outcome:
    slope = tan(radians(slope_deg))
    gravity = G * cos(radians(slope_deg)) ** 2
    errors = []
    for cells in (200, 400) if quick else (100, 200, 400, 800):
        # The slab is endless upslope; what the west end of the grid does never reaches -60 m.
        x = centres(280.0, cells) - 150.0
        exact = mangeney(x, 5.0, 10.0, slope, friction, gravity)[0]
        channel = Channel(
            280.0 / cells,
            -slope * x,
            np.where(x < 0.0, 10.0, 0.0),
            np.zeros(cells),
            rheology=Voellmy(friction, float("inf")),
            west=OPEN,
            east=OPEN,
            settings=Settings(dry_depth_m=1e-4, threshold_depth_m=1e-3),
        )
        depth, _ = channel.run(5.0)
        shown = x > -60.0
        errors.append((cells, l1(depth[shown], exact[shown])))
        if cells == 400:
            profile = Profile(
                x[shown],
                {"exact": exact[shown], "engine": depth[shown]},
                "horizontal distance from the dam, m",
            )
            fronts = [float(x[curve > 0.01].max()) for curve in (depth, exact)]
    at_400 = dict(errors)[400]
    return Outcome(
        (Measure("L1 of depth, 400 cells", 100.0 * at_400, 2.0, "%"),),
        tuple(errors),
        profile,
        f"the 0.01 m contour stands at {fronts[0]:.1f} m, exact {fronts[1]:.1f} m",
    )


_MANGENEY_SOURCE = "Mangeney et al. 2000, Pure Appl. Geophys. 157, in horizontal distance and vertical depth"

CASES = (
    Case(
        "ritter",
        "Dam break on a dry bed (Ritter)",
        "the dry front: positivity, one-sided wave speeds",
        "dam break",
        _DELESTRE,
        lambda quick: _RITTER.measure(2.0, quick),
        peers=(Peer("pydebflow", "front at 46.5 m after 15 s where the 0.01 m contour is at 79.5 m"),),
    ),
    Case(
        "stoker",
        "Dam break on a wet bed (Stoker)",
        "the shock: its speed and the plateau behind it",
        "dam break",
        _DELESTRE,
        lambda quick: _STOKER.measure(2.0, quick),
    ),
    Case(
        "dressler",
        "Dam break with Chezy friction (Dressler)",
        "friction in a thin tip",
        "dam break",
        "Dressler 1952, tip after Whitham 1955; 0.2 % from the field of SWASHES",
        lambda quick: _DRESSLER.measure(3.0, quick),
    ),
    Case(
        "bed-step",
        "Dam break at a step of 1 m",
        "a face where the bed jumps, as on the terraces of coarse terrain",
        "dam break",
        f"{_DELESTRE}; Bernetti et al. 2008. The tolerance is our own",
        _bed_step,
    ),
    Case(
        "mangeney-30-20",
        "Slab on a slope of 30 degrees, friction angle 20 degrees (Mangeney)",
        "Coulomb friction, the driving force and the cos2 metric on a steep slope",
        "dam break",
        _MANGENEY_SOURCE,
        lambda quick: _mangeney(30.0, tan(radians(20.0)), quick),
    ),
    Case(
        "mangeney-10-5.7",
        "Slab on a slope of 10 degrees, mu 0.1 (Mangeney)",
        "as before, on the slope of an upper fan",
        "dam break",
        _MANGENEY_SOURCE,
        lambda quick: _mangeney(10.0, 0.1, quick),
    ),
)
