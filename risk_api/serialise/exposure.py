"""A comparison as GeoJSON and as tables: one feature per district, its strategies and their differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.bulking_texts import bulking_text
from risk_api.cause_texts import cause_json, dam_names
from risk_api.dam_on_grid import dam_on_grid
from risk_api.dam_records import holds_more_than_level, published_capacity_m3
from risk_api.figures import figures
from risk_api.i18n import Language, format_number, translate
from risk_api.named_dams import dam_name
from risk_api.runs.shaken import shaking_of_strategy
from risk_api.runs.states import day_of_strategy
from risk_api.serialise.dam_states import dam_warnings, states_json
from risk_api.serialise.features import Feature
from risk_api.serialise.plain import to_plain
from risk_api.serialise.rounding import difference, rounded, total
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.exposure import Comparison

#: Columns of the table form, in order; classes follow ``people_affected``.
_COUNTS: Final = ("people_exposed", "people_affected")
_REST: Final = (
    "buildings_exposed",
    "facilities_exposed",
    "area_m2",
    "first_arrival_s",
    "first_person_s",
    "half_of_exposed_s",
)


def exposure_features(
    comparison: Comparison, region: Region, districts: Mapping[str, Feature], language: Language
) -> list[Feature]:
    """Return one feature per district of the region, unreached ones with their zeros.

    Parameters
    ----------
    comparison : Comparison
    region : Region
    districts : mapping
        The district features by id: geometry, names, population.
    language : {"kk", "ru", "en"}
        Language of the causes.
    """
    names = dam_names(region.dam_sites, language)
    lineage = feature_lineage(comparison, region)
    features = []
    for entry in comparison.districts:
        district = districts[entry.id]
        shown = {key: rounded(value) for key, value in entry.strategies.items()}
        between = {
            f"{a}..{b}": difference(shown[a], shown[b], entry.differences[f"{a}..{b}"])
            for a, b in combinations(comparison.strategies, 2)
        }
        properties = {
            **{key: district.properties.get(key) for key in ("name_kk", "name_ru", "name_en", "kato")},
            "population": district.properties.get("population"),
            "population_precision": district.properties.get("precision"),
            "strategies": {key: _worded(value, language, names) for key, value in shown.items()},
            "differences": {key: _worded(value, language, names) for key, value in between.items()},
            "lineage": lineage,
        }
        features.append(Feature(entry.id, district.geometry, properties))
    return features


def feature_lineage(comparison: Comparison, region: Region) -> dict[str, Any]:
    """Return where a feature's numbers come from, short enough to stand on each."""
    return {
        "software": f"selrisk {__version__}",
        "region": region.id,
        "region_version": region.version,
        "scenario": comparison.scenario.id,
        "scheme": comparison.scheme.id,
        "cell_size_m": comparison.cell_size_m,
        "quality": comparison.quality.id,
        "run_ids": dict(comparison.run_ids),
    }


