"""Changed and own dams as a spec holds them: plain values, and nothing where nothing is changed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.errors import BadParameter
from risk_api.runs.changes import MOST_OWN_DAMS, DamChange, OwnDam

if TYPE_CHECKING:
    from geodata import DamSite, Region, Scenario

SAME_CREST_M = 0.005
"""Crests nearer than this are one: centimetres are what a spec holds."""

StateOfKind = Callable[["DamSite", str], dict[str, Any]]


def planned_changes(
    region: "Region",
    states: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, DamChange],
    state_of_kind: StateOfKind,
) -> dict[str, dict[str, Any]]:
    """What `changes` make other about the dams of a run; without what is as it was.

    Parameters
    ----------
    region : Region
    states : mapping
        The dams that the flow meets, each with its state in plain values.
    changes : mapping of dam id to DamChange
    state_of_kind : callable
        A dam's state of a kind in plain values.

    Raises
    ------
    BadParameter
        For a dam that the flow does not meet, an unknown state, or a change of a dam that is absent.
    """
    planned = {}
    for dam_id, change in changes.items():
        if dam_id not in states:
            known = ", ".join(states) or "-"
            raise BadParameter(
                f"changes.{dam_id}",
                f"the flow meets no such dam; it meets {known}",
                tuple(states),
                reason_key="dam.not_on_way",
                dams=known,
            )
        changed = _changed(region, region.dam_sites[dam_id], states[dam_id], change, state_of_kind)
        if changed:
            planned[dam_id] = changed
    return planned


def _changed(
    region: "Region",
    site: "DamSite",
    state: Mapping[str, Any],
    change: DamChange,
    state_of_kind: StateOfKind,
) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if change.state is not None and change.state != state["kind"]:
        try:
            changed["state"] = state = state_of_kind(site, change.state)
        except ValueError as error:
            raise BadParameter(
                f"changes.{site.id}.state", str(error), reason_key="dam.unknown_state"
            ) from None
    figures = (change.openings, change.weir, change.breach)
    if state["kind"] == "absent" and (change.changes_size or any(part is not None for part in figures)):
        raise BadParameter(
            f"changes.{site.id}.state",
            "the dam is absent here; name the state it is to be in",
            reason_key="dam.absent",
        )
    if change.capacity_m3 is not None:
        changed["capacity_m3"] = change.capacity_m3
    elif change.changes_size:
        own = own_crest_m(region, site)
        crest = change.crest_elevation_m
        if crest is None:
            assert change.height_m is not None
            crest = own + change.height_m - site.height_m.value
        # A state with a capacity of its own has a crest of its own, which only the grid knows.
        if abs(crest - own) >= SAME_CREST_M or "capacity_m3" in state:
            changed["crest_elevation_m"] = round(crest, 2)
    if change.openings is not None:
        openings = [opening.plain() for opening in change.openings]
        if openings != state.get("openings", [state["opening"]] if "opening" in state else []):
            changed["openings"] = openings
    if change.weir is not None and change.weir.plain() != state.get("weir"):
        changed["weir"] = change.weir.plain()
    if change.breach is not None:
        if state["kind"] == "breached":
            raise BadParameter(
                f"changes.{site.id}.breach",
                "a dam that is breached cannot breach again",
                reason_key="what_if.breached_already",
            )
        changed["breach"] = change.breach.plain()
    return changed


def own_crest_m(region: "Region", site: "DamSite") -> float:
    """Crest of the finished dam as the region has it, m."""
    if site.crest_elevation_m is not None:
        return site.crest_elevation_m
    return region.course(site.river).bed_at(region.dam_chainage(site.id)) + site.height_m.value


def planned_own_dams(
    region: "Region", scenario: "Scenario", on_the_way: Sequence[str], own_dams: Sequence[OwnDam]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Own dams in plain values by id, and the ids of all dams in the order that the flow meets them.

    Parameters
    ----------
    region : Region
    scenario : Scenario
    on_the_way : sequence of str
        Dams of the region that the flow meets, in that order.
    own_dams : sequence of OwnDam

    Raises
    ------
    BadParameter
        If there are too many, or two dams have one id.
    DamRefused
        If an axis crosses no river that the flow follows, or cannot be one.
    """
    if not own_dams:
        return {}, list(on_the_way)
    from geodata import DamRefused, crossing_of

    if len(own_dams) > MOST_OWN_DAMS:
        raise BadParameter(
            "dams", f"at most {MOST_OWN_DAMS} own dams", reason_key="dam.too_many", most=str(MOST_OWN_DAMS)
        )
    x, y = region.to_metric(scenario.lon, scenario.lat)
    path = region.path_downstream(scenario.river, x, y)
    rivers = [river for river, _ in path]
    places = {
        dam_id: (rivers.index(region.dam_sites[dam_id].river), region.dam_chainage(dam_id))
        for dam_id in on_the_way
    }
    planned: dict[str, dict[str, Any]] = {}
    for dam in own_dams:
        if dam.id in planned or dam.id in region.dam_sites:
            raise BadParameter(
                "dams", f"there is another dam {dam.id!r}", reason_key="dam.same_id", name=dam.id
            )
        try:
            crossing = crossing_of(dam.rounded_axis, region.rivers_by_id, path, region.bounds, region.crs)
        except DamRefused as refused:
            refused.about = dam.id
            raise
        crest = dam.crest_elevation_m
        if crest is None:
            assert dam.height_m is not None
            crest = crossing.bed_m + dam.height_m
        planned[dam.id] = {
            "axis_lonlat": [list(point) for point in dam.rounded_axis],
            "river": crossing.river,
            "bed_elevation_m": round(crossing.bed_m, 2),
            "crest_elevation_m": round(crest, 2),
            "state": dam.plain_state(),
        }
        places[dam.id] = crossing.place
    return planned, sorted(places, key=places.__getitem__)
