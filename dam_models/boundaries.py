"""What stands at the four sides of the grid."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidParameter

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

    def extend_bed(self, z: Floats) -> None:
        """Fill the ghost bed of the padded array `z`: level, or falling on beyond an open side."""
        for side, ghost, edge, inner in (
            (self.north, z[0, :], z[1, :], z[2, :]),
            (self.south, z[-1, :], z[-2, :], z[-3, :]),
            (self.west, z[:, 0], z[:, 1], z[:, 2]),
            (self.east, z[:, -1], z[:, -2], z[:, -3]),
        ):
            ghost[:] = edge - np.maximum(0.0, inner - edge) if side.kind == "open" else edge

    def fill_ghosts(self, z: Floats, h: Floats, u: Floats, v: Floats, solids: Floats) -> None:
        """Set the ghost cells of the padded fields from the cells beside them."""
        for side, ghost, edge, normal, along, inward in (
            (self.north, np.s_[0, :], np.s_[1, :], v, u, 1.0),
            (self.south, np.s_[-1, :], np.s_[-2, :], v, u, -1.0),
            (self.west, np.s_[:, 0], np.s_[:, 1], u, v, 1.0),
            (self.east, np.s_[:, -1], np.s_[:, -2], u, v, -1.0),
        ):
            solids[ghost] = solids[edge]
            along[ghost] = along[edge]
            if side.kind == "level":
                h[ghost] = np.maximum(0.0, side.value - z[ghost])
                normal[ghost] = normal[edge]
            elif side.kind == "inflow":
                # Where nothing stands yet the critical depth of the discharge lets it in.
                critical = (side.value**2 / 9.81) ** (1.0 / 3.0)
                h[ghost] = np.maximum(h[edge], critical)
                normal[ghost] = inward * side.value / np.maximum(h[ghost], 1e-12)
            else:
                h[ghost] = h[edge]
                normal[ghost] = -normal[edge] if side.kind == "wall" else normal[edge]
