"""How large the rupture of an earthquake of a given magnitude is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from risk_api.seismic.gmm.validity import Range

NAME: Final = "Wells and Coppersmith 1994"
SOURCE: Final = "Wells, Coppersmith (1994), BSSA 84(4), 974-1002, table 2A; as cited, not re-read"
MAGNITUDES: Final = Range(4.8, 7.9)


@dataclass(frozen=True)
class _Line:
    """log10 of the size is a + b times the magnitude."""

    a: float
    b: float

    def __call__(self, magnitude: float) -> float:
        return float(10.0 ** (self.a + self.b * magnitude))


_AREA_KM2: Final = {
    "strike_slip": _Line(-3.42, 0.90),
    "reverse": _Line(-3.99, 0.98),
    "normal": _Line(-2.87, 0.82),
}
_WIDTH_KM: Final = {
    "strike_slip": _Line(-0.76, 0.27),
    "reverse": _Line(-1.61, 0.41),
    "normal": _Line(-1.14, 0.35),
}


def style_of(rake_deg: float) -> str:
    """Style of faulting of a rake: within 45 degrees of 90 reverse, of -90 normal, else strike-slip."""
    if abs(rake_deg - 90.0) <= 45.0:
        return "reverse"
    return "normal" if abs(rake_deg + 90.0) <= 45.0 else "strike_slip"


def length_and_width_km(magnitude: float, rake_deg: float, widest_km: float) -> tuple[float, float]:
    """Length and down-dip width of a rupture, km.

    Parameters
    ----------
    magnitude : float
        Moment magnitude; the regressions hold for `MAGNITUDES`.
    rake_deg : float
        Rake, degrees.
    widest_km : float
        Width that the brittle crust leaves room for, km. A rupture that would be wider keeps its area and
        grows longer.
    """
    style = style_of(rake_deg)
    width = min(_WIDTH_KM[style](magnitude), widest_km)
    return _AREA_KM2[style](magnitude) / width, width
