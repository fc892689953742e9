"""ASK14: Abrahamson, Silva and Kamai (2014), Earthquake Spectra 30(3), 1025-1055.

The model for the world at large, main shocks only: without the regional terms (Taiwan, China, Japan) and
without the aftershock term. Equation numbers are those of the paper, as cited, not re-read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from risk_api.seismic.gmm.inputs import Floats, Paths, Sites, Sources
from risk_api.seismic.gmm.model import Model, Triple
from risk_api.seismic.gmm.validity import Range, Validity
from risk_api.seismic.measures import PGA_KEY, PGV_KEY


class Coefficients(NamedTuple):
    """One row of the model's table; the names are the paper's."""

    v_lin: float
    b: float
    c: float
    a1: float
    a2: float
    a6: float
    a8: float
    a10: float
    a12: float
    a13: float
    a15: float
    a17: float
    a43: float
    a44: float
    a45: float
    a46: float
    s1_estimated: float
    s2_estimated: float
    s1_measured: float
    s2_measured: float
    s3: float
    s4: float


# Figures of the authors' supplement ask14_coeffs (doi:10.1193/070913EQS198M), as in pygmm 0.8.0 (MIT).
# fmt: off
COEFFICIENTS: Final = {
    PGA_KEY: Coefficients(
        v_lin=660.0, b=-1.47, c=2.4, a1=0.587, a2=-0.79, a6=2.1541, a8=-0.015, a10=1.735,
        a12=-0.1, a13=0.6, a15=1.1, a17=-0.0072, a43=0.1, a44=0.05, a45=0.0, a46=-0.05,
        s1_estimated=0.754, s2_estimated=0.52, s1_measured=0.741, s2_measured=0.501, s3=0.47,
        s4=0.36,
    ),
    PGV_KEY: Coefficients(
        v_lin=330.0, b=-2.02, c=2400.0, a1=5.975, a2=-0.919, a6=2.3657, a8=-0.094, a10=2.36,
        a12=-0.1, a13=0.25, a15=0.3, a17=-0.0005, a43=0.28, a44=0.15, a45=0.09, a46=0.07,
        s1_estimated=0.662, s2_estimated=0.51, s1_measured=0.66, s2_measured=0.51, s3=0.38,
        s4=0.38,
    ),
    0.3: Coefficients(
        v_lin=430.0, b=-2.757, c=2.4, a1=1.712, a2=-0.79, a6=2.3383, a8=-0.045, a10=3.25,
        a12=-0.1, a13=0.6, a15=1.03, a17=-0.0064, a43=0.1, a44=0.05, a45=0.03, a46=0.03,
        s1_estimated=0.74, s2_estimated=0.58, s1_measured=0.693, s2_measured=0.519, s3=0.47,
        s4=0.36,
    ),
    0.5: Coefficients(
        v_lin=340.0, b=-3.599, c=2.4, a1=1.571, a2=-0.79, a6=2.5586, a8=-0.065, a10=4.45,
        a12=-0.1, a13=0.56, a15=0.84, a17=-0.0032, a43=0.1, a44=0.1, a45=0.1, a46=0.09,
        s1_estimated=0.676, s2_estimated=0.6, s1_measured=0.616, s2_measured=0.532, s3=0.47,
        s4=0.36,
    ),
    0.75: Coefficients(
        v_lin=330.0, b=-3.8, c=2.4, a1=1.299, a2=-0.79, a6=2.6821, a8=-0.095, a10=4.75,
        a12=-0.1, a13=0.53, a15=0.68, a17=-0.0025, a43=0.14, a44=0.14, a45=0.14, a46=0.13,
        s1_estimated=0.631, s2_estimated=0.615, s1_measured=0.566, s2_measured=0.548, s3=0.47,
        s4=0.36,
    ),
    1.0: Coefficients(
        v_lin=330.0, b=-3.5, c=2.4, a1=1.043, a2=-0.79, a6=2.763, a8=-0.11, a10=4.3, a12=-0.1,
        a13=0.5, a15=0.57, a17=-0.0025, a43=0.17, a44=0.17, a45=0.17, a46=0.14,
        s1_estimated=0.609, s2_estimated=0.63, s1_measured=0.541, s2_measured=0.565, s3=0.47,
        s4=0.36,
    ),
}
# fmt: on

# The same at every period asked here.
M1, M2 = 6.75, 5.0
C4_KM = 4.5
N = 1.5
A3, A4, A5 = 0.275, -0.1, -0.41
A2_HANGING_WALL = 0.2
H1, H2, H3 = 0.25, 1.5, -0.75
TAN_20 = np.tan(np.radians(20.0))
PHI_AMPLIFICATION = 0.4
V1_M_S_UP_TO_HALF_A_SECOND = 1500.0
BASIN_BINS_M_S = (150.0, 250.0, 400.0, 700.0)


def z1p0_km(vs30_m_s: Floats) -> Floats:
    """Depth to 1 km/s that the model expects for a vs30, km (equation 18, California and the world)."""
    return np.exp(-7.67 / 4.0 * np.log((vs30_m_s**4 + 610.0**4) / (1360.0**4 + 610.0**4))) / 1000.0


def _hanging_wall(sources: Sources, paths: Paths) -> Floats:
    """Product of the five tapers T1 to T5 (equations 10 to 15); the coefficient a13 is left to the period."""
    m, dip = sources.magnitude, sources.dip_deg
    t1 = np.minimum(90.0 - dip, 60.0) / 45.0
    slope = 1.0 + A2_HANGING_WALL * (m - 6.5)
    t2 = np.where(m > 6.5, slope, slope - (1.0 - A2_HANGING_WALL) * (m - 6.5) ** 2) * (m > 5.5)
    # A vertical rupture has no width seen from above, nor a hanging wall: T1 is zero there.
    r1 = np.maximum(sources.width_km * np.cos(np.radians(dip)), 1e-6)
    x = paths.rx_km / r1
    # T3 rises to 1 above the lower edge, x = 1, and is gone at three times that distance.
    t3 = np.where(x <= 1.0, H1 + x * (H2 + H3 * x), np.maximum(1.0 - (x - 1.0) / 2.0, 0.0))
    t4 = np.maximum(1.0 - sources.top_depth_km**2 / 100.0, 0.0)
    t5 = np.clip(1.0 - (paths.ry0_km - paths.rx_km * TAN_20) / 5.0, 0.0, 1.0)
    product: Floats = paths.hanging_wall * t1 * t2 * t3 * t4 * t5
    return product


def _v1_m_s(key: float) -> float:
    """Velocity from which the site term no longer falls (equation 9), m/s."""
    return float(V1_M_S_UP_TO_HALF_A_SECOND * np.exp(-0.35 * np.log(np.clip(key, 0.5, 3.0) / 0.5)))


def _tabulated(keys: Sequence[float], sources: Sources, paths: Paths, sites: Sites) -> dict[float, Triple]:
    m, vs30 = sources.magnitude, sites.vs30_m_s
    c4 = C4_KM - (C4_KM - 1.0) * np.clip(5.0 - m, 0.0, 1.0)
    ln_r = 0.5 * np.log(paths.rrup_km**2 + c4**2)
    held = np.maximum(m, M2)
    below = np.minimum(m - M2, 0.0)
    bent = np.where(held > M1, A5, A4) * (held - M1)
    fault = _hanging_wall(sources, paths)
    style = sources.is_normal(60.0) * np.clip(m - 4.0, 0.0, 1.0)
    deep = np.clip(sources.top_depth_km / 20.0, 0.0, 1.0)
    expected = z1p0_km(vs30)
    depth = np.where(np.isnan(sites.z1p0_km), expected, sites.z1p0_km)
    ln_depth = np.log((depth + 0.01) / (expected + 0.01))
    phi_taper, tau_taper = np.clip((m - 4.0) / 2.0, 0.0, 1.0), np.clip((m - 5.0) / 2.0, 0.0, 1.0)
    found = {}
    for key in keys:
        c = COEFFICIENTS[key]
        source = c.a1 + bent + c.a8 * (8.5 - held) ** 2 + c.a6 * below + c.a12 * style + c.a15 * deep
        rock = source + (c.a2 + A3 * (held - M1)) * ln_r + c.a17 * paths.rrup_km + c.a13 * fault
        steep = c.a10 + c.b * N
        # On the reference rock, 1180 m/s, the site term is linear at all of these periods.
        reference = np.exp(rock + steep * np.log(min(1180.0, _v1_m_s(key)) / c.v_lin))
        ratio = np.minimum(vs30, _v1_m_s(key)) / c.v_lin
        ln_ratio = np.log(ratio)
        soft = c.c * np.minimum(ratio, 1.0) ** N
        nonlinear = c.b * np.log((reference + soft) / (reference + c.c))
        site = np.where(ratio < 1.0, c.a10 * ln_ratio + nonlinear, steep * ln_ratio)
        basin = np.interp(vs30, BASIN_BINS_M_S, (c.a43, c.a44, c.a45, c.a46)) * ln_depth
        # How the amplification falls as the rock motion grows (equation 30); none on stiff ground.
        falling = 1.0 + c.b * reference * (1.0 / (reference + soft) - 1.0 / (reference + c.c))
        s1, s2 = (c.s1_measured, c.s2_measured) if sites.vs30_measured else (c.s1_estimated, c.s2_estimated)
        phi_rock2 = (s1 + (s2 - s1) * phi_taper) ** 2 - PHI_AMPLIFICATION**2
        found[key] = (
            rock + site + basin,
            (c.s3 + (c.s4 - c.s3) * tau_taper) * falling,
            np.sqrt(phi_rock2 * falling**2 + PHI_AMPLIFICATION**2),
        )
    return found


_ANY = Range(3.0, 8.5)
ASK14: Final = Model(
    name="ASK14",
    source="Abrahamson, Silva, Kamai (2014), Earthquake Spectra 30(3), 1025-1055, doi:10.1193/070913EQS198M",
    keys=tuple(sorted(COEFFICIENTS)),
    tabulated=_tabulated,
    validity=Validity(
        magnitude={"strike_slip": _ANY, "reverse": _ANY, "normal": _ANY},
        distance_km=Range(0.0, 300.0),
        distance_field="rrup_km",
        vs30_m_s=Range(180.0, 1000.0),
    ),
)
