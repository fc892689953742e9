"""The built script, style and fonts of the map: there after a build with npm, else absent and said so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUILT: Final = Path(__file__).parents[1] / "web" / "static" / "map"


@dataclass(frozen=True)
class MapAssets:
    """Names of the built files below ``/static/map/``; each but the manifest carries the hash of its content.

    Attributes
    ----------
    script, worker, style, fonts, offline : str
        The module of the page, MapLibre's worker, the style sheet of the map, that of the fonts, the service
        worker.
    ahead : tuple of str
        Modules that the page's loads once its first table is drawn: the map.
    all : tuple of str
        Everything that the page needs without a network.
    """

    script: str
    worker: str
    style: str
    fonts: str
    offline: str
    ahead: tuple[str, ...]
    all: tuple[str, ...]


def map_assets(folder: Path = BUILT) -> MapAssets | None:
    """Return what was built, None where the map was not bundled."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return MapAssets(
        script=manifest["script"],
        worker=manifest["worker"],
        style=manifest["style"],
        fonts=manifest["fonts"],
        offline=manifest["offline"],
        ahead=tuple(manifest["ahead"]),
        all=tuple(manifest["assets"]),
    )
