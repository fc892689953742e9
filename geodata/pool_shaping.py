"""How the valley behind a dam is read, within the terrain's error, to hold the published capacity."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from geodata.course_raster import course_cells, enforce_courses
from geodata.crs import to_lonlat
from geodata.dam_placing import place_dam
from geodata.dam_siting import Siting, try_axis
from geodata.dams import DamSite
from geodata.errors import DamDoesNotClose, DamOffCourse
from geodata.grid import FloatArray, Grid
from geodata.rivers import River
from geodata.terrain import course_field

# Sides are moved up to this far above the crest, fading, so that the pool's rim is no step.
ABOVE_CREST_M = 30.0
# Along the river, how far the abutments' form reaches into the pool.
AXIS_REACH_M = 150.0

VerticalError = Callable[[FloatArray], FloatArray]
CapacityAt = Callable[[Grid, Siting], float | None]


def reshape_pool(
    ground: Grid,
    river: River,
    site: DamSite,
    siting: Siting,
    error_m: VerticalError,
    *,
    floor_width_m: float,
    capacity_at: CapacityAt | None = None,
) -> tuple[Grid, Siting, float]:
    """Move the valley sides of the pool, within the terrain's own error, until the published capacity fits.

    The capacity is the volume up to the lowest point of the crest, where the dam begins to spill. River bed
    and crest level stay; only the sides between them move, towards sides of one angle, which is found by
    halving. Nothing moves by more than `error_m` of its height. The result is part of the terrain, the same
    for every strategy.

    Parameters
    ----------
    ground, river, site, siting
        Terrain, the dam's river, its figures, its axis on that terrain.
    error_m : callable
        How far the terrain may be wrong at a height [m].
    floor_width_m : float
        Width of the valley floor, which stays [m].
    capacity_at : callable, optional
        Storage of an axis on a candidate terrain [m3], None where it does not close; on the terrain's own
        cells unless given. Runs have finer cells than the stored terrain, and the fit is to be theirs.

    Returns
    -------
    Grid
        Ground with the reshaped pool.
    Siting
        The same axis on it, with the capacity that was fitted.
    float
        Largest movement [m].
    """
    reach = 2500.0
    row, col = ground.index_of(*river.at(siting.chainage_m))
    n = int(reach / ground.cell_size_m)
    window = (slice(max(0, row - n), row + n + 1), slice(max(0, col - n), col + n + 1))
    small = ground.window(*window)
    field = course_field(small, {river.id: river}, within_m=1500.0)
    # Full weight in the pool, none once the ground is well above the crest or well below the dam.
    along = np.clip((siting.chainage_m + 300.0 - field.chainage_m) / 240.0, 0.0, 1.0)
    run = np.maximum(field.distance_m - floor_width_m / 2, 0.0)
    limit = error_m(small.values)
    top = siting.crest_m + ABOVE_CREST_M
    height = siting.crest_m - river.bed_at(siting.chainage_m)
    # At the axis the sides are those that the published crest length asks for, in the pool those of the
    # capacity.
    at_axis = np.clip(1.0 - np.abs(field.chainage_m - siting.chainage_m) / AXIS_REACH_M, 0.0, 1.0)
    length = site.crest_length_m
    narrow = height / max((length - floor_width_m) / 2, 1.0) if length is not None else None
    # Sideways no further than the dam is long, so that no wall is built up the slopes behind its abutments.
    side = 0.75 * (length if length is not None else 10.0 * height)
    aside = np.clip(2.0 - field.distance_m / side, 0.0, 1.0)
    cells = course_cells(small, river)
    aside[cells.rows, cells.cols] = 0.0

    def shaped(slope: float) -> Grid:
        steep = slope if narrow is None else at_axis * max(narrow, slope) + (1.0 - at_axis) * slope
        target = np.minimum(field.bed_m + steep * run, np.maximum(top, small.values))
        weight = (
            along
            * aside
            * np.clip(1.0 - (np.minimum(target, small.values) - siting.crest_m) / ABOVE_CREST_M, 0.0, 1.0)
        )
        weight = np.where(np.isfinite(weight) & (field.distance_m > floor_width_m / 2), weight, 0.0)
        move = np.clip(np.where(weight > 0, target - small.values, 0.0), -limit, limit) * weight
        values = ground.values.copy()
        # Sides never go below the bed that runs beside them.
        lowest = np.minimum(field.bed_m, small.values)
        values[window] = np.where(weight > 0, np.maximum(small.values + move, lowest), small.values)
        return ground.like(values)

    def measured(candidate: Grid) -> Siting | None:
        got = try_axis(candidate, river, site, siting.chainage_m, siting.angle_deg, siting.chainage_m)
        if got is None or capacity_at is None:
            return got
        capacity = capacity_at(candidate, got)
        return None if capacity is None else replace(got, capacity_m3=capacity)

    def off(capacity_m3: float) -> float:
        return abs(float(np.log(max(capacity_m3, 1.0) / site.capacity_m3.value)))

    best: tuple[float, Grid, Siting] | None = None
    low, high = 0.03, 1.2
    for _ in range(14):
        slope = float(np.sqrt(low * high))
        candidate = shaped(slope)
        got = measured(candidate)
        if got is None:
            # Too flat: the sides no longer reach the crest.
            low = slope
            continue
        bad = off(got.capacity_m3)
        if best is None or bad < best[0]:
            best = (bad, candidate, got)
        if got.capacity_m3 > site.capacity_m3.value:
            low = slope
        else:
            high = slope
    before = measured(ground)
    if best is None or (before is not None and best[0] >= off(before.capacity_m3)):
        return ground, siting if before is None else replace(before, moved_m=siting.moved_m), 0.0
    _, after, got = best
    moved = float(np.nanmax(np.abs(after.values - ground.values)))
    return after, replace(got, moved_m=siting.moved_m), moved


def placed_at(site: DamSite, siting: Siting, crs: str) -> DamSite:
    """The site with its chainage and axis as a region stores them."""
    lon, lat = to_lonlat(siting.axis_xy[:, 0], siting.axis_xy[:, 1], crs)
    axis = tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(lon, lat, strict=True))
    return replace(site, chainage_m=round(siting.chainage_m, 1), axis_lonlat=axis)


def capacity_on_cells(
    rivers: Mapping[str, River], river: River, site: DamSite, cell_size_m: float
) -> CapacityAt:
    """How much an axis stores on cells of another size, courses enforced as a run has them.

    Returns
    -------
    callable
        From a terrain and an axis on it to the volume up to the spill [m3]; None where it does not close.
    """

    def capacity(ground: Grid, siting: Siting) -> float | None:
        row, col = ground.index_of(*river.at(siting.chainage_m))
        n = int(4000.0 / ground.cell_size_m)
        window = ground.window(slice(max(0, row - n), row + n + 1), slice(max(0, col - n), col + n + 1))
        # As the region keeps it, courses in the ground, and then as a run sees it.
        kept, _ = enforce_courses(window, rivers)
        fine, _ = enforce_courses(kept.resample(cell_size_m), rivers)
        try:
            return place_dam(placed_at(site, siting, ground.crs), river, fine).capacity_m3
        except (DamDoesNotClose, DamOffCourse):
            return None

    return capacity
