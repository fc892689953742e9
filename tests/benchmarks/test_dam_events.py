"""What docs/dams.md says of past events is what the model says: of the two that are quick to compute."""

import re
from pathlib import Path

import pytest

from benchmarks.dam_events import EVENTS, records_of
from geodata import Region

PAGE = Path(__file__).parents[2] / "docs" / "dams.md"


def row_of(title: str) -> str:
    """What the page says that was computed of an event."""
    (line,) = (
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {title}")
    )
    return line.split("|")[3]


def told(pattern: str, text: str) -> list[float]:
    """Numbers of the page, in the places of ``#`` of a pattern."""
    found = re.search(re.escape(pattern).replace(r"\#", r"([\d.,]+)"), text)
    assert found is not None, f"{text!r} does not say {pattern!r}"
    return [float(number.replace(",", "")) for number in found.groups()]


@pytest.mark.parametrize(
    ("title", "scenario"),
    [("Ayusai, 21 July 2023", "kumbelsu-rain-2023-07-21"), ("Kargaly, 2015", "kargaly-2015-official")],
)
def test_the_page_says_what_is_computed(almaty: Region, title: str, scenario: str) -> None:
    event = next(one for one in EVENTS if one.scenario == scenario)
    records = records_of(almaty, event.scenario, event.strategy, event.hours)
    dam = next(one for one in records if one.name == event.dam)
    text = row_of(title)
    assert dam.overflow_m3 == 0.0
    if event.dam == "ayusai":
        (most,) = told("# m³/s arrive at most", text)
        assert dam.inflow_m3_s.max() == pytest.approx(most, abs=0.5)
        stays, arrives = told("# of # m³ stay", text)
        assert (dam.stored_end_m3, dam.inflow_m3) == (
            pytest.approx(stays, 0.05),
            pytest.approx(arrives, 0.05),
        )
        (blocked,) = told("and # at the end", text)
        assert dam.openings[0].blocked_share_end == pytest.approx(blocked, abs=0.02)
    else:
        passed, most = told("# m³ pass the sluices at # m³/s at most", text)
        assert dam.passed_m3 == pytest.approx(passed, 0.05)
        assert dam.passed_m3_s.max() == pytest.approx(most, abs=0.5)
        held, share = told("# m³ in the bowl at most, # % of it", text)
        assert dam.stored_max_m3 == pytest.approx(held, 0.05)
        assert 100.0 * dam.stored_max_m3 / dam.capacity_m3 == pytest.approx(share, abs=0.6)
