"""Crests: what they pass for a head, drowned, and while they fall."""

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries, Side
from dam_models.cell_faces import CellFaces
from dam_models.dam import Dam
from dam_models.kernels.fields import GRAVITY_M_S2 as G
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State
from dam_models.rheology import Manning
from dam_models.sections import Section
from dam_models.validation.case import Case, Measure, Outcome, Profile

Floats = NDArray[np.float64]

# Written here once more, so that the engine is not measured against itself.
_WEIR = (2.0 / 3.0) ** 1.5 * G**0.5
_VILLEMONTE = 0.385
_WALL_M = 10.0


def _over_a_wall(
    discharge_m2_s: float, head_m: float, tail_m: float | None, duration_s: float
) -> tuple[FlowResult, int]:
    """Steady flow in a flume of 40 cells over a wall of 10 m; free below it, or at a level over the crest."""
    from dam_models.flow import simulate

    cells, wall = 40, 20
    bed = np.zeros((1, cells))
    pool = np.arange(cells)[None, :] < wall
    dam = Dam("weir", CellFaces.between(pool, [0], [wall]), _WALL_M, pool, (0, wall - 1))
    still = np.zeros_like(bed)
    below = 0.0 if tail_m is None else _WALL_M + tail_m
    result = simulate(
        bed,
        10.0,
        [],
        Manning(0.0),
        [dam],
        duration_s=duration_s,
        initial=State(np.where(pool, _WALL_M + head_m, below), still, still, still),
        boundaries=Boundaries(
            Side("wall"),
            Side("wall"),
            Side("inflow", discharge_m2_s),
            Side("open") if tail_m is None else Side("level", below),
        ),
        sections=[Section.across_cols("crest", bed.shape, wall - 1)],
    )
    return result, wall


def _energy_head_m(result: FlowResult, col: int) -> float:
    depth, speed = result.final.depth_m[0, col], result.final.u_m_s[0, col]
    return float(depth + speed**2 / (2.0 * G)) - _WALL_M


