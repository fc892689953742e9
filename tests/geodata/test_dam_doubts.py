"""Published capacities that contradict the height, told apart from those that do not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import DamRefused, DamSite, Ranged, Region, capacity_doubts, check_apart

VOLUMES = st.floats(1e3, 1e8)


def site(capacity_m3: float, **over: Any) -> DamSite:
    data = {
        "id": "bar", "name_kk": "a", "name_ru": "a", "name_en": "a", "river": "river",
        "height_m": {"value": 20.0, "unit": "m"}, "openings": [], "states": [],
        "capacity_m3": {"value": capacity_m3, "unit": "m3", "source": "the builder"},
    } | over  # fmt: skip
    return DamSite.of(data, 77.0, 43.0)


@given(VOLUMES, VOLUMES)
def test_two_volumes_contradict_each_other_beyond_a_factor_of_two_either_way(
    one: float, other: float
) -> None:
    doubts = capacity_doubts(site(one), other)
    apart = max(one, other) / min(one, other)
    assert bool(doubts) == (apart > 2.0)
    assert [doubt.factor for doubt in doubts] == ([pytest.approx(apart)] if doubts else [])
    assert bool(capacity_doubts(site(other), one)) == bool(doubts)


def test_ground_that_was_moved_to_hold_the_figure_is_doubted_as_it_came() -> None:
    fitted = site(2e6, fit={"capacity_before_m3": 5e5, "ground_moved_most_m": 12.0})
    (doubt,) = capacity_doubts(fitted, 2e6)
    assert (doubt.terrain_m3, doubt.moved_m, doubt.factor) == (5e5, 12.0, 4.0)
    still = site(2e6, fit={"capacity_before_m3": 5e5, "ground_moved_most_m": 0.0})
    assert capacity_doubts(still, 2e6) == ()


def test_of_the_figures_only_statements_about_todays_capacity_count() -> None:
    figures = [
        {"name": "capacity", "figure": "capacity_m3", "value": 9e6, "source": "a rumour"},
        {"name": "capacity of the first stage", "value": 1e5, "source": "history"},
        {"name": "the same", "figure": "capacity_m3", "value": 2e6, "source": "the builder"},
    ]
    (doubt,) = capacity_doubts(site(2e6, figures=figures), 2e6)
    assert (doubt.published_m3, doubt.source, doubt.moved_m) == (9e6, "a rumour", None)


def test_nothing_to_hold_is_an_endless_factor() -> None:
    (doubt,) = capacity_doubts(site(2e6), 0.0)
    assert doubt.factor == float("inf")


def test_the_capacity_of_a_dam_names_who_published_it(almaty: Region) -> None:
    assert "MES" in almaty.dam_sites["ayusai"].capacity_m3.source
    assert almaty.dam_sites["ayusai"].capacity_m3 == Ranged(
        2.3e6, 2e6, 3.4e6, "m3", almaty.dam_sites["ayusai"].capacity_m3.confidence,
        almaty.dam_sites["ayusai"].capacity_m3.source,
    )  # fmt: skip


def test_walls_of_one_region_never_share_a_cell_and_bowls_may(almaty: Region) -> None:
    placed = almaty.place_dam("ayusai", almaty.terrain(60.0))
    check_apart([placed, almaty.place_dam("bolshaya-almatinka", almaty.terrain(60.0))], [])
    with pytest.raises(DamRefused):
        check_apart([placed, replace(placed, id="twin")], [])
