"""What five dams did, by the model and by what was published: the table "What the past says" of docs/dams.md.

python -m benchmarks.dam_events [region]     five minutes on one core

Opening sizes are unpublished: agreement is consistency, not validation.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np

from dam_models import DamRecord, Settings, simulate
from geodata import Region, open_region
from risk_api.runs import plan
from risk_api.runs.make import REST_SPEED_M_S, rheology_of
from risk_api.runs.placing import place_dams, release_of

HOUR_S = 3600.0


@dataclass(frozen=True)
class Event:
    """A dam on a day: the scenario and the states that give it, what was published, what the model says."""

    title: str
    scenario: str
    strategy: str
    dam: str
    hours: float
    published: str
    model: Callable[[DamRecord], str]


def held(record: DamRecord) -> str:
    """What arrived and how full the bowl is with it."""
    full = record.stored_max_m3 / record.capacity_m3
    return (
        f"{million(record.inflow_m3)} arrive, at most {record.inflow_m3_s.max():.0f} m³/s; "
        f"at most {million(record.stored_max_m3)} held, {100 * full:.0f} % of {million(record.capacity_m3)}, "
        f"{million(record.stored_end_m3)} in the end; "
        f"{million(record.overflow_m3)} over the crest"
    )


def passed(record: DamRecord) -> str:
    """What is held, and what goes on below: how much, how fast, how muddy."""
    out = record.overflow_m3 + record.passed_m3
    solids = record.solids_out_m3 / out if out > 0.0 else 0.0
    lowest = record.freeboard_min_m
    return (
        f"{held(record)}; {million(record.passed_m3)} through the openings, at most "
        f"{record.passed_m3_s.max():.1f} m³/s, with {solids:.2f} of solids "
        f"({arriving_solids(record):.2f} arrive); least freeboard {lowest:.1f} m"
        f"{clogged(record)}"
    )


def clogged(record: DamRecord) -> str:
    """How far the first tier of openings is blocked, and when it was by a half."""
    first = record.openings[0]
    if first.blocked_share_end == 0.0:
        return ""
    half, blocked = minutes(first.half_blocked_s), first.blocked_share_end
    return f"; the first openings blocked by {blocked:.2f} in the end, by a half after {half}"


def failed(record: DamRecord) -> str:
    """When the fill was overtopped and carried away, how far, and what came through."""
    assert record.breach is not None, f"{record.name} is no fill that can be carried away"
    breach, bowl = record.breach, million(record.capacity_m3)
    began_m = float(np.nanmax(breach.bottom_elevation_m))
    return (
        f"{million(record.inflow_m3)} arrive, at most {record.inflow_m3_s.max():.0f} m³/s, into a bowl of "
        f"{bowl}; over the crest after {minutes(record.first_overflow_s)}, the breach begins after "
        f"{minutes(breach.start_s)}; {million(breach.eroded_m3)} carried away, "
        f"{million(breach.eroded_fill_m3)} of it taken up; the notch {breach.final_bottom_width_m:.0f} m "
        f"wide at its bottom, {began_m - breach.final_bottom_elevation_m:.1f} m below its beginning; at most "
        f"{breach.peak_m3_s:.0f} m³/s through it; {million(record.stored_end_m3)} left in the bowl"
    )


def minutes(time_s: float) -> str:
    """Time in minutes, or that it never was."""
    return "never" if isnan(time_s) else f"{time_s / 60.0:.1f} min"


def arriving_solids(record: DamRecord) -> float:
    """Share of solids in what came."""
    return record.solids_in_m3 / record.inflow_m3 if record.inflow_m3 > 0.0 else 0.0


def million(volume_m3: float) -> str:
    """Volume in Mm³, in thousands where it is small."""
    return f"{volume_m3 / 1e6:.2f} Mm³" if volume_m3 >= 1e5 else f"{volume_m3 / 1e3:.1f} thousand m³"


EVENTS = (
    Event(
        "Medeu, 15 July 1973, bowl of that day",
        "tuyuksu-1973",
        "then",
        "medeu",
        3.0,
        "5.3 Mm³ held of 6.2 Mm³ (85 %; about 70 % after 3 h), 10,000 m³/s on the way",
        held,
    ),
    Event(
        "Medeu, the same flow, today's bowl",
        "tuyuksu-1973",
        "no-dams",
        "medeu",
        3.0,
        "about 12 Mm³: holds it easily",
        held,
    ),
    Event(
        "Mynzhylky, 15 July 1973",
        "tuyuksu-1973",
        "then",
        "mynzhylky",
        3.0,
        "nothing found on what happened to the fill",
        failed,
    ),
    Event(
        "Aksai, unfinished, an outburst of its lakes",
        "aksai-lake-outburst",
        "aksai-unfinished",
        "aksai",
        6.0,
        "never happened; feared: a pool, a breach, a second flow with eroded fill",
        failed,
    ),
    Event(
        "Ayusai, 21 July 2023",
        "kumbelsu-rain-2023-07-21",
        "then",
        "ayusai",
        4.0,
        "1.5 to 5, at most 10 m³/s; the first tier of openings clogs, the pool begins to fill",
        passed,
    ),
    Event(
        "Kargaly, 23 July 2015",
        "kargaly-2015-official",
        "then",
        "kargaly",
        8.0,
        "bowl of 1.2 Mm³ about half full, undamaged; boulders held, liquid mud below it at 10 to 12 m³/s",
        passed,
    ),
)


def records_of(region: Region, scenario: str, strategy: str, hours: float) -> Sequence[DamRecord]:
    """Run a scenario as the service would, without counting, for some hours."""
    values = plan(region, scenario, strategy).values
    grid = region.terrain(values["cell_size_m"])
    placed = place_dams(region, grid, values)
    result = simulate(
        placed.bed_m,
        grid.cell_size_m,
        [release_of(region, grid, values["scenario"])],
        rheology_of(values),
        placed.dams,
        duration_s=hours * HOUR_S,
        settings=Settings(order=values["order"], rest_speed_m_s=REST_SPEED_M_S),
    )
    return result.dams


def main() -> None:
    """Print the rows one by one."""
    named = sys.argv[1] if len(sys.argv) > 1 else "almaty"
    region = open_region(Path(named) if Path(named).is_dir() else named)
    made: dict[tuple[str, str, float], Sequence[DamRecord]] = {}
    for event in EVENTS:
        run = event.scenario, event.strategy, event.hours
        if run not in made:
            made[run] = records_of(region, *run)
        record = next(one for one in made[run] if one.name == event.dam)
        cells = event.title, event.published, event.model(record)
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
