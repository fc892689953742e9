"""How much each dam's bowl holds: by the terrain, and scaled to the published figure, side by side."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata import PlacedDam, Region


class DamStorage:
    """Storage curves of a region's dams on the cells of its own runs, made once per process.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._lock = threading.Lock()
        self._made: Mapping[str, dict[str, Any]] | None = None

    def of(self, dam_id: str) -> dict[str, Any]:
        """Return a dam's storage; where its wall cannot stand on these cells, the reason as ``error``."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made[dam_id]

    def _make(self) -> dict[str, dict[str, Any]]:
        from geodata import DamDoesNotClose, DamOffCourse

        ground = self._region.terrain(self._region.run_cell_size_m)
        made: dict[str, dict[str, Any]] = {}
        for dam_id in self._region.dam_sites:
            cells = {"cell_size_m": ground.cell_size_m}
            try:
                made[dam_id] = cells | storage_json(self._region.place_dam(dam_id, ground))
            except (DamDoesNotClose, DamOffCourse) as error:
                made[dam_id] = cells | {"error": str(error)}
        return made


def storage_json(placed: PlacedDam) -> dict[str, Any]:
    """Return the two curves of a dam on a grid, up to the crest.

    The published one has the terrain's shape, scaled so that it holds the published volume up to the spill:
    what is published is one number.
    """
    factor = placed.storage_factor
    return {
        "bed_elevation_m": round(placed.bed_elevation_m, 1),
        "spill_elevation_m": round(placed.spill_elevation_m, 1),
        "crest_elevation_m": round(placed.crest_elevation_m, 1),
        "crest_length_m": round(placed.crest_length_m),
        "capacity_terrain_m3": round(placed.capacity_m3),
        "capacity_published_m3": round(placed.capacity_published_m3),
        "published_over_terrain": round(factor, 3),
        "curve": [
            {
                "level_m": round(float(level), 2),
                "height_m": round(float(level) - placed.bed_elevation_m, 2),
                "terrain_m3": round(float(volume)),
                "published_m3": round(float(volume) * factor),
            }
            for level, volume in zip(placed.level_m, placed.volume_m3, strict=True)
        ],
    }
