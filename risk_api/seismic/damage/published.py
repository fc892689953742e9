"""Published losses of the same earthquakes, to stand beside the answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_PACKAGE: Final = "risk_api.seismic.damage"


@dataclass(frozen=True)
class PublishedLosses:
    """What a study found for one earthquake.

    Attributes
    ----------
    source : str
    buildings, people : float
        Of the study's own stock: figures compare per head and per building only.
    deaths, deaths_deviation : float
        Mean and standard deviation.
    complete, complete_deviation : float or None
        Completely damaged buildings; the deviation where it was published.
    """

    source: str
    buildings: float
    people: float
    deaths: float
    deaths_deviation: float
    complete: float
    complete_deviation: float | None

    @property
    def deaths_per_head(self) -> float:
        """Deaths per person of the study's stock."""
        return self.deaths / self.people

    @property
    def complete_share(self) -> float:
        """Completely damaged share of the study's buildings."""
        return self.complete / self.buildings


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(_PACKAGE).joinpath("published.toml").read_text("utf-8"))


def published_losses(scenario_id: str) -> PublishedLosses | None:
    """Published losses of a scenario, None where no study had it."""
    table = _table()
    entry = table["scenario"].get(scenario_id)
    if entry is None:
        return None
    deviation = entry["complete"].get("deviation")
    return PublishedLosses(
        str(table["source"]),
        float(table["buildings"]),
        float(table["people"]),
        float(entry["deaths"]["mean"]),
        float(entry["deaths"]["deviation"]),
        float(entry["complete"]["mean"]),
        None if deviation is None else float(deviation),
    )
