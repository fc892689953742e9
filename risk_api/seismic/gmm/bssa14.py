"""BSSA14: Boore, Stewart, Seyhan and Atkinson (2014), Earthquake Spectra 30(3), 1057-1085.

The model for the world at large, without the regional anelastic terms. Equations as cited, not re-read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from risk_api.seismic.gmm.cy14 import z1p0_km
from risk_api.seismic.gmm.inputs import Paths, Sites, Sources
from risk_api.seismic.gmm.model import Model, Triple
from risk_api.seismic.gmm.validity import Range, Validity
from risk_api.seismic.measures import PGA_KEY, PGV_KEY


class Coefficients(NamedTuple):
    """One row of the model's table; the names are the paper's, e1 to e3 for strike-slip, normal, reverse."""

    e0: float
    e1: float
    e2: float
    e3: float
    e4: float
    e5: float
    e6: float
    m_h: float
    c1: float
    c2: float
    c3: float
    h: float
    c: float
    v_c: float
    f4: float
    f5: float
    f6: float
    f7: float
    r1: float
    r2: float
    dphi_r: float
    dphi_v: float
    phi1: float
    phi2: float
    tau1: float
    tau2: float


# Figures of the authors' supplement, revised 2014-07-15 (doi:10.1193/070113EQS184M), as in pygmm 0.8.0 (MIT).
# fmt: off
COEFFICIENTS: Final = {
    PGA_KEY: Coefficients(
        e0=0.4473, e1=0.4856, e2=0.2459, e3=0.4539, e4=1.431, e5=0.05053, e6=-0.1662, m_h=5.5,
        c1=-1.134, c2=0.1917, c3=-0.008088, h=4.5, c=-0.6, v_c=1500.0, f4=-0.15, f5=-0.00701,
        f6=-9.9, f7=-9.9, r1=110.0, r2=270.0, dphi_r=0.1, dphi_v=0.07, phi1=0.695, phi2=0.495,
        tau1=0.398, tau2=0.348,
    ),
    PGV_KEY: Coefficients(
        e0=5.037, e1=5.078, e2=4.849, e3=5.033, e4=1.073, e5=-0.1536, e6=0.2252, m_h=6.2,
        c1=-1.243, c2=0.1489, c3=-0.00344, h=5.3, c=-0.84, v_c=1300.0, f4=-0.1, f5=-0.00844,
        f6=-9.9, f7=-9.9, r1=105.0, r2=272.0, dphi_r=0.082, dphi_v=0.08, phi1=0.644, phi2=0.552,
        tau1=0.401, tau2=0.346,
    ),
    0.3: Coefficients(
        e0=1.2217, e1=1.2401, e2=1.0246, e3=1.2653, e4=0.95676, e5=-0.1959, e6=-0.092855,
        m_h=6.14, c1=-1.0948, c2=0.13388, c3=-0.005475, h=4.93, c=-0.84165, v_c=1308.47,
        f4=-0.21912, f5=-0.0067, f6=-9.9, f7=-9.9, r1=103.15, r2=268.59, dphi_r=0.138,
        dphi_v=0.05, phi1=0.675, phi2=0.561, tau1=0.363, tau2=0.229,
    ),
    0.6: Coefficients(
        e0=0.84165, e1=0.86715, e2=0.63875, e3=0.87351, e4=1.1336, e5=-0.23128, e6=0.062667,
        m_h=6.2, c1=-1.1615, c2=0.11671, c3=-0.00261, h=5.48, c=-1.0012, v_c=1184.93,
        f4=-0.1583, f5=-0.00773, f6=-9.9, f7=-9.9, r1=105.83, r2=264.83, dphi_r=0.106,
        dphi_v=0.071, phi1=0.605, phi2=0.607, tau1=0.424, tau2=0.235,
    ),
    1.0: Coefficients(
        e0=0.3932, e1=0.4218, e2=0.207, e3=0.4124, e4=1.5004, e5=-0.18983, e6=0.17895, m_h=6.2,
        c1=-1.193, c2=0.10248, c3=-0.00121, h=5.74, c=-1.05, v_c=1109.95, f4=-0.10521,
        f5=-0.00844, f6=0.36695, f7=0.20789, r1=116.39, r2=270.0, dphi_r=0.098, dphi_v=0.02,
        phi1=0.553, phi2=0.625, tau1=0.498, tau2=0.298,
    ),
}
# fmt: on

# The same at every period asked here.
M_REF, R_REF_KM = 4.5, 1.0
V_REF_M_S = 760.0
F1, F3 = 0.0, 0.1
V1_M_S, V2_M_S = 225.0, 300.0
SHORTEST_BASIN_PERIOD_S = 0.65


def _tabulated(keys: Sequence[float], sources: Sources, paths: Paths, sites: Sites) -> dict[float, Triple]:
    m, vs30 = sources.magnitude, sites.vs30_m_s
    reverse, normal = sources.is_reverse, sources.is_normal(60.0)
    strike_slip = 1.0 - reverse - normal
    rjb2 = paths.rjb_km**2
    ln_vs = np.log(vs30)
    capped = np.minimum(vs30, V_REF_M_S)
    deeper = np.where(np.isnan(sites.z1p0_km), 0.0, sites.z1p0_km - z1p0_km(vs30))
    small = np.clip(m, 4.5, 5.5) - 4.5
    soft = np.clip((np.log(V2_M_S) - ln_vs) / np.log(V2_M_S / V1_M_S), 0.0, 1.0)
    ln_rjb = np.log(np.maximum(paths.rjb_km, 0.1))

    def on_rock(c: Coefficients) -> np.ndarray:
        style = c.e1 * strike_slip + c.e2 * normal + c.e3 * reverse
        over = m - c.m_h
        event = style + np.where(over <= 0.0, over * (c.e4 + c.e5 * over), c.e6 * over)
        r = np.sqrt(rjb2 + c.h**2)
        return np.asarray(event + (c.c1 + c.c2 * (m - M_REF)) * np.log(r / R_REF_KM) + c.c3 * (r - R_REF_KM))

    pga_on_rock = on_rock(COEFFICIENTS[PGA_KEY])
    ln_pga = np.log((np.exp(pga_on_rock) + F3) / F3)
    found = {}
    for key in keys:
        c = COEFFICIENTS[key]
        rock = pga_on_rock if key == PGA_KEY else on_rock(c)
        linear = c.c * np.minimum(ln_vs - np.log(V_REF_M_S), np.log(c.v_c / V_REF_M_S))
        f2 = c.f4 * (np.exp(c.f5 * (capped - 360.0)) - np.exp(c.f5 * (V_REF_M_S - 360.0)))
        basin = np.minimum(c.f6 * deeper, c.f7) if key >= SHORTEST_BASIN_PERIOD_S else 0.0
        far = np.clip((ln_rjb - np.log(c.r1)) / np.log(c.r2 / c.r1), 0.0, 1.0)
        found[key] = (
            rock + linear + F1 + f2 * ln_pga + basin,
            c.tau1 + (c.tau2 - c.tau1) * small,
            c.phi1 + (c.phi2 - c.phi1) * small + c.dphi_r * far - c.dphi_v * soft,
        )
    return found


_ANY = Range(3.0, 8.5)
BSSA14: Final = Model(
    name="BSSA14",
    source="Boore, Stewart, Seyhan, Atkinson (2014), Earthquake Spectra 30(3), 1057-1085, "
    "doi:10.1193/070113EQS184M",
    keys=tuple(sorted(COEFFICIENTS)),
    tabulated=_tabulated,
    validity=Validity(
        magnitude={"strike_slip": _ANY, "reverse": _ANY, "normal": Range(3.0, 7.0)},
        distance_km=Range(0.0, 400.0),
        distance_field="rjb_km",
        vs30_m_s=Range(150.0, 1500.0),
    ),
)
