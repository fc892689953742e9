"""Closed pits of a terrain: which are breached because data made them, and which are kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.grid import Grid


@dataclass(frozen=True)
class Pit:
    """A closed depression: where its lowest cell lies, how deep to its rim, how much it holds."""

    row: int
    col: int
    bottom_m: float
    depth_m: float
    volume_m3: float
    cells: int


def drainage(ground: Grid) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Ground filled to its rims and the eight-direction codes of its flow (pyflwdir's priority flood)."""
    import pyflwdir

    filled, directions = pyflwdir.dem.fill_depressions(
        np.where(np.isnan(ground.values), -9999.0, ground.values), nodata=-9999.0, outlets="edge"
    )
    return np.asarray(filled, dtype=np.float64), np.asarray(directions, dtype=np.uint8)


_STEP = {1: (0, 1), 2: (1, 1), 4: (1, 0), 8: (1, -1), 16: (0, -1), 32: (-1, -1), 64: (-1, 0), 128: (-1, 1)}


def find_pits(
    ground: Grid, *, at_least_m: float = 1.0
) -> tuple[list[Pit], NDArray[np.int64], NDArray[np.uint8]]:
    """Closed depressions deeper than a height, deepest first; their label raster; the directions."""
    from scipy import ndimage

    filled, directions = drainage(ground)
    depth = np.where(np.isnan(ground.values), 0.0, filled - ground.values)
    labels, count = ndimage.label(depth > 1e-6, structure=np.ones((3, 3)))
    if count == 0:
        return [], labels.astype(np.int64), directions
    index = np.arange(1, count + 1)
    deepest = ndimage.maximum(depth, labels, index)
    total = ndimage.sum(depth, labels, index)
    cells = ndimage.sum(np.ones_like(depth), labels, index)
    where = ndimage.maximum_position(depth, labels, index)
    area = ground.cell_size_m**2
    pits = [
        Pit(int(r), int(c), float(ground.values[r, c]), float(d), float(v) * area, int(n))
        for (r, c), d, v, n in zip(where, deepest, total, cells, strict=True)
        if d >= at_least_m
    ]
    return sorted(pits, key=lambda pit: -pit.depth_m), labels.astype(np.int64), directions


def breach(
    ground: Grid, where: NDArray[np.bool_], *, deepest_m: float, keep: NDArray[np.bool_] | None = None
) -> tuple[Grid, int, float]:
    """Carve a way out of the pits that data made, along the path that water would overflow.

    From the bottom of each pit the flow path is lowered to the bottom's height until the ground falls below
    it (breaching after Lindsay & Dhun 2015); nothing is filled.

    Parameters
    ----------
    ground : Grid
    where : ndarray of bool, shape (ny, nx)
        Only pits whose bottom lies here.
    deepest_m : float
        Deeper pits are believed and kept [m].
    keep : ndarray of bool, optional
        Cells that may not be lowered: a known basin and its rim.

    Returns
    -------
    Grid
        Ground with the cuts.
    int
        How many pits were breached.
    float
        The deepest cut [m].
    """
    values = ground.values.copy()
    pits, _, directions = find_pits(ground, at_least_m=1e-3)
    ny, nx = ground.shape
    breached, deepest = 0, 0.0
    for pit in pits:
        if not where[pit.row, pit.col] or pit.depth_m > deepest_m:
            continue
        row, col, level = pit.row, pit.col, float(values[pit.row, pit.col])
        path: list[tuple[int, int]] = []
        while True:
            step = _STEP.get(int(directions[row, col]))
            if step is None:
                break
            previous = (row, col)
            row, col = row + step[0], col + step[1]
            if not (0 <= row < ny and 0 <= col < nx):
                break
            if previous[0] != row and previous[1] != col:
                # Flow passes cell sides: the lower of the two corner cells is cut as well.
                corners = [(previous[0], col), (row, previous[1])]
                path.append(min(corners, key=lambda cell: float(values[cell])))
            if values[row, col] < level:
                break
            path.append((row, col))
        if keep is not None and any(keep[cell] for cell in path):
            continue
        for cell in path:
            deepest = max(deepest, float(values[cell]) - level)
            values[cell] = min(float(values[cell]), level)
        breached += 1
    return ground.like(values), breached, deepest
