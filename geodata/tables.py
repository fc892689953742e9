"""Scenarios, strategies and assumptions of a region, from TOML or JSON."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from geodata.dams import DamSite, Strategy
from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.region_file import LayerFile
from geodata.scenarios import Scenario
from geodata.values import Assumption


def read_table(layer: LayerFile) -> Mapping[str, Any]:
    """A mapping from id to entry.

    Raises
    ------
    LayerCorrupt
        If the file is neither TOML nor JSON, or holds no table.
    """
    try:
        text = layer.path.read_text(encoding="utf-8")
        data = tomllib.loads(text) if layer.path.suffix == ".toml" else json.loads(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise LayerCorrupt(layer.name, layer.path.name, "", f"is neither TOML nor JSON: {error}") from error
    if not isinstance(data, dict):
        raise LayerCorrupt(layer.name, layer.path.name, "", "holds no table of ids")
    return data


def _wrong(layer: LayerFile, id: str, error: Exception) -> LayerInvalid:
    if isinstance(error, KeyError):
        return LayerInvalid(layer.name, layer.path.name, f"{id}.{error.args[0]}", "is missing")
    return LayerInvalid(layer.name, layer.path.name, id, str(error))


def read_assumptions(layer: LayerFile) -> dict[str, Assumption]:
    """Assumptions by id."""
    out = {}
    for id, entry in read_table(layer).items():
        try:
            out[id] = Assumption.of(id, entry)
        except (KeyError, ValueError, TypeError) as error:
            raise _wrong(layer, id, error) from error
    return out


def read_scenarios(layer: LayerFile, rise_share: float) -> dict[str, Scenario]:
    """Scenarios by id."""
    out = {}
    for id, entry in read_table(layer).items():
        try:
            out[id] = Scenario.of(id, entry, rise_share)
        except (KeyError, ValueError, TypeError) as error:
            raise _wrong(layer, id, error) from error
    return out


def read_strategies(layer: LayerFile, dams: Mapping[str, DamSite]) -> dict[str, Strategy]:
    """Strategies by id."""
    out = {}
    for id, entry in read_table(layer).items():
        try:
            out[id] = Strategy.of(id, entry, dams)
        except (KeyError, ValueError, TypeError) as error:
            raise _wrong(layer, id, error) from error
    return out
