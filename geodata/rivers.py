"""River courses: where they run, how high their bed lies, which river they join."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import UnknownRiver
from geodata.values import Names

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class River:
    """A course from its head downstream.

    Parameters
    ----------
    id, names
    xy : ndarray, shape (n, 2)
        Vertices in the region's metric CRS [m].
    chainage_m : ndarray, shape (n,)
        Distance along the river from its head, strictly growing [m].
    bed_elevation_m : ndarray, shape (n,)
        River bed; never rises downstream outside of `basins` [m].
    joins : tuple of str and float, or None
        Receiving river and the chainage on it where this one ends [m].
    mouth_chainage_m : float or None
        Where the valley opens onto the fan [m].
    basins : tuple of (from_m, to_m)
        Stretches where the terrain is known to hold a closed basin: the bed there is left as the terrain has
        it.
    """

    id: str
    names: Names
    xy: FloatArray
    chainage_m: FloatArray
    bed_elevation_m: FloatArray
    joins: tuple[str, float] | None = None
    mouth_chainage_m: float | None = None
    basins: tuple[tuple[float, float], ...] = ()

    @property
    def length_m(self) -> float:
        """Chainage of the last vertex [m]."""
        return float(self.chainage_m[-1])

    def at(self, chainage_m: float) -> tuple[float, float]:
        """Point of the course at a chainage, the ends beyond them [m]."""
        x = np.interp(chainage_m, self.chainage_m, self.xy[:, 0])
        y = np.interp(chainage_m, self.chainage_m, self.xy[:, 1])
        return float(x), float(y)

    def bed_at(self, chainage_m: float) -> float:
        """Bed elevation at a chainage [m]."""
        return float(np.interp(chainage_m, self.chainage_m, self.bed_elevation_m))

    def direction_at(self, chainage_m: float, over_m: float = 200.0) -> tuple[float, float]:
        """Unit vector downstream, averaged over a stretch so that a kink does not turn a dam."""
        x0, y0 = self.at(max(chainage_m - over_m / 2, float(self.chainage_m[0])))
        x1, y1 = self.at(min(chainage_m + over_m / 2, self.length_m))
        length = float(np.hypot(x1 - x0, y1 - y0))
        return (x1 - x0) / length, (y1 - y0) / length

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Chainage of the nearest point of the course, and how far away it is [m]."""
        start, step = self.xy[:-1], np.diff(self.xy, axis=0)
        square = np.maximum((step**2).sum(axis=1), 1e-12)
        along = np.clip((((np.array([x, y]) - start) * step).sum(axis=1)) / square, 0.0, 1.0)
        foot = start + step * along[:, None]
        distance = np.hypot(foot[:, 0] - x, foot[:, 1] - y)
        i = int(np.argmin(distance))
        chainage = self.chainage_m[i] + along[i] * (self.chainage_m[i + 1] - self.chainage_m[i])
        return float(chainage), float(distance[i])

    def points(self, step_m: float) -> tuple[FloatArray, FloatArray]:
        """Course densified to about `step_m`: points (k, 2) and their chainage (k,), vertices included."""
        count = max(2, int(np.ceil((self.length_m - float(self.chainage_m[0])) / step_m)) + 1)
        chainage = np.union1d(np.linspace(float(self.chainage_m[0]), self.length_m, count), self.chainage_m)
        x = np.interp(chainage, self.chainage_m, self.xy[:, 0])
        y = np.interp(chainage, self.chainage_m, self.xy[:, 1])
        return np.column_stack([x, y]), chainage


def path_downstream(rivers: Mapping[str, River], river_id: str, chainage_m: float) -> list[tuple[str, float]]:
    """Rivers that a flow follows, in order, each with the chainage it enters at [m].

    Raises
    ------
    UnknownRiver
        If the river, or one that it joins, is not among them, or the joins run in a circle.
    """
    path: list[tuple[str, float]] = []
    current, start = river_id, chainage_m
    while True:
        if current not in rivers:
            raise UnknownRiver(f"river {current!r} is not one of {', '.join(rivers)}")
        if any(current == seen for seen, _ in path):
            raise UnknownRiver(f"river {current!r} flows into itself: check its 'joins'")
        path.append((current, start))
        joins = rivers[current].joins
        if joins is None:
            return path
        current, start = joins
