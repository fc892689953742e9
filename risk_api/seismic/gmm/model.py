"""What every ground-motion model gives, and how a period between two tabulated ones is found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from risk_api.seismic.gmm.inputs import Floats, Paths, Sites, Sources
from risk_api.seismic.gmm.validity import OutsideRange, Validity, marks
from risk_api.seismic.measures import MEASURES, Measure

Triple = tuple[Floats, Floats, Floats]
"""Mean of ln Y, between-event and within-event standard deviation of ln Y, for one key."""
Tabulated = Callable[[Sequence[float], Sources, Paths, Sites], dict[float, Triple]]


@dataclass(frozen=True)
class Motion:
    """What a model expects.

    Attributes
    ----------
    measures : tuple of Measure
        What the first axis counts.
    mean_ln : ndarray, (n_measures, ...)
        Mean of the natural logarithm of the measure, g or cm/s.
    tau, phi : ndarray, (n_measures, ...)
        Between-event and within-event standard deviation of the logarithm.
    outside : tuple of OutsideRange
        Where the model was asked beyond what its authors say it holds for.
    """

    measures: tuple[Measure, ...]
    mean_ln: Floats
    tau: Floats
    phi: Floats
    outside: tuple[OutsideRange, ...] = ()

    @property
    def sigma(self) -> Floats:
        """Total standard deviation of the logarithm."""
        return np.sqrt(self.tau**2 + self.phi**2)


@dataclass(frozen=True)
class Model:
    """A ground-motion model.

    Attributes
    ----------
    name : str
        Short name, such as "ASK14".
    source : str
        The paper, and where the coefficients come from.
    keys : tuple of float
        Periods in s that stand in its table, with the keys of the peaks.
    tabulated : callable
        The model at some of its keys.
    validity : Validity
        What it holds for.
    """

    name: str
    source: str
    keys: tuple[float, ...]
    tabulated: Tabulated
    validity: Validity

    def __call__(
        self, sources: Sources, paths: Paths, sites: Sites, measures: Iterable[Measure] = MEASURES
    ) -> Motion:
        """Evaluate the model; fields broadcast as NumPy's do.

        A period that the table lacks is taken between its neighbours, ln Y and both deviations linear in the
        logarithm of the period.
        """
        asked = tuple(measures)
        needed = sorted({key for measure in asked for key in self._neighbours(measure.key)})
        found = self.tabulated(needed, sources, paths, sites)
        shape = np.broadcast_shapes(
            sources.magnitude.shape, sources.rake_deg.shape, paths.rrup_km.shape, sites.vs30_m_s.shape
        )
        out = np.empty((3, len(asked), *shape))
        for index, measure in enumerate(asked):
            low, high = self._neighbours(measure.key)
            share = 0.0 if low == high else log(measure.key / low) / log(high / low)
            for part in range(3):
                if share == 0.0:
                    out[part, index] = found[low][part]
                else:
                    out[part, index] = (1.0 - share) * found[low][part] + share * found[high][part]
        outside = marks(self.name, self.validity, sources, paths, sites)
        return Motion(asked, out[0], out[1], out[2], outside)

    def _neighbours(self, key: float) -> tuple[float, float]:
        """The two tabulated keys around one; the same twice where it is tabulated itself."""
        if key in self.keys:
            return key, key
        above = bisect_left(self.keys, key)
        return self.keys[above - 1], self.keys[above]
