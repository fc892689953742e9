"""The terrain of a region: from sources to a conditioned grid, its rivers, gorges and dam places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from geodata import catchments
from geodata.build_assumptions import assumptions
from geodata.build_dams import dam_sites, site_dams
from geodata.course_raster import enforce_courses
from geodata.course_tracing import carve_report, find_basin, trace_course
from geodata.crs import from_lonlat
from geodata.dams import DamSite
from geodata.errors import LayerInvalid, RecipeError
from geodata.grid import FloatArray, Grid
from geodata.pits import breach, find_pits
from geodata.recipe import KINDS, Recipe
from geodata.rivers import River
from geodata.sources.gebco import read_gebco
from geodata.sources.raster import read_raster, warp_to
from geodata.sources.srtm import fill_voids, read_srtm
from geodata.sources.tables import read_rivers
from geodata.terrain import correct_towards_beds, cut_valleys, lower_junctions

Progress = Callable[[float, str], None]
READERS = {"gebco": read_gebco, "srtm": read_srtm, "raster": read_raster}
# Heights are stored in these steps: far below any terrain's error, and they compress.
STEP_M = 0.125
# How much a dam's published place counts against its published figures: a coarse terrain knows less than the
# place.
PLACE_WEIGHT = {"corrected": 40.0, "traced": 0.5}
# How far an axis may turn against the perpendicular of its river.
TURN_DEG = {"corrected": 20.0, "traced": 40.0}


@dataclass(frozen=True)
class Ground:
    """What the terrain part of a build gives to the layers."""

    grid: Grid
    rivers: Mapping[str, River]
    areas: Mapping[str, Any]
    gorges: Mapping[str, NDArray[np.bool_]]
    dams: Mapping[str, DamSite]
    report: Mapping[str, Any]


def frame_of(recipe: Recipe) -> tuple[Affine, tuple[int, int]]:
    """Cells of the region: the metric box within the extent of the recipe, in whole cells."""
    extent = recipe.table("extent")
    try:
        west, south, east, north = (float(extent[key]) for key in ("west", "south", "east", "north"))
        size = float(extent["cell_size_m"])
    except KeyError as error:
        raise RecipeError(f"recipe: extent.{error.args[0]} is missing") from None
    if not (west < east and south < north and size > 0):
        raise RecipeError("recipe: extent needs west < east, south < north and a positive cell_size_m")
    t = np.linspace(0, 1, 41)
    lon, lat = west + t * (east - west), south + t * (north - south)
    crs = str(recipe.data["crs"])
    # The box inside the lines, so that every cell has heights wherever the extent has.
    left = from_lonlat(np.full(41, west), lat, crs)[0].max()
    right = from_lonlat(np.full(41, east), lat, crs)[0].min()
    bottom = from_lonlat(lon, np.full(41, south), crs)[1].max()
    top = from_lonlat(lon, np.full(41, north), crs)[1].min()
    x0, y1 = np.ceil(left / size) * size, np.floor(top / size) * size
    shape = (int((y1 - bottom) // size), int((right - x0) // size))
    return Affine(size, 0, float(x0), 0, -size, float(y1)), shape


def raw_ground(recipe: Recipe) -> tuple[Grid, int]:
    """Source heights on the region's cells, voids filled; and how many were."""
    transform, shape = frame_of(recipe)
    crs = str(recipe.data["crs"])
    kind = recipe.need("terrain", "kind")
    if kind not in KINDS:
        raise RecipeError(f"recipe: terrain.kind is one of {', '.join(KINDS)}, not {kind!r}")
    values = np.full(shape, np.nan)
    for path in recipe.need("terrain", "files"):
        source = READERS[kind](path)
        smooth = source.crs == "EPSG:4326" and source.transform.a * 80_000 > 3 * transform.a
        warped = warp_to(source, transform, shape, crs, smooth=smooth)
        values = np.where(np.isnan(values), warped, values)
    if np.isnan(values).all():
        raise LayerInvalid("terrain", str(path.name), "extent", "does not touch the extent of the recipe")
    other = recipe.table("terrain").get("fill_with")
    second = warp_to(read_raster(other), transform, shape, crs, smooth=True) if other else None
    values, filled = fill_voids(values, second)
    left = int(np.isnan(values).sum())
    if left:
        raise LayerInvalid(
            "terrain", str(path.name), "nodata", f"leaves {left} cells of the extent without a height"
        )
    return Grid(values, transform, crs), filled


