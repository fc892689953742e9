"""The measures of shaking that the service speaks of, and the periods at which models tabulate them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PGA_KEY: Final = 0.0
"""Stands for peak ground acceleration where models tabulate by period, as published tables do."""
PGV_KEY: Final = -1.0
"""Stands for peak ground velocity in the same tables."""


class Measure(StrEnum):
    """A measure of shaking: horizontal, RotD50, as the NGA-West2 models define it."""

    PGA = "pga"
    PGV = "pgv"
    SA_03 = "sa_0.3"
    SA_06 = "sa_0.6"
    SA_10 = "sa_1.0"

    @property
    def key(self) -> float:
        """Period in s under which models tabulate it; `PGA_KEY` and `PGV_KEY` for the two peaks."""
        return _KEYS[self]

    @property
    def unit(self) -> str:
        """Unit of the value: g for accelerations, cm/s for the velocity."""
        return "cm/s" if self is Measure.PGV else "g"

    @property
    def field(self) -> str:
        """Name of the value in answers, with its unit."""
        return _FIELDS[self]


_KEYS: Final = {
    Measure.PGA: PGA_KEY,
    Measure.PGV: PGV_KEY,
    Measure.SA_03: 0.3,
    Measure.SA_06: 0.6,
    Measure.SA_10: 1.0,
}
_FIELDS: Final = {
    Measure.PGA: "pga_g",
    Measure.PGV: "pgv_cm_s",
    Measure.SA_03: "sa_0_3_g",
    Measure.SA_06: "sa_0_6_g",
    Measure.SA_10: "sa_1_0_g",
}

MEASURES: Final = tuple(Measure)
"""All of them, in the order of answers."""
