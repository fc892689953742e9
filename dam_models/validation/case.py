"""What a case of the canon is, and what measuring it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Group = Literal[
    "rest", "dam break", "oscillation", "steady", "slope", "rheology", "structure", "invariant", "common case"
]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured number and what it has to be.

    Parameters
    ----------
    name : str
        What was measured.
    value : float
        The measured number; NaN passes nothing.
    tolerance : float
        The largest value allowed, or the smallest where `at_least` is set.
    unit : str
        `%`, `m`, `m/s`, `s` or empty.
    at_least : bool
        Whether larger is better, as for an order of accuracy.
    """

    name: str
    value: float
    tolerance: float
    unit: str = ""
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether the tolerance is kept."""
        return self.value >= self.tolerance if self.at_least else self.value <= self.tolerance


@dataclass(frozen=True, eq=False)
class Profile:
    """Curves over one axis, for a plot.

    Attributes
    ----------
    x : (n,) float64
        Positions, m, or times, s, as `x_label` says.
    curves : dict of str to (n,) float64
        One line each, by its legend.
    x_label, y_label : str
        With their units.
    """

    x: Floats
    curves: dict[str, Floats]
    x_label: str = "x, m"
    y_label: str = "depth, m"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What running a case gave.

    Attributes
    ----------
    measures : tuple of Measure
        Each with its tolerance.
    errors : tuple of (cells, error)
        Relative L1 errors by resolution, coarse to fine, where an order was measured.
    profile : Profile or None
        What to plot.
    note : str
        What else was seen, without a tolerance.
    """

    measures: tuple[Measure, ...]
    errors: tuple[tuple[int, float], ...] = ()
    profile: Profile | None = None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether every tolerance is kept."""
        return all(measure.passed for measure in self.measures)

    @property
    def order(self) -> float | None:
        """Order of accuracy over the whole range of resolutions; None with fewer than two."""
        return order_of(self.errors) if len(self.errors) > 1 else None


@dataclass(frozen=True, slots=True)
class Peer:
    """What another code gave for the same case, and who measured it."""

    code: str
    result: str


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of the canon.

    Parameters
    ----------
    name : str
        Short id in kebab case.
    title : str
        One line for a table.
    tests : str
        What a failure would mean.
    group : str
        Section of the report.
    source : str
        Where the exact solution or the reference comes from.
    measure : callable
        Runs the engine and compares; True asks for the quick form, which has the same tolerances on coarser
        or fewer grids.
    ci : bool
        Whether the quick form belongs to the subset that runs on every change.
    peers : tuple of Peer
        Who else was measured.
    """

    name: str
    title: str
    tests: str
    group: Group
    source: str
    measure: Callable[[bool], Outcome] = field(repr=False)
    ci: bool = True
    peers: tuple[Peer, ...] = ()

    def run(self, *, quick: bool = False) -> Outcome:
        """Run the engine and compare."""
        return self.measure(quick)


def convergence(run: Callable[[int], float], cells: tuple[int, ...]) -> tuple[tuple[int, float], ...]:
    """Errors of a run at several resolutions, coarse to fine."""
    return tuple((n, run(n)) for n in cells)


def l1(measured: Floats, exact: Floats) -> float:
    """Sum of the absolute differences over the sum of the absolute exact values."""
    return float(np.abs(measured - exact).sum() / np.abs(exact).sum())


def order_of(errors: tuple[tuple[int, float], ...]) -> float:
    """Order of accuracy between the coarsest and the finest of (cells, error)."""
    (coarse, coarse_error), (fine, fine_error) = errors[0], errors[-1]
    return log(coarse_error / fine_error) / log(fine / coarse)
