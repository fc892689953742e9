from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import risk_api


def declared(repository: Path) -> str:
    text = (repository / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])


def test_the_package_tells_the_version_that_pyproject_declares(repository: Path) -> None:
    assert risk_api.__version__ == version("selrisk") == declared(repository)


def test_no_second_literal_of_the_version_exists(repository: Path, tracked: list[Path]) -> None:
    literal = re.compile(rf"""["']{re.escape(declared(repository))}["']""")
    packages = {"geodata", "dam_models", "risk_api"}
    sources = [path for path in tracked if path.suffix == ".py" and path.parts[0] in packages]
    assert [str(path) for path in sources if literal.search((repository / path).read_text())] == []


def test_the_changelog_knows_the_version_or_what_is_unreleased(repository: Path) -> None:
    headings = re.findall(r"^## \[(.+?)\]", (repository / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert "Unreleased" in headings or declared(repository) in headings
