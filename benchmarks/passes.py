"""How long each compiled pass of the engine takes within a run, watched from outside.

The engine is not changed: while a run is watched, every compiled function that its modules call is replaced
by one that looks at the clock. Compiled functions that call each other do not pass there and belong to their
callers. Arguments are unpacked within the time of a pass.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np
from numba.core.dispatcher import Dispatcher

from dam_models import flow

WET_M = 1e-3
LOOK_EVERY = 10
"""Steps between two counts of wet cells, which cost time themselves."""


@dataclass
class Pass:
    """One compiled function: its calls in the run and their processor time, s."""

    function: Any
    calls: int = 0
    cpu_s: float = 0.0

    @property
    def name(self) -> str:
        return str(self.function.py_func.__name__)

    @property
    def module(self) -> str:
        return str(self.function.py_func.__module__)


@dataclass
class Watched:
    """A run, by pass; the rest of `cpu_s` is Python between them."""

    passes: dict[str, Pass] = field(default_factory=dict)
    steps: int = 0
    cell_steps: int = 0
    wet_cell_steps: int = 0
    bytes_per_cell: int = 0
    cpu_s: float = 0.0

    @property
    def python_s(self) -> float:
        return self.cpu_s - sum(each.cpu_s for each in self.passes.values())

    def ns_per_wet_cell(self, seconds: float) -> float:
        return seconds / self.wet_cell_steps * 1e9

    def calls_per_step(self, one: Pass) -> float:
        return one.calls / self.steps


def watch(run: Callable[[], object]) -> Watched:
    """Watch a run on one thread, whose kernels are compiled already.

    All cells share one step meanwhile: with levels, the passes between two of their meetings are one call.
    """
    watched = Watched()
    with (
        _clocks(watched),
        patch.object(flow._Run, "_local_steps", lambda *_: 0.0),
        patch.object(flow._Run, "_step", _Counting(flow._Run._step, watched)),
    ):
        started = time.thread_time()
        run()
        watched.cpu_s = time.thread_time() - started
    watched.passes = {name: each for name, each in watched.passes.items() if each.calls}
    return watched


def fastest(run: Callable[[], object], repeats: int) -> Watched:
    """The run of several that took the least processor time; what disturbed the others is not ours."""
    return min((watch(run) for _ in range(repeats)), key=lambda watched: watched.cpu_s)


@contextmanager
def _clocks(watched: Watched) -> Iterator[None]:
    with ExitStack() as patched:
        for name, module in list(sys.modules.items()):
            if not name.startswith("dam_models.") or name.startswith("dam_models.validation"):
                continue
            for attribute, value in list(vars(module).items()):
                if isinstance(value, Dispatcher):
                    key = f"{value.py_func.__module__}.{value.py_func.__name__}"
                    one = watched.passes.setdefault(key, Pass(value))
                    patched.enter_context(patch.object(module, attribute, _clocked(value, one)))
        yield


def _clocked(function: Any, one: Pass) -> Callable[..., Any]:
    def clocked(*arguments: Any) -> Any:
        started = time.thread_time()
        result = function(*arguments)
        one.cpu_s += time.thread_time() - started
        one.calls += 1
        return result

    return clocked


class _Counting:
    """Takes the place of a run's step and counts the cells of its mesh before it."""

    def __init__(self, step: Callable[..., Any], watched: Watched) -> None:
        self._step, self._watched, self._wet = step, watched, 0

    def __get__(self, run: Any, _: type | None = None) -> Callable[..., Any]:
        return lambda *arguments: self(run, *arguments)

    def __call__(self, run: Any, *arguments: Any) -> Any:
        watched, n = self._watched, run.mesh.cell_count
        if watched.steps % LOOK_EVERY == 0:
            self._wet = int(np.count_nonzero(run.mesh.cells.h[:n] >= WET_M))
            watched.bytes_per_cell = bytes_per_cell(run.mesh, n)
        watched.steps += 1
        watched.cell_steps += n
        watched.wet_cell_steps += self._wet
        return self._step(run, *arguments)


def bytes_per_cell(mesh: Any, cells: int) -> int:
    """Of all packed arrays of a mesh, fields by cells or cells by fields; a view counts with its base."""
    owners: dict[int, np.ndarray] = {}
    for value in vars(mesh).values():
        for array in value if isinstance(value, tuple) else (value,):
            if isinstance(array, np.ndarray):
                # What compiled code made has a base that is no array.
                base = array.base if isinstance(array.base, np.ndarray) else array
                # Where the base is a run of bytes, cut so that rows begin at a line, its widest view counts.
                owner = base if base.dtype == array.dtype else array
                known = owners.get(id(base))
                if known is None or owner.nbytes > known.nbytes:
                    owners[id(base)] = owner
    # Arrays of the whole grid are touched only where the mesh grows.
    packed = [each for each in owners.values() if each.shape != mesh.z.shape and max(each.shape) >= cells]
    return sum(each.nbytes // max(each.shape) for each in packed)
