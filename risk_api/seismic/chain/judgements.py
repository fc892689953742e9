"""The judged figures of the chain, each with what gives the least and the most harm, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from risk_api.seismic.errors import BadSeismicInput

#: Least harm, what is computed with, most harm.
Three = tuple[float, float, float]
SEASON: Final = "season"


@dataclass(frozen=True)
class Judgement:
    """A figure of the chain: least harm, what is computed with, most harm; its unit, basis and source."""

    id: str
    three: Three
    unit: str
    basis: str
    source: str


@dataclass(frozen=True)
class Judgements:
    """All of them.

    Attributes
    ----------
    figures : mapping
        By name, the season not among them.
    months : tuple of Three
        January first: share of a summer month's outbursts that is possible.
    season_source : str
    """

    figures: Mapping[str, Judgement]
    months: tuple[Three, ...]
    season_source: str

    def __getitem__(self, name: str) -> Three:
        return self.figures[name].three

    def month(self, month: int) -> Three:
        """Gate of a month, 1 to 12."""
        return self.months[month - 1]


@cache
def judgements() -> Judgements:
    """The figures that the service ships, from the table beside this file."""
    return read_judgements(files("risk_api.seismic.chain").joinpath("judgements.toml").read_text("utf-8"))


def read_judgements(text: str) -> Judgements:
    """Judgements of a table in TOML.

    Raises
    ------
    BadSeismicInput
        If the value of a figure does not lie between its ends, or the year has not twelve months.
    """
    table = tomllib.loads(text)
    season = table.pop(SEASON)
    figures = {
        name: Judgement(
            name,
            _three(name, [entry[key] for key in ("least", "value", "most")]),
            entry["unit"],
            entry["basis"],
            entry["source"],
        )
        for name, entry in table.items()
    }
    months = tuple(_three(SEASON, month) for month in season["months"])
    if len(months) != 12 or any(not 0.0 <= low <= value <= high <= 1.0 for low, value, high in months):
        raise BadSeismicInput(SEASON, "twelve shares from 0 to 1 are needed")
    return Judgements(figures, months, season["source"])


def _three(name: str, given: list[float]) -> Three:
    least, value, most = (float(one) for one in given)
    if not min(least, most) <= value <= max(least, most):
        raise BadSeismicInput(name, f"{value:g} is not between {least:g} and {most:g}")
    return least, value, most
