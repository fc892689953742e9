"""Where the time of a step goes, and how far each pass is from what the machine could do.

`python -m benchmarks.kernel_profile` prints the figures as JSON. Counters of the processor are not needed,
which virtual machines rarely show: memory and wrong guesses of branches are told by experiment, with a layer
whose cells all do the same (`layer`); what the passes move and compute is counted from their source
(`counted`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from benchmarks import layer, limits
from benchmarks.assembly import assembly_of, packed
from benchmarks.bounds import NOTHING, Bounds, bounds
from benchmarks.common_case import COARSEST_M, Ground, by_engine
from benchmarks.counted import count
from benchmarks.limits import Limits
from benchmarks.passes import Watched, fastest

CELL_M = 5.0
REPEATS = 2
SLIDES = ((30, 400), (160, 60), (500, 20))
"""Side of a layer, cells, and steps: a few hundred kilobytes, what the case has, more than any cache."""
PASSES = ("dam_models.stencil", "dam_models.kernels")
"""Where the passes over cells and faces are; what other modules compile counts as the rest."""


@dataclass(frozen=True)
class PassProfile:
    """One pass; times are ns per wet cell and step."""

    name: str
    calls_per_step: float
    measured_ns: float
    moved_bytes: float
    operations: dict[str, int]
    packed: dict[str, bool]
    bounds: Bounds


@dataclass(frozen=True)
class Slide:
    """A uniform layer: wet cells, kilobytes of their fields, ns per wet cell and step in the passes."""

    cells: float
    kilobytes: float
    passes_ns: float


@dataclass(frozen=True)
class Profile:
    """A run of the common case, one thread."""

    cell_m: float
    steps: int
    wet_cells: float
    visited_cells: float
    working_set_kb: float
    passes: tuple[PassProfile, ...]
    rest_ns: float
    slides: tuple[Slide, ...]
    limits: Limits

    @property
    def passes_ns(self) -> float:
        return sum(each.measured_ns for each in self.passes)

    @property
    def bounds(self) -> Bounds:
        return sum((each.bounds for each in self.passes), NOTHING)


def profiled(watched: Watched, machine: Limits, cell_m: float, slides: tuple[Slide, ...]) -> Profile:
    """Hold a watched run against the limits."""
    kilobytes = watched.cell_steps / watched.steps * watched.bytes_per_cell / 1024
    passes = []
    for one in sorted(watched.passes.values(), key=lambda one: -one.cpu_s):
        if not one.module.startswith(PASSES):
            continue
        counts = count(one.function)
        is_packed = packed(assembly_of(one.function))
        elements = watched.calls_per_step(one) * watched.cell_steps / watched.wet_cell_steps
        passes.append(
            PassProfile(
                one.name,
                watched.calls_per_step(one),
                watched.ns_per_wet_cell(one.cpu_s),
                elements * counts.moved_bytes,
                dict(counts.operations),
                is_packed,
                bounds(counts, is_packed, elements, kilobytes, machine),
            )
        )
    rest = watched.ns_per_wet_cell(watched.cpu_s) - sum(each.measured_ns for each in passes)
    return Profile(
        cell_m,
        watched.steps,
        watched.wet_cell_steps / watched.steps,
        watched.cell_steps / watched.steps,
        kilobytes,
        tuple(passes),
        rest,
        slides,
        machine,
    )


def slid(side: int, steps: int, names: set[str]) -> Slide:
    """A layer, its time in the named passes only."""
    watched = layer.fastest_slide(side, steps, REPEATS)
    spent = sum(one.cpu_s for one in watched.passes.values() if one.name in names)
    cells = watched.cell_steps / watched.steps
    return Slide(cells, cells * watched.bytes_per_cell / 1024, watched.ns_per_wet_cell(spent))


def profile(cell_m: float = CELL_M) -> Profile:
    """Measure in this process; about a minute."""
    by_engine(Ground.of(COARSEST_M))
    watched = fastest(lambda: by_engine(Ground.of(cell_m)), REPEATS)
    found = profiled(watched, limits.measure(), cell_m, ())
    names = {each.name for each in found.passes}
    slides = tuple(slid(side, steps, names) for side, steps in SLIDES)
    return Profile(**vars(found) | {"slides": slides})


if __name__ == "__main__":
    print(json.dumps(asdict(profile())))
