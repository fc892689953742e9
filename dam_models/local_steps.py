"""Steps of their own for cells whose waves are slow: several levels of cells advance side by side."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dam_models.face_gauges import FaceGauges
from dam_models.ghosts import Ghosts
from dam_models.kernels import level_choice, levels, march
from dam_models.kernels.fields import CHUNK, Floats, Indices
from dam_models.kernels.level_choice import HIGHEST
from dam_models.kernels.march import Shared
from dam_models.kernels.meeting import meeting_places
from dam_models.kernels.pours import Pours
from dam_models.mesh import Mesh, Visit
from dam_models.pouring import pour_scheduled
from dam_models.recording import Recorder
from dam_models.result import Settings
from dam_models.sources import Sources
from dam_models.stepping import Stepper
from dam_models.walls import Walls

_CELLS_A_STEP = 100.0
"""Cells whose work takes as long as what a step of a level costs beside its cells."""

_CELLS_A_MARCH = 1500.0
"""The same for what comes once while all levels advance, and once a step without levels."""

_MIXING = 1.05
"""What levels add to the work of a cell."""

_PATIENCE = 16
"""Marches after one that was given up before more levels are tried again."""

_LEAST_ROOM = 2048
"""Cells that may join while levels advance, where few are visited."""


class Passed(NamedTuple):
    """What a step has let through.

    Its end and its length, s, discharges of mixture and of solids through groups of faces, m3/s, and what
    came and left at the rim of the grid, m2/s.
    """

    time_s: float
    step_s: float
    discharge_m3_s: list[float]
    solids_m3_s: list[float]
    came: float = 0.0
    left: float = 0.0


@dataclass(slots=True)
class _Level:
    """Cells of a level, cells whose faces are of it, and what its last step did."""

    cells: Indices
    owners: Indices
    flowing_m_s: float = 0.0
    energy: float = 0.0
    clipped_m: float = 0.0


def _room(visit: Visit) -> int:
    """Cells that may join while those of a visit advance."""
    return max(_LEAST_ROOM, visit.cells.size // 4)


def in_order(parts: list[float]) -> float:
    """Sum in the order given, with the rounding of every addition."""
    found = 0.0
    for part in parts:
        found += part
    return found


class _GivenUpError(Exception):
    """The levels cannot go on side by side."""


class LocalSteps:
    """Advances a mesh in levels (`dam_models.kernels.levels`) where that is worth it.

    Parameters
    ----------
    mesh, walls, ghosts : Mesh, Walls, Ghosts
        What is advanced, what stands in it and around it.
    gauges, recorder : FaceGauges, Recorder
        What is watched.
    stepper : Stepper
        The passes.
    cell_size_m : float
        Side of a cell, m.
    settings : Settings
        Courant number, order, depths and threads.
    """

    def __init__(
        self,
        mesh: Mesh,
        walls: Walls,
        ghosts: Ghosts,
        gauges: FaceGauges,
        recorder: Recorder,
        stepper: Stepper,
        cell_size_m: float,
        settings: Settings,
    ) -> None:
        self._mesh, self._walls, self._ghosts, self._gauges = mesh, walls, ghosts, gauges
        self._recorder = recorder
        self._stepper, self._cell, self._settings = stepper, cell_size_m, settings
        self._mean: Floats = np.zeros((0, mesh.groups.flux.shape[1]))
        self._shared: Shared | None = None
        self._counts: Floats = np.zeros((1, HIGHEST + 1))
        self._places = meeting_places(1)
        self._cap = HIGHEST
        self._succeeded = 0
        self.given_up = 0
        """Marches that were taken back."""

    def highest(self, visit: Visit, limit_s: float, poured: Indices) -> int:
        """The levels above 0 with which it is quickest to go on for at most `limit_s`; 0 for none."""
        if visit.fastest_m_s <= 0.0:
            return 0
        shortest = self._settings.cfl * self._cell / visit.fastest_m_s
        allowed = min(self._cap, int(np.log2(max(1.0, limit_s / shortest))))
        if allowed < 1:
            return 0
        counts = self._assign(visit, shortest, poured)
        best, least = 0, sum(counts) + _CELLS_A_STEP + _CELLS_A_MARCH
        for highest in range(1, allowed + 1):
            work = 0.0
            for level, count in enumerate(counts):
                work += count * 0.5 ** min(level, highest)
            cost = _MIXING * work + _CELLS_A_STEP * (2.0 - 0.5**highest) + _CELLS_A_MARCH * 0.5**highest
            if cost < least:
                best, least = highest, cost
        return best

    def advance(
        self, visit: Visit, limit_s: float, time_s: float, sources: Sources
    ) -> tuple[list[Passed], float]:
        """Take a step, or march, within `limit_s`, and pour what comes; what that passed, and how long.

        Nothing is done, and the length is 0, where the passes one by one have to take the step.
        """
        fastest = visit.fastest_m_s
        wave_s = self._settings.cfl * self._cell / fastest if fastest > 0.0 else float("inf")
        highest = 0
        if self._settings.local_steps and not self._walls.moving(time_s):
            poured_s, until_s = sources.limits_s(time_s, min(limit_s, wave_s * (1 << HIGHEST)))
            if wave_s <= poured_s:
                highest = self.highest(visit, min(limit_s, until_s), sources.numbers)
        if highest == 0 and wave_s == np.inf:
            return [], 0.0
        step_s = wave_s if highest else min(limit_s, *sources.limits_s(time_s), wave_s)
        pours = sources.schedule(time_s, step_s, 1 << highest)
        passed = self.march(visit, highest, step_s, time_s, pours)
        if passed:
            sources.settle(pours, time_s, step_s)
        return passed, step_s * len(passed)

    def _assign(self, visit: Visit, shortest_s: float, poured: Indices) -> list[float]:
        """Find the levels, the crew together; how many cells that move have each."""
        mesh, groups, crew = self._mesh, self._mesh.groups, self._stepper.crew
        visited = visit.with_ghosts
        team = crew.team(visited.size)
        if len(self._counts) != team:
            self._counts, self._places = np.zeros((team, HIGHEST + 1)), meeting_places(team)
        counts, places = self._counts, self._places
        crew.together(
            team,
            places,
            lambda rank: level_choice.assign(
                rank,
                team,
                places,
                visited,
                mesh.sorted_cells,
                mesh.cell_count,
                mesh.block_marked,
                visit.fastest_m_s,
                shortest_s,
                self._stepper.law,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.links,
                groups.flags,
                counts,
                self._settings.order == 2,
                poured,
            ),
        )
        moving: list[float] = counts.sum(axis=0).tolist()
        return moving

    def forget(self) -> None:
        """Know no more of what was given up than a run that begins here does."""
        self._cap, self._succeeded = HIGHEST, 0

    def _relent(self) -> None:
        self._succeeded += 1
        if self._succeeded >= _PATIENCE and self._cap < HIGHEST:
            self._cap, self._succeeded = self._cap + 1, 0

    def march(self, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours) -> list[Passed]:
        """Advance all levels until they meet again, by `2**highest` steps of level 0 of `step_s`.

        `pours` comes at the end of each.

        Returns
        -------
        list of Passed
            What each step of level 0 let through. Empty where nothing was done, as some cell would have
            become too fast, or negative, or cells would have been reached that are not visited.
        """
        way = self._at_once if self._stands_alone(visit) else self._by_passes
        done = way(visit, highest, step_s, time_s, pours)
        if done:
            self._relent()
        elif highest:
            self._cap, self._succeeded = max(0, highest - 1), 0
            self.given_up += 1
        return done

    def _stands_alone(self, visit: Visit) -> bool:
        """Whether nothing but the mesh takes part in each step: no rim of the grid, no pressure to keep."""
        return visit.with_ghosts.size == visit.cells.size and not self._recorder.asks_pressure

    def _reserve(self, more: int) -> None:
        mesh = self._mesh
        mesh.reserve(more)
        rows, columns = mesh.groups.flux.shape
        if len(self._mean) < rows:
            self._mean = np.zeros((rows, columns))

    def _shared_by(self, team: int, visited: int, more: int) -> Shared:
        """Room for the lists of a march; kept, as finding pages for them takes as long as filling them."""
        room, owned = visited + more + 16, 3 * visited + 5 * more + 24
        have = self._shared
        if have is None or have.wet.size < room or have.owners.shape[1] < owned or len(have.told) != team:
            groups, rows = self._mesh.groups, HIGHEST + 1
            room, owned = room + room // 2, owned + owned // 2
            self._shared = have = Shared(
                cells=np.empty((rows, room), dtype=np.uint32),
                owners=np.empty((rows, owned), dtype=np.uint32),
                cell_counts=np.zeros(rows, dtype=np.int64),
                owner_counts=np.zeros(rows, dtype=np.int64),
                wet=np.empty(room, dtype=np.uint32),
                fresh=np.empty(room, dtype=np.uint32),
                kept=np.empty(room, dtype=np.uint32),
                kept_state=np.empty((room, groups.state.shape[1])),
                kept_middle=np.empty((room, groups.middle.shape[1])),
                kept_maxima=np.empty((room, groups.maxima.shape[1])),
                clipped=np.zeros(room // CHUNK + 1),
                energy=np.zeros(room // CHUNK + 1),
                told=np.zeros((team, 8)),
                decided=np.zeros(8, dtype=np.int64),
                places=meeting_places(team),
                parts=np.zeros((team, 2, rows), dtype=np.int64),
            )
        return have

    def _at_once(
        self, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours
    ) -> list[Passed]:
        """In one call, which the crew makes together."""
        more = _room(visit)
        self._reserve(more)
        mesh, groups, settings = self._mesh, self._mesh.groups, self._settings
        summary = np.zeros((3, highest + 1))
        discharges = np.zeros((1 << highest, 2, self._gauges.groups))
        team = self._stepper.crew.team(visit.cells.size)
        shared = self._shared_by(team, visit.cells.size, more)
        ended, found = self._stepper.crew.together(
            team,
            shared.places,
            lambda rank: march.march(
                rank,
                team,
                shared,
                visit.cells,
                more,
                highest,
                step_s,
                time_s,
                settings.order == 2,
                self._cell,
                self._stepper.law,
                settings.dry_depth_m,
                settings.threshold_depth_m,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.slopes,
                groups.flux,
                groups.maxima,
                groups.links,
                groups.flags,
                groups.place,
                self._mean,
                mesh.index,
                mesh.z,
                mesh.cos2,
                mesh.friction,
                mesh.block_grid,
                mesh.block_places,
                mesh.block_marked,
                mesh.block_changed,
                mesh.counts,
                *self._walls.standing,
                *self._gauges.watched,
                pours,
                discharges,
                summary,
            ),
        )
        mesh.note_growth()
        if ended != march.DONE:
            return []
        self._sum_up(summary)
        mesh.complete(shared.fresh[:found])
        return [
            Passed(time_s + (step + 1) * step_s, step_s, mixture, solids)
            for step, (mixture, solids) in enumerate(discharges.tolist())
        ]

    def _sum_up(self, summary: Floats) -> None:
        """Tell what the last step of every level did."""
        stepper, (flowing, energy, clipped) = self._stepper, summary.tolist()
        stepper.flowing_m_s = max(flowing)
        stepper.energy = in_order(energy)
        stepper.clipped_m += in_order(clipped)

    def _by_passes(
        self, visit: Visit, highest: int, step_s: float, time_s: float, pours: Pours
    ) -> list[Passed]:
        """Pass by pass, as the rim of the grid and pressure ask; the same to the last bit."""
        self._reserve(_room(visit))
        mesh, groups = self._mesh, self._mesh.groups
        parts = self._split(visit, highest)
        kept = np.concatenate([part.cells for part in parts[:-1]]) if highest else np.empty(0, np.uint32)
        of_kept = tuple(
            np.empty((kept.size, group.shape[1])) for group in (groups.state, groups.middle, groups.maxima)
        )
        pressure = self._recorder.pressure_at(visit.cells)
        march.keep(kept, 0, kept.size, groups.state, groups.middle, groups.maxima, *of_kept)
        old_blocks, old_cells = mesh.block_count, mesh.cell_count
        try:
            passed = [
                self._step(parts, step, step_s, time_s, old_blocks, pours) for step in range(1 << highest)
            ]
        except _GivenUpError:
            self._recorder.put_back(visit.cells, pressure, old_cells)
            march.take_back(
                kept,
                old_cells,
                mesh.cell_count,
                groups.state,
                groups.middle,
                groups.slopes,
                groups.flux,
                groups.maxima,
                mesh.block_count,
                mesh.block_changed,
                *of_kept,
            )
            return []
        self._sum_up(np.array([[part.flowing_m_s, part.energy, part.clipped_m] for part in parts]).T.copy())
        return passed

    def _split(self, visit: Visit, highest: int) -> list[_Level]:
        groups, visited = self._mesh.groups, visit.with_ghosts
        cells = np.empty((highest + 1, visited.size), dtype=np.uint32)
        owners = np.empty((highest + 1, 3 * visited.size), dtype=np.uint32)
        found, owned = np.zeros((2, highest + 1), dtype=np.int64)
        if highest == 0:
            return [_Level(visit.cells, visited)]
        parts = np.zeros((1, 2, HIGHEST + 1), dtype=np.int64)
        levels.split(
            0,
            1,
            meeting_places(1),
            visited,
            highest,
            groups.links,
            groups.flags,
            cells,
            owners,
            found,
            owned,
            parts,
        )
        return [_Level(cells[k, : found[k]], owners[k, : owned[k]]) for k in range(highest + 1)]

    def _step(
        self, parts: list[_Level], step: int, step_s: float, time_s: float, old_blocks: int, pours: Pours
    ) -> Passed:
        """A step of level 0, and of the others whose turn it is."""
        highest, mesh = len(parts) - 1, self._mesh
        last = step == (1 << highest) - 1
        if (
            step > 0
            and last
            and levels.strays(
                mesh.block_count,
                old_blocks,
                mesh.block_grid,
                mesh.block_places,
                mesh.block_marked,
                mesh.block_changed,
            )
        ):
            raise _GivenUpError
        for level in range(highest, -1, -1):
            if step % (1 << level) == 0:
                self._begin(parts, level, step, step_s * (1 << level))
        after = time_s + (step + 1) * step_s
        passed = Passed(after, step_s, *self._gauges.read(), *self._ghosts.exchange())
        for level in range(highest + 1):
            if (step + 1) % (1 << level) == 0:
                self._end(parts, level, step_s * (1 << level), after)
        self._recorder.keep_pressure()
        dry, threshold = self._settings.dry_depth_m, self._settings.threshold_depth_m
        pour_scheduled(mesh, pours, step, after, dry, threshold)
        return passed

    def _begin(self, parts: list[_Level], level: int, step: int, dt: float) -> None:
        """Find the fluxes of a step of a level."""
        stepper, part = self._stepper, parts[level]
        wet, fastest = stepper.wet_among(part.cells)
        if step > 0 and fastest * dt > march.LIMIT * self._cell:
            raise _GivenUpError
        visit = Visit(part.cells, wet, part.owners, fastest)
        if level == 0:
            self._ghosts.fill()
            stepper.find_middle(visit, dt)
            stepper.find_face_fluxes(visit, dt)
        else:
            stepper.find_middle(visit, dt)
            stepper.find_inner_fluxes(visit)
        if level < len(parts) - 1:
            groups = self._mesh.groups
            stepper.crew.share(
                part.cells.size,
                lambda begin, end: levels.blend(
                    part.cells, begin, end, step >> level, groups.links, groups.flags, groups.flux, self._mean
                ),
            )

    def _end(self, parts: list[_Level], level: int, dt: float, time_after: float) -> None:
        """Apply the fluxes of a step of a level."""
        stepper, part, groups = self._stepper, parts[level], self._mesh.groups
        if level > 0:
            stepper.crew.share(
                part.cells.size,
                lambda begin, end: levels.settle(
                    part.cells, begin, end, groups.links, groups.flags, groups.flux, self._mean
                ),
            )
        visit = Visit(part.cells, part.cells, part.owners, 0.0)
        if stepper.lowest_depth(visit, dt) < -march.NEGATIVE_DEPTH_M:
            raise _GivenUpError
        stirred = stepper.apply(visit, dt, time_after)
        part.flowing_m_s, part.energy = stirred.flowing_m_s, stirred.energy
        part.clipped_m += stirred.clipped_m
        if level == len(parts) - 1:
            self._mesh.complete(stirred.fresh)
        elif stirred.fresh.size:
            self._grow(parts, level, stirred.fresh)

    def _grow(self, parts: list[_Level], level: int, fresh: Indices) -> None:
        """Bring in the neighbours of cells that got wet."""
        mesh = self._mesh
        first, ghosts = mesh.cell_count, mesh.ghost_count
        if not mesh.has_room(4 * fresh.size):
            raise _GivenUpError
        mesh.complete(fresh)
        if mesh.ghost_count > ghosts:
            raise _GivenUpError
        new = mesh.cell_count - first
        if new == 0:
            return
        count = len(parts)
        cells = np.empty((count, new), dtype=np.uint32)
        owners = np.empty((count, 5 * new), dtype=np.uint32)
        found, owned = np.zeros((2, count), dtype=np.int64)
        groups = mesh.groups
        levels.join(
            first, mesh.cell_count, level, groups.links, groups.flags, self._mean, cells, owners, found, owned
        )
        for k, part in enumerate(parts):
            part.cells = np.concatenate([part.cells, cells[k, : found[k]]])
            part.owners = np.concatenate([part.owners, owners[k, : owned[k]]])
        self._walls.look_up()
