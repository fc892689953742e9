"""Hazard classes: published thresholds, disjoint, complete."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.exposure.schemes import SCHEMES


def name_of(scheme_id: str, depth: float, speed: float, product: float | None = None) -> str | None:
    scheme = SCHEMES[scheme_id]
    values = (np.array([value]) for value in (depth, speed, depth * speed if product is None else product))
    index = scheme.classify(*values)[0]
    return None if index < 0 else scheme.classes[index]


@pytest.mark.parametrize(
    ("depth", "speed", "expected"),
    [
        (0.09, 9.0, None),
        (1.01, 1.01, "strong"),
        (1.0, 5.0, "medium"),
        (3.0, 1.0, "medium"),
        (0.5, 0.0, "medium"),
        (0.25, 2.0, "medium"),
        (0.49, 1.0, "weak"),
        (0.1, 0.0, "weak"),
    ],
)
def test_buwal(depth: float, speed: float, expected: str | None) -> None:
    assert name_of("buwal", depth, speed) == expected


@pytest.mark.parametrize(
    ("depth", "speed", "expected"),
    [
        (0.3, 1.0, "h1"),
        (0.3, 1.01, "h2"),
        (0.5, 1.2, "h2"),
        (0.51, 1.0, "h3"),
        (1.2, 0.5, "h3"),
        (1.21, 0.5, "h4"),
        (2.0, 0.5, "h4"),
        (0.2, 2.1, "h5"),
        (4.0, 1.0, "h5"),
        (4.1, 0.1, "h6"),
        (1.0, 4.1, "h6"),
        (2.0, 2.1, "h6"),
    ],
)
def test_arr(depth: float, speed: float, expected: str) -> None:
    assert name_of("arr", depth, speed) == expected


@pytest.mark.parametrize("scheme_id", SCHEMES)
@given(depth=st.floats(0.1, 50.0), speed=st.floats(0.0, 40.0), more=st.floats(1.0, 3.0))
def test_a_stronger_flow_is_never_in_a_weaker_class(
    scheme_id: str, depth: float, speed: float, more: float
) -> None:
    order = SCHEMES[scheme_id].classes
    weaker = name_of(scheme_id, depth, speed)
    stronger = name_of(scheme_id, depth * more, speed * more)
    assert weaker is not None
    assert stronger is not None
    assert order.index(stronger) <= order.index(weaker)


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_affected_classes_are_the_upper_ones_and_every_class_has_three_names(scheme_id: str) -> None:
    scheme = SCHEMES[scheme_id]
    affected = [name in scheme.affected for name in scheme.classes]
    assert affected == sorted(affected, reverse=True)
    assert not all(affected)
    for name in scheme.classes:
        assert set(scheme.class_names[name]) == {"kk", "ru", "en"}
