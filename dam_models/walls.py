"""The walls of all dams of a run on its mesh: which faces they are, how high they stand now."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dam_models.dam import Dam
from dam_models.errors import InvalidDam
from dam_models.kernels.fields import (
    GRAVITY_M_S2,
    WALL_EAST,
    WALL_NORTH,
    WALL_SOUTH,
    WALL_WEST,
    Floats,
    Indices,
)
from dam_models.mesh import Mesh
from dam_models.weir import overtop


class _Known(NamedTuple):
    """Faces of one direction that stand: the cells before and after them and their places among all walls."""

    before: Indices
    after: Indices
    place: NDArray[np.int64]


_NONE = _Known(np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.int64))


class Walls:
    """Keeps the walls of a run's dams on its mesh.

    Parameters
    ----------
    dams : sequence of Dam
        Checked against the bed.
    bed_m : (ny, nx) float64
        Bed, m.
    mesh : Mesh
        Mesh of the run; its cells learn which of their sides carry a wall.
    """

    def __init__(self, dams: Sequence[Dam], bed_m: Floats, mesh: Mesh) -> None:
        taken: set[tuple[int, int, bool]] = set()
        for dam in dams:
            keys = dam.faces.keys()
            if taken & keys:
                raise InvalidDam(f"dam {dam.name}: another dam stands on one of its faces", field="dams")
            taken |= keys
        self._mesh = mesh
        self._dams = tuple(dams)
        self._changing = any(dam.time_s.size > 1 for dam in dams)
        self._changes_until_s = max((dam.changes_until_s for dam in dams), default=0.0)
        self._stood_s = -1.0
        self.count = len(taken)
        if not dams:
            return
        self._rows, self._cols, self._south = (
            np.concatenate([getattr(dam.faces, name) for dam in dams]) for name in ("rows", "cols", "south")
        )
        self._ground = np.concatenate([dam.faces.higher_bed_m(bed_m) for dam in dams])
        self._coefficient = np.concatenate([np.full(dam.faces.count, dam.weir_coefficient) for dam in dams])
        self._length_share = np.concatenate([dam.length_share for dam in dams])
        self._crest = np.concatenate([dam.crest_at(0.0) for dam in dams])
        self._standing = self._crest > self._ground
        self._version = -1
        self._x = self._y = _NONE

    def stand(self, time_s: float) -> None:
        """Set the crests to their height at a time and find their faces in the mesh."""
        if self.count == 0:
            return
        self._stood_s = time_s
        moved = np.zeros(self.count, dtype=bool)
        if self._changing:
            crest = np.concatenate([dam.crest_at(time_s) for dam in self._dams])
            moved = crest != self._crest
            if moved.any():
                self._crest = crest
                standing = crest > self._ground
                if (standing != self._standing).any():
                    self._standing = standing
                    self._version = -1
        if self._version != self._mesh.version:
            self._look_up()
        if moved.any():
            # At rest or not, the cells beside have to be visited.
            self._mesh.wake(self._beside(moved))

    def rest(self, depth_m: float) -> bool:
        """Whether no crest will move any more, and none is passed by a layer of at least a depth.

        A crest is passed at the critical speed, so that a depth over it is a discharge.
        """
        if self.count == 0:
            return True
        if self._changing and self._stood_s < self._changes_until_s:
            return False
        passing = max(
            float(np.abs(faces.mass[known.before]).max(initial=0.0))
            for faces, known in ((self._mesh.x, self._x), (self._mesh.y, self._y))
        )
        return bool(passing < GRAVITY_M_S2**0.5 * depth_m**1.5)

    def _beside(self, chosen: NDArray[np.bool_]) -> Indices:
        """Numbers of the cells on both sides of chosen walls, as far as they are in the mesh."""
        rows, cols = self._rows[chosen] + 1, self._cols[chosen] + 1
        south = self._south[chosen]
        index = self._mesh.index
        numbers = np.concatenate([index[rows, cols], index[rows + south, cols + ~south]])
        return np.unique(numbers[numbers > 0]).astype(np.uint32)

    def _look_up(self) -> None:
        """Numbers change when the mesh grows; a wall it has not met yet stops nothing."""
        mesh, cells = self._mesh, self._mesh.cells
        cells.walled[: mesh.cell_count] = 0
        number = mesh.index[self._rows + 1, self._cols + 1].astype(np.uint32)
        for south, neighbour, before_bit, after_bit in (
            (False, cells.east, WALL_EAST, WALL_WEST),
            (True, cells.south, WALL_SOUTH, WALL_NORTH),
        ):
            place = np.flatnonzero((self._south == south) & self._standing)
            before, after = number[place], neighbour[number[place]]
            met = (before > 0) & (after > 0)
            known = _Known(before[met], after[met], place[met])
            np.bitwise_or.at(cells.walled, known.before, np.uint8(before_bit))
            np.bitwise_or.at(cells.walled, known.after, np.uint8(after_bit))
            if south:
                self._y = known
            else:
                self._x = known
        self._version = mesh.version

    def overwrite(self, cell_size_m: float, dt: float, dry_depth_m: float) -> None:
        """Put what passes over the walls in the place of the fluxes through their faces."""
        if self.count == 0:
            return
        cells = self._mesh.cells
        for faces, known, normal, along in (
            (self._mesh.x, self._x, cells.up, cells.vp),
            (self._mesh.y, self._y, cells.vp, cells.up),
        ):
            if known.before.size:
                overtop(
                    faces,
                    known.before,
                    known.after,
                    self._crest[known.place],
                    self._coefficient[known.place],
                    self._length_share[known.place],
                    cells.hp,
                    normal,
                    along,
                    cells.h,
                    cells.z,
                    cells.gravity,
                    cells.solids,
                    cells.walled,
                    cell_size_m,
                    dt,
                    dry_depth_m,
                )
