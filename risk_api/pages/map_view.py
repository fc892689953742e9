"""What the map of the page starts from: runs, layers, classes and the sentences that its script says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from risk_api.answers import Question
from risk_api.i18n import Language, catalogue
from risk_api.pages.assets import MapAssets
from risk_api.pages.online import online_base
from risk_api.serialise.exposure import strategy_name
from risk_api.serialise.units import shown_unit
from risk_api.service import Service
from risk_api.static_files import page_style_address

if TYPE_CHECKING:
    from risk_api.exposure import Comparison, Scheme

#: Keys that the script of the map needs; everything else is written by the templates.
_SCRIPT_TEXTS: Final = "map.js."
#: Strongest first: told apart without colour as well.
_PATTERNS: Final = ("solid", "cross", "lines", "back", "dots", "open")


def class_styles(scheme: Scheme, language: Language) -> list[dict[str, str]]:
    """Return how each class is drawn, strongest first: colour, pattern, letter and name."""
    from risk_api.tiles.run_layers import hazard_legend

    # The colours of the tiles: the same class never looks different on two maps.
    drawn = hazard_legend(f"hazard-{scheme.id}", scheme).to_json()["classes"]
    return [
        {"id": entry["id"], "name": entry[f"name_{language}"], "colour": entry["colour"], "pattern": pattern}
        for entry, pattern in zip(drawn, _PATTERNS, strict=False)
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
    earthquake: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the settings of the map's script.

    Parameters
    ----------
    comparison : Comparison or None
        None while its runs are being made; then `job` says which to follow.
    pair : sequence of str
        The strategies on the left and on the right.
    earthquake : mapping
        `asked`: whose shaking can be shown, or None; `choices` with their names.
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
        "earthquake": earthquake["asked"],
        "earthquake_name": next((one["name"] for one in earthquake["choices"] if one["chosen"]), None),
        "online": online_base(service.settings),
        "files": f"{root}/static/map/",
        "keep": [
            page_style_address(root),
            *(f"{root}/static/map/{name}" for name in assets.all),
        ],
        "texts": _texts(language),
    }


def _last_minute(service: Service, runs: Sequence[str]) -> int:
    """Return the minute of the last arrival in any of the runs: the end of the time slider."""
    last = [_last_arrival_s(service.store.open(run_id).raster_path("arrival_s")) for run_id in runs]
    return max((ceil(arrival_s / 60.0) for arrival_s in last), default=60) or 1


@lru_cache(256)
def _last_arrival_s(raster_path: Path) -> float:
    """Return when the flow reached its last cell, 0 where it reached none; a run's raster never changes."""
    import numpy as np
    import rasterio

    with rasterio.open(raster_path) as raster:
        arrival = raster.read(1)
    return float(np.nanmax(arrival)) if np.isfinite(arrival).any() else 0.0


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> list[float]:
    west, south, east, north = zip(*boxes, strict=True)
    return [round(value, 5) for value in (min(west), min(south), max(east), max(north))]


def _texts(language: Language) -> Mapping[str, str]:
    """Return the sentences of the script, keyed without their common beginning."""
    found = catalogue(language)
    units = {f"unit.{unit}": shown_unit(unit, language) for unit in ("m", "km")}
    return units | {
        key.removeprefix(_SCRIPT_TEXTS): text for key, text in found.items() if key.startswith(_SCRIPT_TEXTS)
    }
