"""What a terrain is good for is said of that terrain, and of no other."""

import json
from pathlib import Path

import pytest

import geodata
from geodata.recipe import read_recipe
from geodata.region_ground import plain_statement

ALMATY = Path(geodata.__file__).parent / "sources" / "almaty" / "recipe.toml"


def test_a_recipe_on_other_terrain_takes_nothing_that_was_said_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    about = '[terrain.about]\nsource = "SRTM3"\nresolution_m = 90.0\n'
    path.write_text(f"extends = {json.dumps(str(ALMATY))}\n{about}", encoding="utf-8")
    assert read_recipe(path).table("terrain")["about"] == {"source": "SRTM3", "resolution_m": 90.0}
    assert read_recipe(path).table("terrain")["mode"] == "corrected", "the rest stays"
    path.write_text(
        f'extends = {json.dumps(str(ALMATY))}\n[terrain.about]\ndate = "2024"\n', encoding="utf-8"
    )
    kept = read_recipe(path).table("terrain")["about"]
    assert kept["date"] == "2024"
    assert "GEBCO" in kept["statement"]["en"]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_without_a_statement_source_and_resolution_make_one(language: str) -> None:
    text = plain_statement({"source": "SRTM3, 3 arc-seconds", "resolution_m": 90.0})[language]
    assert "SRTM3, 3 arc-seconds" in text
    assert "90" in text
    assert "GEBCO" not in text
    assert "?" in plain_statement({})[language]
