"""Building types, and which of them stand behind each class of a region's stock."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import fsum
from typing import Any, Final

from risk_api.seismic.damage import hazus
from risk_api.seismic.errors import BadSeismicInput

_PACKAGE: Final = "risk_api.seismic.damage"
VARIANTS: Final = ("better", "value", "worse")
"""How a class as a whole may differ from what is taken: sturdier, as taken, weaker."""


@dataclass(frozen=True)
class BuildingType:
    """One type of building.

    Attributes
    ----------
    id : str
    titles : mapping
        In kk, ru and en.
    vulnerability_index : float
        Of Lagomarsino and Giovinazzi, -0.02 to 1.02.
    vulnerability_as : str
        The row of their table.
    hazus_type : str
        Model building type of Hazus.
    hazus_levels : mapping
        Design level by variant.
    """

    id: str
    titles: Mapping[str, str]
    vulnerability_index: float
    vulnerability_as: str
    hazus_type: str
    hazus_levels: Mapping[str, str]


@dataclass(frozen=True)
class Share:
    """A type's part of a class: of its buildings and of its people."""

    type: str
    buildings: float
    people: float


@dataclass(frozen=True)
class BuildingTypes:
    """Types in order, and the mix of every class.

    Attributes
    ----------
    types : mapping
        By id.
    classes : mapping
        Shares of the types by class.
    class_titles : mapping
        In kk, ru and en, by class.
    """

    types: Mapping[str, BuildingType]
    classes: Mapping[str, tuple[Share, ...]]
    class_titles: Mapping[str, Mapping[str, str]]


@cache
def building_types() -> BuildingTypes:
    """The types that the service ships, from the table beside this file."""
    return read_types(files(_PACKAGE).joinpath("types.toml").read_text("utf-8"))


def read_types(text: str) -> BuildingTypes:
    """Types of a table in TOML.

    Raises
    ------
    BadSeismicInput
        If shares of a class do not sum to 1, or a type has no curve.
    """
    table = tomllib.loads(text)
    types = {name: _type(name, entry) for name, entry in table["type"].items()}
    classes = {
        name: tuple(
            Share(part["type"], float(part["buildings"]), float(part["people"])) for part in entry["types"]
        )
        for name, entry in table["class"].items()
    }
    for name, shares in classes.items():
        for kind in ("buildings", "people"):
            total = fsum(getattr(share, kind) for share in shares)
            if abs(total - 1.0) > 1e-9:
                raise BadSeismicInput(
                    f"{name}.{kind}",
                    f"the shares sum to {total:g}, not to 1",
                    reason_key="sum_to_one",
                    total=f"{total:g}",
                )
        _known(name, [share.type for share in shares], types)
    return BuildingTypes(types, classes, {name: entry["title"] for name, entry in table["class"].items()})


def _type(name: str, entry: Mapping[str, Any]) -> BuildingType:
    levels = entry["levels"]
    _known(name, [entry["hazus"]], hazus.MEDIAN_PGA_G)
    _known(name, [levels[variant] for variant in VARIANTS], hazus.MEDIAN_PGA_G[entry["hazus"]])
    return BuildingType(name, entry["title"], float(entry["v"]), entry["v_as"], entry["hazus"], levels)


def _known(field: str, names: list[str], known: Mapping[str, object]) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(known)
            raise BadSeismicInput(
                f"{field}.{name}",
                f"allowed are {listed}",
                tuple(known),
                reason_key="allowed",
                allowed_names=listed,
            )
