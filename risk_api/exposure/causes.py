"""Why a district is reached or not, and why two strategies differ, as message keys.

The texts stand in the catalogues of `risk_api.i18n`; `dams` in the parameters are dam ids.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Cause = dict[str, Any]

SMALL_PEOPLE = 0.5
"""Differences below half a person are called none."""

_BY_OUTCOME = {
    "unfinished overtopped": "unfinished_overtopped",
    "overtopped": "overtopped",
    "breached": "breached",
    "passed": "passed_openings",
}


def cause_of_outcome(
    reached: bool,
    on_path: bool,
    sides: Mapping[str, Mapping[str, float]],
    dams_above: Collection[str],
    dams: Sequence[Mapping[str, Any]],
) -> Cause:
    """Why a district is or is not reached under one strategy.

    Parameters
    ----------
    reached : bool
        Some ground of the district is in the footprint.
    on_path : bool
        A river that the flow follows crosses the district or passes close by.
    sides : mapping of dam id to {"above_m2", "below_m2"}
        How much of the district's wet ground lies above and below each dam on the way.
    dams_above : collection of str
        Dams that stand above some ground of the district, wet or not.
    dams : sequence of mapping
        The run's dam records, in the order of the flow.
    """
    met = [dam for dam in dams if dam.get("outcome", "not met") != "not met"]
    if not reached:
        if not on_path:
            return _cause("not_on_path")
        relevant = [dam for dam in met if dam["id"] in dams_above]
        holding = [dam["id"] for dam in relevant if dam["outcome"] == "held"]
        if holding:
            return _cause("held", holding[-1:])
        return _cause("stops_before", [dam["id"] for dam in relevant])
    above_all = all(sides.get(dam["id"], {}).get("below_m2", 0.0) == 0.0 for dam in met)
    if not met or above_all:
        return _cause("above_dams", [dam["id"] for dam in met]) if met else _cause("reached_no_dam")
    # The lowest dam with wet ground of the district below it decides what came there.
    for dam in reversed(met):
        side = sides.get(dam["id"], {})
        if side.get("below_m2", 0.0) > 0.0 and dam["outcome"] in _BY_OUTCOME:
            cause = _cause(_BY_OUTCOME[dam["outcome"]], [dam["id"]])
            if side.get("above_m2", 0.0) > 0.0:
                cause["params"]["also_above"] = True
            return cause
    return _cause("above_dams", [dam["id"] for dam in met])


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
    more_people = b["people_exposed"] - a["people_exposed"]
    more_area = b["area_m2"] - a["area_m2"]
    if a["area_m2"] == 0.0 and b["area_m2"] == 0.0:
        return _cause("no_difference" if on_path else "not_on_path")
    if b["area_m2"] == 0.0:
        holding = [dam["id"] for dam in dams_b if dam["id"] in changed and dam.get("outcome") == "held"]
        return _cause("held", holding) if holding else _cause("no_longer_reached", changed)
    if more_people > SMALL_PEOPLE:
        return _cause("worse", changed)
    if more_people < -SMALL_PEOPLE:
        return _cause("reduced", changed)
    later = (b["first_arrival_s"] or 0.0) - (a["first_arrival_s"] or 0.0)
    if a["area_m2"] > 0.0 and abs(later) >= 60.0:
        return _cause("delayed" if later > 0.0 else "earlier", changed)
    if more_area > 0.0:
        return _cause("more_ground", changed)
    return _cause("reduced", changed) if more_area < 0.0 else _cause("no_difference")


def _changed_dams(dams_a: Sequence[Mapping[str, Any]], dams_b: Sequence[Mapping[str, Any]]) -> list[str]:
    """Dams whose state or size differs between two runs, in the order of the flow."""
    before, after = (
        {dam["id"]: (dam["state"], dam.get("crest_elevation_m"), dam.get("openings")) for dam in dams}
        for dams in (dams_a, dams_b)
    )
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _cause(key: str, dams: Sequence[str] = ()) -> Cause:
    return {"key": key, "params": {"dams": list(dams)} if dams else {}}
