"""What no source settles about damage, each with a name, a band and a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import fsum
from typing import Any, Final

from risk_api.seismic.damage.types import VARIANTS
from risk_api.seismic.errors import BadSeismicInput, beyond

_PACKAGE: Final = "risk_api.seismic.damage"


@dataclass(frozen=True)
class DamageAssumption:
    """One assumption.

    Attributes
    ----------
    id, unit, source : str
    value, low, high : float
        What is computed with, and its band.
    drawn : bool
        Whether realisations vary it; else the band only says what it could be.
    branch : str
        The branch that it enters; empty for both.
    title, why : mapping
        In kk, ru and en.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    drawn: bool
    branch: str
    source: str
    title: Mapping[str, str]
    why: Mapping[str, str]

    def of(self, variant: str) -> float:
        """Value of a variant: the low end is the better one."""
        return {"better": self.low, "value": self.value, "worse": self.high}[variant]


@dataclass(frozen=True)
class Assumptions:
    """All of them, with the shares of variants and branches."""

    entries: Mapping[str, DamageAssumption]
    variant_shares: Mapping[str, float]
    branch_shares: Mapping[str, float]

    def __getitem__(self, name: str) -> DamageAssumption:
        return self.entries[name]

    def value(self, name: str) -> float:
        """What is computed with."""
        return self.entries[name].value


@cache
def damage_assumptions() -> Assumptions:
    """The assumptions that the service ships, from the table beside this file."""
    return read_assumptions(files(_PACKAGE).joinpath("assumptions.toml").read_text("utf-8"))


def read_assumptions(text: str) -> Assumptions:
    """Assumptions of a table in TOML.

    Raises
    ------
    BadSeismicInput
        If a value stands outside its band, or shares do not sum to 1.
    """
    table = tomllib.loads(text)
    variants = _shares("variant_shares", table.pop("variant_shares"))
    branches = _shares("branch_shares", table.pop("branch_shares"))
    found = {name: _assumption(name, entry) for name, entry in table.items()}
    return Assumptions(found, {name: variants[name] for name in VARIANTS}, branches)


def _shares(name: str, shares: Mapping[str, float]) -> Mapping[str, float]:
    total = fsum(shares.values())
    if abs(total - 1.0) > 1e-9:
        raise BadSeismicInput(
            name, f"the shares sum to {total:g}, not to 1", reason_key="sum_to_one", total=f"{total:g}"
        )
    return shares


def _assumption(name: str, entry: Mapping[str, Any]) -> DamageAssumption:
    value, low, high = (float(entry[key]) for key in ("value", "low", "high"))
    if not low <= value <= high:
        raise beyond(name, value, low, high)
    drawn = entry["kind"] == "drawn"
    texts = (entry["title"], entry["why"])
    return DamageAssumption(
        name, value, low, high, entry["unit"], drawn, entry["branch"], entry["source"], *texts
    )
