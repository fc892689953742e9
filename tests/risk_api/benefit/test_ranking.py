"""Which site first: by what it adds, with ties and interactions said, each set of dams asked for once."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.benefit.ranking import rank
from risk_api.errors import BadParameter

SITES = ("a", "b", "c")


def subsets():
    return [frozenset(s) for s in chain.from_iterable(combinations(SITES, n) for n in range(4))]


worths = st.lists(st.floats(-100.0, 1000.0), min_size=7, max_size=7).map(
    lambda values: {**dict(zip(subsets()[1:], values, strict=True)), frozenset(): 0.0}
)


@given(worths)
def test_places_add_up_to_the_worth_of_all_and_each_is_the_best_next(worth):
    asked = []

    def benefit(chosen):
        asked.append(chosen)
        return worth[chosen]

    found = rank(SITES, benefit)
    assert len(asked) == len(set(asked)) <= 7
    assert frozenset() not in asked
    assert sum(place.added for place in found.places) == pytest.approx(worth[frozenset(SITES)], abs=1e-6)
    chosen = frozenset()
    for place in found.places:
        best = max(worth[chosen | {site}] - worth[chosen] for site in SITES if site not in chosen)
        assert place.added == pytest.approx(best)
        assert place.alone == worth[frozenset({place.site})]
        chosen |= {place.site}
    for pair in found.interactions:
        a, b = pair.sites
        assert pair.beyond_the_sum == pytest.approx(
            worth[frozenset({a, b})] - worth[frozenset({a})] - worth[frozenset({b})]
        )


def test_dams_of_separate_valleys_do_not_interact():
    alone = {"a": 5.0, "b": 3.0}
    found = rank(("b", "a"), lambda chosen: sum(alone[site] for site in chosen))
    assert [place.site for place in found.places] == ["a", "b"]
    assert found.interactions[0].beyond_the_sum == 0.0


def test_dams_of_one_valley_do_the_same_work():
    found = rank(("a", "b"), lambda chosen: 10.0 if chosen else 0.0)
    assert found.places[0].tied_with == ("b",)
    assert found.places[1].added == 0.0
    assert found.interactions[0].beyond_the_sum == -10.0


def test_cost_can_turn_the_order():
    alone = {"a": 50.0, "b": 30.0}
    by_cost = rank(
        ("a", "b"), lambda chosen: sum(alone[site] for site in chosen), {"a": 20e9, "b": 5e9}, by="cost"
    )
    assert [place.site for place in by_cost.places] == ["b", "a"]
    assert by_cost.places[0].per_cost == pytest.approx(6.0)


def test_harm_ranks_last_and_stays_negative():
    alone = {"a": -5.0, "b": 0.0}
    found = rank(("a", "b"), lambda chosen: sum(alone[site] for site in chosen))
    assert [place.site for place in found.places] == ["b", "a"]
    assert found.places[1].added == -5.0


@pytest.mark.parametrize(
    ("sites", "more", "field"),
    [
        ((), {}, "dams"),
        (("a", "a"), {}, "dams"),
        (tuple("abcdefg"), {}, "dams"),
        (("a",), {"by": "luck"}, "by"),
        (("a", "b"), {"by": "cost", "costs": {"a": 1.0}}, "by"),
    ],
)
def test_what_cannot_be_ranked_is_refused_by_name(sites, more, field):
    with pytest.raises(BadParameter) as refused:
        rank(sites, lambda chosen: 0.0, **more)
    assert refused.value.field == field
