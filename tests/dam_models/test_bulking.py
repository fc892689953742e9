"""Water that grows by a fixed factor: its volume, its solids, and the water in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models import Boundaries, Bulking, Hydrograph, InvalidParameter, Manning, simulate


@given(factor=st.floats(1.0, 60.0), solids=st.floats(0.5, 0.7), saturation=st.floats(0.6, 1.0))
def test_the_solids_are_those_of_the_bed_that_was_added(
    factor: float, solids: float, saturation: float
) -> None:
    made = Bulking(factor, solids, saturation)
    bed = (factor - 1.0) / (solids + (1.0 - solids) * saturation)
    assert made.solids_fraction * factor == pytest.approx(bed * solids, abs=1e-12)
    water = factor * (1.0 - made.solids_fraction)
    assert water == pytest.approx(1.0 + bed * (1.0 - solids) * saturation)


def test_a_released_mixture_has_the_volume_and_the_solids() -> None:
    made = Bulking(4.0, saturation=1.0)
    water = Hydrograph.triangle(1000.0, 20.0)
    mixture = made.mixture(water)
    assert mixture.volume_m3 == pytest.approx(4000.0)
    assert mixture.peak_m3_s == pytest.approx(80.0)
    result = simulate(
        np.zeros((9, 9)),
        20.0,
        [made.release(water, ([4], [4]))],
        Manning(0.05),
        duration_s=120.0,
        boundaries=Boundaries.walls(),
    )
    assert result.budget.released_m3 == pytest.approx(4000.0)
    carried = (result.final.depth_m * result.final.solids_fraction).sum() * 400.0
    assert carried == pytest.approx(4000.0 * 0.75 * 0.65)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"factor": 0.5}, "factor"),
        ({"factor": float("nan")}, "factor"),
        ({"factor": 5.0, "bed_solids": 0.95}, "bed_solids"),
        ({"factor": 5.0, "saturation": -0.1}, "saturation"),
        ({"factor": 50.0, "saturation": 0.0}, "factor"),
    ],
)
def test_impossible_factors_are_refused_by_name(inputs: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Bulking(**inputs)
    assert caught.value.field == field
