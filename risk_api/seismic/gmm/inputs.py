"""What a ground-motion model is told of the earthquake, of the way to the site, and of the site."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import beyond, misfit

Floats = NDArray[np.float64]

#: Field: lowest and highest value that means anything at all; models are valid in less (`validity`).
_SENSE: Final = {
    "magnitude": (0.0, 10.0),
    "rake_deg": (-180.0, 180.0),
    "dip_deg": (0.1, 90.0),
    "top_depth_km": (0.0, 100.0),
    "width_km": (1e-3, 1000.0),
    "hypocentre_depth_km": (0.0, 700.0),
    "rrup_km": (0.0, 20100.0),
    "rjb_km": (0.0, 20100.0),
    "rx_km": (-20100.0, 20100.0),
    "ry0_km": (0.0, 20100.0),
    "vs30_m_s": (50.0, 5000.0),
    "z1p0_km": (0.0, 20.0),
    "z2p5_km": (0.0, 50.0),
}
_MAY_BE_NAN: Final = frozenset({"z1p0_km", "z2p5_km"})


def _checked(owner: object) -> None:
    """Turn every field into an array of float64 and refuse what cannot be."""
    for each in fields(owner):  # type: ignore[arg-type]
        if each.name not in _SENSE:
            continue
        values = np.asarray(getattr(owner, each.name), dtype=np.float64)
        low, high = _SENSE[each.name]
        good = (values >= low) & (values <= high)
        if each.name in _MAY_BE_NAN:
            good |= np.isnan(values)
        if not good.all():
            worst = float(values[~good].flat[0])
            raise beyond(each.name, worst, low, high)
        object.__setattr__(owner, each.name, values)


@dataclass(frozen=True)
class Sources:
    """One rupture or many; every field broadcasts with the paths, so many ruptures have the shape (n, 1).

    Attributes
    ----------
    magnitude : ndarray
        Moment magnitude.
    rake_deg : ndarray
        Rake, -180 to 180 degrees; 90 is a thrust, 0 and 180 are strike-slip.
    dip_deg : ndarray
        Dip, above 0 to 90 degrees.
    top_depth_km : ndarray
        Depth of the rupture's upper edge, km.
    width_km : ndarray
        Down-dip width, km.
    hypocentre_depth_km : ndarray
        Depth of the hypocentre, km.
    """

    magnitude: Floats
    rake_deg: Floats
    dip_deg: Floats
    top_depth_km: Floats
    width_km: Floats
    hypocentre_depth_km: Floats

    def __post_init__(self) -> None:
        _checked(self)

    @classmethod
    def of(
        cls,
        magnitude: ArrayLike,
        rake_deg: ArrayLike,
        dip_deg: ArrayLike,
        top_depth_km: ArrayLike,
        width_km: ArrayLike,
        hypocentre_depth_km: ArrayLike,
    ) -> Sources:
        """Sources from anything that NumPy reads as numbers."""
        given = (magnitude, rake_deg, dip_deg, top_depth_km, width_km, hypocentre_depth_km)
        return cls(*(np.asarray(values, dtype=np.float64) for values in given))

    @property
    def is_reverse(self) -> Floats:
        """1 for reverse and reverse-oblique faulting, 30 to 150 degrees of rake, else 0."""
        return np.asarray((self.rake_deg >= 30.0) & (self.rake_deg <= 150.0), dtype=np.float64)

    def is_normal(self, shallowest_rake_deg: float) -> Floats:
        """1 for normal faulting, else 0; models differ in how oblique it may be.

        Parameters
        ----------
        shallowest_rake_deg : float
            Rakes within this of -90 degrees count.
        """
        return np.asarray(np.abs(self.rake_deg + 90.0) <= shallowest_rake_deg, dtype=np.float64)


@dataclass(frozen=True)
class Paths:
    """Distances from ruptures to sites, of one shape: (n_sites,) or (n_ruptures, n_sites).

    Attributes
    ----------
    rrup_km : ndarray
        Shortest distance to the rupture, km.
    rjb_km : ndarray
        Shortest horizontal distance to the rupture's surface projection, km.
    rx_km : ndarray
        Horizontal distance across strike from the upper edge, km; positive on the hanging wall.
    ry0_km : ndarray
        Horizontal distance along strike off the rupture's ends, km; 0 beside it.
    """

    rrup_km: Floats
    rjb_km: Floats
    rx_km: Floats
    ry0_km: Floats

    def __post_init__(self) -> None:
        _checked(self)

    @property
    def hanging_wall(self) -> Floats:
        """1 on the hanging wall, else 0."""
        return np.asarray(self.rx_km >= 0.0, dtype=np.float64)


@dataclass(frozen=True)
class Sites:
    """Ground under the sites, shape (n_sites,) or anything that broadcasts with the paths.

    Attributes
    ----------
    vs30_m_s : ndarray
        Mean shear-wave velocity of the upper 30 m, m/s.
    z1p0_km : ndarray
        Depth to 1 km/s, km; NaN means: what each model expects for this vs30.
    z2p5_km : ndarray
        Depth to 2.5 km/s, km; NaN likewise.
    vs30_measured : bool
        Whether vs30 was measured on the spot; a proxy adds variability in ASK14 and CY14.
    """

    vs30_m_s: Floats
    z1p0_km: Floats
    z2p5_km: Floats
    vs30_measured: bool = False

    def __post_init__(self) -> None:
        _checked(self)

    @classmethod
    def of(
        cls,
        vs30_m_s: ArrayLike,
        z1p0_km: ArrayLike = np.nan,
        z2p5_km: ArrayLike = np.nan,
        *,
        measured: bool = False,
    ) -> Sites:
        """Sites of which perhaps only vs30 is known."""
        vs30, z1p0, z2p5 = (np.asarray(values, dtype=np.float64) for values in (vs30_m_s, z1p0_km, z2p5_km))
        return cls(vs30, z1p0, z2p5, measured)

    def on(self, shape: tuple[int, ...]) -> Sites:
        """Give the same ground for sites of a shape, as one row; a figure for all sites stays one.

        Raises
        ------
        BadSeismicInput
            If a field has neither that shape nor a single value.
        """
        rows = []
        for name in ("vs30_m_s", "z1p0_km", "z2p5_km"):
            values: Floats = getattr(self, name)
            if values.ndim and values.shape != shape:
                raise misfit(name)
            rows.append(values.ravel() if values.ndim else values)
        return Sites(rows[0], rows[1], rows[2], self.vs30_measured)

    def part(self, chosen: slice) -> Sites:
        """Some sites of a row; a figure for all sites stays one."""
        fields = (self.vs30_m_s, self.z1p0_km, self.z2p5_km)
        rows = [values[chosen] if values.ndim else values for values in fields]
        return Sites(rows[0], rows[1], rows[2], self.vs30_measured)
