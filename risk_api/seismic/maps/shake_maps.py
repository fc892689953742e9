"""Shaking maps of scenarios: percentiles of every measure and of the intensity, kept as rasters."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from risk_api import __version__
from risk_api.bounded import Bounded
from risk_api.seismic.maps.raster_set import SHAKEMAPS, RasterSet, RasterSets, key_of

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.i18n import Language
    from risk_api.seismic.region_crests import RegionCrests
    from risk_api.seismic.region_vs30 import RegionVs30
    from risk_api.seismic.rupture import Rupture
    from risk_api.seismic.scenarios import SeismicScenario
    from risk_api.tiles.store import TileSet

CELL_M: Final = 300.0
"""A ninth of a block of 30 arc-seconds: finer cells would repeat the same ground."""
PERCENTILES: Final = (5, 50, 95)
SCALES: Final = ("mmi", "msk_kz")
KEPT_TILES: Final = 24
"""Layers whose pixels are kept in memory, some 2 MB each."""
OWN_KEPT: Final = 100
"""Maps of callers' own ruptures that are kept, some 3 MB each; the oldest go."""
VERSION: Final = 2
"""Raised whenever the same rupture would give other numbers."""
_KEY: Final = re.compile("[0-9a-f]{20}")


class ShakeMaps:
    """Shaking maps of one region, each computed once; nothing heavy is imported before the first.

    Parameters
    ----------
    region : Region
    data_dir : Path
        Where they are kept.
    """

    def __init__(self, region: Region, data_dir: Path) -> None:
        self._region = region
        self._sets = RasterSets(data_dir / SHAKEMAPS)
        self._tiles: Bounded[tuple[str, str], TileSet] = Bounded(KEPT_TILES)
        self._lock = threading.Lock()
        #: A lock for each map being made; it goes with the last thread that holds it.
        self._making: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    @cached_property
    def _vs30(self) -> RegionVs30:
        from risk_api.seismic.region_vs30 import RegionVs30

        return RegionVs30(self._region)

    @cached_property
    def _crests(self) -> RegionCrests:
        from risk_api.seismic.region_crests import RegionCrests

        return RegionCrests(self._region)

    def of(self, map_id: str) -> RasterSet:
        """Return the map of a scenario, made now if it is not kept, or a map of a caller's own by its id.

        Raises
        ------
        UnknownScenario
            If it is neither; own maps are kept as long as there are no `OWN_KEPT` newer ones.
        """
        from risk_api.seismic.scenarios import seismic_scenario, seismic_scenarios

        if map_id not in seismic_scenarios() and _KEY.fullmatch(map_id):
            found = self._sets.find(map_id)
            if found is not None and _is_own(found):
                return found
        scenario = seismic_scenario(map_id)
        inputs = self._inputs(scenario)
        return self._made(key_of(inputs), scenario.rupture(), inputs)[0]

    def of_rupture(self, rupture: Rupture) -> RasterSet:
        """Return the map of a rupture of a caller's own, made now if it is not kept."""
        inputs = {
            "kind": "shakemap",
            "version": VERSION,
            "region": {"id": self._region.id, "version": self._region.version},
            "rupture": asdict(rupture),
            "cell_size_m": CELL_M,
            "percentiles": list(PERCENTILES),
        }
        found, is_new = self._made(key_of(inputs), rupture, inputs)
        if is_new:
            self._sets.keep_newest(OWN_KEPT, _is_own)
        return found

    def tiles(
        self, found: RasterSet, map_id: str, layer: str, title: Callable[[str, Language], str]
    ) -> TileSet:
        """Return the tiles of a layer of a map, which was asked for by `map_id`.

        Raises
        ------
        UnknownLayer
        """
        path = f"/v1/seismic/shakemap/{map_id}/tiles/{layer}"

        def make() -> TileSet:
            from risk_api.seismic.maps.tiles import shake_tiles

            return shake_tiles(self._region, found, path, layer, title)

        return self._tiles.get((found.id, layer), make)

    def _inputs(self, scenario: SeismicScenario) -> dict[str, Any]:
        rupture = scenario.rupture()
        return {
            "kind": "shakemap",
            "version": VERSION,
            "region": {"id": self._region.id, "version": self._region.version},
            "scenario": scenario.id,
            "figures": {name: figure.value for name, figure in scenario.figures.items()},
            "trace": [list(point) for point in rupture.trace],
            "cell_size_m": CELL_M,
            "percentiles": list(PERCENTILES),
        }

    def _made(self, key: str, rupture: Rupture, inputs: Mapping[str, Any]) -> tuple[RasterSet, bool]:
        """Return a map and whether it was made now; who asks for one that is being made waits for it."""
        found = self._sets.find(key)
        if found is not None:
            return found, False
        with self._lock:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            found = self._sets.find(key)
            return (found, False) if found is not None else (self._make(key, rupture, inputs), True)

    def _make(self, key: str, rupture: Rupture, inputs: Mapping[str, Any]) -> RasterSet:
        from risk_api.seismic.errors import ModelRangeWarning
        from risk_api.seismic.gmm import Sites
        from risk_api.seismic.intensity import IntensityScale
        from risk_api.seismic.maps.cells import Cells
        from risk_api.seismic.shaking import shake, shake_map
        from risk_api.serialise.hazard import outside_json

        self._sets.clear_abandoned()
        cells = Cells.of(self._region, CELL_M, self._vs30)
        crests = self._crests.at(cells.lon, cells.lat)
        with warnings.catch_warnings():
            # The marks stand in the document.
            warnings.simplefilter("ignore", ModelRangeWarning)
            shaking = shake(rupture, cells.lon, cells.lat, Sites.of(cells.grid.values), topographic=crests)
        raised = self._vs30.increment(cells.lon, cells.lat)
        layers = {"vs30_m_s": cells.grid}
        for scale in SCALES:
            found = shake_map(shaking, PERCENTILES, IntensityScale(scale))
            named = {f"intensity_{scale}": found.fields["intensity"] + raised}
            if scale == SCALES[0]:
                named |= {name: field for name, field in found.fields.items() if name != "intensity"}
            for name, field in named.items():
                for row, percent in enumerate(PERCENTILES):
                    layers[f"{name}_p{percent}"] = cells.grid.like(field[row])
        document = {
            "inputs": dict(inputs),
            "crs": cells.grid.crs,
            "bounds": list(cells.grid.bounds),
            "cell_size_m": CELL_M,
            "topographic_factor": {"least": float(crests.min()), "most": float(crests.max())},
            "outside_model_range": outside_json(shaking.outside),
            "software": f"selrisk {__version__}",
        }
        return self._sets.write(key, layers, document)


def _is_own(found: RasterSet) -> bool:
    """Whether a map is one of a caller's own rupture; one that has just been removed is nobody's."""
    try:
        return bool(found.document["inputs"].get("rupture"))
    except FileNotFoundError:
        return False
