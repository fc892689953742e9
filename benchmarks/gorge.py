"""The engine alone on real terrain: `kumbelsu-1977` without dams, put on the grid as the service would.

As a program it runs in a process of its own and prints its figures as JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.alone import figures_of, peak_memory_mb, spent

SCENARIO = "kumbelsu-1977"
STRATEGY = "no-dams"
DURATION_S = 3 * 3600.0


@dataclass(frozen=True)
class Event:
    """One run of the event: times of `simulate` alone, kernels compiled before, and what it computed."""

    cpu_s: float
    wall_s: float
    prepared_s: float
    steps: int
    simulated_s: float
    at_rest: bool
    cells: int
    wet_cells: int
    peak_mb: float


def event(region: Path, cell_m: float, order: int, threads: int) -> Event:
    """Run it in a process of its own."""
    found = figures_of(
        "benchmarks.gorge",
        str(region),
        f"{cell_m:g}",
        *("--order", str(order), "--threads", str(threads)),
    )
    return Event(**found)


def main(
    folder: Path,
    cell_m: float,
    order: Annotated[int, typer.Option()] = 2,
    threads: Annotated[int, typer.Option()] = 1,
) -> None:
    """Put the event on the grid, run a minute of it to load the kernels, then time three hours."""
    import time

    from benchmarks.common_case import settings_with
    from dam_models import FlowResult, simulate
    from geodata import open_region
    from risk_api.runs import RunSpec, plan
    from risk_api.runs.make import REST_SPEED_M_S, rheology_of
    from risk_api.runs.placing import place_dams, release_of

    started_s = time.perf_counter()
    region = open_region(folder)
    values = RunSpec.of(plan(region, SCENARIO, STRATEGY, cell_size_m=cell_m).values).values
    grid = region.terrain(cell_m)
    placed = place_dams(region, grid, values)
    release, rheology = release_of(region, grid, values["scenario"]), rheology_of(values)
    settings = settings_with(threads, order=order, rest_speed_m_s=REST_SPEED_M_S)

    def run(duration_s: float) -> FlowResult:
        return simulate(
            placed.bed_m,
            grid.cell_size_m,
            [release],
            rheology,
            placed.dams,
            duration_s=duration_s,
            settings=settings,
        )

    run(60.0)
    prepared_s = time.perf_counter() - started_s
    results: list[FlowResult] = []
    took = spent(lambda: results.append(run(DURATION_S)))
    (result,) = results
    figures = Event(
        cpu_s=took.cpu_s,
        wall_s=took.wall_s,
        prepared_s=prepared_s,
        steps=result.steps,
        simulated_s=result.end_s,
        at_rest=result.at_rest,
        cells=result.depth_max_m.size,
        wet_cells=int((result.depth_max_m > 0.0).sum()),
        peak_mb=peak_memory_mb(),
    )
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    typer.run(main)
