"""Earthquakes on the first page: the picker always, damage and casualties where one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_api.i18n import Language, translate
from risk_api.service import Service


def quake_view(service: Service, asked: str | None, language: Language) -> dict[str, Any]:
    """Return the earthquakes that can be asked for and, where one is, its districts, worst first.

    Raises
    ------
    UnknownScenario
        If there is no such earthquake.
    """
    from risk_api.seismic.scenarios import seismic_scenarios

    choices = [
        {"id": key, "name": found.titles[language], "chosen": key == asked}
        for key, found in seismic_scenarios().items()
    ]
    return {"choices": choices, "asked": asked, **(_answer(service, asked, language) if asked else {})}


def _answer(service: Service, asked: str, language: Language) -> dict[str, Any]:
    from risk_api.problems import describe
    from risk_api.seismic.errors import NoBuildingStock
    from risk_api.serialise.quake import marks, summary_json

    try:
        answer = service.quakes.scenario(asked)
    except NoBuildingStock as error:
        return {"problem": describe(error, language)[1]}
    features = service.layers.layer("districts")
    rows = [
        {
            "id": summary.id,
            "name": features[summary.id].names()[language],
            **_figures(summary_json(summary, answer.official[summary.id])),
        }
        for summary in answer.districts
    ]
    rows.sort(key=lambda row: -row["deaths"]["mid"])
    scenario = answer.scenario
    return {
        "name": scenario.titles[language] if scenario is not None else asked,
        "magnitude": answer.rupture.magnitude,
        "rows": rows,
        "city": _figures(summary_json(answer.city, answer.official["city"])),
        "answer_id": answer.id,
        "notes": [
            translate(language, "quake.bands"),
            translate(language, "quake.stock_note"),
            *(translate(language, f"quake.note.{key}") for key in ("day", "homes")),
            *(mark["text"] for mark in marks(answer, language)),
        ],
    }


def _figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    both = summary["both"]
    return {
        "mmi": summary["shaking"]["mmi"] if "shaking" in summary else None,
        "destroyed": both["buildings_destroyed"],
        "displaced": both["people_displaced"],
        "deaths": both["casualties"]["night"]["severity_4"],
    }
