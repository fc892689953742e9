"""Finished runs on disk: a folder each, whole or absent."""

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from risk_api.errors import UnknownLayer, UnknownRun

RASTERS = (
    "depth_max_m",
    "speed_max_m_s",
    "momentum_max_m2_s",
    "intensity_max_m3_s2",
    "arrival_s",
    "deposit_m",
)
"""Raster layers of a run; each is a COG named after its layer."""

_TEMPORARY = ".tmp-"
_ABANDONED_S = 24 * 3600.0
"""A temporary folder this old belongs to nobody, whatever machine it was begun on."""


@dataclass(frozen=True)
class Run:
    """A finished run: `run.json` and the rasters beside it."""

    id: str
    folder: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Content of `run.json`."""
        summary: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return summary

    def raster_path(self, layer: str) -> Path:
        """File of a raster layer.

        Raises
        ------
        UnknownLayer
            If a run has no such layer.
        """
        if layer not in RASTERS:
            raise UnknownLayer(layer, RASTERS, in_path=True)
        return self.folder / f"{layer}.tif"

    @property
    def districts(self) -> list[dict[str, Any]]:
        """Counts per district, as `risk_api.exposure.counting` makes them."""
        districts: list[dict[str, Any]] = self.summary["districts"]
        return districts

    @property
    def dams(self) -> list[dict[str, Any]]:
        """What each dam on the flow's way did."""
        dams: list[dict[str, Any]] = self.summary["dams"]
        return dams


class RunStore:
    """The folder that holds the runs.

    A run is written under a temporary name and renamed when it is whole, so that a reader never meets half of
    one, whatever happened to the writer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def has(self, run_id: str) -> bool:
        """Whether the run is finished."""
        return _is_id(run_id) and (self.folder / run_id / "run.json").is_file()

    def open(self, run_id: str) -> Run:
        """A finished run.

        Raises
        ------
        UnknownRun
            If there is none of that id.
        """
        if not self.has(run_id):
            raise UnknownRun(run_id, in_path=True)
        return Run(run_id, self.folder / run_id)

    def ids(self) -> list[str]:
        """Ids of the finished runs."""
        return sorted(path.name for path in self.folder.iterdir() if self.has(path.name))

    @contextmanager
    def new(self, run_id: str) -> Iterator[Path]:
        """A folder to write a run into; it takes its name when the block ends without an error."""
        temporary = self.folder / f"{_TEMPORARY}{run_id}-{_host()}-{os.getpid()}"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            yield temporary
            target = self.folder / run_id
            if not self.has(run_id):
                _flush(temporary)
                # A folder without run.json is no run: somebody removed half of it by hand.
                shutil.rmtree(target, ignore_errors=True)
                try:
                    temporary.rename(target)
                except OSError:
                    # Another process finished the same run first; the same inputs give the same run.
                    if not self.has(run_id):
                        raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def sweep(self) -> list[str]:
        """Remove what killed writers left behind; returns the names removed."""
        removed = []
        for path in self.folder.glob(f"{_TEMPORARY}*"):
            _, _, host, writer = path.name.rsplit("-", 3)
            # Processes of another machine that shares the folder cannot be asked, only outwaited.
            gone = host == _host() and not (writer.isdigit() and _is_running(int(writer)))
            if gone or time.time() - path.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(path, ignore_errors=True)
                removed.append(path.name)
        return removed


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _flush(folder: Path) -> None:
    """Have the files on the disk before the folder takes its name: a power cut must not leave half a run."""
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_id(run_id: str) -> bool:
    """Ids are hexadecimal: nothing else may become part of a path."""
    return 16 <= len(run_id) <= 64 and all(letter in "0123456789abcdef" for letter in run_id)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
