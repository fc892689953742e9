"""Neighbouring classes are told apart by everyone: with red, green or blue cones missing, and in grey."""

import itertools
import math

import numpy as np
import pytest

from risk_api.exposure import SCHEMES
from risk_api.reports.colours import class_colours
from risk_api.seismic.maps.tiles import SHAKING_RAMP
from risk_api.tiles.difference import difference_legend
from risk_api.tiles.run_layers import _DEPTH as DEPTH
from risk_api.tiles.run_layers import _SPEED as SPEED
from risk_api.tiles.run_layers import (
    ARRIVAL_LIMITS_MIN,
    DEPTH_LIMITS_M,
    SPEED_LIMITS_M_S,
    arrival_legend,
    hazard_legend,
)

#: Machado, Oliveira and Fernandes 2009, full severity, on linear RGB (as cited, not re-read).
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(colour, blindness):
    """Return CIELAB (D65) of an sRGB colour as somebody sees it."""
    value = np.asarray(colour, dtype=float)[:3] / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(BLINDNESS[blindness] @ linear, 0.0, 1.0)
    x, y, z = (TO_XYZ @ seen) / np.array([0.95047, 1.0, 1.08883])
    f = [t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def delta_e_2000(first, second):
    """Return the CIEDE2000 difference of two CIELAB colours (CIE 142-2001; Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2.0) ** 7
    g = 0.5 * (1.0 - math.sqrt(c7 / (c7 + 25.0**7)))
    a1, a2 = (1.0 + g) * a1, (1.0 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360.0 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180.0) % 360.0 - 180.0 if c1 * c2 else 0.0
    light, chroma = (l1 + l2) / 2.0, (c1 + c2) / 2.0
    hue = h1 + turn / 2.0 if c1 * c2 else h1 + h2
    t = (
        1.0
        - 0.17 * math.cos(math.radians(hue - 30.0))
        + 0.24 * math.cos(math.radians(2.0 * hue))
        + 0.32 * math.cos(math.radians(3.0 * hue + 6.0))
        - 0.20 * math.cos(math.radians(4.0 * hue - 63.0))
    )
    s_l = 1.0 + 0.015 * (light - 50.0) ** 2 / math.sqrt(20.0 + (light - 50.0) ** 2)
    s_c, s_h = 1.0 + 0.045 * chroma, 1.0 + 0.015 * chroma * t
    r_c = 2.0 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    r_t = -r_c * math.sin(math.radians(60.0 * math.exp(-(((hue % 360.0 - 275.0) / 25.0) ** 2))))
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / s_c
    d_h = 2.0 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2.0)) / s_h
    return math.sqrt(d_l**2 + d_c**2 + d_h**2 + r_t * d_c * d_h)


def hexes(ramp):
    return [tuple(bytes.fromhex(colour)) for colour in ramp]


RAMPS = {
    "depth": hexes(DEPTH),
    "speed": hexes(SPEED),
    "arrival": [entry.colour for entry in arrival_legend("arrival", np.array([60.0])).entries],
    **{
        name: [entry.colour for entry in hazard_legend(f"hazard-{name}", scheme).entries]
        for name, scheme in SCHEMES.items()
    },
    "shaking": hexes(SHAKING_RAMP),
    **{f"paper-{name}": hexes([colour[1:] for colour in class_colours(name)]) for name in SCHEMES},
    "difference": [
        entry.colour for entry in difference_legend({}).entries if not entry.id.startswith("within")
    ],
}


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_is_right(first, second, difference):
    """Pairs of table 1 of Sharma, Wu and Dalal 2005 (as cited, not re-read)."""
    assert delta_e_2000(first, second) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("ramp", RAMPS)
def test_neighbours_differ(ramp, blindness):
    seen = [lab(colour, blindness) for colour in RAMPS[ramp]]
    steps = [delta_e_2000(a, b) for a, b in itertools.pairwise(seen)]
    assert min(steps) >= 10.0, steps


@pytest.mark.parametrize("ramp", [name for name in RAMPS if name != "difference"])
def test_lightness_only_rises_or_falls(ramp):
    light = [lab(colour, "none")[0] for colour in RAMPS[ramp]]
    steps = np.diff(light)
    assert (steps > 0).all() or (steps < 0).all()


def test_every_class_has_a_colour():
    assert len(RAMPS["depth"]) == len(DEPTH_LIMITS_M)
    assert len(RAMPS["speed"]) == len(SPEED_LIMITS_M_S)
    assert len(RAMPS["arrival"]) == len(ARRIVAL_LIMITS_MIN)
