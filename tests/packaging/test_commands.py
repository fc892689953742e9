"""The commands that the README, CI and the hooks promise are there and spelled right."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def test_make_knows_every_target_that_it_declares(repository: Path) -> None:
    text = (repository / "Makefile").read_text()
    (declared,) = re.findall(r"^\.PHONY: (.+)$", text, flags=re.MULTILINE)
    rules = set(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))
    assert set(declared.split()) == rules
    assert rules >= {"install", "run", "test", "lint", "bench"}


@pytest.mark.parametrize("target", ["run", "test", "bench"])
def test_make_can_plan_the_target(repository: Path, tmp_path: Path, target: str) -> None:
    """A dry run, as on a machine where nothing is installed."""
    command = ["make", "--dry-run", target, f"VENV={tmp_path / 'venv'}"]
    planned = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert planned.returncode == 0, planned.stderr
    assert "-c requirements.lock" in planned.stdout


def test_an_installed_environment_starts_without_asking_pip(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bin/python", ".installed"):
        (tmp_path / name).touch()
    command = ["make", "--dry-run", "run", f"VENV={tmp_path}"]
    planned = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    assert "pip" not in planned
    assert f"{tmp_path}/bin/selrisk serve --host 127.0.0.1 --port 8000" in planned


def test_ci_is_executable_and_strict(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text()
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_hooks_call_what_is_locked(repository: Path) -> None:
    (local,) = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local", "a hook from elsewhere would need the network"
    tools = {hook["entry"].split()[0] for hook in local["hooks"]}
    assert tools == {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/lint-imports"}


def test_the_lock_holds_a_version_of_everything_that_is_asked_for(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    asked = [
        Requirement(line) for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    ]
    lines = (repository / "requirements.lock").read_text().splitlines()
    locked = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions: dict[str, list[str]] = {}
    for requirement in locked:
        (pin,) = requirement.specifier
        assert pin.operator == "==", str(requirement)
        versions.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    for requirement in asked:
        pins = versions.get(canonicalize_name(requirement.name))
        assert pins, f"{requirement.name} is not in requirements.lock: make lock"
        assert all(requirement.specifier.contains(pin) for pin in pins), f"{requirement} against {pins}"