def _weir(quick: bool) -> Outcome:
    heads = (1.0, 2.0, 3.0)
    seen = []
    for head in heads:
        result, wall = _over_a_wall(_WEIR * head**1.5, head, None, 900.0)
        seen.append(_energy_head_m(result, wall // 2))
    error = max(abs(found / head - 1.0) for found, head in zip(seen, heads, strict=True))
    note = "; ".join(f"{found:.3f} m of {head:.3f} m" for found, head in zip(seen, heads, strict=True))
    return Outcome(
        (Measure("worst relative error of the head over the crest", 100.0 * error, 5.0, "%"),), note=note
    )


def _drowned(quick: bool) -> Outcome:
    head, worst, notes = 2.0, 0.0, []
    for ratio in (0.5, 0.8) if quick else (0.5, 0.7, 0.8, 0.85):
        factor = (1.0 - ratio**1.5) ** _VILLEMONTE
        result, wall = _over_a_wall(_WEIR * head**1.5 * factor, head, ratio * head, 1800.0)
        over = _energy_head_m(result, wall // 2)
        tail = float(result.final.depth_m[0, wall + wall // 2]) - _WALL_M
        passed = float(result.sections[0].discharge_m3_s[-1]) / 10.0
        law = (1.0 - (tail / over) ** 1.5) ** _VILLEMONTE
        found = passed / (_WEIR * over**1.5)
        worst = max(worst, abs(found / law - 1.0))
        notes.append(f"{found:.3f} of the free discharge at {tail / over:.3f}, by the law {law:.3f}")
    return Outcome(
        (Measure("worst relative error of the submergence factor", 100.0 * worst, 5.0, "%"),),
        note="; ".join(notes),
    )


_BOX_CELLS, _BOX_CELL_M, _GAP_CELLS = 20, 10.0, 2
_LEVEL_M, _LOWERED_M, _FALL_S = 11.0, 8.0, 300.0


def _level_pool(duration_s: float, every_s: float) -> tuple[Floats, Floats]:
    """Discharge out of a level pool over the falling part of its wall, m3/s, by steps of 0.05 s."""
    step = 0.05
    width, area = _GAP_CELLS * _BOX_CELL_M, (_BOX_CELLS * _BOX_CELL_M) ** 2
    level, volume, volumes = _LEVEL_M, 0.0, [0.0]
    per_record = round(every_s / step)
    for number in range(1, round(duration_s / step) + 1):
        crest = 12.0 + (_LOWERED_M - 12.0) * min(1.0, (number - 0.5) * step / _FALL_S)
        discharge = _WEIR * width * max(0.0, level - crest) ** 1.5
        level -= discharge * step / area
        volume += discharge * step
        if number % per_record == 0:
            volumes.append(volume)
    time = np.asarray(np.arange(1, len(volumes)) * every_s, dtype=np.float64)
    return time, np.diff(volumes) / every_s


def _breach(quick: bool) -> Outcome:
    from dam_models.flow import simulate

    duration, every = 1800.0, 10.0
    bed = np.zeros((_BOX_CELLS, _BOX_CELLS + 5))
    bed[:, _BOX_CELLS:] = -20.0
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :_BOX_CELLS] = True
    faces = CellFaces.between(pool, np.arange(_BOX_CELLS), np.full(_BOX_CELLS, _BOX_CELLS))
    first = (_BOX_CELLS - _GAP_CELLS) // 2
    falls = (faces.rows >= first) & (faces.rows < first + _GAP_CELLS)
    crest = np.where(falls, [[12.0], [_LOWERED_M]], 12.0)
    dam = Dam("breached", faces, crest, pool, (first, _BOX_CELLS - 1), time_s=[0.0, _FALL_S])
    result = simulate(
        bed,
        _BOX_CELL_M,
        [Release.pool(np.where(pool, _LEVEL_M, 0.0))],
        Manning(0.0),
        [dam],
        duration_s=duration,
        boundaries=Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open")),
        settings=Settings(record_every_s=every),
    )
    record = result.dams[0]
    time, exact = _level_pool(duration, every)
    seen = record.overflow_m3_s[1:]
    peak, limit = float(seen.max()), _WEIR * _GAP_CELLS * _BOX_CELL_M * (_LEVEL_M - _LOWERED_M) ** 1.5
    out = record.stored_m3[0] - record.stored_m3[-1]
    return Outcome(
        (
            Measure(
                "relative error of the peak to a level pool", 100.0 * abs(peak / exact.max() - 1.0), 3.0, "%"
            ),
            Measure("peak over the law at the lowered crest and the full level", peak / limit, 1.0),
            Measure(
                "relative error of the volume that left",
                100.0 * abs(record.overflow_m3 / (exact.sum() * every) - 1.0),
                2.0,
                "%",
            ),
            Measure("volume not accounted for at the dam", abs(record.overflow_m3 / out - 1.0), 1e-10),
            Measure("error of the volume budget", result.budget.relative_error, 1e-10),
        ),
        profile=Profile(
            time,
            {"over the crest": seen, "level pool": exact},
            "time, s",
            "discharge, m3/s",
        ),
        note=f"peak {peak:.1f} m3/s, level pool {exact.max():.1f} m3/s, law at full head {limit:.1f} m3/s",
    )


CASES = (
    Case(
        "weir",
        "Steady flow over a wall of 10 m, heads of 1, 2 and 3 m",
        "what a crest passes for a head",
        "structure",
        "broad-crested weir, q = (2/3)^1.5 sqrt(g) H^1.5. The tolerance is our own",
        _weir,
    ),
    Case(
        "weir-drowned",
        "The same with a tailwater above the crest, up to 0.85 of the head",
        "a drowned crest passes less",
        "structure",
        "Villemonte 1947, q = q0 (1 - (hd/hu)^1.5)^0.385. The tolerance is our own",
        _drowned,
    ),
    Case(
        "breach",
        "A box of 200 x 200 m and 11 m of water, 20 m of its wall fall by 4 m in 300 s",
        "a crest that falls in time",
        "structure",
        "level pool with the weir law at the crest of the moment. The tolerances are our own",
        _breach,
    ),
)
