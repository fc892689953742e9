"""The earthquake part of what is said about one district."""

from __future__ import annotations

from typing import Any, Final

from risk_api.i18n import Language, translate
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.summary import Outcome, Summary
from risk_api.seismic.scenarios import seismic_scenarios
from risk_api.serialise.quake import band_json
from risk_api.serialise.seismic_risk import people_of, risk_row

#: Members of the short form, and the outcome that each shows.
_SHORT: Final = {"buildings_destroyed": "destroyed", "people_displaced": "displaced"}


def earthquake_part(answers: QuakeAnswers, district_id: str, language: Language) -> dict[str, Any] | None:
    """Return what every named earthquake does to one district; None where nobody knows its buildings."""
    if not answers.possible:
        return None
    return {
        "scenarios": [
            {
                "id": name,
                "name": scenario.titles[language],
                "magnitude": scenario.figures["magnitude"].value,
                **_short(answers.district(name, district_id)),
            }
            for name, scenario in seismic_scenarios().items()
        ],
        "bands": translate(language, "quake.bands"),
        "annual": _annual(answers, district_id),
        "annual_note": None if answers.annual_made else translate(language, "quake.annual_waits"),
        "annual_bands": translate(language, "quake.risk.bands"),
        "links": [
            {"rel": "related", "href": "/v1/seismic/exposure"},
            {"rel": "related", "href": "/v1/seismic/risk"},
        ],
    }


def _annual(answers: QuakeAnswers, district_id: str) -> dict[str, Any] | None:
    """Return the yearly losses where they are worked out: this answer does not wait for them."""
    tables = answers.annual_made
    if tables is None:
        return None
    place = tables.risk.district_ids.index(district_id)
    people = people_of(answers.stock.district_ids, answers.stock.people.sum(axis=1))[district_id]
    return risk_row(tables, place, people)


def _short(summary: Summary) -> dict[str, Any]:
    return {
        "mmi": band_json(summary.shaking["mmi"], 1) if summary.shaking else None,
        "branches": {branch: _outcome(outcome) for branch, outcome in summary.branches.items()},
        "both": _outcome(summary.both),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    night = damage_assumptions().value("at_home_night")
    return {
        **{member: band_json(outcome[name]) for member, name in _SHORT.items()},
        "deaths_night": band_json(outcome["severity_4"].times(night)),
    }
