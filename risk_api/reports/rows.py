"""Rows of a report as people read them: soonest district first, two significant figures, whole minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_api.i18n import DASH, Language, format_number, translate
from risk_api.serialise.rounding import shown_count

if TYPE_CHECKING:
    from risk_api.reports.material import Material


@dataclass(frozen=True)
class Cell:
    """One district under one strategy, as text.

    Attributes
    ----------
    minutes, exposed, affected, strong : str
        Until the first person is reached ("" where nobody is), people exposed, in a class of at least
        medium intensity, in the strongest class; a dash where the ground is not reached.
    worse : bool
        Whether more people are exposed than under the first strategy.
    reached : bool
        Whether any ground of the district is.
    """

    minutes: str
    exposed: str
    affected: str
    strong: str
    worse: bool
    reached: bool


@dataclass(frozen=True)
class Row:
    """A district: its name, its population, a cell per strategy."""

    id: str
    name: str
    population: str
    cells: tuple[Cell, ...]


def count(value: float | None, language: Language) -> str:
    """Return a count of people with the two figures that it is worth."""
    return format_number(shown_count(value), language)


def minutes(seconds: float | None, language: Language) -> str:
    """Return whole minutes, cut: never later than computed; a dash for never."""
    return DASH if seconds is None else format_number(int(seconds // 60.0), language)


def district_rows(found: Material) -> list[Row]:
    """Return a row per district: soonest reached first, then most people in the strongest class."""
    strongest = found.members["scheme"]["classes"][0]["id"]
    language = found.language

    def order(feature: Any) -> tuple[float, float, str]:
        counts = list(feature.properties["strategies"].values())
        times = [one["first_person_s"] for one in counts if one["first_person_s"] is not None]
        strong = max(one["people_by_class"][strongest] for one in counts)
        return (min(times, default=float("inf")), -strong, str(feature.id))

    return [
        Row(
            id=str(feature.id),
            name=feature.names()[language],
            population=count(feature.properties["population"], language),
            cells=_cells(list(feature.properties["strategies"].values()), strongest, language),
        )
        for feature in sorted(found.features, key=order)
    ]


def city_row(found: Material) -> Row:
    """Return the sum over the districts; no time stands for a whole city but the soonest."""
    strongest = found.members["scheme"]["classes"][0]["id"]
    language = found.language
    cells = []
    for strategy in found.strategies:
        times = [
            feature.properties["strategies"][strategy["id"]]["first_person_s"] for feature in found.features
        ]
        reached = [time for time in times if time is not None]
        cells.append(
            {
                **strategy["city"],
                "first_person_s": min(reached, default=None),
                "first_arrival_s": min(
                    (
                        time
                        for feature in found.features
                        if (time := feature.properties["strategies"][strategy["id"]]["first_arrival_s"])
                        is not None
                    ),
                    default=None,
                ),
            }
        )
    return Row(
        "city",
        translate(language, "page.districts.city"),
        "",
        _cells(cells, strongest, language),
    )


def _cells(strategies: Sequence[Mapping[str, Any]], strongest: str, language: Language) -> tuple[Cell, ...]:
    first = strategies[0]["people_exposed"]
    return tuple(
        Cell(
            minutes=minutes(counts["first_person_s"], language),
            exposed=count(counts["people_exposed"], language),
            affected=count(counts["people_affected"], language),
            strong=count(counts["people_by_class"][strongest], language),
            worse=counts["people_exposed"] > first + 0.5,
            reached=counts["first_arrival_s"] is not None,
        )
        for counts in strategies
    )


@dataclass(frozen=True)
class DamLine:
    """What one dam did with the flow under one strategy, m3 as text."""

    dam: str
    strategy: str
    state: str
    inflow: str
    stored: str
    passed: str
    overflow: str


def dam_lines(found: Material) -> list[DamLine]:
    """Return a line per dam and run, in the order that the flow meets them; shared runs stand once."""
    language = found.language
    lines: dict[tuple[str, str], DamLine] = {}
    for strategy in found.strategies:
        for record in strategy["dams"]:
            if record["state"] == "absent":
                continue
            key = (str(record["id"]), str(strategy["run_id"]))
            if key in lines:
                continue
            volumes = (record.get(name) for name in ("inflow_m3", "stored_m3", "passed_m3", "overflow_m3"))
            lines[key] = DamLine(
                str(record["name"]),
                str(strategy["name"]),
                translate(language, f"dam_state.{record['state']}"),
                *(count(value, language) for value in volumes),
            )
    return list(lines.values())
