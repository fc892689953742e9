"""Gorges: catchments of the rivers above their mouths, cut from the terrain."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.course_raster import course_cells, receiving_first
from geodata.grid import Grid
from geodata.pits import drainage
from geodata.rivers import River


def mouth_of(river: River) -> float:
    """Chainage of a gorge's mouth [m]; a tributary's is where it meets its river."""
    return river.mouth_chainage_m if river.mouth_chainage_m is not None else river.length_m


def catchments(ground: Grid, rivers: Mapping[str, River]) -> dict[str, NDArray[np.bool_]]:
    """Cells that drain through each river's mouth (pyflwdir on the filled ground; the ground stays as it is).

    Parameters
    ----------
    ground : Grid
        With the courses enforced.
    rivers : mapping of str to River

    Returns
    -------
    dict of str to ndarray of bool, shape (ny, nx)
        A tributary's catchment lies within its receiver's.
    """
    import pyflwdir

    _, directions = drainage(ground)
    flow = pyflwdir.from_array(
        directions, ftype="d8", transform=ground.transform, latlon=False, check_ftype=False
    )
    taken = np.zeros(ground.shape, dtype=bool)
    out: dict[str, NDArray[np.bool_]] = {}
    nx = ground.shape[1]
    for id in receiving_first(rivers):
        cells = course_cells(ground, rivers[id])
        inside = np.flatnonzero(_beside(taken)[cells.rows, cells.cols])
        end = int(inside[0]) if len(inside) else len(cells.rows)
        above = np.flatnonzero(cells.chainage_m[:end] <= mouth_of(rivers[id]))
        # All cells of the channel, not the last alone: flow directions pass a cell chain diagonally, and near
        # the mouth, where the valley opens, they may leave it.
        outlets = cells.rows[above] * nx + cells.cols[above]
        out[id] = np.asarray(flow.basins(idxs=outlets) > 0)
        taken[cells.rows, cells.cols] = True
    return out


def _beside(taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells of the receiving rivers and around them, where those rivers' flow may cut a corner."""
    from scipy.ndimage import binary_dilation

    return np.asarray(binary_dilation(taken, structure=np.ones((3, 3), dtype=bool)))


def outline(ground: Grid, mask: NDArray[np.bool_], tolerance_m: float) -> shapely.Polygon:
    """Polygon around a catchment in the metric CRS: its largest part, simplified."""
    from rasterio.features import shapes

    parts = [
        shapely.geometry.shape(shape)
        for shape, value in shapes(
            mask.astype(np.uint8), mask=mask, transform=ground.transform, connectivity=8
        )
        if value == 1
    ]
    # Cells that touch by corners make a ring that meets itself; a buffer of nothing splits it.
    whole = shapely.union_all([shapely.make_valid(part) for part in parts])
    largest = max(getattr(whole, "geoms", [whole]), key=lambda part: float(part.area))
    smooth = shapely.Polygon(largest.exterior).simplify(tolerance_m)
    return smooth if smooth.is_valid else shapely.Polygon(largest.exterior)


def touches_edge(mask: NDArray[np.bool_]) -> bool:
    """Whether a catchment is cut off by the edge of the terrain."""
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def comparison(
    ground: Grid,
    masks: Mapping[str, NDArray[np.bool_]],
    rivers: Mapping[str, River],
    areas: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """Catchment areas against the upstream areas of the table, in km2."""
    out: dict[str, dict[str, Any]] = {}
    for id, mask in masks.items():
        chainage, area = areas[id]
        if rivers[id].mouth_chainage_m is None:
            # The last row of a tributary lies on the receiving river and counts that one's area.
            chainage, area = chainage[:-1], area[:-1]
        table = float(np.interp(mouth_of(rivers[id]), chainage, area)) / 1e6
        cut = float(mask.sum()) * ground.cell_size_m**2 / 1e6
        out[id] = {
            "area_km2": round(cut, 1),
            "table_km2": round(table, 1),
            "ratio": round(cut / table, 3),
            "cut_off_by_edge": touches_edge(mask),
        }
    return out
