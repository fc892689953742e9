"""Where a dam's axis goes."""

from dataclasses import dataclass

import numpy as np

from geodata.course_raster import course_cells
from geodata.dam_placing import close_valley, storage
from geodata.dams import DamSite
from geodata.grid import FloatArray, Grid
from geodata.rivers import River


@dataclass(frozen=True)
class Siting:
    """A chosen axis and how well it agrees.

    Parameters
    ----------
    chainage_m, moved_m, angle_deg : float
        Place on the river, how far from the published one, and the turn against the perpendicular.
    axis_xy : ndarray, shape (2, 2)
    crest_m, spill_m, crest_length_m : float
        Full height, lowest point of the crest [m], length of the axis between the valley sides [m].
    capacity_m3 : float
        Volume up to the spill.
    raised_m : float
        How much the crest cells lie below the crest on the mean: what would have to be built [m].
    """

    chainage_m: float
    moved_m: float
    angle_deg: float
    axis_xy: FloatArray
    crest_m: float
    spill_m: float
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
    spill = crest - site.spill_below_crest_m
    level, volume = storage(small, found.pool, float(small.values[found.pool].min()), crest, spill)
    length = float(np.hypot(*(found.xy[1] - found.xy[0])))
    return Siting(
        chainage_m,
        abs(chainage_m - published_m),
        angle_deg,
        found.xy,
        crest,
        spill,
        length,
        float(np.interp(spill, level, volume)),
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
