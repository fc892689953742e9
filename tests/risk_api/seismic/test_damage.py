"""Damage and casualties: published values, what adds up, what grows with what."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.seismic.damage import hazus, macroseismic
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import NODES, OF_PEOPLE, Branch, casualty_rates, curves_of, grade_shares
from risk_api.seismic.damage.fragility import exceedance
from risk_api.seismic.damage.fragility import grade_shares as shares_of_states
from risk_api.seismic.damage.macroseismic import GradeLaw, mean_damage_grade
from risk_api.seismic.damage.pager import death_rate, official_rule
from risk_api.seismic.damage.stock import Stock
from risk_api.seismic.damage.types import VARIANTS, building_types, read_types
from risk_api.seismic.errors import BadSeismicInput

#: Share of grades 4 and 5, per cent, at intensities 8, 9 and 10, by vulnerability index.
HEAVY = {0.84: (23, 59, 87), 0.74: (9, 36, 72), 0.616: (2, 13, 44), 0.451: (0.1, 1.5, 12), 0.644: (2, 17, 51),
         0.484: (0.2, 2, 17), 0.384: (0.0, 0.5, 5.5), 0.447: (0.1, 1.4, 12)}  # fmt: skip


@pytest.mark.parametrize("index", HEAVY)
def test_heavy_damage_is_what_was_computed_before(index: float) -> None:
    shares = macroseismic.grade_shares(mean_damage_grade(np.array([8.0, 9.0, 10.0]), index))
    got = 100.0 * shares[:, 4:].sum(axis=1)
    for value, wanted in zip(got, HEAVY[index], strict=True):
        assert value == pytest.approx(wanted, abs=0.06 if wanted < 2 else 0.6)


def test_mean_grade_is_the_mean_of_the_grades() -> None:
    mean = np.linspace(0.0, 5.0, 51)
    assert macroseismic.grade_shares(mean) @ np.arange(6) == pytest.approx(mean, abs=1e-12)
    # The discrete beta keeps its mean only about, as its authors' polynomial does.
    beta = macroseismic.grade_shares(mean, GradeLaw.BETA) @ np.arange(6)
    assert beta == pytest.approx(mean, abs=0.13)
    middle = (mean > 0.95) & (mean < 4.05)
    assert beta[middle] == pytest.approx(mean[middle], abs=0.05)


def test_binomial_by_hand() -> None:
    (shares,) = macroseismic.grade_shares(np.array([2.0]))
    assert shares == pytest.approx([comb(5, k) * 0.4**k * 0.6 ** (5 - k) for k in range(6)])


def test_half_way_up_the_curve() -> None:
    """Where I + 6.25 V is 13.1 the mean grade is 2.5, and the slope there is 2.5 over Q."""
    assert mean_damage_grade(13.1 - 6.25 * 0.74, 0.74) == pytest.approx(2.5)
    step = float(mean_damage_grade(8.001, (13.1 - 8.0) / 6.25) - 2.5)
    assert step / 0.001 == pytest.approx(2.5 / 2.3, rel=1e-3)


@given(st.floats(1.0, 12.0), st.floats(-0.02, 1.02), st.sampled_from(list(GradeLaw)))
def test_grades_are_shares(intensity: float, index: float, law: GradeLaw) -> None:
    shares = macroseismic.grade_shares(mean_damage_grade(intensity, index), law)
    assert (shares >= -1e-15).all()
    assert shares.sum() == pytest.approx(1.0)


def test_half_reach_a_state_at_its_median() -> None:
    medians = hazus.MEDIAN_PGA_G["C1M"]["low"]
    reached = exceedance(np.array(medians), medians)
    assert np.diag(reached) == pytest.approx(0.5)
    # 16 % are left out one deviation above: 0.54 g times e to the 0.4.
    assert exceedance(0.54 * np.exp(0.4), medians)[3] == pytest.approx(0.8413, abs=1e-4)


@given(st.floats(0.0, 10.0), st.floats(0.0, 1.0))
def test_states_become_shares(pga_g: float, collapse: float) -> None:
    reached = exceedance(pga_g, hazus.MEDIAN_PGA_G["RM2M"]["moderate"])
    shares = shares_of_states(reached, collapse)
    assert (shares >= 0.0).all()
    assert shares.sum() == pytest.approx(1.0)
    assert shares[5] == pytest.approx(collapse * reached[3])


def test_crossing_curves_give_no_negative_share() -> None:
    shares = shares_of_states(exceedance(0.05, (0.34, 0.73, 1.04, 1.33), (0.3, 0.6, 0.6, 0.9)), 0.1)
    assert (shares >= 0.0).all()


@pytest.mark.parametrize("medians", [(0.1, 0.2, 0.15, 0.4), (0.0, 0.1, 0.2, 0.3)])
def test_medians_that_cannot_be(medians: tuple[float, ...]) -> None:
    with pytest.raises(BadSeismicInput):
        exceedance(0.2, medians)


def test_medians_of_hazus_ascend_with_state_and_with_design() -> None:
    for levels in hazus.MEDIAN_PGA_G.values():
        known = np.array([levels[name] for name in hazus.LEVELS if name in levels])
        assert (np.diff(known, axis=1) > 0.0).all()
        assert (np.diff(known, axis=0) >= 0.0).all()


def test_rates_of_hazus_grow_with_grade() -> None:
    for name in hazus.COLLAPSE:
        rates = np.array(hazus.casualty_rates(name))
        assert (np.diff(rates[:, 3]) >= 0.0).all()
        assert (rates.sum(axis=1) <= 1.0).all()


def test_complete_damage_kills_alike_in_both_branches() -> None:
    """Grade 4 of EMS-98 has the rates of complete damage, which the other branch splits over 4 and 5."""
    types, assumed = building_types(), damage_assumptions()
    macro = casualty_rates(types, Branch.MACROSEISMIC, assumed)
    split = casualty_rates(types, Branch.FRAGILITY, assumed)
    for row, kind in enumerate(types.types.values()):
        share = hazus.COLLAPSE[kind.hazus_type]
        assert macro[row, 4] == pytest.approx((1.0 - share) * split[row, 4] + share * split[row, 5])
        assert macro[row, 5] == pytest.approx(split[row, 5])


def test_the_assumed_mix_is_the_one_computed_with() -> None:
    (share,) = (part for part in building_types().classes["masonry"] if part.type == "urm")
    assert damage_assumptions().value("unreinforced_share_of_masonry") == share.buildings


def stock(*people: float) -> Stock:
    count = len(building_types().types)
    each = np.array([[value / count] * count for value in people])
    return Stock(
        tuple("abcdefgh"[: len(people)]), tuple(building_types().types), each / 10.0, each, each.sum(1)
    )


@pytest.mark.parametrize("branch", list(Branch))
def test_curves_add_up_and_grow(branch: Branch) -> None:
    curves = curves_of(stock(1000.0, 300.0), branch)
    grades = curves.buildings[..., :6]
    assert grades.sum(axis=-1) == pytest.approx(np.broadcast_to([[100.0], [30.0]], grades.shape[:-1]))
    worse = np.cumsum(grades[..., ::-1], axis=-1)
    assert (np.diff(worse, axis=2) >= -1e-9).all(), "more shaking, more in every grade or above"
    assert (np.diff(curves.people, axis=2) >= -1e-9).all(), "more shaking, more casualties"
    assert (np.diff(curves.people, axis=0) >= -1e-9).all(), "weaker buildings, more casualties"
    dead = curves.people[..., OF_PEOPLE.index("severity_4")]
    assert (dead <= curves.people[..., OF_PEOPLE.index("displaced")] + 1e-9).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_sturdier_types_fare_better(variant: str) -> None:
    """Adobe, unreinforced brick, confined brick, panel: in this order at every intensity."""
    names = list(building_types().types)
    shares = grade_shares(Branch.MACROSEISMIC, NODES[Branch.MACROSEISMIC].values, variant)
    mean = shares @ np.arange(6)
    order = [mean[names.index(name)] for name in ("adobe", "urm", "cm", "rcpc2")]
    assert (np.diff(order, axis=0) <= 1e-12).all()


@pytest.mark.parametrize(("mmi", "rate"), [(8.0, 4.1e-4), (8.5, 8.7e-4), (9.0, 1.7e-3)])
def test_pager_gives_its_own_values(mmi: float, rate: float) -> None:
    assert death_rate(mmi) == pytest.approx(rate, rel=0.02)


def test_the_official_rule_knows_two_degrees() -> None:
    dead, hurt = official_rule(np.array([7.4, 7.6, 8.4, 8.6, 10.0]))
    assert dead.tolist() == [0.0, 0.005, 0.005, 0.05, 0.05]
    assert hurt.tolist() == [0.0, 0.02, 0.02, 0.2, 0.2]


_TYPES = """
[type.one]
title = {{ kk = "a", ru = "a", en = "a" }}
v = 0.5
v_as = "M"
hazus = "{hazus}"
levels = {{ value = "{level}", better = "low", worse = "pre" }}
[class.masonry]
title = {{ kk = "a", ru = "a", en = "a" }}
types = [{{ type = "one", buildings = {share}, people = 1.0 }}]
"""


@pytest.mark.parametrize(
    ("hazus_type", "level", "share", "field"),
    [
        ("X9", "low", 1.0, "one.X9"),
        ("URML", "high", 1.0, "one.high"),
        ("URML", "low", 0.9, "masonry.buildings"),
    ],
)
def test_tables_of_types_are_checked(hazus_type: str, level: str, share: float, field: str) -> None:
    with pytest.raises(BadSeismicInput) as caught:
        read_types(_TYPES.format(hazus=hazus_type, level=level, share=share))
    assert caught.value.field == field
