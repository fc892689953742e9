"""Where a dam's axis goes, and how the valley behind it is read to agree with published figures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geodata.course_raster import course_cells
from geodata.dam_placing import close_valley, storage
from geodata.dams import DamSite
from geodata.grid import FloatArray, Grid
from geodata.rivers import River
from geodata.terrain import course_field

# Sides are moved up to this far above the crest, fading, so that the pool's rim is no step.
ABOVE_CREST_M = 30.0
# Along the river, how far the abutments' form reaches into the pool.
AXIS_REACH_M = 150.0

VerticalError = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Siting:
    """A chosen axis and how well it agrees.

    Parameters
    ----------
    chainage_m, moved_m, angle_deg : float
        Place on the river, how far from the published one, and the turn against the perpendicular.
    axis_xy : ndarray, shape (2, 2)
    crest_m, crest_length_m, capacity_m3 : float
    raised_m : float
        How much the crest cells lie below the crest on the mean: what would have to be built [m].
    """

    chainage_m: float
    moved_m: float
    angle_deg: float
    axis_xy: FloatArray
    crest_m: float
    crest_length_m: float
    capacity_m3: float
    raised_m: float


def try_axis(
    ground: Grid, river: River, site: DamSite, chainage_m: float, angle_deg: float, published_m: float
) -> Siting | None:
    """Crest length and storage of one axis; None where it does not close the valley."""
    dx, dy = river.direction_at(chainage_m)
    a = np.radians(angle_deg)
    across = (-dy * np.cos(a) - dx * np.sin(a), dx * np.cos(a) - dy * np.sin(a))
    crest = site.crest_elevation_m
    if crest is None:
        crest = river.bed_at(chainage_m) + site.height_m.value
    centre = river.at(chainage_m)
    size = ground.cell_size_m
    row, col = ground.index_of(*centre)
    n = int(3500 / size)
    r0, c0 = max(0, row - n), max(0, col - n)
    small = ground.window(slice(r0, row + n + 1), slice(c0, col + n + 1))
    found = close_valley(small, course_cells(small, river), centre, across, crest)
    if found is None:
        return None
    _, volume = storage(small, found.pool, float(small.values[found.pool].min()), crest)
    length = float(np.hypot(*(found.xy[1] - found.xy[0])))
    return Siting(
        chainage_m,
        abs(chainage_m - published_m),
        angle_deg,
        found.xy,
        crest,
        length,
        float(volume[-1]),
        float(np.maximum(crest - small.values[found.rows, found.cols], 0.0).mean()),
    )


def disagreement(siting: Siting, site: DamSite, place_weight: float) -> float:
    """How badly an axis agrees: log ratios of length and capacity, and how far it was moved.

    A factor 1.3 in length and a factor 1.6 in capacity weigh 1, the whole position error `place_weight`:
    little on a terrain that shows the valley, much on one whose valleys are assumed.
    """
    bad = (
        place_weight * (siting.moved_m / max(site.position_error_m, 50.0)) ** 2
        + (siting.angle_deg / 40.0) ** 2
    )
    if site.in_terrain:
        # The terrain shows where the crest runs: where least is missing.
        return bad + (siting.raised_m / 2.0) ** 2
    if site.crest_length_m is not None:
        bad += float(np.log(siting.crest_length_m / site.crest_length_m) / np.log(1.3)) ** 2
    else:
        # Nobody builds across the wide part of a valley when a narrow one is near.
        bad += 0.25 * float(np.log(siting.crest_length_m / (6 * site.height_m.value)) / np.log(2)) ** 2
    low, high = site.capacity_m3.low, site.capacity_m3.high
    nearest = min(max(siting.capacity_m3, low), high)
    bad += float(np.log(max(siting.capacity_m3, 1.0) / nearest) / np.log(1.3)) ** 2
    bad += 0.3 * float(np.log(max(siting.capacity_m3, 1.0) / site.capacity_m3.value) / np.log(1.6)) ** 2
    return bad


def best_axis(
    ground: Grid,
    river: River,
    site: DamSite,
    published_m: float,
    *,
    place_weight: float = 0.5,
    turn_deg: float = 40.0,
) -> Siting | None:
    """Axis within the position error that agrees best with height, crest length and capacity."""
    step = max(ground.cell_size_m / 2, site.position_error_m / 25)
    reach = max(site.position_error_m, ground.cell_size_m)
    low = max(float(river.chainage_m[0]) + 200.0, published_m - reach)
    high = min(river.length_m - 200.0, published_m + reach)
    best: tuple[float, Siting] | None = None
    for chainage in np.arange(low, high + step / 2, step):
        for angle in np.arange(-turn_deg, turn_deg + 1.0, 10.0):
            siting = try_axis(ground, river, site, float(chainage), float(angle), published_m)
            if siting is None:
                continue
            bad = disagreement(siting, site, place_weight)
            if best is None or bad < best[0]:
                best = (bad, siting)
    return best[1] if best else None


def reshape_pool(
    ground: Grid,
    river: River,
    site: DamSite,
    siting: Siting,
    error_m: VerticalError,
    *,
    floor_width_m: float,
) -> tuple[Grid, Siting, float]:
    """Move the valley sides of the pool, within the terrain's own error, until the published capacity fits.

    River bed and crest level stay; only the sides between them move, towards sides of one angle, which is
    found by halving. Nothing moves by more than `error_m` of its height. The result is part of the terrain,
    the same
    for every strategy.

    Returns
    -------
    Grid
        Ground with the reshaped pool.
    Siting
        The same axis on it.
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

    best: tuple[float, Grid, Siting] | None = None
    low, high = 0.03, 1.2
    for _ in range(14):
        slope = float(np.sqrt(low * high))
        candidate = shaped(slope)
        got = try_axis(candidate, river, site, siting.chainage_m, siting.angle_deg, siting.chainage_m)
        if got is None:
            # Too flat: the sides no longer reach the crest.
            low = slope
            continue
        bad = abs(float(np.log(max(got.capacity_m3, 1.0) / site.capacity_m3.value)))
        if best is None or bad < best[0]:
            best = (bad, candidate, got)
        if got.capacity_m3 > site.capacity_m3.value:
            low = slope
        else:
            high = slope
    before = abs(float(np.log(max(siting.capacity_m3, 1.0) / site.capacity_m3.value)))
    if best is None or best[0] >= before:
        return ground, siting, 0.0
    _, after, got = best
    moved = float(np.nanmax(np.abs(after.values - ground.values)))
    return after, Siting(**{**got.__dict__, "moved_m": siting.moved_m}), moved
