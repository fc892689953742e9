"""What an earthquake does, as GeoJSON and as tables: one feature per district, both branches side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.i18n import Language, translate
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import OF_PEOPLE, Branch
from risk_api.seismic.damage.losses import REALISATIONS, SEED
from risk_api.seismic.damage.pager import OFFICIAL_SOURCE
from risk_api.seismic.damage.published import published_losses
from risk_api.seismic.damage.summary import Band, Outcome, Summary
from risk_api.seismic.damage.types import building_types
from risk_api.serialise.exposure import population_members
from risk_api.serialise.features import Feature
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.seismic.answers import OfficialRule, QuakeAnswer, QuakeAnswers
    from risk_api.seismic.rupture import Rupture

HOURS: Final = ("night", "day")
SEVERITIES: Final = OF_PEOPLE[:4]
_GRADES: Final = tuple(f"grade_{grade}" for grade in range(6))


def figure(value: float) -> float:
    """Return a number with the digits that are worth showing."""
    if abs(value) >= 100.0:
        return float(round(value))
    return round(value, 1) if abs(value) >= 1.0 else round(value, 3)


def band_json(band: Band, digits: int | None = None) -> dict[str, float]:
    """Return a band; with `digits` every member has so many."""
    members = {"low": band.low, "mid": band.mid, "high": band.high, "mean": band.mean}
    return {key: figure(value) if digits is None else round(value, digits) for key, value in members.items()}


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return the bands of one branch: grades, buildings, people, casualties by hour and severity."""
    assumed = damage_assumptions()
    hours = {
        hour: {
            severity: band_json(outcome[severity].times(assumed.value(f"at_home_{hour}")))
            for severity in SEVERITIES
        }
        for hour in HOURS
    }
    return {
        "buildings_by_grade": {grade.removeprefix("grade_"): band_json(outcome[grade]) for grade in _GRADES},
        "buildings_destroyed": band_json(outcome["destroyed"]),
        "buildings_unusable": band_json(outcome["unusable"]),
        "people_displaced": band_json(outcome["displaced"]),
        "casualties": hours,
    }


def summary_json(summary: Summary, official: OfficialRule) -> dict[str, Any]:
    """Return a district's or the city's figures."""
    shaking = {
        "pga_g": band_json(summary.shaking["pga_g"], 3),
        "mmi": band_json(summary.shaking["mmi"], 1),
        "msk_kz": band_json(summary.shaking["msk_kz"], 1),
    } if summary.shaking else None  # fmt: skip
    branches = {branch: outcome_json(outcome) for branch, outcome in summary.branches.items()}
    return {
        "population": figure(summary.people),
        "buildings": figure(summary.buildings),
        **({"shaking": shaking} if shaking else {}),
        "branches": branches,
        "both": outcome_json(summary.both),
        "branch_spread": {
            "deaths": _ratio(summary, "severity_4"),
            "buildings_destroyed": _ratio(summary, "destroyed"),
        },
        "cross_checks": {
            "pager_deaths": band_json(summary.pager_deaths),
            "official_rule": {
                "intensity_msk": round(official.intensity_msk, 1),
                "deaths": figure(official.deaths),
                "seriously_injured": figure(official.seriously_injured),
                "source": OFFICIAL_SOURCE,
            },
        },
    }


def _ratio(summary: Summary, outcome: str) -> float | None:
    """Mean of the fragility branch over that of the macroseismic one; None where nothing happens."""
    macroseismic, fragility = (summary.branches[branch][outcome].mean for branch in Branch)
    return round(fragility / macroseismic, 2) if min(macroseismic, fragility) >= 0.001 else None


def quake_features(answer: QuakeAnswer, districts: Mapping[str, Feature]) -> list[Feature]:
    """Return one feature per district."""
    features = []
    for summary in answer.districts:
        known = districts[summary.id]
        features.append(
            Feature(
                summary.id,
                known.geometry,
                {
                    **{key: known.properties.get(key) for key in ("name_kk", "name_ru", "name_en", "kato")},
                    "population_precision": known.properties.get("precision"),
                    **summary_json(summary, answer.official[summary.id]),
                    "lineage": {"answer_id": answer.id},
                },
            )
        )
    return features


