"""Courses out of the rivers layer, whichever way it gives bed and chainage."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from geodata.crs import from_lonlat
from geodata.errors import LayerInvalid
from geodata.features import Feature
from geodata.grid import Grid
from geodata.region_file import LayerFile
from geodata.rivers import River
from geodata.terrain import monotone_bed


def rivers_of(
    layer: LayerFile, features: list[Feature], crs: str, terrain: Callable[[], Grid]
) -> dict[str, River]:
    """Rivers of a layer.

    The bed is the third coordinate where there is one, else the running minimum of the terrain along the
    course. The chainage is the list `chainage_m` where there is one, else the length of the line.

    Raises
    ------
    LayerInvalid
        If a course has fewer than two vertices, or a chainage does not fit its line.
    """
    out: dict[str, River] = {}
    for feature in features:
        out[feature["id"]] = _river(layer, feature, crs, terrain)
    for id, river in out.items():
        if river.joins is not None and river.joins[0] in out and np.isnan(river.joins[1]):
            receiver = out[river.joins[0]]
            at = receiver.nearest(float(river.xy[-1, 0]), float(river.xy[-1, 1]))[0]
            out[id] = replace(river, joins=(receiver.id, at))
    return out


def _river(layer: LayerFile, feature: Feature, crs: str, terrain: Callable[[], Grid]) -> River:
    id, p = feature["id"], feature["properties"]
    if feature["geometry"] is None:
        raise LayerInvalid(layer.name, layer.path.name, "geometry", f"{id!r} has none")
    points = feature["geometry"]["coordinates"]
    x, y = from_lonlat([c[0] for c in points], [c[1] for c in points], crs)
    xy = np.column_stack([x, y])
    chainage = _chainage(layer, id, p.get("chainage_m"), xy)
    keep = np.concatenate([[True], np.diff(chainage) > 0])
    has_bed = all(len(c) > 2 and np.isfinite(c[2]) for c in points)
    basins = tuple((float(a), float(b)) for a, b in p.get("basins_m") or ())
    joins = p.get("joins")
    at = p.get("joins_at_m")
    mouth = p.get("mouth_chainage_m")
    river = River(
        id=id,
        names={code: p[f"name_{code}"] for code in ("kk", "ru", "en")},
        xy=xy[keep],
        chainage_m=chainage[keep],
        bed_elevation_m=np.array([float(c[2]) for c in points])[keep]
        if has_bed
        else np.zeros(int(keep.sum())),
        joins=(str(joins), float(at) if at is not None else float("nan")) if joins else None,
        mouth_chainage_m=float(mouth) if mouth is not None else None,
        basins=basins,
    )
    if len(river.chainage_m) < 2:
        raise LayerInvalid(
            layer.name, layer.path.name, "geometry", f"{id!r} has fewer than two vertices apart"
        )
    if has_bed:
        return river
    ground = terrain()
    points_xy, dense = river.points(ground.cell_size_m)
    west, south, east, north = ground.bounds
    inside = (
        (points_xy[:, 0] > west)
        & (points_xy[:, 0] < east)
        & (points_xy[:, 1] > south)
        & (points_xy[:, 1] < north)
    )
    if inside.sum() < 2:
        raise LayerInvalid(layer.name, layer.path.name, "geometry", f"{id!r} does not lie on the terrain")
    bed = ground.sample(points_xy[inside, 0], points_xy[inside, 1])
    sampled = replace(river, xy=points_xy[inside], chainage_m=dense[inside], bed_elevation_m=bed)
    return replace(sampled, bed_elevation_m=monotone_bed(sampled))


def _chainage(layer: LayerFile, id: str, given: Any, xy: np.ndarray) -> np.ndarray:
    if given is None:
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    chainage = np.asarray(given, dtype=float)
    if chainage.shape != (len(xy),) or not (np.diff(chainage) > 0).all():
        raise LayerInvalid(
            layer.name, layer.path.name, "chainage_m",
            f"of {id!r} has {chainage.size} values for {len(xy)} vertices, or does not grow",
        )  # fmt: skip
    return chainage
