"""What the figures of the service are held against: the simplest thing that does the same kind of work."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.service import free_port, serving


def bare_service(folder: Path) -> tuple[float, float]:
    """Seconds to the first answer, and megabytes, of a FastAPI application with one route."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port)]
    with serving(command, port, folder) as service:
        service.wait_for("/")
        return time.monotonic() - service.started_s, service.resident_bytes() / 1e6


def copy_rate_gb_s(size: int = 20_000_000, repeats: int = 7) -> float:
    """Gigabytes per second that numpy copies on one core, read and written bytes both counted."""
    source = np.ones(size)
    target = np.empty_like(source)
    fastest_s = float("inf")
    for _ in range(repeats):
        started_s = time.perf_counter()
        np.copyto(target, source)
        fastest_s = min(fastest_s, time.perf_counter() - started_s)
    return 2 * source.nbytes / fastest_s / 1e9
