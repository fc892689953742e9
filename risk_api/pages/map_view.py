"""What the map of the page starts from: runs, layers, classes and the sentences that its script says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from risk_api.answers import Question
from risk_api.i18n import Language, catalogue
from risk_api.pages.assets import MapAssets
from risk_api.serialise.exposure import strategy_name
from risk_api.service import Service

if TYPE_CHECKING:
    from risk_api.exposure import Comparison, Scheme

#: Keys that the script of the map needs; everything else is written by the templates.
_SCRIPT_TEXTS: Final = "map.js."
#: Strongest first, lightness falling with the intensity, told apart with every kind of colour blindness (a
#: test checks it), and each with a pattern besides.
_RAMP: Final = ("#67000d", "#cb181d", "#ef5a2f", "#fc9a4f", "#fdcf7a", "#fff3b8")
_PATTERNS: Final = ("solid", "cross", "lines", "back", "dots", "open")


def class_styles(scheme: Scheme, language: Language) -> list[dict[str, str]]:
    """Return how each class is drawn, strongest first: colour, pattern, letter and name."""
    count = len(scheme.classes)
    chosen = range(count) if count > 3 else (0, 2, 4)[:count]
    return [
        {
            "id": name,
            "name": scheme.class_names[name][language],
            "colour": _RAMP[index],
            "pattern": _PATTERNS[position],
        }
        for position, (name, index) in enumerate(zip(scheme.classes, chosen, strict=True))
    ]


def map_view(
    service: Service,
    assets: MapAssets,
    question: Question,
    comparison: Comparison | None,
    pair: Sequence[str],
    language: Language,
    root: str,
    job: str | None,
) -> dict[str, Any]:
    """Return the settings of the map's script.

    Parameters
    ----------
    comparison : Comparison or None
        None while its runs are being made; then `job` says which to follow.
    pair : sequence of str
        The strategies on the left and on the right.
    """
    from risk_api.exposure import SCHEMES

    region, scheme = service.region, SCHEMES[question.scheme]
    runs = comparison.run_ids if comparison is not None else {}
    boxes = [
        feature.shape.bounds
        for feature in service.layers.layer("districts").values()
        if feature.shape is not None
    ]
    return {
        "root": root,
        "language": language,
        "region": region.id,
        "bounds": _around(boxes) if boxes else list(region.bounds_lonlat),
        "limits": [round(value, 5) for value in region.bounds_lonlat],
        "scenario": {"id": question.scenario, "name": region.scenarios[question.scenario].names[language]},
        "sides": [
            {"id": name, "name": strategy_name(region, name, language), "run": runs.get(name)}
            for name in pair
        ],
        "scheme": {"id": scheme.id, "classes": class_styles(scheme, language)},
        "last_minute": _last_minute(service, [runs[name] for name in pair if name in runs]),
        "job": job,
        "files": f"{root}/static/map/",
        "keep": [f"{root}/static/map/{name}" for name in assets.all],
        "texts": _texts(language),
    }


def _last_minute(service: Service, runs: Sequence[str]) -> int:
    """Return the minute at which the longer of the runs ended: the end of the time slider."""
    return max((ceil(service.answers.ending(run_id).end_s / 60.0) for run_id in runs), default=60)


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> list[float]:
    west, south, east, north = zip(*boxes, strict=True)
    return [round(value, 5) for value in (min(west), min(south), max(east), max(north))]


def _texts(language: Language) -> Mapping[str, str]:
    """Return the sentences of the script, keyed without their common beginning."""
    found = catalogue(language)
    return {
        key.removeprefix(_SCRIPT_TEXTS): text for key, text in found.items() if key.startswith(_SCRIPT_TEXTS)
    }
