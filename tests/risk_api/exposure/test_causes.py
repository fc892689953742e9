"""Causes follow from the dam records, not from wishes."""

from typing import Any

import pytest

from risk_api.exposure.causes import cause_of_difference, cause_of_outcome
from risk_api.runs.outcome import outcome_of


def dam(name: str, outcome: str, state: str = "in service") -> dict[str, Any]:
    return {
        "id": name,
        "state": state,
        "inflow_m3": 0.0 if outcome == "not met" else 1e6,
        "outcome": outcome,
    }


ABSENT = {"id": "ayusai", "state": "absent"}


@pytest.mark.parametrize(
    ("inflow", "overflow", "passed", "state", "expected"),
    [
        (0.0, 0.0, 0.0, "in service", "not met"),
        (3.2e6, 0.0, 0.0, "in service", "held"),
        (3.2e6, 40.0, 40.0, "in service", "held"),
        # A mudflow is not held because it is small beside the flow above the dam.
        (3.2e6, 0.0, 60.0, "in service", "passed"),
        (3.2e6, 60.0, 8e5, "in service", "overtopped"),
        (3.2e6, 60.0, 0.0, "unfinished", "unfinished overtopped"),
    ],
)
def test_outcomes(inflow: float, overflow: float, passed: float, state: str, expected: str) -> None:
    assert outcome_of(inflow, overflow, passed, state) == expected


def sides(**below: float) -> dict[str, dict[str, float]]:
    return {name: {"above_m2": 100.0 - share, "below_m2": share} for name, share in below.items()}


@pytest.mark.parametrize(
    ("reached", "on_path", "wet", "dams", "key", "named", "also_above"),
    [
        (False, False, {}, [], "not_on_path", None, False),
        (False, True, {}, [], "stops_before", [], False),
        (False, True, {}, [dam("ayusai", "held")], "held", ["ayusai"], False),
        (False, True, {}, [dam("lower", "held")], "stops_before", [], False),
        (False, True, {}, [dam("ayusai", "passed")], "stops_before", ["ayusai"], False),
        (True, True, {}, [], "reached_no_dam", [], False),
        (True, True, {}, [ABSENT], "reached_no_dam", [], False),
        (True, True, {}, [dam("ayusai", "not met")], "reached_no_dam", [], False),
        # Wet ground on one side of the dam only, or on both.
        (True, True, sides(ayusai=0.0), [dam("ayusai", "passed")], "above_dams", ["ayusai"], False),
        (True, True, sides(ayusai=100.0), [dam("ayusai", "passed")], "passed_openings", ["ayusai"], False),
        (True, True, sides(ayusai=30.0), [dam("ayusai", "passed")], "passed_openings", ["ayusai"], True),
        # The lowest dam above the ground decides, whatever happened further up.
        (
            True,
            True,
            sides(upper=100.0, lower=100.0),
            [dam("upper", "overtopped"), dam("lower", "passed")],
            "passed_openings",
            ["lower"],
            False,
        ),
        (
            True,
            True,
            sides(upper=60.0, lower=0.0),
            [dam("upper", "overtopped"), dam("lower", "held")],
            "overtopped",
            ["upper"],
            True,
        ),
        (
            True,
            True,
            sides(aksai=100.0),
            [dam("aksai", "unfinished overtopped")],
            "unfinished_overtopped",
            ["aksai"],
            False,
        ),
        (True, True, sides(ayusai=1.0), [dam("ayusai", "held")], "above_dams", ["ayusai"], False),
    ],
)
def test_why_a_district_is_reached_or_not(
    reached: bool,
    on_path: bool,
    wet: dict[str, dict[str, float]],
    dams: list[dict[str, Any]],
    key: str,
    named: list[str] | None,
    also_above: bool,
) -> None:
    cause = cause_of_outcome(reached, on_path, wet, {"ayusai", "upper"}, dams)
    assert cause["key"] == key
    assert cause["params"].get("dams", []) == (named or [])
    assert cause["params"].get("also_above", False) == also_above


def counts(run: str, people: float, area: float, arrival: float | None) -> dict[str, Any]:
    return {"run_id": run, "people_exposed": people, "area_m2": area, "first_arrival_s": arrival}


@pytest.mark.parametrize(
    ("a", "b", "key"),
    [
        (counts("x", 10, 5, 60.0), counts("x", 10, 5, 60.0), "same_run"),
        (counts("x", 0, 0, None), counts("y", 0, 0, None), "no_difference"),
        (counts("x", 10, 5, 60.0), counts("y", 0, 0, None), "held"),
        (counts("x", 10, 5, 60.0), counts("y", 4, 3, 60.0), "reduced"),
        (counts("x", 10, 5, 60.0), counts("y", 14, 6, 60.0), "worse"),
        (counts("x", 0, 0, None), counts("y", 0, 6, 60.0), "more_ground"),
        (counts("x", 10, 5, 60.0), counts("y", 10, 5, 600.0), "delayed"),
        (counts("x", 10, 5, 600.0), counts("y", 10, 5, 60.0), "earlier"),
        (counts("x", 10, 5, 60.0), counts("y", 10, 5, 60.0), "no_difference"),
        (counts("x", 10, 5, 60.0), counts("y", 10, 50, 60.0), "more_ground"),
        (counts("x", 10, 50, 60.0), counts("y", 10, 5, 60.0), "reduced"),
    ],
)
def test_why_strategies_differ(a: dict[str, Any], b: dict[str, Any], key: str) -> None:
    before, after = [ABSENT, dam("other", "held")], [dam("ayusai", "held"), dam("other", "held")]
    cause = cause_of_difference(a, b, before, after, on_path=True)
    assert cause["key"] == key
    if key in ("held", "reduced", "worse", "delayed", "earlier"):
        assert cause["params"]["dams"] == ["ayusai"]


def test_a_dam_that_does_not_stand_holds_nothing() -> None:
    """Without the dam the flow stops earlier: nothing is held by what was taken away."""
    with_dam, without = [dam("ayusai", "passed")], [ABSENT]
    cause = cause_of_difference(
        counts("x", 10, 5, 60.0), counts("y", 0, 0, None), with_dam, without, on_path=True
    )
    assert cause["key"] == "no_longer_reached"
    assert cause["params"]["dams"] == ["ayusai"]


def test_a_district_off_the_way_says_so_even_when_the_runs_differ() -> None:
    cause = cause_of_difference(counts("x", 0, 0, None), counts("y", 0, 0, None), [], [], on_path=False)
    assert cause["key"] == "not_on_path"
