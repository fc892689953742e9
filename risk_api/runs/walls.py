"""A dam in one state as the engine takes it: crest, weir or notch, openings, and what lies in its bowl."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dam_models import Breach, CellFaces, Clogging, Dam, Fill, Gate, Opening, Siphon
from dam_models.notch import first_face
from risk_api.runs.changes import weir_below_crest_m
from risk_api.runs.failing import PIPED_SIDE_SLOPE

if TYPE_CHECKING:
    from geodata import Grid, PlacedDam

Floats = NDArray[np.float64]

STANDING_KINDS = ("in service", "unfinished", "clogged", "silted", "damaged")
"""States in which a wall closes the valley."""

LEAST_OPENING_M2 = 1e-3
"""What is left of a clogged tier below this area is closed."""


@dataclass(frozen=True)
class Built:
    """What was built of a dam, for the engine and for its record."""

    dam: Dam
    crest_m: float
    openings: list[dict[str, Any]]


def crest_level(site: "PlacedDam", state: Mapping[str, Any]) -> float:
    """Elevation of the crest (of the wings, where there is a weir) in a state.

    An unfinished fill stands to its built share of the height. A state with a capacity of its own (Medeu
    before it was raised) has its crest where the storage curve holds that volume. A damaged dam has sunk.
    """
    crest = float(site.crest_elevation_m)
    if "built_share" in state:
        crest = float(site.bed_elevation_m + state["built_share"] * (crest - site.bed_elevation_m))
    elif "capacity_m3" in state and state["capacity_m3"] < site.capacity_published_m3:
        crest = float(np.interp(state["capacity_m3"], site.volume_m3, site.level_m))
    return crest - float(state.get("settlement_m", 0.0))


def notch_bottom(site: "PlacedDam", state: Mapping[str, Any]) -> float:
    """Elevation of the bottom of a breached dam's notch."""
    height = float(site.crest_elevation_m) - float(site.bed_elevation_m)
    return float(site.bed_elevation_m) + float(state["bottom_share"]) * height


def lay_silt(bed_m: Floats, site: "PlacedDam", volume_m3: float, cell_area_m2: float) -> float:
    """Raise a bowl's bed to the level up to which a volume fills it; what it takes, up to the spill [m3].

    Parameters
    ----------
    bed_m : (ny, nx) ndarray
        Changed in place, cells of the pool only, never lowered.
    site : PlacedDam
    volume_m3 : float
        What lies in the bowl; what is more than it holds up to the spill lies nowhere.
    cell_area_m2 : float
    """
    pool = site.pool & (bed_m < site.spill_elevation_m)
    heights = np.sort(bed_m[pool])
    if heights.size == 0 or volume_m3 <= 0.0:
        return 0.0
    # Volume below the height of each cell, then between two of them the area is constant.
    below = np.arange(heights.size) * heights - np.concatenate([[0.0], np.cumsum(heights)[:-1]])
    wanted = volume_m3 / cell_area_m2
    wet = int(np.searchsorted(below, wanted, side="right"))
    level = min((wanted + heights[:wet].sum()) / wet, site.spill_elevation_m)
    laid = float(np.maximum(level - heights, 0.0).sum() * cell_area_m2)
    bed_m[pool] = np.maximum(bed_m[pool], level)
    return laid


