"""Dams: what a bowl holds, and what goes through an opening."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries, Side
from dam_models.cell_faces import CellFaces
from dam_models.dam import Dam
from dam_models.kernels.fields import GRAVITY_M_S2 as G
from dam_models.opening import Opening
from dam_models.release import Release
from dam_models.result import FlowResult
from dam_models.rheology import Manning
from dam_models.validation.case import Case, Measure, Outcome, Profile

Floats = NDArray[np.float64]

_CELL_M, _SHAPE, _CREST_COL = 20.0, (21, 60), 30


def _valley() -> Floats:
    """A straight V-shaped valley that falls eastwards by 6 %."""
    across = np.abs(np.arange(_SHAPE[0]) - 10)[:, None] * _CELL_M * 0.6
    return np.asarray(500.0 - 0.06 * _CELL_M * np.arange(_SHAPE[1])[None, :] + across)


def _flood(height_m: float, volume_m3: float, manning: float, duration_s: float) -> FlowResult:
    from dam_models.flow import simulate

    bed = _valley()
    crest = float(bed[10, _CREST_COL]) + height_m
    rows = np.flatnonzero(bed[:, _CREST_COL] < crest)
    pool = (bed < crest) & (np.arange(_SHAPE[1])[None, :] < _CREST_COL)
    faces = CellFaces.between(pool, rows, np.full(rows.size, _CREST_COL))
    dam = Dam("bowl", faces, crest, pool, (10, _CREST_COL - 1))
    release = Release.triangle(([10], [5]), volume_m3, volume_m3 / 400.0)
    return simulate(bed, _CELL_M, [release], Manning(manning), [dam], duration_s=duration_s)


def _larger(quick: bool) -> Outcome:
    result = _flood(30.0, 60_000.0, 0.05, 3600.0)
    below = float(result.depth_max_m[:, _CREST_COL + 1 :].max())
    return Outcome(
        (
            Measure("volume over the crest", result.dams[0].overflow_m3, 0.0, "m3"),
            Measure("depth below the dam", below, 0.0, "m"),
            Measure("error of the volume budget", result.budget.relative_error, 1e-10),
        )
    )


def _smaller(quick: bool) -> Outcome:
    result = _flood(14.0, 400_000.0, 0.03, 7200.0)
    record = result.dams[0]
    accounted = record.stored_end_m3 + record.overflow_m3 + record.passed_m3
    return Outcome(
        (
            Measure(
                "kept at the end, of the level pool",
                100.0 * record.stored_end_m3 / record.capacity_m3,
                100.0,
                "%",
                at_least=True,
            ),
            Measure("inflow not accounted for", abs(accounted / record.inflow_m3 - 1.0), 1e-6),
            Measure("error of the volume budget", result.budget.relative_error, 1e-10),
        ),
        profile=Profile(
            record.time_s,
            {"into the bowl": record.inflow_m3_s, "over the crest": record.overflow_m3_s},
            "time, s",
            "discharge, m3/s",
        ),
    )


def _orifice(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    # A box of 20 x 20 cells drains through 4 m2: the root of the driving head falls linearly with time.
    bed = np.zeros((20, 25))
    bed[:, 22:] = -20.0
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :20] = True
    area, coefficient, surface, start = 4.0, 0.6, 20 * 20 * 25.0, 12.0
    passage = Opening((10, 23), 0.0, area, coefficient)
    faces = CellFaces.between(pool, np.arange(20), np.full(20, 20))
    dam = Dam("box", faces, 20.0, pool, (10, 10), (passage,))
    duration = 600.0
    result = simulate(
        bed,
        5.0,
        [Release.pool(np.where(pool, start, 0.0))],
        Manning(0.0),
        [dam],
        duration_s=duration,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
    )
    half = 0.5 * sqrt(area)
    root = sqrt(start - half) - 0.5 * coefficient * area * sqrt(2.0 * G) / surface * duration
    exact = root**2 + half
    level = float(result.final.depth_m[pool].mean())
    error = abs((start - level) / (start - exact) - 1.0)
    return Outcome(
        (Measure("relative error of the drawdown", 100.0 * error, 1.0, "%"),),
        note=f"level {level:.3f} m, exact {exact:.3f} m after {duration:.0f} s",
    )


CASES = (
    Case(
        "bowl-larger-than-flood",
        "A bowl larger than the flood",
        "a dam that holds passes nothing",
        "structure",
        "volume",
        _larger,
    ),
    Case(
        "bowl-smaller-than-flood",
        "A bowl smaller than the flood",
        "it keeps its level pool and passes the rest",
        "structure",
        "volume; level pool of the grid",
        _smaller,
    ),
    Case(
        "orifice",
        "A box that drains through an opening of 4 m2",
        "the orifice law, step by step",
        "structure",
        "Q = Cd A sqrt(2 g (H - a/2)), integrated. The tolerance is our own",
        _orifice,
    ),
)
