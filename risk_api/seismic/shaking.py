"""Shaking of one earthquake at sites or on a grid: what is expected, how uncertain it is, and why."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.distances import distances
from risk_api.seismic.errors import BadSeismicInput, ModelRangeWarning, beyond, misfit
from risk_api.seismic.gmm import MODELS, Motion, OutsideRange, Sites
from risk_api.seismic.intensity import IntensityScale, intensity
from risk_api.seismic.measures import MEASURES, Measure
from risk_api.seismic.mixture import probability_below, quantile
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.weights import checked_weights

Floats = NDArray[np.float64]
PERCENTILES: Final = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Shaking:
    """What several models together expect of one earthquake at every site.

    Attributes
    ----------
    measures : tuple of Measure
        What the axis before the sites counts.
    models : tuple of str
        Models with a weight.
    weights : ndarray, (n_models,)
        Their shares, which sum to 1.
    mean_ln, tau, phi : ndarray, (n_models, n_measures, *sites)
        Mean of ln of the measure (g or cm/s), between-event and within-event standard deviation.
    outside : tuple of OutsideRange
        Where a model, or the relation that sized the rupture, was asked beyond its range.
    """

    measures: tuple[Measure, ...]
    models: tuple[str, ...]
    weights: Floats
    mean_ln: Floats
    tau: Floats
    phi: Floats
    outside: tuple[OutsideRange, ...]

    @cached_property
    def sigma(self) -> Floats:
        """Total standard deviation of every model."""
        return np.sqrt(self.tau**2 + self.phi**2)

    def percentile(self, percent: float) -> Floats:
        """Value that so many percent of the possible motions do not exceed, (n_measures, *sites), g or cm/s.

        Of the mixture of all models with their variability: the band between P5 and P95 holds both what
        models disagree on and what none of them knows.
        """
        if not 0.0 < percent < 100.0:
            raise beyond("percentile", percent, 0.0, 100.0)
        return np.exp(quantile(percent / 100.0, self.mean_ln, self.sigma, self.weights))

    @cached_property
    def median(self) -> Floats:
        """The 50th percentile, (n_measures, *sites)."""
        return self.percentile(50.0)

    def mean_motion(self) -> Floats:
        """Weighted geometric mean of the models' medians, (n_measures, *sites), g or cm/s."""
        return np.asarray(np.exp(np.tensordot(self.weights, self.mean_ln, axes=1)))

    def exceedance(self, measure: Measure, level: ArrayLike) -> Floats:
        """Probability that the measure exceeds a level, given this earthquake, of the sites' shape.

        Parameters
        ----------
        measure : Measure
            One of `measures`.
        level : array_like
            Above 0, g or cm/s; broadcasts with the sites.
        """
        row = self._row(measure)
        ln_level = np.log(np.asarray(level, dtype=np.float64))
        return 1.0 - probability_below(ln_level, self.mean_ln[:, row], self.sigma[:, row], self.weights)

    def intensity(self, percent: float, scale: IntensityScale = IntensityScale.MMI) -> Floats:
        """Macroseismic intensity at a percentile of the shaking, of the sites' shape.

        The scatter of the conversion itself, about 0.65 of a degree of MMI, is not in it.
        """
        values = self.percentile(percent)
        pga, pgv = self._row(Measure.PGA), self._row(Measure.PGV)
        return intensity(scale, values[pga], values[pgv])

    def _row(self, measure: Measure) -> int:
        if measure not in self.measures:
            listed = ", ".join(self.measures)
            raise BadSeismicInput(
                "measure", f"allowed are {listed}", self.measures, reason_key="allowed", allowed_names=listed
            )
        return self.measures.index(measure)


def shake(
    rupture: Rupture,
    lon: ArrayLike,
    lat: ArrayLike,
    sites: Sites,
    *,
    weights: Mapping[str, float] | None = None,
    measures: Iterable[Measure] = MEASURES,
    topographic: ArrayLike = 1.0,
) -> Shaking:
    """Shaking of a rupture at sites of any shape: a list of points or a grid.

    Parameters
    ----------
    rupture : Rupture
        The earthquake.
    lon, lat : array_like
        Sites, degrees, of one shape.
    sites : Sites
        Their ground, of that shape or a scalar.
    weights : mapping, optional
        Shares of the models by name; equal by default.
    measures : iterable of Measure
        Which measures.
    topographic : array_like
        Factor on every measure, of the sites' shape (see `topography`).

    Returns
    -------
    Shaking

    Warns
    -----
    ModelRangeWarning
        For every range of a model that is left; the same marks stand in the result.
    """
    shares = checked_weights(weights, MODELS)
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lons.shape != lats.shape:
        raise misfit("lat")
    for field, values, most in (("lon", lons, 180.0), ("lat", lats, 90.0)):
        good = np.abs(values) <= most
        if not good.all():
            raise beyond(field, float(values[~good].flat[0]), -most, most)
    shape = lons.shape
    ground = sites.on(shape)
    paths, source = distances(rupture, lons.ravel(), lats.ravel()), rupture.sources()
    motions: list[Motion] = [MODELS[name](source, paths, ground, measures) for name in shares]
    factor = np.asarray(topographic, dtype=np.float64)
    if factor.ndim and factor.shape != shape:
        raise misfit("topographic")
    if not (factor > 0.0).all():
        raise BadSeismicInput("topographic", "a number above zero is needed", reason_key="positive")
    mean = np.stack([motion.mean_ln for motion in motions]) + np.log(factor.ravel())
    outside = rupture.outside + tuple(mark for motion in motions for mark in motion.outside)
    for mark in outside:
        warnings.warn(str(mark), ModelRangeWarning, stacklevel=2)
    full = (*mean.shape[:2], *shape)
    return Shaking(
        measures=motions[0].measures,
        models=tuple(shares),
        weights=np.array(list(shares.values())),
        mean_ln=mean.reshape(full),
        tau=np.stack([motion.tau for motion in motions]).reshape(full),
        phi=np.stack([motion.phi for motion in motions]).reshape(full),
        outside=outside,
    )


@dataclass(frozen=True)
class ShakeMap:
    """Percentiles of shaking and intensity on the sites' shape, ready to be drawn.

    Attributes
    ----------
    percentiles : tuple of float
        Ascending.
    fields : mapping
        For every measure by its field name, and "intensity", an array (n_percentiles, *sites).
    scale : IntensityScale
        Scale of the intensity.
    outside : tuple of OutsideRange
        Marks of the shaking.
    """

    percentiles: tuple[float, ...]
    fields: Mapping[str, Floats]
    scale: IntensityScale
    outside: tuple[OutsideRange, ...]


def shake_map(
    shaking: Shaking,
    percentiles: Sequence[float] = PERCENTILES,
    scale: IntensityScale = IntensityScale.MMI,
) -> ShakeMap:
    """Percentiles of every measure and of the intensity."""
    levels = tuple(sorted(percentiles))
    values = np.stack([shaking.percentile(level) for level in levels])
    fields: dict[str, Floats] = {
        measure.field: values[:, row] for row, measure in enumerate(shaking.measures)
    }
    if {Measure.PGA, Measure.PGV} <= set(shaking.measures):
        fields["intensity"] = intensity(scale, fields[Measure.PGA.field], fields[Measure.PGV.field])
    return ShakeMap(levels, fields, scale, shaking.outside)
