"""People and buildings on a grid, with district totals preserved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.region_file import LayerFile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ExposureGrid:
    """People and residential buildings per cell and district.

    Parameters
    ----------
    transform : affine.Affine
        Of the grid that `row` and `col` count in, north-up.
    crs : str
    row, col : ndarray of int, shape (n,)
        Cell; a cell on a border has one entry per district, so that (row, col, district) is unique.
    district_ids : tuple of str
    district_code : ndarray of int, shape (n,)
        Index into `district_ids`.
    people, buildings : ndarray of float, shape (n,)
        0 or more; fractions are expected shares, not persons.
    """

    transform: Affine
    crs: str
    row: IntArray
    col: IntArray
    district_ids: tuple[str, ...]
    district_code: IntArray
    people: FloatArray
    buildings: FloatArray

    @property
    def cell_size_m(self) -> float:
        """Side of a cell [m]."""
        return float(self.transform.a)

    @property
    def district(self) -> NDArray[np.str_]:
        """District id per entry."""
        return np.asarray(self.district_ids, dtype=str)[self.district_code]

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Centre x and y of every entry's cell [m]."""
        size = self.cell_size_m
        x = self.transform.c + (self.col + 0.5) * size
        y = self.transform.f - (self.row + 0.5) * size
        return np.asarray(x, dtype=float), np.asarray(y, dtype=float)

    def district_totals(self) -> dict[str, dict[str, float]]:
        """People and buildings per district; a district without entries has 0."""
        n = len(self.district_ids)
        people = np.bincount(self.district_code, weights=self.people, minlength=n)
        buildings = np.bincount(self.district_code, weights=self.buildings, minlength=n)
        return {
            id: {"people": float(p), "buildings": float(b)}
            for id, p, b in zip(self.district_ids, people, buildings, strict=True)
        }

    def write(self, path: Path) -> None:
        """Write as Parquet, with the grid in the file's metadata; the same grid gives the same bytes."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table(
            {
                "row": pa.array(self.row, pa.int32()),
                "col": pa.array(self.col, pa.int32()),
                "district": pa.DictionaryArray.from_arrays(
                    pa.array(self.district_code, pa.int8()), pa.array(list(self.district_ids))
                ),
                "people": pa.array(self.people, pa.float64()),
                "buildings": pa.array(self.buildings, pa.float64()),
            }
        )
        meta = {"crs": self.crs, "transform": ",".join(repr(float(v)) for v in tuple(self.transform)[:6])}
        pq.write_table(table.replace_schema_metadata(meta), path, compression="zstd", store_schema=True)


def read_exposure(layer: LayerFile, district_ids: Sequence[str]) -> ExposureGrid:
    """Read a prepared exposure grid.

    Raises
    ------
    LayerCorrupt
        If it is not Parquet, or without the grid in its metadata.
    LayerInvalid
        If a column is missing, a district unknown, or a number negative or NaN.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = layer.path.name
    try:
        table = pq.read_table(layer.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise LayerCorrupt(layer.name, file, "", f"is not Parquet: {error}") from error
    meta = table.schema.metadata or {}
    if b"crs" not in meta or b"transform" not in meta:
        raise LayerCorrupt(layer.name, file, "crs", "has no 'crs' and 'transform' in its metadata")
    for column in ("row", "col", "district", "people", "buildings"):
        if column not in table.column_names:
            raise LayerInvalid(
                layer.name, file, column, f"is missing; there are {', '.join(table.column_names)}"
            )
    transform = Affine(*(float(v) for v in meta[b"transform"].decode().split(",")))
    names = [str(name) for name in table["district"].to_pylist()]
    code_of = {id: i for i, id in enumerate(district_ids)}
    unknown = sorted(set(names) - set(code_of))
    if unknown:
        raise LayerInvalid(
            layer.name, file, "district", f"{unknown[0]!r} is not one of {', '.join(district_ids)}"
        )
    values = {name: table[name].to_numpy().astype(float) for name in ("people", "buildings")}
    for name, column in values.items():
        if not np.isfinite(column).all() or (column < 0).any():
            raise LayerInvalid(layer.name, file, name, "holds NaN or negative numbers; counts are 0 or more")
    grid = ExposureGrid(
        transform,
        meta[b"crs"].decode(),
        table["row"].to_numpy().astype(np.int64),
        table["col"].to_numpy().astype(np.int64),
        tuple(district_ids),
        np.array([code_of[name] for name in names], dtype=np.int64),
        values["people"],
        values["buildings"],
    )
    keys = np.stack([grid.row, grid.col, grid.district_code])
    if keys.shape[1] != np.unique(keys, axis=1).shape[1]:
        raise LayerInvalid(layer.name, file, "row", "holds a cell twice for one district")
    return grid


def district_cells(
    districts: Mapping[str, Any], cell_size_m: float
) -> tuple[Affine, tuple[int, int], IntArray, IntArray, IntArray, FloatArray]:
    """Cells that districts touch, with the area of each district in each.

    Parameters
    ----------
    districts : mapping of str to shapely geometry
        In a metric CRS.
    cell_size_m : float

    Returns
    -------
    transform, shape, row, col, code, area_m2
        One entry per cell and district.
    """
    import shapely

    bounds = shapely.total_bounds(list(districts.values()))
    west, south = (np.floor(v / cell_size_m) * cell_size_m for v in bounds[:2])
    east, north = (np.ceil(v / cell_size_m) * cell_size_m for v in bounds[2:])
    transform = Affine(cell_size_m, 0, float(west), 0, -cell_size_m, float(north))
    nx, ny = round((east - west) / cell_size_m), round((north - south) / cell_size_m)
    rows, cols, codes, areas = [], [], [], []
    for code, shape in enumerate(districts.values()):
        w, s, e, n = shape.bounds
        c0, c1 = int((w - west) // cell_size_m), int(np.ceil((e - west) / cell_size_m))
        r0, r1 = int((north - n) // cell_size_m), int(np.ceil((north - s) / cell_size_m))
        rr, cc = (a.ravel() for a in np.mgrid[r0:r1, c0:c1])
        x, y = west + cc * cell_size_m, north - rr * cell_size_m
        boxes = shapely.box(x, y - cell_size_m, x + cell_size_m, y)
        shapely.prepare(shape)
        area = np.where(shapely.contains(shape, boxes), cell_size_m**2, 0.0)
        edge = shapely.intersects(shape, boxes) & (area == 0)
        area[edge] = shapely.area(shapely.intersection(shape, boxes[edge]))
        hit = area > 0
        rows.append(rr[hit])
        cols.append(cc[hit])
        codes.append(np.full(int(hit.sum()), code))
        areas.append(area[hit])
    return (
        transform,
        (int(ny), int(nx)),
        np.concatenate(rows).astype(np.int64),
        np.concatenate(cols).astype(np.int64),
        np.concatenate(codes).astype(np.int64),
        np.concatenate(areas),
    )


def shares_to_total(weight: FloatArray, code: IntArray, totals: FloatArray) -> FloatArray:
    """Distribute a total per district over its entries in proportion to a weight.

    Parameters
    ----------
    weight : ndarray, shape (n,)
        0 or more.
    code : ndarray of int, shape (n,)
    totals : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (n,)
        Sums per district equal the totals; a district without any weight is spread evenly over its entries.
    """
    sums = np.bincount(code, weights=weight, minlength=len(totals))
    count = np.bincount(code, minlength=len(totals))
    # Below this no number has the digits left to be shared out by.
    even = np.asarray(sums <= 1e-200)
    scaled = np.where(even[code], 1.0, weight)
    sums = np.where(even, count, sums)
    return np.asarray(scaled * (totals / np.maximum(sums, 1e-300))[code])
