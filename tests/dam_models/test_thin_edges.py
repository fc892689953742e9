"""How far a thin flow goes and how thick it is follows from ground and friction, not from the step."""

import numpy as np
import pytest

from dam_models import Manning, Mixture, Release, Settings, Voellmy, simulate
from dam_models.kernels.fields import Floats

_FOOTPRINT_M = 0.1
_FIRST_OF_FAN = 19
"""Column behind the pool."""


def _deposit(local_steps: bool) -> Floats:
    """Deepest of mud that runs out on a fan; a pool that sloshes beside it sets the step."""
    rows, cols, cell = 61, 88, 30.0
    across, along = (np.arange(rows)[:, None] - 30) * cell, np.arange(cols)[None, :]
    apex = 45
    bed = np.where(
        along < apex,
        (apex - along) * cell * 0.10 + 0.15 * np.abs(across),
        -0.025 * np.hypot((along - apex) * cell, across),
    )
    bed += 0.15 * np.random.default_rng(1).uniform(-1.0, 1.0, bed.shape)
    bed[:, :18] = bed[:, :18].max() + 40.0
    bed[5:56, 2:14] = 0.0
    depth, mus, xis = np.zeros(bed.shape), np.full(bed.shape, 0.04), np.full(bed.shape, 500.0)
    depth[27:34, 26:36] = 4.0
    depth[5:56, 2:14] = 20.0 + 4.0 * np.cos(np.pi * np.arange(12) / 11)
    mus[:, :18], xis[:, :18] = 0.0, 5000.0
    settings = Settings(local_steps=local_steps)
    result = simulate(
        bed, cell, [Release.pool(depth)], Voellmy(mus, xis), duration_s=1500.0, settings=settings
    )
    assert result.depth_max_m[27:34, 2:14].min() > 16.0
    return result.depth_max_m[:, _FIRST_OF_FAN:]


def test_levels_let_a_deposit_go_as_far_as_one_step_for_all() -> None:
    mine, other = _deposit(True), _deposit(False)
    reached = other >= _FOOTPRINT_M
    assert 300 < np.count_nonzero(reached) < 450
    differs = np.count_nonzero((mine >= _FOOTPRINT_M) != reached)
    assert differs < 0.02 * np.count_nonzero(reached)
    thin, thin_of_mine = (
        np.count_nonzero((depth >= _FOOTPRINT_M) & (depth < 0.5)) for depth in (other, mine)
    )
    assert thin_of_mine == pytest.approx(thin, rel=0.15)


def _sheet(cfl: float) -> Floats:
    """Deepest of thin mud that leaves a winding channel over a slope."""
    rows, cols, cell = 70, 41, 60.0
    row, col = np.arange(rows)[:, None], np.arange(cols)[None, :]
    channel = 20 + np.round(3.0 * np.sin(row / 9.0)).astype(int)
    cut = np.clip(0.5 - 0.02 * np.maximum(row - 10, 0), 0.0, None)
    bed = 0.03 * cell * (rows - row) - np.where(col == channel, cut, 0.0)
    result = simulate(
        bed,
        cell,
        [Release.hydrograph(([1], [int(channel[1, 0])]), [0.0, 3600.0], [20.0, 20.0], solids_fraction=0.15)],
        Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5),
        duration_s=3600.0,
        settings=Settings(cfl=cfl),
    )
    return result.depth_max_m


def test_how_thick_a_sheet_is_hardly_depends_on_the_step() -> None:
    long, short = _sheet(0.45), _sheet(0.03)
    wet = short > 0.02
    assert np.count_nonzero(wet) > 200
    # Friction takes a second or two to bring such a sheet to its speed; the long step is 15 s.
    assert np.abs(long - short)[wet].mean() < 0.02 * short[wet].mean()
