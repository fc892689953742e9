"""Sides of cells, named on the grid: where walls stand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidDam
from dam_models.whole_numbers import indices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Index = tuple[Ints, Ints]


@dataclass(frozen=True, eq=False)
class CellFaces:
    """Faces between neighbouring cells, each named by the cell north or west of it.

    Parameters
    ----------
    rows, cols : (n,) array_like of int
        Cell of the grid.
    south : (n,) array_like of bool
        True: the face to the cell south of it; False: to the cell east of it.

    Raises
    ------
    InvalidDam
        `field` is `faces`: no faces, lengths that differ, or a face that is named twice.
    """

    rows: Ints
    cols: Ints
    south: NDArray[np.bool_]

    def __init__(self, rows: ArrayLike, cols: ArrayLike, south: ArrayLike) -> None:
        row, col = (np.atleast_1d(indices(part, "faces", InvalidDam, "faces")) for part in (rows, cols))
        down = np.atleast_1d(np.asarray(south, dtype=bool))
        if not row.shape == col.shape == down.shape or row.ndim != 1 or row.size == 0:
            raise InvalidDam("rows, cols and south must have one length, at least 1", field="faces")
        object.__setattr__(self, "rows", row)
        object.__setattr__(self, "cols", col)
        object.__setattr__(self, "south", down)
        if len(self.keys()) < row.size:
            raise InvalidDam("a face is named twice", field="faces")

    @classmethod
    def between(cls, inside: ArrayLike, rows: ArrayLike, cols: ArrayLike) -> "CellFaces":
        """Faces between the cells of a mask and cells beside it.

        With the pool behind a dam and the cells along its crest these close the valley wherever the cells do.

        Parameters
        ----------
        inside : (ny, nx) array_like of bool
            The pool.
        rows, cols : (m,) array_like of int
            Cells outside it; those that touch it nowhere add nothing.
        """
        mask = np.asarray(inside, dtype=bool)
        row, col = (np.atleast_1d(indices(part, "faces", InvalidDam, "faces")) for part in (rows, cols))
        if row.shape != col.shape or row.size == 0:
            raise InvalidDam("rows and cols must have one length, at least 1", field="faces")
        ny, nx = mask.shape
        if ((row < 0) | (row >= ny) | (col < 0) | (col >= nx)).any():
            raise InvalidDam(f"a cell beside the pool lies outside the grid {ny} x {nx}", field="faces")
        if mask[row, col].any():
            raise InvalidDam("the pool contains cells that should lie beside it", field="pool")
        line = np.zeros(mask.shape, dtype=bool)
        line[row, col] = True
        east_r, east_c = np.nonzero((mask[:, :-1] & line[:, 1:]) | (line[:, :-1] & mask[:, 1:]))
        south_r, south_c = np.nonzero((mask[:-1] & line[1:]) | (line[:-1] & mask[1:]))
        if east_r.size + south_r.size == 0:
            raise InvalidDam("the pool touches none of the cells that should lie beside it", field="faces")
        return cls(
            np.concatenate([east_r, south_r]),
            np.concatenate([east_c, south_c]),
            np.arange(east_r.size + south_r.size) >= east_r.size,
        )

    @property
    def count(self) -> int:
        """Number of faces."""
        return int(self.rows.size)

    def keys(self) -> set[tuple[int, int, bool]]:
        """(row, col, south) of every face."""
        return set(zip(self.rows.tolist(), self.cols.tolist(), self.south.tolist(), strict=True))

    def fit(self, shape: tuple[int, ...]) -> bool:
        """Whether both cells of every face lie on a grid."""
        rows, cols = (part + shift for part, shift in zip((self.rows, self.cols), self._step(), strict=True))
        inside = (self.rows >= 0) & (self.cols >= 0) & (rows < shape[0]) & (cols < shape[1])
        return bool(inside.all())

    def cells(self) -> tuple[Index, Index]:
        """Rows and columns of the cells before and after every face."""
        down, right = self._step()
        return (self.rows, self.cols), (self.rows + down, self.cols + right)

    def higher_bed_m(self, bed_m: Floats) -> Floats:
        """The higher of the two beds beside every face, m."""
        first, second = self.cells()
        return np.asarray(np.maximum(bed_m[first], bed_m[second]))

    def _step(self) -> tuple[Ints, Ints]:
        return self.south.astype(np.int64), (~self.south).astype(np.int64)
