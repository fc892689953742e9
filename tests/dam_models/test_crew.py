"""Threads that work together leave together, also where one of them cannot come."""

import subprocess
import sys
from textwrap import dedent

import pytest

PROLOGUE = """
    from dam_models.crew import Crew
    from dam_models.kernels.meeting import meet_others, meeting_places

    TEAM = 3
    places = meeting_places(TEAM)
    left = []

    def work(rank):
        if rank == FAILS:
            for _ in range(BEFORE):
                meet_others(places, rank, TEAM)
            raise KeyboardInterrupt("rank")
        for turn in range(3):
            if meet_others(places, rank, TEAM):
                left.append((rank, turn))
                return "abandoned"
        return "met"

    def met(rank):
        return [meet_others(places, rank, TEAM) for _ in range(3)]
"""
FAILS_AT_WORK = """
    with Crew(TEAM) as crew:
        try:
            crew.together(TEAM, places, work)
        except KeyboardInterrupt as error:
            assert str(error) == "rank"
        else:
            raise AssertionError("the error is lost")
        # All others have left when it comes out, and the next call begins anew.
        assert sorted(left) == [(rank, BEFORE) for rank in range(TEAM) if rank != FAILS], left
        assert crew.together(TEAM, places, met) == [False] * 3
"""
FAILS_TO_BEGIN = """
    with Crew(TEAM) as crew:
        def begin(*task):
            raise MemoryError
        last = crew._hands[-1]
        last.begin = begin
        try:
            crew.together(TEAM, places, work)
        except MemoryError:
            pass
        else:
            raise AssertionError("the error is lost")
        assert left == [(1, 0)], left
        del last.begin
        assert crew.together(TEAM, places, met) == [False] * 3
"""


def _passes(fails: int, before: int, script: str) -> None:
    # In a process of its own, as threads that wait for ever cannot be ended.
    code = f"FAILS, BEFORE = {fails}, {before}\n" + dedent(PROLOGUE) + dedent(script)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(("fails", "before"), [(0, 0), (0, 2), (2, 0)])
def test_an_error_comes_out_and_nobody_waits_for_whoever_had_it(fails: int, before: int) -> None:
    _passes(fails, before, FAILS_AT_WORK)


def test_who_has_begun_leaves_where_another_cannot_begin() -> None:
    _passes(-1, 0, FAILS_TO_BEGIN)


INTERRUPTED_RUN = """
    import numpy as np
    from dam_models import Manning, Release, Settings, simulate
    from dam_models import crew
    from dam_models.kernels import march, tile_march

    crew._SMALLEST_SHARE = 64
    bed = 500.0 - np.broadcast_to(2.0 * np.arange(60.0), (45, 60))
    lake = np.zeros(bed.shape)
    lake[15:30, 10:28] = 6.0
    calls = []
    for module in (march, tile_march):
        def failing(rank, *more, plain=module.march):
            calls.append(rank)
            if rank == 0 and calls.count(0) == 2:
                raise KeyboardInterrupt("now")
            return plain(rank, *more)
        module.march = failing
    for order in (1, 2):
        calls.clear()
        try:
            simulate(bed, 20.0, [Release.pool(lake)], Manning(0.05), duration_s=200.0,
                     settings=Settings(order=order, threads=2))
        except KeyboardInterrupt as error:
            assert str(error) == "now"
        else:
            raise AssertionError("the error is lost")
        assert calls.count(1) == 2, "threads go together"
"""


def test_a_run_that_is_interrupted_before_its_threads_meet_ends() -> None:
    code = dedent(INTERRUPTED_RUN)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=80, check=False
    )
    assert ended.returncode == 0, ended.stderr
