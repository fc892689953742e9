"""The walls of all dams of a run on its mesh: which faces they are, how high they stand now."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dam_models.dam import Dam
from dam_models.errors import InvalidDam
from dam_models.kernels.fields import GRAVITY_M_S2, MASS, SOUTH_FACE, Bytes, Floats, Ints
from dam_models.mesh import Mesh
from dam_models.weir import meet, overtop


class Standing(NamedTuple):
    """Walls that stand: by the cell of the padded grid before each, with what passes over them.

    Whether a wall is the south side of its cell or the east one, its crest (m), its weir coefficient, the
    share of its length that passes, and that which does not narrow the flow.
    """

    rows: Ints
    cols: Ints
    south: Bytes
    crest: Floats
    coefficient: Floats
    length_share: Floats
    open_share: Floats


_NO_PLACES: Ints = np.zeros(0, np.int32)
_NO_NUMBERS: Floats = np.zeros(0)
_NONE = Standing(
    _NO_PLACES,
    _NO_PLACES,
    np.zeros(0, np.uint8),
    _NO_NUMBERS,
    _NO_NUMBERS,
    _NO_NUMBERS,
    _NO_NUMBERS,
)


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
        self.standing = _NONE
        self._version = -1
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
        self._version = -1
        self._gather()

    def _gather(self) -> None:
        """Bring together what a step needs of the walls that stand."""
        places = np.flatnonzero(self._standing)
        (rows, cols), _ = self._beside
        self.standing = Standing(
            rows[places].astype(np.int32),
            cols[places].astype(np.int32),
            self._south[places].astype(np.uint8),
            self._crest[places],
            self._coefficient[places],
            self._length_share[places],
            self._open_share[places],
        )

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
        if self.standing.rows.size and self._version != self._mesh.version:
            rows, cols, south, *_ = self.standing
            meet(self._mesh.index, rows, cols, south, self._mesh.groups.flags)
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
        self._gather()
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
        if self.standing.rows.size:
            groups = self._mesh.groups
            overtop(
                self._mesh.index,
                *self.standing,
                groups.state,
                groups.middle,
                groups.flags,
                groups.flux,
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
        if not self.standing.rows.size:
            return True
        rows, cols, south, *_ = self.standing
        mesh = self._mesh
        before, after = mesh.index[rows, cols], mesh.index[rows + south, cols + 1 - south]
        passing = np.abs(mesh.groups.flux[before, MASS + SOUTH_FACE * south])
        most = float(passing[after > 0].max(initial=0.0))
        return bool(most < GRAVITY_M_S2**0.5 * depth_m**1.5)
