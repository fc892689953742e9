"""What is counted from the source of a compiled function."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from benchmarks.counted import count


class Fields(NamedTuple):
    """Two fields of different width."""

    depth: np.ndarray
    kind: np.ndarray


@njit
def _half(x):  # type: ignore[no-untyped-def]
    return max(0.0, 0.5 * x)


@njit
def _on_fields(fields, out, scale):  # type: ignore[no-untyped-def]
    factor = scale / 3.0
    for i in range(1, out.size):
        if fields.kind[i] != 0:
            out[i] = math.sqrt(fields.depth[i] + fields.depth[i - 1]) / factor
        else:
            out[i] = _half(fields.depth[i])


DEPTH, KIND = 0, 1


@njit
def _on_table(table, chosen, out):  # type: ignore[no-untyped-def]
    depth = table[DEPTH]
    buffer = np.zeros(4)
    for k in range(chosen.size):
        i = chosen[k]
        buffer[k & 3] = depth[i]
        out[i] += buffer[k & 3] * table[KIND, i]


@njit
def _on_rows(state, chosen, field, out):  # type: ignore[no-untyped-def]
    other = field + 1
    for k in range(chosen.size):
        a = chosen[k]
        b = a + 1
        out[a, field] = state[a, DEPTH] + state[b, DEPTH] + state[a, other + KIND]


def test_a_table_may_have_its_fields_last() -> None:
    _on_rows(np.ones((5, 3)), np.zeros(4, dtype=np.uint32), 0, np.zeros((4, 1)))
    counts = count(_on_rows)
    assert counts.read == {"chosen": 4, "state[DEPTH]": 8, "state[other + KIND]": 8}
    assert counts.written == {"out[field]": 8}


def test_arrays_count_once_each_and_by_their_width() -> None:
    _on_fields(Fields(np.ones(4), np.ones(4, dtype=np.uint8)), np.ones(4), 1.0)
    counts = count(_on_fields)
    assert counts.read == {"fields.kind": 1, "fields.depth": 8}
    assert counts.written == {"out": 8}
    # 1 + 8 read, 8 written, and 8 fetched before they are written.
    assert counts.moved_bytes == 25


def test_operations_count_within_loops_and_through_helpers() -> None:
    _on_fields(Fields(np.ones(4), np.ones(4, dtype=np.uint8)), np.ones(4), 1.0)
    # The division by three stands before the loop. The comparison; the sum; the helper's product and maximum.
    assert dict(count(_on_fields).operations) == {"branch": 1, "simple": 4, "root": 1, "division": 1}


def test_fields_of_a_table_are_arrays_of_their_own_and_buffers_are_none() -> None:
    _on_table(np.ones((2, 4)), np.zeros(4, dtype=np.uint32), np.zeros(4))
    counts = count(_on_table)
    assert counts.read == {"chosen": 4, "table[DEPTH]": 8, "out": 8, "table[KIND]": 8}
    assert counts.written == {"out": 8}
    assert counts.operations["simple"] == 2


@pytest.mark.parametrize("function", [_on_fields, _on_table])
def test_nothing_is_counted_twice_when_asked_twice(function: object) -> None:
    assert count(function).operations == count(function).operations
