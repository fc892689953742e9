"""Hazard once more, slow and plain: one rupture, one site, one model at a time; for comparison only.

Nothing of the fast code is used but the list of ruptures: distances come from planes cut into pieces, ground
motion from pygmm, the normal distribution from the standard library.
"""

from __future__ import annotations

import logging
import math
from statistics import NormalDist

import numpy as np

CLASSES = (
    "AbrahamsonSilvaKamai2014",
    "BooreStewartSeyhanAtkinson2014",
    "CampbellBozorgnia2014",
    "ChiouYoungs2014",
)
PIECE_KM = 0.5


def distances_by_pieces(plane, x, y):
    """Rrup, Rjb, Rx and Ry0 of a site from a plane cut into pieces of half a kilometre."""
    px, py, strike, dip, top, length, width = plane
    strike, dip = math.radians(strike), math.radians(dip)
    rrup = rjb = math.inf
    along_count, down_count = (max(2, math.ceil(size / PIECE_KM) + 1) for size in (length, width))
    for along in np.linspace(0.0, length, along_count):
        for down in np.linspace(0.0, width, down_count):
            out = down * math.cos(dip)
            east = px + along * math.sin(strike) + out * math.cos(strike) - x
            north = py + along * math.cos(strike) - out * math.sin(strike) - y
            flat2 = east * east + north * north
            rjb = min(rjb, math.sqrt(flat2))
            rrup = min(rrup, math.sqrt(flat2 + (top + down * math.sin(dip)) ** 2))
    u = (x - px) * math.sin(strike) + (y - py) * math.cos(strike)
    rx = (x - px) * math.cos(strike) - (y - py) * math.sin(strike)
    if 0.0 <= u <= length and 0.0 <= rx <= width * math.cos(dip):
        rjb = 0.0
    return rrup, rjb, rx, max(-u, u - length, 0.0)


def style_of(rake):
    if 30.0 <= rake <= 150.0:
        return "RS"
    return "NS" if -150.0 <= rake <= -30.0 else "SS"


def expected_hypocentre(pygmm, magnitude, dip, top, width):
    bottom = top + width * math.sin(math.radians(dip))
    return pygmm.CampbellBozorgnia2014.calc_depth_hyp(magnitude, dip, top, bottom)


def rates(pygmm, ruptures, x, y, vs30, levels_pga, levels_sa10):
    """Yearly rates of exceeding levels of PGA and SA(1.0) at one site, four models equally weighted."""
    logging.disable(logging.WARNING)
    normal = NormalDist()
    found_pga, found_sa = [0.0] * len(levels_pga), [0.0] * len(levels_sa10)
    names = ("x_km", "y_km", "strike_deg", "dip_deg", "top_depth_km", "length_km", "width_km")
    for index in range(len(ruptures.magnitude)):
        plane = tuple(float(getattr(ruptures.planes, name)[index]) for name in names)
        rrup, rjb, rx, ry0 = distances_by_pieces(plane, x, y)
        magnitude, rate = float(ruptures.magnitude[index]), float(ruptures.rate_yr[index])
        scenario = pygmm.model.Scenario(
            mag=magnitude,
            mechanism=style_of(float(ruptures.rake_deg[index])),
            dip=plane[3],
            width=plane[6],
            depth_tor=plane[4],
            depth_hyp=expected_hypocentre(pygmm, magnitude, plane[3], plane[4], plane[6]),
            dist_rup=rrup,
            dist_jb=rjb,
            dist_x=rx,
            dist_y0=ry0,
            on_hanging_wall=rx >= 0.0,
            v_s30=vs30,
            vs_source="inferred",
        )
        for name in CLASSES:
            model = getattr(pygmm, name)(scenario)
            mean_sa, sigma_sa = (
                float(model.interp_ln_spec_accels([1.0])[0]),
                float(model.interp_ln_stds([1.0])[0]),
            )
            for found, levels, mean, sigma in (
                (found_pga, levels_pga, math.log(model.pga), model.ln_std_pga),
                (found_sa, levels_sa10, mean_sa, sigma_sa),
            ):
                for place, level in enumerate(levels):
                    chance = 1.0 - normal.cdf((math.log(level) - mean) / sigma)
                    found[place] += 0.25 * rate * chance
    logging.disable(logging.NOTSET)
    return np.array(found_pga), np.array(found_sa)
