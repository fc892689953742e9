"""A raster in memory: values, where they lie, and in which CRS."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from geodata.errors import GridError, LayerCorrupt, OutsideRegion, UnknownCellSize

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Square cells, north up.

    Parameters
    ----------
    values : ndarray, shape (ny, nx), float64
        Row 0 is the northernmost; NaN where nothing is known.
    transform : affine.Affine
        From (column, row) of a cell corner to (x, y); cells square, no rotation.
    crs : str
        For example ``"EPSG:32643"``.

    Raises
    ------
    GridError
        If the array is not two-dimensional or empty, the cells are not square or not north-up, or the CRS is
        empty.
    """

    values: FloatArray
    transform: Affine
    crs: str

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        if values.ndim != 2 or values.size == 0:
            raise GridError(f"a grid has rows and columns, not shape {values.shape}")
        t = self.transform
        if t.b != 0 or t.d != 0 or t.a <= 0 or not np.isclose(t.a, -t.e, rtol=1e-9):
            raise GridError(f"a grid has square cells with north up, not the transform {tuple(t)[:6]}")
        if not self.crs:
            raise GridError("a grid needs a CRS, for example EPSG:32643")
        object.__setattr__(self, "values", values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.values.shape[0]), int(self.values.shape[1])

    @property
    def cell_size_m(self) -> float:
        """Side of a cell in units of the CRS [m]."""
        return float(self.transform.a)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in units of the CRS [m]."""
        ny, nx = self.shape
        west, north = self.transform.c, self.transform.f
        return west, north - ny * self.cell_size_m, west + nx * self.cell_size_m, north

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies in a cell of the grid."""
        west, south, east, north = self.bounds
        return bool(west <= x < east and south < y <= north)

    def index_of(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the cell that holds the point.

        Raises
        ------
        OutsideRegion
            If the point lies off the grid or is not a number.
        """
        if not self.contains(x, y):
            west, south, east, north = self.bounds
            raise OutsideRegion(
                f"({x:.1f}, {y:.1f}) lies off the grid: x {west:.1f} to {east:.1f}, "
                f"y {south:.1f} to {north:.1f} in {self.crs}"
            )
        size = self.cell_size_m
        return int((self.transform.f - y) // size), int((x - self.transform.c) // size)

    def xy_of(self, row: int, col: int) -> tuple[float, float]:
        """Centre of a cell [m]."""
        size = self.cell_size_m
        return self.transform.c + (col + 0.5) * size, self.transform.f - (row + 0.5) * size

    def like(self, values: FloatArray) -> "Grid":
        """Other values on the same cells.

        Raises
        ------
        GridError
            If the shape differs.
        """
        if values.shape != self.values.shape:
            raise GridError(f"values of shape {values.shape} do not fit a grid of shape {self.shape}")
        return Grid(values, self.transform, self.crs)

    def window(self, rows: slice, cols: slice) -> "Grid":
        """Part of the grid, on the same cells."""
        row, col = rows.start or 0, cols.start or 0
        size, t = self.cell_size_m, self.transform
        transform = Affine(size, 0, t.c + col * size, 0, -size, t.f - row * size)
        return Grid(self.values[rows, cols], transform, self.crs)

    def sample(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Bilinear values at points; beyond the outer cell centres the edge value holds.

        Parameters
        ----------
        x, y : ndarray
            Points in the CRS of the grid [m].

        Returns
        -------
        ndarray
            Same shape as `x`; NaN where a neighbour is NaN.
        """
        ny, nx = self.shape
        c = np.clip((np.asarray(x) - self.transform.c) / self.cell_size_m - 0.5, 0.0, nx - 1.0)
        r = np.clip((self.transform.f - np.asarray(y)) / self.cell_size_m - 0.5, 0.0, ny - 1.0)
        c0 = np.minimum(c.astype(int), max(nx - 2, 0))
        r0 = np.minimum(r.astype(int), max(ny - 2, 0))
        c1, r1 = np.minimum(c0 + 1, nx - 1), np.minimum(r0 + 1, ny - 1)
        fc, fr = c - c0, r - r0
        v = self.values
        top = v[r0, c0] * (1 - fc) + v[r0, c1] * fc
        bottom = v[r1, c0] * (1 - fc) + v[r1, c1] * fc
        return np.asarray(top * (1 - fr) + bottom * fr)

    def resample(self, cell_size_m: float) -> "Grid":
        """Same ground at another cell size, from the same north-west corner.

        Finer cells are bilinear; coarser ones the mean of what they cover, so that a mean height survives.

        Raises
        ------
        UnknownCellSize
            If the size is not positive, or no whole cell fits.
        """
        if not np.isfinite(cell_size_m) or cell_size_m <= 0:
            raise UnknownCellSize(f"a cell size is a positive number of metres, not {cell_size_m}")
        if cell_size_m == self.cell_size_m:
            return self
        ny, nx = self.shape
        rows, cols = int(ny * self.cell_size_m / cell_size_m), int(nx * self.cell_size_m / cell_size_m)
        if rows < 1 or cols < 1:
            raise UnknownCellSize(f"cells of {cell_size_m} m do not fit into {self.bounds}")
        transform = Affine(cell_size_m, 0, self.transform.c, 0, -cell_size_m, self.transform.f)
        # Supersampling: enough bilinear samples per coarse cell to see every fine one. Bilinear interpolation
        # is separable, so rows and columns are weighted apart, which is many times faster than point by
        # point.
        per_side = max(1, int(np.ceil(cell_size_m / self.cell_size_m)))
        down = _weights(rows, ny, cell_size_m / self.cell_size_m, per_side)
        across = _weights(cols, nx, cell_size_m / self.cell_size_m, per_side)
        half, total = np.zeros((rows, nx)), np.zeros((rows, cols))
        for index, weight in down:
            half += weight[:, None] * self.values[index]
        for index, weight in across:
            total += weight[None, :] * half[:, index]
        return Grid(total, transform, self.crs)

    def write_cog(self, path: str | Path, *, dtype: str = "float32", nodata: float = float("nan")) -> None:
        """Write a Cloud Optimized GeoTIFF.

        Written under a temporary name and renamed, so that a killed run leaves nothing half-written and two
        threads never write into one file. The same values give the same bytes.
        """
        import rasterio

        path = Path(path)
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tif")
        values = np.where(np.isnan(self.values), nodata, self.values).astype(dtype)
        profile: dict[str, Any] = {
            "driver": "COG",
            "dtype": dtype,
            "count": 1,
            "height": self.shape[0],
            "width": self.shape[1],
            "crs": self.crs,
            "transform": self.transform,
            "nodata": nodata,
            "compress": "deflate",
            "level": 9,
            "predictor": "yes",
            "blocksize": 256,
            "overview_resampling": "average",
        }
        try:
            with rasterio.open(temporary, "w", **profile) as target:
                target.write(values, 1)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: str | Path) -> "Grid":
        """Read the first band of a raster; its nodata value becomes NaN.

        Raises
        ------
        LayerCorrupt
            If the file cannot be read as a raster.
        GridError
            If it has no CRS, or its cells are not square and north-up.
        """
        import rasterio
        from rasterio.errors import RasterioError

        path = Path(path)
        try:
            with rasterio.open(path) as source:
                values = source.read(1, masked=True).astype(np.float64).filled(np.nan)
                transform, crs = source.transform, source.crs
        except RasterioError as error:
            raise LayerCorrupt("raster", path.name, "", f"cannot be read as a raster: {error}") from error
        if crs is None:
            raise GridError(f"{path.name} has no CRS: a raster needs one, for example EPSG:32643")
        return cls(values, transform, crs.to_string())


def _weights(
    count: int, have: int, ratio: float, per_side: int
) -> list[tuple[NDArray[np.int64], FloatArray]]:
    """Indices and weights along one axis whose sum is the mean of the samples in each new cell."""
    parts: list[tuple[NDArray[np.int64], FloatArray]] = []
    for k in range(per_side):
        at = np.clip((np.arange(count) + (k + 0.5) / per_side) * ratio - 0.5, 0.0, have - 1.0)
        low = np.minimum(at.astype(np.int64), max(have - 2, 0))
        share = at - low
        parts.append((low, (1 - share) / per_side))
        parts.append((np.minimum(low + 1, have - 1), share / per_side))
    return parts
