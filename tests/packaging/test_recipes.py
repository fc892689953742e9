"""The recipes of the engine run as they stand, and give what they are there to show."""

import re
from pathlib import Path

import numpy as np


def test_the_recipes_run_top_to_bottom(repository: Path) -> None:
    text = (repository / "docs" / "engine.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) == 12
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
    for run in (quick, well):
        assert np.isfinite(run.depth_max_m).all()  # type: ignore[attr-defined]
    assert len(set(np.round(seen["ends"], 6))) == len(seen["laws"])  # type: ignore[arg-type, call-overload]
