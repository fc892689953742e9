"""What the sources assume, each figure with its band and where it comes from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_UNITS: Final = {
    "coupling": "1",
    "characteristic_share": "1",
    "characteristic_width": "1",
    "lowest_magnitude": "1",
    "bottom_km": "km",
    "b": "1",
    "rate_from_5": "1/yr",
}


@dataclass(frozen=True)
class SourceAssumption:
    """A figure of the source model: its name, the group it is of ("faults" for all of them) and its band."""

    id: str
    of: str
    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str


@cache
def source_assumptions() -> tuple[SourceAssumption, ...]:
    """Every figure with a band in `sources.toml`: of the faults as a whole, and of each area."""
    table = tomllib.loads(files("risk_api.seismic.hazard").joinpath("sources.toml").read_text("utf-8"))
    found = []
    for group, entries in (("faults", table["faults"]), *table["area"].items()):
        for name, entry in entries.items():
            if isinstance(entry, dict):
                value, low, high = (float(entry[key]) for key in ("value", "low", "high"))
                found.append(
                    SourceAssumption(
                        f"hazard.{group}.{name}",
                        group,
                        name,
                        value,
                        low,
                        high,
                        _UNITS[name],
                        str(entry["source"]),
                    )
                )
    return tuple(found)