def _worded(counts: Mapping[str, Any], language: Language, names: Mapping[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain({key: value for key, value in counts.items() if key != "cause"})
    plain["cause"] = cause_json(counts["cause"], language, names)
    return plain


def population_members(region: Region, districts: Sequence[Feature], language: Language) -> dict[str, Any]:
    """Return the districts' sum and the city's own figure side by side, neither scaled."""
    populations = [feature.properties.get("population") or 0.0 for feature in districts]
    bounds = [
        feature.id
        for feature in districts
        if "lower bound"
        in (feature.properties.get("precision"), feature.properties.get("population_precision"))
    ]
    return {
        "districts_sum": sum(populations),
        "lower_bounds": bounds,
        "city": to_plain(region.city_population),
        "note": translate(language, "answer.population.sum", count=len(bounds)) if bounds else None,
    }


def exposure_members(
    comparison: Comparison,
    region: Region,
    features: Sequence[Feature],
    inputs: Mapping[str, Mapping[str, Any]],
    language: Language,
    states: Mapping[str, list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """Return what the collection says about the whole: scenario, scheme, city, dams, how sure.

    Parameters
    ----------
    inputs : mapping
        The ``inputs`` of each strategy's run.
    states : mapping, optional
        The dam states of each, where its name is no strategy's.
    """
    scenario, scheme = comparison.scenario, comparison.scheme
    plain_scenario = to_plain(scenario)
    return {
        "description": translate(language, "answer.exposure.about"),
        "language": language,
        "scenario": {"name": scenario.names[language], **plain_scenario},
        "quality": {
            "id": comparison.quality.id,
            "order": comparison.quality.order,
            "cell_size_m": comparison.cell_size_m,
            "text": translate(language, f"answer.quality.{comparison.quality.id}"),
        },
        "scheme": {
            "id": scheme.id,
            "name": scheme.names[language],
            "source": scheme.source,
            "classes": [
                {
                    "id": key,
                    "name": scheme.class_names[key][language],
                    "affected": key in scheme.affected,
                }
                for key in scheme.classes
            ],
        },
        "strategies": [
            {
                "id": key,
                "name": strategy_name(region, key, language),
                "run_id": comparison.run_ids[key],
                "city": to_plain(
                    total(
                        [feature.properties["strategies"][key] for feature in features], comparison.city[key]
                    )
                ),
                "bulking": {
                    **to_plain(comparison.bulking[key]),
                    "text": bulking_text(comparison.bulking[key], language),
                },
                "states": states_json(region, comparison.scenario, key, inputs[key]["dam_order"], language)
                if states is None
                else states[key],
                "dams": [
                    _dam_record(record, inputs[key], region, language) for record in comparison.dams[key]
                ],
            }
            for key in comparison.strategies
        ],
        "states_text": translate(language, "answer.dam.certain"),
        "warnings": dam_warnings(region, comparison.dams, inputs, language),
        "population": population_members(region, features, language),
        "terrain_quality": localised(to_plain(comparison.terrain_quality), language),
        "assumptions": [
            assumption_json(item, language) for item in figures(region, comparison.scenario, inputs)
        ],
        "credits": region.credits,
        "lineage": {**feature_lineage(comparison, region), "runs": to_plain(comparison.lineage)},
    }


def strategy_name(region: Region, strategy_id: str, language: Language) -> str:
    """Return a strategy's name; ``then`` is made from a scenario's date and named here."""
    if strategy_id in region.strategies:
        return region.strategies[strategy_id].names[language]
    before, shaking = shaking_of_strategy(strategy_id)
    if shaking is not None:
        return translate(
            language,
            "shaking.strategy",
            before=strategy_name(region, before, language),
            pga=format_number(shaking.pga_g, language, 2),
            magnitude=format_number(shaking.magnitude, language, 1),
            level=translate(language, f"shaking.level.{shaking.level}"),
        )
    day = day_of_strategy(strategy_id)
    if day is not None:
        return translate(language, "strategy.on", day=day.isoformat())
    return translate(language, f"strategy.{strategy_id}")


def _dam_record(
    record: Mapping[str, Any], inputs: Mapping[str, Any], region: Region, language: Language
) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(record)
    plain["capacity_published_m3"] = published_capacity_m3(record, inputs)
    plain["on_grid"] = dam_on_grid(record, inputs, region).as_json()
    plain["note"] = translate(language, "answer.dam.steep") if holds_more_than_level(record) else None
    return {"id": record["id"], "name": dam_name(str(record["id"]), region, language), **plain}


def assumption_json(assumption: Any, language: Language) -> dict[str, Any]:
    """Return an assumption with its title in `language` beside all three."""
    plain: dict[str, Any] = to_plain(assumption)
    titles = plain.pop("title")
    return {
        "id": plain.pop("id"),
        "title": titles[language],
        **{f"title_{code}": text for code, text in titles.items()},
        **localised(plain, language),
    }


def localised(members: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Replace every mapping of the three languages by its text in one."""
    return {
        key: value[language] if isinstance(value, Mapping) and set(value) == {"kk", "ru", "en"} else value
        for key, value in members.items()
    }


def exposure_rows(features: Sequence[Feature], language: Language) -> Iterator[dict[str, Any]]:
    """Yield long rows: a row per district and strategy, then per district and difference."""
    for feature in features:
        properties = feature.properties
        head = {
            "district": feature.id,
            "name": feature.names()[language],
            "population": properties["population"],
        }
        for kind in ("strategies", "differences"):
            for key, counts in properties[kind].items():
                yield {
                    **head,
                    "kind": kind.removesuffix("s") if kind == "differences" else "strategy",
                    "strategy": key,
                    **flat_counts(counts),
                }


def flat_counts(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts as one level: classes as ``people_<class>``, the cause as its sentence."""
    flat = {key: value for key, value in counts.items() if not isinstance(value, Mapping)}
    flat.update({f"people_{key}": value for key, value in counts["people_by_class"].items()})
    flat["cause"] = counts["cause"]["text"]
    return flat


def exposure_csv(features: Sequence[Feature], classes: Sequence[str], language: Language) -> bytes:
    """Return the comparison as CSV in long form."""
    columns: tuple[str, ...] = ("district", "name", "population", "kind", "strategy", *_COUNTS)
    columns += (*(f"people_{key}" for key in classes), *_REST, "reached", "cause", "run_id")
    return csv_bytes(columns, exposure_rows(features, language))


def wide_column(strategy: str, key: str) -> str:
    """Return the name of the column that holds one of a strategy's counts."""
    return f"{strategy.replace('-', '_')}_{key}"


def wide_columns(feature: Feature) -> dict[str, Any]:
    """Return a district's counts as one row of scalar columns, for files that hold no nested values."""
    columns: dict[str, Any] = {}
    for strategy, counts in feature.properties["strategies"].items():
        columns.update({wide_column(strategy, key): value for key, value in flat_counts(counts).items()})
    return columns
