"""People and buildings from population centres: Gaussians within their district, totals preserved."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from geodata.crs import from_lonlat
from geodata.errors import LayerInvalid
from geodata.exposure_grid import ExposureGrid, FloatArray, district_cells
from geodata.exposure_sources import CELL_SIZE_M
from geodata.sources.tables import number, rows_of

# A cell with less than this many people and buildings is left out and its share given to the others.
SMALLEST = 1e-4


def from_centres(
    path: Path,
    districts: Mapping[str, Any],
    people: Mapping[str, float],
    crs: str,
    *,
    buildings: Mapping[str, float] | None = None,
) -> ExposureGrid:
    """Exposure grid from a table of centres.

    Every centre is a Gaussian of its spread, cut at its district's border and scaled so that the centre keeps
    its share; the shares of a district, rounded in the table, are scaled to one.

    Parameters
    ----------
    path : Path
        Columns district, lon, lat, share_of_district_population, spread_km, residential_buildings.
    districts : mapping of str to shapely geometry
        In `crs`.
    people : mapping of str to float
        Totals that the grid will have.
    crs : str
    buildings : mapping of str to float, optional
        Totals of buildings that the grid will have; without them the sums of the centres.

    Raises
    ------
    LayerInvalid
        If a district has no centre, or a centre no known district.
    """
    needed = ("district", "lon", "lat", "share_of_district_population", "spread_km", "residential_buildings")
    rows = rows_of(path, "exposure", needed)
    for row in rows:
        if row["district"] not in districts:
            raise LayerInvalid("exposure", path.name, "district", f"{row['district']!r} is not a district")
    transform, _, row_, col_, code, area = district_cells(districts, CELL_SIZE_M)
    x = transform.c + (col_ + 0.5) * CELL_SIZE_M
    y = transform.f - (row_ + 0.5) * CELL_SIZE_M
    count, houses = np.zeros(len(code)), np.zeros(len(code))
    for k, id in enumerate(districts):
        centres = [r for r in rows if r["district"] == id]
        if not centres:
            raise LayerInvalid("exposure", path.name, "district", f"has no centre for {id!r}")
        here = np.flatnonzero(code == k)
        column = {
            name: np.array([number(r, name, "exposure", path.name) for r in centres]) for name in needed[1:]
        }
        share = column["share_of_district_population"]
        if (share < 0).any() or share.sum() <= 0 or (column["residential_buildings"] < 0).any():
            raise LayerInvalid(
                "exposure", path.name, "share_of_district_population", f"of {id!r} is negative or all 0"
            )
        cx, cy = from_lonlat(column["lon"], column["lat"], crs)
        square = (x[here, None] - cx) ** 2 + (y[here, None] - cy) ** 2
        kernel = np.exp(-0.5 * square / (column["spread_km"] * 1000.0) ** 2) * area[here, None]
        kernel /= np.maximum(kernel.sum(axis=0), 1e-300)
        count[here] = _exact(kernel @ share, people[id])
        wanted = float(column["residential_buildings"].sum()) if buildings is None else buildings[id]
        houses[here] = _exact(kernel @ column["residential_buildings"], wanted)
    used = (count > 0) | (houses > 0)
    return ExposureGrid(
        transform, crs, row_[used], col_[used], tuple(districts), code[used], count[used], houses[used]
    )


def buildings_of_centres(path: Path) -> dict[str, float]:
    """Residential buildings per district as the centres sum to."""
    out: dict[str, float] = {}
    for row in rows_of(path, "exposure", ("district", "residential_buildings")):
        out[row["district"]] = out.get(row["district"], 0.0) + number(
            row, "residential_buildings", "exposure", path.name
        )
    return out


def _exact(weight: FloatArray, total: float) -> FloatArray:
    if total == 0:
        return np.zeros_like(weight)
    scaled = weight * (total / weight.sum())
    scaled = np.where(scaled < SMALLEST, 0.0, scaled)
    # Rounded so that the file compresses; what rounding loses goes to the fullest cell.
    scaled = np.round(scaled * (total / scaled.sum()), 4)
    scaled[np.argmax(scaled)] += total - scaled.sum()
    return np.asarray(scaled)
