"""A dam on the grid: a wall on cell sides with a crest, the pool behind it, its openings; and its record."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.breach import Breach, BreachRecord, StateChange
from dam_models.cell_faces import CellFaces
from dam_models.errors import InvalidDam
from dam_models.notch import first_face
from dam_models.opening import Opening
from dam_models.passages import OpeningRecord

Floats = NDArray[np.float64]

WEIR_COEFFICIENT_RANGE = (0.5, 1.1)


@dataclass(frozen=True, eq=False)
class Dam:
    """A wall without thickness along the sides of cells; the bed is not touched.

    Up to the crest nothing passes. Above it a metre of crest passes q = 1.705 Cd H^1.5 (m2/s), the
    broad-crested weir with H the energy head of the upstream side above the crest, less where it is drowned
    (`dam_models.weir`). Where the crest lies below one of the two beds beside it the ground itself is the
    higher sill and the wall has no part in the flow.

    Parameters
    ----------
    name : str
        Name used in the record and in errors.
    faces : CellFaces
        Sides of cells that carry the wall, n of them, each between a cell of the pool and one outside.
    crest_m : float, (n,), or with `time_s` (k,) or (k, n) array_like
        Elevation of the crest, m, per face.
    pool : (ny, nx) array_like of bool
        Cells of the bowl behind the dam.
    gauge : (row, col)
        Pool cell at the dam where the level is read.
    openings : tuple of Opening
        Passages through the dam.
    time_s : (k,) array_like, optional
        Times of the rows of `crest_m`, s, from 0, not decreasing, 2 or more; linear between them, steady
        before and after, a jump where two are equal. A breach is a crest that falls.
    weir_coefficient : float
        Cd, 0.5 to 1.1: 1 is the ideal broad crest, a sharp or rounded one passes up to a tenth more, a rough
        or obstructed one less.
    length_share : float or (n,) array_like
        Length of crest over length of the cell side that carries it, above 0 up to 1; the rest of the side is
        closed. A slanting axis runs in steps along cell sides and would be up to 1.41 times too long, a weir
        can be narrower than a cell.
    held_by_bed : bool
        The bed holds the dam already: the wall counts where its crest is the higher one, be it nowhere.
    breach : Breach, optional
        How it may fail during the run; not together with `time_s`.
    open_ended : bool
        The wall may be passed round (a spur, a wall that turns a flow aside). Any other is refused in
        `simulate` where water as high as its lowest crest gets round it.

    Raises
    ------
    InvalidDam
        Impossible figures here, a dam that does not fit the bed or would change nothing in `simulate`;
        `field` names the input.
    """

    name: str
    faces: CellFaces
    crest_m: Floats
    pool: NDArray[np.bool_]
    gauge: tuple[int, int]
    openings: tuple[Opening, ...]
    time_s: Floats
    weir_coefficient: float
    length_share: Floats
    held_by_bed: bool
    breach: Breach | None
    open_ended: bool

    def __init__(
        self,
        name: str,
        faces: CellFaces,
        crest_m: ArrayLike,
        pool: ArrayLike,
        gauge: tuple[int, int],
        openings: tuple[Opening, ...] = (),
        *,
        time_s: ArrayLike | None = None,
        weir_coefficient: float = 1.0,
        length_share: ArrayLike = 1.0,
        held_by_bed: bool = False,
        breach: Breach | None = None,
        open_ended: bool = False,
    ) -> None:
        times = np.zeros(1) if time_s is None else np.asarray(time_s, dtype=np.float64)
        share = np.asarray(length_share, dtype=np.float64)
        if share.ndim > 1 or (share.ndim == 1 and share.shape != (faces.count,)):
            raise InvalidDam(
                f"dam {name}: length_share must be one number or one per face", field="length_share"
            )
        for field, value in (
            ("name", name),
            ("faces", faces),
            ("crest_m", _crest_table(name, crest_m, None if time_s is None else times, faces.count)),
            ("pool", np.asarray(pool, dtype=bool)),
            ("gauge", (int(gauge[0]), int(gauge[1]))),
            ("openings", tuple(openings)),
            ("time_s", times),
            ("weir_coefficient", float(weir_coefficient)),
            ("length_share", np.broadcast_to(share, (faces.count,)).copy()),
            ("held_by_bed", bool(held_by_bed)),
            ("breach", breach),
            ("open_ended", bool(open_ended)),
        ):
            object.__setattr__(self, field, value)
        self._check_figures()

    def _check_figures(self) -> None:
        times, (lowest, highest) = self.time_s, WEIR_COEFFICIENT_RANGE
        ordered = np.isfinite(times).all() and times[0] >= 0.0 and (np.diff(times) >= 0.0).all()
        for field, ok, rule in (
            ("time_s", ordered, "must be finite, from 0 on, and not decrease"),
            ("crest_m", np.isfinite(self.crest_m).all(), "must be finite"),
            (
                "crest_m",
                times.size == 1 or (self.crest_m != self.crest_m[0]).any(),
                "is given over time but never changes",
            ),
            (
                "weir_coefficient",
                lowest <= self.weir_coefficient <= highest,
                f"is {self.weir_coefficient!r}; allowed: {lowest} to {highest}",
            ),
            (
                "length_share",
                ((self.length_share > 0.0) & (self.length_share <= 1.0)).all(),
                "must be above 0, up to 1",
            ),
            ("breach", self.breach is None or times.size == 1, "leaves no place for a crest given over time"),
        ):
            if not ok:
                raise InvalidDam(f"dam {self.name}: {field} {rule}", field=field)

    def crest_at(self, time_s: float) -> Floats:
        """Crest of every face at a time, m, shape (n,)."""
        times = self.time_s
        after = int(np.searchsorted(times, time_s, side="right"))
        if after == 0 or after == times.size:
            return np.asarray(self.crest_m[min(after, times.size - 1)])
        share = (time_s - times[after - 1]) / (times[after] - times[after - 1])
        return np.asarray((1.0 - share) * self.crest_m[after - 1] + share * self.crest_m[after])

    def moves_at(self, time_s: float) -> NDArray[np.bool_]:
        """Which faces have a crest that moves at a time, or from it on, shape (n,)."""
        after = int(np.searchsorted(self.time_s, time_s, side="right"))
        if after in (0, self.time_s.size):
            return np.zeros(self.faces.count, dtype=np.bool_)
        return np.asarray(self.crest_m[after] != self.crest_m[after - 1])

    def next_change_s(self, time_s: float) -> float:
        """The next point of the table of the crest or of a gate, s; infinite where there is none."""
        change = float("inf")
        if self.time_s.size > 1:
            later = self.time_s[self.time_s > time_s]
            change = float(later[0]) if later.size else change
        for opening in self.openings:
            if opening.gate is not None:
                change = min(change, opening.gate.next_change_s(time_s))
        return change

    @property
    def gates_until_s(self) -> float:
        """Time after which every gate stays as it is, s; minus infinity where there is none."""
        ends = (opening.gate.time_s[-1] for opening in self.openings if opening.gate is not None)
        return max(ends, default=-float("inf"))

    @property
    def changes_until_s(self) -> float:
        """Time after which the crest stays as it is, s; 0 where it never changes."""
        return float(self.time_s[-1]) if self.time_s.size > 1 else 0.0

    @property
    def changes_from_s(self) -> float:
        """Time at which the crest begins to change, s; infinite where it never does."""
        moves = np.flatnonzero((np.diff(self.crest_m, axis=0) != 0.0).any(axis=1))
        return float(self.time_s[moves[0]]) if moves.size else float("inf")

    def breach_face(self, bed_m: Floats) -> int | None:
        """The face in which the breach begins; None where no wall stands at the cell it names."""
        ground = self.faces.higher_bed_m(bed_m)
        where = None if self.breach is None else self.breach.where
        return first_face(self.faces, self.pool, self.crest_m[0] > ground, ground, self.gauge, where)

    def check_against(self, bed_m: Floats) -> None:
        """Refuse a dam that does not fit the grid or that would change nothing."""

        def refuse(field: str, message: str) -> None:
            raise InvalidDam(f"dam {self.name}: {message}", field=field)

        ny, nx = bed_m.shape
        if self.pool.shape != bed_m.shape:
            refuse("pool", f"pool has shape {self.pool.shape}, the bed {bed_m.shape}")
        faces = self.faces
        cells = [("gauge", self.gauge)] + [("outfall", opening.outfall) for opening in self.openings]
        for field, (row, col) in cells:
            if not (0 <= row < ny and 0 <= col < nx):
                refuse(field, f"{field} ({row}, {col}) lies outside the grid {ny} x {nx}")
        if not faces.fit(bed_m.shape):
            refuse("faces", f"a face lies outside the grid {ny} x {nx} or on its edge")
        first, second = faces.cells()
        if (self.pool[first] == self.pool[second]).any():
            refuse("faces", "a face does not lie between the pool and what is outside it")
        if not self.pool[self.gauge]:
            refuse("gauge", "gauge is not a cell of the pool")
        ground = faces.higher_bed_m(bed_m)
        if not (self.held_by_bed or (self.crest_m > ground).any()):
            refuse("crest_m", "the crest lies nowhere above the beds beside it")
        effective = np.maximum(self.crest_m, ground)
        if self.time_s.size > 1 and not (effective != effective[0]).any():
            refuse("crest_m", "the crest changes over time only where it lies below the beds beside it")
        for opening in self.openings:
            if self.pool[opening.outfall]:
                refuse("outfall", "an outfall lies inside the pool")
            if opening.sill_m >= effective.min(axis=1).max():
                refuse("sill_m", f"the sill of an opening, {opening.sill_m} m, is not below the crest")
        if self.breach is not None:
            face = self.breach_face(bed_m)
            if face is None:
                refuse("where", f"no face of the wall stands at the cell {self.breach.where} of its breach")
            else:
                self.breach.check_against(self.name, float(self.crest_m[0, face]), float(ground[face]))


def _crest_table(name: str, crest_m: ArrayLike, time_s: Floats | None, faces: int) -> Floats:
    """The crest as (times, faces)."""
    crest = np.asarray(crest_m, dtype=np.float64)
    if time_s is None:
        if crest.shape not in ((), (faces,)):
            raise InvalidDam(
                f"dam {name}: crest_m has shape {crest.shape}; it must be one number or ({faces},)",
                field="crest_m",
            )
        return np.broadcast_to(crest, (1, faces)).copy()
    if time_s.ndim != 1 or time_s.size < 2:
        raise InvalidDam(f"dam {name}: time_s must hold two times or more", field="time_s")
    if crest.shape not in ((time_s.size,), (time_s.size, faces)):
        raise InvalidDam(
            f"dam {name}: crest_m has shape {crest.shape}; with these times it must be ({time_s.size},) or "
            f"({time_s.size}, {faces})",
            field="crest_m",
        )
    table = crest[:, None] if crest.ndim == 1 else crest
    return np.broadcast_to(table, (time_s.size, faces)).copy()


@dataclass(frozen=True, eq=False)
class DamRecord:
    """What a dam did during a run.

    Attributes
    ----------
    name : str
        The dam.
    time_s, inflow_m3_s, overflow_m3_s, passed_m3_s, stored_m3, level_m, freeboard_m : (k,) float64
        Discharges are means over the interval that ends at the time; stored is all that lies in the bowl;
        freeboard is measured from the lowest point of the crest at that time, or of the ground beside it
        where that is higher, NaN while the gauge cell is dry.
    inflow_m3, overflow_m3, passed_m3, stored_end_m3, stored_max_m3 : float
        Totals; inflow + entrained = overflow + passed + deposited + stored at the end, to rounding. Overflow
        is what goes over the crest, net of what comes back over it from below. Stored is the mixture in the
        bowl, less what lay there at the start; its maximum is that over all steps, as is the least freeboard.
    entrained_m3, deposited_m3 : float
        Mixture that entered the flow from the bed of the bowl, and mixture that settled there; 0 without an
        erodible bed.
    solids_in_m3, solids_out_m3, solids_stored_end_m3, entrained_solids_m3, deposited_solids_m3 : float
        Solids in the inflow, in overflow and openings together, and in the others; they close alike.
    freeboard_min_m : float
        Least freeboard of any step, m, over the crest as it then was: of a dam that breaches, over its notch;
        NaN if the gauge cell stayed dry.
    level_max_m : float
        Highest level at the gauge of any step, m; NaN if the gauge cell stayed dry.
    first_inflow_s, first_overflow_s : float
        NaN = never.
    capacity_m3 : float
        Volume of the pool on this grid below the lowest point of the crest as the run begins.
    openings : tuple of OpeningRecord
        What each of the dam's openings did, in their order; with the pipe of a breach they passed
        `passed_m3`.
    eroded_fill_m3, eroded_fill_solids_m3 : float
        Mixture that a breach added to the flow below the dam, grains and pore water of its fill, and the
        grains in it; no part of the balance of the bowl.
    breach : BreachRecord or None
        What its breach did, also where it never began; None for a dam without one.
    changes : tuple of StateChange
        States of the dam during the run, in order of time, `standing` at 0 s first.
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
    entrained_m3: float
    deposited_m3: float
    solids_in_m3: float
    solids_out_m3: float
    solids_stored_end_m3: float
    entrained_solids_m3: float
    deposited_solids_m3: float
    freeboard_min_m: float
    level_max_m: float
    first_inflow_s: float
    first_overflow_s: float
    capacity_m3: float
    openings: tuple[OpeningRecord, ...]
    eroded_fill_m3: float = 0.0
    eroded_fill_solids_m3: float = 0.0
    breach: BreachRecord | None = None
    changes: tuple[StateChange, ...] = ()
