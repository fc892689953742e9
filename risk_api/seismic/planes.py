"""Rectangular planes, as arrays: what distances are measured to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Planes:
    """Rectangles in a flat frame, all arrays of shape (n,).

    Attributes
    ----------
    x_km, y_km : ndarray
        Where the upper edge begins, km east and north; the plane dips to the right of its strike.
    strike_deg, dip_deg : ndarray
        Azimuth of the upper edge, and dip, degrees.
    top_depth_km : ndarray
        Depth of the upper edge, km.
    length_km, width_km : ndarray
        Along strike and down dip, km.
    """

    x_km: Floats
    y_km: Floats
    strike_deg: Floats
    dip_deg: Floats
    top_depth_km: Floats
    length_km: Floats
    width_km: Floats

    def __len__(self) -> int:
        return len(self.x_km)

    def along_and_across(self, x_km: Floats, y_km: Floats) -> tuple[Floats, Floats]:
        """Coordinates of sites along strike and across it, to the right, from each upper edge's beginning.

        Parameters
        ----------
        x_km, y_km : ndarray, (n_sites,)
            Sites in the same frame, km.

        Returns
        -------
        along_km, across_km : ndarray, (n, n_sites)
        """
        strike = np.radians(self.strike_deg)[:, None]
        east, north = x_km[None, :] - self.x_km[:, None], y_km[None, :] - self.y_km[:, None]
        sine, cosine = np.sin(strike), np.cos(strike)
        return east * sine + north * cosine, east * cosine - north * sine
