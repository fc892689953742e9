"""What the page shows, worked out before the template: names, rows, causes, states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from risk_api import __version__
from risk_api.answers import Question
from risk_api.bulking_texts import bulking_text
from risk_api.cause_texts import cause_text, dam_names
from risk_api.dam_records import holds_more_than_level, published_capacity_m3
from risk_api.figures import Figure, figures
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.serialise.dam_states import dam_warnings, states_json
from risk_api.serialise.exposure import localised, strategy_name
from risk_api.serialise.plain import to_plain
from risk_api.serialise.units import shown_unit
from risk_api.service import Service
from risk_api.static_files import page_style_address

if TYPE_CHECKING:
    from risk_api.exposure import Comparison
    from risk_api.runs import RunSpec

#: Scenario of the one event whose arrival was both observed and computed.
KARGALY_2015: Final = "kargaly-2015-official"
#: Seconds after which a page that waits for runs asks again by itself.
REFRESH_S: Final = 10


def page_frame(service: Service, request: Request, language: Language, path: str = "/") -> dict[str, Any]:
    """Return what stands around every page: the region's name, the language switch, links."""
    query = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    root = str(request.scope.get("root_path", ""))
    state = service.precompute.all_state()
    return {
        "root": root,
        "version": __version__,
        "page_style": page_style_address(root),
        "region_name": service.region.names[language],
        "language_links": {code: f"{root}{path}?{urlencode([*query, ('lang', code)])}" for code in LANGUAGES},
        "work": state if state["status"] == "being made" else None,
        "credits": service.region.credits,
        "terrain": localised(to_plain(service.region.terrain_quality), language),
    }


def overview(service: Service, question: Question, language: Language) -> dict[str, Any]:
    """Return the first table: a row per scenario, people exposed in the city by strategy."""
    region = service.region
    running = service.precompute.running()
    rows = []
    for key, scenario in region.scenarios.items():
        made = service.answers.made(key)
        city = {}
        if made:
            city = service.answers.comparison(Question(key, made, question.scheme)).city
        cells = []
        for name in region.strategies:
            if name in city:
                cells.append({"state": "made", "people": city[name]["people_exposed"]})
            else:
                run_id = service.answers.spec(key, name).id
                progress = running.get(run_id)
                state = "not_made" if progress is None else "computing" if progress > 0 else "queued"
                cells.append({"state": state, "people": None, "progress": progress})
        rows.append(
            {
                "id": key,
                "name": scenario.names[language],
                "trigger": translate(language, f"trigger.{scenario.trigger}"),
                "mudflow_m3": scenario.mudflow_m3,
                "cells": cells,
                "chosen": key == question.scenario,
            }
        )
    return {
        "rows": rows,
        "strategies": [
            {"id": key, "name": strategy_name(region, key, language)} for key in region.strategies
        ],
        "choices": [
            {
                "id": key,
                "name": strategy_name(region, key, language),
                "chosen": key in question.strategies,
            }
            for key in service.answers.known_strategies(question.scenario)
        ],
        "schemes": _schemes(question, language),
    }


def _schemes(question: Question, language: Language) -> list[dict[str, Any]]:
    from risk_api.exposure import SCHEMES

    return [
        {"id": scheme.id, "name": scheme.names[language], "chosen": scheme.id == question.scheme}
        for scheme in SCHEMES.values()
    ]


def pending_view(service: Service, specs: Sequence[RunSpec], language: Language) -> dict[str, Any]:
    """Return how far the missing runs are; they are queued unless making them has just failed.

    Raises
    ------
    TooManyRuns
        If the queue is full.
    """
    failed = service.queue.failure([spec.id for spec in specs])
    if failed is not None:
        return {
            "count": len(specs),
            "status": "failed",
            "error": translate(language, f"error.reason.{failed.key}"),
            "refresh_s": None,
            "job": None,
        }
    job = service.queue.request(specs)
    return {
        "count": len(specs),
        "progress": job.progress,
        "ahead": job.runs_ahead,
        "status": job.status,
        "error": None,
        "refresh_s": REFRESH_S,
        "job": job.id,
    }


