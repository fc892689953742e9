"""From the figures of a profile to its table, its words and its picture."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from benchmarks import picture, profile_table

LIMITS = {
    "addition_chained_ns": 1.0,
    "root_chained_ns": 7.0,
    "division_chained_ns": 4.0,
    "simple_alone_ns": 0.2,
    "simple_packed_ns": 0.05,
    "root_alone_ns": 3.0,
    "root_packed_ns": 0.75,
    "division_alone_ns": 1.5,
    "division_packed_ns": 0.4,
    "branch_missed_ns": 6.0,
    "triad_gb_s": {"256": 100.0, "4096": 50.0},
}


def one_pass(
    name: str, measured_ns: float, bounds: tuple[float, float, float], packed: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "calls_per_step": 2.0,
        "measured_ns": measured_ns,
        "moved_bytes": 300.0,
        "operations": {"root": 2, "division": 1, "cube root": 1, "simple": 100},
        "packed": {"root": packed, "division": False, "simple": packed},
        "bounds": dict(zip(("memory_ns", "divider_ns", "arithmetic_ns"), bounds, strict=True)),
    }


PROFILE: dict[str, Any] = {
    "cell_m": 5.0,
    "steps": 1500,
    "wet_cells": 27000.0,
    "visited_cells": 29000.0,
    "working_set_kb": 2048.0,
    "passes": [
        one_pass("fluxes", 60.0, (6.0, 8.0, 20.0), packed=True),
        one_pass("advance", 40.0, (4.0, 15.0, 10.0), packed=False),
    ],
    "rest_ns": 25.0,
    "slides": [
        {"cells": 1000.0, "kilobytes": 300.0, "passes_ns": 150.0},
        {"cells": 26000.0, "kilobytes": 9216.0, "passes_ns": 100.0},
        {"cells": 250000.0, "kilobytes": 92160.0, "passes_ns": 110.0},
    ],
    "limits": LIMITS,
}
CODES = {
    "engine_cpu_s": {"20.0": 0.2, "10.0": 1.0},
    "plain_cpu_s": {"20.0": 0.1, "10.0": 0.9},
    "peers": [
        {"name": "Fast", "method": "particles", "cpu_s": {"10.0": 40.0}},
        {"name": "Coarse", "method": "particles", "cpu_s": {"20.0": 4.0}},
        {"name": "Bare", "method": "written for scale only", "cpu_s": {"10.0": 1.4}},
    ],
}
SAVED = {"sheets": [{"figures": CODES}, {"figures": PROFILE}, {"figures": {}}]}


def test_passes_follow_one_another_so_their_times_and_their_tightest_limits_add_up() -> None:
    assert profile_table.passes_ns(PROFILE) == 100.0
    assert profile_table.bound(PROFILE, "divider") == 23.0
    assert profile_table.highest_bound_ns(PROFILE) == 20.0 + 15.0
    assert profile_table.triad_share(PROFILE) == pytest.approx(0.10)


def test_the_table_has_a_row_per_pass_their_sum_and_the_rest() -> None:
    rows = profile_table.sheet(PROFILE).rows
    assert rows[0] == ("fluxes x 2", "60.0", "300", "4", "100", "root, simple", "6.0", "8.0", "20.0")
    assert rows[1][5] == "nothing"
    assert rows[2][:2] == ("all passes", "100.0")
    assert rows[2][6:] == ("10.0", "23.0", "30.0")
    assert rows[3][1] == "25.0"
    assert {len(row) for row in rows} == {len(profile_table.sheet(PROFILE).headings)}


def test_the_words_give_the_figures_that_they_rest_on() -> None:
    memory, branches, calls, rest = profile_table.findings(PROFILE)
    assert "600 bytes" in memory
    assert "6.0 GB/s, 10% of the triad's rate" in memory
    assert "100 ns at 9 MB and 110 ns at 90 MB" in memory
    assert "the flow costs 100 ns" in branches
    # 50 ns a cell more, times a thousand cells.
    assert "about 50 us a step" in calls
    assert "would take 35 ns a wet cell, 35% of what it takes" in rest
    assert "nothing packed: advance." in rest


def test_where_all_is_packed_the_words_say_so() -> None:
    profile = deepcopy(PROFILE)
    profile["passes"] = profile["passes"][:1]
    assert "Every pass has packed arithmetic." in profile_table.findings(profile)[3]


def test_the_picture_shows_codes_that_were_run_at_its_size_the_longest_first() -> None:
    codes, _ = picture.sheets(SAVED)
    assert list(picture.codes_at(codes).items()) == [
        ("Fast", 40.0),
        ("this engine", 1.0),
        ("plain kernel, here", 0.9),
    ]


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        picture.draw(SAVED, tmp_path / name)
    text = (tmp_path / "one.svg").read_text()
    assert text == (tmp_path / "two.svg").read_text()
    assert all(part in text for part in ("this engine", "Fast", "advance", "at least, divider"))


def test_figures_without_the_engine_are_refused() -> None:
    with pytest.raises(ValueError, match="no part `engine`"):
        picture.sheets({"sheets": [{"figures": CODES}]})
