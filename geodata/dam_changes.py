"""A dam of the region with another crest, weir or capacity than its own."""

from dataclasses import replace

from geodata.dam_openings import Weir
from geodata.dam_placing import PlacedDam, place_dam
from geodata.dams import DamSite
from geodata.drawn_dam import HIGHEST_DAM_M
from geodata.errors import DamDoesNotClose, DamRefused
from geodata.grid import Grid
from geodata.rivers import River

CAPACITY_WITHIN = 0.002
"""How near a wanted capacity is met, as a share of it."""

STEPS = 24


def place_changed_dam(
    site: DamSite,
    river: River,
    ground: Grid,
    *,
    crest_elevation_m: float | None = None,
    capacity_m3: float | None = None,
    weir: Weir | None = None,
) -> PlacedDam:
    """Put a dam on a grid with figures in place of its own.

    Parameters
    ----------
    site, river, ground
        As for `place_dam`.
    crest_elevation_m : float, optional
        Elevation of the crest [m].
    capacity_m3 : float, optional
        Volume up to where the dam spills [m3]; the crest follows from it by halving.
    weir : Weir, optional
        In place of its own.

    Raises
    ------
    DamRefused
        If the crest lies below the river bed or more than 250 m above it, if the wall cannot close the valley
        at that crest, or if no height that closes the valley holds the capacity.
    DamOffCourse
        If the river does not cross the axis on this grid.
    """
    changed = replace(site, weir=weir) if weir is not None else site
    field = "capacity_m3" if capacity_m3 is not None else "crest_elevation_m"
    try:
        if capacity_m3 is not None:
            placed = _holding(changed, river, ground, capacity_m3)
        elif crest_elevation_m is not None:
            placed = place_dam(replace(changed, crest_elevation_m=crest_elevation_m), river, ground)
        else:
            placed = place_dam(changed, river, ground)
    except DamDoesNotClose:
        bed = place_dam(site, river, ground).bed_elevation_m
        if crest_elevation_m is not None and crest_elevation_m <= bed:
            figures = {"crest_m": f"{crest_elevation_m:.1f}", "bed_m": f"{bed:.1f}"}
            raise DamRefused(field, "crest_below_bed", **figures) from None
        raise DamRefused(field, "does_not_close", dam=site.id) from None
    height = placed.crest_elevation_m - placed.bed_elevation_m
    if placed.spill_elevation_m <= placed.bed_elevation_m:
        weir_m, bed_m = f"{placed.spill_elevation_m:.1f}", f"{placed.bed_elevation_m:.1f}"
        raise DamRefused("weir", "weir_below_bed", weir_m=weir_m, bed_m=bed_m)
    if height > HIGHEST_DAM_M + 1.0:
        raise DamRefused(field, "too_high", height_m=f"{height:.0f}", limit_m=f"{HIGHEST_DAM_M:.0f}")
    return placed


def _holding(site: DamSite, river: River, ground: Grid, capacity_m3: float) -> PlacedDam:
    """The dam whose volume up to the spill is as asked for."""
    own = place_dam(site, river, ground)
    low, high = own.bed_elevation_m + site.spill_below_crest_m, own.bed_elevation_m + HIGHEST_DAM_M
    best: PlacedDam | None = None
    for _ in range(STEPS):
        crest = (low + high) / 2
        try:
            placed = place_dam(replace(site, crest_elevation_m=crest), river, ground)
        except DamDoesNotClose:
            # A wall of a metre or two ends on single cells and may leak; above that, height is what fails.
            low, high = (crest, high) if crest < own.crest_elevation_m else (low, crest)
            continue
        if best is None or abs(placed.capacity_m3 - capacity_m3) < abs(best.capacity_m3 - capacity_m3):
            best = placed
        if abs(placed.capacity_m3 - capacity_m3) <= CAPACITY_WITHIN * capacity_m3:
            return placed
        low, high = (crest, high) if placed.capacity_m3 < capacity_m3 else (low, crest)
    # The volume jumps where the ground gives way all at once; a dam that nearly holds it is meant.
    if best is None or abs(best.capacity_m3 - capacity_m3) > 0.05 * capacity_m3:
        held = best.capacity_m3 if best is not None else own.capacity_m3
        raise DamRefused("capacity_m3", "holds_less", dam=site.id, capacity_m3=f"{held:.0f}")
    return best
