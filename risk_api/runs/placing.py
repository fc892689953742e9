"""Putting a run's dams and its release on the grid."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dam_models import Dam, Release, Section
from risk_api.runs.changes import changed_state
from risk_api.runs.passed_round import section_name
from risk_api.runs.sites import own_site, site_of, storage_of
from risk_api.runs.walls import STANDING_KINDS, crest_level, lay_silt, notch_bottom, wall_of

if TYPE_CHECKING:
    from geodata import Grid, PlacedDam, Region

Floats = NDArray[np.float64]


@dataclass
class PlacedDams:
    """Dams as the engine takes them, the bed, and how each was placed.

    The bed is the terrain's own, the same with and without a dam, but for dams that the terrain holds and
    that are absent: these are taken out of it; and for what lies in a silted bowl.
    """

    bed_m: Floats
    dams: list[Dam] = field(default_factory=list)
    described: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    """Cross-sections below dams that are not of the region."""


def place_dams(region: "Region", grid: "Grid", spec: Mapping[str, Any]) -> PlacedDams:
    """Put the dams of a run on its grid.

    Parameters
    ----------
    region : Region
        Knows the sites.
    grid : Grid
        Conditioned terrain at the run's cell size.
    spec : mapping
        Content of a `RunSpec`.
    """
    placed = PlacedDams(grid.values.copy())
    standing: dict[str, PlacedDam] = {}
    own_dams = spec.get("own_dams", {})
    for dam_id in spec["dam_order"]:
        if dam_id in own_dams:
            continue
        change = spec.get("changes", {}).get(dam_id, {})
        state = changed_state(spec["dams"][dam_id], change)
        site = site_of(region, dam_id, grid, change)
        # What is left of a breached wall still holds back what does not fit through its notch.
        if state["kind"] in STANDING_KINDS or (state["kind"] == "breached" and not site.in_terrain):
            standing[dam_id] = site
            _stand(placed, site, state, spec["passing"], grid)
        elif site.in_terrain:
            _take_out(
                placed.bed_m, site, notch_bottom(site, state) if state["kind"] == "breached" else -np.inf
            )
        placed.described[dam_id] = _described(site, state) | placed.described.get(dam_id, {})
        if change:
            placed.described[dam_id]["storage"] = storage_of(site)
        if {"crest_elevation_m", "capacity_m3"} & change.keys():
            # What is published is the volume behind another crest.
            placed.described[dam_id] |= {"capacity_published_m3": None, "storage_factor": None}
    # Drawn on the ground as it is in this run, where a dam that the terrain holds may have been taken away.
    ground = grid.like(placed.bed_m)
    for dam_id, own in own_dams.items():
        site = standing[dam_id] = own_site(region, dam_id, ground, own)
        _stand(placed, site, own["state"], spec["passing"], ground)
        placed.described[dam_id] = (
            _described(site, own["state"])
            | placed.described[dam_id]
            | {"own": True, "axis_lonlat": own["axis_lonlat"], "river": own["river"]}
            | {"storage": storage_of(site)}
        )
        placed.sections += _section_below(region, grid, own["river"], site)
    from geodata import check_apart

    changed = {*own_dams, *spec.get("changes", {})}
    check_apart(list(standing.values()), sorted(changed))
    if changed:
        order = {dam_id: number for number, dam_id in enumerate(spec["dam_order"])}
        placed.dams.sort(key=lambda dam: order[dam.name])
        placed.described = {dam_id: placed.described[dam_id] for dam_id in order}
    return placed


def _stand(
    placed: PlacedDams,
    site: "PlacedDam",
    state: Mapping[str, Any],
    passing: Mapping[str, float],
    grid: "Grid",
) -> None:
    """Build a dam, lay what lies in its bowl, and note what was built."""
    note: dict[str, Any] = {}
    if "silted_m3" in state:
        note["silted_m3"] = round(lay_silt(placed.bed_m, site, state["silted_m3"], grid.cell_size_m**2))
    if site.in_terrain and "settlement_m" in state:
        # Else the ground, which holds the dam whole, would still stand to its crest.
        _take_out(placed.bed_m, site, crest_level(site, state))
    built = wall_of(site, state, passing, placed.bed_m, grid)
    placed.dams.append(built.dam)
    note["crest_elevation_m"] = round(built.crest_m, 2)
    if state["kind"] == "breached":
        note["notch_elevation_m"] = round(notch_bottom(site, state), 2)
    placed.described[site.id] = note | {"openings": built.openings}


def _described(site: "PlacedDam", state: Mapping[str, Any]) -> dict[str, Any]:
    """How a dam was placed, as its record says it."""
    published = np.isfinite(site.capacity_published_m3)
    return {
        "id": site.id,
        "state": state["kind"],
        "in_terrain": site.in_terrain,
        "bed_elevation_m": round(site.bed_elevation_m, 2),
        "capacity_published_m3": site.capacity_published_m3 if published else None,
        "storage_factor": round(site.storage_factor, 3) if published else None,
        "crest_length_m": round(site.crest_length_m, 1),
    }


def _take_out(bed_m: Floats, site: "PlacedDam", down_to_m: float) -> None:
    """Take what lies above a level out of a dam that the terrain holds, along its river."""
    there = bed_m[site.removal_rows, site.removal_cols]
    bed_m[site.removal_rows, site.removal_cols] = np.minimum(there, np.maximum(site.removal_bed_m, down_to_m))


def release_of(region: "Region", grid: "Grid", scenario: Mapping[str, Any]) -> Release:
    """Hydrograph of a scenario, poured into the cells of the course nearest to its point.

    A scenario without a mudflow of its own releases clear water.
    """
    x, y = region.to_metric(scenario["lon"], scenario["lat"])
    course = region.course(scenario["river"])
    chainage_m, _ = course.nearest(x, y)
    row, col = _lowest_nearby(grid, *course.at(chainage_m))
    return Release.triangle(
        ([row], [col]),
        scenario.get("mudflow_m3", scenario.get("water_m3")),
        scenario["peak_discharge_m3_s"],
        rise_share=scenario["rise_share"],
        solids_fraction=scenario["solids_fraction"] if "mudflow_m3" in scenario else 0.0,
    )


def _lowest_nearby(grid: "Grid", x: float, y: float) -> tuple[int, int]:
    """The lowest of the cell and its neighbours: the channel, where the line runs beside it."""
    row, col = grid.index_of(x, y)
    window = [
        (r, c)
        for r in range(max(row - 1, 0), min(row + 2, grid.shape[0]))
        for c in range(max(col - 1, 0), min(col + 2, grid.shape[1]))
    ]
    return min(window, key=lambda cell: (float(grid.values[cell]), cell))


SECTION_HALF_WIDTH_M = 600.0
"""How far a cross-section reaches to either side of its river, m."""

BELOW_DAM_M = 300.0
"""Distance of a dam's cross-section below its axis, m."""


