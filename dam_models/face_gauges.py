"""Reading the discharge through groups of faces, step by step."""

from typing import NamedTuple

import numpy as np

from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import CARRIED, MASS, SOUTH_FACE, Bytes, Floats, Ints
from dam_models.mesh import Mesh
from dam_models.sections import FaceSet


class Watched(NamedTuple):
    """Faces by the cell of the padded grid that they belong to.

    Whether they are its south side or its east one, the sign of the wanted way, and the group of each.
    """

    rows: Ints
    cols: Ints
    south: Bytes
    sign: Floats
    group: Ints


@kernel()
def add_up(
    index: Ints,
    rows: Ints,
    cols: Ints,
    south: Bytes,
    sign: Floats,
    group: Ints,
    flux: Floats,
    cell_size: float,
    sums: Floats,
) -> None:
    """Add discharges of mixture and of solids to the sums of the groups of `Watched` faces, m3/s.

    What the mesh has not met yet carries nothing.
    """
    for k in range(rows.size):
        signed = sign[k] * cell_size
        cell = index[rows[k], cols[k]]
        first = SOUTH_FACE if south[k] != 0 else 0
        sums[0, group[k]] += signed * flux[cell, first + MASS]
        sums[1, group[k]] += signed * flux[cell, first + CARRIED]


class FaceGauges:
    """Reads the discharge through groups of faces from the fluxes that a step applies."""

    def __init__(self, faces: FaceSet, mesh: Mesh, cell_size_m: float) -> None:
        self.groups = faces.groups
        self.watched = Watched(
            faces.rows.astype(np.int32),
            faces.cols.astype(np.int32),
            faces.down.astype(np.uint8),
            faces.sign,
            faces.group.astype(np.int32),
        )
        self._mesh = mesh
        self._cell = cell_size_m

    def read(self) -> tuple[list[float], list[float]]:
        """Discharge of mixture and of solids per group, m3/s."""
        sums = np.zeros((2, self.groups))
        if self.groups:
            add_up(self._mesh.index, *self.watched, self._mesh.groups.flux, self._cell, sums)
        mixture, solids = sums.tolist()
        return mixture, solids
