"""Where threads that share one call wait for each other.

Every thread has a number of its own that it raises when it arrives, a line of the cache away from that of the
next, and looks at those of the others until all have arrived. That takes less than a microsecond where every
thread has a core; a thread that has to wait long lets others have its core. One that cannot come leaves word
that the call is abandoned, and nobody waits for it.
"""

import sys

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dam_models.kernels.compiled import inlined, kernel
from dam_models.kernels.fields import CHUNK, WholeNumbers

APART = 16
"""Whole numbers from the place of one thread to that of the next: two lines of the cache."""

_PATIENCE = 2000
"""Looks before a thread lets others have its core."""

_YIELD = "SwitchToThread" if sys.platform == "win32" else "sched_yield"


@intrinsic
def _store(typing, numbers, place, value):  # type: ignore[no-untyped-def]
    """Write a number so that what was written before is seen by whoever reads it."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        builder.store_atomic(arguments[2], pointer, "release", 8)
        return context.get_dummy_value()

    return types.void(numbers, types.int64, types.int64), generate


@intrinsic
def _load(typing, numbers, place):  # type: ignore[no-untyped-def]
    """Read a number that another thread writes."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        return builder.load_atomic(pointer, "acquire", 8)

    return types.int64(numbers, types.int64), generate


@intrinsic
def _step_aside(typing):  # type: ignore[no-untyped-def]
    """Let another thread have the core."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(ir.IntType(32), [])
        step_aside = cgutils.get_or_insert_function(builder.module, kind, _YIELD)  # type: ignore[no-untyped-call]
        builder.call(step_aside, [])
        return context.get_dummy_value()

    return types.void(), generate


def meeting_places(team: int) -> WholeNumbers:
    """Where a team of threads meets: a place for each, and one for the word that the call is abandoned."""
    return np.zeros((team + 1) * APART, dtype=np.int64)


def abandon(places: WholeNumbers) -> None:
    """Let all who wait for others, now or later, leave."""
    places[-APART] = 1


@kernel()
def meet_others(places: WholeNumbers, rank: int, team: int) -> bool:
    """Wait until all threads of a team are here; what they wrote before is seen by all afterwards.

    Parameters
    ----------
    places : ((team + 1) * APART,) int64
        How often each thread has arrived, at its rank times `APART`; behind them whether one cannot come.
    rank, team : int
        Which of how many threads this is; one alone waits for nobody.

    Returns
    -------
    bool
        Whether the call is abandoned: others will not come, and this one has to leave.
    """
    if team == 1:
        return False
    turn = places[rank * APART] + 1
    _store(places, rank * APART, turn)  # type: ignore[call-arg]
    for other in range(team):
        looks = 0
        while _load(places, other * APART) < turn:
            if _load(places, team * APART) != 0:
                return True
            looks += 1
            if looks >= _PATIENCE:
                _step_aside()
    return False


@inlined()
def part_begin(count: int, rank: int, team: int) -> int:
    """Where the part of a thread in a list begins, which is where that of the one before it ends."""
    return count if rank == team else count * rank // team // CHUNK * CHUNK
