"""Steps of their own for cells whose waves are slow: several levels of cells advance side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dam_models.block_levels import BlockLevels
from dam_models.kernels import levels
from dam_models.kernels.fields import Indices
from dam_models.mesh import Mesh, Visit
from dam_models.result import Settings
from dam_models.stepping import NEGATIVE_DEPTH_M, Stepper
from dam_models.walls import Walls

OnStep = Callable[[float, float], None]

_LIMIT = 0.5
"""Courant number at which a step stops being stable; waves that grow while levels advance may come so far."""

_CELLS_A_STEP = 500.0
"""Cells whose work takes as long as what a step of a level costs beside its cells."""

_CELLS_A_MARCH = 2000.0
"""The same for what comes once while all levels advance, and once a step without levels."""

_PATIENCE = 16
"""Marches after one that was given up before more levels are tried again."""


@dataclass(slots=True)
class _Level:
    """Cells of a level, cells whose faces are of it, and the wet ones at its last step."""

    cells: Indices
    owners: Indices
    flowing_m_s: float = 0.0
    energy: float = 0.0


class _GivenUpError(Exception):
    """The levels cannot go on side by side."""


class LocalSteps:
    """Advances a mesh in levels (`dam_models.kernels.levels`) where that is worth it.

    Parameters
    ----------
    mesh, walls, stepper : Mesh, Walls, Stepper
        What is advanced, what stands in it, and the passes.
    cell_size_m : float
        Side of a cell, m.
    settings : Settings
        Courant number and dry depth.
    """

    def __init__(
        self, mesh: Mesh, walls: Walls, stepper: Stepper, cell_size_m: float, settings: Settings
    ) -> None:
        self._mesh, self._walls, self._stepper = mesh, walls, stepper
        self._cell, self._settings = cell_size_m, settings
        self._blocks = BlockLevels(mesh)
        self._cap = levels.HIGHEST
        self._succeeded = 0
        self.given_up = 0
        """Marches that were taken back."""

    def highest(self, visit: Visit, limit_s: float) -> int:
        """The levels above 0 with which it is quickest to go on, by no more than `limit_s`; 0: without any."""
        if visit.fastest_m_s <= 0.0:
            return 0
        shortest = self._settings.cfl * self._cell / visit.fastest_m_s
        allowed = min(self._cap, int(np.log2(max(1.0, limit_s / shortest))))
        if allowed < 1:
            self._relent()
            return 0
        counts = self._blocks.weigh(visit)
        total = float(counts.sum())
        best, least = 0, total + _CELLS_A_STEP + _CELLS_A_MARCH
        for highest in range(1, allowed + 1):
            work = sum(
                float(count) * 0.5 ** min(level, highest) for level, count in enumerate(counts.tolist())
            )
            cost = 1.05 * work + _CELLS_A_STEP * (2.0 - 0.5**highest) + _CELLS_A_MARCH * 0.5**highest
            if cost < least:
                best, least = highest, cost
        if best == 0:
            self._relent()
        return best

    def _relent(self) -> None:
        self._succeeded += 1
        if self._succeeded >= _PATIENCE and self._cap < levels.HIGHEST:
            self._cap, self._succeeded = self._cap + 1, 0

    def march(self, visit: Visit, highest: int, time_s: float, on_step: OnStep) -> float:
        """Advance all levels until they meet again.

        `on_step` is called with time and length of every step of level 0, once its fluxes are known.

        Returns
        -------
        float
            How far they went, s; 0 where nothing has changed, as some cell would have become too fast, or
            negative, or unvisited cells would have been reached.
        """
        mesh, blocks = self._mesh, self._blocks
        step_s = self._settings.cfl * self._cell / visit.fastest_m_s
        blocks.cut(highest)
        parts = [_Level(*blocks.cells_of(visit, level)) for level in range(highest + 1)]
        kept = blocks.keep(np.concatenate([part.cells for part in parts[:-1]]))
        self._old_blocks, old_cells = mesh.block_count, mesh.cell_count
        self._clipped_m = 0.0
        try:
            self._go(parts, step_s, time_s, on_step)
        except _GivenUpError:
            blocks.take_back(kept, old_cells)
            self._cap, self._succeeded = max(0, highest - 1), 0
            self.given_up += 1
            return 0.0
        self._relent()
        self._stepper.flowing_m_s = max(part.flowing_m_s for part in parts)
        self._stepper.energy = sum(part.energy for part in parts)
        self._stepper.clipped_m += self._clipped_m
        return step_s * 2.0**highest

    def _go(self, parts: list[_Level], step_s: float, time_s: float, on_step: OnStep) -> None:
        highest = len(parts) - 1
        for step in range(1 << highest):
            if step == (1 << highest) - 1 and self._blocks.strays(self._old_blocks):
                raise _GivenUpError
            for level in range(highest, -1, -1):
                if step % (1 << level) == 0:
                    self._begin(parts[level], level, highest, step >> level, step_s * (1 << level))
            on_step(time_s + step * step_s, step_s)
            for level in range(highest + 1):
                if (step + 1) % (1 << level) == 0:
                    after = time_s + (step + 1) * step_s
                    self._end(parts, level, step_s * (1 << level), after)

    def _begin(self, part: _Level, level: int, highest: int, step: int, dt: float) -> None:
        """Find the fluxes of a step of a level."""
        stepper = self._stepper
        wet, fastest = stepper.wet_among(part.cells)
        if step > 0 and fastest * dt > _LIMIT * self._cell:
            raise _GivenUpError
        visit = Visit(part.cells, wet, part.owners, fastest)
        if level == 0:
            stepper.fill_ghosts()
        stepper.find_middle(visit, dt)
        if level == 0:
            stepper.find_face_fluxes(visit, dt)
        else:
            stepper.find_inner_fluxes(visit)
        if level < highest:
            self._blocks.blend(part.cells, level, step, stepper.crew)

    def _end(self, parts: list[_Level], level: int, dt: float, time_after: float) -> None:
        """Apply the fluxes of a step of a level."""
        stepper, part = self._stepper, parts[level]
        if level > 0:
            self._blocks.settle(part.cells, level, stepper.crew)
        visit = Visit(part.cells, part.cells, part.owners, 0.0)
        if stepper.lowest_depth(visit, dt) < -NEGATIVE_DEPTH_M:
            raise _GivenUpError
        stirred = stepper.apply(visit, dt, time_after)
        part.flowing_m_s, part.energy = stirred.flowing_m_s, stirred.energy
        self._clipped_m += stirred.clipped_m
        if stirred.fresh.size:
            self._grow(parts, level, stirred.fresh)

    def _grow(self, parts: list[_Level], level: int, fresh: Indices) -> None:
        """Bring in the neighbours of cells that got wet."""
        mesh = self._mesh
        first, blocks, ghosts = mesh.cell_count, mesh.block_count, mesh.ghost_count
        mesh.complete(fresh)
        if mesh.cell_count == first:
            return
        if mesh.ghost_count > ghosts:
            raise _GivenUpError
        for at, (cells, owners) in enumerate(self._blocks.join(first, blocks, level, len(parts))):
            parts[at].cells = np.concatenate([parts[at].cells, cells])
            parts[at].owners = np.concatenate([parts[at].owners, owners])
        self._walls.look_up()


