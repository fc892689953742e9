"""What stands at the four sides of the grid."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidParameter
from dam_models.kernels.fields import GRAVITY_M_S2

Floats = NDArray[np.float64]
Kind = Literal["wall", "open", "inflow", "level"]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the grid.

    `wall` reflects, `open` lets everything leave, `inflow` imposes a discharge per metre of side (m2/s,
    positive into the grid), `level` imposes the elevation of the surface (m).
    """

    kind: Kind = "open"
    value: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in ("wall", "open", "inflow", "level"):
            raise InvalidParameter(
                f"boundary kind is {self.kind!r}; allowed: wall, open, inflow, level", field="boundaries"
            )
        if not np.isfinite(self.value) or (self.kind == "inflow" and self.value < 0.0):
            raise InvalidParameter(f"boundary value is {self.value!r}; it must be finite", field="boundaries")

    @property
    def feeds(self) -> bool:
        """Whether material can come in through this side."""
        return self.kind in ("inflow", "level")


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The four sides; open unless said otherwise."""

    north: Side = Side()
    south: Side = Side()
    west: Side = Side()
    east: Side = Side()

    @classmethod
    def walls(cls) -> Self:
        """A closed box."""
        wall = Side("wall")
        return cls(wall, wall, wall, wall)

    @property
    def sides(self) -> tuple[Side, Side, Side, Side]:
        """North, south, west, east."""
        return (self.north, self.south, self.west, self.east)

    @property
    def feeding(self) -> bool:
        """Whether material can come in through any side."""
        return any(side.feeds for side in self.sides)

    def fastest_m_s(self, bed_m: Floats) -> float:
        """Fastest wave that comes in through a side while the grid beside it is dry, m/s.

        The mean over both directions that limits a step (`dam_models.kernels.waves`), of a flow that comes in
        at its critical speed, as it does at most.
        """
        fastest = 0.0
        edges = (bed_m[0, :], bed_m[-1, :], bed_m[:, 0], bed_m[:, -1])
        for side, edge in zip(self.sides, edges, strict=True):
            if side.kind == "inflow":
                fastest = max(fastest, 1.5 * (GRAVITY_M_S2 * side.value) ** (1.0 / 3.0))
            elif side.kind == "level":
                depth = max(0.0, side.value - float(edge.min()))
                fastest = max(fastest, 1.5 * (GRAVITY_M_S2 * depth) ** 0.5)
        return fastest

    def extend_bed(self, z: Floats) -> None:
        """Fill the ghost ring of the padded bed: level, or falling on beyond an open side."""
        ny, nx = z.shape[0] - 2, z.shape[1] - 2
        for side, ghost, edge, inner, deep in (
            (self.north, z[0, :], z[1, :], z[2, :], ny > 1),
            (self.south, z[-1, :], z[-2, :], z[-3, :], ny > 1),
            (self.west, z[:, 0], z[:, 1], z[:, 2], nx > 1),
            (self.east, z[:, -1], z[:, -2], z[:, -3], nx > 1),
        ):
            falling = side.kind == "open" and deep
            ghost[:] = edge - np.maximum(0.0, inner - edge) if falling else edge
