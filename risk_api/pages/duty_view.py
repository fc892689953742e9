"""The first screen: which districts, how soon, how many, under the two strategies that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.answers import Question
from risk_api.errors import BadParameter
from risk_api.i18n import Language, translate
from risk_api.pages.bars import district_bars_svg
from risk_api.pages.map_view import class_styles
from risk_api.serialise.exposure import strategy_name
from risk_api.service import Service

if TYPE_CHECKING:
    from risk_api.exposure import Comparison


def asked_pair(service: Service, names: Sequence[str], question: Question) -> tuple[str, str]:
    """Return the two strategies that stand beside each other.

    Without a wish they are the first one and the next that is another run: a flow that meets none of the
    dams in which two strategies differ would show the same twice.

    Raises
    ------
    BadParameter
        If another number than two is named.
    """
    if names and len(names) != 2:
        raise BadParameter("compare", "names two strategies", reason_key="two_strategies")
    if names:
        return names[0], names[1]
    first, *others = question.strategies
    runs = {
        name: service.answers.spec(question.scenario, name, quality=question.quality).id
        for name in question.strategies
    }
    other = next((name for name in others if runs[name] != runs[first]), None)
    return first, other or (others[0] if others else first)


def with_pair(service: Service, question: Question, pair: tuple[str, str]) -> Question:
    """Return the question with both strategies of the pair in it, each name checked."""
    missing = [name for name in dict.fromkeys(pair) if name not in question.strategies]
    if not missing:
        return question
    return service.answers.question(
        question.scenario, (*question.strategies, *missing), question.scheme, quality=question.quality
    )


def duty_view(
    service: Service, comparison: Comparison, pair: tuple[str, str], language: Language
) -> dict[str, Any]:
    """Return the first table: districts reached, soonest first, then most people in the worst class."""
    scheme = comparison.scheme
    worst = scheme.classes[0]
    features = service.layers.layer("districts")
    titles = [strategy_name(service.region, name, language) for name in pair]
    rows: list[dict[str, Any]] = []
    spared: list[dict[str, Any]] = []
    for entry in comparison.districts:
        cells = [_cell(entry.strategies[name], worst) for name in pair]
        bars = [
            {"name": title, "people_by_class": entry.strategies[name]["people_by_class"]}
            for name, title in zip(pair, titles, strict=True)
        ]
        row = {"id": entry.id, "name": features[entry.id].names()[language], "cells": cells, "bars": bars}
        (rows if any(cell["reached"] for cell in cells) else spared).append(row)
    rows.sort(key=_urgency)
    runs = list(dict.fromkeys(comparison.run_ids[name] for name in pair))
    created = [str(service.store.open(run_id).summary["lineage"]["created"]) for run_id in runs]
    return {
        "rows": rows,
        "spared": [row["name"] for row in spared],
        "city": [
            {**comparison.city[name], "worst": _people_in(comparison.city[name], worst)} for name in pair
        ],
        "worst_name": scheme.class_names[worst][language],
        "strategies": [{"id": name, "name": title} for name, title in zip(pair, titles, strict=True)],
        "bars": district_bars_svg(
            [row for row in rows if any(cell["exposed"] >= 0.5 for cell in row["cells"])],
            class_styles(scheme, language),
            translate(language, "map.bars"),
            language,
        ),
        "runs": runs,
        "cell_size_m": comparison.cell_size_m,
        "quality": translate(language, f"answer.quality.{comparison.quality.id}"),
        "is_preview": comparison.quality.id == "preview",
        "computed": max(created)[:16].replace("T", " "),
    }


def _cell(counts: Mapping[str, Any], worst: str) -> dict[str, Any]:
    return {
        "reached": counts["first_arrival_s"] is not None,
        "first_arrival_s": counts["first_arrival_s"],
        "first_person_s": counts["first_person_s"],
        "exposed": counts["people_exposed"],
        "worst": _people_in(counts, worst),
    }


def _people_in(counts: Mapping[str, Any], name: str) -> float | None:
    by_class = counts.get("people_by_class")
    return None if by_class is None else float(by_class.get(name, 0.0))


def _urgency(row: Mapping[str, Any]) -> tuple[float, float, float]:
    """Order by the first person reached, then by people in the worst class; open ground comes last."""
    people = [cell["first_person_s"] for cell in row["cells"] if cell["first_person_s"] is not None]
    ground = [cell["first_arrival_s"] for cell in row["cells"] if cell["first_arrival_s"] is not None]
    worst = max(cell["worst"] or 0.0 for cell in row["cells"])
    return min(people, default=float("inf")), -worst, min(ground, default=float("inf"))
