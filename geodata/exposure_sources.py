"""People and buildings of any region: rasters of counts, points or polygons, spread on the exposure grid."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from affine import Affine

from geodata.crs import transformer
from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.exposure_grid import ExposureGrid, FloatArray, IntArray, district_cells, shares_to_total
from geodata.region_file import LayerFile

CELL_SIZE_M = 100.0
RASTERS = (".tif", ".tiff", ".vrt", ".img", ".asc")


def exposure_from_counts(
    population: LayerFile,
    buildings: LayerFile | None,
    districts: Mapping[str, Any],
    people_totals: Mapping[str, float],
    building_totals: Mapping[str, float | None],
    crs: str,
) -> ExposureGrid:
    """Spread counts on 100 m cells inside the districts; the districts' own figures stay the totals.

    Parameters
    ----------
    population, buildings : LayerFile
        Raster of counts per cell, or points or polygons with `people_field` / `buildings_field` of the layer.
        Without buildings they follow the people.
    districts : mapping of str to shapely geometry
        In `crs`.
    people_totals, building_totals : mapping of str to float
        A district without a figure for buildings keeps what the layer counts in it.
    crs : str

    Raises
    ------
    LayerCorrupt, LayerInvalid
        If a layer cannot be read, or counts something negative.
    """
    transform, shape, row, col, code, area = district_cells(districts, CELL_SIZE_M)
    share = area / CELL_SIZE_M**2
    people = _counts(population, "people", transform, shape, crs)[row, col] * share
    ids = tuple(districts)
    totals = np.array([people_totals[id] for id in ids])
    people = shares_to_total(np.where(people > 0, people, 0.0), code, totals)
    if buildings is None:
        houses = np.zeros(len(people))
    else:
        houses = _counts(buildings, "buildings", transform, shape, crs)[row, col] * share
    counted = np.bincount(code, weights=houses, minlength=len(ids))
    wanted = np.array(
        [counted[i] if building_totals[id] is None else building_totals[id] for i, id in enumerate(ids)]
    )
    weight = houses if buildings is not None else people
    houses = shares_to_total(weight, code, wanted.astype(float))
    used = (people > 0) | (houses > 0)
    return ExposureGrid(transform, crs, row[used], col[used], ids, code[used], people[used], houses[used])


def _counts(layer: LayerFile, what: str, transform: Affine, shape: tuple[int, int], crs: str) -> FloatArray:
    if layer.path.suffix.lower() in RASTERS:
        return _from_raster(layer, what, transform, shape, crs)
    return _from_vector(layer, what, transform, shape, crs)


def _from_raster(
    layer: LayerFile, what: str, transform: Affine, shape: tuple[int, int], crs: str
) -> FloatArray:
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(layer.path) as source:
            counts = source.read(1, masked=True).astype(np.float64).filled(0.0)
            source_transform, source_crs = source.transform, source.crs
    except RasterioError as error:
        raise LayerCorrupt(layer.name, layer.path.name, "", f"cannot be read as a raster: {error}") from error
    if source_crs is None:
        raise LayerInvalid(
            layer.name, layer.path.name, "crs", "has none; a raster needs a CRS such as EPSG:4326"
        )
    _not_negative(layer, what, counts)
    # Every source cell is split into points that carry equal parts of its count: the sum survives any CRS.
    rows, cols = np.nonzero(counts)
    cell_m = _cell_size_m(source_transform, source_crs.is_geographic)
    n = int(np.clip(np.ceil(2 * cell_m / transform.a), 1, 40))
    offsets = (np.arange(n) + 0.5) / n
    dr, dc = (a.ravel() for a in np.meshgrid(offsets, offsets, indexing="ij"))
    px = (cols[:, None] + dc).ravel()
    py = (rows[:, None] + dr).ravel()
    t = source_transform
    x, y = t.a * px + t.b * py + t.c, t.d * px + t.e * py + t.f
    x, y = transformer(source_crs.to_string(), crs).transform(x, y)
    return _add_points(
        np.asarray(x), np.asarray(y), np.repeat(counts[rows, cols] / n**2, n * n), transform, shape
    )


def _cell_size_m(transform: Affine, geographic: bool) -> float:
    return float(abs(transform.a) * (111_320.0 if geographic else 1.0))


def _from_vector(
    layer: LayerFile, what: str, transform: Affine, shape: tuple[int, int], crs: str
) -> FloatArray:
    import geopandas as gpd
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError

    field = layer.text(f"{what}_field", what)
    try:
        frame = gpd.read_file(layer.path)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise LayerCorrupt(layer.name, layer.path.name, "", f"cannot be read: {error}") from error
    if field not in frame.columns:
        raise LayerInvalid(
            layer.name, layer.path.name, field, f"is missing; there are {', '.join(frame.columns)}"
        )
    if frame.crs is None:
        raise LayerInvalid(layer.name, layer.path.name, "crs", "has none")
    frame = frame.to_crs(crs)
    counts = frame[field].to_numpy(dtype=float)
    _not_negative(layer, what, counts)
    total = np.zeros(shape)
    points = frame.geometry.geom_type.to_numpy() == "Point"
    if points.any():
        xy = shapely.get_coordinates(frame.geometry[points].values)
        total += _add_points(xy[:, 0], xy[:, 1], counts[points], transform, shape)
    if (~points).any():
        areas = {str(i): shape_ for i, shape_ in enumerate(frame.geometry[~points])}
        own, _, row, col, code, area = district_cells(areas, transform.a)
        weight = shares_to_total(area, code, counts[~points])
        x = own.c + (col + 0.5) * own.a
        y = own.f - (row + 0.5) * own.a
        total += _add_points(np.asarray(x, dtype=float), np.asarray(y, dtype=float), weight, transform, shape)
    return total


def _not_negative(layer: LayerFile, what: str, counts: FloatArray) -> None:
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise LayerInvalid(
            layer.name, layer.path.name, what, "holds NaN or negative numbers; counts are 0 or more"
        )


def _add_points(
    x: FloatArray, y: FloatArray, count: FloatArray, transform: Affine, shape: tuple[int, int]
) -> FloatArray:
    row: IntArray = np.floor((transform.f - y) / transform.a).astype(np.int64)
    col: IntArray = np.floor((x - transform.c) / transform.a).astype(np.int64)
    inside = (row >= 0) & (row < shape[0]) & (col >= 0) & (col < shape[1])
    out = np.zeros(shape)
    np.add.at(out, (row[inside], col[inside]), count[inside])
    return out
