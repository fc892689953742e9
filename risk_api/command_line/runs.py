"""``selrisk run`` and ``selrisk exposure``: runs are made here, in this process, with a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import Region, open_region
from risk_api.answers import Answers
from risk_api.command_line.dams import show_dams
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.i18n import Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import parse_language, parse_list
from risk_api.runs import RunStore, plan, quality_of
from risk_api.serialise.exposure import exposure_features, exposure_members
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.rounding import shown_count, shown_minutes

if TYPE_CHECKING:
    from risk_api.runs import RunSpec
    from risk_api.settings import Settings


def make_runs(region: Region, store: RunStore, specs: list[RunSpec], max_memory_mb: float) -> None:
    """Make runs in this process, a bar each."""
    from risk_api.runs.make import make_run

    with progress_bars() as start:
        for number, spec in enumerate(specs, start=1):
            bar = start(f"run {number} of {len(specs)}")
            make_run(region, spec, store, bar, max_memory_mb=max_memory_mb)


def run_command(
    settings: Settings,
    scenario: str,
    strategy: str,
    cell_size_m: float | None,
    quality: str | None,
    as_json: bool,
) -> None:
    """Make one run and show what it says."""
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    spec = plan(region, scenario, strategy, cell_size_m=cell_size_m, quality=quality_of(quality))
    if not store.has(spec.id):
        make_runs(region, store, [spec], settings.max_run_memory_mb)
    made = store.open(spec.id)
    if as_json:
        write_json(made.summary)
        return
    screen = console()
    screen.print(f"run {made.id}  {made.folder}", soft_wrap=True)
    budget = made.summary["budget"]
    screen.print(f"volume budget closes to {budget['relative_error']:.1e}")
    table = Table("dam", "state", "outcome", "inflow m3", "passed m3", "over the crest m3", "stored m3")
    for dam in made.dams:
        volumes = (dam.get(key) for key in ("inflow_m3", "passed_m3", "overflow_m3", "stored_m3"))
        table.add_row(
            dam["id"],
            dam["state"],
            dam.get("outcome", "-"),
            *(format_number(value, "en") for value in volumes),
        )
    screen.print(table)


def exposure_command(
    settings: Settings,
    scenario: str | None,
    strategies: str | None,
    as_of: str | None,
    scheme: str | None,
    cell_size_m: float | None,
    quality: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Compare strategies and show the districts."""
    chosen = parse_language(language)
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    answers = Answers(region, store)
    question = answers.question(
        scenario, parse_list("strategies", strategies, ()), scheme, cell_size_m, quality, as_of
    )
    missing = answers.missing(question)
    if missing:
        make_runs(region, store, missing, settings.max_run_memory_mb)
    comparison = answers.comparison(question)
    features = exposure_features(comparison, region, LayerStore(region).layer("districts"), chosen)
    members = exposure_members(comparison, region, features, answers.inputs(comparison), chosen)
    if as_json:
        write_json(collection_json(features, chosen, members))
        return
    _show(features, members, chosen)


def _show(features: list[Feature], members: dict[str, Any], language: Language) -> None:
    names = {strategy["id"]: strategy["name"] for strategy in members["strategies"]}
    table = Table(
        translate(language, "page.districts.district"),
        *names.values(),
        title=f"{members['scenario']['name']}: {translate(language, 'glossary.exposed.term')}",
        show_lines=True,
    )
    for feature in features:
        cells = []
        for counts in feature.properties["strategies"].values():
            arrival = counts["first_person_s"]
            when = (
                translate(
                    language,
                    "page.districts.not_reached"
                    if counts["first_arrival_s"] is None
                    else "page.districts.nobody",
                )
                if arrival is None
                else translate(
                    language, "page.districts.minutes", count=format_number(shown_minutes(arrival), language)
                )
            )
            people = format_number(shown_count(counts["people_exposed"]), language)
            cells.append(f"{people}  {when}\n{counts['cause']['text']}")
        table.add_row(feature.names()[language], *cells)
    table.add_row(
        translate(language, "page.districts.city"),
        *(
            format_number(shown_count(entry["city"]["people_exposed"]), language)
            for entry in members["strategies"]
        ),
    )
    screen = console()
    screen.print(table)
    screen.print(translate(language, "page.districts.precision"))
    show_dams(members, language, screen)
    if members["quality"]["id"] != "final":
        screen.print(members["quality"]["text"])
    terrain = members["terrain_quality"]
    screen.print(str(terrain.get("statement", "")))
    screen.print(translate(language, "page.model_banner"))
