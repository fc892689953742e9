"""The recipes of the engine run as they stand, and give what they are there to show."""

import re
from pathlib import Path

import numpy as np
import pytest


def test_the_recipes_run_top_to_bottom(repository: Path) -> None:
    text = (repository / "docs" / "engine.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) == 14
    seen: dict[str, object] = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"docs/engine.md, block {number}", "exec"), seen)
    held, quick, well = seen["held"], seen["quick"], seen["well"]
    record = held.dams[0]  # type: ignore[attr-defined]
    assert record.inflow_m3 > record.stored_end_m3 > 0.0
    assert record.passed_m3 > 0.0
    peaks, piped = seen["peaks"], seen["piped"]
    assert peaks == sorted(peaks)  # type: ignore[type-var]
    assert peaks[2] > 1.5 * peaks[1]  # type: ignore[index]
    assert 60.0 == piped.dams[0].breach.start_s < piped.dams[0].breach.collapse_s  # type: ignore[attr-defined]
    bowl, lower, pool = seen["bowl"], seen["lower"], seen["level_pool"]
    # The engine counts to the weir, the table to the crest above it.
    assert lower.capacity_m3 == pytest.approx(record.capacity_m3)  # type: ignore[attr-defined]
    assert lower.capacity_m3 < bowl.capacity_m3 < seen["published"].capacity_m3  # type: ignore[attr-defined]
    total = pool.overflow_m3 + pool.passed_m3 + pool.stored_m3[-1]  # type: ignore[attr-defined]
    assert total == pytest.approx(pool.inflow_m3)  # type: ignore[attr-defined]
    assert pool.overflow_m3 > 0.0  # type: ignore[attr-defined]
    low, upper = seen["clogged"].dams[0].openings  # type: ignore[attr-defined]
    assert low.blocked_share_end == pytest.approx(seen["law"].blocked_share(low.arrived_solids_m3))  # type: ignore[attr-defined]
    assert 0.0 < low.blocked_share_end < 0.8
    assert low.passed_m3 > upper.passed_m3
    assert seen["muddy"].openings[0].blocked_share_end > 0.79  # type: ignore[attr-defined]
    for run in (quick, well):
        assert np.isfinite(run.depth_max_m).all()  # type: ignore[attr-defined]
    assert len(set(np.round(seen["ends"], 6))) == len(seen["laws"])  # type: ignore[arg-type, call-overload]
