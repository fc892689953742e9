"""Why a district is reached or not, and why two strategies differ, as message keys.

The texts stand in the catalogues of `risk_api.i18n`; `dams` in the parameters are dam ids.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Cause = dict[str, Any]

SMALL_PEOPLE = 0.5
"""Differences below half a person are called none."""


def cause_of_outcome(
    reached: bool, on_path: bool, dams_above: Collection[str], dams: Sequence[Mapping[str, Any]]
) -> Cause:
    """Why a district is or is not reached under one strategy.

    Parameters
    ----------
    reached : bool
        Some ground of the district is in the footprint.
    on_path : bool
        A river that the flow follows crosses the district or passes close by.
    dams_above : collection of str
        Dams that stand above some ground of the district: only these can help it.
    dams : sequence of mapping
        The run's dam records, in the order of the flow.
    """
    met = [dam for dam in dams if dam.get("outcome", "not met") != "not met"]
    relevant = [dam for dam in met if dam["id"] in dams_above]
    if not reached:
        if not on_path:
            return _cause("not_on_path")
        holding = [dam["id"] for dam in relevant if dam["outcome"] == "held"]
        if holding:
            return _cause("held", holding)
        return _cause("stops_before", [dam["id"] for dam in relevant])
    if not relevant:
        return _cause("above_dams", [dam["id"] for dam in met]) if met else _cause("reached_no_dam")
    for outcome, key in (
        ("unfinished overtopped", "unfinished_overtopped"),
        ("overtopped", "overtopped"),
        ("passed", "passed_openings"),
    ):
        named = [dam["id"] for dam in relevant if dam["outcome"] == outcome]
        if named:
            return _cause(key, named)
    # Every dam above some of its ground holds: what is reached lies above them.
    return _cause("above_dams", [dam["id"] for dam in relevant])


def cause_of_difference(
    a: Mapping[str, Any],
    b: Mapping[str, Any],
    dams_a: Sequence[Mapping[str, Any]],
    dams_b: Sequence[Mapping[str, Any]],
    on_path: bool,
) -> Cause:
    """Why strategy b differs from strategy a in a district.

    Parameters
    ----------
    a, b : mapping
        The district's counts under each strategy, with `run_id`, `people_exposed`, `area_m2`,
        `first_arrival_s`.
    dams_a, dams_b : sequence of mapping
        Dam records of both runs.
    on_path : bool
        A river that the flow follows crosses the district.
    """
    if a["run_id"] == b["run_id"]:
        return _cause("same_run" if on_path else "not_on_path")
    changed = _changed_dams(dams_a, dams_b)
    if a["area_m2"] == 0.0 and b["area_m2"] == 0.0:
        return _cause("no_difference" if on_path else "not_on_path")
    more_people = b["people_exposed"] - a["people_exposed"]
    more_area = b["area_m2"] - a["area_m2"]
    if b["area_m2"] == 0.0:
        return _cause("held", changed)
    if more_people > SMALL_PEOPLE or (
        abs(more_people) <= SMALL_PEOPLE and more_area > 0.0 and a["area_m2"] == 0
    ):
        return _cause("worse", changed)
    if more_people < -SMALL_PEOPLE:
        return _cause("reduced", changed)
    later = (b["first_arrival_s"] or 0.0) - (a["first_arrival_s"] or 0.0)
    if later >= 60.0:
        return _cause("delayed", changed)
    if later <= -60.0:
        return _cause("earlier", changed)
    return _cause("reduced", changed) if more_area < 0.0 else _cause("no_difference")


def _changed_dams(dams_a: Sequence[Mapping[str, Any]], dams_b: Sequence[Mapping[str, Any]]) -> list[str]:
    """Dams whose state differs between two runs, in the order of the flow."""
    before = {dam["id"]: dam["state"] for dam in dams_a}
    after = {dam["id"]: dam["state"] for dam in dams_b}
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _cause(key: str, dams: Sequence[str] = ()) -> Cause:
    return {"key": key, "params": {"dams": list(dams)} if dams else {}}
