"""The field table of what an earthquake does to the districts: one row a district, a band a column.

Columns with a branch in their name are that branch's mean; the others are the mixture of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geodata.layers import FIELDS, Field
from risk_api.features.fields import made

if TYPE_CHECKING:
    from risk_api.seismic.answers import QuakeAnswer
    from risk_api.seismic.damage.summary import Summary
    from risk_api.serialise.features import Feature

_BAND: Final = ("low", "mid", "high", "mean")
#: Column, its unit, and the outcome that it shows; people hurt are those at night.
_OUTCOMES: Final = (
    ("deaths", "people", "severity_4"),
    ("life_threatened", "people", "severity_3"),
    ("hospital", "people", "severity_2"),
    ("first_aid", "people", "severity_1"),
    ("displaced", "people", "displaced"),
    ("buildings_destroyed", "buildings", "destroyed"),
    ("buildings_unusable", "buildings", "unusable"),
)
_SHAKING: Final = (("pga_g", "g"), ("mmi", "degree"), ("msk_kz", "degree"))
_DISTRICT: Final = ("name_kk", "name_ru", "name_en", "kato", "population")


def earthquake_fields() -> tuple[Field, ...]:
    """Return the columns of a district's losses in one earthquake."""
    district = {field.name: field for field in FIELDS["districts"]}
    bands = [
        made(f"{name}_{part}", "float", unit, f"quake.{name}_{part}")
        for names, parts in ((_OUTCOMES, _BAND), (_SHAKING, _BAND[:3]))
        for name, unit, *_ in names
        for part in parts
    ]
    branches = [
        made(f"{name}_{branch}_mean", "float", unit, f"quake.{name}_{branch}_mean")
        for branch in ("macroseismic", "fragility")
        for name, unit in (("deaths", "people"), ("buildings_destroyed", "buildings"))
    ]
    return (
        made("name"),
        *(district[name] for name in _DISTRICT),
        made("population_precision"),
        made("buildings", "float", "buildings", "quake.buildings"),
        *bands,
        *branches,
        made("scenario"),
        made("answer_id", key="quake.answer_id"),
    )


def earthquake_columns(answer: QuakeAnswer, summary: Summary, district: Feature) -> dict[str, Any]:
    """Return one district's row."""
    from risk_api.seismic.damage.assumptions import damage_assumptions
    from risk_api.serialise.quake import figure

    night = damage_assumptions().value("at_home_night")
    row: dict[str, Any] = {name: district.properties.get(name) for name in _DISTRICT}
    row["population_precision"] = district.properties.get("precision")
    row["buildings"] = figure(summary.buildings)
    for name, _, outcome in _OUTCOMES:
        factor = night if outcome.startswith("severity") else 1.0
        band = summary.both[outcome].times(factor)
        row |= {f"{name}_{part}": figure(getattr(band, part)) for part in _BAND}
        if name in ("deaths", "buildings_destroyed"):
            for branch, outcomes in summary.branches.items():
                row[f"{name}_{branch}_mean"] = figure(outcomes[outcome].mean * factor)
    for name, _ in _SHAKING:
        if summary.shaking:
            row |= {f"{name}_{part}": round(getattr(summary.shaking[name], part), 3) for part in _BAND[:3]}
    row["scenario"] = answer.scenario.id if answer.scenario else None
    row["answer_id"] = answer.id
    return row
