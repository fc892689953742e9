"""Hazard grids of one region: found where they are made, made once in the background where they are not."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from risk_api.bounded import Bounded
from risk_api.seismic.maps.grid_worker import work
from risk_api.seismic.maps.raster_set import HAZARD_GRIDS, RasterSet, RasterSets

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from geodata import Region
    from risk_api.i18n import Language
    from risk_api.tiles.store import TileSet

KEPT_TILES: Final = 24
PATH: Final = "/v1/seismic/hazard/grid"


@dataclass(frozen=True)
class GridState:
    """How far a grid is.

    Attributes
    ----------
    status : str
        made, being made, waiting, not made or failed.
    progress : float
        Share that is done, 0 to 1.
    """

    status: str
    progress: float = 0.0


class HazardGrids:
    """Hazard grids of one region; nothing heavy is imported before the first question.

    Parameters
    ----------
    region : Region
    region_source : str
        Name or folder from which the process in the background opens the same region.
    data_dir : Path
        Where grids are kept, by all that they are made from: other data is another grid.
    """

    def __init__(self, region: Region, region_source: str, data_dir: Path) -> None:
        self._region = region
        self._source = region_source
        self._folder = data_dir / HAZARD_GRIDS
        self._sets = RasterSets(self._folder)
        self._tiles: Bounded[tuple[str, str], TileSet] = Bounded(KEPT_TILES)
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._states: dict[str, GridState] = {}
        self._closed = False

    def find(self, ground: str) -> RasterSet | None:
        """Return the grid of a ground, rock or site, None where it is not made."""
        from risk_api.seismic.maps.hazard_grid import find_grid

        return find_grid(self._region, self._sets, ground)

    def state(self, ground: str) -> GridState:
        """Return how far a grid is."""
        if self.find(ground) is not None:
            return GridState("made", 1.0)
        with self._lock:
            return self._states.get(ground, GridState("not made"))

    def ensure(self) -> None:
        """Have what is missing made in the background; what has failed is not tried again by itself."""
        from risk_api.seismic.hazard.places import GROUNDS

        missing = tuple(ground for ground in GROUNDS if self.find(ground) is None)
        with self._lock:
            wanted = tuple(ground for ground in missing if ground not in self._states)
            if not wanted or self._process is not None or self._closed:
                return
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe(duplex=False)
            self._process = context.Process(
                target=work,
                args=(theirs, self._source, str(self._folder), wanted),
                name="selrisk-hazard-grid",
                daemon=True,
            )
            self._process.start()
            theirs.close()
            self._states |= dict.fromkeys(wanted, GridState("waiting"))
        threading.Thread(target=self._follow, args=(ours,), name="hazard-grid", daemon=True).start()

    def close(self) -> None:
        """End the process; what it had not finished is begun anew another time."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is not None:
            process.terminate()
            process.join(timeout=5.0)

    def tiles(self, ground: str, layer: str, title: Callable[[str, Language], str]) -> TileSet | None:
        """Return the tiles of a layer of a grid, None where it is not made.

        Raises
        ------
        UnknownLayer
        """
        found = self.find(ground)
        if found is None:
            return None

        def make() -> TileSet:
            from risk_api.seismic.maps.tiles import shake_tiles

            path = f"{PATH}/{ground}/tiles/{layer}"
            # Hazard differs little over a city: classes made for earthquakes would show two of them.
            return shake_tiles(self._region, found, path, layer, title, own_classes=True)

        return self._tiles.get((found.id, layer), make)

    def _follow(self, pipe: Connection) -> None:
        log = structlog.get_logger()
        try:
            while True:
                kind, ground, *rest = pipe.recv()
                if kind == "failed":
                    log.error("hazard grid failed", ground=ground, reason=rest[0])
                    self._told(ground, GridState("failed"))
                elif kind == "progress":
                    self._told(ground, GridState("being made", float(rest[0])))
        except (EOFError, OSError):
            pipe.close()
        with self._lock:
            self._process = None
            for ground, state in self._states.items():
                if state.status in ("waiting", "being made"):
                    # Those that are made are found on disk before anybody reads this.
                    self._states[ground] = GridState("failed")

    def _told(self, ground: str, state: GridState) -> None:
        with self._lock:
            self._states[ground] = state
