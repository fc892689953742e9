"""Hazard grids of one region: found where they are made, made once in the background where they are not."""

from __future__ import annotations

import math
import multiprocessing
import threading
import time
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
FAILED_FOR_S: Final = 600.0
"""A grid that could not be made is not tried again sooner: what was missing may be there by then."""
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
    retry_after_s : int
        Of one that failed: in how many seconds it can be begun again, at least 1.
    """

    status: str
    progress: float = 0.0
    retry_after_s: int = 0


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
        self._failed_at: dict[str, float] = {}
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
            state = self._states.get(ground, GridState("not made"))
            if state.status == "failed":
                left_s = self._failed_at[ground] + FAILED_FOR_S - time.monotonic()
                return GridState("failed", retry_after_s=max(1, math.ceil(left_s)))
            return state

    def ensure(self) -> None:
        """Have what is missing made in the background; what failed is tried again after `FAILED_FOR_S`."""
        from risk_api.seismic.hazard.places import GROUNDS

        missing = tuple(ground for ground in GROUNDS if self.find(ground) is None)
        with self._lock:
            wanted = tuple(ground for ground in missing if self._may_begin(ground))
            if not wanted or self._process is not None or self._closed:
                return
            ours = self._begin(wanted)
            process = self._process
        if ours is not None and process is not None:
            follow = threading.Thread(
                target=self._follow, args=(ours, process), name="hazard-grid", daemon=True
            )
            follow.start()

    def _may_begin(self, ground: str) -> bool:
        state = self._states.get(ground)
        if state is None:
            return True
        return state.status == "failed" and time.monotonic() >= self._failed_at[ground] + FAILED_FOR_S

    def _begin(self, grounds: tuple[str, ...]) -> Connection | None:
        """Start the process, None where the system has no room for one; the lock is held."""
        context = multiprocessing.get_context("spawn")
        try:
            ours, theirs = context.Pipe(duplex=False)
            try:
                process = context.Process(
                    target=work,
                    args=(theirs, self._source, str(self._folder), grounds),
                    name="selrisk-hazard-grid",
                    daemon=True,
                )
                process.start()
            except BaseException:
                ours.close()
                raise
            finally:
                theirs.close()
        except OSError as error:
            structlog.get_logger().error("hazard grids not begun", grounds=grounds, reason=str(error))
            for ground in grounds:
                self._fail(ground)
            return None
        self._process = process
        self._states |= dict.fromkeys(grounds, GridState("waiting"))
        return ours

    def close(self) -> None:
        """End the process; what it had not finished is begun anew another time."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is not None:
            process.terminate()
            process.join(timeout=5.0)

    def tiles(
        self, found: RasterSet, ground: str, layer: str, title: Callable[[str, Language], str]
    ) -> TileSet:
        """Return the tiles of a layer of a grid, that of `ground`.

        Raises
        ------
        UnknownLayer
        """

        def make() -> TileSet:
            from risk_api.seismic.maps.tiles import shake_tiles

            path = f"{PATH}/{ground}/tiles/{layer}"
            # Hazard differs little over a city: classes made for earthquakes would show two of them.
            return shake_tiles(self._region, found, path, layer, title, own_classes=True)

        return self._tiles.get((found.id, layer), make)

    def _follow(self, pipe: Connection, process: BaseProcess) -> None:
        log = structlog.get_logger()
        try:
            while True:
                kind, ground, *rest = pipe.recv()
                with self._lock:
                    if kind == "failed":
                        log.error("hazard grid failed", ground=ground, reason=rest[0])
                        self._fail(ground)
                    elif kind == "progress":
                        self._states[ground] = GridState("being made", float(rest[0]))
                    else:
                        # It is found on disk from now on.
                        self._states.pop(ground, None)
        except (EOFError, OSError):
            pipe.close()
        process.join()
        with self._lock:
            self._process = None
            left = [
                ground for ground, state in self._states.items() if state.status in ("waiting", "being made")
            ]
            for ground in left:
                self._fail(ground)
            if left and not self._closed:
                log.error("process of hazard grids died", grounds=left, exit_code=process.exitcode)

    def _fail(self, ground: str) -> None:
        self._states[ground] = GridState("failed")
        self._failed_at[ground] = time.monotonic()
