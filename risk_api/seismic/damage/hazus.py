"""Figures of the Hazus Earthquake Model Technical Manual 6.1 (FEMA, July 2024; public domain).

Medians of equivalent PGA: tables 5-37 to 5-40, from one transcription; tests compare every value with
another, that of the USGS for ShakeCast. Casualties indoors: tables 12-3 to 12-7; collapse: table 12-8;
compared row by row with a transcription. Made for buildings of the United States; the rates of casualties
rest on few records, as the manual itself says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SOURCE: Final = "Hazus Earthquake Model Technical Manual 6.1 (FEMA, 2024)"
STATES: Final = ("slight", "moderate", "extensive", "complete")
LEVELS: Final = ("pre", "low", "moderate", "high")
BETA_TOTAL: Final = 0.64
"""Scatter of the curves as printed: of the threshold and of the shaking, sqrt(0.4^2 + 0.5^2)."""
BETA_THRESHOLD: Final = 0.4
"""Scatter of the threshold alone, where the shaking's own scatter is drawn (manual, section 5.4.3)."""

#: Median equivalent PGA, g, of slight, moderate, extensive and complete damage by design level.
MEDIAN_PGA_G: Final[Mapping[str, Mapping[str, tuple[float, float, float, float]]]] = {
    "W1": {
        "pre": (0.18, 0.29, 0.51, 0.77),
        "low": (0.20, 0.34, 0.61, 0.95),
        "moderate": (0.24, 0.43, 0.91, 1.34),
        "high": (0.26, 0.55, 1.28, 2.01),
    },
    "S3": {
        "pre": (0.08, 0.10, 0.16, 0.30),
        "low": (0.10, 0.13, 0.20, 0.38),
        "moderate": (0.13, 0.19, 0.33, 0.60),
        "high": (0.15, 0.26, 0.54, 1.00),
    },
    "C1M": {
        "pre": (0.09, 0.13, 0.26, 0.43),
        "low": (0.12, 0.17, 0.32, 0.54),
        "moderate": (0.13, 0.21, 0.49, 0.89),
        "high": (0.15, 0.27, 0.73, 1.61),
    },
    "C2M": {
        "pre": (0.10, 0.15, 0.30, 0.50),
        "low": (0.12, 0.19, 0.38, 0.63),
        "moderate": (0.15, 0.26, 0.55, 1.02),
        "high": (0.17, 0.36, 0.87, 1.95),
    },
    "PC2M": {
        "pre": (0.09, 0.13, 0.24, 0.42),
        "low": (0.11, 0.16, 0.31, 0.52),
        "moderate": (0.15, 0.21, 0.45, 0.86),
        "high": (0.17, 0.29, 0.67, 1.51),
    },
    "RM1L": {
        "pre": (0.13, 0.16, 0.24, 0.43),
        "low": (0.16, 0.20, 0.29, 0.54),
        "moderate": (0.22, 0.30, 0.50, 0.85),
        "high": (0.30, 0.46, 0.93, 1.57),
    },
    "RM2M": {
        "pre": (0.10, 0.14, 0.26, 0.47),
        "low": (0.12, 0.17, 0.34, 0.60),
        "moderate": (0.16, 0.23, 0.48, 0.99),
        "high": (0.17, 0.33, 0.75, 1.83),
    },
    "URML": {
        "pre": (0.13, 0.17, 0.26, 0.37),
        "low": (0.14, 0.20, 0.32, 0.46),
    },
}

#: Share of completely damaged buildings that collapse.
COLLAPSE: Final[Mapping[str, float]] = {
    "W1": 0.03,
    "S3": 0.03,
    "C1M": 0.10,
    "C2M": 0.10,
    "PC2M": 0.13,
    "RM1L": 0.13,
    "RM2M": 0.10,
    "URML": 0.15,
}

_UNREINFORCED: Final = frozenset({"URML"})
_LIGHT: Final = frozenset({"W1", "S3"})


def casualty_rates(hazus_type: str) -> tuple[tuple[float, float, float, float], ...]:
    """Shares of those indoors hurt with severity 1 to 4, by grade 0 to 5.

    Grades 1 to 3 are slight, moderate and extensive damage, 4 complete damage without and 5 with collapse.
    Severity 1 needs first aid, 2 a hospital, 3 endangers life at once, 4 is death.
    """
    none = (0.0, 0.0, 0.0, 0.0)
    slight = (5e-4, 0.0, 0.0, 0.0)
    collapse = (0.4, 0.2, 0.03, 0.05) if hazus_type in _LIGHT else (0.4, 0.2, 0.05, 0.1)
    if hazus_type in _UNREINFORCED:
        middle = ((3.5e-3, 4e-3, 1e-5, 1e-5), (2e-2, 2e-3, 2e-5, 2e-5), (0.1, 0.02, 2e-4, 2e-4))
        return (none, slight, *middle, collapse)
    moderate = (2.5e-3, 3e-4, 0.0, 0.0) if hazus_type in _SOFTER else (2e-3, 2.5e-4, 0.0, 0.0)
    return (none, slight, moderate, (1e-2, 1e-3, 1e-5, 1e-5), (0.05, 0.01, 1e-4, 1e-4), collapse)


#: Types whose rates in moderate damage are a quarter higher (table 12-4).
_SOFTER: Final = frozenset({"W1", "C1M", "C2M", "PC2M"})
