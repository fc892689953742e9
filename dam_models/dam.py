"""A dam on the grid: its crest, the pool behind it, its openings, and what it did during a run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import InvalidDam

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Opening:
    """A passage through the dam that lets fluid out of the pool.

    The passage is a square orifice on the river bed: full, it passes Cd A sqrt(2 g (H - a/2)), with H the
    water level above its sill and a = sqrt(A) its height; while it is not full the wetted share of it passes.

    Parameters
    ----------
    outfall : (row, col)
        Cell below the dam that receives what passes.
    sill_m : float
        Elevation of the bottom of the passage, m.
    area_m2 : float
        Free area, m2, above 0.
    discharge_coefficient : float
        Cd, 0 to 1.
    passed_solids_fraction : float
        Largest share of solids, by volume, that goes through; the rest is held back and packs in the pool.
    packing_fraction : float
        Solids fraction at which what is held back gives off no more fluid.
    discharge_max_m3_s : float
        Capacity of the passage where one is published, m3/s.
    """

    outfall: tuple[int, int]
    sill_m: float
    area_m2: float
    discharge_coefficient: float = 0.6
    passed_solids_fraction: float = 0.1
    packing_fraction: float = 0.65
    discharge_max_m3_s: float = float("inf")

    def __post_init__(self) -> None:
        checks = (
            ("sill_m", np.isfinite(self.sill_m), "a finite elevation"),
            ("area_m2", 0.0 < self.area_m2 < 1e4, "above 0 and below 10 000 m2"),
            ("discharge_coefficient", 0.0 < self.discharge_coefficient <= 1.0, "above 0, up to 1"),
            ("packing_fraction", 0.0 < self.packing_fraction <= 1.0, "above 0, up to 1"),
            (
                "passed_solids_fraction",
                0.0 <= self.passed_solids_fraction < self.packing_fraction,
                "0 up to the packing fraction",
            ),
            ("discharge_max_m3_s", self.discharge_max_m3_s > 0.0, "above 0"),
        )
        for field, ok, allowed in checks:
            if not ok:
                raise InvalidDam(
                    f"opening {field} is {getattr(self, field)!r}; allowed: {allowed}", field=field
                )

    def discharge_m3_s(self, level_m: float) -> float:
        """Discharge at a pool level, m3/s, before the fluid there is taken into account."""
        head = level_m - self.sill_m
        if head <= 0.0:
            return 0.0
        height = self.area_m2**0.5
        wetted = min(1.0, head / height)
        driving = max(head - 0.5 * height, 0.5 * head)
        discharge = self.discharge_coefficient * self.area_m2 * wetted * (2.0 * 9.81 * driving) ** 0.5
        return float(min(self.discharge_max_m3_s, discharge))


@dataclass(frozen=True, eq=False)
class Dam:
    """A dam that raises the bed along its axis.

    Parameters
    ----------
    name : str
        Name used in the record and in errors.
    rows, cols : (n,) array_like of int
        Cells under the crest; they must close the valley through cell sides.
    crest_m : float or (n,) array_like
        Elevation of the crest, m; cells whose bed is higher keep their bed.
    pool : (ny, nx) array_like of bool
        Cells of the bowl behind the dam, without the crest cells.
    gauge : (row, col)
        Pool cell at the dam where the level is read.
    openings : tuple of Opening
        Passages through the dam.
    """

    name: str
    rows: Ints
    cols: Ints
    crest_m: Floats
    pool: NDArray[np.bool_]
    gauge: tuple[int, int]
    openings: tuple[Opening, ...] = ()

    def __init__(
        self,
        name: str,
        rows: ArrayLike,
        cols: ArrayLike,
        crest_m: ArrayLike,
        pool: ArrayLike,
        gauge: tuple[int, int],
        openings: tuple[Opening, ...] = (),
    ) -> None:
        row_index = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        col_index = np.atleast_1d(np.asarray(cols, dtype=np.int64))
        if row_index.shape != col_index.shape or row_index.size == 0:
            raise InvalidDam(f"dam {name}: rows and cols must have one length, at least 1", field="rows")
        crest = np.broadcast_to(np.asarray(crest_m, dtype=np.float64), row_index.shape).copy()
        if not np.isfinite(crest).all():
            raise InvalidDam(f"dam {name}: crest_m must be finite", field="crest_m")
        mask = np.asarray(pool, dtype=bool)
        for field, value in (
            ("name", name),
            ("rows", row_index),
            ("cols", col_index),
            ("crest_m", crest),
            ("pool", mask),
            ("gauge", (int(gauge[0]), int(gauge[1]))),
            ("openings", tuple(openings)),
        ):
            object.__setattr__(self, field, value)

    @property
    def spill_m(self) -> float:
        """Lowest point of the crest, m."""
        return float(self.crest_m.min())

    def check_against(self, bed_m: Floats) -> None:
        """Refuse a dam that does not fit the grid or that would change nothing."""
        ny, nx = bed_m.shape
        if self.pool.shape != bed_m.shape:
            raise InvalidDam(
                f"dam {self.name}: pool has shape {self.pool.shape}, the bed {bed_m.shape}", field="pool"
            )
        cells = [("rows/cols", int(r), int(c)) for r, c in zip(self.rows, self.cols, strict=True)]
        cells.append(("gauge", *self.gauge))
        cells += [("outfall", *opening.outfall) for opening in self.openings]
        for field, row, col in cells:
            if not (0 <= row < ny and 0 <= col < nx):
                raise InvalidDam(
                    f"dam {self.name}: {field} ({row}, {col}) lies outside the grid {ny} x {nx}", field=field
                )
        if self.pool[self.rows, self.cols].any():
            raise InvalidDam(f"dam {self.name}: pool contains crest cells", field="pool")
        if not self.pool[self.gauge]:
            raise InvalidDam(f"dam {self.name}: gauge is not a cell of the pool", field="gauge")
        if not (self.crest_m > bed_m[self.rows, self.cols]).any():
            raise InvalidDam(f"dam {self.name}: the crest lies nowhere above the bed", field="crest_m")
        for opening in self.openings:
            if self.pool[opening.outfall]:
                raise InvalidDam(f"dam {self.name}: an outfall lies inside the pool", field="outfall")


@dataclass(frozen=True, eq=False)
class DamRecord:
    """What a dam did during a run.

    Attributes
    ----------
    name : str
        The dam.
    time_s, inflow_m3_s, overflow_m3_s, passed_m3_s, stored_m3, level_m, freeboard_m : (k,) float64
        Discharges are means over the interval that ends at the time; freeboard is measured from the lowest
        point of the crest, NaN while the gauge cell is dry.
    inflow_m3, overflow_m3, passed_m3, stored_end_m3, stored_max_m3 : float
        Totals; inflow = overflow + passed + stored at the end, to rounding.
    solids_in_m3, solids_out_m3 : float
        Solids in the inflow, and in overflow and openings together.
    first_inflow_s, first_overflow_s : float
        NaN = never.
    capacity_m3 : float
        Volume of the pool on this grid below the lowest point of the crest.
    """

    name: str
    time_s: Floats
    inflow_m3_s: Floats
    overflow_m3_s: Floats
    passed_m3_s: Floats
    stored_m3: Floats
    level_m: Floats
    freeboard_m: Floats
    inflow_m3: float
    overflow_m3: float
    passed_m3: float
    stored_end_m3: float
    stored_max_m3: float
    solids_in_m3: float
    solids_out_m3: float
    first_inflow_s: float
    first_overflow_s: float
    capacity_m3: float
