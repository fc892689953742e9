"""The relations of Froehlich: each exponent and constant by itself, sums done by hand, and their ranges."""

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models import FlowError, breach_estimate


@given(volume=st.floats(1e4, 1e9), height=st.floats(3.0, 90.0))
def test_each_relation_has_the_exponents_and_constants_that_are_cited(volume: float, height: float) -> None:
    one, fuller = breach_estimate(volume, height), breach_estimate(2.0 * volume, height)
    higher = breach_estimate(volume, 2.0 * height)
    for name, by_volume, by_height in (
        ("mean_width_m", 0.32, 0.04), ("formation_s", 0.5, -1.0), ("peak_m3_s", 0.295, 1.24)
    ):  # fmt: skip
        start = getattr(one, name)
        assert log(getattr(fuller, name) / start, 2.0) == pytest.approx(by_volume)
        assert log(getattr(higher, name) / start, 2.0) == pytest.approx(by_height)
    piped = breach_estimate(volume, height, "piping")
    assert one.mean_width_m == pytest.approx(1.3 * piped.mean_width_m)
    assert (one.side_slope, piped.side_slope) == (1.0, 0.7)
    assert (piped.formation_s, piped.peak_m3_s) == (one.formation_s, one.peak_m3_s)


def test_the_constants_stand_alone_where_every_power_is_one() -> None:
    unit = breach_estimate(1.0, 1.0, "piping")
    assert unit.mean_width_m == pytest.approx(0.27)
    assert unit.peak_m3_s == pytest.approx(0.607)
    assert unit.formation_s == pytest.approx(63.2 / sqrt(9.81))


def test_a_worked_example_of_1e7_m3_and_20_m() -> None:
    over, pipe = breach_estimate(1e7, 20.0), breach_estimate(1e7, 20.0, "piping")
    assert over.mean_width_m == pytest.approx(68.762, abs=0.005)
    assert pipe.mean_width_m == pytest.approx(52.894, abs=0.005)
    # 3191.0 s with g = 9.80665; here g is 9.81.
    assert over.formation_s == pipe.formation_s == pytest.approx(3191.0, rel=3e-4)
    assert over.bottom_width_m == pytest.approx(over.mean_width_m - 20.0)
    assert pipe.bottom_width_m == pytest.approx(pipe.mean_width_m - 14.0)
    assert over.within_data


def test_a_worked_example_of_358e6_m3_and_43_m() -> None:
    large = breach_estimate(357.98e6, 42.9)
    assert large.mean_width_m == pytest.approx(222.76, abs=0.1)
    assert large.bottom_width_m == pytest.approx(179.9, abs=0.1)
    assert large.formation_s / 3600.0 == pytest.approx(2.47, abs=0.01)
    assert large.peak_m3_s == pytest.approx(21_420.2, abs=1.0)


def test_the_peak_goes_with_the_water_and_the_range_is_told() -> None:
    # 257 m3/s at 5e4 m3 and 10 m of water, whatever the height of the dam.
    small = breach_estimate(5e4, 40.0, water_height_m=10.0)
    assert small.peak_m3_s == pytest.approx(257.0, abs=1.0)
    assert small.bottom_width_m == 0.0
    assert not breach_estimate(1e4, 10.0).within_data
    assert not breach_estimate(1e6, 150.0).within_data


@pytest.mark.parametrize(
    ("arguments", "field"),
    [((0.0, 10.0), "volume_m3"), ((1e6, 0.0), "height_m"), ((1e6, 10.0, "slide"), "kind")],
)
def test_what_cannot_be_is_refused_by_name(arguments: tuple[object, ...], field: str) -> None:
    with pytest.raises(FlowError) as caught:
        breach_estimate(*arguments)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("height_m", [0.0, -1.0, 501.0, float("nan")])
def test_a_height_of_water_that_cannot_be_is_named_as_that(height_m: float) -> None:
    with pytest.raises(FlowError) as caught:
        breach_estimate(1e6, 10.0, water_height_m=height_m)
    assert caught.value.field == "water_height_m"
