"""How much a bowl holds up to a level: the stage-storage curve."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidDam

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StorageCurve:
    """Volume below a level, linear between the points of a table.

    On a grid that is no approximation: between the beds of two cells the flooded area does not change, so
    that a table with a point at every bed gives the volume of the cells below a level exactly. Above the last
    point the sides are taken as vertical.

    Parameters
    ----------
    level_m : (k,) array_like
        Elevations, m, finite and increasing, 2 or more; the first is the bottom of the bowl.
    volume_m3 : (k,) array_like
        Volume below each, m3, from 0 and increasing.

    Raises
    ------
    InvalidDam
        If the table is not one of a bowl; `field` names the column.
    """

    level_m: Floats
    volume_m3: Floats

    def __init__(self, level_m: ArrayLike, volume_m3: ArrayLike) -> None:
        level = np.array(level_m, dtype=np.float64)
        volume = np.array(volume_m3, dtype=np.float64)
        if level.ndim != 1 or level.size < 2 or volume.shape != level.shape:
            raise InvalidDam(
                "level_m and volume_m3 must be two tables of one length, 2 or more", field="level_m"
            )
        for field, table in (("level_m", level), ("volume_m3", volume)):
            if not np.isfinite(table).all() or (np.diff(table) <= 0.0).any():
                raise InvalidDam(f"{field} must be finite and increase", field=field)
        if volume[0] != 0.0:
            raise InvalidDam(f"volume_m3 begins at {volume[0]:g}; it must begin at 0", field="volume_m3")
        object.__setattr__(self, "level_m", level)
        object.__setattr__(self, "volume_m3", volume)

    @classmethod
    def from_bed(cls, bed_m: ArrayLike, pool: ArrayLike, cell_size_m: float, crest_m: float) -> Self:
        """The curve of a bowl on a grid, up to the crest.

        Parameters
        ----------
        bed_m : (ny, nx) array_like
            Elevation of the bed, m.
        pool : (ny, nx) array_like of bool
            Cells of the bowl.
        cell_size_m : float
            Side of a cell, m, above 0.
        crest_m : float
            Level at which the curve ends, m, above the lowest bed of the bowl.

        Raises
        ------
        InvalidDam
            `field` names the argument.
        """
        bed, cells = np.asarray(bed_m, dtype=np.float64), np.asarray(pool, dtype=bool)
        if cells.shape != bed.shape or not cells.any():
            raise InvalidDam(f"pool must mark cells of the bed, shape {bed.shape}", field="pool")
        if not (np.isfinite(cell_size_m) and cell_size_m > 0.0):
            raise InvalidDam(f"cell_size_m is {cell_size_m!r}; it must be above 0", field="cell_size_m")
        beds, counts = np.unique(bed[cells], return_counts=True)
        if not (np.isfinite(beds).all() and np.isfinite(crest_m) and crest_m > beds[0]):
            raise InvalidDam(
                f"crest_m is {crest_m!r}; it must lie above the bed of the bowl, {beds[0]:g} m",
                field="crest_m",
            )
        below = beds < crest_m
        level = np.append(beds[below], crest_m)
        area = np.cumsum(counts[below]) * cell_size_m**2
        return cls(level, np.concatenate([[0.0], np.cumsum(area * np.diff(level))]))

    @property
    def bottom_m(self) -> float:
        """Lowest point of the bowl, m."""
        return float(self.level_m[0])

    @property
    def top_m(self) -> float:
        """Level at which the table ends, m."""
        return float(self.level_m[-1])

    @property
    def capacity_m3(self) -> float:
        """Volume up to the end of the table, m3."""
        return float(self.volume_m3[-1])

    def area_at(self, level_m: ArrayLike) -> Floats:
        """Area that is flooded at levels, m2, in their shape; 0 at the bottom and below it.

        At a point of the table it is that of the part below it: what is still dry there does not count.
        """
        areas = np.diff(self.volume_m3) / np.diff(self.level_m)
        after = np.searchsorted(self.level_m, np.asarray(level_m, dtype=np.float64), side="left")
        return np.asarray(np.where(after == 0, 0.0, areas[np.clip(after - 1, 0, areas.size - 1)]))

    def volume_at(self, level_m: ArrayLike) -> Floats:
        """Volume below levels, m3, in their shape; 0 below the bottom."""
        level = np.asarray(level_m, dtype=np.float64)
        above = np.maximum(0.0, level - self.top_m) * self._top_area_m2
        return np.asarray(np.interp(level, self.level_m, self.volume_m3) + above)

    def level_at(self, volume_m3: ArrayLike) -> Floats:
        """Level to which volumes fill the bowl, m, in their shape.

        Raises
        ------
        InvalidDam
            If a volume is negative.
        """
        volume = np.asarray(volume_m3, dtype=np.float64)
        if not (volume >= 0.0).all():
            raise InvalidDam("volume_m3 must not be negative", field="volume_m3")
        above = np.maximum(0.0, volume - self.capacity_m3) / self._top_area_m2
        return np.asarray(np.interp(volume, self.volume_m3, self.level_m) + above)

    @property
    def _top_area_m2(self) -> float:
        return float((self.volume_m3[-1] - self.volume_m3[-2]) / (self.level_m[-1] - self.level_m[-2]))

    def up_to(self, crest_m: float) -> Self:
        """The same bowl up to another level: cut there, or with vertical sides up to it.

        Raises
        ------
        InvalidDam
            If the level does not lie above the bottom.
        """
        if not (np.isfinite(crest_m) and crest_m > self.bottom_m):
            raise InvalidDam(
                f"crest_m is {crest_m!r}; it must lie above the bottom, {self.bottom_m:g} m", field="crest_m"
            )
        below = self.level_m < crest_m
        return type(self)(
            np.append(self.level_m[below], crest_m), np.append(self.volume_m3[below], self.volume_at(crest_m))
        )

    def scaled_to(self, capacity_m3: float) -> Self:
        """The curve with every volume in the same proportion, so that it ends at a published capacity.

        The shape stays that of the terrain: what is published is one number.

        Raises
        ------
        InvalidDam
            If the capacity is not above 0.
        """
        if not (np.isfinite(capacity_m3) and capacity_m3 > 0.0):
            raise InvalidDam(f"capacity_m3 is {capacity_m3!r}; it must be above 0", field="capacity_m3")
        return type(self)(self.level_m, self.volume_m3 * (capacity_m3 / self.capacity_m3))

    def thinned(self, points: int = 25) -> Self:
        """A table of few points, evenly spaced in level, for drawing; ends and capacity stay."""
        if points < 2:
            raise InvalidDam(f"points is {points!r}; it must be 2 or more", field="points")
        if points >= self.level_m.size:
            return self
        level = np.linspace(self.bottom_m, self.top_m, points)
        volume = self.volume_at(level)
        volume[-1] = self.capacity_m3
        return type(self)(level, volume)
