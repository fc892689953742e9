"""Cells of the ghost ring that the mesh has met: filled before each step, watched for what leaves."""

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries, Side
from dam_models.kernels.fields import GRAVITY_M_S2, Floats
from dam_models.mesh import Mesh

Numbers = NDArray[np.int64]


class Ghosts:
    """Keeps the ghost cells of a mesh in the state that the boundaries ask for."""

    def __init__(self, mesh: Mesh, boundaries: Boundaries) -> None:
        self._mesh = mesh
        self._boundaries = boundaries
        self._collected = (-1, -1)
        self._sides: list[tuple[Side, Numbers, Numbers, Numbers, bool, float]] = []

    def _collect(self) -> None:
        """Find, per side, the ghosts, the cells beside them and the faces between, if they are not known."""
        if self._collected == (self._mesh.numbering, self._mesh.ghost_count):
            return
        self._collected = (self._mesh.numbering, self._mesh.ghost_count)
        mesh, cells, n = self._mesh, self._mesh.cells, self._mesh.cell_count
        row, col = cells.row[:n], cells.col[:n]
        last_row, last_col = mesh.z.shape[0] - 1, mesh.z.shape[1] - 1
        used = np.arange(n) > 0
        north, south, west, east = self._boundaries.sides
        self._sides = []
        for side, where, inner, along_x, inward in (
            (north, row == 0, cells.south, False, 1.0),
            (south, row == last_row, cells.north, False, -1.0),
            (west, col == 0, cells.east, True, 1.0),
            (east, col == last_col, cells.west, True, -1.0),
        ):
            ghosts = np.flatnonzero(where & used)
            if ghosts.size:
                beside = inner[ghosts].astype(np.int64)
                # A face has the number of the cell north or west of it.
                self._sides.append(
                    (side, ghosts, beside, ghosts if inward > 0.0 else beside, along_x, inward)
                )

    def wake(self) -> None:
        """Have the cells visited through which something may come in."""
        if self._boundaries.feeding:
            self._collect()
            for side, _, beside, *_ in self._sides:
                if side.feeds:
                    self._mesh.wake(beside)

    def fill(self) -> None:
        """Set the ghosts from the cells beside them."""
        self._collect()
        cells = self._mesh.cells
        for side, ghosts, beside, _, along_x, inward in self._sides:
            normal, along = (cells.u, cells.v) if along_x else (cells.v, cells.u)
            cells.solids[ghosts] = cells.solids[beside]
            along[ghosts] = along[beside]
            if side.kind == "level":
                cells.h[ghosts] = np.maximum(0.0, side.value - cells.z[ghosts])
                normal[ghosts] = _at_most_critical(normal[beside], inward, cells.h[ghosts])
            elif side.kind == "inflow":
                # Where nothing stands yet the critical depth of the discharge lets it in.
                critical = (side.value**2 / GRAVITY_M_S2) ** (1.0 / 3.0)
                cells.h[ghosts] = np.maximum(cells.h[beside], critical)
                normal[ghosts] = inward * side.value / np.maximum(cells.h[ghosts], 1e-12)
            else:
                cells.h[ghosts] = cells.h[beside]
                normal[ghosts] = _behind(side, normal[beside], inward)

    def fill_middle(self) -> None:
        """Set the ghosts' half-step state from the face values beside them.

        Only so does a wall let nothing through.
        """
        cells = self._mesh.cells
        for side, ghosts, beside, _, along_x, inward in self._sides:
            normal, along = (cells.up, cells.vp) if along_x else (cells.vp, cells.up)
            normal_slope = cells.ux if along_x else cells.vy
            depth_slope = cells.hx if along_x else cells.hy
            outer_normal = normal[beside] - 0.5 * inward * normal_slope[beside]
            along[ghosts] = along[beside]
            if side.kind == "level":
                cells.hp[ghosts] = cells.h[ghosts]
                normal[ghosts] = _at_most_critical(outer_normal, inward, cells.h[ghosts])
            elif side.kind == "inflow":
                cells.hp[ghosts] = cells.h[ghosts]
                normal[ghosts] = (cells.u if along_x else cells.v)[ghosts]
            else:
                cells.hp[ghosts] = cells.hp[beside] - 0.5 * inward * depth_slope[beside]
                normal[ghosts] = _behind(side, outer_normal, inward)

    def impose_discharge(self) -> None:
        """Let through an inflow side what is asked for, not what the state behind it would give."""
        for side, ghosts, _, faces, along_x, inward in self._sides:
            if side.kind == "inflow":
                fluxes = self._mesh.x if along_x else self._mesh.y
                cells = self._mesh.cells
                along = cells.vp if along_x else cells.up
                fluxes.mass[faces] = inward * side.value
                fluxes.momentum[faces] = side.value**2 / np.maximum(cells.hp[ghosts], 1e-12)
                fluxes.across[faces] = inward * side.value * along[ghosts]
                fluxes.carried[faces] = inward * side.value * cells.solids[ghosts]

    def exchange(self) -> tuple[float, float]:
        """Discharges per metre that come in and that leave through the sides, summed over faces, m2/s."""
        came, left = 0.0, 0.0
        for _, _, _, faces, along_x, inward in self._sides:
            mass = inward * (self._mesh.x if along_x else self._mesh.y).mass[faces]
            came += float(np.maximum(mass, 0.0).sum())
            left += float(np.maximum(-mass, 0.0).sum())
        return came, left


def _at_most_critical(normal: Floats, inward: float, depth: Floats) -> Floats:
    """What comes in from a body of water at rest comes at most at the critical speed."""
    return inward * np.minimum(inward * normal, np.sqrt(GRAVITY_M_S2 * depth))


def _behind(side: Side, normal: Floats, inward: float) -> Floats:
    """Velocity behind a wall, or behind an open side: what leaves goes on, nothing comes in."""
    if side.kind == "wall":
        return -normal
    return np.where(inward * normal > 0.0, -normal, normal)
