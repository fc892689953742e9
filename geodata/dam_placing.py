"""A dam on a grid: crest cells that close the valley, the pool behind them and how much it holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString

from geodata.course_raster import CourseCells, IntArray, course_cells, line_cells
from geodata.crs import from_lonlat
from geodata.dams import DamSite
from geodata.errors import DamDoesNotClose, DamOffCourse
from geodata.grid import FloatArray, Grid
from geodata.rivers import River

BoolArray = NDArray[np.bool_]
LEVELS = 41
NOTCH_SIDE_SLOPE = 0.7  # 35 degrees, as the valley sides


@dataclass(frozen=True)
class PlacedDam:
    """A dam on one grid.

    Parameters
    ----------
    id : str
    rows, cols : ndarray of int, shape (n,)
        Crest cells from one abutment to the other, each sharing a side with the next.
    bed_m : ndarray, shape (n,)
        Ground under them [m].
    bed_elevation_m, crest_elevation_m, spill_elevation_m : float
        River bed at the axis, the crest at full height, and its lowest point, where the dam spills first:
        that of a weir, without one the crest itself [m].
    pool : ndarray of bool, shape (ny, nx)
        Cells upstream below the crest that water reaches from the river there, without the crest cells.
    outlet_upstream, outlet_downstream : tuple of int
        River cells on either side of the crest (row, col).
    level_m, volume_m3 : ndarray, shape (k,)
        Storage on this grid from the bed to the crest, the level of the spill among them, not scaled.
    capacity_published_m3 : float
    storage_factor : float
        Published capacity over this grid's up to the spill: 1 where they agree.
    axis : shapely.LineString
        Axis between the abutments [m].
    crest_length_m : float
        Length of the axis on this grid; where the ground holds the dam, of the stretch that lies lower than
        the crest.
    in_terrain : bool
        The ground holds the dam already.
    removal_rows, removal_cols, removal_bed_m : ndarray
        Where the ground holds the dam: what to lower, and to which height, for the state absent. Empty
        otherwise.
    """

    id: str
    rows: IntArray
    cols: IntArray
    bed_m: FloatArray
    bed_elevation_m: float
    crest_elevation_m: float
    spill_elevation_m: float
    pool: BoolArray
    outlet_upstream: tuple[int, int]
    outlet_downstream: tuple[int, int]
    level_m: FloatArray
    volume_m3: FloatArray
    capacity_published_m3: float
    storage_factor: float
    axis: LineString
    crest_length_m: float
    in_terrain: bool
    removal_rows: IntArray
    removal_cols: IntArray
    removal_bed_m: FloatArray

    @property
    def capacity_m3(self) -> float:
        """Storage of this grid up to the spill: what the dam holds before it overflows [m3]."""
        return float(np.interp(self.spill_elevation_m, self.level_m, self.volume_m3))


def axis_of(site: DamSite, river: River, crs: str) -> tuple[float, tuple[float, float], tuple[float, float]]:
    """Chainage, centre [m] and unit vector of a dam's axis; across the river where the region gives none."""
    if len(site.axis_lonlat) >= 2:
        lon, lat = zip(*site.axis_lonlat, strict=True)
        x, y = from_lonlat(lon, lat, crs)
        line, course = LineString(list(zip(x, y, strict=True))), LineString(river.xy)
        crossing = line.intersection(course)
        centre = crossing if crossing.geom_type == "Point" else line.interpolate(0.5, normalized=True)
        length = float(np.hypot(x[-1] - x[0], y[-1] - y[0]))
        chainage = river.nearest(centre.x, centre.y)[0]
        return chainage, (centre.x, centre.y), ((x[-1] - x[0]) / length, (y[-1] - y[0]) / length)
    x0, y0 = from_lonlat(site.lon, site.lat, crs)
    chainage = site.chainage_m if site.chainage_m is not None else river.nearest(float(x0), float(y0))[0]
    dx, dy = river.direction_at(chainage)
    return chainage, river.at(chainage), (-dy, dx)


def flood(ground: FloatArray, start: tuple[int, int], level_m: float, wall: BoolArray) -> BoolArray:
    """Cells below a level that water reaches from a start, corners included, wall cells excluded."""
    from scipy import ndimage

    open_cells = (ground < level_m) & ~wall
    if not open_cells[start]:
        return np.zeros(ground.shape, dtype=bool)
    labels, _ = ndimage.label(open_cells, structure=np.ones((3, 3)))
    return np.asarray(labels == labels[start])


@dataclass(frozen=True)
class _Crest:
    rows: IntArray
    cols: IntArray
    xy: FloatArray
    pool: BoolArray
    upstream: tuple[int, int]
    downstream: tuple[int, int]


