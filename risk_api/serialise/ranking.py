"""Which dam first, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from risk_api import __version__
from risk_api.benefit.annual import RULE
from risk_api.benefit.ranking import TIE_SHARE
from risk_api.i18n import Language, format_number, translate
from risk_api.serialise.exposure import localised, strategy_name
from risk_api.serialise.plain import to_plain

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.benefit.site_ranking import RankingAnswer


def ranking_document(answer: RankingAnswer, region: Region, language: Language) -> dict[str, Any]:
    """Return the order of the dams, what each adds, their ties and interactions.

    Parameters
    ----------
    answer : RankingAnswer
    region : Region
    language : {"kk", "ru", "en"}
    """
    over, ranking = answer.question.over, answer.ranking
    names = {dam: region.dam_sites[dam].names[language] for dam in answer.question.dams}
    return {
        "description": translate(language, "ranking.about"),
        "language": language,
        "by": ranking.by,
        "measure": over.measure,
        "unit": translate(language, "benefit.unit"),
        "rule": RULE,
        "reference": {"id": over.reference, "name": strategy_name(region, over.reference, language)},
        "expected_without": round(answer.expected, 3),
        "places": [
            {
                "place": number,
                "dam": place.site,
                "name": names[place.site],
                "alone": round(place.alone, 3),
                "added": round(place.added, 3),
                "added_per_billion": None if place.per_cost is None else round(place.per_cost, 4),
                "tied_with": list(place.tied_with),
                "cost": to_plain(answer.costs[place.site]),
                "scenarios_met": answer.met[place.site],
            }
            for number, place in enumerate(ranking.places, start=1)
        ],
        "interactions": [
            {"dams": list(pair.sites), "beyond_the_sum": round(pair.beyond_the_sum, 3)}
            for pair in ranking.interactions
        ],
        "notes": list(_notes(answer, language)),
        "scenarios": {
            name: {
                **{key: rate for key, rate in to_plain(answer.rates[name]).items() if key != "scenario"},
                "name": region.scenarios[name].names[language],
            }
            for name in over.scenarios
        },
        "terrain_quality": localised(to_plain(region.terrain_quality), language),
        "lineage": {
            "software": f"selrisk {__version__}",
            "region": region.id,
            "region_version": region.version,
            "run_ids": to_plain(answer.run_ids),
        },
    }


def _notes(answer: RankingAnswer, language: Language) -> Iterator[str]:
    yield translate(language, "ranking.note.steps")
    if any(place.tied_with for place in answer.ranking.places):
        yield translate(language, "ranking.note.tie", share=format_number(100.0 * TIE_SHARE, language))
    if any(place.alone < 0.0 or place.added < 0.0 for place in answer.ranking.places):
        yield translate(language, "ranking.note.harm")
    if any(not answer.met[place.site] for place in answer.ranking.places):
        yield translate(language, "ranking.note.never_met")
    years = {cost.year for cost in answer.costs.values() if cost is not None}
    if len(years) > 1:
        yield translate(language, "benefit.cost.other_years")
    if any(rate.basis == "counted" for rate in answer.rates.values()):
        yield translate(language, "benefit.rate.counted")
