"""From counts of a pass and limits of the machine to the least time that the pass could take."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.counted import Counts
from benchmarks.limits import Limits

# Newton's method, as mathematical libraries do it: about so many simple operations and one division.
_CUBE_ROOT_SIMPLE = 15


@dataclass(frozen=True)
class Bounds:
    """Nanoseconds a wet cell and step, each as if nothing else took time.

    `memory`: all arrays go through the level of the memory that holds the cells. `divider`: roots and
    divisions, which share one unit. `arithmetic`: additions, multiplications, comparisons, selections.
    """

    memory_ns: float
    divider_ns: float
    arithmetic_ns: float

    @property
    def highest_ns(self) -> float:
        """Even if all three overlapped fully."""
        return max(self.memory_ns, self.divider_ns, self.arithmetic_ns)

    @property
    def binding(self) -> str:
        """Which of them that is."""
        values = {"memory": self.memory_ns, "divider": self.divider_ns, "arithmetic": self.arithmetic_ns}
        return max(values, key=lambda name: values[name])

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(
            self.memory_ns + other.memory_ns,
            self.divider_ns + other.divider_ns,
            self.arithmetic_ns + other.arithmetic_ns,
        )


NOTHING = Bounds(0.0, 0.0, 0.0)


def bounds(
    counts: Counts, packed: dict[str, bool], elements: float, working_set_kb: float, limits: Limits
) -> Bounds:
    """Bounds of a pass that visits `elements` cells or faces per wet cell and step.

    Parameters
    ----------
    counts : Counts
        Per element.
    packed : dict of str to bool
        Kinds of operations that the compiler packed.
    elements : float
        Elements visited per wet cell and step; 2 for a pass over the faces of both directions.
    working_set_kb : float
        What a step goes through: it decides which level of the memory the arrays come from.
    limits : Limits
        Of the machine.
    """
    operations = counts.operations
    root = limits.root_packed_ns if packed["root"] else limits.root_alone_ns
    division = limits.division_packed_ns if packed["division"] else limits.division_alone_ns
    simple = limits.simple_packed_ns if packed["simple"] else limits.simple_alone_ns
    cubes = operations["cube root"]
    return Bounds(
        memory_ns=elements * counts.moved_bytes / limits.triad_at(working_set_kb),
        divider_ns=elements * (operations["root"] * root + (operations["division"] + cubes) * division),
        arithmetic_ns=elements * (operations["simple"] + _CUBE_ROOT_SIMPLE * cubes) * simple,
    )
