"""A dam under an earthquake: the published values, the capacity lost, and ranges that keep their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models import InvalidParameter, StorageCurve, crest_settlement_percent, shake_dam
from dam_models.shaking import damage_class

TANK = StorageCurve([0.0, 40.0], [0.0, 40.0 * 50_000.0])


@pytest.mark.parametrize(
    ("pga_g", "magnitude", "percent"), [(0.4, 7.0, 0.21), (0.5, 7.3, 0.45), (0.6, 7.8, 1.09)]
)
def test_the_settlement_has_its_published_values(pga_g: float, magnitude: float, percent: float) -> None:
    assert crest_settlement_percent(pga_g, magnitude) == pytest.approx(percent, abs=0.006)


def test_the_capacity_lost_is_the_slice_that_the_crest_has_gone_down() -> None:
    fill = shake_dam("embankment", TANK, 40.0, 0.6, 7.8, alluvium_m=(0.0, 20.0))
    percent = crest_settlement_percent(0.6, 7.8)
    assert fill.settlement_m == pytest.approx((0.4 * percent, 0.6 * percent))
    assert fill.capacity_lost_m3 == pytest.approx(tuple(50_000.0 * drop for drop in fill.settlement_m))
    assert fill.damage == ("serious", "serious")
    assert [damage_class(share) for share in (0.05, 0.1, 0.7, 1.0)] == [
        "none",
        "minor",
        "moderate",
        "serious",
    ]


@given(
    kind=st.sampled_from(["embankment", "cellular concrete"]),
    pga=st.lists(st.floats(0.0, 1.2), min_size=2, max_size=2),
    magnitude=st.floats(5.0, 8.5),
)
def test_stronger_shaking_never_leaves_more_and_low_is_never_above_high(
    kind: str, pga: list[float], magnitude: float
) -> None:
    weak, strong = (shake_dam(kind, TANK, 40.0, one, magnitude) for one in sorted(pga))  # type: ignore[arg-type]
    for field in ("settlement_m", "capacity_lost_m3", "blocked_share"):
        for side in (0, 1):
            assert getattr(weak, field)[side] <= getattr(strong, field)[side]
        assert getattr(weak, field)[0] <= getattr(weak, field)[1]
    assert 0.0 <= strong.capacity_lost_m3[1] <= TANK.capacity_m3
    assert "judgement" in weak.basis
    assert ("unverified" in weak.basis) is (kind == "embankment")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "arch"}, "kind"),
        ({"height_m": 0.0}, "height_m"),
        ({"pga_g": -0.1}, "pga_g"),
        ({"magnitude": 12.0}, "magnitude"),
        ({"alluvium_m": (5.0, 1.0)}, "alluvium_m"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, object], field: str) -> None:
    good = {"kind": "embankment", "storage": TANK, "height_m": 40.0, "pga_g": 0.4, "magnitude": 7.0}
    with pytest.raises(InvalidParameter) as caught:
        shake_dam(**(good | change))  # type: ignore[arg-type]
    assert caught.value.field == field
