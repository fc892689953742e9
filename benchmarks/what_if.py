"""A drawn dam at 30 m over three hours, and the same run without it: what the dam costs, in CPU time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.kumbelsu import CELL_SIZE_M, DURATION_S, SCENARIO
from benchmarks.measure import Measurement, from_samples

if TYPE_CHECKING:
    from risk_api.runs import RunSpec

BUDGET_PERCENT = 15.0
PAIRS = 3
"""Runs with and without it, in turn: on a shared machine one pair can be off by a tenth either way."""

WARM_UP_S = 120.0
"""Simulated seconds of a first run with the dam, in which everything is compiled or loaded."""


def measure(folder: Path) -> list[Measurement]:
    """Both runs in one process of their own, in turn, `PAIRS` times."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.what_if", str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        timeout=3600,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    pairs = list(zip(figures["with_cpu_s"], figures["without_cpu_s"], strict=True))
    more, samples = from_samples([100.0 * (with_it / without - 1.0) for with_it, without in pairs])
    steps = figures["with_steps"] / figures["without_steps"]
    note = (
        f"median of {PAIRS} pairs, {min(samples):.1f} to {max(samples):.1f} %; "
        f"{figures['with_steps']:.0f} steps with it, {figures['without_steps']:.0f} without, "
        f"{100.0 * ((1.0 + more / 100.0) / steps - 1.0):+.1f} % a step; "
        f"{figures['stored_m3'] / 1e6:.2f} million m3 held, {figures['overflow_m3'] / 1e6:.2f} over the crest"
    )
    return [
        Measurement(
            name=f"what a drawn dam adds: {SCENARIO}, {CELL_SIZE_M:g} m, {DURATION_S / 3600:g} h",
            measured=more,
            unit="%",
            budget=BUDGET_PERCENT,
            reference="the same run without the dam",
            reference_measured=from_samples(figures["without_cpu_s"])[0],
            reference_unit="CPU-s",
            samples=samples,
            note=note,
        ),
        Measurement(
            name="refusing or planning it, on the whole terrain",
            measured=figures["plan_cpu_s"],
            unit="CPU-s",
            budget=None,
            reference="the terrain at that cell size, kept by a service",
            reference_measured=figures["terrain_cpu_s"],
            reference_unit="CPU-s",
        ),
    ]


def report(folder: Path) -> dict[str, Any]:
    """Make both runs here, as a worker of the service would."""
    from geodata import open_region
    from risk_api.answers import Answers
    from risk_api.runs import RunSpec, RunStore
    from risk_api.runs.make import make_run
    from risk_api.what_if import SimulationBody, WhatIf
    from risk_api.what_if.body import EXAMPLE

    region = open_region("almaty")
    store = RunStore(folder)
    asked = SimulationBody.model_validate(
        {**EXAMPLE, "scenario": SCENARIO, "quality": "final", "cell_size_m": CELL_SIZE_M}
    )
    began = time.process_time()
    region.terrain(CELL_SIZE_M)
    figures: dict[str, Any] = {"terrain_cpu_s": time.process_time() - began}
    what_if = WhatIf(region, Answers(region, store))
    what_if.specs(asked)
    began = time.process_time()
    specs = what_if.specs(asked)
    figures["plan_cpu_s"] = time.process_time() - began

    def lasting(spec: RunSpec, seconds: float) -> RunSpec:
        return RunSpec.of(spec.values | {"duration_s": seconds})

    make_run(region, lasting(specs["with"], WARM_UP_S), store)
    for pair in range(PAIRS):
        # A store of its own each time, or the run would be found made.
        into = RunStore(folder / str(pair))
        for name, spec in specs.items():
            began = time.process_time()
            run = make_run(region, lasting(spec, DURATION_S), into)
            figures.setdefault(f"{name}_cpu_s", []).append(time.process_time() - began)
            figures[f"{name}_steps"] = run.summary["steps"]
    dam = next(dam for dam in run.dams if dam.get("own"))
    return figures | {"stored_m3": dam["stored_max_m3"], "overflow_m3": dam["overflow_m3"]}


if __name__ == "__main__":
    print(json.dumps(report(Path(sys.argv[1]))))
