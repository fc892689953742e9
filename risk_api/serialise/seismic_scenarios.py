"""Named earthquakes as GeoJSON: the upper edge of the rupture, every figure with its band and source."""

from __future__ import annotations

from typing import Any

from risk_api.i18n import Language
from risk_api.seismic.scenarios import Figure, SeismicScenario
from risk_api.serialise.features import Feature
from risk_api.serialise.plain import to_plain


def scenario_feature(scenario: SeismicScenario, language: Language) -> Feature:
    """Return an earthquake as the line or point that its table gives."""
    points = [[lon, lat] for lon, lat in scenario.points]
    geometry: dict[str, Any] = (
        {"type": "Point", "coordinates": points[0]}
        if len(points) == 1
        else {"type": "LineString", "coordinates": points}
    )
    return Feature(
        scenario.id,
        geometry,
        {
            **{f"name_{code}": text for code, text in scenario.titles.items()},
            "kind": scenario.kind,
            "date": scenario.date or None,
            "figures": {name: _figure(each, language) for name, each in scenario.figures.items()},
            "place": {"source": scenario.place_source, "confidence": scenario.place_confidence},
            "observed": to_plain(scenario.observed),
        },
    )


def _figure(figure: Figure, language: Language) -> dict[str, Any]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "source": figure.source,
        "confidence": figure.confidence,
        "assumed": figure.assumed,
        **({"why": figure.why[language]} if figure.why else {}),
    }
