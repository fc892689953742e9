"""A discharge in time, as the builders of rain floods and lake outbursts give it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidRelease
from dam_models.release import Release

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hydrograph:
    """Discharge that is linear between its points and zero outside them.

    Attributes
    ----------
    time_s : (k,) float64
        Increasing times, s.
    discharge_m3_s : (k,) float64
        Discharge, m3/s, not negative.
    """

    time_s: Floats
    discharge_m3_s: Floats

    @classmethod
    def triangle(cls, volume_m3: float, peak_m3_s: float, *, rise_share: float = 0.2) -> Self:
        """A triangle of that volume and peak; its base is 2 * volume / peak.

        Parameters
        ----------
        volume_m3, peak_m3_s : float
            Both above zero.
        rise_share : float
            Share of the base that the rise takes, 0 to 1 exclusive.

        Raises
        ------
        InvalidRelease
            `field` names the number that is out of range.
        """
        shape = Release.triangle(([0], [0]), volume_m3, peak_m3_s, rise_share=rise_share)
        return cls(shape.time_s, shape.discharge_m3_s)

    @property
    def volume_m3(self) -> float:
        """All of it, m3."""
        return float(np.trapezoid(self.discharge_m3_s, self.time_s))

    @property
    def peak_m3_s(self) -> float:
        """The largest discharge, m3/s."""
        return float(self.discharge_m3_s.max())

    def with_solids(self, solids_fraction: float) -> Self:
        """The mixture that this water makes with solids: discharge divided by 1 - solids fraction.

        The simple, fixed bulking: all solids are picked up where the flow is released.

        Parameters
        ----------
        solids_fraction : float
            Solids by volume of the mixture, 0 to 0.8.
        """
        if not 0.0 <= solids_fraction <= 0.8:
            raise InvalidRelease(
                f"solids_fraction is {solids_fraction!r}; allowed: 0 to 0.8", field="solids_fraction"
            )
        return type(self)(self.time_s, self.discharge_m3_s / (1.0 - solids_fraction))

    def release(
        self, cells: tuple[ArrayLike, ArrayLike], *, solids_fraction: float | ArrayLike = 0.0
    ) -> Release:
        """Pour it into cells; arguments and errors as for `Release.hydrograph`."""
        return Release.hydrograph(cells, self.time_s, self.discharge_m3_s, solids_fraction=solids_fraction)
