"""Every kernel that a run can need is compiled, or loaded from numba's cache, before a run needs it.

The first run of a process otherwise waits for it: seconds with a filled cache, a minute without.
"""

import time
from collections.abc import Callable

import numpy as np

from dam_models.cell_faces import CellFaces
from dam_models.dam import Dam
from dam_models.entrainment import ErodibleBed, Settling
from dam_models.errors import FlowError
from dam_models.flow import simulate
from dam_models.kernels import levels, march
from dam_models.kernels.fields import Groups
from dam_models.opening import Opening
from dam_models.outputs import Gauge, Outputs, Pressure
from dam_models.release import Release
from dam_models.result import Settings
from dam_models.rheology import Coulomb, Manning, Mixture, Rheology, Voellmy
from dam_models.viscoplastic import Bingham, HerschelBulkley, OBrienJulien

_SHAPE = (7, 12)

LAWS: tuple[Rheology, ...] = (
    Mixture(Voellmy(0.05, 500.0), Manning(0.06), 0.5),
    Voellmy(0.05, 500.0),
    Voellmy(np.full(_SHAPE, 0.05), 500.0, cohesion_pa=100.0, minimum_shear_pa=100.0),
    Coulomb(0.05),
    Manning(0.06),
    Bingham(100.0, 10.0),
    HerschelBulkley(100.0, 10.0, 0.5),
    OBrienJulien(100.0, 10.0, 0.06),
)
"""One of every kind, once with a parameter on the grid and with stresses."""


def warm_kernels(progress: Callable[[float, str], None] | None = None) -> dict[str, float]:
    """Run small flows with a dam under every law and in both orders.

    One on a bed that erodes and with all outputs, where all cells take the same steps, and one on a bed that
    does not, where they need not.

    Parameters
    ----------
    progress : callable, optional
        Called with (share done, variant) before each variant.

    Returns
    -------
    dict
        Seconds that each variant took.

    Raises
    ------
    FlowError
        If a variant does not end as it must.
    Exception
        Whatever the compiler raises: nothing is caught here.
    """
    taken: dict[str, float] = {}
    variants = [(law, order) for law in LAWS for order in (2, 1)]
    for number, (law, order) in enumerate(variants):
        name = f"{number + 1}: {type(law).__name__}, order {order}"
        if progress is not None:
            progress(number / len(variants), name)
        started = time.perf_counter()
        _small_flow(law, order, erodes=True)
        _small_flow(law, order, erodes=False)
        taken[name] = time.perf_counter() - started
    _rare_passes()
    _small_flow(LAWS[0], 1, erodes=False, poured=False)
    _preview_in_the_open()
    return taken


def _preview_in_the_open() -> None:
    """A preview of a pool that stays away from the rim of the grid, as small flows do not."""
    depth = np.zeros((64, 64))
    depth[28:36, 28:36] = 1.0
    simulate(
        np.zeros(depth.shape),
        10.0,
        [Release.pool(depth)],
        Manning(0.06),
        duration_s=6.0,
        settings=Settings(order=1),
    )


def _rare_passes() -> None:
    """What a small flow need not come to: cells that join between levels, and levels that are taken back."""
    groups, none = Groups.empty(4), np.zeros(0, dtype=np.uint32)
    lists, counts = np.zeros((1, 4), dtype=np.uint32), np.zeros(1, dtype=np.int64)
    levels.join(1, 1, 0, groups.links, groups.flags, np.zeros_like(groups.flux), lists, lists, counts, counts)
    kept = (np.empty((0, group.shape[1])) for group in (groups.state, groups.middle, groups.maxima))
    march.take_back(
        none,
        1,
        1,
        groups.state,
        groups.middle,
        groups.slopes,
        groups.flux,
        groups.maxima,
        1,
        np.zeros(1, dtype=np.uint8),
        *kept,
    )


def _small_flow(law: Rheology, order: int, *, erodes: bool, poured: bool = True) -> None:
    """A gutter with a full bowl behind a low dam, so that mud goes through and over it."""
    bed = np.full(_SHAPE, 9.0) - 0.2 * np.arange(12.0)
    bed[2:5] -= 5.0
    pool = np.zeros(bed.shape, dtype=bool)
    pool[2:5, 3:6] = True
    sill = float(bed[3, 5])
    dam = Dam(
        "small",
        CellFaces.between(pool, [2, 3, 4], [6, 6, 6]),
        sill + 1.0,
        pool,
        (3, 5),
        (Opening((3, 7), sill, 0.5),),
    )
    erodible = ErodibleBed(np.full(bed.shape, 0.1), critical_shear_pa=100.0, settling=Settling())
    depth = np.zeros(bed.shape)
    depth[2:5, 1:6] = 3.0
    releases = [Release.pool(depth, solids_fraction=0.4)]
    if poured:
        releases.append(Release.triangle(([3], [1]), 50.0, 25.0, solids_fraction=0.4))
    result = simulate(
        bed,
        10.0,
        releases,
        law,
        [dam],
        # Long enough for levels although something is on its way through the opening.
        duration_s=30.0,
        settings=Settings(order=order, record_every_s=2.0),
        erodible=erodible if erodes else None,
        outputs=Outputs((Gauge("small", 3, 5),), (3.0,), Pressure() if erodes else None),
    )
    if not np.isfinite(result.depth_max_m).all() or result.steps == 0:
        raise FlowError(f"the small flow that warms the kernels failed with {type(law).__name__}")
