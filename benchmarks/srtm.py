"""A region on the real SRTM3 terrain, for those who have it: it is not part of the project.

`RISK_TEST_DATA` names the folder with its files, `SOURCES`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import geodata
from geodata import build_region

VARIABLE = "RISK_TEST_DATA"
ALMATY_RECIPE = Path(geodata.__file__).parent / "sources" / "almaty" / "recipe.toml"
SOURCES = ("srtm3_almaty.tif", "gebco2023_15s_almaty.tif", "districts_osm.geojson")


def data_folder() -> Path | None:
    """The folder that the variable names, None where it is not set; an error where there is none."""
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise NotADirectoryError(f"{VARIABLE} names {named!r}, which is no folder")
    return folder


def write_recipe(folder: Path, real_data: Path) -> Path:
    """A recipe for the real SRTM3 terrain and district polygons; all else as the embedded region."""

    def file(name: str) -> str:
        return json.dumps(str(real_data / name))

    path = folder / "recipe.toml"
    path.write_text(
        f"""
extends = {json.dumps(str(ALMATY_RECIPE))}
id = "almaty-srtm"

[extent]
west = 76.68
south = 42.905
east = 77.165
north = 43.42

[terrain]
mode = "traced"
kind = "srtm"
files = [{file("srtm3_almaty.tif")}]
fill_with = {file("gebco2023_15s_almaty.tif")}
holds_dams_of_2000 = true
breach_deepest_m = 10.0
vertical_error = [{{ error_m = 10 }}]

[terrain.about]
source = "SRTM3, 3 arc-seconds"
credit = "SRTM (NASA/NGA/USGS)"
licence = "public domain"
date = "2000-02"
vertical_datum = "EGM96"
resolution_m = 90.0
vertical_error_m = 10.0

[districts]
file = {file("districts_osm.geojson")}
""",
        encoding="utf-8",
    )
    return path


def key(real_data: Path) -> str:
    """Changes with the recipe, the sources and the builder."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    package = Path(geodata.__file__).parent
    sources = [*package.rglob("*.py"), *(package / "sources" / "almaty").glob("*")]
    for path in [*sorted(sources), *(real_data / name for name in SOURCES)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def kept_region(kept: Path, scratch: Path, real_data: Path) -> Path:
    """The region's folder in `kept`, where it stays as long as sources and builder do."""
    out = kept / key(real_data)
    if not (out / "region.toml").is_file():
        for old in kept.iterdir():
            shutil.rmtree(old, ignore_errors=True)
        build_region(write_recipe(scratch, real_data), out)
    return out
