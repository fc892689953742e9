"""Reading the discharge through groups of faces, step by step."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dam_models.kernels.fields import Floats
from dam_models.mesh import Mesh
from dam_models.sections import FaceSet, Ints

_NO_FACES = (np.empty(0, np.int32), np.empty(0), np.empty(0, np.int64))


@njit(cache=True, nogil=True, error_model="numpy")
def _add_up(
    mass: Floats,
    carried: Floats,
    face: NDArray[np.int32],
    sign: Floats,
    group: Ints,
    cell_size: float,
    sums: Floats,
) -> None:
    """Add discharges of mixture and of solids to the sums of their groups."""
    for k in range(face.size):
        signed = sign[k] * cell_size
        sums[0, group[k]] += signed * mass[face[k]]
        sums[1, group[k]] += signed * carried[face[k]]


class FaceGauges:
    """Reads the discharge through groups of faces from the fluxes that a step applies."""

    def __init__(self, faces: FaceSet, mesh: Mesh, cell_size_m: float) -> None:
        self.groups = faces.groups
        self._faces = faces
        self._mesh = mesh
        self._cell = cell_size_m
        self._version = -1
        self._x = self._y = _NO_FACES

    def _look_up(self) -> None:
        """Numbers change when the mesh grows; faces it has not met yet carry nothing."""
        mesh, faces = self._mesh, self._faces
        number = mesh.index[faces.rows, faces.cols]
        down = faces.down.astype(bool)
        for along_x in (True, False):
            chosen = ~down if along_x else down
            # The east and the south face of a cell have its number.
            face = number[chosen]
            known = face > 0
            found = (face[known], faces.sign[chosen][known], faces.group[chosen][known])
            if along_x:
                self._x = found
            else:
                self._y = found
        self._version = mesh.version

    def read(self) -> tuple[Floats, Floats]:
        """Discharge of mixture and of solids per group, m3/s."""
        if self._version != self._mesh.version:
            self._look_up()
        sums = np.zeros((2, self.groups))
        for fluxes, known in ((self._mesh.x, self._x), (self._mesh.y, self._y)):
            if known[0].size:
                _add_up(fluxes.mass, fluxes.carried, *known, self._cell, sums)
        return sums[0], sums[1]
