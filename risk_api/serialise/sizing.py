"""The answer to "how high would it have to be": a sentence, the trade-off curve, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.benefit.sizing import MOST_TRIALS
from risk_api.figures import figures
from risk_api.i18n import Language, format_number, translate
from risk_api.serialise.exposure import assumption_json, localised, strategy_name
from risk_api.serialise.plain import to_plain
from risk_api.serialise.sizing_on_grid import height_on_grid, sizing_warnings

if TYPE_CHECKING:
    from geodata import DamSite, Region
    from risk_api.benefit.dam_sizing import Row, SizingAnswer
    from risk_api.benefit.sizing_question import SizingQuestion
    from risk_api.benefit.tally import DistrictTally

#: Digits of a row of the curve, by its field.
_DIGITS: Final = {
    "height_m": 1,
    "crest_elevation_m": 1,
    "capacity_m3": 0,
    "people_affected": 1,
    "people_exposed": 1,
    "minutes_gained": 1,
    "cost": 0,
}


def sizing_document(answer: SizingAnswer, region: Region, language: Language) -> dict[str, Any]:
    """Return the answer as JSON.

    Parameters
    ----------
    answer : SizingAnswer
    region : Region
    language : {"kk", "ru", "en"}
    """
    asked, found, geometry = answer.question, answer.found, answer.geometry
    rows = [
        {**row_json(row), "on_grid": height_on_grid(answer, row.height_m, region)} for row in answer.curve
    ]
    chosen = next((row for row in rows if row["height_m"] == found.height_m), {})
    site = region.dam_sites[asked.dam]
    terrain = localised(to_plain(region.terrain_quality), language)
    return {
        "description": translate(language, "sizing.about"),
        "language": language,
        "question": question_json(answer, region, language),
        "answer": found.answer,
        "text": answer_text(answer, region, language),
        **{key: chosen.get(key) for key in ("height_m", "crest_elevation_m", "capacity_m3")},
        "resolved_to_m": None if found.resolved_to_m is None else round(found.resolved_to_m, 1),
        "resolved_to_m3": _resolved_m3(answer),
        "reason": None if answer.reason is None else {"key": answer.reason[0], **answer.reason[1]},
        "falls_with_height": found.falling,
        "fails_again_above_m": list(found.fails_above_m),
        "notes": notes(answer, region, language),
        "warnings": sizing_warnings(answer, region, language),
        "runs": {"used": len(found.trials), "at_most": MOST_TRIALS},
        "curve": rows,
        "searched": {
            "lowest_m": geometry.lowest_m,
            "tallest_m": geometry.tallest_m,
            "smallest_m3": round(geometry.capacity_m3(geometry.lowest_m)),
            "largest_m3": round(geometry.capacity_m3(geometry.tallest_m)),
            "limited_by": geometry.limited_by,
            "limited_by_text": translate(language, f"sizing.limited.{geometry.limited_by}"),
        },
        "volume_balance": {
            "arrives_m3": round(answer.arrives_m3),
            "height_m": None if answer.balance_height_m is None else round(answer.balance_height_m, 1),
        },
        "people_above_dam": {key: _above_json(tallies, asked) for key, tallies in answer.above.items()},
        "dam": _dam_json(site, language),
        "terrain_quality": terrain,
        "assumptions": [
            assumption_json(item, language)
            for item in figures(
                region,
                region.scenarios[asked.scenario],
                {f"{height:g} m": inputs for height, inputs in answer.inputs.items()},
            )
        ],
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
            "run_ids": {f"{row.height_m:g}": row.run_id for row in answer.curve},
        },
    }


def question_json(answer: SizingAnswer, region: Region, language: Language) -> dict[str, Any]:
    """Return what was asked, with its defaults."""
    asked = answer.question
    return {
        "scenario": asked.scenario,
        "scenario_name": region.scenarios[asked.scenario].names[language],
        "dam": asked.dam,
        "dam_name": region.dam_sites[asked.dam].names[language],
        "affected_below": asked.affected_below,
        "district": asked.district,
        "strategy": asked.strategy,
        "strategy_name": strategy_name(region, asked.strategy, language),
        "scheme": asked.scheme,
        "by": asked.by,
        "cost_per_m3": asked.cost_per_m3,
        "currency": asked.currency if asked.cost_per_m3 is not None else None,
        "cell_size_m": answer.inputs[0.0]["cell_size_m"],
        "quality": asked.quality.id,
    }


def answer_text(answer: SizingAnswer, region: Region, language: Language) -> str:
    """Return the answer as one or two sentences."""
    asked, found = answer.question, answer.found
    names = {
        "dam": region.dam_sites[asked.dam].names[language],
        "limit": _count(asked.affected_below, language),
    }
    if found.answer == "none needed":
        return translate(
            language, "sizing.none_needed", **names, people=_count(found.trials[0].affected, language)
        )
    if found.height_m is not None:
        row = next(row for row in answer.curve if row.height_m == found.height_m)
        resolved = _resolved_m3(answer) if asked.by == "capacity" else found.resolved_to_m
        show = _thousands if asked.by == "capacity" else _metres
        lower = {} if resolved is None else {"resolved": show(resolved, language)}
        topic = "capacity.enough" if asked.by == "capacity" else "sizing.height"
        return translate(
            language,
            topic if lower else f"{topic}_lowest",
            **names,
            **lower,
            height=_metres(row.height_m, language),
            crest=format_number(row.crest_elevation_m, language),
            capacity=_thousands(row.capacity_m3 or 0.0, language),
            people=_count(row.people_affected, language),
        )
    assert answer.reason is not None
    best = found.best
    text = translate(
        language,
        "sizing.no_height",
        **names,
        tallest=_metres(found.tallest.height_m, language),
        left=_count(found.tallest.affected, language),
        best=_metres(best.height_m, language),
        people=_count(best.affected, language),
    )
    key, params = answer.reason
    why = translate(
        language,
        f"sizing.reason.{key}",
        people=_count(float(params.get("people", 0.0)), language),
        volume=_thousands(float(params.get("volume", 0.0)), language),
    )
    return f"{text} {why}"


def _resolved_m3(answer: SizingAnswer) -> float | None:
    """How much less the next lower dam holds that fails, m3; None where none was tried."""
    found = answer.found
    if found.height_m is None or found.resolved_to_m is None:
        return None

    def held_m3(height_m: float) -> float:
        row = min(answer.curve, key=lambda row: abs(row.height_m - height_m))
        return row.capacity_m3 or 0.0

    return round(held_m3(found.height_m) - held_m3(found.height_m - found.resolved_to_m))


def notes(answer: SizingAnswer, region: Region, language: Language) -> list[str]:
    """Return what has to be said beside the number."""
    found = answer.found
    said = []
    others = _others_text(answer, region, language)
    if others:
        said.append(others)
    if not found.falling:
        said.append(translate(language, "sizing.note.not_falling"))
    if found.fails_above_m:
        heights = ", ".join(_metres(height, language) for height in found.fails_above_m)
        said.append(translate(language, "sizing.note.fails_above", heights=heights))
    worse = [_metres(row.height_m, language) for row in answer.curve if row.worse]
    if worse:
        said.append(translate(language, "sizing.note.worse", heights=", ".join(worse)))
    said.append(translate(language, "sizing.note.same_openings"))
    if answer.question.cost_per_m3 is not None:
        said.append(translate(language, "sizing.note.cost"))
    said.append(translate(language, "page.districts.precision"))
    return said


def _others_text(answer: SizingAnswer, region: Region, language: Language) -> str:
    """What the other dams do where this one is absent: they may be why none is needed."""
    told = [
        translate(
            language,
            "sizing.other",
            dam=region.dam_sites[dam].names[language],
            outcome=translate(language, f"dam_outcome.{record['outcome']}"),
            held=_thousands(record["stored_m3"], language),
            passed=_thousands(record["passed_m3"], language),
            over=_thousands(record["overflow_m3"], language),
        )
        for dam, record in answer.found.trials[0].outcome.dams.items()
        if dam != answer.question.dam and record.get("outcome") not in (None, "not met")
    ]
    return translate(language, "sizing.others", dams="; ".join(told)) if told else ""


def row_json(row: Row) -> dict[str, Any]:
    """Return one height of the curve, rounded to what says something."""
    plain: dict[str, Any] = to_plain(row)
    return {
        key: round(value, _DIGITS[key]) if key in _DIGITS and value is not None else value
        for key, value in plain.items()
    }


def _above_json(tallies: Mapping[str, DistrictTally], asked: SizingQuestion) -> dict[str, Any]:
    chosen = [
        tally for district, tally in tallies.items() if asked.district is None or district == asked.district
    ]
    return {
        "people_exposed": round(sum(tally.exposed for tally in chosen), 1),
        "people_affected": round(sum(tally.affected for tally in chosen), 1),
    }


def _dam_json(site: DamSite, language: Language) -> dict[str, Any]:
    """What is published about the dam as it is: to hold against the curve."""
    return {
        "id": site.id,
        "name": site.names[language],
        "height_m": to_plain(site.height_m),
        "capacity_m3": to_plain(site.capacity_m3),
        "spill_below_crest_m": site.spill_below_crest_m,
        "figures": to_plain(site.figures),
    }


def _count(people: float, language: Language) -> str:
    # Not to two figures, as elsewhere: 996 shown as 1,000 would not be fewer than 1,000.
    return format_number(people, language, 0 if people >= 10.0 else 1)


def _metres(height_m: float, language: Language) -> str:
    return format_number(height_m, language, 1)


def _thousands(volume_m3: float, language: Language) -> str:
    return format_number(volume_m3 / 1000.0, language)
