"""Intensity: published check values, both ways, and no way down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.intensity import (
    WORDEN_2012,
    IntensityScale,
    bindi_2011_msk,
    intensity,
    mmi,
    mmi_from,
    msk_kz,
    shaking_from_mmi,
)
from risk_api.seismic.measures import Measure

WITH_A_RELATION = sorted(WORDEN_2012)


def test_worden_at_known_shaking() -> None:
    # MMI 8.0 needs 0.40 g; 0.32 g is 7.6.
    assert mmi_from(Measure.PGA, 0.40) == pytest.approx(8.0, abs=0.05)
    assert mmi_from(Measure.PGA, 0.32) == pytest.approx(7.6, abs=0.06)
    # By hand: 10 cm/s2 lies on the lower line, 100 cm/s2 on the upper one, 1 cm/s2 is hardly felt.
    assert mmi_from(Measure.PGA, np.array([1.0, 10.0, 100.0]) / 980.665) == pytest.approx([1.71, 3.33, 5.80])
    assert mmi_from(Measure.PGV, [1.0, 10.0]) == pytest.approx([3.78, 6.05])
    assert mmi(100.0 / 980.665, 10.0) == pytest.approx((5.80 + 6.05) / 2)


def test_the_correction_by_distance_and_magnitude() -> None:
    bare = mmi_from(Measure.PGA, 0.1)
    corrected = mmi_from(Measure.PGA, 0.1, distance_km=[1.0, 10.0, 100.0, 500.0], magnitude=7.9)
    expected = -0.91 + 1.02 * np.log10([10, 10, 100, 300]) - 0.17 * 7.3
    assert corrected - bare == pytest.approx(expected)


@pytest.mark.parametrize("measure", WITH_A_RELATION)
def test_there_and_back(measure) -> None:
    degrees = np.linspace(1.2, 9.8, 400)
    shaking = shaking_from_mmi(measure, degrees)
    # The published bends of the two directions differ by a few hundredths of a degree.
    assert mmi_from(measure, shaking) == pytest.approx(degrees, abs=0.06)
    with_distance = shaking_from_mmi(measure, degrees, distance_km=50.0, magnitude=6.5)
    back = mmi_from(measure, with_distance, distance_km=50.0, magnitude=6.5)
    assert back == pytest.approx(degrees, abs=0.06)


@given(st.sampled_from(WITH_A_RELATION), st.floats(1e-5, 300), st.floats(1.0, 3.0))
def test_more_shaking_is_never_less_intensity(measure, value, times) -> None:
    # The published lines miss each other at the bends by up to 0.04 of a degree.
    assert mmi_from(measure, value * times) >= mmi_from(measure, value) - 0.04
    assert msk_kz(value * times) >= msk_kz(value)


def test_nothing_is_felt_without_shaking() -> None:
    assert mmi(0.0, 0.0) == 1.0
    assert msk_kz(0.0) == 1.0
    assert mmi(20.0, 5000.0) == 10.0


def test_msk_as_it_was_practised() -> None:
    assert msk_kz([0.1, 0.2, 0.4]) == pytest.approx([7, 8, 9])
    assert intensity(IntensityScale.MSK_KZ, 0.2, 1.0) == pytest.approx(8)
    assert intensity(IntensityScale.MMI, 0.2, 1.0) == mmi(0.2, 1.0)


def test_no_relation_for_sa_06() -> None:
    with pytest.raises(BadSeismicInput, match=r"measure.*sa_0\.6"):
        mmi_from(Measure.SA_06, 0.3)


@pytest.mark.parametrize(
    ("magnitude", "distance", "depth", "expected"),
    [
        (7.3, 20.7, 20.0, 7.5),  # Verny 1887
        (8.0, 142.0, 40.0, 7.0),  # Chilik 1889
        (8.02, 38.5, 20.0, 7.7),  # Kemin 1911
        (7.0, 264.0, 13.0, 4.3),  # January 2024
        (5.6, 35.6, 10.0, 5.1),  # March 2024
    ],
)
def test_bindi_at_almaty(magnitude, distance, depth, expected) -> None:
    assert bindi_2011_msk(magnitude, distance, depth) == pytest.approx(expected, abs=0.06)
