"""Where the flow comes from: a pool at rest, or a hydrograph poured into cells."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidRelease
from dam_models.whole_numbers import indices

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Release:
    """A source of material; make one with `pool`, `hydrograph` or `triangle`.

    Attributes
    ----------
    depth_m : (ny, nx) float64 or None
        Depth at rest at the start.
    rows, cols : (n,) int64
        Cells that the hydrograph is shared over, equally.
    time_s, discharge_m3_s : (k,) float64
        Hydrograph, linear between its points, zero outside them.
    solids_fraction : float or (k,) float64
        Solids by volume in what is released, 0 to 0.8; where it is a table, at the times of the hydrograph
        and linear between them.
    """

    depth_m: Floats | None
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    time_s: Floats
    discharge_m3_s: Floats
    solids_fraction: float | Floats = 0.0

    @classmethod
    def pool(cls, depth_m: ArrayLike, *, solids_fraction: float = 0.0) -> Self:
        """Material at rest at the start of the run.

        Parameters
        ----------
        depth_m : (ny, nx) array_like
            Vertical depth, m, finite, not negative, above 0 somewhere.
        solids_fraction : float
            Solids by volume, 0 to 0.8.
        """
        depth = np.array(depth_m, dtype=np.float64)
        if depth.ndim != 2 or not np.isfinite(depth).all() or (depth < 0.0).any():
            raise InvalidRelease("depth_m must be a finite, non-negative (ny, nx) array", field="depth_m")
        if not (depth > 0.0).any():
            raise InvalidRelease("depth_m holds no volume", field="depth_m")
        none = np.empty(0, dtype=np.int64)
        return cls(depth, none, none, np.empty(0), np.empty(0), _solids(solids_fraction))

    @classmethod
    def hydrograph(
        cls,
        cells: tuple[ArrayLike, ArrayLike],
        time_s: ArrayLike,
        discharge_m3_s: ArrayLike,
        *,
        solids_fraction: float | ArrayLike = 0.0,
    ) -> Self:
        """A discharge poured into cells.

        Parameters
        ----------
        cells : (rows, cols)
            Whole indices of the receiving cells; the discharge is shared equally.
        time_s : (k,) array_like
            Increasing times, s from the start of the run, k at least 2.
        discharge_m3_s : (k,) array_like
            Discharge of the mixture, m3/s, finite and not negative, above 0 somewhere.
        solids_fraction : float or (k,) array_like
            Solids by volume, 0 to 0.8; a table gives a muddy front and a watery tail.
        """
        rows, cols = (np.atleast_1d(indices(axis, "cells", InvalidRelease, "cells")) for axis in cells)
        time = np.asarray(time_s, dtype=np.float64)
        discharge = np.asarray(discharge_m3_s, dtype=np.float64)
        if rows.ndim != 1 or rows.shape != cols.shape or rows.size == 0:
            raise InvalidRelease("cells must be two index arrays of one length, at least 1", field="cells")
        if np.unique(np.column_stack([rows, cols]), axis=0).shape[0] != rows.size:
            raise InvalidRelease("cells names a cell twice", field="cells")
        if time.ndim != 1 or time.shape != discharge.shape or time.size < 2:
            raise InvalidRelease("time_s and discharge_m3_s must be two tables of one length", field="time_s")
        if not np.isfinite(time).all() or (np.diff(time) <= 0.0).any() or time[0] < 0.0:
            raise InvalidRelease("time_s must be finite, not negative and increasing", field="time_s")
        if not np.isfinite(discharge).all() or (discharge < 0.0).any():
            raise InvalidRelease("discharge_m3_s must be finite and not negative", field="discharge_m3_s")
        if not (discharge > 0.0).any():
            raise InvalidRelease("discharge_m3_s carries no volume", field="discharge_m3_s")
        return cls(None, rows, cols, time, discharge, _solids_table(solids_fraction, time.size))

    @classmethod
    def triangle(
        cls,
        cells: tuple[ArrayLike, ArrayLike],
        volume_m3: float,
        peak_m3_s: float,
        *,
        rise_share: float = 0.2,
        solids_fraction: float | ArrayLike = 0.0,
    ) -> Self:
        """A triangular hydrograph that carries `volume_m3`: its base is 2 * volume / peak.

        Parameters
        ----------
        cells : (rows, cols)
            As in `hydrograph`.
        volume_m3, peak_m3_s : float
            Both above zero.
        rise_share : float
            Share of the base that the rise takes, 0 to 1 exclusive.
        solids_fraction : float or (3,) array_like
            Solids by volume, 0 to 0.8; three values hold at start, peak and end.
        """
        for field, value in (("volume_m3", volume_m3), ("peak_m3_s", peak_m3_s)):
            if not (np.isfinite(value) and value > 0.0):
                raise InvalidRelease(f"{field} is {value!r}; it must be finite and above 0", field=field)
        if not 0.0 < rise_share < 1.0:
            raise InvalidRelease(
                f"rise_share is {rise_share!r}; allowed: 0 to 1 exclusive", field="rise_share"
            )
        base_s = 2.0 * volume_m3 / peak_m3_s
        return cls.hydrograph(
            cells, [0.0, rise_share * base_s, base_s], [0.0, peak_m3_s, 0.0], solids_fraction=solids_fraction
        )

    @property
    def end_s(self) -> float:
        """Time after which nothing more is released, s."""
        return float(self.time_s[-1]) if self.time_s.size else 0.0

    def volume_until(self, time_s: float) -> float:
        """Volume that the hydrograph has poured by `time_s`, m3, exact for its linear pieces."""
        return float(self._volumes_until(np.array([time_s]))[0])

    def _volumes_until(self, times_s: Floats) -> Floats:
        if self.time_s.size == 0:
            return np.zeros(times_s.size)
        pieces = 0.5 * np.diff(self.time_s) * (self.discharge_m3_s[:-1] + self.discharge_m3_s[1:])
        before = np.concatenate([[0.0], np.cumsum(pieces)])
        time = np.clip(times_s, self.time_s[0], self.time_s[-1])
        piece = np.clip(np.searchsorted(self.time_s, time, side="right") - 1, 0, pieces.size - 1)
        discharge = np.interp(time, self.time_s, self.discharge_m3_s)
        mean = 0.5 * (self.discharge_m3_s[piece] + discharge)
        return np.asarray(before[piece] + (time - self.time_s[piece]) * mean)

    def poured_between(self, times_s: Floats) -> tuple[Floats, Floats]:
        """Volumes that the hydrograph pours between times, m3, and their solids fractions.

        Parameters
        ----------
        times_s : (n,) float64
            Not decreasing, s.

        Returns
        -------
        tuple of (n - 1,) float64
        """
        if isinstance(self.solids_fraction, float):
            volumes = np.diff(self._volumes_until(times_s))
            return np.maximum(0.0, volumes), np.full(volumes.size, self.solids_fraction)
        parts = [self.poured(start, end) for start, end in pairwise(times_s.tolist())]
        volumes, fractions = np.array(parts).T
        return np.maximum(0.0, volumes), fractions

    def poured(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Volume that the hydrograph pours from `start_s` to `end_s`, m3, and its solids fraction.

        The volume is the difference of `volume_until`, so that intervals add up to the whole.
        """
        volume = self.volume_until(end_s) - self.volume_until(start_s)
        if isinstance(self.solids_fraction, float):
            return volume, self.solids_fraction
        first, last = max(start_s, float(self.time_s[0])), min(end_s, self.end_s)
        inside = (self.time_s > first) & (self.time_s < last)
        time = np.concatenate([[first], self.time_s[inside], [last]])
        length = np.diff(time)
        discharge = np.interp(time, self.time_s, self.discharge_m3_s)
        solids = np.interp(time, self.time_s, self.solids_fraction)
        # Both are linear between these times: the mean of their product is exact by Simpson's rule.
        mixture = length * (discharge[:-1] + discharge[1:]) / 2.0
        middle = (discharge[:-1] + discharge[1:]) * (solids[:-1] + solids[1:])
        carried = length * (discharge[:-1] * solids[:-1] + middle + discharge[1:] * solids[1:]) / 6.0
        if volume <= 0.0 or mixture.sum() <= 0.0:
            return volume, float(solids[0])
        share = float(carried.sum() / mixture.sum())
        return volume, min(max(share, float(solids.min())), float(solids.max()))


def _solids(fraction: float) -> float:
    if not 0.0 <= fraction <= 0.8:
        raise InvalidRelease(f"solids_fraction is {fraction!r}; allowed: 0 to 0.8", field="solids_fraction")
    return float(fraction)


def _solids_table(fraction: float | ArrayLike, size: int) -> float | Floats:
    """One number, or one for each time of the hydrograph."""
    table = np.asarray(fraction, dtype=np.float64)
    if table.ndim == 0:
        return _solids(float(table))
    if table.shape != (size,):
        raise InvalidRelease(
            f"solids_fraction has {table.size} values, the hydrograph {size}", field="solids_fraction"
        )
    if not ((table >= 0.0) & (table <= 0.8)).all():
        raise InvalidRelease("solids_fraction leaves 0 to 0.8 or holds NaN", field="solids_fraction")
    return table.copy()
