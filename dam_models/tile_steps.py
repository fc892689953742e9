"""The steps of a preview over tiles: several in one call (`dam_models.kernels.tile_march`)."""

import numpy as np

from dam_models.face_gauges import FaceGauges
from dam_models.kernels import tile_march
from dam_models.kernels.fields import H
from dam_models.kernels.meeting import meeting_places
from dam_models.kernels.tile_march import Shared
from dam_models.kernels.tiles import CELLS
from dam_models.local_steps import Passed
from dam_models.mesh import Visit
from dam_models.result import Settings
from dam_models.sources import Sources
from dam_models.stepping import Stepper
from dam_models.tile_mesh import TileMesh, TileVisit
from dam_models.walls import Walls

_LEAST_ROOM = 16
"""Tiles that may join in a call, where few are visited."""


def _room_for(tiles: int) -> int:
    """Tiles that may join while so many are visited."""
    return max(_LEAST_ROOM, tiles // 4)


class TileSteps:
    """Advances tiles where the rim of the grid is not among them.

    Parameters
    ----------
    mesh, walls, gauges, stepper : TileMesh, Walls, FaceGauges, Stepper
        What is advanced, what stands in it, what is watched, and who shares the work.
    cell_size_m : float
        Side of a cell, m.
    settings : Settings
        Courant number and depths; without `local_steps` every step is a call of its own.
    """

    def __init__(
        self,
        mesh: TileMesh,
        walls: Walls,
        gauges: FaceGauges,
        stepper: Stepper,
        cell_size_m: float,
        settings: Settings,
    ) -> None:
        self._mesh, self._walls, self._gauges, self._stepper = mesh, walls, gauges, stepper
        self._cell, self._settings = cell_size_m, settings
        self._most_steps = tile_march.MOST_STEPS if settings.local_steps else 1
        self._shared: Shared | None = None

    def forget(self) -> None:
        """Nothing is known but the mesh."""

    def advance(
        self, visit: Visit, limit_s: float, time_s: float, sources: Sources
    ) -> tuple[list[Passed], float]:
        """Take steps within `limit_s`, and pour what comes after them; what they passed, and how long.

        Nothing is done, and the length is 0, where the passes one by one have to take the step.
        """
        assert isinstance(visit, TileVisit)
        if visit.at_rim or (visit.fastest_m_s <= 0.0 and limit_s == np.inf):
            return [], 0.0
        crew, mesh = self._stepper.crew, self._mesh
        limit_s = min(limit_s, *sources.limits_s(time_s))
        together_s = min(limit_s, sources.lump_s)
        if self._walls.moving(time_s):
            together_s = 0.0
        mesh.reserve_tiles(_room_for(visit.tiles.size))
        groups = mesh.groups
        team = crew.team(visit.cells.size)
        shared = self._shared_by(team)
        shared.chosen[: visit.tiles.size] = visit.tiles
        discharges = np.zeros((self._most_steps, 2, self._gauges.groups))
        taken = crew.together(
            team,
            shared.places,
            lambda rank: tile_march.march(
                rank,
                team,
                shared,
                visit.tiles.size,
                visit.fastest_m_s,
                limit_s,
                together_s,
                self._most_steps,
                time_s,
                self._settings.cfl,
                self._cell,
                self._stepper.law,
                self._settings.dry_depth_m,
                self._settings.threshold_depth_m,
                groups.state,
                groups.stresses,
                groups.middle,
                groups.flux,
                groups.maxima,
                groups.links,
                groups.flags,
                groups.place,
                mesh.index,
                mesh.z,
                mesh.cos2,
                mesh.friction,
                mesh.block_grid,
                mesh.block_places,
                mesh.near,
                mesh.block_marked,
                mesh.block_changed,
                mesh.counts,
                *self._walls.standing,
                *self._gauges.watched,
                discharges,
            ),
        )
        mesh.note_growth()
        if taken == 0:
            return [], 0.0
        self._complete(shared)
        stepper = self._stepper
        stepper.flowing_m_s = float(shared.summary[tile_march.FLOWING])
        stepper.energy = float(shared.summary[tile_march.ENERGY])
        stepper.clipped_m += float(shared.summary[tile_march.CLIPPED])
        passed, now = [], 0.0
        lengths_s, through = shared.steps_s[:taken].tolist(), discharges.tolist()
        for step_s, (mixture, solids) in zip(lengths_s, through, strict=False):
            now += step_s
            passed.append(Passed(time_s + now, step_s, mixture, solids))
        sources.pour_at_once(time_s, now)
        return passed, now

    def _complete(self, shared: Shared) -> None:
        """Bring in what there was no room for."""
        lacking = np.flatnonzero(shared.wants)
        if lacking.size:
            numbers = (CELLS * shared.chosen[lacking][:, None] + np.arange(CELLS, dtype=np.uint32)).ravel()
            shared.wants[:] = 0
            self._mesh.complete(numbers[self._mesh.groups.state[numbers, H] > 0.0])

    def _shared_by(self, team: int) -> Shared:
        room = self._mesh.block_changed.size
        have = self._shared
        if have is None or have.chosen.size < room or len(have.told) != team:
            self._shared = have = Shared(
                chosen=np.zeros(room, dtype=np.uint32),
                wants=np.zeros(room, dtype=np.uint8),
                clipped=np.zeros(room),
                energy=np.zeros(room),
                steps_s=np.zeros(tile_march.MOST_STEPS),
                summary=np.zeros(3),
                told=np.zeros((team, 8)),
                decided=np.zeros(3),
                places=meeting_places(team),
            )
        return have