def section_across(region: "Region", grid: "Grid", river_id: str, chainage_m: float, name: str) -> Section:
    """Cross-section of a river at a chainage, at right angles to its course, positive downstream.

    Parameters
    ----------
    region : Region
        Knows the course.
    grid : Grid
        Grid of the run.
    river_id, chainage_m : str, float
        River, and distance along it from its head, m.
    name : str
        Name of the record.
    """
    course = region.course(river_id)
    x, y = course.at(chainage_m)
    along_x, along_y = course.direction_at(chainage_m)
    ny, nx = grid.shape
    size = grid.cell_size_m
    dx = grid.transform.c + (np.arange(nx) + 0.5)[None, :] * size - x
    dy = grid.transform.f - (np.arange(ny) + 0.5)[:, None] * size - y
    ahead = dx * along_x + dy * along_y
    near = np.abs(dx * along_y - dy * along_x) <= SECTION_HALF_WIDTH_M
    strip = 2.0 * size
    return Section(name, near & (ahead >= -strip) & (ahead < 0.0), near & (ahead >= 0.0) & (ahead < strip))


def sections_below_dams(region: "Region", grid: "Grid", dam_ids: Collection[str]) -> list[Section]:
    """A cross-section just below each dam site, whether or not a dam stands there.

    So runs with and without the dam can be compared at the same place.
    """
    sections = []
    for dam_id in dam_ids:
        site = region.dam_sites[dam_id]
        course = region.course(site.river)
        at, _ = course.nearest(*region.to_metric(site.lon, site.lat))
        chainage_m = min(at + BELOW_DAM_M, course.length_m)
        sections.append(section_across(region, grid, site.river, chainage_m, section_name(dam_id)))
    return sections


def _section_below(region: "Region", grid: "Grid", river_id: str, site: "PlacedDam") -> list[Section]:
    """The same below a drawn dam; none where its river ends before."""
    course = region.course(river_id)
    at, _ = course.nearest(*grid.xy_of(*site.outlet_downstream))
    if at + BELOW_DAM_M > course.length_m:
        return []
    return [section_across(region, grid, river_id, at + BELOW_DAM_M, section_name(site.id))]
