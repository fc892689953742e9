"""The walls of all dams of a run on its mesh: which faces they are, how high they stand now."""

from collections.abc import Sequence

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
    Faces,
    Floats,
    Indices,
)
from dam_models.mesh import Mesh
from dam_models.weir import overtop

Places = NDArray[np.int64]

_NO_CELLS: Indices = np.empty(0, np.uint32)


class _Direction:
    """Walls on the faces of one direction: the cells beside them, and their places among all walls."""

    def __init__(self, south: bool) -> None:
        self._south = south
        self._bits = (WALL_SOUTH, WALL_NORTH) if south else (WALL_EAST, WALL_WEST)
        self.choose(*(np.empty(0, np.int64) for _ in range(3)))

    def choose(self, places: Places, rows: Places, cols: Places) -> None:
        """Take these walls, by the cell of the padded grid before each, instead of those so far."""
        self._chosen = places
        self._first = rows, cols
        self._second = (rows + 1, cols) if self._south else (rows, cols + 1)
        self.before, self.after, self.places = _NO_CELLS, _NO_CELLS, places[:0]

    def faces(self, mesh: Mesh) -> Faces:
        """The faces of this direction."""
        return mesh.y if self._south else mesh.x

    def look_up(self, mesh: Mesh) -> None:
        """Find the walls again after the mesh has changed; one that it has not met yet stops nothing."""
        before, after = mesh.index[self._first], mesh.index[self._second]
        met = (before > 0) & (after > 0)
        known = self.before.size
        self.before, self.after = before[met].astype(np.uint32), after[met].astype(np.uint32)
        self.places = self._chosen[met]
        if self.before.size > known:
            # Cells keep the bits they have when they are numbered anew; those of new walls join them.
            mesh.cells.walled[self.before] |= np.uint8(self._bits[0])
            mesh.cells.walled[self.after] |= np.uint8(self._bits[1])


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
    bed_moves : bool
        Whether the bed can change: a wall begins to stand where the ground beside it falls below its crest,
        and no longer does where what settles buries it.
    """

    def __init__(self, dams: Sequence[Dam], bed_m: Floats, mesh: Mesh, bed_moves: bool = False) -> None:
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
        self._bed_moves = bed_moves
        self._stood_s = -1.0
        self._reshaped = False
        self._directions = _Direction(south=False), _Direction(south=True)
        if not dams:
            return
        self._rows, self._cols, self._south = (
            np.concatenate([getattr(dam.faces, name) for dam in dams]) for name in ("rows", "cols", "south")
        )
        # Cells of the padded grid before and after every wall.
        rows, cols = self._rows + 1, self._cols + 1
        self._beside = (rows, cols), (rows + self._south, cols + ~self._south)
        self._ground = np.concatenate([dam.faces.higher_bed_m(bed_m) for dam in dams])
        self._coefficient = np.concatenate([np.full(dam.faces.count, dam.weir_coefficient) for dam in dams])
        self._length_share = np.concatenate([dam.length_share for dam in dams])
        self._crest = np.concatenate([dam.crest_at(0.0) for dam in dams])
        self._open_share = np.ones(self._crest.size)
        self._touched, self._own = np.zeros((2, self._crest.size), dtype=np.bool_)
        first = np.cumsum([0, *(dam.faces.count for dam in dams)])
        self._slices = {
            id(dam): slice(begin, end) for dam, begin, end in zip(dams, first, first[1:], strict=False)
        }
        self._choose(self._crest > self._ground)

    def _choose(self, standing: NDArray[np.bool_]) -> None:
        """Only walls above the ground on both sides have a part in the flow."""
        self._standing = standing
        self._mesh.cells.walled[:] = 0
        for direction, along in zip(self._directions, (~self._south, self._south), strict=True):
            places = np.flatnonzero(along & standing)
            direction.choose(places, self._rows[places] + 1, self._cols[places] + 1)
        self._version = -1

    def stand(self, time_s: float) -> None:
        """Set the crests to their height at a time and find their faces in the mesh.

        Cells beside a wall that has moved, come up or gone are woken: at rest or not, they are visited.
        """
        if not self._dams:
            return
        self._stood_s = time_s
        if self._changing or self._bed_moves or self._reshaped:
            self._move(time_s)
        self.look_up()

    def look_up(self) -> None:
        """Find the faces in the mesh again if it has changed."""
        if self._dams and self._version != self._mesh.version:
            for direction in self._directions:
                direction.look_up(self._mesh)
            self._version = self._mesh.version

    def moving(self, time_s: float) -> bool:
        """Whether a crest may move at a time or later."""
        return self._changing and time_s < self._changes_until_s

    def _move(self, time_s: float) -> None:
        moved = np.zeros(self._crest.shape, dtype=np.bool_)
        if self._changing:
            crest = np.concatenate([dam.crest_at(time_s) for dam in self._dams])
            # Also where it begins to move only now: else a pool at rest beside it would sleep through it.
            moved = (crest != self._crest) | np.concatenate([dam.moves_at(time_s) for dam in self._dams])
            moved &= ~self._own
            self._crest = np.where(self._own, self._crest, crest)
        if self._bed_moves:
            self._ground = np.maximum(*(self._mesh.bed_m(*cells) for cells in self._beside))
        standing = self._crest > self._ground
        turned = standing != self._standing
        if turned.any():
            self._choose(standing)
        moved |= turned | self._touched
        self._touched[:] = False
        self._reshaped = False
        if not moved.any():
            return
        beside = np.concatenate([self._mesh.index[rows[moved], cols[moved]] for rows, cols in self._beside])
        self._mesh.wake(np.unique(beside[beside > 0]))

    def ground_m(self, dam: Dam) -> Floats:
        """The higher of the two beds beside every face of a dam as they are now, m."""
        return np.asarray(self._ground[self._slices[id(dam)]])

    def reshape(
        self,
        dam: Dam,
        chosen: NDArray[np.bool_],
        crest_m: Floats,
        length_share: Floats,
        open_share: Floats,
    ) -> None:
        """Give chosen faces of a dam another crest and length, from the next step on.

        `open_share` is the part of the face that lets the flow pass without narrowing it.
        """
        places = np.arange(self._crest.size)[self._slices[id(dam)]][chosen]
        self._own[places] = True
        for kept, given in ((self._crest, crest_m[chosen]), (self._length_share, length_share[chosen])):
            self._touched[places] |= kept[places] != given
            kept[places] = given
        self._open_share[places] = np.minimum(1.0, open_share[chosen])
        self._reshaped = bool(self._touched.any())

    def next_change_s(self, time_s: float) -> float:
        """The next time at which a crest begins or ends to move, s; a step must not pass it."""
        return min((dam.next_change_s(time_s) for dam in self._dams), default=float("inf"))

    def overwrite(self, cell_size_m: float, dt: float, dry_depth_m: float) -> None:
        """Put what passes over the walls in the place of the fluxes through their faces."""
        cells = self._mesh.cells
        for direction, normal, along in zip(
            self._directions, (cells.up, cells.vp), (cells.vp, cells.up), strict=True
        ):
            places = direction.places
            if places.size:
                overtop(
                    direction.faces(self._mesh),
                    direction.before,
                    direction.after,
                    self._crest[places],
                    self._coefficient[places],
                    self._length_share[places],
                    self._open_share[places],
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

    def rest(self, depth_m: float) -> bool:
        """Whether no crest will move any more, and none is passed by a layer of at least a depth.

        A crest is passed at the critical speed, so that a depth over it is a discharge.
        """
        if self.moving(self._stood_s):
            return False
        passing = max(
            float(np.abs(direction.faces(self._mesh).mass[direction.before]).max(initial=0.0))
            for direction in self._directions
        )
        return bool(passing < GRAVITY_M_S2**0.5 * depth_m**1.5)
