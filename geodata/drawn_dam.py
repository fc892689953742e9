"""A dam that somebody drew on a map: where its axis meets a river, and why it cannot be built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString

from geodata.course_raster import course_cells
from geodata.crs import from_lonlat, to_lonlat
from geodata.dam_placing import PlacedDam, closed_by, stops_along, storage
from geodata.errors import DamRefused
from geodata.grid import FloatArray, Grid
from geodata.rivers import River

SHORTEST_AXIS_M = 20.0
LONGEST_AXIS_M = 5000.0
HIGHEST_DAM_M = 250.0
END_WITHIN_M = 0.5
"""How far the ground at an end may lie below the crest: a terrain knows no better."""

EXTENDED_BY_M = 1500.0
"""How far beyond a drawn end ground as high as the crest is looked for, to say where the axis would close."""


@dataclass(frozen=True)
class Crossing:
    """Where an axis crosses a river that the flow follows.

    `place` orders crossings along the way of the flow; `bed_m` is the river bed there [m].
    """

    river: str
    chainage_m: float
    bed_m: float
    place: tuple[int, float]


@dataclass(frozen=True)
class DrawnDam:
    """An axis with a crest, to be put on a grid; `spill_below_crest_m` is the drop of a weir, 0 without."""

    id: str
    axis_lonlat: tuple[tuple[float, float], ...]
    river: str
    crest_elevation_m: float
    spill_below_crest_m: float = 0.0


def crossing_of(
    axis_lonlat: Sequence[tuple[float, float]],
    rivers: Mapping[str, River],
    path: Sequence[tuple[str, float]],
    bounds: tuple[float, float, float, float],
    crs: str,
) -> Crossing:
    """The first place where an axis crosses the rivers that a flow follows.

    Parameters
    ----------
    axis_lonlat : sequence of (lon, lat)
        The axis, CRS84 degrees.
    rivers : mapping of str to River
        All rivers of the region.
    path : sequence of (river id, chainage)
        Rivers that the flow follows, each with the chainage it enters at [m].
    bounds : tuple
        West, south, east, north of the terrain [m].
    crs : str
        The region's metric CRS.

    Raises
    ------
    DamRefused
        If the axis leaves the terrain, is too short, too long or crosses itself, or if it crosses no river,
        or none that the flow comes by.
    """
    line = LineString(_metric(axis_lonlat, crs))
    west, south, east, north = bounds
    for number, (x, y) in enumerate(line.coords, start=1):
        if not (west <= x < east and south < y <= north):
            raise DamRefused("axis", "axis_outside", point=str(number))
    if not SHORTEST_AXIS_M <= line.length <= LONGEST_AXIS_M:
        reason = "axis_short" if line.length < SHORTEST_AXIS_M else "axis_long"
        limit = SHORTEST_AXIS_M if reason == "axis_short" else LONGEST_AXIS_M
        raise DamRefused("axis", reason, length_m=f"{line.length:.0f}", limit_m=f"{limit:.0f}")
    if not line.is_simple:
        raise DamRefused("axis", "axis_crosses_itself")
    for number, (river_id, start) in enumerate(path):
        river = rivers[river_id]
        here = [chainage for chainage in _crossings(line, river) if chainage > start]
        if here:
            chainage = min(here)
            return Crossing(river_id, chainage, _natural_bed_at(river, chainage), (number, chainage))
    elsewhere = [id for id, river in rivers.items() if _crossings(line, river)]
    if elsewhere:
        raise DamRefused("axis", "never_met", river=", ".join(elsewhere))
    raise DamRefused("axis", "no_river")


def place_drawn_dam(dam: DrawnDam, river: River, ground: Grid) -> PlacedDam:
    """Put a drawn dam on a grid, exactly where it was drawn.

    Parameters
    ----------
    dam : DrawnDam
    river : River
        The river it crosses.
    ground : Grid
        Conditioned terrain at the cell size of the run.

    Raises
    ------
    DamRefused
        If the crest lies below the river bed or more than 250 m above it, or if water below the crest passes
        round the wall; `params` then hold an axis that would close where there is one.
    """
    crest = dam.crest_elevation_m
    xy = _metric(dam.axis_lonlat, ground.crs)
    course = course_cells(ground, river)
    found = closed_by(ground, course, *_densified(xy, ground.cell_size_m), crest)
    line = LineString(xy)
    crossed = _crossings(line, river)
    if not crossed:
        raise DamRefused("axis", "no_river")
    nearest = int(np.argmin(np.abs(course.chainage_m - min(crossed))))
    bed = float(ground.values[course.rows[nearest], course.cols[nearest]])
    lowest = f"{bed:.1f}"
    if crest <= bed:
        raise DamRefused("crest_elevation_m", "crest_below_bed", crest_m=f"{crest:.1f}", bed_m=lowest)
    if crest - dam.spill_below_crest_m <= bed:
        raise DamRefused(
            "weir", "weir_below_bed", weir_m=f"{crest - dam.spill_below_crest_m:.1f}", bed_m=lowest
        )
    if crest - bed > HIGHEST_DAM_M + 1.0:
        raise DamRefused(
            "height_m", "too_high", height_m=f"{crest - bed:.0f}", limit_m=f"{HIGHEST_DAM_M:.0f}"
        )
    if found is None or not _ends_reach(ground, xy, crest):
        raise _open(ground, river, xy, crest)
    spill = crest - dam.spill_below_crest_m
    level, volume = storage(ground, found.pool, float(ground.values[found.pool].min()), crest, spill)
    empty = np.array([], dtype=np.int64)
    return PlacedDam(
        id=dam.id,
        rows=found.rows,
        cols=found.cols,
        bed_m=ground.values[found.rows, found.cols].copy(),
        bed_elevation_m=bed,
        crest_elevation_m=crest,
        spill_elevation_m=spill,
        pool=found.pool,
        outlet_upstream=found.upstream,
        outlet_downstream=found.downstream,
        level_m=level,
        volume_m3=volume,
        # Nothing is published about a dam that nobody has built.
        capacity_published_m3=float("nan"),
        storage_factor=float("nan"),
        axis=line,
        crest_length_m=_below_crest_m(ground, *_densified(xy, ground.cell_size_m), crest),
        in_terrain=False,
        removal_rows=empty,
        removal_cols=empty,
        removal_bed_m=np.array([], dtype=float),
    )


def check_apart(dams: Sequence[PlacedDam], free: Sequence[str]) -> None:
    """Refuse dams that share ground: walls on one cell, or a bowl that reaches into another dam.

    Parameters
    ----------
    dams : sequence of PlacedDam
        What stands in the run.
    free : sequence of str
        Ids of those that were drawn or changed. Walls of a region's own dams must not share a cell either,
        which they would where cells are too coarse for both; their bowls may meet.
    """
    for i, first in enumerate(dams):
        for second in dams[i + 1 :]:
            mine, other = (first, second) if first.id in free else (second, first)
            wall, other_wall = _wall(mine), _wall(other)
            met = (wall & other_wall).any()
            if met or (mine.id in free and ((wall | mine.pool) & (other_wall | other.pool)).any()):
                if met:
                    refused = DamRefused("axis", "on_dam", dam=mine.id, other=other.id)
                else:
                    # The upper one stands in the bowl of the lower one.
                    lower, upper = (mine, other) if (mine.pool & other_wall).any() else (other, mine)
                    refused = DamRefused(
                        "axis",
                        "pools_meet",
                        dam=lower.id,
                        other=upper.id,
                        crest_m=f"{lower.crest_elevation_m:.1f}",
                        foot_m=f"{upper.bed_elevation_m:.1f}",
                    )
                    if lower.id in free:
                        mine = lower
                refused.about = mine.id
                raise refused


def _wall(dam: PlacedDam) -> np.ndarray:
    """Cells on which something of the wall stands; those as high as the crest are the valley sides."""
    wall = np.zeros(dam.pool.shape, dtype=bool)
    below = dam.bed_m < dam.crest_elevation_m
    wall[dam.rows[below], dam.cols[below]] = True
    return wall


def _metric(axis_lonlat: Sequence[tuple[float, float]], crs: str) -> FloatArray:
    lon, lat = zip(*axis_lonlat, strict=True)
    return np.column_stack(from_lonlat(lon, lat, crs))


def _densified(xy: FloatArray, cell_size_m: float) -> tuple[FloatArray, FloatArray]:
    """Points of a line a quarter of a cell apart, its corners among them, and the distance along it."""
    line = LineString(xy)
    corners = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    count = int(np.ceil(line.length / (cell_size_m / 4))) + 1
    along = np.union1d(np.linspace(0.0, line.length, count), corners)
    return np.column_stack([np.interp(along, corners, xy[:, k]) for k in (0, 1)]), along


def _below_crest_m(ground: Grid, xy: FloatArray, along: FloatArray, crest: float) -> float:
    """Length of the line where the ground lies below the crest [m]: the rest is in the valley sides."""
    middle = (xy[1:] + xy[:-1]) / 2
    low = np.array([ground.values[ground.index_of(x, y)] < crest for x, y in middle])
    return float(np.diff(along)[low].sum())


def _crossings(line: LineString, river: River) -> list[float]:
    """Chainages at which a line crosses a river [m]."""
    met = line.intersection(LineString(river.xy))
    parts = getattr(met, "geoms", [met])
    return sorted(river.nearest(*part.centroid.coords[0])[0] for part in parts if not part.is_empty)


def _natural_bed_at(river: River, chainage_m: float) -> float:
    """River bed at a chainage; where the terrain holds a dam and its bowl, that of the valley under them."""
    for start, end in river.basins:
        if start < chainage_m < end:
            top, toe = river.bed_at(start), river.bed_at(end)
            return top + (chainage_m - start) / (end - start) * (min(top, toe) - top)
    return river.bed_at(chainage_m)


def _ends_reach(ground: Grid, xy: FloatArray, crest: float) -> bool:
    """Whether both ends of a line stand on ground as high as the crest, or do half a cell further on.

    Cells alone do not tell: a wall much shorter than a cell takes up the whole of it.
    """
    further = np.linspace(0.0, ground.cell_size_m / 2, 5)
    for end, inner in ((xy[0], xy[1]), (xy[-1], xy[-2])):
        points = end + further[:, None] * (end - inner) / np.hypot(*(end - inner))
        if ground.sample(points[:, 0], points[:, 1]).max() < crest - END_WITHIN_M:
            return False
    return True


def _open(ground: Grid, river: River, xy: FloatArray, crest: float) -> DamRefused:
    """Why a wall does not close its valley, and the axis that would."""
    ends = ground.sample(xy[[0, -1], 0], xy[[0, -1], 1])
    closing = _closing_axis(ground, river, xy, crest)
    params = {
        "crest_m": f"{crest:.1f}",
        "ground_m": f"{min(ends):.1f}",
    }
    if closing is None:
        return DamRefused("axis", "no_valley" if min(ends) < crest else "passed_round", **params)
    lon, lat = to_lonlat(closing[:, 0], closing[:, 1], ground.crs)
    text = ",".join(f"{a:.5f},{b:.5f}" for a, b in zip(lon, lat, strict=True))
    return DamRefused("axis", "open_end", **params, closing_axis=text)


def _closing_axis(ground: Grid, river: River, xy: FloatArray, crest: float) -> FloatArray | None:
    """The shortest straight extension of a drawn line that closes the valley; None where there is none."""
    course = course_cells(ground, river)
    ways = []
    for end, inner in ((xy[0], xy[1]), (xy[-1], xy[-2])):
        way = (end - inner) / np.hypot(*(end - inner))
        stops = stops_along(ground, (end[0], end[1]), (way[0], way[1]), crest, EXTENDED_BY_M)
        # Into the middle of the cell that is high enough.
        into = ground.cell_size_m / 2
        ways.append([(0.0, end)] + [(stop + into, end + (stop + into) * way) for stop in stops[:5]])
    pairs = sorted(((a + b, i, j) for i, (a, _) in enumerate(ways[0]) for j, (b, _) in enumerate(ways[1])))
    for _, i, j in pairs:
        tried = np.vstack([ways[0][i][1], xy[1:-1], ways[1][j][1]])
        if not LineString(tried).is_simple:
            continue
        closes = closed_by(ground, course, *_densified(tried, ground.cell_size_m), crest) is not None
        if closes and _ends_reach(ground, tried, crest):
            return tried
    return None
