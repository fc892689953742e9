"""A breach by the erosion of its fill beside the relations of Froehlich: the second table of docs/dams.md.

python -m benchmarks.breach_comparison     a minute on one core

The relations are regressions over dams of all soils, with a scatter of a factor of two or three; the fill is
given its soil, nothing is fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dam_models import (
    Boundaries,
    Breach,
    BreachRecord,
    CellFaces,
    Dam,
    Fill,
    Manning,
    Release,
    Side,
    breach_estimate,
    simulate,
)

CELL_M = 20.0
BELOW_CELLS = 40
HEAD_M = 0.3
OPEN_BELOW = Boundaries(Side("wall"), Side("wall"), Side("wall"), Side("open"))


@dataclass(frozen=True)
class Reservoir:
    """A box of water behind a straight fill: height of the dam, width and length of the box, m."""

    height_m: float
    width_m: float
    length_m: float


RESERVOIRS = (Reservoir(10.0, 100.0, 200.0), Reservoir(20.0, 200.0, 400.0), Reservoir(30.0, 300.0, 800.0))
ERODIBILITY_CM3_N_S = (10.0, 100.0, 300.0)
"""Stiff, erodible and very erodible; the unfinished fill of Aksai lies among them."""


def breached(reservoir: Reservoir, erodibility_cm3_n_s: float) -> tuple[float, BreachRecord]:
    """Volume above the foundation, m3, and what the breach of it did."""
    rows, pool_cols = int(reservoir.width_m / CELL_M), int(reservoir.length_m / CELL_M)
    shape = rows, pool_cols + BELOW_CELLS
    bed = np.broadcast_to(-0.02 * CELL_M * np.maximum(0, np.arange(shape[1]) - pool_cols), shape)
    pool = np.broadcast_to(np.arange(shape[1]) < pool_cols, shape)
    depth = np.where(pool, reservoir.height_m + HEAD_M, 0.0)
    fill = Fill(erodibility_cm3_n_s, 5.0, 6.0, 2.5, 2.0)
    faces = CellFaces.between(pool, np.arange(rows), np.full(rows, pool_cols))
    dam = Dam("fill", faces, reservoir.height_m, pool, (rows // 2, pool_cols - 1), breach=Breach(fill))
    result = simulate(
        bed, CELL_M, [Release.pool(depth)], Manning(0.035), [dam], 4 * 3600.0, boundaries=OPEN_BELOW
    )
    record = result.dams[0].breach
    assert record is not None
    return float(depth.sum() * CELL_M**2), record


def rows() -> Iterator[tuple[str, ...]]:
    """Reservoir, soil, then peak, mean width and formation time by the model and by the relations."""
    for reservoir in RESERVOIRS:
        for erodibility in ERODIBILITY_CM3_N_S:
            volume, record = breached(reservoir, erodibility)
            published = breach_estimate(volume, reservoir.height_m)
            yield (
                f"{reservoir.height_m:g} m, {volume / 1e6:.1f} Mm³",
                f"{erodibility:g}",
                f"{record.peak_m3_s:.0f} / {published.peak_m3_s:.0f}",
                f"{record.final_mean_width_m:.0f} / {published.mean_width_m:.0f}",
                f"{record.formation_s / 60:.0f} / {published.formation_s / 60:.0f}",
            )


def main() -> None:
    """Print the rows one by one."""
    for cells in rows():
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