def close_valley(
    ground: Grid,
    course: CourseCells,
    centre: tuple[float, float],
    across: tuple[float, float],
    crest_m: float,
    *,
    reach_m: float = 1500.0,
) -> _Crest | None:
    """Crest cells along an axis, extended until the valley is closed; None where it cannot be.

    The axis runs from its centre both ways until the ground reaches the crest. Where water would still pass
    around an end (a saddle behind a spur), that end goes on to the next ground that high.
    """
    size = ground.cell_size_m
    stops = [
        stops_along(ground, centre, (sign * across[0], sign * across[1]), crest_m, reach_m)
        for sign in (-1.0, 1.0)
    ]
    if not stops[0] or not stops[1]:
        return None
    # Shortest first: each pair of ends is tried in the order of its total length.
    pairs = sorted((a + b, a, b) for a in stops[0][:6] for b in stops[1][:6])
    for _, left, right in pairs:
        count = int(np.ceil((left + right) / (size / 4))) + 1
        t = np.linspace(-left, right, count)
        xy = np.column_stack([centre[0] + t * across[0], centre[1] + t * across[1]])
        found = closed_by(ground, course, xy, t, crest_m)
        if found is not None:
            return found
    return None


def closed_by(
    ground: Grid, course: CourseCells, xy: FloatArray, t: FloatArray, crest_m: float
) -> _Crest | None:
    """The crest along a line as it is, and its pool; None where water below the crest passes round it.

    Parameters
    ----------
    ground : Grid
    course : CourseCells
        The river on that grid.
    xy, t : ndarray, shapes (n, 2) and (n,)
        Points of the line closer together than a cell, and the distance along it [m].
    crest_m : float
        Elevation of the crest [m].
    """
    cells = line_cells(ground, xy, t)
    wall = np.zeros(ground.shape, dtype=bool)
    wall[cells.rows, cells.cols] = True
    on_course = np.flatnonzero(wall[course.rows, course.cols])
    if len(on_course) == 0:
        return None
    first, last = int(on_course[0]), int(on_course[-1])
    # A dam that the terrain holds is wider than a cell: on to where its body ends.
    height = ground.values[course.rows, course.cols]
    while first > 0 and height[first - 1] >= crest_m:
        first -= 1
    while last + 1 < len(height) and height[last + 1] >= crest_m:
        last += 1
    if first == 0 or last + 1 >= len(course.rows):
        return None
    upstream = (int(course.rows[first - 1]), int(course.cols[first - 1]))
    downstream = (int(course.rows[last + 1]), int(course.cols[last + 1]))
    pool = flood(ground.values, upstream, crest_m, wall)
    edge = pool[0].any() or pool[-1].any() or pool[:, 0].any() or pool[:, -1].any()
    if pool.any() and not pool[downstream] and not edge:
        return _Crest(cells.rows, cells.cols, xy[[0, -1]], pool, upstream, downstream)
    return None


def stops_along(
    ground: Grid, centre: tuple[float, float], way: tuple[float, float], crest_m: float, reach_m: float
) -> list[float]:
    """Distances from the centre at which the axis enters a cell as high as the crest [m]."""
    step = ground.cell_size_m / 4
    stops: list[float] = []
    last: tuple[int, int] | None = None
    for i in range(int(reach_m / step)):
        x, y = centre[0] + way[0] * i * step, centre[1] + way[1] * i * step
        if not ground.contains(x, y):
            break
        cell = ground.index_of(x, y)
        if cell != last and ground.values[cell] >= crest_m:
            stops.append(i * step)
        last = cell
    return stops


def storage(
    ground: Grid, pool: BoolArray, bed_m: float, crest_m: float, spill_m: float
) -> tuple[FloatArray, FloatArray]:
    """Storage curve of a pool: levels from bed to crest and the volume below each [m, m3].

    The spill is one of the levels, so that the volume below it is not interpolated.
    """
    level = np.union1d(np.linspace(bed_m, crest_m, LEVELS), [max(bed_m, spill_m)])
    heights = np.sort(ground.values[pool])
    below = np.searchsorted(heights, level)
    sums = np.concatenate([[0.0], np.cumsum(heights)])
    volume = (level * below - sums[below]) * ground.cell_size_m**2
    return level, np.maximum.accumulate(np.maximum(volume, 0.0))


