"""The container files, checked as far as it goes without a container daemon."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def instructions(repository: Path) -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest of the line) with continued lines joined."""
    text = (repository / "docker" / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


@pytest.fixture(scope="module")
def compose(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository / "docker-compose.yml").read_text())
    return loaded


def copied_from_the_context(instructions: list[tuple[str, str]]) -> list[str]:
    words = [shlex.split(rest) for word, rest in instructions if word == "COPY"]
    return [source for line in words if not line[0].startswith("--from") for source in line[:-1]]


def last_stage(instructions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(index for index, (word, _) in enumerate(instructions) if word == "FROM")
    return instructions[start:]


def test_every_copied_path_is_tracked(instructions: list[tuple[str, str]], tracked: list[Path]) -> None:
    known = {PurePosixPath(path.as_posix()) for path in tracked}
    known |= {parent for path in known for parent in path.parents}
    copied = copied_from_the_context(instructions)
    assert copied
    assert [path for path in copied if PurePosixPath(path) not in known] == []


def test_everything_copied_passes_the_ignore_file(
    repository: Path, instructions: list[tuple[str, str]]
) -> None:
    lines = (repository / "docker" / "Dockerfile.dockerignore").read_text().split()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert set(copied_from_the_context(instructions)) == allowed


def test_what_the_wheel_needs_is_copied(repository: Path, instructions: list[tuple[str, str]]) -> None:
    copied = set(copied_from_the_context(instructions))
    assert copied >= {"pyproject.toml", "README.md", "LICENSE", "geodata", "dam_models", "risk_api"}


def test_the_image_runs_without_root_and_knows_when_it_is_alive(instructions: list[tuple[str, str]]) -> None:
    stage = last_stage(instructions)
    users = [rest for word, rest in stage if word == "USER"]
    (added,) = re.findall(r"useradd --uid (\d+) ", " ".join(rest for word, rest in stage if word == "RUN"))
    assert users == [added]
    assert int(added) > 0
    assert [index for index, (word, _) in enumerate(stage) if word == "RUN"][-1] < stage.index(
        ("USER", added)
    )
    (check,) = [rest for word, rest in stage if word == "HEALTHCHECK"]
    probe = json.loads(check[check.index("[") :])
    compile(probe[2], "HEALTHCHECK", "exec")
    assert "/health/live" in probe[2]
    environment = " ".join(rest for word, rest in stage if word == "ENV")
    assert "MALLOC_ARENA_MAX=2" in environment
    assert "RISK_DATA_DIR=/var/lib/selrisk" in environment
    assert ("VOLUME", '["/var/lib/selrisk"]') in stage


def test_what_pip_installs_is_held_to_the_tested_releases(instructions: list[tuple[str, str]]) -> None:
    installs = [rest for word, rest in instructions if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert all(re.search(r"-c \S*requirements\.lock ", rest) for rest in installs)
    assert any("--no-isolation" in rest for word, rest in instructions if word == "RUN")


def test_the_command_is_one_that_selrisk_has(instructions: list[tuple[str, str]]) -> None:
    last = dict(last_stage(instructions))
    assert json.loads(last["ENTRYPOINT"]) == ["selrisk"]
    assert json.loads(last["CMD"])[0] == "serve"


def test_the_service_is_published_on_loopback_only_and_its_root_is_read_only(compose: dict[str, Any]) -> None:
    (service,) = compose["services"].values()
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_the_volume_of_compose_is_the_data_folder_of_the_image(compose: dict[str, Any]) -> None:
    (service,) = compose["services"].values()
    (volume,) = service["volumes"]
    name, path = volume.split(":")
    assert name in compose["volumes"]
    assert path == "/var/lib/selrisk"


def test_compose_builds_the_dockerfile_that_is_there(repository: Path, compose: dict[str, Any]) -> None:
    (service,) = compose["services"].values()
    build = service["build"]
    assert (repository / build["context"] / build["dockerfile"]).is_file()