def district_view(service: Service, comparison: Comparison, language: Language) -> dict[str, Any]:
    """Return everything below the form for a comparison whose runs are made."""
    region = service.region
    names = dam_names(region.dam_sites, language)
    titles = [{"id": key, "name": strategy_name(region, key, language)} for key in comparison.strategies]
    features = service.layers.layer("districts")
    rows: list[dict[str, Any]] = []
    for entry in comparison.districts:
        feature = features[entry.id]
        cells = [
            {**counts, "cause": cause_text(counts["cause"], language, names)}
            for counts in (entry.strategies[key] for key in comparison.strategies)
        ]
        rows.append(
            {
                "id": entry.id,
                "name": feature.names()[language],
                "population": feature.properties.get("population"),
                "lower_bound": feature.properties.get("precision") == "lower bound",
                "cells": cells,
                "never": _shared(cells, lambda cell: cell["first_arrival_s"] is None),
                "differences": (
                    differences := _differences(comparison.strategies, entry.differences, language, names)
                ),
                "unchanged": _shared(differences, _is_nothing),
            }
        )
    # The worst hit stand first, then those that are reached soonest; the rest keeps the region's order.
    rows.sort(key=lambda row: (-max(cell["people_exposed"] for cell in row["cells"]), _soonest(row["cells"])))
    scenario = comparison.scenario
    inputs = service.answers.inputs(comparison)
    dams = _dam_rows(comparison, titles, inputs, names, language)
    runs = _runs(comparison, titles)
    order = [inputs[key]["dam_order"] for key in comparison.strategies]
    return {
        "scenario": scenario,
        "scenario_name": scenario.names[language],
        "outcome": _text(scenario.published_outcome, language),
        "scheme": comparison.scheme,
        "is_preview": comparison.quality.id == "preview",
        "classes": [comparison.scheme.class_names[key][language] for key in comparison.scheme.classes],
        "strategies": titles,
        "rows": rows,
        "city": [comparison.city[key] for key in comparison.strategies],
        "dams": dams,
        "states": [
            {"name": title["name"], "dams": states_json(region, scenario, title["id"], dams_met, language)}
            for title, dams_met in zip(titles, order, strict=True)
        ],
        "warnings": dam_warnings(region, comparison.dams, inputs, language),
        "steep": ", ".join(dict.fromkeys(dam["name"] for dam in dams if dam["steep"])),
        "cell_size_m": comparison.cell_size_m,
        "runs": runs,
        "bulking": _bulking(comparison, language),
        "cut_off": _cut_off(service, runs),
        "not_covered": _not_covered(service, language),
        "figures": [
            _figure(item, language)
            for item in figures(region, scenario, inputs)
            # The page lists what its runs rest on, each figure once; the API lists the rest too.
            if item.used and item.restates is None
        ],
        "query": urlencode(
            {
                "scenario": scenario.id,
                "strategies": ",".join(comparison.strategies),
                "scheme": comparison.scheme.id,
                "quality": comparison.quality.id,
                "lang": language,
            },
            safe=",",
        ),
        "report_query": urlencode(
            {
                "strategies": ",".join(comparison.strategies),
                "scheme": comparison.scheme.id,
                "lang": language,
            },
            safe=",",
        ),
        "draft": _draft(comparison, titles, language),
        "bundle_query": urlencode(
            {"strategies": ",".join(comparison.strategies), "lang": language}, safe=","
        ),
    }


def _draft(
    comparison: Comparison, titles: Sequence[Mapping[str, str]], language: Language
) -> dict[str, str] | None:
    """Return what a warning is drafted for: the first strategy under which any district is reached."""
    for title in titles:
        if any(
            entry.strategies[title["id"]]["first_arrival_s"] is not None for entry in comparison.districts
        ):
            asked = {"scenario": comparison.scenario.id, "strategy": title["id"], "lang": language}
            return {"name": title["name"], "query": urlencode(asked)}
    return None


def _text(value: Any, language: Language) -> dict[str, str]:
    """Return a text of the region with the language it is really in: plain ones are English."""
    if isinstance(value, Mapping):
        return {"text": str(value[language]), "language": language}
    return {"text": str(value), "language": "en"}


def _bulking(comparison: Comparison, language: Language) -> list[str]:
    """Return how water became mudflow, each wording once: runs differ in it by their dams' bowls only."""
    return list(
        dict.fromkeys(bulking_text(comparison.bulking[key], language) for key in comparison.strategies)
    )


