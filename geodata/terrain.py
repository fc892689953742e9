"""Conditioning of a terrain: correction towards known river beds, valleys cut to them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.course_raster import course_cells
from geodata.grid import FloatArray, Grid
from geodata.rivers import River

MOUTH_FADE_M = 2000.0
CHANNEL_FADE_M = 500.0


@dataclass(frozen=True)
class ValleyForm:
    """How valleys are shaped where the terrain data cannot resolve them.

    Parameters
    ----------
    floor_width_m : float
        Width of the flat floor in the gorges, 10 to 80 m (assumption `valley_floor_width_m`).
    side_angle_deg : float
        Steepest angle that a valley side is cut to, 30 to 40 degrees (assumption `valley_side_angle_deg`).
    gentle_side_deg : float
        Side below which a correction does not lower the ground beside a gorge's bed.
    fan_channel_depth_m : float
        How far the bed lies below the ground beside it on the fan (assumption `fan_channel_depth_m`).
    fan_reach_m, gorge_reach_m : float
        How far the difference between table and terrain at the bed is spread sideways, below and above the
        mouth (scale of a Gaussian) [m].
    """

    floor_width_m: float = 30.0
    side_angle_deg: float = 35.0
    gentle_side_deg: float = 12.0
    fan_channel_depth_m: float = 1.0
    fan_reach_m: float = 1500.0
    gorge_reach_m: float = 400.0

    def height_above_bed(self, distance_m: FloatArray) -> FloatArray:
        """Height of the valley side above the bed at a distance from the course [m]."""
        run = np.maximum(0.0, distance_m - self.floor_width_m / 2)
        return np.asarray(np.tan(np.radians(self.side_angle_deg)) * run)


@dataclass(frozen=True)
class CourseField:
    """Nearest course of every cell: distance [m], its bed [m], its chainage [m], river index."""

    distance_m: FloatArray
    bed_m: FloatArray
    chainage_m: FloatArray
    river: FloatArray
    ids: tuple[str, ...]


def course_field(ground: Grid, rivers: Mapping[str, River], *, within_m: float) -> CourseField:
    """Distance to the courses and what lies at the nearest point; NaN beyond `within_m`.

    Courses run through the vertices, so distances are to the line, not to cell centres: a valley floor of
    half a cell keeps its width.
    """
    from scipy.spatial import cKDTree

    step = ground.cell_size_m / 4
    ids = tuple(rivers)
    points, beds, chainages, index = [], [], [], []
    for i, river in enumerate(rivers.values()):
        xy, chainage = river.points(step)
        points.append(xy)
        chainages.append(chainage)
        beds.append(np.interp(chainage, river.chainage_m, river.bed_elevation_m))
        index.append(np.full(len(chainage), float(i)))
    tree = cKDTree(np.vstack(points))
    ny, nx = ground.shape
    x = ground.transform.c + (np.arange(nx) + 0.5) * ground.cell_size_m
    y = ground.transform.f - (np.arange(ny) + 0.5) * ground.cell_size_m
    xx, yy = np.meshgrid(x, y)
    distance, nearest = tree.query(np.column_stack([xx.ravel(), yy.ravel()]), distance_upper_bound=within_m)
    far = ~np.isfinite(distance)
    nearest = np.where(far, 0, nearest)

    def spread(parts: list[FloatArray]) -> FloatArray:
        out = np.concatenate(parts)[nearest]
        out[far] = np.nan
        return np.asarray(out.reshape(ny, nx))

    distance = np.where(far, np.nan, distance).reshape(ny, nx)
    return CourseField(distance, spread(beds), spread(chainages), spread(index), ids)


def correct_towards_beds(
    ground: Grid, rivers: Mapping[str, River], form: ValleyForm
) -> tuple[Grid, FloatArray]:
    """Shift the terrain smoothly so that it meets the river beds along the courses.

    The difference at the course cells is averaged with a Gaussian and fades with distance, so that neither a
    trench nor a wall is made (a delta surface, after Grohman et al. 2006, PE&RS 72:213); what the average
    leaves is spread again over shorter and shorter distances.

    Returns
    -------
    Grid
        Corrected ground.
    ndarray, shape (ny, nx)
        What was added [m].
    """
    distance = course_field(ground, rivers, within_m=5 * form.fan_reach_m).distance_m
    corrected = ground
    for share in (2.0, 0.75, 0.3, 0.3, 0.15):
        added = _delta_surface(corrected, rivers, form, share * form.gorge_reach_m, distance)
        corrected = corrected.like(corrected.values + added)
    return corrected, corrected.values - ground.values


def _delta_surface(
    ground: Grid, rivers: Mapping[str, River], form: ValleyForm, spread_m: float, distance_m: FloatArray
) -> FloatArray:
    from scipy.ndimage import gaussian_filter

    difference = np.zeros(ground.shape)
    reach = np.zeros(ground.shape)
    here = np.zeros(ground.shape)
    for river in rivers.values():
        cells = course_cells(ground, river)
        bed = np.interp(cells.chainage_m, river.chainage_m, river.bed_elevation_m)
        at = (cells.rows, cells.cols)
        # A tributary without a mouth of its own lies in the mountains down to its receiver.
        mouth = river.mouth_chainage_m if river.mouth_chainage_m is not None else np.inf
        if mouth == np.inf and river.joins is None:
            mouth = 0.0
        # The ground beside is drawn to the top of the channel, or the channel would be spread away.
        top = form.fan_channel_depth_m * np.clip((cells.chainage_m - mouth) / CHANNEL_FADE_M, 0.0, 1.0)
        difference[at] = bed + top - ground.values[at]
        reach[at] = np.where(cells.chainage_m < mouth, form.gorge_reach_m, form.fan_reach_m)
        here[at] = 1.0
    weight = gaussian_filter(here, spread_m / ground.cell_size_m, truncate=8.0)
    known = weight > 1e-15
    weight = np.where(known, weight, 1.0)
    mean = np.where(
        known, gaussian_filter(difference, spread_m / ground.cell_size_m, truncate=8.0) / weight, 0.0
    )
    wide = gaussian_filter(reach, spread_m / ground.cell_size_m, truncate=8.0) / weight
    fade_over = np.maximum(np.minimum(wide, 2.5 * spread_m), ground.cell_size_m)
    near = np.isfinite(distance_m)
    fade = np.exp(-0.5 * (np.where(near, distance_m, 0.0) / fade_over) ** 2)
    return np.asarray(np.where(near & known, mean * fade, 0.0))


def cut_valleys(
    ground: Grid, raw: Grid, rivers: Mapping[str, River], form: ValleyForm, *, within_m: float = 900.0
) -> Grid:
    """Give every bed its valley: a floor, sides no steeper than the form says, in gorges sides at all.

    Ground above the steepest side is cut. Where a coarse terrain has its valley beside the true one, lowering
    it by what is wrong at the course would put that valley below the river, and the river on a wall: in the
    gorges ground is therefore not lowered below a gentle side that rises from the bed, nor raised above what
    it was. On the fan, where the ground lies level with the bed, neither happens: a flow leaves its channel
    by itself.

    Parameters
    ----------
    ground : Grid
        Corrected towards the beds.
    raw : Grid
        As the source has it.
    rivers : mapping of str to River
    form : ValleyForm
    within_m : float
        How far from a course valleys are formed [m].
    """
    field = course_field(ground, rivers, within_m=within_m)
    steepest = field.bed_m + form.height_above_bed(field.distance_m)
    gentlest = field.bed_m + np.tan(np.radians(form.gentle_side_deg)) * field.distance_m
    gorge = np.zeros(ground.shape)
    for i, river in enumerate(rivers.values()):
        own = field.river == i
        if river.mouth_chainage_m is not None:
            # Fading towards the mouth: the valley opens, it does not end at a step.
            share = np.clip((river.mouth_chainage_m - field.chainage_m) / MOUTH_FADE_M, 0.0, 1.0)
        else:
            share = np.full(ground.shape, 1.0 if river.joins is not None else 0.0)
        gorge[own] = share[own]
    kept = np.fmax(ground.values, np.fmin(raw.values, gentlest))
    mixed = ground.values + gorge * (kept - ground.values)
    return ground.like(np.fmin(mixed, steepest))


def lower_junctions(rivers: Mapping[str, River]) -> dict[str, River]:
    """Let tributaries and receiving rivers meet at the lower of their two beds, never rising downstream.

    A receiving river that lies higher than its tributary's last vertex gets a vertex there and is lowered
    from it on; the tributary's end is lowered to the receiving river. Within listed basins nothing is
    changed.
    """
    from dataclasses import replace

    out = dict(rivers)
    # From the tributaries upwards: a lowered tributary has to be known before its receiver.
    order = sorted(rivers, key=lambda id: -_steps_to_sea(rivers, id))
    for id in order:
        river = out[id] = replace(out[id], bed_elevation_m=monotone_bed(out[id]))
        if river.joins is None or river.joins[0] not in out:
            continue
        receiver_id, at = river.joins
        receiver = out[receiver_id]
        meeting = min(float(river.bed_elevation_m[-1]), receiver.bed_at(at))
        out[receiver_id] = with_vertex(receiver, at, meeting)
    for id in reversed(order):
        river = out[id]
        if river.joins is not None and river.joins[0] in out:
            receiver_id, at = river.joins
            bed = river.bed_elevation_m.copy()
            bed[-1] = min(bed[-1], out[receiver_id].bed_at(at))
            out[id] = replace(river, bed_elevation_m=bed)
    return out


def _steps_to_sea(rivers: Mapping[str, River], id: str) -> int:
    steps, current = 0, rivers[id]
    while current.joins is not None and current.joins[0] in rivers and steps <= len(rivers):
        current = rivers[current.joins[0]]
        steps += 1
    return steps


def monotone_bed(river: River) -> FloatArray:
    """Bed that never rises downstream; a running minimum that starts anew below each listed basin [m]."""
    bed = river.bed_elevation_m.copy()
    level = np.inf
    for i, chainage in enumerate(river.chainage_m):
        if any(start < chainage < end for start, end in river.basins):
            level = np.inf
            continue
        level = min(level, float(bed[i]))
        bed[i] = level
    return np.asarray(bed)


def with_vertex(river: River, chainage_m: float, bed_m: float) -> River:
    """Same course with its bed at a chainage no higher than given, monotone from there on."""
    from dataclasses import replace

    chainage, xy, bed = river.chainage_m, river.xy, river.bed_elevation_m.copy()
    i = int(np.searchsorted(chainage, chainage_m))
    if i < len(chainage) and abs(chainage[i] - chainage_m) < 1.0:
        bed[i] = min(bed[i], bed_m)
    else:
        point = np.array(river.at(chainage_m))
        chainage = np.insert(chainage, i, chainage_m)
        xy = np.insert(xy, i, point, axis=0)
        bed = np.insert(bed, i, min(bed_m, river.bed_at(chainage_m)))
    lowered = replace(river, xy=xy, chainage_m=chainage, bed_elevation_m=bed)
    return replace(lowered, bed_elevation_m=monotone_bed(lowered))
