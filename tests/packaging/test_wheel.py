from __future__ import annotations

import json
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.packaging

REGION = "geodata/regions/almaty/"


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path, names: list[str]) -> Message:
    (name,) = [name for name in names if name.endswith(".dist-info/METADATA")]
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(name).decode())


def test_only_the_three_packages_and_their_metadata_are_inside(names: list[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"geodata", "dam_models", "risk_api"}


def test_every_file_that_the_region_names_is_inside(wheel: Path, names: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        region = tomllib.loads(archive.read(REGION + "region.toml").decode())
    wanted = sorted(_files(region))
    assert len(wanted) >= 5, "region.toml names its layers' files"
    assert [file for file in wanted if REGION + file not in names] == []


def test_the_embedded_region_stays_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        size_bytes = sum(entry.file_size for entry in archive.infolist() if entry.filename.startswith(REGION))
    assert size_bytes < 3_000_000


def test_the_map_is_built_and_what_it_is_built_from_stays_outside(wheel: Path, names: list[str]) -> None:
    folder = "risk_api/web/static/map/"
    with zipfile.ZipFile(wheel) as archive:
        manifest = json.loads(archive.read(folder + "manifest.json"))
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert {manifest[part] for part in ("script", "worker", "style", "offline")} <= set(manifest["assets"])
    assert [name for name in manifest["assets"] if folder + name not in names] == []
    assert {folder + "LICENSE-maplibre-gl.txt", folder + "LICENSE-noto-sans.txt"} <= set(names)
    assert [name for name in names if "node_modules" in name or name.startswith("risk_api/web/map/")] == []
    # What a browser fetches before the first tile, compressed; fonts are compressed in themselves.
    sent = [folder + name for name in manifest["assets"]]
    assert sum(min(sizes[name], sizes.get(f"{name}.gz", sizes[name])) for name in sent) < 550_000


def test_neither_tests_nor_leftovers_are_inside(names: list[str]) -> None:
    leftovers = ("tests/", "__pycache__", ".pyc", ".nbi", ".nbc")
    real_data = ("srtm3_almaty", "districts_osm", "emca_building_cells", "active_faults", ".hgt", ".pbf")
    assert [name for name in names if any(part in name for part in leftovers + real_data)] == []


def test_the_licences_travel_with_the_code(names: list[str], metadata: Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    licences = {PurePosixPath(name).name for name in names if "/licenses/" in name}
    assert licences >= {"LICENSE", "DATA-LICENCES.md"}


def test_types_are_published(names: list[str]) -> None:
    assert {f"{package}/py.typed" for package in ("geodata", "dam_models", "risk_api")} <= set(names)


def _files(node: object) -> set[str]:
    """Every value under a key `file`, wherever it stands."""
    if isinstance(node, dict):
        own = {value for key, value in node.items() if key == "file" and isinstance(value, str)}
        return own.union(*(_files(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_files(value) for value in node))
    return set()
