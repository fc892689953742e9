"""From `make run` on an installed environment to the first answer of a comparison whose runs are stored."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.measure import Measurement, from_samples
from benchmarks.references import bare_service
from benchmarks.service import free_port, serving

REPOSITORY = Path(__file__).resolve().parents[1]
COMPARISON = "/v1/exposure"  # without parameters: the default comparison, the one the page opens with
BUDGET_START_S = 3.0
BUDGET_MEMORY_MB = 500.0
REPEATS = 3


def environment(data_dir: Path) -> dict[str, str]:
    """Precomputing is off, so that the other scenarios do not share the machine with what is measured."""
    return dict(os.environ) | {"RISK_DATA_DIR": str(data_dir), "RISK_PRECOMPUTE": "false"}


def make_run(port: int) -> list[str]:
    return ["make", "--no-print-directory", "run", f"PORT={port}", f"VENV={sys.prefix}"]


def store_the_comparison(folder: Path, data_dir: Path) -> None:
    """Have the runs of the default comparison made once, as a first start would."""
    port = free_port()
    with serving(make_run(port), port, folder, environment(data_dir), cwd=REPOSITORY) as service:
        service.wait_for(COMPARISON, within_s=900, pause_s=1.0)


def measure(folder: Path) -> list[Measurement]:
    """Start-up time and idle memory; `folder` keeps the logs and the runs."""
    data_dir = folder / "data"
    data_dir.mkdir()
    store_the_comparison(folder, data_dir)
    starts_s, memories_mb, bare = [], [], []
    for _ in range(REPEATS):
        bare.append(bare_service(folder))
        port = free_port()
        with serving(make_run(port), port, folder, environment(data_dir), cwd=REPOSITORY) as service:
            service.wait_for(COMPARISON)
            starts_s.append(time.monotonic() - service.started_s)
            time.sleep(2.0)  # idle: what the start allocated for itself has been given back
            memories_mb.append(service.resident_bytes() / 1e6)
    start_s, start_samples = from_samples(starts_s)
    memory_mb, memory_samples = from_samples(memories_mb)
    return [
        Measurement(
            name="make run to the first cached comparison",
            measured=start_s,
            unit="s",
            budget=BUDGET_START_S,
            reference="bare FastAPI application to its first answer",
            reference_measured=median(start for start, _ in bare),
            reference_unit="s",
            samples=start_samples,
        ),
        Measurement(
            name="memory of the idle service, workers included",
            measured=memory_mb,
            unit="MB",
            budget=BUDGET_MEMORY_MB,
            reference="bare FastAPI application",
            reference_measured=median(memory for _, memory in bare),
            reference_unit="MB",
            samples=memory_samples,
        ),
    ]
