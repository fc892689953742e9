"""Material that comes from above: what it does to the cells that it is poured into."""

import numpy as np
from numpy.typing import NDArray

from dam_models.kernels.fields import COMPLETE
from dam_models.kernels.pours import Pours, pour_each
from dam_models.mesh import Mesh

Ints = NDArray[np.int64]


def pour(
    mesh: Mesh,
    rows: Ints,
    cols: Ints,
    depth_m: float,
    solids_fraction: float,
    time_after_s: float,
    dry_depth_m: float,
    threshold_depth_m: float,
) -> None:
    """Add the same depth, above 0, to each of these cells of the grid.

    They and their neighbours join the mesh. What is poured brings no momentum: the mixture keeps what there
    was and slows down. `time_after_s` is the end of the step in which it comes, the arrival time of a cell
    that it first fills to the threshold depth.
    """
    numbers = mesh.ensure_all(rows + 1, cols + 1)
    source = np.zeros(numbers.size, dtype=np.int64)
    pours = Pours(numbers, source, np.array([[depth_m]]), np.array([[solids_fraction]]))
    pour_scheduled(mesh, pours, 0, time_after_s, dry_depth_m, threshold_depth_m)
    mesh.complete(numbers[mesh.groups.flags[numbers, COMPLETE] == 0])


def pour_scheduled(
    mesh: Mesh,
    pours: Pours,
    step: int,
    time_after_s: float,
    dry_depth_m: float,
    threshold_depth_m: float,
) -> None:
    """Pour what comes at the end of a step; its cells are in the mesh, with their neighbours."""
    groups = mesh.groups
    pour_each(
        pours.numbers,
        pours.source,
        pours.depths[step],
        pours.fractions[step],
        time_after_s,
        dry_depth_m,
        threshold_depth_m,
        groups.state,
        groups.middle,
        groups.maxima,
        groups.links,
        mesh.block_changed,
    )
