"""What the authors of a model say that it holds for, and marks where it was asked beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.gmm.inputs import Floats, Paths, Sites, Sources

_NEGLIGIBLE: Final = 1e-9


@dataclass(frozen=True)
class Range:
    """Lowest and highest value of one field, and where that stands."""

    low: float
    high: float


@dataclass(frozen=True)
class Validity:
    """Ranges of a model, as its authors give them.

    Attributes
    ----------
    magnitude : mapping
        Range by style of faulting: "strike_slip", "reverse" and "normal".
    distance_km : Range
        Of the distance that the model measures by, `distance_field`.
    distance_field : str
        "rrup_km" or "rjb_km".
    vs30_m_s : Range
        Of the sites.
    top_depth_km : Range
        Of the rupture's upper edge.
    """

    magnitude: Mapping[str, Range]
    distance_km: Range
    distance_field: str
    vs30_m_s: Range
    top_depth_km: Range = Range(0.0, 20.0)


@dataclass(frozen=True)
class OutsideRange:
    """A mark on a result: this model was asked beyond its range.

    Attributes
    ----------
    model, field : str
        Which model, which input.
    low, high : float
        The range.
    furthest : float
        The value furthest outside.
    share : float
        Share of the values asked that lie outside, above 0 to 1.
    """

    model: str
    field: str
    low: float
    high: float
    furthest: float
    share: float

    def __str__(self) -> str:
        return (
            f"{self.model}: {self.field} {self.furthest:g} lies outside {self.low:g} to {self.high:g} "
            f"({self.share:.0%} of the values asked)"
        )

    def to_json(self) -> dict[str, Any]:
        """Return what an answer shows of it."""
        return {
            "model": self.model,
            "field": self.field,
            "low": self.low,
            "high": self.high,
            "furthest": self.furthest,
            "share": self.share,
        }


def marks(
    model: str, validity: Validity, sources: Sources, paths: Paths, sites: Sites
) -> tuple[OutsideRange, ...]:
    """Every range of a model that this question leaves; empty if none."""
    normal = sources.is_normal(60.0) > 0
    reverse = sources.is_reverse > 0
    low = np.full(reverse.shape, validity.magnitude["strike_slip"].low)
    high = np.full(reverse.shape, validity.magnitude["strike_slip"].high)
    for style, chosen in (("reverse", reverse), ("normal", normal)):
        low = np.where(chosen, validity.magnitude[style].low, low)
        high = np.where(chosen, validity.magnitude[style].high, high)
    found = [_mark(model, "magnitude", sources.magnitude, low, high)]
    for field, values, band in (
        (validity.distance_field, getattr(paths, validity.distance_field), validity.distance_km),
        ("vs30_m_s", sites.vs30_m_s, validity.vs30_m_s),
        ("top_depth_km", sources.top_depth_km, validity.top_depth_km),
    ):
        found.append(_mark(model, field, values, np.float64(band.low), np.float64(band.high)))
    return tuple(each for each in found if each is not None)


def _mark(
    model: str, field: str, values: Floats, low: NDArray[Any] | np.float64, high: NDArray[Any] | np.float64
) -> OutsideRange | None:
    values, lows, highs = np.broadcast_arrays(values, low, high)
    excess = np.maximum(lows - values, values - highs)
    outside = excess > _NEGLIGIBLE
    if not outside.any():
        return None
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    return OutsideRange(
        model, field, float(lows[worst]), float(highs[worst]), float(values[worst]), float(outside.mean())
    )