def quake_members(
    answer: QuakeAnswer,
    answers: QuakeAnswers,
    region: Region,
    features: Sequence[Feature],
    language: Language,
) -> dict[str, Any]:
    """Return what the collection says about the whole: earthquake, city, comparisons, how sure."""
    scenario, rupture = answer.scenario, answer.rupture
    return {
        "id": answer.id,
        "scenario": None
        if scenario is None
        else {
            "id": scenario.id,
            "name": scenario.titles[language],
            "kind": scenario.kind,
            "date": scenario.date,
        },
        "rupture": rupture_json(rupture),
        "city": {
            **summary_json(answer.city, answer.official["city"]),
            "per_head": per_head(answer),
        },
        "published": published_json(answer),
        "outside": marks(answer, language),
        "population": population_members(region, features, language),
        "building_stock": {
            "buildings": figure(answer.city.buildings),
            "people_of_source": figure(float(answers.stock.people_of_source.sum())),
            "source": region.file.layers["building_stock"].text("source"),
            "note": translate(language, "quake.stock_note"),
        },
        "bands": translate(language, "quake.bands"),
        "severities": {name: translate(language, f"quake.{name}") for name in SEVERITIES},
        "building_types": type_list(answers, language),
        "assumptions": assumption_list(answer, language),
        "notes": [translate(language, f"quake.note.{key}") for key in ("upper", "day", "homes")],
        "lineage": lineage(answer, answers, region),
    }


def rupture_json(rupture: Rupture) -> dict[str, Any]:
    """Return what slips: size, place, direction."""
    return {
        "magnitude": rupture.magnitude,
        "rake_deg": rupture.rake_deg,
        "dip_deg": rupture.dip_deg,
        "top_depth_km": round(rupture.top_depth_km, 3),
        "bottom_depth_km": round(rupture.bottom_depth_km, 3),
        "width_km": round(rupture.width_km, 3),
        "length_km": round(rupture.length_km, 3),
        "trace": [[round(lon, 6), round(lat, 6)] for lon, lat in rupture.trace],
    }


def per_head(answer: QuakeAnswer) -> dict[str, float]:
    """Return mean deaths by night per person, by branch."""
    night = damage_assumptions().value("at_home_night")
    return {
        branch: float(f"{outcome['severity_4'].mean * night / max(answer.city.people, 1.0):.3g}")
        for branch, outcome in answer.city.branches.items()
    }


def published_json(answer: QuakeAnswer) -> dict[str, Any] | None:
    """Return the published study of the same earthquake, None where there is none or it was changed."""
    if answer.scenario is None:
        return None
    found = published_losses(answer.scenario.id)
    if found is None:
        return None
    ours = per_head(answer)
    return {
        "source": found.source,
        "buildings": found.buildings,
        "people": found.people,
        "deaths": {"mean": found.deaths, "deviation": found.deaths_deviation},
        "buildings_complete": {"mean": found.complete, "deviation": found.complete_deviation},
        "deaths_per_head": float(f"{found.deaths_per_head:.3g}"),
        "complete_share": float(f"{found.complete_share:.3g}"),
        "ratio_per_head": {
            branch: float(f"{value / found.deaths_per_head:.2g}") for branch, value in ours.items()
        },
    }


def marks(answer: QuakeAnswer, language: Language) -> list[dict[str, Any]]:
    """Return where a model was asked beyond the range that its authors give."""
    return [
        {
            "model": mark.model,
            "field": mark.field,
            "low": mark.low,
            "high": mark.high,
            "furthest": float(f"{mark.furthest:.4g}"),
            "text": translate(
                language,
                "quake.outside",
                model=mark.model,
                field=mark.field,
                low=f"{mark.low:g}",
                high=f"{mark.high:g}",
                value=f"{mark.furthest:.4g}",
            ),
        }
        for mark in answer.shaking.outside
    ]


