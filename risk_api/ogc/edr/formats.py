"""What EDR answers in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from risk_api.ogc.links import GEOJSON

if TYPE_CHECKING:
    from risk_api.ogc.call import Formats

COVERAGE_JSON: Final = "application/prs.coverage+json"
FORMATS: Final[Formats] = (("CoverageJSON", COVERAGE_JSON), ("GeoJSON", GEOJSON))
LOCATIONS: Final[Formats] = (("GeoJSON", GEOJSON),)
