"""The ground a run reached as polygons by hazard class, for maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from risk_api.i18n import Language
from risk_api.serialise.features import Feature, geometry_json

if TYPE_CHECKING:
    from risk_api.exposure import Scheme
    from risk_api.runs import Run


def footprint_features(
    run: Run, scheme: Scheme, language: Language, tolerance_m: float = 0.0
) -> list[Feature]:
    """Return one MultiPolygon per class that occurs, strongest first, in CRS84.

    Without a tolerance the outlines are those of the cells, so that their areas are those that the counts
    were made from. With one, the stairs are smoothed as a coverage: neighbouring classes keep their common
    edge, no gap opens and nothing overlaps, but tongues one cell wide lose a tenth of their area and more.

    Parameters
    ----------
    run : Run
    scheme : Scheme
    language : {"kk", "ru", "en"}
        Language of the class titles.
    tolerance_m : float
        Side of the square below which a corner is cut, m; 0 keeps every corner.
    """
    import numpy as np
    import rasterio
    import shapely
    from pyproj import Transformer
    from rasterio.features import shapes

    def read(layer: str) -> Any:
        with rasterio.open(run.raster_path(layer)) as raster:
            return raster.read(1).astype(float), raster.transform, raster.crs, abs(raster.res[0])

    depth, transform, crs, cell_size_m = read("depth_max_m")
    depth = np.nan_to_num(depth)
    speed = np.nan_to_num(read("speed_max_m_s")[0])
    product = np.nan_to_num(read("momentum_max_m2_s")[0])
    classes = scheme.classify(depth, speed, product)
    found = list(shapes(classes.astype("int16"), mask=classes >= 0, connectivity=4, transform=transform))
    if not found:
        return []
    polygons = np.array([shapely.geometry.shape(geometry) for geometry, _ in found])
    codes = np.array([int(code) for _, code in found])
    if tolerance_m > 0.0:
        polygons = shapely.coverage_simplify(polygons, tolerance=tolerance_m, simplify_boundary=True)
    to_lonlat = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)

    def degrees(xy: Any) -> Any:
        return np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1]))

    features = []
    for code, name in enumerate(scheme.classes):
        mine = polygons[codes == code]
        if mine.size == 0:
            continue
        parts = shapely.transform(shapely.multipolygons(shapely.get_parts(mine)), degrees)
        titles = scheme.class_names[name]
        properties = {
            **{f"name_{key}": title for key, title in titles.items()},
            "class": name,
            "class_order": code,
            "affected": name in scheme.affected,
            "area_m2": float((classes == code).sum()) * cell_size_m**2,
            "depth_max_m": round(float(depth[classes == code].max()), 2),
        }
        features.append(Feature(name, geometry_json(parts), properties))
    return features
