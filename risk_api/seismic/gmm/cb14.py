"""CB14: Campbell and Bozorgnia (2014), Earthquake Spectra 30(3), 1087-1115.

The model for the world at large, without the regional terms. Equations as cited, not re-read.
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

    c0: float
    c1: float
    c2: float
    c3: float
    c4: float
    c5: float
    c6: float
    c7: float
    c9: float
    c10: float
    c11: float
    c14: float
    c16: float
    c17: float
    c18: float
    c19: float
    c20: float
    k1: float
    k2: float
    k3: float
    a2: float
    h1: float
    h2: float
    h3: float
    h5: float
    h6: float
    tau1: float
    tau2: float
    phi1: float
    phi2: float
    rho: float


# Figures of the authors' table, later c0 to c6 (doi:10.1193/062913EQS175M), as in pygmm 0.8.0 (MIT).
# fmt: off
COEFFICIENTS: Final = {
    PGA_KEY: Coefficients(
        c0=-4.416, c1=0.984, c2=0.537, c3=-1.499, c4=-0.496, c5=-2.773, c6=0.248, c7=6.768,
        c9=-0.212, c10=0.72, c11=1.09, c14=-0.0064, c16=0.393, c17=0.0977, c18=0.0333,
        c19=0.00757, c20=-0.0055, k1=865.0, k2=-1.186, k3=1.839, a2=0.167, h1=0.241, h2=1.474,
        h3=-0.715, h5=-0.337, h6=-0.27, tau1=0.409, tau2=0.322, phi1=0.734, phi2=0.492, rho=1.0,
    ),
    PGV_KEY: Coefficients(
        c0=-2.895, c1=1.51, c2=0.27, c3=-1.299, c4=-0.453, c5=-2.466, c6=0.204, c7=5.837,
        c9=-0.168, c10=0.305, c11=1.713, c14=0.106, c16=0.585, c17=0.0517, c18=0.0327,
        c19=0.00613, c20=-0.0017, k1=400.0, k2=-1.955, k3=1.929, a2=0.596, h1=0.117, h2=1.616,
        h3=-0.733, h5=-0.128, h6=-0.756, tau1=0.317, tau2=0.297, phi1=0.655, phi2=0.494,
        rho=0.684,
    ),
    0.3: Coefficients(
        c0=-6.403, c1=1.528, c2=0.193, c3=-1.77, c4=-0.321, c5=-2.376, c6=0.195, c7=6.99,
        c9=-0.131, c10=0.737, c11=2.306, c14=0.1597, c16=0.528, c17=0.0323, c18=0.0508,
        c19=0.00458, c20=-0.0049, k1=587.0, k2=-2.518, k3=1.865, a2=0.164, h1=0.21, h2=1.586,
        h3=-0.795, h5=-0.447, h6=-0.121, tau1=0.34, tau2=0.3, phi1=0.727, phi2=0.568, rho=0.819,
    ),
    0.5: Coefficients(
        c0=-8.379, c1=1.872, c2=-0.121, c3=-1.577, c4=-0.44, c5=-2.296, c6=0.186, c7=6.902,
        c9=-0.153, c10=0.718, c11=2.355, c14=0.1474, c16=0.638, c17=0.0092, c18=0.0405,
        c19=0.00388, c20=-0.0027, k1=457.0, k2=-2.669, k3=1.883, a2=0.184, h1=0.217, h2=1.554,
        h3=-0.77, h5=-0.407, h6=-0.281, tau1=0.379, tau2=0.263, phi1=0.663, phi2=0.611,
        rho=0.684,
    ),
    0.75: Coefficients(
        c0=-9.841, c1=2.021, c2=-0.042, c3=-1.757, c4=-0.443, c5=-2.232, c6=0.186, c7=5.522,
        c9=-0.09, c10=0.795, c11=1.995, c14=0.1764, c16=0.776, c17=-0.0082, c18=0.042,
        c19=0.0042, c20=-0.0016, k1=410.0, k2=-2.401, k3=1.906, a2=0.216, h1=0.154, h2=1.626,
        h3=-0.78, h5=-0.371, h6=-0.285, tau1=0.43, tau2=0.326, phi1=0.606, phi2=0.633, rho=0.562,
    ),
    1.0: Coefficients(
        c0=-11.011, c1=2.18, c2=-0.069, c3=-1.707, c4=-0.527, c5=-2.158, c6=0.169, c7=5.65,
        c9=-0.105, c10=0.556, c11=1.447, c14=0.2593, c16=0.771, c17=-0.0131, c18=0.0426,
        c19=0.00409, c20=-0.0006, k1=400.0, k2=-1.955, k3=1.929, a2=0.596, h1=0.117, h2=1.616,
        h3=-0.733, h5=-0.128, h6=-0.756, tau1=0.47, tau2=0.353, phi1=0.579, phi2=0.628,
        rho=0.467,
    ),
}
# fmt: on

# The same at every period.
C, N = 1.88, 1.18
H4 = 1.0
PHI_AMPLIFICATION = 0.3
REFERENCE_M_S = 1100.0


def z2p5_km(vs30_m_s: Floats) -> Floats:
    """Depth to 2.5 km/s that the model expects for a vs30, km (equation 33, California)."""
    return np.exp(7.089 - 1.144 * np.log(vs30_m_s))


def _hanging_wall(sources: Sources, paths: Paths) -> tuple[Floats, Floats, Floats]:
    """What all periods share: x up to the lower edge, x beyond it, and the product of the other tapers."""
    m = sources.magnitude
    r1 = np.maximum(sources.width_km * np.cos(np.radians(sources.dip_deg)), 1e-6)
    r2 = 62.0 * m - 350.0
    # Below magnitude 5.65 r2 is negative, but there the taper of magnitude is all but zero, or zero.
    span = np.where(np.abs(r2 - r1) < 1e-6, 1e-6, r2 - r1)
    nearer = np.where(
        paths.rrup_km > 0.0, (paths.rrup_km - paths.rjb_km) / np.maximum(paths.rrup_km, 1e-9), 1.0
    )
    shallow = np.maximum(1.0 - 0.06 * sources.top_depth_km, 0.0) * (sources.top_depth_km <= 16.66)
    rest = paths.hanging_wall * nearer * shallow * (90.0 - sources.dip_deg) / 45.0
    return paths.rx_km / r1, (paths.rx_km - r1) / span, rest


def _sediments(c: Coefficients, depth_km: Floats) -> Floats:
    shallow = c.c14 * np.minimum(depth_km - 1.0, 0.0)
    deep = 1.0 - np.exp(-0.25 * np.maximum(depth_km - 3.0, 0.0))
    total: Floats = shallow + c.c16 * c.k3 * np.exp(-0.75) * deep
    return total


def _tabulated(keys: Sequence[float], sources: Sources, paths: Paths, sites: Sites) -> dict[float, Triple]:
    m, vs30, rrup = sources.magnitude, sites.vs30_m_s, paths.rrup_km
    rrup2 = rrup**2
    over_55 = np.clip(m - 5.5, 0.0, 1.0)
    under_55 = np.clip(5.5 - m, 0.0, 1.0)
    inside, beyond, rest = _hanging_wall(sources, paths)
    normal = sources.is_normal(60.0) * np.clip(m - 4.5, 0.0, 1.0)
    depth = np.clip(sources.hypocentre_depth_km - 7.0, 0.0, 13.0)
    far = np.maximum(rrup - 80.0, 0.0)
    sediments_km = np.where(np.isnan(sites.z2p5_km), z2p5_km(vs30), sites.z2p5_km)
    rock_sediments_km = z2p5_km(np.asarray(REFERENCE_M_S))
    ln_vs = np.log(vs30)

    def before_site(c: Coefficients) -> Floats:
        magnitude = (
            c.c0
            + c.c1 * m
            + c.c2 * np.maximum(m - 4.5, 0.0)
            + c.c3 * np.maximum(m - 5.5, 0.0)
            + c.c4 * np.maximum(m - 6.5, 0.0)
        )
        distance = (c.c5 + c.c6 * m) * 0.5 * np.log(rrup2 + c.c7**2)
        hanging = np.where(
            inside <= 1.0,
            c.h1 + inside * (c.h2 + c.h3 * inside),
            np.maximum(H4 + beyond * (c.h5 + c.h6 * beyond), 0.0),
        )
        hanging = c.c10 * hanging * rest * over_55 * (1.0 + c.a2 * (m - 6.5))
        source = magnitude + c.c9 * normal + (c.c17 + (c.c18 - c.c17) * over_55) * depth
        source = source + c.c19 * sources.dip_deg * under_55
        total: Floats = source + distance + hanging + c.c20 * far
        return total

    pga = COEFFICIENTS[PGA_KEY]
    pga_before_site = before_site(pga)
    # On the reference rock, 1100 m/s, the site term is linear: k1 is 865 m/s.
    rock_pga = np.exp(
        pga_before_site
        + (pga.c11 + pga.k2 * N) * np.log(REFERENCE_M_S / pga.k1)
        + _sediments(pga, rock_sediments_km)
    )
    tau_pga = pga.tau2 + (pga.tau1 - pga.tau2) * under_55
    phi_pga = np.sqrt((pga.phi2 + (pga.phi1 - pga.phi2) * under_55) ** 2 - PHI_AMPLIFICATION**2)
    found = {}
    for key in keys:
        c = COEFFICIENTS[key]
        ln_ratio = ln_vs - np.log(c.k1)
        soft = C * np.exp(N * np.minimum(ln_ratio, 0.0))
        nonlinear = c.k2 * np.log((rock_pga + soft) / (rock_pga + C))
        # Above k1 the ratio of the logarithm is 1 and the linear form takes over; the two meet there.
        site = c.c11 * ln_ratio + nonlinear + c.k2 * N * np.maximum(ln_ratio, 0.0)
        alpha = c.k2 * rock_pga * (1.0 / (rock_pga + soft) - 1.0 / (rock_pga + C))
        tau = c.tau2 + (c.tau1 - c.tau2) * under_55
        phi = np.sqrt((c.phi2 + (c.phi1 - c.phi2) * under_55) ** 2 - PHI_AMPLIFICATION**2)
        before = pga_before_site if key == PGA_KEY else before_site(c)
        found[key] = (
            before + site + _sediments(c, sediments_km),
            np.sqrt(tau**2 + alpha * tau_pga * (alpha * tau_pga + 2.0 * c.rho * tau)),
            np.sqrt(phi**2 + PHI_AMPLIFICATION**2 + alpha * phi_pga * (alpha * phi_pga + 2.0 * c.rho * phi)),
        )
    return found


CB14: Final = Model(
    name="CB14",
    source="Campbell, Bozorgnia (2014), Earthquake Spectra 30(3), 1087-1115, doi:10.1193/062913EQS175M",
    keys=tuple(sorted(COEFFICIENTS)),
    tabulated=_tabulated,
    validity=Validity(
        magnitude={
            "strike_slip": Range(3.3, 8.5),
            "reverse": Range(3.3, 8.0),
            "normal": Range(3.3, 7.5),
        },
        distance_km=Range(0.0, 300.0),
        distance_field="rrup_km",
        vs30_m_s=Range(150.0, 1500.0),
    ),
)
