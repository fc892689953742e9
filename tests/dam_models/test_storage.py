"""The stage-storage curve: it is the volume of the cells below a level, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dam_models import InvalidDam, StorageCurve

CELL_M = 20.0
BEDS = arrays.arrays(np.float64, (4, 5), elements=st.integers(0, 40).map(lambda step: 500.0 + 0.25 * step))


def test_a_tank_and_a_wedge_hold_what_geometry_says() -> None:
    tank = StorageCurve.from_bed(np.full((3, 4), 100.0), np.ones((3, 4), bool), 10.0, 108.0)
    assert tank.capacity_m3 == pytest.approx(12 * 100.0 * 8.0)
    assert tank.area_at([99.0, 100.0, 101.0, 120.0]) == pytest.approx([0.0, 0.0, 1200.0, 1200.0])
    # Steps of 1 m, 200 cells wide: V = (area of the triangle), once the steps are small beside the depth.
    steps = np.broadcast_to(0.05 * np.arange(400.0), (2, 400))
    wedge = StorageCurve.from_bed(steps, np.ones(steps.shape, bool), 1.0, 19.0)
    assert wedge.capacity_m3 == pytest.approx(2 * 0.5 * 19.0 * 380.0, rel=0.01)


@given(bed=BEDS, share=st.floats(0.0, 1.5), crest=st.floats(0.1, 15.0))
def test_the_curve_is_the_sum_over_the_cells_and_back(bed: np.ndarray, share: float, crest: float) -> None:
    pool = np.ones(bed.shape, dtype=bool)
    pool[0, 1:] = False
    lowest = float(bed[pool].min())
    curve = StorageCurve.from_bed(bed, pool, CELL_M, lowest + crest)
    level = lowest + share * crest
    cells = bed[pool & (bed < lowest + crest)]
    by_hand = np.maximum(0.0, level - cells).sum() * CELL_M**2
    assert float(curve.volume_at(level)) == pytest.approx(by_hand, rel=1e-9, abs=1e-6)
    assert float(curve.level_at(by_hand)) == pytest.approx(level, abs=1e-8)
    flooded = np.count_nonzero(cells < level - 1e-9) * CELL_M**2
    assert float(curve.area_at(level - 1e-9)) == pytest.approx(flooded, rel=1e-6)


@given(bed=BEDS, crest=st.floats(0.5, 15.0), cut=st.floats(0.05, 1.6), capacity=st.floats(1.0, 1e7))
def test_cut_scaled_and_thinned_curves_keep_what_they_say(
    bed: np.ndarray, crest: float, cut: float, capacity: float
) -> None:
    curve = StorageCurve.from_bed(bed, np.ones(bed.shape, bool), CELL_M, float(bed.min()) + crest)
    lower = curve.up_to(curve.bottom_m + cut * crest)
    assert lower.capacity_m3 == pytest.approx(float(curve.volume_at(lower.top_m)))
    middle = 0.5 * (curve.bottom_m + min(lower.top_m, curve.top_m))
    assert float(lower.volume_at(middle)) == pytest.approx(float(curve.volume_at(middle)))
    scaled = curve.scaled_to(capacity)
    assert scaled.capacity_m3 == pytest.approx(capacity)
    ratio = float(scaled.volume_at(middle)) / float(curve.volume_at(middle))
    assert ratio == pytest.approx(capacity / curve.capacity_m3)
    few = curve.thinned(4)
    assert few.level_m.size == min(4, curve.level_m.size)
    assert few.capacity_m3 == curve.capacity_m3
    # Areas grow with the level, so that a chord lies above the curve.
    assert float(few.volume_at(middle)) >= float(curve.volume_at(middle)) * (1 - 1e-12)


BOWL = StorageCurve([0.0, 1.0], [0.0, 10.0])


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: StorageCurve([0.0], [0.0]), "level_m"),
        (lambda: StorageCurve([0.0, 1.0], [0.0, 1.0, 2.0]), "level_m"),
        (lambda: StorageCurve([0.0, 0.0], [0.0, 1.0]), "level_m"),
        (lambda: StorageCurve([0.0, np.inf], [0.0, 1.0]), "level_m"),
        (lambda: StorageCurve([0.0, 1.0], [0.0, 0.0]), "volume_m3"),
        (lambda: StorageCurve([0.0, 1.0], [1.0, 2.0]), "volume_m3"),
        (lambda: StorageCurve.from_bed(np.zeros((2, 2)), np.zeros((2, 2), bool), 1.0, 1.0), "pool"),
        (lambda: StorageCurve.from_bed(np.zeros((2, 2)), np.ones((2, 3), bool), 1.0, 1.0), "pool"),
        (lambda: StorageCurve.from_bed(np.zeros((2, 2)), np.ones((2, 2), bool), 0.0, 1.0), "cell_size_m"),
        (lambda: StorageCurve.from_bed(np.zeros((2, 2)), np.ones((2, 2), bool), 1.0, 0.0), "crest_m"),
        (lambda: StorageCurve.from_bed(np.full((2, 2), np.nan), np.ones((2, 2), bool), 1.0, 0.0), "crest_m"),
        (lambda: BOWL.up_to(0.0), "crest_m"),
        (lambda: BOWL.scaled_to(0.0), "capacity_m3"),
        (lambda: BOWL.level_at(-1.0), "volume_m3"),
        (lambda: BOWL.thinned(1), "points"),
    ],
)
def test_what_is_no_bowl_is_refused_by_name(make: object, field: str) -> None:
    with pytest.raises(InvalidDam) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field
