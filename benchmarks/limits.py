"""What one core of this machine can do at most: move bytes, add, divide, take roots, guess branches.

Measured with kernels of one line each, in the same run as what is held against them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TRIAD_KB = (16, 256, 4_096, 16_384, 262_144)
"""Sizes of the three arrays together: within a usual first and second cache, the third, memory."""
# What a dependent addition costs on AMD's cores since 2017; on others it is 2 or 4, and the clock that is
# derived from it off by as much.
CYCLES_OF_AN_ADDITION = 3


@dataclass(frozen=True)
class Limits:
    """Nanoseconds on one core; `alone` is one number at a time, `packed` as many as a register holds."""

    addition_chained_ns: float
    root_chained_ns: float
    division_chained_ns: float
    simple_alone_ns: float
    simple_packed_ns: float
    root_alone_ns: float
    root_packed_ns: float
    division_alone_ns: float
    division_packed_ns: float
    branch_missed_ns: float
    triad_gb_s: dict[int, float]

    @property
    def clock_ghz(self) -> float:
        return CYCLES_OF_AN_ADDITION / self.addition_chained_ns

    def triad_at(self, kilobytes: float) -> float:
        """Rate for a working set of that size: that of the next larger one measured, GB/s."""
        for size in sorted(self.triad_gb_s):
            if kilobytes <= size:
                return self.triad_gb_s[size]
        return self.triad_gb_s[max(self.triad_gb_s)]


@njit(cache=True)
def _add_chained(x: float, n: int) -> float:
    for _ in range(n):
        x += 1.5
    return x


@njit(cache=True)
def _root_chained(x: float, n: int) -> float:
    for _ in range(n):
        x = math.sqrt(x)
    return x


@njit(cache=True, error_model="numpy")
def _divide_chained(x: float, n: int) -> float:
    for _ in range(n):
        x = 2.5 / x
    return x


@njit(cache=True)
def _roots(a: Floats, b: Floats, stride: int, times: int) -> None:
    for _ in range(times):
        for i in range(0, a.size, stride):
            b[i] = math.sqrt(a[i])


@njit(cache=True)
def _roots_packed(a: Floats, b: Floats, times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            b[i] = math.sqrt(a[i])


@njit(cache=True, error_model="numpy")
def _divisions(a: Floats, b: Floats, stride: int, times: int) -> None:
    for _ in range(times):
        for i in range(0, a.size, stride):
            b[i] = 3.0 / a[i]


@njit(cache=True, error_model="numpy")
def _divisions_packed(a: Floats, b: Floats, times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            b[i] = 3.0 / a[i]


# Sixteen multiplications and additions a number in four chains, so that neither loads nor latency count.
@njit(cache=True)
def _simple(a: Floats, b: Floats, stride: int, times: int) -> None:
    for _ in range(times):
        for i in range(0, a.size, stride):
            x = a[i]
            p, q, r, s = x * 1.1, x + 1.2, x * 1.3, x + 1.4
            p, q, r, s = p + x, q * x, r + x, s * x
            p, q, r, s = p * x, q + x, r * x, s + x
            b[i] = (p + q) * (r + s) + x


@njit(cache=True)
def _simple_packed(a: Floats, b: Floats, times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            x = a[i]
            p, q, r, s = x * 1.1, x + 1.2, x * 1.3, x + 1.4
            p, q, r, s = p + x, q * x, r + x, s * x
            p, q, r, s = p * x, q + x, r * x, s + x
            b[i] = (p + q) * (r + s) + x


_SIMPLE = 16


@njit(cache=True)
def _guess(choices: NDArray[np.uint8], a: Floats, b: Floats) -> None:
    for i in range(choices.size):
        # Writing to one of two places: what is not to be written cannot be computed first and left out.
        if choices[i]:
            a[i & 7] += 1.5
        else:
            b[i & 7] -= 0.5


@njit(cache=True, fastmath={"contract"})
def _triad(a: Floats, b: Floats, c: Floats, times: int) -> None:
    for _ in range(times):
        for i in range(a.size):
            a[i] = b[i] + 3.0 * c[i]


def fastest_s(work: Callable[[], object], repeats: int = 9) -> float:
    """Processor time of the fastest of several calls; the first, which compiles, does not count."""
    work()
    best = math.inf
    for _ in range(repeats):
        started = time.thread_time()
        work()
        best = min(best, time.thread_time() - started)
    return best


def triad_gb_s(kilobytes: int) -> float:
    """STREAM's triad over three arrays of that size together; 24 bytes a number, as STREAM counts."""
    n = kilobytes * 1024 // 24
    a, b, c = np.zeros(n), np.ones(n), np.ones(n)
    times = max(1, 4_000_000 // n)
    return 24 * n * times / fastest_s(lambda: _triad(a, b, c, times)) / 1e9


def _missed_branch_ns(n: int = 400_000) -> float:
    """What a wrong guess costs: random choices against the same choices sorted."""
    choices = np.random.default_rng(1).integers(0, 2, n, dtype=np.uint8)
    ordered = np.sort(choices)
    a, b = np.zeros(8), np.zeros(8)
    difference = fastest_s(lambda: _guess(choices, a, b)) - fastest_s(lambda: _guess(ordered, a, b))
    return 2.0 * difference / n * 1e9  # every other guess is wrong


def measure() -> Limits:
    """A second or two on one core."""
    chain, times, n = 2_000_000, 200, 2048
    # Every eighth number: the compiler does not pack what does not lie together, and all stays in the cache.
    a, b, stride = np.random.default_rng(1).random(n) + 1.0, np.empty(n), 8

    def each_ns(seconds: float, count: float) -> float:
        return seconds / count * 1e9

    return Limits(
        addition_chained_ns=each_ns(fastest_s(lambda: _add_chained(1.0, chain)), chain),
        root_chained_ns=each_ns(fastest_s(lambda: _root_chained(1.5, chain)), chain),
        division_chained_ns=each_ns(fastest_s(lambda: _divide_chained(1.5, chain)), chain),
        simple_alone_ns=each_ns(
            fastest_s(lambda: _simple(a, b, stride, times * stride)), times * n * _SIMPLE
        ),
        simple_packed_ns=each_ns(fastest_s(lambda: _simple_packed(a, b, times)), times * n * _SIMPLE),
        root_alone_ns=each_ns(fastest_s(lambda: _roots(a, b, stride, times * stride)), times * n),
        root_packed_ns=each_ns(fastest_s(lambda: _roots_packed(a, b, times)), times * n),
        division_alone_ns=each_ns(fastest_s(lambda: _divisions(a, b, stride, times * stride)), times * n),
        division_packed_ns=each_ns(fastest_s(lambda: _divisions_packed(a, b, times)), times * n),
        branch_missed_ns=_missed_branch_ns(),
        triad_gb_s={size: triad_gb_s(size) for size in TRIAD_KB},
    )
