"""The common case of the peers, timed: as a program it runs one solver in a process of its own.

`python -m benchmarks.common_case engine 10 --order 2 --threads 1` prints the figures as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.alone import figures_of, peak_memory_mb, spent
from dam_models import Release, Settings, Voellmy, simulate
from dam_models.validation.channel import centres
from dam_models.validation.common_case import GAUGES_M, Answer, bed_along, compare

Floats = NDArray[np.float64]

MU, XI_M_S2 = 0.10, 400.0
DURATION_S = 300.0
COARSEST_M = 20.0


class Solver(StrEnum):
    engine = "engine"
    reference = "reference"


@dataclass(frozen=True, eq=False)
class Ground:
    """Bed and first depth, m, at a cell size."""

    cell_m: float
    x_m: Floats
    bed_m: Floats
    pool_m: Floats

    @classmethod
    def of(cls, cell_m: float) -> Ground:
        columns = round(5000.0 / cell_m)
        x = centres(columns * cell_m, columns)
        # An odd or even number of rows, so that the sides of the release lie on faces.
        rows = columns + round(250.0 / cell_m) % 2
        y = (np.arange(rows) + 0.5 - 0.5 * rows) * cell_m
        pool = np.where(np.abs(y)[:, None] < 125.0, 10.0, 0.0) * (np.abs(x - 400.0) < 100.0)
        return cls(cell_m, x, np.tile(bed_along(x), (rows, 1)), pool)

    @property
    def axis(self) -> slice:
        """The one or two rows in the middle."""
        rows = self.bed_m.shape[0]
        return slice((rows - 1) // 2, rows // 2 + 1)

    def answer(self, arrival: Floats, deepest: Floats, quickest: Floats, final: Floats) -> Answer:
        """At the gauges, from rows on the axis."""

        def at_gauges(rows: Floats) -> tuple[float, ...]:
            return tuple(float(value) for value in np.interp(GAUGES_M, self.x_m, rows.mean(axis=0)))

        front = int(np.flatnonzero(final.mean(axis=0) >= 0.1)[-1])
        return Answer(
            at_gauges(arrival),
            at_gauges(deepest),
            at_gauges(quickest),
            float(self.x_m[front] + 0.5 * self.cell_m),
        )


def by_engine(ground: Ground, order: int = 2, threads: int = 1) -> tuple[Answer, int]:
    """Answer and steps of `dam_models.simulate`."""
    result = simulate(
        ground.bed_m,
        ground.cell_m,
        [Release.pool(ground.pool_m)],
        Voellmy(MU, XI_M_S2),
        duration_s=DURATION_S,
        settings=settings_with(threads, order=order),
    )
    axis = ground.axis
    answer = ground.answer(
        result.arrival_s[axis],
        result.depth_max_m[axis],
        result.speed_max_m_s[axis],
        result.final.depth_m[axis],
    )
    return answer, result.steps


def by_reference(ground: Ground) -> tuple[Answer, int]:
    """The same of the plain kernel."""
    from benchmarks import reference_kernel

    slope = np.gradient(ground.bed_m, ground.cell_m, axis=1)
    gravity = reference_kernel.GRAVITY_M_S2 / (1.0 + slope**2)
    found = reference_kernel.run(ground.pool_m, ground.bed_m, gravity, ground.cell_m, MU, XI_M_S2, DURATION_S)
    rows = (found["arrival_s"], found["depth_max_m"], found["speed_max_m_s"], found["depth_m"][ground.axis])
    return ground.answer(*rows), found["steps"]


def engine_takes_threads() -> bool:
    return any(field.name == "threads" for field in fields(Settings))


def settings_with(threads: int, **others: Any) -> Settings:
    """Settings of the engine, with the number of threads where it knows that setting."""
    if engine_takes_threads():
        return Settings(threads=threads, **others)
    if threads != 1:
        raise ValueError("this engine runs on one thread only")
    return Settings(**others)


@dataclass(frozen=True)
class Timed:
    """One solver at one cell size: the fastest of `cpu_s` and of `wall_s` count, the rest was disturbed."""

    cpu_s: tuple[float, ...]
    wall_s: tuple[float, ...]
    steps: int
    peak_mb: float
    # The largest distance from the peers' range over what is allowed at 10 m; at most 1 is within.
    off: float

    @property
    def best_cpu_s(self) -> float:
        return min(self.cpu_s)

    @property
    def best_wall_s(self) -> float:
        return min(self.wall_s)


def timed(solver: Solver, cell_m: float, order: int = 2, threads: int = 1, repeats: int = 3) -> Timed:
    """Time a solver in a process of its own."""
    found = figures_of(
        "benchmarks.common_case",
        solver.value,
        f"{cell_m:g}",
        *("--order", str(order), "--threads", str(threads), "--repeats", str(repeats)),
    )
    return Timed(**found | {"cpu_s": tuple(found["cpu_s"]), "wall_s": tuple(found["wall_s"])})


def off_by(answer: Answer) -> float:
    """The worst measure of `compare` over its tolerance, as it is at 10 m; NaN where nothing arrived."""
    return float(np.max([measure.value / measure.tolerance for measure in compare(answer, 2.0)]))


def main(
    solver: Solver,
    cell_m: float,
    order: Annotated[int, typer.Option()] = 2,
    threads: Annotated[int, typer.Option()] = 1,
    repeats: Annotated[int, typer.Option()] = 3,
) -> None:
    """Time the case; the kernels are compiled or loaded before the clock runs."""
    ground = Ground.of(cell_m)
    run: Callable[[Ground], tuple[Answer, int]] = by_reference
    if solver is Solver.engine:

        def run(ground: Ground) -> tuple[Answer, int]:
            return by_engine(ground, order, threads)

    run(Ground.of(COARSEST_M))
    found: list[tuple[Answer, int]] = []
    times = [spent(lambda: found.append(run(ground))) for _ in range(repeats)]
    answer, steps = found[-1]
    figures = Timed(
        tuple(each.cpu_s for each in times),
        tuple(each.wall_s for each in times),
        steps,
        peak_memory_mb(),
        off_by(answer),
    )
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    typer.run(main)
