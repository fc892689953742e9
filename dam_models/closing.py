"""Whether a wall closes its valley: what lies behind it below its lowest crest must stay there."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from dam_models.cell_faces import CellFaces

Floats = NDArray[np.float64]

_SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))


def way_round(
    bed_m: Floats, faces: CellFaces, crest_m: Floats, pool: NDArray[np.bool_], gauge: tuple[int, int]
) -> tuple[int, int] | None:
    """A cell below the dam that water behind it reaches without going over it; None where there is none.

    Parameters
    ----------
    bed_m : (ny, nx) ndarray
    faces : CellFaces
        Sides of cells that carry the wall.
    crest_m : (n,) ndarray
        Crest of every face, m.
    pool : (ny, nx) ndarray of bool
    gauge : (row, col)
        Where the water stands, a cell of the pool.

    Returns
    -------
    (row, col) or None
        Water stands as high as the lowest point of the crest, ground beside it included, and passes sides of
        cells on which no wall stands.
    """
    level = float(np.maximum(crest_m, faces.higher_bed_m(bed_m)).min())
    if bed_m[gauge] >= level:
        return None
    walls = faces.keys()
    below = set()
    for rows, cols in faces.cells():
        outside = ~pool[rows, cols] & (bed_m[rows, cols] < level)
        below |= set(zip(rows[outside].tolist(), cols[outside].tolist(), strict=True))
    ny, nx = bed_m.shape
    seen = {gauge}
    queue = deque([gauge])
    while queue:
        row, col = queue.popleft()
        if (row, col) in below:
            return row, col
        for down, right in _SIDES:
            cell = (row + down, col + right)
            if cell in seen or not (0 <= cell[0] < ny and 0 <= cell[1] < nx) or bed_m[cell] >= level:
                continue
            if (min(row, cell[0]), min(col, cell[1]), down != 0) not in walls:
                seen.add(cell)
                queue.append(cell)
    return None
