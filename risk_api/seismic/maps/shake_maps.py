"""Shaking maps of scenarios: percentiles of every measure and of the intensity, kept as rasters."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.bounded import Bounded
from risk_api.seismic.maps.raster_set import SHAKEMAPS, RasterSet, RasterSets, key_of

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.i18n import Language
    from risk_api.seismic.region_vs30 import RegionVs30
    from risk_api.seismic.scenarios import SeismicScenario
    from risk_api.tiles.store import TileSet

CELL_M: Final = 300.0
"""A ninth of a block of 30 arc-seconds: finer cells would repeat the same ground."""
PERCENTILES: Final = (5, 50, 95)
SCALES: Final = ("mmi", "msk_kz")
KEPT_TILES: Final = 24
"""Layers whose pixels are kept in memory, some 2 MB each."""
VERSION: Final = 1
"""Raised whenever the same rupture would give other numbers."""


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

    @cached_property
    def _vs30(self) -> RegionVs30:
        from risk_api.seismic.region_vs30 import RegionVs30

        return RegionVs30(self._region)

    def of(self, scenario_id: str) -> RasterSet:
        """Return the map of a scenario, made now if it is not kept.

        Raises
        ------
        UnknownScenario
        """
        from risk_api.seismic.scenarios import seismic_scenario

        scenario = seismic_scenario(scenario_id)
        inputs = self._inputs(scenario)
        key = key_of(inputs)
        return self._sets.find(key) or self._make(key, scenario, inputs)

    def tiles(self, scenario_id: str, layer: str, title: Callable[[str, Language], str]) -> TileSet:
        """Return the tiles of a layer of a scenario's map.

        Raises
        ------
        UnknownScenario, UnknownLayer
        """
        found = self.of(scenario_id)
        path = f"/v1/seismic/shakemap/{scenario_id}/tiles/{layer}"

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

    def _make(self, key: str, scenario: SeismicScenario, inputs: Mapping[str, Any]) -> RasterSet:
        from risk_api.seismic.errors import ModelRangeWarning
        from risk_api.seismic.gmm import Sites
        from risk_api.seismic.intensity import IntensityScale
        from risk_api.seismic.maps.cells import Cells
        from risk_api.seismic.shaking import shake, shake_map
        from risk_api.serialise.hazard import outside_json

        cells = Cells.of(self._region, CELL_M, self._vs30)
        with warnings.catch_warnings():
            # The marks stand in the document.
            warnings.simplefilter("ignore", ModelRangeWarning)
            shaking = shake(scenario.rupture(), cells.lon, cells.lat, Sites.of(cells.grid.values))
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
            "outside_model_range": outside_json(shaking.outside),
            "software": f"selrisk {__version__}",
        }
        return self._sets.write(key, layers, document)
