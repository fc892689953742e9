"""Rasters that belong together, in a folder with a document: whole or absent, however a writer ended."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import UnknownLayer

if TYPE_CHECKING:
    from geodata import Grid

DOCUMENT: Final = "document.json"
#: Where maps lie in the data folder.
SHAKEMAPS: Final = "shakemaps"
HAZARD_GRIDS: Final = "hazard"


def key_of(inputs: Mapping[str, Any]) -> str:
    """Return the id of a set: the hash of everything that it is made from."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class RasterSet:
    """A finished set: its id and its folder."""

    id: str
    folder: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        """What was written beside the rasters: inputs, layers, lineage."""
        found: dict[str, Any] = json.loads((self.folder / DOCUMENT).read_text(encoding="utf-8"))
        return found

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the rasters."""
        return tuple(self.document["layers"])

    def path(self, layer: str) -> Path:
        """File of a raster, a Cloud Optimized GeoTIFF.

        Raises
        ------
        UnknownLayer
            If the set has no such layer.
        """
        if layer not in self.layers:
            raise UnknownLayer(layer, self.layers, in_path=True)
        return self.folder / f"{layer}.tif"


class RasterSets:
    """Sets of one kind in the data folder.

    Parameters
    ----------
    folder : Path
        Made when the first set is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> RasterSet | None:
        """Return a finished set, None where there is none; `key` comes from `key_of`."""
        folder = self._folder / key
        return RasterSet(key, folder) if (folder / DOCUMENT).is_file() else None

    def keep_newest(self, most: int, mine: Callable[[RasterSet], bool]) -> None:
        """Remove the oldest of some finished sets, as many as there are above `most`."""
        folders = [each for each in self._folder.iterdir() if (each / DOCUMENT).is_file()]
        kept = [
            each for each in folders if not each.name.startswith(".") and mine(RasterSet(each.name, each))
        ]
        kept.sort(key=lambda each: (each / DOCUMENT).stat().st_mtime_ns, reverse=True)
        for folder in kept[most:]:
            # The document goes first: without it a set is absent.
            (folder / DOCUMENT).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    def write(self, key: str, layers: Mapping[str, Grid], document: Mapping[str, Any]) -> RasterSet:
        """Write a set under a temporary name and rename it once it is whole."""
        temporary = self._folder / f".tmp-{key}-{os.getpid()}"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            for name, grid in layers.items():
                grid.write_cog(temporary / f"{name}.tif")
            text = json.dumps({**document, "layers": list(layers)}, ensure_ascii=False, allow_nan=False)
            (temporary / DOCUMENT).write_text(text, encoding="utf-8")
            try:
                temporary.rename(self._folder / key)
            except OSError:
                # Somebody else finished the same set first; the same inputs give the same rasters.
                if self.find(key) is None:
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return RasterSet(key, self._folder / key)
