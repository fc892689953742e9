"""``selrisk dam rank`` and ``selrisk dam benefit``: what dams are worth in a year, and which first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import Region, open_region
from risk_api.benefit.answers import BenefitAnswers
from risk_api.benefit.question import BenefitQuestion, benefit_question
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.i18n import Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import parse_language, parse_list, parse_numbers, parse_pairs
from risk_api.runs import RunStore, quality_of
from risk_api.serialise.benefit import benefit_features, benefit_members
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.ranking import ranking_document

if TYPE_CHECKING:
    from risk_api.runs import RunSpec
    from risk_api.settings import Settings

#: Columns of the table of benefits: parts of a district.
_PARTS = ("reference", "benefit", "residual", "background", "excess", "harm")


def rank_command(
    settings: Settings, dams: str | None, by: str, language: str, as_json: bool, **asked: Any
) -> None:
    """Order dams by what they add, and show ties and interactions."""
    from risk_api.benefit.site_ranking import ranking_question

    spoken = parse_language(language)
    region = open_region(settings.region)
    over = _over(region, **asked)
    question = ranking_question(region, parse_list("dams", dams, ()), over, by)
    answer = _answers(settings, region).ranking(question)
    document = ranking_document(answer, region, spoken)
    if as_json:
        write_json(document)
        return
    table = Table(
        *(translate(spoken, f"ranking.column.{name}") for name in ("place", "dam", "alone", "added")),
        translate(spoken, "ranking.column.per_billion"),
        translate(spoken, "ranking.column.tied"),
        title=f"{document['reference']['name']}; {document['unit']}",
    )
    names = {place["dam"]: place["name"] for place in document["places"]}
    for place in document["places"]:
        table.add_row(
            str(place["place"]),
            place["name"],
            _people(place["alone"], spoken),
            _people(place["added"], spoken),
            _people(place["added_per_billion"], spoken),
            ", ".join(names[dam] for dam in place["tied_with"]),
        )
    screen = console()
    screen.print(table)
    for pair in document["interactions"]:
        pair_names = " + ".join(names[dam] for dam in pair["dams"])
        beyond = format_number(pair["beyond_the_sum"], spoken, 2, signed=True)
        screen.print(translate(spoken, "ranking.interaction", dams=pair_names, beyond=beyond))
    for note in document["notes"]:
        screen.print(note)
    screen.print(translate(spoken, "page.model_banner"))


def benefit_command(
    settings: Settings, strategies: str | None, language: str, as_json: bool, **asked: Any
) -> None:
    """Show what strategies avoid, leave and harm, district by district."""
    spoken = parse_language(language)
    region = open_region(settings.region)
    question = _over(region, parse_list("strategies", strategies, ()), **asked)
    answer = _answers(settings, region).benefit(question)
    features = benefit_features(answer, LayerStore(region).layer("districts"), spoken)
    members = benefit_members(answer, region, spoken)
    if as_json:
        write_json(collection_json(features, spoken, members))
        return
    _show(features, members, spoken)


def _over(region: Region, strategies: Sequence[str] = (), **asked: Any) -> BenefitQuestion:
    return benefit_question(
        region,
        parse_list("scenarios", asked.pop("scenarios"), ()),
        strategies,
        asked.pop("reference"),
        parse_pairs("frequencies", asked.pop("frequencies")),
        discount_rates=parse_numbers("discount_rates", asked.pop("discount_rates", None)),
        quality=quality_of(asked.pop("quality")),
        **asked,
    )


def _answers(settings: Settings, region: Region) -> BenefitAnswers:
    """Answers that make what is missing, in this process."""
    from risk_api.runs.make import make_run

    store = RunStore(settings.runs_dir)

    def make(specs: Sequence[RunSpec]) -> None:
        with progress_bars() as start:
            for number, spec in enumerate(specs, start=1):
                bar = start(f"run {number} of {len(specs)}")
                make_run(region, spec, store, bar, max_memory_mb=settings.max_run_memory_mb)

    return BenefitAnswers(region, store, make)


def _show(features: Sequence[Feature], members: Mapping[str, Any], language: Language) -> None:
    screen = console()
    for strategy in members["strategies"]:
        table = Table(
            translate(language, "page.districts.district"),
            *(translate(language, f"benefit.column.{name}") for name in _PARTS),
            translate(language, "benefit.column.share"),
            translate(language, "benefit.column.worse"),
            title=f"{strategy['name']} – {members['reference']['name']}; {members['unit']}",
        )
        rows = [
            (feature.names()[language], feature.properties["strategies"][strategy["id"]])
            for feature in features
        ]
        for name, parts in [*rows, (translate(language, "page.districts.city"), strategy["city"])]:
            table.add_row(
                name,
                *(_band(parts[part], language) for part in _PARTS),
                _share(parts, language),
                translate(language, "benefit.worse") if parts["worse"] else "",
            )
        screen.print(table)
        for one in strategy["economics"] or ():
            screen.print(
                translate(
                    language,
                    "benefit.cost.line",
                    rate=format_number(100.0 * one["discount_rate"], language, 1),
                    years=format_number(one["horizon_years"], language),
                    cost=format_number(
                        None
                        if one["cost_per_avoided_person"] is None
                        else one["cost_per_avoided_person"] / 1e6,
                        language,
                        2,
                    ),
                )
            )
        screen.print(strategy["economics_text"])
    for note in members["notes"]:
        screen.print(note)
    screen.print(str(members["terrain_quality"].get("statement", "")))
    screen.print(translate(language, "page.model_banner"))


def _band(part: Mapping[str, float], language: Language) -> str:
    """A number with the band that the frequencies leave; alone where there is none."""
    value = _people(part["value"], language)
    ends = sorted((part["low"], part["high"]))
    if ends[0] == ends[1]:
        return value
    return f"{value} ({_people(ends[0], language)} … {_people(ends[1], language)})"


def _share(parts: Mapping[str, Any], language: Language) -> str:
    """The share avoided; a dash where what there was is shown as nothing."""
    if parts["share"] is None or parts["reference"]["value"] < 0.005:
        return format_number(None, language)
    return f"{format_number(100.0 * parts['share'], language)} %"


def _people(per_year: float | None, language: Language) -> str:
    """People per year with as many digits as say something."""
    if per_year is None or abs(per_year) >= 10.0:
        return format_number(per_year, language)
    return format_number(per_year, language, 1 if abs(per_year) >= 1.0 else 2)