def build_ground(recipe: Recipe, say: Progress) -> Ground:
    """Condition the terrain of a recipe.

    Mode ``corrected``: a coarse terrain is shifted towards the table's beds and the gorges are cut to them.
    Mode ``traced``: a terrain that shows the valleys keeps its heights; courses are led along it and carved
    to a running minimum. Either way basins that are listed survive, dams are placed and pits in the gorges
    breached.
    """
    crs = str(recipe.data["crs"])
    about = _toml(recipe.need("rivers", "about"))
    rivers, areas = read_rivers(recipe.need("rivers", "file"), about, crs)
    form = recipe.valley(assumptions(recipe))
    say(0.05, "terrain")
    raw, filled = raw_ground(recipe)
    rivers = _within(raw, rivers)
    sites = dam_sites(recipe, rivers)
    report: dict[str, Any] = {"mode": recipe.mode, "voids_filled": filled}
    say(0.15, "river courses")
    if recipe.mode == "corrected":
        rivers = lower_junctions(rivers)
        ground, added = correct_towards_beds(raw, rivers, form)
        report["correction_m"] = {"lowest": _r(added.min()), "highest": _r(added.max())}
        before = ground.values
        ground = cut_valleys(ground, raw, rivers, form)
        report["valley_cut_m"] = {"deepest": _r((before - ground.values).max())}
    else:
        rivers, sites = _traced(raw, rivers, sites)
        rivers = lower_junctions(rivers)
        ground = raw
    ground, carved = enforce_courses(ground, rivers)
    report["carved"] = carve_report(rivers, carved)
    say(0.3, "dams")
    ground, sites, fits = site_dams(
        ground,
        rivers,
        sites,
        recipe.vertical_error(),
        floor_width_m=form.floor_width_m,
        place_weight=PLACE_WEIGHT[recipe.mode],
        turn_deg=TURN_DEG[recipe.mode],
        run_cell_size_m=float(recipe.data.get("run_cell_size_m", raw.cell_size_m)),
        say=say,
    )
    ground, _ = enforce_courses(ground, rivers)
    report["dams"] = fits
    say(0.6, "gorges")
    masks = catchments.catchments(ground, rivers)
    ground, pits = _breached(recipe, ground, rivers, sites, masks)
    report["pits"] = pits
    report["catchments"] = catchments.comparison(ground, masks, rivers, areas)
    values = np.round(ground.values / STEP_M) * STEP_M
    return Ground(ground.like(values), rivers, areas, masks, sites, report)


def _traced(
    raw: Grid, rivers: dict[str, River], sites: dict[str, DamSite]
) -> tuple[dict[str, River], dict[str, DamSite]]:
    out = {}
    for id, river in rivers.items():
        traced = trace_course(raw, river)
        basins = []
        for site in sites.values():
            if site.river != id or not site.in_terrain:
                continue
            x, y = from_lonlat(site.lon, site.lat, raw.crs)
            basin = find_basin(traced, traced.nearest(float(x), float(y))[0])
            if basin is not None:
                basins.append(basin)
                sites[site.id] = replace(site, basin_m=basin)
        out[id] = replace(traced, basins=tuple(basins))
    for id, river in out.items():
        if river.joins is not None and river.joins[0] in out:
            out[id] = _joined(river, out[river.joins[0]])
    return out, sites


