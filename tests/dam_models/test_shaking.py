"""A dam under an earthquake: the relation as cited, what judged tables may not do, capacity lost."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models import (
    InvalidParameter,
    StorageCurve,
    crest_settlement_percent,
    shake_dam,
    with_weir,
    worst_of,
)
from dam_models.shaking import (
    BODIES,
    JUDGED_BLOCKED_SHARE,
    JUDGED_CELLULAR_BANDS,
    JUDGED_NOTHING_BELOW_G,
    JUDGED_SCATTER,
    damage_class,
)

#: A bowl that widens upwards, so that the slice lost depends on where it is cut.
BOWL = StorageCurve([0.0, 20.0, 40.0], [0.0, 300_000.0, 1_500_000.0])
CLASSES = ("none", "minor", "moderate", "serious")


@given(pga=st.floats(0.0, 1.2), magnitude=st.floats(4.0, 8.5))
def test_the_logarithm_of_the_settlement_is_linear_as_published(pga: float, magnitude: float) -> None:
    """The three coefficients of Swaisgood (2003), one at a time: 8.00 at nothing, 6.07 per g, 0.57 per M."""
    told = math.log(crest_settlement_percent(pga, magnitude))
    assert told == pytest.approx(-8.00 + 6.07 * pga + 0.57 * magnitude)
    if pga <= 1.0:
        assert math.log(crest_settlement_percent(pga + 0.1, magnitude)) - told == pytest.approx(0.607)
    if magnitude <= 7.5:
        assert math.log(crest_settlement_percent(pga, magnitude + 1.0)) - told == pytest.approx(0.57)


@pytest.mark.parametrize(
    ("pga_g", "magnitude", "percent"), [(0.4, 7.0, 0.21), (0.5, 7.3, 0.45), (0.6, 7.8, 1.09)]
)
def test_the_settlement_is_what_was_worked_out_by_hand(
    pga_g: float, magnitude: float, percent: float
) -> None:
    """Computed from the same formula elsewhere: it guards against a slip and vouches for nothing."""
    assert crest_settlement_percent(pga_g, magnitude) == pytest.approx(percent, abs=0.006)


def test_a_fill_settles_with_its_alluvium_and_by_the_scatter_about_the_relation() -> None:
    percent = 0.01 * crest_settlement_percent(0.4, 7.0)
    bare = shake_dam("embankment", 40.0, 0.4, 7.0)
    assert bare.settlement_m == pytest.approx(
        (40.0 * percent / JUDGED_SCATTER, 40.0 * percent, 40.0 * percent * JUDGED_SCATTER)
    )
    soft = shake_dam("embankment", 40.0, 0.4, 7.0, alluvium_m=(5.0, 20.0, 60.0))
    assert soft.settlement_m == pytest.approx(
        (45.0 * percent / JUDGED_SCATTER, 60.0 * percent, 100.0 * percent * JUDGED_SCATTER)
    )
    # 0.07, 0.21 and 0.63 %, in the classes below 0.1, 0.5 and 1 %.
    assert bare.damage == ("none", "minor", "moderate")
    assert bare.blocked_share == (0.0, 0.05, 0.6)


def test_the_classes_change_at_their_limits() -> None:
    assert [damage_class(share) for share in (0.099, 0.1, 0.499, 0.5, 0.999, 1.0)] == [
        "none", "minor", "minor", "moderate", "moderate", "serious",
    ]  # fmt: skip


def test_the_judged_tables_get_worse_downwards_and_from_low_to_high() -> None:
    shares = [JUDGED_BLOCKED_SHARE[name] for name in CLASSES]  # type: ignore[index]
    assert all(list(three) == sorted(three) for three in shares)
    assert all(a <= b for upper, lower in pairwise(shares) for a, b in zip(upper, lower, strict=True))
    rows = [(loss, tuple(map(CLASSES.index, damage))) for _, loss, damage in JUDGED_CELLULAR_BANDS]
    assert all(list(part) == sorted(part) for row in rows for part in row)
    for above, below in pairwise(rows):
        assert all(a <= b for x, y in zip(above, below, strict=True) for a, b in zip(x, y, strict=True))
    assert [band[0] for band in JUDGED_CELLULAR_BANDS] == [0.2, 0.4, 0.6, 1.2]


def test_the_capacity_lost_is_the_slice_that_the_crest_has_gone_down() -> None:
    fill = shake_dam("embankment", 40.0, 0.6, 7.8)
    low, middle, high = fill.capacity_lost_m3(BOWL)
    # Up to 20 m below its top the bowl has an area of 60 000 m2.
    assert (low, middle, high) == pytest.approx(tuple(60_000.0 * drop for drop in fill.settlement_m))
    gone = shake_dam("embankment", 40.0, 1.2, 8.5)
    assert gone.settlement_m[2] == 40.0, "a crest goes down to the ground, not below it"
    assert gone.capacity_lost_m3(BOWL)[2] == BOWL.capacity_m3


@given(
    body=st.sampled_from(BODIES),
    pga=st.lists(st.floats(0.0, 1.2), min_size=2, max_size=2),
    magnitude=st.floats(5.0, 8.5),
    height=st.floats(1.0, 400.0),
)
def test_stronger_shaking_never_leaves_more_and_the_three_keep_their_order(
    body: str, pga: list[float], magnitude: float, height: float
) -> None:
    weak, strong = (shake_dam(body, height, one, magnitude) for one in sorted(pga))  # type: ignore[arg-type]
    for one in (weak, strong):
        assert list(one.settlement_m) == sorted(one.settlement_m)
        assert list(one.blocked_share) == sorted(one.blocked_share)
        assert list(map(CLASSES.index, one.damage)) == sorted(map(CLASSES.index, one.damage))
        assert 0.0 <= one.settlement_m[0] <= one.settlement_m[2] <= height
        assert "judgement" in one.basis
    for a, b in zip(
        (*weak.settlement_m, *weak.blocked_share, *map(CLASSES.index, weak.damage)),
        (*strong.settlement_m, *strong.blocked_share, *map(CLASSES.index, strong.damage)),
        strict=True,
    ):
        assert a <= b
    shaken = strong.settlement_m[2] > 0.0
    assert shaken is (max(pga) >= JUDGED_NOTHING_BELOW_G)


def test_a_dam_of_two_parts_suffers_what_the_worse_does_at_each_level() -> None:
    wings, centre = (shake_dam(body, 40.0, 0.3, 7.0, alluvium_m=(0.0, 10.0, 40.0)) for body in BODIES)
    both = worst_of((wings, centre))
    assert both.settlement_m == pytest.approx(
        tuple(max(a, b) for a, b in zip(wings.settlement_m, centre.settlement_m, strict=True))
    )
    # Here the wings settle further and the centre is damaged more.
    assert both.settlement_m[2] == wings.settlement_m[2] > centre.settlement_m[2]
    assert both.damage == centre.damage == ("none", "minor", "moderate") != wings.damage
    assert both.blocked_share == centre.blocked_share
    assert wings.basis in both.basis
    assert centre.basis in both.basis
    assert worst_of((wings, wings)) == wings


@given(
    pga=st.floats(0.0, 1.2),
    magnitude=st.floats(5.0, 8.5),
    height=st.floats(10.0, 100.0),
    below=st.floats(0.0, 9.0),
)
def test_a_dam_spills_at_the_lower_of_its_weir_and_its_wings(
    pga: float, magnitude: float, height: float, below: float
) -> None:
    wings = shake_dam("embankment", height, pga, magnitude, alluvium_m=(0.0, 10.0, 40.0))
    centre = shake_dam("cellular concrete", height - below, pga, magnitude)
    both = with_weir(centre, wings)
    assert (both.settlement_m, both.weir_settlement_m) == (wings.settlement_m, centre.settlement_m)
    assert (both.damage, both.blocked_share) == (
        worst_of((centre, wings)).damage, worst_of((centre, wings)).blocked_share,
    )  # fmt: skip
    for level in range(3):
        # Over a bed at 0: the crest of the wings at the height, the weir below it.
        spill = min(height - below - centre.settlement_m[level], height - wings.settlement_m[level])
        assert both.spill_drop_m(below)[level] == pytest.approx(height - below - spill, abs=1e-9)
    bowl = StorageCurve([0.0, height - below], [0.0, 1000.0 * (height - below)])
    assert both.capacity_lost_m3(bowl, below) == pytest.approx(
        tuple(min(1000.0 * drop, bowl.capacity_m3) for drop in both.spill_drop_m(below)), abs=1e-6
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "arch"}, "body"),
        ({"height_m": 0.0}, "height_m"),
        ({"height_m": math.nan}, "height_m"),
        ({"pga_g": -0.1}, "pga_g"),
        ({"pga_g": 1.3}, "pga_g"),
        ({"magnitude": 12.0}, "magnitude"),
        ({"alluvium_m": (5.0, 1.0, 6.0)}, "alluvium_m"),
        ({"alluvium_m": (5.0, 6.0, 1.0)}, "alluvium_m"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, object], field: str) -> None:
    good = {"body": "embankment", "height_m": 40.0, "pga_g": 0.4, "magnitude": 7.0}
    with pytest.raises(InvalidParameter) as caught:
        shake_dam(**(good | change))  # type: ignore[arg-type]
    assert caught.value.field == field
    with pytest.raises(InvalidParameter):
        worst_of(())
