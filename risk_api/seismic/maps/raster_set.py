"""Rasters that belong together, in a folder with a document: whole or absent, however a writer ended."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import uuid
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
_TEMPORARY: Final = ".tmp-"
ABANDONED_AFTER_S: Final = 600.0
"""A folder being written changes with every raster, in seconds: one unchanged for so long has no writer."""


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
    def is_kept(self) -> bool:
        """Whether it is still there: a newer set may have taken its place on disk."""
        return (self.folder / DOCUMENT).is_file()

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
        self._removing = threading.Lock()

    def find(self, key: str) -> RasterSet | None:
        """Return a finished set, None where there is none; `key` comes from `key_of`."""
        found = RasterSet(key, self._folder / key)
        return found if found.is_kept else None

    def keep_newest(self, most: int, mine: Callable[[RasterSet], bool]) -> None:
        """Remove the oldest of some finished sets, as many as there are above `most`."""
        with self._removing:
            kept = [
                each for folder in self._folder.iterdir() if (each := _with_time(folder, mine)) is not None
            ]
            for _, folder in sorted(kept, reverse=True)[most:]:
                gone = self._temporary()
                try:
                    # Renamed first: who asks finds a set whole or not at all.
                    folder.rename(gone)
                except FileNotFoundError:
                    # Another process removed it.
                    continue
                shutil.rmtree(gone, ignore_errors=True)

    def clear_abandoned(self) -> None:
        """Remove what writers left that ended before they had finished."""
        for folder in self._folder.glob(f"{_TEMPORARY}*"):
            try:
                age_s = time.time() - folder.stat().st_mtime
            except FileNotFoundError:
                # Its writer has finished meanwhile.
                continue
            if age_s > ABANDONED_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)

    def _temporary(self) -> Path:
        """Return a name nobody else has; not by `mkdtemp`, whose folders only their owner may read."""
        return self._folder / f"{_TEMPORARY}{uuid.uuid4().hex}"

    def write(self, key: str, layers: Mapping[str, Grid], document: Mapping[str, Any]) -> RasterSet:
        """Write a set under a temporary name of its own and rename it once it is whole."""
        temporary = self._temporary()
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


def _with_time(folder: Path, mine: Callable[[RasterSet], bool]) -> tuple[int, Path] | None:
    """Return when a set was finished, and its folder; None for what is no set any more, or not `mine`."""
    if folder.name.startswith("."):
        return None
    try:
        finished = (folder / DOCUMENT).stat().st_mtime_ns
        return (finished, folder) if mine(RasterSet(folder.name, folder)) else None
    except (FileNotFoundError, NotADirectoryError):
        return None
