"""A region from a recipe of sources."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import RecipeError
from geodata.recipe import Recipe, read_recipe
from geodata.region_file import FILE, sha256_of
from geodata.toml_text import to_toml

if TYPE_CHECKING:
    from geodata.build_terrain import Ground

Progress = Callable[[float, str], None]


def build_region(recipe: Path, out: Path, *, progress: Progress | None = None) -> Path:
    """Build a region folder.

    The same sources give the same bytes. The folder is built under a temporary name beside `out` and put in
    its place when it is whole.

    Parameters
    ----------
    recipe : Path
        A recipe in TOML; paths in it are relative to it.
    out : Path
        Folder to make; one that holds a `region.toml` already is replaced, any other is refused.
    progress : callable, optional
        Called with a share from 0 to 1 and what is being done.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    RecipeError
        If the recipe cannot be read or `out` holds something else.
    RegionError
        If a source cannot be used.
    """
    say = progress or (lambda share, message: None)
    out = Path(out)
    if out.exists() and any(out.iterdir()) and not (out / FILE).is_file():
        raise RecipeError(f"{out} exists and holds no {FILE}: name an empty or new folder")
    parsed = read_recipe(Path(recipe))
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        _write(parsed, temporary, say)
        old = out.with_name(f".{out.name}.{os.getpid()}.old")
        if out.exists():
            out.rename(old)
        temporary.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    say(1.0, f"region {parsed.data['id']} built in {out}")
    return out


def _write(recipe: Recipe, folder: Path, say: Progress) -> None:
    # Imported here: a service that only opens regions shall not wait for what builds them.
    from geodata import build_layers as layers
    from geodata.build_assumptions import assumptions
    from geodata.build_terrain import build_ground
    from geodata.building_stock import stock_table

    say(0.0, "tables")
    ground = build_ground(recipe, say)
    say(0.8, "layers")
    entries: dict[str, dict[str, Any]] = {}

    def add(name: str, file: str, **more: Any) -> None:
        about = recipe.table("terrain").get("about", {}) if name == "terrain" else recipe.table(name)
        keys = ("source", "credit", "licence", "url", "date")
        given = {key: about[key] for key in keys if key in about}
        entries[name] = {"file": file, "sha256": sha256_of(folder / file), **given, **more}

    ground.grid.write_cog(folder / "terrain.tif")
    about = recipe.need("terrain", "about")
    extra = ("vertical_datum", "resolution_m", "vertical_error_m", "statement", "synthetic")
    add("terrain", "terrain.tif", **{key: about[key] for key in extra if key in about})

    districts = layers.districts(recipe)
    exposure = layers.exposure(recipe, districts)
    made: dict[str, list[Mapping[str, Any]]] = {
        "districts": layers.district_features(recipe, districts, exposure),
        "rivers": layers.river_features(recipe, ground),
        "gorges": layers.gorge_features(recipe, ground),
        "dams": layers.dam_features(recipe, ground),
    }
    for name in ("lakes", "events", "facilities"):
        if "file" in recipe.table(name):
            made[name] = layers.point_features(name, recipe.table(name)["file"])
    for name, features in made.items():
        write_geojson(folder / f"{name}.geojson", features)
        add(name, f"{name}.geojson")
    exposure.write(folder / "exposure.parquet")
    add("exposure", "exposure.parquet")
    tables: dict[str, Mapping[str, Any]] = {
        "scenarios": layers.scenarios(recipe),
        "strategies": layers.toml_table(recipe, "strategies"),
        "assumptions": assumptions(recipe),
        "report": _report(ground, exposure.district_totals()),
    }
    if "file" in recipe.table("building_stock"):
        tables["building_stock"] = stock_table(
            recipe.need("building_stock", "file"), list(districts.properties)
        )
    for name, table in tables.items():
        write_json(folder / f"{name}.json", table)
        add(name, f"{name}.json")
    head = {
        key: recipe.data[key]
        for key in ("id", "crs", "run_cell_size_m", "names", "city_population")
        if key in recipe.data
    }
    text = to_toml({**head, "layers": entries})
    (folder / FILE).write_text(
        f"# Made by `selrisk region build`; edit the recipe, not this file.\n{text}", encoding="utf-8"
    )


def _report(ground: "Ground", totals: Mapping[str, Any]) -> dict[str, Any]:
    return {**ground.report, "exposure_totals": totals}


def write_geojson(path: Path, features: list[Mapping[str, Any]]) -> None:
    """A feature collection, one feature a line, so that differences can be read."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def write_json(path: Path, table: Mapping[str, Any]) -> None:
    """A table of ids, indented."""
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
