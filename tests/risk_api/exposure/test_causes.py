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
        (100.0, 0.0, 0.0, "in service", "held"),
        (100.0, 1.0, 1.0, "in service", "held"),
        (100.0, 0.0, 30.0, "in service", "passed"),
        (100.0, 30.0, 30.0, "in service", "overtopped"),
        (100.0, 30.0, 0.0, "unfinished", "unfinished overtopped"),
    ],
)
def test_outcomes(inflow: float, overflow: float, passed: float, state: str, expected: str) -> None:
    assert outcome_of(inflow, overflow, passed, state) == expected


@pytest.mark.parametrize(
    ("reached", "on_path", "above", "dams", "key", "named"),
    [
        (False, False, "", [], "not_on_path", None),
        (False, True, "ayusai", [], "stops_before", []),
        (False, True, "ayusai", [dam("ayusai", "held")], "held", ["ayusai"]),
        (False, True, "", [dam("ayusai", "held")], "stops_before", []),
        (False, True, "ayusai", [dam("ayusai", "passed")], "stops_before", ["ayusai"]),
        (True, True, "ayusai", [], "reached_no_dam", []),
        (True, True, "ayusai", [ABSENT], "reached_no_dam", []),
        (True, True, "ayusai", [dam("ayusai", "not met")], "reached_no_dam", []),
        (True, True, "ayusai", [dam("ayusai", "passed")], "passed_openings", ["ayusai"]),
        (True, True, "a b", [dam("a", "passed"), dam("b", "overtopped")], "overtopped", ["b"]),
        (True, True, "aksai", [dam("aksai", "unfinished overtopped")], "unfinished_overtopped", ["aksai"]),
        (True, True, "a", [dam("a", "passed"), dam("b", "overtopped")], "passed_openings", ["a"]),
        (True, True, "ayusai", [dam("ayusai", "held")], "above_dams", ["ayusai"]),
        (True, True, "", [dam("ayusai", "passed")], "above_dams", ["ayusai"]),
    ],
)
def test_why_a_district_is_reached_or_not(
    reached: bool,
    on_path: bool,
    above: str,
    dams: list[dict[str, Any]],
    key: str,
    named: list[str] | None,
) -> None:
    cause = cause_of_outcome(reached, on_path, above.split(), dams)
    assert cause["key"] == key
    if named:
        assert cause["params"]["dams"] == named


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
        (counts("x", 0, 0, None), counts("y", 0, 6, 60.0), "worse"),
        (counts("x", 10, 5, 60.0), counts("y", 10, 5, 600.0), "delayed"),
        (counts("x", 10, 5, 600.0), counts("y", 10, 5, 60.0), "earlier"),
        (counts("x", 10, 5, 60.0), counts("y", 10, 5, 60.0), "no_difference"),
    ],
)
def test_why_strategies_differ(a: dict[str, Any], b: dict[str, Any], key: str) -> None:
    before, after = [ABSENT, dam("other", "held")], [dam("ayusai", "held"), dam("other", "held")]
    cause = cause_of_difference(a, b, before, after, on_path=True)
    assert cause["key"] == key
    if key in ("held", "reduced", "worse", "delayed", "earlier"):
        assert cause["params"]["dams"] == ["ayusai"]


def test_a_district_off_the_way_says_so_even_when_the_runs_differ() -> None:
    cause = cause_of_difference(counts("x", 0, 0, None), counts("y", 0, 0, None), [], [], on_path=False)
    assert cause["key"] == "not_on_path"
