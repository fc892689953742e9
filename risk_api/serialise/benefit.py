"""The benefit of strategies as GeoJSON and as a table: one feature per district."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.benefit.annual import RULE, Annual
from risk_api.benefit.assessment import ENDS
from risk_api.benefit.cost import DIRECTIONS
from risk_api.benefit.decompose import WORSE_FROM_PEOPLE
from risk_api.benefit.rates import RECORD_YEARS
from risk_api.figures import Figure, figures
from risk_api.i18n import Language, translate
from risk_api.serialise.exposure import assumption_json, localised, strategy_name
from risk_api.serialise.features import Feature
from risk_api.serialise.plain import to_plain
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.benefit.assessment import Assessment, DistrictBenefit, StrategyBenefit, Upstream
    from risk_api.benefit.decompose import Decomposition

#: Digits of people per year: a thousandth is one person in a thousand years.
_DIGITS: Final = 3
#: Parts that are one number each.
_PARTS: Final = ("benefit", "gain", "harm", "excess", "relief")
#: Parts that are an expected annual consequence, with its other rules and its tail.
_ANNUAL: Final = ("reference", "residual", "background")


def benefit_features(
    answer: Assessment, districts: Mapping[str, Feature], language: Language
) -> list[Feature]:
    """Return one feature per district with every strategy's parts.

    Parameters
    ----------
    answer : Assessment
    districts : mapping
        The district features by id: geometry, names, population.
    language : {"kk", "ru", "en"}
    """
    first = next(iter(answer.strategies.values()))
    features = []
    for district_id in first.districts:
        district = districts[district_id]
        properties = {
            **{key: district.properties.get(key) for key in ("name_kk", "name_ru", "name_en", "kato")},
            "population": district.properties.get("population"),
            "strategies": {
                strategy: {
                    **parts_json(found.districts[district_id].parts),
                    **_district_json(found.districts[district_id], language),
                    "upstream": [_upstream_json(one, district_id) for one in found.upstream],
                }
                for strategy, found in answer.strategies.items()
            },
        }
        features.append(Feature(district_id, district.geometry, properties))
    return features


def parts_json(parts: Mapping[str, Decomposition]) -> dict[str, Any]:
    """Return the parts of one district, or of all, each with the band that the frequencies leave."""
    value = parts["value"]
    document: dict[str, Any] = {}
    for name in _PARTS:
        document[name] = {end: round(getattr(parts[end], name), _DIGITS) for end in ENDS}
    for name in _ANNUAL:
        document[name] = _annual_json({end: getattr(parts[end], name) for end in ENDS})
    share = value.share
    document["share"] = None if share is None else round(share, 4)
    document["worse"] = any(parts[end].worse for end in ENDS)
    document["worse_events"] = list(dict.fromkeys(name for end in ENDS for name in parts[end].worse_events))
    return document


def _annual_json(by_end: Mapping[str, Annual]) -> dict[str, Any]:
    value = by_end["value"]
    share = value.tail_share
    return {
        **{end: round(by_end[end].value, _DIGITS) for end in ENDS},
        "loglinear": round(value.loglinear, _DIGITS),
        "smaller_ends": round(value.smaller_ends, _DIGITS),
        "larger_ends": round(value.larger_ends, _DIGITS),
        "tail_share": None if share is None else round(share, 4),
    }


def _district_json(found: DistrictBenefit, language: Language) -> dict[str, Any]:
    return {
        "events": [
            {
                "scenario": event.scenario,
                "people_reference": round(event.reference, 1),
                "people_strategy": round(event.strategy, 1),
                "difference": round(round(event.strategy, 1) - round(event.reference, 1), 1),
                "minutes_gained": None if event.minutes_gained is None else round(event.minutes_gained, 1),
                "worse": event.strategy - event.reference >= WORSE_FROM_PEOPLE,
                "reached": event.reached,
                "reached_text": translate(language, f"reached.{event.reached}"),
            }
            for event in found.events
        ],
        "people_in_any": {
            "reference": round(found.in_any_reference, 1),
            "strategy": round(found.in_any_strategy, 1),
        },
    }


def _upstream_json(one: Upstream, district: str) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "dam": one.dam,
        "people_reference": round(one.reference[district].exposed, 1),
        "people_strategy": round(one.strategy[district].exposed, 1),
    }


def benefit_members(answer: Assessment, region: Region, language: Language) -> dict[str, Any]:
    """Return what the collection says about the whole: events, rates, city, costs, how sure."""
    asked = answer.question
    return {
        "description": translate(language, "benefit.about"),
        "language": language,
        "rule": RULE,
        "measure": asked.measure,
        "unit": translate(language, "benefit.unit"),
        "reference": {"id": asked.reference, "name": strategy_name(region, asked.reference, language)},
        "scheme": asked.scheme,
        "scenarios": [
            {
                "id": name,
                "name": region.scenarios[name].names[language],
                "river": region.scenarios[name].river,
                "frequency_per_year": _rate_json(answer, name),
                "frequency_text": translate(language, f"benefit.rate.{answer.rates[name].basis}"),
            }
            for name in asked.scenarios
        ],
        "strategies": [
            {
                "id": key,
                "name": strategy_name(region, key, language),
                "city": parts_json({end: found.city(end) for end in ENDS}),
                "people_in_any": {
                    "reference": round(sum(one.in_any_reference for one in found.districts.values()), 1),
                    "strategy": round(sum(one.in_any_strategy for one in found.districts.values()), 1),
                },
                "worse_districts": [
                    district
                    for district, one in found.districts.items()
                    if any(one.parts[end].worse for end in ENDS)
                ],
                "not_whole": found.failing,
                "overloads": to_plain(found.overloads),
                "upstream": [_upstream_total(one) for one in found.upstream],
                "costs": to_plain(found.costs),
                "economics": to_plain(found.economics),
                "economics_text": _economics_text(found, language),
            }
            for key, found in answer.strategies.items()
        ],
        "directions": dict(DIRECTIONS),
        "notes": [translate(language, f"benefit.note.{key}") for key in _notes(answer)],
        "terrain_quality": localised(to_plain(region.terrain_quality), language),
        "assumptions": [assumption_json(item, language) for item in benefit_figures(answer, region)],
        "credits": region.credits,
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
            "cell_size_m": next(iter(answer.inputs[asked.reference].values()))["cell_size_m"],
            "quality": asked.quality.id,
            "run_ids": {
                asked.reference: dict(answer.reference_run_ids),
                **{key: dict(found.run_ids) for key, found in answer.strategies.items()},
            },
        },
    }


def benefit_figures(answer: Assessment, region: Region) -> list[Figure]:
    """Return every uncertain figure behind the runs, each once, and the record that rates are counted in."""
    found: dict[str, Figure] = {}
    for name in answer.question.scenarios:
        inputs = {key: of_strategy[name] for key, of_strategy in answer.inputs.items()}
        for figure in figures(region, region.scenarios[name], inputs):
            known = found.get(figure.id)
            used = figure.used or (known is not None and known.used)
            found[figure.id] = replace(figure, used=used)
    if RECORD_YEARS in found:
        counted = any(rate.basis == "counted" for rate in answer.rates.values())
        found[RECORD_YEARS] = replace(found[RECORD_YEARS], used=counted)
    return list(found.values())


def _rate_json(answer: Assessment, name: str) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(answer.rates[name])
    plain.pop("scenario")
    return plain


def _upstream_total(one: Upstream) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "dam": one.dam,
        "people_reference": round(sum(tally.exposed for tally in one.reference.values()), 1),
        "people_strategy": round(sum(tally.exposed for tally in one.strategy.values()), 1),
    }


def _economics_text(found: StrategyBenefit, language: Language) -> str:
    if not found.costs:
        return translate(language, "benefit.cost.nothing_added")
    if found.economics is None:
        return translate(language, "benefit.cost.unknown")
    if len({cost.year for cost in found.costs.values() if cost is not None}) > 1:
        return translate(language, "benefit.cost.other_years")
    return translate(language, "benefit.cost.as_published")


def _notes(answer: Assessment) -> Iterator[str]:
    if any(rate.basis == "counted" for rate in answer.rates.values()):
        yield "counted"
    yield "band"
    if any(found.failing for found in answer.strategies.values()):
        yield "excess"
    yield "no_failure"
    yield "lives"
    yield "upstream"


def benefit_rows(features: Sequence[Feature], language: Language) -> Iterator[dict[str, Any]]:
    """Yield a row per district and strategy."""
    for feature in features:
        for strategy, parts in feature.properties["strategies"].items():
            row: dict[str, Any] = {
                "district": feature.id,
                "name": feature.names()[language],
                "population": feature.properties["population"],
                "strategy": strategy,
            }
            for name in (*_PARTS, *_ANNUAL):
                row.update({f"{name}_{end}".removesuffix("_value"): parts[name][end] for end in ENDS})
            row["residual_tail_share"] = parts["residual"]["tail_share"]
            for name in ("share", "worse"):
                row[name] = parts[name]
            row["worse_events"] = " ".join(parts["worse_events"])
            for key, people in parts["people_in_any"].items():
                row[f"in_any_{key}"] = people
            yield row


def benefit_csv(features: Sequence[Feature], language: Language) -> bytes:
    """Return the benefit as CSV."""
    rows = list(benefit_rows(features, language))
    return csv_bytes(tuple(rows[0]), rows)
