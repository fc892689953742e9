"""States of a dam: what is told of each kind, in the order of time, and back to plain values unchanged."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import STATE_KINDS, DamSite, DamState, LayerInvalid, Ranged, Strategy, open_region
from geodata.dam_states import BOUNDS, FIGURES_OF, states_of

DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@st.composite
def ranged(draw: Any, name: str) -> dict[str, Any]:
    low, high = BOUNDS[name]
    numbers = st.floats(low, min(high, 1e7), allow_nan=False, allow_infinity=False)
    three = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return {"low": three[0], "value": three[1], "high": three[2], "unit": "1", "source": "made up"}


@st.composite
def entry(draw: Any, kind: str | None = None) -> dict[str, Any]:
    chosen = kind or draw(st.sampled_from(STATE_KINDS))
    told: dict[str, Any] = {
        "kind": chosen,
        "source": draw(st.text(max_size=9)),
        "note": "",
        "confidence": "B",
    }
    for name in FIGURES_OF[chosen]:
        told[name] = draw(st.booleans()) if name == "outlet_blocked" else draw(ranged(name))
    if draw(st.booleans()):
        since = draw(DAYS)
        told |= {"since": since.isoformat(), "said_on": str(since.year + 1)}
        if draw(st.booleans()):
            told |= {
                "since_earliest": (since - timedelta(days=40)).isoformat(),
                "since_latest": (since + timedelta(days=2)).isoformat(),
            }
    if draw(st.booleans()):
        told["capacity_m3"] = draw(st.floats(1.0, 1e8))
    return told


@given(entry())
def test_a_state_comes_back_from_plain_values_as_it_was(told: dict[str, Any]) -> None:
    state = DamState.of(told)
    assert DamState.of(json.loads(json.dumps(state.as_dict()))) == state


def history(days: list[date]) -> list[dict[str, Any]]:
    return [
        {"kind": "in service" if i % 2 else "absent", "since": day.isoformat()} for i, day in enumerate(days)
    ]


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), st.lists(DAYS, min_size=2, max_size=8))
def test_the_state_of_a_day_never_goes_back_in_time(days: list[date], asked: list[date]) -> None:
    states = states_of(history(sorted(days)))
    site = DamSite.of(properties(states=[state.as_dict() for state in states]), 77.0, 43.0)
    found = [site.state_on(day) for day in sorted(asked)]
    begun = [state.since or date.min for state in found]
    assert begun == sorted(begun)
    for day, state in zip(sorted(asked), found, strict=True):
        assert state.since is None or state.since <= day
        later = [other for other in states if other.since and state.since and other.since > state.since]
        assert not [other for other in later if other.since <= day], "no later state had begun"


@given(st.lists(DAYS, min_size=2, max_size=6, unique=True), st.randoms())
def test_states_out_of_the_order_of_time_are_refused(days: list[date], luck: Any) -> None:
    shuffled = sorted(days)
    luck.shuffle(shuffled)
    if shuffled == sorted(days):
        assert len(states_of(history(shuffled))) == len(days)
        return
    with pytest.raises(ValueError, match="wrong order of time"):
        states_of(history(shuffled))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{"kind": "in service", "since": "2003-01-01"}, {"kind": "absent"}], "no `since`"),
        ([{"kind": "absent", "since": "2003-01-01"}, {"kind": "in service", "since": "2003-01-01"}],
         "order of time"),
        ([{"kind": "absent"}, {"kind": "clogged", "since": "2003-01-01"}], "nothing is there to be clogged"),
        ([{"kind": "in service", "since": "2003-01-01", "said_on": "2002"}], "before it began"),
        ([{"kind": "in service", "since": "2003-01-01", "said_on": "2002-12-31"}], "before it began"),
        ([{"kind": "in service", "since": "2003-01-01", "since_latest": "2002-12-31"}], "outside"),
        ([{"kind": "in service", "since": "2003-13-01"}], "YYYY-MM-DD"),
        ([{"kind": "in service", "said_on": "autumn"}], "said_on"),
        ([{"kind": "floating"}], "absent, unfinished, in service"),
        ([{"kind": "silted"}], "needs volume_m3"),
        ([{"kind": "unfinished"}], "needs built_share"),
        ([{"kind": "breached"}], "needs bottom_share and bottom_width_m"),
        ([{"kind": "damaged"}], "settlement_m or outlet_blocked"),
        ([{"kind": "in service", "volume_m3": {"value": 5.0, "unit": "m3"}}], "has no volume_m3"),
        ([{"kind": "clogged", "blocked_share": {"value": 1.5, "unit": "1"}}], "lies from 0 to 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(entries: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        states_of(entries)


def properties(**over: Any) -> dict[str, Any]:
    return {
        "id": "bar", "name_kk": "a", "name_ru": "a", "name_en": "a", "river": "river",
        "height_m": {"value": 20.0, "unit": "m"}, "capacity_m3": {"value": 1e5, "unit": "m3"},
        "openings": [], "states": [{"kind": "in service", "since": "2000-01-01"}],
    } | over  # fmt: skip


def test_a_region_says_which_dam_has_its_states_in_the_wrong_order(small: Any, make_dam: Any) -> None:
    wrong = [
        {"kind": "in service", "since": "2003-01-01"},
        {"kind": "damaged", "since": "2001-01-01", "outlet_blocked": True},
    ]
    small.write("dams", [make_dam(states=wrong)])
    with pytest.raises(
        LayerInvalid, match=r"'dam'.*damaged' since 2001-01-01 stands after 'in service' since 2003"
    ):
        open_region(small.save())


def test_two_dams_on_one_cell_are_refused(small: Any, make_dam: Any) -> None:
    other = make_dam(id="twin")
    small.write("dams", [make_dam(), other])
    with pytest.raises(LayerInvalid, match="'dam' and 'twin' stand on one cell"):
        open_region(small.save())


def test_a_strategy_can_tell_its_own_state(tmp_path: Path) -> None:
    site = DamSite.of(properties(), 77.0, 43.0)
    names = {"kk": "a", "ru": "a", "en": "a"}
    told = {"kind": "silted", "volume_m3": {"value": 4e4, "low": 1e4, "high": 9e4, "unit": "m3"}}
    own = Strategy.of("full", {"names": names, "description": names, "states": {"bar": told}}, {"bar": site})
    assert own.states == {"bar": "silted"}
    assert own.state_of(site).volume_m3 == Ranged(4e4, 1e4, 9e4, "m3", "assumption", "")
    plain = Strategy.of(
        "s", {"names": names, "description": names, "states": {"bar": "clogged"}}, {"bar": site}
    )
    assert plain.state_of(site).blocked_share is None, "closed"
    with pytest.raises(ValueError, match="never known to be silted"):
        Strategy.of("s", {"names": names, "description": names, "states": {"bar": "silted"}}, {"bar": site})
