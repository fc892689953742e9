"""A recipe: which sources make a region, and how."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geodata.errors import RecipeError
from geodata.grid import FloatArray
from geodata.terrain import ValleyForm

MODES = ("corrected", "traced")
KINDS = ("gebco", "srtm", "raster")


@dataclass(frozen=True)
class Recipe:
    """A parsed recipe; paths in it are relative to the file they stand in."""

    data: Mapping[str, Any]

    def table(self, name: str) -> Mapping[str, Any]:
        """A table of the recipe, empty where it has none."""
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            raise RecipeError(f"recipe: {name!r} is a table, not {value!r}")
        return value

    def need(self, table: str, key: str) -> Any:
        """A value that the recipe must have.

        Raises
        ------
        RecipeError
        """
        try:
            return self.data[table][key]
        except KeyError:
            raise RecipeError(f"recipe: {table}.{key} is missing") from None

    @property
    def mode(self) -> str:
        """How terrain and rivers meet: terrain corrected to the table, or courses traced on it."""
        mode = self.need("terrain", "mode")
        if mode not in MODES:
            raise RecipeError(f"recipe: terrain.mode is one of {', '.join(MODES)}, not {mode!r}")
        return str(mode)

    def vertical_error(self) -> Callable[[FloatArray], FloatArray]:
        """How far the terrain may be wrong at a height [m], from the table `terrain.vertical_error`."""
        steps = self.need("terrain", "vertical_error")
        tops = np.array([float(step.get("below_m", np.inf)) for step in steps])
        errors = np.array([float(step["error_m"]) for step in steps])

        def error(height_m: FloatArray) -> FloatArray:
            return np.asarray(
                errors[np.minimum(np.searchsorted(tops, height_m, side="right"), len(errors) - 1)]
            )

        return error

    def valley(self, assumptions: Mapping[str, Any]) -> ValleyForm:
        """The valley form, from the region's own assumptions."""

        def value(id: str, default: float) -> float:
            return float(assumptions[id]["value"]) if id in assumptions else default

        form = ValleyForm()
        return ValleyForm(
            floor_width_m=value("valley_floor_width_m", form.floor_width_m),
            side_angle_deg=value("valley_side_angle_deg", form.side_angle_deg),
            fan_channel_depth_m=value("fan_channel_depth_m", form.fan_channel_depth_m),
        )


_FILE_KEYS = ("file", "files", "about", "population", "names", "details", "fill_with", "stock")


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; `extends` names another whose tables it builds on.

    Raises
    ------
    RecipeError
        If it cannot be read, or names a file that is not there.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"recipe {path.name!r} cannot be read: {error}") from error
    resolved = {key: _resolved(path.parent, key, value) for key, value in data.items()}
    base = resolved.pop("extends", None)
    if base is None:
        return Recipe(resolved)
    return Recipe(_merged(read_recipe(path.parent / str(base)).data, resolved))


def _resolved(folder: Path, table: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    out = dict(value)
    for key in _FILE_KEYS:
        given = out.get(key)
        if isinstance(given, str):
            out[key] = _existing(folder, table, key, given)
        elif isinstance(given, list):
            out[key] = [_existing(folder, table, key, name) for name in given]
    return out


def _existing(folder: Path, table: str, key: str, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_file():
        raise RecipeError(f"recipe: {table}.{key} names {name!r}, which is not there")
    return path


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        # A table that says `replace = true` stands alone: no key of the base shines through. So does an
        # `about` with a source of its own: what was said of the other source is not true of this one.
        alone = isinstance(value, dict) and (value.get("replace") or (key == "about" and "source" in value))
        if isinstance(value, dict) and isinstance(out.get(key), Mapping) and not alone:
            out[key] = _merged(out[key], value)
        else:
            out[key] = (
                {k: v for k, v in value.items() if k != "replace"} if isinstance(value, dict) else value
            )
    return out
