"""How often earthquakes of each magnitude occur: from a slip rate, or from counts."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHEAR_MODULUS_PA: Final = 3.3e10


def moment_nm(magnitude: Floats) -> Floats:
    """Seismic moment, N m: Hanks and Kanamori (1979)."""
    return np.asarray(10.0 ** (1.5 * magnitude + 9.05))


def magnitude_bins(lowest: float, largest: float, step: float) -> tuple[Floats, Floats]:
    """Lower edges and centres of equal bins that fill a range of magnitudes, each about `step` wide."""
    count = max(1, round((largest - lowest) / step))
    edges = np.linspace(lowest, largest, count + 1)
    return edges, 0.5 * (edges[1:] + edges[:-1])


def rates_from_counts(edges: Floats, rate_from_5: float, b: float) -> Floats:
    """Yearly rates of bins under the law of Gutenberg and Richter, cut off at the last edge.

    Parameters
    ----------
    edges : ndarray, (n + 1,)
        Edges of the bins, ascending.
    rate_from_5 : float
        Earthquakes of magnitude 5 and more a year that the law without its end would have.
    b : float
        Its slope.
    """
    above = rate_from_5 * 10.0 ** (-b * (edges - 5.0))
    return np.asarray(above[:-1] - above[1:])


def rates_from_slip(
    edges: Floats,
    area_m2: float,
    slip_m_yr: float,
    *,
    coupling: float,
    characteristic_share: float,
    characteristic_width: float,
    b: float,
) -> Floats:
    """Yearly rates of bins that release the moment that a fault gathers.

    One share of the moment goes into the largest earthquakes, equally many in every bin within
    `characteristic_width` of the end; the rest follows Gutenberg and Richter over all bins. A hybrid in the
    manner of Youngs and Coppersmith (1985); the shares are this project's choice.

    Parameters
    ----------
    edges : ndarray, (n + 1,)
        Edges of the bins, ascending to the largest magnitude of the fault.
    area_m2, slip_m_yr : float
        Area of the fault and its net slip rate.
    coupling : float
        Share of the slip that earthquakes release, 0 to 1.
    """
    centres = 0.5 * (edges[1:] + edges[:-1])
    gathered = SHEAR_MODULUS_PA * area_m2 * slip_m_yr * coupling
    moments = moment_nm(centres)
    largest = (centres > edges[-1] - characteristic_width).astype(np.float64)
    shape = 10.0 ** (-b * centres)
    characteristic = largest * characteristic_share * gathered / float(largest @ moments)
    rest = shape * (1.0 - characteristic_share) * gathered / float(shape @ moments)
    return np.asarray(characteristic + rest)
