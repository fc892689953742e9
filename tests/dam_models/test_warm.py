"""After the kernels are warm no run waits for the compiler."""

import json
import subprocess
import sys
from typing import get_args

import pytest

from dam_models import Rheology, warm
from dam_models.warm import LAWS, warm_kernels

AFTER_WARMING = """
import importlib, json, pkgutil
import numpy as np
from numba.core.dispatcher import Dispatcher
import dam_models
from dam_models import *
from dam_models.warm import warm_kernels

def signatures():
    found = {}
    for info in pkgutil.walk_packages(dam_models.__path__, "dam_models."):
        if ".validation" in info.name:
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, Dispatcher):
                found[value.__module__ + "." + name] = len(value.signatures)
    return found

warm_kernels()
warm = signatures()
bed = 500.0 - np.broadcast_to(2.0 * np.arange(30.0), (15, 30))
pool = np.zeros(bed.shape, dtype=bool)
pool[4:11, 12:16] = True
faces = CellFaces.between(pool, np.arange(4, 11), np.full(7, 16))
opening = Opening((7, 18), float(bed[7, 15]), 1.0)
for order in (1, 2):
    for law in (
        Voellmy(0.02, 400.0), Manning(0.05), Mixture(Voellmy(0.02, 400.0), Manning(0.05), 0.5),
        Voellmy(np.full(bed.shape, 0.02), np.full(bed.shape, 400.0)), Bingham(10.0, 1.0),
        OBrienJulien(10.0, 1.0, 0.05),
    ):
        for dams in ((), (Dam("a", faces, bed[7, 15] + 2.0, pool, (7, 15), (opening,), open_ended=True),)):
            result = simulate(
                bed, 20.0, [Release.triangle(([7], [3]), 20_000.0, 400.0, solids_fraction=0.5)], law, dams,
                duration_s=200.0, boundaries=Boundaries.walls() if order == 1 else None,
                settings=Settings(order=order),
                outputs=Outputs((Gauge("g", 7, 20),), (60.0,), Pressure(1.5, 0.5)),
            )
            assert result.depth_max_m[7, 15] > 0.1, (law, order, len(dams))
# A preview that goes through tiles, to the rim of the grid and away from it.
wide = 500.0 - np.broadcast_to(2.0 * np.arange(60.0), (45, 60))
bowl = np.zeros(wide.shape, dtype=bool)
bowl[18:25, 32:36] = True
lake = np.zeros(wide.shape, dtype=bool)
lake[18:25, 22:28] = True
wall = CellFaces.between(bowl, np.arange(18, 25), np.full(7, 36))
way_out = Opening((21, 38), float(wide[21, 35]), 1.0)
for law in (Mixture(Voellmy(0.02, 400.0), Manning(0.05), 0.5), Bingham(10.0, 1.0)):
    for dams in ((), (Dam("a", wall, wide[21, 35] + 2.0, bowl, (21, 35), (way_out,), open_ended=True),)):
        result = simulate(
            wide, 20.0, [Release.pool(np.where(lake, 6.0, 0.0), solids_fraction=0.5)], law, dams,
            duration_s=200.0, settings=Settings(order=1),
        )
        assert result.depth_max_m[21, 35] > 0.1, (law, len(dams))
# Another order in memory, and cells that lie apart in it, are the same arrays to the compiler.
columns = np.asfortranarray
mu, stress = columns(np.full(bed.shape, 0.02)), columns(np.full(bed.shape, 10.0))
for law in (Voellmy(mu, 400.0), Bingham(stress, 1.0)):
    result = simulate(
        columns(bed), 20.0,
        [Release.hydrograph((np.arange(4, 12)[::2], np.full(4, 3)), [0.0, 100.0], [400.0, 400.0]),
         Release.pool(columns(np.ones(bed.shape)))], law,
        [Dam("a", faces, bed[7, 15] + 2.0, columns(pool), (7, 15), (opening,), open_ended=True)],
        duration_s=20.0,
        initial=State(*(columns(np.zeros(bed.shape)) for _ in range(4))),
        erodible=ErodibleBed(columns(np.full(bed.shape, 0.1)), critical_shear_pa=100.0),
        outputs=Outputs((Gauge("g", 7, 20),), (10.0,), Pressure(1.5, 0.5)),
    )
    assert result.budget.entrained_m3 > 0.0
print(json.dumps([warm, signatures()]))
"""


def test_no_run_compiles_anything_once_the_kernels_are_warm() -> None:
    ran = subprocess.run([sys.executable, "-c", AFTER_WARMING], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    warmed, after = json.loads(ran.stdout)
    assert warmed == after
    assert {"dam_models.kernels.update.advance", "dam_models.kernels.slopes.half_step"} <= set(warmed)
    # A kernel without a signature was never called: what is inlined is compiled with its caller.
    # Once for cells in lists, once for cells in tiles that come to the rim of the grid.
    assert warmed["dam_models.kernels.update.advance"] == 2
    assert warmed["dam_models.recording._keep_pressure"] == 1


def test_every_kind_of_law_is_warmed_in_both_orders() -> None:
    assert {type(law) for law in LAWS} == set(get_args(Rheology))
    seen: list[tuple[float, str]] = []
    taken = warm_kernels(lambda share, name: seen.append((share, name)))
    assert [name for _, name in seen] == list(taken)
    assert len(taken) == 2 * len(LAWS)
    assert seen == sorted(seen, key=lambda one: one[0])


def test_a_failure_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(warm, "simulate", broken)
    with pytest.raises(RuntimeError, match="no compiler"):
        warm_kernels()
