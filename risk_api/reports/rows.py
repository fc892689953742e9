"""Rows of a report as people read them: soonest district first, two significant figures, whole minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_api.i18n import DASH, Language, format_number, translate
from risk_api.serialise.rounding import shown_count, shown_minutes

if TYPE_CHECKING:
    from risk_api.reports.material import Material


@dataclass(frozen=True)
class Cell:
    """One district under one strategy, as text.

    Attributes
    ----------
    minutes, exposed, affected : str
        Until the first person is reached (a dash where nobody is), people exposed, and in a class of at
        least medium intensity.
    ground : str
        Minutes until any ground of the district is reached; a dash where none is.
    reached, worse, made : bool
        Whether any ground of the district is reached, whether more people are exposed than under the first
        strategy, and whether the run is made.
    """

    minutes: str
    exposed: str
    affected: str
    ground: str
    reached: bool
    worse: bool
    made: bool = True


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
    return format_number(shown_minutes(seconds), language)


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
            cells=cells_of(list(feature.properties["strategies"].values()), language),
        )
        for feature in sorted(found.features, key=order)
    ]


def city_row(found: Material) -> Row:
    """Return the sum over the districts; no time stands for a whole city but the soonest."""
    city = [strategy["city"] for strategy in found.strategies]
    return Row("city", translate(found.language, "page.districts.city"), "", cells_of(city, found.language))


def cells_of(strategies: Sequence[Mapping[str, Any] | None], language: Language) -> tuple[Cell, ...]:
    """Return a cell per strategy of one row; None stands for a run that is not made yet."""
    first = strategies[0]["people_exposed"] if strategies and strategies[0] is not None else None
    return tuple(
        Cell(DASH, DASH, DASH, DASH, reached=False, worse=False, made=False)
        if counts is None
        else Cell(
            minutes=minutes(counts["first_person_s"], language),
            exposed=count(counts["people_exposed"], language),
            affected=count(counts["people_affected"], language),
            ground=minutes(counts["first_arrival_s"], language),
            reached=counts["first_arrival_s"] is not None,
            worse=first is not None and counts["people_exposed"] > first + 0.5,
        )
        for counts in strategies
    )


def cell_text(cell: Cell, language: Language) -> str:
    """Return a cell in two lines: minutes first, then people."""
    if not cell.made:
        return translate(language, "report.district.not_made")
    if not cell.reached:
        return translate(language, "page.districts.not_reached")
    if cell.exposed == "0":
        return translate(language, "page.districts.open_ground", count=cell.ground)
    text = translate(
        language, "report.cell.people", minutes=cell.minutes, exposed=cell.exposed, affected=cell.affected
    )
    return f"{text}\n{translate(language, 'report.cell.worse')}" if cell.worse else text


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
