"""Finding a river on a terrain between the few points that a table gives."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from geodata.grid import FloatArray, Grid
from geodata.rivers import River

# A detour of this length weighs as much as one metre above the expected bed.
CLIMB_SCALE_M = 4.0
BESIDE_SCALE_M = 6.0


def trace_course(ground: Grid, river: River) -> River:
    """Lead a course along the terrain's own valley between its vertices.

    Between successive vertices the path of least cost is taken, where a cell costs more the higher it lies
    above the bed expected there (the straight line between the lowest cells at both vertices), so that spurs
    between vertices 1 km apart are gone around. The bed is the terrain's.

    Parameters
    ----------
    ground : Grid
    river : River
        Vertices of the table.

    Returns
    -------
    River
        With a vertex per cell passed; chainage between vertices of the table is kept, so that places given by
        chainage stay where they were.
    """
    vertices = [_snap(ground, x, y) for x, y in river.xy]
    cells: list[tuple[int, int]] = [vertices[0]]
    chainage: list[float] = [float(river.chainage_m[0])]
    for i in range(len(vertices) - 1):
        leg = _leg(ground, vertices[i], vertices[i + 1])
        if len(leg) < 2:
            continue
        steps = np.hypot(*np.diff(np.array(leg), axis=0).T)
        along = np.cumsum(steps) / steps.sum()
        start = chainage[-1]
        chainage += (start + along * (float(river.chainage_m[i + 1]) - start)).tolist()
        cells += leg[1:]
    cells, chainage = _without_loops(cells, chainage)
    xy = np.array([ground.xy_of(row, col) for row, col in cells])
    bed = np.array([ground.values[cell] for cell in cells])
    return replace(river, xy=xy, chainage_m=np.array(chainage), bed_elevation_m=bed)


def _snap(ground: Grid, x: float, y: float) -> tuple[int, int]:
    """Lowest of the nine cells around a point: the table's own cells were of another grid."""
    row, col = ground.index_of(x, y)
    ny, nx = ground.shape
    around = [
        (r, c)
        for r in range(max(0, row - 1), min(ny, row + 2))
        for c in range(max(0, col - 1), min(nx, col + 2))
    ]
    return min(around, key=lambda cell: float(ground.values[cell]))


def _leg(ground: Grid, start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    from scipy.ndimage import minimum_filter
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    if start == end:
        return [start]
    margin = max(6, int(600 / ground.cell_size_m))
    ny, nx = ground.shape
    r0, r1 = max(0, min(start[0], end[0]) - margin), min(ny, max(start[0], end[0]) + margin + 1)
    c0, c1 = max(0, min(start[1], end[1]) - margin), min(nx, max(start[1], end[1]) + margin + 1)
    z = ground.values[r0:r1, c0:c1]
    h, w = z.shape
    a, b = np.array(start) - (r0, c0), np.array(end) - (r0, c0)
    rr, cc = np.mgrid[0:h, 0:w]
    along = ((rr - a[0]) * (b[0] - a[0]) + (cc - a[1]) * (b[1] - a[1])) / float(((b - a) ** 2).sum())
    expected = z[tuple(a)] + np.clip(along, 0, 1) * (z[tuple(b)] - z[tuple(a)])
    # Beside the thalweg lower ground lies next to a cell: without this a path may follow a hillside.
    beside = z - minimum_filter(z, size=3, mode="nearest")
    cost = 1.0 + (np.maximum(z - expected, 0.0) / CLIMB_SCALE_M) ** 2 + (beside / BESIDE_SCALE_M) ** 2
    index = np.arange(h * w).reshape(h, w)
    sources, targets, weights = [], [], []
    for dr, dc, length in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 2**0.5), (1, -1, 2**0.5)):
        one = (slice(0, h - dr), slice(max(0, -dc), w - max(0, dc)))
        two = (slice(dr, h), slice(max(0, dc), w + min(0, dc)))
        weight = length * (cost[one] + cost[two]) / 2
        sources += [index[one].ravel(), index[two].ravel()]
        targets += [index[two].ravel(), index[one].ravel()]
        weights += [weight.ravel(), weight.ravel()]
    graph = coo_array(
        (np.concatenate(weights), (np.concatenate(sources), np.concatenate(targets))), shape=(h * w, h * w)
    ).tocsr()
    first, last = int(index[tuple(a)]), int(index[tuple(b)])
    _, before = dijkstra(graph, indices=first, return_predecessors=True)
    path = [last]
    while path[-1] != first:
        path.append(int(before[path[-1]]))
    return _side_by_side(ground, [(r0 + p // w, c0 + p % w) for p in reversed(path)])


def _side_by_side(ground: Grid, cells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Path whose diagonal steps go through the lower of the two corner cells."""
    out = cells[:1]
    for row, col in cells[1:]:
        last_row, last_col = out[-1]
        if last_row != row and last_col != col:
            out.append(min(((row, last_col), (last_row, col)), key=lambda cell: float(ground.values[cell])))
        out.append((row, col))
    return out


def _without_loops(
    cells: list[tuple[int, int]], chainage: list[float]
) -> tuple[list[tuple[int, int]], list[float]]:
    """Where a vertex lies beside the valley, the path enters and leaves it the same way: cut that spur."""
    kept: list[tuple[int, int]] = []
    at: list[float] = []
    place: dict[tuple[int, int], int] = {}
    for cell, value in zip(cells, chainage, strict=True):
        known = place.get(cell)
        if known is not None:
            for gone in kept[known + 1 :]:
                del place[gone]
            del kept[known + 1 :], at[known + 1 :]
            continue
        place[cell] = len(kept)
        kept.append(cell)
        at.append(value)
    return kept, at


def find_basin(river: River, around_m: float, *, reach_m: float = 1500.0) -> tuple[float, float] | None:
    """Stretch of a traced course where the terrain holds a dam, from the bowl's floor to the toe.

    Returns
    -------
    tuple of float or None
        Chainage of the lowest bed above the rim, and of the first bed below the rim as low [m].
    """
    near = np.flatnonzero(np.abs(river.chainage_m - around_m) <= reach_m)
    bed = river.bed_elevation_m
    best: tuple[float, int, int] | None = None
    for i in near.tolist():
        ahead = np.flatnonzero(bed[i + 1 :] <= bed[i])
        if len(ahead) == 0 or ahead[0] < 2:
            continue
        end = i + 1 + int(ahead[0])
        rise = float(bed[i:end].max() - bed[i])
        if best is None or rise > best[0]:
            best = (rise, i, end)
    if best is None:
        return None
    return float(river.chainage_m[best[1]]), float(river.chainage_m[best[2]])


def carve_report(
    before: Mapping[str, River], carved: Mapping[str, FloatArray]
) -> dict[str, dict[str, float]]:
    """Per river how deep its bed was cut into the terrain [m]."""
    return {
        id: {
            "deepest_m": round(float(depth.max(initial=0.0)), 1),
            "mean_m": round(float(depth.mean()) if depth.size else 0.0, 1),
            "raised_most_m": round(float(-depth.min(initial=0.0)), 1),
            "cells": int(depth.size),
        }
        for id, depth in carved.items()
        if id in before
    }
