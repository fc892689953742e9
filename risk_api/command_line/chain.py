"""``selrisk chain``: an earthquake, what it does to lakes and dams, and what then flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import open_region
from risk_api.command_line.output import console, write_json
from risk_api.command_line.runs import make_runs
from risk_api.i18n import DASH, Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import parse_language
from risk_api.runs import RunStore, quality_of
from risk_api.seismic.chain.question import chain_question
from risk_api.seismic.chain_answers import ChainAnswers
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.serialise.chain import chain_features, chain_members
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.rounding import shown_count

if TYPE_CHECKING:
    from risk_api.settings import Settings


def chain_command(
    settings: Settings,
    language: str,
    as_json: bool,
    *,
    earthquake: str,
    magnitude: float | None = None,
    **given: Any,
) -> None:
    """Work out the chain, making runs that are missing, and show it by district."""
    spoken = parse_language(language)
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    given["quality"] = quality_of(given.get("quality"))
    changed = None if magnitude is None else seismic_scenario(earthquake).rupture(magnitude=magnitude)
    question = chain_question(region, earthquake, rupture=changed, **given)
    chains = ChainAnswers(region, store)
    missing = [spec for spec in chains.plan(question).runs if not store.has(spec.id)]
    if missing:
        make_runs(region, store, missing, settings.max_run_memory_mb)
    answer = chains.answer(question)
    features = chain_features(answer, LayerStore(region).layer("districts"))
    members = chain_members(answer, region, spoken)
    if as_json:
        write_json(collection_json(features, spoken, members))
        return
    _show(features, members, spoken)


def _show(features: list[Feature], members: Mapping[str, Any], language: Language) -> None:
    screen = console()
    screen.print(members["text"])
    screen.print(_links(members, language))
    screen.print(_dams(members, language))
    screen.print(_slopes(members, language))
    screen.print(members["slopes"]["statement"])
    screen.print(members["slopes"]["observed_1887"])
    screen.print(_districts(features, members, language))
    for mark in members["outside_model_range"]:
        low, high, value = (f"{mark[key]:g}" for key in ("low", "high", "furthest"))
        names = {"model": mark["model"], "field": mark["field"]}
        screen.print(translate(language, "quake.outside", **names, low=low, high=high, value=value))
    for note in members["notes"]:
        screen.print(note)
    screen.print(translate(language, "page.model_banner"))


def _links(members: Mapping[str, Any], language: Language) -> Table:
    mudflows = members["mudflows"]
    table = Table(
        translate(language, "chain.column.link"),
        translate(language, "chain.column.basis"),
        *(one["name"] for one in mudflows),
        title=translate(language, "chain.links.title"),
    )
    shaking = [[one["lake"]["pga_g"][name] for name in ("p5", "median", "p95")] for one in mudflows]
    table.add_row(
        translate(language, "chain.column.pga"), "", *(_band(one, language, 2, 1.0) for one in shaking)
    )
    for links in zip(*(one["links"] for one in mudflows), strict=True):
        bases = dict.fromkeys(link["basis_text"] for link in links)
        table.add_row(
            links[0]["title"],
            ", ".join(bases),
            *(_percent(link["probability"], language) for link in links),
        )
    table.add_section()
    table.add_row(
        translate(language, "chain.column.probability"),
        "",
        *(_percent(one["probability"], language) for one in mudflows),
    )
    return table


def _dams(members: Mapping[str, Any], language: Language) -> Table:
    table = Table(
        *(translate(language, f"chain.column.{name}") for name in ("dam", "pga", "settlement", "blocked")),
        title=translate(language, "chain.dams.title"),
    )
    for one in members["dams"]:
        table.add_row(
            one["name"],
            _band([one["pga_g"][name] for name in ("p5", "median", "p95")], language, 2, 1.0),
            _band(one["settlement_m"], language, 2, 1.0),
            _band(one["blocked_share"], language, 0, 100.0),
        )
    return table


def _slopes(members: Mapping[str, Any], language: Language) -> Table:
    table = Table(
        *(translate(language, f"chain.column.{name}") for name in ("gorge", "newmark", "nowicki_jessee")),
        title=translate(language, "chain.slopes.title"),
    )
    for one in members["slopes"]["gorges"]:
        table.add_row(
            one["name"],
            _percent(one["newmark_share"], language),
            _percent(one["nowicki_jessee_share"], language),
        )
    return table


def _districts(features: list[Feature], members: Mapping[str, Any], language: Language) -> Table:
    strategies = members["strategies"]
    table = Table(
        translate(language, "page.districts.district"),
        *(one["name"] for one in strategies),
        *(translate(language, "chain.column.benefit", strategy=one["name"]) for one in strategies[1:]),
        title=translate(language, "chain.districts.title", reference=strategies[0]["name"]),
        show_lines=True,
    )
    rows = [(feature.names()[language], feature.properties) for feature in features]
    for name, figures in [*rows, (translate(language, "page.districts.city"), members["city"])]:
        table.add_row(
            name,
            *(_two(figures["people_expected"][one["id"]], language) for one in strategies),
            *(_two(figures["dam_benefit_people"][one["id"]], language) for one in strategies[1:]),
        )
    return table


def _two(figures: Mapping[str, Mapping[str, float]], language: Language) -> str:
    shown = {label: _people(figures[label], language) for label in ("sound_dams", "shaken_dams")}
    if len(set(shown.values())) == 1:
        return shown["sound_dams"]
    return "\n".join(f"{translate(language, f'chain.{label}')}: {text}" for label, text in shown.items())


def _people(figures: Mapping[str, float], language: Language) -> str:
    """Return people with a decimal below ten, two significant figures above; a bare 0 for nobody."""
    three = [figures[name] for name in ("low", "value", "high")]
    if not any(three):
        return format_number(0.0, language)
    low, value, high = (
        format_number(one, language, 1) if abs(one) < 10.0 else format_number(shown_count(one), language)
        for one in three
    )
    if low == value == high:
        return value
    # Between two signs of minus a dash is not seen.
    between = "\N{HORIZONTAL ELLIPSIS}" if min(three) < 0.0 else DASH
    return f"{value} ({low}{between}{high})"


def _percent(figures: Mapping[str, float], language: Language) -> str:
    return _band([figures[name] for name in ("low", "value", "high")], language, 1, 100.0) + " %"


def _band(three: list[float], language: Language, digits: int, times: float) -> str:
    low, value, high = (format_number(times * one, language, digits) for one in three)
    if low == value == high:
        return value
    return f"{value} ({low}{DASH}{high})"
