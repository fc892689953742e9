"""The figures of the districts' ground that the service ships."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from risk_api.seismic.site import DistrictGround

_FILE: Final = "ground.toml"


@cache
def almaty_ground() -> Mapping[str, DistrictGround]:
    """Ground of Almaty's districts by the district's id, from the table beside this file."""
    table = tomllib.loads(files("risk_api.seismic").joinpath(_FILE).read_text("utf-8"))
    return {name: _ground(entry) for name, entry in table["districts"].items()}


def _ground(entry: Mapping[str, object]) -> DistrictGround:
    figures, built_up = entry["vs30_m_s"], entry.get("built_up")
    assert isinstance(figures, list)
    low, median, high = (float(value) for value in figures)
    where_people_live = float(built_up["value_m_s"]) if isinstance(built_up, Mapping) else None
    return DistrictGround(low, median, high, where_people_live)