def openings_left(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Openings of a state that still pass something, the lowest first.

    A blocked share is one of the free area of all tiers together, taken from the lowest upwards: what
    arrives lies at the foot of the dam.
    """
    openings = [dict(one) for one in (state["openings"] if "openings" in state else [state["opening"]])]
    if state.get("outlet_blocked"):
        return []
    if state["kind"] != "clogged" and "blocked_share" not in state:
        return openings
    blocked = state.get("blocked_share", 1.0) * sum(one["area_m2"] for one in openings)
    left = []
    for one in sorted(openings, key=lambda each: each.get("sill_above_bed_m", 0.0)):
        closed = min(blocked, one["area_m2"])
        blocked -= closed
        if one["area_m2"] - closed >= LEAST_OPENING_M2:
            left.append(one | {"area_m2": one["area_m2"] - closed})
    return left


def wall_of(
    site: "PlacedDam", state: Mapping[str, Any], passing: Mapping[str, float], bed_m: Floats, grid: "Grid"
) -> Built:
    """The wall of a dam in a state, on a bed that holds what lies in its bowl.

    Parameters
    ----------
    site : PlacedDam
    state : mapping
        As `plain_state` gives it.
    passing : mapping
        What passes openings, ``passed_solids_fraction`` and ``packing_fraction``; where some clog,
        ``clogging_largest_share`` and ``clogging_solids_m3_per_m2``.
    bed_m : (ny, nx) ndarray
        Bed of the run.
    grid : Grid
        Terrain of the run.
    """
    faces = CellFaces.between(site.pool, *_beside_pool(site, grid))
    crest_m = crest_level(site, state)
    crest = np.full(faces.count, crest_m)
    share = np.full(faces.count, straight_share(site))
    nearest = _from_the_river(faces, site)
    weir = state.get("weir")
    lowered = None
    if weir is not None:
        below_m = weir_below_crest_m(state)
        assert below_m is not None
        lowered = _lower(crest, share, nearest, weir["width_m"] / grid.cell_size_m, crest_m - below_m)
        if below_m < 0.0:
            # The wings have sunk below it.
            crest[lowered] = crest_m - below_m
    if state["kind"] == "breached":
        _lower(crest, share, nearest, state["bottom_width_m"] / grid.cell_size_m, notch_bottom(site, state))
    openings = _openings(site, openings_left(state), passing, bed_m, grid, float(crest.min()))
    dam = Dam(
        site.id,
        faces,
        crest,
        site.pool,
        site.outlet_upstream,
        tuple(opening for opening, _ in openings),
        length_share=share,
        # Where the terrain holds the dam its own crest counts wherever it is the higher one.
        held_by_bed=site.in_terrain,
        breach=_breach(state, passing["packing_fraction"], site, faces, crest, bed_m, nearest, lowered),
    )
    return Built(dam, crest_m, [told for _, told in openings])


def _from_the_river(faces: CellFaces, site: "PlacedDam") -> NDArray[np.int64]:
    """Faces in the order of their distance from the river."""
    river_row, river_col = site.outlet_upstream
    distance = np.hypot(
        faces.rows + 0.5 * faces.south - river_row, faces.cols + 0.5 * ~faces.south - river_col
    )
    return np.argsort(distance, kind="stable")


def _lower(
    crest: Floats, share: Floats, nearest: NDArray[np.int64], width_cells: float, level_m: float
) -> NDArray[np.int64]:
    """Give the faces by the river, which it returns, a lower crest: as wide as it is also on wider cells."""
    sides = min(crest.size, max(round(width_cells / share[nearest[-1]]), ceil(width_cells)))
    lowered = nearest[:sides]
    crest[lowered] = np.minimum(crest[lowered], level_m)
    share[lowered] = min(1.0, width_cells / sides)
    return lowered


def _beside_the_weir(
    faces: CellFaces,
    site: "PlacedDam",
    nearest: NDArray[np.int64],
    weir: NDArray[np.int64],
    crest: Floats,
    bed_m: Floats,
) -> tuple[int, int] | None:
    """Cell of the pool by the river where the fill stands to its full height.

    A weir is no fill, also where the wings have sunk to it or below: it is built to be overflowed. None where
    it leaves no such cell: it is as wide as the dam.
    """
    first, second = faces.cells()
    inside = site.pool[first]
    row, col = (np.where(inside, a, b) for a, b in zip(first, second, strict=True))
    walled = crest > faces.higher_bed_m(bed_m)
    fill = np.ones(faces.count, dtype=bool)
    fill[weir] = False
    full = fill & (crest >= crest[fill & walled].max(initial=-np.inf) - 1e-9)
    for face in nearest[(full & walled)[nearest]]:
        same_cell = (row == row[face]) & (col == col[face])
        if full[same_cell].all():
            return int(row[face]), int(col[face])
    return None


def _breach(
    state: Mapping[str, Any],
    solids_cap: float,
    site: "PlacedDam",
    faces: CellFaces,
    crest: Floats,
    bed_m: Floats,
    nearest: NDArray[np.int64],
    weir: NDArray[np.int64] | None,
) -> Breach | None:
    """How the fill is carried away, down to the ground, beside its weir; None where it cannot be."""
    told = state.get("breach")
    if told is None:
        return None
    where = _beside_the_weir(faces, site, nearest, weir, crest, bed_m) if weir is not None else None
    fill = Fill(**{one.name: told[one.name] for one in fields(Fill) if one.name in told})
    if told.get("kind") != "piping":
        return Breach(
            fill,
            start_head_m=told["start_head_m"],
            start_after_s=told["start_after_s"],
            where=where,
            solids_cap=solids_cap,
        )
    ground = faces.higher_bed_m(bed_m)
    begins = first_face(faces, site.pool, crest > ground, ground, site.outlet_upstream, where)
    # On wide cells the ground under the fill can lie higher than the river.
    lowest_m = -np.inf if begins is None else float(ground[begins])
    axis_m = max(float(site.bed_elevation_m) + told["pipe_above_bed_m"], lowest_m)
    return Breach(
        fill,
        "piping",
        where=where,
        start_level_m=axis_m,
        pipe_elevation_m=axis_m,
        pipe_diameter_m=told["pipe_diameter_m"],
        side_slope=PIPED_SIDE_SLOPE,
        solids_cap=solids_cap,
    )


def _openings(
    site: "PlacedDam",
    left: Sequence[Mapping[str, Any]],
    passing: Mapping[str, float],
    bed_m: Floats,
    grid: "Grid",
    spill_m: float,
) -> list[tuple[Opening, dict[str, Any]]]:
    """Openings below the lowest point of the crest; what is buried works from the top of what buries it.

    A siphon's outlet lies below the dam, where nothing buries it, and its levels are those of the dam's body:
    above the river bed under it, not above the cell before it, whose one height may be metres more. Its mouth
    works from the top of what buries it; one that would then break no lower than it primes is closed.
    """
    river_m = float(grid.values[site.outlet_upstream])
    ground_m = float(bed_m[site.outlet_upstream])
    found = []
    for one in left:
        told = one.get("siphon")
        siphon = _siphon(told, float(site.bed_elevation_m), ground_m) if told is not None else None
        above_m = one.get("sill_above_bed_m", 0.0)
        sill = max(river_m + above_m, ground_m) if told is None else float(site.bed_elevation_m) + above_m
        if sill >= spill_m or (told is not None and siphon is None):
            continue
        area = one["area_m2"]
        law = one.get("clogging")
        if law is None and one.get("clogs"):
            law = {name: passing[f"clogging_{name}"] for name in ("largest_share", "solids_m3_per_m2")}
        clogging = (
            Clogging(largest_share=law["largest_share"], half_volume_m3=law["solids_m3_per_m2"] * area)
            if law is not None
            else None
        )
        opening = Opening(
            outfall=site.outlet_downstream,
            sill_m=sill,
            area_m2=area,
            discharge_coefficient=one["discharge_coefficient"],
            passed_solids_fraction=0.0 if one["passes"] == "water" else passing["passed_solids_fraction"],
            packing_fraction=passing["packing_fraction"],
            clogging=clogging,
            gate=Gate(**one["gate"]) if "gate" in one else None,
            siphon=siphon,
        )
        placed = {"sill_elevation_m": round(sill, 2)}
        if siphon is not None:
            placed["priming_elevation_m"] = round(siphon.priming_level_m, 2)
            placed["breaking_elevation_m"] = round(siphon.breaking_level_m, 2)
        found.append((opening, {**one, **placed}))
    return found


def _siphon(told: Mapping[str, float], bed_m: float, ground_m: float) -> Siphon | None:
    """A siphon's levels over the river bed; None where the ground before the dam has buried its mouth."""
    priming, breaking = bed_m + told["priming_above_bed_m"], bed_m + told["breaking_above_bed_m"]
    breaking = max(breaking, ground_m)
    return Siphon(priming, breaking) if breaking < priming else None


def _beside_pool(site: "PlacedDam", grid: "Grid") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells that the wall parts from the pool: those under the crest.

    A dam that the terrain holds is wider than its crest; where that lies inside it nowhere touches the pool
    the body is followed until it does.
    """
    from scipy import ndimage

    line = np.zeros(grid.shape, dtype=bool)
    line[site.rows, site.cols] = True
    pool_and_rim = ndimage.binary_dilation(site.pool)
    body = ~site.pool & (grid.values >= site.crest_elevation_m)
    while site.in_terrain and not (line & pool_and_rim).any():
        grown = line | (ndimage.binary_dilation(line) & body)
        if (grown == line).all():
            break
        line = grown
    rows, cols = np.nonzero(line)
    return rows, cols


def straight_share(site: "PlacedDam") -> float:
    """Length of a dam's axis over the length of the cell sides that follow it in steps, 0.71 to 1."""
    corners = np.asarray(site.axis.coords)
    steps = float(np.abs(np.diff(corners, axis=0)).sum())
    # A terrain that holds the dam whole leaves no axis to be built.
    return float(site.axis.length / steps) if steps > 0.0 else 1.0
