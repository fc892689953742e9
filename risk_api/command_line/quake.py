"""``selrisk quake``: damage and casualties of an earthquake, both branches beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import open_region
from risk_api.command_line.output import console, write_json
from risk_api.i18n import Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import parse_language
from risk_api.seismic.answers import QuakeAnswers
from risk_api.seismic.scenarios import seismic_scenario
from risk_api.serialise.features import collection_json
from risk_api.serialise.quake import quake_features, quake_members
from risk_api.serialise.rounding import shown_count

if TYPE_CHECKING:
    from risk_api.settings import Settings

#: Columns of both branches: their message, and the way to their band.
_COLUMNS = (
    ("destroyed", ("buildings_destroyed",)),
    ("displaced", ("people_displaced",)),
    ("deaths", ("casualties", "night", "severity_4")),
)
#: Return periods of the yearly table, years.
_PERIODS = ("100", "475", "2475")


def quake_command(
    settings: Settings, scenario_id: str, magnitude: float | None, language: str, as_json: bool
) -> None:
    """Show what an earthquake does to every district."""
    spoken = parse_language(language)
    region = open_region(settings.region)
    answers = QuakeAnswers(region)
    scenario = seismic_scenario(scenario_id)
    answer = (
        answers.scenario(scenario_id)
        if magnitude is None
        else answers.rupture(scenario.rupture(magnitude=magnitude))
    )
    features = quake_features(answer, LayerStore(region).layer("districts"))
    members = quake_members(answer, answers, region, features, spoken)
    document = collection_json(features, spoken, members)
    if as_json:
        write_json(document)
        return
    _show(document, scenario.titles[spoken], spoken)


def annual_command(settings: Settings, language: str, as_json: bool) -> None:
    """Show yearly losses of every district."""
    from risk_api.serialise.seismic_risk import people_of, risk_features, risk_members

    spoken = parse_language(language)
    region = open_region(settings.region)
    answers = QuakeAnswers(region)
    people = people_of(answers.stock.district_ids, answers.stock.people.sum(axis=1))
    tables = answers.annual_tables()
    features = risk_features(tables, people, LayerStore(region).layer("districts"))
    members = risk_members(tables, people, region, spoken)
    document = collection_json(features, spoken, members)
    if as_json:
        write_json(document)
        return
    _show_annual(document, spoken)


def _show_annual(document: dict[str, Any], language: Language) -> None:
    screen = console()
    table = Table(title=translate(language, "quake.annual.title"), caption=document["bands"])
    table.add_column(translate(language, "quake.column.district"))
    for name in ("average", "per_100k", "destroyed"):
        table.add_column(translate(language, f"quake.annual.{name}"), justify="right")
    for years in _PERIODS:
        table.add_column(translate(language, "quake.annual.period", years=years), justify="right")
    rows = [(each["properties"]["name"], each["properties"]) for each in document["features"]]
    rows.append((translate(language, "quake.city"), document["city"]))
    for name, entry in rows:
        average, losses = entry["average_per_year"], entry["by_return_period"]
        table.add_row(
            name,
            _spread(average["deaths"], language, 2),
            format_number(entry["deaths_per_100000_per_year"], language, 2),
            _spread(average["destroyed"], language, 1),
            *(_spread(losses[years]["deaths"], language) for years in _PERIODS),
        )
    screen.print(table)
    for note in document["notes"]:
        screen.print(note)


def _spread(band: dict[str, float], language: Language, decimals: int = 0) -> str:
    """Mean, and the belief's band in brackets."""
    keys = ("low", "mean", "high")
    shown = [band[key] if decimals else shown_count(band[key]) for key in keys]
    low, mean, high = (format_number(value, language, decimals) for value in shown)
    return f"{mean} ({low}\N{EN DASH}{high})"


def _show(document: dict[str, Any], title: str, language: Language) -> None:
    screen = console()
    table = Table(title=f"{title}, M{document['rupture']['magnitude']:g}", caption=document["bands"])
    table.add_column(translate(language, "quake.column.district"))
    table.add_column(translate(language, "quake.column.mmi"), justify="right")
    for branch in ("macroseismic", "fragility"):
        for name, _ in _COLUMNS:
            heading = (
                f"{translate(language, f'quake.{name}')}\n{translate(language, f'quake.branch.{branch}')}"
            )
            table.add_column(heading, justify="right")
    rows = [(each["properties"]["name"], each["properties"]) for each in document["features"]]
    rows.append((translate(language, "quake.city"), document["city"]))
    for name, entry in rows:
        cells = [
            _band(_at(entry["branches"][branch], way), language)
            for branch in ("macroseismic", "fragility")
            for _, way in _COLUMNS
        ]
        shaking = entry.get("shaking")
        table.add_row(name, _degrees(shaking["mmi"], language) if shaking else "", *cells)
    screen.print(table)
    for line in _lines(document, language):
        screen.print(line)


def _lines(document: dict[str, Any], language: Language) -> list[str]:
    city, published = document["city"], document["published"]

    def number(value: float | None) -> str:
        return format_number(shown_count(value), language)

    def per_100k(value: float) -> str:
        return format_number(value * 1e5, language, 1)

    ours = {branch: city["branches"][branch]["casualties"]["night"]["severity_4"]["mean"]
            for branch in ("macroseismic", "fragility")}  # fmt: skip
    lines = [
        translate(
            language,
            "quake.line.stock",
            buildings=format_number(document["building_stock"]["buildings"], language),
            people=format_number(city["population"], language),
        ),
        translate(
            language,
            "quake.line.branches",
            macroseismic=number(ours["macroseismic"]),
            fragility=number(ours["fragility"]),
            rate_macroseismic=per_100k(city["per_head"]["macroseismic"]),
            rate_fragility=per_100k(city["per_head"]["fragility"]),
        ),
    ]
    if published is not None:
        lines.append(
            translate(
                language,
                "quake.line.published",
                deaths=format_number(published["deaths"]["mean"], language),
                deviation=format_number(published["deaths"]["deviation"], language),
                buildings=format_number(published["buildings"], language),
                people=format_number(published["people"], language),
                rate=per_100k(published["deaths_per_head"]),
                macroseismic=f"{published['ratio_per_head']['macroseismic']:g}",
                fragility=f"{published['ratio_per_head']['fragility']:g}",
                source=published["source"],
            )
        )
    checks = city["cross_checks"]
    lines.append(
        translate(
            language,
            "quake.line.checks",
            pager=_band(checks["pager_deaths"], language),
            official=number(checks["official_rule"]["deaths"]),
        )
    )
    return [*lines, *(mark["text"] for mark in document["outside"]), *document["notes"]]


def _at(entry: dict[str, Any], way: tuple[str, ...]) -> dict[str, float]:
    found = entry
    for key in way:
        found = found[key]
    return found


def _band(band: dict[str, float], language: Language) -> str:
    low, mid, high = (format_number(shown_count(band[key]), language) for key in ("low", "mid", "high"))
    return f"{mid} ({low}\N{EN DASH}{high})"


def _degrees(band: dict[str, float], language: Language) -> str:
    low, mid, high = (format_number(band[key], language, 1) for key in ("low", "mid", "high"))
    return f"{mid} ({low}\N{EN DASH}{high})"