def _joined(river: River, receiver: River) -> River:
    """End a traced tributary where it first meets the traced receiver."""
    away = np.min(
        np.hypot(
            river.xy[:, None, 0] - receiver.xy[None, :, 0], river.xy[:, None, 1] - receiver.xy[None, :, 1]
        ),
        axis=1,
    )
    touching = np.flatnonzero(away < 1.0)
    end = int(touching[0]) if len(touching) and touching[0] > 0 else len(away) - 1
    xy, chainage, bed = river.xy[: end + 1], river.chainage_m[: end + 1], river.bed_elevation_m[: end + 1]
    at, distance = receiver.nearest(float(xy[-1, 0]), float(xy[-1, 1]))
    if distance > 1.0:
        xy = np.vstack([xy, receiver.at(at)])
        chainage = np.append(chainage, chainage[-1] + distance)
        bed = np.append(bed, min(float(bed[-1]), receiver.bed_at(at)))
    return replace(river, xy=xy, chainage_m=chainage, bed_elevation_m=bed, joins=(receiver.id, at))


def _within(ground: Grid, rivers: dict[str, River]) -> dict[str, River]:
    """Courses without the vertices that lie off the terrain; a river with fewer than two left is dropped."""
    out = {}
    for id, river in rivers.items():
        inside = np.array([ground.contains(float(x), float(y)) for x, y in river.xy])
        if inside.sum() < 2:
            continue
        first, last = int(np.argmax(inside)), len(inside) - int(np.argmax(inside[::-1]))
        keep = slice(first, last)
        out[id] = replace(
            river,
            xy=river.xy[keep],
            chainage_m=river.chainage_m[keep],
            bed_elevation_m=river.bed_elevation_m[keep],
        )
    return {
        id: replace(river, joins=None) if river.joins is not None and river.joins[0] not in out else river
        for id, river in out.items()
    }


def _breached(
    recipe: Recipe,
    ground: Grid,
    rivers: Mapping[str, River],
    sites: Mapping[str, DamSite],
    masks: Mapping[str, NDArray[np.bool_]],
) -> tuple[Grid, dict[str, Any]]:
    """Breach the pits that data made in the gorges; list what is kept."""
    deepest = float(recipe.need("terrain", "breach_deepest_m"))
    where = np.zeros(ground.shape, dtype=bool)
    for mask in masks.values():
        where |= mask
    keep = _basins(ground, rivers, sites)
    count, cut = 0, 0.0
    # A cut may open the next pit upstream; courses are put back after each round, so few rounds settle it.
    for _ in range(4):
        ground, more, deeper = breach(ground, where & ~keep, deepest_m=deepest, keep=keep)
        ground, _ = enforce_courses(ground, rivers)
        count, cut = count + more, max(cut, deeper)
        if more == 0:
            break
    left, _, _ = find_pits(ground, at_least_m=1.0)
    kept = [pit for pit in left if pit.volume_m3 >= 20_000.0]
    return ground, {
        "breached": count,
        "deepest_cut_m": _r(cut),
        "left_count": len(left),
        "kept": [
            {
                "x": ground.xy_of(pit.row, pit.col)[0],
                "y": ground.xy_of(pit.row, pit.col)[1],
                "bottom_m": _r(pit.bottom_m),
                "depth_m": _r(pit.depth_m),
                "volume_m3": round(pit.volume_m3),
                "in_gorge": bool(where[pit.row, pit.col]),
                "known": bool(keep[pit.row, pit.col]),
            }
            for pit in kept[:40]
        ],
    }


def _basins(ground: Grid, rivers: Mapping[str, River], sites: Mapping[str, DamSite]) -> NDArray[np.bool_]:
    """Cells of the basins that the terrain holds behind its dams, with a rim around them."""
    from scipy.ndimage import binary_dilation

    keep = np.zeros(ground.shape, dtype=bool)
    _, labels, _ = find_pits(ground)
    for site in sites.values():
        if site.basin_m is None:
            continue
        x, y = rivers[site.river].at(site.basin_m[0])
        row, col = ground.index_of(x, y)
        around = labels[max(0, row - 2) : row + 3, max(0, col - 2) : col + 3]
        for label in np.unique(around[around > 0]):
            keep |= labels == label
    return np.asarray(binary_dilation(keep, iterations=2) if keep.any() else keep)


def _r(value: float | np.floating[Any] | FloatArray) -> float:
    return round(float(value), 1)


def _toml(path: Any) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))
