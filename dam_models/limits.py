"""What a run will cost, before it starts, and its refusal where that is too much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.boundaries import Boundaries
from dam_models.errors import RunTooLarge
from dam_models.kernels.fields import GRAVITY_M_S2
from dam_models.pouring_step import pouring_step_s
from dam_models.release import Release
from dam_models.result import Settings, State

Floats = NDArray[np.float64]

BYTES_PER_GRID_CELL = 150
"""Bed, metric and index of the mesh, the checks before the run and the rasters after it, at their peak."""

BYTES_PER_WET_CELL = 1350
"""State, maxima and neighbours of a cell with its faces, while the arrays that hold them grow."""

BYTES_PER_CELL_WET_AT_START = 2850
"""The same for a cell of a pool: all of them join the mesh at once, with room for their neighbours."""

ASSUMED_WET_SHARE = 0.25
"""Share of the grid that gets wet. Mudflows wet 2 to 6 %; what floods a plain wets more, and is stopped
when it does not fit."""

ASSUMED_MEAN_DEPTH_M = 0.05
"""Volume over the area that it wets in all its course, m; mudflows leave 0.2 m and more, floods less. Of this
and of the share, what wets less counts; only the share where the volume is not known before."""

PLAUSIBLE_SPEED_M_S = 60.0
"""Fastest wave that a mudflow is believed to reach, m/s; the fastest observed ran at 20 to 30 m/s."""

_BOTH_DIRECTIONS = 0.5 * (1.0 + 0.5**0.5)
"""Mean of the waves of both directions, which limits a step, over the wave along the flow: at most this for a
flow that is critical or faster, reached by a critical one that runs at 45 degrees to the rows."""


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """What a run is believed to need at most.

    Attributes
    ----------
    memory_mb : float
        Peak of the engine's arrays, 10^6 bytes: the whole grid, and the wet cells that are assumed.
    wet_cells : int
        A quarter of the grid (`ASSUMED_WET_SHARE`), or what the volume covers 5 cm deep
        (`ASSUMED_MEAN_DEPTH_M`) where that is less; twice what is wet at the start where that is more.
    most_wet_cells : int
        Wet cells at which the memory limit is reached.
    fastest_m_s : float
        Fastest wave, m/s: the dam-break speed of the releases, sped up by a free fall to the lowest ground,
        cut at `PLAUSIBLE_SPEED_M_S` unless the start is faster already.
    steps : int
        Steps for the whole duration at that speed, across the rows and columns; a run that comes to rest
        takes fewer.
    cell_steps : int
        Steps times wet cells.
    """

    memory_mb: float
    wet_cells: int
    most_wet_cells: int
    fastest_m_s: float
    steps: int
    cell_steps: int


def estimate_run(
    bed_m: ArrayLike,
    cell_size_m: float,
    releases: Sequence[Release],
    duration_s: float,
    initial: State | None = None,
    boundaries: Boundaries | None = None,
    *,
    settings: Settings | None = None,
    extra_grids: int = 0,
    grows: bool = False,
) -> RunEstimate:
    """Estimate memory and steps of a run; arguments as for `simulate`, which checks them.

    `extra_grids` counts further (ny, nx) float64 arrays that the run keeps on request; `grows` says that the
    flow takes up more than is released.

    The memory is an upper bound as long as no more than `wet_cells` get wet. The steps assume the fastest
    wave from start to end, so that most runs take a third of them or fewer.
    """
    bed = np.asarray(bed_m, dtype=np.float64)
    chosen = settings or Settings()
    sides = boundaries or Boundaries()
    wet_at_start = _wet_at_start(releases, initial)
    spread = math.ceil(ASSUMED_WET_SHARE * bed.size)
    if not (grows or sides.feeding):
        deep_m3 = ASSUMED_MEAN_DEPTH_M * cell_size_m**2
        spread = min(spread, math.ceil(_volume_m3(releases, initial, cell_size_m) / deep_m3))
    wet = min(bed.size, max(spread, 2 * wet_at_start))
    grid_bytes = (BYTES_PER_GRID_CELL + 8 * extra_grids) * bed.size
    wet_bytes = max(BYTES_PER_WET_CELL * wet, BYTES_PER_CELL_WET_AT_START * wet_at_start)
    fastest = _fastest(bed, cell_size_m, releases, initial, sides)
    steps = _steps(fastest, cell_size_m, releases, duration_s, chosen)
    return RunEstimate(
        memory_mb=(grid_bytes + wet_bytes) / 1e6,
        wet_cells=wet,
        most_wet_cells=max(0, int((1e6 * chosen.max_memory_mb - grid_bytes) / BYTES_PER_WET_CELL)),
        fastest_m_s=fastest,
        steps=steps,
        cell_steps=steps * wet,
    )


def refuse_too_large(estimate: RunEstimate, settings: Settings) -> None:
    """Refuse a run that is believed to pass a limit.

    Raises
    ------
    RunTooLarge
        With the estimate; `field` names the limit.
    """
    needs = (
        f"the run would need about {estimate.memory_mb:.0f} MB ({estimate.wet_cells} wet cells) and "
        f"{estimate.steps} steps (waves of {estimate.fastest_m_s:.0f} m/s)"
    )
    if estimate.memory_mb > settings.max_memory_mb:
        raise RunTooLarge(
            f"{needs}; max_memory_mb is {settings.max_memory_mb:g}", field="max_memory_mb", estimate=estimate
        )
    if estimate.steps > settings.max_steps:
        raise RunTooLarge(f"{needs}; max_steps is {settings.max_steps}", field="max_steps", estimate=estimate)


def stop_too_large(estimate: RunEstimate, settings: Settings, cells: int, steps: int, time_s: float) -> None:
    """Stop a run that has outgrown its estimate and now passes a limit.

    Raises
    ------
    RunTooLarge
        `field` names the limit.
    """
    if cells > estimate.most_wet_cells:
        raise RunTooLarge(
            f"{cells} cells are wet after {time_s:.0f} s; max_memory_mb = {settings.max_memory_mb:g} "
            f"allows {estimate.most_wet_cells}",
            field="max_memory_mb",
            estimate=estimate,
        )
    if steps >= settings.max_steps:
        raise RunTooLarge(
            f"max_steps = {settings.max_steps} are taken after {time_s:.0f} s",
            field="max_steps",
            estimate=estimate,
        )


def _wet_at_start(releases: Sequence[Release], initial: State | None) -> int:
    pools = [release.depth_m for release in releases if release.depth_m is not None]
    if initial is not None:
        pools.append(np.asarray(initial.depth_m, dtype=np.float64))
    return sum(int(np.count_nonzero(depth)) for depth in pools)


def _volume_m3(releases: Sequence[Release], initial: State | None, cell_size_m: float) -> float:
    depths = [release.depth_m for release in releases if release.depth_m is not None]
    if initial is not None:
        depths.append(np.asarray(initial.depth_m, dtype=np.float64))
    poured = sum(release.volume_until(release.end_s) for release in releases)
    return poured + sum(float(depth.sum()) for depth in depths) * cell_size_m**2


def _fastest(
    bed: Floats,
    cell_size_m: float,
    releases: Sequence[Release],
    initial: State | None,
    boundaries: Boundaries,
) -> float:
    at_start = 0.0
    highest = -math.inf
    for release in releases:
        if release.depth_m is not None:
            wet = release.depth_m > 0.0
            at_start = max(at_start, 2.0 * math.sqrt(GRAVITY_M_S2 * float(release.depth_m.max())))
            highest = max(highest, float((bed + release.depth_m)[wet].max(initial=-math.inf)))
        else:
            at_start = max(at_start, _critical_m_s(float(release.discharge_m3_s.max()) / cell_size_m))
            highest = max(highest, float(bed[release.rows, release.cols].max()))
    if initial is not None:
        depth = np.asarray(initial.depth_m, dtype=np.float64)
        speed = np.hypot(initial.u_m_s, initial.v_m_s)
        at_start = max(at_start, float((speed + 2.0 * np.sqrt(GRAVITY_M_S2 * depth)).max()))
        highest = max(highest, float((bed + depth)[depth > 0.0].max(initial=-math.inf)))
    for side in boundaries.sides:
        if side.feeds:
            # A level can stand as deep as its side is low.
            deepest = abs(side.value) if side.kind == "inflow" else max(0.0, side.value - float(bed.min()))
            inflow = side.kind == "inflow"
            wave = _critical_m_s(deepest) if inflow else 2.0 * math.sqrt(GRAVITY_M_S2 * deepest)
            at_start = max(at_start, wave)
            highest = max(highest, float(bed.max()))
    if highest == -math.inf:
        return 0.0
    fall_m = max(0.0, highest - float(bed.min()))
    return max(at_start, min(PLAUSIBLE_SPEED_M_S, math.sqrt(at_start**2 + 2.0 * GRAVITY_M_S2 * fall_m)))


def _critical_m_s(unit_discharge_m2_s: float) -> float:
    """Speed and wave together of a critical flow, m/s."""
    return float(2.0 * (GRAVITY_M_S2 * unit_discharge_m2_s) ** (1.0 / 3.0))


def _steps(
    fastest_m_s: float, cell_size_m: float, releases: Sequence[Release], duration_s: float, settings: Settings
) -> int:
    by_wave = duration_s * _BOTH_DIRECTIONS * fastest_m_s / (settings.cfl * cell_size_m)
    by_pouring = 0.0
    for release in releases:
        if release.time_s.size:
            rise_m_s = float(release.discharge_m3_s.max()) / (release.rows.size * cell_size_m**2)
            step_s = pouring_step_s(rise_m_s, cell_size_m, settings.cfl)
            by_pouring = max(by_pouring, min(duration_s, release.end_s) / step_s)
    return math.ceil(max(by_wave, by_pouring) + duration_s / settings.record_every_s) + 1
