"""Earthquakes on the first page: the picker always, damage and casualties where one is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.errors import RiskError, RunsMissing
from risk_api.i18n import Language, translate
from risk_api.serialise.exposure import strategy_name
from risk_api.service import Service

if TYPE_CHECKING:
    from risk_api.seismic.chain.assess import ChainAnswer


def quake_view(
    service: Service, asked: str | None, pair: Sequence[str], language: Language
) -> dict[str, Any]:
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
    view: dict[str, Any] = {"choices": choices, "asked": asked}
    if asked is not None:
        view |= _answer(service, asked, language)
        view["curve"] = _yearly(service, language)
        view["chain"] = _chain(service, asked, tuple(dict.fromkeys(pair)), language)
    return view


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


def _chain(service: Service, asked: str, strategies: Sequence[str], language: Language) -> dict[str, Any]:
    """Return what the earthquake sets off: people to be expected by district; no run is made for it here."""
    from risk_api.problems import describe
    from risk_api.seismic.chain.question import chain_question
    from risk_api.serialise.chain import district_figures, summary_text

    names = [strategy_name(service.region, name, language) for name in strategies]
    view: dict[str, Any] = {"strategies": names, "query": ",".join(strategies)}
    try:
        answer = service.chains.answer(chain_question(service.region, asked, strategies=strategies))
    except RunsMissing as missing:
        return {**view, "missing": len(missing.specs)}
    except RiskError as error:
        if error.status >= 500:
            raise
        return {**view, "problem": describe(error, language)[1]}
    rows = []
    for key, feature in service.layers.layer("districts").items():
        expected = district_figures(answer, key)["people_expected"]
        cells = [expected[name]["shaken_dams"] for name in strategies]
        if any(cell["high"] for cell in cells):
            rows.append({"name": feature.names()[language], "cells": cells})
    rows.sort(key=lambda row: -max(cell["value"] or 0.0 for cell in row["cells"]))
    return {
        **view,
        "text": summary_text(answer, language),
        "rows": rows,
        "mudflows": _mudflows(service, answer, strategies, language),
        "dams": _shaken(service, answer, language),
    }


def _mudflows(
    service: Service, answer: ChainAnswer, strategies: Sequence[str], language: Language
) -> list[dict[str, Any]]:
    """Return each mudflow, likeliest first, with the runs that show what shaken dams change."""
    from risk_api.serialise.chain import band

    flows = []
    for one in sorted(answer.mudflows, key=lambda flow: -flow.probability[1]):
        runs = {name: one.run_ids[name] for name in strategies}
        flows.append(
            {
                "id": one.id,
                "name": service.region.scenarios[one.id].names[language],
                "probability": band(one.probability),
                "runs": [
                    {"name": strategy_name(service.region, name, language), **states}
                    for name, states in runs.items()
                ],
            }
        )
    return flows


def _shaken(service: Service, answer: ChainAnswer, language: Language) -> list[dict[str, Any]]:
    """Return what the earthquake does to each dam that stands on the way of a mudflow, once for its state."""
    harmed = {(one.id, one.state): one for one in answer.dams}
    return [
        {
            "name": service.region.dam_sites[one.id].names[language],
            "pga_g": one.place.at_dam_g,
            "settlement_m": one.harm.settlement_m,
            "blocked_share": one.harm.blocked_share,
            "damage": [translate(language, f"shaking.damage.{name}") for name in one.harm.damage],
        }
        for one in harmed.values()
    ]


def _yearly(service: Service, language: Language) -> str:
    """Return the city's deaths by how often they are exceeded, once that is worked out; it takes seconds."""
    from risk_api.pages.exceedance import exceedance_svg
    from risk_api.seismic.damage.curves import Branch
    from risk_api.seismic.risk.annual import LEVELS, OUTCOMES

    tables = service.quakes.annual_made
    if tables is None:
        return ""
    column = OUTCOMES.index("deaths")
    curves = {
        translate(language, "map.quake.curve.mean"): tables.exceeded[-1, column].tolist(),
        **{
            translate(language, f"quake.branch.{branch}"): tables.exceeded_of[branch][-1, column].tolist()
            for branch in Branch
        },
    }
    return exceedance_svg(
        LEVELS.tolist(),
        curves,
        translate(language, "map.quake.curve"),
        translate(language, "map.quake.axes"),
        language,
    )


def _figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    both = summary["both"]
    return {
        "mmi": summary["shaking"]["mmi"] if "shaking" in summary else None,
        "destroyed": both["buildings_destroyed"],
        "displaced": both["people_displaced"],
        "deaths": both["casualties"]["night"]["severity_4"],
    }