def assumption_list(answer: QuakeAnswer, language: Language) -> list[dict[str, Any]]:
    """Return every assumption that the answer rests on: of damage, and of the earthquake itself."""
    found: list[dict[str, Any]] = [
        {
            "id": entry.id,
            "title": entry.title[language],
            "value": entry.value,
            "low": entry.low,
            "high": entry.high,
            "unit": entry.unit,
            "branch": entry.branch or None,
            "drawn": entry.drawn,
            "source": entry.source,
            "why": entry.why[language],
        }
        for entry in damage_assumptions().entries.values()
    ]
    if answer.scenario is not None:
        found += [
            {
                "id": name,
                "title": name,
                "value": figure_.value,
                "low": figure_.low,
                "high": figure_.high,
                "unit": "",
                "branch": None,
                "drawn": False,
                "source": figure_.source,
                "why": figure_.why[language] if figure_.why else None,
            }
            for name, figure_ in answer.scenario.assumptions().items()
        ]
    return found


def type_list(answers: QuakeAnswers, language: Language) -> list[dict[str, Any]]:
    """Return how each building type is taken in both branches, and how much of the city it is."""
    stock = answers.stock
    buildings, people = stock.buildings.sum(axis=0), stock.people.sum(axis=0)
    return [
        {
            "id": kind.id,
            "title": kind.titles[language],
            "buildings": figure(float(buildings[column])),
            "people": figure(float(people[column])),
            "vulnerability_index": kind.vulnerability_index,
            "vulnerability_as": kind.vulnerability_as,
            "hazus_type": kind.hazus_type,
            "hazus_levels": dict(kind.hazus_levels),
        }
        for column, kind in enumerate(building_types().types.values())
    ]


def lineage(answer: QuakeAnswer, answers: QuakeAnswers, region: Region) -> dict[str, Any]:
    """Return what the answer was computed from."""
    return {
        "software": f"selrisk {__version__}",
        "answer_id": answer.id,
        "region": region.id,
        "region_version": region.version,
        "ground_motion": dict(
            zip(
                answer.shaking.models,
                (round(float(share), 4) for share in answer.shaking.weights),
                strict=True,
            )
        ),
        "branches": dict(damage_assumptions().branch_shares),
        "realisations": REALISATIONS,
        "seed": SEED,
        "places": len(answers.places.lon),
        "vs30": answers.places.ground,
        "intensity": "mmi",
        "rates": "Hazus 6.1; Lagomarsino and Giovinazzi (2006)",
    }


def quake_rows(features: Sequence[Feature], language: Language) -> Iterator[dict[str, Any]]:
    """Yield a row per district and branch, `both` last."""
    for feature in features:
        properties = feature.properties
        for branch, outcome in (*properties["branches"].items(), ("both", properties["both"])):
            yield {
                "district": feature.id,
                "name": feature.names()[language],
                "population": properties["population"],
                "branch": branch,
                **flat_outcome(outcome),
            }


def flat_outcome(outcome: Mapping[str, Any]) -> dict[str, float]:
    """Return bands as one level: `deaths_night_low` and so on, as `outcome_json` gives them."""
    flat: dict[str, float] = {}
    for grade, band in outcome["buildings_by_grade"].items():
        flat[f"buildings_grade_{grade}_mean"] = band["mean"]
    for name in ("buildings_destroyed", "buildings_unusable", "people_displaced"):
        flat |= {f"{name}_{key}": value for key, value in outcome[name].items()}
    for hour in HOURS:
        for severity in SEVERITIES:
            band = outcome["casualties"][hour][severity]
            flat |= {f"casualties_{severity}_{hour}_{key}": value for key, value in band.items()}
    return flat


def quake_csv(features: Sequence[Feature], language: Language) -> bytes:
    """Return the districts as CSV, a row per district and branch."""
    rows = list(quake_rows(features, language))
    columns = list(rows[0]) if rows else ["district", "name", "population", "branch"]
    return csv_bytes(columns, rows)
