"""The sources of earthquakes around Almaty, as sets of ruptures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import fsum, radians, sin
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.errors import BadSeismicInput, beyond
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.hazard.recurrence import magnitude_bins, rates_from_counts, rates_from_slip
from risk_api.seismic.hazard.ruptures import RuptureSet, around_points, floating, together
from risk_api.seismic.rupture import Rupture

Floats = NDArray[np.float64]
_PACKAGE: Final = "risk_api.seismic.hazard"
_CENTRE: Final = LocalFrame(76.95, 43.25)
_FAULT_STEP: Final = 0.1
_AREA_STEP: Final = 0.25
_CRUST_KM: Final = (0.0, 25.0)
NEAR_KM: Final = 70.0
FAR_CELLS: Final = 3
GENTLE_DIP_DEG: Final = 20.0
GENTLE_BOTTOM_KM: Final = 15.0
"""Dip and depth of the range front in c_asia_blocks, the other reading of it."""
RANGE_FRONT: Final = "range-front"


@dataclass(frozen=True)
class Fault:
    """A fault with a slip rate.

    Attributes
    ----------
    id, name : str
        Name in groups, and in words.
    trace : tuple of (lon, lat)
        Where it meets the surface, so ordered that it dips to the right.
    dip_deg, rake_deg : float
        Dip and rake.
    slip_mm_yr, slip_sigma_mm_yr : float
        Net slip rate and its standard deviation.
    largest_magnitude : float
        The largest earthquake that it can bring.
    """

    id: str
    name: str
    trace: tuple[tuple[float, float], ...]
    dip_deg: float
    rake_deg: float
    slip_mm_yr: float
    slip_sigma_mm_yr: float
    largest_magnitude: float


@dataclass(frozen=True)
class SourceModel:
    """Sources as sets of ruptures on one flat frame.

    Attributes
    ----------
    frame : LocalFrame
        The frame.
    faults : mapping
        By id.
    groups : mapping
        Ruptures by group: a fault's id with "/steep" or "/gentle" for the range front, else the id of a fault
        or an area.
    """

    frame: LocalFrame
    faults: Mapping[str, Fault]
    groups: Mapping[str, RuptureSet]

    @property
    def fault_groups(self) -> tuple[str, ...]:
        """Groups of faults with one reading only."""
        return tuple(name for name in self.faults if name in self.groups)


@cache
def almaty_sources() -> SourceModel:
    """The sources that the service ships, from the tables beside this file."""
    texts = (files(_PACKAGE).joinpath(name).read_text("utf-8") for name in ("faults.toml", "sources.toml"))
    return read_sources(*texts)


def read_sources(faults_toml: str, sources_toml: str) -> SourceModel:
    """Sources of two tables in TOML.

    Raises
    ------
    BadSeismicInput
        If shares do not sum to 1 or a figure makes no sense.
    """
    table = tomllib.loads(sources_toml)
    faults = {entry["id"]: _fault(entry) for entry in tomllib.loads(faults_toml)["fault"]}
    release = {name: float(entry["value"]) for name, entry in table["faults"].items()}
    groups: dict[str, RuptureSet] = {}
    for fault in faults.values():
        if fault.id == RANGE_FRONT:
            groups[f"{fault.id}/steep"] = _of_fault(fault, release, fault.dip_deg, release["bottom_km"])
            groups[f"{fault.id}/gentle"] = _of_fault(fault, release, GENTLE_DIP_DEG, GENTLE_BOTTOM_KM)
        else:
            groups[fault.id] = _of_fault(fault, release, fault.dip_deg, release["bottom_km"])
    mechanisms, depths = table["mechanism"], table["depth"]
    for name, entries in (("mechanism", mechanisms), ("depth", depths)):
        total = fsum(float(entry["share"]) for entry in entries)
        if abs(total - 1.0) > 1e-9:
            raise BadSeismicInput(
                name, f"the shares sum to {total:g}, not to 1", reason_key="sum_to_one", total=f"{total:g}"
            )
    for name, area in table["area"].items():
        groups[name] = _of_area(name, area, mechanisms, depths)
    return SourceModel(_CENTRE, faults, groups)


def _fault(entry: Mapping[str, Any]) -> Fault:
    # Only to turn the trace so that the fault dips to the right; the magnitude plays no part.
    turned = Rupture.from_trace(
        entry["trace"],
        magnitude=7.0,
        dip_deg=entry["dip_deg"],
        rake_deg=entry["rake_deg"],
        width_km=10.0,
        dips_towards_deg={"N": 0.0, "E": 90.0, "S": 180.0, "W": 270.0}[entry["dips_towards"]],
    )
    slip, sigma = float(entry["slip_mm_yr"]), float(entry["slip_sigma_mm_yr"])
    if not 0.0 < slip < 100.0:
        raise beyond("slip_mm_yr", slip, 0.0, 100.0)
    return Fault(
        entry["id"],
        entry["name"],
        turned.trace,
        turned.dip_deg,
        turned.rake_deg,
        slip,
        sigma,
        float(entry["largest_magnitude"]),
    )


def _of_fault(fault: Fault, release: Mapping[str, float], dip_deg: float, bottom_km: float) -> RuptureSet:
    trace = np.column_stack(_CENTRE.to_km(*np.asarray(fault.trace).T))
    width = bottom_km / sin(radians(dip_deg))
    length = float(np.hypot(*np.diff(trace, axis=0).T).sum())
    edges, magnitudes = magnitude_bins(release["lowest_magnitude"], fault.largest_magnitude, _FAULT_STEP)
    rates = rates_from_slip(
        edges,
        length * width * 1e6,
        fault.slip_mm_yr * 1e-3,
        coupling=release["coupling"],
        characteristic_share=release["characteristic_share"],
        characteristic_width=release["characteristic_width"],
        b=release["b"],
    )
    return floating(
        fault.id,
        trace,
        dip_deg=dip_deg,
        rake_deg=fault.rake_deg,
        width_km=width,
        magnitudes=magnitudes,
        rates_yr=rates,
    )


def _of_area(
    name: str, area: Mapping[str, Any], mechanisms: list[dict[str, float]], depths: list[dict[str, float]]
) -> RuptureSet:
    x, y, weight = area_points(area["box"], float(area["cell_km"]))
    edges, magnitudes = magnitude_bins(area["lowest_magnitude"], area["largest_magnitude"], _AREA_STEP)
    rates = rates_from_counts(edges, float(area["rate_from_5"]["value"]), float(area["b"]))
    parts = [
        around_points(
            name,
            x,
            y,
            weight,
            strike_deg=mechanism["strike_deg"],
            dip_deg=mechanism["dip_deg"],
            rake_deg=mechanism["rake_deg"],
            depth_km=depth["km"],
            crust_km=_CRUST_KM,
            magnitudes=magnitudes,
            rates_yr=rates * mechanism["share"] * depth["share"],
        )
        for mechanism in mechanisms
        for depth in depths
    ]
    return together(name, parts)


def area_points(
    box: Sequence[float], cell_km: float, near_km: float = NEAR_KM, far_cells: int = FAR_CELLS
) -> tuple[Floats, Floats, Floats]:
    """Points that stand for an area, km east and north, and their shares of it.

    Cells near the city are small; far from it one point, at their middle, stands for several by several.

    Parameters
    ----------
    box : (west, south, east, north)
        Degrees.
    cell_km : float
        Side of the small cells.
    near_km : float
        How far from the centre of the frame cells stay small.
    far_cells : int
        Small cells along the side of a far one.
    """
    west, south, east, north = box
    corners_x, corners_y = _CENTRE.to_km([west, east, west, east], [south, south, north, north])
    x, y = np.meshgrid(
        np.arange(corners_x.min() + cell_km / 2.0, corners_x.max(), cell_km),
        np.arange(corners_y.min() + cell_km / 2.0, corners_y.max(), cell_km),
    )
    column, row = np.meshgrid(np.arange(x.shape[1]) // far_cells, np.arange(x.shape[0]) // far_cells)
    lon, lat = _CENTRE.to_lonlat(x.ravel(), y.ravel())
    inside = (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
    x, y = x.ravel()[inside], y.ravel()[inside]
    _, block = np.unique((row * (column.max() + 1) + column).ravel()[inside], return_inverse=True)
    size = np.bincount(block)
    middle_x, middle_y = np.bincount(block, x) / size, np.bincount(block, y) / size
    far = np.hypot(middle_x, middle_y) > near_km
    kept = ~far[block]
    weight = np.concatenate([np.ones(int(kept.sum())), size[far]]) / len(x)
    return np.concatenate([x[kept], middle_x[far]]), np.concatenate([y[kept], middle_y[far]]), weight