def _cut_off(service: Service, runs: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the time limits that ended runs while something still moved, with the strategies of each."""
    cut: dict[float, list[str]] = {}
    for run in runs:
        ending = service.answers.ending(run["id"])
        if not ending.at_rest:
            cut.setdefault(ending.end_s, []).append(run["strategies"])
    return [{"strategies": ", ".join(names), "end_s": end_s} for end_s, names in sorted(cut.items())]


def _not_covered(service: Service, language: Language) -> list[str]:
    """Return the limits of the answer in words; an event is named only where it is the region's own."""
    texts = [translate(language, f"page.not_covered.{number}") for number in range(1, 7)]
    if KARGALY_2015 in service.region.scenarios:
        texts[-1] += " " + translate(language, "page.not_covered.kargaly_2015")
    return texts


def _figure(assumption: Figure, language: Language) -> dict[str, Any]:
    """Return an uncertain figure as a row: title, value, range, unit and why."""
    return {
        "title": assumption.title[language],
        "value": assumption.value,
        "low": assumption.low,
        "high": assumption.high,
        "unit": shown_unit(assumption.unit, language),
        "why": _text(assumption.why, language),
    }


def _shared(cells: Sequence[Mapping[str, Any]], idle: Callable[[Mapping[str, Any]], bool]) -> str | None:
    """Return the one cause of a row whose cells are all idle: it is said once, not five times."""
    causes = {cell["cause"] for cell in cells}
    return causes.pop() if cells and len(causes) == 1 and all(idle(cell) for cell in cells) else None


def _is_nothing(difference: Mapping[str, Any]) -> bool:
    return abs(difference["people_exposed"]) < 0.5 and not difference["first_arrival_s"]


def _soonest(cells: Sequence[Mapping[str, Any]]) -> float:
    """Return when people are reached first; open ground comes after all people."""
    arrivals = [cell["first_person_s"] for cell in cells if cell["first_person_s"] is not None]
    return min(arrivals, default=float("inf"))


def _differences(
    strategies: Sequence[str],
    differences: Mapping[str, Mapping[str, Any]],
    language: Language,
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return the other strategies against the first one chosen, which the reader put first."""
    found = []
    for key in strategies[1:]:
        difference = differences[f"{strategies[0]}..{key}"]
        found.append({**difference, "cause": cause_text(difference["cause"], language, names)})
    return found


def _runs(comparison: Comparison, titles: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the runs with the strategies that share each."""
    shared: dict[str, list[str]] = {}
    for title in titles:
        shared.setdefault(comparison.run_ids[title["id"]], []).append(title["name"])
    return [{"id": run_id, "strategies": ", ".join(group)} for run_id, group in shared.items()]


def _dam_rows(
    comparison: Comparison,
    titles: Sequence[Mapping[str, str]],
    inputs: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
    language: Language,
) -> list[dict[str, Any]]:
    """Return a row per dam and run, in the order the flow meets them; strategies of one run share a row."""
    rows = []
    for run in _runs(comparison, titles):
        strategy = next(key for key, run_id in comparison.run_ids.items() if run_id == run["id"])
        for record in comparison.dams[strategy]:
            if record["state"] == "absent":
                continue
            rows.append(
                {
                    "strategies": run["strategies"],
                    "name": names.get(record["id"], record["id"]),
                    "state": translate(language, f"dam_state.{record['state']}"),
                    "capacity_m3": record.get("capacity_on_grid_m3"),
                    "published_m3": published_capacity_m3(record, inputs[strategy]),
                    "storage_factor": record.get("storage_factor"),
                    "inflow_m3": record.get("inflow_m3"),
                    "passed_m3": record.get("passed_m3"),
                    "overflow_m3": record.get("overflow_m3"),
                    "stored_m3": record.get("stored_m3"),
                    "stored_max_m3": record.get("stored_max_m3"),
                    "freeboard_m": record.get("freeboard_min_m"),
                    "steep": holds_more_than_level(record),
                    "outcome": translate(language, f"dam_outcome.{record.get('outcome', 'not met')}"),
                }
            )
    return rows
