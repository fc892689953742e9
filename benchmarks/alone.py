"""A measurement in a process of its own: nothing that another part loaded or filled disturbs it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LONGEST_S = 3600.0


def figures_of(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module of this package as a program; the last line that it prints holds its figures as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=LONGEST_S)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@dataclass(frozen=True)
class Spent:
    """Processor time of this process in user mode, all threads together, and time on the wall, s."""

    cpu_s: float
    wall_s: float


def spent(work: Callable[[], object]) -> Spent:
    cpu, wall = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    work()
    return Spent(resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu, time.perf_counter() - wall)


def peak_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
