"""One time step: the passes in their order, shared by a crew."""

from typing import NamedTuple

import numpy as np

from dam_models.crew import Crew
from dam_models.friction_law import LawNumbers
from dam_models.ghosts import Ghosts
from dam_models.kernels import faces, levels, march, slopes, update
from dam_models.kernels.fields import CHUNK, Indices
from dam_models.mesh import Mesh, Visit
from dam_models.result import Settings
from dam_models.walls import Walls


class Stirred(NamedTuple):
    """What a step has done.

    Cells that got wet and lack neighbours, the fastest flow of at least the threshold depth, m/s, twice the
    kinetic energy over density and cell area, m3/s2, and depth cut at zero, m.
    """

    fresh: Indices
    flowing_m_s: float
    energy: float
    clipped_m: float


class Stepper:
    """Advances a mesh.

    Parameters
    ----------
    mesh, walls, ghosts : Mesh, Walls, Ghosts
        What is advanced, and what stands in it and around it.
    law : LawNumbers
        Friction.
    cell_size_m : float
        Side of a cell, m.
    settings : Settings
        Order, dry depth, threads.
    """

    def __init__(
        self,
        mesh: Mesh,
        walls: Walls,
        ghosts: Ghosts,
        law: LawNumbers,
        cell_size_m: float,
        settings: Settings,
    ) -> None:
        self._mesh, self._walls, self._ghosts = mesh, walls, ghosts
        self.law, self._cell, self._settings = law, cell_size_m, settings
        self.crew = Crew(settings.threads)
        self.flowing_m_s = 0.0
        """Fastest flow of at least the threshold depth after the last step."""
        self.energy = 0.0
        """Twice the kinetic energy over density and cell area after the last step, m3/s2."""
        self.clipped_m = 0.0
        """Depth that was cut at zero, summed over cells and steps."""

    def find_fluxes(self, visit: Visit, limit_s: float) -> float:
        """Fluxes of a step of `limit_s`, or of a half, a quarter ... where a depth would become negative.

        Returns the length of the step, s.
        """
        self._ghosts.fill()
        dt = limit_s
        while True:
            self.find_middle(visit, dt)
            self.find_face_fluxes(visit, dt)
            if self.lowest_depth(visit, dt) >= -march.NEGATIVE_DEPTH_M:
                return dt
            dt *= 0.5

    def wet_among(self, cells: Indices) -> tuple[Indices, float]:
        """The wet ones of some cells, and their fastest wave, m/s."""
        groups = self._mesh.groups
        wet = np.empty(cells.size, dtype=np.uint32)
        parts = self.crew.share(
            cells.size,
            lambda begin, end: levels.wetted(
                cells, begin, end, groups.state, groups.middle, groups.slopes, wet
            ),
        )
        found = [wet[first:last] for first, last, _ in parts]
        joined = found[0] if len(found) == 1 else np.concatenate(found)
        return joined, max(fastest for *_, fastest in parts)

    def find_middle(self, visit: Visit, dt: float) -> None:
        """The state from which the fluxes are taken: half a step ahead, or as it is for first order."""
        groups, wet, dry_depth = self._mesh.groups, visit.wet, self._settings.dry_depth_m
        if self._settings.order == 1:
            self.crew.share(
                wet.size,
                lambda begin, end: slopes.no_step(
                    wet, begin, end, groups.state, groups.middle, groups.links, groups.flags, dry_depth
                ),
            )
            return
        self.crew.share(
            wet.size,
            lambda begin, end: slopes.half_step(
                wet,
                begin,
                end,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.slopes,
                groups.links,
                groups.flags,
                0.5 * dt,
                1.0 / self._cell,
                self.law,
                dry_depth,
            ),
        )

    def find_face_fluxes(self, visit: Visit, dt: float) -> None:
        """Fluxes from that state, also over walls and through the rim of the grid."""
        self._ghosts.fill_middle()
        self.find_inner_fluxes(visit)
        self._ghosts.impose_discharge()
        self._walls.overwrite(self._cell, dt, self._settings.dry_depth_m)

    def find_inner_fluxes(self, visit: Visit) -> None:
        """Fluxes from that state, as if there were no walls."""
        groups, chosen = self._mesh.groups, visit.with_ghosts
        self.crew.share(
            chosen.size,
            lambda begin, end: faces.fluxes(
                chosen,
                begin,
                end,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.slopes,
                groups.flux,
                groups.links,
                self._settings.order == 2,
                self._cell,
                self.law,
                self._settings.dry_depth_m,
            ),
        )

    def lowest_depth(self, visit: Visit, dt: float) -> float:
        """Lowest depth that a step would lead to, m; keeps the rates of change."""
        groups, cells = self._mesh.groups, visit.cells
        lowest = self.crew.share(
            cells.size,
            lambda begin, end: update.rates(
                cells,
                begin,
                end,
                groups.state,
                groups.middle,
                groups.flux,
                groups.links,
                1.0 / self._cell,
                dt,
            ),
        )
        return float(min(lowest))

    def advance(self, visit: Visit, dt: float, time_after: float) -> None:
        """Apply the fluxes, then friction; cells that got wet bring in their neighbours."""
        stirred = self.apply(visit, dt, time_after)
        self.flowing_m_s, self.energy = stirred.flowing_m_s, stirred.energy
        self.clipped_m += stirred.clipped_m
        self._mesh.complete(stirred.fresh)

    def apply(self, visit: Visit, dt: float, time_after: float) -> "Stirred":
        """Apply the fluxes, then friction."""
        groups, cells = self._mesh.groups, visit.cells
        fresh = np.empty(cells.size, dtype=np.uint32)
        clipped, energy = np.zeros((2, cells.size // CHUNK + 1))
        parts = self.crew.share(
            cells.size,
            lambda begin, end: update.advance(
                cells,
                begin,
                end,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.slopes,
                groups.flux,
                groups.maxima,
                groups.links,
                groups.flags,
                self._mesh.block_changed,
                1.0 / self._cell,
                dt,
                time_after,
                self.law,
                self._settings.dry_depth_m,
                self._settings.threshold_depth_m,
                self._settings.order == 2,
                fresh,
                clipped,
                energy,
            ),
        )
        return Stirred(
            np.concatenate([fresh[first:last] for first, last, _ in parts]),
            max(flowing for _, _, flowing in parts),
            float(march.total(energy)),
            float(march.total(clipped)),
        )
