"""The slope of the bed as the metric of a cell sees it."""

import numpy as np

from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import Floats


@inlined()
def _gentler(before: float, after: float) -> float:
    return min(abs(before), abs(after)) if before * after > 0.0 else 0.0


@kernel()
def cos_squared(bed_m: Floats, cell_size_m: float) -> Floats:
    """Squared cosine of the bed slope, with a ring around the grid that is as the cells beside it.

    Per direction the gentler of the two one-sided slopes counts, none where they disagree in sign: a flow on
    a valley floor feels the slope of the floor, not of the bank beside it. A single row or column has none
    across it.
    """
    ny, nx = bed_m.shape
    found = np.empty((ny + 2, nx + 2))
    for r in range(ny):
        north, south = max(1, r), min(r + 1, ny - 1)
        for c in range(nx):
            west, east = max(1, c), min(c + 1, nx - 1)
            down, right = 0.0, 0.0
            if ny > 1:
                down = _gentler(
                    (bed_m[north, c] - bed_m[north - 1, c]) / cell_size_m,
                    (bed_m[south, c] - bed_m[south - 1, c]) / cell_size_m,
                )
            if nx > 1:
                right = _gentler(
                    (bed_m[r, west] - bed_m[r, west - 1]) / cell_size_m,
                    (bed_m[r, east] - bed_m[r, east - 1]) / cell_size_m,
                )
            found[r + 1, c + 1] = 1.0 / (1.0 + (down * down + right * right))
    # Number by number: whole rows at once bring the words of their error, which take seconds to compile.
    for c in range(1, nx + 1):
        found[0, c] = found[1, c]
        found[ny + 1, c] = found[ny, c]
    for r in range(ny + 2):
        found[r, 0] = found[r, 1]
        found[r, nx + 1] = found[r, nx]
    return found
