"""The drawing of an exceedance curve: powers of ten where they belong, lines that only fall."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.pages.exceedance import HEIGHT, LEFT, RIGHT, WIDTH, exceedance_svg

LEVELS = [1.0, 10.0, 100.0, 1000.0]


def points(svg):
    return [
        [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
        for line in ET.fromstring(svg).iter("polyline")
    ]


def test_equal_factors_are_equal_distances():
    svg = exceedance_svg(LEVELS, {"a & b": [1e-1, 1e-2, 1e-3, 1e-4]}, 'say "it"', "<axis>", "ru")
    (line,) = points(svg)
    assert line[0][0] == LEFT
    assert line[-1][0] == WIDTH - RIGHT
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    assert all(step == pytest.approx(steps[0], abs=0.11) for step in steps)
    texts = [entry.text for entry in ET.fromstring(svg).iter("text")]
    assert {"1", "1\u00a0000", "0,1", "0,00001", "a & b", "<axis>"} <= set(texts)


def test_what_is_rarer_than_the_axis_is_left_out():
    svg = exceedance_svg(LEVELS, {"a": [1e-2, 1e-4, 1e-6, 0.0]}, "t", "x", "en")
    assert len(points(svg)[0]) == 2
    assert exceedance_svg(LEVELS, {"a": [0.0, 0.0, 0.0, 0.0]}, "t", "x", "en") == ""


@given(st.lists(st.floats(1e-9, 1.0), min_size=4, max_size=4))
def test_a_rate_that_falls_is_a_line_that_falls_within_the_frame(rates):
    falling = sorted(rates, reverse=True)
    svg = exceedance_svg(LEVELS, {"a": falling}, "t", "x", "kk")
    for line in points(svg) if svg else []:
        assert [y for _, y in line] == sorted(y for _, y in line)
        assert all(0 <= y <= HEIGHT and LEFT <= x <= WIDTH for x, y in line)
