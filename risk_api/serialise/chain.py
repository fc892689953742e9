"""The chain as GeoJSON: a feature per district, and every link of every mudflow beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.i18n import DASH, LANGUAGES, Language, format_number, translate
from risk_api.seismic.chain.judgements import Judgement, Three, judgements
from risk_api.seismic.chain.links import SWITCHES
from risk_api.seismic.slopes.gorges import COARSEST_M, ENDS, soil
from risk_api.serialise.exposure import localised, strategy_name
from risk_api.serialise.features import Feature
from risk_api.serialise.hazard import outside_json, significant
from risk_api.serialise.plain import to_plain
from risk_api.serialise.quake import rupture_json
from risk_api.serialise.rounding import shown_count
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.seismic.chain.assess import ChainAnswer, MudflowChain, ShakenStructure
    from risk_api.seismic.chain.shaken_places import ShakenPlace

STATES: Final = (("sound_dams", False), ("shaken_dams", True))
_NOTES: Final = (
    "judgement",
    "not_forecast",
    "one_lake",
    "double",
    "independent",
    "median_at_dams",
    "blocked",
    "not_in_it",
)


def band(three: Three, digits: int = 3) -> dict[str, float | None]:
    """Return a band with so many significant digits: least, value, most, in ascending order."""
    least, value, most = (significant(one, digits) for one in (min(three), three[1], max(three)))
    return {"low": least, "value": value, "high": most}


def chain_features(answer: ChainAnswer, districts: Mapping[str, Feature]) -> list[Feature]:
    """Return a feature per district: people expected and if a mudflow comes, and what the dams change."""
    found = []
    for name, district in districts.items():
        properties: dict[str, Any] = {
            **{key: district.properties.get(key) for key in ("name_kk", "name_ru", "name_en")},
            "population": district.properties.get("population"),
            **district_figures(answer, name),
        }
        found.append(Feature(name, district.geometry, properties))
    return found


def district_figures(answer: ChainAnswer, district: str | None) -> dict[str, Any]:
    """Return the figures of a district, or of all of them together."""
    strategies = answer.question.strategies
    any_mudflow = answer.any_mudflow[1]
    expected = {
        strategy: {
            label: {
                **band(answer.expected(strategy, district, shaken=shaken)),
                "if_any_mudflow": significant(
                    answer.expected(strategy, district, shaken=shaken)[1] / any_mudflow, 3
                )
                if any_mudflow > 0.0
                else None,
            }
            for label, shaken in STATES
        }
        for strategy in strategies
    }
    benefit = {
        strategy: {label: band(answer.benefit(strategy, district, shaken=shaken)) for label, shaken in STATES}
        for strategy in strategies[1:]
    }
    return {
        "people_expected": expected,
        "dam_benefit_people": benefit,
        "if_mudflow_comes": {
            one.id: {
                strategy: {
                    label: [
                        round(people, 1) for people in answer.people(one, strategy, district, shaken=shaken)
                    ]
                    for label, shaken in STATES
                }
                for strategy in strategies
            }
            for one in answer.mudflows
        },
    }


def chain_members(answer: ChainAnswer, region: Region, language: Language) -> dict[str, Any]:
    """Return what the answer says about the whole: earthquake, links, dams, judgements, limits."""
    question = answer.question
    levels = question.levels
    return {
        "earthquake": {
            "id": answer.question.earthquake,
            "name": earthquake_name(answer, language),
            "magnitude": answer.magnitude,
            "rupture": rupture_json(answer.question.rupture),
        },
        "question": {
            "month": question.month,
            "measure": question.measure,
            "scheme": question.scheme,
            "reference": question.strategies[0],
            "lake_state": question.lake_state,
            "levels": ["mid", *(name for name in levels if name != "mid")] if "mid" in levels else levels,
            "off": sorted(question.off),
            "links": dict(question.links),
            "own_links": {name: dict(given) for name, given in question.own_links},
        },
        "text": summary_text(answer, language),
        "strategies": [
            {"id": name, "name": strategy_name(region, name, language)} for name in question.strategies
        ],
        "city": district_figures(answer, None),
        "any_mudflow_probability": band(answer.any_mudflow),
        "mudflows": [_mudflow(one, region, language) for one in answer.mudflows],
        "dams": [_structure(one, region, language) for one in answer.dams],
        "slopes": _slopes(answer, region, language),
        "switches": [{"id": name, "title": translate(language, f"chain.link.{name}")} for name in SWITCHES],
        "judgements": judgements_json(language),
        "outside_model_range": outside_json(answer.shaken.outside),
        "notes": [translate(language, f"chain.note.{name}") for name in _NOTES],
        "terrain_quality": localised(to_plain(region.terrain_quality), language),
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
        },
    }


def earthquake_name(answer: ChainAnswer, language: Language) -> str:
    """Return the name of a scenario, or the magnitude of a rupture that has none."""
    if answer.scenario is not None:
        return answer.scenario.titles[language]
    magnitude = format_number(answer.magnitude, language, 1)
    return translate(language, "chain.own_earthquake", magnitude=magnitude)


def summary_text(answer: ChainAnswer, language: Language) -> str:
    """Return the answer in two sentences."""
    least, value, most = (format_number(100.0 * one, language, 1) for one in answer.any_mudflow)
    first, *_, last = answer.question.strategies * 2

    def people(strategy: str) -> str:
        three = answer.expected(strategy, shaken=True)
        low, middle, high = (format_number(shown_count(one), language) for one in three)
        return f"{middle} ({low}{DASH}{high})"

    return translate(
        language,
        "chain.summary",
        earthquake=earthquake_name(answer, language),
        month=answer.question.month,
        probability=f"{value} % ({least}{DASH}{most} %)",
        first=people(first),
        last=people(last),
    )


def _place(place: ShakenPlace) -> dict[str, Any]:
    return {
        "lon": round(place.lon, 5),
        "lat": round(place.lat, 5),
        "vs30_m_s": round(place.vs30_m_s, 1),
        "pga_g": {
            "p5": significant(place.p5_g, 3),
            "median": significant(place.median_g, 3),
            "p95": significant(place.p95_g, 3),
        },
        "pgv_cm_s": significant(place.pgv_cm_s, 3),
    }


def _mudflow(one: MudflowChain, region: Region, language: Language) -> dict[str, Any]:
    scenario = region.scenarios[one.id]
    return {
        "id": one.id,
        "name": scenario.names[language],
        "river": scenario.river,
        "mudflow_m3": to_plain(scenario.mudflow_m3.value),
        "lake": _place(one.lake),
        "links": [
            {
                "id": link.id,
                "title": translate(language, f"chain.link.{link.id}"),
                "probability": band(link.three),
                "basis": link.basis,
                "basis_text": translate(language, f"chain.basis.{link.basis}"),
            }
            for link in one.links.values()
        ],
        "probability": band(one.probability),
        "run_ids": {name: dict(states) for name, states in one.run_ids.items()},
    }


def _structure(one: ShakenStructure, region: Region, language: Language) -> dict[str, Any]:
    harm = one.harm
    return {
        "id": one.id,
        "name": region.dam_sites[one.id].names[language],
        "strategy": one.strategy,
        "state_before": one.state,
        **_place(one.place),
        "pga_used_g": round(one.place.at_dam_g, 2),
        "settlement_m": [round(value, 2) for value in harm.settlement_m],
        "blocked_share": [round(value, 2) for value in harm.blocked_share],
        "damage": list(harm.damage),
        "damage_text": [translate(language, f"shaking.damage.{name}") for name in harm.damage],
        "basis": harm.basis,
    }


def _slopes(answer: ChainAnswer, region: Region, language: Language) -> dict[str, Any]:
    resolution = float(region.terrain_quality.get("resolution_m") or region.run_cell_size_m)
    usable = resolution <= COARSEST_M
    names = {str(each["id"]): each["properties"] for each in region.features("gorges")}
    return {
        "for_use": usable,
        "statement": translate(
            language,
            f"chain.slopes.{'for_use' if usable else 'not_for_use'}",
            resolution=format_number(resolution, language),
        ),
        "observed_1887": translate(language, "chain.slopes.observed"),
        "judgements": [
            {
                "id": name,
                "title": translate(language, f"chain.soil.{name}"),
                **{f"{end}_slides": figures[end] for end in ENDS},
                "unit": figures.get("unit", "1"),
                "basis": "judgement",
            }
            for name, figures in soil().items()
        ],
        "gorges": [
            {
                "id": each.id,
                "name": names[each.id].get(f"name_{language}"),
                "steep_share": significant(each.steep_share, 2),
                "newmark_share": band(each.newmark, 2),
                "nowicki_jessee_share": band(each.nowicki_jessee, 2),
            }
            for each in answer.slopes
        ],
    }


def judgements_json(language: Language) -> list[dict[str, Any]]:
    """Return every judged figure: named, with its band, unit, basis and source."""
    table = judgements()
    return [_judgement(one, language) for one in table.figures.values()] + [
        {
            "id": "season",
            "title": translate(language, "chain.link.season"),
            **{f"title_{code}": translate(code, "chain.link.season") for code in LANGUAGES},
            "months": [band(month) for month in table.months],
            "unit": "1",
            "basis": "record",
            "source": table.season_source,
        }
    ]


def _judgement(one: Judgement, language: Language) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": translate(language, f"chain.judgement.{one.id}"),
        **{f"title_{code}": translate(code, f"chain.judgement.{one.id}") for code in LANGUAGES},
        **band(one.three, 6),
        "least_harm": one.three[0],
        "most_harm": one.three[2],
        "unit": one.unit,
        "basis": one.basis,
        "source": one.source,
    }


def chain_csv(features: Sequence[Feature]) -> bytes:
    """Return the expected people and benefits as CSV: a row per district, strategy and state of the dams."""
    rows = [
        {
            "district": feature.id,
            "strategy": strategy,
            "dams": label,
            **{f"expected_{name}": value for name, value in figures.items()},
            **{
                f"benefit_{name}": value
                for name, value in feature.properties["dam_benefit_people"]
                .get(strategy, {})
                .get(label, {})
                .items()
            },
        }
        for feature in features
        for strategy, by_state in feature.properties["people_expected"].items()
        for label, figures in by_state.items()
    ]
    columns = dict.fromkeys(name for row in rows for name in row)
    return csv_bytes(list(columns), rows)
