"""Assumptions of a recipe; those about a dam are read from the dam's own figures."""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from geodata.build_dams import dam_properties
from geodata.errors import LayerInvalid
from geodata.recipe import Recipe

FIGURES = ("height_m", "capacity_m3", "built_share", "since", "weir.below_crest_m")
BAND = ("value", "low", "high", "unit")


def assumptions(recipe: Recipe) -> dict[str, Any]:
    """Assumptions by id, every one with value, low, high and unit.

    An entry with ``from = { dam = .., figure = .. }`` gives no numbers: they stand once, with the dam, so
    that what is shown and what is computed cannot differ.

    Raises
    ------
    RecipeError
        If the recipe names no file.
    LayerInvalid
        If an entry names an unknown dam or figure, or gives numbers beside it.
    """
    path = recipe.need("assumptions", "file")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    borrowed = {id: entry["from"] for id, entry in entries.items() if "from" in entry}
    dams = dam_properties(recipe) if borrowed else {}
    out: dict[str, Any] = {}
    for id, entry in entries.items():
        if id not in borrowed:
            out[id] = entry
            continue
        dam, figure = str(borrowed[id].get("dam")), str(borrowed[id].get("figure"))
        twice = [key for key in BAND if key in entry]
        if twice:
            raise LayerInvalid(
                "assumptions",
                path.name,
                f"{id}.{twice[0]}",
                f"stands with dam {dam!r} already: give it there",
            )
        if dam not in dams:
            raise LayerInvalid(
                "assumptions", path.name, f"{id}.from.dam", f"{dam!r} is not one of {', '.join(dams)}"
            )
        band = _figure(dams[dam], figure)
        if band is None:
            raise LayerInvalid(
                "assumptions", path.name, f"{id}.from.figure",
                f"{figure!r} is no figure of dam {dam!r}; known are {', '.join(FIGURES)}",
            )  # fmt: skip
        rest = {key: value for key, value in entry.items() if key not in ("title", "from")}
        out[id] = {"title": entry["title"], **band, **rest}
    return out


def _figure(dam: Mapping[str, Any], figure: str) -> dict[str, Any] | None:
    """Value, band and unit of a dam's figure; None where it has none."""
    if figure in ("height_m", "capacity_m3"):
        return {key: dam[figure][key] for key in BAND}
    if figure == "built_share":
        shares = [state["built_share"] for state in dam["states"] if "built_share" in state]
        return {key: shares[0][key] for key in BAND} if shares else None
    if figure == "since":
        years = [
            {
                "value": _year(state["since"]),
                "low": _year(state["since_earliest"]),
                "high": _year(state["since_latest"]),
                "unit": "year",
            }
            for state in dam["states"]
            if "since_earliest" in state and "since_latest" in state
        ]
        return years[0] if years else None
    if figure == "weir.below_crest_m" and dam["weir"] is not None:
        # As a level: the wing crest is 0, the weir lies below it.
        below = -float(dam["weir"]["below_crest_m"])
        return {"value": below, "low": below, "high": 0.0, "unit": "m"}
    return None


def _year(day: str) -> float:
    return float(date.fromisoformat(day).year)
