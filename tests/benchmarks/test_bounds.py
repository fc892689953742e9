"""From counts and the limits of a machine to the least time of a pass."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.bounds import NOTHING, Bounds, bounds
from benchmarks.counted import Counts
from benchmarks.limits import Limits

MACHINE = Limits(
    addition_chained_ns=1.0,
    root_chained_ns=7.0,
    division_chained_ns=4.0,
    simple_alone_ns=0.2,
    simple_packed_ns=0.05,
    root_alone_ns=3.0,
    root_packed_ns=0.75,
    division_alone_ns=1.5,
    division_packed_ns=0.4,
    branch_missed_ns=6.0,
    triad_gb_s={256: 100.0, 4096: 50.0, 262144: 20.0},
)
COUNTS = Counts(
    read={"h": 8, "u": 8},
    written={"h": 8, "rate": 8},
    operations=Counter({"root": 2, "division": 1, "simple": 30, "branch": 4}),
)
ALONE = {"root": False, "division": False, "simple": False}
PACKED = {"root": True, "division": True, "simple": True}


def test_bytes_divide_by_the_rate_of_the_level_that_holds_the_cells() -> None:
    # Read 16, written 16, and 8 fetched for what is only written: 40 bytes.
    assert bounds(COUNTS, ALONE, 1.0, 100.0, MACHINE).memory_ns == pytest.approx(0.4)
    assert bounds(COUNTS, ALONE, 1.0, 4096.0, MACHINE).memory_ns == pytest.approx(0.8)
    assert bounds(COUNTS, ALONE, 1.0, 4097.0, MACHINE).memory_ns == pytest.approx(2.0)
    assert bounds(COUNTS, ALONE, 1.0, 1e9, MACHINE).memory_ns == pytest.approx(2.0)


def test_operations_cost_less_where_the_compiler_packed_them() -> None:
    alone, packed = (bounds(COUNTS, how, 1.0, 100.0, MACHINE) for how in (ALONE, PACKED))
    assert (alone.divider_ns, alone.arithmetic_ns) == pytest.approx((7.5, 6.0))
    assert (packed.divider_ns, packed.arithmetic_ns) == pytest.approx((1.9, 1.5))


def test_a_pass_over_two_faces_a_cell_takes_twice_as_long() -> None:
    once, twice = (bounds(COUNTS, ALONE, elements, 100.0, MACHINE) for elements in (1.0, 2.0))
    assert once + once == twice


def test_the_tightest_limit_is_the_longest_time() -> None:
    assert Bounds(1.0, 3.0, 2.0).highest_ns == 3.0
    assert Bounds(1.0, 3.0, 2.0).binding == "divider"
    assert NOTHING + Bounds(1.0, 3.0, 2.0) == Bounds(1.0, 3.0, 2.0)


def test_the_clock_follows_from_a_chain_of_additions() -> None:
    assert MACHINE.clock_ghz == pytest.approx(3.0)
