"""One ring around all ground that a run reached, of so few points that a phone can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from risk_api.runs import Run

#: Most points of a ring, the closing one among them: receivers of cell broadcasts refuse more.
MOST_POINTS: Final = 100
#: First and largest smoothing that is tried, as a share of the footprint's extent.
_FINEST: Final = 1.0 / 2000.0
#: Digits after the point: about 1 m.
_DIGITS: Final = 5


def few_points(ground: BaseGeometry, most: int = MOST_POINTS) -> BaseGeometry:
    """Return one polygon without holes that covers `ground` and has at most `most` points.

    The ground is widened and simplified, coarser step by step; whoever lies in the ground lies in the
    polygon. In the worst case it is the convex hull's own envelope.

    Parameters
    ----------
    ground : geometry
        In a metric system; may have many parts.
    most : int
        At least 5: a closed rectangle.
    """
    import shapely

    west, south, east, north = ground.bounds
    extent = max(east - west, north - south)
    tolerance = extent * _FINEST
    while tolerance < extent:
        # Parts further apart than this are joined by hulls, which get tighter the finer the tolerance is.
        wide = ground.buffer(2.0 * tolerance, quad_segs=2)
        if wide.geom_type != "Polygon":
            wide = shapely.concave_hull(wide, ratio=0.1).buffer(tolerance, quad_segs=2)
        ring = shapely.Polygon(wide.exterior).simplify(tolerance)
        if shapely.get_num_coordinates(ring) <= most and ring.is_valid and ring.covers(ground):
            return ring
        tolerance *= 1.3
    return shapely.box(west, south, east, north)


def outline(run: Run) -> tuple[tuple[float, float], ...]:
    """Return the closed ring around the wet ground of a run as (lon, lat); empty where none is wet."""
    import numpy as np
    import rasterio
    import shapely
    from pyproj import Transformer
    from rasterio.features import shapes

    from risk_api.exposure import FOOTPRINT_DEPTH_M

    with rasterio.open(run.raster_path("depth_max_m")) as raster:
        wet = np.nan_to_num(raster.read(1)) >= FOOTPRINT_DEPTH_M
        transform, crs, cell_size_m = raster.transform, raster.crs, abs(raster.res[0])
    if not wet.any():
        return ()
    parts = [
        shapely.geometry.shape(geometry)
        for geometry, _ in shapes(wet.astype("uint8"), mask=wet, transform=transform)
    ]
    ring = few_points(shapely.unary_union(parts).buffer(0.1 * cell_size_m))
    to_lonlat = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)
    lon, lat = to_lonlat.transform(*np.asarray(ring.exterior.coords).T)
    points = [(round(x, _DIGITS), round(y, _DIGITS)) for x, y in zip(lon, lat, strict=True)]
    return (*points[:-1], points[0])