def place_dam(site: DamSite, river: River, ground: Grid) -> PlacedDam:
    """Put a dam on a grid.

    Parameters
    ----------
    site : DamSite
    river : River
        The river it stands in.
    ground : Grid
        Conditioned terrain without dams, at the cell size of the run.

    Raises
    ------
    DamOffCourse
        If the river does not cross the dam's axis on this grid.
    DamDoesNotClose
        If no extension of the axis closes the valley at the crest.
    """
    chainage, centre, across = axis_of(site, river, ground.crs)
    cells = course_cells(ground, river)
    if len(cells.rows) < 3 or not ground.contains(*centre):
        raise DamOffCourse(f"dam {site.id!r}: river {river.id!r} does not pass its axis on this grid")
    nearest = int(np.argmin(np.abs(cells.chainage_m - chainage)))
    bed_here = float(ground.values[cells.rows[nearest], cells.cols[nearest]])
    crest = (
        site.crest_elevation_m
        if site.crest_elevation_m is not None
        else river.bed_at(chainage) + site.height_m.value
    )
    window = _window(ground, centre, 6000.0)
    small = ground.window(*window)
    offset = (window[0].start, window[1].start)
    found = close_valley(small, course_cells(small, river), centre, across, crest)
    if found is None:
        raise DamDoesNotClose(
            f"dam {site.id!r}: no axis through ({centre[0]:.0f}, {centre[1]:.0f}) closes the valley at "
            f"{crest:.1f} m with cells of {ground.cell_size_m} m"
        )
    rows, cols = found.rows + offset[0], found.cols + offset[1]
    pool = np.zeros(ground.shape, dtype=bool)
    pool[window] = found.pool
    upstream = (found.upstream[0] + offset[0], found.upstream[1] + offset[1])
    downstream = (found.downstream[0] + offset[0], found.downstream[1] + offset[1])
    # In a terrain that holds the dam the bed is the bowl's, not the crest under the axis.
    bed = float(ground.values[pool].min()) if site.in_terrain else bed_here
    spill = crest - site.spill_below_crest_m
    level, volume = storage(ground, pool, min(bed, float(ground.values[pool].min())), crest, spill)
    capacity = float(np.interp(spill, level, volume))
    removal = _removal(site, river, ground)
    axis = LineString(found.xy)
    return PlacedDam(
        id=site.id,
        rows=rows,
        cols=cols,
        bed_m=ground.values[rows, cols].copy(),
        bed_elevation_m=bed,
        crest_elevation_m=crest,
        spill_elevation_m=spill,
        pool=pool,
        outlet_upstream=upstream,
        outlet_downstream=downstream,
        level_m=level,
        volume_m3=volume,
        capacity_published_m3=site.capacity_m3.value,
        storage_factor=site.capacity_m3.value / capacity if capacity > 0 else float("nan"),
        axis=axis,
        crest_length_m=float(axis.length),
        in_terrain=site.in_terrain,
        removal_rows=removal[0],
        removal_cols=removal[1],
        removal_bed_m=removal[2],
    )


def _window(ground: Grid, centre: tuple[float, float], reach_m: float) -> tuple[slice, slice]:
    row, col = ground.index_of(*centre)
    n = int(np.ceil(reach_m / ground.cell_size_m))
    return slice(max(0, row - n), row + n + 1), slice(max(0, col - n), col + n + 1)


def _removal(site: DamSite, river: River, ground: Grid) -> tuple[IntArray, IntArray, FloatArray]:
    """What to lower where the terrain holds the dam: a valley from the bowl's floor to the toe."""
    empty = np.array([], dtype=np.int64)
    if not site.in_terrain or site.basin_m is None:
        return empty, empty, np.array([], dtype=float)
    start, end = site.basin_m
    cells = course_cells(ground, river)
    # From the last cell above the basin to the first below it: those carry the enforced bed.
    first = max(0, int(np.searchsorted(cells.chainage_m, start, side="right")) - 1)
    last = min(len(cells.chainage_m) - 1, int(np.searchsorted(cells.chainage_m, end, side="left")))
    inside = np.arange(first, last + 1)
    top = float(ground.values[cells.rows[first], cells.cols[first]])
    toe = float(ground.values[cells.rows[last], cells.cols[last]])
    share = (cells.chainage_m[inside] - cells.chainage_m[first]) / (
        cells.chainage_m[last] - cells.chainage_m[first]
    )
    bed = top + share * (min(top, toe) - top)
    window = _window(ground, river.at((start + end) / 2), end - start)
    small = ground.window(*window)
    offset = (window[0].start, window[1].start)
    row, col = np.mgrid[0 : small.shape[0], 0 : small.shape[1]]
    notch = np.full(small.shape, np.inf)
    for r, c, z in zip(cells.rows[inside] - offset[0], cells.cols[inside] - offset[1], bed, strict=True):
        away = np.maximum(np.hypot(row - r, col - c) - 0.5, 0.0) * ground.cell_size_m
        np.minimum(notch, z + NOTCH_SIDE_SLOPE * away, out=notch)
    lower = notch < small.values - 1e-9
    r, c = np.nonzero(lower)
    return r + offset[0], c + offset[1], notch[lower]
