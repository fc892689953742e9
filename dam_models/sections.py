"""Lines across the flow through which discharge and volume are counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidParameter

if TYPE_CHECKING:
    from dam_models.cell_faces import CellFaces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FaceSet:
    """Faces in groups, in the padded indices that the kernel uses; `sign` makes the wanted way positive."""

    rows: Ints
    cols: Ints
    down: NDArray[np.uint8]
    sign: Floats
    group: Ints
    groups: int

    @classmethod
    def concatenate(cls, parts: Iterable["FaceSet"]) -> "FaceSet":
        """Join face sets; the groups of each follow those of the one before."""
        joined = list(parts)
        if not joined:
            empty = np.empty(0, dtype=np.int64)
            return cls(empty, empty, np.empty(0, np.uint8), np.empty(0), empty, 0)
        offsets = np.cumsum([0] + [part.groups for part in joined])
        return cls(
            np.concatenate([part.rows for part in joined]),
            np.concatenate([part.cols for part in joined]),
            np.concatenate([part.down for part in joined]),
            np.concatenate([part.sign for part in joined]),
            np.concatenate([part.group + offset for part, offset in zip(joined, offsets[:-1], strict=True)]),
            int(offsets[-1]),
        )


def faces_around(mask: ArrayLike, apart: "CellFaces") -> FaceSet:
    """Faces between the cells of a mask and all else, positive outwards, in two groups.

    Where the mask reaches the edge of the grid the side of the grid is among them.

    Parameters
    ----------
    mask : (ny, nx) array_like of bool
        The enclosed cells.
    apart : CellFaces
        Those of them that make the second group.
    """
    inside = np.pad(np.asarray(mask, dtype=bool), 1)
    east_r, east_c = np.nonzero(inside[:, :-1] != inside[:, 1:])
    south_r, south_c = np.nonzero(inside[:-1, :] != inside[1:, :])
    east_first = inside[east_r, east_c]
    south_first = inside[south_r, south_c]
    second = np.zeros((2, *inside.shape), dtype=np.int64)
    second[apart.south.astype(np.int64), apart.rows + 1, apart.cols + 1] = 1
    group = np.concatenate([second[0, east_r, east_c], second[1, south_r, south_c]])
    return FaceSet(
        rows=np.concatenate([east_r, south_r]),
        cols=np.concatenate([east_c, south_c]),
        down=np.concatenate([np.zeros(east_r.size, np.uint8), np.ones(south_r.size, np.uint8)]),
        sign=np.concatenate([np.where(east_first, 1.0, -1.0), np.where(south_first, 1.0, -1.0)]),
        group=group,
        groups=2,
    )


@dataclass(frozen=True, eq=False)
class Section:
    """A cross-section: the boundary of a set of cells, cut where a second set touches it.

    Parameters
    ----------
    name : str
        Name used in the record.
    upstream, downstream : (ny, nx) bool
        Discharge is counted through the faces between a cell of `upstream` and a cell of `downstream`.
    """

    name: str
    upstream: NDArray[np.bool_]
    downstream: NDArray[np.bool_]

    @classmethod
    def across_rows(cls, name: str, shape: tuple[int, int], row: int) -> "Section":
        """Section between `row` and the row south of it, positive southwards."""
        if not 0 <= row < shape[0] - 1:
            raise InvalidParameter(f"section {name}: row {row} is outside the grid", field="row")
        index = np.arange(shape[0])[:, None] * np.ones(shape[1], dtype=int)
        return cls(name, index == row, index == row + 1)

    @classmethod
    def across_cols(cls, name: str, shape: tuple[int, int], col: int) -> "Section":
        """Section between `col` and the column east of it, positive eastwards."""
        if not 0 <= col < shape[1] - 1:
            raise InvalidParameter(f"section {name}: col {col} is outside the grid", field="col")
        index = np.ones(shape[0], dtype=int)[:, None] * np.arange(shape[1])
        return cls(name, index == col, index == col + 1)

    def faces(self) -> FaceSet:
        """The faces of the section as one group."""
        up, down = np.asarray(self.upstream, bool), np.asarray(self.downstream, bool)
        parts = []
        for first, second, sign in ((up, down, 1.0), (down, up, -1.0)):
            east_r, east_c = np.nonzero(first[:, :-1] & second[:, 1:])
            south_r, south_c = np.nonzero(first[:-1, :] & second[1:, :])
            parts.append((east_r, east_c, 0, sign))
            parts.append((south_r, south_c, 1, sign))
        rows = np.concatenate([part[0] for part in parts]) + 1
        if rows.size == 0:
            raise InvalidParameter(
                f"section {self.name}: upstream and downstream cells do not touch", field="sections"
            )
        return FaceSet(
            rows=rows.astype(np.int64),
            cols=(np.concatenate([part[1] for part in parts]) + 1).astype(np.int64),
            down=np.concatenate([np.full(part[0].size, part[2], np.uint8) for part in parts]),
            sign=np.concatenate([np.full(part[0].size, part[3]) for part in parts]),
            group=np.zeros(rows.size, dtype=np.int64),
            groups=1,
        )


@dataclass(frozen=True, eq=False)
class SectionRecord:
    """Discharge through a section.

    Attributes
    ----------
    name : str
        The section.
    time_s, discharge_m3_s : (k,) float64
        Mean discharge over the interval that ends at the time.
    volume_m3, peak_m3_s : float
        Net volume, and the largest discharge of any single step.
    """

    name: str
    time_s: Floats
    discharge_m3_s: Floats
    volume_m3: float
    peak_m3_s: float
