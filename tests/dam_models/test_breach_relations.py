"""The relations of Froehlich against numbers worked out elsewhere, and their ranges."""

import pytest

from dam_models import FlowError, breach_estimate


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
