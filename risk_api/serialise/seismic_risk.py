"""Yearly earthquake losses as GeoJSON and as a table: averages, losses by return period, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from risk_api import __version__
from risk_api.i18n import Language, translate
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.risk.annual import LEVELS, OUTCOMES, Floats
from risk_api.seismic.risk.events import DRAWS, SEED
from risk_api.seismic.risk.tables import PERIODS_YEARS, RiskTables
from risk_api.serialise.features import Feature
from risk_api.serialise.quake import figure
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region

#: Levels of a curve that are given: 4 to a decade are enough to draw it.
_EVERY: Final = 5
#: Outcomes of people at home; the hour scales them.
_HURT: Final = frozenset({"deaths", "hospital"})


def risk_row(tables: RiskTables, place: int, people: float) -> dict[str, Any]:
    """Return what is said of one district, or of the city (the last place)."""
    per_head = tables.average[place, OUTCOMES.index("deaths")] / max(people, 1.0)
    return {
        "population": figure(people),
        "average_per_year": {name: _average(tables, place, name) for name in OUTCOMES},
        "deaths_per_100000_per_year": round(1e5 * float(per_head), 3),
        "by_return_period": {
            f"{period:g}": {name: _loss(tables, place, name, period) for name in OUTCOMES}
            for period in PERIODS_YEARS
        },
    }


def risk_curves(tables: RiskTables, place: int) -> dict[str, Any]:
    """Return the exceedance curves of one district, or of the city."""
    return {
        name: {
            "exceeded_per_year": _rates(tables.exceeded[place, column]),
            **{str(branch): _rates(tables.exceeded_of[branch][place, column]) for branch in Branch},
        }
        for column, name in enumerate(OUTCOMES)
    }


def _average(tables: RiskTables, place: int, name: str) -> dict[str, float]:
    column = OUTCOMES.index(name)
    found: dict[str, float] = {
        "low": _short(tables.average_low[place, column]),
        "mean": _short(tables.average[place, column]),
        "high": _short(tables.average_high[place, column]),
        **{str(branch): _short(tables.average_of[branch][place, column]) for branch in Branch},
    }
    if name in _HURT:
        share = damage_assumptions().value("at_home_all_hours")
        found["mean_all_hours"] = _short(share * tables.average[place, column])
    return found


def _loss(tables: RiskTables, place: int, name: str, period: float) -> dict[str, float]:
    column = OUTCOMES.index(name)
    return {
        "low": figure(float(tables.losses_low[period][place, column])),
        "mean": figure(float(tables.losses[period][place, column])),
        "high": figure(float(tables.losses_high[period][place, column])),
        **{str(branch): figure(float(tables.losses_of[branch][period][place, column])) for branch in Branch},
    }


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _rates(rates: Floats) -> list[float]:
    return [_short(float(value)) for value in rates[::_EVERY]]


def risk_features(
    tables: RiskTables, people: Mapping[str, float], districts: Mapping[str, Feature]
) -> list[Feature]:
    """Return one feature per district."""
    features = []
    for place, name in enumerate(tables.risk.district_ids):
        known = districts[name]
        features.append(
            Feature(
                name,
                known.geometry,
                {
                    **{key: known.properties.get(key) for key in ("name_kk", "name_ru", "name_en", "kato")},
                    "population_precision": known.properties.get("precision"),
                    **risk_row(tables, place, people[name]),
                    "curves": risk_curves(tables, place),
                },
            )
        )
    return features


def risk_members(
    tables: RiskTables, people: Mapping[str, float], region: Region, language: Language
) -> dict[str, Any]:
    """Return what the collection says about the whole: city, branches and their shares, assumptions."""
    risk, assumed = tables.risk, damage_assumptions()
    place = len(risk.district_ids)
    return {
        "city": {**risk_row(tables, place, sum(people.values())), "curves": risk_curves(tables, place)},
        "levels": [_short(float(level)) for level in LEVELS[::_EVERY]],
        "outcomes": {name: translate(language, f"quake.risk.{name}") for name in OUTCOMES},
        "bands": translate(language, "quake.risk.bands"),
        "branches": {
            "sources": {branch.id: round(branch.share, 4) for branch in risk.tree.branches},
            "damage": dict(assumed.branch_shares),
            "variants": dict(assumed.variant_shares),
        },
        "assumptions": [
            {
                "id": entry.id,
                "title": entry.title[language],
                "value": entry.value,
                "low": entry.low,
                "high": entry.high,
                "unit": entry.unit,
                "drawn": entry.drawn,
                "source": entry.source,
                "why": entry.why[language],
            }
            for entry in assumed.entries.values()
        ],
        "notes": [translate(language, f"quake.note.{key}") for key in ("hours", "homes")],
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
            "draws_per_rupture_and_model": DRAWS,
            "seed": SEED,
        },
    }


def risk_csv(features: Sequence[Feature], language: Language) -> bytes:
    """Return averages and losses by return period as CSV, a row per district and outcome."""
    rows: list[dict[str, Any]] = []
    for feature in features:
        properties = feature.properties
        for name in OUTCOMES:
            row = {"district": feature.id, "name": feature.names()[language], "outcome": name}
            row |= {f"average_per_year_{key}": v for key, v in properties["average_per_year"][name].items()}
            for period, losses in properties["by_return_period"].items():
                row |= {f"loss_{period}_years_{key}": value for key, value in losses[name].items()}
            rows.append(row)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return csv_bytes(columns, rows)


def people_of(district_ids: Sequence[str], people: Floats) -> dict[str, float]:
    """Return the people of every district by its id."""
    return dict(zip(district_ids, np.asarray(people).tolist(), strict=True))
