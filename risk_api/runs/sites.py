"""Where the dams of a run stand: on the ground alone, so that a service can refuse one before it is run."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from risk_api.runs.changes import changed_state, weir_below_crest_m
from risk_api.runs.governed import gate_moves_from_s

if TYPE_CHECKING:
    from geodata import DamRefused, Grid, PlacedDam, Region


def site_of(region: "Region", dam_id: str, grid: "Grid", change: Mapping[str, Any]) -> "PlacedDam":
    """A dam of the region on a grid, as a spec's `changes` have it; empty: as it is.

    Raises
    ------
    DamRefused
        If it cannot be changed so; `about` is its id.
    """
    if not change:
        return region.place_dam(dam_id, grid)
    from geodata import Weir, place_changed_dam

    site = region.dam_sites[dam_id]
    weir = change.get("weir")
    return _named(
        dam_id,
        lambda: place_changed_dam(
            site,
            region.course(site.river),
            grid,
            crest_elevation_m=change.get("crest_elevation_m"),
            capacity_m3=change.get("capacity_m3"),
            weir=Weir(**weir) if weir is not None else None,
        ),
    )


def own_site(region: "Region", dam_id: str, ground: "Grid", own: Mapping[str, Any]) -> "PlacedDam":
    """A drawn dam on a grid, from what a spec says of it.

    Raises
    ------
    DamRefused
        If it cannot stand there; `about` is its id.
    """
    from geodata import DrawnDam, place_drawn_dam

    weir = own["state"].get("weir")
    axis = tuple((float(lon), float(lat)) for lon, lat in own["axis_lonlat"])
    below = weir["below_crest_m"] if weir is not None else 0.0
    drawn = DrawnDam(dam_id, axis, own["river"], own["crest_elevation_m"], below)
    return _named(dam_id, lambda: place_drawn_dam(drawn, region.course(own["river"]), ground))


def storage_of(site: "PlacedDam") -> dict[str, Any]:
    """Storage curve of a dam on the run's cells, up to its full height."""
    return {
        "level_m": [round(float(level), 2) for level in site.level_m],
        "volume_m3": [round(float(volume)) for volume in site.volume_m3],
        "spill_elevation_m": round(site.spill_elevation_m, 2),
        "capacity_m3": round(site.capacity_m3),
    }


def check_sites(region: "Region", grid: "Grid", spec: Mapping[str, Any]) -> "dict[str, PlacedDam]":
    """Put the changed and the own dams of a run on its grid, beside those that stand, and run nothing.

    Parameters
    ----------
    region : Region
    grid : Grid
        Conditioned terrain at the run's cell size.
    spec : mapping
        Content of a `RunSpec`.

    Returns
    -------
    dict of str to PlacedDam
        All dams that stand, by id.

    Raises
    ------
    DamRefused
        With the reason why one of them cannot be; `about` is its id.
    """
    from geodata import check_apart

    own_dams, changes = spec.get("own_dams", {}), spec.get("changes", {})
    bed = grid.values
    sites, states = {}, {}
    for dam_id, plain in spec["dams"].items():
        change = changes.get(dam_id, {})
        state = changed_state(plain, change)
        site = site_of(region, dam_id, grid, change)
        if state["kind"] != "absent" and not (state["kind"] == "breached" and site.in_terrain):
            sites[dam_id], states[dam_id] = site, state
        elif site.in_terrain:
            bed = bed.copy()
            removed = site.removal_rows, site.removal_cols
            bed[removed] = np.minimum(bed[removed], site.removal_bed_m)
    ground = grid.like(bed)
    for dam_id, own in own_dams.items():
        sites[dam_id], states[dam_id] = own_site(region, dam_id, ground, own), own["state"]
    asked = sorted({*own_dams, *changes})
    for dam_id in [dam_id for dam_id in asked if dam_id in sites]:
        site, state = sites[dam_id], states[dam_id]
        built = state.get("built_share", 1.0) * (site.crest_elevation_m - site.bed_elevation_m)
        built -= state.get("settlement_m", 0.0)
        highest = built - max(0.0, weir_below_crest_m(state) or 0.0)
        if highest <= 0.0:
            raise _refused(dam_id, "state", "nothing_stands")
        pipe = state.get("breach", {}).get("pipe_above_bed_m", 0.0)
        if pipe >= highest:
            raise _refused(
                dam_id,
                "breach.pipe_above_bed_m",
                "pipe_above_crest",
                pipe_m=f"{pipe:.1f}",
                height_m=f"{highest:.1f}",
            )
        for number, opening in enumerate(state.get("openings", ())):
            _check_governed(dam_id, f"openings[{number}]", opening, built, float(spec["duration_s"]))
            sill = opening.get("sill_above_bed_m", 0.0)
            if sill >= highest:
                raise _refused(
                    dam_id,
                    "openings",
                    "opening_above_crest",
                    sill_m=f"{sill:.1f}",
                    height_m=f"{highest:.1f}",
                )
    check_apart(list(sites.values()), asked)
    return sites


def _check_governed(
    dam_id: str, place: str, opening: Mapping[str, Any], crest_m: float, duration_s: float
) -> None:
    """Refuse a gate that begins to move after the run's end, and a siphon that primes above the crest."""
    gate, siphon = opening.get("gate"), opening.get("siphon")
    if gate is not None and gate_moves_from_s(gate) >= duration_s:
        raise _refused(
            dam_id,
            f"{place}.gate.time_s",
            "gate_after_end",
            begins=f"{gate_moves_from_s(gate):g}",
            end=f"{duration_s:g}",
        )
    if siphon is not None and siphon["priming_above_bed_m"] > crest_m:
        raise _refused(
            dam_id,
            f"{place}.siphon.priming_above_bed_m",
            "siphon_above_crest",
            priming_m=f"{siphon['priming_above_bed_m']:.1f}",
            height_m=f"{crest_m:.1f}",
        )


def _refused(dam_id: str, field: str, reason: str, **params: str) -> "DamRefused":
    from geodata import DamRefused

    refused = DamRefused(field, reason, **params)
    refused.about = dam_id
    return refused


def _named(dam_id: str, place: "Callable[[], PlacedDam]") -> "PlacedDam":
    from geodata import DamRefused

    try:
        return place()
    except DamRefused as refused:
        refused.about = dam_id
        raise
