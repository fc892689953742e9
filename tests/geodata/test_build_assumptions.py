"""Figures of dams stand in one place; assumptions about them are read from there."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import geodata
from geodata import LayerInvalid
from geodata.build_assumptions import assumptions
from geodata.build_dams import dam_properties
from geodata.recipe import Recipe, read_recipe

SOURCES = Path(geodata.__file__).parent / "sources" / "almaty"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The recipe and its sources, to be edited."""
    return Path(shutil.copytree(SOURCES, tmp_path / "almaty"))


def edit(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


def recipe_in(folder: Path) -> Recipe:
    return read_recipe(folder / "recipe.toml")


@pytest.mark.parametrize(
    ("file", "pattern", "new", "assumption", "expected", "of_dam"),
    [
        ("dams.toml", r"(\[aksai\].*?height_m = \{ value = )40\.0", r"\g<1>47.0", "aksai_height_m", 47.0,
         lambda dams: dams["aksai"]["height_m"]["value"]),
        ("dams.toml", r"(\[kargaly\].*?height_m = \{ value = )40\.0", r"\g<1>44.0", "kargaly_height_m", 44.0,
         lambda dams: dams["kargaly"]["height_m"]["value"]),
        ("dams.toml", r"(\[\[aksai\.states\]\].*?built_share = \{ value = )0\.5", r"\g<1>0.3",
         "aksai_built_share", 0.3, lambda dams: dams["aksai"]["states"][1]["built_share"]["value"]),
        ("dams.toml", r'since = "1980-01-01"(\nsince_earliest)', r'since = "1982-01-01"\1',
         "medeu_raised_year", 1982.0, lambda dams: float(dams["medeu"]["states"][2]["since"][:4])),
        ("dams.toml", r'since = "1970-01-01"', 'since = "1965-01-01"', "mynzhylky_year", 1965.0,
         lambda dams: float(dams["mynzhylky"]["states"][1]["since"][:4])),
        ("dam_sites.csv", r",3500000,", ",2750000,", "bolshaya_almatinka_capacity_m3", 2_750_000.0,
         lambda dams: dams["bolshaya-almatinka"]["capacity_m3"]["value"]),
        ("dams.toml", r"below_crest_m = 3\.5", "below_crest_m = 2.5", "ayusai_capacity_to", -2.5,
         lambda dams: -dams["ayusai"]["weir"]["below_crest_m"]),
    ],
)  # fmt: skip
def test_one_edit_changes_the_dam_and_the_assumption(
    file: str, pattern: str, new: str, assumption: str, expected: float,
    of_dam: Callable[[object], float], copied: Path,
) -> None:  # fmt: skip
    before = {id: entry["value"] for id, entry in assumptions(recipe_in(copied)).items()}
    assert before[assumption] == of_dam(dam_properties(recipe_in(copied))) != expected
    edit(copied / file, pattern, new)
    after = recipe_in(copied)
    assert of_dam(dam_properties(after)) == expected
    assert assumptions(after)[assumption]["value"] == expected
    changed = [id for id, entry in assumptions(after).items() if entry["value"] != before[id]]
    assert changed == [assumption]


def test_bands_and_units_are_those_of_the_dam(copied: Path) -> None:
    found = assumptions(recipe_in(copied))
    bands = {id: tuple(found[id][key] for key in ("low", "value", "high", "unit")) for id in found}
    assert bands["aksai_built_share"] == (0.2, 0.5, 0.8, "1")
    assert bands["aksai_height_m"] == (30.0, 40.0, 60.0, "m")
    assert bands["kargaly_height_m"] == (35.0, 40.0, 45.0, "m")
    assert bands["bolshaya_almatinka_capacity_m3"] == (2e6, 3.5e6, 14.5e6, "m3")
    assert bands["medeu_raised_year"] == (1974.0, 1980.0, 1984.0, "year")
    assert bands["mynzhylky_year"] == (1960.0, 1970.0, 1975.0, "year")
    assert bands["ayusai_capacity_to"] == (-3.5, -3.5, 0.0, "m")


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r'(from = \{ dam = "aksai", figure = "height_m" \})', r"\1\nvalue = 41.0", "aksai_height_m.value"),
        (r'dam = "kargaly", figure', 'dam = "kargala", figure', "'kargala' is not one of ayusai"),
        (r'figure = "weir.below_crest_m"', 'figure = "weir"', "known are height_m"),
        (r'dam = "ayusai", figure', 'dam = "aksai", figure', "no figure of dam 'aksai'"),
    ],
)
def test_a_wrong_reference_says_what_is_wrong(pattern: str, new: str, said: str, copied: Path) -> None:
    edit(copied / "assumptions.toml", pattern, new)
    with pytest.raises(LayerInvalid, match=re.escape(said)):
        assumptions(recipe_in(copied))
