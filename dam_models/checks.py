"""What `simulate` refuses before anything is computed; every error names the input."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.arguments import is_number
from dam_models.closing import way_round
from dam_models.dam import Dam
from dam_models.errors import InvalidBed, InvalidDam, InvalidParameter, InvalidRelease
from dam_models.release import Release
from dam_models.result import State
from dam_models.sections import Section

Floats = NDArray[np.float64]

LOWEST_BED_M, HIGHEST_BED_M = -5_000.0, 10_000.0
"""No ground that a mudflow reaches; -9999, the most usual mark for no data, lies outside."""

SMALLEST_CELL_M, LARGEST_CELL_M = 0.01, 10_000.0
"""A flume in a laboratory, and a cell larger than any mudflow."""

_ROUNDING = 1e-9
"""How far the solids fraction of a state may leave its range: a run's own rounding."""


def checked_duration_s(duration_s: float) -> float:
    """A duration above 0."""
    if not (is_number(duration_s) and np.isfinite(duration_s) and duration_s > 0.0):
        raise InvalidParameter(f"duration_s is {duration_s!r}; it must be above 0", field="duration_s")
    return float(duration_s)


def checked_bed(bed_m: ArrayLike, cell_size_m: float) -> Floats:
    """The bed as an array of its own, row by row in memory: for another order all would compile again."""
    if isinstance(bed_m, np.ma.MaskedArray) and np.ma.is_masked(bed_m):
        raise InvalidBed("bed_m has masked cells; give every cell an elevation", field="bed_m")
    try:
        bed = np.array(bed_m, dtype=np.float64, order="C")
    except (TypeError, ValueError) as error:
        raise InvalidBed(f"bed_m is no array of numbers: {error}", field="bed_m") from error
    if bed.ndim != 2 or min(bed.shape) < 1 or bed.size < 3:
        raise InvalidBed(f"bed_m has shape {bed.shape}; it must be (ny, nx), 3 cells or more", field="bed_m")
    if not np.isfinite(bed).all():
        raise InvalidBed(f"bed_m holds {int((~np.isfinite(bed)).sum())} NaN or infinite cells", field="bed_m")
    if bed.min() < LOWEST_BED_M or bed.max() > HIGHEST_BED_M:
        raise InvalidBed(
            f"bed_m runs from {bed.min():g} to {bed.max():g} m; allowed: {LOWEST_BED_M:g} to "
            f"{HIGHEST_BED_M:g} m: are there no-data values in it?",
            field="bed_m",
        )
    if not (is_number(cell_size_m) and SMALLEST_CELL_M <= cell_size_m <= LARGEST_CELL_M):
        raise InvalidBed(
            f"cell_size_m is {cell_size_m!r}; allowed: {SMALLEST_CELL_M:g} to {LARGEST_CELL_M:g} m",
            field="cell_size_m",
        )
    return bed


def check_releases(releases: Sequence[Release], shape: tuple[int, ...], duration_s: float) -> None:
    """Refuse what lies outside the grid or comes after the end."""
    ny, nx = shape
    for release in releases:
        if release.depth_m is not None and release.depth_m.shape != shape:
            raise InvalidRelease(
                f"depth_m has shape {release.depth_m.shape}, the bed {shape}", field="depth_m"
            )
        outside = (release.rows < 0) | (release.rows >= ny) | (release.cols < 0) | (release.cols >= nx)
        if outside.any():
            raise InvalidRelease(f"cells lie outside the grid of {ny} x {nx}", field="cells")
        if release.time_s.size and release.volume_until(duration_s) <= 0.0:
            raise InvalidRelease(
                f"the hydrograph releases nothing before the end at {duration_s:g} s", field="time_s"
            )


def check_dams(dams: Sequence[Dam], bed_m: Floats, duration_s: float) -> None:
    """Refuse dams that do not fit the bed, have one name, do not close, or change only after the end."""
    names = [dam.name for dam in dams]
    for name in names:
        if names.count(name) > 1:
            raise InvalidDam(f"two dams have the name {name}", field="name")
    for dam in dams:
        dam.check_against(bed_m)
        if dam.crest_m.max() > HIGHEST_BED_M or dam.crest_m.min() < LOWEST_BED_M:
            raise InvalidDam(
                f"dam {dam.name}: crest_m runs from {dam.crest_m.min():g} to {dam.crest_m.max():g} m; "
                f"allowed: {LOWEST_BED_M:g} to {HIGHEST_BED_M:g} m",
                field="crest_m",
            )
        if dam.time_s.size > 1 and dam.changes_from_s >= duration_s:
            begins = f"begins to change at {dam.changes_from_s:g} s, after the end of the run"
            raise InvalidDam(f"dam {dam.name}: the crest {begins}", field="time_s")
        for opening in dam.openings:
            if opening.gate is not None and opening.gate.changes_from_s >= duration_s:
                begins = f"begins to move at {opening.gate.changes_from_s:g} s, after the end of the run"
                raise InvalidDam(f"dam {dam.name}: a gate {begins}", field="time_s")
        if dam.breach is not None and (dam.breach.start_s or 0.0) >= duration_s:
            begins = f"begins at {dam.breach.start_s:g} s, after the end of the run"
            raise InvalidDam(f"dam {dam.name}: its breach {begins}", field="start_s")
        if not dam.open_ended:
            _check_closed(dam, bed_m)


def _check_closed(dam: Dam, bed_m: Floats) -> None:
    """Refuse a wall that water passes round below its crest."""
    around = way_round(bed_m, dam.faces, dam.crest_at(0.0), dam.pool, dam.gauge)
    if around is not None:
        raise InvalidDam(
            f"dam {dam.name}: water below its crest passes round the wall, to the cell {around}",
            field="faces",
        )


def check_sections(sections: Sequence[Section], shape: tuple[int, ...]) -> None:
    """Refuse sections of another shape than the bed's, and two of one name."""
    for section in sections:
        for side in ("upstream", "downstream"):
            seen = np.shape(getattr(section, side))
            if seen != shape:
                raise InvalidParameter(
                    f"section {section.name}: {side} has shape {seen}, the bed {shape}", field="sections"
                )
    if len({section.name for section in sections}) != len(sections):
        raise InvalidParameter("two sections have one name", field="sections")


def checked_state(state: State, shape: tuple[int, ...]) -> State:
    """A state to start from, in float64, its solids cut to 0 to 1 where rounding left that."""
    fields = []
    for name in ("depth_m", "u_m_s", "v_m_s", "solids_fraction"):
        value = np.asarray(getattr(state, name), dtype=np.float64)
        if value.shape != shape or not np.isfinite(value).all():
            raise InvalidParameter(f"initial {name} must be finite with the bed's shape", field=name)
        fields.append(value)
    depth, u, v, solids = fields
    if (depth < 0.0).any():
        raise InvalidParameter("initial depth_m is negative somewhere", field="depth_m")
    wet = solids[depth > 0.0]
    if ((wet < -_ROUNDING) | (wet > 1.0 + _ROUNDING)).any():
        raise InvalidParameter(
            f"initial solids_fraction runs from {wet.min():g} to {wet.max():g}; allowed: 0 to 1",
            field="solids_fraction",
        )
    return State(depth, u, v, np.clip(solids, 0.0, 1.0))
