"""CY14: Chiou and Youngs (2014), Earthquake Spectra 30(3), 1117-1153.

The model for California and the world, without the regional terms and without directivity. Equations as
cited, not re-read.
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
    """One row of the model's table; the names are the paper's, g1 to g3 for its gamma."""

    c1: float
    c1b: float
    c1d: float
    c3: float
    c5: float
    c6: float
    c7: float
    c7b: float
    c9: float
    c9a: float
    c9b: float
    c11b: float
    chm: float
    cm: float
    cn: float
    g1: float
    g2: float
    g3: float
    phi1: float
    phi2: float
    phi3: float
    phi4: float
    phi5: float
    tau1: float
    tau2: float
    sigma1: float
    sigma2: float
    sigma3: float


# Figures of the NGA-West2 spreadsheet 5.7 (doi:10.1193/072813EQS219M), as pygmm 0.8.0 (MIT) carries them.
# fmt: off
COEFFICIENTS: Final = {
    PGA_KEY: Coefficients(
        c1=-1.5065, c1b=-0.255, c1d=0.255, c3=1.9636, c5=6.4551, c6=0.4908, c7=0.0352,
        c7b=0.0462, c9=0.9228, c9a=0.1202, c9b=6.8607, c11b=-0.4536, chm=3.0956, cm=4.9993,
        cn=16.0875, g1=-0.007146, g2=-0.006758, g3=4.2542, phi1=-0.521, phi2=-0.1417,
        phi3=-0.00701, phi4=0.102151, phi5=0.0, tau1=0.4, tau2=0.26, sigma1=0.4912,
        sigma2=0.3762, sigma3=0.8,
    ),
    PGV_KEY: Coefficients(
        c1=2.3549, c1b=-0.0626, c1d=0.0626, c3=2.3152, c5=5.8096, c6=0.4407, c7=0.0324,
        c7b=0.0097, c9=0.3079, c9a=0.1, c9b=6.5, c11b=-0.3834, chm=3.0514, cm=5.423, cn=3.3024,
        g1=-0.001852, g2=-0.007403, g3=4.3439, phi1=-0.7936, phi2=-0.0699, phi3=-0.008444,
        phi4=5.41, phi5=0.0202, tau1=0.3894, tau2=0.2578, sigma1=0.4785, sigma2=0.3629,
        sigma3=0.7504,
    ),
    0.3: Coefficients(
        c1=-1.0514, c1b=-0.2313, c1d=0.2313, c3=2.344, c5=7.56, c6=0.4919, c7=0.0352,
        c7b=-0.0004, c9=0.8829, c9a=0.1175, c9b=6.8789, c11b=-0.2688, chm=3.6232, cm=5.167,
        cn=9.1908, g1=-0.008251, g2=-0.001812, g3=5.1954, phi1=-0.8501, phi2=-0.2405,
        phi3=-0.006704, phi4=0.207277, phi5=0.001, tau1=0.4363, tau2=0.3119, sigma1=0.5395,
        sigma2=0.4338, sigma3=0.7997,
    ),
    0.5: Coefficients(
        c1=-1.6508, c1b=-0.1972, c1d=0.1972, c3=2.5567, c5=7.5778, c6=0.4707, c7=0.0352,
        c7b=-0.0278, c9=0.7884, c9a=0.1061, c9b=6.526, c11b=-0.1428, chm=3.7401, cm=5.2893,
        cn=5.2305, g1=-0.006492, g2=-0.001074, g3=4.7854, phi1=-1.0044, phi2=-0.1633,
        phi3=-0.007435, phi4=0.133828, phi5=0.01, tau1=0.4419, tau2=0.3199, sigma1=0.5433,
        sigma2=0.4446, sigma3=0.7966,
    ),
    0.75: Coefficients(
        c1=-2.1511, c1b=-0.162, c1d=0.162, c3=2.6812, c5=7.5808, c6=0.4575, c7=0.0352,
        c7b=-0.0477, c9=0.6754, c9a=0.1, c9b=6.5, c11b=-0.1138, chm=3.7941, cm=5.4109,
        cn=3.7896, g1=-0.005147, g2=-0.001115, g3=4.3304, phi1=-1.0602, phi2=-0.1028,
        phi3=-0.00812, phi4=0.085153, phi5=0.034, tau1=0.4459, tau2=0.3255, sigma1=0.5294,
        sigma2=0.4533, sigma3=0.7792,
    ),
    1.0: Coefficients(
        c1=-2.5365, c1b=-0.14, c1d=0.14, c3=2.7474, c5=7.5814, c6=0.4522, c7=0.0352,
        c7b=-0.0559, c9=0.6196, c9a=0.1, c9b=6.5, c11b=-0.1062, chm=3.8144, cm=5.5106,
        cn=3.3024, g1=-0.004277, g2=-0.001197, g3=4.1667, phi1=-1.0941, phi2=-0.0699,
        phi3=-0.008444, phi4=0.058595, phi5=0.067, tau1=0.4484, tau2=0.3291, sigma1=0.5105,
        sigma2=0.4594, sigma3=0.7504,
    ),
}
# fmt: on

# The same at every period asked here.
C1A, C1C = 0.165, -0.165
C2, C4, C4A, CRB_KM = 1.06, -2.1, -0.5, 50.0
REFERENCE_M_S = 1130.0
PHI6_M = 300.0
MEASURED = 0.7


def z1p0_km(vs30_m_s: Floats) -> Floats:
    """Depth to 1 km/s that the model expects for a vs30, km (equation 1, California and the world)."""
    return np.exp(-7.15 / 4.0 * np.log((vs30_m_s**4 + 570.94**4) / (1360.0**4 + 570.94**4))) / 1000.0


def top_depth_km(sources: Sources) -> Floats:
    """Depth of the upper edge that the model expects for a magnitude and style, km (equations 4 and 5)."""
    m = sources.magnitude
    reverse = 2.704 - 1.226 * np.maximum(m - 5.849, 0.0)
    other = 2.673 - 1.136 * np.maximum(m - 4.970, 0.0)
    root = np.where(sources.is_reverse > 0, reverse, other)
    return np.maximum(root, 0.0) ** 2


def _tabulated(keys: Sequence[float], sources: Sources, paths: Paths, sites: Sites) -> dict[float, Triple]:
    m, vs30, rrup = sources.magnitude, sites.vs30_m_s, paths.rrup_km
    reverse, normal = sources.is_reverse, sources.is_normal(30.0)
    small = 1.0 / np.cosh(2.0 * np.maximum(m - 4.5, 0.0))
    cos_dip = np.cos(np.radians(sources.dip_deg))
    higher = sources.top_depth_km - top_depth_km(sources)
    spread = (C4A - C4) * 0.5 * np.log(rrup**2 + CRB_KM**2)
    nearer = 1.0 - np.sqrt(paths.rjb_km**2 + sources.top_depth_km**2) / (rrup + 1.0)
    hanging = paths.hanging_wall * cos_dip * nearer
    stiff = np.minimum(vs30, REFERENCE_M_S)
    ln_stiff = np.log(stiff / REFERENCE_M_S)
    deeper_m = np.where(np.isnan(sites.z1p0_km), 0.0, 1000.0 * (sites.z1p0_km - z1p0_km(vs30)))
    basin = 1.0 - np.exp(-deeper_m / PHI6_M)
    bounded = (np.clip(m, 5.0, 6.5) - 5.0) / 1.5
    found = {}
    for key in keys:
        c = COEFFICIENTS[key]
        source = (
            c.c1
            + (C1A + C1C * small) * reverse
            + (c.c1b + c.c1d * small) * normal
            + C2 * (m - 6.0)
            + (C2 - c.c3) / c.cn * np.log1p(np.exp(c.cn * (c.cm - m)))
            + (c.c7 + c.c7b * small) * higher
            + c.c11b * small * cos_dip**2
        )
        near = C4 * np.log(rrup + c.c5 * np.cosh(c.c6 * np.maximum(m - c.chm, 0.0)))
        anelastic = (c.g1 + c.g2 / np.cosh(np.maximum(m - c.g3, 0.0))) * rrup
        wall = c.c9 * hanging * (c.c9a + (1.0 - c.c9a) * np.tanh(paths.rx_km / c.c9b))
        ln_rock = source + near + spread + anelastic + wall
        rock = np.exp(ln_rock)
        b = c.phi2 * (np.exp(c.phi3 * (stiff - 360.0)) - np.exp(c.phi3 * (REFERENCE_M_S - 360.0)))
        mean = ln_rock + c.phi1 * ln_stiff + b * np.log1p(rock / c.phi4) + c.phi5 * basin
        # 1 + NL0: how the amplification falls as the rock motion grows.
        falling = 1.0 + b * rock / (rock + c.phi4)
        tau = c.tau1 + (c.tau2 - c.tau1) * bounded
        sigma = c.sigma1 + (c.sigma2 - c.sigma1) * bounded
        proxy = MEASURED if sites.vs30_measured else c.sigma3
        found[key] = (mean, tau * falling, sigma * np.sqrt(proxy + falling**2))
    return found


CY14: Final = Model(
    name="CY14",
    source="Chiou, Youngs (2014), Earthquake Spectra 30(3), 1117-1153, doi:10.1193/072813EQS219M",
    keys=tuple(sorted(COEFFICIENTS)),
    tabulated=_tabulated,
    validity=Validity(
        magnitude={
            "strike_slip": Range(3.5, 8.5),
            "reverse": Range(3.5, 8.0),
            "normal": Range(3.5, 8.0),
        },
        distance_km=Range(0.0, 300.0),
        distance_field="rrup_km",
        vs30_m_s=Range(180.0, 1500.0),
    ),
)
