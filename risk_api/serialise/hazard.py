"""Hazard as GeoJSON and as a table: a feature per place, its levels, spectra, curves and earthquakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api import __version__
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.seismic.gmm import MODELS, OutsideRange
from risk_api.seismic.hazard.assumptions import SourceAssumption, source_assumptions
from risk_api.seismic.hazard.curves import SPECTRUM
from risk_api.seismic.hazard.disaggregation import DISTANCE_EDGES_KM, MAGNITUDE_EDGES, Disaggregation
from risk_api.seismic.intensity import IntensityScale, intensity
from risk_api.seismic.measures import Measure
from risk_api.serialise.features import Feature
from risk_api.serialise.tables import csv_bytes

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.seismic.hazard_answers import HazardAnswer

Floats = NDArray[np.float64]
BELIEF_PERCENT: Final = (10.0, 50.0, 90.0)
_NOTES: Final = ("rests_on", "models", "belief", "not_in_it", "code")


def significant(value: float, digits: int = 4) -> float | None:
    """Return a number with so many significant digits; None for what is not a number."""
    return float(f"{value:.{digits}g}") if np.isfinite(value) else None


def period_key(period_years: float) -> str:
    """Return how a return period is written as a key: 475, 2475.5."""
    return f"{period_years:g}" if period_years < 1e5 else repr(period_years)


def hazard_features(answer: HazardAnswer, districts: Mapping[str, Feature]) -> list[Feature]:
    """Return a feature per place: a district's polygon, or the point.

    Parameters
    ----------
    answer : HazardAnswer
    districts : mapping
        The district features by id.
    """
    curves = answer.hazard
    fractiles = {f"p{percent:g}": curves.fractile(percent) for percent in BELIEF_PERCENT}
    rates = {"mean": curves.mean, **fractiles}
    levels = {
        period: {name: curves.level(period, given) for name, given in rates.items()}
        for period in answer.question.return_periods
    }
    found = []
    for column, place in enumerate(answer.places):
        district = districts.get(place.id)
        named = ("name_kk", "name_ru", "name_en")
        names = {key: district.properties.get(key) for key in named} if district is not None else {}
        at_place = {
            period: {name: values[:, column] for name, values in by_rate.items()}
            for period, by_rate in levels.items()
        }
        properties: dict[str, Any] = {
            **names,
            "lon": round(place.lon, 5),
            "lat": round(place.lat, 5),
            "vs30_m_s": round(place.vs30_m_s, 1),
            "vs30_basis": place.vs30_basis,
            "vs30_low_m_s": place.vs30_low_m_s,
            "vs30_high_m_s": place.vs30_high_m_s,
            "levels": {period_key(period): _levels(answer, found_) for period, found_ in at_place.items()},
            "uniform_spectra": {
                period_key(period): _spectrum(answer, found_) for period, found_ in at_place.items()
            },
            "curves": _curves(answer, rates, column),
        }
        if answer.disaggregations:
            assert answer.question.disaggregate is not None
            measure, period = answer.question.disaggregate
            level, split = answer.disaggregations[column]
            properties["disaggregation"] = {
                "measure": measure.field,
                "return_period_years": period,
                "level": significant(level),
                **_split(split),
            }
        point = {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]}
        found.append(Feature(place.id, district.geometry if district is not None else point, properties))
    return found


def _levels(answer: HazardAnswer, at_place: Mapping[str, Floats]) -> dict[str, Any]:
    measures = answer.hazard.measures
    shown: dict[str, Any] = {
        measure.field: {name: significant(values[row]) for name, values in at_place.items()}
        for row, measure in enumerate(measures)
    }
    pga, pgv = measures.index(Measure.PGA), measures.index(Measure.PGV)
    for scale in (IntensityScale.MMI, IntensityScale.MSK_KZ):
        shown[f"intensity_{scale.value}"] = {
            name: round(float(intensity(scale, values[pga], values[pgv])), 2)
            for name, values in at_place.items()
        }
    return shown


def _spectrum(answer: HazardAnswer, at_place: Mapping[str, Floats]) -> dict[str, Any]:
    rows = [answer.hazard.measures.index(measure) for measure in SPECTRUM]
    return {
        "period_s": [max(0.0, measure.key) for measure in SPECTRUM],
        **{f"{name}_g": [significant(values[row]) for row in rows] for name, values in at_place.items()},
    }


def _curves(answer: HazardAnswer, rates: Mapping[str, Floats], column: int) -> dict[str, Any]:
    curves = answer.hazard
    return {
        measure.field: {
            "level": [significant(level) for level in curves.levels[row]],
            **{
                f"{name}_per_year": [significant(rate) for rate in given[row, column]]
                for name, given in rates.items()
            },
        }
        for row, measure in enumerate(curves.measures)
    }


def _split(split: Disaggregation) -> dict[str, Any]:
    return {
        "rate_per_year": significant(split.rate_yr),
        "mean_magnitude": round(split.mean_magnitude, 2),
        "mean_distance_km": round(split.mean_distance_km, 1),
        "magnitude_edges": list(MAGNITUDE_EDGES),
        "distance_edges_km": list(DISTANCE_EDGES_KM),
        "share_by_magnitude_and_distance": [
            [round(float(share), 4) for share in row] for row in split.by_magnitude_and_distance
        ],
        "share_by_source": {
            name: round(share, 4)
            for name, share in sorted(split.by_group.items(), key=lambda item: -item[1])
            if share >= 5e-5
        },
    }


def hazard_members(answer: HazardAnswer, region: Region, language: Language) -> dict[str, Any]:
    """Return what the answer says about the whole: beliefs, models, what is assumed, what is not in it."""
    question = answer.question
    weights = dict(question.weights) or {name: 1.0 / len(MODELS) for name in MODELS}
    return {
        "question": {
            "ground": question.ground if isinstance(question.ground, str) else "given",
            "return_periods_years": list(question.return_periods),
        },
        "measures": {
            measure.field: {
                "title": translate(language, f"hazard.measure.{measure.field}"),
                "unit": measure.unit,
            }
            for measure in answer.hazard.measures
        },
        "branches": [
            {"id": branch.id, "share": round(branch.share, 6)} for branch in answer.hazard.tree.branches
        ],
        "models": {name: round(share, 6) for name, share in weights.items()},
        "outside_model_range": outside_json(answer.hazard.outside),
        "assumptions": [assumption_json(each, language) for each in source_assumptions()],
        "notes": [translate(language, f"hazard.note.{name}") for name in _NOTES],
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
            "sources": "c_asia_blocks (CC BY 4.0), ISC-GEM 7 (numbers only)",
        },
    }


def outside_json(marks: Sequence[OutsideRange]) -> list[dict[str, Any]]:
    """Return where models were asked beyond their range."""
    return [
        {
            "model": mark.model,
            "field": mark.field,
            "low": mark.low,
            "high": mark.high,
            "furthest": significant(mark.furthest),
            "share": significant(mark.share, 2),
        }
        for mark in marks
    ]


def assumption_json(assumption: SourceAssumption, language: Language) -> dict[str, Any]:
    """Return one assumption of the sources, its title in every language."""
    titles = {
        f"title_{code}": translate(code, f"hazard.assumption.{assumption.name}", of=assumption.of)
        for code in LANGUAGES
    }
    return {
        "id": assumption.id,
        "title": titles[f"title_{language}"],
        **titles,
        "value": assumption.value,
        "low": assumption.low,
        "high": assumption.high,
        "unit": assumption.unit,
        "source": assumption.source,
    }


def hazard_rows(features: Sequence[Feature]) -> list[dict[str, Any]]:
    """Return the levels as rows: a place, a return period and a measure each."""
    return [
        {
            "id": feature.id,
            "lon": feature.properties["lon"],
            "lat": feature.properties["lat"],
            "vs30_m_s": feature.properties["vs30_m_s"],
            "vs30_basis": feature.properties["vs30_basis"],
            "return_period_years": period,
            "measure": measure,
            **values,
        }
        for feature in features
        for period, levels in feature.properties["levels"].items()
        for measure, values in levels.items()
    ]


def hazard_csv(features: Sequence[Feature]) -> bytes:
    """Return the levels as CSV."""
    rows = hazard_rows(features)
    return csv_bytes(list(rows[0]), rows)
