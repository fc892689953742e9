"""What anybody who clones would get: only what belongs, from nobody's machine, ours to pass on."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

TOP_LEVEL = {
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "DATA-LICENCES.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "dam_models",
    "docker",
    "docker-compose.yml",
    "docs",
    "geodata",
    "pyproject.toml",
    "requirements.lock",
    "risk_api",
    "tests",
}

# A path below somebody's home or workplace, or the address of a package index.
# One letter is an example's name, not a person's.
MACHINE = re.compile(r"(?<![\w.\-/])/(?:(?:work|root|farm|opt)/\w|(?:home|Users)/\w{2})")
INDEX = re.compile(r"(?:pypi|pythonhosted|npmjs)\.(?:org|com)|extra-index|index-url\s*[=h]", re.IGNORECASE)


def text_of(path: Path) -> str | None:
    """The text of a file, or None for a binary one, told apart as git does: by a NUL byte near the start."""
    content = path.read_bytes()
    return None if b"\0" in content[:8000] else content.decode("utf-8")


def test_the_top_level_holds_only_what_belongs_there(tracked: list[Path]) -> None:
    assert {path.parts[0] for path in tracked} - TOP_LEVEL == set()


@pytest.mark.parametrize("pattern", [MACHINE, INDEX], ids=["machine path", "package index"])
def test_no_file_knows_a_machine(repository: Path, tracked: list[Path], pattern: re.Pattern[str]) -> None:
    here = Path(__file__).resolve().relative_to(repository)
    found = []
    for path in tracked:
        if path == here:
            continue
        text = text_of(repository / path)
        if text is not None and (match := pattern.search(text)):
            found.append(f"{path}: {match.group()}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("open('/home/somebody/x.tif')", True),
        ("see /work/shared", True),
        ("https://example.org/home/page", False),
        ("HOME=/home/x", False),
        ("../shared/data", False),
        ("/v1/districts", False),
    ],
)
def test_the_pattern_tells_a_machine_path_from_an_address(line: str, caught: bool) -> None:
    assert bool(MACHINE.search(line)) is caught


@pytest.mark.real_data
def test_no_tracked_file_is_a_copy_of_test_data(repository: Path, tracked: list[Path]) -> None:
    named = os.environ.get("RISK_TEST_DATA")
    if not named:
        pytest.skip("RISK_TEST_DATA is unset: there is no data to compare with")
    # The GEBCO clip is in the public domain and may ship.
    forbidden = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path.name
        for path in Path(named).iterdir()
        if path.is_file() and not path.name.startswith("gebco2023")
    }
    assert forbidden, "the folder with test data is empty"
    checksums = {path: hashlib.sha256((repository / path).read_bytes()).hexdigest() for path in tracked}
    assert {str(path): forbidden[sha] for path, sha in checksums.items() if sha in forbidden} == {}


def test_no_tracked_file_is_large(repository: Path, tracked: list[Path]) -> None:
    limit_bytes = 3_000_000
    sizes = {str(path): (repository / path).stat().st_size for path in tracked}
    assert {path: size for path, size in sizes.items() if size > limit_bytes} == {}
