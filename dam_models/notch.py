"""A trapezoidal notch in the crest of a dam: which faces it opens, how far, and the fill that is missing."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from dam_models.breach import Fill
from dam_models.cell_faces import CellFaces

Floats = NDArray[np.float64]

_NOT_REACHED_M = 1e9
_ABOVE_GROUND_M = 1e-3
"""A notch stops this far above the ground: lower, its wall would be gone, and the side of the cell open."""
_LEAST_HEAD_M = 0.01
"""Below this head the shares of a face are those of this head."""
_LEAST_LENGTH_M = 1e-9


def first_face(
    faces: CellFaces,
    pool: NDArray[np.bool_],
    standing: NDArray[np.bool_],
    ground_m: Floats,
    gauge: tuple[int, int],
    where: tuple[int, int] | None,
) -> int | None:
    """The face in which a breach begins; None where there is none at the cell that was asked for.

    Of several that are as near, the one on the lowest ground.
    """
    (first_row, first_col), (second_row, second_col) = faces.cells()
    if where is not None:
        beside = (first_row == where[0]) & (first_col == where[1])
        beside |= (second_row == where[0]) & (second_col == where[1])
        if not (beside & standing).any():
            return None
        distance = np.where(beside & standing, 0.0, np.inf)
    else:
        inside = pool[first_row, first_col]
        row, col = np.where(inside, first_row, second_row), np.where(inside, first_col, second_col)
        distance = np.hypot(row - gauge[0], col - gauge[1]) + np.where(standing, 0.0, np.inf)
    return int(np.lexsort((ground_m, distance))[0]) if standing.any() else None


def distances_along(faces: CellFaces, centre: int, length_m: Floats) -> tuple[Floats, Floats]:
    """Distance along the crest from the middle of a face to the near and to the far end of every face, m.

    The face itself lies from 0 to half its length, on either side. Faces that no chain of faces joins to it
    are far away.
    """
    ends = []
    for row, col, south in zip(faces.rows.tolist(), faces.cols.tolist(), faces.south.tolist(), strict=True):
        start = (row + 1, col) if south else (row, col + 1)
        ends.append((start, (row + 1, col + 1)))
    touching: dict[tuple[int, int], list[int]] = {}
    for face, pair in enumerate(ends):
        for end in pair:
            touching.setdefault(end, []).append(face)
    near, far = (np.full(faces.count, _NOT_REACHED_M) for _ in range(2))
    near[centre], far[centre] = 0.0, 0.5 * length_m[centre]
    waiting = deque((end, centre) for end in ends[centre])
    while waiting:
        end, come_from = waiting.popleft()
        for face in touching[end]:
            if near[face] < _NOT_REACHED_M:
                continue
            near[face] = far[come_from]
            far[face] = near[face] + length_m[face]
            waiting.append((ends[face][0] if ends[face][1] == end else ends[face][1], face))
    return near, far


class Notch:
    """The notch as it is now.

    Parameters
    ----------
    faces : CellFaces
        Faces of the dam, n of them.
    centre : int
        Face in which it begins.
    crest_m, length_m : (n,) float64
        Crest of every face before the breach, m, and the length of crest that it stands for, m.
    fill : Fill
        The body.
    side_slope : float
        Horizontal over vertical.
    """

    def __init__(
        self, faces: CellFaces, centre: int, crest_m: Floats, length_m: Floats, fill: Fill, side_slope: float
    ) -> None:
        self._crest, self._length, self._fill, self._slope = crest_m, length_m, fill, side_slope
        self._near, self._far = distances_along(faces, centre, length_m)
        self._sides = np.where(np.arange(faces.count) == centre, 2.0, 1.0)
        self.bottom_m = float(crest_m[centre])
        self.width_m = 0.0

    def _zones(self, ground_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Depth of the flat part of every face, and how far from the middle it and the sides end."""
        whole = np.maximum(0.0, self._crest - self.bottom_m)
        flat = np.minimum(whole, np.maximum(0.0, self._crest - ground_m - _ABOVE_GROUND_M))
        half = 0.5 * self.width_m
        return flat, half + self._slope * (whole - flat), half + self._slope * whole

    def _pieces(self, flat_to: Floats, side_to: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Per face: length of the flat part; depths where its side begins and ends; length beyond."""
        flat_length = np.maximum(0.0, np.minimum(self._far, flat_to) - self._near)
        beyond = np.maximum(0.0, self._far - np.maximum(self._near, side_to))
        if self._slope == 0.0:
            none = np.zeros_like(flat_length)
            return flat_length, none, none, beyond
        begin, end = (np.clip(at, flat_to, side_to) for at in (self._near, self._far))
        return flat_length, (side_to - begin) / self._slope, (side_to - end) / self._slope, beyond

    def eroded_m3(self, ground_m: Floats) -> float:
        """Body of the dam that is missing, m3; grows with the width and with the depth."""
        flat, flat_to, side_to = self._zones(ground_m)
        length, deep, shallow, _ = self._pieces(flat_to, side_to)
        wide = 0.5 * self._fill.crest_width_m
        steep = (self._fill.upstream_slope + self._fill.downstream_slope) / 6.0
        side = deep**2 * (wide + steep * deep) - shallow**2 * (wide + steep * shallow)
        return float((self._sides * (length * self._fill.section_m2(flat) + self._slope * side)).sum())

    def opened(self, ground_m: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Which faces it has reached, and the crest that each has now, m."""
        flat, _, side_to = self._zones(ground_m)
        depth = flat.copy()
        if self._slope > 0.0:
            depth = np.clip((side_to - self._near) / self._slope, 0.0, flat)
        reached = (self._near < side_to) & (depth > 0.0)
        return reached, np.where(reached, self._crest - depth, self._crest)

    def shares(self, level_m: Floats, ground_m: Floats) -> tuple[Floats, Floats]:
        """Length with which each face, at its lowest crest, passes what notch and crest pass together, m.

        By the weir law for the depth over every part of the face. Second: the part of it that is the notch.

        Parameters
        ----------
        level_m : (n,) float64
            Surface beside every face, m.
        """
        flat, flat_to, side_to = self._zones(ground_m)
        length, deep, shallow, beyond = self._pieces(flat_to, side_to)
        crest = self.opened(ground_m)[1]
        head = np.maximum(_LEAST_HEAD_M, level_m - crest)
        over_crest = head - (self._crest - crest)
        begin, end, floor = (np.maximum(0.0, over_crest + depth) for depth in (deep, shallow, flat))
        notch = length * floor**1.5 + self._slope * 0.4 * (begin**2.5 - end**2.5)
        rest = beyond * np.maximum(0.0, over_crest) ** 1.5
        passing = np.maximum(self._sides * (notch + rest) / head**1.5, _LEAST_LENGTH_M)
        return passing, self._sides * notch / head**1.5

    def widths_m(self, ground_m: Floats) -> tuple[float, float, float]:
        """Bottom, top and mean width as far as there is a dam, m."""
        flat, flat_to, side_to = self._zones(ground_m)
        length, deep, shallow, _ = self._pieces(flat_to, side_to)
        there = self._sides * (flat > 0.0)
        bottom = there * np.clip(0.5 * self.width_m - self._near, 0.0, self._far - self._near)
        top = there * np.clip(side_to - self._near, 0.0, self._far - self._near)
        area = (self._sides * (length * flat + self._slope * 0.5 * (deep**2 - shallow**2))).sum()
        deepest = float(flat[self._near < side_to].max(initial=0.0))
        return float(bottom.sum()), float(top.sum()), float(area / deepest) if deepest > 0.0 else 0.0

    def bottom_faces(self) -> NDArray[np.bool_]:
        """Faces that the bottom of the notch has reached."""
        return self._near < max(0.5 * self.width_m, 1e-9)

    def dig_for(self, volume_m3: float, width_m: float, lowest_m: float, ground_m: Floats) -> None:
        """Set the width, and the depth at which just this volume is missing, or the lowest bottom."""
        self.width_m = width_m
        top, bottom = float(self._crest[self._near == 0.0][0]), lowest_m
        for _ in range(60):
            self.bottom_m = 0.5 * (top + bottom)
            if self.eroded_m3(ground_m) > volume_m3:
                bottom = self.bottom_m
            else:
                top = self.bottom_m
        self.bottom_m = top
